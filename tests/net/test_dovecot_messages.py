"""Messages on a real server, Dovecot: every item of FETCH, searching, sorting, storing, copying, changes."""

from __future__ import annotations

from datetime import date

import pytest

from imapcore.errors import NotSupported
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
    All,
    And,
    From,
    HasFlag,
    Header,
    Key,
    LacksFlag,
    Larger,
    ModSeq,
    Not,
    Numbers,
    On,
    Or,
    Saved,
    SentBefore,
    Since,
    Subject,
    Text,
    Uids,
    Younger,
)
from imapcore.wire.bodystructure import Multipart, Part
from imapcore.wire.uidset import UidSet
from tests.dovecot import PROGRAM, Dovecot
from tests.net.dovecot_client import NESTED, filled, mail, signed_in

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(PROGRAM is None, reason="Dovecot is not installed (Debian: dovecot-imapd)"),
]
SEEN = frozenset({"\\Seen"})
WHEN = 1_782_981_296_000
"""2026-07-02 08:34:56 UTC."""


# -- FETCH -------------------------------------------------------------------------------------------------


def test_every_plain_item(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        conn.run(Append("INBOX", NESTED, frozenset({"\\Flagged", "$Work"}), WHEN))
        conn.run(Select("INBOX", condstore=True))
        items = ("UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "MODSEQ", "ENVELOPE")
        (message,) = conn.run(Fetch(UidSet([1]), items))
        assert (message.seq, message.uid, message.size) == (1, 1, len(NESTED))
        assert message.internaldate == WHEN
        assert message.flags is not None
        assert {"\\Flagged", "$Work"} <= message.flags
        assert message.modseq is not None
        assert message.modseq > 0
        envelope = message.envelope
        assert envelope is not None
        assert envelope.subject == b"=?utf-8?q?Gr=C3=BC=C3=9Fe?="
        assert envelope.date == b"Thu, 2 Jul 2026 10:00:00 +0200"
        assert envelope.fields[-1] == b"<outer@example.org>"
        assert [(each.name, each.mailbox, each.host) for each in envelope.from_] == [
            (b"Ann", b"ann", b"example.org")
        ]


def test_the_structure_of_nested_mail(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
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
        assert (parts["1.1"].encoding, parts["1.1"].params) == ("base64", (("charset", "utf-8"),))
        assert parts["2"].filename == "note.eml"
        assert parts["2"].extension.disposition == "attachment"
        assert parts["2"].envelope is not None
        assert parts["2"].envelope.subject == b"inner"
        assert isinstance(parts["2"].message, Multipart)
        assert parts["2.2"].filename == "plan.pdf"
        assert parts["2.2"].extension.languages == ("de", "en")
        # Each section the structure names is one the server knows.
        sections = tuple(body(section) for section in parts)
        (fetched,) = conn.run(Fetch(UidSet([1]), ("UID", *sections)))
        assert fetched.sections["2.1"] == b"the inner text"
        assert fetched.sections["2.2"] == b"JVBERi0="
        (plain,) = conn.run(Fetch(UidSet([1]), ("UID", "BODY")))
        assert plain.bodystructure is not None
        assert [each.section for each in plain.bodystructure.walk()] == [
            each.section for each in message.bodystructure.walk()
        ]


def test_sections_whole_in_part_and_of_parts(dovecot: Dovecot) -> None:
    head, _, text = NESTED.partition(b"\r\n\r\n")
    with signed_in(dovecot) as conn:
        filled(conn, NESTED)
        items = (
            "UID",
            body(),
            body("HEADER"),
            body("TEXT"),
            body("", start=6, length=3),
            body("1.1.MIME"),
            body("2.HEADER"),
            header_fields(["Subject", "X-None"]),
            header_fields(["Subject"], part="2"),
        )
        (message,) = conn.run(Fetch(UidSet([1]), items))
        assert message.sections[""] == NESTED
        assert message.sections["HEADER"] == head + b"\r\n\r\n"
        assert message.sections["TEXT"] == text
        assert message.sections["<6>"] == NESTED[6:9]
        assert b"base64" in (message.sections["1.1.MIME"] or b"")
        assert b"Subject: inner" in (message.sections["2.HEADER"] or b"")
        assert message.sections["HEADER.FIELDS (SUBJECT X-NONE)"] == (
            b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n"
        )
        assert message.sections["2.HEADER.FIELDS (SUBJECT)"] == b"Subject: inner\r\n\r\n"


def test_older_names_of_the_same(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        filled(conn, mail("one", "text"))
        (message,) = conn.run(Fetch(UidSet([1]), ("UID", "RFC822", "RFC822.HEADER", "RFC822.TEXT")))
        assert message.sections[""] == mail("one", "text")
        assert message.sections["TEXT"] == b"text\r\n"


def test_looking_sets_seen_only_when_asked(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        filled(conn, mail("one"))
        conn.run(Fetch(UidSet([1]), ("UID", body())))
        assert conn.run(Search(HasFlag("\\Seen"))).count == 0
        conn.run(Fetch(UidSet([1]), ("UID", body(peek=False))))
        assert conn.run(Search(HasFlag("\\Seen"))).count == 1


def test_parts_decoded_by_the_server(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        filled(conn, NESTED)
        items = ("UID", binary("1.1"), binary("2.2", start=1, length=3), "BINARY.SIZE[1.1]")
        (message,) = conn.run(Fetch(UidSet([1]), items))
        assert message.binary["1.1"] == "Grüße".encode()
        assert message.binary["2.2<1>"] == b"PDF"
        assert message.extra["BINARY.SIZE[1.1]"] == b"7"


def test_a_message_with_nul_bytes_goes_and_comes(dovecot: Dovecot) -> None:
    raw = mail("nul", headers="MIME-Version: 1.0\r\nContent-Transfer-Encoding: binary\r\n").replace(
        b"Hello", b"a\0b"
    )
    with signed_in(dovecot) as conn:
        conn.run(Append("INBOX", raw, is_binary=True))
        conn.run(Select("INBOX"))
        (message,) = conn.run(Fetch(UidSet([1]), ("UID", binary("1"))))
        assert (message.binary["1"] or b"").startswith(b"a\0b")


def test_previews_and_when_it_was_saved(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        filled(conn, mail("one", "The first words of it."))
        (message,) = conn.run(Fetch(UidSet([1]), ("UID", "PREVIEW", "SAVEDATE")))
        assert message.preview == "The first words of it."
        assert message.savedate is not None
        assert message.savedate >= WHEN


def test_by_number_and_streamed(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        filled(conn, *(mail(f"number {n}") for n in range(10)))
        conn.run(Store(UidSet([1, 2]), StoreMode.ADD, frozenset({"\\Deleted"})))
        conn.run(Expunge())
        numbered = conn.run(Fetch(UidSet([1, 2]), ("UID",), is_uid=False))
        assert [(each.seq, each.uid) for each in numbered] == [(1, 3), (2, 4)]
        streamed = [each.uid for each in conn.stream(Fetch(UidSet.everything(), ("UID", "ENVELOPE")))]
        assert streamed == list(range(3, 11))
        for message in conn.stream(Fetch(UidSet.everything(), ("UID", "ENVELOPE"))):
            assert message.uid == 3
            break
        assert conn.run(Search()).count == 8


# -- SEARCH, SORT, THREAD ------------------------------------------------------------------------------------

KEYS: list[tuple[Key, set[int]]] = [
    (All(), {1, 2, 3}),
    (Subject("grüße"), {2}),
    (Text('with "quotes" \\'), {3}),
    (From("bob"), {3}),
    (Or(From("bob"), Subject("grüße")), {2, 3}),
    (And(From("ann"), Not(Subject("grüße"))), {1}),
    (Header("X-Colour", "blue"), {1}),
    (Header("X-Colour"), {1}),
    (HasFlag("\\Flagged"), {2}),
    (LacksFlag("$Work"), {1, 2}),
    (HasFlag("$Work"), {3}),
    (Larger(2000), {3}),
    (Since(date(2026, 7, 2)), {1, 2, 3}),
    (On(date(2026, 7, 2)), {1, 2}),
    (SentBefore(date(2000, 1, 1)), {1}),
    (Younger(3600), {3}),
    (Uids(UidSet([2, 9])), {2}),
    (Numbers(UidSet([1])), {1}),
    (ModSeq(1), {1, 2, 3}),
]


def searched(server: Dovecot, user: str) -> None:
    with signed_in(server, user) as conn:
        old = mail("one", date="Fri, 2 Jul 1999 10:00:00 +0000", headers="X-Colour: blue\r\n")
        conn.run(Append("INBOX", old, internaldate=WHEN))
        conn.run(Append("INBOX", mail("=?utf-8?q?Gr=C3=BC=C3=9Fe?="), frozenset({"\\Flagged"}), WHEN))
        text = 'with "quotes" \\ and more\r\n' * 100
        conn.run(Append("INBOX", mail("three", text, sender="bob@example.org"), frozenset({"$Work"})))


@pytest.mark.parametrize("off", [frozenset[str](), frozenset({"ESEARCH", "LITERAL+"})])
def test_every_kind_of_search(off: frozenset[str], dovecot: Dovecot) -> None:
    user = next(dovecot.unused)
    searched(dovecot, user)
    with signed_in(dovecot, user, off=off) as conn:
        conn.run(Select("INBOX", condstore=True))
        for key, expected in KEYS:
            found = conn.run(Search(key))
            assert (set(found.uids), found.count) == (expected, len(expected)), key
            assert (found.min, found.max) == (min(expected), max(expected)), key
        assert conn.run(Search(Subject("nowhere"))).uids == UidSet()
        assert conn.run(Search(Numbers(UidSet([2])), is_uid=False)).uids == UidSet([2])


def test_only_what_was_asked_of_a_search(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        filled(conn, *(mail(f"number {n}") for n in range(5)))
        found = conn.run(Search(returns=frozenset({"MIN", "MAX", "COUNT"})))
        assert (found.min, found.max, found.count, found.uids) == (1, 5, 5, UidSet())
        with_modseq = conn.run(Search(ModSeq(1)))
        assert with_modseq.modseq is not None
        assert conn.mailbox is not None
        assert with_modseq.modseq <= (conn.mailbox.highestmodseq or 0)


def test_a_saved_result(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        filled(conn, *(mail(f"number {n}") for n in range(5)))
        conn.run(Search(Uids(UidSet([2, 3, 4])), returns=frozenset({"SAVE"})))
        assert [each.uid for each in conn.run(Fetch(UidSet(), ("UID", "FLAGS"), by_saved_search=True))] == [
            2,
            3,
            4,
        ]
        narrowed = conn.run(Search(And(Saved(), Subject("number 3"))))
        assert narrowed.uids == UidSet([4])


def test_a_window_of_a_result(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        # RFC 5267 had this before RFC 9394, with the same syntax but for counting backwards.
        if not conn.capabilities & {"PARTIAL", "CONTEXT=SEARCH"}:
            pytest.skip("this Dovecot has neither PARTIAL nor CONTEXT=SEARCH")
        filled(conn, *(mail(f"number {n}") for n in range(5)))
        found = conn.run(Search(partial=(2, 3)))
        assert found.partial is not None
        assert (found.partial.range, found.partial.uids) == ("2:3", UidSet([2, 3]))


def test_sorting_and_threading(dovecot: Dovecot) -> None:
    answer = "Message-ID: <b@x>\r\nIn-Reply-To: <a@x>\r\nReferences: <a@x>\r\n"
    with signed_in(dovecot) as conn:
        filled(
            conn,
            mail("Re: plan", date="Fri, 3 Jul 2026 10:00:00 +0000", headers=answer, sender="zoe@example.org"),
            mail("plan", headers="Message-ID: <a@x>\r\n"),
            mail("lunch", "long " * 50, date="Wed, 1 Jul 2026 10:00:00 +0000"),
        )
        assert conn.run(Sort(("DATE",))).numbers == (3, 2, 1)
        assert conn.run(Sort(("REVERSE", "DATE"), From("ann"))).numbers == (2, 3)
        assert conn.run(Sort(("SUBJECT", "REVERSE", "FROM"))).numbers == (3, 1, 2)
        assert conn.run(Sort(("REVERSE", "SIZE"), is_uid=False)).numbers[0] == 3
        assert conn.run(Sort(("DATE",), Subject("nothing"))).numbers == ()
        for algorithm in ("REFERENCES", "ORDEREDSUBJECT"):
            threads = conn.run(Thread(algorithm)).threads
            assert threads == (((0, 3),), ((0, 2), (1, 1))), algorithm
        assert conn.run(Thread(key=Subject("nothing"))).threads == ()
        with pytest.raises(NotSupported):
            conn.run(Thread("UNHEARD-OF"))


# -- STORE, COPY, MOVE, EXPUNGE ------------------------------------------------------------------------------


def test_flags_added_taken_and_replaced(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        filled(conn, mail("one"), mail("two"))
        stored = conn.run(Store(UidSet([1, 2]), StoreMode.ADD, frozenset({"\\Seen", "$Work"})))
        assert [each.uid for each in stored.fetched] == [1, 2]
        assert all(each.flags is not None and {"\\Seen", "$Work"} <= each.flags for each in stored.fetched)
        conn.run(Store(UidSet([1]), StoreMode.REMOVE, SEEN))
        conn.run(Store(UidSet([2]), StoreMode.REPLACE, frozenset({"\\Flagged"}), is_silent=True))
        one, two = conn.run(Fetch(UidSet([1, 2]), ("UID", "FLAGS")))
        assert (one.flags or frozenset()) - {"\\Recent"} == {"$Work"}
        assert (two.flags or frozenset()) - {"\\Recent"} == {"\\Flagged"}


def test_a_store_that_comes_too_late_is_told(dovecot: Dovecot) -> None:
    user = next(dovecot.unused)
    with signed_in(dovecot, user) as conn, signed_in(dovecot, user) as other:
        filled(conn, mail("one"), mail("two"))
        before = max(each.modseq or 0 for each in conn.run(Fetch(UidSet([1, 2]), ("UID", "MODSEQ"))))
        other.run(Select("INBOX"))
        other.run(Store(UidSet([2]), StoreMode.ADD, frozenset({"\\Flagged"})))
        stored = conn.run(Store(UidSet([1, 2]), StoreMode.ADD, SEEN, is_silent=True, unchanged_since=before))
        assert stored.modified == UidSet([2])
        assert conn.run(Search(HasFlag("\\Seen"))).uids == UidSet([1])
        again = conn.run(Fetch(UidSet([2]), ("UID", "MODSEQ")))[0].modseq
        retried = conn.run(Store(UidSet([2]), StoreMode.ADD, SEEN, is_silent=True, unchanged_since=again))
        assert retried.modified == UidSet()


def test_where_messages_go(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
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
        assert conn.run(Copy(UidSet([77]), "Work")) is None


def test_only_the_named_are_expunged(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        filled(conn, *(mail(f"number {n}") for n in range(4)))
        conn.run(Store(UidSet([1, 2, 4]), StoreMode.ADD, frozenset({"\\Deleted"})))
        assert conn.run(Expunge(UidSet([2, 3]))).numbers == (2,)
        assert conn.run(Search()).uids == UidSet([1, 3, 4])
        assert len(conn.run(Expunge()).numbers) == 2
        assert conn.run(Search()).uids == UidSet([3])


# -- what changed --------------------------------------------------------------------------------------------


def test_only_what_changed_since(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        filled(conn, *(mail(f"number {n}") for n in range(4)))
        assert conn.mailbox is not None
        since = conn.mailbox.highestmodseq
        conn.run(Store(UidSet([2]), StoreMode.ADD, SEEN))
        changed = conn.run(Fetch(UidSet.everything(), ("UID", "FLAGS"), changed_since=since))
        assert [each.uid for each in changed] == [2]
        assert (changed[0].modseq or 0) > (since or 0)


def test_quick_resynchronisation(dovecot: Dovecot) -> None:
    user = next(dovecot.unused)
    with signed_in(dovecot, user) as conn, signed_in(dovecot, user) as other:
        filled(conn, *(mail(f"number {n}") for n in range(6)))
        assert "QRESYNC" in conn.enable("QRESYNC")
        known = conn.run(Select("INBOX", condstore=True)).mailbox
        assert known.uidvalidity is not None
        assert known.highestmodseq is not None
        other.run(Select("INBOX"))
        other.run(Store(UidSet([2, 3]), StoreMode.ADD, frozenset({"\\Deleted"})))
        other.run(Expunge())
        other.run(Store(UidSet([5]), StoreMode.ADD, SEEN))
        conn.run(Noop())
        assert conn.mailbox is not None
        assert conn.mailbox.exists == 4
        fetched = Fetch(
            UidSet.everything(), ("UID", "FLAGS"), changed_since=known.highestmodseq, vanished=True
        )
        sent = conn.submit(fetched)
        assert [each.uid for each in sent.result()] == [5]
        conn.run(Unselect())
        resync = QuickResync(known.uidvalidity, known.highestmodseq, UidSet(range(1, 7)))
        selection = conn.run(Select("INBOX", resync=resync))
        assert selection.vanished == UidSet([2, 3])
        assert [(each.uid, "\\Seen" in (each.flags or ())) for each in selection.changed] == [(5, True)]
        assert selection.mailbox.exists == 4
        removed = conn.run(Store(UidSet([1]), StoreMode.ADD, frozenset({"\\Deleted"})))
        assert removed.fetched
        assert conn.run(Expunge()).uids == UidSet([1])
