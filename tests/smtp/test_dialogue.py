"""The pure side: replies, the order of commands, what an answer means."""

from __future__ import annotations

import pytest

from imapcore.errors import InvalidArgument, LimitExceeded, ProtocolError
from imapcore.security import Security
from imapcore.smtp.dialogue import Await, Envelope, Send, SendMessage, StartTls, Step, stuffed, submission
from imapcore.smtp.outcome import Accepted, Refused
from imapcore.smtp.replies import MAX_LINE, MAX_LINES, Reply, ReplyReader
from imapcore.smtp.submission import sign_in_with
from imapcore.wire.encoder import Secret

PASSWORD = sign_in_with("ada@example.org", Secret("sesame"), is_token=False)
TO_LIN = Envelope("ada@example.org", ("lin@example.org",))
HELLO = b"250-at your service\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n"


def replies(data: bytes) -> list[Reply]:
    reader = ReplyReader()
    reader.feed(data)
    found = []
    while (reply := reader.next_reply()) is not None:
        found.append(reply)
    return found


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"220 hello\r\n", [Reply(220, ("hello",))]),
        (b"250\r\n", [Reply(250, ("",))]),
        (b"250 \r\n", [Reply(250, ("",))]),
        (b"250-a\r\n250-b\r\n250 c\r\n221 bye\n", [Reply(250, ("a", "b", "c")), Reply(221, ("bye",))]),
        (b"535-5.7.8 no.\r\n535 5.7.8  see\r\n", [Reply(535, ("no.", "see"), "5.7.8")]),
        (b"250 2.0.0\r\n", [Reply(250, ("",), "2.0.0")]),
        (b"550 \xff\xfe\r\n", [Reply(550, ("\ufffd\ufffd",))]),
    ],
)
def test_replies_are_read_whole_and_octet_by_octet(data: bytes, expected: list[Reply]) -> None:
    assert replies(data) == expected
    reader, found = ReplyReader(), []
    for at in range(len(data)):
        reader.feed(data[at : at + 1])
        if (reply := reader.next_reply()) is not None:
            found.append(reply)
    assert found == expected
    assert reader.is_empty


@pytest.mark.parametrize(
    "data", [b"\r\n", b"hello\r\n", b"99 x\r\n", b"2500 x\r\n", b"250-a\r\n550 b\r\n", b"600 x\r\n"]
)
def test_what_is_no_reply_ends_it(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        replies(data)


@pytest.mark.parametrize("data", [b"250 " + b"x" * MAX_LINE * 2, b"250-x\r\n" * (MAX_LINES + 1)])
def test_a_reply_has_an_end(data: bytes) -> None:
    with pytest.raises(LimitExceeded):
        replies(data)


def play(
    *answers: bytes, envelope: Envelope = TO_LIN, octets: bytes = b"x\r\n", security: Security = Security.TLS
) -> tuple[list[bytes], Accepted | Refused]:
    """What was sent, and what came of it."""
    dialogue = submission(envelope, octets, security, PASSWORD)
    sent: list[bytes] = []
    waiting = iter(reply for answer in answers for reply in replies(answer))
    try:
        step: Step = next(dialogue)
        while True:
            match step:
                case Send(data) | SendMessage(data):
                    sent.append(data)
                case StartTls():
                    sent.append(b"<tls>")
                    step = next(dialogue)
                    continue
                case Await():
                    pass
            step = dialogue.send(next(waiting))
    except StopIteration as end:
        outcome = end.value
        assert isinstance(outcome, Accepted | Refused)
        return sent, outcome


def test_a_message_goes_in_this_order() -> None:
    sent, outcome = play(
        b"220 hi\r\n", HELLO, b"235 ok\r\n", *[b"250 ok\r\n"] * 2, b"354 go\r\n", b"250 2.0.0 taken\r\n"
    )
    assert outcome == Accepted("taken")
    assert sent == [
        b"EHLO [127.0.0.1]\r\n",
        b"AUTH PLAIN AGFkYUBleGFtcGxlLm9yZwBzZXNhbWU=\r\n",
        b"MAIL FROM:<ada@example.org> SIZE=3 BODY=7BIT\r\n",
        b"RCPT TO:<lin@example.org>\r\n",
        b"DATA\r\n",
        b"x\r\n",
    ]


def test_nothing_is_told_before_tls() -> None:
    hello = HELLO.replace(b"250 AUTH", b"250-STARTTLS\r\n250 AUTH")
    sent, _ = play(b"220 hi\r\n", hello, b"220 go\r\n", HELLO, b"535 no\r\n", security=Security.STARTTLS)
    assert sent[:4] == [b"EHLO [127.0.0.1]\r\n", b"STARTTLS\r\n", b"<tls>", b"EHLO [127.0.0.1]\r\n"]
    sent, outcome = play(b"220 hi\r\n", HELLO, security=Security.STARTTLS)
    assert len(sent) == 1
    assert isinstance(outcome, Refused)
    assert "STARTTLS" in outcome.title


@pytest.mark.parametrize(
    ("envelope", "octets", "word"),
    [
        (TO_LIN, b"x" * 1001, "MB"),
        (Envelope("ada@example.org", ("josé@example.org",)), b"x", "letters"),
    ],
)
def test_what_a_server_cannot_take_is_not_offered(envelope: Envelope, octets: bytes, word: str) -> None:
    sent, outcome = play(b"220 hi\r\n", HELLO, envelope=envelope, octets=octets)
    assert len(sent) == 1
    assert isinstance(outcome, Refused)
    assert word in outcome.title


def test_one_refused_recipient_holds_the_message_back() -> None:
    both = Envelope("ada@example.org", ("lin@example.org", "zoe@example.org"))
    sent, outcome = play(
        b"220 hi\r\n",
        HELLO,
        b"235 ok\r\n",
        b"250 ok\r\n",
        b"250 ok\r\n",
        b"550 5.1.1 no such user\r\n",
        envelope=both,
    )
    assert not any(line.startswith(b"DATA") for line in sent)
    assert isinstance(outcome, Refused)
    assert outcome.title == "This address does not exist: zoe@example.org"
    assert not outcome.is_temporary


@pytest.mark.parametrize(
    "address", ["a\r\nRCPT TO:<b@x.org>", "a b@x.org", "a>b@x.org", "", "\x00@x.org", "a@x.org\n"]
)
def test_no_address_is_a_command(address: str) -> None:
    with pytest.raises(InvalidArgument):
        Envelope("ada@example.org", (address,))
    with pytest.raises(InvalidArgument):
        Envelope(address, ("lin@example.org",))


def test_a_message_needs_a_recipient() -> None:
    with pytest.raises(InvalidArgument):
        Envelope("ada@example.org", ())


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"a\r\n.\r\nb\r\n", b"a\r\n..\r\nb\r\n"),
        (b".", b"..\r\n"),
        (b"a\n.\nb", b"a\r\n..\r\nb\r\n"),
        (b"a\r.\rb\r\n", b"a\r\n..\r\nb\r\n"),
        (b"a\r\n\n.\n\r\n", b"a\r\n\r\n..\r\n\r\n"),
        (b"", b""),
    ],
)
def test_no_message_ends_before_its_end(octets: bytes, expected: bytes) -> None:
    assert stuffed(octets) == expected
