"""Signing in: the app password at a hidden field, proven against the server before it is kept.

The network is never waited for in the UI thread: ``check`` runs in a worker and a message tells what came of
it. The secret is held by the field alone; nothing here logs, shows or keeps it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.types import CSSPathType
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState

from imapcore.errors import GimapError
from imapcore.model import Account
from tui.dialogs.dialog import SHARED_STYLE, Dialog
from tui.widgets.dialog_style import Look
from tui.widgets.line_input import LineInput

APP_PASSWORDS = "https://myaccount.google.com/apppasswords"
Check = Callable[[Account, str], None]
"""Connects once and signs in; raises GimapError. Waits for the network, so it runs in a worker."""
Store = Callable[[str, str], None]
"""Keeps a secret for an address; raises GimapError where there is no keyring."""


class SignInScreen(Dialog[str | None]):
    """Ask for the app password, prove it, keep it; returns the password, or None."""

    CSS_PATH: ClassVar[CSSPathType | None] = [SHARED_STYLE, "sign_in.tcss"]

    class Checked(Message):
        """The server answered; ``error`` is None when it let us in."""

        def __init__(self, secret: str, error: GimapError | None, problem: str = "") -> None:
            self.secret = secret
            self.error = error
            self.problem = problem
            """Why the password could not be kept, though it is right."""
            super().__init__()

    def __init__(
        self,
        account: Account,
        check: Check,
        store: Store | None,
        *,
        reason: str = "",
        look: Look | None = None,
    ) -> None:
        """``reason`` says why this is asked, for example that Gmail did not accept the stored one."""
        super().__init__(look=look)
        self._account = account
        self._check = check
        self._store = store
        self._reason = reason
        self._is_checking = False
        self._kept_secret: str | None = None

    def compose(self) -> ComposeResult:
        """Why, how to get one, the field, what came of it, the keys."""
        with Vertical(id="box", classes="box") as box:
            box.border_title = f"Sign in as {self._account.email}"
            if self._reason:
                yield Static(self._reason, classes="refusal", markup=False)
            yield Static(
                "Gmail lets mail programs in with an app password: 16 letters that open your mail and "
                f"nothing else.\nMake one at {APP_PASSWORDS}\n"
                "(it needs 2-Step Verification), and paste it here.\n",
                classes="words",
                markup=False,
            )
            with Horizontal(classes="field"):
                yield Static(self.look.glyphs.prompt, classes="prompt")
                yield LineInput(password=True, placeholder="app password", id="field")
            yield Static("", id="state", markup=False)
            yield self.key_line()

    def on_mount(self) -> None:
        """Begin with the field."""
        self.query_one(LineInput).focus()
        self.show_keys([("Enter", "sign in"), ("Esc", "not now")])

    @on(Input.Submitted, "#field")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.accept()

    def accept(self) -> None:
        """Prove what was typed; the spaces that Google shows in an app password are not part of it."""
        if self._kept_secret is not None:
            self.dismiss(self._kept_secret)
            return
        secret = "".join(self.query_one(LineInput).value.split())
        if self._is_checking or not secret:
            return
        self._is_checking = True
        self._say(f"Signing in at {self._account.host}{self.look.glyphs.ellipsis}", "dim")
        self._prove(secret)

    @work(thread=True, group="sign-in", exit_on_error=False)
    def _prove(self, secret: str) -> None:
        error: GimapError | None = None
        problem = ""
        try:
            self._check(self._account, secret)
        except GimapError as raised:
            error = raised
        if error is None and self._store is not None:
            try:
                self._store(self._account.email, secret)
            except GimapError as raised:
                problem = raised.sentence()
        self.post_message(self.Checked(secret, error, problem))

    def on_sign_in_screen_checked(self, event: Checked) -> None:
        """Go on, or say what was wrong and let the user try again."""
        event.stop()
        self._is_checking = False
        if event.error is not None:
            self._say_error(event.error)
            return
        if event.problem:
            # Signed in, but the keyring refused: the user should know that it will be asked again.
            self._say(f"Signed in, but the password could not be kept: {event.problem}", "star")
            self.query_one(LineInput).disabled = True
            self._kept_secret = event.secret
            self.show_keys([("Enter", "go on")])
            return
        self.dismiss(event.secret)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A fault of ours is said too, instead of waiting for ever."""
        if event.state is WorkerState.ERROR:
            self._is_checking = False
            self._say(f"Signing in broke off: {type(event.worker.error).__name__}", "refusal")

    def _say(self, text: str, tone: str) -> None:
        self.query_one("#state", Static).update(Content.styled(text, self.look.ink(tone)))

    def _say_error(self, error: GimapError) -> None:
        palette = self.look.palette
        parts: list[str | tuple[str, str]] = [(error.title, f"{palette.refusal} bold")]
        if error.detail:
            parts.extend(("\n", error.detail))
        if error.hint:
            parts.extend(("\n", (error.hint, palette.dim)))
        self.query_one("#state", Static).update(Content.assemble(*parts))
