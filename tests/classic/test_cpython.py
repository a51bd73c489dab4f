"""Python's own test_imaplib, run against ``imapcore.classic`` by every interpreter that is here.

Each interpreter runs it in a process of its own with ``imaplib`` replaced before the suite is imported
(``run_cpython``). Which may fail, because the difference is meant, and what may be skipped is in the tables
below; all others pass.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUNNER = Path(__file__).with_name("run_cpython.py")
PROMISED = ("3.11", "3.12", "3.13", "3.14")
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
VERSIONS = (*PROMISED, *({RUNNING} - set(PROMISED)))
SECONDS = 120

SECURE_AND_NOT = ("NewIMAPTests", "NewIMAPSSLTests", "ThreadedNetworkedTests", "ThreadedNetworkedTestsSSL")
_MARK_INSIDE = {f"{kind}.test_enable_UTF8_True_append" for kind in SECURE_AND_NOT}
MEANT: dict[str, set[str]] = {
    # The mark of RFC 6855 §4 inside the literal is stored as part of the message; Python 3.14 mended it.
    **dict.fromkeys(("3.11", "3.12", "3.13"), _MARK_INSIDE),
    # No server since IMAP4rev1 has PARTIAL.
    "3.14": {f"{kind}.test_partial" for kind in SECURE_AND_NOT[:2]},
}
"""Tests of each suite that fail here, and why that is right."""
LEAST = {"3.14": 230}
"""Tests that pass at least; elsewhere 90."""

SKIPPED_BY_ITSELF = ("network resource disabled", "cyrus.andrew.cmu.edu blocks connections")
"""Reasons for which the suite leaves tests of a public server out, whoever runs it."""


def interpreters() -> dict[str, Path]:
    """Version → an interpreter of that version: the one running now, those of pyenv, those on PATH."""
    found = {RUNNING: Path(sys.executable)}
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for version in VERSIONS:
        candidates = sorted(pyenv.glob(f"versions/{version}.*/bin/python"), reverse=True)
        on_path = shutil.which(f"python{version}")
        for candidate in [*candidates, *([Path(on_path)] if on_path else [])]:
            if version not in found and _version_of(candidate) == version:
                found[version] = candidate
    return found


def _version_of(interpreter: Path) -> str | None:
    asked = subprocess.run(
        [interpreter, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return asked.stdout.strip() if asked.returncode == 0 else None


@pytest.fixture(scope="module")
def runs() -> Iterator[dict[str, subprocess.Popen[str]]]:
    """Version → the suite running in it; all at once, since it mostly waits."""
    running = {
        version: subprocess.Popen(
            [interpreter, RUNNER],
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for version, interpreter in interpreters().items()
    }
    yield running
    for process in running.values():
        process.kill()
        process.communicate(timeout=SECONDS)


@pytest.mark.timeout(SECONDS + 10)
@pytest.mark.parametrize("version", VERSIONS)
def test_pythons_own_suite_passes(version: str, runs: dict[str, subprocess.Popen[str]]) -> None:
    if version not in runs:
        pytest.skip(f"no Python {version} here")
    out, err = runs[version].communicate(timeout=SECONDS)
    assert runs[version].returncode == 0, err[-2000:]
    outcomes: dict[str, list[str]] = json.loads(out)
    missing = [text for outcome, text in outcomes.values() if outcome == "missing"]
    if missing:
        pytest.skip(f"this Python {version} has no test suite: {missing[0]}")

    failed = {test: text for test, (outcome, text) in outcomes.items() if outcome == "failed"}
    meant = {test for test in MEANT.get(version, set()) if test in outcomes}
    assert meant <= set(failed), f"no difference any more: {meant - set(failed)}"
    failed = {test: text for test, text in failed.items() if test not in meant}
    assert not failed, "\n".join(f"{test}:\n{text}" for test, text in failed.items())
    skipped = {test: text for test, (outcome, text) in outcomes.items() if outcome == "skipped"}
    assert set(skipped.values()) <= set(SKIPPED_BY_ITSELF)
    assert len(outcomes) - len(skipped) - len(meant) >= LEAST.get(version, 90)
