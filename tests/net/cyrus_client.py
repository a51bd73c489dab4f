"""Signing in to the tests' Cyrus."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from imapcore.model import Security
from imapcore.net.connection import Connection
from imapcore.net.endpoint import Endpoint
from imapcore.protocol.auth import Plain
from imapcore.protocol.transcript import Transcript
from imapcore.wire.encoder import Secret
from tests.cyrus import Cyrus
from tests.net.dovecot_client import PATIENT


def opened(
    server: Cyrus, *, off: frozenset[str] = frozenset(), transcript: Transcript | None = None
) -> Connection:
    """A connection that has not signed in."""
    where = Endpoint("127.0.0.1", server.port, Security.NONE)
    return Connection.open(where, deadlines=PATIENT, extensions_off=off, transcript=transcript)


@contextmanager
def signed_in(
    server: Cyrus, user: str | None = None, *, off: frozenset[str] = frozenset()
) -> Iterator[Connection]:
    """A connection to an account, a fresh one unless named."""
    with opened(server, off=off) as conn:
        conn.authenticate(Plain(user or next(server.unused), Secret(server.password)))
        yield conn


def needs(conn: Connection, *offers: str) -> None:
    """Skip where this Cyrus, or how it was built, lacks what the test is about."""
    if missing := set(offers) - conn.capabilities:
        pytest.skip(f"this Cyrus does not offer {', '.join(sorted(missing))}")
