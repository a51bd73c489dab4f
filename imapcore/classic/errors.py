"""The three exceptions of the IMAP4 object: ``error`` ⊃ ``abort`` ⊃ ``readonly``.

They are no part of ``imapcore.errors``: callers of imaplib catch them by these names, as attributes of
the class or of an instance, and read their first argument.
"""

from __future__ import annotations


class error(Exception):  # noqa: N801
    """Something the caller can know or change: a wrong state, a refused login, a BAD answer."""


class abort(error):  # noqa: N801
    """The connection is of no use any more: close it, make a new one, try again."""


class readonly(abort):  # noqa: N801
    """The mailbox that was selected for writing can only be read now: select it again."""
