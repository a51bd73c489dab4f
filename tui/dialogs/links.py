"""The links of a message: what they say, and where they really lead, before anything is opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.types import CSSPathType
from textual.widgets import Input, Static

from imapcore.model import Link
from tui.dialogs.dialog import SHARED_STYLE, Dialog
from tui.keys.commands import Where
from tui.style.fuzzy import match
from tui.style.text import cut, cut_left, fit_right, steady
from tui.widgets.choice_list import Bit, ChoiceLine, ChoiceList
from tui.widgets.dialog_style import Look, words
from tui.widgets.line_input import LineInput

OPENED = ("https://", "http://", "mailto:")
"""Beginnings of addresses that are ever handed to another program."""
_ROWS = 16


def can_open(url: str) -> bool:
    """Whether an address may be handed to the system's browser."""
    return url.lower().startswith(OPENED)


class LinkPicker(Dialog[str | None]):
    """Choose a link; returns its address, or None."""

    CSS_PATH: ClassVar[CSSPathType | None] = [SHARED_STYLE, "links.tcss"]
    PLACES = (Where.LINKS,)

    def __init__(self, links: Sequence[Link], *, look: Look | None = None) -> None:
        super().__init__(look=look)
        self._links = tuple(links)
        self._found: list[int] = []

    def compose(self) -> ComposeResult:
        """A filter, the links, where the marked one leads, the keys."""
        with Vertical(id="box", classes="box") as box:
            box.border_title = words("Links of this message")
            with Horizontal(classes="field"):
                yield Static(self.look.glyphs.prompt, classes="prompt")
                yield LineInput(placeholder="a number, or words", id="field")
            choices = ChoiceList(self.look, id="list")
            choices.styles.height = max(1, min(_ROWS, len(self._links)))
            yield choices
            yield Static("", id="where", markup=False)
            yield self.key_line()

    def on_mount(self) -> None:
        """List them all."""
        self.query_one(LineInput).focus()
        self._filter("")

    @on(Input.Changed, "#field")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._filter(event.value.strip())

    @on(Input.Submitted, "#field")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.accept()

    def _filter(self, query: str) -> None:
        if query.isdecimal():
            # Numbers are those of the text: [3] is found by typing 3.
            self._found = [
                index for index, link in enumerate(self._links) if link.label(index).startswith(query)
            ]
        else:
            hits = [
                (hit.score, index)
                for index, link in enumerate(self._links)
                if (hit := match(query, f"{link.text} {link.host} {link.url[:200]}")) is not None
            ]
            self._found = [index for _score, index in (sorted(hits) if query else hits)]
        self.query_one(ChoiceList).show(len(self._found), self._line, empty="No link like that")

    def _line(self, index: int) -> ChoiceLine:
        number = self._found[index]
        link = self._links[number]
        is_open = can_open(link.url)
        width = max(len(each.label(place)) for place, each in enumerate(self._links))
        text = cut(steady(link.text.strip() or link.url), 60)
        host = link.host or link.url.partition(":")[0]
        left = (
            Bit(f" {fit_right(link.label(number), width)}  ", "here", is_bold=True),
            Bit(text, "text" if is_open else "dim"),
        )
        if link.is_suspicious:
            return ChoiceLine(left, (Bit(f"really {cut_left(host, 36)} ", "refusal", is_bold=True),))
        return ChoiceLine(left, (Bit(cut_left(host, 40) + " ", "middle" if is_open else "dim"),))

    @property
    def _link(self) -> Link | None:
        cursor = self.query_one(ChoiceList).cursor
        return self._links[self._found[cursor]] if 0 <= cursor < len(self._found) else None

    @on(ChoiceList.Moved)
    def _moved(self, event: ChoiceList.Moved) -> None:
        event.stop()
        link = self._link
        where = ""
        keys = [self.taught("dialog-cancel", "close")]
        if link is not None:
            where = cut(steady(link.url), 4 * max(20, min(88, self.size.width - 10)))
            keys.insert(0, self.taught("copy", "copy"))
            if can_open(link.url):
                keys.insert(0, self.taught("dialog-accept", "open"))
            else:
                where = f"Only web and mail addresses are opened: {where}"
        self.query_one("#where", Static).update(where)
        self.show_keys(keys)

    @on(ChoiceList.Chosen)
    def _clicked(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        if event.is_again:
            self.accept()

    def action_command(self, command_id: str) -> None:
        """Copying needs no browser."""
        if command_id != "copy":
            super().action_command(command_id)
        elif self._link is not None:
            self.app.copy_to_clipboard(self._link.url)
            self.notify("The address was copied", markup=False)
            self.dismiss(None)

    def accept(self) -> None:
        """Return the address that is marked, if it is one that may be opened."""
        link = self._link
        if link is not None and can_open(link.url):
            self.dismiss(link.url)
        else:
            self.app.bell()
