"""The field for narrowing what is listed here: filter as you type, in the list and in the tree."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.bridge.messages import FilterChanged, FilterClosed

_LONGEST = 200


class FilterBar(Input):
    """One line; Enter keeps what is narrowed, Esc drops it."""

    DEFAULT_CSS = """
    FilterBar, FilterBar:focus {
        height: 1; border: none; padding: 0 1; background: $cursor-shade; color: $text-ink; display: none;
    }
    FilterBar.-open { display: block; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "close(True)", "keep", show=False),
        Binding("escape", "close(False)", "drop", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(
            placeholder="filter what is listed", id=id, max_length=_LONGEST, select_on_focus=False
        )

    @property
    def is_open(self) -> bool:
        """Whether the user is typing in it."""
        return self.has_class("-open")

    def open(self, text: str = "") -> None:
        """Show the field and let the user type."""
        self.add_class("-open")
        self.value = text
        self.cursor_position = len(text)
        self.focus()

    def action_close(self, is_kept: bool) -> None:
        """Hide the field again."""
        self.remove_class("-open")
        self.post_message(FilterClosed(is_kept))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell each change."""
        event.stop()
        if self.is_open:
            self.post_message(FilterChanged(event.value))
