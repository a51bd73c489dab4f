"""What a verb may do to the screen: ``TriageScreen``, the face that ``tui.main.screen`` offers to actions.

Actions know this and not the screen, so that the screen can know the actions: there is one direction. What a
verb needs and does not find here is added here first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from imapcore.model import Mailbox, SavedSearch, Target, View
from tui.bridge.messages import Tone
from tui.keys.commands import Command, Needs, Where

if TYPE_CHECKING:
    from textual.app import App

    from tui.bridge.background import Background
    from tui.compose.composer import Composer
    from tui.compose.composing import Composing
    from tui.context import AppContext
    from tui.style.layout import Layout
    from tui.widgets.reader.reader import Reader
    from tui.widgets.sidebar.mailbox_tree import MailboxTree
    from tui.widgets.thread_list.thread_list import ThreadList


class TriageScreen(Protocol):
    """Tree, list and reader, as verbs see them."""

    desk: AppContext
    aside: Background
    """Does what takes longer than a key may wait."""
    places: MailboxTree
    thread_list: ThreadList
    layout_now: Layout
    open_thrid: int | None
    """The conversation in the reader."""
    history: list[View]
    """Views to go back to, the newest last."""
    future: list[View]
    """Views that were gone back from, the nearest last."""
    message_only: bool
    """Whether verbs in the reader mean its current message only."""
    again: Callable[[], None] | None
    """Does the last change again, to what is meant now."""
    mailboxes: tuple[Mailbox, ...]
    searches: tuple[SavedSearch, ...]
    searching: dict[str, tuple[int, bool, str]]
    """Of each query that was run: found, done, problem."""

    @property
    def app(self) -> App[Any]:
        """The app, for dialogs, themes and leaving."""

    @property
    def composing(self) -> Composing:
        """The mail that is being written."""

    @property
    def composer(self) -> Composer:
        """Where it is written."""

    @property
    def is_composing(self) -> bool:
        """Whether a mail is being written."""

    @property
    def reader(self) -> Reader:
        """The reader."""

    @property
    def view(self) -> View:
        """What is listed."""

    @property
    def where(self) -> Where:
        """The pane the keys go to."""

    @property
    def is_reading(self) -> bool:
        """Whether a conversation is open in the reader, not only previewed."""

    @property
    def has_reader_pane(self) -> bool:
        """Whether the reader has a pane of its own, beside or below."""

    def target(self) -> Target | None:
        """What a verb acts on in the pane that has the keys."""

    def command(self, command_id: str, count: int = 0) -> None:
        """Do what a verb says, so many times or to so many, or say why it does not apply."""

    @property
    def count(self) -> int:
        """The number typed before the verb that is being done; 0 without one."""

    def bring_preview(self) -> None:
        """Put the conversation under the cursor in the reader's pane now, where there is one."""

    def show_reader(self) -> None:
        """Give the conversation in the reader the keys."""

    def selected_text(self) -> str:
        """What is selected with the mouse; empty when nothing is."""

    def missing_for(self, command: Command) -> Needs | None:
        """What a verb lacks here; None when it applies."""

    def guard(self, action: Callable[[], object]) -> None:
        """Run what a dialog asked for; an error of the engine's becomes a sentence."""

    def flash(self, text: str, tone: Tone = Tone.DONE) -> None:
        """Say what just happened, in the bottom line."""

    def teach(self) -> None:
        """Show the keys that matter now."""

    def look_again(self) -> None:
        """Read again what is shown."""

    def redress(self) -> None:
        """Draw everything in the colours in force."""

    def show_view(self, view: View, *, remember: bool = True) -> None:
        """List another view."""

    def go_to_pane(self, pane: Where) -> None:
        """Give a pane the keys."""

    def place_panes(self) -> None:
        """Put the panes where the terminal's size and the user want them."""

    def move_divider(self, name: str, cells: int) -> None:
        """Move the divider of the tree or of the list by so many cells."""

    def open_thread(self, thrid: int) -> None:
        """Read a conversation: show it, give it the keys, mark it as read."""

    def show_thread(self, thrid: int) -> bool:
        """Put a conversation in the reader; False when it is gone."""

    def close_thread(self) -> None:
        """Leave the reader empty, and give the keys back to the list."""

    def open_filter(self) -> None:
        """Let the user narrow the list, or the tree while it has the keys."""
