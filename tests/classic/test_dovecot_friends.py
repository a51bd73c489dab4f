"""Libraries that stand on imaplib stand on ``classic`` as well, and notice no difference."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.classic import walks
from tests.dovecot import PROGRAM, Dovecot, running_dovecot

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(PROGRAM is None, reason="Dovecot is not installed (Debian: dovecot-imapd)"),
]
ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("friends.py")


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    """A server for the tests of this module."""
    with running_dovecot() as server:
        yield server


def answers(below: str, library: str, server: Dovecot) -> list[bytes]:
    """What a library heard, line by line."""
    finished = subprocess.run(
        [sys.executable, SCRIPT, below, library, str(server.port), next(server.unused)],
        input=server.password.encode(),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=50,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr.decode()
    return [bytes(walks.evened(line)) for line in finished.stdout.splitlines()]


@pytest.mark.parametrize(("library", "least"), [("imapclient", 29), ("imap_tools", 14)])
def test_a_library_on_imaplib_hears_the_same(library: str, least: int, dovecot: Dovecot) -> None:
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    expected = answers("stdlib", library, dovecot)
    assert answers("classic", library, dovecot) == expected
    assert len(expected) >= least
