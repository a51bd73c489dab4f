"""What is remembered: written whole, read with forgiveness."""

from __future__ import annotations

import json
import os
import time
import timeit
from pathlib import Path
from threading import Event

import pytest

import tui.settings.state as state_module
from tests.fakes.engine import FakeEngine
from tests.fakes.mail import NOW_MS
from tui.app import GimapApp
from tui.context import AppContext
from tui.settings.files import LARGEST
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


GOOD = {"folded": ["Work"], "theme": "nord", "tree_width": 30, "has_tree": False}


@pytest.mark.parametrize(
    "bad",
    [
        {"density": "three"},
        {"density": 2},
        {"reader": "above"},
        {"keymap": "emacs"},
        {"tree_width": -1},
        {"list_share": 10**30},
        {"list_share": True},
        {"has_offered_searches": 1},
        {"hidden": "Work"},
        {"pinned": [1, None, ["x"], "\x1b]0;x\x07", "\ud800", "y" * 5000]},
        {"colours": {"a": 1, "\x1b[2J": "teal"}},
        {"given_colours": ["a"]},
        {"recent_searches": {"a": "b"}},
        {"theme": None, "folded": ["Work"]},
    ],
)
def test_one_value_that_does_not_fit_costs_that_value_alone(tmp_path: Path, bad: dict[str, object]) -> None:
    path = tmp_path / "state.json"
    path.write_text(json.dumps({**GOOD, **bad}))
    state = load_state(path)
    expected = State(**{name: value for name, value in GOOD.items() if name not in bad})  # type: ignore[arg-type]
    if "folded" in bad:
        expected.folded = ["Work"]
    assert state == expected
    assert save_state(state, path)
    assert load_state(path) == state


async def test_a_state_of_any_values_starts_the_app(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text(json.dumps({"density": "three", "reader": 3, "theme": "no such", "tree_width": 999}))
    desk = AppContext(FakeEngine(), lambda: NOW_MS, state=load_state(path))
    async with GimapApp(desk, has_timers=False).run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert desk.state.tree_width == 999


def test_what_another_version_remembers_is_handed_on(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text(json.dumps({**GOOD, "of_tomorrow": {"a": [1, "\ud800"]}}))
    state = load_state(path)
    assert save_state(state, path)
    assert json.loads(path.read_text())["of_tomorrow"]["a"][0] == 1
    assert load_state(path).folded == ["Work"]


@pytest.mark.parametrize(
    "octets",
    [b"", b"[]", b"{", b"\xff\xfe{}", b"[" * 200_000, b'{"a": ' * 100_000, b" " * (LARGEST + 1), b"1" * 9999],
)
def test_what_cannot_be_read_is_kept_beside_the_new_one(tmp_path: Path, octets: bytes) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(octets)
    state = load_state(path)
    assert state == State()
    assert save_state(state, path)
    assert (tmp_path / "state.json.damaged").read_bytes() == octets


def test_a_folder_or_a_pipe_in_its_place_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    for is_pipe in (False, True):
        if is_pipe:
            os.mkfifo(path)
        else:
            path.mkdir()
        assert load_state(path) == State()
        assert save_state(State(theme="nord"), path)
        assert load_state(path).theme == "nord"
        path.unlink()
        aside = tmp_path / "state.json.damaged"
        if aside.is_dir():
            aside.rmdir()


def test_folders_and_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "local" / "state" / "gimap-tui" / "state.json"
    for umask in (0o000, 0o777):
        before = os.umask(umask)
        try:
            assert save_state(State(), path)
        finally:
            os.umask(before)
        assert path.stat().st_mode & 0o777 == 0o600
        for folder in list(path.parents)[:3]:
            assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("octets", [b"\xff", b"x" * 999 + b"@x.yy", b"\x1b]0;\x07@x.yy", b"ada", b"a b@x.yy"])
def test_what_is_no_remembered_address_is_none(tmp_path: Path, octets: bytes) -> None:
    path = tmp_path / "account"
    path.write_bytes(octets)
    assert remembered_account(path) == ""
