"""From what was typed to conversations: ids, or a query in Gmail's language."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from imapcore.engine.stored_mail import StoredMail
from imapcore.errors import InvalidArgument
from imapcore.gmail.query_lint import lint
from imapcore.model import Thread, Threads, View, ViewKind
from imapcore.sanitize import clean_line

INBOX_QUERY = "in:inbox"
_ID = re.compile(r"(?:0x)?[0-9a-fA-F]{15,16}|\d{17,20}")
"""X-GM-THRID and X-GM-MSGID have 64 bits, and Gmail's are near the top: no word is so long by chance."""


def are_ids(words: Sequence[str]) -> bool:
    """Whether all of these are ids."""
    return bool(words) and all(_ID.fullmatch(word) for word in words)


def read_id(word: str) -> tuple[int, ...]:
    """What an id may mean: hexadecimal as Gmail's addresses have it, or decimal."""
    digits = word.lower().removeprefix("0x")
    found = [int(digits, 16)] if len(digits) <= 16 else []
    if digits.isdecimal() and not word.lower().startswith("0x"):
        found.append(int(digits))
    # 64 bits without a sign on the wire; SQLite's integers have one. No id is longer.
    return tuple(each - (1 << 64) if each >= 1 << 63 else each for each in found if each < 1 << 64)


def query_of(words: Sequence[str]) -> str:
    """The query; without words the inbox. A word with a space in it was quoted in the shell."""
    return " ".join(words).strip() or INBOX_QUERY


def meant(mail: StoredMail, words: Sequence[str]) -> tuple[int, ...]:
    """The conversations that are meant. Raises InvalidArgument for an id that is not here."""
    if not are_ids(words):
        answer = mail.find(warned(mail, words))
        for each in answer.ignored:
            note(f"{each} cannot be answered from the store and was left out; --server asks Gmail")
        return answer.thrids
    thrids = []
    for word in words:
        known = [mail.thrid_of(number) for number in read_id(word)]
        thrid = next((each for each in known if each is not None), None)
        if thrid is None:
            raise InvalidArgument(
                "It may have been deleted, or was not fetched yet: gimap-tui sync",
                title=f"There is no conversation {word} here",
            )
        thrids.append(thrid)
    return tuple(dict.fromkeys(thrids))


def warned(mail: StoredMail, words: Sequence[str]) -> str:
    """The query; what Gmail would misread in it is said on standard error."""
    query = query_of(words)
    labels = [box.name for box in mail.mailboxes() if box.role is None]
    for finding in lint(query, labels):
        note(finding.sentence)
    return query


def note(sentence: str) -> None:
    """Say something beside what is printed."""
    print(f"gimap-tui: {clean_line(sentence)}", file=sys.stderr)


def threads(mail: StoredMail, thrids: Sequence[int]) -> list[tuple[Thread, View]]:
    """Conversations with the places they are in; what went meanwhile is left out."""
    return [found for thrid in thrids if (found := mail.thread(thrid)) is not None]


def by_place(mail: StoredMail, thrids: Sequence[int]) -> list[Threads]:
    """The targets of a change: one for each place that holds some of them."""
    places: dict[View, list[int]] = {}
    for thread, view in threads(mail, thrids):
        places.setdefault(view, []).append(thread.thrid)
    assert all(view.kind is ViewKind.ROLE for view in places)
    return [Threads(tuple(found), view) for view, found in places.items()]
