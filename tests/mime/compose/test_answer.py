"""Answers: whom they go to, what they are called, what they quote."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from imapcore.mime.compose.answer import Answered, ReplyTo, forward, forward_subject, reply, reply_subject
from imapcore.mime.compose.checks import own_words, problem, warnings
from imapcore.mime.compose.quoting import body_text, quote
from imapcore.mime.message import read_body
from imapcore.model import Address, Draft, DraftFile, Message

ME, OTHER_ME = Address("Me", "me@gmail.com"), Address("Me", "me@example.org")
ADA, LIN, ZOE = (Address(name, f"{name.lower()}@example.org") for name in ("Ada", "Lin", "Zoe"))
OWN = (ME, OTHER_ME)
RAW = (
    b"From: Ada <ada@example.org>\r\nSubject: Lisbon\r\n\r\n"
    b"Shall we go?\r\n\r\n> I would.\r\n\r\n-- \r\nAda\r\n"
)


def answered(**changes: object) -> Answered:
    message = Message(
        msgid=7, thrid=5, date=0, sender=ADA, to=(ME,), cc=(), subject="Lisbon", snippet="", size=1,
        flags=frozenset(), labels=frozenset(), message_id="<second@example.org>",
    )  # fmt: skip
    list_post = str(changes.pop("list_post", ""))
    return Answered(
        replace(message, **changes),
        read_body(7, RAW),
        datetime(2026, 11, 30, 9, 5, tzinfo=UTC),
        ("<first@example.org>",),
        list_post,
    )


def test_a_reply_goes_to_the_sender_and_stands_in_the_conversation() -> None:
    draft = reply(answered(), OWN, ReplyTo.SENDER)
    assert (draft.to, draft.cc, draft.sender) == ((ADA,), (), ME)
    assert draft.subject == "Re: Lisbon"
    assert draft.in_reply_to == "<second@example.org>"
    assert draft.references == ("<first@example.org>", "<second@example.org>")
    assert (draft.thrid, draft.answers) == (5, 7)
    assert draft.text == "\n\nOn Mon, 30 Nov 2026 at 09:05, Ada wrote:\n> Shall we go?\n>\n>> I would.\n"


@pytest.mark.parametrize(
    ("who", "changes", "to", "cc"),
    [
        (ReplyTo.SENDER, {"reply_to": (LIN,)}, (LIN,), ()),
        (ReplyTo.ALL, {"to": (ME, LIN), "cc": (ZOE,)}, (ADA, LIN), (ZOE,)),
        (ReplyTo.ALL, {"to": (LIN,), "cc": (OTHER_ME, ADA, LIN)}, (ADA, LIN), ()),
        (ReplyTo.ALL, {"reply_to": (LIN,), "to": (ME,)}, (LIN,), ()),
        (ReplyTo.SENDER, {"sender": ME, "to": (LIN, ZOE)}, (LIN, ZOE), ()),
        (ReplyTo.ALL, {"sender": ME, "to": (LIN,), "cc": (ZOE,)}, (LIN,), (ZOE,)),
        (ReplyTo.ALL, {"sender": ME, "to": (ME,)}, (ME,), ()),
        (ReplyTo.LIST, {"list_post": "talk@lists.example.org"}, (Address("", "talk@lists.example.org"),), ()),
        (ReplyTo.LIST, {}, (ADA,), ()),
    ],
)
def test_who_is_answered(
    who: ReplyTo, changes: dict[str, object], to: tuple[Address, ...], cc: tuple[Address, ...]
) -> None:
    draft = reply(answered(**changes), OWN, who)
    assert (draft.to, draft.cc) == (to, cc)


def test_the_address_that_was_written_to_answers() -> None:
    assert reply(answered(to=(OTHER_ME,)), OWN, ReplyTo.SENDER).sender == OTHER_ME
    assert reply(answered(to=(LIN,)), OWN, ReplyTo.SENDER).sender == ME


def test_only_what_was_selected_is_quoted() -> None:
    text = reply(answered(), OWN, ReplyTo.SENDER, selected="we go", is_above=False).text
    assert text == "On Mon, 30 Nov 2026 at 09:05, Ada wrote:\n> we go\n\n"


def test_a_forward_says_whose_it_was_and_stays_in_the_conversation() -> None:
    draft = forward(answered(cc=(ZOE,)), OWN)
    assert draft.to == ()
    assert draft.subject == "Fwd: Lisbon"
    assert "From: Ada <ada@example.org>\nDate: Mon, 30 Nov 2026 at 09:05\nSubject: Lisbon" in draft.text
    assert "Cc: Zoe <zoe@example.org>\n\nShall we go?\n\n> I would." in draft.text
    assert (draft.thrid, draft.forwards, draft.answers) == (5, 7, None)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [("x", "Re: x"), ("Re: x", "Re: x"), ("RE: AW: Re[2]: x", "Re: x"), ("Re:", "Re:"), ("回复：x", "Re: x"),
     ("Really", "Re: Really")],
)  # fmt: skip
def test_re_stands_once(subject: str, expected: str) -> None:
    assert reply_subject(subject) == expected


def test_fwd_stands_once_and_re_stays() -> None:
    assert forward_subject("Fwd: WG: Re: x") == "Fwd: Re: x"


def test_html_is_quoted_as_what_was_read() -> None:
    raw = (
        b"Content-Type: text/html\r\n\r\n<p>See <a href='https://x.example/a'>the plan</a>:</p>"
        b"<ul><li>one</li><li>two</li></ul><table border=1><tr><th>a</th><th>b</th></tr>"
        b"<tr><td>1</td><td>22</td></tr></table>"
    )
    text = body_text(read_body(1, raw))
    assert "See the plan <https://x.example/a>:" in text
    assert "one\n" in text
    assert "1  22" in text
    assert all(line.startswith(">") for line in quote(text).split("\n"))


def test_warnings_are_about_ones_own_words() -> None:
    draft = Draft(sender=ME, to=(ADA,), subject="x", text="See attached.\n> also attached")
    assert warnings(draft) == ("You wrote “attached” and nothing is attached",)
    assert warnings(replace(draft, text="Thanks.\n> the attached file")) == ()
    assert warnings(replace(draft, files=(DraftFile("a", "text/plain", 1),))) == ()
    assert warnings(replace(draft, subject=" ", text="")) == ("There is no subject", "There is no text")
    many = tuple(Address("", f"{n}@example.org") for n in range(5))
    assert warnings(replace(draft, text="hi", to=many), lambda a: a != many[3]) == (
        "You never wrote to 3@example.org before",
    )


def test_what_cannot_be_sent_is_said() -> None:
    assert "Nobody" in problem(Draft(sender=ME))
    assert "25 MB" in problem(Draft(to=(ADA,), files=(DraftFile("a", "x/y", 26_000_000),)))
    assert problem(Draft(to=(ADA,))) == ""
    assert own_words("a\n> b\n-- \nme") == "a"
