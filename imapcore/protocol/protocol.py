"""The conversation as a pure state machine: bytes in, events out; commands in, bytes out (RFC 3501 §3, §5.5).

Four verbs and no IO: ``receive_data`` takes what the socket gave, ``events_received`` tells what it meant,
``send`` takes a command, ``data_to_send`` gives what the socket must take. Nothing here blocks, reads a
clock, or knows a thread.

Several commands may be in flight (``pipeline``); the others wait for their turn. A literal the server must
first agree to holds everything behind it. Untagged data is shown to the commands in flight, oldest first;
what none of them asked for becomes an event and changes ``mailbox``, never a result.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import replace
from typing import Any, TypeVar

from imapcore.errors import (
    ConnectionLost,
    GimapError,
    LimitExceeded,
    NotSupported,
    ProtocolError,
    WrongState,
)
from imapcore.protocol.commands.base import Command
from imapcore.protocol.commands.mailbox import Append
from imapcore.protocol.commands.message import Copy, Move
from imapcore.protocol.commands.search import SearchCollector
from imapcore.protocol.commands.select import Close, SelectCollector, Unselect
from imapcore.protocol.commands.session import (
    Authenticate,
    Compress,
    Id,
    Idle,
    Login,
    Logout,
    Noop,
    StartTls,
)
from imapcore.protocol.commands.table import rule_of
from imapcore.protocol.events import (
    Alerted,
    CapabilitiesLearned,
    Completed,
    Ended,
    Greeted,
    IdleBegan,
    LiteralArrived,
    Noticed,
    ProtocolEvent,
    SlowedDown,
    Unparsed,
)
from imapcore.protocol.extensions import QRESYNC, is_met
from imapcore.protocol.pipeline import DEPTH, Pipeline
from imapcore.protocol.refusals import error_of, is_slowed_down, sanitize
from imapcore.protocol.sent import Sent
from imapcore.protocol.state import SelectedMailbox, State
from imapcore.protocol.transcript import Transcript
from imapcore.wire.codes import CapabilityCode
from imapcore.wire.encoder import Chunk, Encoder
from imapcore.wire.fetch import Fetched
from imapcore.wire.framing import Frame, Framer, Limits, Piece
from imapcore.wire.grammar import Grammar
from imapcore.wire.lexer import ParseError
from imapcore.wire.responses import (
    Capabilities,
    Condition,
    Continuation,
    Enabled,
    Response,
    Status,
    Vanished,
)

T = TypeVar("T")

MOST_FOREIGN = 10_000
"""FETCH lines of messages nobody asked for, between two answers, beside two for each message there is:
another client may mark a whole mailbox as read.
"""

MOST_LINES = 100_000
"""FETCH lines between two answers, beside eight for each message there is."""


class Protocol:
    """One IMAP conversation, from the greeting to the end.

    ``tag_prefix`` should not be guessable, so that an answer cannot be sent before its question.
    ``extensions_off`` hides capabilities whose implementation on some server is broken.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        transcript: Transcript | None = None,
        extensions_off: frozenset[str] = frozenset(),
        depth: int = DEPTH,
        tag_prefix: str = "A",
    ) -> None:
        self._framer = Framer(limits)
        self._grammar = Grammar(limits)
        self._transcript = transcript if transcript is not None else Transcript(0)
        self._extensions_off = frozenset(name.upper() for name in extensions_off)
        self._pipeline = Pipeline(depth)
        self._tag_prefix = tag_prefix
        self._tag_number = 0
        self._state = State.GREETING
        self._capabilities: frozenset[str] | None = None
        self._has_learnt = False
        self._enabled: frozenset[str] = frozenset()
        self._mailbox: SelectedMailbox | None = None
        self._idle: Sent[Any] | None = None
        self._is_idle_unwanted = False
        self._events: list[ProtocolEvent] = []
        self._out: list[Chunk] = []
        self._is_paused = False
        self._failure: GimapError | None = None
        self._farewell: tuple[Sent[Any], Status] | None = None
        self._web_alert = ""
        self._lines = self._foreign = 0
        self.responses = 0
        """Whole responses read so far: how a conversation that goes on is told from one that only drips."""

    # -- what is known ---------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """Where the conversation stands."""
        return self._state

    @property
    def capabilities(self) -> frozenset[str] | None:
        """What the server offers, upper case; None when that must be asked (again)."""
        return self._capabilities

    @property
    def enabled(self) -> frozenset[str]:
        """Extensions ENABLE has switched on."""
        return self._enabled

    @property
    def is_utf8(self) -> bool:
        """Whether names travel as UTF-8."""
        return self._grammar.is_utf8

    @property
    def mailbox(self) -> SelectedMailbox | None:
        """The selected mailbox as the server last described it."""
        return self._mailbox

    @property
    def failure(self) -> GimapError | None:
        """Why the conversation ended, if by a fault or an unasked BYE."""
        return self._failure

    @property
    def is_busy(self) -> bool:
        """Whether any command is in flight or queued."""
        return not self._pipeline.is_empty

    @property
    def is_working(self) -> bool:
        """Whether anything is under way over which a server may take long."""
        return self._pipeline.has_any_but(Noop, Id)

    @property
    def is_idling(self) -> bool:
        """Whether the server has agreed to IDLE and was not told to stop."""
        return self._idle is not None

    @property
    def is_paused(self) -> bool:
        """Whether STARTTLS or COMPRESS has succeeded and ``resume`` must follow the change below."""
        return self._is_paused

    @property
    def bytes_wanted(self) -> int:
        """How much the literal now arriving lacks; 0 outside one."""
        return self._framer.wanted

    def stream_literals(self, size: int | None) -> None:
        """Hand literals of ``size`` bytes and more on in pieces (LiteralArrived); None holds all."""
        self._framer.piece_from = size

    # -- commands --------------------------------------------------------------------------------

    def send(self, command: Command[T]) -> Sent[T]:
        """Take a command; it goes out as soon as it may.

        Raises InvalidArgument for arguments that cannot be sent, NotSupported when the server lacks what it
        needs, WrongState when it makes no sense now. A command queued behind others may still fail so.
        """
        if self._failure is not None:
            raise self._failure
        if self._state is State.LOGOUT:
            raise WrongState("the conversation has ended")
        command.encode(self._encoder())
        sent = Sent(command, command.collector())
        if self._pipeline.is_empty:
            self._check(command)
        self._pipeline.add(sent)
        self._pump()
        return sent

    def end_idle(self) -> None:
        """Say DONE, at once or as soon as the server has agreed to IDLE; its answer ends the command."""
        if self._idle is not None:
            self._idle = None
            self._say([Chunk(b"DONE\r\n")])
        elif self._pipeline.first(Idle) is not None:
            self._is_idle_unwanted = True

    def data_to_send(self) -> bytes:
        """What must go out now; each byte is given once."""
        if not self._out:
            return b""
        data = b"".join([chunk.data for chunk in self._out])
        self._out.clear()
        self._pipeline.all_out()
        return data

    def _encoder(self) -> Encoder:
        return Encoder(capabilities=self._capabilities or frozenset(), is_utf8=self.is_utf8)

    def _check(self, command: Command[Any]) -> None:
        rule = rule_of(command)
        if self._state not in rule.states:
            raise WrongState(f"{command.verb} is not possible while {self._state}")
        offered = self._capabilities
        if offered is not None and "LOGINDISABLED" in offered and isinstance(command, Login):
            raise NotSupported("the server takes no password by LOGIN")
        if offered is None:
            return
        for need in (rule.needs, *command.needs()):
            if need and not is_met(need, offered):
                raise NotSupported(f"the server does not offer {need[0]}")
        if QRESYNC in command.needs() and "QRESYNC" not in self._enabled:
            raise WrongState("ENABLE QRESYNC must come first")

    def _pump(self) -> None:
        """Start every queued command that may go now."""
        while not self._is_paused and (sent := self._pipeline.next_ready()) is not None:
            self._start(sent)

    def _start(self, sent: Sent[Any]) -> None:
        encoder = self._encoder()
        try:
            self._check(sent.command)
            sent.command.encode(encoder)
        except GimapError as error:
            sent.fail(error)
            self._events.append(Completed(sent))
            return
        self._tag_number += 1
        sent.tag = f"{self._tag_prefix}{self._tag_number}"
        if isinstance(sent.collector, SearchCollector):
            sent.collector.tag = sent.tag
        if isinstance(sent.collector, SelectCollector):
            # Whatever comes of it, the mailbox selected before is gone (RFC 3501 §6.3.1).
            self._mailbox = None
            self._state = State.AUTHENTICATED
        self._has_learnt = False
        sent.pending = encoder.chunks(sent.tag)
        self._pipeline.launch(sent)
        self._release(sent)

    def _release(self, sent: Sent[Any]) -> None:
        """Let go of chunks up to the next one that needs the server's go-ahead."""
        ready: list[Chunk] = []
        while sent.pending:
            ready.append(sent.pending.pop(0))
            if ready[-1].waits:
                break
        self._say(ready)

    def _say(self, chunks: list[Chunk]) -> None:
        self._out.extend(chunks)
        self._transcript.sent(chunks)

    # -- bytes in --------------------------------------------------------------------------------

    def receive_data(self, data: bytes) -> None:
        """Take what was received, in any cuts. Never raises: see ``events_received`` and ``failure``."""
        self._framer.feed(data)
        self._read()

    def receive_eof(self) -> None:
        """The peer closed the link."""
        if self._state is State.LOGOUT:
            return
        if self._farewell is None:
            self._end(ConnectionLost("the server closed the connection"))
            return
        # Some servers hang up after BYE without answering LOGOUT.
        sent, farewell = self._farewell
        self._pipeline.land(sent)
        self._succeed(sent, farewell)
        self._events.append(Completed(sent))

    def events_received(self) -> list[ProtocolEvent]:
        """What happened since the last call, in order."""
        events, self._events = self._events, []
        return events

    def take_rest(self) -> bytes:
        """While paused: received bytes that came after the OK and belong to the layer below."""
        return self._framer.take_rest()

    def resume(self) -> None:
        """Go on after the layer below has changed."""
        self._is_paused = False
        self._pump()
        self._read()

    def abort(self, error: GimapError) -> None:
        """End the conversation for a reason outside of it; every command on its way fails with it."""
        self._end(error)

    def _read(self) -> None:
        framer, grammar, transcript = self._framer, self._grammar, self._transcript
        try:
            while self._failure is None and not self._is_paused:
                found = framer.take()
                if found is None:
                    return
                if isinstance(found, Piece):
                    self._events.append(LiteralArrived(found))
                    continue
                transcript.received(found)
                try:
                    response = grammar.read(found)
                except (ParseError, LimitExceeded) as error:
                    self._skip(found, error)
                    continue
                self.responses += 1
                if isinstance(response, Status):
                    self._handle(self._without_secrets(response))
                elif isinstance(response, Fetched):
                    self._offer_line(response)
                else:
                    self._handle(response)
        except ProtocolError as error:
            self._end(error)

    def _skip(self, frame: Frame, error: ProtocolError) -> None:
        if not frame.raw.startswith(b"*"):
            # Without a tag it answers nothing and without an asterisk it is no news: this is not IMAP.
            raise ProtocolError(self._transcript.redactor.text(error.detail))
        for sent in self._pipeline:
            sent.unparsed += 1
        redactor = self._transcript.redactor
        raw = redactor.octets(frame.raw[: 200 + 2 * redactor.longest])
        self._events.append(Unparsed(redactor.text(error.detail), raw[:200]))

    def _without_secrets(self, status: Status) -> Status:
        """A status whose words do not repeat what was sent to sign in: they become errors and notices."""
        redact = self._transcript.redactor.text
        code = status.code
        text, code_text = redact(status.text), redact(code.text) if code is not None else ""
        if code is not None and code_text != code.text:
            code = replace(code, text=code_text)
        return (
            status if text == status.text and code is status.code else replace(status, text=text, code=code)
        )

    def _handle(self, response: Response) -> None:
        if self._state is State.GREETING:
            self._greet(response)
        elif isinstance(response, Continuation):
            self._continue(response)
        elif isinstance(response, Status) and response.tag is not None:
            self._complete(response)
        else:
            self._take_untagged(response)

    # -- the greeting and the end -------------------------------------------------------------------

    def _greet(self, response: Response) -> None:
        if not isinstance(response, Status) or response.tag is not None:
            raise ProtocolError("the server did not greet")
        if response.condition is Condition.BYE:
            self._end(error_of(response))
            return
        if response.condition not in (Condition.OK, Condition.PREAUTH):
            raise ProtocolError("the server greeted with neither OK, PREAUTH nor BYE")
        is_preauthenticated = response.condition is Condition.PREAUTH
        self._state = State.AUTHENTICATED if is_preauthenticated else State.NOT_AUTHENTICATED
        self._note_code(response)
        self._events.append(Greeted(is_preauthenticated, sanitize(response.text)))
        self._pump()

    def _end(self, error: GimapError | None) -> None:
        if self._state is State.LOGOUT:
            return
        self._state = State.LOGOUT
        self._mailbox = None
        self._idle = None
        self._failure = error
        for sent in self._pipeline.clear():
            if not sent.is_done:
                sent.fail(error or WrongState("the conversation has ended"))
            self._events.append(Completed(sent))
        self._events.append(Ended(error))

    # -- answers ---------------------------------------------------------------------------------------

    def _continue(self, response: Continuation) -> None:
        for sent in self._pipeline:
            if sent.pending:
                self._release(sent)
                self._pump()
                return
            if isinstance(sent.command, Authenticate):
                self._answer_challenge(sent, sent.command, response)
                return
            if isinstance(sent.command, Idle):
                self._idle = sent
                self._events.append(IdleBegan(sent))
                if self._is_idle_unwanted:
                    self._is_idle_unwanted = False
                    self.end_idle()
                return
        raise ProtocolError("the server asks for more where there is nothing to say")

    def _answer_challenge(self, sent: Sent[Any], command: Authenticate, response: Continuation) -> None:
        try:
            challenge = b64decode(response.text, validate=True)
            answer = command.mechanism.answer(challenge)
        except (Base64Error, ValueError):
            self._refuse_challenge(sent, ProtocolError("a SASL challenge that is not base64"))
        except GimapError as error:
            self._refuse_challenge(sent, error)
        else:
            self._say([Chunk(b64encode(answer), is_secret=True), Chunk(b"\r\n")])

    def _refuse_challenge(self, sent: Sent[Any], error: GimapError) -> None:
        # "*" ends the exchange; the server answers it with a tagged BAD, which the reason outlives.
        sent.fail(error)
        self._say([Chunk(b"*\r\n")])

    def _complete(self, status: Status) -> None:
        sent = self._pipeline.find(status.tag)
        if sent is None:
            raise ProtocolError("an answer to a command that was never sent")
        if not sent.is_out:
            # It came together with the answer to the one before: whoever sent it did not know the question.
            raise ProtocolError("an answer to a command that had not been sent yet")
        self._lines = self._foreign = 0
        is_ok = status.condition is Condition.OK
        if status.condition not in (Condition.OK, Condition.NO, Condition.BAD):
            raise ProtocolError("a tagged response that is neither OK, NO nor BAD")
        if is_ok and sent.pending:
            raise ProtocolError("the server agreed to a command before it was all sent")
        if is_ok and not self._is_earned(sent):
            raise ProtocolError("the server accepted a sign-in that had not been completed")
        self._pipeline.land(sent)
        if isinstance(sent.command, Idle):
            self._idle = None
            self._is_idle_unwanted = False
        self._note_code(status)
        if is_slowed_down(status):
            self._events.append(SlowedDown(sanitize(status.text)))
        if is_ok:
            self._succeed(sent, status)
        else:
            self._fail(sent, status)
        self._events.append(Completed(sent))
        self._pump()

    @staticmethod
    def _is_earned(sent: Sent[Any]) -> bool:
        """Whether an OK can be true: a sign-in we gave up, or whose server proved nothing, has not worked."""
        command = sent.command
        return not (
            isinstance(command, Authenticate) and (sent.is_done or not command.mechanism.is_server_proven)
        )

    def _succeed(self, sent: Sent[Any], status: Status) -> None:
        command = sent.command
        if isinstance(sent.collector, SelectCollector):
            self._mailbox = sent.collector.finish(status)
            self._state = State.SELECTED
        sent.succeed(status)
        match command:
            case Login() | Authenticate():
                self._state = State.AUTHENTICATED
                self._forget_capabilities()
            case StartTls():
                # What was said in the clear may have been said by anybody.
                self._capabilities = None
                self._is_paused = True
            case Compress():
                self._is_paused = True
            case Close() | Unselect():
                self._mailbox = None
                self._state = State.AUTHENTICATED
            case Logout():
                self._end(None)

    def _fail(self, sent: Sent[Any], status: Status) -> None:
        is_login = isinstance(sent.command, Login | Authenticate)
        is_adding = isinstance(sent.command, Append | Copy | Move)
        error = error_of(status, is_login=is_login, is_adding=is_adding)
        if is_login and self._web_alert:
            error.hint = f"Sign in with a web browser once: {self._web_alert}"
        if not sent.is_done:
            sent.fail(error, status)

    def _forget_capabilities(self) -> None:
        # Gmail sends the new list before the OK, others in its code, others must be asked.
        if not self._has_learnt:
            self._capabilities = None

    # -- news ------------------------------------------------------------------------------------------------

    def _take_untagged(self, response: Response) -> None:
        match response:
            case Capabilities(names):
                self._learn(names)
                self._offer(response, is_news=False)
                return
            case Enabled(names):
                self._enabled |= names
                if "UTF8=ACCEPT" in names or "UTF8=ONLY" in names:
                    self._grammar.is_utf8 = True
            case Vanished(uids) if uids.is_open:
                raise ProtocolError("VANISHED with an open set")
            case Status(condition=Condition.BYE):
                self._say_goodbye(response)
                return
            case Status():
                self._note_code(response)
                if is_slowed_down(response):
                    self._events.append(SlowedDown(sanitize(response.text)))
            case _:
                pass
        if self._mailbox is not None:
            self._mailbox = self._mailbox.after(response)
        self._offer(response)

    def _offer(self, response: Response, *, is_news: bool = True) -> None:
        if self._pipeline.offer(response):
            return
        if is_news:
            self._events.append(Noticed(response))

    def _offer_line(self, line: Fetched) -> None:
        """A FETCH line. Whatever was asked, its answer has an end, and so has what comes in between."""
        self._lines += 1
        if not self._pipeline.offer(line):
            self._foreign += 1
            self._events.append(Noticed(line))
        elif self._lines <= MOST_LINES:
            return
        if self._pipeline.is_empty or self._idle is not None:
            return
        exists = 0 if self._mailbox is None else self._mailbox.exists
        if self._foreign > MOST_FOREIGN + 2 * exists or self._lines > MOST_LINES + 8 * exists:
            raise LimitExceeded("FETCH lines without an end")

    def _learn(self, names: frozenset[str]) -> None:
        self._capabilities = names - self._extensions_off
        self._has_learnt = True
        self._events.append(CapabilitiesLearned(self._capabilities))

    def _note_code(self, status: Status) -> None:
        code = status.code
        if isinstance(code, CapabilityCode):
            self._learn(code.capabilities)
        elif code is not None and code.name == "ALERT":
            self._events.append(Alerted(sanitize(status.text)))
        elif code is not None and code.name == "WEBALERT":
            self._web_alert = sanitize(code.text)
            self._events.append(Alerted(sanitize(f"{status.text} {code.text}")))

    def _say_goodbye(self, status: Status) -> None:
        self._note_code(status)
        logout = self._pipeline.first(Logout)
        if logout is None:
            self._end(error_of(status))
        else:
            self._farewell = (logout, status)
