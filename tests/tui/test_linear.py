"""Linear mode: what is typed, what is said."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from imapcore.events import LinkChanged, MailArrived, MessagesChanged, OpRejected
from imapcore.model import (
    INBOX,
    Archive,
    ChangeFlags,
    ChangeLabels,
    CreateLabel,
    DeleteForever,
    DeleteLabel,
    LinkState,
    LinkStatus,
    Messages,
    MoveToTrash,
    Place,
    RenameLabel,
    Threads,
    Top,
    View,
    Window,
)
from tests.fakes.engine import FakeEngine
from tests.tui.pilot import make_desk
from tui.keys.commands import BY_ID, COMMANDS, Group
from tui.linear import Linear, account, body_lines, lists
from tui.linear import files as linear_files
from tui.linear.changes import naming
from tui.linear.loop import VERBS
from tui.linear.numbers import is_number, read_numbers
from tui.terminal import password_prompt
from tui.terminal.browser import Browser


def talk(*lines: str, mail: FakeEngine | None = None, is_interactive: bool = True) -> tuple[str, FakeEngine]:
    engine = mail or FakeEngine()
    out = io.StringIO()
    linear = Linear(make_desk(engine), iter(lines), out, is_interactive=is_interactive)
    assert linear.run() == 0
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


def test_an_inbox_that_was_not_asked_for_is_not_called_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "FIRST_MAIL_SECONDS", 0.0)
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
    done = "Archived 2 conversations: “来週の打ち合わせについて” (田中); “Re: مشروع المكتبة الجديدة” (سمير)."
    assert f"{done} Type undo to take it back." in said
    assert f"Undone: {done}" in said
    assert f"Again: {done}" in said


def test_more_goes_on_counting() -> None:
    said, mail = talk("more", "trash 16")
    assert "\n16. " in said
    assert isinstance(mail.submitted[0], MoveToTrash)


def test_reading_shows_the_text_and_marks_as_read() -> None:
    said, mail = talk("open 1")
    assert "Here are the numbers for the second half. The board wants one page" in said
    assert "Item, 2026, 2027" in said
    assert "Attachment 1: budget-2027.pdf, application/pdf, 183 kB" in said
    op = mail.submitted[0]
    assert isinstance(op, ChangeFlags)
    assert op.is_automatic


def test_labels() -> None:
    said, mail = talk("label 1 travel", "unlabel 1 Work")
    first, second = mail.submitted
    assert isinstance(first, ChangeLabels)
    assert first.add == frozenset({"Travel"})
    assert isinstance(second, ChangeLabels)
    assert second.remove == frozenset({"Work"})
    assert "Labelled conversation: “Budget 2027” (Ada, Lin)." in said


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
        """At the prompt, while somebody types."""

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
    assert "Quoted text left out, 2 paragraphs. Type quotes to hear it." in body_lines(body)


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


# -- all that the screen does ------------------------------------------------------------------------------

OF_THE_SCREEN = {
    # What is about a cursor, panes, keys and colours has no meaning where nothing is drawn.
    "open-attachment",
    "theme",
    "theme-light-dark",
    "keymap",
    "redraw",
    "suspend",
    "palette",
    "actions",
    "reader-layout",
    "wider",
    "narrower",
    "toggle-tree",
    "density",
    "message-scope",
    "archive-newer",
    "archive-older",
}


ON_THE_SCREEN_ALONE = {"other-form", "parts", "copy-message", "save-message", "unsubscribe"}
"""What lines do not offer; writing mail (``Group.WRITING``) is another of these."""


def test_every_verb_of_the_screen_can_be_said() -> None:
    about_looks = {Group.MOVING, Group.SELECTING, Group.LATER, Group.TREE, Group.LABELLING, Group.DIALOGS}
    about_looks.add(Group.WRITING)
    missing = []
    for command in COMMANDS:
        if command.group in about_looks or command.id in OF_THE_SCREEN | ON_THE_SCREEN_ALONE:
            continue
        if not any(command.id in verb.words for verb in VERBS.all):
            missing.append(command.id)
    assert missing == []
    for command_id in ("create-label", "rename", "delete-label", "back", "open"):
        assert command_id in BY_ID
        assert any(command_id in verb.words for verb in VERBS.all)


def test_no_word_means_two_verbs() -> None:
    words = [word for verb in VERBS.all for word in dict.fromkeys(verb.words)]
    assert sorted(words) == sorted(set(words))


def test_every_verb_is_in_the_help_and_has_help_of_its_own() -> None:
    said, _ = talk("help")
    for verb in VERBS.all:
        assert f"\n{verb.word}" in said
        alone, _ = talk(f"help {verb.word}")
        assert verb.about in alone


@pytest.mark.parametrize(
    ("word", "means"),
    [
        ("arch", "archive"),
        ("e", "archive"),
        ("UNDO", "undo"),
        ("tr", None),
        ("un", None),
        ("attach", "attachments"),
    ],
)
def test_a_beginning_is_enough_where_no_other_begins_so(word: str, means: str | None) -> None:
    said, mail = talk(f"{word} 1")
    if means is None:
        assert f"“{word}” is not something" in said
        assert "Did you mean" in said
        assert mail.submitted == []
    else:
        assert VERBS.find(word).word == means


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (["3"], (3,)),
        (["1-3"], (1, 2, 3)),
        (["1-3,", "5"], (1, 2, 3, 5)),
        (["2,4,2"], (2, 4)),
        (["7..8", "1"], (7, 8, 1)),
    ],
)
def test_ranges(words: list[str], numbers: tuple[int, ...]) -> None:
    assert all(is_number(word) for word in words)
    assert read_numbers(words) == numbers


def test_ranges_act_on_every_conversation_of_them() -> None:
    said, mail = talk("label 1-3 Work", "archive 1-2,4")
    first, second = mail.submitted
    assert isinstance(first, ChangeLabels)
    assert isinstance(first.target, Threads)
    assert len(first.target.thrids) == 3
    assert isinstance(second, Archive)
    assert isinstance(second.target, Threads)
    assert len(second.target.thrids) == 3
    assert "; “" in said


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("archive 3-1", "3-1 is no range"),
        ("archive 1-99999", "1-99999 is no range"),
        ("archive 0-2", "There is no conversation 0"),
        ("archive 1-", "“1-” is none of the conversations here"),
        ("label 1 Wrok", "There is no label “Wrok”. Did you mean “Work”?"),
        ("label 1 New", "create-label New makes it"),
        ("label 1 a//b", "There is no label “a//b”"),
        ("move 1", "where to"),
        ("links", "Open a conversation first"),
        ("archive", "Say which conversation"),
        ("delete-forever 1", "Only what is in Spam or Trash"),
        ("create-label inbox", "name of Gmail's own"),
        ("rename Work", "with = between them"),
        ("retry 99", "Say which change"),
        ("save-search x", "results of a search"),
        ("list -1", "Say how many"),
        ("list 99999999999999999999", "Say how many"),
        ("flag 1 \\Deleted", "cannot be set here"),
        ("back", "Nothing to go back to"),
    ],
)
def test_what_makes_no_sense_is_a_sentence_and_changes_nothing(line: str, says: str) -> None:
    said, mail = talk(line)
    assert says in said
    assert mail.submitted == []


def test_what_was_done_is_said_with_the_conversation() -> None:
    named = "“Budget 2027” (Ada, Lin)"
    assert naming("Archived 1 conversation", named) == f"Archived {named}"
    assert naming("Moved 1 conversation to “Work”", named) == f"Moved {named} to “Work”"
    two = "“A” (x); “B” (y)"
    assert naming("Archived 2 conversations", two) == f"Archived 2 conversations: {two}"
    assert naming("Marked 11 conversations read", "everything in Inbox") == (
        "Marked 11 conversations read: everything in Inbox"
    )


def test_what_is_so_already_is_said_to_be() -> None:
    said, _ = talk("star 1", "star 1")
    assert "Nothing to change: “Budget 2027” (Ada, Lin)." in said


def test_one_message_at_a_time_the_newest_first() -> None:
    said, _ = talk("1", "previous", "previous", "next", "n", "n")
    heads = [line.partition(":")[0] for line in said.splitlines() if line.startswith("Message ")]
    assert [head.partition(" of")[0] for head in heads] == [
        "Message 7",
        "Message 6",
        "Message 5",
        "Message 6",
        "Message 7",
    ]
    assert "This is the newest message of the conversation." in said


def test_what_is_read_is_what_a_verb_without_a_number_means() -> None:
    _, mail = talk("open 1", "archive")
    op = mail.submitted[-1]
    assert isinstance(op, Archive)
    assert isinstance(op.target, Threads)
    assert len(op.target.thrids) == 1
    _, mail = talk("open 1", "label message Travel")
    op = mail.submitted[-1]
    assert isinstance(op, ChangeLabels)
    assert isinstance(op.target, Messages)


def test_a_reply_that_came_while_reading_is_not_archived_unheard() -> None:
    mail = FakeEngine()
    row = mail.window(INBOX).rows[0]
    thread = mail.thread(row.thrid, INBOX)
    assert thread is not None
    newest = thread.messages[-1]

    def lines() -> Iterator[str]:
        yield "open 1"
        fresh = replace(newest, msgid=newest.msgid + 1, date=newest.date + 1, flags=frozenset())
        mail.arrive(fresh)
        yield "archive"

    out = io.StringIO()
    assert Linear(make_desk(mail), lines(), out).run() == 0
    op = mail.submitted[-1]
    assert isinstance(op, Archive)
    assert op.target == Messages(tuple(each.msgid for each in thread.messages))
    assert "without 1 new unread message" in out.getvalue()


def test_links_have_numbers_and_hosts_and_can_be_opened_and_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(linear_files, "find_browser", lambda: Browser(("firefox",)))

    def start(browser: Browser, url: str) -> str:
        opened.append(url)
        return ""

    monkeypatch.setattr(linear_files, "start_browser", start)
    said, _ = talk("open 1", "links", "link 1", "copy 1", "link 99", "link nowhere")
    assert "[link 1, docs.example.org]" in said
    assert opened
    assert opened[0].startswith("https://docs.example.org")
    assert f"Opened {opened[0]}" in said
    assert f"Copied: {opened[0]}" in said
    assert said.count("There is no such link in this message") == 2


def test_in_a_pipe_nothing_is_decorated() -> None:
    said, mail = talk("archive 1", is_interactive=False)
    assert said.startswith("Inbox: 46 conversations")
    assert "Goodbye" not in said
    assert "\x1b" not in said
    assert said.rstrip().splitlines()[-1].startswith("Archived")
    assert len(mail.submitted) == 1


def test_a_long_message_is_said_in_pages_where_somebody_listens() -> None:
    linear = Linear(make_desk(FakeEngine()), iter(()), out := io.StringIO())
    linear.talk.say_page([f"line {number}" for number in range(100)])
    assert "line 59" in out.getvalue()
    assert "line 60" not in out.getvalue()
    assert "40 more lines. Type more to go on." in out.getvalue()
    linear.answer("more")
    assert "line 99" in out.getvalue()


def test_news_waits_for_the_prompt() -> None:
    mail = FakeEngine()
    out = io.StringIO()
    seen: list[str] = []

    def lines() -> Iterator[str]:
        mail.emit(MailArrived(1, "Ada", "Bread"))
        seen.append(out.getvalue())
        yield "status"
        seen.append(out.getvalue())

    assert Linear(make_desk(mail), lines(), out).run() == 0
    assert "Bread" not in seen[0]
    assert seen[1].rstrip().splitlines()[-1] == "1 new message: Ada, Bread"


def test_the_first_mail_is_awaited_and_said() -> None:
    class Filling(FakeEngine):
        is_here = False

        def window(self, view: View, place: Place = Top(), size: int = 100) -> Window:  # noqa: B008 - frozen
            if not self.is_here:
                return Window(view, (), 0, 0, is_complete=False)
            return super().window(view, place, size)

        def open(self, view: View) -> None:
            super().open(view)
            self.is_here = True
            self.emit(MessagesChanged())

    said, _ = talk(mail=Filling())
    assert said.index("Fetching mail for the first time") < said.index("Inbox: 46 conversations")


def test_what_cannot_be_taken_back_wants_a_whole_yes() -> None:
    said, mail = talk("go trash", "delete-forever 1", "y")
    assert "Nothing was done." in said
    assert mail.submitted == []
    _, mail = talk("go trash", "delete-forever 1", "yes")
    assert isinstance(mail.submitted[0], DeleteForever)


def test_activity_and_its_verbs() -> None:
    mail = FakeEngine()
    said, _ = talk("archive 1", "activity", "details 1", "retry 1", mail=mail)
    assert "1. Archived conversation; done" in said
    assert "UID STORE 4711 -X-GM-LABELS (\\Inbox)" in said
    assert "Only what was refused can be sent again" in said


def test_find_says_line_after_line() -> None:
    said, _ = talk("open 1", "find the", "find", "find-previous", "find nowhere-at-all")
    found = [line.partition(":")[0] for line in said.splitlines() if line[0:4] in ("1 of", "2 of")]
    assert [place[:4] for place in found] == ["1 of", "2 of", "1 of"]
    assert "“nowhere-at-all” is not in this message." in said


def test_labels_are_made_renamed_and_deleted() -> None:
    said, mail = talk(
        "create-label Travel/planes",
        "rename Travel/planes = Travel/boats",
        "delete-label Travel/boats",
        "yes",
    )
    assert [type(op) for op in mail.submitted] == [CreateLabel, RenameLabel, DeleteLabel]
    assert "Delete the label “Travel/boats”?" in said


def test_a_search_says_what_gmail_would_misread() -> None:
    said, _ = talk("search from:ada or lisbon")
    assert "OR in capitals means either." in said


def test_the_end_of_a_pipe_waits_until_the_changes_are_sent_or_says_that_they_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(account, "SENDING_SECONDS", 0.0)
    said, _ = talk("archive 1", mail=FakeEngine(stays_pending=True), is_interactive=False)
    assert "1 change still to be sent" in said
    said, _ = talk("archive 1", is_interactive=False)
    assert "still to be sent" not in said


def test_the_last_change_is_done_again_to_another() -> None:
    said, mail = talk("repeat 2", "label 1 Travel", "repeat 2-3")
    assert "There is no change to do again." in said
    first, second = mail.submitted
    assert isinstance(first, ChangeLabels)
    assert isinstance(second, ChangeLabels)
    assert second.add == first.add
    assert isinstance(second.target, Threads)
    assert len(second.target.thrids) == 2


def test_the_next_unread_conversation_is_read_until_there_is_none() -> None:
    said, _ = talk("next-unread", *["next-unread"] * 8)
    assert said.count(" unread") >= 6
    assert "No unread conversation after this one." in said
