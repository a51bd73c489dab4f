"""Where examples are kept: ``corpus/<target>/<name>``, one input a file, findings beside the seeds."""

from __future__ import annotations

import hashlib
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from tests.fuzz.targets import TARGETS

FOLDER = Path(__file__).with_name("corpus")
SECONDS = 5.0
"""Processor seconds one input may take; the usual one takes a thousandth of that."""
GROWTH = 96 << 20
"""Octets by which one input of at most 64 KiB may raise this process's peak of memory."""


class Hang(AssertionError):
    """An input took longer than any may."""


class Glut(AssertionError):
    """An input took more memory than any may."""


def examples(target: str) -> dict[str, bytes]:
    """A target's inputs by file name."""
    return {path.name: path.read_bytes() for path in sorted((FOLDER / target).glob("*")) if path.is_file()}


def save(target: str, data: bytes) -> Path:
    """Keep a finding, named by its content; where it is."""
    folder = FOLDER / target
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"found-{hashlib.sha256(data).hexdigest()[:12]}"
    path.write_bytes(data)
    return path


def run(target: str, data: bytes) -> str:
    """Run one input within its bounds; what the target tells of it. Raises whatever is a finding."""
    before = _peak()
    with _bounded(SECONDS):
        told = TARGETS[target](data)
    grown = _peak() - before
    if grown > GROWTH:
        raise Glut(f"{grown >> 20} MiB more for {len(data)} octets")
    return told


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@contextmanager
def _bounded(seconds: float) -> Iterator[None]:
    """Raise Hang in the main thread after so much processor time, also within a regular expression."""

    def ring(_: int, __: FrameType | None) -> None:
        raise Hang(f"more than {seconds:.0f} s of processor time")

    previous = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)
