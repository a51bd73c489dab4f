"""Run the interpreter's own ``test.test_imaplib`` against ``imapcore.classic``; a script, no test.

``python tests/classic/run_cpython.py [--stdlib]`` prints one JSON object: test id → ``[outcome, text]``;
the outcome is ``ok``, ``skipped``, ``failed`` or ``missing`` (the suite is not there). ``--stdlib`` runs it
against imaplib itself, for comparison. It needs nothing but the standard library, so that every interpreter
can run it.
"""

from __future__ import annotations

import importlib
import json
import sys
import unittest
from types import TracebackType
from typing import Any

Outcomes = dict[str, tuple[str, str]]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


class Recorder(unittest.TestResult):
    """Collects the outcome of every test; a failed sub-test fails its test."""

    def __init__(self) -> None:
        super().__init__()
        self.outcomes: Outcomes = {}

    def startTest(self, test: unittest.TestCase) -> None:  # noqa: N802
        super().startTest(test)
        self.outcomes[short_id(test)] = ("ok", "")

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:  # noqa: N802
        super().addSkip(test, reason)
        self.outcomes[short_id(test)] = ("skipped", reason)

    def addError(self, test: unittest.TestCase, err: ExcInfo) -> None:  # noqa: N802
        super().addError(test, err)
        self.outcomes[short_id(test)] = ("failed", self.errors[-1][1])

    def addFailure(self, test: unittest.TestCase, err: ExcInfo) -> None:  # noqa: N802
        super().addFailure(test, err)
        self.outcomes[short_id(test)] = ("failed", self.failures[-1][1])

    def addSubTest(  # noqa: N802
        self, test: unittest.TestCase, subtest: unittest.TestCase, err: ExcInfo | None
    ) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.outcomes[short_id(test)] = ("failed", str(err[1]))


def short_id(test: unittest.TestCase) -> str:
    """``Class.test_name``, the same in every version."""
    return ".".join(test.id().split(".")[-2:])


def run(is_stdlib: bool) -> Outcomes:
    """Import the suite with ``imaplib`` replaced, and run it without the network resource."""
    if not is_stdlib:
        import imapcore.classic

        sys.modules["imaplib"] = imapcore.classic
    try:
        # By name, for no type checker has stubs of it, and a Python may come without it.
        support: Any = importlib.import_module("test.support")
        support.verbose = 0
        # The suite's own servers wait this long for a client that has left; it would be ten seconds each.
        support.LOOPBACK_TIMEOUT = 1.0
        support.use_resources = {"walltime": None}
        suite = unittest.defaultTestLoader.loadTestsFromName("test.test_imaplib")
    except ImportError as error:
        return {"test.test_imaplib": ("missing", str(error))}
    recorder = Recorder()
    suite.run(recorder)
    return recorder.outcomes


if __name__ == "__main__":
    json.dump(run("--stdlib" in sys.argv), sys.stdout)
