"""The order of a submission: which command comes next and what each answer means. Pure; no socket, no clock.

A dialogue is a generator: it yields what to do and is sent the server's reply to it. ``Send`` wants a reply,
``StartTls`` none, ``SendMessage`` is the one step after whose last octet the server may own the message (see
``outcome``). It returns ``Accepted`` or ``Refused``; what the link does to it is the driver's affair.

Nobody is written to in part: if one recipient is refused, nothing is sent to the others, and the refusal
names the one that stands in the way.
"""

from __future__ import annotations

import re
from base64 import b64encode
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

from imapcore.errors import InvalidArgument, ProtocolError
from imapcore.protocol.auth import Mechanism
from imapcore.security import Security
from imapcore.smtp.outcome import Accepted, Refused
from imapcore.smtp.replies import Reply
from imapcore.smtp.words import refusal

EHLO = b"EHLO [127.0.0.1]\r\n"
"""An address literal: a server learns the machine's address from the connection, and its name is nobody's."""
_PATH = re.compile(r"[^\x00-\x20\x7f<>]{1,512}")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends to whom; addresses in their wire form (punycode, or UTF-8 before the ``@``)."""

    sender: str
    recipients: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.recipients:
            raise InvalidArgument("a message needs somebody to go to")
        for address in (self.sender, *self.recipients):
            if not _PATH.fullmatch(address):
                raise InvalidArgument("that is no address: it holds blanks, brackets or control characters")

    @property
    def is_utf8(self) -> bool:
        """Whether it needs SMTPUTF8 (RFC 6531)."""
        return not all(address.isascii() for address in (self.sender, *self.recipients))


@dataclass(frozen=True, slots=True)
class Send:
    """A line to send; the reply to it is wanted."""

    data: bytes = field(repr=False)
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Await:
    """A reply is wanted, nothing is to be sent: the greeting."""


@dataclass(frozen=True, slots=True)
class StartTls:
    """Shake hands; what came before in the clear is forgotten."""


@dataclass(frozen=True, slots=True)
class SendMessage:
    """The message and its end; the reply to it decides."""

    data: bytes = field(repr=False)
    """Dots doubled, lines ended by CRLF; without the closing dot."""


Step = Send | Await | StartTls | SendMessage
Dialogue = Generator[Step, Reply, Accepted | Refused]


def submission(
    envelope: Envelope,
    octets: bytes,
    security: Security,
    mechanisms: Callable[[frozenset[str]], Mechanism | None],
) -> Dialogue:
    """Greeting to answer. ``mechanisms``: the offered names → how to sign in, None where nothing fits."""
    offers = yield from _greet(security)
    if isinstance(offers, Refused):
        return offers
    if problem := _unfit(envelope, octets, offers):
        return problem
    refused = yield from _sign_in(offers, mechanisms)
    if refused is not None:
        return refused
    return (yield from _hand_over(envelope, octets, offers))


def signing_in(security: Security, mechanisms: Callable[[frozenset[str]], Mechanism | None]) -> Dialogue:
    """Greeting to sign-in, and nothing else: whether a message would be asked for at all."""
    offers = yield from _greet(security)
    if isinstance(offers, Refused):
        return offers
    refused = yield from _sign_in(offers, mechanisms)
    return refused or Accepted()


Offers = dict[str, tuple[str, ...]]


def _greet(security: Security) -> Generator[Step, Reply, Offers | Refused]:
    reply = yield Await()
    if reply.code != 220:
        return refusal(reply)
    offers = yield from _hello()
    if isinstance(offers, Refused):
        return offers
    if security is Security.STARTTLS:
        if "STARTTLS" not in offers:
            return _own("The server does not offer STARTTLS", "Use port 465 with TLS, or another server")
        reply = yield Send(b"STARTTLS\r\n")
        if reply.code != 220:
            return refusal(reply)
        yield StartTls()
        offers = yield from _hello()
    return offers


def _hello() -> Generator[Step, Reply, Offers | Refused]:
    reply = yield Send(EHLO)
    if reply.code != 250:
        return refusal(reply)
    offers: Offers = {}
    for line in reply.lines[1:]:
        name, *values = line.upper().replace("AUTH=", "AUTH ").split() or [""]
        offers[name] = (*offers.get(name, ()), *values)
    return offers


def _unfit(envelope: Envelope, octets: bytes, offers: Offers) -> Refused | None:
    """Why a server could not take it, seen from what it offers."""
    size = next(iter(offers.get("SIZE", ())), "")
    if size.isdigit() and 0 < int(size[:18]) < len(octets):
        most = int(size[:18]) / 1e6
        return _own(
            f"The message has {len(octets) / 1e6:.1f} MB; the server takes {most:.1f} MB",
            "Take some files off, or send a link to them",
        )
    if envelope.is_utf8 and "SMTPUTF8" not in offers:
        return _own("The server takes no address with such letters", "Write to another address of theirs")
    if not octets.isascii() and "8BITMIME" not in offers:
        return _own("The server takes no message in 8 bit", "Forward it inside the text instead")
    return None


def _own(title: str, hint: str) -> Refused:
    return Refused(0, "", "", title, hint, is_temporary=False)


def _sign_in(
    offers: Offers, mechanisms: Callable[[frozenset[str]], Mechanism | None]
) -> Generator[Step, Reply, Refused | None]:
    names = frozenset(offers.get("AUTH", ()))
    mechanism = mechanisms(frozenset(f"AUTH={name}" for name in names))
    if mechanism is None:
        return _own("The server offers no way to sign in that is known here", "Check host and port")
    first = mechanism.initial()
    command = f"AUTH {mechanism.name}"
    if first is not None:
        reply = yield Send(f"{command} {b64encode(first).decode() or '='}\r\n".encode(), is_secret=True)
    else:
        reply = yield Send(f"{command}\r\n".encode())
    rounds = 0
    while reply.code == 334:
        rounds += 1
        if rounds > 8:
            raise ProtocolError("signing in has no end")
        answer = mechanism.answer(_decoded(reply.text))
        reply = yield Send(b64encode(answer) + b"\r\n", is_secret=True)
    if reply.code == 235:
        return None
    return refusal(reply, is_sign_in=True)


def _decoded(text: str) -> bytes:
    try:
        return a2b_base64(text, strict_mode=True) if text else b""
    except (Base64Error, ValueError) as error:
        raise ProtocolError("the server's question while signing in cannot be read") from error


def _hand_over(envelope: Envelope, octets: bytes, offers: Offers) -> Dialogue:
    options = [f"SIZE={len(octets)}"] if "SIZE" in offers else []
    if "8BITMIME" in offers:
        options.append("BODY=7BIT" if octets.isascii() else "BODY=8BITMIME")
    if envelope.is_utf8:
        options.append("SMTPUTF8")
    reply = yield Send(_command(f"MAIL FROM:<{envelope.sender}>", options))
    if reply.code != 250:
        return refusal(reply)
    for recipient in envelope.recipients:
        reply = yield Send(_command(f"RCPT TO:<{recipient}>", ()))
        if reply.code not in (250, 251):
            return refusal(reply, recipient=recipient)
    reply = yield Send(b"DATA\r\n")
    if reply.code != 354:
        return refusal(reply)
    reply = yield SendMessage(stuffed(octets))
    if reply.code != 250:
        return refusal(reply)
    return Accepted(reply.text)


def _command(words: str, options: Sequence[str]) -> bytes:
    return f"{' '.join((words, *options))}\r\n".encode()


def stuffed(octets: bytes) -> bytes:
    """RFC 5321 §4.5.2: every line ended by CRLF, a dot at a line's beginning doubled.

    A lone CR or LF becomes the end of a line as well: whoever reads it as one must not see a message end here
    that ends elsewhere for another.
    """
    lines = octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines)
