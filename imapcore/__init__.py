"""imapcore: Gmail over IMAP, without a screen.

The map, from the outside in; each room imports only rooms further down:

- ``engine``     one account behind one object: start, stop, read windows of conversations, submit ops, undo
- ``sync``       server state → store, journalled ops → server
- ``store``      the local SQLite; the only SQL
- ``smtp``       mail submission: one message, one outcome
- ``net``        sockets, TLS, sessions; the only sockets of the client
- ``protocol``   the IMAP conversation as a pure state machine
- ``wire``       bytes ↔ values, pure
- ``mime``       bytes → something a person can read, pure
- ``model``, ``events``, ``errors``, ``security``, ``clock``  values and seams every room may know

``classic`` is Python's ``IMAP4`` object over ``net`` and ``protocol``; ``simulator`` is a
Gmail-shaped server on a real loopback socket that shares no parser with the client; ``demo``
starts it for the engine.
"""

__version__ = "0.1.0"
