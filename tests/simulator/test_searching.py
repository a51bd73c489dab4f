"""SEARCH (facts §7): forms of the answer, Gmail's keys, charsets, scope."""

from __future__ import annotations

import pytest

from imapcore.simulator import Simulator
from tests.simulator.conftest import options
from tests.simulator.wire import Wire, mail

DONE = "OK SEARCH completed (Success)"
DAY_MS = 86_400_000
START_MS = 1_790_000_000_000
"""21 September 2026, 14:13 UTC."""


FROM_FIELDS = [
    "ann(her comment)@example.org",
    "ann@(a host)example.org",
    '"ann"@example.org',
    "<@relay.example:ann@example.org>",
    "Ann < ann @ example.org >",
    "(Ann) ann@example.org (there)",
    "team: bob@x.example, ann@(x)example.org;",
]


@pytest.mark.parametrize("field", FROM_FIELDS)
@pytest.mark.parametrize("name", ["From", "To", "Cc", "Bcc"])
def test_an_address_is_found_whatever_is_written_around_it(
    sim: Simulator, wire: Wire, name: str, field: str
) -> None:
    sim.control.deliver(mail(**{name: field}))
    wire.select()
    assert wire.ok(f"SEARCH {name} ann@example.org")[0] == "* SEARCH 1"
    assert wire.ok(f"SEARCH HEADER {name} ann@example.org")[0] == "* SEARCH 1"
    assert wire.ok(f"SEARCH {name} ann@example.com")[0] == "* SEARCH"


@pytest.mark.parametrize(
    ("returned", "criteria", "modseq_of"),
    [
        ("MIN", "1:3", 1),
        ("MAX", "1:3", 3),
        ("MIN MAX", "1:3", 1),
        ("MIN MAX", "2:3", 2),
        ("MIN COUNT", "1:3", 2),
        ("ALL", "1:3", 2),
        ("", "1:3", 2),
        ("MAX ALL", "1:3", 2),
    ],
)
def test_the_modseq_of_a_result_is_of_what_was_asked(
    sim: Simulator, wire: Wire, returned: str, criteria: str, modseq_of: int
) -> None:
    first, second, third = (sim.control.deliver(mail(f"Number {number}")) for number in range(3))
    for msgid in (third, first, second):
        sim.control.reflag(msgid, add=["\\Seen"])
    wire.select()
    modseq = sim.control.message((first, second, third)[modseq_of - 1]).modseq
    answer = wire.ok(f"SEARCH RETURN ({returned}) {criteria} MODSEQ 1")
    assert answer[0].endswith(f" MODSEQ {modseq}")


def test_a_result_of_nothing_has_no_modseq(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(mail())
    wire.select()
    assert "MODSEQ" not in wire.ok("SEARCH RETURN (MIN) MODSEQ 999999")[0]


@pytest.fixture
def opened(sim: Simulator, wire: Wire) -> Wire:
    """Signed in, All Mail selected, five different messages there."""
    control = sim.control
    control.deliver(
        mail("Budget for spring", message_id="<1@x>"), labels=["\\Inbox", "Work"], date_ms=START_MS
    )
    control.deliver(
        mail("Re: Budget for spring", message_id="<2@x>", in_reply_to="<1@x>", body="Meeting at noon"),
        labels=["\\Inbox", "work/project x"],
        flags=["\\Seen"],
        date_ms=START_MS + DAY_MS,
    )
    control.deliver(mail("Lunch", cc="Lin <lin@x>"), labels=["Übung"], date_ms=START_MS + 2 * DAY_MS)
    control.deliver(
        mail("Picnic", body="x" * 5000), labels=["\\Starred", "R&D"], date_ms=START_MS + 3 * DAY_MS
    )
    control.deliver(mail("Prize"), place="spam", labels=[], date_ms=START_MS + 4 * DAY_MS)
    control.deliver(
        mail("Übermorgen"), labels=["\\Important"], flags=["$Forwarded"], date_ms=START_MS + 5 * DAY_MS
    )
    wire.select()
    return wire


def found(wire: Wire, program: str | bytes) -> list[int]:
    """The sequence numbers a program finds."""
    prefix = b"SEARCH "
    lines = wire.ok(prefix + (program if isinstance(program, bytes) else program.encode()))
    line = next(line for line in lines if line.startswith("* SEARCH"))
    return [int(word) for word in line.partition(" (")[0].split()[2:]]


@pytest.mark.parametrize(
    ("program", "numbers"),
    [
        ("SENTON 2-Jan-2026", [1]),
        ("SENTON 1-Jan-2026", []),
        ("SENTSINCE 2-Jan-2026", [1, 2]),
        ("SENTSINCE 3-Jan-2026", [2]),
        ("SENTBEFORE 5-Jan-2026", [1]),
        ("SENTBEFORE 6-Jan-2026", [1, 2]),
        ("NOT SENTSINCE 1-Jan-2020", [3, 4, 5]),
        ("SINCE 1-Jul-2026", [1, 2, 3, 4, 5]),
        ("SENTSINCE 1-Jul-2026", []),
    ],
)
def test_sent_is_the_day_the_date_header_writes(
    sim: Simulator, wire: Wire, program: str, numbers: list[int]
) -> None:
    """RFC 3501 §6.4.4: of the Date header, "disregarding time and timezone"; without one nothing is sent."""
    headers = (
        "Fri, 2 Jan 2026 00:30:00 +0900",
        "5 Jan 26 23:30:00 -0800 (PST)",
        "some day",
        "31 Feb 2026 1:00",
        "2 Jan 99999999999999999999 1:00",
    )
    for day, header in enumerate(headers):
        sim.control.deliver(mail(date=header), date_ms=START_MS + day * DAY_MS)
    wire.select()
    assert found(wire, program) == numbers


@pytest.mark.parametrize(
    ("program", "numbers"),
    [
        ("ALL", [1, 2, 3, 4, 5]),
        ("1,3:*", [1, 3, 4, 5]),
        ("UID 2:3", [2, 3]),
        ("SEEN", [2]),
        ("UNSEEN", [1, 3, 4, 5]),
        ("FLAGGED", [4]),
        ("UNFLAGGED 4:5", [5]),
        ("KEYWORD $forwarded", [5]),
        ("UNKEYWORD $Forwarded 4:5", [4]),
        ("ANSWERED", []),
        ("NEW", []),
        ("OLD", [1, 2, 3, 4, 5]),
        ("SUBJECT budget", [1, 2]),
        ("SUBJECT udge", [1, 2]),
        ("FROM ada NOT SUBJECT budget", [3, 4, 5]),
        ("CC lin", [3]),
        ("TEXT noon", [2]),
        ("BODY noon", [2]),
        ("BODY lunch", []),
        ("TEXT lunch", [3]),
        ("HEADER In-Reply-To 1@x", [2]),
        ('HEADER In-Reply-To ""', [2]),
        ("HEADER Message-ID 1@x", [1]),
        ("LARGER 4000", [4]),
        ("SMALLER 4000", [1, 2, 3, 5]),
        ("SINCE 22-Sep-2026", [2, 3, 4, 5]),
        ("BEFORE 22-Sep-2026", [1]),
        ("ON 22-Sep-2026", [2]),
        ("OR SUBJECT lunch SUBJECT picnic", [3, 4]),
        ("OR (SEEN SUBJECT budget) (FLAGGED)", [2, 4]),
        ("NOT NOT SEEN", [2]),
        ("MODSEQ 1", [1, 2, 3, 4, 5]),
    ],
)
def test_the_keys_of_rfc_3501(opened: Wire, program: str, numbers: list[int]) -> None:
    assert found(opened, program) == numbers


@pytest.mark.parametrize(
    ("program", "numbers"),
    [
        ('X-GM-LABELS "\\\\Inbox"', [1, 2]),
        ("X-GM-LABELS Work", [1]),
        ('X-GM-LABELS "work/project x"', [2]),
        ('X-GM-LABELS "R&D"', [4]),
        ('X-GM-LABELS "R&-D"', []),
        ("X-GM-LABELS &ANw-bung", []),
        ('OR X-GM-LABELS Work X-GM-LABELS "\\\\Starred"', [1, 4]),
        ('X-GM-RAW "subject:budget is:unread"', [1]),
        ('NOT X-GM-RAW "in:inbox"', [3, 4, 5]),
        ('X-GM-RAW "udget"', []),
        ('X-GM-RAW "label:work-project-x"', [2]),
        ('X-GM-RAW "in:trash"', []),
        ('X-GM-RAW "in:anywhere prize"', []),
        ('X-GM-RAW "rfc822msgid:1@x"', [1]),
        ('X-GM-RAW "\\"for spring\\" -is:read"', [1]),
    ],
)
def test_gmails_keys_combine_with_the_others(opened: Wire, program: str, numbers: list[int]) -> None:
    assert found(opened, program) == numbers


def test_ids_are_keys(sim: Simulator, opened: Wire) -> None:
    first, second = sim.control.messages("[Gmail]/All Mail")[:2]
    assert found(opened, f"X-GM-MSGID {second.msgid}") == [2]
    assert found(opened, f"X-GM-THRID {first.msgid}") == [1, 2]


def test_results_ascend_whatever_their_dates(sim: Simulator, opened: Wire) -> None:
    sim.control.deliver(mail("Oldest"), date_ms=START_MS - DAY_MS)
    opened.ok("NOOP")
    assert found(opened, 'X-GM-RAW "from:ada"') == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("UID SEARCH RETURN (ALL) ALL", '* ESEARCH (TAG "a3") UID ALL 1:5'),
        ("UID SEARCH RETURN () SEEN", '* ESEARCH (TAG "a3") UID ALL 2'),
        ("UID SEARCH RETURN (ALL) DELETED", '* ESEARCH (TAG "a3") UID'),
        ("SEARCH RETURN (MIN MAX COUNT ALL) UNSEEN", '* ESEARCH (TAG "a3") MIN 1 MAX 5 COUNT 4 ALL 1,3:5'),
        ("SEARCH RETURN (COUNT) DELETED", '* ESEARCH (TAG "a3") COUNT 0'),
    ],
)
def test_esearch_is_compact_and_empty_when_there_is_nothing(opened: Wire, command: str, answer: str) -> None:
    assert opened.ask(command) == [answer, DONE]


def test_an_empty_search_is_a_bare_line(opened: Wire) -> None:
    assert opened.ask("SEARCH DELETED") == ["* SEARCH", DONE]


@pytest.mark.parametrize(
    "command",
    [
        "SORT (DATE) UTF-8 ALL",
        "THREAD REFERENCES UTF-8 ALL",
        "SEARCH RETURN (SAVE) ALL",
        "SEARCH RETURN (PARTIAL 1:2) ALL",
        "SEARCH $",
    ],
)
def test_what_gmail_does_not_offer_is_bad(opened: Wire, command: str) -> None:
    assert opened.last(command).startswith("BAD ")


def test_an_unquoted_system_label_is_bad(opened: Wire) -> None:
    assert opened.last("SEARCH X-GM-LABELS \\Inbox") == "BAD Could not parse command"


def test_non_ascii_comes_as_a_literal_with_a_charset(opened: Wire) -> None:
    label = "Übung".encode()
    assert found(opened, b"CHARSET UTF-8 X-GM-LABELS {%d}\r\n%b" % (len(label), label)) == [3]
    query = "subject:übermorgen".encode()
    assert found(opened, b"CHARSET UTF-8 X-GM-RAW {%d}\r\n%b" % (len(query), query)) == [5]
    assert opened.last(b'SEARCH CHARSET UTF-8 X-GM-RAW "%b"' % query) == "BAD Could not parse command"
    assert opened.last("SEARCH CHARSET KOI8-R ALL").startswith("NO [BADCHARSET")


def test_after_utf8_accept_quoted_utf_8_is_fine_and_charset_is_not(sim: Simulator, opened: Wire) -> None:
    opened.ok("ENABLE UTF8=ACCEPT")
    assert found(opened, 'X-GM-LABELS "Übung"'.encode()) == [3]
    assert found(opened, 'X-GM-RAW "übermorgen"'.encode()) == [5]
    assert opened.last("SEARCH CHARSET UTF-8 ALL") == "BAD Could not parse command"
    sim.control.set_options(utf8_charset_refused=False)
    assert opened.last("SEARCH CHARSET UTF-8 ALL") == DONE


def test_only_the_selected_mailbox_is_searched(opened: Wire) -> None:
    opened.select("[Gmail]/Spam")
    assert found(opened, 'X-GM-RAW "prize"') == [1]
    assert found(opened, 'X-GM-RAW "budget"') == []


def test_the_index_may_lag_behind_fresh_mail_by_option(sim: Simulator, opened: Wire) -> None:
    sim.control.set_options(search_lag_messages=1)
    assert found(opened, 'X-GM-RAW "from:ada"') == [1, 2, 3, 4]
    assert found(opened, "FROM ada") == [1, 2, 3, 4, 5]


def test_days_of_a_query_are_the_accounts_by_option(sim: Simulator, opened: Wire) -> None:
    # The first message came on 21 September at 14:13 UTC.
    assert found(opened, 'X-GM-RAW "before:2026/9/22 subject:budget"') == [1]
    sim.control.set_options(zone_minutes=600)
    assert found(opened, 'X-GM-RAW "before:2026/9/22 subject:budget"') == []


def test_lists_under_a_minus_are_ignored(opened: Wire) -> None:
    assert found(opened, 'X-GM-RAW "-subject:(lunch picnic)"') == [1, 2, 3, 4, 5]


def test_header_search_for_message_ids_fails_by_option(sim: Simulator, opened: Wire) -> None:
    sim.control.set_options(header_search_misses_message_id=True)
    assert found(opened, "HEADER Message-ID 1@x") == []
    assert found(opened, 'X-GM-RAW "rfc822msgid:1@x"') == [1]


def test_a_label_search_of_very_many_fails_without_since_by_option() -> None:
    with Simulator(options(label_search_limit=2)) as sim, Wire(sim) as wire:
        wire.login()
        for number in range(3):
            sim.control.deliver(mail(f"Number {number}"))
        wire.select()
        assert wire.last('SEARCH X-GM-LABELS "\\\\Inbox"') == "NO System Error (Failure)"
        assert wire.last('SEARCH SINCE 1-Jan-2020 X-GM-LABELS "\\\\Inbox"') == DONE


def test_deep_nesting_is_bad_and_not_the_end(opened: Wire) -> None:
    assert opened.last("SEARCH " + "NOT " * 500 + "ALL") == "BAD Could not parse command"
    assert opened.last("SEARCH " + "(" * 500 + "ALL" + ")" * 500) == "BAD Could not parse command"
    assert opened.last("NOOP") == "OK Success"
