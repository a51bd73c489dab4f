"""Dates on the wire ↔ milliseconds since 1970-01-01 UTC (RFC 3501 §9 ``date-time`` and ``date``).

Values only, and no clock: "now" is always an argument of somebody else. Month names are English
whatever the locale says, so ``strftime`` and ``strptime`` are of no use here.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""The month names of RFC 3501 ``date-month``."""

_MONTH_NUMBER = {name.lower(): number for number, name in enumerate(MONTHS, 1)}

_DATE_TIME = re.compile(
    r"[ ]?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})", re.ASCII
)
_DATE = re.compile(r"[ ]?(\d{1,2})-([A-Za-z]{3})-(\d{4})", re.ASCII)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_internaldate(text: str | bytes) -> int:
    """``"17-Jul-1996 02:44:25 -0700"`` without its quotes → milliseconds since 1970-01-01 UTC.

    A leading space or a single-digit day is fine (RFC 3501 ``date-day-fixed`` pads by a space), as is a
    leap second, read as the second before it. Raises ValueError otherwise.
    """
    if isinstance(text, bytes):
        text = text.decode("ascii", "replace")
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"not a date-time: {text[:40]!r}")
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = match.groups()
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
    moment = datetime(
        int(year), _month(month), int(day), int(hour), int(minute), min(int(second), 59), tzinfo=UTC
    )
    moment_ms = (moment - _EPOCH) // timedelta(milliseconds=1)
    offset_ms = offset // timedelta(milliseconds=1)
    return moment_ms + offset_ms if sign == "-" else moment_ms - offset_ms


def format_internaldate(ms: int, offset_minutes: int = 0) -> str:
    """Milliseconds since 1970-01-01 UTC → ``"17-Jul-1996 02:44:25 -0700"`` with its quotes.

    ``offset_minutes`` is the zone to write the moment in, east positive. Raises ValueError outside the
    years 1 to 9999 and for a zone of a day or more.
    """
    try:
        moment = (_EPOCH + timedelta(milliseconds=ms)).astimezone(timezone(timedelta(minutes=offset_minutes)))
    except OverflowError as error:
        raise ValueError(f"no such date: {ms} ms since 1970") from error
    sign = "-" if offset_minutes < 0 else "+"
    hours, minutes = divmod(abs(offset_minutes), 60)
    return (
        f'"{moment.day:02d}-{MONTHS[moment.month - 1]}-{moment.year:04d} '
        f'{moment.hour:02d}:{moment.minute:02d}:{moment.second:02d} {sign}{hours:02d}{minutes:02d}"'
    )


def parse_date(text: str | bytes) -> date:
    """A SEARCH date, ``1-Feb-1994`` with or without quotes. Raises ValueError otherwise."""
    if isinstance(text, bytes):
        text = text.decode("ascii", "replace")
    match = _DATE.fullmatch(text.strip('"'))
    if match is None:
        raise ValueError(f"not a date: {text[:40]!r}")
    return date(int(match[3]), _month(match[2]), int(match[1]))


def format_date(day: date) -> str:
    """A date as SEARCH takes it: ``1-Feb-1994``, without quotes or zone."""
    return f"{day.day}-{MONTHS[day.month - 1]}-{day.year:04d}"


def _month(name: str) -> int:
    number = _MONTH_NUMBER.get(name.lower())
    if number is None:
        raise ValueError(f"no such month: {name!r}")
    return number
