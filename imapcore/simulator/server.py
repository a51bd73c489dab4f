"""The listener: one loop, one account, one task per connection; all of them ended when it ends.

``Server`` lives in an asyncio loop and belongs to it alone; ``Simulator`` (in the package's ``__init__``)
is the loop in a thread of its own, for tests. Loopback addresses only.
"""

from __future__ import annotations

import asyncio
import gc
import random
import ssl
from collections.abc import Iterator, Sequence
from itertools import count

from imapcore.clock import Clock, SystemClock
from imapcore.simulator.account.account import Account
from imapcore.simulator.demo_mail.mailbox import EMPTY_LABELS, Seed, arrivals, bulk_messages, demo_messages
from imapcore.simulator.imap.channel import Channel
from imapcore.simulator.imap.commands import TABLE
from imapcore.simulator.imap.credentials import Credentials
from imapcore.simulator.imap.session import ServerState, Session
from imapcore.simulator.options import Options
from imapcore.simulator.smtp.post import Post
from imapcore.simulator.smtp.session import SmtpSession

HOST = "127.0.0.1"
WARM_LIMIT = 200_000
"""So many envelopes are rendered ahead; at some 400 octets each they are worth their memory."""
WARM_SLICE = 50
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


def make_seeds(options: Options, clock: Clock) -> Sequence[Seed]:
    """The mail the options ask for, oldest first."""
    now_ms = clock.now_ms() if options.now_ms is None else options.now_ms
    if options.messages is None:
        return demo_messages(options.seed, now_ms)
    return bulk_messages(options.messages, options.seed, now_ms)


def build_account(options: Options, clock: Clock, seeds: Sequence[Seed]) -> Account:
    """The account as the options describe it, filled."""
    account = Account(options, clock)
    # A hundred thousand objects that all stay: collecting among them only costs time.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        account.load(seeds)
    finally:
        if was_enabled:
            gc.enable()
    if options.messages is None:
        for name in EMPTY_LABELS:
            account.create_label(name)
    return account


class Server:
    """The IMAP listener and everything behind it."""

    def __init__(
        self, options: Options, clock: Clock | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self.clock = clock or SystemClock()
        seeds = make_seeds(options, self.clock)
        account = build_account(options, self.clock, seeds)
        self.house = ServerState(account, Credentials(account), self.clock)
        self.post = Post(account)
        self.port = 0
        """The port it listens on, once started."""
        self.smtp_port = 0
        """The port of the SMTP side, once started; 0 if there is none."""
        self._tls = tls
        self._listener: asyncio.Server | None = None
        self._smtp_listener: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._numbers = count(1)
        self._random = random.Random(f"{options.seed}/connections")
        self._arrivals: Iterator[Seed] = arrivals(
            options.seed, account.now_ms, seeds if options.messages is None else ()
        )

    async def start(self, *, is_warm: bool = False) -> None:
        """Listen; ``port`` is known afterwards. ``is_warm``: ``warm`` has been awaited already."""
        options = self.house.options
        self._listener = await asyncio.start_server(self._accept, HOST, options.port, ssl=self._tls)
        self.port = int(self._listener.sockets[0].getsockname()[1])
        if options.smtp_port is not None:
            first = None if options.smtp_starttls else self._tls
            self._smtp_listener = await asyncio.start_server(
                self._accept_smtp, HOST, options.smtp_port, ssl=first
            )
            self.smtp_port = int(self._smtp_listener.sockets[0].getsockname()[1])
        if not is_warm:
            self._own(asyncio.ensure_future(self.warm()))
        if options.arrivals_seconds is not None:
            self._own(asyncio.ensure_future(self._deliver(options.arrivals_seconds)))

    async def warm(self) -> None:
        """Render envelopes before anybody asks, newest first, in slices between which clients are served.

        Content made by arithmetic takes longer to render than to send; a client that is measured is to
        wait for the line, not for the arithmetic.
        """
        messages = [entry.message for entry in self.house.account.all.entries[-WARM_LIMIT:]]
        for first in range(len(messages), 0, -WARM_SLICE):
            for message in messages[max(0, first - WARM_SLICE) : first]:
                message.envelope()
            await asyncio.sleep(0)

    async def stop(self) -> None:
        """End every connection and stop listening."""
        for listener in (self._listener, self._smtp_listener):
            if listener is not None:
                listener.close()
        self.post.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # A task that is cancelled before its first step does nothing, not even close what it was given.
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)

    def _own(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self._own(asyncio.ensure_future(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")
        identity = self._identity()
        channel = Channel(reader, writer, lambda: self.house.options)
        session = Session(self.house, channel, TABLE, identity=identity, address=str(peer[0]))
        self.house.sessions.add(session)
        try:
            await session.run()
        except asyncio.CancelledError:
            channel.abort()
        finally:
            self.house.sessions.discard(session)
            self._writers.discard(writer)

    def _accept_smtp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self._own(asyncio.ensure_future(self._serve_smtp(reader, writer)))

    async def _serve_smtp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        house = self.house
        session = SmtpSession(
            house.account,
            house.credentials,
            house.faults,
            self.post,
            reader,
            writer,
            identity=self._identity(),
            tls=self._tls if house.options.smtp_starttls else None,
        )
        try:
            await session.run()
        finally:
            writer.transport.abort()
            self._writers.discard(writer)

    def _identity(self) -> str:
        """The opaque word of a connection, as Gmail's look: ``k2if6111336rvb``."""
        letters = "".join(self._random.choice(_ALPHABET) for _ in range(4))
        return f"{letters}{next(self._numbers):07d}rvb"

    async def _deliver(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            self.receive(next(self._arrivals))

    def receive(self, seed: Seed) -> int:
        """New mail comes in now; its msgid."""
        account = self.house.account
        labels = {account.find_label(name) or account.create_label(name) for name in seed.labels}
        place = account.special[seed.place]
        message = account.add(seed, date_ms=account.now_ms(), labels=labels, place=place, flags=seed.flags)
        account.announce()
        return message.msgid

    def receive_next(self) -> int:
        """The next of the invented arrivals comes in now; its msgid."""
        return self.receive(next(self._arrivals))
