"""The main screen on invented mail: keys go in, ops and words come out."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from textual.events import MouseScrollDown

from imapcore.events import MailArrived, MailboxesChanged, OpRejected
from imapcore.model import (
    INBOX,
    Address,
    Archive,
    ChangeFlags,
    ChangeLabels,
    ChangeState,
    Everything,
    LinkState,
    LinkStatus,
    Message,
    Messages,
    MoveToSpam,
    MoveToTrash,
    Progress,
    Role,
    Threads,
    View,
)
from tests.fakes.engine import FakeEngine
from tests.fakes.mail import NOW_MS
from tests.tui.pilot import running
from tui.keys.commands import Where
from tui.settings.config import parse_config


async def test_the_inbox_is_there_from_the_first_frame() -> None:
    async with running((120, 36)) as stage:
        text = stage.screen_text()
        assert "Inbox" in text
        assert "Budget 2027" in text
        assert "6 unread of 46 conversations" in text
        assert stage.mail.opened == [INBOX]


async def test_j_and_k_move_the_cursor() -> None:
    async with running() as stage:
        first, second = stage.subjects()[:2]
        assert stage.here() == first
        await stage.press("j")
        assert stage.here() == second
        await stage.press("k", "k")
        assert stage.here() == first


async def test_archive_takes_the_conversation_out_and_the_cursor_stays_in_place() -> None:
    async with running() as stage:
        _, second, third = stage.subjects()[:3]
        await stage.press("j", "e")
        op = stage.mail.submitted[-1]
        assert isinstance(op, Archive)
        assert second not in stage.subjects()
        assert stage.here() == third
        assert stage.flash == "Archived conversation · z undo"


async def test_undo_brings_it_back_and_redo_takes_it_again() -> None:
    async with running() as stage:
        before = stage.subjects()
        await stage.press("e")
        assert stage.subjects() != before
        await stage.press("z")
        assert stage.subjects() == before
        assert stage.flash.startswith("Undone: Archived")
        await stage.press("Z")
        assert stage.subjects() != before
        await stage.press("z")
        assert stage.subjects() == before
        await stage.press("z")
        assert stage.flash == "Nothing to undo"


async def test_opening_marks_as_read_outside_of_undo() -> None:
    async with running() as stage:
        await stage.press("e", "enter")
        op = stage.mail.submitted[-1]
        assert isinstance(op, ChangeFlags)
        assert op.is_automatic
        await stage.press("u", "z")
        assert stage.flash.startswith("Undone: Archived")


@pytest.mark.parametrize(
    ("key", "kind"), [("#", MoveToTrash), ("!", MoveToSpam), ("delete", MoveToTrash), ("y", Archive)]
)
async def test_keys_that_take_out_of_the_inbox(key: str, kind: type) -> None:
    async with running() as stage:
        subject = stage.here()
        await stage.press(key)
        assert isinstance(stage.mail.submitted[-1], kind)
        assert subject not in stage.subjects()


async def test_selected_conversations_are_what_a_verb_means() -> None:
    async with running((120, 36)) as stage:
        wanted = tuple(row.thrid for row in stage.threads.window.rows[:3])
        await stage.press("x", "j", "x", "j", "x")
        assert "3 selected" in stage.screen_text()
        await stage.press("e")
        assert stage.mail.submitted[-1] == Archive(Threads(wanted, INBOX))
        assert stage.flash == "Archived 3 conversations · z undo"
        assert not stage.threads.selection


async def test_a_range_is_selected_as_the_cursor_passes() -> None:
    async with running() as stage:
        await stage.press("V", "j", "j", "j")
        assert len(stage.threads.selection) == 4
        assert "4 selected" in stage.screen_text()
        await stage.press("k")
        assert len(stage.threads.selection) == 3
        await stage.press("V", "j", "j")
        assert len(stage.threads.selection) == 3
        await stage.press("escape")
        assert not stage.threads.selection


async def test_shift_j_and_shift_k_extend() -> None:
    async with running() as stage:
        await stage.press("J", "J")
        assert len(stage.threads.selection) == 3
        await stage.press("K")
        assert len(stage.threads.selection) == 2


async def test_star_then_letters_select_kinds() -> None:
    async with running() as stage:
        await stage.press("*", "u")
        assert len(stage.threads.selection) == 6
        await stage.press("*", "n")
        assert not stage.threads.selection
        await stage.press("*", "s")
        assert len(stage.threads.selection) == 2
        await stage.press("*", "a")
        count = len(stage.threads.selection)
        assert 15 <= count < 24
        assert stage.flash == f"The {count} on the screen are selected; * a again: all 46"
        await stage.press("*", "a")
        assert stage.threads.selection.is_everything
        assert stage.flash == "All 46 in this view are selected"


async def test_everything_in_the_view_beyond_what_is_held() -> None:
    async with running() as stage:
        stage.threads.select_everything()
        await stage.press("I")
        op = stage.mail.submitted[-1]
        assert op == ChangeFlags(Everything(INBOX), add=frozenset({"\\Seen"}))


async def test_s_stars_and_takes_the_star_off() -> None:
    async with running() as stage:
        await stage.press("j", "s")
        row = stage.threads.cursor_row
        assert row is not None
        assert row.is_starred
        await stage.press("s")
        row = stage.threads.cursor_row
        assert row is not None
        assert not row.is_starred


async def test_important_and_unread() -> None:
    async with running() as stage:
        await stage.press("-", "I")
        row = stage.threads.cursor_row
        assert row is not None
        assert (row.is_important, row.unread) == (False, 0)
        await stage.press("+", "U")
        row = stage.threads.cursor_row
        assert row is not None
        assert (row.is_important, row.unread) == (True, 7)


@pytest.mark.parametrize(
    ("keys", "role"),
    [
        ("gs", Role.STARRED),
        ("gt", Role.SENT),
        ("gd", Role.DRAFTS),
        ("ga", Role.ALL),
        ("g!", Role.SPAM),
        ("g#", Role.TRASH),
    ],
)
async def test_going_to_places(keys: str, role: Role) -> None:
    async with running() as stage:
        await stage.press(*({"!": "exclamation_mark", "#": "number_sign"}.get(key, key) for key in keys))
        assert stage.main.view == View.of_role(role)
        assert stage.mail.opened[-1] == View.of_role(role)
        await stage.press("u")
        assert stage.main.view == INBOX


async def test_the_list_remembers_where_its_cursor_was() -> None:
    async with running() as stage:
        await stage.press("j", "j", "j")
        here = stage.here()
        await stage.press("g", "s", "u")
        assert stage.here() == here


async def test_a_prefix_shows_what_may_follow() -> None:
    async with running((120, 36)) as stage:
        await stage.press("g")
        stage.main.teach_prefix()
        await stage.rest()
        last = "\n".join(stage.screen_text().splitlines()[-2:])
        assert "i inbox" in last
        assert "t sent" in last
        await stage.press("escape")
        assert "e archive" in stage.screen_text().splitlines()[-1]


async def test_a_sequence_that_means_nothing_says_so() -> None:
    async with running() as stage:
        await stage.press("g", "y")
        assert stage.flash == "g y means nothing here: ? shows the keys"
        assert stage.main.view == INBOX


@pytest.mark.parametrize("key", ["d", "b", "m"])
async def test_false_friends_only_hint(key: str) -> None:
    async with running() as stage:
        before = stage.subjects()
        await stage.press(key)
        assert stage.flash
        assert stage.mail.submitted == []
        assert stage.subjects() == before


async def test_archive_and_go_on_in_the_reader() -> None:
    async with running() as stage:
        first, second, third = stage.subjects()[:3]
        await stage.press("j", "enter")
        assert stage.main.where is Where.READER
        await stage.press("[")
        assert stage.main.reader.thread is not None
        assert stage.main.reader.thread.subject == third
        await stage.press("]")
        assert stage.main.reader.thread.subject == first
        assert second not in stage.subjects()


async def test_archiving_the_last_one_in_the_reader_gives_the_list_back() -> None:
    mail = FakeEngine()
    async with running(mail=mail) as stage:
        stage.main.show_view(View.of_label("Travel"))
        await stage.rest()
        await stage.press("enter", "#")
        assert stage.main.where is Where.LIST
        assert stage.main.open_thrid is None
        assert "Nothing has this label" in stage.screen_text()


async def test_in_the_reader_one_key_switches_to_the_message() -> None:
    async with running() as stage:
        await stage.press("enter", "comma", "I")
        op = stage.mail.submitted[-1]
        assert isinstance(op, ChangeFlags)
        assert isinstance(op.target, Messages)
        await stage.press("comma", "I")
        op = stage.mail.submitted[-1]
        assert isinstance(op, ChangeFlags)
        assert isinstance(op.target, Threads)


async def test_the_reader_asks_for_bodies_and_shows_them() -> None:
    async with running() as stage:
        await stage.press("enter")
        await stage.rest()
        assert stage.mail.asked_bodies
        assert "one page" in stage.screen_text()


async def test_new_mail_above_leaves_the_cursor_on_its_conversation() -> None:
    async with running() as stage:
        await stage.press("j", "j")
        here = stage.here()
        stage.mail.arrive(_message("Fresh from the oven"))
        await stage.rest()
        assert stage.subjects()[0] == "Fresh from the oven"
        assert stage.here() == here
        assert stage.threads.cursor_index == 3


async def test_new_mail_above_a_scrolled_viewport_does_not_move_it() -> None:
    async with running() as stage:
        await stage.press("G")
        before = [line[:-1] for line in stage.screen_text().splitlines()[2:-1]]
        stage.mail.arrive(_message("Fresh from the oven"))
        await stage.rest()
        assert [line[:-1] for line in stage.screen_text().splitlines()[2:-1]] == before


def _message(subject: str) -> Message:
    return Message(
        msgid=1_999_000_000_000_000_000,
        thrid=1_999_000_000_000_000_000,
        date=NOW_MS + 1,
        sender=Address("Baker", "baker@oven.example"),
        to=(),
        cc=(),
        subject=subject,
        snippet="Warm.",
        size=100,
        flags=frozenset(),
        labels=frozenset({"\\Inbox"}),
    )


async def test_pending_and_refused_changes_have_marks() -> None:
    mail = FakeEngine(stays_pending=True)
    async with running((120, 36), mail) as stage:
        await stage.press("s")
        row = stage.threads.cursor_row
        assert row is not None
        assert row.state is ChangeState.PENDING
        assert "1 pending" in stage.screen_text()
        mail.reject()
        mail.emit(OpRejected(1, "Starred conversation", "Gmail refused", "[CANNOT]", ""))
        await stage.rest()
        row = stage.threads.cursor_row
        assert row is not None
        assert row.state is ChangeState.REJECTED
        assert "✗" in stage.screen_text()


async def test_a_refusal_is_a_toast_with_the_servers_words() -> None:
    async with running() as stage:
        stage.mail.emit(
            OpRejected(1, "Archived 3 conversations", "Gmail refused", "[LIMIT] too many", "Wait")
        )
        await stage.rest()
        toasts = [notification.message for notification in stage.app._notifications]
        assert toasts == ["[LIMIT] too many Wait"]


async def test_news_wait_until_what_was_done_has_been_read() -> None:
    async with running((120, 36)) as stage:
        await stage.press("e")
        done = stage.main.status_bar.flash_text
        assert done.startswith("Archived")
        stage.mail.emit(MailArrived(1, "Ada Byron", "Bread"))
        await stage.rest()
        assert stage.main.status_bar.flash_text == done
        stage.main.flash_over()
        assert stage.main.status_bar.flash_text == "1 new message: Ada Byron, Bread"
        stage.main.flash_over()
        assert stage.main.status_bar.flash_text == ""


async def test_mail_that_arrives_is_flashed() -> None:
    async with running() as stage:
        stage.mail.emit(MailArrived(1, "Ada Byron", "Bread"))
        await stage.rest()
        assert stage.flash == "1 new message: Ada Byron, Bread"


async def test_the_header_tells_link_and_progress() -> None:
    mail = FakeEngine(done=Progress(100_050, 104_218, 2, True))
    async with running((120, 36), mail) as stage:
        top = stage.screen_text().splitlines()[0]
        assert "2 pending" in top
        assert "96% of 104,218" in top
        assert "live" in top
        mail.status = LinkStatus(LinkState.WAITING, "No connection", retry_at=NOW_MS + 8000)
        stage.main.look_at_link()
        await stage.rest()
        assert "offline, next try in 8 s" in stage.screen_text().splitlines()[0]


async def test_the_header_tells_what_could_not_be_read() -> None:
    mail = FakeEngine(done=Progress(59, 60, 0, False, missing=1))
    async with running((120, 36), mail) as stage:
        assert "1 missing" in stage.screen_text().splitlines()[0]


async def test_filter_narrows_as_one_types_and_escape_drops_it() -> None:
    async with running() as stage:
        await stage.press("backslash", *"lisbon")
        assert stage.subjects() == ["Your tickets to Lisbon"]
        await stage.press("enter")
        assert "filter: lisbon" in stage.screen_text()
        await stage.press("escape")
        assert len(stage.subjects()) == 46


async def test_keys_are_text_in_the_filter() -> None:
    async with running() as stage:
        await stage.press("backslash", "e", "z", "x")
        assert stage.mail.submitted == []
        assert stage.main.filter_bar.value == "ezx"
        assert "Nothing here contains “ezx”" in stage.screen_text()


async def test_unread_only() -> None:
    async with running() as stage:
        await stage.press("ctrl+n")
        assert len(stage.subjects()) == 6
        await stage.press("ctrl+n")
        assert len(stage.subjects()) == 46


async def test_inbox_zero_helps_on() -> None:
    async with running() as stage:
        await stage.press("*", "a", "*", "a", "e")
        text = stage.screen_text()
        assert "Inbox zero" in text
        assert "g a all mail" in text
        await stage.press("e")
        assert stage.flash == "There is no conversation here"


async def test_tab_goes_from_pane_to_pane() -> None:
    async with running((120, 36)) as stage:
        panes = [stage.main.where]
        for key in ("tab", "tab", "shift+tab", "shift+tab"):
            await stage.press(key)
            panes.append(stage.main.where)
        assert panes == [Where.LIST, Where.READER, Where.TREE, Where.READER, Where.LIST]


async def test_narrow_shows_one_pane_at_a_time() -> None:
    async with running((60, 24)) as stage:
        assert "Starred" not in stage.screen_text()
        await stage.press("tab")
        assert "Starred" in stage.screen_text()
        assert "Budget 2027" not in stage.screen_text()
        await stage.press("j", "enter")
        assert stage.main.view == View.of_role(Role.STARRED)
        assert stage.main.where is Where.LIST


async def test_the_tree_folds_and_remembers() -> None:
    async with running((120, 36)) as stage:
        await stage.press("shift+tab")
        tree = stage.main.places
        tree.move_to(next(i for i, row in enumerate(tree.rows) if row.name == "Work"))
        await stage.press("left")
        assert "contracts" not in [row.title for row in tree.rows]
        assert stage.desk.state.folded == ["Work"]
        await stage.press("right")
        assert "contracts" in [row.title for row in tree.rows]


async def test_what_is_so_already_is_said_instead_of_counting_nothing() -> None:
    async with running((120, 36)) as stage:
        assert stage.threads.cursor_row is not None
        assert stage.threads.cursor_row.is_important
        await stage.press("+")
        assert stage.flash == "Nothing to change"
        await stage.press("-")
        assert stage.flash.endswith("z undo")


async def test_pin_and_hide_are_remembered() -> None:
    async with running((120, 36)) as stage:
        await stage.press("shift+tab")
        tree = stage.main.places
        tree.move_to(next(i for i, row in enumerate(tree.rows) if row.name == "Papers"))
        await stage.press("P")
        assert stage.desk.state.pinned == ["Papers"]
        assert next(row.name for row in tree.rows if row.kind.value == "label") == "Papers"
        await stage.press("H")
        assert stage.desk.state.hidden == ["Papers"]


@pytest.mark.parametrize("pane", ["l", "shift+tab"])
async def test_the_bottom_line_teaches_the_filter_while_one_types(pane: str) -> None:
    async with running((120, 36)) as stage:
        if pane != "l":
            await stage.press(pane)
        await stage.press("backslash", *"wor")
        bottom = stage.screen_text().splitlines()[-1]
        assert "Enter keep" in bottom
        assert "Esc show all again" in bottom
        await stage.press("enter")
        assert "Enter keep" not in stage.screen_text()


async def test_a_read_only_engine_says_so() -> None:
    async with running((120, 36), FakeEngine(is_read_only=True)) as stage:
        assert "read only" in stage.screen_text()
        await stage.press("enter")
        assert stage.mail.submitted == []


@pytest.mark.parametrize("size", [(20, 5), (20, 24), (1, 1), (40, 10), (89, 24), (300, 80)])
async def test_any_size_survives_every_key(size: tuple[int, int]) -> None:
    async with running(size) as stage:
        await stage.press(
            "j", "enter", "n", "p", "u", "tab", "j", "tab", "x", "e", "z", "g", "s", "u", "G", "g", "g"
        )
        assert stage.app.is_running


async def test_resizing_while_reading_keeps_everything() -> None:
    async with running((200, 50)) as stage:
        await stage.press("j", "enter")
        for size in ((80, 24), (20, 5), (120, 36), (60, 20), (200, 50)):
            await stage.pilot.resize_terminal(*size)
            await stage.rest()
        assert stage.main.where is Where.READER
        assert stage.main.reader.thread is not None
        assert stage.main.reader.thread.subject == stage.subjects()[1]


async def test_overrides_are_in_force_and_taught() -> None:
    config = parse_config('[keys]\narchive = "A"\n')
    async with running((120, 36), config=config) as stage:
        assert "Shift+A archive" in stage.screen_text()
        await stage.press("A")
        assert isinstance(stage.mail.submitted[-1], Archive)


@pytest.mark.parametrize(("keymap", "keys"), [("vim", ("d", "d")), ("mutt", ("d",))])
async def test_whole_other_maps(keymap: str, keys: tuple[str, ...]) -> None:
    async with running(keymap=keymap) as stage:
        await stage.press(*keys)
        assert isinstance(stage.mail.submitted[-1], MoveToTrash)


async def test_y_in_a_label_takes_that_label_off() -> None:
    async with running() as stage:
        stage.main.show_view(View.of_label("Papers"))
        await stage.rest()
        await stage.press("y")
        op = stage.mail.submitted[-1]
        assert isinstance(op, ChangeLabels)
        assert op.remove == frozenset({"Papers"})


async def test_the_wheel_scrolls_and_the_cursor_stays() -> None:
    async with running() as stage:
        here = stage.here()
        await stage.pilot._post_mouse_events([MouseScrollDown], "#list")
        await stage.rest()
        assert stage.threads.scroll_offset.y > 0
        assert stage.here() == here
        await stage.press("j")
        assert stage.threads.scroll_offset.y <= 1


async def test_a_click_moves_and_a_double_click_opens() -> None:
    async with running() as stage:
        await stage.pilot.click("#list", offset=(40, 3))
        await stage.rest()
        assert stage.threads.cursor_index == 3
        await stage.pilot.click("#list", offset=(40, 2), times=2)
        await stage.rest()
        assert stage.main.where is Where.READER


async def test_a_click_on_the_marks_selects_and_stars() -> None:
    async with running() as stage:
        await stage.pilot.click("#list", offset=(1, 1))
        await stage.rest()
        assert len(stage.threads.selection) == 1
        await stage.press("escape")
        await stage.pilot.click("#list", offset=(3, 1))
        await stage.rest()
        row = stage.threads.cursor_row
        assert row is not None
        assert row.is_starred


async def test_a_click_on_a_word_of_the_bottom_line_does_it() -> None:
    async with running() as stage:
        subject = stage.here()
        await stage.pilot.click("StatusBar", offset=(3, 0))
        await stage.rest()
        assert subject not in stage.subjects()


async def test_hold_is_asked_for_around_every_key() -> None:
    async with running() as stage:
        await stage.press("j")
        assert stage.mail.held[0] == pytest.approx(0.08)
        assert stage.mail.held[-1] == pytest.approx(0.004)


async def test_the_cursor_survives_its_conversation_changing() -> None:
    async with running() as stage:
        await stage.press("j", "j")
        row = stage.threads.cursor_row
        assert row is not None
        thread = stage.mail.thread(row.thrid, INBOX)
        assert thread is not None
        stage.mail.arrive(replace(thread.messages[-1], msgid=row.thrid + 900, date=NOW_MS + 5))
        await stage.rest()
        assert stage.threads.cursor_row is not None
        assert stage.threads.cursor_row.thrid == row.thrid
        assert stage.threads.cursor_index == 0


async def test_the_palette_does_what_it_lists() -> None:
    async with running((120, 36)) as stage:
        subject = stage.here()
        await stage.press(":", *"archive", "enter")
        assert isinstance(stage.mail.submitted[-1], Archive)
        assert subject not in stage.subjects()


async def test_the_palette_goes_to_labels() -> None:
    async with running((80, 24)) as stage:
        await stage.press("ctrl+p", *"contracts", "enter")
        assert stage.main.view == View.of_label("Work/contracts")
        await stage.press("g", "l", *"drafts", "enter")
        assert stage.main.view == View.of_role(Role.DRAFTS)


async def test_actions_of_a_row_are_those_that_apply() -> None:
    async with running((120, 36)) as stage:
        await stage.press(".")
        text = stage.screen_text()
        assert "What can be done here" in text
        assert "Delete: move to the trash" in text
        assert "Save this search" not in text


async def test_a_theme_is_chosen_by_name_and_remembered() -> None:
    async with running((120, 36)) as stage:
        stage.main.command("theme")
        await stage.rest()
        await stage.press(*"gimap-light", "enter")
        assert stage.app.theme == "gimap-light"
        assert stage.desk.state.theme == "gimap-light"
        assert not stage.desk.palette.is_dark


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50), (40, 12)])
async def test_the_list_has_the_keys_at_the_start(size: tuple[int, int]) -> None:
    async with running(size) as stage:
        assert stage.main.where is Where.LIST
        assert stage.app.focused is stage.threads


async def test_a_place_that_gmail_hides_from_imap_says_so() -> None:
    async with running((80, 24)) as stage:
        stage.mail.hidden = frozenset((Role.TRASH,))
        stage.mail.emit(MailboxesChanged())
        await stage.rest()
        await stage.press("g", "#")
        assert "Show in IMAP" in stage.flash
        text = stage.screen_text()
        assert "Trash (hidden)" in text
        assert "as last seen" in text or "Gmail hides Trash" in text
        await stage.press("g", "i")
        assert "as last seen" not in stage.screen_text()
