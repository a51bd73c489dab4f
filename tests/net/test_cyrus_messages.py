"""Messages on a real server, Cyrus: FETCH, searching, sorting, storing, copying, what changed."""

from __future__ import annotations

import pytest

from imapcore.protocol.commands import (
    Append,
    Copy,
    Create,
    Expunge,
    Fetch,
    Move,
    Noop,
    QuickResync,
    Search,
    Select,
    Sort,
    StatusOf,
    Store,
    StoreMode,
    Thread,
    Unselect,
    binary,
    body,
    header_fields,
)
from imapcore.protocol.search import (
    And,
    From,
    HasFlag,
    Header,
    LacksFlag,
    ModSeq,
    Not,
    Or,
    Subject,
    Text,
    Uids,
)
from imapcore.wire.bodystructure import Part
from imapcore.wire.uidset import UidSet
from tests.cyrus import IS_INSTALLED, Cyrus
from tests.net.cyrus_client import needs, signed_in
from tests.net.dovecot_client import NESTED, filled, mail

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(not IS_INSTALLED, reason="Cyrus is not installed (Debian: cyrus-imapd)"),
]
SEEN = frozenset({"\\Seen"})
DELETED = frozenset({"\\Deleted"})
WHEN = 1_782_981_296_000
"""2026-07-02 08:34:56 UTC."""


def test_every_plain_item(cyrus: Cyrus) -> None:
    with signed_in(cyrus) as conn:
        appended = conn.run(Append("INBOX", NESTED, frozenset({"\\Flagged", "$Work"}), WHEN))
        assert appended is not None
        assert appended.uids == UidSet([1])
        conn.run(Select("INBOX", condstore=True))
        items = ("UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "MODSEQ", "ENVELOPE")
        (message,) = conn.run(Fetch(UidSet([1]), items))
        assert (message.seq, message.uid, message.size) == (1, 1, len(NESTED))
        assert message.internaldate == WHEN
        assert message.flags is not None
        assert {"\\Flagged", "$Work"} <= message.flags
        assert (message.modseq or 0) > 0
        envelope = message.envelope
        assert envelope is not None
        assert envelope.subject == b"=?utf-8?q?Gr=C3=BC=C3=9Fe?="
        assert envelope.fields[-1] == b"<outer@example.org>"
        assert [(each.name, each.mailbox, each.host) for each in envelope.from_] == [
            (b"Ann", b"ann", b"example.org")
        ]


def test_the_structure_of_nested_mail_and_its_parts(cyrus: Cyrus) -> None:
    with signed_in(cyrus) as conn:
        filled(conn, NESTED)
        (message,) = conn.run(Fetch(UidSet([1]), ("UID", "BODYSTRUCTURE")))
        assert message.bodystructure is not None
        assert [(each.section, each.media_type) for each in message.bodystructure.walk()] == [
            ("", "multipart/mixed"),
            ("1", "multipart/alternative"),
            ("1.1", "text/plain"),
            ("1.2", "text/html"),
            ("2", "message/rfc822"),
            ("2", "multipart/mixed"),
            ("2.1", "text/plain"),
            ("2.2", "application/pdf"),
        ]
        parts = {each.section: each for each in message.bodystructure.walk() if isinstance(each, Part)}
        assert parts["1.1"].encoding.lower() == "base64"
        assert parts["2"].filename == "note.eml"
        assert parts["2"].envelope is not None
        assert parts["2"].envelope.subject == b"inner"
        assert parts["2.2"].filename == "plan.pdf"
        items = (
            body(),
            body("HEADER"),
            body("", start=6, length=3),
            body("2.1"),
            body("2.2"),
            body("1.1.MIME"),
            header_fields(["Subject", "X-None"]),
        )
        (fetched,) = conn.run(Fetch(UidSet([1]), ("UID", *items)))
        assert fetched.sections[""] == NESTED
        assert fetched.sections["HEADER"] == NESTED.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        assert fetched.sections["<6>"] == NESTED[6:9]
        assert fetched.sections["2.1"] == b"the inner text"
        assert fetched.sections["2.2"] == b"JVBERi0="
        assert b"base64" in (fetched.sections["1.1.MIME"] or b"")
        assert fetched.sections["HEADER.FIELDS (SUBJECT X-NONE)"] == (
            b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n"
        )
        assert conn.run(Search(HasFlag("\\Seen"))).count == 0
        conn.run(Fetch(UidSet([1]), ("UID", body(peek=False))))
        assert conn.run(Search(HasFlag("\\Seen"))).count == 1


def test_parts_decoded_by_the_server(cyrus: Cyrus) -> None:
    with signed_in(cyrus) as conn:
        needs(conn, "BINARY")
        filled(conn, NESTED)
        items = ("UID", binary("1.1"), binary("2.2", start=1, length=3), "BINARY.SIZE[1.1]")
        (message,) = conn.run(Fetch(UidSet([1]), items))
        assert message.binary["1.1"] == "Grüße".encode()
        assert message.binary["2.2<1>"] == b"PDF"
        assert message.extra["BINARY.SIZE[1.1]"] == b"7"


@pytest.mark.parametrize("off", [frozenset[str](), frozenset({"ESEARCH", "LITERAL+"})])
def test_every_kind_of_search(off: frozenset[str], cyrus: Cyrus) -> None:
    with signed_in(cyrus, off=off) as conn:
        filled(
            conn,
            mail("one", headers="X-Colour: blue\r\n"),
            mail("=?utf-8?q?Gr=C3=BC=C3=9Fe?="),
            mail("three", 'with "quotes" \\ and more', sender="bob@example.org"),
        )
        conn.run(Store(UidSet([2]), StoreMode.ADD, SEEN))
        for key, expected in (
            (Subject("grüße"), {2}),
            (Text('with "quotes" \\'), {3}),
            (Or(From("bob"), Subject("grüße")), {2, 3}),
            (And(From("ann"), Not(Subject("grüße"))), {1}),
            (Header("X-Colour", "blue"), {1}),
            (HasFlag("\\Seen"), {2}),
            (LacksFlag("\\Seen"), {1, 3}),
            (Uids(UidSet([2, 9])), {2}),
            (ModSeq(1), {1, 2, 3}),
        ):
            found = conn.run(Search(key))
            assert (set(found.uids), found.count) == (expected, len(expected)), key
            assert (found.min, found.max) == (min(expected), max(expected)), key
        assert conn.run(Search(Subject("nowhere"))).uids == UidSet()
        if "ESEARCH" not in off:
            asked = conn.run(Search(returns=frozenset({"MIN", "MAX", "COUNT"})))
            assert (asked.min, asked.max, asked.count, asked.uids) == (1, 3, 3, UidSet())


def test_sorting_and_threading(cyrus: Cyrus) -> None:
    answer = "Message-ID: <b@x>\r\nIn-Reply-To: <a@x>\r\nReferences: <a@x>\r\n"
    with signed_in(cyrus) as conn:
        needs(conn, "SORT", "THREAD=REFERENCES", "THREAD=ORDEREDSUBJECT")
        filled(
            conn,
            mail("Re: plan", date="Fri, 3 Jul 2026 10:00:00 +0000", headers=answer, sender="zoe@example.org"),
            mail("plan", headers="Message-ID: <a@x>\r\n"),
            mail("lunch", "long " * 50, date="Wed, 1 Jul 2026 10:00:00 +0000"),
        )
        assert conn.run(Sort(("DATE",))).numbers == (3, 2, 1)
        assert conn.run(Sort(("REVERSE", "DATE"), From("ann"))).numbers == (2, 3)
        assert conn.run(Sort(("REVERSE", "SIZE"), is_uid=False)).numbers[0] == 3
        assert conn.run(Sort(("DATE",), Subject("nothing"))).numbers == ()
        for algorithm in ("REFERENCES", "ORDEREDSUBJECT"):
            threads = conn.run(Thread(algorithm)).threads
            assert threads == (((0, 3),), ((0, 2), (1, 1))), algorithm
        assert conn.run(Thread(key=Subject("nothing"))).threads == ()


def test_a_store_that_comes_too_late_is_told(cyrus: Cyrus) -> None:
    user = next(cyrus.unused)
    with signed_in(cyrus, user) as conn, signed_in(cyrus, user) as other:
        needs(conn, "CONDSTORE")
        filled(conn, mail("one"), mail("two"))
        before = max(each.modseq or 0 for each in conn.run(Fetch(UidSet([1, 2]), ("UID", "MODSEQ"))))
        other.run(Select("INBOX"))
        stored = other.run(Store(UidSet([2]), StoreMode.ADD, frozenset({"\\Flagged"})))
        assert [each.flags and "\\Flagged" in each.flags for each in stored.fetched] == [True]
        late = conn.run(Store(UidSet([1, 2]), StoreMode.ADD, SEEN, is_silent=True, unchanged_since=before))
        assert late.modified == UidSet([2])
        assert conn.run(Search(HasFlag("\\Seen"))).uids == UidSet([1])
        changed = conn.run(Fetch(UidSet.everything(), ("UID", "FLAGS"), changed_since=before))
        assert [each.uid for each in changed] == [1, 2]


def test_where_messages_go(cyrus: Cyrus) -> None:
    with signed_in(cyrus) as conn:
        needs(conn, "UIDPLUS", "MOVE")
        conn.run(Create("Work"))
        filled(conn, *(mail(f"number {n}") for n in range(4)))
        appended = conn.run(Append("Work", mail("there already")))
        assert appended is not None
        assert appended.uids == UidSet([1])
        copied = conn.run(Copy(UidSet([1, 2]), "Work"))
        assert copied is not None
        assert copied.uidvalidity == appended.uidvalidity
        assert list(copied.pairs()) == [(1, 2), (2, 3)]
        moved = conn.run(Move(UidSet([3, 4]), "Work"))
        assert moved is not None
        assert list(moved.pairs()) == [(3, 4), (4, 5)]
        assert conn.run(Search()).uids == UidSet([1, 2])
        assert conn.mailbox is not None
        assert conn.mailbox.exists == 2
        assert conn.run(StatusOf("Work")).messages == 5


def test_only_the_named_are_expunged(cyrus: Cyrus) -> None:
    with signed_in(cyrus) as conn:
        needs(conn, "UIDPLUS")
        filled(conn, *(mail(f"number {n}") for n in range(4)))
        conn.run(Store(UidSet([1, 2, 4]), StoreMode.ADD, DELETED))
        assert conn.run(Expunge(UidSet([2, 3]))).numbers == (2,)
        assert conn.run(Search()).uids == UidSet([1, 3, 4])
        assert len(conn.run(Expunge()).numbers) == 2
        assert conn.run(Search()).uids == UidSet([3])


def test_quick_resynchronisation(cyrus: Cyrus) -> None:
    user = next(cyrus.unused)
    with signed_in(cyrus, user) as conn, signed_in(cyrus, user) as other:
        needs(conn, "QRESYNC")
        filled(conn, *(mail(f"number {n}") for n in range(6)))
        assert "QRESYNC" in conn.enable("QRESYNC")
        known = conn.run(Select("INBOX", condstore=True)).mailbox
        assert known.uidvalidity is not None
        assert known.highestmodseq is not None
        other.run(Select("INBOX"))
        other.run(Store(UidSet([2, 3]), StoreMode.ADD, DELETED))
        other.run(Expunge())
        other.run(Store(UidSet([5]), StoreMode.ADD, SEEN))
        conn.run(Noop())
        assert conn.mailbox is not None
        assert conn.mailbox.exists == 4
        conn.run(Unselect())
        resync = QuickResync(known.uidvalidity, known.highestmodseq, UidSet(range(1, 7)))
        selection = conn.run(Select("INBOX", resync=resync))
        assert selection.vanished == UidSet([2, 3])
        assert [(each.uid, "\\Seen" in (each.flags or ())) for each in selection.changed] == [(5, True)]
        assert selection.mailbox.exists == 4
        conn.run(Store(UidSet([1]), StoreMode.ADD, DELETED))
        assert conn.run(Expunge()).uids == UidSet([1])
