"""A draft as octets, read back by Python's own parser."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from imapcore.mime.compose.render import new_message_id, render_message
from imapcore.model import Address, Draft, DraftFile

NOW = datetime(2026, 11, 30, 12, 30, tzinfo=UTC)
ADA, LIN = Address("Ada Lovelace", "ada@example.org"), Address("Lin", "lin@example.org")
DRAFT = Draft(
    sender=ADA,
    to=(LIN,),
    subject="Re: Lisbon",
    text="Hello Lin,\n\nyes.\n\n-- \nAda",
    message_id="<new@example.org>",
    in_reply_to="<second@example.org>",
    references=("<first@example.org>", "<second@example.org>"),
)


def render(draft: Draft, octets: bytes = b"", *, keeps_bcc: bool = False) -> bytes:
    return render_message(draft, lambda _: octets, now=NOW, keeps_bcc=keeps_bcc)


def read(draft: Draft, octets: bytes = b"") -> EmailMessage:
    message = message_from_bytes(render(draft, octets), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage) -> str:
    """Its content with the lines' ends of a text."""
    content = message.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def test_the_header_is_what_was_meant() -> None:
    message = read(DRAFT)
    assert message["From"] == "Ada Lovelace <ada@example.org>"
    assert message["To"] == "Lin <lin@example.org>"
    assert message["Subject"] == "Re: Lisbon"
    assert message["Message-ID"] == "<new@example.org>"
    assert message["In-Reply-To"] == "<second@example.org>"
    assert message["References"] == "<first@example.org> <second@example.org>"
    assert message["Date"].datetime == NOW
    assert message["Bcc"] is None
    assert message.get_content_type() == "text/plain"
    assert text_of(message) == "Hello Lin,\n\nyes.\n\n-- \nAda\n"


def test_blind_recipients_are_in_the_copy_for_drafts_alone() -> None:
    draft = replace(DRAFT, bcc=(Address("", "boss@example.org"),))
    assert b"boss" not in render(draft)
    assert b"Bcc: boss@example.org\r\n" in render(draft, keeps_bcc=True)


@pytest.mark.parametrize("field", ["subject", "name", "filename", "message_id", "references", "email"])
@pytest.mark.parametrize(
    "evil",
    [
        "x\r\nBcc: e@x.org",
        "x\nBcc: e@x.org",
        "x\rBcc: e@x.org",
        "\x00x",
        "x\u2028Bcc: e@x.org",
        "x\x85Bcc: e@x.org",
    ],
)
def test_nothing_makes_a_header_of_its_own(field: str, evil: str) -> None:
    draft = DRAFT
    match field:
        case "subject":
            draft = replace(draft, subject=evil)
        case "name":
            draft = replace(draft, to=(Address(evil, "lin@example.org"),))
        case "email":
            draft = replace(draft, to=(Address("", "lin@example.org" + evil),))
        case "filename":
            draft = replace(draft, files=(DraftFile(evil, "text/plain", 1),))
        case "message_id":
            draft = replace(draft, message_id=f"<{evil}@x>")
        case _:
            draft = replace(draft, references=(f"<{evil}@x>", "<a@b>"))
    try:
        octets = render(draft, b"x")
    except ValueError:
        assert field == "email"
        return
    message = message_from_bytes(octets, policy=policy.default)
    assert message["Bcc"] is None
    assert b"\x00" not in octets
    head = octets.partition(b"\r\n\r\n")[0]
    assert not any(line.lower().startswith(b"bcc") for line in head.splitlines())


@given(st.text(max_size=2000), st.text(max_size=100), st.text(max_size=50))
def test_any_text_and_any_names_arrive(text: str, subject: str, name: str) -> None:
    text = "".join(c for c in text if c.isprintable() or c == "\n")
    draft = replace(DRAFT, text=text, subject=subject, to=(Address(name, "lin@example.org"),), message_id="")
    octets = render(draft)
    assert octets.isascii()
    assert all(len(line) <= 998 for line in octets.split(b"\r\n"))
    assert b"\n" not in octets.replace(b"\r\n", b"")
    message = message_from_bytes(octets, policy=policy.default)
    assert message["To"].addresses[0].addr_spec == "lin@example.org"
    assert isinstance(message, EmailMessage)
    if not any(line.startswith((">", " ", "From ")) or len(line) > 70 for line in text.split("\n")):
        shown = [line.rstrip(" ") if line != "-- " else line for line in text_of(message).split("\n")]
        typed = [line.rstrip(" ") if line != "-- " else line for line in text.split("\n")]
        assert "\n".join(shown).rstrip("\n") == "\n".join(typed).rstrip("\n")


def test_letters_before_the_at_ask_for_utf8() -> None:
    octets = render(replace(DRAFT, to=(Address("José", "josé@bücher.example"),)))
    assert "To: José <josé@bücher.example>\r\n".encode() in octets
    octets = render(replace(DRAFT, to=(Address("José", "jose@bücher.example"),)))
    assert b"<jose@xn--bcher-kva.example>" in octets
    assert octets.isascii()


@pytest.mark.parametrize(
    "name", ["plan.pdf", "Übersicht 2027 – final.pdf", "予算.xlsx", 'a"b\\c.txt', "x" * 200 + ".txt"]
)
def test_files_keep_their_names_and_octets(name: str) -> None:
    octets = bytes(range(256)) * 3
    message = read(replace(DRAFT, files=(DraftFile(name, "application/pdf", len(octets)),)), octets)
    (part,) = message.iter_attachments()
    assert part.get_filename() == name
    assert part.get_content_type() == "application/pdf"
    assert part.get_content() == octets
    body = message.get_body()
    assert body is not None
    assert body.get_content().startswith("Hello Lin")


@pytest.mark.parametrize(
    "media_type", ["", "nonsense", "multipart/mixed", "text/plain\r\nX: y", "message/partial"]
)
def test_a_type_that_is_none_is_octets(media_type: str) -> None:
    (part,) = read(replace(DRAFT, files=(DraftFile("a", media_type, 1),)), b"x").iter_attachments()
    assert part.get_content_type() == "application/octet-stream"


@pytest.mark.parametrize("raw", [b"Subject: old\r\n\r\nold text\r\n", "Subject: ö\r\n\r\nälter\r\n".encode()])
def test_a_message_goes_as_a_message(raw: bytes) -> None:
    draft = replace(DRAFT, files=(DraftFile("old.eml", "message/rfc822", len(raw)),))
    octets = render(draft, raw)
    assert raw.partition(b"\r\n\r\n")[2] in octets
    message = message_from_bytes(octets, policy=policy.default)
    assert isinstance(message, EmailMessage)
    (part,) = message.iter_attachments()
    assert part.get_content_type() == "message/rfc822"
    assert part.get_filename() == "old.eml"


def test_markdown_has_both_forms_and_no_html_of_the_users_own() -> None:
    message = read(
        replace(DRAFT, text="**yes** <script>x</script>\n\n| a | b |\n|---|---|\n| 1 | 2 |", is_markdown=True)
    )
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "**yes**" in plain.get_content()
    assert "<strong>yes</strong> &lt;script&gt;" in html.get_content()
    assert "<table>" in html.get_content()


def test_long_references_keep_the_first_and_the_newest() -> None:
    ids = tuple(f"<{number}@example.org>" for number in range(100))
    references = read(replace(DRAFT, references=ids))["References"].split()
    assert references[0] == "<0@example.org>"
    assert references[-1] == "<99@example.org>"
    assert len(references) == 40


def test_a_message_id_names_the_senders_domain() -> None:
    assert new_message_id("token", "ada@bücher.example") == "<token@xn--bcher-kva.example>"
    assert new_message_id("token", "josé@bücher.example") == "<token@localhost>"


def test_a_message_needs_a_sender() -> None:
    with pytest.raises(ValueError, match="sender"):
        render(Draft(to=(LIN,)))
