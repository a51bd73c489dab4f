"""The screen's numbers, on a real terminal: first frame, key to paint, memory.

Run ``python -m tests.benchmarks.tui [--messages N] [--quick]``. Each figure stands beside its goal. Ratios
are measured side by side in one run; the empty app and ours take turns, so that a busy machine hits both.
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
from contextlib import contextmanager
from pathlib import Path

from imapcore.clock import SystemClock
from imapcore.engine.engine import store_path
from imapcore.model import Account, Security
from imapcore.store import Store
from tests.benchmarks.store import fill
from tests.benchmarks.terminal import Terminal
from tests.benchmarks.tui_child import MARKER

USER, PASSWORD = "demo@gmail.com", "demodemodemodemo"
PORT = 4
"""Nothing listens there: the store alone is measured."""
_CHILD = [sys.executable, "-m", "tests.benchmarks.tui_child"]
_SHOWN = "conversations"
_SENDER = "Bank of Nowhere"
"""Writes so often that a first screen of the embedded server's inbox has it."""


def quantile(values: list[float], share: float) -> float:
    """The value below which a share of all lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def command(folder: Path, port: int, *, is_offline: bool) -> list[str]:
    """How the app is started."""
    return [*_CHILD, "app", str(folder), "127.0.0.1", str(port), *(["offline"] if is_offline else [])]


Frames = list[tuple[float, float]]
"""Seconds from the start of a process to its first frame, and the processor time they took."""


def first_frames(folder: Path, env: dict[str, str], rounds: int) -> tuple[Frames, Frames]:
    """The first frames of the empty app, and ours."""
    empty: Frames = []
    ours: Frames = []
    for _ in range(rounds):
        for command_line, text, took in (
            ([*_CHILD, "empty"], MARKER, empty),
            (command(folder, PORT, is_offline=True), _SHOWN, ours),
        ):
            with Terminal(command_line, env=env) as terminal:
                seconds = terminal.wait_for(text, 60)
                if seconds is None:
                    raise RuntimeError(f"nothing was drawn: {terminal.text()}")
                took.append((seconds, terminal.processor_seconds()))
    return empty, ours


def keys_to_paint(terminal: Terminal, count: int) -> list[float]:
    """Milliseconds from a key to its paint, stepping through the list at a person's fastest pace."""
    took: list[float] = []
    for number in range(count):
        key = b"j" if number % 400 < 300 else b"k"
        seconds = terminal.paint_after(key)
        if seconds is not None:
            took.append(seconds * 1000)
        # A held key repeats some thirty times a second.
        terminal.settle(0.02, 0.033)
    return took


def told(name: str, took: list[float], goal: str) -> str:
    """One line of the table."""
    return (
        f"{name:46} p50 {statistics.median(took):6.1f} ms   p99 {quantile(took, 0.99):6.1f} ms"
        f"   worst {max(took):6.1f} ms   n {len(took)}   goal {goal}"
    )


@contextmanager
def server(messages: int, *faults: str) -> Iterator[int]:
    """The embedded server as a process of its own; its port."""
    options = [f"--messages={messages}", "--until-eof", "--warm", *(f"--fault={fault}" for fault in faults)]
    child = subprocess.Popen(
        [sys.executable, "-m", "imapcore.simulator", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdin is not None
    try:
        line = child.stdout.readline().decode()
        yield int(line.rpartition(":")[2])
    finally:
        child.stdin.close()
        child.wait(30)
        child.stdout.close()


def stored(folder: Path, messages: int) -> None:
    """Fill a store as if an account of so many messages had been synced."""
    folder.mkdir()
    account = Account("demo@gmail.com", "127.0.0.1", PORT, Security.NONE)
    path = store_path(account, folder)
    with Store.open(path, clock=SystemClock(), email=account.email) as store:
        fill(store, messages)


def warm(home: Path, env: dict[str, str], messages: int, rounds: int, keys: int) -> Iterator[str]:
    """First frame, idle keys and memory on a warm store."""
    folder = home / f"warm-{messages}"
    stored(folder, messages)
    empty, ours = first_frames(folder, env, rounds)
    for number, what in enumerate((f"first frame, {messages:,} stored", "the same, processor time")):
        mine = statistics.median(frame[number] for frame in ours) * 1000
        least = statistics.median(frame[number] for frame in empty) * 1000
        yield f"{what:46} {mine:6.0f} ms   empty app {least:6.0f} ms   ratio {mine / least:4.2f}   goal ≤ 1.3"
    with Terminal(command(folder, PORT, is_offline=True), env=env) as terminal:
        terminal.wait_for(_SHOWN, 60)
        terminal.settle()
        yield told(f"key to paint, idle, {messages:,} stored", keys_to_paint(terminal, keys), "12 / 20 ms")
        yield f"{f'resident memory, {messages:,} stored':46} {terminal.resident_mb():6.0f} MB   goal ≤ 100 MB"


def busy(home: Path, env: dict[str, str], messages: int, keys: int) -> Iterator[str]:
    """Keys while a full-speed first sync runs."""
    folder = home / "busy"
    folder.mkdir()
    with server(messages) as port, Terminal(command(folder, port, is_offline=False), env=env) as terminal:
        terminal.wait_for(" unread of ", 60)
        terminal.settle(0.2, 2)
        took = keys_to_paint(terminal, keys)
        is_still_busy = "% of" in terminal.text()
        note = "" if is_still_busy else " (the sync ended meanwhile)"
        yield told(f"key to paint, full-speed sync{note}", took, "– / 50 ms")
        yield f"{'resident memory while syncing':46} {terminal.resident_mb():6.0f} MB"


def stalled(home: Path, env: dict[str, str], keys: int) -> Iterator[str]:
    """Keys while the server takes commands and answers nothing."""
    folder = home / "stalled"
    folder.mkdir()
    fault = "stall:command=UID FETCH,skip=3,times=0,octets=2000,seconds=600"
    with server(5_000, fault) as port, Terminal(command(folder, port, is_offline=False), env=env) as terminal:
        terminal.wait_for(_SHOWN, 60)
        terminal.settle(0.3, 3)
        yield told("key to paint, server stalled", keys_to_paint(terminal, keys), "– / 20 ms")


def rivals(home: Path, port: int) -> dict[str, tuple[list[str], str]]:
    """How the rivals that are installed open the inbox of the same server, with nothing stored yet, and what
    shows that the list is there.
    """
    host = f"127.0.0.1:{port}"
    muttrc = home / "neomuttrc"
    muttrc.write_text(
        f"set imap_user={USER}\nset imap_pass={PASSWORD}\nset ssl_starttls=no\nset ssl_force_tls=no\n"
        f"set folder=imap://{host}/\nset spoolfile=imap://{host}/INBOX\nset sort=reverse-date\n"
    )
    accounts = home / ".config" / "aerc" / "accounts.conf"
    accounts.parent.mkdir(parents=True)
    accounts.write_text(
        f"[demo]\nsource = imap+insecure://{USER.replace('@', '%40')}:{PASSWORD}@{host}\n"
        f"default = INBOX\nfrom = {USER}\ncache-headers = false\n"
    )
    accounts.chmod(0o600)
    known = {"neomutt": (["-n", "-F", str(muttrc)], "Msgs:"), "aerc": ([], _SENDER)}
    return {
        name: ([path, *rest], shown) for name, (rest, shown) in known.items() if (path := shutil.which(name))
    }


def beside(home: Path, env: dict[str, str], messages: int, keys: int) -> Iterator[str]:
    """The same inbox, opened for the first time by each: the list on the screen, keys, memory."""
    folder = home / "beside"
    folder.mkdir()
    with server(messages) as port:
        ours = (command(folder, port, is_offline=False), " unread of ")
        for name, (start, shown) in {"gimap-tui": ours, **rivals(home, port)}.items():
            with Terminal(start, env={**env, "HOME": str(home)}) as terminal:
                seconds = terminal.wait_for(shown, 60)
                if seconds is None:
                    yield f"{name}: the list did not come\n{terminal.text()}"
                    continue
                terminal.settle(1.0, 20)
                took = keys_to_paint(terminal, keys)
                yield (
                    f"{f'{name}, {messages:,} on the server':46} list {seconds * 1000:6.0f} ms   "
                    f"key p50 {statistics.median(took):5.1f} p99 {quantile(took, 0.99):5.1f} ms   "
                    f"{terminal.resident_mb():4.0f} MB"
                )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--million", action="store_true", help="also at a million messages")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, for a look")
    options = parser.parse_args()
    rounds, keys = (3, 100) if options.quick else (9, 600)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="gimap-bench-") as name:
        home = Path(name)
        env = {"GIMAP_CONFIG_DIR": str(home / "config"), "GIMAP_STATE_DIR": str(home / "state")}
        env["PYTHONPATH"] = os.pathsep.join([str(Path.cwd()), os.environ.get("PYTHONPATH", "")])
        for line in warm(home, env, options.messages, rounds, keys):
            print(line, flush=True)
        if options.million:
            for line in warm(home, env, 1_000_000, 3, keys):
                print(line, flush=True)
        for line in busy(home, env, options.messages, keys):
            print(line, flush=True)
        for line in stalled(home, env, keys):
            print(line, flush=True)
        for line in beside(home, env, 10_000, min(keys, 200)):
            print(line, flush=True)
    print(f"took {time.perf_counter() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
