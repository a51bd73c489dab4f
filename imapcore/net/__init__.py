"""The only sockets of the client: streams, connections, sessions, backoff, credentials."""
