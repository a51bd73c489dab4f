"""The IMAP side of the embedded server: one session per connection.

- ``session``         the conversation: reads a command, runs its verb, answers
- ``channel``         octets within bounds, with TLS (``tls``) and DEFLATE
- ``command_reader``  octets → a command's words
- ``commands``        the verbs
- ``selected_view``   the frozen mailbox that a session sees
- ``credentials``     ways to sign in
- ``label_encoding``, ``raw_search``   how labels and Gmail's queries stand in commands
"""
