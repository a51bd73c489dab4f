"""The whole way: a key on the screen, a real socket, and the label on the server for another client."""

from __future__ import annotations

import asyncio
import imaplib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from imapcore.engine import Engine, EngineOptions
from imapcore.model import Account, LinkState, Security, View
from imapcore.simulator import Fault, FaultKind, Options, Simulator
from tests.tui.pilot import come_to_rest
from tui.app import GimapApp
from tui.context import AppContext
from tui.settings.state import State
from tui.widgets.thread_list.thread_list import ThreadList

EMAIL, SECRET = "demo@gmail.com", "demodemodemodemo"
PATIENCE = 20.0
"""Seconds until what should happen must have happened."""


@dataclass
class Way:
    """The app, its engine and its server."""

    app: GimapApp
    pilot: Pilot[None]
    engine: Engine
    server: Simulator

    @property
    def threads(self) -> ThreadList:
        """The list."""
        return self.app.main.thread_list

    async def press(self, *keys: str) -> None:
        """Press keys and let the screen come to rest."""
        await self.pilot.press(*keys)
        await come_to_rest(self.pilot)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so; fail when it does not become so in time."""
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < deadline, "it did not happen in time"
            await self.pilot.pause(0.02)

    async def go_to(self, subject: str) -> int:
        """Put the cursor on the conversation; its thrid."""
        row = next(row for row in self.threads.window.rows if row.subject == subject)
        index = self.threads.window.find(row.thrid)
        assert index is not None
        self.threads.move_to(index)
        await come_to_rest(self.pilot)
        return row.thrid

    async def settled(self) -> None:
        """Wait until the server has confirmed everything."""
        await self.until(lambda: self.engine.progress().pending_ops == 0)


@asynccontextmanager
async def whole_way(folder: Path, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Way]:
    """The app on an engine on a simulator, live and with the inbox on the screen."""
    with Simulator(Options()) as server:
        account = Account(EMAIL, server.host, server.port, Security.NONE)
        options = EngineOptions(first_retry_seconds=0.05, longest_retry_seconds=0.2)
        with Engine(account, secret=lambda: SECRET, data_dir=folder, options=options) as engine:
            desk = AppContext(
                engine, lambda: time.time_ns() // 1_000_000, state=State(has_offered_searches=True)
            )
            app = GimapApp(desk, has_timers=False)
            app.animation_level = "none"
            async with app.run_test(size=size) as pilot:
                way = Way(app, pilot, engine, server)
                await way.until(
                    lambda: engine.link().state is LinkState.LIVE and bool(way.threads.window.rows)
                )
                await way.until(lambda: not engine.progress().is_syncing)
                await come_to_rest(pilot)
                yield way


@contextmanager
def second_client(server: Simulator) -> Iterator[imaplib.IMAP4]:
    """Python's own imaplib, signed in."""
    with imaplib.IMAP4(server.host, server.port, timeout=10) as client:
        client.login(EMAIL, SECRET)
        yield client


def labels_on_server(server: Simulator, thrid: int) -> list[set[str]]:
    """X-GM-LABELS of every message of a conversation, as imaplib fetches them from All Mail."""
    with second_client(server) as client:
        client.select('"[Gmail]/All Mail"', readonly=True)
        _, found = client.uid("SEARCH", "X-GM-THRID", str(thrid))
        uids = found[0].decode().replace(" ", ",")
        _, answers = client.uid("FETCH", uids, "(X-GM-LABELS)")
    labels = []
    for answer in answers:
        assert isinstance(answer, bytes)
        inside = answer.decode().partition("X-GM-LABELS (")[2].partition(")")[0]
        labels.append({part.strip('"').replace("\\\\", "\\") for part in inside.split()})
    return labels


def names_on_server(server: Simulator) -> set[str]:
    """The names that LIST has."""
    with second_client(server) as client:
        lines = [line.decode() for line in client.list()[1] if isinstance(line, bytes)]
    return {line.rpartition(' "/" ')[2].strip('"') for line in lines}


async def test_l_adds_a_label_that_another_client_sees(tmp_path: Path) -> None:
    async with whole_way(tmp_path) as way:
        thrid = await way.go_to("Budget 2027")
        await way.press("l", *"papers", "enter")
        row = way.threads.cursor_row
        assert row is not None
        assert "Papers" in row.labels
        await way.settled()
        assert all("Papers" in labels for labels in labels_on_server(way.server, thrid))


async def test_a_label_made_on_typing_exists_on_the_server(tmp_path: Path) -> None:
    async with whole_way(tmp_path) as way:
        thrid = await way.go_to("Budget 2027")
        await way.press("l", *"Moon", "enter")
        await way.settled()
        assert all("Moon" in labels for labels in labels_on_server(way.server, thrid))
        assert "Moon" in names_on_server(way.server)


async def test_a_nested_label_comes_with_its_parents_and_goes_with_one_undo(tmp_path: Path) -> None:
    async with whole_way(tmp_path) as way:
        thrid = await way.go_to("Budget 2027")
        before = labels_on_server(way.server, thrid)
        await way.press("l", *"Sea/ice/thick", "enter")
        await way.settled()
        assert all("Sea/ice/thick" in labels for labels in labels_on_server(way.server, thrid))
        assert names_on_server(way.server) >= {"Sea", "Sea/ice", "Sea/ice/thick"}
        await way.press("z")
        await way.settled()
        assert labels_on_server(way.server, thrid) == before
        assert not {name for name in names_on_server(way.server) if name.startswith("Sea")}


async def test_undo_keeps_a_new_label_that_other_mail_carries_by_now(tmp_path: Path) -> None:
    async with whole_way(tmp_path) as way:
        thrid = await way.go_to("Budget 2027")
        await way.press("l", *"Moon", "enter")
        await way.settled()
        other = next(row.thrid for row in way.threads.window.rows if row.thrid != thrid)
        way.server.control.relabel_thread(other, add=["Moon"])
        way.engine.refresh()
        await way.until(
            lambda: any(row.thrid == other and "Moon" in row.labels for row in way.threads.window.rows)
        )
        await way.press("z")
        await way.settled()
        assert all("Moon" not in labels for labels in labels_on_server(way.server, thrid))
        assert all("Moon" in labels for labels in labels_on_server(way.server, other))


async def test_moving_from_a_label_to_the_inbox_and_back_by_undo(tmp_path: Path) -> None:
    async with whole_way(tmp_path) as way:
        thrid = await way.go_to("Budget 2027")
        await way.press("l", *"Moon", "enter", "e")
        await way.settled()
        way.app.main.show_view(View.of_label("Moon"))
        await way.until(lambda: way.threads.window.find(thrid) is not None)
        await way.press("v", *"inbox", "enter")
        await way.settled()
        assert all(
            "\\Inbox" in labels and "Moon" not in labels for labels in labels_on_server(way.server, thrid)
        )
        await way.press("z")
        await way.settled()
        assert all(
            "\\Inbox" not in labels and "Moon" in labels for labels in labels_on_server(way.server, thrid)
        )


async def test_archive_and_undo(tmp_path: Path) -> None:
    async with whole_way(tmp_path) as way:
        thrid = await way.go_to("Budget 2027")
        before = labels_on_server(way.server, thrid)
        await way.press("e")
        assert way.threads.window.find(thrid) is None
        await way.settled()
        assert all("\\Inbox" not in labels for labels in labels_on_server(way.server, thrid))
        await way.press("z")
        assert way.threads.window.find(thrid) is not None
        await way.settled()
        assert labels_on_server(way.server, thrid) == before


async def test_trash_moves_and_undo_brings_back(tmp_path: Path) -> None:
    async with whole_way(tmp_path) as way:
        thrid = await way.go_to("Budget 2027")
        count = len(labels_on_server(way.server, thrid))
        await way.press("number_sign")
        await way.settled()
        trashed = [m for m in way.server.control.messages("[Gmail]/Trash") if m.thrid == thrid]
        assert len(trashed) == count
        await way.press("z")
        await way.settled()
        assert len(labels_on_server(way.server, thrid)) == count
        assert way.threads.window.find(thrid) is not None


async def test_a_link_cut_in_the_middle_of_a_store_still_labels_once(tmp_path: Path) -> None:
    async with whole_way(tmp_path) as way:
        thrid = await way.go_to("Budget 2027")
        before = way.server.control.modseq()
        way.server.control.fault(Fault(FaultKind.CUT, command="UID STORE", octets=10))
        await way.press("l", *"papers", "enter")
        await way.settled()
        assert all("Papers" in labels for labels in labels_on_server(way.server, thrid))
        assert before is not None
        row = way.threads.cursor_row
        assert row is not None
        assert "Papers" in row.labels


async def test_a_label_changed_elsewhere_appears(tmp_path: Path) -> None:
    async with whole_way(tmp_path) as way:
        thrid = await way.go_to("Budget 2027")
        way.server.control.relabel_thread(thrid, add=["Travel"])
        way.engine.refresh()
        await way.until(lambda: "Travel" in (way.threads.cursor_row or way.threads.window.rows[0]).labels)


async def test_search_asks_the_server_and_triage_works_in_it(tmp_path: Path) -> None:
    async with whole_way(tmp_path) as way:
        await way.press("slash", *"subject:budget", "enter")
        await way.until(lambda: any(row.subject == "Budget 2027" for row in way.threads.window.rows))
        thrid = await way.go_to("Budget 2027")

        def is_starred() -> bool:
            mail = way.server.control.messages("[Gmail]/All Mail")
            return any("\\Flagged" in message.flags for message in mail if message.thrid == thrid)

        assert is_starred()
        await way.press("s")
        await way.settled()
        assert not is_starred()


async def test_reading_fetches_the_body_and_marks_as_read(tmp_path: Path) -> None:
    async with whole_way(tmp_path) as way:
        thrid = await way.go_to("Budget 2027")
        await way.press("enter")
        await way.until(lambda: way.app.main.reader.body is not None)
        await way.settled()
        flags = [m.flags for m in way.server.control.messages("[Gmail]/All Mail") if m.thrid == thrid]
        assert all("\\Seen" in each for each in flags)


async def test_mail_that_arrives_is_on_the_screen(tmp_path: Path) -> None:
    async with whole_way(tmp_path) as way:
        here = way.threads.cursor_row
        raw = (
            b"From: Ada <ada@x.example>\r\nSubject: Fresh bread\r\nMessage-ID: <1@x.example>\r\n\r\nWarm.\r\n"
        )
        way.server.control.deliver(raw, labels=["\\Inbox"])
        await way.until(lambda: any(row.subject == "Fresh bread" for row in way.threads.window.rows))
        assert way.threads.cursor_row is not None
        assert here is not None
        assert way.threads.cursor_row.thrid == here.thrid


async def test_leaving_is_quick_and_leaves_no_thread(tmp_path: Path) -> None:
    async with whole_way(tmp_path) as way:
        await way.press("e")
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


async def test_a_tab_of_the_inbox_is_triaged_like_the_inbox(tmp_path: Path) -> None:
    async with whole_way(tmp_path) as way:
        view = View.of_search("category:primary in:inbox")
        way.engine.save_search("Primary", view.value)
        way.app.main.show_view(view)
        await way.until(lambda: way.threads.window.is_complete and bool(way.threads.window.rows))
        await come_to_rest(way.pilot)
        first, second = (row.thrid for row in way.threads.window.rows[:2])
        # The inbox is what all of them are in: no row says so.
        shown = [way.threads.render_line(y).text for y in range(way.threads.size.height)]
        assert not any(" Inbox " in line for line in shown)
        await way.press("e")
        assert first not in [row.thrid for row in way.threads.window.rows]
        row = way.threads.cursor_row
        assert row is not None
        assert row.thrid == second
        await way.settled()
        assert not any("\\Inbox" in labels for labels in labels_on_server(way.server, first))
        await way.press("z")
        assert first in [row.thrid for row in way.threads.window.rows]
        # y takes off what the view is about, as in the inbox itself; the cursor has stayed where it was.
        await way.press("y")
        assert second not in [row.thrid for row in way.threads.window.rows]
