"""IDLE: listening for news (RFC 2177), renewed before a server or a router in between forgets us.

Gmail hangs up after some ten minutes of silence; an IDLE is therefore ended and begun again after
``Deadlines.idle`` at the latest. A server that does not answer DONE within ``Deadlines.read`` is gone.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from imapcore.net.stream import Readiness
from imapcore.protocol.commands import Idle
from imapcore.protocol.events import ProtocolEvent

if TYPE_CHECKING:
    from imapcore.net.connection import Connection


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
                handle.result()
        if news := connection.events():
            yield news
