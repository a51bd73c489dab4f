"""The parts of a page: a subject, a folded message, an open one with as much of its body as was asked for.

Pure. A ``Section`` is lines that belong together; a ``Feed`` lays a body out as far as it is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from imapcore.model import Body
from tui.widgets.reader.body_lines import BLANK, Line

STEP = 256
"""Lines of a body that are laid out in one go."""


class Failure(Struct, frozen=True):
    """Why a body is not there, for a person."""

    title: str
    detail: str = ""
    hint: str = ""


class Waiting(Enum):
    """A body that is not there yet."""

    BEGUN = ""
    """It is on its way, and so far nobody has waited: a word that goes at once would only flicker."""
    LOADING = "Loading…"
    OFFLINE = "Not stored here yet; it comes when the connection is back"


Content = Body | Failure | Waiting


class Feed:
    """The lines of one body, laid out as far as they were asked for."""

    def __init__(self, source: Iterator[Line]) -> None:
        self.lines: list[Line] = []
        self._source: Iterator[Line] | None = source

    @property
    def is_done(self) -> bool:
        """Whether the last line is known."""
        return self._source is None

    def grow(self, count: int) -> bool:
        """Lay out up to ``count`` more lines; whether any came."""
        if self._source is None:
            return False
        before = len(self.lines)
        for _ in range(count):
            line = next(self._source, None)
            if line is None:
                self._source = None
                break
            self.lines.append(line)
        return len(self.lines) > before


class Part(Enum):
    """What a section of the page is."""

    SUBJECT = "subject"
    RUN = "run"
    FOLDED = "folded"
    OPEN = "open"


class Section(Struct):
    """Lines that belong together."""

    part: Part
    head: list[Line]
    msgid: int | None = None
    """The message; of a run, its first one."""
    feed: Feed | None = None
    tail: int = 0
    """Blank lines after it."""

    @property
    def height(self) -> int:
        """Lines that are known by now."""
        return len(self.head) + (len(self.feed.lines) if self.feed is not None else 0) + self.tail

    def line(self, index: int) -> Line:
        """One of its lines; those of a body are without indent."""
        if index < len(self.head):
            return self.head[index]
        index -= len(self.head)
        if self.feed is not None and index < len(self.feed.lines):
            return self.feed.lines[index]
        return BLANK
