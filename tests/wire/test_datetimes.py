"""INTERNALDATE and SEARCH dates."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.wire.datetimes import format_date, format_internaldate, parse_date, parse_internaldate

MS_1996 = 837_596_665_000


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("17-Jul-1996 02:44:25 -0700", MS_1996),
        ("17-Jul-1996 09:44:25 +0000", MS_1996),
        ("17-jul-1996 15:14:25 +0530", MS_1996),
        (" 1-Jan-1970 00:00:00 +0000", 0),
        ("1-Jan-1970 00:00:00 +0000", 0),
        ("31-Dec-1969 23:59:59 +0000", -1000),
        ("31-Dec-2016 23:59:60 +0000", 1_483_228_799_000),
        ("29-Feb-2024 12:00:00 +0000", 1_709_208_000_000),
    ],
)
def test_reads_a_moment(text: str, ms: int) -> None:
    assert parse_internaldate(text) == ms
    assert parse_internaldate(text.encode()) == ms


@pytest.mark.parametrize(
    "text",
    [
        "",
        "17-Jul-1996",
        "17-Jux-1996 02:44:25 -0700",
        "30-Feb-1996 02:44:25 -0700",
        "17-Jul-1996 25:44:25 -0700",
        "17-Jul-1996 02:44:25",
        "17-Jul-1996 02:44:25 -0700 ",
        "١٧-Jul-1996 02:44:25 -0700",
    ],
)
def test_refuses_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError):
        parse_internaldate(text)


@given(st.integers(-62_135_596_800, 253_402_300_799), st.integers(-12 * 60, 14 * 60))
def test_moments_survive(seconds: int, offset: int) -> None:
    try:
        text = format_internaldate(seconds * 1000, offset)
    except ValueError:
        assert not -62_135_500_000 < seconds < 253_402_200_000, "only at the ends of time"
        return
    assert parse_internaldate(text.strip('"')) == seconds * 1000


def test_writes_a_moment() -> None:
    assert format_internaldate(MS_1996) == '"17-Jul-1996 09:44:25 +0000"'
    assert format_internaldate(MS_1996, -420) == '"17-Jul-1996 02:44:25 -0700"'
    assert format_internaldate(MS_1996, 330) == '"17-Jul-1996 15:14:25 +0530"'


def test_refuses_moments_out_of_this_world() -> None:
    with pytest.raises(ValueError, match="no such date"):
        format_internaldate(10**18)
    with pytest.raises(ValueError):
        format_internaldate(0, 24 * 60)


@given(st.dates())
def test_dates_survive(day: date) -> None:
    assert parse_date(format_date(day)) == day


def test_reads_dates_as_people_send_them() -> None:
    assert parse_date('"1-Feb-1994"') == date(1994, 2, 1)
    assert parse_date(b"01-feb-1994") == date(1994, 2, 1)
    assert format_date(date(1994, 2, 1)) == "1-Feb-1994"
    with pytest.raises(ValueError, match="not a date"):
        parse_date("1994-02-01")
    with pytest.raises(ValueError, match="no such month"):
        parse_date("1-Mai-1994")
