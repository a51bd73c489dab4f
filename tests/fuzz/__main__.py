"""``python -m tests.fuzz [--seconds N] [--seed S] [target …]``: damage examples until something breaks.

Targets take turns, each with random numbers of its own: a seed tells what a target is given, in which order.
A finding is kept in the corpus, where the test suite meets it again, and shown with its traceback; the run
goes on and ends with status 1.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from dataclasses import dataclass, field

from tests.fuzz import corpus
from tests.fuzz.mutation import mutate
from tests.fuzz.targets import TARGETS

POOL = 2000
"""Inputs kept in memory as parents of others, each because it led to something new."""
TURN = 0.5
"""Seconds a target gets before the next has its turn."""


@dataclass
class Progress:
    """One target's run so far."""

    name: str
    rng: random.Random
    pool: list[bytes]
    seen: set[str] = field(default_factory=set)
    """What has become of inputs."""
    tried: int = 0
    findings: dict[str, str] = field(default_factory=dict)
    """Where in the code it broke → the file that shows it; one file for one place."""

    def turn(self) -> None:
        """Try some more inputs."""
        end = time.monotonic() + TURN
        while time.monotonic() < end:
            data = mutate(self.rng, self.rng.choice(self.pool), self.pool)
            self.tried += 1
            # Whatever comes out of a target is what is looked for.
            try:
                told = corpus.run(self.name, data)
            except (Exception, RecursionError) as error:  # noqa: BLE001
                self._found(data, error)
                continue
            if told not in self.seen and len(self.pool) < POOL:
                self.seen.add(told)
                self.pool.append(data)

    def _found(self, data: bytes, error: BaseException) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        where = f"{type(error).__name__} at {frames[-1].filename}:{frames[-1].lineno}"
        if where in self.findings:
            return
        path = corpus.save(self.name, data)
        self.findings[where] = path.name
        print(f"\n{self.name}: {where}, kept as {path.name}", flush=True)
        traceback.print_exception(error, limit=-6, file=sys.stdout)


def begin(name: str, seed: int) -> Progress:
    """A target's run before its first input: every example has been tried undamaged."""
    pool = list(corpus.examples(name).values()) or [b""]
    progress = Progress(name, random.Random(f"{seed}/{name}"), pool)
    progress.seen = {corpus.run(name, data) for data in pool}
    return progress


def main() -> int:
    """Fuzz; 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument(
        "targets", nargs="*", metavar="target", help=f"of {', '.join(TARGETS)}; all by default"
    )
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    unknown = set(options.targets) - set(TARGETS)
    if unknown:
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    runs = [begin(name, options.seed) for name in options.targets or TARGETS]
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        for each in runs:
            each.turn()
    for each in runs:
        print(
            f"{each.name:10} {each.tried:9,} inputs, {len(each.pool):5,} kept as parents, "
            f"{len(each.findings)} findings"
        )
    print(f"seed {options.seed}, {options.seconds:.0f} s", flush=True)
    return 1 if any(each.findings for each in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
