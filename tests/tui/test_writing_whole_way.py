"""Writing through the screen, the engine and the embedded server: answered, undone, sent, refused."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from imapcore.engine import Engine, EngineOptions
from imapcore.model import Account, OutgoingState, Security
from imapcore.simulator import Fault, FaultKind, Options, Simulator
from tui.app import GimapApp
from tui.context import AppContext
from tui.settings.config import parse_config

PATIENCE = 60.0
RAW = (
    b"From: Lin <lin@example.org>\r\nTo: demo@gmail.com\r\nSubject: Lisbon\r\n"
    b"Message-ID: <first@example.org>\r\n\r\nShall we?\r\n"
)


async def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


async def test_answered_undone_sent_and_refused(tmp_path: Path) -> None:
    with Simulator(Options(messages=0, smtp_port=0)) as server:
        msgid = server.control.deliver(RAW)
        account = Account(
            "demo@gmail.com",
            "127.0.0.1",
            server.port,
            Security.NONE,
            smtp_host="127.0.0.1",
            smtp_port=server.smtp_port,
            smtp_security=Security.NONE,
        )
        with Engine(
            account, secret=lambda: "demo demo demo demo", data_dir=tmp_path, options=EngineOptions()
        ) as engine:
            config = parse_config("[writing]\nundo_seconds = 3600")
            app = GimapApp(AppContext(engine, lambda: time.time_ns() // 1_000_000, config=config))
            async with app.run_test(size=(120, 36)) as pilot:
                main, writing = app.main, engine.writing
                await until(lambda: bool(main.thread_list.window.rows))
                await pilot.press("r", *"Yes.")
                await until(lambda: "> Shall we?" in main.composer.text.text)
                before = main.composer.written
                await pilot.press("ctrl+t")
                await until(lambda: not main.is_composing)
                await pilot.press("z")
                await until(lambda: main.is_composing and main.composer.written == before)
                assert server.control.departures() == []
                server.control.fault(Fault(FaultKind.REFUSED, "SMTP RCPT", text="no-such-user"))
                await pilot.press("ctrl+t")
                await until(lambda: not main.is_composing)
                writing.send_now(writing.outbox()[-1].outgoing_id)
                await until(lambda: main.is_composing and main.composer.written == before)
                assert writing.outbox()[-1].state is OutgoingState.REFUSED
                await pilot.press("ctrl+t")
                await until(lambda: not main.is_composing)
                writing.send_now(writing.outbox()[-1].outgoing_id)
                await until(lambda: writing.outbox()[-1].state is OutgoingState.SENT)
        (gone,) = server.control.departures()
        assert gone.recipients == ("lin@example.org",)
        assert gone.octets.count(b"Yes.") == 1
        assert b"In-Reply-To: <first@example.org>" in gone.octets
        assert server.control.message(msgid) is not None
