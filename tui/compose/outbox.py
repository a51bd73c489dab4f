"""The outbox and the drafts begun here, in one list: what waits, why, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.types import CSSPathType
from textual.widgets import Static

from imapcore.model import Draft, Outgoing, OutgoingState
from tui.dialogs.dialog import SHARED_STYLE, Dialog
from tui.keys.commands import Where
from tui.style.text import when
from tui.widgets.choice_list import Bit, ChoiceLine, ChoiceList
from tui.widgets.dialog_style import Look, words


class Wanted(StrEnum):
    """What is to be done with a line."""

    CONTINUE = "continue"
    SEND_NOW = "send now"
    DISCARD = "discard"


class Chosen(Struct, frozen=True):
    """A line, and what is to be done with it."""

    wanted: Wanted
    item: Draft | Outgoing


def state_words(out: Outgoing, now_ms: int) -> str:
    """How a mail stands, in some words."""
    left = max(0, (out.send_at - now_ms) // 1000)
    match out.state:
        case OutgoingState.HELD:
            return f"goes in {left} s"
        case OutgoingState.WAITING:
            return "waits" if out.title else ("goes now" if not left else "waits for its time")
        case OutgoingState.SENDING:
            return "is being sent"
        case OutgoingState.UNKNOWN:
            return "Gmail is asked whether it has it"
        case OutgoingState.REFUSED:
            return "refused"
        case OutgoingState.SENT:
            return "sent"


class OutboxScreen(Dialog[Chosen | None]):
    """What waits, and what is being written; returns what is to be done."""

    CSS_PATH: ClassVar[CSSPathType | None] = [SHARED_STYLE]
    PLACES = (Where.OUTBOX,)

    def __init__(
        self, waiting: Sequence[Outgoing], drafts: Sequence[Draft], now: Callable[[], int], *, look: Look
    ) -> None:
        super().__init__(look=look)
        # A refused one is a draft again: it stands in the list once.
        refused = {out.draft.draft_id for out in waiting}
        self._items: list[Draft | Outgoing] = [
            *waiting,
            *(draft for draft in drafts if draft.draft_id not in refused),
        ]
        self._now = now

    def compose(self) -> ComposeResult:
        """The list, a sentence about the line under the cursor, the keys."""
        with Vertical(classes="box") as box:
            box.border_title = words("Outbox and drafts begun here")
            choices = ChoiceList(self.look, id="list")
            choices.styles.height = max(1, min(14, len(self._items)))
            yield choices
            yield Static("", id="about", classes="dim", markup=False)
            yield self.key_line()

    def on_mount(self) -> None:
        """Show them."""
        self.query_one(ChoiceList).show(
            len(self._items), self._line, empty="Nothing waits, and no draft was begun here"
        )
        self.show_keys(
            [
                self.taught("dialog-accept", "go on with it"),
                self.taught("outbox-send-now", "send now"),
                self.taught("outbox-discard", "discard the draft"),
                self.taught("dialog-cancel", "close"),
            ]
            if self._items
            else [self.taught("dialog-cancel", "close")]
        )

    def _line(self, index: int) -> ChoiceLine:
        item = self._items[index]
        draft = item.draft if isinstance(item, Outgoing) else item
        who = ", ".join(each.name or each.email for each in draft.recipients) or "nobody yet"
        left = (Bit(f"{who}  ", "bright"), Bit(draft.subject or "(no subject)", "text"))
        if isinstance(item, Outgoing):
            tone = "refusal" if item.state is OutgoingState.REFUSED else "star"
            return ChoiceLine(left, (Bit(state_words(item, self._now()), tone),))
        return ChoiceLine(left, (Bit(f"draft {when(draft.changed_at, self._now())}", "dim"),))

    def on_choice_list_moved(self, event: ChoiceList.Moved) -> None:
        """Say why it waits, in the server's words."""
        event.stop()
        item = self._current()
        said = ""
        if isinstance(item, Outgoing):
            said = ". ".join(part.rstrip(".") for part in (item.title, item.detail, item.hint) if part)
        self.query_one("#about", Static).update(words(said))

    def _current(self) -> Draft | Outgoing | None:
        index = self.query_one(ChoiceList).cursor
        return self._items[index] if 0 <= index < len(self._items) else None

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """A second click goes on with it."""
        event.stop()
        if event.is_again:
            self.accept()

    def accept(self) -> None:
        """Go on with it."""
        self._choose(Wanted.CONTINUE)

    def action_command(self, command_id: str) -> None:
        """Send now, discard."""
        item = self._current()
        if command_id == "outbox-send-now" and isinstance(item, Outgoing):
            self._choose(Wanted.SEND_NOW)
        elif command_id == "outbox-discard" and isinstance(item, Draft):
            self._choose(Wanted.DISCARD)
        elif command_id in ("outbox-send-now", "outbox-discard"):
            self.notify("Go on with it first: Enter", markup=False)
        else:
            super().action_command(command_id)

    def _choose(self, wanted: Wanted) -> None:
        item = self._current()
        if item is not None:
            self.dismiss(Chosen(wanted, item))
