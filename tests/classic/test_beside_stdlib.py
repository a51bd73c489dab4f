"""The same calls with imaplib and with ``imapcore.classic``: same results, same bytes on the wire.

One table of cases; each runs against a server that answers by a table. Where the two differ on purpose a
case is in the table ``DIFFERENT``, with what each of them sends.
"""

from __future__ import annotations

import imaplib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from imapcore import classic
from tests.classic.scripted import COMMON, Answers, ScriptedServer

Script = Callable[[Any], Any]
OK = b"TAG OK done\r\n"


@dataclass(frozen=True)
class Case:
    """Calls on a client that has signed in and selected INBOX, and what the server answers."""

    name: str
    script: Script
    answers: Answers = field(default_factory=dict)
    is_signed_in: bool = True


def outcome(call: Script, client: Any) -> Any:
    """What a script returns, or the kind of its exception."""
    try:
        return call(client)
    except (imaplib.IMAP4.error, classic.IMAP4.error, ValueError, TypeError, AttributeError) as problem:
        for kind in ("readonly", "abort", "error"):
            if isinstance(problem, getattr(client, kind)):
                return f"raised {kind}"
        return f"raised {type(problem).__name__}"


def run(module: Any, case: Case) -> tuple[Any, list[bytes], dict[str, Any], str]:
    """Result, bytes heard by the server, what is left untaken, and the state afterwards."""
    with ScriptedServer(case.answers) as server:
        client = module.IMAP4("127.0.0.1", server.port, timeout=5)
        try:
            if case.is_signed_in:
                client.login("user", "pass")
                client.select()
            result = outcome(case.script, client)
            heard, left, state = list(server.heard), dict(client.untagged_responses), client.state
        finally:
            if client.state != "LOGOUT":
                client.shutdown()
    return result, heard, left, state


FETCHED = (
    b"* 1 FETCH (UID 11 BODY[HEADER] {7}\r\nA: b\r\n\r BODY[TEXT] {3}\r\nabc FLAGS (\\Seen))\r\n"
    b"* 2 FETCH (UID 12 FLAGS ())\r\n" + OK
)
LISTED = (
    b'* LIST (\\HasNoChildren) "/" INBOX\r\n* LIST (\\All) "/" {5}\r\na"b\\c\r\n* LIST () NIL "x y"\r\n' + OK
)

SAME = [
    Case("capability", lambda c: c.capability()),
    Case("noop", lambda c: c.noop(), {"NOOP": b"* 5 EXISTS\r\n* 1 RECENT\r\n" + OK}),
    Case("check", lambda c: c.check(), {"CHECK": OK}),
    Case("close", lambda c: c.close(), {"CLOSE": OK}),
    Case("unselect", lambda c: c.unselect(), {"UNSELECT": OK}),
    Case("logout", lambda c: c.logout()),
    Case("logout without BYE", lambda c: c.logout(), {"LOGOUT": OK}),
    Case("login refused", lambda c: c.login("u", "p"), {"LOGIN": b"TAG NO [X] no\r\n"}, is_signed_in=False),
    Case("login quotes the password", lambda c: c.login("u", 'p"\\ p'), is_signed_in=False),
    Case("login in the wrong state", lambda c: c.login("u", "p")),
    Case("copy", lambda c: c.copy("1:3", "Archive"), {"COPY": b"TAG OK [COPYUID 7 1:3 4:6] done\r\n"}),
    Case("copy refused", lambda c: c.copy("1", "No"), {"COPY": b"TAG NO [TRYCREATE] no such mailbox\r\n"}),
    Case("create", lambda c: c.create("new/box"), {"CREATE": OK}),
    Case("create quoted by the caller", lambda c: c.create('"new box"'), {"CREATE": OK}),
    Case("create, number", lambda c: c.create("12"), {"CREATE": OK}),
    Case("create, bytes", lambda c: c.create(b"Entw&APw-rfe"), {"CREATE": OK}),
    Case("delete", lambda c: c.delete("old"), {"DELETE": OK}),
    Case("rename", lambda c: c.rename("old", '"new \\"box\\""'), {"RENAME": OK}),
    Case("subscribe", lambda c: c.subscribe("a"), {"SUBSCRIBE": OK}),
    Case("unsubscribe", lambda c: c.unsubscribe("a"), {"UNSUBSCRIBE": OK}),
    Case("expunge", lambda c: c.expunge(), {"EXPUNGE": b"* 3 EXPUNGE\r\n* 3 EXPUNGE\r\n" + OK}),
    Case("expunge nothing", lambda c: c.expunge(), {"EXPUNGE": OK}),
    Case("fetch", lambda c: c.fetch("1:2", "(UID BODY[])"), {"FETCH": FETCHED}),
    Case("fetch as bytes", lambda c: c.fetch(b"1:2", "(UID)"), {"FETCH": FETCHED}),
    Case("fetch one item", lambda c: c.fetch("1", "(BODY[HEADER.FIELDS (A)])"), {"FETCH": FETCHED}),
    Case("fetch a macro", lambda c: c.fetch("1", "fast"), {"FETCH": FETCHED}),
    Case("fetch nothing", lambda c: c.fetch("9", "(UID)"), {"FETCH": OK}),
    Case("fetch refused", lambda c: c.fetch("9", "(UID)"), {"FETCH": b"TAG NO no such message\r\n"}),
    Case("fetch malformed", lambda c: c.fetch("x", "(UID)"), {"FETCH": b"TAG BAD what\r\n"}),
    Case("fetch empty literal", lambda c: c.fetch("1", "(X)"), {"FETCH": b"* 1 FETCH (X {0}\r\n)\r\n" + OK}),
    Case(
        "fetch literal8", lambda c: c.fetch("1", "(X)"), {"FETCH": b"* 1 FETCH (X ~{2}\r\n\x00\n)\r\n" + OK}
    ),
    Case("list", lambda c: c.list(), {"LIST": LISTED}),
    Case("list directory", lambda c: c.list("~/Mail/", "%"), {"LIST": LISTED}),
    Case("list as keywords", lambda c: c.list(directory='""', pattern='"*"'), {"LIST": LISTED}),
    Case("list nothing", lambda c: c.list(), {"LIST": OK}),
    Case("lsub", lambda c: c.lsub(), {"LSUB": b'* LSUB () "." a.b\r\n' + OK}),
    Case("recent heard at select", lambda c: [c.recent(), c.recent()], {"NOOP": OK}),
    Case("recent", lambda c: [c.response("RECENT"), c.recent()], {"NOOP": b"* 4 RECENT\r\n" + OK}),
    Case("response", lambda c: [c.response("uidvalidity"), c.response("UIDVALIDITY"), c.response("EXISTS")]),
    Case("search", lambda c: c.search(None, "ALL"), {"SEARCH": b"* SEARCH 2 84 882\r\n" + OK}),
    Case("search quoted", lambda c: c.search(None, "FROM", '"LDJ"'), {"SEARCH": b"* SEARCH\r\n" + OK}),
    Case("search in parentheses", lambda c: c.search(None, '(FROM "LDJ")'), {"SEARCH": b"* SEARCH\r\n" + OK}),
    Case("search program", lambda c: c.search(None, 'UNSEEN FROM "a b"'), {"SEARCH": b"* SEARCH 1\r\n" + OK}),
    Case("search charset", lambda c: c.search("UTF-8", "TEXT", "x"), {"SEARCH": b"* SEARCH 1\r\n" + OK}),
    Case("search refused", lambda c: c.search("X", "ALL"), {"SEARCH": b"TAG NO [BADCHARSET] no\r\n"}),
    Case("search nothing said", lambda c: c.search(None, "ALL"), {"SEARCH": OK}),
    Case("select again", lambda c: c.select("Other")),
    Case("select readonly", lambda c: [c.select("Other", True), c.is_readonly]),
    Case("select refused", lambda c: c.select("No"), {"SELECT": [b"* 2 EXISTS\r\n" + OK, b"TAG NO no\r\n"]}),
    Case(
        "select gets read-only",
        lambda c: c.select("Shared"),
        {"SELECT": [b"* 2 EXISTS\r\n" + OK, b"* 3 EXISTS\r\nTAG OK [READ-ONLY] ok\r\n"]},
    ),
    Case(
        "read-only afterwards",
        lambda c: [c.noop(), c.noop()],
        {"NOOP": b"* OK [READ-ONLY] now\r\nTAG OK done\r\n"},
    ),
    Case(
        "status",
        lambda c: c.status("INBOX", "(MESSAGES UNSEEN)"),
        {"STATUS": b"* STATUS INBOX (MESSAGES 231 UNSEEN 3)\r\n" + OK},
    ),
    Case(
        "store",
        lambda c: c.store("1", "+FLAGS", r"(\Deleted)"),
        {"STORE": b"* 1 FETCH (FLAGS (\\Deleted [x]))\r\n" + OK},
    ),
    Case("store bare flag", lambda c: c.store("1", "+FLAGS", "\\Deleted"), {"STORE": OK}),
    Case("store two bare flags", lambda c: c.store("1", "FLAGS.SILENT", "\\Deleted x"), {"STORE": OK}),
    Case("uid fetch", lambda c: c.uid("fetch", "11:12", "(FLAGS)"), {"UID FETCH": FETCHED}),
    Case("uid search", lambda c: c.uid("SEARCH", None, "ALL"), {"UID SEARCH": b"* SEARCH 5 6\r\n" + OK}),
    Case("uid copy", lambda c: c.uid("COPY", "11", "Archive"), {"UID COPY": OK}),
    Case("uid move", lambda c: c.uid("MOVE", "11", "Archive"), {"UID MOVE": b"* 1 EXPUNGE\r\n" + OK}),
    Case("uid expunge", lambda c: c.uid("EXPUNGE", "11"), {"UID EXPUNGE": b"* 1 EXPUNGE\r\n" + OK}),
    Case("uid store", lambda c: c.uid("STORE", "11", "+FLAGS", "(x)"), {"UID STORE": OK}),
    Case("uid sort", lambda c: c.uid("SORT", "(DATE)", "UTF-8", "ALL"), {"UID SORT": b"* SORT 2 1\r\n" + OK}),
    Case("uid unknown", lambda c: c.uid("FROBNICATE", "11")),
    Case("uid without arguments", lambda c: c.uid("EXPUNGE"), {"UID EXPUNGE": b"TAG BAD missing\r\n"}),
    Case(
        "xatom", lambda c: [c.xatom("X-THING", "a", "(b c)", '"d e"')], {"X-THING": b"* X-THING 1\r\n" + OK}
    ),
    Case("xatom id", lambda c: [c.xatom("id", "NIL"), c.response("ID")], {"ID": b"* ID NIL\r\n" + OK}),
    Case(
        "append",
        lambda c: c.append("INBOX", r"(\Seen)", '"01-Jan-2000 00:00:00 +0000"', b"a\nb\r\n"),
        {"APPEND": OK},
    ),
    Case("append bare flag", lambda c: c.append("Drafts", "\\Draft", None, b"x"), {"APPEND": OK}),
    Case("append to INBOX", lambda c: c.append(None, None, None, b""), {"APPEND": OK}),
    Case("append refused at once", lambda c: c.append("a", None, None, b"x"), {}),
    Case("append a date", lambda c: c.append("a", "", time.gmtime(0), b"x"), {"APPEND": OK}),
    Case("getacl", lambda c: c.getacl("a"), {"GETACL": b"* ACL a fred rwipslda\r\n" + OK}),
    Case("setacl", lambda c: c.setacl("a", "fred", "lr"), {"SETACL": OK}),
    Case("deleteacl", lambda c: c.deleteacl("a", "fred"), {"DELETEACL": OK}),
    Case("myrights", lambda c: c.myrights("a"), {"MYRIGHTS": b"* MYRIGHTS a rwipsldexta\r\n" + OK}),
    Case("getquota", lambda c: c.getquota('""'), {"GETQUOTA": b'* QUOTA "" (STORAGE 10 512)\r\n' + OK}),
    Case(
        "getquotaroot",
        lambda c: c.getquotaroot("INBOX"),
        {"GETQUOTAROOT": b'* QUOTAROOT INBOX ""\r\n* QUOTA "" (STORAGE 10 512)\r\n' + OK},
    ),
    Case("setquota", lambda c: c.setquota('""', "(STORAGE 512)"), {"SETQUOTA": b'* QUOTA "" ()\r\n' + OK}),
    Case(
        "getannotation",
        lambda c: c.getannotation("a", '"/comment"', '"value.priv"'),
        {"GETANNOTATION": b'* ANNOTATION a "/comment" ("value.priv" "x")\r\n' + OK},
    ),
    Case("setannotation", lambda c: c.setannotation("a", '"/c"', '("v" "x")'), {"SETANNOTATION": OK}),
    Case("namespace", lambda c: c.namespace(), {"NAMESPACE": b'* NAMESPACE (("" "/")) NIL NIL\r\n' + OK}),
    Case("sort", lambda c: c.sort("(DATE)", "UTF-8", "ALL"), {"SORT": b"* SORT 2 1\r\n" + OK}),
    Case("sort bare", lambda c: c.sort("REVERSE DATE", "UTF-8", "ALL"), {"SORT": b"* SORT 2 1\r\n" + OK}),
    Case("thread", lambda c: c.thread("REFERENCES", "UTF-8", "ALL"), {"THREAD": b"* THREAD (1)(2)\r\n" + OK}),
    Case("enable", lambda c: c.enable("UTF8=ACCEPT"), {"ENABLE": b"* ENABLED UTF8=ACCEPT\r\n" + OK}),
    Case("BYE in between", lambda c: c.noop(), {"NOOP": b"* BYE shutting down\r\nTAG OK done\r\n"}),
    Case("nonsense", lambda c: c.noop(), {"NOOP": b"hello\r\n"}),
    Case("unknown tag", lambda c: c.noop(), {"NOOP": b"ZZ1 OK done\r\n"}),
    Case("end of the stream", lambda c: c.noop(), {"NOOP": b""}),
    Case("upper case", lambda c: [c.FETCH("1", "(UID)"), c.NOOP()], {"FETCH": FETCHED, "NOOP": OK}),
    Case("no such command", lambda c: c.FROBNICATE()),
    Case("commands for imaplib's friends", lambda c: c._simple_command("NOOP", None, "a"), {"NOOP": OK}),
    Case("status codes", lambda c: c.noop(), {"NOOP": b"* OK [ALERT] hear [this]\r\n* NO [X y] no\r\n" + OK}),
    Case(
        "authenticate",
        lambda c: c.authenticate("x-auth", lambda challenge: challenge[::-1]),
        {"AUTHENTICATE": b"+ YWJj\r\nWAIT+ \r\nWAIT" + COMMON["LOGIN"]},
        is_signed_in=False,
    ),
    Case(
        "authenticate broken off",
        lambda c: c.authenticate("x-auth", lambda challenge: None),
        {"AUTHENTICATE": b"+ YWJj\r\nWAITTAG NO aborted\r\n"},
        is_signed_in=False,
    ),
    Case(
        "login_cram_md5",
        lambda c: c.login_cram_md5("tim", "tanstaaftanstaaf"),
        {
            "AUTHENTICATE": b"+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ=\r\nWAIT"
            + COMMON["LOGIN"]
        },
        is_signed_in=False,
    ),
]


@pytest.mark.parametrize("case", SAME, ids=lambda case: case.name)
def test_same_results_and_same_bytes(case: Case) -> None:
    expected, got = run(imaplib, case), run(classic, case)
    assert got[0] == expected[0], "result"
    assert got[1] == expected[1], "bytes sent"
    assert got[2] == expected[2], "responses left"
    assert got[3] == expected[3], "state"


@dataclass(frozen=True)
class Difference:
    """A call for which we send something else, on purpose."""

    call: Script
    theirs: bytes | None
    """What imaplib sends after the tag; None if it raises."""
    ours: bytes
    mended: tuple[int, int] | None = None
    """The Python from which on imaplib sends the same as we do."""


DIFFERENT = [
    Difference(lambda c: c.select("New box"), b"SELECT New box\r\n", b'SELECT "New box"\r\n', (3, 14)),
    Difference(lambda c: c.copy("1", "a*b"), b"COPY 1 a*b\r\n", b'COPY 1 "a*b"\r\n', (3, 14)),
    Difference(lambda c: c.copy(1, "a"), None, b"COPY 1 a\r\n"),
    Difference(lambda c: c.create(""), b"CREATE \r\n", b'CREATE ""\r\n', (3, 14)),
    Difference(lambda c: c.create("Entwürfe"), None, b"CREATE Entw&APw-rfe\r\n"),
    Difference(
        lambda c: c.status("a", "MESSAGES"), b"STATUS a MESSAGES\r\n", b"STATUS a (MESSAGES)\r\n", (3, 14)
    ),
    Difference(lambda c: c.fetch("1", "UID"), b"FETCH 1 UID\r\n", b"FETCH 1 (UID)\r\n", (3, 14)),
    Difference(lambda c: c.search(None, "TO", "a b"), b"SEARCH TO a b\r\n", b'SEARCH TO "a b"\r\n'),
    Difference(lambda c: c.xatom("X", "a b"), b"X a b\r\n", b'X "a b"\r\n'),
    Difference(
        lambda c: c.partial("1", "RFC822", "1", "9"),
        b"PARTIAL 1 RFC822 1 9\r\n",
        b"FETCH 1 (BODY[]<0.9>)\r\n",
    ),
    Difference(lambda c: c.getquota(""), b"GETQUOTA \r\n", b'GETQUOTA ""\r\n', (3, 14)),
]


@pytest.mark.parametrize("difference", DIFFERENT, ids=lambda difference: repr(difference.ours))
def test_what_is_different_on_purpose(difference: Difference) -> None:
    theirs = run(imaplib, Case("theirs", difference.call))[1][-1]
    ours = run(classic, Case("ours", difference.call))[1][-1]
    assert ours == difference.ours
    if difference.mended is not None and sys.version_info >= difference.mended:
        assert theirs == difference.ours
    else:
        assert theirs == (b"SELECT INBOX\r\n" if difference.theirs is None else difference.theirs)


def test_a_line_break_in_an_argument_is_refused() -> None:
    case = Case("injection", lambda c: c.xatom("NOOP", "a\r\nT1 DELETE INBOX"), {"NOOP": OK})
    assert run(classic, case)[0] == "raised InvalidArgument"


def test_a_server_of_before_imap4rev1_is_asked_for_partial() -> None:
    answers = {
        "CAPABILITY": b"* CAPABILITY IMAP4\r\nTAG OK done\r\n",
        "PARTIAL": b"* 1 FETCH (RFC822 {2}\r\nab)\r\nTAG OK done\r\n",
    }
    case = Case("old", lambda c: [c.PROTOCOL_VERSION, c.partial("1", "RFC822", "1", "2")], answers)
    expected, got = run(imaplib, case), run(classic, case)
    assert got == expected
    assert got[0] == ["IMAP4", ("OK", [(b"1 (RFC822 {2}", b"ab"), b")"])]


@pytest.mark.parametrize(
    ("part", "item"),
    [
        ("RFC822", "BODY[]"),
        ("RFC822.PEEK", "BODY.PEEK[]"),
        ("rfc822.header", "BODY.PEEK[HEADER]"),
        ("RFC822.TEXT", "BODY[TEXT]"),
        ("RFC822.TEXT.PEEK", "BODY.PEEK[TEXT]"),
        ("BODY[1.2]", "BODY[1.2]"),
        ("BODY.PEEK[HEADER.FIELDS (DATE)]", "BODY.PEEK[HEADER.FIELDS (DATE)]"),
        ("(BODY[TEXT])", "BODY[TEXT]"),
        ("BINARY[1]", "BINARY[1]"),
    ],
)
def test_what_partial_asks_for(part: str, item: str) -> None:
    heard = run(classic, Case("partial", lambda c: c.partial("3", part, 11, 5), {"FETCH": OK}))[1]
    assert heard[-1] == f"FETCH 3 ({item}<10.5>)\r\n".encode()
