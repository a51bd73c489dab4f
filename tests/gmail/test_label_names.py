"""Names of labels: what Gmail takes, what is one label in two spellings, what is no label of the user's."""

from __future__ import annotations

import pytest

from imapcore.gmail.label_names import (
    INTO_ITSELF,
    LONGEST,
    TAKEN,
    LabelNames,
    is_user_label,
    label_problem,
    missing_parents,
    show_label,
    special_parents,
    system_label,
)


@pytest.mark.parametrize(
    "name",
    [
        "Work",
        "a/b/c",
        'quoted "name"',
        "back\\slash",
        "emoji 🚆",
        "مشروع",
        "仕事",
        "x" * LONGEST,
        "R&D",
        "50%",
    ],
)
def test_names_that_gmail_takes(name: str) -> None:
    assert label_problem(name) == ""


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("", "needs a name"),
        ("x" * (LONGEST + 1), "at most 225"),
        ("a//b", "empty"),
        ("/a", "empty"),
        ("a/", "empty"),
        ("a  b", "two in a row"),
        (" a", "spaces"),
        ("a/ b", "spaces"),
        ("a^b", "^"),
        ("a\x07b", "cannot be seen"),
        ("\\Inbox", "backslash"),
        ("inbox", "Gmail's own"),
        ("Updates", "Gmail's own"),
        ("[Gmail]/mine", "Gmail's own"),
    ],
)
def test_names_that_gmail_refuses_get_a_sentence(name: str, word: str) -> None:
    assert word in label_problem(name)


def test_parents() -> None:
    known = ["Work", "Work/contracts"]
    assert missing_parents("Work/new/deep", known) == ("Work/new",)
    assert missing_parents("work/x", known) == ()
    assert LabelNames(known).spelled("WORK/CONTRACTS/x") == "Work/contracts/x"


def test_a_hostile_name_is_shown_without_its_poison() -> None:
    assert show_label("a\x1b[31mb") == "a�[31mb"


@pytest.mark.parametrize("typed", ["work", "WORK", "Work"])
def test_a_label_is_a_label_in_any_case(typed: str) -> None:
    names = LabelNames(["Work", "Work/contracts"], parents=["Play"])
    assert names.find(typed) == "Work"
    assert names.spelled(f"{typed}/CONTRACTS") == "Work/contracts"
    assert names.spelled(f"{typed}/new/deep") == "Work/new/deep"
    assert names.create_problem(typed) == TAKEN
    assert names.create_problem(names.spelled("play/x")) == ""


def test_a_parent_that_is_no_label_can_become_one() -> None:
    names = LabelNames(["Play/x"], parents=["Play"])
    assert names.spelled("play") == "Play"
    assert names.create_problem("Play") == ""


@pytest.mark.parametrize(
    ("new", "problem"),
    [
        ("work", ""),
        ("Jobs", ""),
        ("Play/Work", ""),
        ("PLAY", TAKEN),
        ("work/deep", TAKEN),
        ("Work/inside", INTO_ITSELF),
        ("wOrK/inside", INTO_ITSELF),
        ("Inbox", "“Inbox” is a name of Gmail's own"),
        ("a//b", "A part of the name is empty: a slash parts a label from its parent"),
    ],
)
def test_what_a_label_can_be_renamed_to(new: str, problem: str) -> None:
    names = LabelNames(["Work", "Work/Deep", "Play"], own=["INBOX", "[Gmail]/All Mail"])
    expected = INTO_ITSELF if new == "work/deep" else problem
    assert names.rename_problem("Work", new) == expected


@pytest.mark.parametrize("parent", ["[Gmail]", "[Google Mail]", "[Correo]"])
def test_nothing_below_gmails_own_parent_is_a_label(parent: str) -> None:
    names = LabelNames(["Work"], own=["INBOX", f"{parent}/All Mail", f"{parent}/Bin"])
    assert "Gmail's own" in names.create_problem(f"{parent}/Chats")
    assert "Gmail's own" in names.create_problem(parent.upper())


def test_a_parent_that_can_be_selected_is_not_gmails_own() -> None:
    assert "box" not in special_parents(["box/Sent"], ["box"])
    assert "box" in special_parents(["Box/Sent"])


def test_a_list_decides_what_is_a_label_of_the_users_and_not_its_first_letter() -> None:
    listed = {"\\foo", "\\Starred"}
    assert is_user_label("\\foo", listed)
    assert not is_user_label("\\foo", set())
    assert not is_user_label("\\Starred", listed), "a label nobody can tell from the star"
    assert (system_label("\\inbox"), system_label("inbox"), system_label("\\foo")) == ("\\Inbox", None, None)
