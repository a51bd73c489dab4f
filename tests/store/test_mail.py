"""The server's side: facts and deltas, uids, passes, pruning, UIDVALIDITY, the tree, the words and the
bodies.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from imapcore.clock import ManualClock
from imapcore.model import (
    INBOX,
    Address,
    Archive,
    ChangeLabels,
    DeleteLabel,
    Everything,
    MarkAll,
    Messages,
    MoveToSpam,
    MoveToTrash,
    Op,
    Role,
    Threads,
    View,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import Delta, Location, MailboxFacts, SyncState
from imapcore.store.mail.searches import KEPT_RUNS
from imapcore.store.sqlite.connection import Transaction
from imapcore.store.sqlite.writer import ROWS_AT_ONCE
from imapcore.store.threads.targets import Targets
from tests.store.worlds import ANN, BOB, HOUR, ME, NOON, mailboxes, message

ALL = View.of_role(Role.ALL)
TRASH = View.of_role(Role.TRASH)


RESULTS = "SELECT count(*) FROM search_result"


def tidied(store: Store) -> None:
    """Forget every search there is one too many of."""
    while store.searches.tidy():
        pass


def steps_of(
    store: Store, counted: str, action: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> list[int]:
    """How many rows each transaction took away from what a query counts."""
    steps: list[int] = []
    call = store.writer.call

    def watched(job: Callable[[Transaction], object], **how: bool) -> object:
        def watching(tx: Transaction) -> object:
            before = tx.number(counted)
            answer = job(tx)
            steps.append(before - tx.number(counted))
            return answer

        return call(watching, **how)

    with monkeypatch.context() as patched:
        patched.setattr(store.writer, "call", watched)
        action()
    return steps


# -- facts ---------------------------------------------------------------------------------------------


def test_the_same_facts_again_change_nothing(store: Store) -> None:
    facts = [message(1, 1, "\\Inbox", "Work"), message(2, 1)]
    first = store.messages.apply(facts)
    assert (first.new, first.messages, first.has_new_label) == ((1, 2), 2, True)
    again = store.messages.apply(facts)
    assert (again.new, again.messages, again.has_new_label, bool(again)) == ((), 0, False, False)


def test_everything_a_message_says_is_kept(store: Store, reader: Reader) -> None:
    facts = message(
        7,
        3,
        "\\Inbox",
        "\\Starred",
        "Wörk/ü",
        flags=("\\Seen", "$Forwarded", "\\Recent"),
        subject="日本 “quotes” \\ and 'more'",
        sender=Address("", "bare@example.org"),
        to=(ME, BOB),
        snippet="a\u202fb",
        has_attachment=True,
    )
    store.messages.apply([facts])
    kept = reader.threads.message(7)
    assert kept is not None
    assert (kept.msgid, kept.thrid, kept.date, kept.subject, kept.snippet) == (
        7,
        3,
        facts.date,
        facts.subject,
        facts.snippet,
    )
    assert (kept.sender, kept.to, kept.message_id) == (facts.sender, (ME, BOB), "<7@example.org>")
    assert kept.flags == {"\\Seen", "\\Flagged", "$Forwarded"}
    assert kept.labels == {"\\Inbox", "\\Starred", "Wörk/ü"}
    assert (kept.has_attachment, kept.has_invite, kept.place, kept.is_mine) == (True, False, Role.ALL, False)


def test_more_messages_than_a_transaction_holds(store: Store, reader: Reader) -> None:
    facts = [message(n, 1 + n // 3, "\\Inbox") for n in range(1, 702)]
    assert store.messages.apply(facts).messages == 701
    assert reader.lists.window(INBOX).total == len({f.thrid for f in facts})
    assert store.uids.ranges(Role.ALL) == ((1, 701),)


def test_a_known_message_keeps_its_snippet_when_none_is_said(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, snippet=None), message(2, snippet=None), message(3)])
    assert store.envelopes.without_snippet() == (2, 1)
    store.envelopes.set_snippets({1: "first words", 9: "of nobody"})
    store.messages.apply([message(1, snippet=None, modseq=5)])
    assert reader.lists.window(ALL).rows[-1].snippet == "first words"
    assert reader.find("words").msgids == (1,)
    store.envelopes.set_snippets({1: "other"})
    assert reader.find("words").msgids == ()


def test_a_message_may_change_its_conversation(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, 1, "\\Inbox"), message(2, 1, "\\Inbox"), message(3, 3, "\\Inbox")])
    store.messages.apply([message(2, 3, "\\Inbox", modseq=2)])
    assert [(row.thrid, row.count) for row in reader.lists.window(INBOX).rows] == [(3, 2), (1, 1)]
    thread = reader.threads.thread(3, INBOX)
    assert thread is not None
    assert [m.msgid for m in thread.messages] == [2, 3]


def test_facts_that_are_older_than_what_is_known_do_not_count(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, 1, "\\Inbox", modseq=10)])
    store.messages.apply([message(1, 1, modseq=9)])
    store.messages.apply_deltas(Role.ALL, [Delta(1, frozenset({"\\Seen"}), frozenset(), 8)])
    assert reader.lists.window(INBOX).unread == 1
    store.messages.apply_deltas(Role.ALL, [Delta(1, frozenset({"\\Seen"}), None, 11)])
    assert (reader.lists.window(INBOX).total, reader.lists.window(INBOX).unread) == (1, 0)
    store.messages.apply_deltas(Role.ALL, [Delta(1, None, frozenset({"Work"}), 12)])
    assert reader.lists.window(INBOX).total == 0
    kept = reader.threads.message(1)
    assert kept is not None
    assert (kept.flags, kept.labels) == (frozenset({"\\Seen"}), frozenset({"Work"}))


@pytest.mark.parametrize(
    ("delta", "is_starred"),
    [
        (Delta(1, frozenset({"\\Flagged"}), None), True),
        (Delta(1, None, frozenset({"\\Starred"})), True),
        (Delta(1, frozenset({"\\Flagged"}), frozenset()), True),
        (Delta(1, frozenset(), None), False),
        (Delta(1, None, frozenset()), False),
        (Delta(1), True),
    ],
)
def test_the_star_is_one_thing_under_two_names(
    store: Store, reader: Reader, delta: Delta, is_starred: bool
) -> None:
    store.messages.apply([message(1, 1, "\\Starred")])
    store.messages.apply_deltas(Role.ALL, [delta])
    kept = reader.threads.message(1)
    assert kept is not None
    assert kept.is_starred is is_starred
    assert ("\\Starred" in kept.labels) is is_starred
    assert reader.lists.window(View.of_role(Role.STARRED)).total == int(is_starred)


def test_deltas_of_unknown_uids_are_passed_over(store: Store) -> None:
    assert not store.messages.apply_deltas(Role.ALL, [Delta(99, frozenset(), frozenset(), 1)])


def test_the_phone_changes_another_label_than_the_pending_one(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, 1, "\\Inbox", "Old")])
    store.journal.submit(ChangeLabels(Messages((1,)), frozenset({"Work"}), frozenset({"\\Inbox"})))
    store.messages.apply_deltas(Role.ALL, [Delta(1, frozenset({"\\Seen"}), frozenset({"\\Inbox", "New"}), 5)])
    kept = reader.threads.message(1)
    assert kept is not None
    assert (kept.labels, kept.is_unread) == (frozenset({"Work", "New"}), False)


# -- where things are ----------------------------------------------------------------------------------


def test_uids_are_told_as_ranges(store: Store) -> None:
    store.messages.apply([message(n) for n in (1, 2, 3, 5, 9, 10)])
    store.messages.apply([message(20, place=Role.SPAM, uid=4)])
    assert store.uids.ranges(Role.ALL) == ((1, 3), (5, 5), (9, 10))
    assert store.uids.ranges(Role.SPAM) == ((4, 4),)
    assert store.uids.ranges(Role.TRASH) == ()
    assert store.uids.msgids(Role.ALL, ((2, 5),)) == {2: 2, 3: 3, 5: 5}
    assert store.uids.known([1, 4, 20]) == {1, 20}


def test_to_trash_and_back_keeps_identity_and_body(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, 1, "\\Inbox")])
    store.bodies.put(1, b"body")
    number = store.uids.begin_pass()
    store.uids.remove_uids(Role.ALL, ((1, 1),))
    assert reader.lists.window(ALL).total == 0
    assert store.uids.locations([1]) == {}
    store.uids.prune(number)
    assert store.uids.known([1]) == {1}, "it was lost in this very pass: the next place may have it"
    store.messages.apply([message(1, 1, place=Role.TRASH, uid=5, modseq=3)])
    assert [row.thrid for row in reader.lists.window(TRASH).rows] == [1]
    store.uids.remove_uids(Role.TRASH, ((1, 9),))
    store.messages.apply([message(1, 1, "\\Inbox", uid=2, modseq=4)])
    assert reader.lists.window(INBOX).total == 1
    assert store.uids.locations([1]) == {1: Location(Role.ALL, 2)}
    assert reader.bodies.octets(1) == b"body"


def test_trash_seen_before_all_mail_is_looked_at(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, 1, "\\Inbox")])
    store.messages.apply([message(1, 1, place=Role.TRASH, uid=5, modseq=3)])
    assert not store.uids.remove_uids(Role.ALL, ((1, 1),))
    assert reader.lists.window(TRASH).total == 1


def test_what_is_nowhere_for_a_whole_pass_is_forgotten(store: Store, reader: Reader) -> None:
    store.messages.apply([message(n, 1, "\\Inbox") for n in range(1, 4)])
    store.bodies.put(2, b"body")
    store.uids.remove_uids(Role.ALL, ((2, 2),))
    number = store.uids.begin_pass()
    assert store.uids.prune(number) == 1
    assert store.uids.known([1, 2, 3]) == {1, 3}
    assert reader.bodies.octets(2) is None
    assert reader.find("subject").msgids == (3, 1)
    assert store.uids.prune(number) == 0


def test_what_has_an_open_change_is_not_forgotten(store: Store) -> None:
    store.messages.apply([message(1, 1, "\\Inbox")])
    store.journal.submit(Archive(Messages((1,))))
    store.uids.remove_uids(Role.ALL, ((1, 1),))
    assert store.uids.prune(store.uids.begin_pass()) == 0
    batch = store.journal.queue.claim()
    assert batch is not None
    store.journal.answers.confirm(batch)
    assert store.uids.prune(store.uids.begin_pass()) == 1


def test_very_many_messages_are_pruned_in_small_steps_and_busy_ones_stay(
    store: Store, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = 3 * ROWS_AT_ONCE
    store.messages.apply([message(n, n) for n in range(1, many + 1)])
    store.journal.submit(ChangeLabels(Messages(tuple(range(5, ROWS_AT_ONCE + 50))), add=frozenset(("Work",))))
    store.uids.remove_uids(Role.ALL, ((1, many),))
    later = store.uids.begin_pass()
    steps = steps_of(store, "SELECT count(*) FROM message", lambda: store.uids.prune(later), monkeypatch)
    assert sum(steps) == many - ROWS_AT_ONCE - 45
    assert max(steps) <= ROWS_AT_ONCE
    assert reader.stored() == ROWS_AT_ONCE + 45


def test_a_uid_that_now_is_anothers_is_taken_away(store: Store) -> None:
    store.messages.apply([message(1, uid=10)])
    store.messages.apply([message(2, uid=10)])
    assert store.uids.locations([1, 2]) == {1: Location(Role.ALL, None), 2: Location(Role.ALL, 10)}


def test_uidvalidity_changes_and_only_uids_do(store: Store, reader: Reader) -> None:
    store.messages.apply([message(n, n, "\\Inbox", modseq=100) for n in range(1, 6)])
    store.messages.apply([message(9, 9, place=Role.TRASH, uid=3)])
    store.uids.save_sync_state(SyncState(Role.ALL, "[Gmail]/All Mail", 1, 6, 100, 5, 1, True))
    store.bodies.put(4, b"body")
    store.uids.remap(Role.ALL, 2, {1: 11, 2: 3, 4: 14, 77: 15})
    assert store.uids.ranges(Role.ALL) == ((3, 3), (11, 11), (14, 14))
    assert store.uids.ranges(Role.TRASH) == ((3, 3),)
    assert [row.thrid for row in reader.lists.window(INBOX).rows] == [4, 2, 1]
    assert reader.bodies.octets(4) == b"body"
    state = store.uids.sync_state(Role.ALL)
    assert state is not None
    assert (state.uidvalidity, state.highestmodseq) == (2, 0)
    store.messages.apply_deltas(Role.ALL, [Delta(11, frozenset({"\\Seen"}), None, 1)])
    assert reader.lists.window(INBOX).unread == 2


def test_sync_state_is_kept_by_place(store: Store) -> None:
    assert store.uids.sync_state(Role.SPAM) is None
    state = SyncState(Role.SPAM, "[Gmail]/Spam", 3, 10, 99, 4, None, False)
    store.uids.save_sync_state(state)
    store.uids.save_sync_state(SyncState(Role.TRASH, "[Gmail]/Bin", 2))
    assert store.uids.sync_state(Role.SPAM) == state


# -- the tree ------------------------------------------------------------------------------------------


def test_roles_in_their_order_then_labels_with_parents_first(store: Store, reader: Reader) -> None:
    listed = [*mailboxes("b", "B/x", "a/deep"), MailboxFacts("a", "a", None, is_selectable=False)]
    changes = store.labels.replace_mailboxes(listed)
    assert changes.added == ("B/x", "a/deep", "b")
    found = reader.lists.mailboxes()
    assert [m.role for m in found[:8]] == list(Role)
    assert [(m.name, m.is_selectable) for m in found[8:]] == [
        ("a", False),
        ("a/deep", True),
        ("b", True),
        ("B/x", True),
    ]
    assert not store.labels.replace_mailboxes(listed).is_changed
    assert store.labels.replace_mailboxes(mailboxes("b")).removed == ("B/x", "a/deep")
    assert reader.lists.mailbox_name(Role.TRASH) == "[Gmail]/Trash"


def test_a_label_renamed_or_deleted_elsewhere(store: Store, reader: Reader) -> None:
    store.labels.replace_mailboxes(mailboxes("Old", "Gone"))
    store.messages.apply([message(n, n, "Old", "Gone") for n in range(1, 300)])
    assert len(store.labels.carrying("Gone")) == 299
    store.labels.rename("Old", "New")
    store.labels.replace_mailboxes(mailboxes("New"))
    assert store.labels.forget("Gone").messages == 299
    row = reader.lists.window(View.of_label("New"), size=1).rows[0]
    assert row.labels == ("New",)
    assert reader.lists.window(View.of_label("Gone")).total == 0
    assert store.labels.carrying("Gone") == ()
    assert store.labels.forget("Never was").messages == 0


@pytest.mark.parametrize("is_ours", [False, True])
def test_a_label_leaves_very_many_messages_in_small_steps(
    store: Store, monkeypatch: pytest.MonkeyPatch, *, is_ours: bool
) -> None:
    """A key pressed meanwhile must not wait until it is off all of them."""
    many = 3 * ROWS_AT_ONCE
    store.labels.replace_mailboxes(mailboxes("Gone"))
    store.messages.apply([message(n, n, "Gone") for n in range(1, many + 1)])
    carrying = "SELECT count(*) FROM state JOIN mark_set ON set_id = confirmed, json_each(marks) AS one "
    carrying += "JOIN mark ON mark_id = one.value WHERE name = 'Gone'"

    def deleted() -> None:
        store.journal.submit(DeleteLabel("Gone"))
        batch = store.journal.queue.claim()
        assert batch is not None
        store.journal.answers.confirm(batch)

    forgotten = partial(store.labels.forget, "Gone")
    steps = steps_of(store, carrying, deleted if is_ours else forgotten, monkeypatch)
    assert sum(steps) == many
    assert max(steps) <= ROWS_AT_ONCE


def test_new_uids_are_given_in_small_steps(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    many = 3 * ROWS_AT_ONCE
    store.messages.apply([message(n, n) for n in range(1, many + 1)])
    pairs = {n: n + 5000 for n in range(1, many + 1)}
    located = "SELECT count(*) FROM message WHERE uid IS NOT NULL"
    steps = steps_of(store, located, lambda: store.uids.remap(Role.ALL, 2, pairs), monkeypatch)
    assert max(map(abs, steps)) <= ROWS_AT_ONCE
    assert store.uids.msgids(Role.ALL, ((5001, 5000 + many),)) == {uid: n for n, uid in pairs.items()}


def test_both_names_of_a_renamed_label_become_one(store: Store, reader: Reader) -> None:
    """The new name is on messages before LIST tells that it is a rename."""
    store.messages.apply([message(1, 1, "Old"), message(2, 2, "New")])
    store.labels.rename("Old", "New")
    assert [row.thrid for row in reader.lists.window(View.of_label("New")).rows] == [2, 1]


# -- searching -----------------------------------------------------------------------------------------


@pytest.fixture
def library(store: Store) -> None:
    store.labels.replace_mailboxes(mailboxes("Work/Top Secret"))
    store.messages.apply(
        [
            message(1, 1, "\\Inbox", subject="Invoice for March", sender=ANN, snippet="please pay"),
            message(
                2, 2, "Work/Top Secret", subject="Lunch", sender=BOB, flags=("\\Seen",), has_attachment=True
            ),
            message(3, 3, "\\Sent", subject="Re: invoice", sender=ME, to=(BOB,), snippet="paid"),
            message(4, 4, subject="Invoice spam", place=Role.SPAM, uid=1),
            message(5, 5, subject="会議の資料について", snippet="よろしく"),
            message(6, 6, subject="Réunion générale", snippet="à bientôt"),
        ]
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("invoice", (3, 1)),
        ("INVOI", (3, 1)),
        ("invoice pay", (1,)),
        ('"invoice for"', (1,)),
        ('"march invoice"', ()),
        ('"INVOICE for"', (1,)),
        ('"invoice fo"', ()),
        ('"please pay"', (1,)),
        ('"pay please"', ()),
        ('"march please"', ()),
        ('subject:"for march"', (1,)),
        ('subject:"please pay"', ()),
        ('"ann lee"', (6, 5, 1)),
        ('"lee ann"', ()),
        ('"reunion generale"', (6,)),
        ('"資料"', (5,)),
        ('"料資"', ()),
        ('invoice -"for march"', (3,)),
        ('lunch OR "for march"', (2, 1)),
        ('{"for march" "march for"}', (1,)),
        ("+invoice", (3, 1)),
        ("+invoic", ()),
        ("+pay", (1,)),
        ("from:+ann", (6, 5, 1)),
        ("-march invoice", (3,)),
        ("subject:invoice from:ann", (1,)),
        ("from:bob@example.org", (2,)),
        ("to:bob", (3,)),
        ("-from:bob lunch", ()),
        ("from:ray", (2,)),
        ("in:anywhere invoice", (4, 3, 1)),
        ("in:spam invoice", (4,)),
        ("in:inbox", (1,)),
        ("label:work-top-secret", (2,)),
        ("label:nothing", ()),
        ("is:read", (2,)),
        ("is:unread invoice", (3, 1)),
        ("has:attachment", (2,)),
        ("資料", (5,)),
        ("reunion generale", (6,)),
        ("rfc822msgid:2@example.org", (2,)),
        ("larger:1k", ()),
        ("smaller:1k lunch", (2,)),
        ("after:2026/11/21 lunch", (2,)),
        ("before:2026-11-20 lunch", ()),
        ("newer_than:1d lunch", (2,)),
        ("older_than:1d lunch", ()),
        ("march OR lunch", (2, 1)),
        ("invoice paid OR pay", (3, 1)),
        ("lunch | reunion", (6, 2)),
        ("{lunch reunion}", (6, 2)),
        ("from:ann OR to:bob invoice", (3, 1)),
        ("from:(bob OR ann) invoice OR lunch", (2, 1)),
        ("subject:(invoice march)", (1,)),
        ("subject:{march lunch}", (2, 1)),
        ("{march (lunch from:bob)}", (2, 1)),
        ("{march (lunch from:ann)}", (1,)),
        ("-{invoice lunch} -in:sent", (6, 5)),
        ("-(invoice march) invoice", (3,)),
        ("has:attachment OR in:sent", (3, 2)),
        ("march OR has:attachment", (2, 1)),
        ("invoice in:spam OR in:inbox", (4, 1)),
        ("(in:anywhere) invoice", (4, 3, 1)),
        ("in:anywhere", (6, 5, 4, 3, 2, 1)),
        ("invoice OR filename:pdf lunch", ()),
        ("paid AROUND 9 invoice", ()),
        ("march AROUND invoice", (1,)),
        ("march AROUND 0 invoice", ()),
        ("invoice AROUND 1 march", (1,)),
        ('"invoice AROUND 1 march"', (1,)),
        ('"march AROUND 1 invoice"', ()),
        ('invoice AROUND "for march"', (1,)),
        ('invoice AROUND "for pay"', ()),
        ("subject:invoice AROUND subject:march", (1,)),
        ("subject:(invoice AROUND 0 march)", ()),
        ("subject:(INVOICE AROUND 1 march)", (1,)),
        ("lunch OR march AROUND 0 invoice", (2,)),
        ("lunch OR invoice AROUND 2 march", (2, 1)),
        ('-"invoice AROUND 1 march" invoice', (3,)),
        ("generale AROUND 3 reunion", (6,)),
        ("資 AROUND 1 料", (5,)),
        ("around invoice", ()),
        ("lunch OR", (2,)),
        ("OR lunch", (2,)),
        ("(lunch", (2,)),
        ("lunch)", (2,)),
        ("()", ()),
        ("", ()),
        ("   ", ()),
    ],
)
@pytest.mark.usefixtures("library")
def test_the_offline_search(reader: Reader, query: str, found: tuple[int, ...]) -> None:
    assert reader.find(query).msgids == found


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata"])
@pytest.mark.parametrize(
    "day", [date(2026, 11, 20), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1)]
)
def test_days_are_those_that_the_rows_show(store: Store, reader: Reader, zone: str, day: date) -> None:
    """A minute before and after each end of the day: only what its row says is that day's is found."""
    here = ZoneInfo(zone)
    ends = [datetime.combine(each, time(), here) for each in (day, day + timedelta(days=1))]
    moments = [int(end.timestamp() * 1000) + shift for end in ends for shift in (-60_000, 0)]
    store.messages.apply([message(n, n, date=moment) for n, moment in enumerate(moments, 1)])
    shown = {
        n for n, moment in enumerate(moments, 1) if datetime.fromtimestamp(moment / 1000, here).date() == day
    }
    this, following = (f"{each:%Y/%m/%d}" for each in (day, day + timedelta(days=1)))
    for after, before in (("after", "before"), ("newer", "older")):
        found = reader.find(f"{after}:{this} {before}:{following}", zone=here)
        assert set(found.msgids) == shown == {2, 3}
        assert set(reader.find(f"-{after}:{this}", zone=here).msgids) == {1}


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("query", "ignored"),
    [
        ("invoice filename:pdf", ("filename:",)),
        ("invoice is:muted", ("is:muted",)),
        ("invoice OR lunch", ()),
        ("filename:(pdf doc) OR lunch", ("filename:",)),
        ("invoice after:soon", ("after:soon",)),
        ("category:promotions invoice", ("category:",)),
        ("invoice AROUND 3 march", ()),
        ("invoice AROUND", ("AROUND",)),
        ("AROUND 3 invoice", ("AROUND",)),
        ("from:ann AROUND 3 invoice", ("AROUND",)),
        ("from:ann AROUND from:bob", ("AROUND",)),
        ("(invoice AROUND) march", ("AROUND",)),
        ("invoice AROUND (march lunch)", ("AROUND",)),
        ("invoice AROUND 3 -march", ("AROUND",)),
    ],
)
def test_the_offline_search_says_what_it_left_out(
    reader: Reader, query: str, ignored: tuple[str, ...]
) -> None:
    assert reader.find(query).ignored == ignored


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    "query",
    [
        '"',
        '"""',
        "AND",
        "NEAR(",
        "*",
        "subject:",
        "a* OR b:",
        pytest.param("(" * 5000, id="never closed"),
        pytest.param("a OR " * 900, id="many words, one is enough"),
        pytest.param("a b|c " * 700, id="many pairs of words"),
        pytest.param("in:a " * 900, id="many labels"),
        pytest.param("to:a|" * 900, id="many people, one is enough"),
        pytest.param("{a (b " * 300, id="words within words"),
        pytest.param("{(" * 30 + "a" + ")}" * 40, id="very deep"),
        "-",
        "OR OR",
        "from:(",
        "'; DROP TABLE op; --",
        "AROUND AROUND 3 AROUND",
        '"a AROUND 99999 b" AROUND 3 c',
        'AROUND "" ()',
        "- AROUND -",
        '"a AROUND !" ? AROUND !',
        "\x00",
    ],
)
def test_no_query_is_a_fault(reader: Reader, query: str) -> None:
    reader.find(query)
    reader.lists.window(View(ALL.kind, ALL.value, text=query))


@pytest.mark.usefixtures("library")
def test_a_view_narrowed_by_words(reader: Reader) -> None:
    narrow = View(ALL.kind, ALL.value, text="invo")
    assert [row.thrid for row in reader.lists.window(narrow).rows] == [3, 1]
    assert (reader.lists.window(narrow).total, reader.lists.window(narrow).unread) == (2, 2)
    assert [row.thrid for row in reader.lists.window(View(ALL.kind, ALL.value, text="ann march")).rows] == [1]
    assert reader.lists.window(View(ALL.kind, ALL.value, text="zebra")).rows == ()


def test_everything_in_a_view_goes_newest_first(store: Store, reader: Reader) -> None:
    dates = {1: 30, 2: 10, 3: 40, 4: 20}
    store.messages.apply([message(n, n, date=date) for n, date in dates.items()])
    taken = store.journal._write(lambda tx: list(Targets(tx.rows).batches(Everything(ALL), 1)))
    assert [thrid for thrids, _ in taken for thrid in thrids] == [3, 1, 4, 2]
    assert [row.thrid for row in reader.lists.window(ALL).rows] == [3, 1, 4, 2]


@pytest.mark.usefixtures("library")
def test_everything_in_a_narrowed_view(store: Store, reader: Reader) -> None:
    assert reader.threads.expand(Everything(View(ALL.kind, ALL.value, text="invoice"))) == (1, 3)
    assert store.journal.submit(MarkAll(View(ALL.kind, ALL.value, text="invoice"))).messages == 2


@pytest.mark.usefixtures("library")
def test_a_run_that_saw_everything_drops_what_only_earlier_runs_found(store: Store, reader: Reader) -> None:
    view = View.of_search("in:anywhere q")
    store.searches.begin("in:anywhere q")
    store.searches.add("in:anywhere q", [1, 2])
    assert store.searches.finish("in:anywhere q", is_complete=True) == 2
    store.searches.begin("in:anywhere q")
    assert not reader.lists.window(view).is_complete
    store.searches.add("in:anywhere q", [2, 3, 4])
    assert [row.thrid for row in reader.lists.window(view).rows] == [4, 3, 2, 1]
    assert store.searches.finish("in:anywhere q", is_complete=True) == 3
    assert [row.thrid for row in reader.lists.window(view).rows] == [4, 3, 2]
    thread = reader.threads.thread(4, view)
    assert thread is not None
    assert thread.messages[0].place is Role.SPAM


@pytest.mark.parametrize(
    ("query", "op", "is_left"),
    [
        ("ann", MoveToTrash(Threads((1,))), True),
        ("ann", MoveToSpam(Threads((1,))), True),
        ("ann", Archive(Threads((1,))), False),
        ("in:anywhere ann", MoveToTrash(Threads((1,))), False),
        ("in:inbox ann", Archive(Threads((1,))), True),
        ("category:primary label:inbox", Archive(Threads((1,))), True),
        ("in:inbox OR ann", Archive(Threads((1,))), False),
        ("-in:inbox ann", Archive(Threads((1,))), False),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
@pytest.mark.usefixtures("library")
def test_what_is_no_longer_where_a_search_looks_leaves_it_and_undo_brings_it_back(
    store: Store, reader: Reader, query: str, op: Op, is_left: bool
) -> None:
    view = View.of_search(query)
    store.searches.begin(query)
    store.searches.add(query, [1, 2])
    store.searches.finish(query, is_complete=True)
    before = [row.thrid for row in reader.lists.window(view).rows]
    assert 1 in before
    store.journal.submit(op)
    window = reader.lists.window(view)
    assert ([row.thrid for row in window.rows] == before) is not is_left
    assert window.total == len(window.rows)
    store.journal.undo()
    assert [row.thrid for row in reader.lists.window(view).rows] == before


def found_by_old(store: Store) -> range:
    """A search called "old" has found everything there is."""
    many = range(1, 3 * ROWS_AT_ONCE)
    store.messages.apply([message(n, n) for n in many])
    store.searches.begin("old")
    store.searches.add("old", many)
    store.searches.finish("old", is_complete=True)
    return many


def test_results_go_in_small_steps(store: Store, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key pressed while an old search goes must not wait until all of its results are gone."""
    searches, many = store.searches, found_by_old(store)
    searches.begin("old")
    searches.add("old", many[: ROWS_AT_ONCE + 10])
    steps = steps_of(store, RESULTS, lambda: searches.finish("old", is_complete=True), monkeypatch)
    assert sum(steps) == 2 * ROWS_AT_ONCE - 11
    assert max(steps) <= ROWS_AT_ONCE
    assert reader.lists.window(View.of_search("old")).total == ROWS_AT_ONCE + 10
    for number in range(KEPT_RUNS - 1):
        searches.begin(f"newer {number}")
    assert not searches.tidy()
    searches.begin("newest")
    steps = steps_of(store, RESULTS, lambda: tidied(store), monkeypatch)
    assert sum(steps) == ROWS_AT_ONCE + 10
    assert max(steps) <= ROWS_AT_ONCE
    assert reader.lists.window(View.of_search("old")).total == 0


def test_a_search_that_goes_is_not_taken_for_complete(store: Store, reader: Reader) -> None:
    """Killed while it goes, or looked at, it is there with a part of its results."""
    searches, many = store.searches, found_by_old(store)
    for number in range(KEPT_RUNS):
        searches.begin(f"newer {number}")
    assert searches.tidy()
    window = reader.lists.window(View.of_search("old"))
    assert 0 < window.total < len(many)
    assert not window.is_complete
    tidied(store)
    assert reader.lists.window(View.of_search("old")).total == 0


def test_old_searches_go_but_not_the_saved_ones(store: Store, reader: Reader, clock: ManualClock) -> None:
    store.messages.apply([message(1)])
    saved = store.searches.save("Kept", "keep")
    for query in ("keep", *(f"q{number}" for number in range(40))):
        store.searches.begin(query)
        store.searches.add(query, [1])
        clock.advance(1)
    tidied(store)
    assert reader.lists.window(View.of_search("q39")).total == 1
    assert reader.lists.window(View.of_search("q1")).total == 0
    assert reader.lists.window(View.of_search("keep")).total == 1
    store.searches.rename(saved.search_id, "Kept!", "keep")
    assert [(s.title, s.total, s.unread) for s in reader.lists.saved_searches()] == [("Kept!", 1, 1)]
    store.searches.delete(saved.search_id)
    assert reader.lists.saved_searches() == ()


# -- bodies and people ---------------------------------------------------------------------------------


def test_the_longest_unused_bodies_go(store: Store, reader: Reader, clock: ManualClock) -> None:
    store.bodies.max_bytes = 2500
    for number in (1, 2):
        store.bodies.put(number, bytes([number]) * 1000)
        clock.advance(1)
    store.bodies.touch(1)
    clock.advance(1)
    store.bodies.put(3, b"\x03" * 1000)
    assert [reader.bodies.octets(number) is not None for number in (1, 2, 3)] == [True, False, True]
    assert store.bodies.trim(0) == 2
    assert reader.bodies.octets(1) is None


def test_parts_and_the_whole_are_kept_apart(store: Store, reader: Reader) -> None:
    store.bodies.put(1, b"part", "1.2")
    assert (reader.bodies.octets(1), reader.bodies.octets(1, "1.2")) == (None, b"part")
    store.bodies.put(1, b"all " * 4000)
    assert reader.bodies.sections(1) == ("", "1.2")
    assert reader.bodies.octets(1) == b"all " * 4000


def test_completion_puts_those_first_one_writes_to(store: Store, reader: Reader) -> None:
    carol = Address("Carol Ann Smith", "carol@example.org")
    store.messages.apply(
        [
            *(message(n, n, sender=ANN) for n in (1, 2, 3)),
            *(message(n, n, "\\Sent", sender=ME, to=(carol,)) for n in (4, 5)),
        ]
    )
    assert reader.people("ann") == (carol, ANN)
    assert reader.people("CAROL@") == (carol,)
    assert reader.people("smi") == (carol,)
    assert reader.people("%") == ()
    assert reader.people("ann", 1) == (carol,)


def test_people_and_recipients_of_a_row(store: Store, reader: Reader) -> None:
    store.messages.apply(
        [
            message(1, 1, "\\Inbox", sender=ANN, flags=("\\Seen",)),
            message(2, 1, "\\Sent", sender=ME, to=(ANN, BOB), flags=("\\Seen",)),
            message(3, 1, "\\Inbox", sender=BOB),
            message(4, 1, "\\Draft", sender=ME, to=(BOB,), flags=("\\Seen",)),
        ]
    )
    row = reader.lists.window(INBOX).rows[0]
    assert [(p.name, p.is_me, p.is_unread, p.is_draft) for p in row.people] == [
        ("Ann", False, False, False),
        ("me", True, False, False),
        ("Bob", False, True, False),
        ("Draft", True, False, True),
    ]
    assert (row.recipients, row.has_draft, row.count, row.unread) == (("Ann", "Bob"), True, 4, 1)
    assert reader.lists.window(View.of_role(Role.SENT)).rows[0].date == NOON + 2 * HOUR


def test_a_thread_from_spam_and_from_all_mail(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, 1, "\\Inbox"), message(2, 1, place=Role.SPAM, uid=1)])
    spam = View.of_role(Role.SPAM)
    seen = {view.value: reader.threads.thread(1, view) for view in (INBOX, spam)}
    assert [[m.msgid for m in t.messages] for t in seen.values() if t is not None] == [[1], [2]]
    assert reader.threads.thread(1, TRASH) is None
    store.journal.submit(MoveToTrash(Messages((1,))))
    assert reader.threads.thread(1, INBOX) is None


def test_an_unknown_view_is_empty(reader: Reader) -> None:
    assert reader.lists.window(View.of_label("Nothing")).rows == ()
    assert reader.lists.window(View.of_search("never run")).total == 0


def test_opening_twice_in_a_row_gives_the_same_lists(tmp_path: Path) -> None:
    path = tmp_path / "twice" / "store.sqlite"
    with Store.open(path, clock=ManualClock(), email=ME.email) as store, store.reader() as reader:
        store.messages.apply([message(n, n, "\\Inbox") for n in range(1, 30)])
        store.journal.submit(MoveToTrash(Messages((3, 4))))
        before = [reader.lists.window(view) for view in (INBOX, TRASH, ALL)]
    with Store.open(path, clock=ManualClock(), email=ME.email) as store, store.reader() as reader:
        assert [reader.lists.window(view) for view in (INBOX, TRASH, ALL)] == before
