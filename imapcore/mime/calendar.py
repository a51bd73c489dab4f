"""An invitation's iCalendar object → the few lines a person needs of it (RFC 5545, RFC 5546).

Shown as the sender wrote it: times stay in the zone they name, since this room knows neither the reader's
zone nor the clock. Answering is not done here.
"""

from __future__ import annotations

import re

from msgspec import Struct

from imapcore.model import Block, BlockKind, Span
from imapcore.sanitize import clean_line

_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})\d{2}(Z?))?")
_PROPERTY = re.compile(r'([A-Za-z-]{1,40})((?:;[A-Za-z-]{1,40}=(?:"[^"]*"|[^;:"]*))*):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';([A-Za-z-]{1,40})=(?:"([^"]*)"|([^;:"]*))')
_ESCAPED = re.compile(r"\\([\\;,nN])")
_METHODS = {"CANCEL": "Cancelled", "REPLY": "Answer", "COUNTER": "Proposal", "PUBLISH": "Event"}
_ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "maybe"}
_MAX = 200_000


class Event(Struct, frozen=True):
    """What an invitation says."""

    method: str
    summary: str
    when: str
    place: str
    organizer: str
    guests: tuple[str, ...]
    repeats: str = ""


def read_event(text: str) -> Event | None:
    """The first event of a calendar object, or None when there is none."""
    unfolded = re.sub(r"\r?\n[ \t]", "", text[:_MAX])
    method = ""
    found: dict[str, tuple[dict[str, str], str]] = {}
    guests: list[str] = []
    depth: list[str] = []
    has_event = False
    for line in unfolded.splitlines():
        match = _PROPERTY.fullmatch(line)
        if match is None:
            continue
        name, value = match[1].upper(), match[3]
        parameters = {m[1].upper(): m[2] or m[3] or "" for m in _PARAMETER.finditer(match[2])}
        if name == "BEGIN":
            depth.append(value.strip().upper())
            has_event = has_event or depth[-1] == "VEVENT"
        elif name == "END":
            if depth and depth.pop() == "VEVENT":
                break
        elif name == "METHOD":
            method = value.strip().upper()
        elif depth and depth[-1] == "VEVENT":
            if name == "ATTENDEE":
                guests.append(_guest(parameters, value))
            else:
                found.setdefault(name, (parameters, value))
    if not has_event:
        return None
    return Event(
        method,
        _text(found, "SUMMARY") or "(no title)",
        _when(found),
        _text(found, "LOCATION"),
        _person(found),
        tuple(guest for guest in guests if guest)[:50],
        _repeats(found.get("RRULE", ({}, ""))[1]),
    )


def show_event(event: Event) -> tuple[Block, ...]:
    """An event as a heading and a table."""
    word = _METHODS.get(event.method, "Invitation")
    rows = [
        ("When", event.when),
        ("Repeats", event.repeats),
        ("Where", event.place),
        ("From", event.organizer),
        ("Guests", ", ".join(event.guests[:8]) + (" …" if len(event.guests) > 8 else "")),
    ]
    cells = tuple(((Span(name, is_bold=True),), (Span(value),)) for name, value in rows if value)
    heading = Block(BlockKind.HEADING, (Span(f"{word}: {event.summary}"),), level=3)
    return (heading, Block(BlockKind.TABLE, rows=cells)) if cells else (heading,)


Found = dict[str, tuple[dict[str, str], str]]


def _text(found: Found, name: str) -> str:
    value = found.get(name, ({}, ""))[1]
    return clean_line(_ESCAPED.sub(lambda m: " " if m[1] in "nN" else m[1], value), 300)


def _person(found: Found) -> str:
    parameters, value = found.get("ORGANIZER", ({}, ""))
    return clean_line(parameters.get("CN") or _address(value), 200)


def _guest(parameters: dict[str, str], value: str) -> str:
    answer = _ANSWERS.get(parameters.get("PARTSTAT", "").upper())
    name = clean_line(parameters.get("CN") or _address(value), 200)
    return f"{name} ({answer})" if answer and name else name


def _address(value: str) -> str:
    return value[7:] if value.lower().startswith("mailto:") else value


def _when(found: Found) -> str:
    """``2026-11-24 10:00–11:00 UTC``; whole days without hours."""
    parameters, start = found.get("DTSTART", ({}, ""))
    begin = _TIME.match(start)
    if begin is None:
        return ""
    day = f"{begin[1]}-{begin[2]}-{begin[3]}"
    end = _TIME.match(found.get("DTEND", ({}, ""))[1])
    if begin[4] is None:
        return clean_line(day)
    text = f"{day} {begin[4]}:{begin[5]}"
    if end is not None and end[4] is not None:
        last = f"{end[1]}-{end[2]}-{end[3]}"
        text += f"–{end[4]}:{end[5]}" if last == day else f" – {last} {end[4]}:{end[5]}"
    zone = "UTC" if begin[6] else parameters.get("TZID", "")
    return clean_line(f"{text} {zone}", 120)


def _repeats(rule: str) -> str:
    match = re.search(r"FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)", rule.upper())
    return match[1].lower() if match else ""
