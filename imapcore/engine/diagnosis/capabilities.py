"""What each capability of the server is used for, and so what it costs when it is missing.

A table. Those without which gimap-tui does not work are named by ``sign_in.NEEDED``.
"""

from __future__ import annotations

COSTS: dict[str, str] = {
    "CONDSTORE": "changes made elsewhere could only be found by reading everything again",
    "ESEARCH": "the mailboxes' numbers could not be compared",
    "MOVE": "mail could not be moved in one step, and might be in two places or none",
    "UIDPLUS": "it would not be known which message was copied, added or deleted",
    "IDLE": "new mail is seen when it is asked for, every 45 seconds, and not at once",
    "ID": "Google cannot tell this program from others",
    "COMPRESS=DEFLATE": "some three times as many octets travel",
    "LITERAL-": "keeping a draft takes one more round trip",
}
"""Capability → what is lost without it."""
