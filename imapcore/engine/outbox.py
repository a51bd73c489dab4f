"""The session that hands mail over: ``session:submit``, one thread, one message at a time.

What lives here: when a message is tried, tried again or given up, and what is done once it is sent. What may
not: how a message is handed over (``smtp``), how the row changes with it (``store.outbox.outgoing``, where
the theory stands).

Times of another try grow from seconds to an hour; a connection that comes back, or the user, shortens the
wait. A message that may have been taken is looked for in Sent by the Message-ID it was given when it was a
draft, as Gmail files its copy within seconds, but not always at once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import partial

from msgspec import Struct

from imapcore.clock import Clock
from imapcore.engine.credentials import Credential, Credentials
from imapcore.engine.options import EngineOptions
from imapcore.errors import AuthenticationFailed, GimapError, Interrupted
from imapcore.events import Alerted, Event, OutgoingChanged
from imapcore.gmail.app_password import written_together
from imapcore.mime.compose.recipients import wire_address
from imapcore.mime.compose.render import render_message
from imapcore.model import (
    Account,
    Archive,
    ChangeFlags,
    Draft,
    Messages,
    MoveToTrash,
    Op,
    OutgoingState,
    Threads,
    View,
    ViewKind,
)
from imapcore.net.endpoint import Endpoint
from imapcore.net.worker import Session
from imapcore.smtp import (
    Accepted,
    Envelope,
    NotSent,
    Outcome,
    Refused,
    SubmissionOptions,
    Unknown,
    sign_in_with,
    submit,
)
from imapcore.store import Store
from imapcore.wire.encoder import Secret

LOOKS_SECONDS = (3, 10, 30, 60, 120)
"""When Sent is looked into for a message that may have been taken: seconds after that moment, or after the
last look.
"""

FIRST_RETRY, LONGEST_RETRY = 5.0, 3600.0
MOST_ATTEMPTS = 60
"""With the pauses between them some two days; then the mail is a draft again."""

CANNOT_ASK_SECONDS = 20
LONGEST_REST = 3600.0


class _Wake(Struct, frozen=True):
    """There may be something to do."""

    is_hurried: bool = False
    """What waits because something was in the way is to be tried now."""


class Outbox:
    """Owner of the session that sends; every method is safe on any thread and returns at once."""

    def __init__(
        self,
        account: Account,
        store: Store,
        credentials: Credentials,
        options: EngineOptions,
        clock: Clock,
        tell: Callable[[Event], None],
        look_in_sent: Callable[[str, Callable[[bool | None], None]], None],
        submit_op: Callable[[Op], object],
        after_sent: Callable[[], None],
        zone: tzinfo | None = None,
    ) -> None:
        """``look_in_sent``: has a session ask whether a Message-ID is in Sent; True, False, or None where it
        could not ask. ``submit_op``: does a change of the account's mail; ``after_sent``: there is
        a new copy in Sent, or will be.
        """
        self._account = account
        self._store = store
        self._credentials = credentials
        self._options = options
        self._clock = clock
        self._tell = tell
        self._look_in_sent = look_in_sent
        self._submit_op = submit_op
        self._after_sent = after_sent
        self._zone = zone
        self._session: Session[_Wake] = Session("submit", self._run, on_crash=self._crashed)

    # -- from other threads ----------------------------------------------------------------------------

    def start(self) -> None:
        """Begin, with what earlier runs left."""
        self._session.start()

    def wake(self) -> None:
        """Something was put into the outbox, or its time was changed."""
        self._session.post(_Wake())

    def hurry(self) -> None:
        """The link is back, or the user asks: what waits for another try is tried now."""
        self._session.post(_Wake(is_hurried=True))

    def stop(self, seconds: float) -> None:
        """Interrupt whatever it waits for, within ``seconds``."""
        self._session.stop(seconds)

    # -- the thread ------------------------------------------------------------------------------------

    def _run(self, session: Session[_Wake]) -> None:
        while not session.is_stopping:
            self._look_for_doubtful()
            claimed = self._store.outgoing.claim(self._clock.now_ms())
            if claimed is None:
                self._rest(session)
                continue
            self._tell(OutgoingChanged(claimed.outgoing_id, OutgoingState.SENDING))
            try:
                self._send(session, claimed.outgoing_id, claimed.draft, claimed.octets, claimed.attempts)
            except Interrupted:
                raise
            except GimapError as error:
                self._refuse(claimed.outgoing_id, error.title, error.detail, error.hint)
                continue
            if claimed.archives:
                self._archive_if_sent(claimed.outgoing_id, claimed.draft)

    def _rest(self, session: Session[_Wake]) -> None:
        at = self._store.outgoing.next_at()
        seconds = LONGEST_REST
        if at is not None:
            seconds = min(LONGEST_REST, max(0.01, (at - self._clock.now_ms()) / 1000))
        job = session.next_job(seconds)
        if job is not None and job.is_hurried:
            self._store.outgoing.hurry(self._clock.now_ms())

    def _crashed(self, error: BaseException) -> None:
        self._tell(
            Alerted(
                "Mail cannot be sent any more in this run",
                f"{type(error).__name__}: {error}",
                "What you wrote is stored; please start again and report this",
            )
        )

    # -- one message -----------------------------------------------------------------------------------

    def _send(self, session: Session[_Wake], number: int, draft: Draft, octets: bytes, attempts: int) -> None:
        outgoing, account = self._store.outgoing, self._account
        if not account.submission_host:
            self._refuse(
                number,
                "No server is known that takes mail",
                f"{account.host} is not Gmail's own",
                "Name it in the configuration: smtp_host",
            )
            return
        if not octets:
            octets = self._rendered(draft)
            outgoing.keep(number, octets)
        try:
            credential = self._credentials.get()
        except GimapError as error:
            self._retry(number, attempts, error.title, error.detail, "It goes when you are signed in")
            return

        def may_be_taken() -> None:
            outgoing.may_be_taken(number, self._clock.now_ms() + LOOKS_SECONDS[0] * 1000)

        secret = Secret(credential.text if credential.is_token else written_together(credential.text))
        outcome = submit(
            Endpoint(account.submission_host, account.smtp_port, account.smtp_security),
            sign_in_with(account.email, secret, is_token=credential.is_token),
            Envelope(
                wire_address(account.email), tuple(wire_address(each.email) for each in draft.recipients)
            ),
            octets,
            wakeup=session.wakeup,
            secret=secret,
            options=SubmissionOptions(
                connect=self._options.connect_seconds, reply=self._options.read_seconds
            ),
            clock=self._clock,
            on_point_of_no_return=may_be_taken,
        )
        self._settle(number, draft, attempts, credential, outcome)

    def _rendered(self, draft: Draft) -> bytes:
        moment = datetime.fromtimestamp(self._clock.now_ms() / 1000, self._zone).astimezone(self._zone)
        return render_message(draft, self._store.drafts.octets, now=moment.replace(microsecond=0))

    def _settle(
        self, number: int, draft: Draft, attempts: int, credential: Credential, outcome: Outcome
    ) -> None:
        match outcome:
            case Accepted():
                self._credentials.accepted(credential)
                self._sent(number, draft)
            case Refused(is_sign_in=True) as refused:
                error = AuthenticationFailed(refused.words, title=refused.title, hint=refused.hint)
                can_be_fresh = not refused.is_temporary and self._credentials.refused(credential, error)
                wait = 0.0 if can_be_fresh and attempts < 2 else None
                self._retry(number, attempts, refused.title, refused.words, refused.hint, seconds=wait)
            case Refused(is_temporary=True) as refused:
                self._retry(number, attempts, refused.title, refused.words, refused.hint)
            case Refused() as refused:
                self._refuse(number, refused.title, refused.words, refused.hint)
            case NotSent(error):
                self._retry(
                    number, attempts, error.title, error.detail, "It goes when the server can be reached"
                )
            case Unknown():
                self._tell(OutgoingChanged(number, OutgoingState.UNKNOWN))

    def _sent(self, number: int, draft: Draft) -> None:
        self._store.outgoing.sent(number)
        for msgid, flag in ((draft.answers, "\\Answered"), (draft.forwards, "$Forwarded")):
            if msgid is not None:
                self._do(ChangeFlags(Messages((msgid,)), add=frozenset({flag}), is_automatic=True))
        if draft.continues is not None:
            self._do(MoveToTrash(Messages((draft.continues,))))
        self._tell(OutgoingChanged(number, OutgoingState.SENT))
        self._after_sent()

    def _archive_if_sent(self, number: int, draft: Draft) -> None:
        now = self._store.outgoing.get(number)
        if now is not None and now.state is OutgoingState.SENT and draft.thrid is not None:
            self._do(Archive(Threads((draft.thrid,), View(ViewKind.LABEL, "\\Inbox"))))

    def _do(self, op: Op) -> None:
        """A change that goes along with sending; that it cannot be made takes nothing from what was sent."""
        try:
            self._submit_op(op)
        except GimapError as error:
            self._tell(Alerted(error.title, error.detail, error.hint))

    def _retry(
        self, number: int, attempts: int, title: str, detail: str, hint: str, *, seconds: float | None = None
    ) -> None:
        if attempts + 1 >= MOST_ATTEMPTS:
            self._refuse(number, title, detail, "It was tried for two days; it is a draft again")
            return
        if seconds is None:
            seconds = min(LONGEST_RETRY, FIRST_RETRY * 2.0 ** min(attempts, 12))
        self._store.outgoing.later(number, self._clock.now_ms() + int(seconds * 1000), title, detail, hint)
        self._tell(OutgoingChanged(number, OutgoingState.WAITING))

    def _refuse(self, number: int, title: str, detail: str, hint: str) -> None:
        self._store.outgoing.refused(number, title, detail, hint)
        self._tell(OutgoingChanged(number, OutgoingState.REFUSED))

    # -- who has it? -----------------------------------------------------------------------------------

    def _look_for_doubtful(self) -> None:
        now = self._clock.now_ms()
        for doubtful in self._store.outgoing.doubtful(now):
            number, looks = doubtful.outgoing_id, doubtful.looks
            # Asked again only if this question gets no answer at all.
            self._store.outgoing.postpone(number, now + int(self._options.read_seconds * 1000) + 60_000)
            self._look_in_sent(doubtful.message_id, partial(self._looked, number, looks))

    def _looked(self, number: int, looks: int, found: bool | None) -> None:
        """Called by the session that asked Gmail."""
        out = self._store.outgoing.get(number)
        if out is None or out.state is not OutgoingState.UNKNOWN:
            return
        now = self._clock.now_ms()
        if found:
            self._sent(number, out.draft)
        elif found is None:
            self._store.outgoing.postpone(number, now + CANNOT_ASK_SECONDS * 1000)
        elif looks + 1 < len(LOOKS_SECONDS):
            self._store.outgoing.looked(number, now + LOOKS_SECONDS[looks + 1] * 1000)
        else:
            self._refuse(
                number,
                "Nobody knows whether this mail was sent",
                "The connection broke while Gmail was taking it, and no copy is in Sent",
                "Look in Sent once more before you send it again",
            )
        self.wake()
