"""An invitation's iCalendar object → the few lines a person needs of it (RFC 5545, RFC 5546, RFC 7986).

Times are shown by the reader's own clock where the caller says how to set one, beside the sender's where that
differs; this room knows neither zone nor clock itself. Answering is not done here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct, field

from imapcore.mime.links import Links
from imapcore.mime.plain_text import find_links, read_plain
from imapcore.mime.recurrence import show_day, show_rule
from imapcore.mime.time_zones import Rules, find_zone, read_rules
from imapcore.model import Block, BlockKind, Span
from imapcore.sanitize import clean_line

Localize = Callable[[datetime], datetime]
"""A moment with its zone → the same moment by the reader's clock."""

_TIME = re.compile(r"\s*(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z?))?")
_DURATION = re.compile(
    r"\s*([+-]?)P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?"
)
_PROPERTY = re.compile(r'([A-Za-z-]{1,40})((?:;[A-Za-z-]{1,40}=(?:"[^"]*"|[^;:"]*))*):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';([A-Za-z-]{1,40})=(?:"([^"]*)"|([^;:"]*))')
_ESCAPED = re.compile(r"\\([\\;,nN])")
_METHODS = {"CANCEL": "Cancelled", "REPLY": "Answer", "COUNTER": "Proposal", "PUBLISH": "Event"}
_ANSWERS = {
    "ACCEPTED": "accepted",
    "DECLINED": "declined",
    "TENTATIVE": "maybe",
    "DELEGATED": "sends another",
}
_SAID = {
    "accepted": "accepted",
    "declined": "declined",
    "maybe": "may come",
    "sends another": "sends another",
}
_MEETING = re.compile(
    r"https://(?:[\w-]{1,63}\.){0,4}(?:zoom\.us/[jw]/|zoomgov\.com/j/|teams\.microsoft\.com/l/meetup-join|teams\.live\.com/"
    r"|meet\.google\.com/|webex\.com/|whereby\.com/|meet\.jit\.si/|gotomeeting\.com/|gotomeet\.me/|chime\.aws/"
    r"|bluejeans\.com/)[^\s<>\"]{0,2000}",
    re.IGNORECASE,
)
_MEETING_FIELDS = ("X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "CONFERENCE")
_MAX = 400_000
_MAX_GUESTS = 200
_MAX_EVENTS = 1000
_MAX_DESCRIPTION = 20_000

Found = dict[str, tuple[dict[str, str], str]]


class Guest(Struct, frozen=True):
    """Somebody who is asked to come."""

    name: str
    answer: str = ""
    """``accepted``, ``declined``, ``maybe``, ``sends another``; empty as long as there is none."""
    is_optional: bool = False


class Event(Struct, frozen=True):
    """What an invitation says, sanitized."""

    method: str
    summary: str
    when: str
    place: str
    organizer: str
    guests: tuple[Guest, ...]
    repeats: str = ""
    meeting: str = ""
    """The address of the meeting on the web."""
    url: str = ""
    description: str = ""
    """As written, with its lines; to be read as plain text."""
    comment: str = ""
    is_cancelled: bool = False
    is_update: bool = False
    is_one_of_series: bool = False
    others: int = 0
    """Further events in the same file."""


class _Reader(Struct):
    """What has been gathered of a calendar object."""

    method: str = ""
    found: Found = field(default_factory=dict)
    guests: list[Guest] = field(default_factory=list)
    rules: dict[str, Rules] = field(default_factory=dict)
    events: int = 0

    def read(self, text: str) -> None:
        """All of it, once."""
        depth: list[str] = []
        zone: list[tuple[str, str]] = []
        for name, parameters, value in _properties(text):
            if name == "BEGIN":
                depth.append(value.strip().upper())
                self.events += depth[-1] == "VEVENT"
                zone = [] if depth[-1] == "VTIMEZONE" else zone
            if "VTIMEZONE" in depth[:3]:
                zone.append((name, value))
            elif name == "METHOD":
                self.method = value.strip().upper()
            elif depth and depth[-1] == "VEVENT" and self.events == 1:
                self.add(name, parameters, value)
            if name == "END" and depth:
                if depth.pop() == "VTIMEZONE":
                    self.end_zone(zone)
                if self.events > _MAX_EVENTS:
                    return

    def add(self, name: str, parameters: dict[str, str], value: str) -> None:
        """One property of the first event."""
        if name == "ATTENDEE":
            guest = _guest(parameters, value)
            if guest is not None and len(self.guests) < _MAX_GUESTS:
                self.guests.append(guest)
        else:
            self.found.setdefault(name, (parameters, value))

    def end_zone(self, lines: list[tuple[str, str]]) -> None:
        """A VTIMEZONE is complete."""
        name = next((value for name, value in lines if name == "TZID"), "")
        rules = read_rules([line for line in lines if line[1].strip().upper() != "VTIMEZONE"])
        if rules is not None and len(self.rules) < 50:
            self.rules[name] = rules

    def time(self, name: str) -> datetime | date | None:
        """A property's moment: with its zone, without one where it has none, or a day."""
        parameters, value = self.found.get(name, ({}, ""))
        match = _TIME.match(value)
        if match is None:
            return None
        try:
            if match[4] is None:
                return date(int(match[1]), int(match[2]), int(match[3]))
            year, month, day, hour, minute = (int(match[place]) for place in range(1, 6))
            moment = datetime(year, month, day, hour, minute)
        except ValueError:
            return None
        if match[7]:
            return moment.replace(tzinfo=UTC)
        name = parameters.get("TZID", "")
        zone = find_zone(name)
        if zone is None and name in self.rules:
            zone = self.rules[name].zone_at(moment)
        return moment.replace(tzinfo=zone)


def read_event(text: str, localize: Localize | None = None) -> Event | None:
    """The first event of a calendar object, or None when there is none."""
    reader = _Reader()
    reader.read(text[:_MAX])
    if not reader.events:
        return None
    found = reader.found
    begin = reader.time("DTSTART")
    description = _ESCAPED.sub(_unescape, found.get("DESCRIPTION", ({}, ""))[1][:_MAX_DESCRIPTION])
    place = _text(found, "LOCATION")
    meeting = next((each for name in _MEETING_FIELDS if (each := _address(found, name))), "")
    if not meeting:
        match = _MEETING.search(place) or _MEETING.search(description)
        meeting = match[0] if match is not None else ""
    zone = found.get("DTSTART", ({}, ""))[0].get("TZID", "")
    return Event(
        reader.method,
        _text(found, "SUMMARY") or "(no title)",
        _show_time(begin, _end(reader, begin), zone, localize),
        place,
        _organizer(found),
        tuple(reader.guests),
        show_rule(found.get("RRULE", ({}, ""))[1], begin),
        clean_line(meeting, 2000),
        _address(found, "URL"),
        description,
        _text(found, "COMMENT"),
        reader.method == "CANCEL" or _text(found, "STATUS").upper() == "CANCELLED",
        reader.method == "REQUEST" and _text(found, "SEQUENCE") not in ("", "0"),
        "RECURRENCE-ID" in found,
        reader.events - 1,
    )


def show_event(event: Event, links: Links | None = None) -> tuple[Block, ...]:
    """An event as a heading and a table; its description is not in it."""
    links = links if links is not None else Links()
    word = "Cancelled" if event.is_cancelled else _METHODS.get(event.method, "Invitation")
    if word == "Invitation" and event.is_update:
        word = "Invitation, changed"
    rows: list[tuple[str, tuple[Span, ...]]] = [
        ("When", (Span(event.when),) if event.when else ()),
        ("Repeats", (Span(event.repeats),) if event.repeats else ()),
        ("Part of", (Span("one day of a series"),) if event.is_one_of_series else ()),
        ("Where", find_links(event.place, links) if event.place else ()),
        ("Join", find_links(event.meeting, links) if event.meeting not in ("", event.place) else ()),
        ("From", (Span(event.organizer),) if event.organizer else ()),
        *_guest_rows(event),
        ("Says", (Span(event.comment),) if event.comment else ()),
        ("More", find_links(event.url, links) if event.url not in ("", event.meeting) else ()),
        ("Also", (Span(_others(event.others)),) if event.others else ()),
    ]
    cells = tuple(((Span(name, is_bold=True),), spans) for name, spans in rows if spans)
    heading = Block(BlockKind.HEADING, (Span(f"{word}: {event.summary}"),), level=3)
    return (heading, Block(BlockKind.TABLE, rows=cells)) if cells else (heading,)


def show_description(event: Event, links: Links) -> list[Block]:
    """What the sender wrote about it, for a mail that says nothing else."""
    return read_plain(event.description, links) if event.description.strip() else []


def _others(count: int) -> str:
    return "one more event in the file" if count == 1 else f"{count} more events in the file"


def _guest_rows(event: Event) -> Iterator[tuple[str, tuple[Span, ...]]]:
    guests = event.guests
    if event.method == "REPLY" and len(guests) == 1:
        said = _SAID.get(guests[0].answer)
        yield "Answer", (Span(f"{guests[0].name} {said}" if said else guests[0].name),)
        return
    if not guests:
        return
    shown = ", ".join(map(_show_guest, guests[:8]))
    yield "Guests", (Span(shown + (f" and {len(guests) - 8} more" if len(guests) > 8 else "")),)
    answers = [guest.answer for guest in guests]
    if len(guests) > 2 and any(answers):
        counts = [f"{answers.count(answer)} {answer}" for answer in _SAID if answer in answers]
        silent = answers.count("")
        if silent:
            counts.append(f"{silent} without an answer")
        yield "Answers", (Span(", ".join(counts)),)


def _show_guest(guest: Guest) -> str:
    notes = [each for each in (guest.answer, "optional" if guest.is_optional else "") if each]
    return guest.name + (f" ({', '.join(notes)})" if notes else "")


def _properties(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Name, parameters and value of every line, unfolded."""
    for line in re.sub(r"\r?\n[ \t]", "", text).splitlines():
        match = _PROPERTY.fullmatch(line)
        if match is not None:
            parameters = {m[1].upper(): m[2] or m[3] or "" for m in _PARAMETER.finditer(match[2])}
            yield match[1].upper(), parameters, match[3]


def _unescape(match: re.Match[str]) -> str:
    return "\n" if match[1] in "nN" else match[1]


def _text(found: Found, name: str) -> str:
    value = found.get(name, ({}, ""))[1]
    return clean_line(_ESCAPED.sub(lambda m: " " if m[1] in "nN" else m[1], value[:2000]), 300)


def _address(found: Found, name: str) -> str:
    value = found.get(name, ({}, ""))[1].strip()
    return clean_line(value, 2000) if value.lower().startswith(("https://", "http://")) else ""


def _organizer(found: Found) -> str:
    parameters, value = found.get("ORGANIZER", ({}, ""))
    return clean_line(parameters.get("CN") or _mailbox(value), 200)


def _guest(parameters: dict[str, str], value: str) -> Guest | None:
    name = clean_line(parameters.get("CN") or _mailbox(value), 200)
    if not name or parameters.get("CUTYPE", "").upper() in ("ROOM", "RESOURCE"):
        return None
    answer = _ANSWERS.get(parameters.get("PARTSTAT", "").upper(), "")
    return Guest(name, answer, parameters.get("ROLE", "").upper() == "OPT-PARTICIPANT")


def _mailbox(value: str) -> str:
    return value[7:] if value.lower().startswith("mailto:") else value


def _end(reader: _Reader, begin: datetime | date | None) -> datetime | date | None:
    """When it ends: DTEND, or DTSTART and DURATION. Of whole days the last one."""
    end = reader.time("DTEND")
    match = _DURATION.match(reader.found.get("DURATION", ({}, ""))[1])
    try:
        if end is None and match is not None and begin is not None and match[1] != "-":
            weeks, days, hours, minutes, seconds = (int(match[place] or 0) for place in range(2, 7))
            length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
            if isinstance(begin, datetime) and begin.tzinfo is not None:
                # An hour stays an hour in the night when clocks change (RFC 5545 §3.3.6).
                end = (begin.astimezone(UTC) + length).astimezone(begin.tzinfo)
            else:
                end = begin + length
        if end is not None and not isinstance(end, datetime):
            return end - timedelta(days=1)
    except (OverflowError, ValueError):
        return None
    return end


def _show_time(
    begin: datetime | date | None, end: datetime | date | None, zone: str, localize: Localize | None
) -> str:
    """``Tuesday, 24 November 2026, 10:00–11:00 CET (9:00 Europe/London)``; whole days without hours."""
    if begin is None:
        return ""
    if not isinstance(begin, datetime):
        if end is None or isinstance(end, datetime) or end <= begin:
            return show_day(begin)
        return f"{show_day(begin)} – {show_day(end)}"
    last = end if isinstance(end, datetime) and (end.tzinfo is None) == (begin.tzinfo is None) else None
    if begin.tzinfo is None:
        return clean_line(f"{_show_span(begin, last)} {zone}", 200)
    mine = _localized(begin, localize)
    if mine is None or mine.utcoffset() == begin.utcoffset():
        here = mine or begin
        name = zone if mine is None and zone and begin.tzinfo is not UTC else here.tzname() or ""
        return clean_line(f"{_show_span(begin, last)} {name}", 200)
    text = (
        f"{_show_span(mine, _localized(last, localize) if last is not None else None)} {mine.tzname() or ''}"
    )
    theirs = "" if begin.tzinfo is UTC else f" ({begin:%H:%M} {zone})"
    return clean_line(text + theirs, 250)


def _localized(moment: datetime, localize: Localize | None) -> datetime | None:
    if localize is None:
        return None
    try:
        return localize(moment)
    except (OverflowError, OSError, ValueError):
        # Years that the machine's clock does not reach.
        return None


def _show_span(begin: datetime, end: datetime | None) -> str:
    text = f"{show_day(begin)}, {begin:%H:%M}"
    if end is None or end.replace(tzinfo=None) <= begin.replace(tzinfo=None):
        return text
    if end.date() == begin.date():
        return f"{text}–{end:%H:%M}"
    return f"{text} – {show_day(end)}, {end:%H:%M}"
