"""The base protocol, held to what Dovecot answers: OK, NO or BAD, and the kinds of untagged data.

``command_table`` is the list; each difference there names the fact of Gmail that explains it, and must still
be a difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from imapcore.simulator import Simulator
from tests.dovecot import PROGRAM, running_dovecot
from tests.simulator.command_table import ROWS
from tests.simulator.conftest import options
from tests.simulator.wire import Wire, mail

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(PROGRAM is None, reason="Dovecot is not installed (Debian: dovecot-imapd)"),
]
_KIND = re.compile(r"\* (?:\d+ )?([A-Z-]+)")
UNTOLD = frozenset(("OK", "RECENT", "FLAGS", "NO", "BAD"))
"""Untagged lines that carry no data a client asked for."""


class Peer:
    """One of the two servers, as a client that opens a connection for every row."""

    def __init__(self, address: tuple[str, int], user: str, password: str) -> None:
        self.address = address
        escaped = password.replace("\\", "\\\\").replace('"', '\\"')
        self.login = f'LOGIN {user} "{escaped}"'
        self.wires: dict[str, Wire] = {}

    def prepare(self) -> None:
        """Five messages in the inbox."""
        with Wire(self.address) as wire:
            wire.ok(self.login)
            for number in range(5):
                raw = mail(f"one {number}", message_id=f"<{number}@x>")
                wire.ok(b"APPEND INBOX {%d}\r\n%b" % (len(raw), raw))

    def answer(self, stage: str, command: str) -> list[str]:
        """What a fresh connection in that stage gets for the command."""
        with Wire(self.address) as wire:
            if stage != "N":
                wire.ok(self.login)
            if stage in "SE":
                wire.ok("SELECT INBOX" if stage == "S" else "EXAMINE INBOX")
            lines = wire.ask(command)
            if lines[-1].startswith("+"):
                # A challenge: give up, as RFC 3501 §6.2.2 has it.
                lines = wire.exchange(f"a{wire.count}", b"*\r\n")
            return lines


def kind(lines: list[str]) -> tuple[str, frozenset[str]]:
    """The condition of the tagged line, and what kinds of data came before it."""
    kinds = {match[1] for line in lines[:-1] if (match := _KIND.match(line)) is not None}
    return lines[-1].split(" ")[0], frozenset(kinds - UNTOLD)


@pytest.fixture(scope="module")
def peers() -> Iterator[tuple[Peer, Peer]]:
    """Dovecot and the simulator, with the same mail."""
    with running_dovecot() as dovecot, Simulator(options()) as sim:
        theirs = Peer(("127.0.0.1", dovecot.port), next(dovecot.unused), dovecot.password)
        ours = Peer((sim.host, sim.port), "demo@gmail.com", "demodemodemodemo")
        theirs.prepare()
        ours.prepare()
        yield theirs, ours


def test_every_command_of_the_table_is_answered_in_kind(peers: tuple[Peer, Peer]) -> None:
    theirs, ours = peers
    unexplained: list[str] = []
    stale: list[str] = []
    for stage, command, *why in ROWS:
        expected, got = kind(theirs.answer(stage, command)), kind(ours.answer(stage, command))
        if expected != got and not why:
            unexplained.append(f"{stage} {command!r}: Dovecot {expected}, here {got}")
        if expected == got and why:
            stale.append(f"{stage} {command!r}: no longer differs ({why[0]})")
    assert unexplained == []
    assert stale == []


DATES = (
    "Thu, 1 Jan 2026 23:30:00 -0900",
    "Fri, 2 Jan 2026 00:30:00 +0900",
    "5 Jan 2026 12:00 GMT",
    "nonsense",
)
ARRIVALS = ("01-Jan-2026", "02-Feb-2026", "03-Mar-2026", "04-Apr-2026")
FLAGS = (r"(\Seen)", r"(\Flagged \Answered)", "($Work)", "()")
PROGRAMS = """
ALL | 2:3 | *:2 | UID 1,4 | SEEN | UNSEEN | FLAGGED | UNFLAGGED | ANSWERED | UNANSWERED | DRAFT | UNDRAFT
DELETED | UNDELETED | KEYWORD $work | UNKEYWORD $Work | NOT SEEN | OR SEEN FLAGGED | NOT (SEEN) 1:3
OR (SEEN 1) (OR KEYWORD $Work 4) | (UNSEEN UNFLAGGED) | SUBJECT "paper 2" | SUBJECT APER | FROM ada
from nobody | TO demo | CC lin | BCC lin | BODY "number 3" | TEXT paper | TEXT "NUMBER 1" | HEADER Subject 3
HEADER Cc "" | HEADER X-None "" | LARGER 1000 | SMALLER 1000 | NOT LARGER 1000 | SINCE 2-Feb-2026
BEFORE 2-Feb-2026 | ON 3-Mar-2026 | NOT SINCE 3-Mar-2026 | SINCE 1-Jan-2026 BEFORE 1-Mar-2026
SENTON 1-Jan-2026 | SENTON 2-Jan-2026 | SENTSINCE 2-Jan-2026 | SENTBEFORE 5-Jan-2026 1:3
NOT SENTSINCE 5-Jan-2026
"""


def test_searches_find_the_same() -> None:
    with running_dovecot() as dovecot, Simulator(options()) as sim:
        theirs = Peer(("127.0.0.1", dovecot.port), next(dovecot.unused), dovecot.password)
        ours = Peer((sim.host, sim.port), "demo@gmail.com", "demodemodemodemo")
        for peer in (theirs, ours):
            with Wire(peer.address) as wire:
                wire.ok(peer.login)
                for number, (sent, came, flags) in enumerate(zip(DATES, ARRIVALS, FLAGS, strict=True), 1):
                    raw = mail(
                        f"Paper {number}",
                        date=sent,
                        message_id=f"<{number}@x>",
                        cc="Lin <lin@x>" if number % 2 else "Ada <ada@x>",
                        body=f"This is number {number}." + "\r\nmore" * 300 * (number // 3),
                    )
                    head = f'APPEND INBOX {flags} "{came} 10:00:00 +0000" {{{len(raw)}}}\r\n'
                    wire.ok(head.encode() + raw)
        programs = [each.strip() for each in PROGRAMS.replace("\n", "|").split("|") if each.strip()]
        assert len(programs) > 40
        found = {
            program: [
                next(line for line in peer.answer("S", f"SEARCH {program}") if line.startswith("* SEARCH"))
                for peer in (theirs, ours)
            ]
            for program in programs
        }
        assert {program: both for program, both in found.items() if both[0] != both[1]} == {}


def test_the_table_is_long_enough_and_every_explanation_names_its_section() -> None:
    assert len(ROWS) >= 300
    assert all(re.match(r"§\d|RFC \d+", row[2]) for row in ROWS if len(row) > 2)
