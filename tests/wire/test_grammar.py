"""Every untagged response, tagged ones and continuations: fed whole, in pieces, and with garbage behind."""

from __future__ import annotations

import time

import pytest

from imapcore.errors import LimitExceeded
from imapcore.wire.codes import (
    AppendUid,
    BadCharset,
    CapabilityCode,
    Code,
    CopyUid,
    MailboxId,
    Modified,
    NumberCode,
    PermanentFlags,
    read_code,
)
from imapcore.wire.framing import Frame, Limits
from imapcore.wire.grammar import READERS, Grammar
from imapcore.wire.lexer import ParseError
from imapcore.wire.responses import (
    Capabilities,
    Condition,
    Continuation,
    Enabled,
    Exists,
    Expunged,
    ExtendedSearchResult,
    Listed,
    ListKind,
    MailboxFlags,
    MailboxStatus,
    Namespace,
    Namespaces,
    Other,
    PartialResult,
    Quota,
    QuotaResource,
    QuotaRoots,
    Recent,
    Response,
    SearchResult,
    ServerId,
    Status,
    ThreadResult,
    Vanished,
)
from imapcore.wire.uidset import UidSet
from tests.wire.feeding import read, refuses

OK, NO, BAD, BYE, PREAUTH = Condition.OK, Condition.NO, Condition.BAD, Condition.BYE, Condition.PREAUTH

CASES: list[tuple[bytes, Response]] = [
    # status responses (RFC 3501 §7.1)
    (b"* OK Gimap ready for requests", Status(None, OK, None, "Gimap ready for requests")),
    (b"* PREAUTH welcome back", Status(None, PREAUTH, None, "welcome back")),
    (b"* BYE LOGOUT Requested", Status(None, BYE, None, "LOGOUT Requested")),
    (b"* BAD [CLIENTBUG] Invalid tag", Status(None, BAD, Code("CLIENTBUG"), "Invalid tag")),
    (b"A1 OK done", Status("A1", OK, None, "done")),
    (b"A1 ok", Status("A1", OK, None, "")),
    (b"A1 NO [ALERT] Look out", Status("A1", NO, Code("ALERT"), "Look out")),
    (b"a-b_c.9! BAD what", Status("a-b_c.9!", BAD, None, "what")),
    (b"A1 OK [READ-WRITE] done {5}", Status("A1", OK, Code("READ-WRITE"), "done {5}")),
    (b"* OK [UIDNEXT 15] Predicted", Status(None, OK, NumberCode("UIDNEXT", "15", 15), "Predicted")),
    (b"* OK [UIDVALIDITY 1]", Status(None, OK, NumberCode("UIDVALIDITY", "1", 1), "")),
    (
        b"* OK [PERMANENTFLAGS (\\Seen $a]b \\*)] Flags permitted.",
        Status(
            None,
            OK,
            PermanentFlags("PERMANENTFLAGS", "(\\Seen $a]b \\*)", frozenset({"\\Seen", "$a]b", "\\*"})),
            "Flags permitted.",
        ),
    ),
    (
        b"* OK [CAPABILITY IMAP4rev1 Idle ] hi",
        Status(
            None, OK, CapabilityCode("CAPABILITY", "IMAP4rev1 Idle", frozenset({"IMAP4REV1", "IDLE"})), "hi"
        ),
    ),
    (
        b"A1 OK [APPENDUID 23 1] (Success)",
        Status("A1", OK, AppendUid("APPENDUID", "23 1", 23, UidSet([1])), "(Success)"),
    ),
    (
        b"A1 OK [COPYUID 3 4,1:2 7:9] (Success)",
        Status("A1", OK, CopyUid("COPYUID", "3 4,1:2 7:9", 3, ((4, 4), (1, 2)), ((7, 9),)), "(Success)"),
    ),
    (
        b"A1 OK [MODIFIED 636] Conditional Store Failed (Success)",
        Status("A1", OK, Modified("MODIFIED", "636", UidSet([636])), "Conditional Store Failed (Success)"),
    ),
    (
        b"A1 NO [BADCHARSET (UTF-8 US-ASCII)] no",
        Status("A1", NO, BadCharset("BADCHARSET", "(UTF-8 US-ASCII)", ("UTF-8", "US-ASCII")), "no"),
    ),
    (
        b"A1 OK [MAILBOXID (F2212ea8)] made",
        Status("A1", OK, MailboxId("MAILBOXID", "(F2212ea8)", "F2212ea8"), "made"),
    ),
    (
        b'* NO [WEBALERT https://example.com/?a=b"c] Web login required.',
        Status(None, NO, Code("WEBALERT", 'https://example.com/?a=b"c'), "Web login required."),
    ),
    # continuations
    (b"+ idling", Continuation(b"idling")),
    (b"+ ", Continuation(b"")),
    # capabilities
    (
        b"* CAPABILITY IMAP4rev1 X-GM-EXT-1 LITERAL-",
        Capabilities(frozenset({"IMAP4REV1", "X-GM-EXT-1", "LITERAL-"})),
    ),
    (b"* ENABLED UTF8=ACCEPT condstore", Enabled(frozenset({"UTF8=ACCEPT", "CONDSTORE"}))),
    (b"* ENABLED", Enabled(frozenset())),
    # the selected mailbox
    (b"* FLAGS (\\Seen $Phishing)", MailboxFlags(frozenset({"\\Seen", "$Phishing"}))),
    (b"* 23 EXISTS", Exists(23)),
    (b"* 0 RECENT", Recent(0)),
    (b"* 4 expunge", Expunged(4)),
    (b"* VANISHED 41,43:116", Vanished(UidSet.parse("41,43:116"))),
    (b"* VANISHED (EARLIER) 300:310", Vanished(UidSet.parse("300:310"), is_earlier=True)),
    # mailboxes
    (
        b'* LIST (\\HasNoChildren \\All) "/" "[Gmail]/All Mail"',
        Listed("[Gmail]/All Mail", "/", frozenset({"\\HasNoChildren", "\\All"})),
    ),
    (b"* LIST () NIL inbox", Listed("INBOX", None, frozenset())),
    (b'* LIST (\\Noselect) "\\\\" "a\\\\b\\"c"', Listed('a\\b"c', "\\", frozenset({"\\Noselect"}))),
    (b'* LSUB () "/" &ANw-bung', Listed("Übung", "/", frozenset(), ListKind.LSUB)),
    (b'* XLIST (\\AllMail) "/" {4}\r\nAlle', Listed("Alle", "/", frozenset({"\\AllMail"}), ListKind.XLIST)),
    (
        b'* LIST () "/" foo ("CHILDINFO" ("SUBSCRIBED") "OLDNAME" ("bar"))',
        Listed("foo", "/", frozenset(), ListKind.LIST, {"CHILDINFO": [b"SUBSCRIBED"], "OLDNAME": [b"bar"]}),
    ),
    (
        b"* STATUS INBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 5 UNSEEN 1 HIGHESTMODSEQ 99 RECENT 0)",
        MailboxStatus("INBOX", messages=3, uidnext=4, uidvalidity=5, unseen=1, highestmodseq=99, recent=0),
    ),
    (
        b'* STATUS "a b" (SIZE 5000000000 DELETED 2 APPENDLIMIT 35651584 MAILBOXID (F1) X-FOO 3)',
        MailboxStatus(
            "a b", size=5_000_000_000, deleted=2, appendlimit=35651584, mailboxid="F1", extra={"X-FOO": b"3"}
        ),
    ),
    (b"* STATUS x (APPENDLIMIT NIL)", MailboxStatus("x")),
    # searching
    (b"* SEARCH 2 84 882", SearchResult((2, 84, 882))),
    (b"* SEARCH", SearchResult(())),
    (b"* SEARCH 2 5 (MODSEQ 917162500)", SearchResult((2, 5), 917162500)),
    (b"* SORT 5 3 4", SearchResult((5, 3, 4), is_sorted=True)),
    (
        b'* ESEARCH (TAG "T8") UID ALL 3,5,8:14',
        ExtendedSearchResult("T8", True, all=UidSet.parse("3,5,8:14")),
    ),
    (b'* ESEARCH (TAG "T12") UID', ExtendedSearchResult("T12", True)),
    (
        b"* ESEARCH MIN 2 MAX 47 COUNT 25 MODSEQ 7 X-FOO (1)",
        ExtendedSearchResult(None, False, min=2, max=47, count=25, modseq=7, extra={"X-FOO": [b"1"]}),
    ),
    (
        b'* ESEARCH (TAG "A01") UID PARTIAL (-1:-100 200:250)',
        ExtendedSearchResult("A01", True, partial=PartialResult("-1:-100", UidSet.parse("200:250"))),
    ),
    (
        b'* ESEARCH (TAG "A01") UID PARTIAL (1:100 NIL)',
        ExtendedSearchResult("A01", True, partial=PartialResult("1:100", UidSet())),
    ),
    (
        b"* THREAD (2)(3 6 (4 23)(44 7 96))",
        ThreadResult((((0, 2),), ((0, 3), (1, 6), (2, 4), (3, 23), (2, 44), (3, 7), (4, 96)))),
    ),
    (b"* THREAD ((3)(5))", ThreadResult((((0, None), (1, 3), (1, 5)),))),
    (b"* THREAD", ThreadResult(())),
    # the account
    (
        b'* NAMESPACE (("" "/")) NIL (("#pub/" "." "X" ("a")))',
        Namespaces((Namespace("", "/"),), (), (Namespace("#pub/", "."),)),
    ),
    (b'* NAMESPACE (("" NIL))', Namespaces((Namespace("", None),), (), ())),
    (b'* ID ("Name" "GImap" "vendor" NIL)', ServerId({"name": "GImap", "vendor": None})),
    (b'* ID ("a" "b" NIL "c")', ServerId({"a": "b"})),
    (b"* ID NIL", ServerId({})),
    (b'* QUOTA "" (STORAGE 450 31457280)', Quota("", (QuotaResource("STORAGE", 450, 31457280),))),
    (b"* QUOTA root ()", Quota("root", ())),
    (b'* QUOTAROOT "INBOX" "" other', QuotaRoots("INBOX", ("", "other"))),
    (b"* QUOTAROOT inbox", QuotaRoots("INBOX", ())),
    # what nobody knows
    (b"* XYZZY a (b) {3}\r\nabc", Other("XYZZY", None, b"a (b) {3}\r\nabc")),
    (b"* 5 FROBNICATED now", Other("FROBNICATED", 5, b"now")),
]


@pytest.mark.parametrize(("line", "expected"), CASES, ids=[str(i) for i in range(len(CASES))])
def test_reads(line: bytes, expected: Response) -> None:
    assert read(line) == expected


def test_every_reader_has_a_case() -> None:
    named = {line.split()[1].decode() for line, _ in CASES if line.startswith(b"* ")}
    assert set(READERS) <= named


def test_names_are_utf8_once_that_is_enabled() -> None:
    assert read('* LIST () "/" "R&-D Ü"'.encode(), is_utf8=True) == Listed("R&-D Ü", "/", frozenset())
    assert read('* STATUS "Ü" (MESSAGES 1)'.encode(), is_utf8=True) == MailboxStatus("Ü", messages=1)
    grammar = Grammar()
    grammar.is_utf8 = True
    assert grammar.is_utf8


@pytest.mark.parametrize(
    "line",
    [
        b"*",
        b"*OK",
        b"* ",
        b"* (x)",
        b"hello",
        b"A1",
        b"A1 MAYBE done",
        b"(A1) OK",
        b'* LIST () "/"',
        b"* LIST ()",
        b'* LIST () "/" "y',
        b"* FLAGS \\Seen",
        b"* STATUS INBOX",
        b'* STATUS "INBOX" MESSAGES',
        b"* STATUS INBOX (MESSAGES 1",
        b"* SEARCH 1 x",
        b"* SEARCH 1,2",
        b"* SEARCH 12345678901",
        b"* ESEARCH (TAG) UID",
        b'* ESEARCH (FOO "x") UID',
        b"* ESEARCH MIN x",
        b"* ESEARCH ALL x",
        b"* ESEARCH PARTIAL 5",
        b"* ESEARCH PARTIAL (1 2 3)",
        b"* THREAD 1",
        b"* THREAD (1",
        b"* THREAD (1))",
        b"* THREAD (x)",
        b"* VANISHED 1:2:3",
        b"* NAMESPACE ((1))",
        b"* NAMESPACE NIL NIL NIL NIL",
        b'* ID "x"',
        b'* ID ("a" "b") c',
        b"* QUOTA x",
        b"* QUOTA x (STORAGE a b)",
        b"* QUOTA x (STORAGE 1 2) y",
        b"* QUOTAROOT",
    ],
)
def test_refuses_what_makes_no_sense(line: bytes) -> None:
    assert refuses(line).title


def test_copyuid_pairs_in_the_order_written() -> None:
    code = read_code(b"COPYUID 3 4,1:2 7:9")
    assert isinstance(code, CopyUid)
    assert list(code.pairs()) == [(4, 7), (1, 8), (2, 9)]


def test_copyuid_is_never_expanded() -> None:
    code = read_code(b"COPYUID 3 1:4294967295 1:4294967295")
    assert isinstance(code, CopyUid)
    assert next(iter(code.pairs())) == (1, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"UIDNEXT x", Code("UIDNEXT", "x")),
        (b"UIDNEXT 5 6", Code("UIDNEXT", "5 6")),
        (b"UIDNEXT", Code("UIDNEXT")),
        (b"COPYUID 1", Code("COPYUID", "1")),
        (b"APPENDUID 1 x", Code("APPENDUID", "1 x")),
        (b"CAPABILITY", CapabilityCode("CAPABILITY", "", frozenset())),
        (b"BADCHARSET UTF-8", BadCharset("BADCHARSET", "UTF-8", ("UTF-8",))),
        (b" alert ", Code("ALERT")),
        (b"", None),
        (b"(x)", None),
    ],
)
def test_a_code_that_makes_no_sense_is_only_a_word(text: bytes, expected: Code | None) -> None:
    assert read_code(text) == expected


def test_lists_ask_by_attribute_in_any_case() -> None:
    listed = Listed("x", "/", frozenset({"\\NoSelect"}))
    assert listed.has("\\noselect")
    assert not listed.is_selectable
    assert not Listed("x", "/", frozenset({"\\NonExistent"})).is_selectable
    assert Listed("x", "/", frozenset()).is_selectable


def test_a_thread_as_deep_as_it_is_long() -> None:
    """No recursion and no limit of depth: a conversation of 100,000 answers."""
    text = b"* THREAD " + b"".join(b"(%d " % n for n in range(1, 100_001)) + b")" * 100_000
    start = time.process_time()
    (thread,) = read_thread(text)
    assert thread[-1] == (99_999, 100_000)
    assert time.process_time() - start < 3


def read_thread(text: bytes) -> tuple[tuple[tuple[int, int | None], ...], ...]:
    response = Grammar().read(Frame(text))
    assert isinstance(response, ThreadResult)
    return response.threads


def test_a_search_has_a_limit() -> None:
    with pytest.raises(LimitExceeded):
        Grammar(Limits(items=1)).read(Frame(b"* SEARCH" + b" 1" * 9))


@pytest.mark.parametrize(
    "head", [b"* SEARCH ", b"* THREAD ", b"* LIST (", b"* OK [", b"* ESEARCH ALL ", b"A OK ["]
)
@pytest.mark.parametrize("unit", [b"1 ", b"(", b"()", b'"', b'"a"', b"[", b"\\", b"(a", b"1,"])
def test_no_line_takes_more_than_linear_time(head: bytes, unit: bytes) -> None:
    def seconds(count: int) -> float:
        frame = Frame(head + unit * count)
        best = 1e9
        for _ in range(2):
            start = time.process_time()
            try:
                Grammar().read(frame)
            except (ParseError, LimitExceeded):
                pass
            best = min(best, time.process_time() - start)
        return best

    assert seconds(16_000) < 12 * seconds(4_000) + 0.01
