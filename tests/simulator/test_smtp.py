"""The SMTP side, asked by Python's own client."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from imapcore.simulator import Options, Simulator
from imapcore.simulator.account.kinds import Kind

EMAIL, PASSWORD = "demo@gmail.com", "demodemodemodemo"
MAIL = (
    b"From: demo@gmail.com\r\nTo: lin@example.org\r\nSubject: Lisbon\r\nMessage-ID: <one@x.org>\r\n\r\nHi\r\n"
)


@contextmanager
def client(server: Simulator) -> Iterator[smtplib.SMTP]:
    """A signed-in client."""
    with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=10) as made:
        made.login(EMAIL, PASSWORD)
        yield made


def test_greeting_and_offers_are_gmails() -> None:
    with Simulator(Options(messages=0, smtp_port=0)) as server, smtplib.SMTP(timeout=10) as made:
        code, greeting = made.connect("127.0.0.1", server.smtp_port)
        assert code == 220
        assert greeting.startswith(b"smtp.gmail.com ESMTP ")
        code, hello = made.ehlo()
        assert code == 250
        assert hello.startswith(
            b"smtp.gmail.com at your service, [127.0.0.1]\nSIZE 35882577\n8BITMIME\nAUTH "
        )
        assert {"enhancedstatuscodes", "pipelining", "smtputf8"} <= set(made.esmtp_features)
        with pytest.raises(smtplib.SMTPSenderRefused, match=r"5\.7\.0"):
            made.sendmail(EMAIL, ["lin@example.org"], MAIL)


def test_a_wrong_password_is_5_7_8() -> None:
    with (
        Simulator(Options(messages=0, smtp_port=0)) as server,
        smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=10) as made,
        pytest.raises(smtplib.SMTPAuthenticationError, match=r"5\.7\.8"),
    ):
        made.login(EMAIL, "wrong")


def test_a_from_that_is_not_ones_own_is_rewritten() -> None:
    options = Options(messages=0, smtp_port=0, aliases=("ada@example.org",))
    with Simulator(options) as server, client(server) as made:
        for sender in (b"Boss <boss@example.org>", b"Ada <ada@example.org>"):
            made.sendmail(EMAIL, ["lin@example.org"], MAIL.replace(b"demo@gmail.com", sender, 1))
        rewritten, kept = (each.octets for each in server.control.departures())
        assert b"From: Boss <demo@gmail.com>\r\n" in rewritten
        assert b"From: Ada <ada@example.org>\r\n" in kept


def test_bcc_is_in_sent_alone_and_the_copy_is_read() -> None:
    with Simulator(Options(messages=0, smtp_port=0)) as server, client(server) as made:
        made.sendmail(EMAIL, ["lin@example.org", "zoe@example.org"], b"Bcc: zoe@example.org\r\n" + MAIL)
        assert b"Bcc" not in server.control.departures()[0].octets
        (copy,) = server.control.messages()
        assert (copy.labels, copy.flags, copy.place) == (
            frozenset({"\\Sent"}),
            frozenset({"\\Seen"}),
            Kind.ALL,
        )
        assert b"Bcc: zoe@example.org" in server.control.source(copy.msgid)


def test_a_reply_stands_in_its_conversation() -> None:
    with Simulator(Options(messages=0, smtp_port=0)) as server, client(server) as made:
        first = server.control.deliver(MAIL.replace(b"one@x.org", b"zero@x.org"))
        made.sendmail(EMAIL, ["lin@example.org"], b"In-Reply-To: <zero@x.org>\r\n" + MAIL)
        assert {each.thrid for each in server.control.messages()} == {server.control.message(first).thrid}


def test_the_copy_in_sent_may_be_late() -> None:
    options = Options(messages=0, smtp_port=0, sent_copy_seconds=3600)
    with Simulator(options) as server, client(server) as made:
        made.sendmail(EMAIL, ["lin@example.org"], MAIL)
        assert len(server.control.departures()) == 1
        assert server.control.messages() == []


def test_size_and_recipients_a_day_have_gmails_limits() -> None:
    options = Options(messages=0, smtp_port=0, smtp_size=500, smtp_daily_limit=2)
    with Simulator(options) as server, client(server) as made:
        with pytest.raises(smtplib.SMTPSenderRefused, match=r"5\.3\.4"):
            made.sendmail(EMAIL, ["lin@example.org"], MAIL + b"x" * 500)
        made.sendmail(EMAIL, ["lin@example.org", "zoe@example.org"], MAIL)
        with pytest.raises(smtplib.SMTPDataError, match=r"5\.4\.5"):
            made.sendmail(EMAIL, ["lin@example.org"], MAIL)


def test_tls_first_or_by_starttls() -> None:
    pytest.importorskip("trustme")
    for is_starttls in (True, False):
        options = Options(messages=0, smtp_port=0, tls=True, smtp_starttls=is_starttls)
        with Simulator(options) as server:
            context = ssl.create_default_context(cadata=server.authority_pem.decode())
            if is_starttls:
                with smtplib.SMTP("localhost", server.smtp_port, timeout=10) as made:
                    with pytest.raises(smtplib.SMTPNotSupportedError):
                        made.login(EMAIL, PASSWORD)
                    made.starttls(context=context)
                    made.login(EMAIL, PASSWORD)
            else:
                with smtplib.SMTP_SSL("localhost", server.smtp_port, timeout=10, context=context) as secure:
                    secure.login(EMAIL, PASSWORD)
