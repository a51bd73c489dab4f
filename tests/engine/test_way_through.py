"""The main job, end to end over a real socket: see mail, change it, and find the change on the server.

What the server holds is asserted with Python's own imaplib on a connection of its own.
"""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from imapcore.engine import Engine
from imapcore.events import (
    Alerted,
    BodyArrived,
    BodyProgressed,
    MailArrived,
    OpSettled,
    SearchProgressed,
    SourceArrived,
)
from imapcore.model import (
    INBOX,
    Archive,
    ChangeFlags,
    ChangeLabels,
    CreateLabel,
    DeleteForever,
    DeleteLabel,
    LinkState,
    Messages,
    MoveToInbox,
    MoveToSpam,
    MoveToTrash,
    Op,
    OpState,
    RenameLabel,
    Role,
    Threads,
    View,
)
from imapcore.simulator import Simulator
from tests.engine.harness import Watcher, agree, differences, engine_on, settle

ALL_MAIL = '"[Gmail]/All Mail"'
TRASH = '"[Gmail]/Trash"'
SPAM = '"[Gmail]/Spam"'


@contextmanager
def other_client(simulator: Simulator) -> Iterator[imaplib.IMAP4]:
    """Somebody else who is signed in to the same account."""
    with imaplib.IMAP4(simulator.host, simulator.port, timeout=10) as client:
        client.login(simulator.options.email, simulator.options.app_password)
        yield client


def labels_on_server(simulator: Simulator, msgid: int, mailbox: str = ALL_MAIL) -> bytes | None:
    """The X-GM-LABELS and FLAGS of a message as the wire has them; None when it is not in the mailbox."""
    with other_client(simulator) as client:
        client.select(mailbox, readonly=True)
        _, found = client.uid("SEARCH", f"X-GM-MSGID {msgid}")
        uids = found[0].split() if found and found[0] else []
        if not uids:
            return None
        _, lines = client.uid("FETCH", uids[0].decode(), "(X-GM-LABELS FLAGS)")
        assert isinstance(lines[0], bytes)
        return lines[0]


@pytest.fixture
def ready(sim: Simulator, tmp_path: Path) -> Iterator[tuple[Engine, Watcher]]:
    """An engine that has everything."""
    with engine_on(sim, tmp_path) as (engine, watcher):
        settle(engine, watcher)
        yield engine, watcher


def do(engine: Engine, watcher: Watcher, op: Op) -> int:
    """Submit, and wait until the server has confirmed it."""
    receipt = engine.submit(op)
    watcher.wait_for(OpSettled, lambda event: event.op_id == receipt.op_id)
    return receipt.op_id


def undo(engine: Engine, watcher: Watcher) -> None:
    receipt = engine.undo()
    assert receipt is not None
    watcher.wait_for(OpSettled, lambda event: event.op_id == receipt.op_id)


def test_the_store_becomes_what_the_server_has(ready: tuple[Engine, Watcher], sim: Simulator) -> None:
    engine, _ = ready
    assert differences(engine, sim) == {}
    roles = [each.role for each in engine.mailboxes() if each.role is not None]
    assert roles == list(Role)
    assert engine.window(INBOX).is_complete
    assert engine.progress().stored == len(sim.control.messages())


def test_a_window_shows_conversations_with_snippets(ready: tuple[Engine, Watcher]) -> None:
    engine, watcher = ready
    window = engine.window(INBOX, size=20)
    assert len(window.rows) == 20
    assert [row.key for row in window.rows] == sorted((row.key for row in window.rows), reverse=True)
    watcher.wait_until(lambda: all(row.snippet for row in engine.window(INBOX, size=20).rows), "snippets")
    assert any(row.count > 1 for row in window.rows)


def test_a_body_is_fetched_when_it_is_opened_and_kept(ready: tuple[Engine, Watcher]) -> None:
    engine, watcher = ready
    thread = engine.thread(engine.window(INBOX).rows[0].thrid, INBOX)
    assert thread is not None
    msgid = thread.messages[-1].msgid
    assert engine.body(msgid) is None
    engine.open_body(msgid)
    watcher.wait_for(BodyArrived, lambda event: event.msgid == msgid)
    body = engine.body(msgid)
    assert body is not None
    assert body.blocks
    raw = engine.raw(msgid)
    assert raw is not None
    assert b"Subject:" in raw


def test_of_a_large_message_only_the_text_is_fetched_and_a_file_when_it_is_saved(
    ready: tuple[Engine, Watcher], sim: Simulator, tmp_path: Path
) -> None:
    engine, watcher = ready
    octets = bytes(range(256)) * 8000
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "ann@example.org", "demo@gmail.com", "Big"
    letter["Message-ID"] = "<big@example.org>"
    letter.set_content("Here it is.\n")
    letter.add_attachment(octets, maintype="application", subtype="zip", filename="photos/all.zip")
    source = letter.as_bytes(policy=SMTP)
    msgid = sim.control.deliver(source)
    watcher.wait_for(MailArrived)
    engine.open_body(msgid)
    watcher.wait_for(BodyArrived, lambda event: event.msgid == msgid)
    body = engine.body(msgid)
    assert body is not None
    assert body.blocks[0].spans[0].text == "Here it is."
    assert engine.raw(msgid) is None
    (attachment,) = body.attachments
    assert abs(attachment.size - len(octets)) < len(octets) * 0.02
    folder = tmp_path / "downloads"
    for copies in (1, 2):
        engine.save_attachment(msgid, attachment.section, folder)
        watcher.wait_until(lambda copies=copies: len(watcher.of(Alerted)) == copies, "the file")  # type: ignore[misc]
    saved = sorted(folder.iterdir())
    assert [path.read_bytes() == octets for path in saved] == [True, True]
    assert [path.stat().st_mode & 0o777 for path in saved] == [0o600, 0o600]
    assert {event.title for event in watcher.of(Alerted)} == {"Saved"}

    engine.open_source(msgid)
    watcher.wait_for(SourceArrived, lambda event: event.msgid == msgid)
    assert engine.raw(msgid) == source
    told = [event for event in watcher.of(BodyProgressed) if event.msgid == msgid]
    assert len(told) > 2
    assert all(0 < event.done <= event.size for event in told)
    after = engine.body(msgid)
    assert after is not None
    assert after.blocks == body.blocks
    engine.open_source(msgid)
    watcher.wait_until(lambda: len(watcher.of(SourceArrived)) == 2, "the stored source")


def test_another_form_of_a_stored_message_can_be_read(ready: tuple[Engine, Watcher], sim: Simulator) -> None:
    engine, watcher = ready
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "ann@example.org", "demo@gmail.com", "Two forms"
    letter.set_content("As plain text.\n")
    letter.add_alternative("<p>As HTML.</p>", subtype="html")
    msgid = sim.control.deliver(letter.as_bytes(policy=SMTP))
    watcher.wait_for(MailArrived)
    assert engine.form(msgid, "2") is None
    engine.open_body(msgid)
    watcher.wait_for(BodyArrived, lambda event: event.msgid == msgid)
    shown = engine.body(msgid)
    assert shown is not None
    other = next(form for form in shown.forms if not form.is_shown)
    found = engine.form(msgid, other.section)
    assert found is not None
    assert found.blocks[0].spans[0].text == "As HTML."
    assert engine.body(msgid) == shown


def test_a_label_set_here_is_on_the_server_and_undo_takes_it_off(
    ready: tuple[Engine, Watcher], sim: Simulator
) -> None:
    engine, watcher = ready
    row = engine.window(INBOX).rows[0]
    thread = engine.thread(row.thrid, INBOX)
    assert thread is not None
    do(engine, watcher, ChangeLabels(Threads((row.thrid,)), add=frozenset(("Übung/neu",))))
    for message in thread.messages:
        found = labels_on_server(sim, message.msgid)
        assert found is not None
        assert b"&ANw-bung/neu" in found
    assert "Übung/neu" in engine.window(INBOX).rows[0].labels
    undo(engine, watcher)
    for message in thread.messages:
        assert b"&ANw-bung" not in (labels_on_server(sim, message.msgid) or b"")
    agree(engine, watcher, sim)


def test_archive_takes_the_inbox_label_off_and_undo_puts_it_back(
    ready: tuple[Engine, Watcher], sim: Simulator
) -> None:
    engine, watcher = ready
    row = engine.window(INBOX).rows[0]
    thread = engine.thread(row.thrid, INBOX)
    assert thread is not None
    in_inbox = [each.msgid for each in thread.messages if "\\Inbox" in each.labels]
    do(engine, watcher, Archive(Threads((row.thrid,))))
    assert row.thrid not in [each.thrid for each in engine.window(INBOX).rows]
    for msgid in in_inbox:
        assert b"Inbox" not in (labels_on_server(sim, msgid) or b"")
    undo(engine, watcher)
    for msgid in in_inbox:
        assert b"Inbox" in (labels_on_server(sim, msgid) or b"")
    assert engine.window(INBOX).rows[0].thrid == row.thrid


def test_trash_and_back_keeps_the_message_its_body_and_its_labels(
    ready: tuple[Engine, Watcher], sim: Simulator
) -> None:
    engine, watcher = ready
    row = next(each for each in engine.window(INBOX).rows if each.labels)
    thread = engine.thread(row.thrid, INBOX)
    assert thread is not None
    msgid = thread.messages[0].msgid
    before = labels_on_server(sim, msgid)
    engine.open_body(msgid)
    watcher.wait_for(BodyArrived)
    do(engine, watcher, MoveToTrash(Messages((msgid,))))
    assert labels_on_server(sim, msgid) is None
    assert labels_on_server(sim, msgid, TRASH) is not None
    undo(engine, watcher)
    assert labels_on_server(sim, msgid, TRASH) is None
    after = labels_on_server(sim, msgid)
    assert before is not None
    assert after is not None
    assert before.partition(b"UID")[0].partition(b"(")[2] == after.partition(b"UID")[0].partition(b"(")[2]
    agree(engine, watcher, sim)
    assert engine.body(msgid) is not None


def test_spam_and_not_spam(ready: tuple[Engine, Watcher], sim: Simulator) -> None:
    engine, watcher = ready
    row = engine.window(INBOX).rows[1]
    thread = engine.thread(row.thrid, INBOX)
    assert thread is not None
    msgids = tuple(each.msgid for each in thread.messages)
    do(engine, watcher, MoveToSpam(Messages(msgids)))
    assert all(labels_on_server(sim, msgid, SPAM) is not None for msgid in msgids)
    do(engine, watcher, MoveToInbox(Messages(msgids)))
    for msgid in msgids:
        assert b"Inbox" in (labels_on_server(sim, msgid) or b"")
    agree(engine, watcher, sim)


def test_flags_and_stars(ready: tuple[Engine, Watcher], sim: Simulator) -> None:
    engine, watcher = ready
    row = next(each for each in engine.window(INBOX).rows if not each.is_starred and each.unread)
    thread = engine.thread(row.thrid, INBOX)
    assert thread is not None
    msgid = next(each.msgid for each in thread.messages if each.is_unread)
    do(engine, watcher, ChangeFlags(Messages((msgid,)), add=frozenset(("\\Seen", "\\Flagged"))))
    found = labels_on_server(sim, msgid) or b""
    assert b"\\Seen" in found
    assert b"\\\\Starred" in found
    do(engine, watcher, ChangeFlags(Messages((msgid,)), remove=frozenset(("\\Flagged",))))
    assert b"Starred" not in (labels_on_server(sim, msgid) or b"")


def test_labels_are_created_renamed_and_deleted(ready: tuple[Engine, Watcher], sim: Simulator) -> None:
    engine, watcher = ready
    row = engine.window(INBOX).rows[0]
    do(engine, watcher, CreateLabel("Garden/Bees & Co"))
    do(engine, watcher, ChangeLabels(Threads((row.thrid,)), add=frozenset(("Garden/Bees & Co",))))
    do(engine, watcher, RenameLabel("Garden/Bees & Co", "Garden/Hives"))
    assert "Garden/Hives" in sim.control.mailboxes()
    assert "Garden/Hives" in engine.window(INBOX).rows[0].labels
    do(engine, watcher, DeleteLabel("Garden/Hives"))
    assert "Garden/Hives" not in sim.control.mailboxes()
    assert "Garden/Hives" not in engine.window(INBOX).rows[0].labels
    agree(engine, watcher, sim)


def test_delete_forever_works_in_trash_only(ready: tuple[Engine, Watcher], sim: Simulator) -> None:
    engine, watcher = ready
    row = engine.window(View.of_role(Role.TRASH)).rows[0]
    thread = engine.thread(row.thrid, View.of_role(Role.TRASH))
    assert thread is not None
    msgids = tuple(each.msgid for each in thread.messages)
    do(engine, watcher, DeleteForever(Messages(msgids), Role.TRASH, is_confirmed=True))
    left = {each.msgid for each in sim.control.messages()}
    assert not left & set(msgids)
    agree(engine, watcher, sim)


def test_a_search_runs_on_gmail_and_streams_into_its_view(
    ready: tuple[Engine, Watcher], sim: Simulator
) -> None:
    engine, watcher = ready
    view = View.of_search("has:attachment")
    engine.open(view)
    done = watcher.wait_for(SearchProgressed, lambda event: event.is_done)
    assert not done.is_offline
    with other_client(sim) as client:
        client.select(ALL_MAIL, readonly=True)
        _, found = client.uid("SEARCH", "X-GM-RAW", '"has:attachment"')
    assert done.found == len(found[0].split()) > 0
    assert engine.window(view).total > 0


def test_the_oldest_searches_are_forgotten_when_a_new_one_has_ended(
    small: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imapcore.store.mail.searches.KEPT_RUNS", 2)
    with engine_on(small, tmp_path) as (engine, watcher):
        settle(engine, watcher)

        def search(query: str) -> None:
            engine.open(View.of_search(query))
            watcher.wait_for(SearchProgressed, lambda event: event.is_done and event.query == query)
            assert engine.window(View.of_search(query)).total > 0

        for query in ("in:inbox", "in:sent", "is:unread"):
            search(query)
        watcher.wait_until(lambda: engine.window(View.of_search("in:inbox")).total == 0, "the first to go")
        assert engine.window(View.of_search("in:sent")).total > 0


def test_a_search_for_everything_looks_into_spam_and_trash(
    ready: tuple[Engine, Watcher], sim: Simulator
) -> None:
    engine, watcher = ready
    engine.open(View.of_search("in:anywhere in:spam"))
    done = watcher.wait_for(SearchProgressed, lambda event: event.is_done)
    assert done.found == len(sim.control.messages("[Gmail]/Spam")) > 0


def test_new_mail_is_announced_by_idle(ready: tuple[Engine, Watcher], sim: Simulator) -> None:
    engine, watcher = ready
    before = engine.window(INBOX).total
    msgid = sim.control.deliver(
        b"From: Ann <ann@example.org>\r\nTo: demo@gmail.com\r\nSubject: Tea?\r\n"
        b"Message-ID: <tea@example.org>\r\n\r\nAt four.\r\n"
    )
    arrived = watcher.wait_for(MailArrived)
    assert (arrived.count, arrived.sender, arrived.subject) == (1, "Ann", "Tea?")
    window = engine.window(INBOX)
    assert window.total == before + 1
    assert window.rows[0].thrid == sim.control.message(msgid).thrid


def test_idle_goes_on_whatever_is_done_here_and_whatever_arrives(sim: Simulator, tmp_path: Path) -> None:
    """It would have to be begun anew each time, and what arrives in between is heard late."""
    with engine_on(sim, tmp_path, poll_seconds=5.0) as (engine, watcher):
        settle(engine, watcher)
        listen_and_act(sim, engine, watcher)
        said = [line for line in engine.transcript(100_000) if line.startswith("C: ")]
    assert not [line for line in said if line.endswith("DONE")]


def listen_and_act(sim: Simulator, engine: Engine, watcher: Watcher) -> None:
    """Two arrivals, and some triage between them."""
    sim.control.deliver_next()
    watcher.wait_for(MailArrived)
    for row in engine.window(INBOX).rows[:3]:
        do(engine, watcher, MoveToTrash(Threads((row.thrid,))))
        undo(engine, watcher)
    sim.control.deliver_next()
    watcher.wait_until(lambda: len(watcher.of(MailArrived)) > 1, "the second arrival")
    agree(engine, watcher, sim)


def test_a_label_changed_on_the_phone_is_seen_by_the_poll(
    ready: tuple[Engine, Watcher], sim: Simulator
) -> None:
    engine, watcher = ready
    row = engine.window(INBOX).rows[0]
    sim.control.relabel(row.thrid, add=["Phone"])
    watcher.wait_until(lambda: "Phone" in engine.window(INBOX).rows[0].labels, "the label")
    watcher.wait_until(lambda: any(each.name == "Phone" for each in engine.mailboxes()), "the tree")


def test_a_label_deleted_and_made_anew_elsewhere_between_two_looks(
    ready: tuple[Engine, Watcher], sim: Simulator
) -> None:
    engine, watcher = ready
    row = engine.window(INBOX).rows[0]
    do(engine, watcher, ChangeLabels(Threads((row.thrid,)), add=frozenset(("Again",))))
    sim.control.delete_label("Again")
    sim.control.create_label("Again")
    watcher.wait_until(lambda: "Again" not in engine.window(INBOX).rows[0].labels, "the label to go")
    agree(engine, watcher, sim)


def test_labels_renamed_and_deleted_elsewhere(ready: tuple[Engine, Watcher], sim: Simulator) -> None:
    engine, watcher = ready
    rows = engine.window(INBOX).rows[:2]
    do(engine, watcher, ChangeLabels(Threads((rows[0].thrid,)), add=frozenset(("Old", "Old/child"))))
    do(engine, watcher, ChangeLabels(Threads((rows[1].thrid,)), add=frozenset(("Doomed",))))
    sim.control.rename_label("Old", "New")
    sim.control.delete_label("Doomed")
    watcher.wait_until(lambda: engine.window(INBOX).rows[1].labels == rows[1].labels, "the label to go")
    watcher.wait_until(lambda: {"New", "New/child"} <= set(engine.window(INBOX).rows[0].labels), "the name")
    agree(engine, watcher, sim)


def test_the_activity_says_what_was_sent(ready: tuple[Engine, Watcher]) -> None:
    engine, watcher = ready
    row = engine.window(INBOX).rows[0]
    op = Archive(Threads((row.thrid,)))
    preview = engine.preview(op)
    assert len(preview) == 1
    assert preview[0].startswith("UID STORE ")
    assert preview[0].endswith(" -X-GM-LABELS (\\Inbox)")
    op_id = do(engine, watcher, op)
    entry = engine.activity()[0]
    assert (entry.op_id, entry.state) == (op_id, OpState.CONFIRMED)
    assert entry.commands == preview
    assert not any("demodemo" in line for line in engine.transcript())


def test_the_link_is_told(ready: tuple[Engine, Watcher]) -> None:
    engine, _ = ready
    assert engine.link().state is LinkState.LIVE
