"""What an invitation calls a time zone → a zone that can be reckoned with (RFC 5545 §3.2.19, §3.6.5).

Names come from the time zone database, from Windows, or from a program's own invention with the first at its
end; where none is known, the rules that the calendar brings along are followed. What a zone is called is from
mail: only what looks like such a name is ever looked up.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from msgspec import Struct

from imapcore.mime.windows_zones import ZONES

_NAME = re.compile(
    r"(?:^|/)((?:[A-Z][A-Za-z_]{1,20}/){1,2}[A-Za-z0-9_+-]{2,30}|UTC|GMT|EST|MST|HST|CET|EET|WET)$"
)
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(?:\d\d)?")
_WINDOWS = {name.casefold(): zone for name, zone in ZONES.items()}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Observance(Struct, frozen=True):
    """One half of a zone's year: ``STANDARD`` or ``DAYLIGHT``."""

    offset: timedelta
    month: int = 0
    week: int = 0
    """1 the first such day, -1 the last; 0 when it has no rule."""
    weekday: int = 0
    hour: int = 0

    def begins(self, year: int) -> datetime:
        """When it begins in a year, by the clock of the other half."""
        if self.week < 0:
            following = datetime(year + self.month // 12, self.month % 12 + 1, 1)
            last = following - timedelta(days=1)
            return last - timedelta(days=(last.weekday() - self.weekday) % 7) + timedelta(hours=self.hour)
        first = datetime(year, self.month, 1)
        days = (self.weekday - first.weekday()) % 7 + 7 * (self.week - 1)
        return first + timedelta(days=days, hours=self.hour)


class Rules(Struct, frozen=True):
    """What a VTIMEZONE says."""

    standard: Observance
    daylight: Observance | None = None

    def zone_at(self, moment: datetime) -> tzinfo:
        """The zone as a fixed offset, as it is at a moment by its own clock."""
        summer = self.daylight
        if summer is None or not summer.week or not self.standard.week:
            return timezone(self.standard.offset)
        begins, ends = summer.begins(moment.year), self.standard.begins(moment.year)
        is_summer = begins <= moment < ends if begins < ends else not ends <= moment < begins
        return timezone(summer.offset if is_summer else self.standard.offset)


def find_zone(name: str) -> tzinfo | None:
    """The zone of that name, or None when nobody knows it."""
    name = name.strip().strip('"')[:100]
    known = _WINDOWS.get(name.casefold())
    match = _NAME.search(known or name)
    if match is None:
        return None
    if match[1] in ("UTC", "GMT"):
        return UTC
    try:
        return ZoneInfo(match[1])
    except (KeyError, ValueError, OSError):
        # Not in this machine's database, or the name of a folder in it.
        return None


def read_rules(lines: list[tuple[str, str]]) -> Rules | None:
    """The rules of a VTIMEZONE's properties, (name, value) with its BEGIN and END lines; None for none."""
    halves: dict[str, Observance] = {}
    half = ""
    found: dict[str, str] = {}
    for name, value in lines:
        if name == "BEGIN":
            half, found = value.strip().upper(), {}
        elif name == "END" and half in ("STANDARD", "DAYLIGHT"):
            observance = _observance(found)
            if observance is not None:
                # A zone with a history lists many; the last one is in force.
                halves[half] = observance
            half = ""
        else:
            found[name] = value
    standard = halves.get("STANDARD") or halves.get("DAYLIGHT")
    return Rules(standard, halves.get("DAYLIGHT")) if standard is not None else None


def _observance(found: dict[str, str]) -> Observance | None:
    offset = _OFFSET.match(found.get("TZOFFSETTO", "").strip())
    if offset is None or int(offset[2]) > 23 or int(offset[3]) > 59:
        return None
    shift = timedelta(hours=int(offset[2]), minutes=int(offset[3])) * (-1 if offset[1] == "-" else 1)
    rule = dict(part.partition("=")[::2] for part in found.get("RRULE", "").upper().split(";"))
    day = re.fullmatch(r"([+-]?[1-5])([A-Z]{2})", rule.get("BYDAY", ""))
    month = rule.get("BYMONTH", "")
    start = re.match(r"\d{8}T(\d\d)", found.get("DTSTART", ""))
    if day is None or day[2] not in _DAYS or not month.isdecimal() or not 1 <= int(month[:3]) <= 12:
        return Observance(shift)
    week = max(-1, int(day[1]))
    return Observance(shift, int(month), week, _DAYS.index(day[2]), min(23, int(start[1])) if start else 0)
