"""What the benchmarks of store and engine share: the app's own settings, and a line with its goal beside it.

What may not live here: anything that is measured.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
from pathlib import Path

SWITCH_SECONDS = 0.0005
"""As the command line sets it."""


def like_the_app() -> None:
    """Set collector and switch interval as the app does once its first frame stands."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
    gc.disable()


def say(what: str, value: str, goal: str = "") -> None:
    """One line of a table."""
    print(f"{what:<44} {value}" + (f"   [goal: {goal}]" if goal else ""), flush=True)


def read_from_disk() -> float:
    """What this process had to wait for a disk for, in MB so far; 0 where the system does not tell."""
    told = Path("/proc/self/io")
    if not told.exists():
        return 0.0
    counts = dict(line.split(": ") for line in told.read_text(encoding="ascii").splitlines())
    return int(counts["read_bytes"]) / 1e6


def resident() -> float:
    """Resident memory of this process now, in MB."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)
