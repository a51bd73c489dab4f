"""Writing mail: a new one, answers, drafts, the outbox; what the composer's own keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapcore.model import Draft, Message, Outgoing, Role, Threads
from tui.bridge.messages import Tone
from tui.compose.composing import Beginning
from tui.keys.commands import Where

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from imapcore.model import DraftFile
    from tui.actions.screen import TriageScreen
    from tui.compose.outbox import Chosen


def new(screen: TriageScreen) -> None:
    """An empty mail."""
    screen.composing.begin(Beginning("New mail", screen.desk.mail.writing.new))


def meant(screen: TriageScreen) -> Message | None:
    """The message that is answered: the one that is read, or the newest of the conversation in the list."""
    message = screen.reader.message if screen.where is Where.READER else None
    if message is not None and not message.is_draft:
        return message
    thread = screen.reader.thread if screen.where is Where.READER else None
    if thread is None:
        target = screen.target()
        thrids = target.thrids if isinstance(target, Threads) else ()
        if len(thrids) > 1:
            screen.flash("One conversation at a time is answered", Tone.HINT)
            return None
        thread = screen.desk.mail.thread(thrids[0], screen.view) if thrids else None
    found = [each for each in thread.messages if not each.is_draft] if thread is not None else []
    if not found:
        screen.flash("There is no message here to answer", Tone.HINT)
        return None
    return found[-1]


def _answer(
    title: str, make: Callable[[TriageScreen, int, str], Draft], *, needs_source: bool = False
) -> Callable[[TriageScreen], None]:
    def action(screen: TriageScreen) -> None:
        message = meant(screen)
        if message is None:
            return
        selected = screen.selected_text() if screen.where is Where.READER else ""
        if screen.open_thrid != message.thrid:
            screen.show_thread(message.thrid)
        screen.composing.begin(
            Beginning(
                title,
                lambda: make(screen, message.msgid, selected),
                msgid=message.msgid,
                needs_source=needs_source,
            ),
            with_conversation=True,
        )

    return action


def _reply(screen: TriageScreen, msgid: int, selected: str) -> Draft:
    return screen.desk.mail.writing.reply(msgid, selected=selected, is_above=_is_above(screen))


def _reply_all(screen: TriageScreen, msgid: int, selected: str) -> Draft:
    return screen.desk.mail.writing.reply(msgid, to_all=True, selected=selected, is_above=_is_above(screen))


def _reply_list(screen: TriageScreen, msgid: int, selected: str) -> Draft:
    return screen.desk.mail.writing.reply(msgid, to_list=True, selected=selected, is_above=_is_above(screen))


def _is_above(screen: TriageScreen) -> bool:
    return screen.desk.config.writing.quote == "above"


def continue_draft(screen: TriageScreen, msgid: int) -> None:
    """Go on with a draft of Gmail's."""
    screen.composing.begin(
        Beginning(
            "Draft",
            lambda: screen.desk.mail.writing.continue_draft(msgid),
            msgid=msgid,
            needs_source=True,
            is_new=False,
        ),
        with_conversation=True,
    )


def draft_here(screen: TriageScreen) -> Message | None:
    """The draft that Enter goes on with: in Drafts, or the message of the reader that is one."""
    if screen.where is Where.READER:
        message = screen.reader.message
        return message if message is not None and message.is_draft else None
    if screen.view.role is not Role.DRAFTS or screen.thread_list.cursor_row is None:
        return None
    thread = screen.desk.mail.thread(screen.thread_list.cursor_row.thrid, screen.view)
    drafts = [each for each in thread.messages if each.is_draft] if thread is not None else []
    return drafts[-1] if drafts else None


# -- the outbox ------------------------------------------------------------------------------------------


def drafts_here(screen: TriageScreen) -> None:
    """What waits in the outbox, and the drafts begun here."""
    from tui.compose.outbox import OutboxScreen, Wanted

    composing, writing = screen.composing, screen.desk.mail.writing

    def closed(chosen: Chosen | None) -> None:
        if chosen is None:
            return
        item = chosen.item
        if isinstance(item, Draft):
            if chosen.wanted is Wanted.DISCARD:
                composing.discard_draft(item)
            else:
                composing.resume(item)
        elif isinstance(item, Outgoing):
            if chosen.wanted is Wanted.CONTINUE:
                composing.take_back(item.outgoing_id)
                return

            def told(is_waiting: bool) -> None:
                screen.flash("It goes now" if is_waiting else "It does not wait", Tone.HINT)

            screen.aside.do(lambda: writing.send_now(item.outgoing_id), told, is_long=True)

    screen.app.push_screen(
        OutboxScreen(composing.waiting(), composing.drafts(), screen.desk.now, look=screen.desk.look), closed
    )


# -- keys of the composer --------------------------------------------------------------------------------


def attach(screen: TriageScreen) -> None:
    """Put a file with the mail, or take one off."""
    from pathlib import Path

    from tui.compose.attach import AttachScreen

    composing = screen.composing
    if composing.sitting is None:
        return

    def closed(chosen: Path | DraftFile | None) -> None:
        if isinstance(chosen, Path):
            composing.attach(chosen)
        elif chosen is not None:
            composing.detach(chosen)

    screen.app.push_screen(AttachScreen(composing.sitting.draft.files, look=screen.desk.look), closed)


def help_composer(screen: TriageScreen) -> None:
    """The composer's keys."""
    from tui.dialogs.help import HelpScreen

    screen.app.push_screen(HelpScreen(screen.desk.keymap, Where.COMPOSER, look=screen.desk.look))


def markdown(screen: TriageScreen) -> None:
    """Markdown, or plain text."""
    is_markdown = screen.composer.toggle_markdown()
    screen.flash("Markdown: it is sent as text and HTML" if is_markdown else "Plain text")


def saved(screen: TriageScreen) -> None:
    """Ctrl+S: nothing has to be saved here."""
    key = screen.desk.keymap.key_of("compose-send")
    screen.flash(f"It is kept as you type; {key} sends it", Tone.HINT)


COMPOSER_ACTIONS: Mapping[str, Callable[[TriageScreen], None]] = {
    "compose-send": lambda screen: screen.composing.send(),
    "compose-send-archive": lambda screen: screen.composing.send(archives=True),
    "compose-leave": lambda screen: screen.composing.leave(),
    "compose-attach": attach,
    "compose-editor": lambda screen: screen.composing.edit(),
    "compose-markdown": markdown,
    "compose-quote": lambda screen: screen.composer.text.toggle_quote(),
    "compose-discard": lambda screen: screen.composing.discard(),
    "compose-help": help_composer,
    "compose-saved": saved,
}
"""What the composer's own keys do."""

ACTIONS: Mapping[str, Callable[[TriageScreen], None]] = {
    "compose": new,
    "reply": _answer("Reply", _reply),
    "reply-all": _answer("Reply to all", _reply_all),
    "reply-list": _answer("Reply to the list", _reply_list),
    "forward": _answer(
        "Forward", lambda screen, msgid, _: screen.desk.mail.writing.forward(msgid), needs_source=True
    ),
    "forward-message": _answer(
        "Forward as a file",
        lambda screen, msgid, _: screen.desk.mail.writing.forward(msgid, as_message=True),
        needs_source=True,
    ),
    "drafts-here": drafts_here,
}
