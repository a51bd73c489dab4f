"""Reading, completing and doubting queries in Gmail's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from imapcore.gmail.operators import label_word
from imapcore.gmail.query_lint import lint
from imapcore.gmail.tokens import read_tokens, read_words
from imapcore.model import Address
from tui.dialogs.search_completion import accept, complete

LABELS = ["Work", "Work/contracts", "Travel", "Project X", "مشروع"]
PEOPLE = [Address("Ada Byron", "ada@analytical.example"), Address("Lin Wei", "lin.wei@analytical.example")]
TODAY = date(2026, 11, 21)


def people(prefix: str) -> Sequence[Address]:
    return [p for p in PEOPLE if prefix.lower() in f"{p.name} {p.email}".lower()]


def suggested(query: str, cursor: int | None = None) -> list[str]:
    at = len(query) if cursor is None else cursor
    found = complete(query, at, labels=LABELS, people=people, today=TODAY)
    return [suggestion.text for suggestion in found.suggestions]


def sentences(query: str) -> list[str]:
    return [finding.sentence for finding in lint(query, LABELS)]


# -- reading ----------------------------------------------------------------------------------------------


def test_words_operators_quotes_and_negation() -> None:
    tokens = list(read_words('from:ada -subject:"two words" (lunch OR dinner) "as is"'))
    assert [(t.operator, t.value, t.is_negated) for t in tokens] == [
        ("from", "ada", False),
        ("subject", "two words", True),
        ("", "lunch", False),
        ("", "OR", False),
        ("", "dinner", False),
        ("", "as is", False),
    ]


@pytest.mark.parametrize("text", ["https://example.org/a", "12:30", '"from:ada"'])
def test_a_colon_does_not_make_an_operator(text: str) -> None:
    (token,) = read_words(text)
    assert token.operator == ""


@pytest.mark.parametrize(
    "text", ["", "   ", "()", '"', "-", ":", '-"', "((((", "a" * 5000, '"' * 999, "\\", "from:("]
)
def test_any_text_can_be_read_and_doubted(text: str) -> None:
    for token in (*read_tokens(text), *read_words(text)):
        assert text[token.start : token.end] == token.text
    lint(text, LABELS)
    for cursor in (0, len(text) // 2, len(text)):
        complete(text, cursor, labels=LABELS, people=people, today=TODAY)


def test_labels_as_search_spells_them() -> None:
    assert label_word("Work/Project X") == "work-project-x"


# -- completing -------------------------------------------------------------------------------------------


def test_operators_by_their_beginning() -> None:
    assert suggested("su")[0] == "subject:"
    assert suggested("older_")[0] == "older_than:"
    assert suggested("-fr")[0] == "-from:"


def test_values_by_their_beginning_even_without_the_operator() -> None:
    assert "is:unread" in suggested("unr")
    assert "has:attachment" in suggested("att")


def test_people_by_name_or_address() -> None:
    assert suggested("from:ada") == ["from:ada@analytical.example"]
    assert "from:lin.wei@analytical.example" in suggested("wei")
    assert suggested("from:m")[0] == "from:me"


def test_labels_fuzzily_in_the_spelling_of_search() -> None:
    assert suggested("label:contr") == ["label:work-contracts"]
    assert "in:inbox" in suggested("in:")
    assert "in:project-x" in suggested("in:proj")


def test_ages_dates_and_sizes() -> None:
    assert suggested("older_than:")[:2] == ["older_than:1d", "older_than:7d"]
    assert suggested("older_than:30") == ["older_than:30d", "older_than:30m", "older_than:30y"]
    assert suggested("after:")[0] == "after:2026/11/21"
    assert suggested("after:2025") == ["after:2025/01/01"]
    assert suggested("larger:5") == ["larger:5K", "larger:5M"]


def test_the_word_at_the_cursor_is_completed_not_the_last_one() -> None:
    query = "is:un from:ada"
    found = complete(query, 5, labels=LABELS, people=people, today=TODAY)
    assert (found.start, found.end) == (0, 5)
    assert accept(query, found, found.suggestions[0]) == ("is:unread from:ada", 10)


def test_what_is_there_already_is_not_suggested() -> None:
    assert suggested("from:ada@analytical.example") == []
    assert suggested("is:read") == []


def test_an_accepted_operator_waits_for_its_value_and_a_value_for_the_next_word() -> None:
    found = complete("(fr", 3, labels=LABELS, people=people, today=TODAY)
    assert accept("(fr", found, found.suggestions[0]) == ("(from:", 6)
    found = complete("is:unr", 6, labels=LABELS, people=people, today=TODAY)
    assert accept("is:unr", found, found.suggestions[0]) == ("is:unread ", 10)


def test_a_phrase_that_is_open_is_completed_as_a_whole() -> None:
    assert suggested('from:"ada b') == ["from:ada@analytical.example"]
    assert suggested('subject:a"b c"') == []
    assert suggested('subject:a"b c" fro') == ["from:"]


# -- doubting ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "",
        "lunch",
        "from:ada has:attachment larger:5M",
        "label:work-contracts -in:trash",
        "in:anywhere in:travel",
        'subject:"two words" OR {a b}',
        "subject:(two words) after:2026/01/31",
        "from:ada@analytical.example lunch",
        "older_than:30d newer_than:1y",
        "https://example.org 12:30",
        "category:promotions is:unread",
        "rfc822msgid:<abc@x> filename:pdf",
        "from:",
    ],
)
def test_good_queries_are_left_alone(query: str) -> None:
    assert sentences(query) == []


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("form:ada", "from:"),
        ("from: ada", "space"),
        ('"never closed', "quotation"),
        ("(a b", "not closed"),
        ("a b}", "without its {"),
        ("lunch or dinner", "capitals"),
        ("lunch NOT dinner", "no NOT"),
        ("lunch - dinner", "right before"),
        ("invoi*", "whole words"),
        ("older_than:2w", "14d"),
        ("older_than:5", "days, months"),
        ("after:yesterday", "year/month/day"),
        ("after:2026/13/01", "no such date"),
        ("before:03/04/2026", "month/day/year"),
        ("larger:2G", "K or M"),
        ("is:unraed", "is:unread"),
        ("has:attachments", "has:attachment"),
        ("in:nowhere", "no place or label"),
        ("label:wrok", "label:work"),
        ("in:snoozed", "snoozed"),
        ("subject:two words", "subject:(two words)"),
        ("from:ada byron", "from:(ada byron)"),
        ("-from:(a b)", "ignore a list"),
        ("OR lunch", "between"),
        ("lunch OR", "between"),
        ("x" * 3000, "more than Gmail reads"),
    ],
)
def test_what_gmail_would_misread_is_said(query: str, word: str) -> None:
    assert any(word in sentence for sentence in sentences(query)), sentences(query)


def test_findings_point_at_the_word() -> None:
    query = "lunch older_than:2w"
    (finding,) = lint(query, LABELS)
    assert query[finding.start : finding.end] == "older_than:2w"


@pytest.mark.parametrize("joint", ["and", "And", "&", "&&", "+"])
def test_and_is_implied(joint: str) -> None:
    assert sentences(f"from:ada {joint} to:lin") == [
        f"AND is implied: leave “{joint}” out, it is searched for as a word"
    ]


@pytest.mark.parametrize("joint", ["|", "||"])
@pytest.mark.parametrize("query", ["from:ada {} lin", "from:ada {} to:lin", "subject:lunch {} dinner"])
def test_either_is_said_with_or(joint: str, query: str) -> None:
    assert sentences(query.format(joint)) == ["OR, in capitals, means either"]


@pytest.mark.parametrize("query", ["salt and pepper", "from:ada AND to:lin", "and now", "c++"])
def test_and_within_a_name_is_a_word(query: str) -> None:
    assert sentences(query) == []
