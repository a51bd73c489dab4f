"""The two variables of the module that programs set: looked up when they are needed, not when imported."""

from __future__ import annotations


def debug_level() -> int:
    """``imapcore.classic.Debug``: what ``debug`` of a new object starts with."""
    from imapcore import classic

    return classic.Debug


def max_line() -> int:
    """``imapcore.classic._MAXLINE``: the longest line, in bytes, that is not an attack."""
    from imapcore import classic

    return classic._MAXLINE
