"""What a header says of a message's origin, as values for "show details"."""

from __future__ import annotations

import pytest

from imapcore.mime.message import read_body
from imapcore.model import Address, Details, Unsubscribe, Verdict


def details(header: str) -> Details:
    found = read_body(1, header.strip().replace("\n", "\r\n").encode() + b"\r\n\r\nhello").details
    assert found is not None
    return found


GMAIL = """
Authentication-Results: mx.google.com;
       dkim=pass header.i=@news.example header.s=s1 header.b=abc;
       dkim=fail (bad signature) header.i=@other.example;
       spf=pass (google.com: bounce@mail.example designates 1.2.3.4) smtp.mailfrom=bounce@mail.example;
       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=news.example
Received: by 2002:a05:6a10 with SMTP id x; Mon
Received: from a (a. [1.2.3.4]) by mx.google.com with ESMTPS id x (version=TLS1_3 cipher=X);
Authentication-Results: evil.example; dkim=pass header.i=@bank.example
From: "News" <news@news.example>
Sender: robot@mail.example
To: Ada <ada@x.example>, noor@y.example
Reply-To: answers@news.example
Date: Mon, 16 Nov 2026 09:12:00 +0100
Message-ID: <1@news.example>
List-Id: The news <news.example.list>
List-Post: <mailto:post@news.example>
List-Archive: <https://news.example/archive>
List-Unsubscribe: <mailto:leave@news.example>, <https://news.example/leave?u=1>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
"""


def test_all_of_it() -> None:
    found = details(GMAIL)
    assert found.sender == Address("News", "news@news.example")
    assert found.sent_by == Address("", "robot@mail.example")
    assert [each.email for each in found.to] == ["ada@x.example", "noor@y.example"]
    assert found.mailed_by == "mail.example"
    assert found.signed_by == "news.example"
    assert found.verdicts == (
        Verdict("dkim", "pass", "news.example"),
        Verdict("spf", "pass", "mail.example"),
        Verdict("dmarc", "pass", "news.example"),
    )
    assert found.is_encrypted is True
    assert found.list_id == "news.example.list"
    assert found.list_post == "mailto:post@news.example"
    assert found.list_archive == "https://news.example/archive"
    assert found.unsubscribe == Unsubscribe(
        "https://news.example/leave?u=1", "mailto:leave@news.example", is_one_click=True
    )
    assert found.message_id == "1@news.example"


def test_a_sender_who_is_the_author_is_not_told_twice() -> None:
    assert details("From: Ada <ada@x.example>\nSender: ADA@x.example").sent_by is None


def test_what_a_sender_wrote_below_counts_nothing() -> None:
    found = details(
        "Authentication-Results: mx; dkim=none; spf=fail smtp.mailfrom=x@y.example\n"
        "Authentication-Results: mx; dkim=pass header.i=@bank.example; spf=pass smtp.mailfrom=a@bank.example"
    )
    assert (found.mailed_by, found.signed_by) == ("", "")


@pytest.mark.parametrize(
    ("header", "unsubscribe"),
    [
        ("Subject: x", None),
        ("List-Unsubscribe: nonsense", None),
        ("List-Unsubscribe: <javascript:alert(1)>", None),
        ("List-Unsubscribe: <http://x.example/u>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click",
         Unsubscribe("http://x.example/u")),
        ("List-Unsubscribe: <mailto:u@x.example?subject=stop>",
         Unsubscribe("", "mailto:u@x.example?subject=stop")),
        ("List-Unsubscribe: <https://x.example/u>", Unsubscribe("https://x.example/u")),
    ],
)  # fmt: skip
def test_ways_to_leave_a_list(header: str, unsubscribe: Unsubscribe | None) -> None:
    assert details(header).unsubscribe == unsubscribe


@pytest.mark.parametrize(
    ("received", "is_encrypted"),
    [
        ("from a by b with ESMTP id x; Mon", False),
        ("from a by b with SMTP id x; Mon", False),
        ("from a by b with ESMTPS id x; Mon", True),
        ("from a by b with ESMTPSA id x; Mon", True),
        ("by 2002:a05 with HTTP; Mon", None),
    ],
)
def test_how_it_came(received: str, is_encrypted: bool | None) -> None:
    assert details(f"Received: {received}").is_encrypted is is_encrypted


def test_nothing_dangerous_comes_out_of_a_header() -> None:
    found = details(
        "List-Id: <a\x1b[31mb\u202e>\nMessage-ID: <\x1b]0;x\x07>\nDate: \x1b[m\n"
        "Authentication-Results: x; dkim=pass header.i=@a\x1b\u202e.example"
    )
    assert not {"\x1b", "\u202e", "\x07"} & set(
        repr(found).replace("\\x1b", "\x1b").replace("\\u202e", "\u202e")
    )
