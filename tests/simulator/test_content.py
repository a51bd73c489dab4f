"""The mail the embedded account holds: plausible, consistent, the same for the same seed."""

from __future__ import annotations

import itertools
import random
import re
import time
from collections import Counter

import pytest

from imapcore.simulator.account.kinds import Kind
from imapcore.simulator.account.source import StoredSeed
from imapcore.simulator.account.stored_mail import parse_mail
from imapcore.simulator.demo_mail.bulk import BulkSeed
from imapcore.simulator.demo_mail.mailbox import Seed, arrivals, bulk_messages, classify, demo_messages, store
from imapcore.simulator.demo_mail.script import read_script
from imapcore.simulator.demo_mail.story import Story, Turn, moment, tell, unfold
from imapcore.simulator.demo_mail.words import OWNER

NOW = 1_795_251_600_000
DAY = 86_400_000


@pytest.fixture(scope="module")
def demo() -> list[StoredSeed]:
    return demo_messages(1, NOW)


@pytest.fixture(scope="module")
def bulk() -> list[BulkSeed]:
    return bulk_messages(3000, 1, NOW)


def conversations(mail: list[StoredSeed]) -> dict[str, list[StoredSeed]]:
    found: dict[str, list[StoredSeed]] = {}
    for message in mail:
        found.setdefault(message.references[0] if message.references else message.message_id, []).append(
            message
        )
    return found


def test_the_demo_is_the_same_for_the_same_seed(demo: list[StoredSeed]) -> None:
    assert demo_messages(1, NOW) == demo
    assert [m.message_id for m in demo_messages(2, NOW)] != [m.message_id for m in demo]


def test_the_demo_has_the_size_of_a_mailbox(demo: list[StoredSeed]) -> None:
    threads = conversations(demo)
    assert 350 <= len(demo) <= 450
    assert 120 <= len(threads) <= 200
    lengths = Counter(map(len, threads.values()))
    assert max(lengths) == 25
    assert sum(count for length, count in lengths.items() if length > 2) >= 40


def test_the_demo_is_of_today_and_of_years_back(demo: list[StoredSeed]) -> None:
    ages = [(NOW - message.date_ms) / DAY for message in demo]
    assert min(ages) > 0
    assert sum(age < 0.4 for age in ages) >= 15
    assert sum(0.4 <= age < 2 for age in ages) >= 15
    assert sum(age < 8 for age in ages) >= 80
    assert sum(age > 365 for age in ages) >= 5
    assert [m.date_ms for m in demo] == sorted(m.date_ms for m in demo)


def test_the_demo_has_every_kind_of_mail(demo: list[StoredSeed]) -> None:
    labels = Counter(label for message in demo for label in message.labels)
    for label in (
        "\\Inbox",
        "\\Sent",
        "\\Draft",
        "\\Starred",
        "\\Important",
        "Work/contracts",
        "Family/school",
        "Travel/trains",
        "مشروع",
        "読書会",
        "Home & garden",
    ):
        assert labels[label], label
    assert {m.place for m in demo} == {Kind.ALL, Kind.SPAM, Kind.TRASH}
    assert {m.category for m in demo} == {"primary", "social", "promotions", "updates", "forums"}
    assert sum("\\Seen" not in m.flags for m in demo) >= 25
    subjects = " ".join(m.subject for m in demo)
    for script in ("مشروع", "来週", "📷", "Καλοκαίρι", "R\u0337", "Bilder fra"):
        assert script in subjects, script
    files = {file.filename.rpartition(".")[2] for m in demo for file in m.mail().files()}
    assert {"pdf", "png", "csv", "ics", "txt"} <= files
    assert {m.mail().header("list-unsubscribe") != "" for m in demo} == {True, False}


def test_own_answers_stand_inside_conversations(demo: list[StoredSeed]) -> None:
    mine = [m for m in demo if OWNER.email in m.sender]
    assert len(mine) >= 60
    for message in mine:
        assert ("\\Sent" in message.labels) is not ("\\Draft" in message.labels)
        assert "\\Inbox" not in message.labels
        assert "\\Seen" in message.flags
    assert any(message.references for message in mine)


def test_every_answer_names_what_it_answers(demo: list[StoredSeed]) -> None:
    known = {message.message_id: message for message in demo}
    assert len(known) == len(demo)
    for message in demo:
        assert bool(message.in_reply_to) is bool(message.references)
        if message.in_reply_to:
            assert message.in_reply_to in message.references
            assert known[message.in_reply_to].date_ms < message.date_ms


def test_nobody_and_nothing_in_it_is_real(demo: list[StoredSeed]) -> None:
    for message in demo:
        words = message.raw().decode("latin-1").replace("=\r\n", "") + message.mail().text()
        for host in re.findall(r"(?:@|https?://)([A-Za-z0-9.-]+\.[a-z]{2,})", words):
            assert host.endswith(".example") or host == "gmail.com", host


@pytest.mark.parametrize("seed", [1, 7])
def test_cheap_fields_are_those_of_the_octets(seed: int) -> None:
    rng = random.Random(seed)
    sample: list[Seed] = [*demo_messages(seed, NOW), *rng.sample(bulk_messages(4000, seed, NOW), 400)]
    for message in sample:
        raw = message.raw()
        mail = parse_mail(raw)
        assert message.size == len(raw)
        assert message.subject == mail.header("subject")
        assert message.date == mail.header("date")
        assert message.message_id == mail.header("message-id")
        assert message.in_reply_to == mail.header("in-reply-to")
        assert message.references == tuple(mail.header("references").split())
        assert _bare(message.sender) == _bare(mail.header("from"))
        assert _bare(message.to) == _bare(mail.header("to"))
        assert _bare(message.cc) == _bare(mail.header("cc"))
        assert message.mail().envelope() == mail.envelope()
        assert message.mail().size == len(raw)
        assert b"\r\n" in raw
        assert b"\n" not in raw.replace(b"\r\n", b"")
        assert max(map(len, raw.split(b"\r\n"))) <= 998


def _bare(header: str) -> str:
    return header.replace('"', "").replace("\\", "")


def test_bulk_mail_is_the_same_for_the_same_seed(bulk: list[BulkSeed]) -> None:
    again = bulk_messages(3000, 1, NOW)
    assert [m.raw() for m in again[:200]] == [m.raw() for m in bulk[:200]]
    assert [m.raw() for m in bulk_messages(50, 2, NOW)] != [m.raw() for m in bulk_messages(50, 1, NOW)]


def test_bulk_mail_is_varied(bulk: list[BulkSeed]) -> None:
    labels = Counter(label for m in bulk for label in m.labels)
    assert {"\\Inbox", "\\Sent", "\\Important", "\\Starred", "Work", "مشروع", "読書会"} <= set(labels)
    assert {m.place for m in bulk} == {Kind.ALL, Kind.SPAM, Kind.TRASH}
    assert len({m.category for m in bulk}) == 5
    assert len({m.subject for m in bulk}) > 900
    assert any(m.references for m in bulk)
    assert sum(any(not f.is_inline for f in m.mail().files()) for m in bulk[:400]) > 10
    assert [m.date_ms for m in bulk] == sorted(m.date_ms for m in bulk)
    assert bulk[-1].date_ms < NOW


@pytest.mark.parametrize("count", [0, 1, 7])
def test_bulk_gives_as_many_as_asked(count: int) -> None:
    assert len(bulk_messages(count, 1, NOW)) == count


def test_a_hundred_thousand_are_ready_in_seconds() -> None:
    started = time.thread_time()
    assert len(bulk_messages(100_000, 1, NOW)) == 100_000
    assert time.thread_time() - started < 10


def test_mail_keeps_coming(demo: list[StoredSeed]) -> None:
    clock = itertools.count(NOW, 40_000)
    coming = list(itertools.islice(arrivals(1, lambda: next(clock), demo), 120))
    assert [m.date_ms for m in coming] == list(range(NOW, NOW + 120 * 40_000, 40_000))
    assert len({m.message_id for m in coming}) == 120
    known = {m.message_id for m in demo}
    assert 10 < sum(m.in_reply_to in known for m in coming) < 90
    assert all("\\Inbox" in m.labels and OWNER.email not in m.sender for m in coming)
    assert len(list(itertools.islice(arrivals(1, lambda: NOW), 5))) == 5


@pytest.mark.parametrize(
    ("header", "category"),
    [
        ("From: a@lumen-social.example", "social"),
        ("From: a@x.example\r\nList-Id: <a>\r\nList-Post: <b>", "forums"),
        ("From: a@x.example\r\nList-Unsubscribe: <a>", "promotions"),
        ("From: no-reply@x.example", "updates"),
        ("From: ada@x.example", "primary"),
    ],
)
def test_other_mail_is_put_in_a_tab(header: str, category: str) -> None:
    raw = f"{header}\r\n\r\nx".encode()
    assert classify(parse_mail(raw)) == category
    assert store(raw, NOW).category == category


@pytest.mark.parametrize(
    ("when", "age_ms"),
    [("12m", 720_000), ("3h", 3 * 3_600_000), ("1d2h", 26 * 3_600_000), ("1y", 365 * DAY)],
)
def test_ages(when: str, age_ms: int) -> None:
    assert moment(when, NOW) == NOW - age_ms


def test_an_hour_of_an_earlier_day() -> None:
    assert moment("2d@18:30", NOW) == NOW - NOW % DAY - 2 * DAY + (18 * 60 + 30) * 60_000


@pytest.mark.parametrize("when", ["", "soon", "3"])
def test_what_is_no_age_raises(when: str) -> None:
    with pytest.raises(ValueError, match="no age"):
        moment(when, NOW)


def test_a_script_becomes_stories() -> None:
    story, other = read_script("""
== First
labels: Work, Travel
as: important, category=updates
-- ADA 3d@09:00 | unread, file=a.pdf
Two lines
of one paragraph.

- a list
-- ME 2h | to=ADA
Yes.
== Second
-- LIN 1h
x
""")
    assert (story.subject, story.labels, story.category, story.is_important) == (
        "First",
        ("Work", "Travel"),
        "updates",
        True,
    )
    assert [turn.who.name for turn in story.turns] == ["Ada Byron", OWNER.name]
    assert story.turns[0].is_unread
    assert unfold(story.turns[0].text) == "Two lines of one paragraph.\n\n- a list"
    assert other.subject == "Second"


@pytest.mark.parametrize(
    "script",
    [
        "== A\n-- NOBODY 1h\nx",
        "== A\n-- ADA 1h | funny\nx",
        "== A\nas: strange\n-- ADA 1h\nx",
        "== A\nmood: x\n-- ADA 1h\nx",
        "== A\n-- ADA 1h | file=a.exe\nx",
    ],
)
def test_mistakes_in_a_script_raise(script: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        read_script(script)


def test_an_answer_quotes_what_it_answers() -> None:
    (story,) = read_script("== A\n-- ADA 3h\nfirst words\n-- ME 2h\nanswer\n-- LIN 1h\nmore")
    first, second, third = tell(story, NOW, random.Random(1))
    assert "> first words" in second.mail().text()
    assert ">> first words" in third.mail().text()
    assert third.references == (first.message_id, second.message_id)
    assert "\\Answered" in first.flags


def test_a_story_of_the_future_is_told_now() -> None:
    story = Story("x", (Turn(read_script("== A\n-- ADA 1h\nx")[0].turns[0].who, "0m", "y"),))
    assert tell(story, NOW, random.Random(1))[0].date_ms < NOW
