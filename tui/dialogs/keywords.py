"""Flags and keywords of what is selected: three states, as for labels, and what Gmail does with each.

Drives STORE FLAGS (RFC 3501 §6.4.6). Returns what to add and to remove, or None.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.types import CSSPathType
from textual.widgets import Input, Static

from imapcore.gmail.keywords import KNOWN, describe_keyword, keyword_problem
from imapcore.model import LabelCounts
from tui.dialogs.dialog import SHARED_STYLE, Dialog
from tui.style.fuzzy import match
from tui.style.text import cells, number
from tui.widgets.choice_list import Bit, ChoiceLine, ChoiceList
from tui.widgets.dialog_style import Look, words
from tui.widgets.line_input import LineInput

_ROWS = 14


class KeywordChange(Struct, frozen=True):
    """What the keyword editor returns: flags and keywords by their names."""

    add: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.add or self.remove)


class KeywordEditor(Dialog[KeywordChange | None]):
    """Set and clear flags and keywords."""

    CSS_PATH: ClassVar[CSSPathType | None] = [SHARED_STYLE]

    def __init__(self, title: str, counts: LabelCounts, *, look: Look | None = None) -> None:
        """``title`` names the selection; ``counts.flags`` says on how many messages each flag is."""
        super().__init__(look=look)
        self._title = title
        self._total = counts.messages
        self._flags: Mapping[str, int] = counts.flags or {}
        known = [keyword.name for keyword in KNOWN]
        folded = {name.casefold() for name in known}
        self._names = [*known, *sorted(name for name in self._flags if name.casefold() not in folded)]
        self._carrying = {name.casefold(): count for name, count in self._flags.items()}
        self._wanted: dict[str, bool] = {}
        self._rows: list[str] = []
        self._creating = ""
        self._is_meant = False
        """Whether the line under the cursor is one the user means, and not just the first."""

    def compose(self) -> ComposeResult:
        """A filter, the flags, what is wrong, the keys."""
        with Vertical(classes="box") as box:
            box.border_title = words(f"Flags of {self._title}")
            box.border_subtitle = words("Esc leaves all as it was")
            with Horizontal(classes="field"):
                yield Static(self.look.glyphs.prompt, classes="prompt")
                yield LineInput(placeholder="type to filter, or a keyword of your own", id="field")
            choices = ChoiceList(self.look, id="list")
            choices.styles.height = min(_ROWS, len(self._names) + 1)
            yield choices
            yield Static("", id="problem", classes="hint", markup=False)
            yield self.key_line()

    def on_mount(self) -> None:
        """List what there is."""
        field = self.query_one(LineInput)
        field.is_space_given_away = True
        field.focus()
        self._filter("")
        self.show_keys([("Space", "toggle"), ("Enter", "apply"), ("Esc", "cancel")])

    # -- the list -----------------------------------------------------------------------------------------

    def _filter(self, query: str) -> None:
        hits = [
            (hit.score, order, name)
            for order, name in enumerate(self._names)
            if (hit := match(query, f"{name} {describe_keyword(name).about}")) is not None
        ]
        self._rows = [name for _score, _order, name in (sorted(hits) if query else hits)]
        is_new = bool(query) and all(name.casefold() != query.casefold() for name in self._names)
        problem = keyword_problem(query) if is_new else ""
        self._creating = query if is_new and not problem else ""
        self.query_one("#problem", Static).update(problem if is_new and not self._rows else "")
        self.query_one(ChoiceList).show(len(self._rows) + bool(self._creating), self._line)

    def _line(self, index: int) -> ChoiceLine:
        if index >= len(self._rows):
            create = Bit(f" {self.look.glyphs.create} ", "here", is_bold=True)
            return ChoiceLine((create, Bit(f"set a keyword of your own: {self._creating}")))
        name = self._rows[index]
        keyword = describe_keyword(name)
        width = max(cells(each) for each in self._names)
        if not keyword.can_set:
            words = Bit(f"   {name.ljust(width)}  {keyword.about}", "dim")
            return ChoiceLine((words,), (Bit(keyword.fate + " ", "dim"),), is_choosable=False)
        glyphs = self.look.glyphs
        carrying = self._carrying.get(name.casefold(), 0)
        wanted = self._wanted.get(name)
        mark, tone = glyphs.check_none, "faint"
        if wanted or (wanted is None and carrying >= self._total > 0):
            mark, tone = glyphs.check_all, "good"
        elif wanted is None and carrying:
            mark, tone = glyphs.check_some, "good"
        left = (
            Bit(self.look.check(mark), tone, is_bold=wanted is not None),
            Bit(f"{name.ljust(width)}  ", "bright" if tone == "good" else "text"),
            Bit(keyword.about, "dim"),
        )
        if wanted is not None:
            return ChoiceLine(left, (Bit("add " if wanted else "remove ", "star"),))
        if 0 < carrying < self._total:
            right = f"{number(carrying)} of {number(self._total)} "
            return ChoiceLine(left, (Bit(right, "middle"),))
        return ChoiceLine(left, (Bit(keyword.fate + " ", "dim"),))

    # -- verbs --------------------------------------------------------------------------------------------

    @on(Input.Changed, "#field")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._is_meant = bool(event.value.strip())
        self._filter(event.value.strip())

    @on(Input.Submitted, "#field")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.accept()

    @on(LineInput.SpacePressed)
    def _space(self, event: LineInput.SpacePressed) -> None:
        event.stop()
        self._toggle()

    @on(ChoiceList.Chosen)
    def _clicked(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        self._toggle()

    def on_key(self, event: events.Key) -> None:
        """Who moves the cursor means where it goes."""
        self._is_meant = self._is_meant or event.key in ("down", "up", "pagedown", "pageup")

    def _toggle(self) -> None:
        self._is_meant = True
        choices = self.query_one(ChoiceList)
        if not 0 <= choices.cursor < choices.count:
            return
        if choices.cursor >= len(self._rows):
            name = self._creating
            self._names.append(name)
            self._wanted[name] = True
            self.query_one(LineInput).value = ""
            self._filter("")
            choices.go(self._rows.index(name))
            return
        name = self._rows[choices.cursor]
        carrying = self._carrying.get(name.casefold(), 0)
        ways: list[bool | None] = [None, True]
        if carrying:
            ways = [None, False] if carrying >= self._total else [None, True, False]
        following = ways[(ways.index(self._wanted.get(name)) + 1) % len(ways)]
        if following is None:
            self._wanted.pop(name)
        else:
            self._wanted[name] = following
        choices.redraw()

    def accept(self) -> None:
        """Return what was toggled; when nothing was, toggle what is marked and return that."""
        if not self._wanted and not self._is_meant:
            self.dismiss(None)
            return
        if not self._wanted or (self._creating and self.query_one(ChoiceList).cursor >= len(self._rows)):
            self._toggle()
        change = KeywordChange(
            frozenset(name for name, wanted in self._wanted.items() if wanted),
            frozenset(name for name, wanted in self._wanted.items() if not wanted),
        )
        if change:
            self.dismiss(change)
        else:
            self.app.bell()
