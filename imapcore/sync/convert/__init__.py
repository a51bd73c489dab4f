"""Lines of the server → facts for the store; pure.

- ``messages``        FETCH → a message's facts
- ``structure``       BODYSTRUCTURE → parts
- ``snippet_source``  which octets a row's preview is made from
"""
