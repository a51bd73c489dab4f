"""Gmail's language is read once: the same tokens for completion, advice and the search of the store."""

from __future__ import annotations

from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.gmail.operators import BY_NAME
from imapcore.gmail.query import Group, Part, Term, day_ms, parse_query, read_day
from imapcore.gmail.query_lint import lint
from imapcore.gmail.tokens import read_tokens, read_words

HOUR = 3_600_000


def terms(part: Part) -> list[tuple[str, str]]:
    if isinstance(part, Group):
        return [term for each in part.parts for term in terms(each)]
    return [(part.operator, part.value)] if isinstance(part, Term) else []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('subject:a"b c"', [("subject", "a"), ("", "b c")]),
        ("https://example.org 12:30", [("", "https://example.org"), ("", "12:30")]),
        ("Subject:x", [("subject", "x")]),
        ("from: ada", [("", "ada")]),
        ("nonsense:lunch", [("", "nonsense:lunch")]),
        ('nonsense:"a b"', [("", "nonsense:a b")]),
        ('"from:ada"', [("", "from:ada")]),
        ("subject:(a b)", [("subject", "a"), ("subject", "b")]),
        ('a"b', [("", "a"), ("", "b")]),
    ],
)
def test_one_meaning(query: str, expected: list[tuple[str, str]]) -> None:
    assert terms(parse_query(query).root) == expected


QUERIES = st.lists(
    st.sampled_from(
        [
            *(f"{name}:" for name in BY_NAME),
            "a",
            "ä",
            '"',
            "(",
            ")",
            "{",
            "}",
            " ",
            "-",
            ":",
            "/",
            "OR",
            "|",
            "7",
        ]
    ),
    max_size=12,
).map("".join)


@given(QUERIES)
def test_what_completion_and_advice_read_is_what_is_searched_for(query: str) -> None:
    tokens = list(read_tokens(query))
    for before, after in pairwise(tokens):
        assert before.end <= after.start
        assert not query[before.end : after.start].strip(), "nothing between two tokens is lost"
    for token in (*tokens, *read_words(query)):
        assert query[token.start : token.end] == token.text
    read = {(token.operator, token.value.strip()) for token in tokens}
    words = (token.text for token in tokens if token.operator not in BY_NAME)
    read |= {("", word.removeprefix("-").replace('"', "")) for word in words}
    within = {token.operator for token in tokens if token.bracket}
    for operator, value in terms(parse_query(query).root):
        assert (operator, value) in read or (operator in within and ("", value) in read)
    lint(query)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "UTC"])
def test_days_begin_where_the_rows_days_do(zone: str) -> None:
    first, second = (day_ms(f"2026/11/{day}", ZoneInfo(zone)) for day in (20, 21))
    assert first is not None
    assert second is not None
    assert second - first == 24 * HOUR


def test_days_with_a_change_of_clocks_have_their_own_length() -> None:
    zone = ZoneInfo("Europe/Berlin")
    spring = [day_ms(f"2026/03/{day}", zone) or 0 for day in (29, 30)]
    autumn = [day_ms(f"2026/10/{day}", zone) or 0 for day in (25, 26)]
    assert (spring[1] - spring[0], autumn[1] - autumn[0]) == (23 * HOUR, 25 * HOUR)


@pytest.mark.parametrize(
    ("value", "same"), [("2026-11-21", "2026/11/21"), ("11/21/2026", "2026/11/21"), ("1/2/2026", "2026/1/2")]
)
def test_a_day_in_every_spelling(value: str, same: str) -> None:
    assert day_ms(value) == day_ms(same) is not None


@pytest.mark.parametrize(
    "value", ["soon", "2026/13/1", "2026/02/30", "2026/1", "21/11/2026", "", "2026/11-21"]
)
def test_what_is_no_day(value: str) -> None:
    assert read_day(value) is None
    assert day_ms(value) is None


def test_seconds_are_a_moment() -> None:
    assert day_ms("1763600000") == 1_763_600_000_000


@pytest.mark.parametrize("value", ["0001/01/01", "9999/12/31"])
def test_the_first_and_the_last_day_end_nothing(value: str) -> None:
    day_ms(value)
    day_ms(value, ZoneInfo("Pacific/Kiritimati"))
