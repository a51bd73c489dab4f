"""Opening a stored conversation: from the key to the painted body, on a real terminal.

Run ``python -m tests.benchmarks.opening [--rounds N]``. The store holds conversations of one message each,
HTML of this project's own making; ``w3m -dump`` of the same bodies stands beside, in the same run. What is
measured ends when the body's last marked words are on the terminal, so a "Loading" does not count.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from imapcore.clock import SystemClock
from imapcore.engine.engine import store_path
from imapcore.model import INBOX, Account, Security, Top
from imapcore.store import Store
from tests.benchmarks.store import fill
from tests.benchmarks.terminal import Terminal
from tests.benchmarks.tui import PORT, command, quantile
from tests.corpus.html import bodies

_HUGE = 3_000_000
"""Characters of the largest mail."""
_SHOWN = "conversations"


def letters(count: int) -> list[str]:
    """HTML bodies, each of which begins with a word of its own."""
    found = [body.source for body in bodies() if len(body.source) > 400]
    return [f"<p>opened-{number:04}</p>{found[number % len(found)]}" for number in range(count)]


def huge() -> str:
    """A long report as office programs write it: a paragraph, then a few rows, over and over."""
    words = "The harbour log of the day was read and found to be in order. "
    piece = (
        '<p class="MsoNormal" style="margin:0cm;font-size:11pt"><span lang="EN-GB">{0}. '
        + words * 5
        + '<o:p></o:p></span></p><table><tr><td>Berth {0}</td><td align="right">{0}.50</td></tr></table>'
    )
    return "<p>opened-huge</p>" + "".join(piece.format(number) for number in range(_HUGE // len(piece)))


def source(html: str) -> bytes:
    """A message with nothing but this body."""
    head = "From: log@example.org\r\nSubject: Log\r\nMIME-Version: 1.0\r\n"
    return f"{head}Content-Type: text/html; charset=utf-8\r\n\r\n{html}".encode()


def stored(folder: Path, sources: list[bytes]) -> None:
    """A store whose newest conversations have these bodies, the newest the last of them."""
    folder.mkdir()
    path = store_path(Account("demo@gmail.com", "127.0.0.1", PORT, Security.NONE), folder)
    with Store.open(path, clock=SystemClock(), email="demo@gmail.com") as store:
        fill(store, max(2_000, 12 * len(sources)))
        reader = store.reader()
        rows = reader.lists.window(INBOX, Top(), len(sources)).rows
        for row, octets in zip(rows, sources, strict=False):
            thread = reader.threads.thread(row.thrid, INBOX)
            assert thread is not None
            for message in thread.messages:
                store.bodies.put(message.msgid, octets)
        reader.close()


def until_shown(terminal: Terminal, key: bytes, text: str, seconds: float = 5.0) -> float | None:
    """Milliseconds from a key until a text is on the screen."""
    while terminal.read(0):
        pass
    begun = time.perf_counter()
    terminal.write(key)
    while text not in terminal.text():
        if time.perf_counter() - begun > seconds:
            return None
        terminal.read(0.02)
    return (time.perf_counter() - begun) * 1000


def told(name: str, took: list[float], goal: str) -> str:
    """One line of the table."""
    if not took:
        return f"{name:52} nothing was measured"
    return (
        f"{name:52} p50 {statistics.median(took):6.1f} ms   p99 {quantile(took, 0.99):6.1f} ms"
        f"   worst {max(took):6.1f} ms   n {len(took)}   goal {goal}"
    )


def opening(home: Path, env: dict[str, str], rounds: int) -> Iterator[str]:
    """Stepping from one open conversation to the next, at a reader's pace and as fast as it goes."""
    folder = home / "opening"
    stored(folder, [source(html) for html in letters(rounds)])
    for name, pause, goal in (
        ("older conversation, read ahead", 0.3, "25 / 50 ms"),
        ("… without a pause", 0.0, "–"),
    ):
        with Terminal(command(folder, PORT, is_offline=True), columns=80, lines=24, env=env) as terminal:
            terminal.wait_for(_SHOWN, 60)
            terminal.settle()
            until_shown(terminal, b"\r", "opened-0000")
            terminal.settle()
            took: list[float] = []
            for number in range(1, rounds):
                milliseconds = until_shown(terminal, b"j", f"opened-{number:04}")
                if milliseconds is not None:
                    took.append(milliseconds)
                terminal.settle(0.05, pause)
            yield told(name, took, goal)


def beside_three_megabytes(home: Path, env: dict[str, str]) -> Iterator[str]:
    """The largest mail: until its first screen is painted, and the keys meanwhile."""
    folder = home / "huge"
    stored(folder, [source(html) for html in letters(3)] + [source(huge())] * 3)
    with Terminal(command(folder, PORT, is_offline=True), columns=80, lines=24, env=env) as terminal:
        terminal.wait_for(_SHOWN, 60)
        terminal.settle()
        # Three rows down: not beside the cursor, so it was not read ahead.
        began = time.perf_counter()
        terminal.write(b"jjjj\r")
        took: list[float] = []
        while "opened-huge" not in terminal.text() and time.perf_counter() - began < 20:
            seconds = terminal.paint_after(b">" if len(took) % 2 else b"<", 0.5)
            if seconds is not None:
                took.append(seconds * 1000)
            terminal.read(0.01)
        shown = (time.perf_counter() - began) * 1000
        yield f"{'3 MB of HTML, key to its first screen':52} {shown:6.0f} ms   goal ≤ 300"
        yield told("keys while it is read", took, "– / 20 ms")
        later = [s * 1000 for _ in range(40) if (s := terminal.paint_after(b"\x1b[B", 0.5)) is not None]
        yield told("keys while the rest of it is laid out", later, "– / 20 ms")


def w3m(rounds: int) -> Iterator[str]:
    """The same bodies through ``w3m -dump``: a process each, which is how mail programs call it."""
    program = shutil.which("w3m")
    if program is None:
        yield "w3m is not installed"
        return
    for name, pages in (("w3m -dump", letters(min(rounds, 60))), ("w3m -dump, 3 MB", [huge()])):
        took: list[float] = []
        for page in pages:
            begun = time.perf_counter()
            subprocess.run(
                [program, "-dump", "-T", "text/html", "-cols", "80"],
                input=page.encode(),
                stdout=subprocess.DEVNULL,
                check=False,
            )
            took.append((time.perf_counter() - begun) * 1000)
        yield told(name, took, "–")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=120)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gimap-bench-") as name:
        home = Path(name)
        env = {"GIMAP_CONFIG_DIR": str(home / "config"), "GIMAP_STATE_DIR": str(home / "state")}
        env["PYTHONPATH"] = os.pathsep.join([str(Path.cwd()), os.environ.get("PYTHONPATH", "")])
        for lines in (
            opening(home, env, options.rounds),
            beside_three_megabytes(home, env),
            w3m(options.rounds),
        ):
            for line in lines:
                print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
