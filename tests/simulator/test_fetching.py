"""FETCH (facts §5): order, labels, ENVELOPE, BODYSTRUCTURE, sections, and what may be missing."""

from __future__ import annotations

import re

import pytest

from imapcore.simulator import Fault, FaultKind, Simulator
from tests.simulator.conftest import options
from tests.simulator.wire import Wire, mail

MULTIPART = (
    b"From: Ada <ada@example.org>\r\nTo: demo@gmail.com\r\nSubject: Parts\r\n"
    b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="x"\r\n\r\n'
    b"--x\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"one\r\ntwo\r\n--x\r\nContent-Type: text/html; charset=UTF-8\r\n\r\n<p>one</p>\r\n--x--\r\n"
)
SHARED_BOUNDARY = (
    b"Subject: Shared\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="same"\r\n\r\n'
    b'--same\r\nContent-Type: multipart/alternative; boundary="same"\r\n\r\n'
    b"--same\r\nContent-Type: text/plain\r\n\r\nhello\r\n--same--\r\n"
)


@pytest.fixture
def opened(sim: Simulator, wire: Wire) -> Wire:
    """Signed in, All Mail selected, one message there."""
    sim.control.deliver(mail(), labels=["\\Inbox", "\\Important", "Work", "work/project x", "Übung", "R&D"])
    wire.select()
    return wire


def test_attributes_come_in_gmails_order_whatever_is_asked(sim: Simulator, opened: Wire) -> None:
    [line] = opened.ok(
        "FETCH 1 (BODY.PEEK[TEXT] BODYSTRUCTURE ENVELOPE FLAGS INTERNALDATE MODSEQ RFC822.SIZE UID "
        "X-GM-LABELS X-GM-MSGID X-GM-THRID)"
    )
    places = [
        line.index(word)
        for word in (
            "(X-GM-THRID ", " X-GM-MSGID ", " X-GM-LABELS ", " UID ", " RFC822.SIZE ", " MODSEQ ",
            " INTERNALDATE ", " FLAGS ", " ENVELOPE ", " BODYSTRUCTURE ", " BODY[TEXT] ",
        )
    ]  # fmt: skip
    assert places == sorted(places)


def test_modseq_joins_every_fetch_once_condstore_is_on(sim: Simulator, opened: Wire) -> None:
    assert opened.ok("UID FETCH 1 FLAGS") == ["* 1 FETCH (UID 1 FLAGS ())"]
    opened.select(condstore=True)
    modseq = sim.control.messages()[0].modseq
    assert opened.ok("UID FETCH 1 BODY.PEEK[TEXT]<0.5>") == [
        f"* 1 FETCH (UID 1 MODSEQ ({modseq}) BODY[TEXT]<0> {{5}}\r\nHello)"
    ]


@pytest.mark.parametrize(
    "enabling",
    [
        "ENABLE CONDSTORE",
        "STATUS INBOX (HIGHESTMODSEQ)",
        "FETCH 1 (MODSEQ)",
        "FETCH 1 (FLAGS) (CHANGEDSINCE 1)",
        "STORE 1 (UNCHANGEDSINCE 1) +FLAGS (x)",
        "SEARCH MODSEQ 1",
    ],
)
def test_condstore_is_turned_on_by_every_command_that_knows_of_it(opened: Wire, enabling: str) -> None:
    assert "MODSEQ" not in opened.ok("FETCH 1 FLAGS")[0]
    assert opened.last(enabling).startswith("OK")
    assert "MODSEQ" in opened.ok("FETCH 1 FLAGS")[0]


def test_labels_are_sorted_as_written_system_ones_quoted_with_a_doubled_backslash(opened: Wire) -> None:
    assert opened.ok("FETCH 1 X-GM-LABELS") == [
        '* 1 FETCH (X-GM-LABELS ("\\\\Important" "\\\\Inbox" "work/project x" &ANw-bung R&-D Work))'
    ]


def test_places_show_as_labels_by_option(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(mail(), labels=["Work"], place="trash")
    sim.control.set_options(places_are_labels=True)
    wire.select("[Gmail]/Trash")
    assert wire.ok("FETCH 1 X-GM-LABELS") == ['* 1 FETCH (X-GM-LABELS ("\\\\Trash" Work))']


def test_no_labels_are_an_empty_list_or_nil_by_option(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(mail(), labels=[])
    wire.select()
    assert wire.ok("FETCH 1 X-GM-LABELS") == ["* 1 FETCH (X-GM-LABELS ())"]
    sim.control.set_options(empty_labels_are_nil=True)
    assert wire.ok("FETCH 1 X-GM-LABELS") == ["* 1 FETCH (X-GM-LABELS NIL)"]


def test_labels_with_brackets_are_quoted_or_bare_by_option(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(mail(), labels=["[x]", "(y)"])
    wire.select()
    assert wire.ok("FETCH 1 X-GM-LABELS") == ['* 1 FETCH (X-GM-LABELS ("(y)" "[x]"))']
    sim.control.set_options(bracket_labels_are_bare=True)
    assert wire.ok("FETCH 1 X-GM-LABELS") == ['* 1 FETCH (X-GM-LABELS ("(y)" [x]))']


def test_the_names_of_system_labels_are_gmails_own(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(
        mail(), labels=["\\Inbox", "\\Sent", "\\Draft", "\\Important", "\\Starred", "\\Muted"]
    )
    wire.select()
    assert wire.ok("FETCH 1 (X-GM-LABELS FLAGS)") == [
        (
            '* 1 FETCH (X-GM-LABELS ("\\\\Draft" "\\\\Important" "\\\\Inbox" "\\\\Muted" "\\\\Sent" '
            '"\\\\Starred") FLAGS (\\Flagged))'
        )
    ]


def test_a_user_label_with_a_backslash_cannot_be_told_from_a_system_one(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(mail(), labels=["\\foo"])
    wire.select()
    assert wire.ok("FETCH 1 X-GM-LABELS") == ['* 1 FETCH (X-GM-LABELS ("\\\\foo"))']


@pytest.mark.parametrize(
    ("mailbox", "labels"),
    [
        ("[Gmail]/All Mail", '("\\\\Inbox" "\\\\Starred" Work)'),
        ("INBOX", '("\\\\Starred" Work)'),
        ("[Gmail]/Starred", '("\\\\Inbox" Work)'),
        ("Work", '("\\\\Inbox" "\\\\Starred")'),
    ],
)
def test_the_selected_mailboxs_own_label_is_left_out(
    sim: Simulator, wire: Wire, mailbox: str, labels: str
) -> None:
    sim.control.deliver(mail(), labels=["\\Inbox", "\\Starred", "Work"])
    wire.select(mailbox)
    assert wire.ok("FETCH 1 X-GM-LABELS") == [f"* 1 FETCH (X-GM-LABELS {labels})"]


def test_a_message_in_spam_loses_inbox_and_keeps_the_star(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(mail(), labels=["\\Inbox", "\\Starred"])
    wire.select()
    wire.ok('MOVE 1 "[Gmail]/Spam"')
    wire.select("[Gmail]/Spam")
    assert wire.ok("FETCH 1 (X-GM-LABELS FLAGS)") == [
        '* 1 FETCH (X-GM-LABELS ("\\\\Starred") FLAGS (\\Flagged))'
    ]


@pytest.mark.parametrize(("survive", "labels"), [(True, "(Work)"), (False, "()")])
def test_user_labels_survive_trash_or_not_by_option(survive: bool, labels: str) -> None:
    with Simulator(options(labels_survive_trash=survive)) as sim, Wire(sim) as wire:
        wire.login()
        sim.control.deliver(mail(), labels=["\\Inbox", "Work"])
        wire.select()
        wire.ok('MOVE 1 "[Gmail]/Trash"')
        wire.select("[Gmail]/Trash")
        assert wire.ok("FETCH 1 X-GM-LABELS") == [f"* 1 FETCH (X-GM-LABELS {labels})"]


def test_thrid_is_the_msgid_of_the_first_message(sim: Simulator, wire: Wire) -> None:
    first = sim.control.deliver(mail("Lunch", message_id="<1@x>"))
    reply = sim.control.deliver(mail("Re: Lunch", message_id="<2@x>", in_reply_to="<1@x>"))
    other = sim.control.deliver(mail("Supper", message_id="<3@x>", in_reply_to="<1@x>"))
    wire.select()
    assert wire.ok("FETCH 1:3 (X-GM-MSGID X-GM-THRID)") == [
        f"* 1 FETCH (X-GM-THRID {first} X-GM-MSGID {first})",
        f"* 2 FETCH (X-GM-THRID {first} X-GM-MSGID {reply})",
        f"* 3 FETCH (X-GM-THRID {other} X-GM-MSGID {other})",
    ]


def test_internaldate_is_utc(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(mail(), date_ms=1_791_482_273_000)
    wire.select()
    assert wire.ok("FETCH 1 INTERNALDATE") == ['* 1 FETCH (INTERNALDATE "08-Oct-2026 17:57:53 +0000")']


def test_the_envelopes_date_is_the_raw_header(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(mail(date="sometime GMT"))
    wire.select()
    assert '(ENVELOPE ("sometime GMT" "Lunch" ' in wire.ok("FETCH 1 ENVELOPE")[0]


def test_a_local_only_address_looks_like_the_start_of_a_group(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(mail(**{"from": "abel"}).replace(b"From: Ada <ada@example.org>\r\n", b""))
    wire.select()
    assert '((NIL NIL "abel" NIL))' in wire.ok("FETCH 1 ENVELOPE")[0]


def test_name_and_mailbox_are_swapped_by_option() -> None:
    with Simulator(options(envelope_swaps_names=True)) as sim, Wire(sim) as wire:
        wire.login()
        sim.control.deliver(mail())
        wire.select()
        assert '(("<ada@example.org>" NIL "Ada" NIL))' in wire.ok("FETCH 1 ENVELOPE")[0]


def test_bodystructure_is_upper_case_and_ends_without_location(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(MULTIPART)
    wire.select()
    assert wire.ok("FETCH 1 BODYSTRUCTURE") == [
        (
            "* 1 FETCH (BODYSTRUCTURE ("
            '("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "QUOTED-PRINTABLE" 8 1 NIL NIL NIL)'
            '("TEXT" "HTML" ("CHARSET" "UTF-8") NIL NIL "7BIT" 10 0 NIL NIL NIL) '
            '"ALTERNATIVE" ("BOUNDARY" "x") NIL NIL))'
        )
    ]


def test_a_multipart_sharing_its_parents_boundary_has_no_children(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(SHARED_BOUNDARY)
    wire.select()
    [line] = wire.ok("FETCH 1 BODYSTRUCTURE")
    assert '("ALTERNATIVE" ("BOUNDARY" "same") NIL NIL)' in line
    assert '("ALTERNATIVE")' in wire.ok("FETCH 1 BODY")[0]


def test_header_fields_are_echoed_unquoted_in_the_clients_case(opened: Wire) -> None:
    assert opened.ok('FETCH 1 BODY.PEEK[HEADER.FIELDS ("Subject" "List-Id")]') == [
        "* 1 FETCH (BODY[HEADER.FIELDS (Subject List-Id)] {18}\r\nSubject: Lunch\r\n\r\n)"
    ]
    assert opened.ok("FETCH 1 BODY.PEEK[HEADER.FIELDS (References)]") == [
        "* 1 FETCH (BODY[HEADER.FIELDS (References)] {2}\r\n\r\n)"
    ]


def test_partials_and_sections_that_are_not_there(opened: Wire) -> None:
    assert opened.ok("FETCH 1 BODY.PEEK[1]<0.3>") == ["* 1 FETCH (BODY[1]<0> {3}\r\nHel)"]
    assert opened.ok("FETCH 1 BODY.PEEK[1]<3.2048>") == ["* 1 FETCH (BODY[1]<3> {5}\r\nlo.\r\n)"]
    assert opened.ok("FETCH 1 BODY.PEEK[1.TEXT]<0.10>") == ["* 1 FETCH (BODY[1.TEXT]<0> NIL)"]


def test_size_is_the_length_of_the_body_literal(opened: Wire) -> None:
    [line] = opened.ok("FETCH 1 (RFC822.SIZE BODY.PEEK[])")
    match = re.match(r"\* 1 FETCH \(RFC822\.SIZE (\d+) BODY\[\] \{(\d+)\}", line)
    assert match is not None
    assert match[1] == match[2] == str(len(mail()))


def test_reading_a_body_marks_it_seen_and_says_so(opened: Wire) -> None:
    assert opened.ok("FETCH 1 BODY[TEXT]") == ["* 1 FETCH (FLAGS (\\Seen) BODY[TEXT] {8}\r\nHello.\r\n)"]
    assert opened.ok("FETCH 1 RFC822.TEXT") == ["* 1 FETCH (RFC822.TEXT {8}\r\nHello.\r\n)"]


def test_a_uid_that_does_not_exist_is_no_line_and_ok(opened: Wire) -> None:
    assert opened.ask("UID FETCH 77:99 FLAGS") == ["OK Success"]


def test_macros_are_refused_or_taken_by_option(sim: Simulator, opened: Wire) -> None:
    for macro in ("ALL", "FAST", "FULL"):
        assert opened.last(f"FETCH 1 {macro}") == "BAD Could not parse command"
    sim.control.set_options(fetch_macros=True)
    assert opened.ok("FETCH 1 FAST")[0].startswith("* 1 FETCH (RFC822.SIZE ")


def test_bad_messages_in_a_batch_end_it_with_no(sim: Simulator, wire: Wire) -> None:
    for number in range(4):
        sim.control.deliver(mail(f"Number {number}"))
    wire.select()
    sim.control.fault(Fault(FaultKind.NOT_FETCHED, command="UID FETCH", octets=2))
    *lines, last = wire.ask("UID FETCH 1:4 FLAGS")
    assert lines == ["* 1 FETCH (UID 1 FLAGS ())", "* 3 FETCH (UID 3 FLAGS ())"]
    assert last == "NO Some messages could not be FETCHed (Failure)"
    sim.control.fault(Fault(FaultKind.NOT_FETCHED, command="UID FETCH", octets=2))
    sim.control.fault(Fault(FaultKind.THROTTLED, command="UID FETCH"))
    assert wire.last("UID FETCH 1:4 FLAGS") == "NO Some messages could not be FETCHed (Failure) [THROTTLED]"
    assert len(wire.ok("UID FETCH 1:4 FLAGS")) == 4


def test_lines_may_lack_what_was_asked_for(sim: Simulator, opened: Wire) -> None:
    sim.control.fault(Fault(FaultKind.BARE_FETCH, command="UID FETCH"))
    assert opened.ask("UID FETCH 1 (X-GM-MSGID X-GM-LABELS)") == ["* 1 FETCH (FLAGS ())", "OK Success"]


def test_changedsince_returns_what_changed_with_its_uid_and_modseq(sim: Simulator, opened: Wire) -> None:
    other = sim.control.deliver(mail("two"))
    opened.ok("NOOP")
    since = sim.control.modseq()
    sim.control.relabel(other, add=["Work"])
    modseq = sim.control.message(other).modseq
    assert opened.ask(f"UID FETCH 1:* (UID FLAGS MODSEQ X-GM-LABELS) (CHANGEDSINCE {since})") == [
        f'* 2 FETCH (X-GM-LABELS ("\\\\Inbox" Work) UID 2 MODSEQ ({modseq}) FLAGS ())',
        "OK Success",
    ]
    assert opened.ask(f"UID FETCH 1:* (FLAGS) (CHANGEDSINCE {modseq})") == ["OK Success"]


def test_lines_of_sixteen_kilobytes_are_taken_and_sets_of_a_million_are_bad(opened: Wire) -> None:
    many = ",".join(str(number) for number in range(1, 6000, 2))
    assert 16_000 > len(many) > 14_000
    assert opened.last(f"UID FETCH {many} FLAGS") == "OK Success"
    million = ",".join(str(number) for number in range(1, 2_000_000, 2))
    assert opened.last(f"UID FETCH {million} FLAGS") == "BAD Could not parse command"
    assert opened.last("NOOP") == "OK Success"
