"""Dates, flags and numbers: beside imaplib, and where they are kinder than it."""

from __future__ import annotations

import calendar
import imaplib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore import classic


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Kolkata", "STD-1DST,M3.2.0,M11.1.0"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A local time zone, for one test."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    "moment",
    [
        0,
        1.5,
        2_000_000_000,
        time.gmtime(2_000_000_000),
        (2033, 5, 18, 5, 33, 20, -1, -1, -1),
        (2033, 1, 18, 5, 33, 20, 0, 18, 0),
        datetime(2000, 1, 1, tzinfo=UTC),
        datetime(1999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
        '"anything in quotes"',
    ],
    ids=str,
)
def test_time2internaldate_beside_imaplib(
    zone: str, moment: float | classic.TimeTuple | datetime | str
) -> None:
    assert classic.Time2Internaldate(moment) == imaplib.Time2Internaldate(moment)


def test_local_time_is_local(zone: str) -> None:
    moment = time.localtime(1_000_000_000)
    assert classic.Time2Internaldate(moment) == imaplib.Time2Internaldate(moment)
    assert classic.Time2Internaldate(1_000_000_000) == classic.Time2Internaldate(moment)


@pytest.mark.parametrize("given", [datetime(2000, 1, 1), "no quotes", "", b'"bytes"', None])
def test_what_is_no_time_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match="date_time"):
        classic.Time2Internaldate(given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "response",
    [
        b'25 (INTERNALDATE "01-Jan-2000 00:00:00 +0000")',
        b'25 (INTERNALDATE "01-Jan-2000 11:30:00 +1130" UID 4)',
        b'(INTERNALDATE "31-Dec-1999 12:30:00 -1130")',
        b'INTERNALDATE " 1-Jul-1996 02:44:25 -0700"',
        b'"01-Jan-2000 00:00:00 +0000"',
        b"25 (UID 4)",
        b"",
    ],
)
def test_internaldate2tuple_beside_imaplib(zone: str, response: bytes) -> None:
    assert classic.Internaldate2tuple(response) == imaplib.Internaldate2tuple(response)


@pytest.mark.parametrize(
    "response",
    [
        b'INTERNALDATE "01-Foo-2000 00:00:00 +0000"',
        b'INTERNALDATE "31-Feb-2000 00:00:00 +0000"',
        b'INTERNALDATE "01-Jan-2000 25:00:00 +0000"',
    ],
)
def test_no_such_date_is_none(response: bytes) -> None:
    assert classic.Internaldate2tuple(response) is None


def test_text_and_other_spellings_are_read_too() -> None:
    expected = time.localtime(calendar.timegm((2000, 1, 1, 0, 0, 0)))
    assert classic.Internaldate2tuple('INTERNALDATE "01-Jan-2000 00:00:00 +0000"') == expected
    assert classic.Internaldate2tuple(b'internaldate "1-jan-2000 00:00:00 +0000"') == expected


@given(seconds=st.integers(0, 4_000_000_000))
def test_there_and_back_again(seconds: int) -> None:
    spelled = classic.Time2Internaldate(seconds)
    parsed = classic.Internaldate2tuple(f"INTERNALDATE {spelled}".encode())
    assert parsed is not None
    assert int(time.mktime(parsed)) == seconds


@pytest.mark.parametrize(
    "response",
    [b"FLAGS (\\Seen \\Answered foo)", b"1 (FLAGS () UID 3)", b"\\Seen", b"1 (UID 5 FLAGS (a] [b] $c))", b""],
)
def test_parseflags_beside_imaplib(response: bytes) -> None:
    assert classic.ParseFlags(response) == imaplib.ParseFlags(response)


def test_parseflags_reads_text_too() -> None:
    assert classic.ParseFlags("1 (FLAGS (\\Seen))") == (b"\\Seen",)


@given(number=st.integers() | st.floats(-1e9, 1e9))
def test_int2ap_beside_imaplib(number: float) -> None:
    assert classic.Int2AP(number) == imaplib.Int2AP(number)


def test_the_table_allows_what_imaplibs_allows() -> None:
    # In a process of its own: other libraries add to imaplib's table when they are imported.
    told = subprocess.run(
        [sys.executable, "-c", "import imaplib, json; print(json.dumps(imaplib.Commands))"],
        check=True,
        capture_output=True,
        timeout=30,
    )
    table = {name: tuple(states) for name, states in json.loads(told.stdout).items()}
    assert {name: classic.Commands.get(name) for name in table} == table
