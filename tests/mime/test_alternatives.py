"""Which form of a text is shown, and how every other form and part is asked for."""

from __future__ import annotations

import pytest

from imapcore.mime.message import read_body
from imapcore.mime.reply_words import HEADER_WORDS
from imapcore.model import Body

ONE = '<a href="https://x.example/c">here</a>'
URLS = [f"https://x.example/{n}" for n in range(6)]
LINKS = " ".join(f'<a href="https://x.example/{n}">item {n}</a>' for n in range(6))


def alternative(plain: str, html: str, *more: str) -> bytes:
    parts = (f"Content-Type: text/plain\n\n{plain}", f"Content-Type: text/html\n\n{html}", *more)
    inside = "".join(f"--b\n{part}\n" for part in parts)
    return f"Content-Type: multipart/alternative; boundary=b\n\n{inside}--b--\n".encode()


def words(found: Body) -> str:
    return " ".join("".join(span.text for span in block.spans) for block in found.blocks)


@pytest.mark.parametrize(
    ("plain", "html", "is_html"),
    [
        (
            "Confirm your address with the button below",
            '<p>Confirm <a href="https://x.example/c">here</a>',
            True,
        ),
        ("Confirm your address with this link: https://x.example/c", f"<p>Confirm {ONE}", False),
        ("No links at all", "<p>No links at all", False),
        ("Write to ada@x.example", '<p>Write to <a href="mailto:ada@x.example">Ada</a>', False),
        ("Many: https://x.example/0", f"<p>Many: {LINKS}", True),
        ("Many words about it: " + " and this as well: ".join(URLS), f"<p>Many: {LINKS}", False),
        ("   \n\n", "<p>words", True),
        ("words", "", False),
    ],
)
def test_the_html_is_taken_where_the_plain_text_lacks_its_links(plain: str, html: str, is_html: bool) -> None:
    assert read_body(1, alternative(plain, html)).is_html is is_html


def test_the_other_form_can_be_asked_for() -> None:
    raw = alternative("Hello plain", "<p>Hello <b>HTML</b>")
    shown = read_body(1, raw)
    assert [(form.section, form.title, form.is_shown, form.is_alternative) for form in shown.forms] == [
        ("1", "plain text", True, True),
        ("2", "HTML", False, True),
    ]
    other = read_body(1, raw, "2")
    assert (words(other), other.is_html) == ("Hello HTML", True)
    assert [form.is_shown for form in other.forms] == [False, True]
    assert read_body(1, raw, "9").blocks == shown.blocks


def test_another_form_keeps_what_stands_beside_it() -> None:
    text = alternative("Hello plain", "<p>Hello HTML").decode()
    raw = (
        f"Content-Type: multipart/mixed; boundary=m\n\n--m\n{text}\n--m\nContent-Type: application/pdf;"
        " name=a.pdf\n\nx\n--m\nContent-Type: text/plain\n\nfooter\n--m--\n"
    ).encode()
    shown, other = read_body(1, raw), read_body(1, raw, "1.2")
    assert words(shown).split() == ["Hello", "plain", "footer"]
    assert words(other).split() == ["Hello", "HTML", "footer"]
    assert shown.attachments == other.attachments
    assert words(read_body(1, raw, "3")) == "footer"


def test_one_form_is_no_choice() -> None:
    assert read_body(1, b"Subject: x\n\nhello").forms == ()


def test_a_text_that_is_a_file_can_be_read_as_well() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n--b\n"
        b"Content-Type: text/x-log; name=a.log\nContent-Disposition: attachment\n\nline one\n--b--\n"
    )
    shown = read_body(1, raw)
    assert [(form.section, form.title) for form in shown.forms] == [("1", "plain text"), ("2", "a.log")]
    assert words(read_body(1, raw, "2")) == "line one"


@pytest.mark.parametrize(
    ("enriched", "text"),
    [
        ("<bold>Now</bold> is\nthe <italic>time</italic>\n\nfor 1 << 2", "Now is the time for 1 < 2"),
        ("<color><param>red</param>red</color> words", "red words"),
    ],
)
def test_enriched_text(enriched: str, text: str) -> None:
    found = read_body(1, f"Content-Type: text/enriched\n\n{enriched}\n".encode())
    assert " ".join(words(found).split()) == text


@pytest.mark.parametrize("language", sorted(HEADER_WORDS))
def test_an_original_below_its_header_is_folded_in_every_language(language: str) -> None:
    sender, sent, to, copy, subject = (each.split("|")[0] for each in HEADER_WORDS[language])
    head = f"{sender}: Ada <a@x.example>\n{sent}: 16.11.2026 09:12\n{to}: Noor\n{copy}: Lin\n{subject}: x\n"
    raw = f"Content-Type: text/plain; charset=utf-8\n\nAgreed.\n\n{head}\nthe old text\n".encode()
    blocks = read_body(1, raw).blocks
    assert blocks[0].quote == 0
    assert {block.quote for block in blocks[1:]} == {1}
