"""The label editor's mind: which labels there are, how the selection carries them, what was toggled.

Pure. A label's state is one of three, as Gmail shows it: on every conversation of the selection, on some, on
none. Toggling goes from what is to what can be wanted and back, so that no way is a dead end.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from msgspec import Struct

from imapcore.gmail.label_names import LabelNames, missing_parents, same_label, show_label, system_label
from imapcore.model import LabelCounts, Mailbox
from tui.style.fuzzy import match
from tui.style.text import number

_LEADING = 6
"""Labels at most that stand above the tree while nothing is typed."""


class State(Enum):
    """How the selection carries a label."""

    NONE = "none"
    SOME = "some"
    ALL = "all"


class LabelChange(Struct, frozen=True):
    """What the label editor returns."""

    add: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()
    create: tuple[str, ...] = ()
    """Labels of ``add`` that are new; the parents they lack come with them."""
    is_message_only: bool = False
    """Whether it concerns the one message and not its conversation."""

    def __bool__(self) -> bool:
        return bool(self.add or self.remove)


class LabelRow(Struct, frozen=True):
    """A label in the list."""

    name: str
    text: str
    """What to show: the whole name, or below its parent only the last part."""
    depth: int = 0
    positions: tuple[int, ...] = ()
    """Characters of ``text`` that match what was typed."""
    is_choosable: bool = True


class CreateRow(Struct, frozen=True):
    """The last line: make a label of what was typed."""

    name: str
    problem: str = ""
    parents: tuple[str, ...] = ()


class GapRow(Struct, frozen=True):
    """An empty line."""


Row = LabelRow | CreateRow | GapRow


class LabelChoices:
    """The labels of an account over one selection."""

    def __init__(self, labels: Sequence[Mailbox], counts: LabelCounts) -> None:
        """``labels`` are the user's, parents before children; ``counts`` say what the selection carries."""
        self.counts = counts
        self._labels: dict[str, Mailbox] = {label.name: label for label in labels if label.role is None}
        # Labels hidden from IMAP are not listed but still on messages: they can be taken off.
        for name in counts.by_label:
            if name not in self._labels and system_label(name) is None:
                self._labels[name] = Mailbox(name=name, title=show_label(name.rpartition("/")[2]))
        self._wanted: dict[str, bool] = {}
        self._created: list[str] = []
        self._texts = {name: self._path(name) for name in self._labels}
        self._recent = {name: rank for rank, name in enumerate(counts.recent)}

    # -- states -------------------------------------------------------------------------------------------

    def original(self, name: str) -> State:
        """How the selection carries a label now."""
        carrying = self.counts.by_label.get(name, 0)
        if not carrying:
            return State.NONE
        return State.ALL if carrying >= self.counts.threads else State.SOME

    def state(self, name: str) -> State:
        """How it would carry it afterwards."""
        wanted = self._wanted.get(name)
        if wanted is None:
            return self.original(name)
        return State.ALL if wanted else State.NONE

    def is_changed(self, name: str) -> bool:
        """Whether something was toggled here."""
        return name in self._wanted

    def toggle(self, name: str) -> State:
        """Go on to the next state that can be wanted."""
        ways: tuple[bool | None, ...]
        if self.original(name) is State.NONE:
            ways = (None, True)
        elif self.original(name) is State.SOME:
            ways = (None, True, False)
        elif self._is_in_part(name):
            ways = (None, False, True)
        else:
            ways = (None, False)
        following = ways[(ways.index(self._wanted.get(name)) + 1) % len(ways)]
        if following is None:
            self._wanted.pop(name, None)
        else:
            self._wanted[name] = following
        return self.state(name)

    def _is_in_part(self, name: str) -> bool:
        """Whether every conversation carries it, but not every message of them."""
        return self.counts.full_by_label.get(name, 0) < self.counts.by_label.get(name, 0)

    def count(self, name: str) -> str:
        """``all 3``, ``2 of 3``; for one conversation only what is not plain to see."""
        total, carrying = self.counts.threads, self.counts.by_label.get(name, 0)
        if name in self._wanted:
            return "add" if self._wanted[name] else "remove"
        if not carrying:
            return ""
        part = ", in part" if self._is_in_part(name) and carrying >= total else ""
        if total == 1:
            return "in part" if part else ""
        return f"all {number(total)}{part}" if carrying >= total else f"{number(carrying)} of {number(total)}"

    def create(self, name: str) -> None:
        """Add a new label to the list, wanted on the whole selection."""
        self._labels[name] = Mailbox(name=name, title=show_label(name.rpartition("/")[2]))
        self._texts[name] = self._path(name)
        self._created.append(name)
        self._wanted[name] = True

    def take_over(self, other: LabelChoices) -> None:
        """Want what was wanted for another selection, as far as it changes something here."""
        for name in other._created:
            if name not in self._labels:
                self.create(name)
        self._wanted = {
            name: wanted
            for name, wanted in other._wanted.items()
            if self.original(name) is not (State.ALL if wanted else State.NONE)
        }

    def change(self, *, is_message_only: bool = False) -> LabelChange:
        """What to do: nothing for labels that were left alone."""
        add = frozenset(name for name, wanted in self._wanted.items() if wanted)
        remove = frozenset(name for name, wanted in self._wanted.items() if not wanted)
        created = tuple(name for name in self._created if name in add)
        return LabelChange(add, remove, created, is_message_only)

    # -- rows ---------------------------------------------------------------------------------------------

    def rows(self, query: str) -> tuple[Row, ...]:
        """The list for what was typed: best matches first, and the line for creating last."""
        query = query.strip()
        if not query:
            return self._all_rows()
        found: list[tuple[int, int, int, str, tuple[int, ...]]] = []
        for name, text in self._texts.items():
            hit = match(query, text)
            if hit is not None and self._labels[name].is_selectable:
                rank = self._recent.get(name, 99)
                found.append((hit.score, rank, len(text), name, hit.positions))
        found.sort()
        rows: list[Row] = [LabelRow(name, self._texts[name], 0, where) for _, _, _, name, where in found]
        selectable = [name for name, label in self._labels.items() if label.is_selectable]
        if same_label(query, [*selectable, *(self._texts[name] for name in selectable)]) is None:
            names = LabelNames(selectable, self._labels)
            name = names.spelled(query) if len(query) <= 1000 else query
            create = CreateRow(name, names.create_problem(name), missing_parents(name, self._labels))
            rows.extend((GapRow(), create) if rows else (create,))
        return tuple(rows)

    def _all_rows(self) -> tuple[Row, ...]:
        carried = [name for name in self._labels if self.original(name) is not State.NONE]
        leading = sorted(carried, key=lambda name: (self.original(name) is State.SOME, name.casefold()))
        for name in [*reversed(self._created), *self.counts.recent]:
            if len(leading) >= _LEADING:
                break
            if name in self._labels and name not in leading and self._labels[name].is_selectable:
                leading.append(name)
        first: list[Row] = [LabelRow(name, self._texts[name]) for name in leading]
        rest: list[Row] = []
        above: list[str] = []
        for name, label in self._labels.items():
            if name in leading:
                continue
            while above and not name.startswith(above[-1] + "/"):
                above.pop()
            text = self._texts[name][len(self._texts[above[-1]]) + 1 :] if above else self._texts[name]
            rest.append(LabelRow(name, text, len(above), is_choosable=label.is_selectable))
            above.append(name)
        gap: list[Row] = [GapRow()] if first and rest else []
        return (*first, *gap, *rest)

    def _path(self, name: str) -> str:
        """The whole name as it may be shown: every part by its mailbox's title where there is one."""
        parts = name.split("/")
        shown: list[str] = []
        for count in range(1, len(parts) + 1):
            label = self._labels.get("/".join(parts[:count]))
            shown.append(label.title if label is not None and label.title else show_label(parts[count - 1]))
        return "/".join(shown)
