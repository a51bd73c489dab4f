"""What mail systems report, in a sentence: who refused, what, and why."""

from __future__ import annotations

import pytest

from imapcore.mime.message import read_body
from imapcore.mime.reports import read_delivery_status
from imapcore.model import Body


def bounce(status: str, *, kind: str = "message/delivery-status", more: str = "") -> Body:
    parts = (
        "Content-Type: text/plain\n\nSorry, it did not work.",
        f"Content-Type: {kind}\n\n{status}",
        "Content-Type: message/rfc822\n\nFrom: me@x.example\nSubject: Lunch\n\nShall we?" + more,
    )
    inside = "".join(f"--b\n{part}\n" for part in parts)
    raw = f"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n{inside}--b--\n"
    return read_body(1, raw.replace("\n", "\r\n").encode())


def first(found: Body) -> str:
    return "".join(span.text for span in found.blocks[0].spans)


HEAD = "Reporting-MTA: dns; mx.google.com\n\n"


@pytest.mark.parametrize(
    ("group", "sentence"),
    [
        (
            ("Final-Recipient: rfc822; ada@x.example\nAction: failed\nStatus: 5.1.1\n"
            "Remote-MTA: dns; mail.x.example\nDiagnostic-Code: smtp; 550 5.1.1 User\n unknown"),
            ("Not delivered to ada@x.example: there is no such mailbox, says mail.x.example"
            " (“550 5.1.1 User unknown”)."),
        ),
        (
            "Final-Recipient: rfc822;ada@x.example\nAction: delayed\nStatus: 4.4.1",
            ("Not delivered to ada@x.example yet; it will be tried again: the server does not answer,"
            " says mx.google.com."),
        ),
        (
            ("Original-Recipient: rfc822; list@x.example\nFinal-Recipient: rfc822; ada@x.example\n"
            "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 552 5.2.2 over quota"),
            ("Not delivered to list@x.example: the mailbox is full, says mx.google.com"
            " (“552 5.2.2 over quota”)."),
        ),
        (
            "Final-Recipient: rfc822; ada@x.example\nAction: failed\nStatus: 5.7.1",
            "Not delivered to ada@x.example: it was refused by the rules there, says mx.google.com.",
        ),
        (
            "Final-Recipient: rfc822; ada@x.example\nAction: failed\nStatus: 5.9.9",
            "Not delivered to ada@x.example: so says mx.google.com.",
        ),
        ("Final-Recipient: rfc822; ada@x.example\nAction: delivered\nStatus: 2.0.0",
         "Delivered to ada@x.example."),
        ("Final-Recipient: rfc822; ada@x.example\nAction: relayed\nStatus: 2.0.0",
         "Passed on to ada@x.example; no more will be heard of it."),
    ],
)  # fmt: skip
def test_a_bounce_says_who_refused_and_why(group: str, sentence: str) -> None:
    assert first(bounce(HEAD + group)) == sentence


def test_a_servers_long_answer_is_put_together() -> None:
    answer = "".join(f"550-5.1.1 line {number} of a long explanation\n " for number in range(20))
    found = first(
        bounce(f"Final-Recipient: rfc822; a@x.example\nAction: failed\nDiagnostic-Code: smtp; {answer}")
    )
    assert "(“550 5.1.1 line 0 of a long explanation line 1 of" in found
    assert found.endswith(" …”).")
    assert len(found) < 350


def test_every_recipient_is_told_of() -> None:
    group = "Final-Recipient: rfc822; {}@x.example\nAction: failed\nStatus: 5.1.1\n\n"
    told = read_delivery_status(HEAD + group.format("ada") + group.format("noor"))
    assert [line.split(":")[0] for line in told] == [
        "Not delivered to ada@x.example",
        "Not delivered to noor@x.example",
    ]


def test_the_own_message_that_came_back_is_there_and_folded() -> None:
    found = bounce(HEAD + "Final-Recipient: rfc822; ada@x.example\nAction: failed\nStatus: 5.1.1")
    shown = [("".join(span.text for span in block.spans), block.quote) for block in found.blocks]
    assert ("Sorry, it did not work.", 0) in shown
    assert ("Lunch", 1) in shown
    assert ("Shall we?", 1) in shown


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        ("message/disposition-notification",
         "Final-Recipient: rfc822; ada@x.example\nDisposition: manual-action/MDN-sent-manually; displayed",
         "ada@x.example was shown your message."),
        ("message/disposition-notification",
         ("Final-Recipient: rfc822; ada@x.example\n"
         "Disposition: automatic-action/MDN-sent-automatically; deleted/error"),
         "ada@x.example deleted your message unread."),
        ("message/feedback-report",
         "Feedback-Type: abuse\nOriginal-Rcpt-To: <ada@x.example>\n",
         "The enclosed message was called spam by ada@x.example."),
    ],
)  # fmt: skip
def test_other_reports(kind: str, text: str, sentence: str) -> None:
    assert first(bounce(text, kind=kind)) == sentence


def test_a_bounce_of_the_old_kind_names_its_recipients_in_the_header() -> None:
    found = read_body(1, b"X-Failed-Recipients: ada@x.example, noor@x.example\r\n\r\nIt failed\r\n")
    assert first(found) == "Not delivered to ada@x.example."
    assert len(found.blocks) == 3


@pytest.mark.parametrize("text", ["", "\n\n\n", "Action: failed", ":", "a\n b\n c", "Final-Recipient: x"])
def test_a_report_that_says_nothing_is_none(text: str) -> None:
    assert read_delivery_status(text) == []
    assert first(bounce(text)) == "Sorry, it did not work."


def test_nothing_dangerous_comes_out_of_a_report() -> None:
    evil = "Final-Recipient: rfc822; a\x1b[31m@x\u202e\nAction: failed\nDiagnostic-Code: smtp; \x1b]0;x\x07\n"
    assert not {"\x1b", "\u202e", "\x07"} & set("".join(read_delivery_status(evil)))
