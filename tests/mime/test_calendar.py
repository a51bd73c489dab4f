"""An invitation in the few lines a person needs: when by the reader's clock, how often, who, where."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.mime.calendar import Event, read_event, show_event
from imapcore.mime.message import read_body
from imapcore.mime.recurrence import show_rule
from imapcore.mime.time_zones import find_zone
from imapcore.mime.windows_zones import ZONES
from imapcore.model import Block, BlockKind

OSLO = ZoneInfo("Europe/Oslo")


def in_oslo(moment: datetime) -> datetime:
    return moment.astimezone(OSLO)


def event(lines: str, before: str = "") -> Event:
    found = read_event(
        f"BEGIN:VCALENDAR\n{before}BEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n", in_oslo
    )
    assert found is not None
    return found


def rows(blocks: tuple[Block, ...]) -> dict[str, str]:
    table = next(block for block in blocks if block.kind is BlockKind.TABLE)
    return {
        "".join(span.text for span in name): "".join(span.text for span in value)
        for name, value in table.rows
    }


CUSTOM_ZONE = """\
BEGIN:VTIMEZONE
TZID:My own zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


@pytest.mark.parametrize(
    ("lines", "when"),
    [
        ("DTSTART;VALUE=DATE:20261124", "Tuesday, 24 November 2026"),
        ("DTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261125", "Tuesday, 24 November 2026"),
        (
            "DTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261127",
            "Tuesday, 24 November 2026 – Thursday, 26 November 2026",
        ),
        (
            "DTSTART;VALUE=DATE:20261124\nDURATION:P3D",
            "Tuesday, 24 November 2026 – Thursday, 26 November 2026",
        ),
        (
            "DTSTART:20261124T230000Z\nDTEND:20261125T003000Z",
            "Wednesday, 25 November 2026, 00:00–01:30 CET",
        ),
        ("DTSTART:20261124T100000Z\nDURATION:PT1H30M", "Tuesday, 24 November 2026, 11:00–12:30 CET"),
        (
            "DTSTART;TZID=Europe/Oslo:20261124T100000\nDTEND;TZID=Europe/Oslo:20261125T110000",
            "Tuesday, 24 November 2026, 10:00 – Wednesday, 25 November 2026, 11:00 CET",
        ),
        (
            "DTSTART;TZID=GMT Standard Time:20260701T100000\nDURATION:PT1H",
            "Wednesday, 1 July 2026, 11:00–12:00 CEST (10:00 GMT Standard Time)",
        ),
        (
            "DTSTART;TZID=/freeassociation.sourceforge.net/America/New_York:20261124T100000",
            "Tuesday, 24 November 2026, 16:00 CET (10:00 /freeassociation.sourceforge.net/America/New_York)",
        ),
        (
            "DTSTART;TZID=My own zone:20261124T100000",
            "Tuesday, 24 November 2026, 16:00 CET (10:00 My own zone)",
        ),
        (
            "DTSTART;TZID=My own zone:20260701T100000",
            "Wednesday, 1 July 2026, 16:00 CEST (10:00 My own zone)",
        ),
        ("DTSTART;TZID=Nowhere:20261124T100000", "Tuesday, 24 November 2026, 10:00 Nowhere"),
        ("DTSTART:20261124T100000", "Tuesday, 24 November 2026, 10:00"),
        ("DTSTART:20261399T100000", ""),
        ("DTSTART:00010101T000000Z", "Monday, 1 January 1, 01:43 LMT"),
        ("SUMMARY:x", ""),
    ],
)
def test_when_by_the_readers_clock(lines: str, when: str) -> None:
    found = event(lines, CUSTOM_ZONE).when
    assert found == when or (when.endswith("LMT") and found.startswith("Monday, 1 January 1,"))


def test_without_a_clock_times_stay_as_sent() -> None:
    found = read_event(
        "BEGIN:VEVENT\nDTSTART;TZID=Europe/London:20261124T100000\nDURATION:PT1H\nEND:VEVENT\n"
    )
    assert found is not None
    assert found.when == "Tuesday, 24 November 2026, 10:00–11:00 Europe/London"


def test_an_hour_stays_an_hour_when_clocks_change() -> None:
    found = event("DTSTART;TZID=Europe/Oslo:20261025T013000\nDURATION:PT3H")
    assert found.when == "Sunday, 25 October 2026, 01:30–03:30 CEST"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY", "every day"),
        ("FREQ=DAILY;INTERVAL=3;COUNT=5", "every 3 days, 5 times"),
        ("FREQ=WEEKLY", "every week on Tuesday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "every other week on Monday and Thursday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday"),
        ("FREQ=WEEKLY;UNTIL=20261231", "every week on Tuesday, until Thursday, 31 December 2026"),
        ("FREQ=MONTHLY", "every month on the 24th"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "every month on the 15th"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day"),
        ("FREQ=MONTHLY;BYDAY=2TU", "every month on the second Tuesday"),
        ("FREQ=MONTHLY;BYDAY=-1FR;INTERVAL=3", "every 3 months on the last Friday"),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=1", "every month on the first Tuesday"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "every month on the last weekday"),
        ("FREQ=YEARLY", "every year on 24 November"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", "every year on 24 December"),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "every year on the fourth Thursday in November"),
        ("FREQ=NEVER", ""),
        ("nonsense", ""),
        ("FREQ=DAILY;UNTIL=99999999;INTERVAL=x;COUNT=y", "every day"),
    ],
)  # fmt: skip
def test_recurrence_in_words(rule: str, words: str) -> None:
    assert show_rule(rule, date(2026, 11, 24)) == words


def test_everything_else_in_it() -> None:
    found = event(
        "SUMMARY:Lunch\nDTSTART:20261124T100000Z\nLOCATION:Quay 4\nORGANIZER;CN=Liv:mailto:liv@x.example\n"
        "ATTENDEE;PARTSTAT=ACCEPTED;CN=Ada:mailto:ada@x.example\n"
        "ATTENDEE;PARTSTAT=NEEDS-ACTION;ROLE=OPT-PARTICIPANT:mailto:noor@x.example\n"
        "ATTENDEE;PARTSTAT=DECLINED;CN=Lin:mailto:lin@x.example\n"
        "ATTENDEE;CUTYPE=ROOM;CN=The hall:mailto:hall@x.example\n"
        "DESCRIPTION:We meet.\\n\\nJoin https://us02web.zoom.us/j/123?pwd=a now\nSEQUENCE:2\n"
    )
    shown = show_event(found)
    assert "".join(span.text for span in shown[0].spans) == "Invitation: Lunch"
    assert rows(shown) == {
        "When": "Tuesday, 24 November 2026, 11:00 CET",
        "Where": "Quay 4",
        "Join": "https://us02web.zoom.us/j/123?pwd=a",
        "From": "Liv",
        "Guests": "Ada (accepted), noor@x.example (optional), Lin (declined)",
        "Answers": "1 accepted, 1 declined, 1 without an answer",
    }


@pytest.mark.parametrize(
    ("lines", "link"),
    [
        ("X-GOOGLE-CONFERENCE:https://meet.google.com/abc", "https://meet.google.com/abc"),
        ("X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.microsoft.com/l/meetup-join/x",
         "https://teams.microsoft.com/l/meetup-join/x"),
        ("CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://video.example/1", "https://video.example/1"),
        ("X-GOOGLE-CONFERENCE:javascript:alert(1)", ""),
        ("DESCRIPTION:see https://news.example/", ""),
    ],
)  # fmt: skip
def test_where_to_join(lines: str, link: str) -> None:
    assert event(lines).meeting == link


@pytest.mark.parametrize(
    ("before", "lines", "heading"),
    [
        ("METHOD:CANCEL\n", "", "Cancelled: x"),
        ("METHOD:REQUEST\n", "STATUS:CANCELLED", "Cancelled: x"),
        ("METHOD:REQUEST\n", "SEQUENCE:3", "Invitation, changed: x"),
        ("METHOD:REQUEST\n", "SEQUENCE:0", "Invitation: x"),
        ("METHOD:REPLY\n", "ATTENDEE;PARTSTAT=TENTATIVE;CN=Ada:mailto:a@x.example", "Answer: x"),
    ],
)
def test_what_kind_it_is(before: str, lines: str, heading: str) -> None:
    shown = show_event(event(f"SUMMARY:x\n{lines}", before))
    assert "".join(span.text for span in shown[0].spans) == heading
    if before.startswith("METHOD:REPLY"):
        assert rows(shown)["Answer"] == "Ada may come"


def test_more_events_are_counted() -> None:
    more = "BEGIN:VEVENT\nSUMMARY:y\nEND:VEVENT\n"
    found = event("SUMMARY:x\nDTSTART:20261124T100000Z\nEND:VEVENT\n" + more + "BEGIN:VEVENT")
    assert (found.summary, found.others) == ("x", 2)
    assert rows(show_event(found))["Also"] == "2 more events in the file"


def mail(text: str, description: str) -> bytes:
    calendar = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nDESCRIPTION:{description}\nEND:VEVENT\n"
    parts = (
        f"--b\nContent-Type: text/plain\n\n{text}\n--b\nContent-Type: text/calendar\n\n{calendar}\n--b--\n"
    )
    return f"Content-Type: multipart/mixed; boundary=b\n\n{parts}".encode()


def test_a_description_is_read_where_the_mail_says_nothing_else() -> None:
    def words(raw: bytes) -> list[str]:
        return ["".join(span.text for span in block.spans) for block in read_body(1, raw).blocks]

    assert words(mail("", "Bring bread\\, please.\\n\\nhttps://x.example/")) == [
        "Invitation: x", "Bring bread, please.", "https://x.example/"
    ]  # fmt: skip
    assert words(mail("Hello", "Bring bread.")) == ["Invitation: x", "Hello"]


def test_every_zone_of_windows_is_known() -> None:
    assert len(ZONES) > 130
    assert [name for name in ZONES if find_zone(name) is None] == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "/etc/passwd", "Europe", "x" * 500, "\0"])
def test_what_is_no_zone_is_not_looked_up(name: str) -> None:
    assert find_zone(name) is None


@given(
    st.lists(
        st.sampled_from(
            ("BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "BEGIN:STANDARD", "END:STANDARD",
             "END:VTIMEZONE",
             "TZOFFSETTO:+9999", "TZOFFSETTO:-0100", "RRULE:FREQ=YEARLY;BYDAY=5SU;BYMONTH=2", "TZID:x",
             "DTSTART;TZID=x:20261124T100000", "DTSTART:99991231T235959Z", "DTEND:20000101T000000Z",
             "DURATION:P9999W", "DURATION:-PT5M", "RRULE:FREQ=WEEKLY;BYDAY=", "ATTENDEE:\x1b[31m\u202ea",
             "SUMMARY:\x1b]0;a\x07",
             "DTSTART:16010101T026000", "DTSTART;VALUE=DATE:00010101", "DTEND;VALUE=DATE:00010101")
        ),
        max_size=30,
    )
)  # fmt: skip
def test_any_order_of_lines_is_read(lines: list[str]) -> None:
    found = read_event("\n".join(lines), in_oslo)
    if found is not None:
        shown = str(
            [[span.text for cell in row for span in cell] for b in show_event(found) for row in b.rows]
        )
        assert "\\x1b" not in shown
        assert "\\u202e" not in shown
