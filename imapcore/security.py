"""How a connection is protected: the one value that ``imapcore.model`` and the plain IMAP4 object share.

It stands alone because ``classic`` and what it is made of need nothing but Python's own library.
"""

from __future__ import annotations

from enum import StrEnum


class Security(StrEnum):
    """How the connection is protected."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"
    """Only ever to a loopback address."""
