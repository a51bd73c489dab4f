"""The command line for scripts: against the embedded server, with the app closed and open."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest

from imapcore.engine import Engine, EngineOptions
from imapcore.model import Account, Security
from imapcore.simulator import Options, Simulator
from tui import command_line
from tui.cli.parser import VERBS, verb_of
from tui.cli.targets import are_ids, read_id


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulator]:
    with Simulator(Options(seed=7)) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def folder(sim: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of their own, a configuration, and the account's mail, fetched once."""
    path = tmp_path_factory.mktemp("cli")
    words = f"['echo', '{sim.options.app_password}']".replace("'", '"')
    (path / "config.toml").write_text(
        f'[account]\nemail = "{sim.options.email}"\nhost = "127.0.0.1"\nport = {sim.port}\n'
        f"password_command = {words}\n"
    )
    done = run(path, "sync")
    assert (done.returncode, done.stderr) == (0, "")
    return path


class Done(NamedTuple):
    """What a command line came to."""

    returncode: int
    stdout: str
    stderr: str


def folders(folder: Path) -> dict[str, str]:
    """Where the program finds its files: all in one folder."""
    return {"GIMAP_CONFIG_DIR": str(folder), "GIMAP_STATE_DIR": str(folder), "XDG_DATA_HOME": str(folder)}


def run(folder: Path, *words: str) -> Done:
    """Run a command line here: a process of its own for each would take most of the time."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name, value in folders(folder).items():
            patch.setenv(name, value)
        code = command_line.main([*words, "--no-tls"])
    return Done(code, out.getvalue(), err.getvalue())


def objects(done: Done) -> list[dict[str, object]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def app(sim: Simulator, folder: Path) -> Iterator[Engine]:
    """The app's engine on the same store."""
    account = Account(sim.options.email, "127.0.0.1", sim.port, Security.NONE)
    data = next(folder.rglob("*.sqlite3")).parent
    secret = sim.options.app_password
    with Engine(
        account, secret=lambda: secret, data_dir=data, options=EngineOptions(is_offline=True)
    ) as engine:
        yield engine


def test_a_list_for_people_and_the_same_as_json(folder: Path) -> None:
    table = run(folder, "list", "--limit", "5")
    found = objects(run(folder, "list", "--limit", "5", "--json"))
    assert len(found) == 5
    for line, each in zip(table.stdout.splitlines(), found, strict=True):
        assert line.startswith(str(each["id"]))
    for each in found:
        assert each["v"] == 1
        assert each["type"] == "conversation"
        assert each["is_in_inbox"]
        assert int(str(each["id"]), 16) == int(str(each["thrid"]))
    assert str(found[0]["date"]).endswith("Z")


def test_counts_agree_with_lists_here_and_at_the_server(folder: Path) -> None:
    for query in ("in:inbox", "from:ada is:unread", "label:Work", "in:anywhere"):
        here = run(folder, "count", query)
        assert here.returncode == 0
        listed = run(folder, "list", query, "--json", "--limit", "0")
        assert int(here.stdout) == len(listed.stdout.splitlines())
        there = run(folder, "count", query, "--server")
        assert (there.stdout, there.returncode) == (here.stdout, 0), there.stderr


def test_a_message_is_shown_by_its_own_id_and_by_its_conversations(folder: Path) -> None:
    found = objects(run(folder, "list", "--limit", "1", "--json"))[0]
    whole = objects(run(folder, "show", str(found["id"]), "--json"))
    ids = found["messages"]
    assert isinstance(ids, list)
    assert [each["id"] for each in whole] == ids
    one = objects(run(folder, "show", str(whole[-1]["msgid"]), "--json"))
    assert [each["id"] for each in one] == ids[-1:]
    assert isinstance(one[0]["text"], str)
    text = run(folder, "show", str(ids[-1]))
    assert text.stdout.startswith(f"Message: {ids[-1]}\nFrom: ")


def test_a_dry_run_prints_the_commands_and_changes_nothing(folder: Path) -> None:
    before = run(folder, "count").stdout
    done = run(folder, "archive", "in:inbox", "--dry-run")
    assert done.returncode == 0
    assert "X-GM-LABELS (\\Inbox)" in done.stdout
    assert f"{before.strip()} conversations; nothing was changed" in done.stderr
    assert run(folder, "count").stdout == before


def test_a_change_is_journalled_sent_and_undone(folder: Path, sim: Simulator) -> None:
    first = objects(run(folder, "list", "--limit", "1", "--json"))[0]
    before = int(run(folder, "count", "--server").stdout)
    done = objects(run(folder, "archive", str(first["id"]), "--json"))
    assert done[0]["summary"] == "Archived 1 conversation"
    assert done[0]["is_sent"] is True
    assert int(run(folder, "count", "--server").stdout) == before - 1
    undone = run(folder, "undo")
    assert (undone.returncode, undone.stdout) == (0, "Undone: Archived 1 conversation\n")
    assert int(run(folder, "count", "--server").stdout) == before


def test_offline_a_change_waits_and_says_so(folder: Path) -> None:
    first = objects(run(folder, "list", "is:unread", "--limit", "1", "--json"))[0]
    done = run(folder, "read", str(first["id"]), "--offline")
    assert done.returncode == 0
    assert "sent with the next connection" in done.stderr
    assert run(folder, "undo", "--offline").returncode == 0
    assert run(folder, "sync").returncode == 0


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("search", "subject:nothing-like-that-at-all"), 3, ""),
        (("archive", "subject:nothing-like-that-at-all"), 3, "Nothing was found"),
        (("show", "ffffffffffffffff"), 2, "There is no conversation ffffffffffffffff here"),
        (("label", "Nowhere", "in:inbox"), 2, "There is no label “Nowhere”"),
        (("count", "from:ada or from:lin"), 0, "OR in capitals"),
        (("count", "--account", "other@gmail.com"), 1, "Nothing of other@gmail.com is stored here"),
        (("count", "--account", "nobody"), 2, "is neither an address nor"),
        (("archive",), 2, "required"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_a_code(
    folder: Path, words: tuple[str, ...], code: int, says: str
) -> None:
    done = run(folder, *words)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_beside_the_app_reading_works_and_changing_says_what_to_do(folder: Path, app: Engine) -> None:
    assert not app.is_read_only
    listed = run(folder, "list", "--limit", "1", "--json")
    assert len(objects(listed)) == 1
    for words in (("archive", "in:inbox"), ("undo",), ("sync",), ("count", "--server")):
        done = run(folder, *words)
        assert done.returncode == 4, words
        assert "open" in done.stderr


def test_output_that_is_closed_early_is_no_fault(folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "list", "in:anywhere", "--json", "--limit", "0", "--no-tls"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **folders(folder)},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith(b'{"v":1,')
    process.stdout.close()
    assert process.wait(30) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


def test_watch_prints_a_line_for_what_arrives(folder: Path, sim: Simulator) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "watch", "--json", "--no-tls"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **folders(folder)},
    )
    alarm = threading.Timer(40.0, process.kill)
    alarm.start()
    assert process.stdout is not None
    try:
        sim.control.deliver_next()
        arrived = json.loads(process.stdout.readline())
    finally:
        alarm.cancel()
        process.terminate()
        process.wait(10)
        process.stdout.close()
    assert (arrived["v"], arrived["type"]) == (1, "arrival")
    assert arrived["is_unread"]


def test_ids() -> None:
    assert read_id("18c2f0a9b3d4e5f6") == (0x18C2F0A9B3D4E5F6,)
    assert read_id("0x18c2f0a9b3d4e5f6") == (0x18C2F0A9B3D4E5F6,)
    assert 1784123456789012345 in read_id("1784123456789012345")
    assert read_id("ffffffffffffffff") == (-1,)
    assert read_id("99999999999999999999") == ()
    assert are_ids(["18c2f0a9b3d4e5f6"])
    assert not are_ids(["from:ada"])
    assert not are_ids([])


def test_verbs_are_found_behind_options_and_are_none_of_the_others() -> None:
    assert verb_of(["--account", "list", "count"]) == "count"
    assert verb_of(["--no-tls", "list"]) == "list"
    assert verb_of(["keys"]) == verb_of(["doctor"]) == verb_of([]) == verb_of(["--demo"]) == ""
    assert len({verb.name for verb in VERBS}) == len(VERBS)


def test_each_verb_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for verb in VERBS:
        assert command_line.main([verb.name, "--help"]) == 0
        assert verb.about in " ".join(capsys.readouterr().out.split())
