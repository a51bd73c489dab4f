r"""The exchanges of the facts' appendices, octet by octet in shape (A: label encodings, B: a session).

The mailbox is made so that every line of appendix B comes out as it stands there, ids and modseqs aside.
"""

from __future__ import annotations

import re

import pytest

from imapcore.simulator import Simulator
from tests.simulator.wire import Wire, mail


@pytest.fixture
def story(sim: Simulator) -> tuple[int, int]:
    """Two messages of one conversation as appendix B has them; their ids."""
    first = sim.control.deliver(mail("Plan", message_id="<1@x>"), labels=["\\Inbox", "\\Important"])
    for name in ("Übung", "work/project x"):
        sim.control.create_label(name)
    second = sim.control.deliver(
        mail("Re: Plan", message_id="<2@x>", in_reply_to="<1@x>"),
        labels=["\\Sent", "Übung", "work/project x"],
    )
    return first, second


def test_appendix_b(sim: Simulator, wire: Wire, story: tuple[int, int]) -> None:
    first, second = story
    # The recording has user labels in the order they were made; §5 says sorted. It is an option.
    sim.control.set_options(labels_are_sorted=False)
    sim.control.deliver(mail("Third"), labels=[])
    for _ in range(6):
        # So that the Trash's next UID is 7, as in the recording.
        sim.control.move(sim.control.deliver(mail("Old"), labels=[]), "[Gmail]/Trash")
    sim.control.erase(sim.control.messages("[Gmail]/All Mail")[2].msgid)
    wire.select()
    assert wire.ask("UID FETCH 1:2 (UID X-GM-MSGID X-GM-THRID X-GM-LABELS)") == [
        f'* 1 FETCH (X-GM-THRID {first} X-GM-MSGID {first} X-GM-LABELS ("\\\\Important" "\\\\Inbox") UID 1)',
        (
            f"* 2 FETCH (X-GM-THRID {first} X-GM-MSGID {second} "
            'X-GM-LABELS ("\\\\Sent" &ANw-bung "work/project x") UID 2)'
        ),
        "OK Success",
    ]
    wire.select(condstore=True)
    modseq = sim.control.modseq()
    assert wire.ask("UID STORE 2 +X-GM-LABELS (\\Starred)") == [
        (
            '* 2 FETCH (X-GM-LABELS ("\\\\Sent" "\\\\Starred" &ANw-bung "work/project x") '
            f"MODSEQ ({modseq + 1}) UID 2)"
        ),
        f"* 2 FETCH (UID 2 MODSEQ ({modseq + 1}) FLAGS (\\Flagged))",
        "OK Success",
    ]
    full = '("\\\\Sent" "\\\\Starred" &ANw-bung "work/project x" NewLabel)'
    assert wire.ask("STORE 2 +X-GM-LABELS (NewLabel)") == [
        f"* 2 FETCH (X-GM-LABELS {full} MODSEQ ({modseq + 2}))",
        "OK Success",
    ]
    assert wire.ask("UID STORE 2 (UNCHANGEDSINCE 1) +X-GM-LABELS (foo)") == [
        f"* 2 FETCH (X-GM-LABELS {full} MODSEQ ({modseq + 2}) UID 2)",
        "OK [MODIFIED 2] Conditional Store Failed (Success)",
    ]
    assert wire.ask("UID STORE 1 +FLAGS.SILENT (\\Seen)") == [
        f"* 1 FETCH (UID 1 MODSEQ ({modseq + 3}) FLAGS (\\Seen))",
        "OK Success",
    ]
    assert wire.ask("UID STORE 1 -X-GM-LABELS.SILENT (\\Inbox)") == ["OK Success"]
    assert wire.ask(f"UID FETCH 1:2 (UID FLAGS MODSEQ X-GM-LABELS) (CHANGEDSINCE {modseq + 2})") == [
        f'* 1 FETCH (X-GM-LABELS ("\\\\Important") UID 1 MODSEQ ({modseq + 4}) FLAGS (\\Seen))',
        "OK Success",
    ]
    assert wire.ask('UID MOVE 1 "[Gmail]/Trash"') == [
        "* 1 EXPUNGE",
        "* 1 EXISTS",
        "OK [COPYUID 2 1 7] (Success)",
    ]
    done = "OK SEARCH completed (Success)"
    [esearch, last] = wire.ask("UID SEARCH RETURN (ALL) ALL")
    assert re.fullmatch(r'\* ESEARCH \(TAG "a\d+"\) UID ALL 2', esearch)
    assert last == done
    [esearch, last] = wire.ask("UID SEARCH RETURN (ALL) DELETED")
    assert re.fullmatch(r'\* ESEARCH \(TAG "a\d+"\) UID', esearch)
    assert last == done
    assert wire.ask("UID SEARCH X-GM-LABELS \\Inbox") == ["BAD Could not parse command"]
    wire.send(b"b3 UID SEARCH CHARSET UTF-8 X-GM-LABELS {6}\r\n")
    assert wire.line() == "+ go ahead"
    wire.send("Übung\r\n".encode())
    assert [wire.line(), wire.line()] == ["* SEARCH 2", f"b3 {done}"]
    assert wire.ask('SELECT "[Gmail]"') == [
        "NO [NONEXISTENT] Unknown Mailbox: [Gmail] (now in authenticated state) (Failure)"
    ]


# -- appendix A: label encodings by context -----------------------------------------------------------


def labels(wire: Wire) -> str:
    """X-GM-LABELS of the first message, as written."""
    [line] = wire.ok("FETCH 1 X-GM-LABELS")
    match = re.search(r"X-GM-LABELS (\(.*?\))", line)
    assert match is not None
    return match[1]


@pytest.fixture
def opened(sim: Simulator, wire: Wire) -> Wire:
    """One message without labels, All Mail selected."""
    sim.control.deliver(mail(), labels=[])
    wire.select()
    return wire


def test_appendix_a_fetch_and_store_replies(sim: Simulator, opened: Wire) -> None:
    sim.control.relabel(sim.control.messages()[0].msgid, add=["Übung", "R&D"])
    assert labels(opened) == "(&ANw-bung R&-D)"
    assert "(&ANw-bung R&-D)" in opened.ok("STORE 1 +X-GM-LABELS (R&-D)")[0]
    opened.ok("ENABLE UTF8=ACCEPT")
    assert labels(opened) == '("Übung" R&D)'
    assert '("Übung" R&D)' in opened.ok("STORE 1 +X-GM-LABELS (R&D)")[0]


def test_appendix_a_store_arguments(sim: Simulator, opened: Wire) -> None:
    opened.ok("STORE 1 +X-GM-LABELS (&ANw-bung R&-D)")
    assert sim.control.messages()[0].labels == {"Übung", "R&D"}
    opened.ok("ENABLE UTF8=ACCEPT")
    opened.ok('STORE 1 -X-GM-LABELS ("Übung")'.encode())
    assert sim.control.messages()[0].labels == {"R&D"}
    opened.ok("STORE 1 +X-GM-LABELS (R&-D)")
    assert sim.control.messages()[0].labels == {"R&D", "R&-D"}


def test_appendix_a_search_wants_the_decoded_name(sim: Simulator, opened: Wire) -> None:
    opened.ok("STORE 1 +X-GM-LABELS (&ANw-bung R&-D)")
    assert opened.ok("SEARCH X-GM-LABELS R&D") == ["* SEARCH 1"]
    assert opened.ok("SEARCH X-GM-LABELS R&-D") == ["* SEARCH"]
    assert opened.ok("SEARCH CHARSET UTF-8 X-GM-LABELS {6}\r\nÜbung".encode())[-1] == "* SEARCH 1"
    opened.ok("ENABLE UTF8=ACCEPT")
    assert opened.ok('SEARCH X-GM-LABELS "Übung"'.encode()) == ["* SEARCH 1"]


def test_appendix_a_mailbox_names(sim: Simulator, opened: Wire) -> None:
    opened.ok("CREATE &ANw-bung")
    opened.ok("RENAME &ANw-bung R&-D")
    assert "R&D" in sim.control.mailboxes()
    assert opened.last("SELECT R&-D") == "OK [READ-WRITE] R&-D selected. (Success)"
    opened.ok("DELETE R&-D")
    opened.ok("ENABLE UTF8=ACCEPT")
    opened.ok('CREATE "Übung"'.encode())
    assert opened.last('SELECT "Übung"'.encode()) == "OK [READ-WRITE] Übung selected. (Success)"
    opened.ok('RENAME "Übung" "R&-D"'.encode())
    assert "R&-D" in sim.control.mailboxes()
