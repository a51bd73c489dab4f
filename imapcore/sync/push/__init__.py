"""The journal → server.

- ``replay``    sends what is open, and tells the journal what came of it
- ``commands``  a step as IMAP commands
"""
