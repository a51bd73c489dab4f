"""Gmail's search operators as a table: what each is about, what it takes, which fixed words it knows."""

from __future__ import annotations

import re
from enum import Enum

from msgspec import Struct


class Takes(Enum):
    """What stands after an operator's colon."""

    PERSON = "a name or address"
    TEXT = "words"
    LABEL = "a label"
    FIXED = "one of a few words"
    PLACE = "a place or a label"
    DATE = "a date, year/month/day"
    AGE = "a number and d, m or y"
    SIZE = "a size: 500K, 5M"


class Operator(Struct, frozen=True):
    """One word of the language that ends in a colon."""

    name: str
    about: str
    takes: Takes
    values: tuple[str, ...] = ()


STARS = (
    "yellow-star",
    "orange-star",
    "red-star",
    "purple-star",
    "blue-star",
    "green-star",
    "red-bang",
    "orange-guillemet",
    "yellow-bang",
    "green-check",
    "blue-info",
    "purple-question",
)


OPERATORS: tuple[Operator, ...] = (
    Operator("from", "who wrote it", Takes.PERSON),
    Operator("to", "whom it is addressed to", Takes.PERSON),
    Operator("subject", "words of the subject", Takes.TEXT),
    Operator("label", "has a label", Takes.LABEL),
    Operator(
        "has",
        "has an attachment, a star …",
        Takes.FIXED,
        (
            "attachment",
            "drive",
            "document",
            "spreadsheet",
            "presentation",
            "youtube",
            "userlabels",
            "nouserlabels",
            *STARS,
        ),
    ),
    Operator(
        "is",
        "is unread, starred …",
        Takes.FIXED,
        ("unread", "read", "starred", "important", "muted"),
    ),
    Operator(
        "in",
        "where it is; anywhere includes spam and trash",
        Takes.PLACE,
        ("inbox", "anywhere", "archive", "sent", "drafts", "spam", "trash"),
    ),
    Operator("older_than", "older than 7d, 3m, 1y", Takes.AGE),
    Operator("newer_than", "newer than 7d, 3m, 1y", Takes.AGE),
    Operator("after", "on or after a date", Takes.DATE),
    Operator("before", "before a date", Takes.DATE),
    Operator("newer", "on or after a date", Takes.DATE),
    Operator("older", "before a date", Takes.DATE),
    Operator("filename", "an attachment's name or kind: pdf, report.xls", Takes.TEXT),
    Operator("larger", "larger than 5M", Takes.SIZE),
    Operator("smaller", "smaller than 500K", Takes.SIZE),
    Operator("size", "larger than so many bytes", Takes.SIZE),
    Operator("cc", "who got a copy", Takes.PERSON),
    Operator("bcc", "who got a blind copy", Takes.PERSON),
    Operator(
        "category",
        "a tab of the inbox",
        Takes.FIXED,
        ("primary", "social", "promotions", "updates", "forums", "reservations", "purchases"),
    ),
    Operator("list", "a mailing list's address", Takes.PERSON),
    Operator("deliveredto", "the address it was delivered to", Takes.PERSON),
    Operator("rfc822msgid", "its Message-ID", Takes.TEXT),
)


BY_NAME: dict[str, Operator] = {operator.name: operator for operator in OPERATORS}


def label_word(name: str) -> str:
    """A label as Gmail's search spells it: lower case, slashes and spaces as hyphens."""
    return re.sub(r"[/\s]", "-", name.lower())
