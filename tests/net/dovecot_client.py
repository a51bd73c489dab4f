"""Signing in to the tests' Dovecot, and the mail its tests put there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from imapcore.model import Security
from imapcore.net.connection import Connection
from imapcore.net.endpoint import Deadlines, Endpoint
from imapcore.protocol.auth import Plain
from imapcore.protocol.commands import Append, Select
from imapcore.protocol.transcript import Transcript
from imapcore.wire.encoder import Secret
from tests.dovecot import Dovecot

PATIENT = Deadlines(connect=30, tls=30, read=30, write=30, command=40, idle=20, logout=5)
"""Never met when all is well, however busy the machine is."""


def endpoint(server: Dovecot, security: Security = Security.NONE) -> Endpoint:
    """How to reach it: TLS has a port of its own."""
    return Endpoint("127.0.0.1", server.tls_port if security is Security.TLS else server.port, security)


def opened(
    server: Dovecot,
    security: Security = Security.NONE,
    *,
    off: frozenset[str] = frozenset(),
    transcript: Transcript | None = None,
) -> Connection:
    """A connection that has not signed in."""
    return Connection.open(
        endpoint(server, security),
        deadlines=PATIENT,
        tls=server.context,
        extensions_off=off,
        transcript=transcript,
    )


@contextmanager
def signed_in(
    server: Dovecot, user: str | None = None, *, off: frozenset[str] = frozenset()
) -> Iterator[Connection]:
    """A connection to an account, a fresh one unless named."""
    with opened(server, off=off) as conn:
        conn.authenticate(Plain(user or next(server.unused), Secret(server.password)))
        yield conn


def mail(
    subject: str,
    text: str = "Hello.",
    *,
    sender: str = "Ann <ann@example.org>",
    date: str = "Thu, 2 Jul 2026 10:00:00 +0000",
    headers: str = "",
) -> bytes:
    """A plain message, lines ended by CRLF; ``headers`` are whole lines."""
    head = f"From: {sender}\r\nTo: fred@example.org\r\nSubject: {subject}\r\nDate: {date}\r\n{headers}"
    return f"{head}\r\n{text}\r\n".encode()


def filled(conn: Connection, *messages: bytes) -> None:
    """Put messages into the inbox and select it."""
    for message in messages:
        conn.run(Append("INBOX", message))
    conn.run(Select("INBOX", condstore=True))


NESTED = (
    b"From: Ann <ann@example.org>\r\n"
    b"To: fred@example.org\r\n"
    b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
    b"Message-ID: <outer@example.org>\r\n"
    b"Date: Thu, 2 Jul 2026 10:00:00 +0200\r\n"
    b"MIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="a"\r\n\r\n'
    b"--a\r\n"
    b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"R3LDvMOfZQ==\r\n"
    b"--b\r\nContent-Type: text/html\r\n\r\n<p>Hi</p>\r\n--b--\r\n"
    b"--a\r\n"
    b"Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=note.eml\r\n\r\n"
    b"From: Bob <bob@example.org>\r\nSubject: inner\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="c"\r\n\r\n'
    b"--c\r\nContent-Type: text/plain\r\n\r\nthe inner text\r\n"
    b'--c\r\nContent-Type: application/pdf; name="plan.pdf"\r\nContent-Language: de, en\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--c--\r\n"
    b"--a--\r\n"
)
"""A multipart in a multipart, and a whole message with parts of its own in it."""
