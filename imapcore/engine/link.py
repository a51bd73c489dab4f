"""How the account stands with the server, and when the next attempt is made.

What lives here: the ``LinkStatus`` that the screen shows, the backoff with jitter, and the waiting for a
turn. What may not: a socket, the store. The session ``sync`` leads: it alone tries while the link is down,
so that a lost network is one attempt after another and a wrong password is asked about once; the others
follow when it is live.

The states, and what leads from one to the next (``live`` and its kin are the leader's calls)::

    CONNECTING --live--> LIVE --lost--> CONNECTING             a connection that had worked: again at once
    CONNECTING, LIVE --failed--> WAITING --pause over--> CONNECTING
    CONNECTING, LIVE --failed--> SIGN_IN, STOPPED              only the user can help
    WAITING, SIGN_IN, STOPPED --explicit nudge--> CONNECTING
    WAITING --nudge--> CONNECTING                              but no sooner than a second after the last try
    OFFLINE                                                    nobody tries: told from outside

A pause is ``Backoff``'s: it doubles with each failure, up to a bound, and is forgotten when a connection has
done something useful *and* connections do not break again and again (``JobRunner`` says ``worked`` only
then). That is the bound on sign-ins: whatever goes wrong, and whoever presses keys, there are at most a few
at once and then one for each pause.

Two numbers tell those that wait whether to wait on. ``occasions`` counts every reason to try sooner,
``invitations`` only those that end any wait: the user asked for a refresh, or the leader has signed in. They
are counters and not flags, since several threads compare them and none may take the news from another.

``LinkStatus.is_silent`` is no state: the link is live as far as anybody knows, and an answer is due. Every
session tells when its own wait has become long and when it has ended; the screen shows it while one of them
waits.

Anybody may call anything here, from any thread; nothing here waits, and nothing here survives the process: a
new start begins with CONNECTING.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from msgspec.structs import replace

from imapcore.clock import Clock
from imapcore.errors import (
    AllMailHidden,
    AuthenticationFailed,
    GimapError,
    NotGmail,
    OverQuota,
    SecretUnavailable,
    TooManyConnections,
)
from imapcore.model import LinkState, LinkStatus
from imapcore.net.backoff import Backoff

NUDGE_SECONDS = 1.0
"""What the user does by the way shortens the wait for the next attempt, but never to less than this."""


def is_for_the_user(error: GimapError) -> bool:
    """Whether trying again by itself cannot help: credentials, or a setting of the account."""
    return isinstance(error, (AuthenticationFailed, SecretUnavailable, NotGmail, AllMailHidden))


class LinkMonitor:
    """The link's status, shared by the sessions; thread-safe, and nobody waits in it.

    ``changed`` hears every new status, and so do those who attach themselves.
    """

    def __init__(
        self,
        clock: Clock,
        changed: Callable[[LinkStatus], None],
        backoff: Backoff | None = None,
    ) -> None:
        self._clock = clock
        self._changed = [changed]
        self._knock: Callable[[], None] = lambda: None
        self._backoff = backoff or Backoff()
        self._lock = threading.Lock()
        self._status = LinkStatus(LinkState.CONNECTING)
        self._retry_after = 0.0
        self._is_nudged = False
        self._is_counted = False
        self._occasions = 0
        self._invitations = 0
        self._attempted_at = -NUDGE_SECONDS
        self._silent: frozenset[str] = frozenset()

    def attach(self, changed: Callable[[LinkStatus], None], knock: Callable[[], None]) -> None:
        """The sessions: ``knock`` is called when those that wait should look again."""
        self._changed.append(changed)
        self._knock = knock

    @property
    def status(self) -> LinkStatus:
        """How it stands now."""
        return self._status

    @property
    def is_live(self) -> bool:
        """Whether the leading session is signed in."""
        return self._status.state is LinkState.LIVE

    @property
    def occasions(self) -> int:
        """How often there was reason to try at once: the user acted, or the leading session has signed in.

        Who waits by itself compares it.
        """
        return self._occasions

    @property
    def invitations(self) -> int:
        """How often everybody was to try at once: the user said so, or the leading session has signed in."""
        return self._invitations

    # -- told by any session -------------------------------------------------------------------------

    def silent(self, name: str, is_silent: bool) -> None:
        """An answer to a session has been due for some time, or something has come after all."""
        with self._lock:
            self._silent = self._silent | {name} if is_silent else self._silent - {name}
        self._show(self._status)

    # -- told by the leading session -----------------------------------------------------------------

    def connecting(self) -> None:
        """An attempt begins."""
        with self._lock:
            self._attempted_at = self._clock.monotonic()
        self._show(replace(self._status, state=LinkState.CONNECTING, retry_at=None))

    def live(self) -> None:
        """Signed in."""
        with self._lock:
            self._occasions += 1
            self._invitations += 1
            self._is_nudged = False
        self._show(LinkStatus(LinkState.LIVE, is_throttled=self._status.is_throttled))

    def worked(self) -> None:
        """The connection did something useful: the next failure is the first again."""
        self._backoff.reset()

    def lost(self, error: GimapError) -> None:
        """A connection that had worked is gone: try again at once."""
        self._show(self._about(LinkState.CONNECTING, error))

    def failed(self, error: GimapError) -> None:
        """An attempt failed: wait, or ask the user."""
        if is_for_the_user(error):
            with self._lock:
                self._is_nudged = False
            is_about_secret = isinstance(error, (AuthenticationFailed, SecretUnavailable))
            state = LinkState.SIGN_IN if is_about_secret else LinkState.STOPPED
            self._show(self._about(state, error))
            return
        with self._lock:
            self._is_counted = isinstance(error, (OverQuota, TooManyConnections))
            delay = self._backoff.next_pause(error)
            self._retry_after = self._clock.monotonic() + delay
        retry_at = self._clock.now_ms() + int(delay * 1000)
        self._show(replace(self._about(LinkState.WAITING, error), retry_at=retry_at))

    def _about(self, state: LinkState, error: GimapError) -> LinkStatus:
        return LinkStatus(
            state, error.title, error.detail, error.hint, is_throttled=self._status.is_throttled
        )

    def throttled(self, is_throttled: bool) -> None:
        """The server asked to slow down, or is at ease again."""
        self._show(replace(self._status, is_throttled=is_throttled))

    def show(self, status: LinkStatus) -> None:
        """Say something else altogether: working offline, reading only, stopped."""
        self._show(status)

    def _show(self, status: LinkStatus) -> None:
        with self._lock:
            is_silent = bool(self._silent) and status.state is LinkState.LIVE
            status = replace(status, is_silent=is_silent)
            if status == self._status:
                return
            self._status = status
        for changed in self._changed:
            changed(status)
        self._knock()

    # -- whose turn it is ----------------------------------------------------------------------------

    def patience(self, *, is_leader: bool) -> float | None:
        """Seconds until a session may try to connect: 0 for at once, None for "when the board knocks".

        The leader waits for the end of the backoff, or for the user; the others until it is live.
        """
        with self._lock:
            state = self._status.state
            if not is_leader:
                return 0.0 if state is LinkState.LIVE else None
            if self._is_nudged or state in (LinkState.CONNECTING, LinkState.LIVE):
                self._is_nudged = False
                return 0.0
            if state is LinkState.WAITING:
                return max(0.0, self._retry_after - self._clock.monotonic())
            return None

    def nudge(self, *, is_explicit: bool = False) -> None:
        """The user acted: no more waiting.

        After refused credentials, or while Gmail counts our attempts, only an explicit wish tries again: else
        every keystroke would be an attempt; and without one there are never more than one a second. An
        explicit wish also holds for the attempt that is under way: should it fail, the next one follows at
        once.
        """
        with self._lock:
            self._occasions += 1
            state = self._status.state
            if is_explicit:
                self._invitations += 1
                self._is_nudged = state is not LinkState.LIVE
            elif state is LinkState.WAITING and not self._is_counted:
                self._retry_after = min(self._retry_after, self._attempted_at + NUDGE_SECONDS)
        self._knock()
