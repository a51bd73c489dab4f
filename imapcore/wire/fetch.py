"""FETCH: one message's data items, in whatever order they come (RFC 3501 §7.4.2 and its extensions).

Two ways lead to the same value. The general one (``fetch_items``) reads item by item by a table. While doing
so it notes which *regular* items the line began with, and in which order; of that order one regular
expression is then composed (``fetch_order``) and tried first on the lines that follow. A server keeps its
order through a whole answer (Gmail has one fixed order for everything), so nearly every line is read by one
match; any line that differs — a literal in a subject, a quote too many — falls back to the general way.
"""

from __future__ import annotations

import re
from typing import Any

from imapcore.wire.fetch_items import ITEMS, SECTION, SECTIONED, put_item
from imapcore.wire.fetch_order import REGULAR, LearntOrder, learn_order
from imapcore.wire.fetched import BLANK, Fetched
from imapcore.wire.framing import Frame, Limits
from imapcore.wire.lexer import Lexer

__all__ = ["FetchReader", "Fetched"]

_ITEM = re.compile(rb"[A-Za-z][A-Za-z0-9.\-_]*+")
# What ``Fetched._make`` does, without its check of the length: this is done for every message.
_new = tuple.__new__

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
                    self._read_items(Lexer(frame, match.end(), self.limits), values)
                return _new(Fetched, values)
        return None

    def _read_all(self, frame: Frame) -> Fetched:
        lexer = Lexer(frame, 2, self.limits)
        values = list(BLANK)
        values[0] = lexer.number()
        lexer.match(_FETCH_NAME, "FETCH")
        lexer.expect(b"(")
        self._note_order(tuple(self._read_items(lexer, values)))
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

    def _read_items(self, lexer: Lexer, values: list[Any]) -> list[str]:
        """Read items to the end; returns the regular ones the list began with, in order."""
        prefix: list[str] = []
        is_prefix = True
        while lexer.more():
            start = lexer.pos
            name = lexer.match(_ITEM, "a data item")[0].decode("ascii").upper()
            self._read_item(name, lexer, values)
            is_prefix = is_prefix and name in REGULAR and name not in prefix and lexer.pos > start
            if is_prefix:
                prefix.append(name)
        lexer.end()
        return prefix

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
