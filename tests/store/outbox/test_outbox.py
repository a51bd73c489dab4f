"""Drafts and outgoing mail in the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from imapcore.clock import ManualClock
from imapcore.errors import InvalidArgument
from imapcore.model import Address, Draft, OutgoingState
from imapcore.store import Store

ME, LIN = Address("Me", "me@gmail.com"), Address("Lin", "lin@example.org")
DRAFT = Draft(sender=ME, to=(LIN,), subject="Lisbon", text="Hello", message_id="<one@gmail.com>")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(tmp_path: Path, clock: ManualClock) -> Iterator[Store]:
    with Store.open(tmp_path / "store", clock=clock) as opened:
        yield opened


def again(store: Store, clock: ManualClock) -> Store:
    """The same file, opened by the next run."""
    store.close()
    return Store.open(store.path, clock=clock)


def test_a_draft_is_kept_with_every_save(store: Store, clock: ManualClock) -> None:
    first = store.drafts.save(DRAFT)
    assert first.draft_id
    clock.advance(1)
    second = store.drafts.save(replace(first, text="Hello there"))
    assert second.draft_id == first.draft_id
    assert second.changed_at > first.changed_at
    with again(store, clock) as reopened:
        assert reopened.drafts.all() == (second,)
        assert reopened.drafts.get(second.draft_id) == second


def test_files_go_with_their_draft(store: Store) -> None:
    draft = store.drafts.save(DRAFT)
    file = store.drafts.add_file(draft.draft_id, "a.bin", "application/octet-stream", bytes(range(256)))
    draft = store.drafts.save(replace(draft, files=(file,)))
    assert store.drafts.octets(file.file_id) == bytes(range(256))
    store.drafts.discard(draft.draft_id)
    assert store.drafts.all() == ()
    with pytest.raises(InvalidArgument, match="gone"):
        store.drafts.octets(file.file_id)
    with pytest.raises(InvalidArgument, match="discarded"):
        store.drafts.save(draft)


def test_what_is_on_its_way_is_no_draft_and_comes_back_as_it_was(store: Store, clock: ManualClock) -> None:
    draft = store.drafts.save(DRAFT)
    out = store.outgoing.put(draft, clock.now_ms() + 10_000, is_held=True)
    assert store.drafts.all() == ()
    with pytest.raises(InvalidArgument, match="on its way"):
        store.drafts.save(draft)
    with pytest.raises(InvalidArgument, match="on its way"):
        store.drafts.discard(draft.draft_id)
    assert store.outgoing.claim(clock.now_ms()) is None
    assert store.outgoing.take_back(out.outgoing_id)
    assert store.drafts.all() == (draft,)
    assert store.outgoing.all() == ()


def test_either_it_is_taken_back_or_it_is_sent(store: Store, clock: ManualClock) -> None:
    out = store.outgoing.put(store.drafts.save(DRAFT), clock.now_ms(), is_held=True)
    claimed = store.outgoing.claim(clock.now_ms())
    assert claimed is not None
    assert claimed.octets == b""
    assert not store.outgoing.take_back(out.outgoing_id)
    assert not store.outgoing.send_at(out.outgoing_id, 0)
    assert store.outgoing.claim(clock.now_ms()) is None


def test_what_was_being_sent_when_the_run_died_waits_and_what_may_be_taken_does_not(
    store: Store, clock: ManualClock
) -> None:
    first = store.outgoing.put(store.drafts.save(DRAFT), clock.now_ms(), is_held=False)
    second = store.outgoing.put(
        store.drafts.save(replace(DRAFT, message_id="<two@gmail.com>")), clock.now_ms(), is_held=False
    )
    store.outgoing.claim(clock.now_ms())
    store.outgoing.keep(first.outgoing_id, b"rendered")
    store.outgoing.claim(clock.now_ms())
    store.outgoing.may_be_taken(second.outgoing_id, clock.now_ms() + 5_000)
    with again(store, clock) as reopened:
        states = {each.outgoing_id: each.state for each in reopened.outgoing.all()}
        assert states == {first.outgoing_id: OutgoingState.WAITING, second.outgoing_id: OutgoingState.UNKNOWN}
        claimed = reopened.outgoing.claim(clock.now_ms())
        assert claimed is not None
        assert (claimed.outgoing_id, claimed.octets, claimed.attempts) == (first.outgoing_id, b"rendered", 1)
        assert reopened.outgoing.doubtful(clock.now_ms()) == ()
        clock.advance(5)
        (doubtful,) = reopened.outgoing.doubtful(clock.now_ms())
        assert (doubtful.message_id, doubtful.looks) == ("<two@gmail.com>", 0)
        reopened.outgoing.looked(second.outgoing_id, clock.now_ms() + 1)
        assert reopened.outgoing.doubtful(clock.now_ms() + 1)[0].looks == 1


def test_sent_is_gone_and_refused_is_a_draft_again(store: Store, clock: ManualClock) -> None:
    draft = store.drafts.save(DRAFT)
    file = store.drafts.add_file(draft.draft_id, "a", "text/plain", b"x")
    out = store.outgoing.put(store.drafts.save(replace(draft, files=(file,))), clock.now_ms(), is_held=False)
    store.outgoing.refused(out.outgoing_id, "No such user", "550 5.1.1", "Check it")
    assert [each.draft_id for each in store.drafts.all()] == [draft.draft_id]
    refused = store.outgoing.get(out.outgoing_id)
    assert refused is not None
    assert (refused.title, refused.detail, refused.hint) == ("No such user", "550 5.1.1", "Check it")
    once_more = store.outgoing.put(store.drafts.all()[0], clock.now_ms(), is_held=False)
    assert [each.outgoing_id for each in store.outgoing.all()] == [once_more.outgoing_id]
    store.outgoing.sent(once_more.outgoing_id)
    assert store.drafts.all() == ()
    assert [each.state for each in store.outgoing.all()] == [OutgoingState.SENT]
    with pytest.raises(InvalidArgument):
        store.drafts.octets(file.file_id)


def test_what_cannot_be_read_any_more_harms_nothing_else(store: Store, clock: ManualClock) -> None:
    good = store.drafts.save(DRAFT)
    bad = store.drafts.save(replace(DRAFT, message_id="<bad@gmail.com>"))
    store.outgoing.put(bad, clock.now_ms(), is_held=False)
    waiting = store.outgoing.put(
        store.drafts.save(replace(DRAFT, message_id="<c@gmail.com>")), clock.now_ms(), is_held=False
    )
    store.close()
    with sqlite3.connect(store.path) as raw:
        raw.execute("UPDATE draft SET draft = '{\"to\": 7}' WHERE draft_id = ?", (bad.draft_id,))
        raw.execute("UPDATE outgoing SET draft = 'nonsense' WHERE draft_id = ?", (bad.draft_id,))
    raw.close()
    with Store.open(store.path, clock=clock) as reopened:
        assert reopened.drafts.all() == (good,)
        claimed = reopened.outgoing.claim(clock.now_ms())
        assert claimed is not None
        assert claimed.outgoing_id == waiting.outgoing_id


def test_a_damaged_store_gives_back_what_was_written(store: Store, clock: ManualClock) -> None:
    draft = store.drafts.save(DRAFT)
    file = store.drafts.add_file(draft.draft_id, "a", "text/plain", b"octets")
    draft = store.drafts.save(replace(draft, files=(file,)))
    out = store.outgoing.put(
        store.drafts.save(replace(DRAFT, message_id="<two@gmail.com>")), clock.now_ms() + 99, is_held=True
    )
    store.close()
    store.path.with_name(store.path.name + ".suspect").write_text("a broken page", encoding="utf-8")
    marks = [path for path in store.path.parent.iterdir() if "suspect" in path.name]
    assert marks
    with Store.open(store.path, clock=clock) as reopened:
        assert reopened.drafts.get(draft.draft_id) == draft
        assert reopened.drafts.octets(file.file_id) == b"octets"
        assert [each.outgoing_id for each in reopened.outgoing.all()] == [out.outgoing_id]
