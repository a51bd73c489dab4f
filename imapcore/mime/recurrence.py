"""A recurrence rule in words (RFC 5545 §3.3.10): ``FREQ=WEEKLY;BYDAY=MO`` → "every week on Monday"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_UNITS = {"SECONDLY": "second", "MINUTELY": "minute", "HOURLY": "hour", "DAILY": "day", "WEEKLY": "week",
          "MONTHLY": "month", "YEARLY": "year"}  # fmt: skip
_ORDINALS = {"1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth", "-1": "last",
             "-2": "last but one"}  # fmt: skip
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MOST = 31


def show_day(day: date) -> str:
    """``Tuesday, 24 November 2026``, in English whatever the machine speaks."""
    return f"{DAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def show_rule(rule: str, start: date | None = None) -> str:
    """A rule in words, or nothing where it is none. ``start`` names the day where the rule does not."""
    parts = dict(part.partition("=")[::2] for part in rule[:2000].upper().split(";"))
    unit = _UNITS.get(parts.get("FREQ", "").strip())
    if unit is None:
        return ""
    every = parts.get("INTERVAL", "1").strip()
    count = int(every) if every.isdecimal() and 1 <= len(every) < 5 else 1
    words = (
        f"every {unit}" if count <= 1 else "every other " + unit if count == 2 else f"every {count} {unit}s"
    )
    days = [match for each in parts.get("BYDAY", "").split(",")[:_MOST] if (match := _DAY.fullmatch(each))]
    words = _when(words, unit, count, parts, days, start)
    return words + _end(parts)


def _when(
    words: str,
    unit: str,
    count: int,
    parts: dict[str, str],
    days: list[re.Match[str]],
    start: date | None,
) -> str:
    codes = [match[2] for match in days]
    if unit in ("day", "week") and count == 1 and sorted(codes) == sorted(_CODES[:5]):
        return "every weekday"
    months = _numbers(parts.get("BYMONTH", ""), lambda number: MONTHS[number - 1], 12)
    dates = _numbers(parts.get("BYMONTHDAY", ""), _ordinal, 31)
    position = parts.get("BYSETPOS", "")
    if days and unit in ("month", "year"):
        if position in _ORDINALS and sorted(codes) == sorted(_CODES[:5]):
            words += f" on the {_ORDINALS[position]} weekday"
        else:
            named = [_nth(match, position) for match in days]
            words += f" on {_list(named)}"
    elif days:
        words += f" on {_list([DAYS[_CODES.index(code)] for code in codes])}"
    elif dates and unit == "year" and len(dates) == 1 and len(months) == 1:
        return f"{words} on {parts['BYMONTHDAY'].strip()} {months[0]}"
    elif dates:
        words += f" on the {_list(dates)}"
    elif start is not None and unit == "week":
        words += f" on {DAYS[start.weekday()]}"
    elif start is not None and unit == "month":
        words += f" on the {_ordinal(start.day)}"
    elif start is not None and unit == "year" and not months:
        words += f" on {start.day} {MONTHS[start.month - 1]}"
    return words + (f" in {_list(months)}" if months else "")


def _nth(match: re.Match[str], position: str) -> str:
    day = DAYS[_CODES.index(match[2])]
    which = _ORDINALS.get((match[1] or position).lstrip("+"))
    return f"the {which} {day}" if which else day


def _end(parts: dict[str, str]) -> str:
    until = _UNTIL.match(parts.get("UNTIL", ""))
    if until is not None:
        try:
            return f", until {show_day(date(int(until[1]), int(until[2]), int(until[3])))}"
        except ValueError:
            return ""
    times = parts.get("COUNT", "").strip()
    if times.isdecimal() and len(times) < 6:
        return f", {int(times)} times" if int(times) != 1 else ", once"
    return ""


def _numbers(values: str, show: Callable[[int], str], most: int) -> list[str]:
    found: list[str] = []
    for each in values.split(",")[:_MOST]:
        if re.fullmatch(r"\d{1,2}", each.strip()) and 1 <= int(each) <= most:
            found.append(show(int(each)))
        elif each.strip() == "-1":
            found.append("last day")
    return found


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _list(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
