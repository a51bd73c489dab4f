"""Parts inside of parts: opaque signatures, ``winmail.dat``, uuencoded files, messages in messages."""

from __future__ import annotations

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.mime.message import extract_inside, extract_part, read_body
from imapcore.mime.smime import Kind, open_smime
from imapcore.mime.tnef import open_tnef
from imapcore.model import Body
from tests.mime import packed

ENTITY = b"Content-Type: text/plain; charset=utf-8\r\n\r\nSigned w\xc3\xb6rds\r\n"


def part(media_type: str, octets: bytes, more: str = "") -> bytes:
    head = f"Content-Type: {media_type}\r\nContent-Transfer-Encoding: base64\r\n{more}\r\n"
    return head.encode() + base64.encodebytes(octets).replace(b"\n", b"\r\n")


def mixed(*parts: bytes, kind: str = "mixed") -> bytes:
    inside = b"".join(b"--b\r\n" + each + b"\r\n" for each in parts)
    return f"Content-Type: multipart/{kind}; boundary=b\r\n\r\n".encode() + inside + b"--b--\r\n"


def words(found: Body) -> str:
    return "\n".join("".join(span.text for span in block.spans) for block in found.blocks)


@pytest.mark.parametrize("pack", [packed.signed, packed.signed_in_pieces])
@pytest.mark.parametrize("media_type", ["application/pkcs7-mime; smime-type=signed-data",
                                        "application/x-pkcs7-mime; name=smime.p7m",
                                        "application/octet-stream; name=smime.p7m"])  # fmt: skip
def test_an_opaque_signature_is_read_without_a_key(media_type: str, pack: object) -> None:
    assert callable(pack)
    found = read_body(1, part(media_type, pack(ENTITY)))
    assert words(found) == "Signed wörds"
    assert found.notice == "Signed with S/MIME; the signature was not checked."
    assert "encrypted" not in found.notice


def test_what_was_signed_may_have_parts_of_its_own() -> None:
    picture = part("image/png; name=a.png", b"picture")
    raw = part("application/pkcs7-mime; name=smime.p7m", packed.signed(mixed(ENTITY, picture)))
    found = read_body(1, raw)
    assert words(found) == "Signed wörds"
    (file,) = found.attachments
    assert (file.section, file.filename) == ("1/2", "a.png")
    assert extract_part(raw, file.section) == b"picture"
    octets = extract_part(raw, "1")
    assert extract_inside(octets, "application/pkcs7-mime", file.section) == b"picture"
    with pytest.raises(KeyError):
        extract_inside(octets, "application/pkcs7-mime", "1/9")


@pytest.mark.parametrize(
    ("octets", "kind", "notice"),
    [
        (packed.content_info(packed.OID_ENVELOPED, b"x"), Kind.ENCRYPTED, "encrypted with S/MIME"),
        (packed.content_info(packed.OID_COMPRESSED, b"x"), Kind.COMPRESSED, "compressed"),
        (packed.certificates(), Kind.SIGNED, "certificates and nothing to read"),
        (b"anything", Kind.UNKNOWN, "encrypted with S/MIME"),
    ],
)
def test_other_kinds_are_named_as_what_they_are(octets: bytes, kind: Kind, notice: str) -> None:
    assert open_smime(octets).kind is kind
    found = read_body(1, part("application/pkcs7-mime; name=smime.p7m", octets))
    assert notice in found.notice
    assert [each.filename for each in found.attachments] == ["smime.p7m"]


@pytest.mark.parametrize(
    ("signature", "name"),
    [
        ("application/pkcs7-signature", "S/MIME"),
        ("application/x-pkcs7-signature", "S/MIME"),
        ("application/pgp-signature", "OpenPGP"),
    ],
)
def test_a_detached_signature_is_named_and_is_no_file(signature: str, name: str) -> None:
    found = read_body(1, mixed(ENTITY, part(signature, b"x"), kind="signed"))
    assert found.notice == f"Signed with {name}; the signature was not checked."
    assert not found.attachments


def test_openpgp_armor_around_words() -> None:
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n- -- \nHello\n"
        "-----BEGIN PGP SIGNATURE-----\n\nxyz\n-----END PGP SIGNATURE-----\nfooter\n"
    )
    found = read_body(1, b"Subject: x\n\n" + text.encode())
    assert "Hello" in words(found)
    assert "footer" in words(found)
    assert "xyz" not in words(found)
    assert "Hash" not in words(found)
    assert "Signed with OpenPGP" in found.notice


FILE = packed.tnef(
    packed.attribute(1, 0x800C, b"The text\0"),
    packed.attribute(2, 0x9002, b"\0" * 14),
    packed.attribute(2, 0x8010, b"LONGNA~1.PDF\0"),
    packed.attribute(2, 0x800F, b"%PDF"),
    packed.attribute(
        2,
        0x9005,
        packed.mapi(
            (0x03, 0x0E20, b"\4\0\0\0"),
            (0x1F, 0x3707, "../Ünsere Zahlen.pdf".encode("utf-16-le") + b"\0\0"),
            (0x1E, 0x370E, b"application/pdf\0"),
        ),
    ),
)


def test_winmail_dat_is_opened() -> None:
    raw = mixed(
        b"Content-Type: text/plain\r\n\r\nSee the file\r\n",
        part("application/ms-tnef; name=winmail.dat", FILE),
    )
    found = read_body(1, raw)
    assert words(found) == "See the file"
    (file,) = found.attachments
    assert (file.filename, file.media_type, file.size) == ("Ünsere Zahlen.pdf", "application/pdf", 4)
    assert extract_part(raw, file.section) == b"%PDF"
    assert found.notice == ""


def test_its_text_is_read_where_there_is_no_other() -> None:
    assert words(read_body(1, part("application/ms-tnef", FILE))) == "The text"


@given(st.binary(max_size=200), st.integers(0, 400))
def test_any_octets_are_opened_or_not(octets: bytes, place: int) -> None:
    place %= len(FILE)
    broken = FILE[:place] + octets + FILE[place + 1 :]
    open_tnef(broken)
    open_tnef(FILE[:place])
    sealed = packed.signed_in_pieces(ENTITY)
    place %= len(sealed)
    open_smime(sealed[:place] + octets + sealed[place + 1 :])
    open_smime(sealed[:place])
    read_body(1, part("application/ms-tnef", broken))


def uuencode(name: str, content: bytes) -> str:
    lines = [binascii.b2a_uu(content[at : at + 45]).decode() for at in range(0, len(content), 45)]
    return f"begin 644 {name}\n{''.join(lines)}`\nend\n"


def test_uuencoded_files_are_taken_out_of_the_text() -> None:
    content = bytes(range(256))
    text = "Before\n\n" + uuencode("../a.bin", content) + "\nBetween\n" + uuencode("b.txt", b"b") + "After\n"
    raw = b"Subject: x\n\n" + text.encode()
    found = read_body(1, raw)
    assert words(found).split() == ["Before", "Between", "After"]
    assert [(each.section, each.filename, each.size) for each in found.attachments] == [
        ("1/1", "a.bin", 256),
        ("1/2", "b.txt", 1),
    ]
    assert extract_part(raw, "1/1") == content
    assert extract_part(raw, "1/2") == b"b"


@pytest.mark.parametrize("text", ["begin 644 a\nhello, dear friends\n", "begin with the first\nend\n"])
def test_words_that_begin_so_stay_words(text: str) -> None:
    found = read_body(1, b"Subject: x\n\n" + text.encode())
    assert not found.attachments
    assert words(found).split() == text.split()


INNER = (
    b"From: Ada <ada@x.example>\r\nTo: Noor <noor@y.example>\r\nDate: Mon, 16 Nov 2026 09:12:00 +0100\r\n"
    b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nThe inner words\r\n"
)


def test_a_forwarded_message_is_read_in_its_place() -> None:
    forwarded = b"Content-Type: message/rfc822\r\n\r\n" + INNER
    found = read_body(1, mixed(b"Content-Type: text/plain\r\n\r\nSee below\r\n", forwarded))
    shown = words(found)
    for part_of_it in ("See below", "Grüße", "Ada <ada@x.example>", "Noor <noor@y.example>", "16 Nov 2026"):
        assert part_of_it in shown
    assert shown.endswith("The inner words")
    kinds = [block.kind.name for block in found.blocks]
    assert kinds == ["PARAGRAPH", "RULE", "HEADING", "PARAGRAPH", "PARAGRAPH"]
    assert [each.media_type for each in found.attachments] == ["message/rfc822"]


def test_a_digest_is_read_message_after_message() -> None:
    found = read_body(1, mixed(b"\r\n" + INNER, b"\r\n" + INNER, kind="digest"))
    assert words(found).count("The inner words") == 2
    assert not found.attachments


def test_messages_in_messages_end_somewhere() -> None:
    raw = INNER
    for _ in range(60):
        raw = b"Subject: outer\r\nContent-Type: message/rfc822\r\n\r\n" + raw
    found = read_body(1, raw)
    assert len(found.attachments) <= 10
