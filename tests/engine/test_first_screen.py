"""First screen first, then what is opened, then the rest: in round trips, and in what is not asked twice."""

from __future__ import annotations

from pathlib import Path

from imapcore.events import Alerted
from imapcore.model import INBOX, Role, View
from imapcore.simulator import Options, Simulator
from tests.engine.harness import agree, engine_on, in_store, on_server, settle, store_of

ROUND_TRIPS = 10


def client_lines(transcript: tuple[str, ...]) -> list[str]:
    """What was said, of the first session only: the others begin when the first screen is there."""
    said = [line for line in transcript if line.startswith("C: ")]
    prefix = said[0][3:7]
    return [line for line in said if line[3:7] == prefix]


def test_the_first_screen_takes_a_handful_of_round_trips_whatever_the_size(tmp_path: Path) -> None:
    sim_options = Options(messages=3000, seed=5)
    with Simulator(sim_options) as sim, engine_on(sim, tmp_path, backfill=False) as (engine, watcher):
        watcher.wait_until(
            lambda: (
                bool(engine.window(INBOX).rows) and all(row.snippet for row in engine.window(INBOX).rows[:20])
            )
        )
        said = client_lines(engine.transcript())
        # One command after the other, the greeting before them; the snippets are the end of the first screen.
        first = next(index for index, line in enumerate(said) if "BODY.PEEK" in line)
        assert 1 + first + 1 <= ROUND_TRIPS
        rows = engine.window(INBOX).rows
        newest = sorted(
            (each for each in sim.control.messages() if "\\Inbox" in each.labels),
            key=lambda each: each.date_ms,
        )
        assert rows[0].thrid == newest[-1].thrid
        watcher.wait_until(
            lambda: len(in_store(store_of(engine))) < 1000 and engine.window(INBOX).total >= 20
        )


def test_what_is_opened_is_fetched_before_the_rest(tmp_path: Path) -> None:
    with (
        Simulator(Options(messages=3000, seed=5)) as sim,
        engine_on(sim, tmp_path, backfill=False) as (engine, watcher),
    ):
        watcher.wait_until(lambda: bool(engine.window(INBOX).rows))
        carried: dict[str, int] = {}
        for each in sim.control.messages():
            for label in each.labels:
                if not label.startswith("\\"):
                    carried[label] = carried.get(label, 0) + 1
        label = max(carried, key=lambda name: carried[name])
        view = View.of_label(label)
        wanted = {each.thrid for each in sim.control.messages(label)}
        assert engine.window(view).total < len(wanted)
        engine.open(view)
        watcher.wait_until(lambda: engine.window(view).total == len(wanted), "the label's conversations")
        for row in engine.window(view, size=20).rows:
            whole = [each for each in sim.control.messages("[Gmail]/All Mail") if each.thrid == row.thrid]
            assert row.count == len(whole)
        watcher.wait_until(lambda: all(row.snippet for row in engine.window(view, size=20).rows), "snippets")
        engine.open(View.of_role(Role.TRASH))
        trashed = {each.thrid for each in sim.control.messages("[Gmail]/Trash")}
        watcher.wait_until(lambda: engine.window(View.of_role(Role.TRASH)).total == len(trashed), "the trash")


def test_a_backfill_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    with Simulator(Options(messages=1500, seed=5)) as sim:
        with engine_on(sim, tmp_path) as (engine, watcher):
            watcher.wait_until(lambda: engine.progress().stored > 400)
        with engine_on(sim, tmp_path, is_offline=True) as (engine, _):
            had = engine.progress().stored
            assert 400 < had < 1500
        with engine_on(sim, tmp_path) as (engine, watcher):
            agree(engine, watcher, sim)
            assert engine.progress().stored == len(on_server(sim))


def test_a_folder_size_limit_is_recognized_and_said(tmp_path: Path) -> None:
    with (
        Simulator(Options(messages=1300, seed=5, max_folder_size=1000)) as sim,
        engine_on(sim, tmp_path) as (engine, watcher),
    ):
        alert = watcher.wait_for(Alerted)
        assert "1,000" in alert.detail
        assert "Folder size limits" in alert.hint
        settle(engine, watcher)
        assert len(watcher.of(Alerted)) == 1
