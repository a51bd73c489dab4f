"""The dialogue on a socket: one connection, one message, one outcome.

A connection is made for each message and ended after it: mail is sent rarely, and a link that waited is one
that may have died without a word. Every step has a deadline of its own, whole replies included, so that a
server that drips cannot hold it; ``Wakeup.interrupt`` ends it from any thread.
"""

from __future__ import annotations

import ssl
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass

from imapcore.clock import Clock, SystemClock
from imapcore.errors import ConnectionLost, GimapError, ProtocolError, Timeout
from imapcore.net.endpoint import Deadlines, Endpoint
from imapcore.net.stream import Stream
from imapcore.net.wakeup import Wakeup
from imapcore.protocol.auth import Mechanism, OAuthBearer, Plain, PlainPrompts, XOAuth2, choose
from imapcore.smtp.dialogue import (
    Await,
    Dialogue,
    Envelope,
    Send,
    SendMessage,
    StartTls,
    Step,
    signing_in,
    submission,
)
from imapcore.smtp.outcome import NotSent, Outcome, Refused, Unknown
from imapcore.smtp.replies import Reply, ReplyReader
from imapcore.wire.encoder import Secret

END = b".\r\n"
"""What makes a message the server's, if it answers yes."""


@dataclass(frozen=True, slots=True)
class SubmissionOptions:
    """Seconds to wait at most."""

    connect: float = 20.0
    tls: float = 15.0
    reply: float = 60.0
    """A whole reply to any command."""
    write: float = 60.0
    """Without a single octet taken by the server."""
    verdict: float = 120.0
    """The reply to the message itself, which a server may look at for a while (RFC 5321 §4.5.3.2.6 allows
    ten minutes; after this, one looks in Sent instead).
    """


def sign_in_with(
    user: str, secret: Secret, *, is_token: bool
) -> Callable[[frozenset[str]], Mechanism | None]:
    """How to sign in with a password, or with an OAuth access token, as a server's offers allow."""

    def mechanism(offers: frozenset[str]) -> Mechanism | None:
        if is_token:
            return choose(
                offers, {"XOAUTH2": XOAuth2(user, secret), "OAUTHBEARER": OAuthBearer(user, secret)}
            )
        return choose(offers, {"PLAIN": Plain(user, secret), "LOGIN": PlainPrompts(user, secret)})

    return mechanism


def submit(
    endpoint: Endpoint,
    sign_in: Callable[[frozenset[str]], Mechanism | None],
    envelope: Envelope,
    octets: bytes,
    *,
    wakeup: Wakeup,
    secret: Secret | None = None,
    options: SubmissionOptions | None = None,
    clock: Clock | None = None,
    tls: ssl.SSLContext | None = None,
    on_point_of_no_return: Callable[[], None] = lambda: None,
) -> Outcome:
    """Hand one message over. Never raises a GimapError: what went wrong is in the outcome.

    ``on_point_of_no_return`` is called right before the octets go out after which the server may have the
    message; what it writes down survives whatever happens next. ``secret``: taken out of the server's words.
    """
    conversation = _Conversation(
        options or SubmissionOptions(), clock or SystemClock(), on_point_of_no_return
    )
    dialogue = submission(envelope, octets, endpoint.security, sign_in)
    try:
        outcome = conversation.run(endpoint, dialogue, wakeup, tls)
    except GimapError as error:
        return Unknown(error) if conversation.is_past_return else NotSent(error)
    if isinstance(outcome, Refused) and secret is not None:
        return _without(outcome, secret)
    return outcome


def check_submission(
    endpoint: Endpoint,
    sign_in: Callable[[frozenset[str]], Mechanism | None],
    *,
    wakeup: Wakeup,
    secret: Secret,
    options: SubmissionOptions | None = None,
    clock: Clock | None = None,
    tls: ssl.SSLContext | None = None,
) -> Outcome:
    """Connect and sign in as for a message, and hand over none. Never raises a GimapError, as ``submit``."""
    conversation = _Conversation(options or SubmissionOptions(), clock or SystemClock(), lambda: None)
    try:
        outcome = conversation.run(endpoint, signing_in(endpoint.security, sign_in), wakeup, tls)
    except GimapError as error:
        return NotSent(error)
    return _without(outcome, secret) if isinstance(outcome, Refused) else outcome


class _Conversation:
    """One connection and how far it has got."""

    def __init__(self, options: SubmissionOptions, clock: Clock, announce: Callable[[], None]) -> None:
        self.is_past_return = False
        self._options = options
        self._clock = clock
        self._announce = announce
        self._replies = ReplyReader()

    def run(
        self,
        endpoint: Endpoint,
        dialogue: Dialogue,
        wakeup: Wakeup,
        tls: ssl.SSLContext | None,
    ) -> Outcome:
        options = self._options
        stream = Stream.open(
            endpoint,
            wakeup=wakeup,
            clock=self._clock,
            tls=tls,
            deadlines=Deadlines(options.connect, options.tls, options.reply, options.write),
        )
        try:
            outcome = self._converse(stream, dialogue)
            self._say_goodbye(stream)
            return outcome
        finally:
            stream.close()

    def _converse(self, stream: Stream, dialogue: Dialogue) -> Outcome:
        try:
            step = next(dialogue)
            while True:
                step = self._next(dialogue, stream, step)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome

    def _next(self, dialogue: Dialogue, stream: Stream, step: Step) -> Step:
        match step:
            case Send(data):
                self._nothing_came_early()
                stream.send(data)
            case StartTls():
                # What was sent in the clear after the answer may have been put there by somebody else.
                self._nothing_came_early()
                stream.start_tls()
                return next(dialogue)
            case SendMessage(data):
                self._nothing_came_early()
                stream.send(data)
                self._announce()
                self.is_past_return = True
                stream.send(END)
                return dialogue.send(self._reply(stream, self._options.verdict))
            case Await():
                pass
        return dialogue.send(self._reply(stream, self._options.reply))

    def _nothing_came_early(self) -> None:
        """An answer to what was not asked yet is nobody's answer."""
        if not self._replies.is_empty:
            raise ProtocolError("the server answers what was not asked")

    def _reply(self, stream: Stream, seconds: float) -> Reply:
        until = self._clock.monotonic() + seconds
        while (reply := self._replies.next_reply()) is None:
            if self._clock.monotonic() >= until:
                raise Timeout(f"{stream.endpoint.host} did not answer in time")
            data = stream.receive(until)
            if not data:
                raise ConnectionLost(f"{stream.endpoint.host} closed the connection")
            self._replies.feed(data)
        return reply

    def _say_goodbye(self, stream: Stream) -> None:
        """QUIT, for manners; whatever becomes of it changes nothing."""
        try:
            stream.send(b"QUIT\r\n")
        except GimapError:
            return


def _without(outcome: Refused, secret: Secret) -> Refused:
    """The same without the secret, should a server have repeated it."""
    plain = secret.reveal()
    words = outcome.words
    for form in (plain, b64encode(plain)):
        text = form.decode("utf-8", "replace")
        if text:
            words = words.replace(text, "•••")
    return Refused(
        outcome.code,
        outcome.enhanced,
        words,
        outcome.title,
        outcome.hint,
        outcome.is_temporary,
        outcome.is_sign_in,
    )
