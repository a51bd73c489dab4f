"""The label editor's mind: states, what toggling does, what is listed, which names Gmail takes."""

from __future__ import annotations

import pytest

from imapcore.model import LabelCounts, Mailbox
from tui.dialogs.label_choices import CreateRow, GapRow, LabelChange, LabelChoices, LabelRow, State

LABELS = [
    Mailbox("Family", "Family"),
    Mailbox("Family/trips", "trips"),
    Mailbox("Travel", "Travel"),
    Mailbox("Travel/trains", "trains"),
    Mailbox("Work", "Work"),
    Mailbox("Work/contracts", "contracts"),
]


def choices(
    by: dict[str, int] | None = None,
    full: dict[str, int] | None = None,
    threads: int = 3,
    recent: tuple[str, ...] = (),
    labels: list[Mailbox] = LABELS,
) -> LabelChoices:
    by = by or {}
    return LabelChoices(labels, LabelCounts(threads, threads * 2, by, by if full is None else full, recent))


def names(rows: tuple[object, ...]) -> list[str]:
    return [
        row.name if isinstance(row, LabelRow) else f"+{row.name}" if isinstance(row, CreateRow) else ""
        for row in rows
    ]


# -- states -------------------------------------------------------------------------------------------------


def test_three_states_by_how_many_carry_it() -> None:
    mind = choices({"Travel": 3, "Work": 2})
    assert [mind.state(name) for name in ("Travel", "Work", "Family")] == [State.ALL, State.SOME, State.NONE]
    assert [mind.count(name) for name in ("Travel", "Work", "Family")] == ["all 3", "2 of 3", ""]


@pytest.mark.parametrize(
    ("by", "full", "way"),
    [
        (0, 0, [State.ALL, State.NONE]),
        (3, 3, [State.NONE, State.ALL]),
        (2, 2, [State.ALL, State.NONE, State.SOME]),
        (3, 1, [State.NONE, State.ALL, State.ALL]),
    ],
)
def test_toggling_goes_round_and_ends_where_it_began(by: int, full: int, way: list[State]) -> None:
    mind = choices({"Work": by}, {"Work": full})
    assert [mind.toggle("Work") for _ in way] == way
    assert not mind.change()


def test_only_what_was_toggled_is_changed() -> None:
    mind = choices({"Travel": 3, "Work": 2})
    mind.toggle("Work")
    mind.toggle("Travel")
    assert mind.change() == LabelChange(frozenset({"Work"}), frozenset({"Travel"}))


def test_a_label_on_part_of_every_conversation_can_be_taken_off_or_completed() -> None:
    mind = choices({"Work": 3}, {"Work": 1})
    assert mind.count("Work") == "all 3, in part"
    mind.toggle("Work")
    assert mind.change().remove == {"Work"}
    mind.toggle("Work")
    assert mind.change().add == {"Work"}


def test_another_scope_takes_over_what_still_changes_something() -> None:
    threads, message = choices({"Work": 0}), choices({"Travel": 1, "Work": 1}, threads=1)
    threads.toggle("Work")
    threads.toggle("Family")
    threads.create("New")
    message.take_over(threads)
    assert message.change(is_message_only=True) == LabelChange(
        frozenset({"Family", "New"}), frozenset(), ("New",), True
    )


# -- what is listed -----------------------------------------------------------------------------------------


def test_carried_and_recent_labels_lead_and_the_tree_follows() -> None:
    mind = choices({"Work": 1}, recent=("Travel/trains",))
    assert names(mind.rows("")) == [
        "Work",
        "Travel/trains",
        "",
        "Family",
        "Family/trips",
        "Travel",
        "Work/contracts",
    ]


def test_below_its_parent_a_label_shows_its_last_part_only() -> None:
    rows = [row for row in choices().rows("") if isinstance(row, LabelRow)]
    assert [(row.text, row.depth) for row in rows[:2]] == [("Family", 0), ("trips", 1)]


def test_a_label_whose_parent_stands_elsewhere_shows_its_whole_name() -> None:
    rows = [row for row in choices({"Work": 1}).rows("") if isinstance(row, LabelRow)]
    assert rows[-1].text == "Work/contracts"
    assert rows[-1].depth == 0


def test_typing_lists_the_best_match_first_and_creating_last() -> None:
    rows = choices().rows("tr")
    assert names(rows) == ["Travel", "Travel/trains", "Family/trips", "Work/contracts", "", "+tr"]
    assert isinstance(rows[0], LabelRow)
    assert rows[0].positions == (0, 1)


def test_of_equal_matches_the_one_used_lately_leads() -> None:
    assert names(choices(recent=("Travel/trains",)).rows("trains trav"))[0] == "Travel/trains"
    assert names(choices(recent=("Family/trips",)).rows("tri"))[0] == "Family/trips"


def test_a_name_that_is_there_is_not_offered_for_creation_whatever_its_case() -> None:
    assert "+TRAVEL" not in names(choices().rows("TRAVEL"))


def test_creating_adopts_the_spelling_of_the_parent_and_names_what_is_missing() -> None:
    (row,) = choices().rows("work/new/deep")
    assert row == CreateRow("Work/new/deep", "", ("Work/new",))


def test_a_parent_that_is_no_label_is_shown_but_not_chosen() -> None:
    labels = [Mailbox("Old", "Old", is_selectable=False), Mailbox("Old/2019", "2019")]
    rows = choices(labels=labels).rows("")
    assert [row.is_choosable for row in rows if isinstance(row, LabelRow)] == [False, True]
    assert "+Old" in names(choices(labels=labels).rows("Old"))


def test_a_label_hidden_from_imap_can_still_be_taken_off() -> None:
    mind = choices({"Hidden": 1, "\\Inbox": 3})
    assert "Hidden" in names(mind.rows(""))
    assert "\\Inbox" not in names(mind.rows(""))


def test_a_created_label_is_in_the_list_and_can_be_unticked() -> None:
    mind = choices()
    mind.create("Zebra")
    assert mind.change() == LabelChange(frozenset({"Zebra"}), frozenset(), ("Zebra",))
    assert names(mind.rows(""))[0] == "Zebra"
    mind.toggle("Zebra")
    assert not mind.change()


def test_no_labels_at_all_is_an_empty_list() -> None:
    assert choices(labels=[]).rows("") == ()


def test_gaps_only_stand_between_things() -> None:
    rows = choices().rows("")
    assert not isinstance(rows[0], GapRow)
