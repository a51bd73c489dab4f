"""One connection's conversation over SMTP: greeting, sign-in, envelope, message, farewell.

Bounded as the IMAP side is: a line, a message, the number of recipients, and the time for each have an end.
Faults hit the commands ``SMTP EHLO``, ``SMTP AUTH``, ``SMTP MAIL``, ``SMTP RCPT``, ``SMTP DATA`` and
``SMTP BODY`` (the end of the message): ``cut-before``, ``cut``, ``stall`` and ``drip`` as on the IMAP side,
``refused`` with one of ``replies.REFUSALS`` in ``text``.
"""

from __future__ import annotations

import asyncio
import binascii
import re
import ssl
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable

from imapcore.simulator import gmail_texts
from imapcore.simulator.account.account import Account
from imapcore.simulator.faults import Fault, FaultBoard, FaultKind
from imapcore.simulator.imap.credentials import Credentials
from imapcore.simulator.smtp import replies
from imapcore.simulator.smtp.post import Post

MAX_LINE = 12_288
MAX_RECIPIENTS = 100
MAX_BAD = 20
_MAIL = re.compile(r"FROM:\s*<([^<>\s]*)>((?: +[^\s=]+(?:=[^\s]+)?)*)\s*", re.IGNORECASE)
_RCPT = re.compile(r"TO:\s*<([^<>\s]+)>\s*", re.IGNORECASE)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
_USER = re.compile(r"(?:\A|[\x01,])(?:user|a)=([^\x01,]*)")
_BEARER = re.compile(r"auth=Bearer ([^\x01]*)\x01")


class _Gone(Exception):
    """The client is gone, or is to be gone."""


class SmtpSession:
    """A connection from its first octet to its last."""

    def __init__(
        self,
        account: Account,
        credentials: Credentials,
        faults: FaultBoard,
        post: Post,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        identity: str,
        tls: ssl.SSLContext | None,
    ) -> None:
        """``tls``: what STARTTLS shakes hands with; None where it is not offered."""
        self._account = account
        self._credentials = credentials
        self._faults = faults
        self._post = post
        self._reader = reader
        self._writer = writer
        self._id = identity
        self._tls = tls
        self._has_greeted = False
        self._is_signed_in = False
        self._sender: str | None = None
        self._is_utf8 = False
        self._recipients: list[str] = []
        self._bad = 0
        self._verbs: dict[str, Callable[[str], Awaitable[None]]] = {
            "EHLO": self._hello,
            "HELO": self._hello,
            "STARTTLS": self._start_tls,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._reset,
            "NOOP": self._noop,
        }

    async def run(self) -> None:
        """Converse until one of the two has had enough."""
        try:
            await self._say(replies.GREETING)
            while True:
                line = await self._line()
                verb, _, rest = line.partition(" ")
                verb = verb.upper()
                if verb == "QUIT":
                    await self._say(replies.GOODBYE)
                    return
                await self._do(verb, rest)
        except _Gone:
            return
        except TimeoutError:
            await self._say_last(replies.TIMEOUT)
        except OSError:
            return
        finally:
            self._writer.close()

    # -- lines -----------------------------------------------------------------------------------------

    async def _line(self) -> str:
        async with asyncio.timeout(self._account.options.silence_seconds):
            try:
                line = await self._reader.readuntil(b"\n")
            except asyncio.IncompleteReadError as error:
                raise _Gone from error
            except asyncio.LimitOverrunError as error:
                await self._say(replies.TOO_LONG)
                raise _Gone from error
        if len(line) > MAX_LINE:
            await self._say(replies.TOO_LONG)
            raise _Gone
        return line.rstrip(b"\r\n").decode("utf-8", "replace")

    async def _say(self, text: str, fault: Fault | None = None, **words: str) -> None:
        text = text.format(id=self._id, **words)
        data = ("\r\n".join(text.split("\n")) + "\r\n").encode()
        if fault is not None:
            await self._say_faulty(data, fault)
            return
        self._writer.write(data)
        async with asyncio.timeout(self._account.options.write_seconds):
            await self._writer.drain()

    async def _say_faulty(self, data: bytes, fault: Fault) -> None:
        if fault.kind is FaultKind.DRIP:
            step = max(1, fault.octets)
            for start in range(0, len(data), step):
                self._writer.write(data[start : start + step])
                await self._writer.drain()
                await asyncio.sleep(fault.seconds)
            return
        self._writer.write(data[: fault.octets])
        await self._writer.drain()
        if fault.kind is FaultKind.CUT:
            raise _Gone
        await asyncio.sleep(fault.seconds)
        self._writer.write(data[fault.octets :])
        await self._writer.drain()

    async def _say_last(self, text: str) -> None:
        try:
            await self._say(text)
        except (OSError, TimeoutError):
            return

    # -- commands --------------------------------------------------------------------------------------

    async def _do(self, verb: str, rest: str) -> None:
        run = self._verbs.get(verb)
        if run is None:
            self._bad += 1
            await self._say(replies.UNKNOWN)
            if self._bad >= MAX_BAD:
                raise _Gone
            return
        if verb not in ("EHLO", "HELO", "NOOP", "RSET") and not self._has_greeted:
            await self._say(replies.HELLO_FIRST)
            return
        await run(rest)

    def _fault(self, command: str) -> Fault | None:
        """The fault that hits this command; one that ends the connection before it does so here."""
        fault = next(iter(self._faults.take(f"SMTP {command}")), None)
        if fault is not None and fault.kind is FaultKind.CUT_BEFORE:
            raise _Gone
        return fault

    async def _refused(self, fault: Fault | None, recipient: str = "") -> bool:
        """Say the refusal a fault asks for; whether there was one."""
        if fault is None or fault.kind is not FaultKind.REFUSED:
            return False
        text = replies.REFUSALS.get(fault.text, fault.text or replies.REFUSALS["system"])
        await self._say(text, recipient=recipient)
        if text.startswith("421"):
            raise _Gone
        return True

    async def _hello(self, rest: str) -> None:
        fault = self._fault("EHLO")
        if await self._refused(fault):
            return
        if not rest.strip():
            await self._say(replies.SYNTAX)
            return
        self._has_greeted = True
        offers = [f"SIZE {self._account.options.smtp_size}", "8BITMIME"]
        if self._tls is not None:
            offers.append("STARTTLS")
        else:
            offers.append("AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH")
        offers += ["ENHANCEDSTATUSCODES", "PIPELINING", "SMTPUTF8"]
        lines = [f"{replies.HELLO.removeprefix('250 ')}, [127.0.0.1]", *offers]
        text = "\n".join(f"250{' ' if line is lines[-1] else '-'}{line}" for line in lines)
        await self._say(text, fault)

    async def _start_tls(self, rest: str) -> None:
        if self._tls is None or rest.strip():
            await self._say(replies.UNKNOWN if self._tls is None else replies.SYNTAX)
            return
        await self._say(replies.READY_FOR_TLS)
        await self._writer.start_tls(self._tls)
        self._tls = None
        self._has_greeted = False

    async def _auth(self, rest: str) -> None:
        fault = self._fault("AUTH")
        if self._tls is not None:
            await self._say(replies.TLS_FIRST)
            return
        if await self._refused(fault):
            return
        mechanism, _, initial = rest.partition(" ")
        mechanism = mechanism.upper()
        try:
            is_good = await self._proven(mechanism, initial.strip())
        except (ValueError, binascii.Error):
            await self._say(replies.CANCELLED)
            return
        if is_good is None:
            await self._say(replies.NO_MECHANISM)
        elif is_good:
            self._is_signed_in = True
            await self._say(replies.SIGNED_IN, fault)
        else:
            await self._say(replies.REFUSALS["bad-credentials"])

    async def _proven(self, mechanism: str, initial: str) -> bool | None:
        """Whether the client has shown who it is; None for a mechanism that is not known."""
        if mechanism == "PLAIN":
            _, user, password = (await self._answer(initial, b"")).split("\x00")
            return self._credentials.is_password(user, password)
        if mechanism == "LOGIN":
            user = await self._answer(initial, b"Username:")
            return self._credentials.is_password(user, await self._answer("", b"Password:"))
        if mechanism not in ("XOAUTH2", "OAUTHBEARER"):
            return None
        text = await self._answer(initial, b"")
        user_found, token = _USER.search(text), _BEARER.search(text)
        if user_found is not None and token is not None:
            user = user_found[1].replace("=2C", ",").replace("=3D", "=")
            if self._credentials.token_end_ms(user, token[1]) is not None:
                return True
        # What is wrong, in JSON; the refusal comes after the client's empty answer.
        await self._answer("", gmail_texts.CHALLENGE)
        return False

    async def _answer(self, initial: str, challenge: bytes) -> str:
        """The client's words: those it began with, or those to a challenge. Raises ValueError."""
        if not initial:
            await self._say(f"334 {b64encode(challenge).decode()}")
            initial = await self._line()
            if initial == "*":
                raise ValueError("cancelled")
        return "" if initial == "=" else b64decode(initial, validate=True).decode("utf-8")

    async def _mail(self, rest: str) -> None:
        fault = self._fault("MAIL")
        if self._tls is not None:
            await self._say(replies.TLS_FIRST)
            return
        if not self._is_signed_in:
            await self._say(replies.SIGN_IN_FIRST)
            return
        match = _MAIL.fullmatch(rest)
        if match is None:
            await self._say(replies.SYNTAX)
            return
        if await self._refused(fault):
            return
        options = dict(option.upper().partition("=")[::2] for option in match[2].split())
        size = options.get("SIZE", "0")
        if size.isdigit() and int(size[:18]) > self._account.options.smtp_size:
            await self._say(replies.REFUSALS["too-large"])
            return
        self._sender, self._recipients = match[1], []
        self._is_utf8 = "SMTPUTF8" in options
        await self._say(replies.SENDER_OK, fault)

    async def _rcpt(self, rest: str) -> None:
        fault = self._fault("RCPT")
        if self._sender is None:
            await self._say(replies.MAIL_FIRST)
            return
        match = _RCPT.fullmatch(rest)
        if match is None:
            await self._say(replies.SYNTAX)
            return
        recipient = match[1]
        if await self._refused(fault, recipient=recipient):
            return
        if not _ADDRESS.fullmatch(recipient):
            await self._say(replies.REFUSALS["bad-address"], recipient=recipient)
        elif not recipient.isascii() and not self._is_utf8:
            await self._say(replies.NO_UTF8)
        elif len(self._recipients) >= MAX_RECIPIENTS:
            await self._say(replies.REFUSALS["system"])
        else:
            self._recipients.append(recipient)
            await self._say(replies.RECIPIENT_OK, fault)

    async def _data(self, rest: str) -> None:
        fault = self._fault("DATA")
        if self._sender is None or not self._recipients:
            await self._say(replies.MAIL_FIRST if self._sender is None else replies.RECIPIENT_FIRST)
            return
        if await self._refused(fault):
            return
        await self._say(replies.GO_AHEAD, fault)
        octets = await self._message()
        sender, recipients = self._sender, tuple(self._recipients)
        await self._forget()
        fault = self._fault("BODY")
        if await self._refused(fault):
            return
        limit = self._account.options.smtp_daily_limit
        if octets is None:
            await self._say(replies.REFUSALS["too-large"])
        elif sum(len(each.recipients) for each in self._post.departures) + len(recipients) > limit:
            await self._say(replies.REFUSALS["daily-limit"])
        else:
            # Ours from here on, whether or not the client ever hears of it.
            self._post.send(sender, recipients, octets)
            await self._say(replies.TAKEN, fault, seconds=str(self._account.now_ms() // 1000))

    async def _message(self) -> bytes | None:
        """The octets up to the lonely dot, dots undoubled; None if there are too many."""
        limit, size = self._account.options.smtp_size, 0
        lines: list[bytes] = []
        while True:
            async with asyncio.timeout(self._account.options.silence_seconds):
                try:
                    line = await self._reader.readuntil(b"\r\n")
                except asyncio.IncompleteReadError as error:
                    raise _Gone from error
                except asyncio.LimitOverrunError as error:
                    line = await self._reader.readexactly(error.consumed)
            if line == b".\r\n" and (not lines or lines[-1].endswith(b"\r\n")):
                return b"".join(lines) if size <= limit else None
            size += len(line)
            if size <= limit:
                is_start = not lines or lines[-1].endswith(b"\r\n")
                lines.append(line[1:] if line.startswith(b".") and is_start else line)

    async def _reset(self, rest: str) -> None:
        await self._forget()
        await self._say(replies.FLUSHED)

    async def _forget(self) -> None:
        self._sender, self._recipients, self._is_utf8 = None, [], False

    async def _noop(self, rest: str) -> None:
        await self._say(replies.NOTHING)
