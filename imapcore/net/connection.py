"""``Connection``: the blocking front over ``Protocol`` and ``Stream``, for one owner thread.

What lives here: driving the protocol until something is done, with deadlines. What may not: what bytes mean
(``protocol``), how they travel (``stream``). Another thread may only ``interrupt`` or ``wake``.

    with Connection.open(Endpoint("imap.gmail.com")) as conn:
        conn.authenticate(Plain("you@gmail.com", Secret("…")))
        conn.run(Select("INBOX", condstore=True))
        for message in conn.stream(Fetch(UidSet.everything(), ("UID", "FLAGS", "ENVELOPE"))):
            …

A command inside a loop over ``stream`` raises WrongState: the answer could only come after messages nobody
is taking. ``submit`` it, and ask for its result after the loop.
"""

from __future__ import annotations

import secrets
import ssl
import string
from collections import deque
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from imapcore.clock import Clock, SystemClock
from imapcore.errors import ConnectionLost, GimapError, LinkError, ProtocolError, Timeout, WrongState
from imapcore.net.endpoint import Deadlines, Endpoint
from imapcore.net.filters import Certificate
from imapcore.net.speed import SpeedFloor
from imapcore.net.stream import BULK, CHUNK, Reached, Readiness, Stream
from imapcore.net.wakeup import Wakeup
from imapcore.protocol.auth import Mechanism
from imapcore.protocol.commands import (
    Authenticate,
    Capability,
    Command,
    Compress,
    Enable,
    Fetch,
    Idle,
    Login,
    Logout,
    Noop,
    StartTls,
)
from imapcore.protocol.events import Completed, Greeted, IdleBegan, LiteralArrived, ProtocolEvent
from imapcore.protocol.pipeline import DEPTH
from imapcore.protocol.protocol import Protocol
from imapcore.protocol.sent import Sent
from imapcore.protocol.state import SelectedMailbox, State
from imapcore.protocol.transcript import Transcript
from imapcore.security import Security
from imapcore.wire.fetch import Fetched
from imapcore.wire.framing import Limits, Piece

T = TypeVar("T")

NEWS_MAX = 10_000
"""Events kept for an owner who does not look at them; the oldest go first."""

FIRST_BYTES = 4096
"""Read first of a stream's answer: a few messages, so that the first is in hand before many are parsed."""

DRAIN_BYTES = 4 << 20
"""How much of an abandoned answer is read and thrown away before the connection is given up instead."""

Sink = Callable[[Piece], None]


class Handle(Generic[T]):
    """A submitted command: ask for its result whenever it suits."""

    def __init__(self, connection: Connection, sent: Sent[T]) -> None:
        self._connection = connection
        self._sent = sent

    @property
    def is_done(self) -> bool:
        """Whether the answer has come."""
        return self._sent.is_done

    def result(self) -> T:
        """Wait for the answer. Raises what the command raises, and LinkError."""
        return self._connection.finish(self._sent)

    def expect_soon(self) -> None:
        """Wait for the answer no longer than a server takes that is there."""
        self._connection.expect_soon(self._sent)

    def cancel(self) -> bool:
        """Give it up if nothing of it was sent; False when it is too late."""
        return self._sent.cancel()


class Connection:
    """A conversation with one server, from ``open`` to ``logout``, ``close`` or the end of the ``with``."""

    def __init__(
        self, stream: Stream, protocol: Protocol, *, deadlines: Deadlines, clock: Clock, wakeup: Wakeup
    ) -> None:
        self._stream = stream
        self._protocol = protocol
        self._deadlines = deadlines
        self._clock = clock
        self._wakeup = wakeup
        self._owns_wakeup = False
        self._news: deque[ProtocolEvent] = deque(maxlen=NEWS_MAX)
        self._sink: Sink | None = None
        self._is_streaming = False
        self._is_closed = False
        self._heard_at = clock.monotonic()
        self._waits_since: float | None = None
        self._probe: tuple[Sent[Any], float] | None = None
        """What a server that is there answers at once, and until when."""
        self.on_silence: Callable[[bool], None] = lambda _: None
        """Told when an answer has been due for ``Deadlines.silence``, and when something has come after all.
        """

    @classmethod
    def open(
        cls,
        endpoint: Endpoint,
        *,
        deadlines: Deadlines | None = None,
        transcript: Transcript | None = None,
        wakeup: Wakeup | None = None,
        clock: Clock | None = None,
        tls: ssl.SSLContext | None = None,
        limits: Limits | None = None,
        extensions_off: frozenset[str] = frozenset(),
        depth: int = DEPTH,
        reached: Reached = lambda _: None,
    ) -> Connection:
        """Connect, agree on TLS, read the greeting, know the capabilities.

        ``wakeup`` lets other threads reach this one even while it connects. ``tls`` replaces the system's
        verified context (tests with their own authority). ``reached`` is told each stage on the way.
        Raises LinkError or a kind of it, ServerError for a server that says BYE, ProtocolError for one that
        is no IMAP server.
        """
        deadlines, clock = deadlines or Deadlines(), clock or SystemClock()
        bell = wakeup or Wakeup()
        try:
            stream = Stream.open(
                endpoint, wakeup=bell, deadlines=deadlines, clock=clock, tls=tls, reached=reached
            )
        except BaseException:
            if wakeup is None:
                bell.close()
            raise
        protocol = Protocol(
            limits=limits,
            transcript=transcript,
            extensions_off=extensions_off,
            depth=depth,
            tag_prefix="".join(secrets.choice(string.ascii_uppercase) for _ in range(4)),
        )
        connection = cls(stream, protocol, deadlines=deadlines, clock=clock, wakeup=bell)
        connection._owns_wakeup = wakeup is None
        try:
            connection._greet(endpoint)
        except BaseException:
            connection.close()
            raise
        return connection

    def _greet(self, endpoint: Endpoint) -> None:
        until = self._clock.monotonic() + self._deadlines.read
        while self._protocol.state is State.GREETING:
            self._step(until)
        self._raise_failure()
        if endpoint.security is Security.STARTTLS:
            # PREAUTH would leave no state in which STARTTLS is allowed: who sent it wants us in the clear.
            if self._protocol.state is not State.NOT_AUTHENTICATED:
                raise ProtocolError("the server calls us signed in before TLS")
            if self._protocol.capabilities is None:
                self.run(Capability())
            self.run(StartTls())
            if self._protocol.take_rest():
                raise ProtocolError("the server, or somebody in between, spoke before TLS began")
            self._stream.start_tls()
            self._protocol.resume()
        if self._protocol.capabilities is None:
            self.run(Capability())

    # -- what is known -----------------------------------------------------------------------------

    @property
    def capabilities(self) -> frozenset[str]:
        """What the server offers, upper case."""
        return self._protocol.capabilities or frozenset()

    @property
    def enabled(self) -> frozenset[str]:
        """Extensions ENABLE has switched on."""
        return self._protocol.enabled

    @property
    def state(self) -> State:
        """Where the conversation stands."""
        return self._protocol.state

    @property
    def mailbox(self) -> SelectedMailbox | None:
        """The selected mailbox, as the server last described it."""
        return self._protocol.mailbox

    @property
    def is_utf8(self) -> bool:
        """Whether names travel as UTF-8."""
        return self._protocol.is_utf8

    @property
    def is_open(self) -> bool:
        """Whether commands can still be sent."""
        return not self._is_closed and self._protocol.state is not State.LOGOUT

    @property
    def endpoint(self) -> Endpoint:
        """Whom it is connected to."""
        return self._stream.endpoint

    @property
    def tls_version(self) -> str:
        """``TLSv1.3`` …; empty without TLS."""
        return self._stream.tls_version

    @property
    def certificate(self) -> Certificate | None:
        """Who vouches for the server; None without TLS."""
        return self._stream.certificate

    @property
    def address(self) -> str:
        """The server's address; empty when closed."""
        return self._stream.address

    @property
    def bytes_received(self) -> int:
        """Bytes that came over the socket, encrypted and deflated as they were."""
        return self._stream.received

    def events(self) -> list[ProtocolEvent]:
        """What the server said of its own accord since the last call, in order."""
        news = list(self._news)
        self._news.clear()
        return news

    # -- from other threads ------------------------------------------------------------------------

    def interrupt(self) -> None:
        """From any thread: whatever the owner waits for raises Interrupted, now and from now on."""
        self._wakeup.interrupt()

    def wake(self) -> None:
        """From any thread: end the present ``idle``, or the next."""
        self._wakeup.wake()

    @property
    def silent_seconds(self) -> float:
        """From any thread: for how long the owner has waited for something; 0 when it does not wait."""
        since = self._waits_since
        return 0.0 if since is None else self._clock.monotonic() - since

    # -- commands ----------------------------------------------------------------------------------

    def probe(self, quiet_seconds: float = 0.0) -> None:
        """Make sure that the server is still there, unless something came less than ``quiet_seconds`` ago.

        A connection can die without a word: a router forgets it, the machine changes networks. NOOP is
        answered at once by a server that is there; raises Timeout when ``Deadlines.probe`` pass without.
        Its answer is waited for before anything else is asked: sent together with what takes long, it may be
        held back until that is done. Nothing is asked while an answer is due.
        """
        is_quiet = self._clock.monotonic() - self._heard_at >= quiet_seconds
        if is_quiet and self.is_open and not self._protocol.is_working:
            sent = self._send(Noop())
            self.expect_soon(sent)
            self.finish(sent)

    def expect_soon(self, sent: Sent[Any]) -> None:
        """A server that is there answers this at once: waiting for it ends after ``Deadlines.probe``."""
        self._probe = (sent, self._clock.monotonic() + self._deadlines.probe)

    def run(self, command: Command[T]) -> T:
        """Send a command and wait for its result.

        Raises InvalidArgument, NotSupported, WrongState, a ServerError for the server's no, a LinkError or
        ProtocolError when the connection is over.
        """
        self._refuse_while_streaming()
        return self.finish(self._send(command))

    def submit(self, command: Command[T]) -> Handle[T]:
        """Send a command, or queue it until it may be sent, and do not wait."""
        sent = self._send(command)
        self._flush()
        return Handle(self, sent)

    def finish(self, sent: Sent[T]) -> T:
        """Wait until a command has ended."""
        until = self._clock.monotonic() + self._deadlines.command
        floor = self._speed_floor()
        while not sent.is_done:
            self._refuse_while_streaming()
            self._step(min(until, self._clock.monotonic() + self._deadlines.read), floor=floor)
        return sent.result()

    def _speed_floor(self) -> SpeedFloor:
        protocol, stream = self._protocol, self._stream
        return SpeedFloor(self._deadlines, self._clock, lambda: stream.received, lambda: protocol.responses)

    def _send(self, command: Command[T]) -> Sent[T]:
        if self._is_closed:
            raise ConnectionLost("the connection is closed")
        return self._protocol.send(command)

    def _refuse_while_streaming(self) -> None:
        if self._is_streaming:
            raise WrongState("a command inside a loop over a stream would wait for ever")

    # -- streams -----------------------------------------------------------------------------------

    def stream(
        self, command: Fetch, *, sink: Sink | None = None, sink_from: int = 1 << 20
    ) -> Generator[Fetched, None, None]:
        """Each message as it arrives; memory does not grow with their number.

        With ``sink``, literals of ``sink_from`` bytes and more go there in pieces instead of being held.
        Leaving the loop early reads on and throws away, or closes the connection when too much would come.
        """
        for batch in self.stream_batches(command, sink=sink, sink_from=sink_from):
            yield from batch

    def stream_batches(
        self, command: Fetch, *, sink: Sink | None = None, sink_from: int = 1 << 20
    ) -> Generator[list[Fetched], None, None]:
        """The same, in the lots in which they arrive; never an empty one."""
        self._refuse_while_streaming()
        sent = self._send(command)
        self._is_streaming = True
        self._sink = sink
        self._protocol.stream_literals(sink_from if sink is not None else None)
        size = FIRST_BYTES
        floor = self._speed_floor()
        try:
            while not sent.is_done:
                self._step(self._clock.monotonic() + self._deadlines.read, size, floor)
                size = CHUNK
                if batch := sent.take():
                    yield batch
                    floor.is_useful()
            if batch := sent.take():
                yield batch
            sent.result()
        finally:
            self._is_streaming = False
            self._sink = None
            self._abandon(sent)
            self._protocol.stream_literals(None)

    def _abandon(self, sent: Sent[list[Fetched]]) -> None:
        """Get past what is left of an answer nobody wants any more."""
        if sent.is_done or sent.cancel() or not self.is_open:
            return
        limit = self._stream.received + DRAIN_BYTES
        until = self._clock.monotonic() + self._deadlines.logout
        try:
            while self._stream.received < limit:
                self._step(until)
                sent.take()
                if sent.is_done:
                    return
        except LinkError:
            # It is closed now, which is the other way to be rid of the answer.
            return
        self.close()

    # -- steps -------------------------------------------------------------------------------------

    def _flush(self) -> None:
        data = self._protocol.data_to_send()
        if data:
            try:
                self._stream.send(data)
            except GimapError as error:
                self._lose(error)
                raise

    def _step(self, until: float, size: int = CHUNK, floor: SpeedFloor | None = None) -> None:
        """Send what must go, wait for something to come, and take it in."""
        self._flush()
        wanted = self._protocol.bytes_wanted
        try:
            if floor is not None:
                floor.check()
            data = self._receive(until, min(wanted, BULK) if wanted > size else size)
        except GimapError as error:
            self._lose(error)
            raise
        self._take(data)

    def _receive(self, until: float, size: int) -> bytes:
        """Wait for bytes; say so when it takes long, and give up early what is answered at once or never."""
        if self._probe is not None:
            sent, moment = self._probe
            if sent.is_done:
                self._probe = None
            else:
                until = min(until, moment)
        self._waits_since = since = self._clock.monotonic()
        told_at = since + self._deadlines.silence
        is_told = False
        try:
            if told_at < until:
                try:
                    return self._stream.receive(told_at, size)
                except Timeout:
                    if self._clock.monotonic() < told_at:
                        raise
                    is_told = True
                    self.on_silence(True)
            return self._stream.receive(until, size)
        finally:
            self._waits_since = None
            self._heard_at = self._clock.monotonic()
            if is_told:
                self.on_silence(False)

    def _take(self, data: bytes) -> None:
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        for event in self._protocol.events_received():
            if isinstance(event, LiteralArrived):
                if self._sink is not None:
                    self._sink(event.piece)
            elif not isinstance(event, Completed | Greeted | IdleBegan):
                self._news.append(event)
        self._flush_answers()
        if self._protocol.state is State.LOGOUT:
            self._close_stream()

    def _flush_answers(self) -> None:
        # What an answer lets go of (a literal, the next command in the queue) must not wait for a caller.
        if self._protocol.state is not State.LOGOUT:
            self._flush()

    def _lose(self, error: GimapError) -> None:
        self._protocol.abort(error)
        self._news.extend(e for e in self._protocol.events_received() if not isinstance(e, Completed))
        self._close_stream()

    def _raise_failure(self) -> None:
        if self._protocol.failure is not None:
            raise self._protocol.failure

    # -- signing in and switching on -----------------------------------------------------------------

    def authenticate(self, how: Mechanism | Login) -> None:
        """Sign in by a SASL mechanism, or with the LOGIN command, and know the capabilities afterwards.

        Raises AuthenticationFailed, or Throttled, Unavailable … where the server gives such a reason.
        """
        self.run(how if isinstance(how, Login) else Authenticate(how))
        if self._protocol.capabilities is None:
            self.run(Capability())

    def enable(self, *extensions: str) -> frozenset[str]:
        """ENABLE what the server offers of these; returns what is on."""
        offered = tuple(name for name in extensions if name.upper() in self.capabilities)
        if offered and "ENABLE" in self.capabilities:
            self.run(Enable(offered))
        return self.enabled

    def enable_utf8(self) -> bool:
        """Names as UTF-8 from here on, if the server offers it; returns whether it is on."""
        self.enable("UTF8=ACCEPT")
        return self.is_utf8

    def compress(self) -> bool:
        """Deflate both directions, if the server offers it; returns whether it is on."""
        if "COMPRESS=DEFLATE" not in self.capabilities:
            return False
        self.run(Compress())
        self._stream.start_deflate(self._protocol.take_rest())
        self._protocol.resume()
        return True

    # -- idle ----------------------------------------------------------------------------------------

    def idle(self, timeout: float) -> Generator[list[ProtocolEvent], None, None]:
        """Listen for ``timeout`` seconds at most: yields each lot of news as it comes.

        Ends early by ``wake`` from another thread. The IDLE command is renewed in time; leaving the loop ends
        it. Raises NotSupported where the server has no IDLE.
        """
        return listen(self, timeout)

    def wait_for_news(self, until: float) -> Readiness:
        """Wait for bytes, a ``wake`` or a moment of the clock, and take in what came. For ``net.idle``."""
        self._flush()
        try:
            readiness = self._stream.wait(until)
            data = self._stream.read_some() if readiness is Readiness.DATA else None
        except GimapError as error:
            self._lose(error)
            raise
        if data is not None:
            self._take(data)
            self._raise_failure()
        return readiness

    @property
    def protocol(self) -> Protocol:
        """The conversation itself, for ``net.idle`` and tests."""
        return self._protocol

    @property
    def deadlines(self) -> Deadlines:
        """How long this connection waits."""
        return self._deadlines

    @property
    def clock(self) -> Clock:
        """The clock it waits by."""
        return self._clock

    # -- the end -----------------------------------------------------------------------------------

    def logout(self) -> None:
        """Say LOGOUT, wait shortly for the answer, and close. Never raises for a link already gone."""
        try:
            if self.is_open and not self._is_streaming:
                sent = self._protocol.send(Logout())
                until = self._clock.monotonic() + self._deadlines.logout
                while not sent.is_done:
                    self._step(until)
        except GimapError:
            # The link is gone, or the server did not answer: either way the session is over.
            return
        finally:
            self.close()

    def close(self) -> None:
        """Close at once, without a word."""
        self._close_stream()
        if self._owns_wakeup:
            self._wakeup.close()

    def _close_stream(self) -> None:
        self._is_closed = True
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.logout()
        else:
            self.close()


def listen(connection: Connection, timeout: float) -> Generator[list[ProtocolEvent], None, None]:
    """Yield each lot of news until ``timeout`` seconds have passed or somebody has woken the connection."""
    clock, deadlines = connection.clock, connection.deadlines
    end = clock.monotonic() + timeout
    is_over = False
    while not is_over:
        handle = connection.submit(Idle())
        renewal = clock.monotonic() + deadlines.idle
        try:
            while not handle.is_done:
                readiness = connection.wait_for_news(min(end, renewal))
                if news := connection.events():
                    yield news
                if readiness is not Readiness.DATA:
                    break
            is_over = readiness is Readiness.WOKEN or clock.monotonic() >= end
        finally:
            connection.protocol.end_idle()
            if connection.is_open:
                handle.expect_soon()
                handle.result()
        if news := connection.events():
            yield news
