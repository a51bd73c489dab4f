"""Reading keys one by one as verbs: sequences, and the count that may stand before them. Pure.

What is typed so far is a mode; it is shown (``lead``), Esc ends it, and so does any verb.
"""

from __future__ import annotations

from msgspec import Struct

from tui.keys.commands import Command, Where
from tui.keys.keymap import Keymap, Stroke, Strokes, show_keys

_MOST = 9999
"""The greatest count; what is typed beyond it stays at it."""


class Verb(Struct, frozen=True):
    """A verb was typed."""

    command: Command
    count: int = 0
    """The number before it; 0 without one."""


class Waits(Struct, frozen=True):
    """More is to come."""


class Ended(Struct, frozen=True):
    """Esc took back what was typed so far."""


class Dead(Struct, frozen=True):
    """The keys mean nothing here."""

    strokes: Strokes


class KeyReader:
    """Holds what was typed of a verb that is not complete."""

    def __init__(self) -> None:
        self.prefix: Strokes = ()
        self.count = 0

    @property
    def lead(self) -> str:
        """What was typed so far, as it is shown; empty when nothing waits."""
        return " ".join(part for part in (str(self.count or ""), show_keys(self.prefix)) if part)

    def read(self, keymap: Keymap, where: Where, stroke: Stroke) -> Verb | Waits | Ended | Dead:
        """Take one key."""
        if self.lead and stroke == "escape":
            self.clear()
            return Ended()
        strokes = (*self.prefix, stroke)
        found = keymap.resolve(where, strokes)
        if isinstance(found, Command):
            count = self.count
            self.clear()
            return Verb(found, count)
        if found:
            self.prefix = strokes
            return Waits()
        if not self.prefix and stroke in "0123456789" and (self.count or stroke != "0"):
            self.count = min(_MOST, 10 * self.count + int(stroke))
            return Waits()
        self.clear()
        return Dead(strokes)

    def clear(self) -> None:
        """Forget what was typed so far."""
        self.prefix, self.count = (), 0
