"""Signing in and out while the app runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from imapcore.errors import GimapError
from imapcore.model import LinkStatus
from tui.bridge.daemon_thread import in_daemon_thread
from tui.bridge.messages import Tone

if TYPE_CHECKING:
    from tui.actions.screen import TriageScreen


def ask_to_sign_in(screen: TriageScreen, link: LinkStatus, done: Callable[[], None]) -> None:
    """Show the dialog, saying why; a password that works is kept in the keyring and the engine connects.

    ``done`` is called when the dialog closes, whichever way.
    """
    from imapcore.engine import check_sign_in, store_secret
    from tui.dialogs.sign_in import SignInScreen

    mail = screen.desk.mail

    def closed(secret: str | None) -> None:
        done()
        if secret is not None:
            mail.use_secret(secret)
            screen.flash("Signed in; connecting")

    reason = " ".join(GimapError(link.detail, title=link.title, hint=link.hint).sentence().split())
    screen.app.push_screen(
        SignInScreen(mail.account, check_sign_in, store_secret, reason=reason, look=screen.desk.look), closed
    )


def sign_out(screen: TriageScreen) -> None:
    """Ask, then forget the password here and in the keyring; the stored mail stays."""
    from tui.dialogs.confirm import ConfirmScreen

    def closed(is_wanted: bool | None) -> None:
        if is_wanted:
            screen.app.run_worker(_sign_out(screen), group="sign-out")

    screen.app.push_screen(
        ConfirmScreen(
            "Sign out",
            "The app password is forgotten, here and in the system's keyring; signing in again takes one. "
            "The stored mail stays, and so does what was not sent yet.",
            "sign out",
            look=screen.desk.look,
        ),
        closed,
    )


async def _sign_out(screen: TriageScreen) -> None:
    try:
        await in_daemon_thread(screen.desk.mail.sign_out)
    except GimapError as error:
        screen.flash(
            f"Signed out, but the password may still be in the keyring. {error.sentence()}", Tone.PROBLEM
        )
    else:
        screen.flash("Signed out; the password is forgotten, the stored mail is still here", Tone.DONE)
