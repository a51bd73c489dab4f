"""What the server must offer for an argument: which capabilities stand behind which words of the grammar.

What lives here: the words of FETCH, STATUS and LIST and their capabilities (RFC 9051 appendix E says what
IMAP4rev2 took in). What does not: what a command needs by its name alone (``commands.table``), and the
decision (``Protocol``), which refuses nothing while the server has not said what it offers.
"""

from __future__ import annotations

from collections.abc import Iterable

Need = tuple[str, ...]
"""Capabilities any one of which is enough; the first is the one to name to a person."""

GMAIL: Need = ("X-GM-EXT-1",)
CONDSTORE: Need = ("CONDSTORE", "QRESYNC")
QRESYNC: Need = ("QRESYNC",)
OBJECTID: Need = ("OBJECTID",)
PARTIAL: Need = ("PARTIAL",)
PARTIAL_FORWARD: Need = ("PARTIAL", "CONTEXT=SEARCH")
"""A window counted from the first result, which RFC 5267 had before RFC 9394."""
ESEARCH: Need = ("ESEARCH", "IMAP4REV2")
SEARCHRES: Need = ("SEARCHRES", "IMAP4REV2")
WITHIN: Need = ("WITHIN",)
SORT_DISPLAY: Need = ("SORT=DISPLAY",)
CREATE_SPECIAL_USE: Need = ("CREATE-SPECIAL-USE",)
LIST_EXTENDED: Need = ("LIST-EXTENDED", "IMAP4REV2")
LIST_STATUS: Need = ("LIST-STATUS", "IMAP4REV2")
BINARY: Need = ("BINARY", "IMAP4REV2")
BINARY_APPEND: Need = ("BINARY",)
"""A literal8 in APPEND, which IMAP4rev2 did not take in."""

_FETCH_ITEMS: dict[str, Need] = {
    "X-GM-MSGID": GMAIL,
    "X-GM-THRID": GMAIL,
    "X-GM-LABELS": GMAIL,
    "MODSEQ": CONDSTORE,
    "EMAILID": OBJECTID,
    "THREADID": OBJECTID,
    "SAVEDATE": ("SAVEDATE",),
    "PREVIEW": ("PREVIEW",),
    "BINARY": BINARY,
    "BINARY.PEEK": BINARY,
    "BINARY.SIZE": BINARY,
}
_STATUS_ITEMS: dict[str, Need] = {
    "HIGHESTMODSEQ": CONDSTORE,
    "SIZE": ("STATUS=SIZE", "IMAP4REV2"),
    "DELETED": ("IMAP4REV2", "QUOTA=RES-MESSAGE"),
    "DELETED-STORAGE": ("QUOTA=RES-STORAGE",),
    "APPENDLIMIT": ("APPENDLIMIT",),
    "MAILBOXID": OBJECTID,
}
_LIST_SELECT: dict[str, Need] = {"SPECIAL-USE": ("SPECIAL-USE",)}
_LIST_RETURN: dict[str, Need] = {"SPECIAL-USE": ("SPECIAL-USE", "IMAP4REV2")}


def of_fetch_items(items: Iterable[str]) -> list[Need]:
    """What the items of a FETCH need; nothing for those every server has."""
    return [need for item in items if (need := _FETCH_ITEMS.get(item.partition("[")[0])) is not None]


def of_status_items(items: Iterable[str]) -> list[Need]:
    """What the items of a STATUS need."""
    return [need for item in items if (need := _STATUS_ITEMS.get(item)) is not None]


def of_list_options(select: Iterable[str], returns: Iterable[str]) -> list[Need]:
    """What the selection and return options of a LIST need (RFC 5258 §3, RFC 6154 §3)."""
    return [
        *(_LIST_SELECT.get(option, LIST_EXTENDED) for option in select),
        *(_LIST_RETURN.get(option, LIST_EXTENDED) for option in returns),
    ]


def is_met(need: Need, offered: frozenset[str]) -> bool:
    """Whether one of the capabilities is offered, be it with a value: ``APPENDLIMIT=35651584``."""
    return any(name in offered for name in need) or (
        need == _STATUS_ITEMS["APPENDLIMIT"] and any(name.startswith("APPENDLIMIT=") for name in offered)
    )
