"""The sanitizer: nothing dangerous survives, nothing legitimate is lost, the time stays linear."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.sanitize import (
    MAX_FILENAME,
    MAX_LINE,
    MAX_MARKS,
    MAX_TEXT_LINE,
    clean_filename,
    clean_line,
    clean_text,
)

HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\x1b\x9b\x9d\x90\x07[];m\x00\r\n\t \u202e\u2066\u200d\u200c\ufe0f\u0301👩é1\ud800\U000e0041"
        ),
    ),
    max_size=200,
)


def is_control(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Cc", "Cs", "Co")
        or character in "\u202a\u202b\u202d\u202e\u2066\u2067"
    )


@given(HOSTILE)
def test_no_control_survives_in_a_line(text: str) -> None:
    clean = clean_line(text)
    assert not [c for c in clean if is_control(c) or c in "\n\r\t\u2028\u2029"]
    assert clean == clean.strip()
    assert len(clean) <= MAX_LINE


@given(HOSTILE)
def test_only_newlines_survive_in_a_text(text: str) -> None:
    clean = clean_text(text)
    assert not [c for c in clean if is_control(c) and c != "\n"]
    assert all(len(line) <= MAX_TEXT_LINE for line in clean.split("\n"))


@given(HOSTILE)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_text(clean_text(text)) == clean_text(text)


@given(HOSTILE)
def test_marks_on_one_base_are_bounded(text: str) -> None:
    run = 0
    for character in clean_line(text):
        run = (
            run + 1
            if unicodedata.category(character) in ("Mn", "Me") and character not in "\ufe0e\ufe0f"
            else 0
        )
        assert run <= MAX_MARKS


@pytest.mark.parametrize(
    "text",
    [
        "Hei på deg, Øystein",
        "來週の打ち合わせについて",
        "مشروع المكتبة الجديدة",
        "می‌خواهم",
        "👩‍👩‍👧 ❤️ 🏳️‍🌈 1️⃣",
        "e\u0301a\u0308\u0323",
        "שָׁלוֹם",
        "ภาษาไทย ที่นี่",
        "क्‍ष",
        "naïve — “quoted” … 20 °C",
        "אב\u200f (12)",
    ],
)
def test_what_people_write_is_kept(text: str) -> None:
    assert clean_line(text) == text
    assert clean_text(text) == text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\x1b[31mred\x1b[0m", "ared"),
        ("\x1b]0;new title\x07hi", "hi"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mx", "x"),
        ("\x1bcreset", "reset"),
        ("\x1b]0;never ends", "0;never ends"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u2066a\u2069", "a"),
        ("a\u200bb\u2060c\ufeffd\xade", "abcde"),
        ("pre\u200c \u200c \u200cheader", "pre header"),
        ("tag\U000e0074\U000e0065", "tag"),
        ("note\ufff9a\ufffab\ufffb", "noteab"),
        ("one\r\n two\tthree", "one two three"),
        ("\ud800x\ue000y\ufdd0", "�x�y�"),
        ("a\u200d\u200db", "ab"),
        ("x\ufe0f", "x"),
    ],
)
def test_what_deceives_is_removed(text: str, clean: str) -> None:
    assert clean_line(text) == clean


def test_a_text_keeps_its_lines_and_loses_its_tabs() -> None:
    assert clean_text("a\tb\r\nc\x0cd\x85e  \n") == "a       b\nc\nd\ne\n"


def test_an_endless_line_is_cut_with_a_mark() -> None:
    assert clean_line("word " * 1000).endswith("…")
    assert clean_line("abcdef", 4) == "abc…"
    assert max(map(len, clean_text("x" * 10_000).split("\n"))) == MAX_TEXT_LINE


@pytest.mark.parametrize("end", ["", " ", " y"])
def test_no_line_ends_in_blanks_where_a_long_one_was_broken(end: str) -> None:
    long = "x" * (MAX_TEXT_LINE - 1) + " "
    clean = clean_text(long + end)
    assert not any(line.endswith(" ") for line in clean.split("\n"))
    assert clean_text(clean) == clean


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("..", "attachment"),
        ("", "attachment"),
        ("C:\\temp\\report.pdf", "report.pdf"),
        (".bashrc", "bashrc"),
        ("con.txt", "_con.txt"),
        ("NUL", "_NUL"),
        ("-rf", "rf"),
        ("evil\u202efdp.exe", "evilfdp.exe"),
        ("zero\u200dwidth.txt", "zerowidth.txt"),
        ('a<b>:"c|d?e*.txt', "a_b___c_d_e_.txt"),
        ("trailing. . ", "trailing"),
        ("résumé 2026.pdf", "résumé 2026.pdf"),
        ("dir/", "dir"),
        ("a\x00b\n.txt", "ab .txt"),
    ],
)
def test_a_file_name_is_a_name_and_no_path(name: str, safe: str) -> None:
    assert clean_filename(name) == safe


def test_a_long_file_name_keeps_its_suffix() -> None:
    name = clean_filename("長い" * 200 + ".pdf")
    assert name.endswith(".pdf")
    assert len(name.encode("utf-8")) <= MAX_FILENAME


@given(HOSTILE)
def test_any_file_name_is_safe(text: str) -> None:
    name = clean_filename(text)
    assert name
    assert not set(name) & set('/\\\0\n<>:"|?*')
    assert not name.startswith((".", "-", "~"))
    assert not name.endswith((".", " "))


@pytest.mark.parametrize(
    "unit", ["\x1b]", "\x90", "\x9d x", "\u0301", "a\u200d", "\t", " ", "\x1b[", "👩\u200d", "\r"]
)
def test_time_is_linear_in_the_text(unit: str) -> None:
    started = time.thread_time()
    clean_text(unit * (400_000 // len(unit)))
    assert time.thread_time() - started < 4.0
