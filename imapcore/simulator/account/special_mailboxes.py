r"""Names and numbers of Gmail's own mailboxes, by the language of the account.

A client must find them by attribute, never by name; that is why the names can be made to differ.
"""

from __future__ import annotations

from dataclasses import dataclass

from imapcore.simulator.account.kinds import Kind
from imapcore.simulator.options import Locale

UIDVALIDITY: dict[Kind, int] = {
    Kind.INBOX: 1,
    Kind.TRASH: 2,
    Kind.SPAM: 3,
    Kind.SENT: 5,
    Kind.DRAFTS: 6,
    Kind.IMPORTANT: 9,
    Kind.STARRED: 10,
    Kind.ALL: 11,
    Kind.MUTED: 8,
    Kind.CHATS: 7,
}
"""The small fixed numbers newer accounts have; user labels come after."""

FIRST_LABEL_UIDVALIDITY = 12
LARGE_UIDVALIDITY = 633_655_500
"""What is added to each on an old account."""


@dataclass(frozen=True, slots=True)
class Names:
    """How one language calls the special mailboxes."""

    parent: str
    leaves: dict[Kind, str]


def _leaves(
    drafts: str, important: str, sent: str, spam: str, starred: str, trash: str, everything: str
) -> dict[Kind, str]:
    return {
        Kind.ALL: everything,
        Kind.MUTED: "Muted",
        Kind.CHATS: "Chats",
        Kind.DRAFTS: drafts,
        Kind.IMPORTANT: important,
        Kind.SENT: sent,
        Kind.SPAM: spam,
        Kind.STARRED: starred,
        Kind.TRASH: trash,
    }  # fmt: skip


NAMES: dict[Locale, Names] = {
    Locale.ENGLISH: Names(
        "[Gmail]", _leaves("Drafts", "Important", "Sent Mail", "Spam", "Starred", "Trash", "All Mail")
    ),
    Locale.BRITISH: Names(
        "[Google Mail]", _leaves("Drafts", "Important", "Sent Mail", "Spam", "Starred", "Bin", "All Mail")
    ),
    Locale.GERMAN: Names(
        "[Google Mail]",
        _leaves("Entwürfe", "Wichtig", "Gesendet", "Spam", "Markiert", "Papierkorb", "Alle Nachrichten"),
    ),
    Locale.SPANISH: Names(
        "[Gmail]",
        _leaves("Borradores", "Importantes", "Enviados", "Spam", "Destacados", "Papelera", "Todos"),
    ),
}
