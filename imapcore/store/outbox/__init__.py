"""What the user writes: drafts until they are sent, and mail on its way out.

- ``drafts``   a draft and its files, safe with every save
- ``outgoing`` how a message stands on its way out, written before each step that cannot be taken back
"""
