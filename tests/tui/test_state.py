"""What is remembered: written whole, read with forgiveness."""

from __future__ import annotations

import time
import timeit
from pathlib import Path
from threading import Event

import pytest

import tui.settings.state as state_module
from tui.settings.paths import account_path, state_path
from tui.settings.state import (
    State,
    StateKeeper,
    load_state,
    remember_account,
    remembered_account,
    save_state,
)


def test_a_round_trip(tmp_path: Path) -> None:
    state = State(folded=["Work"], colours={"Work": "teal"}, tree_width=30, theme="nord")
    state.searched("has:attachment")
    path = tmp_path / "deep" / "state.json"
    assert save_state(state, path)
    assert load_state(path) == state
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"folded": 5}', '{"folded": [1, 2]}', '{"tree_width": "wide"}', '{"colours": {"a": 1}}'],
)
def test_what_does_not_fit_is_left_out(tmp_path: Path, text: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(text)
    assert load_state(path) == State()


def test_a_state_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert not save_state(State(), blocked / "state.json")


def test_searches_are_remembered_once_newest_first() -> None:
    state = State()
    for query in ("a", "b", "a", *(str(number) for number in range(60))):
        state.searched(query)
    assert state.recent_searches[0] == "59"
    assert len(state.recent_searches) == 50


def test_an_address_cannot_leave_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GIMAP_STATE_DIR", str(tmp_path))
    assert state_path("../../etc/passwd@x").parent == tmp_path


def test_a_keeper_writes_what_changed_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    state = State()
    keeper = StateKeeper(state, path)
    assert not keeper.save_soon()
    state.folded.append("Work")
    state.colours["Work"] = "teal"
    assert keeper.save_soon()
    state.tree_width = 31
    keeper.close()
    assert load_state(path) == state
    assert path.stat().st_mode & 0o777 == 0o600
    written = path.stat().st_mtime_ns
    keeper.close()
    assert path.stat().st_mtime_ns == written
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_stalls_does_not_stall_who_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_let_go, begun = Event(), Event()

    def stalls(state: State, path: Path) -> bool:
        begun.set()
        assert is_let_go.wait(30)
        return save_state(state, path)

    monkeypatch.setattr(state_module, "save_state", stalls)
    path = tmp_path / "state.json"
    state = State()
    keeper = StateKeeper(state, path)
    state.theme = "nord"
    assert keeper.save_soon()
    assert begun.wait(30)
    state.theme = "gimap-light"
    assert not keeper.save_soon()
    is_let_go.set()
    keeper.close()
    assert load_state(path).theme == "gimap-light"


def test_asking_costs_less_than_a_millisecond_with_a_thousand_labels(tmp_path: Path) -> None:
    state = State(given_colours={f"label {number}": "teal" for number in range(1000)})
    state.folded = [f"label {number}" for number in range(1000)]
    keeper = StateKeeper(state, tmp_path / "state.json")
    took = min(timeit.repeat(keeper.save_soon, timer=time.thread_time, number=1, repeat=20))
    assert took < 0.001
    assert list(tmp_path.iterdir()) == []


def test_the_account_added_first_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIMAP_STATE_DIR", str(tmp_path / "state"))
    assert remembered_account(account_path()) == ""
    assert remember_account("ada.l@gmail.com", account_path())
    assert remembered_account(account_path()) == "ada.l@gmail.com"
    assert account_path().stat().st_mode & 0o777 == 0o600
    account_path().write_bytes(b"\xff\xfe")
    assert remembered_account(account_path()) == ""
