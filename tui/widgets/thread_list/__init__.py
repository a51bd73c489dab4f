"""The list of conversations: a window of rows, the cursor, the selection."""
