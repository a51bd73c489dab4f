"""The server in a thread of its own, for tests in the same process."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Self

from imapcore.clock import Clock
from imapcore.simulator.control import Control
from imapcore.simulator.control_protocol import ControlListener
from imapcore.simulator.imap.tls import make_certificate
from imapcore.simulator.options import Options
from imapcore.simulator.server import HOST, Server

JOIN_SECONDS = 10.0


class Simulator:
    """A server between ``with`` and its end: the thread that runs it is started, stopped and joined here."""

    host = HOST

    def __init__(self, options: Options | None = None, *, clock: Clock | None = None) -> None:
        options = options or Options()
        certificate = make_certificate() if options.tls else None
        self.options = options
        self.authority_pem = b"" if certificate is None else certificate.authority_pem
        """What a TLS client must trust; empty without TLS."""
        self._server = Server(options, clock, None if certificate is None else certificate.server)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)
        self.control = Control(self._server, self._loop)
        self._lines: ControlListener | None = None

    @property
    def port(self) -> int:
        """The IMAP port, on loopback."""
        return self._server.port

    @property
    def smtp_port(self) -> int:
        """The SMTP port, on loopback; 0 if there is none."""
        return self._server.smtp_port

    @property
    def control_port(self) -> int:
        """The port of the line protocol; 0 if there is none."""
        return 0 if self._lines is None else self._lines.port

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _start(self) -> None:
        await self._server.start()
        if self.options.control_port is not None:
            self._lines = ControlListener(self.control, self.options.control_port)
            await self._lines.start()

    async def _stop(self) -> None:
        if self._lines is not None:
            await self._lines.stop()
        await self._server.stop()

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(JOIN_SECONDS)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(JOIN_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(JOIN_SECONDS)
        self._loop.close()
