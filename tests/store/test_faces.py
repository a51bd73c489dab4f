"""Faces: what the states of several messages mean together."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from imapcore.model import ChangeState
from imapcore.store.marks.values import ALL, IMPORTANT, INBOX, SEEN, STARRED, TRASH, MarkIds
from imapcore.store.threads import row_state as faces_module
from imapcore.store.threads.message_state import PENDING, REJECTED, SETTLED
from imapcore.store.threads.row_state import Faces

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
    """(set, mood) of each message as the statement writes them."""
    return ",".join(str(number * 4 + mood) for number, mood in each)


@pytest.fixture
def faces() -> Faces:
    """Faces that know the labels."""
    made = Faces()
    made.rename(LABELS)
    return made


def test_what_several_messages_carry_together(faces: Faces) -> None:
    (face,) = faces.of([(states((1, SETTLED), (2, PENDING), (3, REJECTED)), ALL)], Loading())
    assert (face.count, face.unread_at, face.state) == (2, (1,), ChangeState.PENDING)
    assert face.union.labels == ("Reise", "Taxes")
    assert face.union.is_in_inbox
    assert face.union.is_starred
    assert not face.union.is_important
    assert not face.union.has_draft


def test_only_the_messages_of_the_place_count(faces: Faces) -> None:
    (face,) = faces.of([(states((1, SETTLED), (3, REJECTED)), TRASH)], Loading())
    assert (face.count, face.unread_at, face.state) == (1, (1,), ChangeState.REJECTED)
    assert face.union.labels == ()
    assert face.union.is_important


def test_nothing_there_is_nothing_said(faces: Faces) -> None:
    (face,) = faces.of([(states((3, SETTLED)), ALL)], Loading())
    assert (face.count, face.unread_at, face.state) == (0, (), ChangeState.SETTLED)


@pytest.mark.parametrize("number", [-5, 1 << 39])
def test_a_number_that_cannot_be_costs_no_memory(faces: Faces, number: int) -> None:
    """One octet changed on the disk makes it."""
    assert faces.of([(states((1, SETTLED)), number)], Loading())[0].count == 0
    (face,) = faces.of([("4", ALL)], lambda _: {1: frozenset((ALL, INBOX, number))})
    assert face.count == 1


def test_sets_are_asked_for_once(faces: Faces) -> None:
    loading = Loading()
    first, second = faces.of(
        [(states((1, SETTLED)), ALL), (states((1, SETTLED), (2, SETTLED)), ALL)], loading
    )
    assert faces.of([(states((2, SETTLED), (1, SETTLED)), ALL)], loading)[0].union is second.union
    assert first.count == 1
    assert loading.asked == [{1, 2}]


def test_renamed_labels_are_told_by_their_new_names(faces: Faces) -> None:
    key = (states((1, SETTLED)), ALL)
    assert faces.of([key], Loading())[0].union.labels == ("Taxes",)
    faces.rename({TAXES: "Finanzamt"})
    assert faces.of([key], Loading())[0].union.labels == ("Finanzamt",)


def test_what_is_kept_has_an_end(faces: Faces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces_module, "KEPT", 1)
    loading = Loading()
    keys = [(states((number, SETTLED)), place) for number in SETS for place in (ALL, TRASH)]
    for key in keys:
        faces.of([key], loading)
    # The one that is needed at the same time stays though the others go.
    both = faces.of([keys[-1], keys[0]], loading)
    assert [face.count for face in both] == [1, 1]
    assert len(loading.asked) > len(SETS)
