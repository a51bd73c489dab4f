"""IMAP flags and keywords as a Gmail user meets them: what they mean, and which of them Gmail keeps.

Pure. The grammar is RFC 3501 §9 (``flag-keyword = atom``); what Gmail does with a flag was observed.
"""

from __future__ import annotations

from msgspec import Struct

LONGEST = 100
_SPECIAL = frozenset('(){%*"\\] ')


class Keyword(Struct, frozen=True):
    """One flag and what becomes of it."""

    name: str
    about: str
    fate: str
    """What Gmail does with it."""
    can_set: bool = True


_KEPT = "kept; other mail programs see it"
KNOWN: tuple[Keyword, ...] = (
    Keyword("\\Seen", "read", "Gmail's own"),
    Keyword("\\Flagged", "starred", "Gmail's own: the star"),
    Keyword("\\Answered", "answered", _KEPT),
    Keyword("$Forwarded", "forwarded", _KEPT),
    Keyword("$MDNSent", "receipt sent", _KEPT),
    Keyword("$Phishing", "phishing, says a mail program", "kept; always in Gmail's list"),
    Keyword("$NotPhishing", "not phishing", "kept; always in Gmail's list"),
    Keyword("Junk", "junk, says a mail program", "kept; moves nothing to Spam"),
    Keyword("NonJunk", "not junk", "kept; moves nothing from Spam"),
    Keyword("\\Draft", "draft", "not kept: Gmail has a label", can_set=False),
    Keyword("\\Deleted", "deleted", "not set: # moves to the trash", can_set=False),
)
"""The flags of RFC 3501 §2.3.2 and the keywords that mail programs agree on."""
_BY_NAME = {keyword.name.casefold(): keyword for keyword in KNOWN}


def describe_keyword(name: str) -> Keyword:
    """What is known about a flag; a keyword of the user's own is kept by Gmail like any other."""
    known = _BY_NAME.get(name.casefold())
    if known is not None:
        return Keyword(name, known.about, known.fate, known.can_set)
    return Keyword(name, "", _KEPT)


def flag_problem(name: str) -> str:
    """Why a flag or keyword cannot be set on a message, as a sentence; empty if it can."""
    known = _BY_NAME.get(name.casefold())
    if known is None:
        return keyword_problem(name)
    return "" if known.can_set else f"{known.name} cannot be set here: {known.fate}"


def keyword_problem(name: str) -> str:
    """Why this cannot be a keyword, as a sentence; empty if it can."""
    if not name:
        return "A keyword needs a name"
    if name.startswith("\\"):
        return "Names with a backslash are IMAP's own"
    if len(name) > LONGEST:
        return f"A keyword has at most {LONGEST} characters; this has {len(name):,}"
    if not name.isascii():
        return "Keywords are written in plain ASCII; a label takes every script"
    wrong = next(
        (character for character in name if character in _SPECIAL or not character.isprintable()), ""
    )
    if wrong:
        shown = "a space" if wrong == " " else wrong if wrong.isprintable() else "a control character"
        return f"A keyword cannot have {shown} in it"
    return ""
