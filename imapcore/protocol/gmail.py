r"""Gmail's own words: which mailbox plays which role, found by attribute and never by name (RFC 6154).

Names are localized and the parent is ``[Gmail]`` or ``[Google Mail]``; only attributes can be trusted. The
older XLIST attributes are mapped to those of RFC 6154, so nothing else need know them.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from imapcore.model import Role
from imapcore.wire.responses import Listed

ROLE_BY_ATTRIBUTE: dict[str, Role] = {
    "\\all": Role.ALL,
    "\\junk": Role.SPAM,
    "\\trash": Role.TRASH,
    "\\sent": Role.SENT,
    "\\drafts": Role.DRAFTS,
    "\\flagged": Role.STARRED,
    "\\important": Role.IMPORTANT,
}
"""RFC 6154 attributes (``\\Important``: RFC 8457), lower case."""

XLIST_ATTRIBUTES: dict[str, str] = {
    "\\inbox": "\\Inbox",
    "\\allmail": "\\All",
    "\\spam": "\\Junk",
    "\\starred": "\\Flagged",
    "\\trash": "\\Trash",
    "\\sent": "\\Sent",
    "\\drafts": "\\Drafts",
    "\\important": "\\Important",
}
"""What XLIST called them."""


def from_xlist(listed: Listed) -> Listed:
    r"""A line of XLIST with the attributes of RFC 6154; what is marked ``\Inbox`` is INBOX by any name."""
    attributes = frozenset(XLIST_ATTRIBUTES.get(each.lower(), each) for each in listed.attributes)
    is_inbox = any(each.lower() == "\\inbox" for each in attributes)
    return replace(listed, name="INBOX" if is_inbox else listed.name, attributes=attributes)


def role_of(listed: Listed) -> Role | None:
    """The role a mailbox plays; None for a user's label."""
    if listed.name.upper() == "INBOX":
        return Role.INBOX
    for attribute in sorted(listed.attributes):
        role = ROLE_BY_ATTRIBUTE.get(attribute.lower())
        if role is not None:
            return role
    return None


def find_roles(mailboxes: Iterable[Listed]) -> dict[Role, Listed]:
    """Which mailbox plays which role; the first one named wins, one that cannot be selected never."""
    found: dict[Role, Listed] = {}
    for listed in mailboxes:
        role = role_of(listed)
        if role is not None and listed.is_selectable:
            found.setdefault(role, listed)
    return found
