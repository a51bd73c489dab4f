"""The screen: a Textual app over ``imapcore.engine``."""
