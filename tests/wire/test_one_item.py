"""One item that cannot be read costs that item alone; both readers of FETCH mean the same by every form."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.wire.bodystructure import Part
from imapcore.wire.codes import Code, CopyUid, read_code
from imapcore.wire.fetch import Fetched, FetchReader
from imapcore.wire.fetch_items import ITEMS
from imapcore.wire.fetch_order import REGULAR
from imapcore.wire.framing import Frame
from imapcore.wire.grammar import Grammar
from imapcore.wire.lexer import ParseError
from imapcore.wire.responses import ExtendedSearchResult, Listed, MailboxStatus, Response
from imapcore.wire.uidset import UidSet
from tests.wire.feeding import fetched, frames_of, read

DEEP = b"(" * 65 + b'"TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1' + b' "MIXED")' * 65
PLAIN = b'("TEXT" "PLAIN" NIL NIL NIL "7BIT" 9 1)'
NOBODY = b"NIL NIL NIL NIL NIL NIL NIL NIL"

# -- items -----------------------------------------------------------------------------------------------

BROKEN = {
    "UID": [b"UID 0", b"UID 4294967296", b"UID -1", b"UID x", b"UID (5)", b"UID 99999999999999999999999"],
    "FLAGS": [b"FLAGS \\Seen", b'FLAGS (\\Seen "x)', b"FLAGS ((\\Seen))"],
    "INTERNALDATE": [b'INTERNALDATE "yesterday"', b'INTERNALDATE "31-Feb-2026 10:00:00 +0000"'],
    "RFC822.SIZE": [b"RFC822.SIZE 9223372036854775808", b"RFC822.SIZE -5", b"RFC822.SIZE ()"],
    "MODSEQ": [b"MODSEQ (9223372036854775808)", b"MODSEQ 5", b"MODSEQ ()", b"MODSEQ (5 6)"],
    "X-GM-MSGID": [b"X-GM-MSGID 18446744073709551616", b"X-GM-MSGID 0", b"X-GM-MSGID x"],
    "X-GM-THRID": [b"X-GM-THRID 18446744073709551616", b"X-GM-THRID -1"],
    "X-GM-LABELS": [b'X-GM-LABELS "x"', b'X-GM-LABELS (a "b)', b"X-GM-LABELS (a (b))"],
    "ENVELOPE": [
        b'ENVELOPE "x"',
        b'ENVELOPE ("d" ("s") ' + NOBODY + b")",
        b'ENVELOPE ("d" "say "hi" now" (("A" NIL "a" "b")) ' + NOBODY[4:] + b")",
        b'ENVELOPE ("d" "a " UID 9 FLAGS (\\Deleted) "b" ' + NOBODY + b")",
        b'ENVELOPE ("d" "a" (' + b"(" * 65 + b")" * 65 + b") " + NOBODY[4:] + b")",
    ],
    "BODYSTRUCTURE": [b"BODYSTRUCTURE " + DEEP, b"BODYSTRUCTURE (())", b'BODYSTRUCTURE "x"'],
    "X-NEW": [b"X-NEW " + DEEP],
}
CASES = [(name, text) for name, texts in BROKEN.items() for text in texts]


@pytest.mark.parametrize(("name", "text"), CASES, ids=lambda value: str(value)[:60])
@pytest.mark.parametrize("has_learnt", [False, True])
def test_the_others_are_read(name: str, text: bytes, has_learnt: bool) -> None:
    """At the beginning, in the middle and at the end of a line, with and without a pattern."""
    around = [
        (each, value)
        for each, value in (
            ("X-GM-THRID", b"X-GM-THRID 7"),
            ("UID", b"UID 12"),
            ("FLAGS", b"FLAGS (\\Seen)"),
            ("BODYSTRUCTURE", b"BODYSTRUCTURE " + PLAIN),
        )
        if each != name
    ]
    expected = {
        "X-GM-THRID": ("thrid", 7),
        "UID": ("uid", 12),
        "FLAGS": ("flags", frozenset(("\\Seen",))),
    }
    for at in range(len(around) + 1):
        items = [value for _, value in around]
        items.insert(at, text)
        reader = FetchReader()
        if has_learnt:
            for _ in range(FetchReader.LEARN_AFTER):
                reader.read(Frame(b"* 1 FETCH (" + b" ".join(value for _, value in around) + b")"))
        found = reader.read(Frame(b"* 3 FETCH (" + b" ".join(items) + b")"))
        assert name in found.unreadable
        for each, _ in around:
            if each in expected:
                slot, value = expected[each]
                assert getattr(found, slot) == value, (at, each)
        if name != "BODYSTRUCTURE":
            assert isinstance(found.bodystructure, Part)


def test_a_subject_cannot_speak_for_the_message() -> None:
    """Quotes that a server does not escape: what the sender wrote between them looks like items."""
    subject = b'x" NIL NIL NIL NIL NIL NIL NIL NIL) FLAGS (\\Deleted) UID 9 X-GM-LABELS (Work) X-NEW ("y'
    line = (
        b"* 1 FETCH (X-GM-LABELS (\\Inbox) UID 5 FLAGS (\\Seen) "
        b'ENVELOPE ("d" "' + subject + b'" ' + NOBODY + b"))"
    )
    found = FetchReader().read(Frame(line))
    assert (found.uid, found.flags, found.labels) == (5, frozenset(("\\Seen",)), frozenset(("\\Inbox",)))


@pytest.mark.parametrize("cut", range(12, 170))
def test_a_line_that_was_cut_says_nothing_wrong(cut: int) -> None:
    whole = (
        b'* 12 FETCH (X-GM-THRID 1234 X-GM-MSGID 5678 X-GM-LABELS ("\\\\Inbox" Work) UID 123 '
        b'RFC822.SIZE 4567 MODSEQ (890) INTERNALDATE "08-Oct-2026 17:57:53 +0000" FLAGS (\\Seen) '
        b"BODYSTRUCTURE " + PLAIN + b")"
    )
    complete = fetched(whole)
    for reader in (FetchReader(), taught(whole)):
        try:
            found = reader.read(Frame(whole[:cut]))
        except ParseError:
            continue
        for slot, value in enumerate(found[1:-1], 1):
            assert value in (complete[slot], Fetched(12)[slot])
        assert cut == len(whole) or found.unreadable


def taught(line: bytes) -> FetchReader:
    """A reader that has learnt the order of a line."""
    reader = FetchReader()
    for _ in range(FetchReader.LEARN_AFTER):
        reader.read(Frame(line))
    return reader


# -- two readers, one meaning --------------------------------------------------------------------------

NUMBERS = [b"0", b"1", b"007", b"4294967295", b"4294967296", b"999999999", b"9999999999"]
NUMBERS += [b"9223372036854775807", b"9223372036854775808", b"18446744073709551615", b"18446744073709551616"]
NUMBERS += [
    b"99999999999999999999",
    b"999999999999999999999",
    b"-1",
    b"1.0",
    b'"5"',
    b"NIL",
    b"{1}\r\n5",
    b"",
]
FORMS: dict[str, list[bytes]] = {
    **dict.fromkeys(("UID", "RFC822.SIZE", "X-GM-MSGID", "X-GM-THRID"), NUMBERS),
    "MODSEQ": [b"(%b)" % number for number in NUMBERS] + [b"5", b"(5 6)", b"( 5 )", b"NIL"],
    "FLAGS": [
        *(
            b"()",
            b"NIL",
            b"(\\Seen)",
            b"( \\Seen  $x )",
            b'("\\\\Seen")',
            b"(NIL)",
            b"(nil)",
            b"({3}\r\na b)",
        ),
        *(b"(\\*)", b"(a\x7fb)", b"(\xc3\xa9)", b"([x] a{2})", b"(a\tb)", b"((a))", b'("a b")', b'("")'),
    ],
    "X-GM-LABELS": [
        *(b"()", b"NIL", b'("NIL")', b"(NIL)", b"(nil)", b'("nil" a)', b"(NIL a)", b'("" a)', b'("a" "b")'),
        *(b'("\\\\Inbox" \\Inbox)', b'("a\\"b" c)', b'(a"b")', b'("a"b)', b"({3}\r\na b)", b"(a{2} [x] &-)"),
        *(b"(R&-D &ANw-bung)", b'("a(b" "c)d")', b"(a\x7fb)", b'("a\x7fb")', b"(\\)", b"( a  b )", b"(+x)"),
        *(b'("a")', b"(a b", b"((a))", b'("a', b'("\xc3\xa9")', b"(\xc3\xa9)", b'("a\tb")', b"(a\tb)"),
    ],
    "INTERNALDATE": [
        b'"%b"' % text
        for text in (
            *(b"08-Oct-2026 17:57:53 +0000", b" 8-Oct-2026 17:57:53 -0330", b"8-Oct-2026 17:57:53 +0000"),
            *(b"31-Dec-2016 23:59:60 +0000", b"31-Feb-2026 00:00:00 +0000", b"01-Jan-0000 00:00:00 +0000"),
            *(b"01-Jan-0001 00:00:00 +9959", b"31-Dec-9999 23:59:59 -9999", b"08-oct-2026 24:00:00 +0000"),
            *(b"08-OCT-2026 17:57:53 +0000", b"00-Oct-2026 17:57:53 +0000", b"08-Xxx-2026 17:57:53 +0000"),
            *(b"08-Oct-2026  7:57:53 +0000", b"x", b""),
        )
    ]
    + [b"NIL", b"08-Oct-2026", b"{26}\r\n08-Oct-2026 17:57:53 +0000"],
    "ENVELOPE": [
        b"(" + b" ".join(fields) + b")"
        for fields in itertools.chain(
            (
                [text, b'"s"', *[b"NIL"] * 8]
                for text in (
                    *(b'"d"', b"NIL", b'""', b'"NIL"', b"d", b"nil", b"{1}\r\nd", b'"a\\"b"', b'"a\\\\"'),
                    *(b'"a"b"', b'"a" "b"', b"()", b"(x)", b'"a\tb"', b'"\xc3\xa9"', b'"a\x00b"', b'"x'),
                )
            ),
            (
                [b'"d"', b'"s"', people, people, people, *[b"NIL"] * 5]
                for people in (
                    *(b"NIL", b"()", b'""', b'((NIL NIL "a" "b"))', b'(("NIL" NIL "a" "b"))', b"nil"),
                    *(b'(("" NIL "a" "b"))', b'(("x\\"y" NIL "a" "b") (NIL NIL "c" NIL))', b'("a")'),
                    *(
                        b'((NIL NIL "a" "b")(NIL NIL "c" "d"))',
                        b'((NIL NIL {1}\r\na "b"))',
                        b'((NIL "a" "b"))',
                    ),
                    *(b"((NIL NIL a b))", b'( (NIL NIL "a" "b") )', b'((NIL NIL ("a") "b"))', b'"x"'),
                )
            ),
            ([[b'"d"', b'"s"', *[b"NIL"] * 7], [b'"d"', b'"s"', *[b"NIL"] * 9]]),
        )
    ],
}


def test_every_regular_item_has_its_forms() -> None:
    assert set(FORMS) == set(REGULAR)
    assert set(REGULAR) <= set(ITEMS)


@pytest.mark.parametrize("name", list(FORMS))
@pytest.mark.parametrize("is_utf8", [False, True])
def test_every_form_means_the_same_to_both_readers(name: str, is_utf8: bool) -> None:
    samples = {"UID": b"5", "FLAGS": b"()", "ENVELOPE": b'("d" "s" ' + NOBODY + b")", "X-GM-LABELS": b"()"}
    samples |= {"MODSEQ": b"(5)", "INTERNALDATE": b'"08-Oct-2026 17:57:53 +0000"'}
    sample = b"%b %b" % (name.encode(), samples.get(name, b"5"))
    for form in FORMS[name]:
        item = b"%b %b" % (name.encode(), form)
        for before, after in ((b"", b""), (b"X-GM-LABELS (x) ", b" FLAGS (\\Seen)"), (b"", b" X-NEW 1")):
            learnt = taught(b"* 1 FETCH (" + before + sample + after + b")")
            general = FetchReader()
            learnt.is_utf8 = general.is_utf8 = is_utf8
            for frame in frames_of(b"* 1 FETCH (" + before + item + after + b")\r\n"):
                assert outcome(learnt, frame) == outcome(general, frame), item


def outcome(reader: FetchReader, frame: Frame) -> Fetched | None:
    """What a reader makes of a line; None when nothing is left of it."""
    try:
        return reader.read(frame)
    except ParseError:
        return None


@given(st.data())
def test_any_order_of_any_forms_means_the_same_to_both_readers(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(FORMS)), min_size=1, max_size=6, unique=True))
    lines = [
        b"* 1 FETCH ("
        + b" ".join(b"%b %b" % (name.encode(), data.draw(st.sampled_from(FORMS[name]))) for name in names)
        + b")\r\n"
        for _ in range(2)
    ]
    reader = FetchReader()
    for line in lines * FetchReader.LEARN_AFTER:
        for frame in frames_of(line):
            assert outcome(reader, frame) == outcome(FetchReader(), frame)


def test_a_label_that_is_called_nil() -> None:
    line = b'* 1 FETCH (UID 5 X-GM-LABELS ("NIL" Work))'
    assert taught(line).read(Frame(line)).labels == frozenset(("NIL", "Work"))


# -- other lines ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'* LIST "x" "/" y', Listed("y", "/", frozenset())),
        (b'* LIST (\\All "/" y', Listed("y", "/", frozenset(("\\All",)))),
        (
            b'* LIST (\\All \\Has"x) "/" "[Gmail]/All Mail"',
            Listed("[Gmail]/All Mail", "/", frozenset(("\\All", "\\Has"))),
        ),
        (b'* LIST () "/" "y" z', Listed("y", "/", frozenset())),
        (b'* LIST () "/" "y" ((((', Listed("y", "/", frozenset())),
        (b'* LIST () "/" My Folder', Listed("My Folder", "/", frozenset())),
        (b"* STATUS INBOX (MESSAGES 1) x", MailboxStatus("INBOX", messages=1)),
        (b"* STATUS INBOX (MESSAGES 1 MAILBOXID (F1))", MailboxStatus("INBOX", messages=1, mailboxid="F1")),
        (b"* STATUS INBOX (MAILBOXID (F1) MESSAGES 1)", MailboxStatus("INBOX", messages=1, mailboxid="F1")),
        (
            b"* STATUS a (b) c (MESSAGES 1 MAILBOXID (F1))",
            MailboxStatus("a (b) c", messages=1, mailboxid="F1"),
        ),
        (b'* STATUS "a (b" (MESSAGES 1 MAILBOXID (F1))', MailboxStatus("a (b", messages=1, mailboxid="F1")),
        (b"* STATUS INBOX (MESSAGES 1 UIDNEXT x)", MailboxStatus("INBOX", messages=1)),
        (b"* STATUS INBOX (MESSAGES 1 UIDNEXT 12", MailboxStatus("INBOX", messages=1)),
        (
            b"* STATUS INBOX (MESSAGES 1 HIGHESTMODSEQ 9223372036854775808)",
            MailboxStatus("INBOX", messages=1),
        ),
        (
            b'* ESEARCH (TAG "a") UID COUNT 2 ALL x MAX 9',
            ExtendedSearchResult("a", True, count=2, max=9, unreadable=("ALL",)),
        ),
        (
            b'* ESEARCH (TAG "a") UID MIN x ALL 1:2',
            ExtendedSearchResult("a", True, all=UidSet((1, 2)), unreadable=("MIN",)),
        ),
        (
            b'* ESEARCH (TAG "a") UID COUNT 1 ALL 1:*',
            ExtendedSearchResult("a", True, count=1, unreadable=("ALL",)),
        ),
    ],
)
def test_what_can_be_read_of_a_broken_line(line: bytes, expected: Response) -> None:
    assert read(line) == expected


@pytest.mark.parametrize("number", [b"4294967296", b"18446744073709551616"])
@pytest.mark.parametrize("what", [b"* %b EXISTS", b"* %b EXPUNGE", b"* SEARCH %b", b"* SEARCH 5 %b"])
def test_no_number_is_larger_than_any_message_has(what: bytes, number: bytes) -> None:
    with pytest.raises(ParseError):
        Grammar().read(Frame(what % number))


@pytest.mark.parametrize(
    "text",
    [
        *(b"UIDNEXT 0", b"UIDNEXT 4294967297", b"UIDVALIDITY 0", b"UIDVALIDITY 4294967296"),
        *(b"HIGHESTMODSEQ 9223372036854775808", b"UNSEEN 4294967296"),
    ],
)
def test_a_code_with_a_number_that_cannot_be_is_its_words(text: bytes) -> None:
    name, _, number = text.decode().partition(" ")
    assert read_code(text) == Code(name, number)


def test_the_pairs_of_a_copy_come_to_an_end() -> None:
    code = read_code(b"COPYUID 3 1:4294967295 1:4294967295")
    assert isinstance(code, CopyUid)
    assert sum(1 for _ in code.pairs()) == 1_000_000
