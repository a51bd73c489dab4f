"""Linear mode: what is typed, what is said."""

from __future__ import annotations

import io

import pytest

from imapcore.events import LinkChanged, MailArrived, OpRejected
from imapcore.model import (
    INBOX,
    Archive,
    ChangeFlags,
    ChangeLabels,
    LinkState,
    LinkStatus,
    MoveToTrash,
    Place,
    Threads,
    View,
    Window,
)
from tests.fakes.engine import FakeEngine
from tests.tui.pilot import make_desk
from tui.linear import Linear, body_lines
from tui.terminal import password_prompt


def talk(*lines: str, mail: FakeEngine | None = None) -> tuple[str, FakeEngine]:
    engine = mail or FakeEngine()
    out = io.StringIO()
    assert Linear(make_desk(engine), iter(lines), out).run() == 0
    return out.getvalue(), engine


def test_it_begins_with_the_inbox_and_ends_politely() -> None:
    said, _ = talk()
    assert "Inbox: 46 conversations, 6 unread." in said
    assert "1. unread, starred, important, attachment; Ada, me, Lin; Budget 2027; 7 messages" in said
    assert said.endswith("Goodbye.\n")


class Unfetched(FakeEngine):
    """One whose store is empty because nothing has been asked yet."""

    def window(self, view: View, place: Place | None = None, size: int = 100) -> Window:
        return Window(view, (), 0, 0, is_complete=False)


def test_an_inbox_that_was_not_asked_for_is_not_called_empty() -> None:
    said, _ = talk(mail=Unfetched())
    assert "Inbox: nothing of it has been fetched yet. Type list to look again." in said
    assert "0 conversations" not in said
    assert "Nothing here" not in said


def test_nothing_is_drawn() -> None:
    said, _ = talk("list", "more", "places", "status", "open 1", "help")
    assert not set("─│┌└█▎●★☆") & set(said)
    assert "\x1b" not in said


def test_numbers_mean_the_rows_that_were_read_out() -> None:
    said, mail = talk("archive 2 3", "undo", "redo")
    op = mail.submitted[0]
    assert isinstance(op, Archive)
    assert isinstance(op.target, Threads)
    assert len(op.target.thrids) == 2
    assert "Archived 2 conversations. Type undo to take it back." in said
    assert "Undone: Archived 2 conversations." in said
    assert "Again: Archived 2 conversations." in said


def test_more_goes_on_counting() -> None:
    said, mail = talk("more", "trash 16")
    assert "\n16. " in said
    assert isinstance(mail.submitted[0], MoveToTrash)


def test_reading_shows_the_text_and_marks_as_read() -> None:
    said, mail = talk("open 1")
    assert "Here are the numbers for the second half. The board wants one page" in said
    assert "Item, 2026, 2027" in said
    assert "Attachment: budget-2027.pdf, application/pdf" in said
    op = mail.submitted[0]
    assert isinstance(op, ChangeFlags)
    assert op.is_automatic


def test_labels() -> None:
    said, mail = talk("label 1 Travel to do", "unlabel 1 Work")
    first, second = mail.submitted
    assert isinstance(first, ChangeLabels)
    assert first.add == frozenset({"Travel to do"})
    assert isinstance(second, ChangeLabels)
    assert second.remove == frozenset({"Work"})
    assert "Labelled conversation." in said


def test_going_and_searching() -> None:
    said, mail = talk("go sent", "go Work/contracts", "search lisbon", "go nowhere")
    assert "Sent: " in said
    assert "Work › contracts: 1 conversation" in said
    assert "lisbon: 1 conversation" in said
    assert "There is no place or label “nowhere”." in said
    assert len(mail.opened) == 4


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("fly", "“fly” is not something"),
        ("archive", "Say which conversation"),
        ("archive 99", "There is no conversation 99"),
        ("archive 99999999999999999999", "There is no conversation"),
        ("open x", "There is no conversation x"),
        ("label 1", "which label"),
        ("search", "Say what to search for"),
        ("undo", "Nothing to undo"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(line: str, says: str) -> None:
    said, mail = talk(line)
    assert says in said
    assert mail.submitted == []


def test_what_happens_is_announced() -> None:
    mail = FakeEngine()
    out = io.StringIO()

    def lines() -> list[str]:
        mail.emit(MailArrived(1, "Ada", "Bread"))
        mail.emit(OpRejected(1, "Archived 3 conversations", "Gmail refused", "[LIMIT]", "Wait"))
        return []

    class Source:
        def __iter__(self) -> Source:
            return self

        def __next__(self) -> str:
            lines()
            raise StopIteration

    assert Linear(make_desk(mail), Source(), out).run() == 0
    said = out.getvalue()
    assert "1 new message: Ada, Bread" in said
    assert "Gmail refused: Archived 3 conversations. [LIMIT] Wait" in said


def test_quotes_are_counted_not_read() -> None:
    engine = FakeEngine()
    row = engine.window(INBOX).rows[0]
    thread = engine.thread(row.thrid, INBOX)
    assert thread is not None
    engine.open_body(thread.messages[-1].msgid)
    body = engine.body(thread.messages[-1].msgid)
    assert body is not None
    assert "Quoted text left out, 2 paragraphs." in body_lines(body)


def test_one_signs_in_and_out_by_words(monkeypatch: pytest.MonkeyPatch) -> None:
    mail = FakeEngine()
    monkeypatch.setattr(password_prompt, "ask_secret", lambda account: "demodemodemodemo")
    monkeypatch.setattr(password_prompt, "keep_secret", lambda account, secret: "Kept nowhere.")
    said, _ = talk("signin", "signout", mail=mail)
    assert "Kept nowhere." in said
    assert "Signed out. The password is forgotten" in said
    assert mail.secrets == ["demodemodemodemo"]
    assert mail.signed_out == 1
    assert "demodemo" not in said


def test_that_a_password_is_wanted_is_said_with_the_way() -> None:
    class Asking(FakeEngine):
        def connect(self) -> None:
            self.emit(LinkChanged(LinkStatus(LinkState.SIGN_IN, "The keyring is locked")))

    said, _ = talk(mail=Asking())
    assert "The keyring is locked. Type signin to type the password." in said
