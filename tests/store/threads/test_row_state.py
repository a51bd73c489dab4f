"""Row states: what the states of several messages mean together."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from imapcore.model import ChangeState
from imapcore.store.marks.values import ALL, IMPORTANT, INBOX, SEEN, STARRED, TRASH, MarkIds
from imapcore.store.threads import row_state as faces_module
from imapcore.store.threads.message_state import PENDING, REJECTED, SETTLED
from imapcore.store.threads.row_state import RowStates

TAXES, TRAVEL = 40, 900
LABELS = {TAXES: "Taxes", TRAVEL: "Reise"}
SETS: Mapping[int, MarkIds] = {
    1: frozenset((ALL, INBOX, SEEN, TAXES)),
    2: frozenset((ALL, STARRED, TRAVEL)),
    3: frozenset((TRASH, IMPORTANT)),
}


class Loading:
    """Gives sets and remembers for which it was asked."""

    def __init__(self) -> None:
        self.asked: list[set[int]] = []

    def __call__(self, numbers: set[int]) -> Mapping[int, MarkIds]:
        self.asked.append(numbers)
        return SETS


def states(*each: tuple[int, int]) -> str:
    """(set, change_state) of each message as the statement writes them."""
    return ",".join(str(number * 4 + change_state) for number, change_state in each)


@pytest.fixture
def row_states() -> RowStates:
    """Row states that know the labels."""
    made = RowStates()
    made.rename(LABELS)
    return made


def test_what_several_messages_carry_together(row_states: RowStates) -> None:
    (face,) = row_states.of([(states((1, SETTLED), (2, PENDING), (3, REJECTED)), ALL)], Loading())
    assert (face.count, face.unread_at, face.state) == (2, (1,), ChangeState.PENDING)
    assert face.union.labels == ("Reise", "Taxes")
    assert face.union.is_in_inbox
    assert face.union.is_starred
    assert not face.union.is_important
    assert not face.union.has_draft


def test_only_the_messages_of_the_place_count(row_states: RowStates) -> None:
    (face,) = row_states.of([(states((1, SETTLED), (3, REJECTED)), TRASH)], Loading())
    assert (face.count, face.unread_at, face.state) == (1, (1,), ChangeState.REJECTED)
    assert face.union.labels == ()
    assert face.union.is_important


def test_nothing_there_is_nothing_said(row_states: RowStates) -> None:
    (face,) = row_states.of([(states((3, SETTLED)), ALL)], Loading())
    assert (face.count, face.unread_at, face.state) == (0, (), ChangeState.SETTLED)


@pytest.mark.parametrize("number", [-5, 1 << 39])
def test_a_number_that_cannot_be_costs_no_memory(row_states: RowStates, number: int) -> None:
    """One octet changed on the disk makes it."""
    assert row_states.of([(states((1, SETTLED)), number)], Loading())[0].count == 0
    (face,) = row_states.of([("4", ALL)], lambda _: {1: frozenset((ALL, INBOX, number))})
    assert face.count == 1


def test_sets_are_asked_for_once(row_states: RowStates) -> None:
    loading = Loading()
    first, second = row_states.of(
        [(states((1, SETTLED)), ALL), (states((1, SETTLED), (2, SETTLED)), ALL)], loading
    )
    assert row_states.of([(states((2, SETTLED), (1, SETTLED)), ALL)], loading)[0].union is second.union
    assert first.count == 1
    assert loading.asked == [{1, 2}]


def test_renamed_labels_are_told_by_their_new_names(row_states: RowStates) -> None:
    key = (states((1, SETTLED)), ALL)
    assert row_states.of([key], Loading())[0].union.labels == ("Taxes",)
    row_states.rename({TAXES: "Finanzamt"})
    assert row_states.of([key], Loading())[0].union.labels == ("Finanzamt",)


def test_what_is_kept_has_an_end(row_states: RowStates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces_module, "KEPT", 1)
    loading = Loading()
    keys = [(states((number, SETTLED)), place) for number in SETS for place in (ALL, TRASH)]
    for key in keys:
        row_states.of([key], loading)
    # The one that is needed at the same time stays though the others go.
    both = row_states.of([keys[-1], keys[0]], loading)
    assert [face.count for face in both] == [1, 1]
    assert len(loading.asked) > len(SETS)
