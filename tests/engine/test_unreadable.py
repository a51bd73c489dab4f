"""Mail that cannot be read, answers that are not given, numbers too large: nothing is missing in silence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from imapcore.engine import Engine
from imapcore.events import Alerted
from imapcore.model import (
    INBOX,
    Account,
    ChangeLabels,
    LinkState,
    Messages,
    MoveToTrash,
    Role,
    Security,
    View,
)
from imapcore.simulator import Fault, FaultKind, Options, Simulator
from imapcore.sync.convert.partial_facts import UNREADABLE
from tests.engine.harness import Watcher, agree, engine_on, on_server, settle, store_of
from tests.engine.line_proxy import Rewriter

OPTIONS = Options(messages=20, seed=3, spurious_bumps=False)
MAIL = (
    b"From: Ann <ann@example.org>\r\nTo: demo@gmail.com\r\nSubject: Number one\r\n"
    b"Message-ID: <1@example.org>\r\n\r\nHello.\r\n"
)
DEEP = b"(" * 65 + b'"TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1' + b' "MIXED")' * 65
Rewrite = Callable[[bytes], bytes]


@contextmanager
def engine_behind(
    rewrite: Rewrite, sim: Simulator, folder: Path
) -> Iterator[tuple[Engine, Watcher, Rewriter]]:
    """An engine that hears other lines than the server says."""
    with Rewriter(sim.port, rewrite) as proxy:
        account = Account("demo@gmail.com", "127.0.0.1", proxy.port, Security.NONE)
        with engine_on(sim, folder, account=account) as (engine, watcher):
            yield engine, watcher, proxy


def of_message(msgid: int, change: Rewrite) -> Rewrite:
    """Change the lines of one message alone, also those that do not name it by its id."""
    seen: set[bytes] = set()

    def rewrite(line: bytes) -> bytes:
        uid = re.search(rb"FETCH .*?[ (]UID (\d+)", line)
        if uid is None:
            return line
        if b"X-GM-MSGID %d " % msgid in line:
            seen.add(uid[1])
        return change(line) if uid[1] in seen else line

    return rewrite


def subjects(engine: Engine) -> list[str]:
    """What the inbox shows."""
    return [row.subject for row in engine.window(INBOX).rows]


UNREADABLE_ITEMS: dict[str, Rewrite] = {
    "a structure of 65 levels": lambda line: re.sub(
        rb"BODYSTRUCTURE .*\)\r\n", b"BODYSTRUCTURE " + DEEP + b")\r\n", line
    ),
    "a subject with bare quotes": lambda line: line.replace(b'"Number one"', b'"Number "one" of" two"'),
    "an address that is none": lambda line: line.replace(b'"ann" "example.org"', b'("ann") "example.org"'),
    "a date that is none": lambda line: re.sub(rb'INTERNALDATE "[^"]*"', b'INTERNALDATE "soon"', line),
    "a size without end": lambda line: re.sub(rb"RFC822.SIZE \d+", b"RFC822.SIZE " + b"9" * 19, line),
    "a modseq without end": lambda line: re.sub(rb"MODSEQ \(\d+\)", b"MODSEQ (%d)" % 2**63, line),
    "no conversation": lambda line: re.sub(rb"X-GM-THRID \d+", b"X-GM-THRID x", line),
}


@pytest.mark.parametrize("name", list(UNREADABLE_ITEMS))
def test_one_item_costs_itself_alone(tmp_path: Path, name: str) -> None:
    with Simulator(OPTIONS) as sim:
        msgid = sim.control.deliver(MAIL)
        rewrite = of_message(msgid, UNREADABLE_ITEMS[name])
        with engine_behind(rewrite, sim, tmp_path) as (engine, watcher, _):
            agree(engine, watcher, sim)
            assert "Number one" in subjects(engine)
            (message,) = store_of(engine).reader().threads.messages([msgid])
            assert message.sender.email == "ann@example.org"
            assert abs(message.date - sim.control.message(msgid).date_ms) < 2000
            assert not watcher.of(Alerted)


def test_a_message_of_which_next_to_nothing_can_be_read_has_a_row_that_says_so(tmp_path: Path) -> None:
    def spoil(line: bytes) -> bytes:
        return b"" if b"ENVELOPE" in line or b"BODY" in line else line

    with Simulator(OPTIONS) as sim:
        msgid = sim.control.deliver(MAIL)
        with engine_behind(of_message(msgid, spoil), sim, tmp_path) as (engine, watcher, _):
            agree(engine, watcher, sim)
            assert UNREADABLE in subjects(engine)
            alert = watcher.wait_for(Alerted)
            assert alert.title == "1 message of All Mail could not be read"
            assert UNREADABLE in alert.detail
            engine.submit(ChangeLabels(Messages((msgid,)), add=frozenset(("Odd",))))
            agree(engine, watcher, sim)
            assert "Odd" in on_server(sim)[msgid].labels


def test_a_message_that_never_comes_is_said_to_be_missing_and_a_restart_heals_it(tmp_path: Path) -> None:
    with Simulator(OPTIONS) as sim:
        msgid = sim.control.deliver(MAIL)
        with engine_behind(of_message(msgid, lambda _: b""), sim, tmp_path) as (engine, watcher, _):
            settle(engine, watcher)
            alert = watcher.wait_for(Alerted)
            assert alert.title == "1 message of All Mail could not be read"
            assert "number" in alert.detail
            assert engine.progress().stored == len(on_server(sim)) - 1
            assert engine.progress().missing == 1
        with engine_on(sim, tmp_path) as (engine, watcher):
            agree(engine, watcher, sim)
            assert engine.progress().missing == 0
            assert "Number one" in subjects(engine)


@pytest.mark.parametrize("uid", [b"0", b"4294967296", b"99999999999999999999", b"-1", b"x"])
def test_a_uid_that_cannot_be(tmp_path: Path, uid: bytes) -> None:
    """Also while lines of it go on coming unasked."""
    with Simulator(OPTIONS) as sim:
        sim.control.deliver(MAIL)

        def add_line(line: bytes) -> bytes:
            return b"* 1 FETCH (UID %b FLAGS (\\Seen))\r\n" % uid + line if b" FETCH (" in line else line

        with engine_behind(add_line, sim, tmp_path) as (engine, watcher, _):
            agree(engine, watcher, sim)


def test_ids_of_the_upper_half(tmp_path: Path) -> None:
    options = Options(messages=20, seed=3, spurious_bumps=False, first_id=2**63)
    with Simulator(options) as sim, engine_on(sim, tmp_path) as (engine, watcher):
        sim.control.deliver(MAIL)
        watcher.wait_until(lambda: bool(engine.window(INBOX).rows))
        settle(engine, watcher)
        there = {each.msgid: each for each in sim.control.messages()}
        assert engine.progress().stored == len(there)
        row = engine.window(INBOX).rows[0]
        thread = engine.thread(row.thrid, INBOX)
        assert thread is not None
        message = thread.messages[-1]
        assert int(message.web_id, 16) in there
        engine.submit(ChangeLabels(Messages((message.msgid,)), add=frozenset(("High",))))
        settle(engine, watcher)
        assert "High" in sim.control.message(int(message.web_id, 16)).labels
        engine.submit(MoveToTrash(Messages((message.msgid,))))
        settle(engine, watcher)
        trashed = {each.msgid for each in sim.control.messages("[Gmail]/Trash")}
        assert int(message.web_id, 16) in trashed
        assert engine.window(View.of_role(Role.TRASH)).rows


def test_forty_mails_with_the_label_nil(tmp_path: Path) -> None:
    with Simulator(Options(messages=40, seed=3)) as sim:
        for each in sim.control.messages("[Gmail]/All Mail"):
            sim.control.relabel(each.msgid, add=("NIL",))

        def quote(line: bytes) -> bytes:
            return re.sub(rb"(X-GM-LABELS \([^)]*?)(?<=[ (])NIL(?=[ )])", rb'\1"NIL"', line)

        with engine_behind(quote, sim, tmp_path) as (engine, watcher, _):
            agree(engine, watcher, sim)


ONCE = {
    "a line left out": [Fault(FaultKind.LEFT_OUT, command="UID FETCH", octets=7)],
    "two lines left out": [Fault(FaultKind.LEFT_OUT, command="UID FETCH", octets=7, times=2)],
    "no result": [Fault(FaultKind.NO_RESULT, command="UID SEARCH")],
    "no result at the comparison": [Fault(FaultKind.NO_RESULT, command="UID SEARCH", skip=2)],
    "no mailboxes": [Fault(FaultKind.NO_MAILBOXES, command="LIST")],
    "empty": [Fault(FaultKind.EMPTY, command="SELECT"), Fault(FaultKind.EMPTY, command="UID SEARCH")],
    "empty for a moment": [
        Fault(FaultKind.EMPTY, command="SELECT", times=2),
        Fault(FaultKind.EMPTY, command="UID SEARCH", times=3),
    ],
}


@pytest.mark.parametrize("name", list(ONCE))
@pytest.mark.parametrize("is_first", [True, False], ids=["first sync", "later"])
def test_an_answer_that_was_not_given_is_not_believed(tmp_path: Path, name: str, is_first: bool) -> None:
    with Simulator(Options(messages=60, seed=3)) as sim:
        if not is_first:
            with engine_on(sim, tmp_path) as (engine, watcher):
                agree(engine, watcher, sim)
        for fault in ONCE[name]:
            sim.control.fault(fault)
        with engine_on(sim, tmp_path) as (engine, watcher):
            lowest = [len(on_server(sim)) if not is_first else 0]

            def look() -> bool:
                lowest.append(engine.progress().stored)
                return engine.link().state is LinkState.LIVE and not engine.progress().is_syncing

            watcher.wait_until(look)
            agree(engine, watcher, sim)
            if not is_first:
                assert min(lowest) == len(on_server(sim))
        sim.control.clear_faults()


def test_most_of_a_place_goes_on_the_word_of_two_connections(tmp_path: Path) -> None:
    with Simulator(Options(messages=60, seed=3)) as sim, engine_on(sim, tmp_path) as (engine, watcher):
        agree(engine, watcher, sim)
        for each in sim.control.messages("[Gmail]/All Mail")[:-5]:
            sim.control.erase(each.msgid)
        engine.refresh()
        agree(engine, watcher, sim)
