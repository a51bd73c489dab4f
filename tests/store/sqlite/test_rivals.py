"""Several processes on one store at one moment: one writes, the others read and say so, nothing breaks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import pytest

from imapcore.clock import SystemClock
from imapcore.store import Store
from tests.store.worlds import ME

RIVALS = 4
ROOT = Path(__file__).parents[3]


@contextmanager
def rival(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that waits for the word."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.store.sqlite.rival", str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert said(process).readline() == "ready\n"
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout


@pytest.mark.parametrize("is_new", [True, False])
def test_of_several_processes_one_writes(tmp_path: Path, is_new: bool) -> None:
    path = tmp_path / "account" / "store.sqlite"
    if not is_new:
        Store.open(path, clock=SystemClock(), email=ME.email).close()
    with ExitStack() as stack:
        rivals = [stack.enter_context(rival(path)) for _ in range(RIVALS)]
        for each in rivals:
            assert each.stdin is not None
            each.stdin.write("go\n")
            each.stdin.flush()
        became = {each.pid: said(each).readline().strip() for each in rivals}
        writers = [each for each in rivals if became[each.pid] == "writer"]
        assert len(writers) == 1
        others = [each for each in rivals if each not in writers]
        assert {became[each.pid] for each in others} <= ({"reader", "busy"} if is_new else {"reader"})
        assert [each.wait(30) for each in others] == [0] * len(others)
        stored = [int(said(writers[0]).readline()) for _ in range(20)]
        writers[0].kill()
        stored += [int(line) for line in said(writers[0]) if line.endswith("\n")]
        writers[0].wait(30)
    with Store.open(path, clock=SystemClock(), email=ME.email) as store, store.reader() as reader:
        assert not store.is_read_only, "a killed process holds nothing"
        assert store.notices == ()
        assert store.check() is None
        assert reader.stored() >= len(stored)
