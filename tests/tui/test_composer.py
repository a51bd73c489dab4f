"""Writing on the screen: answers, drafts, sending and taking it back; nothing typed goes anywhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from imapcore.events import BodyArrived
from imapcore.model import Address, Archive, Draft, OutgoingState
from tests.fakes.engine import FakeEngine
from tests.tui.pilot import Stage, running
from tests.tui.stage import at_rest
from tui.compose.attach import AttachScreen, as_path, completions
from tui.compose.fields import finished_part, fragment_of
from tui.compose.outbox import OutboxScreen
from tui.settings.config import parse_config

LIN = Address("Lin", "lin@example.org")


async def rest(stage: Stage) -> None:
    """Let what is done beside the screen come to an end."""
    await at_rest(stage.pilot)
    await stage.rest()


async def press(stage: Stage, *keys: str) -> None:
    await stage.pilot.press(*keys)
    await rest(stage)


def text_of(stage: Stage) -> str:
    return stage.main.composer.text.text


async def keep(stage: Stage) -> None:
    """What the timer would do half a second later."""
    stage.main.composing._save()
    await rest(stage)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50), (30, 10)])
async def test_a_reply_goes_to_who_wrote_and_quotes_it(size: tuple[int, int]) -> None:
    async with running(size) as stage:
        message = stage.mail.thread(stage.threads.window.rows[0].thrid, stage.main.view)
        assert message is not None
        await press(stage, "r", "H", "i")
        assert stage.main.is_composing
        written = stage.main.composer.written
        assert message.messages[-1].sender.email in written.to
        assert written.text.startswith("Hi\n\nOn ")
        assert "\n> " in written.text
        assert written.subject.startswith("Re: ")


async def test_what_is_typed_before_the_message_is_here_stands_above_its_quotation() -> None:
    mail = FakeEngine(bodies_arrive=False)
    async with running(mail=mail) as stage:
        await press(stage, "r", "e", "#", "z")
        assert text_of(stage) == "e#z"
        assert mail.submitted == []
        msgid = mail.asked_bodies[-1]
        mail._stored.add(msgid)
        mail.emit(BodyArrived(msgid))
        await rest(stage)
        assert text_of(stage).startswith("e#z\n\nOn ")
        assert mail.submitted == []


async def test_an_answer_of_which_nothing_was_written_is_kept_nowhere() -> None:
    async with running() as stage:
        await press(stage, "r", "escape")
        assert not stage.main.is_composing
        assert stage.mail.writing.drafts() == ()
        assert "nothing is kept" in stage.flash


async def test_a_draft_is_written_down_while_it_is_typed_and_once_only() -> None:
    async with running() as stage:
        await press(stage, "c", *"qq", "tab", "tab", "tab", "S", "tab", "T")
        await keep(stage)
        await press(stage, "o")
        await keep(stage)
        (draft,) = stage.mail.writing.drafts()
        assert (draft.subject, draft.text) == ("S", "To")


async def test_leaving_keeps_the_draft_and_it_is_gone_on_with() -> None:
    async with running() as stage:
        await press(stage, "r", "Y", "o", "escape")
        (draft,) = stage.mail.writing.drafts()
        assert stage.mail.writing.left == [draft.draft_id]
        await press(stage, "g", "o")
        assert isinstance(stage.app.screen, OutboxScreen)
        await press(stage, "enter")
        assert text_of(stage) == draft.text
        await press(stage, "escape")
        assert stage.mail.writing.drafts()[0].text == draft.text


async def test_sending_is_undone_and_the_composer_is_as_it_was() -> None:
    async with running() as stage:
        await press(stage, "r", "O", "K")
        before = stage.main.composer.written
        await press(stage, "ctrl+t")
        assert not stage.main.is_composing
        assert "z undo" in stage.flash
        assert [out.state for out in stage.mail.writing.outbox()] == [OutgoingState.HELD]
        await press(stage, "z")
        assert stage.main.is_composing
        assert stage.main.composer.written == before
        assert stage.mail.writing.outbox() == ()


async def test_undo_means_what_was_done_last() -> None:
    async with running() as stage:
        await press(stage, "r", "O", "K", "ctrl+t", "j", "e")
        assert isinstance(stage.mail.submitted[-1], Archive)
        await press(stage, "z")
        assert not stage.main.is_composing
        await press(stage, "z")
        assert stage.main.is_composing


async def test_what_is_sent_cannot_be_undone_and_says_so_before_something_else_is() -> None:
    async with running() as stage:
        await press(stage, "e", "r", "O", "K", "ctrl+t")
        stage.mail.writing.settle(1, OutgoingState.SENT)
        await rest(stage)
        assert stage.flash == "Sent"
        await press(stage, "z")
        assert "nothing takes it back" in stage.flash
        assert stage.mail.next_undo()
        await press(stage, "z")
        assert stage.mail.next_undo() is None


async def test_a_refused_mail_is_back_with_the_servers_words_and_eats_no_key() -> None:
    async with running() as stage:
        await press(stage, "r", "O", "K")
        before = stage.main.composer.written
        await press(stage, "ctrl+t")
        stage.mail.writing.settle(1, OutgoingState.REFUSED, "No such user", "550 5.1.1 who?")
        await rest(stage)
        assert stage.main.is_composing
        assert "550 5.1.1 who?" in stage.screen_text()
        await press(stage, "e", "#")
        assert stage.main.composer.written == before
        assert stage.mail.submitted == []


@pytest.mark.parametrize(
    ("typed", "says"), [("", "Nobody to send it to"), ("qqq", "no @"), ("lin@example", "no dot")]
)
async def test_what_cannot_be_sent_says_why_and_stays(typed: str, says: str) -> None:
    async with running() as stage:
        await press(stage, "c", *typed, "tab", "tab", "tab", "S", "tab", "T", "ctrl+t")
        assert says in stage.flash
        assert stage.main.is_composing
        assert stage.mail.writing.outbox() == ()
        await press(stage, "!")
        assert text_of(stage) == "T!"


async def test_a_wrong_address_is_said_when_its_field_is_left() -> None:
    async with running() as stage:
        await press(stage, "c", *"lin@x")
        assert "no dot" not in stage.screen_text()
        await press(stage, "tab")
        assert "no dot" in stage.screen_text()


async def test_what_may_be_forgotten_is_said_once() -> None:
    async with running() as stage:
        await press(stage, "c", *"lin@example.org", "tab", "tab", "tab", "tab", *"see attached", "ctrl+t")
        assert "nothing is attached" in stage.flash
        assert stage.mail.writing.outbox() == ()
        await press(stage, "ctrl+t")
        assert len(stage.mail.writing.outbox()) == 1


async def test_a_change_after_the_warning_is_warned_about_again() -> None:
    async with running() as stage:
        await press(
            stage, "c", *"lin@example.org", "tab", "tab", "tab", "tab", *"attached", "ctrl+t", "!", "ctrl+t"
        )
        assert stage.mail.writing.outbox() == ()


async def test_addresses_are_completed() -> None:
    async with running() as stage:
        known = stage.mail.people("ada")[0]
        await press(stage, "c", *"ada")
        assert stage.main.composer.is_suggesting
        await press(stage, "tab")
        assert known.email in stage.main.composer.written.to
        assert stage.main.composer.people_fields["to"].has_focus
        await press(stage, *"lin@example.org")
        draft = stage.main.composer.into(Draft())
        assert [each.email for each in draft.to] == [known.email, "lin@example.org"]


async def test_a_discarded_draft_comes_back_with_undo_and_goes_when_the_run_ends() -> None:
    mail = FakeEngine()
    async with running(mail=mail) as stage:
        await press(stage, "r", "O", "K")
        await keep(stage)
        await press(stage, "f8")
        assert not stage.main.is_composing
        assert stage.main.composing.drafts() == ()
        await press(stage, "z")
        assert text_of(stage).startswith("OK")
        await press(stage, "f8")
    assert mail.writing.drafts() == ()


async def test_quitting_keeps_the_last_letters() -> None:
    mail = FakeEngine()
    async with running(mail=mail) as stage:
        await press(stage, "r", "O", "K")
    assert mail.writing.drafts()[0].text.startswith("OK")


async def test_files_are_attached_and_taken_off(tmp_path: Path) -> None:
    (tmp_path / "a b.pdf").write_bytes(b"%PDF")
    async with running() as stage:
        await press(stage, "c", *"lin@example.org", "ctrl+o")
        screen = stage.app.screen
        assert isinstance(screen, AttachScreen)
        screen.query_one("#field").value = f"'{tmp_path}/a b.pdf'"  # type: ignore[attr-defined]
        await press(stage, "enter")
        assert "a b.pdf 4 B" in stage.screen_text()
        await keep(stage)
        assert [each.filename for each in stage.mail.writing.drafts()[0].files] == ["a b.pdf"]
        await press(stage, "ctrl+o", "ctrl+d")
        assert stage.mail.writing.drafts()[0].files == ()
        assert "a b.pdf" not in stage.screen_text()


def test_a_path_is_read_as_it_is_typed_and_pasted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a b.txt"
    file.touch()
    (tmp_path / ".hidden").touch()
    (tmp_path / "abc").mkdir()
    for text in (str(file), f"'{file}'", f"file://{tmp_path}/a%20b.txt", f"{tmp_path}/a\\ b.txt"):
        assert as_path(text) == file
    monkeypatch.chdir(tmp_path)
    assert completions("a") == ("a b.txt", "abc/")
    assert completions(f"{tmp_path}/.") == (f"{tmp_path}/.hidden",)
    assert completions(f"{tmp_path}/none/x") == ()


def test_the_recipient_one_is_at() -> None:
    text = '"Lovelace, Ada" <a@b.cc>, lin'
    assert text[slice(*fragment_of(text, len(text)))] == "lin"
    assert text[slice(*fragment_of(text, 3))] == '"Lovelace, Ada" <a@b.cc>'
    assert finished_part(text) == '"Lovelace, Ada" <a@b.cc>, '
    assert finished_part("lin") == ""


async def test_the_signature_stands_above_the_quotation(tmp_path: Path) -> None:
    (tmp_path / "default").write_text("Ada\n", encoding="utf-8")
    config = parse_config(f'[writing]\nsignature = "{tmp_path}"')
    async with running(config=config) as stage:
        await press(stage, "r", "H", "i")
        assert text_of(stage).startswith("Hi\n\n-- \nAda\n\n\nOn ")
        await press(stage, "escape", "c")
        assert text_of(stage) == "\n\n-- \nAda\n"
        await press(stage, "escape")
        assert len(stage.mail.writing.drafts()) == 1


async def test_written_below_the_quotation() -> None:
    async with running(config=parse_config('[writing]\nquote = "below"')) as stage:
        await press(stage, "r", "H", "i")
        assert text_of(stage).startswith("On ")
        assert text_of(stage).endswith("\n\nHi")


async def test_lines_are_quoted_and_unquoted() -> None:
    async with running() as stage:
        await press(stage, "c", "tab", "tab", "tab", "tab", *"one", "enter", *"two", "shift+up", "f3")
        assert text_of(stage) == "> one\n> two"
        stage.main.composer.text.select_all()
        await press(stage, "f3")
        assert text_of(stage) == "one\ntwo"
        await press(stage, "ctrl+z")
        assert text_of(stage) == "> one\n> two"


async def test_send_and_archive_and_markdown() -> None:
    async with running() as stage:
        await press(stage, "r", "O", "K", "ctrl+r", "f7")
        (out,) = stage.mail.writing.outbox()
        assert out.draft.is_markdown
        assert stage.mail.writing.archived == [out.outgoing_id]


async def test_what_changes_around_it_takes_no_keys_from_the_composer() -> None:
    async with running((200, 50)) as stage:
        await press(stage, "enter", "r", "O")
        thrid = stage.main.open_thrid
        stage.mail._messages = {n: m for n, m in stage.mail._messages.items() if m.thrid != thrid}
        stage.mail._changed()
        await rest(stage)
        await press(stage, "K", "e")
        assert text_of(stage).startswith("OKe")
        assert not any(isinstance(op, Archive) for op in stage.mail.submitted)


@pytest.mark.parametrize("keymap", ["gmail", "vim", "mutt"])
async def test_each_map_has_keys_for_writing(keymap: str) -> None:
    key = {"gmail": "c", "vim": "c", "mutt": "m"}[keymap]
    async with running(keymap=keymap) as stage:
        await press(stage, key)
        assert stage.main.is_composing


async def test_who_only_reads_writes_nothing() -> None:
    async with running(mail=FakeEngine(is_read_only=True)) as stage:
        await press(stage, "r")
        assert not stage.main.is_composing
        assert "only reads" in stage.flash


async def test_the_tree_tells_what_waits_and_opens_it() -> None:
    async with running((120, 36)) as stage:
        await press(stage, "r", "O", "K", "ctrl+t")
        row = next(row for row in stage.main.places.rows if row.title == "Outbox")
        assert row.count == 1
        stage.mail.writing.settle(1, OutgoingState.SENT)
        await rest(stage)
        assert not any(row.title == "Outbox" for row in stage.main.places.rows)


async def test_a_draft_of_an_earlier_run_is_offered_and_hostile_text_moves_no_terminal() -> None:
    mail = FakeEngine()
    draft = Draft(sender=mail.writing.own[0], to=(LIN,), subject="a\x1b[31m\u202eb", text="t")
    mail.writing.save(draft)
    async with running((120, 36), mail) as stage:
        await rest(stage)
        assert any(row.title == "Drafts here" for row in stage.main.places.rows)
        await press(stage, "g", "o")
        assert "\x1b" not in stage.screen_text()
        await press(stage, "d")
        await press(stage, "z")
        assert stage.main.is_composing
        assert replace(stage.mail.writing.drafts()[0], changed_at=0, draft_id=0, message_id="") == draft
