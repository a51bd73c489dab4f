"""Line breaking by cells."""

from __future__ import annotations

import time

import pytest
from rich.cells import cell_len

from tui.widgets.reader.body_wrap import break_lines, chop_lines


def lines(text: str, width: int) -> list[str]:
    return [text[start:end] for start, end in break_lines(text, width)]


def test_words_stay_whole() -> None:
    assert lines("the quick brown fox", 10) == ["the quick", "brown fox"]
    assert lines("the quick brown fox", 9) == ["the quick", "brown fox"]


def test_an_exact_fit_is_not_broken() -> None:
    assert lines("the quick", 9) == ["the quick"]


def test_a_word_longer_than_the_line_is_cut() -> None:
    assert lines("abcdefghij xy", 4) == ["abcd", "efgh", "ij", "xy"]


def test_spaces_at_a_break_are_dropped_and_those_inside_kept() -> None:
    assert lines("a  b      c", 5) == ["a  b", "c"]


def test_nothing_is_one_empty_line() -> None:
    assert lines("", 10) == [""]


def test_wide_characters_count_two_and_break_anywhere() -> None:
    assert lines("来週の打ち合わせ", 8) == ["来週の打", "ち合わせ"]


def test_no_line_begins_with_closing_punctuation() -> None:
    assert lines("来週の打。ち合", 8) == ["来週の", "打。ち合"]


def test_clusters_are_never_parted() -> None:
    family = "👩\u200d👩\u200d👧"
    accented = "e\u0301"
    broken = lines(family * 3 + accented * 7, 4)
    assert "".join(broken) == family * 3 + accented * 7
    for line in broken:
        assert not line.startswith(("\u200d", "\u0301"))
        assert cell_len(line) <= 4


def test_right_to_left_text_breaks_between_words() -> None:
    text = "شكرا جزيلا سأرسل لك الملف غدا"
    broken = lines(text, 12)
    assert " ".join(broken) == text
    assert all(cell_len(line) <= 12 for line in broken)


@pytest.mark.parametrize(
    "text",
    ["wörd " * 99, "שלום עולם " * 20, "e\u0301a\u0308 " * 40, "☎\ufe0f ❤\ufe0f " * 20, "देवनागरी लिपि " * 9],
)
def test_every_line_fits_in_every_script(text: str) -> None:
    for width in (7, 20, 61):
        for line in lines(text, width):
            assert cell_len(line) <= width
            assert not line.startswith(("\u0301", "\ufe0f"))


@pytest.mark.parametrize("width", [1, 2, 3, 7, 20, 80])
@pytest.mark.parametrize(
    "text", ["plain words of a mail", "日本語 and english mixed 文字", "a\u0301" * 50, "👍🏽 ok " * 9]
)
def test_nothing_but_spaces_is_lost_at_any_width(text: str, width: int) -> None:
    assert "".join(lines(text, width)).replace(" ", "") == text.replace(" ", "")
    assert "".join(text[start:end] for start, end in chop_lines(text, width)) == text


def test_a_flood_of_combining_marks_ends() -> None:
    text = "a" + "\u0301" * 20_000
    assert "".join(lines(text, 20)) == text


def test_a_megabyte_is_broken_on_demand() -> None:
    text = "word " * 200_000
    started = time.thread_time()
    first = next(break_lines(text, 80))
    assert text[slice(*first)].startswith("word")
    assert time.thread_time() - started < 0.05


def test_preformatted_text_keeps_its_spaces() -> None:
    text = "  if x:\n".rstrip("\n") + "      return  1"
    assert [text[start:end] for start, end in chop_lines(text, 10)] == ["  if x:   ", "   return ", " 1"]


def test_a_long_preformatted_line_breaks_between_words() -> None:
    text = "- the quick brown fox jumps_over_everything_else"
    assert [text[start:end] for start, end in chop_lines(text, 14)] == [
        "- the quick ",
        "brown fox ",
        "jumps_over_eve",
        "rything_else",
    ]
