"""Fetching a mailbox: imapcore beside its peers, from the same server process, in turn in one run.

``python -m tests.benchmarks.fetch [--full] [--rounds N]``. 10,000 messages, with ``--full`` 100,000 too. A
table each for a server that replays octets (the clients alone are measured), for the embedded one, and for
Dovecot where it is installed. Medians; every client in a process of its own. imapflow takes part where Node
finds it (``NODE_PATH``).
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.benchmarks import fetch_server
from tests.benchmarks.fetch_client import CLIENTS
from tests.benchmarks.fetch_server import HEADERS, Place
from tests.dovecot import PROGRAM

PATIENCE = 300.0
"""Seconds one client may take."""
SMALL, LARGE = 10_000, 100_000
AIOIMAPLIB_MOST = SMALL
"""It takes minutes for a few times as many, and runs into Python's recursion limit."""
PEERS = ("raw", "imapcore", "imapcore_lazy", "imaplib", "imapclient", "imapflow", "imap_tools", "aioimaplib")
_IMAPFLOW = Path(__file__).with_name("fetch_imapflow.cjs")


@dataclass(frozen=True, slots=True)
class Result:
    """One run of one client."""

    count: int
    first: float
    last: float
    peak: float


def has_imapflow() -> bool:
    """Whether Node is there and finds imapflow."""
    node = shutil.which("node")
    if node is None:
        return False
    return (
        subprocess.run([node, "-e", 'require("imapflow")'], capture_output=True, check=False).returncode == 0
    )


def run(client: str, place: Place) -> Result | str:
    """One run, or why there was none."""
    command = [sys.executable, "-m", "tests.benchmarks.fetch_client", client]
    if client == "imapflow":
        command = ["node", str(_IMAPFLOW)]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(asdict(place)),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no end within {PATIENCE:.0f} s"
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["ended without a word"])[-1][:80]
    return Result(**json.loads(done.stdout))


def compare(clients: Sequence[str], place: Place, rounds: int) -> dict[str, Result | str]:
    """Medians of every client, all taking turns; a client that fails once is not asked again."""
    results: dict[str, list[Result]] = {client: [] for client in clients}
    failed: dict[str, Result | str] = {}
    for number in range(rounds):
        for client in clients:
            # One run of half a minute tells as much as three.
            if client in failed or (client == "aioimaplib" and number):
                continue
            result = run(client, place)
            if isinstance(result, str):
                failed[client] = result
            else:
                results[client].append(result)
    return {client: failed.get(client) or median(results[client]) for client in clients}


def median(results: Sequence[Result]) -> Result:
    """The middle of each figure; of memory the most."""
    return Result(
        results[0].count,
        statistics.median(each.first for each in results),
        statistics.median(each.last for each in results),
        max(each.peak for each in results),
    )


def table(
    title: str, results: dict[str, Result | str], count: int, before: dict[str, float]
) -> Iterator[str]:
    """The figures of one server; ``before`` are peaks of memory with a tenth of the messages."""
    limit, peer = results["raw"], results.get("imapclient")
    yield f"\n{title}, {count:,} messages"
    heads = f"{'× raw':>7} {'× IMAPClient':>13} {'first':>10} {'peak':>8} {'growth':>8}"
    yield f"{'':14} {'messages/s':>11} {heads}"
    for client, result in results.items():
        if isinstance(result, str):
            yield f"{client:14} {result}"
            continue
        if client != "raw" and result.count != count:
            raise AssertionError(f"{client} gave {result.count} of {count} messages")
        to_raw = f"{result.last / limit.last:.2f}" if isinstance(limit, Result) else "–"
        to_peer = f"{peer.last / result.last:.1f}" if isinstance(peer, Result) else "–"
        grown = f"{result.peak - before[client]:+.0f} MB" if client in before else "–"
        yield (
            f"{client:14} {count / result.last:11,.0f} {to_raw:>7} {to_peer:>13} "
            f"{result.first * 1000:7.1f} ms {result.peak:5.0f} MB {grown:>8}"
        )


def headers_of(folder: Path) -> list[bytes]:
    """The headers made by ``fetch_server.record``."""
    pieces = (folder / HEADERS).read_bytes().split(b"}\r\n")[1:]
    return [piece[: piece.rindex(b"\r\n\r\n") + 4] for piece in pieces]


def measure(home: Path, counts: Sequence[int], rounds: int, clients: Sequence[str]) -> Iterator[str]:
    """Every table."""
    peaks: dict[tuple[str, str], float] = {}
    for count in counts:
        asked = [name for name in clients if name != "aioimaplib" or count <= AIOIMAPLIB_MOST]
        few = [name for name in asked if name not in ("imap_tools", "aioimaplib")]
        folder = home / str(count)
        with ExitStack() as servers:
            embedded = servers.enter_context(fetch_server.simulating(count))
            # Spam and Trash are not in All Mail.
            there = fetch_server.record(embedded, folder)
            yield from _told("embedded server", embedded, few, there, rounds, peaks)
        with fetch_server.replaying(folder) as place:
            yield from _told("replayed octets", place, asked, there, rounds, peaks)
        if PROGRAM is None:
            yield "\nDovecot is not installed"
            continue
        with fetch_server.dovecot(headers_of(folder)) as place:
            yield from _told("Dovecot, without X-GM-*", place, few, there, rounds, peaks)


def _told(
    title: str,
    place: Place,
    clients: Sequence[str],
    count: int,
    rounds: int,
    peaks: dict[tuple[str, str], float],
) -> Iterator[str]:
    results = compare(clients, place, rounds)
    before = {client: peaks[title, client] for client in clients if (title, client) in peaks}
    yield from table(title, results, count, before)
    peaks.update({(title, name): each.peak for name, each in results.items() if isinstance(each, Result)})


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help=f"also {LARGE:,} messages")
    parser.add_argument("--messages", type=int, help="only this many")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("clients", nargs="*", metavar="client", help=f"of {', '.join(PEERS)}; all by default")
    options = parser.parse_args()
    counts = [options.messages] if options.messages else [SMALL, *([LARGE] if options.full else [])]
    clients = ["raw", *(name for name in options.clients or PEERS if name != "raw")]
    unknown = set(clients) - {*CLIENTS, "imapflow"}
    if unknown:
        parser.error(f"no such client: {', '.join(sorted(unknown))}")
    if "imapflow" in clients and not has_imapflow():
        clients.remove("imapflow")
        print("imapflow is not there: node finds no such package")
    with tempfile.TemporaryDirectory(prefix="gimap-fetch-") as name:
        for line in measure(Path(name), counts, options.rounds, clients):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
