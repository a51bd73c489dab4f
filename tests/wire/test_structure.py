"""BODYSTRUCTURE: the tree, the section numbers, extension data, whatever is missing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.wire.bodystructure import BodyStructure, Extension, Multipart, Part, build_bodystructure
from imapcore.wire.envelope import PATTERN, Envelope, EnvelopeAddress, build_envelope
from imapcore.wire.lexer import Lexer, ParseError


def structure(text: str) -> BodyStructure:
    return build_bodystructure(Lexer.over(text.encode()).value())


TEXT = '("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "QUOTED-PRINTABLE" 110 3 NIL NIL NIL)'
ENVELOPE = '("d" "s" NIL NIL NIL NIL NIL NIL NIL "<i@x>")'


def test_a_leaf_alone_is_part_one() -> None:
    assert structure(TEXT) == Part(
        section="1",
        media_type="text/plain",
        params=(("charset", "UTF-8"),),
        content_id=None,
        description=None,
        encoding="quoted-printable",
        size=110,
        lines=3,
    )


def test_reads_all_extension_data() -> None:
    part = structure(
        '("APPLICATION" "PDF" ("NAME" "a.pdf") "<id@x>" "A report" "BASE64" 5000 "md5==" '
        '("ATTACHMENT" ("FILENAME" "report.pdf" "SIZE" "3700")) ("en" "de") "http://x" "more" (1 2))'
    )
    assert isinstance(part, Part)
    assert part.md5 == "md5=="
    assert part.content_id == "<id@x>"
    assert part.description == "A report"
    assert part.extension == Extension(
        "attachment", (("filename", "report.pdf"), ("size", "3700")), ("en", "de"), "http://x"
    )
    assert part.filename == "report.pdf"


def test_finds_a_file_name_wherever_it_is() -> None:
    named = structure('("IMAGE" "PNG" ("NAME*" "UTF-8\'\'x.png") NIL NIL "BASE64" 1)')
    assert isinstance(named, Part)
    assert named.filename == "UTF-8''x.png"
    bare = structure(TEXT)
    assert isinstance(bare, Part)
    assert bare.filename is None


def test_numbers_the_parts_of_a_multipart() -> None:
    whole = structure(
        f'(({TEXT}{TEXT} "ALTERNATIVE" ("BOUNDARY" "x") NIL NIL){TEXT} "MIXED" ("BOUNDARY" "y") NIL "en")'
    )
    assert isinstance(whole, Multipart)
    assert [(part.section, part.media_type) for part in whole.walk()] == [
        ("", "multipart/mixed"),
        ("1", "multipart/alternative"),
        ("1.1", "text/plain"),
        ("1.2", "text/plain"),
        ("2", "text/plain"),
    ]
    assert whole.params == (("boundary", "y"),)
    assert whole.extension.languages == ("en",)


def test_numbers_the_parts_of_an_embedded_message() -> None:
    """RFC 3501 §6.4.5: an embedded multipart's parts come right below it, a single part is its number 1."""
    inner = f'({TEXT}{TEXT} "MIXED")'
    whole = structure(
        f'({TEXT}("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 900 {ENVELOPE} {inner} 40)'
        f'("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 300 {ENVELOPE} {TEXT} 9 NIL ("INLINE" NIL)) "MIXED")'
    )
    assert [part.section for part in whole.walk()] == ["", "1", "2", "2", "2.1", "2.2", "3", "3.1"]
    embedded = [part for part in whole.walk() if isinstance(part, Part) and part.message]
    assert [part.lines for part in embedded] == [40, 9]
    assert embedded[0].envelope == build_envelope(Lexer.over(ENVELOPE.encode()).value())
    assert embedded[1].extension.disposition == "inline"


def test_a_message_without_its_structure_is_a_plain_part() -> None:
    part = structure('("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 900)')
    assert isinstance(part, Part)
    assert part.message is None
    delivery = structure('("MESSAGE" "DELIVERY-STATUS" NIL NIL NIL "7BIT" 900)')
    assert isinstance(delivery, Part)
    assert delivery.media_type == "message/delivery-status"


@pytest.mark.parametrize(
    ("text", "extension"),
    [
        (
            '("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1 NIL "ATTACHMENT" "en" NIL)',
            Extension("attachment", (), ("en",)),
        ),
        ('("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1 NIL () (NIL) NIL)', Extension()),
        ('("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1 NIL (NIL NIL) NIL)', Extension()),
    ],
)
def test_extension_data_in_other_shapes(text: str, extension: Extension) -> None:
    part = structure(text)
    assert isinstance(part, Part)
    assert part.extension == extension


def test_what_is_missing_is_missing() -> None:
    part = structure('("TEXT" "PLAIN")')
    assert isinstance(part, Part)
    assert (part.encoding, part.size, part.lines) == ("7bit", 0, None)
    nameless = structure('("" "" NIL)')
    assert isinstance(nameless, Part)
    assert nameless.media_type == "application/octet-stream"
    unnamed = structure(f"({TEXT} NIL)")
    assert isinstance(unnamed, Multipart)
    assert unnamed.media_type == "multipart/mixed"


@pytest.mark.parametrize("text", ["NIL", '"x"', "()", f'({TEXT}() "MIXED")'])
def test_refuses_what_is_no_structure(text: str) -> None:
    with pytest.raises(ParseError):
        structure(text)


@pytest.mark.parametrize(
    "text",
    ['(("d") "s")', '("d" "s" "x" NIL NIL NIL NIL NIL NIL NIL)', '("d" "s" ("x"))', '("d" "s" (((("x")))))'],
)
def test_refuses_what_is_no_envelope(text: str) -> None:
    with pytest.raises(ParseError):
        build_envelope(Lexer.over(text.encode()).value())


nstrings = st.one_of(st.none(), st.binary(max_size=8).map(lambda raw: re.sub(rb"[\r\n]", b".", raw)))


def spell(text: bytes | None) -> bytes:
    if text is None:
        return b"NIL"
    return b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


@given(
    st.tuples(nstrings, nstrings, nstrings, nstrings),
    st.lists(st.lists(st.tuples(nstrings, nstrings, nstrings, nstrings), max_size=3), min_size=6, max_size=6),
)
def test_undecoded_envelopes_mean_the_same(
    strings: tuple[bytes | None, ...], lists: list[list[tuple[bytes | None, ...]]]
) -> None:
    """The pattern and its spans against the general way, for any strings at all."""
    texts = [spell(text) for text in strings]
    spelled = [
        b"(" + b"".join(b"(" + b" ".join(map(spell, each)) + b")" for each in people) + b")"
        if people
        else b"NIL"
        for people in lists
    ]
    line = b"(" + b" ".join([*texts[:2], *spelled, *texts[2:]]) + b")"
    match = re.fullmatch(PATTERN, line, re.DOTALL)
    assert match is not None
    general = build_envelope(Lexer.over(line).value())
    assert Envelope(spans=match.groups()) == general
    assert general.from_ == tuple(EnvelopeAddress(*each) for each in lists[0])


ANN = b'("Ann" NIL "ann" "x")'


@pytest.mark.parametrize("flags", [0, re.IGNORECASE])
@pytest.mark.parametrize(
    "sender",
    [
        b"(" + ANN + b")",
        b'(("ANN" NIL "Ann" "X"))',
        b"(" + ANN * 2 + b")",
        b"(" + ANN + b" " + ANN + b")",
        b'(("Ann" NIL "ann" "x.org"))',
        b"NIL",
        b'((")" NIL "(" "x"))',
    ],
)
def test_a_sender_beside_from_is_kept_as_it_is_written(sender: bytes, flags: int) -> None:
    """Sender and Reply-To are compared with From before they are read: like it, or almost, or not at all."""
    for from_ in (b"(" + ANN + b")", b"(" + ANN * 2 + b")", b"NIL"):
        line = b" ".join([b"(NIL NIL", from_, sender, from_, b'NIL NIL NIL NIL "<1@x>")'])
        match = re.fullmatch(PATTERN, line, flags)
        assert match is not None
        assert Envelope(spans=match.groups()) == build_envelope(Lexer.over(line).value())
