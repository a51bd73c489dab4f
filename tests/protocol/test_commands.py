"""Every command: what it sends, what it makes of the answer, and when it may be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from imapcore.errors import InvalidArgument, NotSupported, WrongState
from imapcore.protocol import commands as c
from imapcore.protocol.auth import Plain
from imapcore.protocol.commands.items import partial_range
from imapcore.protocol.commands.table import rule_of
from imapcore.protocol.search import All
from imapcore.protocol.state import SelectedMailbox, State
from imapcore.wire.codes import AppendUid, CopyUid
from imapcore.wire.encoder import Secret
from imapcore.wire.fetch import Fetched
from imapcore.wire.responses import (
    Listed,
    ListKind,
    MailboxStatus,
    Namespace,
    Namespaces,
    Quota,
    QuotaResource,
    ServerId,
    ThreadResult,
)
from imapcore.wire.uidset import NO_UIDS, UidSet
from tests.protocol.talk import GMAIL, Talk, greeted, selected, signed_in

ALL_THERE_IS = (
    f"{GMAIL} LITERAL+ SORT THREAD=REFERENCES QRESYNC BINARY STARTTLS SEARCHRES PARTIAL CREATE-SPECIAL-USE"
)
UIDS = UidSet.parse("1:3,7")
ENC = "UID STORE 1:3,7 "


@dataclass
class Case:
    """A command, the line it sends, answers, and the result."""

    command: c.Command[Any]
    sent: str
    answers: tuple[str | bytes, ...] = ()
    result: Any = None


SELECTED = [
    Case(c.Noop(), "NOOP"),
    Case(c.Check(), "CHECK"),
    Case(c.Close(), "CLOSE"),
    Case(c.Unselect(), "UNSELECT"),
    Case(c.Capability(), "CAPABILITY", ("* CAPABILITY A b", "* 9 EXISTS"), frozenset({"A", "B"})),
    Case(
        c.Namespace(),
        "NAMESPACE",
        ('* NAMESPACE (("" "/")) NIL NIL',),
        Namespaces((Namespace("", "/"),), (), ()),
    ),
    Case(c.Namespace(), "NAMESPACE", ("* 9 EXISTS",), None),
    Case(c.Id(), "ID NIL", ('* ID ("name" "GImap")',), ServerId({"name": "GImap"})),
    Case(c.Id.of({"name": "x", "os": None}), 'ID ("name" "x" "os" NIL)', ("* ID NIL",), ServerId({})),
    Case(
        c.Enable.of(["CONDSTORE", "QRESYNC"]),
        "ENABLE CONDSTORE QRESYNC",
        ("* ENABLED CONDSTORE", "* 9 EXISTS", "* ENABLED QRESYNC"),
        frozenset({"CONDSTORE", "QRESYNC"}),
    ),
    Case(c.Create("Übung/x"), 'CREATE "&ANw-bung/x"'),
    Case(c.Create("A", ("\\Archive",)), 'CREATE "A" (USE (\\Archive))'),
    Case(c.Delete('a"b'), 'DELETE "a\\"b"'),
    Case(c.Rename("a", "b"), 'RENAME "a" "b"'),
    Case(c.Subscribe("a"), 'SUBSCRIBE "a"'),
    Case(c.Unsubscribe("a"), 'UNSUBSCRIBE "a"'),
    Case(
        c.List(),
        'LIST "" "*"',
        ('* LIST (\\All) "/" x', '* LSUB () "/" y'),
        c.Listing((Listed("x", "/", frozenset({"\\All"})),)),
    ),
    Case(
        c.List("%", "ref", ("SPECIAL-USE",), ("SUBSCRIBED", "CHILDREN"), ("MESSAGES", "UNSEEN")),
        'LIST (SPECIAL-USE) "ref" "%" RETURN (SUBSCRIBED CHILDREN STATUS (MESSAGES UNSEEN))',
        ('* LIST () "/" x', "* STATUS x (MESSAGES 5)"),
        c.Listing((Listed("x", "/", frozenset()),), (MailboxStatus("x", messages=5),)),
    ),
    Case(c.List(returns=("SPECIAL-USE",)), 'LIST "" "*" RETURN (SPECIAL-USE)', (), c.Listing(())),
    Case(
        c.Lsub(),
        'LSUB "" "*"',
        ('* LSUB () "/" y',),
        c.Listing((Listed("y", "/", frozenset(), ListKind.LSUB),)),
    ),
    Case(
        c.Xlist(),
        'XLIST "" "*"',
        ('* XLIST () "/" y', "* STATUS y (MESSAGES 1)"),
        c.Listing((Listed("y", "/", frozenset(), ListKind.XLIST),)),
    ),
    Case(
        c.StatusOf("inbox", ("MESSAGES", "HIGHESTMODSEQ")),
        'STATUS "inbox" (MESSAGES HIGHESTMODSEQ)',
        ("* STATUS other (MESSAGES 5)", "* STATUS INBOX (MESSAGES 4 HIGHESTMODSEQ 9)"),
        MailboxStatus("INBOX", messages=4, highestmodseq=9),
    ),
    Case(c.StatusOf("x"), 'STATUS "x" (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)', (), MailboxStatus("x")),
    Case(
        c.GetQuota(),
        'GETQUOTA ""',
        ('* QUOTA "" (STORAGE 1 2)', "* 9 EXISTS"),
        c.Quotas((Quota("", (QuotaResource("STORAGE", 1, 2),)),)),
    ),
    Case(
        c.GetQuotaRoot("INBOX"),
        'GETQUOTAROOT "INBOX"',
        ('* QUOTAROOT INBOX ""', '* QUOTA "" (STORAGE 1 2)'),
        c.Quotas((Quota("", (QuotaResource("STORAGE", 1, 2),)),), ("",)),
    ),
    Case(
        c.Append("x", b"ab\r\n", frozenset({"\\Seen"}), 837_596_665_000),
        'APPEND "x" (\\Seen) "17-Jul-1996 09:44:25 +0000" {4+}\r\nab\r\n',
    ),
    Case(c.Append.of("x", b"ab", ["\\Seen"]), 'APPEND "x" (\\Seen) {2+}\r\nab'),
    Case(c.Append("x", b"a\x00", is_binary=True), 'APPEND "x" ~{2+}\r\na\x00'),
    Case(
        c.Fetch(UIDS, ("UID", "FLAGS")),
        "UID FETCH 1:3,7 (UID FLAGS)",
        ("* 1 FETCH (UID 1 FLAGS ())", "* 5 FETCH (UID 5 FLAGS ())", "* 7 FETCH (UID 7 FLAGS ())"),
        [Fetched(1, uid=1, flags=frozenset()), Fetched(7, uid=7, flags=frozenset())],
    ),
    Case(
        c.Fetch(
            UIDS, ("FLAGS", c.body("1.2", start=0, length=2048), c.body("HEADER", peek=False)), is_uid=False
        ),
        "FETCH 1:3,7 (FLAGS BODY.PEEK[1.2]<0.2048> BODY[HEADER])",
        ("* 1 FETCH (FLAGS ())", "* 4 FETCH (FLAGS ())"),
        [Fetched(1, flags=frozenset())],
    ),
    Case(
        c.Fetch(UIDS, ("UID",), changed_since=5, vanished=True, partial=(-1, -100)),
        "UID FETCH 1:3,7 (UID) (CHANGEDSINCE 5 VANISHED PARTIAL -1:-100)",
        ("* VANISHED (EARLIER) 2", "* VANISHED 3"),
        [],
    ),
    Case(c.Fetch(UIDS, ("UID",), partial=(1, 5)), "UID FETCH 1:3,7 (UID) (PARTIAL 1:5)", (), []),
    Case(c.Fetch(UIDS, ("UID",), changed_since=5), "UID FETCH 1:3,7 (UID) (CHANGEDSINCE 5)", (), []),
    Case(
        c.Fetch(NO_UIDS, ("UID",), by_saved_search=True),
        "UID FETCH $ (UID)",
        ("* 2 FETCH (UID 5)", "* 4 FETCH (UID 9)"),
        [Fetched(2, uid=5), Fetched(4, uid=9)],
    ),
    Case(
        c.Fetch(UIDS, (c.header_fields(["From", "List-Id"]), c.header_fields(["To"], part="2", peek=False))),
        "UID FETCH 1:3,7 (BODY.PEEK[HEADER.FIELDS (FROM LIST-ID)] BODY[2.HEADER.FIELDS (TO)])",
        (),
        [],
    ),
    Case(
        c.Fetch(UidSet.parse("1:*"), (c.binary("1"), c.binary("2", peek=False, start=5, length=9))),
        "UID FETCH 1:* (BINARY.PEEK[1] BINARY[2]<5.9>)",
        ("* 900 FETCH (UID 901 BINARY[1] ~{1}\r\nx)",),
        [Fetched(900, uid=901, binary={"1": b"x"})],
    ),
    Case(
        c.Fetch(UIDS, ("ENVELOPE", "UID")),
        "UID FETCH 1:3,7 (ENVELOPE UID)",
        ("* 1 FETCH (UID 1 FLAGS ())", "* 2 FETCH (UID 2 ENVELOPE NIL)", "* 3 FETCH (ENVELOPE NIL)"),
        "only uid 2",
    ),
    Case(
        c.Store(UIDS, c.StoreMode.ADD, flags=frozenset({"\\Seen"}), is_silent=True, unchanged_since=12),
        ENC + "(UNCHANGEDSINCE 12) +FLAGS.SILENT (\\Seen)",
        ("* 1 FETCH (UID 1 FLAGS (\\Seen))", "* 4 FETCH (UID 4 FLAGS ())"),
        c.Stored((Fetched(1, uid=1, flags=frozenset({"\\Seen"})),)),
    ),
    Case(c.Store(UIDS, c.StoreMode.REPLACE, flags=frozenset()), ENC + "FLAGS ()", (), c.Stored(())),
    Case(
        c.Store(UIDS, c.StoreMode.REMOVE, labels=frozenset({"\\Inbox", "Übung", "\\foo"})),
        ENC + '-X-GM-LABELS (\\Inbox "\\\\foo" "&ANw-bung")',
        ("* 9 EXISTS",),
        c.Stored(()),
    ),
    Case(
        c.Store(UidSet([1]), c.StoreMode.ADD, labels=frozenset({"x"}), is_uid=False),
        'STORE 1 +X-GM-LABELS ("x")',
        ("* 1 FETCH (X-GM-LABELS (x))",),
        c.Stored((Fetched(1, labels=frozenset({"x"})),)),
    ),
    Case(c.Copy(UIDS, "x"), 'UID COPY 1:3,7 "x"'),
    Case(c.Copy(UIDS, "x", is_uid=False), 'COPY 1:3,7 "x"'),
    Case(
        c.Move(UIDS, "x"),
        'UID MOVE 1:3,7 "x"',
        ("* OK [COPYUID 3 1:2 7:8]", "* 1 EXPUNGE"),
        CopyUid("COPYUID", "3 1:2 7:8", 3, ((1, 2),), ((7, 8),)),
    ),
    Case(c.Move(UIDS, "x", is_uid=False), 'MOVE 1:3,7 "x"'),
    Case(c.Expunge(), "EXPUNGE", ("* 3 EXPUNGE", "* 3 EXPUNGE", "* 9 EXISTS"), c.Removed((3, 3))),
    Case(c.Expunge(UIDS), "UID EXPUNGE 1:3,7", ("* VANISHED 1:2",), c.Removed((), UidSet.parse("1:2"))),
    Case(c.Search(), "UID SEARCH RETURN (ALL) ALL", ('* ESEARCH (TAG "A9") UID ALL 9',), c.Found(NO_UIDS)),
    Case(c.Search(returns=frozenset()), "UID SEARCH RETURN () ALL", (), c.Found(NO_UIDS)),
    Case(
        c.Search(is_uid=False, returns=frozenset({"MIN", "COUNT"})),
        "SEARCH RETURN (COUNT MIN) ALL",
        ("* ESEARCH MIN 2 COUNT 5",),
        c.Found(NO_UIDS, min=2, count=5),
    ),
    Case(
        c.Search(partial=(1, 10)),
        "UID SEARCH RETURN (PARTIAL 1:10) ALL",
        ("* ESEARCH UID PARTIAL (1:10 3:4)",),
        "partial",
    ),
    Case(
        c.Sort(("REVERSE", "DATE"), All()),
        "UID SORT (REVERSE DATE) UTF-8 ALL",
        ("* SORT 5 3", "* SORT 4 (MODSEQ 7)", "* SEARCH 1"),
        c.Sorted((5, 3, 4), 7),
    ),
    Case(c.Sort(("SIZE",), is_uid=False), "SORT (SIZE) UTF-8 ALL", (), c.Sorted(())),
    Case(
        c.Thread(),
        "UID THREAD REFERENCES UTF-8 ALL",
        ("* THREAD (1)", "* THREAD (2)", "* 9 EXISTS"),
        ThreadResult((((0, 1),), ((0, 2),))),
    ),
    Case(c.Thread(is_uid=False), "THREAD REFERENCES UTF-8 ALL", (), ThreadResult(())),
]


@pytest.mark.parametrize("case", SELECTED, ids=lambda case: case.sent[:40])
@pytest.mark.parametrize("cut", [None, 1])
def test_sends_and_understands(case: Case, cut: int | None) -> None:
    talk = selected(ALL_THERE_IS, cut=cut)
    sent = talk.protocol.send(case.command)
    assert talk.c() == f"{sent.tag} {case.sent}"
    talk.s(*case.answers, f"{sent.tag} OK done")
    result = sent.result()
    if case.result == "only uid 2":
        assert [message.uid for message in result] == [2]
    elif case.result == "partial":
        assert result.partial.uids == UidSet.parse("3:4")
    else:
        assert result == case.result


def test_every_command_of_the_table_has_a_case() -> None:
    tried = {case.command.name for case in SELECTED} | {case.command.verb for case in SELECTED}
    elsewhere = {"LOGOUT", "STARTTLS", "LOGIN", "AUTHENTICATE", "COMPRESS", "IDLE", "SELECT"}
    assert set(c.RULES) <= tried | elsewhere


def test_results_in_the_tagged_code() -> None:
    talk = selected()
    assert talk.ask(c.Append("x", b"ab"), "% OK [APPENDUID 23 1] (Success)") == AppendUid(
        "APPENDUID", "23 1", 23, UidSet([1])
    )
    copied = talk.ask(c.Copy(UIDS, "x"), "% OK [COPYUID 3 1 7] (Success)")
    assert copied is not None
    assert list(copied.pairs()) == [(1, 7)]
    stored = talk.ask(
        c.Store(UidSet([636]), c.StoreMode.ADD, labels=frozenset({"foo"}), unchanged_since=1),
        "% OK [MODIFIED 636] Conditional Store Failed (Success)",
    )
    assert stored == c.Stored((), UidSet([636]))
    assert talk.ask(c.Create("x"), "% OK [MAILBOXID (F1)] done") == "F1"
    assert talk.ask(c.Capability(), "% OK [CAPABILITY X y] done") == {"X", "Y"}


def test_append_in_utf8_mode() -> None:
    """RFC 6855 §4: a message with 8-bit headers goes as UTF8 (~{n}); one without, as ever."""
    talk = signed_in()
    talk.ask(c.Enable(("UTF8=ACCEPT",)), "* ENABLED UTF8=ACCEPT", "% OK")
    sent = talk.protocol.send(c.Append("Ü", "Ü".encode()))
    assert talk.c() == f'{sent.tag} APPEND "Ü" UTF8 (~{{2+}}\r\nÜ)'
    talk.s(f"{sent.tag} OK")
    sent = talk.protocol.send(c.Append("Ü", b"plain"))
    assert talk.c() == f'{sent.tag} APPEND "Ü" {{5+}}\r\nplain'


# -- selecting -------------------------------------------------------------------------------------------


def test_select_as_gmail_answers_it() -> None:
    talk = signed_in()
    sent = talk.protocol.send(c.Select("[Gmail]/All Mail", condstore=True))
    assert talk.c() == f'{sent.tag} SELECT "[Gmail]/All Mail" (CONDSTORE)'
    talk.s(
        "* FLAGS (\\Answered \\Seen $Phishing)",
        "* OK [PERMANENTFLAGS (\\Seen \\*)] Flags permitted.",
        "* OK [UIDVALIDITY 12] UIDs valid.",
        "* 9 EXISTS",
        "* 0 RECENT",
        "* OK [UIDNEXT 15] Predicted next UID.",
        "* OK [HIGHESTMODSEQ 3150]",
        "* OK [UNSEEN 3]",
        "* OK [MAILBOXID (F1)]",
        f"{sent.tag} OK [READ-WRITE] [Gmail]/All Mail selected. (Success)",
    )
    expected = SelectedMailbox(
        "[Gmail]/All Mail",
        exists=9,
        uidvalidity=12,
        uidnext=15,
        highestmodseq=3150,
        flags=frozenset({"\\Answered", "\\Seen", "$Phishing"}),
        permanent_flags=frozenset({"\\Seen", "\\*"}),
        unseen=3,
        mailboxid="F1",
    )
    assert sent.result().mailbox == talk.protocol.mailbox == expected
    assert expected.can_create_keywords
    assert talk.protocol.state is State.SELECTED
    assert talk.noticed() == []


def test_examine_is_read_only_and_codes_count() -> None:
    talk = signed_in()
    examined = talk.ask(
        c.Select("x", is_read_only=True), "* OK [NOMODSEQ]", "* OK [UIDNOTSTICKY]", "% OK"
    ).mailbox
    assert (examined.is_read_only, examined.has_modseqs, examined.is_uid_sticky) == (True, False, False)
    assert not examined.can_create_keywords
    selected_too = talk.ask(c.Select("x"), "% OK [READ-ONLY] shared").mailbox
    assert selected_too.is_read_only
    assert talk.ask(c.Select("x"), "% OK [READ-ONLY] x", "* OK [READ-WRITE] yours again").mailbox.is_read_only
    assert talk.protocol.mailbox is not None
    assert not talk.protocol.mailbox.is_read_only


def test_select_with_quick_resync() -> None:
    talk = selected(ALL_THERE_IS)
    command = c.Select("x", resync=c.QuickResync(67890007, 90060115194045000, UidSet.parse("41:211")))
    sent = talk.protocol.send(command)
    assert talk.c() == f'{sent.tag} SELECT "x" (QRESYNC (67890007 90060115194045000 41:211))'
    talk.s(
        "* 4 EXPUNGE",
        "* 3 FETCH (UID 9 FLAGS ())",
        "* OK [CLOSED]",
        "* 100 EXISTS",
        "* VANISHED (EARLIER) 41,43:116",
        "* 49 FETCH (UID 117 FLAGS (\\Seen))",
        "* OK [ALERT] fine",
        f"{sent.tag} OK [READ-WRITE] done",
    )
    selection = sent.result()
    assert selection.mailbox.exists == 100
    assert selection.vanished == UidSet.parse("41,43:116")
    assert [message.uid for message in selection.changed] == [117]
    unknown = c.Select("x", resync=c.QuickResync(1, 2))
    assert c.describe(unknown) == 'SELECT "x" (QRESYNC (1 2))'


def test_a_failed_select_leaves_nothing_selected() -> None:
    talk = selected()
    sent = talk.send(c.Select("nope"))
    assert talk.protocol.mailbox is None
    talk.s(f"{sent.tag} NO [NONEXISTENT] Unknown Mailbox: nope (now in authenticated state) (Failure)")
    assert talk.protocol.state is State.AUTHENTICATED
    assert talk.protocol.mailbox is None


@pytest.mark.parametrize("command", [c.Close(), c.Unselect()])
def test_leaving_a_mailbox(command: c.Command[None]) -> None:
    talk = selected()
    talk.ask(command, "% OK")
    assert (talk.protocol.state, talk.protocol.mailbox) == (State.AUTHENTICATED, None)


# -- what is refused before it is sent ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        c.Enable(()),
        c.StatusOf("x", ()),
        c.StatusOf("x", ("MESSAGES) (",)),
        c.Id(tuple((str(n), None) for n in range(31))),
        c.Id((("x" * 31, None),)),
        c.Id((("x", "y" * 1025),)),
        c.Fetch(UIDS, ()),
        c.Fetch(UIDS, ("UID\r\nX LOGOUT",)),
        c.Fetch(UIDS, ("BODY[HEADER.FIELDS (X]) {5}",)),
        c.Fetch(UIDS, ("BODY[{5}]",)),
        c.Fetch(NO_UIDS, ("UID",)),
        c.Fetch(UIDS, ("UID",), changed_since=2**63),
        c.Store(UIDS, c.StoreMode.ADD),
        c.Store(UIDS, c.StoreMode.ADD, flags=frozenset(), labels=frozenset()),
        c.Store(UIDS, c.StoreMode.ADD, labels=frozenset({""})),
        c.Store(UIDS, c.StoreMode.ADD, labels=frozenset({"a\r\nb"})),
        c.Search(returns=frozenset({"EVERYTHING"})),
        c.Sort(()),
        c.Sort(("REVERSE",)),
        c.Sort(("COLOUR",)),
        c.Thread("A B"),
        c.Append("x", b"a\x00b"),
        c.Create("a\nb"),
    ],
)
def test_refuses_arguments(command: c.Command[Any]) -> None:
    talk = selected(ALL_THERE_IS + " THREAD=A B")
    with pytest.raises(InvalidArgument):
        talk.protocol.send(command)
    assert talk.c() == ""
    assert not talk.protocol.is_busy


@pytest.mark.parametrize(
    "make",
    [
        lambda: c.body("1.x"),
        lambda: c.body("]"),
        lambda: c.binary("0"),
        lambda: c.header_fields([]),
        lambda: c.header_fields(["From:"]),
        lambda: c.header_fields(["a b"]),
        lambda: c.header_fields(["From"], part="x"),
        lambda: partial_range((0, 5)),
        lambda: partial_range((1, -5)),
        lambda: partial_range((1, 2**32)),
    ],
)
def test_refuses_items(make: Any) -> None:
    with pytest.raises(InvalidArgument):
        make()


def states() -> dict[State, Talk]:
    return {
        State.NOT_AUTHENTICATED: greeted(ALL_THERE_IS),
        State.AUTHENTICATED: signed_in(ALL_THERE_IS),
        State.SELECTED: selected(ALL_THERE_IS),
    }


EVERY = [
    *(case.command for case in SELECTED),
    c.Logout(),
    c.StartTls(),
    c.Login("a", Secret("b")),
    c.Authenticate(Plain("a", Secret("b"))),
    c.Compress(),
    c.Idle(),
    c.Select("x"),
]


@pytest.mark.parametrize("state", [State.NOT_AUTHENTICATED, State.AUTHENTICATED, State.SELECTED])
def test_the_table_decides_what_is_possible_when(state: State) -> None:
    for command in EVERY:
        talk = states()[state]
        if state in rule_of(command).states:
            assert talk.protocol.send(command).tag is not None
        else:
            with pytest.raises(WrongState, match=str(state)):
                talk.protocol.send(command)


def test_needs_what_the_server_offers() -> None:
    for command in EVERY:
        if not rule_of(command).needs:
            continue
        bare = {State.NOT_AUTHENTICATED: greeted, State.SELECTED: selected, State.AUTHENTICATED: signed_in}
        state = max(rule_of(command).states, key=list(bare).index)
        with pytest.raises(NotSupported, match="does not offer"):
            bare[state]("IMAP4rev1").protocol.send(command)


def test_describes_what_would_be_sent() -> None:
    store = c.Store(UIDS, c.StoreMode.ADD, labels=frozenset({"Ü"}))
    assert c.describe(store) == 'UID STORE 1:3,7 +X-GM-LABELS ("&ANw-")'
    assert c.describe(store, is_utf8=True) == 'UID STORE 1:3,7 +X-GM-LABELS ("Ü")'
    assert c.describe(c.Login("me", Secret("hunter2"))) == 'LOGIN "me" •••'
    assert "hunter2" not in repr(c.Login("me", Secret("hunter2")))
    assert "hunter2" not in repr(c.Authenticate(Plain("me", Secret("hunter2"))))


def test_vanished_messages_are_told_with_the_fetch() -> None:
    talk = selected(ALL_THERE_IS)
    sent = talk.send(c.Fetch(UIDS, ("UID",), changed_since=5, vanished=True))
    talk.s("* VANISHED (EARLIER) 2", f"{sent.tag} OK")
    assert sent.collector.vanished == UidSet([2])  # type: ignore[attr-defined]
