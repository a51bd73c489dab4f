"""Submission to the embedded server, and to what servers and links can do to it."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from imapcore.net.endpoint import Endpoint
from imapcore.net.wakeup import Wakeup
from imapcore.security import Security
from imapcore.simulator import Fault, FaultKind, Options, Simulator
from imapcore.smtp import (
    Accepted,
    Envelope,
    NotSent,
    Outcome,
    Refused,
    SubmissionOptions,
    Unknown,
    sign_in_with,
    submit,
)
from imapcore.wire.encoder import Secret
from tests.engine.proxy import Proxy, Way

EMAIL, PASSWORD = "demo@gmail.com", "demodemodemodemo"
ENVELOPE = Envelope(EMAIL, ("lin@example.org", "zoe@example.org"))
OCTETS = (
    b"From: demo@gmail.com\r\nTo: lin@example.org\r\nBcc: zoe@example.org\r\nSubject: Lisbon\r\n"
    b"Message-ID: <one@gmail.com>\r\n\r\nHello\r\n.\r\n..two\r\n"
)
FAST = SubmissionOptions(connect=5.0, tls=5.0, reply=5.0, write=5.0, verdict=5.0)
SOON = SubmissionOptions(connect=5.0, tls=0.2, reply=0.2, write=0.2, verdict=0.2)


@pytest.fixture
def server() -> Iterator[Simulator]:
    with Simulator(Options(messages=0, smtp_port=0)) as simulator:
        yield simulator


def send(
    port: int,
    *,
    security: Security = Security.NONE,
    password: str = PASSWORD,
    options: SubmissionOptions = FAST,
    tls: ssl.SSLContext | None = None,
    is_token: bool = False,
    envelope: Envelope = ENVELOPE,
    octets: bytes = OCTETS,
) -> Outcome:
    wakeup, secret = Wakeup(), Secret(password)
    try:
        return submit(
            Endpoint("127.0.0.1", port, security),
            sign_in_with(EMAIL, secret, is_token=is_token),
            envelope,
            octets,
            wakeup=wakeup,
            secret=secret,
            options=options,
            tls=tls,
        )
    finally:
        wakeup.close()


def test_a_message_leaves_once_and_its_copy_is_in_sent(server: Simulator) -> None:
    assert isinstance(send(server.smtp_port), Accepted)
    (gone,) = server.control.departures()
    assert gone.recipients == ENVELOPE.recipients
    assert b"Bcc" not in gone.octets
    assert gone.octets.endswith(b"\r\n\r\nHello\r\n.\r\n..two\r\n")
    (copy,) = server.control.messages()
    assert copy.labels == frozenset({"\\Sent"})
    assert copy.flags == frozenset({"\\Seen"})


def test_mail_to_oneself_is_in_the_inbox_and_another_from_is_ones_own(server: Simulator) -> None:
    octets = OCTETS.replace(b"From: demo@gmail.com", b"From: Boss <boss@example.org>")
    send(server.smtp_port, envelope=Envelope(EMAIL, (EMAIL,)), octets=octets)
    assert b"From: Boss <demo@gmail.com>\r\n" in server.control.departures()[0].octets
    assert server.control.messages()[0].labels == frozenset({"\\Sent", "\\Inbox"})


@pytest.mark.parametrize("is_starttls", [True, False])
def test_tls_first_or_after_a_word(is_starttls: bool) -> None:
    pytest.importorskip("trustme")
    with Simulator(Options(messages=0, smtp_port=0, tls=True, smtp_starttls=is_starttls)) as server:
        context = ssl.create_default_context(cadata=server.authority_pem.decode())
        security = Security.STARTTLS if is_starttls else Security.TLS
        assert isinstance(send(server.smtp_port, security=security, tls=context), Accepted)
        outcome = send(server.smtp_port, security=security)
        assert isinstance(outcome, NotSent), "a certificate of nobody known"
        assert len(server.control.departures()) == 1


def test_a_token_signs_in_and_an_old_one_does_not(server: Simulator) -> None:
    token = server.control.issue_token()
    assert isinstance(send(server.smtp_port, password=token, is_token=True), Accepted)
    server.control.expire_tokens()
    outcome = send(server.smtp_port, password=token, is_token=True)
    assert isinstance(outcome, Refused)
    assert outcome.is_sign_in
    assert token not in repr(outcome)


@pytest.mark.parametrize(
    ("command", "text", "title", "is_temporary"),
    [
        ("AUTH", "bad-credentials", "did not accept the password", False),
        ("AUTH", "app-password", "app password", False),
        ("AUTH", "web-login", "web", False),
        ("AUTH", "too-many-logins", "Too many attempts", True),
        ("MAIL", "busy", "busy", True),
        ("RCPT", "no-such-user", "does not exist: lin@example.org", False),
        ("RCPT", "bad-address", "does not exist: lin@example.org", False),
        ("RCPT", "mailbox-full", "full", True),
        ("DATA", "system", "busy", True),
        ("BODY", "too-large", "too large", False),
        ("BODY", "attachment", "file", False),
        ("BODY", "daily-limit", "in a day", False),
        ("BODY", "spam", "spam", False),
        ("EHLO", "421 4.3.0 odd words", "busy", True),
        ("BODY", "554 5.0.0 odd words", "refuses", False),
        ("BODY", "250-a\n251 b", "", False),
    ],
)
def test_each_refusal_is_a_sentence_and_nothing_leaves(
    server: Simulator, command: str, text: str, title: str, is_temporary: bool
) -> None:
    server.control.fault(Fault(FaultKind.REFUSED, f"SMTP {command}", text=text))
    outcome = send(server.smtp_port)
    if title:
        assert isinstance(outcome, Refused)
        assert title in outcome.title
        assert outcome.hint
        assert outcome.is_temporary is is_temporary
    else:
        assert isinstance(outcome, Unknown), "an answer to the message that cannot be read"
    assert server.control.departures() == []
    assert isinstance(send(server.smtp_port), Accepted)


def test_a_wrong_password_is_refused_and_never_repeated(server: Simulator) -> None:
    outcome = send(server.smtp_port, password="a wrong secret")
    assert isinstance(outcome, Refused)
    assert outcome.is_sign_in
    server.control.fault(Fault(FaultKind.REFUSED, "SMTP AUTH", text="535 5.7.8 not: a wrong secret"))
    assert "wrong secret" not in repr(send(server.smtp_port, password="a wrong secret"))


def test_cut_at_every_octet_of_the_answers_the_truth_is_told(server: Simulator) -> None:
    with Proxy(server.smtp_port) as proxy:
        assert isinstance(send(proxy.port), Accepted)
        total = proxy.passed
    before = len(server.control.departures())
    outcomes = []
    for octets in range(total):
        with Proxy(server.smtp_port, cut_after=octets) as proxy:
            outcome = send(proxy.port)
        after = len(server.control.departures())
        match outcome:
            case Accepted():
                assert after == before + 1
            case NotSent():
                assert after == before
            case Unknown():
                assert after in (before, before + 1)
            case Refused():
                pytest.fail("no answer was cut into a refusal")
        outcomes.append(type(outcome).__name__)
        before = after
    assert {"NotSent", "Unknown"} <= set(outcomes)
    # The gap is the answer to the message alone, and what follows it changes nothing.
    first = outcomes.index("Unknown")
    assert set(outcomes[:first]) == {"NotSent"}
    assert "NotSent" not in outcomes[first:]


def test_cut_at_every_octet_of_what_is_sent_nothing_leaves_unknown(server: Simulator) -> None:
    with Proxy(server.smtp_port, way=Way.TO_SERVER) as proxy:
        send(proxy.port)
        total = proxy.passed
    before = len(server.control.departures())
    for octets in range(total):
        with Proxy(server.smtp_port, cut_after=octets, way=Way.TO_SERVER) as proxy:
            outcome = send(proxy.port)
        after = len(server.control.departures())
        if after != before:
            assert isinstance(outcome, Accepted | Unknown)
        else:
            assert isinstance(outcome, NotSent | Unknown)
        before = after


@pytest.mark.parametrize("command", ["EHLO", "AUTH", "MAIL", "RCPT", "DATA", "BODY"])
@pytest.mark.parametrize("kind", [FaultKind.STALL, FaultKind.DRIP])
def test_every_wait_has_an_end(server: Simulator, command: str, kind: FaultKind) -> None:
    server.control.fault(
        Fault(kind, f"SMTP {command}", octets=1, seconds=0.15 if kind is FaultKind.DRIP else 30)
    )
    outcome = send(server.smtp_port, options=SOON)
    assert isinstance(outcome, Unknown if command == "BODY" else NotSent)


@contextmanager
def saying(*lines: bytes) -> Iterator[int]:
    """A server that says all it has to say at once, and listens to nothing."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"".join(lines))
            while connection.recv(4096):
                pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.close()
        thread.join(5)


@pytest.mark.parametrize(
    "lines",
    [
        (
            b"220 hi\r\n",
            b"250 AUTH PLAIN\r\n",
            b"235 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n",
        ),
        (b"220 hi\r\n250 AUTH PLAIN\r\n",),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n",),
        (b"220-" + b"x" * 10_000,),
        (b"\xff\xfe\r\n",),
        (b"554 go away\r\n",),
    ],
)
def test_what_was_not_asked_is_no_answer(lines: tuple[bytes, ...]) -> None:
    with saying(*lines) as port:
        outcome = send(port, options=SOON)
    assert isinstance(outcome, NotSent | Refused)


def test_another_thread_ends_it(server: Simulator) -> None:
    server.control.fault(Fault(FaultKind.STALL, "SMTP MAIL", seconds=30))
    wakeup, found = Wakeup(), []

    def run() -> None:
        found.append(
            submit(
                Endpoint("127.0.0.1", server.smtp_port, Security.NONE),
                sign_in_with(EMAIL, Secret(PASSWORD), is_token=False),
                ENVELOPE,
                OCTETS,
                wakeup=wakeup,
                options=FAST,
            )
        )

    thread = threading.Thread(target=run)
    thread.start()
    wakeup.interrupt()
    thread.join(5)
    wakeup.close()
    assert isinstance(found[0], NotSent)


def test_pythons_own_client_is_served(server: Simulator) -> None:
    with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=10) as client:
        client.login(EMAIL, PASSWORD)
        assert client.has_extn("smtputf8")
        client.sendmail(EMAIL, ["lin@example.org"], OCTETS)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail(EMAIL, ["nobody"], OCTETS)
        client.sendmail(EMAIL, ["zoe@example.org"], b"Subject: two\r\n\r\n.\r\n")
    assert [each.recipients for each in server.control.departures()] == [
        ("lin@example.org",),
        ("zoe@example.org",),
    ]
    with (
        smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=10) as client,
        pytest.raises(smtplib.SMTPAuthenticationError, match=r"5\.7\.8"),
    ):
        client.login(EMAIL, "wrong")


def test_limits_are_gmails() -> None:
    with Simulator(Options(messages=0, smtp_port=0, smtp_size=500, smtp_daily_limit=3)) as server:
        assert isinstance(send(server.smtp_port), Accepted)
        limited = send(server.smtp_port)
        assert isinstance(limited, Refused)
        assert limited.enhanced == "5.4.5"
        large = send(server.smtp_port, octets=OCTETS + b"x" * 500)
        assert isinstance(large, Refused)
        assert "MB" in large.title


def test_the_copy_in_sent_may_be_late() -> None:
    with Simulator(Options(messages=0, smtp_port=0, sent_copy_seconds=3600)) as server:
        assert isinstance(send(server.smtp_port), Accepted)
        assert server.control.messages() == []
        assert len(server.control.departures()) == 1
