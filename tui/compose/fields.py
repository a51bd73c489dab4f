"""The lines above the text: whom it goes to, from which address, what it is called.

Fields hold text as it is typed; what it means is judged by ``MailWriting.read_recipients``.
"""

from __future__ import annotations

from textual import events
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from imapcore.model import Address
from tui.widgets.line_input import LineInput


def fragment_of(text: str, cursor: int) -> tuple[int, int]:
    """Where the recipient that the cursor is in begins and ends: between commas that stand in no quotes."""
    start, is_quoted = 0, False
    for index, char in enumerate(text):
        if char == '"':
            is_quoted = not is_quoted
        elif char in ",;" and not is_quoted:
            if index >= cursor:
                return start, index
            start = index + 1
    while start < cursor and text[start] == " ":
        start += 1
    return start, len(text)


def finished_part(text: str) -> str:
    """The recipients that are complete while one is still being typed: all before the last comma."""
    start, _ = fragment_of(text, len(text))
    return text[:start]


class AddressInput(LineInput):
    """A field of recipients. A paste may hold a whole list of them, by comma or by line."""

    LONGEST_PASTE = 20_000

    def _on_paste(self, event: events.Paste) -> None:
        lines = [line.strip().rstrip(",;") for line in event.text.splitlines() if line.strip()]
        super()._on_paste(events.Paste(", ".join(lines)))
        event.stop()
        event.prevent_default()


class Sender(Widget, can_focus=True):
    """From: one of one's own addresses; the arrows change it. Letters do nothing here."""

    DEFAULT_CSS = """
    Sender { height: 1; width: 1fr; color: $bright-ink; }
    Sender:focus { background: $cursor-shade; }
    """

    class Changed(Message):
        """Another address was chosen."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._choices: tuple[Address, ...] = ()
        self._index = 0

    @property
    def address(self) -> Address:
        """The address it is sent from."""
        return self._choices[self._index] if self._choices else Address("", "")

    def show(self, address: Address, choices: tuple[Address, ...]) -> None:
        """Offer these, with one of them chosen."""
        emails = [each.email.casefold() for each in choices]
        if address.email.casefold() in emails:
            self._choices, self._index = choices, emails.index(address.email.casefold())
        else:
            self._choices, self._index = (address, *choices), 0
        self.refresh()

    def render(self) -> Content:
        """The address, and that there are others."""
        address = self.address
        shown = f"{address.name} <{address.email}>" if address.name else address.email
        more = f"   ← → {self._index + 1} of {len(self._choices)}" if len(self._choices) > 1 else ""
        return Content(shown + (more if self.has_focus else ""))

    def on_key(self, event: events.Key) -> None:
        """Left and right choose."""
        step = {"left": -1, "right": 1, "space": 1}.get(event.key)
        if step is None or len(self._choices) < 2:
            return
        event.stop()
        event.prevent_default()
        self._index = (self._index + step) % len(self._choices)
        self.refresh()
        self.post_message(self.Changed())


class FieldRow(Horizontal):
    """A name and its field."""

    DEFAULT_CSS = """
    FieldRow { height: 1; padding: 0 1; background: $list-shade; }
    FieldRow .name { width: 9; color: $dim-ink; }
    FieldRow LineInput, FieldRow LineInput:focus { background: $list-shade; width: 1fr; }
    FieldRow LineInput:focus { background: $picked-shade; }
    """

    def __init__(self, name: str, field: Widget, *, id: str | None = None) -> None:
        # Given at once, not composed later: the field can have the keys as soon as it is mounted.
        super().__init__(Static(name, classes="name", markup=False), field, id=id)
        self.field = field
