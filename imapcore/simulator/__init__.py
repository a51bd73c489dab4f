"""A Gmail-shaped IMAP server on a real loopback socket; shares no parser with the client."""
