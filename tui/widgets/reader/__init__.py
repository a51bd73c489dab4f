"""The reader: a conversation as one page of lines."""
