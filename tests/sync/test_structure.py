"""Marks of a message, from the shape of its parts."""

from __future__ import annotations

import pytest

from imapcore.sync.convert.snippet_source import TextNote
from imapcore.sync.convert.structure import find_part, read_marks
from imapcore.wire.bodystructure import BodyStructure, Extension, Multipart, Part


def part(
    section: str,
    media_type: str,
    *,
    filename: str = "",
    disposition: str | None = None,
    content_id: str | None = None,
    size: int = 100,
    charset: str = "utf-8",
) -> Part:
    parameters = (("filename", filename),) if filename else ()
    return Part(
        section,
        media_type,
        (("charset", charset),) if media_type.startswith("text/") else (),
        content_id,
        None,
        "quoted-printable",
        size,
        extension=Extension(disposition, parameters),
    )


PLAIN = part("1", "text/plain")
ALTERNATIVE = Multipart("", "multipart/alternative", (PLAIN, part("2", "text/html")))
WITH_PDF = Multipart(
    "",
    "multipart/mixed",
    (
        Multipart("1", "multipart/alternative", (part("1.1", "text/plain"), part("1.2", "text/html"))),
        part("2", "application/pdf", filename="Contract.pdf", disposition="attachment"),
    ),
)
WITH_PICTURE = Multipart(
    "",
    "multipart/related",
    (
        part("1", "text/html"),
        part("2", "image/png", filename="logo.png", disposition="inline", content_id="<a@b>"),
        part("3", "image/png", filename="sign.png", disposition="attachment", content_id="<c@d>"),
    ),
)
INVITE = Multipart(
    "",
    "multipart/mixed",
    (
        Multipart("1", "multipart/alternative", (part("1.1", "text/plain"), part("1.2", "text/calendar"))),
        part("2", "application/ics", filename="invite.ics", disposition="attachment"),
    ),
)
SIGNED = Multipart(
    "",
    "multipart/signed",
    (part("1", "text/plain"), part("2", "application/pgp-signature", filename="signature.asc")),
)
FORWARDED = Multipart(
    "",
    "multipart/mixed",
    (
        part("1", "text/plain"),
        Part("2", "message/rfc822", (), None, None, "7bit", 900, message=WITH_PDF),
    ),
)
EMPTY_PLAIN = Multipart(
    "", "multipart/alternative", (part("1", "text/plain", size=2), part("2", "text/html"))
)
CHILDLESS = Multipart("", "multipart/alternative", ())
SCAN = part("1", "image/jpeg", filename="scan.jpg")
NOTES = Multipart(
    "", "multipart/mixed", (part("1", "text/plain", disposition="attachment", filename="notes.txt"),)
)


@pytest.mark.parametrize(
    ("structure", "has_attachment", "has_invite", "section"),
    [
        pytest.param(PLAIN, False, False, "1", id="plain"),
        pytest.param(ALTERNATIVE, False, False, "1", id="alternative"),
        pytest.param(WITH_PDF, True, False, "1.1", id="attachment"),
        pytest.param(WITH_PICTURE, False, False, "1", id="pictures of the HTML are no attachments"),
        pytest.param(INVITE, False, True, "1.1", id="invitation"),
        pytest.param(SIGNED, False, False, "1", id="a signature is no attachment"),
        pytest.param(FORWARDED, True, False, "1", id="a forwarded message is one, what is in it is not"),
        pytest.param(EMPTY_PLAIN, False, False, "2", id="an empty plain part is not worth previewing"),
        pytest.param(CHILDLESS, False, False, None, id="a multipart without children"),
        pytest.param(SCAN, True, False, None, id="nothing but a file"),
        pytest.param(NOTES, True, False, None, id="a text that is a file"),
    ],
)
def test_marks_follow_what_a_person_would_say(
    structure: BodyStructure, has_attachment: bool, has_invite: bool, section: str | None
) -> None:
    marks = read_marks(structure)
    assert (marks.has_attachment, marks.has_invite) == (has_attachment, has_invite)
    assert (marks.text.section if marks.text else None) == section


@pytest.mark.parametrize("kind", ["mixed", "alternative"])
def test_a_text_of_blank_lines_is_not_worth_previewing(kind: str) -> None:
    blank, words = part("1", "text/plain", size=10), part("2", "text/html", size=500)
    found = read_marks(Multipart("", f"multipart/{kind}", (blank, words))).text
    assert found is words
    assert read_marks(Multipart("", f"multipart/{kind}", (blank,))).text is blank


def test_a_part_is_found_by_its_section_even_within_a_message() -> None:
    assert find_part(WITH_PDF, "2") is WITH_PDF.parts[1]
    assert find_part(WITH_PDF, "9") is None
    assert find_part(FORWARDED, "1.1") is not None


@pytest.mark.parametrize("charset", ["utf-8", "", 'odd " name'])
def test_the_note_of_a_text_part_survives_the_store(charset: str) -> None:
    note = TextNote.of_part(part("1.2", "text/html", charset=charset))
    assert TextNote.parse(str(note)) == note
    assert (note.section, note.encoding, note.is_html) == ("1.2", "quoted-printable", True)


def test_no_text_part_has_no_note() -> None:
    assert TextNote.parse("") is None
