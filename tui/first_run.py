"""The first run: a small app of its own, before there is an account and an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

from tui.theme import OURS, our_themes, palette_of

if TYPE_CHECKING:
    from imapcore.model import Account
    from tui.screens.first_run import FirstChoice


class FirstRunApp(App["Account | FirstChoice"]):
    """Shows the friendly screen; returns an account, the demo, or None."""

    TITLE = "gimap-tui"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, theme: str) -> None:
        super().__init__()
        for each in our_themes():
            self.register_theme(each)
        self.theme = theme if theme in self.available_themes else next(iter(OURS))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our colours for stylesheets."""
        return palette_of(self.current_theme).variables()

    def on_mount(self) -> None:
        """Ask."""
        from tui.screens.first_run import FirstRunScreen

        self.push_screen(FirstRunScreen(), lambda chosen: self.exit(chosen))


def ask_first_run(theme: str) -> Account | FirstChoice | None:
    """The account to open, the demo, or None when the user left."""
    return FirstRunApp(theme).run()
