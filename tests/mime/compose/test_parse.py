"""Drafts begun elsewhere, and our own on their way back."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from imapcore.mime.compose.flowed import flow
from imapcore.mime.compose.parse import OURS, parse_draft, unflow
from imapcore.mime.compose.render import render_message
from imapcore.model import Address, Draft, DraftFile

ME, LIN = Address("Me", "me@gmail.com"), Address("Lin", "lin@example.org")
NOW = datetime(2026, 11, 30, tzinfo=UTC)
DRAFT = Draft(
    sender=ME, to=(LIN,), bcc=(Address("", "zoe@example.org"),), subject="Übersicht",
    text="Hello\n\n> quoted\n",
    message_id="<v1@gmail.com>", in_reply_to="<b@x.org>", references=("<a@x.org>", "<b@x.org>"),
)  # fmt: skip


def test_our_own_version_comes_back_as_it_was() -> None:
    files = (DraftFile("plän.pdf", "application/pdf", 4, 1), DraftFile("old.eml", "message/rfc822", 9, 2))
    octets = {1: b"%PDF", 2: b"Subject: old\r\n\r\nx\r\n"}
    source = render_message(
        replace(DRAFT, files=files),
        octets.__getitem__,
        now=NOW,
        keeps_bcc=True,
        extra={OURS: "<sent@gmail.com>"},
    )
    parsed = parse_draft(source, (ME,))
    assert parsed.ours == "<sent@gmail.com>"
    assert parsed.draft == replace(DRAFT, message_id="")
    assert [(name, kind) for name, kind, _ in parsed.files] == [
        ("plän.pdf", "application/pdf"),
        ("old.eml", "message/rfc822"),
    ]
    assert parsed.files[0][2] == b"%PDF"
    assert b"Subject: old" in parsed.files[1][2]


def test_a_draft_of_the_web_is_its_words() -> None:
    message = EmailMessage()
    message["To"] = "Lin <lin@example.org>"
    message["Subject"] = "Lisbon"
    message.set_content("<div>Hello <b>Lin</b></div><div>Yours</div>", subtype="html")
    parsed = parse_draft(message.as_bytes(), (ME,))
    assert parsed.draft.sender == ME
    assert parsed.draft.text == "Hello Lin\nYours\n"
    assert parsed.ours == ""


@given(st.binary(max_size=2000))
def test_whatever_stands_in_drafts_can_be_read(source: bytes) -> None:
    parse_draft(source, (ME,))


@given(
    st.text(
        st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\x85\u2028\u2029"),
        max_size=400,
    )
)
def test_paragraphs_come_back_whole(line: str) -> None:
    if line.startswith(">"):
        return
    assert unflow(flow(line)).rstrip("\n") == line.rstrip(" \t")
