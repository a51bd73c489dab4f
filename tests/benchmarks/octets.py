"""Octets sent to a terminal, and the time to a list that can be read: ours beside aerc and neomutt.

Run ``python -m tests.benchmarks.octets``. All open the same inbox on the same server, at two sizes, in turn.
The start is that of somebody who was here before: ours has its store and its last frame, the others what
they keep by themselves. What is counted is what comes until the line is quiet.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.terminal import Terminal
from tests.benchmarks.tui import PORT, command, rivals, server, stored

SIZES = ((80, 24), (200, 50))
MESSAGES = 2_000
_STEPS = 5
_STARTS = 3
_PAGE_DOWN, _SHIFT_TAB = b"\x1b[6~", b"\x1b[Z"
_LEAVE = {"gimap-tui": b"\x11", "neomutt": b"qx", "aerc": b":quit\r"}
_FIRST_SECONDS = 2.0
"""A busy machine may take so long to draw anything."""
_AHEAD_OF_THE_PREVIEW = 0.06
"""Seconds within which a step is drawn, and before which no reader follows."""


def octets_after(terminal: Terminal, key: bytes, *, quiet: float = 0.4) -> int:
    """What a key sends until nothing has come for so many seconds."""
    terminal.write(key)
    count = len(terminal.read(_FIRST_SECONDS))
    while data := terminal.read(quiet):
        count += len(data)
    return count


def steps(terminal: Terminal, keys: list[bytes], *, quiet: float = _AHEAD_OF_THE_PREVIEW) -> str:
    """Median and most of some keys."""
    counts = []
    for key in keys:
        counts.append(octets_after(terminal, key, quiet=quiet))
        terminal.settle(0.3, 3)
    return f"{statistics.median(counts):7,.0f} (most {max(counts):,})"


def panes(terminal: Terminal, name: str) -> Iterator[str]:
    """The list, and of ours the tree and the reader."""
    yield f"step {steps(terminal, [b'j'] * _STEPS)}"
    yield f"page {steps(terminal, [_PAGE_DOWN] * 3, quiet=0.4)}"
    if name != "gimap-tui":
        return
    terminal.write(_SHIFT_TAB)
    terminal.settle(0.4, 5)
    yield f"tree {steps(terminal, [b'j', b'j', b'k'])}"
    terminal.write(b"\t")
    terminal.settle(0.6, 5)
    terminal.write(b"\r")
    terminal.settle(0.6, 5)
    yield f"reader {steps(terminal, [b'j', b'j', b'k'], quiet=0.4)}"


def main() -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="gimap-bench-") as name:
        home = Path(name)
        (home / "state").mkdir(mode=0o700)
        env = {"GIMAP_CONFIG_DIR": str(home / "config"), "GIMAP_STATE_DIR": str(home / "state")}
        env |= {"PYTHONPATH": str(Path.cwd()), "HOME": str(home)}
        stored(home / "stored", MESSAGES)
        with server(MESSAGES) as port:
            ours = (command(home / "stored", PORT, is_offline=True), "conversations")
            known = {"gimap-tui": ours, **rivals(home, port)}
            for columns, lines in SIZES:
                for program, (words, shown) in known.items():
                    with Terminal(words, columns=columns, lines=lines, env=env) as terminal:
                        terminal.wait_for(shown, 60)
                        # The early frame stands long before the screen is loaded.
                        terminal.settle(2.0, 15)
                        told = "   ".join(panes(terminal, program))
                        terminal.write(_LEAVE[program])
                        terminal.wait(5)
                    print(f"{f'octets, {program}, {columns}×{lines}':34} {told}", flush=True)
            starts: dict[str, list[float]] = {program: [] for program in known}
            for _ in range(_STARTS):
                for program, (words, shown) in known.items():
                    with Terminal(words, columns=80, lines=24, env=env) as terminal:
                        starts[program].append(terminal.wait_for(shown, 60) or 60.0)
                        terminal.settle(0.4, 10)
                        terminal.write(_LEAVE[program])
                        terminal.wait(5)
            for program, seconds in starts.items():
                taken = ", ".join(f"{each * 1000:.0f}" for each in seconds)
                middle = statistics.median(seconds) * 1000
                print(f"{f'start to a list, {program}':34} {middle:6.0f} ms ({taken})", flush=True)
    return 0


if __name__ == "__main__":
    os.environ.pop("COLUMNS", None)
    sys.exit(main())
