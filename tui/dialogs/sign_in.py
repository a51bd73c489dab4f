"""Signing in: the app password at a hidden field, proven against the server before it is kept.

The network is never waited for in the UI thread, and nobody waits for it when the app leaves. The secret is
held by the field alone; nothing here logs, shows or keeps it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.types import CSSPathType
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState

from imapcore.errors import AuthenticationFailed, GimapError
from imapcore.events import Event, LinkChanged
from imapcore.gmail.app_password import APP_PASSWORDS, length_remark, written_together
from imapcore.model import Account, LinkState
from tui.bridge.daemon_thread import in_daemon_thread
from tui.dialogs.dialog import SHARED_STYLE, Dialog
from tui.widgets.dialog_style import Look, words
from tui.widgets.line_input import PasswordInput

Check = Callable[[Account, str], None]
"""Connects once and signs in; raises GimapError. Waits for the network, so it runs on a thread."""
Store = Callable[[Account, str], None]
"""Keeps the secret of an account; raises GimapError where no keyring does."""


_LOW = 22
"""Lines below which the words give way to what came of it."""
_BESIDE_WHY = 10
"""Lines of a low dialog, and around it, beside the words that say why."""


class SignInScreen(Dialog[str | None]):
    """Ask for the app password, prove it, keep it; returns the password, or None."""

    CSS_PATH: ClassVar[CSSPathType | None] = [SHARED_STYLE, "sign_in.tcss"]

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
            box.border_title = words(f"Sign in as {self._account.email}")
            with Vertical(id="why"):
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
                yield PasswordInput(password=True, placeholder="app password", id="field")
            yield Static("", id="state", markup=False)
            yield self.key_line()

    def on_mount(self) -> None:
        """Begin with the field."""
        self.query_one(PasswordInput).focus()
        self.show_keys([("Enter", "sign in"), ("Esc", "not now")])

    def on_resize(self, event: events.Resize) -> None:
        """In a low window the field is worth more than the words: they scroll, or give way to an answer."""
        self.query_one("#why").styles.max_height = max(1, event.size.height - _BESIDE_WHY)
        self.set_class(event.size.height < _LOW, "-low")

    @on(Input.Submitted, "#field")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.accept()

    def accept(self) -> None:
        """Prove what was typed; the spaces that Google shows in an app password are not part of it."""
        if self._kept_secret is not None:
            self.dismiss(self._kept_secret)
            return
        secret = written_together(self.query_one(PasswordInput).value)
        if self._is_checking or not secret:
            return
        self._is_checking = True
        self._say(f"Signing in at {self._account.host}{self.look.glyphs.ellipsis}", "dim")
        self._prove(secret)

    @work(group="sign-in", exit_on_error=False)
    async def _prove(self, secret: str) -> None:
        try:
            await in_daemon_thread(lambda: self._check(self._account, secret))
        except GimapError as error:
            self._refused(error, secret)
            return
        store = self._store
        try:
            if store is not None:
                await in_daemon_thread(lambda: store(self._account, secret))
        except GimapError as error:
            self._not_kept(error, secret)
            return
        self.dismiss(secret)

    def _refused(self, error: GimapError, secret: str) -> None:
        """Say what was wrong and let the user try again; the next paste takes a wrong password's place."""
        self._is_checking = False
        is_wrong = isinstance(error, AuthenticationFailed)
        self._say_error(error, length_remark(secret) if is_wrong else "")
        if is_wrong:
            self.query_one(PasswordInput).select_all()

    def _not_kept(self, error: GimapError, secret: str) -> None:
        """Signed in, but the keyring refused: the user should know that it will be asked again."""
        self._is_checking = False
        self._say(f"Signed in, but the password could not be kept: {error.sentence()}", "star")
        self.query_one(PasswordInput).disabled = True
        self._kept_secret = secret
        self.show_keys([("Enter", "go on")])

    def engine_spoke(self, event: Event) -> None:
        """Who should tell the password did so after all: nothing need be typed any more."""
        is_live = isinstance(event, LinkChanged) and event.link.state is LinkState.LIVE
        if is_live and not self._is_checking and not self.query_one(PasswordInput).value:
            self.dismiss(None)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A fault of ours is said too, instead of waiting for ever."""
        if event.state is WorkerState.ERROR:
            self._is_checking = False
            self._say(f"Signing in broke off: {type(event.worker.error).__name__}", "refusal")

    def _say(self, text: str, tone: str) -> None:
        self._show_state(Content.styled(text, self.look.ink(tone)))

    def _show_state(self, content: Content) -> None:
        self.set_class(True, "-told")
        self.query_one("#state", Static).update(content)

    def _say_error(self, error: GimapError, remark: str) -> None:
        palette = self.look.palette
        parts: list[str | tuple[str, str]] = [(error.title, f"{palette.refusal} bold")]
        if error.detail:
            parts.extend(("\n", error.detail))
        if remark:
            parts.extend(("\n", remark))
        if error.hint:
            parts.extend(("\n", (error.hint, palette.dim)))
        self._show_state(Content.assemble(*parts))
