"""What is remembered: written whole, read with forgiveness."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.paths import state_path
from tui.state import State, load_state, save_state


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
