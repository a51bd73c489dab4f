"""Large messages without their weight, read by ``mime`` as any message is."""

from __future__ import annotations

from imapcore.mime.message import read_body
from imapcore.sync.content.partial_message import build_skeleton, restore_sizes, wanted_parts
from imapcore.wire.bodystructure import Extension, Multipart, Part
from tests.sync.test_structure import part

HEADER = (
    b"From: Ann <ann@example.org>\r\nSubject: Plans\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="outer"\r\n\r\n'
)
STRUCTURE = Multipart(
    "",
    "multipart/mixed",
    (
        Multipart(
            "1",
            "multipart/alternative",
            (part("1.1", "text/plain"), part("1.2", "text/html")),
            (("boundary", "inner"),),
        ),
        Part(
            "2",
            "application/pdf",
            (("name", 'odd "name".pdf'),),
            None,
            None,
            "base64",
            7_800_000,
            extension=Extension("attachment", (("filename", 'odd "name".pdf'),)),
        ),
    ),
    (("boundary", "outer"),),
)


def test_only_what_is_read_is_wanted() -> None:
    assert [each.section for each in wanted_parts(STRUCTURE)] == ["1.1", "1.2"]


def test_a_skeleton_reads_like_the_message_and_knows_the_sizes() -> None:
    texts = {"1.1": b"Caf=C3=A9 at four.\r\n", "1.2": b"<p>Caf=C3=A9 at four.</p>\r\n"}
    skeleton = build_skeleton(STRUCTURE, HEADER, texts)
    body = restore_sizes(read_body(1, skeleton), skeleton)
    assert "Café at four." in "".join(span.text for block in body.blocks for span in block.spans)
    assert [(each.section, each.media_type, each.size) for each in body.attachments] == [
        ("2", "application/pdf", 5_700_000)
    ]
    assert body.attachments[0].filename.endswith(".pdf")
    assert body.notice == ""


def test_a_single_part_that_is_a_file() -> None:
    scan = Part("1", "image/jpeg", (), None, None, "base64", 780, extension=Extension("attachment"))
    header = b"Subject: Scan\r\nContent-Type: image/jpeg\r\nContent-Disposition: attachment\r\n\r\n"
    skeleton = build_skeleton(scan, header, {})
    body = restore_sizes(read_body(1, skeleton), skeleton)
    assert [(each.section, each.size) for each in body.attachments] == [("1", 570)]


def test_a_whole_message_keeps_the_sizes_it_has() -> None:
    raw = b"Subject: x\r\nContent-Type: application/pdf\r\n\r\nabc"
    body = read_body(1, raw)
    assert restore_sizes(body, raw) == body
