"""Python's IMAP4 object over ``protocol`` and ``net``."""
