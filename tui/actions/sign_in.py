"""Signing in while the app runs: when Gmail refuses the stored password, ask for another."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from imapcore.model import LinkStatus

if TYPE_CHECKING:
    from tui.actions.screen import TriageScreen


def ask_to_sign_in(screen: TriageScreen, link: LinkStatus, done: Callable[[], None]) -> None:
    """Show the dialog; a password that works is kept in the keyring and the engine connects again.

    ``done`` is called when the dialog closes, whichever way.
    """
    from imapcore.engine import check_sign_in, store_secret
    from tui.dialogs.sign_in import SignInScreen

    mail = screen.desk.mail

    def closed(secret: str | None) -> None:
        done()
        if secret is not None:
            mail.refresh()
            screen.flash("Signed in; connecting")

    reason = " ".join(part for part in (link.title, link.detail) if part)
    screen.app.push_screen(
        SignInScreen(mail.account, check_sign_in, store_secret, reason=reason, look=screen.desk.look), closed
    )
