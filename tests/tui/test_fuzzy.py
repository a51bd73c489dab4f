"""Fuzzy matching: what fits, what is better, and which letters are marked."""

from __future__ import annotations

import pytest

from tui.style.fuzzy import match


def marked(query: str, text: str) -> str:
    found = match(query, text)
    assert found is not None
    return "".join(text[index] for index in found.positions)


def best_first(query: str, names: list[str]) -> list[str]:
    scored = [(found.score, name) for name in names if (found := match(query, name)) is not None]
    return [name for _score, name in sorted(scored)]


def test_an_empty_query_fits_everything_and_marks_nothing() -> None:
    found = match("  ", "Travel")
    assert found is not None
    assert found.positions == ()


def test_the_beginning_beats_a_word_beats_the_inside_beats_scattered_letters() -> None:
    names = ["Work/contracts", "Travel", "Family/trips", "Time of rest"]
    assert best_first("tr", names) == ["Travel", "Family/trips", "Work/contracts", "Time of rest"]


def test_the_last_part_of_a_nested_name_beats_its_parent() -> None:
    assert best_first("work", ["Old/Work/2019", "Old/Work"]) == ["Old/Work", "Old/Work/2019"]


def test_case_and_diacritics_are_ignored() -> None:
    assert marked("uber", "Übersicht") == "Über"
    assert marked("GROSS", "groß") == "groß"


def test_combining_marks_do_not_shift_what_is_marked() -> None:
    assert marked("cafe", "Cafe\u0301 noir") == "Cafe"


def test_words_fit_in_any_order() -> None:
    assert marked("contr work", "Work/contracts") == "Workcontr"
    assert match("contr play", "Work/contracts") is None


def test_other_scripts_match() -> None:
    assert marked("مشر", "مشروع") == "مشر"
    assert marked("会議", "仕事/会議") == "会議"


@pytest.mark.parametrize("query", ["x" * 100_000, "tr" * 60_000, "\\", '"', "😀"])
def test_what_fits_nowhere_is_answered_at_once(query: str) -> None:
    assert match(query, "Travel/trains") is None


def test_letters_strewn_over_a_long_name_are_no_match() -> None:
    assert (
        match("tvz", "the very long name of something that nobody would ever have typed, by azimuth") is None
    )
