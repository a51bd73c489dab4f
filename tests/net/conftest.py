"""What the tests of this room share: one Dovecot and one Cyrus for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cyrus import Cyrus, running_cyrus
from tests.dovecot import Dovecot, running_dovecot


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A server that starts with the first test that asks for it; each test takes an account of its own."""
    with running_dovecot() as server:
        yield server


@pytest.fixture(scope="session")
def cyrus() -> Iterator[Cyrus]:
    """A server that starts with the first test that asks for it; each test takes an account of its own."""
    with running_cyrus() as server:
        yield server
