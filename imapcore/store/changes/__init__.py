"""What an op does to a message, as values: steps, what is still open, and the exact inverse.

- ``steps``    an op → the steps that are sent
- ``pending``  what is open in the journal, message by message
- ``inverse``  what undo takes back
- ``bulk``     large ops, by groups of messages that fare alike
- ``wording``  an op in words
"""
