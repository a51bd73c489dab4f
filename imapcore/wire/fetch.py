"""FETCH: one message's data items, in whatever order they come (RFC 3501 §7.4.2 and its extensions).

Two ways lead to the same value. The general one (``fetch_items``) reads item by item by a table. While doing
so it notes which *regular* items the line began with, and in which order; of that order one regular
expression is then composed (``fetch_order``) and tried first on the lines that follow. A server keeps its
order through a whole answer (Gmail has one fixed order for everything), so nearly every line is read by one
match; any line that differs — a literal in a subject, a quote too many — falls back to the general way.

One item that cannot be read costs that item alone. Where it ends is known from the framing as long as quotes
and parentheses add up; where they do not, the line is searched for the next name of an item. What was not
read stands in ``Fetched.unreadable``, so that whoever asked can ask again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import is_
from typing import Any

from imapcore.errors import LimitExceeded
from imapcore.wire.fetch_items import ITEMS, SECTION, SECTIONED, note_unreadable, put_item
from imapcore.wire.fetch_order import REGULAR, LearntOrder, learn_order
from imapcore.wire.fetched import BLANK, SLOTS, Fetched
from imapcore.wire.framing import Frame, Limits
from imapcore.wire.lexer import Lexer, ParseError

__all__ = ["FetchReader", "Fetched"]

_ITEM = re.compile(rb"[A-Za-z][A-Za-z0-9.\-_]*+")
# What ``Fetched._make`` does, without its check of the length: this is done for every message.
_new = tuple.__new__

_NEXT = re.compile(rb"[ ]*\)[ ]*\Z|[ ]+[A-Za-z]")
# Where an item may begin, in a line whose quotes do not add up. Servers send names in capitals.
_KNOWN = re.compile(
    rb"[ )]("
    + b"|".join(re.escape(name.encode()) for name in sorted((*ITEMS, *SECTIONED), reverse=True))
    + rb")[ \[]"
)
_TRIES = 8
"""Places from the beginning, and so many from the end, at which a broken line is tried again."""
_NUMBERS = {
    "UID": SLOTS["uid"],
    "RFC822.SIZE": SLOTS["size"],
    "X-GM-MSGID": SLOTS["msgid"],
    "X-GM-THRID": SLOTS["thrid"],
}

_FETCH_NAME = re.compile(rb"[ ]+FETCH[ ]+", re.IGNORECASE)


class FetchReader:
    """Reads FETCH responses of one connection, learning the order its server uses.

    ``is_utf8`` says how names are spelled: set it when ENABLE UTF8=ACCEPT has been answered.
    """

    __slots__ = ("_learnt", "_met", "is_utf8", "limits")

    KEPT = 4
    """Orders remembered at a time: an answer, and what may come unasked in between."""

    LEARN_AFTER = 8
    """Lines of one order before its pattern is composed: that takes as long as reading some twenty lines the
    general way, and the first message should not have to wait for it."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.is_utf8 = False
        self._learnt: list[LearntOrder] = []
        self._met: dict[tuple[str, ...], int] = {}

    def read(self, frame: Frame) -> Fetched:
        """One ``* n FETCH (…)`` frame. Raises ParseError when it cannot be read."""
        return self.recognize(frame) or self._read_all(frame)

    def recognize(self, frame: Frame) -> Fetched | None:
        """A frame that begins as one of the orders learnt so far; None for any other, FETCH or not."""
        raw = frame.raw
        for index, learnt in enumerate(self._learnt):
            match = learnt.match(raw)
            if match is not None:
                if index:
                    self._learnt.insert(0, self._learnt.pop(index))
                try:
                    values = learnt.read(match, self.is_utf8)
                except ValueError:
                    # A date no calendar has: the general way says where.
                    return None
                if match.end() < len(raw):
                    self._read_items(Lexer(frame, match.end(), self.limits), values, learnt.names)
                return _new(Fetched, values)
        return None

    def _read_all(self, frame: Frame) -> Fetched:
        lexer = Lexer(frame, 2, self.limits)
        values = list(BLANK)
        values[0] = lexer.number()
        lexer.match(_FETCH_NAME, "FETCH")
        lexer.expect(b"(")
        self._note_order(tuple(self._read_items(lexer, values, ())))
        return Fetched._make(values)

    def _note_order(self, names: tuple[str, ...]) -> None:
        count = self._met.get(names, 0) + 1
        if len(self._met) > 4 * self.KEPT:
            self._met.clear()
        self._met[names] = count
        if count < self.LEARN_AFTER or not names:
            return
        learnt = learn_order(names)
        if learnt in self._learnt:
            self._learnt.remove(learnt)
        self._learnt.insert(0, learnt)
        del self._learnt[self.KEPT :]

    def _read_items(self, lexer: Lexer, values: list[Any], before: Sequence[str]) -> list[str]:
        """Read items to the end; returns the regular ones the list began with, in order.

        ``before``: the names of those that have been read. An item that cannot be read is passed over; raises
        ParseError, or LimitExceeded, when nothing of the line is left.
        """
        prefix: list[str] = []
        is_prefix = True
        names: list[str] = []
        problem: ParseError | LimitExceeded | None = None
        start = lexer.pos
        while True:
            name = ""
            try:
                is_over = not lexer.more()
                start = lexer.pos
                if is_over:
                    lexer.end()
                    break
                name = lexer.match(_ITEM, "a data item")[0].decode("ascii").upper()
                # What is said twice counts as it was said first: what a subject whose quotes were not escaped
                # adds to a line comes later than what Gmail says of the message.
                is_again = name not in SECTIONED and (name in names or name in before)
                names.append(name)
                self._read_item(name, lexer, list(BLANK) if is_again else values)
                if lexer.pos < len(lexer.data) and lexer.data[lexer.pos] not in b" )":
                    raise lexer.fail("the end of an item")
            except (ParseError, LimitExceeded) as error:
                problem = problem or error
                is_prefix = False
                if lexer.is_at_end and not name:
                    self._drop_cut(names, values)
                    break
                note_unreadable(values, name)
                if not self._find_next(lexer, start, name, {*before, *names}):
                    break
                continue
            is_prefix = is_prefix and name in REGULAR and name not in prefix
            if is_prefix:
                prefix.append(name)
        if problem is not None:
            if not before and all(map(is_, values[1:-1], BLANK[1:-1])):
                raise problem
            return []
        return prefix

    @staticmethod
    def _drop_cut(names: list[str], values: list[Any]) -> None:
        """The line ends without a closing parenthesis: a number at its end may be the half of one."""
        note_unreadable(values, "")
        slot = _NUMBERS.get(names[-1]) if names else None
        if slot is not None:
            values[slot] = None

    def _find_next(self, lexer: Lexer, start: int, name: str, known: set[str]) -> bool:
        """Move to the item behind one that could not be read and begins at ``start``; whether there is one.

        Where the parentheses and quotes of the value add up, the next item stands behind them. Where they do
        not, as with a subject whose quotes the server has not escaped, it is the first place from which all
        the rest of the line can be read and repeats nothing that has been said: what a stranger writes into a
        subject must not pass for the message's flags.
        """
        lexer.pos = start + len(name)
        try:
            if name:
                lexer.skip_section(SECTION)
                lexer.space()
                lexer.skip_value()
                if _NEXT.match(lexer.data, lexer.pos):
                    return True
        except ParseError:
            pass
        places = [
            match.start() + 1
            for match in _KNOWN.finditer(lexer.data, start + 1)
            if match[1].decode("ascii") not in known and not lexer.is_in_literal(match.start())
        ]
        if len(places) > 2 * _TRIES:
            places = places[:_TRIES] + places[-_TRIES:]
        for place in places:
            if self._reads_to_the_end(lexer, place, known):
                lexer.pos = place
                return True
        return False

    def _reads_to_the_end(self, lexer: Lexer, place: int, known: set[str]) -> bool:
        lexer.pos = place
        scratch = list(BLANK)
        names = set(known)
        try:
            while lexer.more():
                name = lexer.match(_ITEM, "a data item")[0].decode("ascii").upper()
                if name in names and name not in SECTIONED:
                    return False
                names.add(name)
                self._read_item(name, lexer, scratch)
            lexer.end()
        except (ParseError, LimitExceeded):
            return False
        return True

    def _read_item(self, name: str, lexer: Lexer, values: list[Any]) -> None:
        sectioned = SECTIONED.get(name)
        if sectioned is not None:
            sectioned(lexer, values, self.is_utf8)
            return
        reader = ITEMS.get(name)
        if reader is not None:
            lexer.space()
            reader(lexer, values, self.is_utf8)
            return
        if lexer.peek() == ord("["):
            name += lexer.match(SECTION, "a section")[0].decode("ascii", "replace")
        lexer.space()
        put_item(values, "extra", name, lexer.value())
