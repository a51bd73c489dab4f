"""The offline search, and views narrowed by words."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from imapcore.model import (
    Everything,
    MarkAll,
    View,
)
from imapcore.store import Reader, Store
from imapcore.store.threads.targets import Targets
from tests.store.mail.steps import ALL
from tests.store.worlds import message


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("invoice", (3, 1)),
        ("INVOI", (3, 1)),
        ("invoice pay", (1,)),
        ('"invoice for"', (1,)),
        ('"march invoice"', ()),
        ('"INVOICE for"', (1,)),
        ('"invoice fo"', ()),
        ('"please pay"', (1,)),
        ('"pay please"', ()),
        ('"march please"', ()),
        ('subject:"for march"', (1,)),
        ('subject:"please pay"', ()),
        ('"ann lee"', (6, 5, 1)),
        ('"lee ann"', ()),
        ('"reunion generale"', (6,)),
        ('"資料"', (5,)),
        ('"料資"', ()),
        ('invoice -"for march"', (3,)),
        ('lunch OR "for march"', (2, 1)),
        ('{"for march" "march for"}', (1,)),
        ("+invoice", (3, 1)),
        ("+invoic", ()),
        ("+pay", (1,)),
        ("from:+ann", (6, 5, 1)),
        ("-march invoice", (3,)),
        ("subject:invoice from:ann", (1,)),
        ("from:bob@example.org", (2,)),
        ("to:bob", (3,)),
        ("-from:bob lunch", ()),
        ("from:ray", (2,)),
        ("in:anywhere invoice", (4, 3, 1)),
        ("in:spam invoice", (4,)),
        ("in:inbox", (1,)),
        ("label:work-top-secret", (2,)),
        ("label:nothing", ()),
        ("is:read", (2,)),
        ("is:unread invoice", (3, 1)),
        ("has:attachment", (2,)),
        ("資料", (5,)),
        ("reunion generale", (6,)),
        ("rfc822msgid:2@example.org", (2,)),
        ("larger:1k", ()),
        ("smaller:1k lunch", (2,)),
        ("after:2026/11/21 lunch", (2,)),
        ("before:2026-11-20 lunch", ()),
        ("newer_than:1d lunch", (2,)),
        ("older_than:1d lunch", ()),
        ("march OR lunch", (2, 1)),
        ("invoice paid OR pay", (3, 1)),
        ("lunch | reunion", (6, 2)),
        ("{lunch reunion}", (6, 2)),
        ("from:ann OR to:bob invoice", (3, 1)),
        ("from:(bob OR ann) invoice OR lunch", (2, 1)),
        ("subject:(invoice march)", (1,)),
        ("subject:{march lunch}", (2, 1)),
        ("{march (lunch from:bob)}", (2, 1)),
        ("{march (lunch from:ann)}", (1,)),
        ("-{invoice lunch} -in:sent", (6, 5)),
        ("-(invoice march) invoice", (3,)),
        ("has:attachment OR in:sent", (3, 2)),
        ("march OR has:attachment", (2, 1)),
        ("invoice in:spam OR in:inbox", (4, 1)),
        ("(in:anywhere) invoice", (4, 3, 1)),
        ("in:anywhere", (6, 5, 4, 3, 2, 1)),
        ("invoice OR filename:pdf lunch", ()),
        ("paid AROUND 9 invoice", ()),
        ("march AROUND invoice", (1,)),
        ("march AROUND 0 invoice", ()),
        ("invoice AROUND 1 march", (1,)),
        ('"invoice AROUND 1 march"', (1,)),
        ('"march AROUND 1 invoice"', ()),
        ('invoice AROUND "for march"', (1,)),
        ('invoice AROUND "for pay"', ()),
        ("subject:invoice AROUND subject:march", (1,)),
        ("subject:(invoice AROUND 0 march)", ()),
        ("subject:(INVOICE AROUND 1 march)", (1,)),
        ("lunch OR march AROUND 0 invoice", (2,)),
        ("lunch OR invoice AROUND 2 march", (2, 1)),
        ('-"invoice AROUND 1 march" invoice', (3,)),
        ("generale AROUND 3 reunion", (6,)),
        ("資 AROUND 1 料", (5,)),
        ("around invoice", ()),
        ("lunch OR", (2,)),
        ("OR lunch", (2,)),
        ("(lunch", (2,)),
        ("lunch)", (2,)),
        ("()", ()),
        ("", ()),
        ("   ", ()),
    ],
)
@pytest.mark.usefixtures("library")
def test_the_offline_search(reader: Reader, query: str, found: tuple[int, ...]) -> None:
    assert reader.find(query).msgids == found


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata"])
@pytest.mark.parametrize(
    "day", [date(2026, 11, 20), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1)]
)
def test_days_are_those_that_the_rows_show(store: Store, reader: Reader, zone: str, day: date) -> None:
    """A minute before and after each end of the day: only what its row says is that day's is found."""
    here = ZoneInfo(zone)
    ends = [datetime.combine(each, time(), here) for each in (day, day + timedelta(days=1))]
    moments = [int(end.timestamp() * 1000) + shift for end in ends for shift in (-60_000, 0)]
    store.messages.apply([message(n, n, date=moment) for n, moment in enumerate(moments, 1)])
    shown = {
        n for n, moment in enumerate(moments, 1) if datetime.fromtimestamp(moment / 1000, here).date() == day
    }
    this, following = (f"{each:%Y/%m/%d}" for each in (day, day + timedelta(days=1)))
    for after, before in (("after", "before"), ("newer", "older")):
        found = reader.find(f"{after}:{this} {before}:{following}", zone=here)
        assert set(found.msgids) == shown == {2, 3}
        assert set(reader.find(f"-{after}:{this}", zone=here).msgids) == {1}


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("query", "ignored"),
    [
        ("invoice filename:pdf", ("filename:",)),
        ("invoice is:muted", ("is:muted",)),
        ("invoice OR lunch", ()),
        ("filename:(pdf doc) OR lunch", ("filename:",)),
        ("invoice after:soon", ("after:soon",)),
        ("category:promotions invoice", ("category:",)),
        ("invoice AROUND 3 march", ()),
        ("invoice AROUND", ("AROUND",)),
        ("AROUND 3 invoice", ("AROUND",)),
        ("from:ann AROUND 3 invoice", ("AROUND",)),
        ("from:ann AROUND from:bob", ("AROUND",)),
        ("(invoice AROUND) march", ("AROUND",)),
        ("invoice AROUND (march lunch)", ("AROUND",)),
        ("invoice AROUND 3 -march", ("AROUND",)),
    ],
)
def test_the_offline_search_says_what_it_left_out(
    reader: Reader, query: str, ignored: tuple[str, ...]
) -> None:
    assert reader.find(query).ignored == ignored


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    "query",
    [
        '"',
        '"""',
        "AND",
        "NEAR(",
        "*",
        "subject:",
        "a* OR b:",
        pytest.param("(" * 5000, id="never closed"),
        pytest.param("a OR " * 900, id="many words, one is enough"),
        pytest.param("a b|c " * 700, id="many pairs of words"),
        pytest.param("in:a " * 900, id="many labels"),
        pytest.param("to:a|" * 900, id="many people, one is enough"),
        pytest.param("{a (b " * 300, id="words within words"),
        pytest.param("{(" * 30 + "a" + ")}" * 40, id="very deep"),
        "-",
        "OR OR",
        "from:(",
        "'; DROP TABLE op; --",
        "AROUND AROUND 3 AROUND",
        '"a AROUND 99999 b" AROUND 3 c',
        'AROUND "" ()',
        "- AROUND -",
        '"a AROUND !" ? AROUND !',
        "\x00",
    ],
)
def test_no_query_is_a_fault(reader: Reader, query: str) -> None:
    reader.find(query)
    reader.lists.window(View(ALL.kind, ALL.value, text=query))


@pytest.mark.usefixtures("library")
def test_a_view_narrowed_by_words(reader: Reader) -> None:
    narrow = View(ALL.kind, ALL.value, text="invo")
    assert [row.thrid for row in reader.lists.window(narrow).rows] == [3, 1]
    assert (reader.lists.window(narrow).total, reader.lists.window(narrow).unread) == (2, 2)
    assert [row.thrid for row in reader.lists.window(View(ALL.kind, ALL.value, text="ann march")).rows] == [1]
    assert reader.lists.window(View(ALL.kind, ALL.value, text="zebra")).rows == ()


def test_everything_in_a_view_goes_newest_first(store: Store, reader: Reader) -> None:
    dates = {1: 30, 2: 10, 3: 40, 4: 20}
    store.messages.apply([message(n, n, date=date) for n, date in dates.items()])
    taken = store.writer.call(lambda tx: list(Targets(tx.rows).batches(Everything(ALL), 1)))
    assert [thrid for thrids, _ in taken for thrid in thrids] == [3, 1, 4, 2]
    assert [row.thrid for row in reader.lists.window(ALL).rows] == [3, 1, 4, 2]


@pytest.mark.usefixtures("library")
def test_everything_in_a_narrowed_view(store: Store, reader: Reader) -> None:
    assert reader.threads.expand(Everything(View(ALL.kind, ALL.value, text="invoice"))) == (1, 3)
    assert store.journal.submit(MarkAll(View(ALL.kind, ALL.value, text="invoice"))).messages == 2
