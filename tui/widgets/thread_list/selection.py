"""Which conversations are selected, and what an op acts on because of it."""

from __future__ import annotations

from collections.abc import Iterable

from imapcore.model import Everything, Target, Threads, View


class Selection:
    """Selected conversations of one view: single ones, a range being drawn, or everything."""

    def __init__(self) -> None:
        self._chosen: dict[int, None] = {}
        self._range: dict[int, None] = {}
        self.anchor: int | None = None
        """Index where a range began; None when none is being drawn."""
        self.is_everything = False
        """Everything in the view, also what is not held."""

    def __len__(self) -> int:
        return len(self._chosen.keys() | self._range.keys())

    def __contains__(self, thrid: int) -> bool:
        return self.is_everything or thrid in self._chosen or thrid in self._range

    def __bool__(self) -> bool:
        return self.is_everything or bool(self._chosen) or bool(self._range)

    def toggle(self, thrid: int) -> None:
        """Select one conversation, or take it out."""
        self.settle_range()
        self.is_everything = False
        if thrid in self._chosen:
            del self._chosen[thrid]
        else:
            self._chosen[thrid] = None

    def choose(self, thrids: Iterable[int]) -> None:
        """Select these and nothing else."""
        self.clear()
        self._chosen = dict.fromkeys(thrids)

    def add(self, thrids: Iterable[int]) -> None:
        """Select these as well."""
        self._chosen.update(dict.fromkeys(thrids))

    def choose_everything(self) -> None:
        """Select everything in the view."""
        self.clear()
        self.is_everything = True

    def draw_range(self, thrids: Iterable[int]) -> None:
        """Set what the range under way holds."""
        self._range = dict.fromkeys(thrids)

    def settle_range(self) -> None:
        """End the range; what it held stays selected."""
        self._chosen.update(self._range)
        self._range = {}
        self.anchor = None

    def clear(self) -> None:
        """Select nothing."""
        self._chosen, self._range = {}, {}
        self.anchor = None
        self.is_everything = False

    def target(self, view: View) -> Target | None:
        """What is selected as an op's target; None when nothing is."""
        if self.is_everything:
            return Everything(view)
        thrids = tuple({**self._chosen, **self._range})
        return Threads(thrids, view) if thrids else None
