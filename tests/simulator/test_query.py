"""X-GM-RAW: what Gmail's search language means, operator by operator."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.simulator.account.kinds import Kind
from imapcore.simulator.account.source import Seed, store
from imapcore.simulator.demo_mail.attachments import pdf
from imapcore.simulator.demo_mail.compose import File, Letter, compose
from imapcore.simulator.search.parser import And, Field, Near, Not, Or, Phrase, Word, parse_query
from imapcore.simulator.search.query import Context, compile_query

NOW = 1_795_251_600_000
"""2026-11-21 09:00 UTC."""
DAY = 86_400_000
CONTEXT = Context(NOW, "demo@gmail.com")


@dataclass(frozen=True)
class Found:
    """A message as the server would show it to the search."""

    source: Seed
    date_ms: int = NOW - DAY
    flags: frozenset[str] = frozenset(("\\Seen",))
    label_names: frozenset[str] = frozenset(("\\Inbox", "Work/Project X"))
    place_kind: Kind = Kind.ALL


@dataclass(frozen=True)
class Sample:
    """A letter with a bit of everything, each part replaceable."""

    subject: str = "Meetings about the harbour map"
    sender: tuple[str, str] = ("Ada Byron", "ada.b@analytical.example")
    to: tuple[tuple[str, str], ...] = (("Noor", "demo@gmail.com"),)
    cc: tuple[tuple[str, str], ...] = (("Lin Wei", "lin@analytical.example"),)
    text: str = "We had a long holiday and then a short vacation in Ålesund. 来週の打ち合わせ."
    files: tuple[File, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    category: str = "primary"
    state: Found | None = field(default=None)

    def found(self, **state: object) -> Found:
        letter = Letter(
            self.sender, self.to, self.subject, NOW - DAY, "<m1@analytical.example>", self.text,
            cc=self.cc, files=self.files, extra=self.extra,
        )  # fmt: skip
        return Found(store(compose(letter), NOW - DAY, category=self.category), **state)  # type: ignore[arg-type]


def matches(query: str, message: Found | None = None, context: Context = CONTEXT) -> bool:
    return compile_query(query, context)(message or Sample().found())


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("", And(())),
        ("a b", And((Word("a"), Word("b")))),
        ("a OR b c", And((Or((Word("a"), Word("b"))), Word("c")))),
        ("a OR b OR c", Or((Word("a"), Word("b"), Word("c")))),
        ("{a b}", Or((Word("a"), Word("b")))),
        ("from:{a b}", Field("from", Or((Word("a"), Word("b"))))),
        ("from:(a OR b)", Field("from", Or((Word("a"), Word("b"))))),
        ("-from:a", Not(Field("from", Word("a")))),
        ("--a", Word("a")),
        ("-(a b)", Not(And((Word("a"), Word("b"))))),
        ('"a b"', Phrase("a b")),
        ('subject:"a b"', Field("subject", Phrase("a b"))),
        ("+unicorn", Word("unicorn", is_exact=True)),
        ("a AROUND 3 b", Near(Word("a"), Word("b"), 3)),
        ('a AROUND "b c"', Near(Word("a"), Phrase("b c"), 5)),
        ("rfc822msgid:<x-1@a.example>", Field("rfc822msgid", Word("<x-1@a.example>"))),
        ("a AND b", And((Word("a"), Word("b")))),
        ("((a))", Word("a")),
        ("a-b", Word("a-b")),
        ("foo:bar", Phrase("foo bar")),
        # Broken queries lose what is broken and nothing else.
        ("(a", Word("a")),
        ("a)", Word("a")),
        ("a } b", And((Word("a"), Word("b")))),
        ('"a', Phrase("a")),
        ("from: a", Word("a")),
        ("OR a", Word("a")),
        ("a OR", Word("a")),
        ("a - b", And((Word("a"), Word("-"), Word("b")))),
        ("from:() a", Word("a")),
    ],
)
def test_the_tree_of_a_query(query: str, tree: object) -> None:
    assert parse_query(query) == tree


@pytest.mark.parametrize(
    "query",
    [
        "", "harbour", "HARBOUR", "meeting", "meetings", "harbour map", '"harbour map"', "+meetings",
        "alesund", "ålesund", "来週", "打ち合わせ", "holidays",
        "ada", "from:ada", "from:byron", "from:ada.b@analytical.example", "from:analytical.example",
        'from:"Ada Byron"',
        "to:me", "to:demo@gmail.com", "to:lin", "cc:lin", "from:(ada OR lin)", "from:{lin ada}", "-from:lin",
        "subject:harbour", "subject:(map harbour)", "subject:(map -ferry)",
        "holiday AROUND 10 vacation", "vacation AROUND 10 holiday", "holiday AROUND 4 vacation",
        "harbour OR ferry", "{ferry harbour}", "harbour -ferry", "(ferry OR map) holiday",
        "label:work-project-x", "label:Work/Project-X", 'label:"Work/Project X"', "label:inbox",
        "has:userlabels",
        "in:inbox", "in:anywhere", "is:read", "-is:unread", "-is:starred", "-in:spam", "in:work-project-x",
        "category:primary", "-category:social", "rfc822msgid:m1@analytical.example",
        "rfc822msgid:<m1@analytical.example>",
        "larger:100", "smaller:1M", "size:10", "-larger:5k",
        "after:2026/11/20", "after:2026/11/19", "before:2026/11/21", "before:11/21/2026", "newer_than:2d",
        "older_than:1h", "newer_than:1m", "newer_than:1y", "after:1700000000", "older:2026/12/01",
        # Ignored, as Gmail does: nothing is narrowed by what makes no sense.
        "is:purple", "has:moustache", "after:yesterday", "older_than:soon", "older_than:3w", "larger:huge",
        "from:",
        "-from:(ada lin x)",
    ],
)  # fmt: skip
def test_what_finds_the_sample(query: str) -> None:
    assert matches(query)


@pytest.mark.parametrize(
    "query",
    [
        "harb", "arbour", "ferry", '"map harbour"', "+meeting", '"meeting"', "harbour ferry", "-harbour",
        "from:noor", "from:ad", "from:me", "to:ada", "cc:ada", "bcc:lin", "subject:holiday", "-to:me",
        "holiday AROUND 2 vacation", "label:work", "label:project-x", "-label:work-project-x",
        "has:nouserlabels",
        "in:spam", "in:trash", "in:sent", "in:drafts", "in:archive", "in:snoozed", "in:chats", "is:unread",
        "is:starred", "is:important", "is:muted", "category:social", "category:purchases",
        "category:nonsense",
        "rfc822msgid:m1", "larger:1M", "smaller:10", "after:2026/11/21", "before:2026/11/20", "older_than:2d",
        "newer_than:1h", "has:attachment", "filename:pdf", "list:mapmakers", "deliveredto:else@x.example",
        "has:drive", "has:green-star", "has:yellow-star", "{ferry boat}", "(x OR q) harbour", "label:nothing",
    ],
)  # fmt: skip
def test_what_does_not_find_the_sample(query: str) -> None:
    assert not matches(query)


def test_a_file_is_found_by_name_suffix_and_words() -> None:
    message = Sample(files=(pdf("Annual Report-2026.pdf", "x"),)).found()
    for query in ("has:attachment", "filename:pdf", "filename:.pdf", "filename:report", "report"):
        assert matches(query, message), query
    assert matches('filename:"annual report"', message)
    assert not matches("filename:png", message)
    assert not matches("filename:repo", message)


def test_list_deliveredto_and_bcc_read_the_header() -> None:
    message = Sample(
        extra=(
            ("List-Id", "Map makers <mapmakers.lists.example>"),
            ("Delivered-To", "demo+maps@gmail.com"),
            ("Bcc", "secret@x.example"),
        )
    ).found()
    assert matches("list:mapmakers.lists.example", message)
    assert matches("list:mapmakers", message)
    assert matches("deliveredto:demo+maps@gmail.com", message)
    assert matches("bcc:secret", message)


def test_state_operators() -> None:
    message = Sample().found(
        flags=frozenset(), label_names=frozenset(("\\Starred", "\\Important", "\\Sent")), place_kind=Kind.ALL
    )
    for query in ("is:unread", "in:unread", "is:starred", "is:important", "in:sent", "has:nouserlabels",
                  "has:yellow-star", "label:starred", "in:^t", "label:unread"):  # fmt: skip
        assert matches(query, message), query
    assert matches("in:archive", Sample().found(label_names=frozenset(("Work",))))
    assert matches("in:spam", Sample().found(place_kind=Kind.SPAM))
    assert matches("in:trash", Sample().found(place_kind=Kind.TRASH))
    assert matches("in:drafts", Sample().found(label_names=frozenset(("\\Draft",))))


def test_a_label_of_any_spelling_is_found_by_its_query_name() -> None:
    message = Sample().found(label_names=frozenset(("Übung & spaß", "مشروع", "a_b")))
    for query in ("label:übung---spaß", "label:ubung---spass", "label:مشروع", "label:a-b"):
        assert matches(query, message), query


def test_links_to_documents() -> None:
    message = Sample(text="See https://docs.google.com/document/d/1 and https://youtu.be/2").found()
    for query in ("has:drive", "has:document", "has:youtube"):
        assert matches(query, message), query
    assert not matches("has:spreadsheet", message)


def test_reservations_and_purchases() -> None:
    assert matches("category:purchases", Sample(subject="Your order 12", category="updates").found())
    assert matches("category:reservations", Sample(subject="Booking confirmed", category="updates").found())
    assert not matches("category:purchases", Sample(subject="Your order 12").found())


def test_days_are_those_of_the_account() -> None:
    late = Sample().found(date_ms=NOW - NOW % DAY - 30 * 60_000)  # half past eleven at night, UTC
    assert matches("before:2026/11/21", late)
    assert matches("after:2026/11/21", late, Context(NOW, zone_minutes=60))


def test_months_are_those_of_the_calendar() -> None:
    march_31 = Context(1_774_958_400_000)  # 2026-03-31 12:00 UTC; a month before it is the last of February
    assert matches("newer_than:1m", Sample().found(date_ms=1_774_958_400_000 - 30 * DAY), march_31)
    assert not matches("newer_than:1m", Sample().found(date_ms=1_774_958_400_000 - 32 * DAY), march_31)


def test_a_negated_list_counts_where_it_is_told_to() -> None:
    strict = Context(NOW, "demo@gmail.com", ignores_negated_lists=False)
    assert not matches("-from:(ada byron)", context=strict)


@given(st.text(st.one_of(st.characters(), st.sampled_from('(){}"-+: OR')), max_size=80))
def test_any_query_is_read(query: str) -> None:
    compile_query(query, CONTEXT)(_SAMPLE)


@given(
    st.lists(
        st.sampled_from(
            ["from:", "subject:", "-", "(", ")", "{", "}", '"', "OR", "AROUND", "3", "a", "+", "in:"]
        )
    )
)
def test_any_order_of_marks_is_read(marks: list[str]) -> None:
    compile_query(" ".join(marks), CONTEXT)(_SAMPLE)
    compile_query("".join(marks), CONTEXT)(_SAMPLE)


@pytest.mark.parametrize("unit", ["(", "-", "{a ", '"', "a OR ", "from:(", "a AROUND "])
def test_a_hostile_query_takes_no_time(unit: str) -> None:
    started = time.process_time()
    compile_query(unit * 20_000, CONTEXT)(_SAMPLE)
    assert time.process_time() - started < 3


_SAMPLE = Sample().found()
