"""FETCH: any items in any order, the general way and by the patterns learnt."""

from __future__ import annotations

import itertools
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.errors import LimitExceeded
from imapcore.wire.bodystructure import Part
from imapcore.wire.envelope import EnvelopeAddress
from imapcore.wire.fetch import Fetched, FetchReader
from imapcore.wire.fetch_items import ITEMS
from imapcore.wire.fetch_order import REGULAR
from imapcore.wire.fetched import section_key
from imapcore.wire.framing import Frame, Framer, Limits
from imapcore.wire.lexer import ParseError
from tests.wire.feeding import fetched, frames_of, refuses

ENVELOPE = (
    b'("Thu, 08 Oct 2026 10:57:53 -0700" "Re: \\"quoted\\" and \\\\ back" (("Ann" NIL "ann" "example.com")) '
    b'(("Ann" NIL "ann" "example.com")) NIL (("B \\"C\\"" NIL "bc" "example.org")(NIL NIL "abel" NIL)) '
    b'NIL NIL NIL "<1@example.com>")'
)
ANN = EnvelopeAddress(b"Ann", None, b"ann", b"example.com")

SAMPLES: dict[bytes, dict[str, object]] = {
    b"UID 7": {"uid": 7},
    b"FLAGS (\\Seen $Forwarded)": {"flags": frozenset({"\\Seen", "$Forwarded"})},
    b'INTERNALDATE "08-Oct-2026 17:57:53 +0000"': {"internaldate": 1791482273000},
    b"RFC822.SIZE 26941": {"size": 26941},
    b"MODSEQ (9223372036854775807)": {"modseq": 2**63 - 1},
    b"X-GM-MSGID 1873891894758975366": {"msgid": 1873891894758975366},
    b"X-GM-THRID 1873891894758975366": {"thrid": 1873891894758975366},
    b'X-GM-LABELS ("\\\\Important" "\\\\Inbox" Work "work/project x" &ANw-bung R&-D)': {
        "labels": frozenset({"\\Important", "\\Inbox", "Work", "work/project x", "Übung", "R&D"})
    },
    b"BODY[HEADER.FIELDS (References List-Id)] {2}\r\n\r\n": {
        "sections": {"HEADER.FIELDS (REFERENCES LIST-ID)": b"\r\n"}
    },
}


@pytest.mark.parametrize(
    "order", [*itertools.permutations(SAMPLES, 2), tuple(SAMPLES), tuple(reversed(SAMPLES))]
)
def test_reads_items_in_any_order(order: tuple[bytes, ...]) -> None:
    expected: dict[str, object] = {}
    for item in order:
        expected |= SAMPLES[item]
    assert fetched(b"* 12 FETCH (" + b" ".join(order) + b")") == Fetched(12, **expected)  # type: ignore[arg-type]


def test_reads_an_envelope() -> None:
    message = fetched(b"* 1 FETCH (UID 5 ENVELOPE " + ENVELOPE + b" FLAGS ())")
    envelope = message.envelope
    assert envelope is not None
    assert envelope.date == b"Thu, 08 Oct 2026 10:57:53 -0700"
    assert envelope.subject == b'Re: "quoted" and \\ back'
    assert envelope.from_ == envelope.sender == (ANN,)
    assert envelope.reply_to == envelope.cc == envelope.bcc == ()
    assert envelope.to == (
        EnvelopeAddress(b'B "C"', None, b"bc", b"example.org"),
        EnvelopeAddress(None, None, b"abel", None),
    )
    assert envelope.in_reply_to is None
    assert envelope.message_id == b"<1@example.com>"
    assert message.flags == frozenset()


def test_the_two_ways_give_equal_envelopes() -> None:
    """A subject as literal goes the general way, the same subject quoted by the pattern."""
    subject = b'Re: "quoted" and \\ back'
    quoted = b'"Re: \\"quoted\\" and \\\\ back"'
    assert quoted in ENVELOPE
    literal = ENVELOPE.replace(quoted, b"{%d}\r\n%b" % (len(subject), subject))
    reader = FetchReader()
    (one,) = frames_of(b"* 1 FETCH (UID 5 ENVELOPE " + ENVELOPE + b")\r\n")
    (two,) = frames_of(b"* 1 FETCH (UID 5 ENVELOPE " + literal + b")\r\n")
    general, by_pattern = teach(reader, one), reader.read(one)
    assert reader.recognize(one) is not None
    assert general == by_pattern == reader.read(two)
    assert reader.recognize(two) is None
    assert hash(general.envelope) == hash(by_pattern.envelope)
    assert repr(general.envelope) == repr(by_pattern.envelope)
    assert general.envelope != "an envelope"


def test_reads_sections_and_their_kin() -> None:
    message = fetched(
        b'* 3 FETCH (BODY[] {3}\r\nall BODY[HEADER] NIL BODY[1.TEXT]<0> NIL BODY[2.MIME] "m" '
        b'BINARY[1] ~{2}\r\n\x00\x01 BINARY[2]<10> NIL BINARY.SIZE[1] 2 RFC822.HEADER "h" RFC822.TEXT "t")'
    )
    assert message.sections == {"": b"all", "HEADER": b"h", "1.TEXT<0>": None, "2.MIME": b"m", "TEXT": b"t"}
    assert message.binary == {"1": b"\x00\x01", "2<10>": None}
    assert message.extra == {"BINARY.SIZE[1]": b"2"}
    assert fetched(b'* 3 FETCH (RFC822 "whole")').sections == {"": b"whole"}


def test_reads_the_extensions_of_ids_and_previews() -> None:
    message = fetched(
        b'* 3 FETCH (EMAILID (M6d99ac32) THREADID (T64b478a7) PREVIEW "Hello" '
        b'SAVEDATE "08-Oct-2026 17:57:53 +0000" X-THING (a (b "c") NIL 5) X-NOTE[1] "n")'
    )
    assert (message.emailid, message.threadid) == ("M6d99ac32", "T64b478a7")
    assert (message.preview, message.savedate) == ("Hello", 1791482273000)
    assert message.extra == {"X-THING": [b"a", [b"b", b"c"], None, b"5"], "X-NOTE[1]": b"n"}
    nothing = fetched(b"* 3 FETCH (THREADID NIL PREVIEW NIL SAVEDATE NIL)")
    assert (nothing.threadid, nothing.preview, nothing.savedate) == (None, None, None)


def test_prefers_bodystructure_to_body() -> None:
    leaf = b'("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1)'
    plain = fetched(b"* 1 FETCH (BODY " + leaf + b")").bodystructure
    assert isinstance(plain, Part)
    assert plain.size == 5
    both = fetched(b'* 1 FETCH (BODYSTRUCTURE ("IMAGE" "PNG" NIL NIL NIL "BASE64" 9) BODY ' + leaf + b")")
    assert isinstance(both.bodystructure, Part)
    assert both.bodystructure.media_type == "image/png"


def test_a_structure_that_makes_no_sense_costs_only_itself() -> None:
    """The rest of the message is there; who wants the structure can fetch the message itself."""
    line = b'* 1 FETCH (UID 5 ENVELOPE "x" BODYSTRUCTURE () FLAGS ())'
    message = fetched(line)
    assert (message.uid, message.flags, message.envelope, message.bodystructure) == (
        5,
        frozenset(),
        None,
        None,
    )
    assert message.extra == {"ENVELOPE": b"x", "BODYSTRUCTURE": []}


def test_nil_for_what_the_server_does_not_know() -> None:
    line = b"* 1 FETCH (UID 5 RFC822.SIZE NIL INTERNALDATE NIL BODYSTRUCTURE NIL BODY NIL X-GM-THRID NIL)"
    assert fetched(line) == Fetched(1, uid=5)


def test_names_are_utf8_once_that_is_enabled() -> None:
    line = '* 1 FETCH (X-GM-LABELS ("Übung" R&-D) UID 1)'.encode()
    assert fetched(line, is_utf8=True).labels == frozenset({"Übung", "R&-D"})
    assert fetched(line).labels == frozenset({"Übung", "R&D"})


def test_remembers_streamed_sections() -> None:
    framer = Framer()
    framer.piece_from = 4
    framer.feed(b"* 1 FETCH (UID 3 BODY[] {5}\r\nabcde BODY[HEADER] {2}\r\nhi)\r\n")
    frame = next(each for each in framer if isinstance(each, Frame))
    message = FetchReader().read(frame)
    assert message.streamed == {"": 5}
    assert message.sections == {"": b"", "HEADER": b"hi"}


@pytest.mark.parametrize(
    "line",
    [
        b"* 1 FETCH",
        b"* 1 FETCH ",
        b"* 1 FETCH (",
        b"* 1 FETCH (UID 5",
        b"* 1 FETCH (UID 5 ",
        b"* 1 FETCH (UID)",
        b"* 1 FETCH (UID x)",
        b"* 1 FETCH (UID 123456789012345678901)",
        b"* 1 FETCH (5)",
        b"* 1 FETCH (FLAGS \\Seen)",
        b"* 1 FETCH (MODSEQ 5)",
        b'* 1 FETCH (INTERNALDATE "yesterday")',
        b'* 1 FETCH (ENVELOPE ("a" "b)',
        b"* 1 FETCH (BODY[1 {2}\r\nhi)",
        b"* 1 FETCH (BODY[1])",
        b"* 1 FETCH (BODY[1]{2}\r\nhi)",
        b"* 1 FETCH (X-THING[1 5)",
        b'* 1 FETCH (X-GM-LABELS "x")',
    ],
)
def test_refuses_what_makes_no_sense(line: bytes) -> None:
    assert refuses(line).title


def test_a_refusal_does_not_show_the_mail() -> None:
    assert "secret" not in refuses(b'* 1 FETCH (ENVELOPE ("secret" "secret').sentence()


# -- learning ------------------------------------------------------------------------------------------


def teach(reader: FetchReader, frame: Frame) -> Fetched:
    """Let a reader meet an order as often as it takes."""
    messages = [reader.read(frame) for _ in range(FetchReader.LEARN_AFTER)]
    return messages[-1]


def test_learns_the_order_of_the_server() -> None:
    reader = FetchReader()
    (frame,) = frames_of(b"* 1 FETCH (FLAGS () UID 5 RFC822.SIZE 7)\r\n")
    for _ in range(FetchReader.LEARN_AFTER):
        assert reader.recognize(frame) is None
        expected = reader.read(frame)
    assert reader.recognize(frame) == expected


def test_learns_nothing_from_a_line_without_regular_items() -> None:
    reader = FetchReader()
    (frame,) = frames_of(b"* 1 FETCH (X-THING 5)\r\n")
    teach(reader, frame)
    assert reader.recognize(frame) is None


def test_forgets_orders_met_too_seldom() -> None:
    reader = FetchReader()
    names = [b"UID 1", b"FLAGS ()", b"RFC822.SIZE 3", b"MODSEQ (4)", b"X-GM-MSGID 5"]
    for order in itertools.permutations(names, 4):
        reader.read(Frame(b"* 1 FETCH (" + b" ".join(order) + b")"))
    assert len(reader._met) <= 4 * FetchReader.KEPT + 1
    assert reader._learnt == []


def test_a_pattern_hands_over_what_it_cannot_hold() -> None:
    reader = FetchReader()
    lines = [b"* %d FETCH (UID %d FLAGS () BODY[1] {2}\r\nhi)\r\n" % (n, n) for n in (1, 2)]
    first, second = frames_of(b"".join(lines))
    teach(reader, first)
    assert reader.recognize(second) == Fetched(2, uid=2, flags=frozenset(), sections={"1": b"hi"})


def test_keeps_few_orders_and_the_latest_first() -> None:
    reader = FetchReader()
    names = [b"UID 1", b"FLAGS ()", b"RFC822.SIZE 3", b"MODSEQ (4)"]
    for order in itertools.permutations(names, 3):
        (frame,) = frames_of(b"* 1 FETCH (" + b" ".join(order) + b")\r\n")
        assert teach(reader, frame).seq == 1
        assert reader.recognize(frame) is not None
    assert len(reader._learnt) == FetchReader.KEPT


def test_an_odd_line_does_not_displace_what_was_learnt() -> None:
    reader = FetchReader()
    (plain,) = frames_of(b'* 1 FETCH (UID 1 X-GM-LABELS ("a"))\r\n')
    (odd,) = frames_of(b"* 1 FETCH (UID 1 X-GM-LABELS ({1}\r\na))\r\n")
    assert teach(reader, plain) == teach(reader, odd)
    assert reader.recognize(odd) is None
    assert reader.recognize(plain) is not None


@pytest.mark.parametrize("date", [b"31-Feb-2026 10:00:00", b"08-Xxx-2026 10:00:00", b"08-Oct-2026 29:00:00"])
def test_a_date_that_is_none_is_missing_either_way(date: bytes) -> None:
    reader = FetchReader()
    line = Frame(b'* 1 FETCH (UID 5 INTERNALDATE "' + date + b' +0000")')
    plain = reader.read(line)
    teach(reader, Frame(b'* 1 FETCH (UID 5 INTERNALDATE "08-Oct-2026 10:00:00 +0000")'))
    assert reader.read(line) == plain == Fetched(1, uid=5, unreadable=("INTERNALDATE",))


@pytest.mark.parametrize(
    "line", [b"* 1 FETCH (UID 5 ", b"* 1 FETCH (UID 5 )", b"* 1 FETCH (UID 5)x", b"* 1 FETCH (UID 5 FLAGS)"]
)
def test_a_pattern_accepts_nothing_the_general_way_refuses(line: bytes) -> None:
    reader = FetchReader()
    teach(reader, Frame(b"* 1 FETCH (UID 5)"))
    teach(reader, Frame(b"* 1 FETCH (UID 5 FLAGS ())"))
    try:
        expected: Fetched | None = FetchReader().read(Frame(line))
    except ParseError:
        expected = None
    try:
        found: Fetched | None = reader.read(Frame(line))
    except ParseError:
        found = None
    assert found == expected


item_texts = st.one_of(
    [
        st.integers(1, 2**32 - 1).map(lambda n: b"UID %d" % n),
        st.integers(0, 2**63 - 1).map(lambda n: b"RFC822.SIZE %d" % n),
        st.integers(0, 2**63 - 1).map(lambda n: b"MODSEQ (%d)" % n),
        st.integers(1, 2**64 - 1).map(lambda n: b"X-GM-MSGID %d" % n),
        st.sampled_from(
            [
                b"FLAGS ()",
                b"FLAGS (\\Seen \\*)",
                b'FLAGS ("x")',
                b"FLAGS NIL",
                b"X-GM-LABELS ()",
                b"X-GM-LABELS (a b \\Inbox)",
                b'X-GM-LABELS ("a\\"b" "c)d" [x])',
                b'X-GM-LABELS ("a" NIL)',
                b'X-GM-LABELS ("NIL" nil "")',
                b"X-GM-LABELS ({2}\r\nab)",
                b"X-GM-LABELS (a{2} b)",
                b"ENVELOPE " + ENVELOPE,
                b'ENVELOPE ("d" {3}\r\na"b NIL NIL NIL NIL NIL NIL NIL NIL)',
                b'ENVELOPE ("d" "s" NIL ((NIL NIL "x" "y") (NIL NIL "z" NIL)) NIL NIL NIL NIL NIL NIL)',
                b'INTERNALDATE " 8-Oct-2026 17:57:53 -0330"',
                b'INTERNALDATE "31-Dec-2016 23:59:60 +0000"',
            ]
        ),
    ]
)


@given(st.lists(st.lists(item_texts, min_size=1, max_size=6), min_size=1, max_size=6))
def test_what_was_learnt_changes_nothing(lines: list[list[bytes]]) -> None:
    """The property the fast way stands on: with or without patterns, every line reads the same."""
    taught = FetchReader()
    for number, items in enumerate(lines * (FetchReader.LEARN_AFTER + 1), 1):
        for frame in frames_of(b"* %d FETCH (" % number + b" ".join(items) + b")\r\n"):
            assert taught.read(frame) == FetchReader().read(frame)


def test_the_tables_name_the_same_items() -> None:
    assert set(REGULAR) <= set(ITEMS)


def test_section_keys_are_spelled_one_way() -> None:
    assert section_key('header.fields ("From" to)') == "HEADER.FIELDS (FROM TO)"


# -- hostile ---------------------------------------------------------------------------------------------


def test_a_million_parentheses_are_refused_at_once() -> None:
    start = time.process_time()
    with pytest.raises(LimitExceeded, match="64 deep"):
        FetchReader().read(Frame(b"* 1 FETCH (BODYSTRUCTURE " + b"(" * 1_000_000))
    with pytest.raises(LimitExceeded):
        FetchReader().read(Frame(b"* 1 FETCH (X-THING " + b"(" * 1_000_000 + b")" * 1_000_001))
    assert time.process_time() - start < 2


def test_lists_have_a_limit() -> None:
    reader = FetchReader(Limits(items=10))
    with pytest.raises(LimitExceeded):
        reader.read(Frame(b"* 1 FETCH (FLAGS (" + b"a " * 20 + b'"b"))'))
    with pytest.raises(LimitExceeded):
        reader.read(Frame(b"* 1 FETCH (X-THING (" + b"a " * 20 + b"))"))


EVIL_UNITS = [
    b'"\\\\"',
    b'"a" ',
    b'("a" NIL "b" "c")',
    b'("a" NIL "b" "c") ',
    b"\\\\",
    b'\\"',
    b"x",
    b" ",
    b"NIL ",
    b'"x"y',
]


@pytest.mark.parametrize("unit", EVIL_UNITS)
@pytest.mark.parametrize(
    "head",
    [
        b'ENVELOPE ("d" "s" (',
        b'ENVELOPE ("d" "',
        b"X-GM-LABELS (",
        b"FLAGS (",
        b'X-GM-LABELS ("',
        b'X-THING ("',
    ],
)
def test_no_line_takes_more_than_linear_time(head: bytes, unit: bytes) -> None:
    def seconds(count: int) -> float:
        frame = Frame(b"* 1 FETCH (UID 1 " + head + unit * count)
        reader = FetchReader()
        teach(reader, Frame(b"* 1 FETCH (UID 1 ENVELOPE " + ENVELOPE + b")"))
        teach(reader, Frame(b"* 1 FETCH (UID 1 X-GM-LABELS ())"))
        teach(reader, Frame(b"* 1 FETCH (UID 1 FLAGS ())"))
        best = 1e9
        for _ in range(2):
            start = time.process_time()
            with suppress(ParseError, LimitExceeded):
                reader.read(frame)
            best = min(best, time.process_time() - start)
        return best

    assert seconds(16_000) < 12 * seconds(4_000) + 0.01
