"""The first run: a small app of its own, before there is an account and an engine.

Three steps on one screen: the address, the app password, and it is proven against the server before anything
is kept. Esc goes back a step; nothing typed is lost by it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imapcore.gmail.app_password import APP_PASSWORDS
from tui.settings.paths import crash_path
from tui.style.theme import OURS, our_themes, palette_of
from tui.terminal.terminal_app import TerminalApp
from tui.widgets.dialog_style import Look

if TYPE_CHECKING:
    from imapcore.model import Account
    from tui.dialogs.sign_in import Check, Store
    from tui.first_run.screen import FirstChoice


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """An account whose password was proven."""

    account: Account
    secret: str | None = field(repr=False)
    """None: the keyring keeps it."""


class FirstRunApp(TerminalApp["FirstAccount | FirstChoice"]):
    """Shows the friendly screen; returns an account, the demo, or None."""

    TITLE = "gimap-tui"
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self, theme: str, account_of: Callable[[str], Account], check: Check | None, store: Store
    ) -> None:
        """``account_of`` makes the account of an address; without ``check`` no password is asked for."""
        super().__init__(crash_path())
        self._account_of = account_of
        self._check = check
        self._store = store
        self._is_kept = False
        for each in our_themes():
            self.register_theme(each)
        self.theme = theme if theme in self.available_themes else next(iter(OURS))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our colours for stylesheets."""
        return palette_of(self.current_theme).variables()

    def on_mount(self) -> None:
        """Ask."""
        self._ask("")

    def action_help(self) -> None:
        """F1: what to do here."""
        self.tell(f"Enter goes on, Esc goes back, Ctrl+Q leaves; app passwords: {APP_PASSWORDS}")

    def _ask(self, email: str) -> None:
        from tui.first_run.screen import FirstRunScreen

        self.push_screen(FirstRunScreen(email, look=self._look), self._chosen)

    def _chosen(self, chosen: Account | FirstChoice | None) -> None:
        from imapcore.model import Account

        if not isinstance(chosen, Account):
            self.exit(chosen)
        elif self._check is None:
            self.exit(FirstAccount(self._account_of(chosen.email), None))
        else:
            self._sign_in(self._account_of(chosen.email), self._check)

    def _sign_in(self, account: Account, check: Check) -> None:
        from tui.dialogs.sign_in import SignInScreen

        def closed(secret: str | None) -> None:
            if secret is None:
                self._ask(account.email)
            else:
                self.exit(FirstAccount(account, None if self._is_kept else secret))

        self.push_screen(SignInScreen(account, check, self._keep, look=self._look), closed)

    def _keep(self, account: Account, secret: str) -> None:
        self._store(account, secret)
        self._is_kept = True

    @property
    def _look(self) -> Look:
        return Look(palette_of(self.current_theme))


def ask_first_run(
    theme: str, account_of: Callable[[str], Account], *, is_offline: bool
) -> FirstAccount | FirstChoice | None:
    """The account to open, the demo, or None when the user left.

    Raises SystemExit when the screen ended by itself: its terminal vanished, a signal, a fault of our own.
    """
    from imapcore.engine import check_sign_in, store_secret

    app = FirstRunApp(theme, account_of, None if is_offline else check_sign_in, store_secret)
    chosen = app.run()
    if app.return_code:
        raise SystemExit(app.return_code)
    return chosen
