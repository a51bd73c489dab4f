"""Dialogs from the main screen: what goes in, what is submitted when they close."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.geometry import Offset
from textual.selection import Selection
from textual.widgets import Static

from imapcore.errors import KeyringMood, KeyringUnusable
from imapcore.events import BodyFailed, BodyProgressed, LinkChanged, SearchProgressed, SourceArrived
from imapcore.model import (
    Account,
    ChangeFlags,
    ChangeLabels,
    CreateLabel,
    DeleteForever,
    DeleteLabel,
    LinkState,
    LinkStatus,
    Messages,
    MoveToInbox,
    MoveToLabel,
    RenameLabel,
    Role,
    Threads,
    View,
)
from tests.fakes.engine import FakeEngine
from tests.tui.pilot import Stage, running
from tests.tui.stage import at_rest
from tui.dialogs.activity import ActivityScreen
from tui.dialogs.help import HelpScreen
from tui.dialogs.links import LinkPicker
from tui.dialogs.message_source import MessageScreen
from tui.dialogs.sign_in import SignInScreen
from tui.keys.commands import Where
from tui.style.theme import HUES
from tui.widgets.line_input import LineInput


async def in_tree(stage: Stage, name: str) -> None:
    """Put the tree's cursor on a row."""
    stage.main.go_to_pane(Where.TREE)
    tree = stage.main.places
    tree.move_to(next(index for index, row in enumerate(tree.rows) if name in (row.name, row.title)))
    await stage.rest()


async def test_l_labels_the_conversation() -> None:
    async with running((120, 36)) as stage:
        row = stage.threads.cursor_row
        assert row is not None
        await stage.press("l", *"papers", "enter")
        op = stage.mail.submitted[-1]
        assert isinstance(op, ChangeLabels)
        assert op.target == Threads((row.thrid,), stage.main.view)
        assert op.add == frozenset({"Papers"})
        assert stage.flash.endswith("z undo")


async def test_tab_in_the_label_editor_means_the_message() -> None:
    async with running((120, 36)) as stage:
        await stage.press("l", "tab", *"papers", "enter")
        op = stage.mail.submitted[-1]
        assert isinstance(op, ChangeLabels)
        assert isinstance(op.target, Messages)


async def test_escape_in_the_label_editor_changes_nothing() -> None:
    async with running((120, 36)) as stage:
        await stage.press("l", *"papers", "escape")
        assert stage.mail.submitted == []


async def test_v_moves_out_of_the_view() -> None:
    async with running((120, 36)) as stage:
        subject = stage.here()
        await stage.press("v", *"papers", "enter")
        op = stage.mail.submitted[-1]
        assert isinstance(op, MoveToLabel)
        assert op.label == "Papers"
        assert subject not in stage.subjects()


async def test_v_offers_the_inbox_but_where_one_is_in_it() -> None:
    async with running((120, 36)) as stage:
        await stage.press("v", *"inbox")
        assert "create" not in stage.screen_text()
        await stage.press("enter", "escape", "escape")
        assert stage.mail.submitted == []
        stage.main.show_view(View.of_role(Role.ALL))
        await stage.rest()
        row = stage.threads.cursor_row
        assert row is not None
        await stage.press("v", *"inbox", "enter")
        assert stage.mail.submitted == [MoveToInbox(Threads((row.thrid,), stage.main.view))]


async def test_v_calls_the_inbox_what_the_tree_calls_it() -> None:
    mail = FakeEngine()
    read = mail.mailboxes
    # The real engine hands on the name that IMAP gives the inbox.
    mail.mailboxes = lambda: tuple(  # type: ignore[method-assign]
        replace(each, title="INBOX") if each.role is Role.INBOX else each for each in read()
    )
    async with running((120, 36), mail) as stage:
        stage.main.show_view(View.of_role(Role.ALL))
        await stage.rest()
        await stage.press("v", *"inbo")
        shown = stage.screen_text()
        assert "Inbox" in shown
        assert re.search(r"\bINBOX\b", shown) is None


async def test_v_from_a_label_to_the_inbox_takes_the_label_off() -> None:
    async with running((120, 36)) as stage:
        stage.main.show_view(View.of_label("Papers"))
        await stage.rest()
        subject = stage.here()
        await stage.press("v", *"inbox", "enter")
        op = stage.mail.submitted[-1]
        assert isinstance(op, MoveToLabel)
        assert op.label == "\\Inbox"
        assert subject not in stage.subjects()


async def test_spam_and_trash_are_nothing_to_move_to() -> None:
    async with running((120, 36)) as stage:
        for name in ("spam", "trash"):
            await stage.press("v", *name, "enter", "escape")
        assert stage.mail.submitted == []


async def test_the_readers_footer_teaches_reading_too() -> None:
    async with running((120, 36)) as stage:
        await stage.press("enter")
        footer = stage.screen_text().splitlines()[-1]
        for words in ("n next message", "p previous", "; unfold all", "L links", "e archive"):
            assert words in footer


async def test_taking_the_views_own_label_off_moves_the_cursor_on() -> None:
    async with running((120, 36)) as stage:
        stage.main.show_view(View.of_label("Papers"))
        await stage.rest()
        subject = stage.here()
        await stage.press("l", *"papers", "enter")
        assert subject not in stage.subjects()
        assert stage.main.where is Where.LIST


async def test_keywords() -> None:
    async with running((120, 36)) as stage:
        await stage.press("F", *"$Forwarded", "space", "enter")
        op = stage.mail.submitted[-1]
        assert isinstance(op, ChangeFlags)
        assert op.add == frozenset({"$Forwarded"})


async def test_creating_a_label_inside_another() -> None:
    async with running((120, 36)) as stage:
        await in_tree(stage, "Work")
        await stage.press("N", *"minutes", "enter")
        assert stage.mail.submitted == [CreateLabel("Work/minutes")]
        assert "minutes" in [row.title for row in stage.main.places.rows]


async def test_a_label_that_exists_is_not_created_again() -> None:
    async with running((120, 36)) as stage:
        await stage.press("N", *"papers", "enter")
        assert stage.mail.submitted == []
        assert "There is a label of this name already" in stage.screen_text()


async def test_the_colour_of_a_label_is_chosen_while_the_tree_wears_it() -> None:
    async with running((120, 36)) as stage:
        await in_tree(stage, "Papers")
        desk = stage.desk
        given = desk.label_colours.name_of("Papers")
        await stage.press("C")
        assert "Colour of Papers" in stage.screen_text()
        assert f"automatic  {' Papers '}" in stage.screen_text()
        await stage.press("j", "j")
        tried = desk.label_colours.name_of("Papers")
        assert tried != given
        assert desk.state.colours == {}
        await stage.press("enter")
        assert desk.state.colours == {"Papers": tried}
        assert desk.label_colours.name_of("Papers") == tried
        assert f"Papers is {tried} now" in stage.flash
        await stage.press("C", "home", *["up"] * list(HUES).index(tried), "up", "enter")
        assert desk.state.colours == {}
        assert desk.label_colours.name_of("Papers") == given


async def test_a_colour_that_was_only_tried_on_leaves_no_trace() -> None:
    async with running((120, 36)) as stage:
        await in_tree(stage, "Work/contracts")
        parents = stage.desk.label_colours.name_of("Work")
        await stage.press("C", "down", "down", "down", "escape")
        assert stage.desk.trial_colours is None
        assert stage.desk.state.colours == {}
        assert stage.desk.label_colours.name_of("Work/contracts") == parents


async def test_a_colour_is_chosen_by_two_clicks() -> None:
    async with running((120, 36)) as stage:
        await in_tree(stage, "Papers")
        await stage.press("C")
        for _ in range(2):
            await stage.pilot.click("ChoiceList", offset=(6, 4))
            await stage.rest()
        assert stage.desk.state.colours == {"Papers": list(HUES)[3]}


async def test_renaming_carries_what_is_remembered_along() -> None:
    def prepare(desk: object) -> None:
        from tui.context import AppContext

        assert isinstance(desk, AppContext)
        desk.state.folded = ["Work"]
        desk.state.colours = {"Work": "pink", "Work/press": "teal"}

    async with running((120, 36), prepare=prepare) as stage:
        await in_tree(stage, "Work")
        await stage.press("R", "ctrl+u", *"Job", "enter")
        assert stage.mail.submitted == [RenameLabel("Work", "Job")]
        assert stage.desk.state.folded == ["Job"]
        assert stage.desk.state.colours["Job/press"] == "teal"


async def test_deleting_a_label_asks_first() -> None:
    async with running((120, 36)) as stage:
        await in_tree(stage, "Papers")
        await stage.press("delete", "escape")
        assert stage.mail.submitted == []
        await in_tree(stage, "Papers")
        await stage.press("delete", "enter")
        assert stage.mail.submitted == []
        await in_tree(stage, "Papers")
        await stage.press("delete", "down", "enter")
        assert stage.mail.submitted == [DeleteLabel("Papers")]


async def test_gmails_own_places_cannot_be_renamed() -> None:
    async with running((120, 36)) as stage:
        await in_tree(stage, "Sent")
        await stage.press("R")
        assert "Gmail’s own places" in stage.flash or "Gmail's own places" in stage.flash


async def test_a_search_is_run_kept_renamed_and_taken_out() -> None:
    async with running((120, 36)) as stage:
        await stage.press("slash", *"has:attachment", "enter")
        assert stage.main.view == View.of_search("has:attachment")
        assert stage.desk.state.recent_searches == ["has:attachment"]
        await stage.press("ctrl+s", "ctrl+u", *"Files", "enter")
        assert "Files" in [search.title for search in stage.mail.saved_searches()]
        await in_tree(stage, "Files")
        await stage.press("R", "ctrl+u", *"With files", "enter")
        assert "With files" in [search.title for search in stage.mail.saved_searches()]
        await in_tree(stage, "With files")
        await stage.press("delete")
        assert "With files" not in [search.title for search in stage.mail.saved_searches()]


async def test_a_kept_search_gets_another_query_and_is_shown_with_it() -> None:
    async with running((120, 36)) as stage:
        stage.main.show_view(View.of_search("category:updates"))
        await in_tree(stage, "Updates")
        await stage.press("R", "tab", "ctrl+u", *"has:attachment", "enter")
        changed = {search.title: search.query for search in stage.mail.saved_searches()}
        assert changed["Updates"] == "has:attachment"
        assert stage.main.view == View.of_search("has:attachment")
        assert "searches for has:attachment" in stage.flash


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (("ctrl+u", "enter"), "A saved search needs a name"),
        (("tab", "ctrl+u", "enter"), "A search needs something to search for"),
        (("tab", "ctrl+u", *"labell:x", "end"), "labell"),
    ],
)
async def test_a_kept_search_is_not_changed_into_nonsense(keys: tuple[str, ...], words: str) -> None:
    async with running((80, 24)) as stage:
        before = stage.mail.saved_searches()
        await in_tree(stage, "Updates")
        await stage.press("R", *keys)
        assert words in stage.screen_text()
        await stage.press("escape")
        assert stage.mail.saved_searches() == before


async def test_a_search_under_way_and_one_that_failed_say_so() -> None:
    async with running((80, 24)) as stage:
        stage.main.show_view(View.of_search("zzz"))
        stage.mail.emit(SearchProgressed("zzz", 0, False))
        await stage.rest()
        assert "Searching Gmail" in stage.screen_text()
        stage.mail.emit(SearchProgressed("zzz", 0, True, problem="Gmail did not understand it"))
        await stage.rest()
        assert "Gmail did not understand it" in stage.screen_text()


async def test_delete_forever_asks_and_only_in_trash_and_spam() -> None:
    async with running((120, 36)) as stage:
        await stage.press("D")
        assert "Only what is in Spam or Trash" in stage.flash
        await stage.press("g", "number_sign", "D")
        assert "Delete this conversation forever?" in stage.screen_text()
        await stage.press("enter")
        assert stage.mail.submitted == []
        await stage.press("D", "down", "enter")
        op = stage.mail.submitted[-1]
        assert isinstance(op, DeleteForever)
        assert (op.is_confirmed, op.place) == (True, Role.TRASH)


async def test_spam_comes_back_with_the_same_key() -> None:
    async with running((120, 36)) as stage:
        await stage.press("g", "exclamation_mark", "exclamation_mark")
        assert stage.main.view == View.of_role(Role.SPAM)
        assert type(stage.mail.submitted[-1]).__name__ == "MoveToInbox"


async def test_help_shows_the_live_map() -> None:
    async with running((120, 36), keymap="mutt") as stage:
        await stage.press("question_mark")
        assert isinstance(stage.app.screen, HelpScreen)
        assert "mutt" in stage.screen_text()


async def test_activity_lists_what_was_done() -> None:
    async with running((120, 36)) as stage:
        await stage.press("e", "g", "h")
        assert isinstance(stage.app.screen, ActivityScreen)
        assert "Archived conversation" in stage.screen_text()
        await stage.press("escape")
        assert len(stage.app.screen_stack) == 1


async def test_links_and_source_of_the_open_message() -> None:
    async with running((120, 36)) as stage:
        await stage.press("enter", "L")
        assert isinstance(stage.app.screen, LinkPicker)
        await stage.press("escape", "S")
        assert isinstance(stage.app.screen, MessageScreen)
        await at_rest(stage.pilot)
        assert "Subject: Budget 2027" in stage.screen_text()


async def test_the_source_of_a_large_message_is_fetched_told_of_and_shown() -> None:
    async with running((120, 36)) as stage:
        await stage.press("enter")
        message = stage.main.reader.message
        assert message is not None
        stage.mail.without_source.add(message.msgid)
        await stage.press("S")
        await at_rest(stage.pilot)
        assert stage.mail.asked_sources == [message.msgid]
        stage.mail.emit(BodyProgressed(message.msgid, 3_000_000, 12_000_000))
        await stage.rest()
        assert "3.0 MB of 12.0 MB, 25 %" in stage.screen_text()
        stage.mail.without_source.clear()
        stage.mail.emit(SourceArrived(message.msgid))
        await stage.rest()
        await at_rest(stage.pilot)
        assert "Subject: Budget 2027" in stage.screen_text()
        await stage.press("escape")
        assert stage.mail.asked_sources == [message.msgid]


async def test_a_source_that_is_not_waited_for_is_cancelled() -> None:
    async with running((120, 36)) as stage:
        await stage.press("enter")
        message = stage.main.reader.message
        assert message is not None
        stage.mail.without_source.add(message.msgid)
        await stage.press("S")
        await at_rest(stage.pilot)
        assert "stop" in stage.screen_text()
        await stage.press("escape")
        assert stage.mail.asked_sources == []
        assert stage.main.reader.body is not None


async def test_a_source_that_cannot_be_had_says_so_and_leaves_the_text() -> None:
    async with running((120, 36)) as stage:
        await stage.press("enter")
        message = stage.main.reader.message
        assert message is not None
        stage.mail.without_source.add(message.msgid)
        await stage.press("S")
        await at_rest(stage.pilot)
        stage.mail.emit(BodyFailed(message.msgid, "The message is no longer there", "", ""))
        await stage.rest()
        assert "no longer there" in stage.screen_text()
        await stage.press("escape")
        assert stage.main.reader.body is not None


async def test_acting_on_one_message_is_seen_and_ends_with_the_conversation() -> None:
    async with running((80, 24)) as stage:
        await stage.press("enter", "comma")
        last = stage.screen_text().splitlines()[-1]
        assert "this message only" in last
        assert isinstance(stage.main.target(), Messages)
        await stage.press("j")
        assert not stage.main.status_bar.lead
        assert isinstance(stage.main.target(), Threads)
        await stage.press("comma", "u", "enter")
        assert isinstance(stage.main.target(), Threads)


async def test_copying_says_what_was_copied() -> None:
    async with running((120, 36)) as stage:
        await stage.press("enter", "ctrl+c")
        assert "Ctrl+C copies what the mouse has marked; Ctrl+Q quits" in stage.flash
        await stage.press("ctrl+y")
        assert "Copied the message" in stage.flash
        assert "Budget" in stage.app.clipboard or stage.app.clipboard
        page = stage.main.reader.page
        stage.app.screen.selections = {page: Selection(Offset(0, 0), Offset(40, 3))}
        await stage.press("ctrl+c")
        assert "Copied" in stage.flash
        assert "Budget 2027" in stage.app.clipboard


async def test_keys_that_mean_the_same_everywhere_work_in_a_dialog() -> None:
    async with running((120, 36), has_notices=True) as stage:
        await stage.press("enter", "L")
        assert isinstance(stage.app.screen, LinkPicker)
        drawn: list[None] = []
        stage.app.draw_all = lambda: drawn.append(None)  # type: ignore[method-assign]
        await stage.press("ctrl+l")
        assert drawn
        await stage.press("ctrl+c")
        assert "Ctrl+Q quits" in stage.screen_text()
        (title, *_rest) = stage.app.screen.query(Static)
        stage.app.screen.selections = {title: Selection(None, None)}
        await stage.press("ctrl+c")
        assert stage.app.clipboard
        assert f"Copied: {stage.app.clipboard}" in stage.screen_text()
        await stage.press("f1")
        assert isinstance(stage.app.screen, HelpScreen)


async def test_a_message_is_saved_as_it_came_and_as_it_reads(tmp_path: Path) -> None:
    async with running((120, 36)) as stage:
        await stage.press("enter")
        for ending, words in ((".eml", "Message-ID:"), (".txt", "From: ")):
            path = tmp_path / f"kept{ending}"
            await stage.press("ctrl+s")
            stage.app.screen.query_one(LineInput).value = str(path)
            await stage.press("enter")
            await at_rest(stage.pilot)
            assert words in path.read_text()
            assert path.stat().st_mode & 0o777 == 0o600
            assert "Saved to" in stage.flash
        await stage.press("ctrl+s")
        stage.app.screen.query_one(LineInput).value = str(path)
        await stage.press("enter")
        assert "already" in stage.screen_text()


async def test_finding_unfolds_what_is_here_and_nothing_else() -> None:
    async with running((120, 36)) as stage:
        await stage.press("enter")
        reader = stage.main.reader
        folded = next(each for each in reader.document.messages if "worries me" in each.snippet)
        assert folded.msgid not in reader.document.expanded
        asked = list(stage.mail.asked_bodies)
        await stage.press("ctrl+f")
        assert folded.msgid not in reader.document.expanded
        await stage.press("escape")
        stage.mail.open_body(folded.msgid)
        await stage.press("ctrl+f", *"worries me")
        assert folded.msgid in reader.document.expanded
        assert reader.page.hits
        assert stage.mail.asked_bodies == [*asked, folded.msgid]


async def test_a_body_that_fails_is_a_sentence_in_the_reader() -> None:
    async with running((120, 36), FakeEngine(bodies_arrive=False)) as stage:
        await stage.press("enter")
        msgid = stage.mail.asked_bodies[-1]
        stage.mail.emit(BodyFailed(msgid, "No connection", "The server is away", "Try again"))
        await stage.rest()
        assert "The server is away" in stage.screen_text()


async def test_a_body_that_cannot_be_fetched_now_says_so_at_once_and_follows_the_link() -> None:
    """By what is said and not by the clock: a slow machine must not call what it only reads not stored."""
    waiting = LinkStatus(LinkState.WAITING, "No connection to the mail server")
    async with running((120, 36), FakeEngine(status=waiting, bodies_arrive=False)) as stage:
        await stage.press("enter")
        assert "Not stored here yet; it comes when the connection is back" in stage.screen_text()
        stage.mail.status = LinkStatus(LinkState.LIVE)
        stage.mail.emit(LinkChanged(stage.mail.status))
        await stage.rest()
        assert "Not stored here yet" not in stage.screen_text()
        assert "Loading" in stage.screen_text()
        stage.mail.status = waiting
        stage.mail.emit(LinkChanged(waiting))
        await stage.rest()
        assert "Not stored here yet" in stage.screen_text()
        stage.main._say_why(stage.mail.asked_bodies[-1])
        assert "Not stored here yet" in stage.screen_text()


async def test_a_refused_password_asks_for_another_once() -> None:
    async with running((120, 36)) as stage:
        link = LinkStatus(LinkState.SIGN_IN, "Gmail did not accept the password")
        stage.mail.emit(LinkChanged(link))
        stage.mail.emit(LinkChanged(link))
        await stage.rest()
        assert isinstance(stage.app.screen, SignInScreen)
        assert len(stage.app.screen_stack) == 2
        await stage.press("escape")
        assert len(stage.app.screen_stack) == 1


async def test_a_password_that_works_is_the_engines_for_this_run(monkeypatch: pytest.MonkeyPatch) -> None:
    import imapcore.engine as engine

    def locked(account: Account, secret: str) -> None:
        raise KeyringUnusable("Secret Service: locked", mood=KeyringMood.LOCKED)

    monkeypatch.setattr(engine, "check_sign_in", lambda account, secret: None)
    monkeypatch.setattr(engine, "store_secret", locked)
    async with running((120, 36)) as stage:
        stage.mail.emit(LinkChanged(LinkStatus(LinkState.SIGN_IN, "The keyring is locked")))
        await stage.rest()
        assert "The keyring is locked." in stage.screen_text()
        await stage.press(*"demodemodemodemo", "enter")
        await stage.rest()
        assert "could not be kept" in stage.screen_text()
        await stage.press("enter")
        assert stage.mail.secrets == ["demodemodemodemo"]


@pytest.mark.parametrize("problem", [None, KeyringUnusable("locked", mood=KeyringMood.LOCKED)])
async def test_signing_out_asks_and_says_what_became_of_the_password(problem: KeyringUnusable | None) -> None:
    async with running((120, 36)) as stage:

        def sign_out() -> None:
            stage.mail.signed_out += 1
            if problem is not None:
                raise problem

        stage.mail.sign_out = sign_out  # type: ignore[method-assign]
        for answer, times in (("n", 0), ("y", 1)):
            stage.app.main.command("sign-out")
            await stage.rest()
            await stage.press(answer)
            await stage.rest()
            assert stage.mail.signed_out == times
        said = "may still be in the keyring" if problem else "the password is forgotten"
        assert said in stage.screen_text()


@pytest.mark.parametrize(
    "paste", ["x" * 100_000, "\x1b[31m" * 2000, "a\nb\n" * 20_000], ids=["long", "control", "lines"]
)
async def test_pastes_into_every_field_do_no_harm(paste: str) -> None:
    from textual.events import Paste

    async with running((80, 24)) as stage:
        for keys in (("backslash",), ("slash",), ("l",), (":",), ("N",), ("question_mark",)):
            await stage.press(*keys)
            stage.app.post_message(Paste(paste))
            await stage.rest()
            await stage.press("escape", "escape")
        assert stage.mail.submitted == []
        assert stage.app.is_running
