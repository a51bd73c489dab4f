"""The only sockets of the client.

- ``endpoint``     host, port, protection; deadlines; what counts as loopback
- ``stream``       one TCP connection as bytes: TLS, DEFLATE, deadlines, wake and interrupt (complete)
- ``backoff``      how long to wait before trying again (complete)
- ``credentials``  the keyring: stored_secret, store_secret, forget_secret (complete)
- ``connection``   a ``Protocol`` on a ``Stream``: typed commands, typed results, for one owner thread
- ``idle``         IDLE with renewal
- ``session``      a thread that owns a connection
"""
