"""Writing through the whole engine: each mail leaves exactly once, or is shown as not sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from msgspec.structs import replace

from imapcore.engine import Engine, EngineOptions
from imapcore.engine import outbox as outbox_module
from imapcore.errors import InvalidArgument, WrongState
from imapcore.events import Alerted, Event
from imapcore.model import Account, Address, Draft, LinkState, Outgoing, OutgoingState, Role, Security, View
from imapcore.simulator import Fault, FaultKind, Options, Simulator
from imapcore.simulator.account.kinds import Kind
from tests.engine.proxy import Proxy

EMAIL, SECRET = "demo@gmail.com", "demo demo demo demo"
LIN = Address("Lin", "lin@example.org")
PATIENCE = 30.0


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "LOOKS_SECONDS", (0.01, 0.05, 0.1))
    monkeypatch.setattr(outbox_module, "FIRST_RETRY", 0.05)
    monkeypatch.setattr(outbox_module, "CANNOT_ASK_SECONDS", 0.05)


@pytest.fixture
def server() -> Iterator[Simulator]:
    with Simulator(Options(messages=0, smtp_port=0)) as simulator:
        yield simulator


class Watched:
    """An engine, and a way to wait until it says something."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._changed = threading.Condition()
        self._count = 0
        engine.subscribe(self._heard)

    def _heard(self, event: Event) -> None:
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for the engine's next words until it is so."""
        with self._changed:
            assert self._changed.wait_for(is_so, PATIENCE), self.engine.writing.outbox()

    def until_state(self, *states: OutgoingState) -> Outgoing:
        """Wait until the newest message stands so."""
        self.until(
            lambda: bool(self.engine.writing.outbox()) and self.engine.writing.outbox()[-1].state in states
        )
        return self.engine.writing.outbox()[-1]


@contextmanager
def running(
    server: Simulator, folder: Path, *, smtp_port: int | None = None, imap_port: int | None = None
) -> Iterator[Watched]:
    account = Account(
        EMAIL,
        "127.0.0.1",
        imap_port or server.port,
        Security.NONE,
        smtp_host="127.0.0.1",
        smtp_port=smtp_port or server.smtp_port,
        smtp_security=Security.NONE,
    )
    options = EngineOptions(first_retry_seconds=0.05, longest_retry_seconds=0.2, read_seconds=5.0)
    with Engine(account, secret=lambda: SECRET, data_dir=folder, options=options) as engine:
        yield Watched(engine)


def draft_of(engine: Engine, **changes: object) -> Draft:
    return replace(engine.writing.new(), to=(LIN,), subject="Lisbon", text="Hello", **changes)


def test_a_mail_leaves_once_and_stands_in_sent(server: Simulator, tmp_path: Path) -> None:
    with running(server, tmp_path) as it:
        it.engine.writing.send(draft_of(it.engine), held_seconds=0)
        it.until_state(OutgoingState.SENT)
        (gone,) = server.control.departures()
        assert gone.recipients == ("lin@example.org",)
        message = message_from_bytes(gone.octets, policy=policy.default)
        assert (message["Subject"], message["From"]) == ("Lisbon", EMAIL)
        assert it.engine.writing.drafts() == ()
        it.until(lambda: it.engine.window(View.of_role(Role.SENT)).total == 1)


def test_sending_can_be_undone_and_the_draft_is_as_it_was(server: Simulator, tmp_path: Path) -> None:
    with running(server, tmp_path) as it:
        draft = it.engine.writing.save(draft_of(it.engine))
        outgoing = it.engine.writing.send(draft, held_seconds=3600)
        assert outgoing.state is OutgoingState.HELD
        assert it.engine.writing.drafts() == ()
        back = it.engine.writing.take_back(outgoing.outgoing_id)
        assert back is not None
        assert replace(back, changed_at=0) == replace(draft, changed_at=0)
        assert it.engine.writing.drafts() == (back,)
        assert it.engine.writing.outbox() == ()
    assert server.control.departures() == []


def test_a_reply_threads_and_sets_the_flag(server: Simulator, tmp_path: Path) -> None:
    raw = (
        b"From: Lin <lin@example.org>\r\nTo: demo@gmail.com\r\nSubject: Lisbon\r\n"
        b"Message-ID: <first@example.org>\r\nReferences: <zero@example.org>\r\n\r\nShall we?\r\n"
    )
    msgid = server.control.deliver(raw)
    with running(server, tmp_path) as it:
        it.until(lambda: it.engine.window(View.of_role(Role.INBOX)).total == 1)
        with pytest.raises(WrongState, match="not here yet"):
            it.engine.writing.reply(msgid)
        it.engine.open_body(msgid)
        it.until(lambda: it.engine.body(msgid) is not None)
        draft = it.engine.writing.reply(msgid)
        assert draft.references == ("<zero@example.org>", "<first@example.org>")
        assert "> Shall we?" in draft.text
        it.engine.writing.send(replace(draft, text="Yes." + draft.text), held_seconds=0, archives=True)
        it.until_state(OutgoingState.SENT)
        it.until(lambda: "\\Answered" in server.control.message(msgid).flags)
        it.until(lambda: "\\Inbox" not in server.control.message(msgid).labels)
        sent = next(each for each in server.control.messages() if "\\Sent" in each.labels)
        assert sent.thrid == server.control.message(msgid).thrid


def test_what_is_refused_is_a_draft_again_with_the_servers_words(server: Simulator, tmp_path: Path) -> None:
    server.control.fault(Fault(FaultKind.REFUSED, "SMTP RCPT", text="no-such-user"))
    with running(server, tmp_path) as it:
        it.engine.writing.send(draft_of(it.engine), held_seconds=0)
        refused = it.until_state(OutgoingState.REFUSED)
        assert "does not exist: lin@example.org" in refused.title
        assert refused.detail.startswith("550 5.1.1")
        (draft,) = it.engine.writing.drafts()
        it.engine.writing.send(draft, held_seconds=0)
        it.until_state(OutgoingState.SENT)
    assert len(server.control.departures()) == 1


def test_what_cannot_be_sent_now_waits_and_goes(server: Simulator, tmp_path: Path) -> None:
    server.control.fault(Fault(FaultKind.REFUSED, "SMTP MAIL", text="busy", times=2))
    server.control.fault(Fault(FaultKind.CUT_BEFORE, "SMTP DATA", times=2))
    with running(server, tmp_path) as it:
        it.engine.writing.send(draft_of(it.engine), held_seconds=0)
        it.until_state(OutgoingState.SENT)
    assert len(server.control.departures()) == 1


@pytest.mark.parametrize("has_it", [True, False])
def test_an_answer_that_is_lost_is_looked_for_in_sent(
    server: Simulator, tmp_path: Path, has_it: bool
) -> None:
    kind = FaultKind.CUT if has_it else FaultKind.CUT_BEFORE
    server.control.fault(Fault(kind, "SMTP BODY"))
    with running(server, tmp_path) as it:
        it.engine.writing.send(draft_of(it.engine), held_seconds=0)
        out = it.until_state(OutgoingState.SENT, OutgoingState.REFUSED)
        if has_it:
            assert out.state is OutgoingState.SENT
            assert it.engine.writing.drafts() == ()
        else:
            assert out.state is OutgoingState.REFUSED
            assert "Nobody knows" in out.title
            assert len(it.engine.writing.drafts()) == 1
    assert len(server.control.departures()) == (1 if has_it else 0)


def test_a_run_that_dies_in_doubt_is_settled_by_the_next(server: Simulator, tmp_path: Path) -> None:
    server.control.fault(Fault(FaultKind.STALL, "SMTP BODY", seconds=60))
    with running(server, tmp_path) as it:
        it.engine.writing.send(draft_of(it.engine), held_seconds=0)
        it.until(lambda: len(server.control.departures()) == 1)
    with running(server, tmp_path) as it:
        it.until_state(OutgoingState.SENT)
    assert len(server.control.departures()) == 1


def test_cut_anywhere_a_mail_leaves_once_or_is_shown_as_not_sent(server: Simulator, tmp_path: Path) -> None:
    with Proxy(server.smtp_port) as proxy, running(server, tmp_path / "whole", smtp_port=proxy.port) as it:
        it.engine.writing.send(draft_of(it.engine), held_seconds=0)
        it.until_state(OutgoingState.SENT)
        total = proxy.passed
    for octets in range(0, total, 37):
        before = len(server.control.departures())
        with (
            Proxy(server.smtp_port, cut_after=octets) as proxy,
            running(server, tmp_path / str(octets), smtp_port=proxy.port) as it,
        ):
            it.engine.writing.send(draft_of(it.engine), held_seconds=0)
            out = it.until_state(OutgoingState.SENT, OutgoingState.REFUSED)
        gone = len(server.control.departures()) - before
        assert gone == (1 if out.state is OutgoingState.SENT else 0), octets


def test_offline_it_waits_and_can_be_taken_back(server: Simulator, tmp_path: Path) -> None:
    with Proxy(server.smtp_port) as proxy:
        dead = proxy.port
    with running(server, tmp_path, smtp_port=dead) as it:
        it.engine.writing.send(draft_of(it.engine), held_seconds=0)
        waiting = it.until_state(OutgoingState.WAITING)
        it.until(lambda: bool(it.engine.writing.outbox()[-1].title))
        # Not in the moment in which it is tried once more.
        it.until(lambda: it.engine.writing.take_back(waiting.outgoing_id) is not None)
        assert len(it.engine.writing.drafts()) == 1
    assert server.control.departures() == []


def test_files_of_every_kind_of_path_are_judged(server: Simulator, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    with running(server, tmp_path / "store") as it:
        draft = it.engine.writing.attach(draft_of(it.engine), tmp_path / "a.pdf")
        assert [(each.filename, each.media_type, each.size) for each in draft.files] == [
            ("a.pdf", "application/pdf", 4)
        ]
        for wrong in (tmp_path / "gone", tmp_path, Path("/dev/null"), Path("/dev/zero")):
            with pytest.raises(InvalidArgument):
                it.engine.writing.attach(draft, wrong)
        it.engine.writing.send(draft, held_seconds=0)
        it.until_state(OutgoingState.SENT)
    assert b'filename="a.pdf"' in server.control.departures()[0].octets


@pytest.mark.parametrize(
    ("changes", "word"), [({"to": ()}, "Nobody"), ({"to": (Address("", "lin"),)}, "no @")]
)
def test_what_cannot_be_sent_is_said_at_once(
    server: Simulator, tmp_path: Path, changes: dict[str, object], word: str
) -> None:
    with running(server, tmp_path) as it, pytest.raises(InvalidArgument, match=word):
        it.engine.writing.send(replace(draft_of(it.engine), **changes))


def drafts_at_gmail(server: Simulator) -> list[bytes]:
    """The sources in Gmail's Drafts, oldest first."""
    found = [each for each in server.control.messages() if "\\Draft" in each.labels]
    return [server.control.source(each.msgid) for each in found]


def test_versions_of_a_draft_replace_our_own_and_no_other(server: Simulator, tmp_path: Path) -> None:
    server.control.deliver(
        b"Subject: theirs\r\nMessage-ID: <theirs@gmail.com>\r\n\r\nx\r\n", labels=["\\Draft"]
    )
    with running(server, tmp_path) as it:
        writing = it.engine.writing
        draft = writing.save(draft_of(it.engine))
        it.until(lambda: it.engine.link().state is LinkState.LIVE)
        writing.leave(draft)
        it.until(lambda: len(drafts_at_gmail(server)) == 2)
        draft = writing.save(replace(draft, text="Hello again", bcc=(Address("", "zoe@example.org"),)))
        writing.leave(draft)
        ours = settled(it, server, b"Hello again")
        assert b"Bcc: zoe@example.org" in ours
        assert all(
            "\\Trash" not in each.labels and each.place is Kind.ALL for each in server.control.messages()
        )
        writing.send(draft, held_seconds=0)
        it.until_state(OutgoingState.SENT)
        it.until(lambda: [b"theirs" in raw for raw in drafts_at_gmail(server)] == [True])
    assert b"Bcc" not in server.control.departures()[0].octets
    assert b"X-Gimap-Draft" not in server.control.departures()[0].octets


def settled(it: Watched, server: Simulator, words: bytes) -> bytes:
    """Wait until one draft says this and its older version is gone; its source."""
    seen: list[bytes] = []

    def is_so() -> bool:
        seen[:] = drafts_at_gmail(server)
        return len(seen) == 2 and any(words in each for each in seen)

    it.until(is_so)
    return next(each for each in seen if words in each)


def test_a_draft_changed_on_the_phone_is_kept_beside_ours(server: Simulator, tmp_path: Path) -> None:
    with running(server, tmp_path) as it:
        writing = it.engine.writing
        said: list[str] = []
        it.engine.subscribe(lambda event: said.append(event.title) if isinstance(event, Alerted) else None)
        draft = writing.save(draft_of(it.engine))
        writing.leave(draft)
        it.until(lambda: len(drafts_at_gmail(server)) == 1)
        (ours,) = [each for each in server.control.messages() if "\\Draft" in each.labels]
        server.control.erase(ours.msgid)
        server.control.deliver(b"Subject: phone\r\n\r\nphone\r\n", labels=["\\Draft"])
        draft = writing.save(replace(draft, text="Hello again"))
        writing.leave(draft)
        it.until(lambda: "This draft was changed elsewhere, too" in said)
        assert len(drafts_at_gmail(server)) == 2


def test_a_draft_begun_elsewhere_is_continued_and_gone_when_sent(server: Simulator, tmp_path: Path) -> None:
    raw = (
        b"From: demo@gmail.com\r\nTo: lin@example.org\r\nSubject: phone\r\n"
        b"Message-ID: <p@gmail.com>\r\n\r\nHello\r\n"
    )
    msgid = server.control.deliver(raw, labels=["\\Draft"])
    with running(server, tmp_path) as it:
        it.until(lambda: it.engine.window(View.of_role(Role.DRAFTS)).total == 1)
        it.engine.open_source(msgid)
        it.until(lambda: it.engine.raw(msgid) is not None)
        draft = it.engine.writing.continue_draft(msgid)
        assert (draft.to, draft.subject, draft.text) == (
            (Address("", "lin@example.org"),),
            "phone",
            "Hello\n",
        )
        it.engine.writing.send(draft, held_seconds=0)
        it.until_state(OutgoingState.SENT)
        it.until(lambda: server.control.message(msgid).place is Kind.TRASH)


def test_a_discarded_draft_lies_in_the_trash(server: Simulator, tmp_path: Path) -> None:
    with running(server, tmp_path) as it:
        draft = it.engine.writing.save(draft_of(it.engine))
        it.engine.writing.leave(draft)
        it.until(lambda: len(drafts_at_gmail(server)) == 1)
        it.engine.writing.discard(draft)
        it.until(lambda: any(each.place is Kind.TRASH for each in server.control.messages()))
