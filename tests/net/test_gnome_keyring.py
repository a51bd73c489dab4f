"""A real gnome-keyring: unlocked, locked, killed meanwhile. Skipped where it, or D-Bus, is not installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    not (shutil.which("gnome-keyring-daemon") and shutil.which("dbus-run-session")),
    reason="gnome-keyring and dbus are not installed",
)
SECRET = "qwertzuiopasdfgh"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str | None]]:
    """What is said of each mood."""
    home = tmp_path_factory.mktemp("home")
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    names = ("PATH", "LANG", "PYTHONPATH")
    environment = {name: os.environ[name] for name in names if name in os.environ}
    environment |= {"HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "XDG_RUNTIME_DIR": str(runtime)}
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-m", "tests.net.gnome_keyring_session"],
        cwd=Path(__file__).resolve().parents[2],
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str | None]] = json.loads(done.stdout)
    return found


def test_unlocked_it_keeps_finds_and_forgets(told: dict[str, list[str | None]]) -> None:
    assert told["empty"] == ["value", None]
    assert told["stored"] == ["value", None]
    assert told["read"] == ["value", SECRET]
    assert told["elsewhere"] == ["value", None]
    assert told["forgotten"] == ["value", None]
    assert told["gone"] == ["value", None]


def test_an_entry_of_an_earlier_version_is_moved(told: dict[str, list[str | None]]) -> None:
    assert told["moved"] == ["value", SECRET]
    assert told["old entries"] == ["value", "0"]


@pytest.mark.parametrize("when", ["locked", "store while locked"])
def test_locked_it_is_said_to_be(told: dict[str, list[str | None]], when: str) -> None:
    mood, sentence = told[when]
    assert mood == "locked"
    assert "Secret Service" in str(sentence)
    assert SECRET not in str(sentence)


def test_killed_meanwhile_is_a_mood_like_the_others(told: dict[str, list[str | None]]) -> None:
    mood, sentence = told["killed"]
    # D-Bus may start another one, whose keyring is locked.
    assert mood in ("failed", "locked", "missing", "silent")
    assert "keyring cannot be used" in str(sentence)
