"""What the user changed: durable before it is shown, sent in order, taken back exactly.

- ``op_writer``   an op is written and shown in one transaction
- ``send_queue``  what is to be sent next
- ``answers``     what Gmail said to it
- ``op_states``   when an op is done, refused or dropped
- ``undo``        the inverse of what really changed
- ``journal``     the face of it all
"""
