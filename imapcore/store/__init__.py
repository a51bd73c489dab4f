"""The local SQLite and the only SQL."""
