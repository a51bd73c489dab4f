"""What writing asks of the screen it is on: ``ComposeHost``, which the main screen is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from tui.bridge.messages import Tone

if TYPE_CHECKING:
    from textual.app import App
    from textual.timer import Timer

    from tui.bridge.background import Background
    from tui.compose.composer import Composer
    from tui.context import AppContext


class ComposeHost(Protocol):
    """A screen that has a composer."""

    desk: AppContext
    aside: Background
    """Does one thing after the other, beside the screen."""

    @property
    def app(self) -> App[Any]:
        """The app, for dialogs."""

    @property
    def composer(self) -> Composer:
        """Where mail is written."""

    @property
    def is_composing(self) -> bool:
        """Whether a mail is being written."""

    def open_composer(self, *, with_conversation: bool) -> None:
        """Show the composer, and give it the keys."""

    def close_composer(self) -> None:
        """Give room and keys back."""

    @property
    def shown_flash(self) -> str:
        """The sentence in the bottom line."""

    def flash(self, text: str, tone: Tone = Tone.DONE) -> None:
        """Say what just happened."""

    def look_again(self) -> None:
        """Read again what is shown."""

    def set_timer(self, delay: float, callback: Callable[[], Any]) -> Timer:
        """Call something later."""
