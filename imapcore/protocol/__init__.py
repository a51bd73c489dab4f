"""The IMAP conversation as a pure state machine: bytes in, events out; commands in, bytes out."""
