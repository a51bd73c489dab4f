"""Reading: messages of the conversation, the next conversation, links, attachments, source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from imapcore.events import Alerted, BodyFailed, BodyProgressed, SourceArrived
from imapcore.model import Messages, Threads, web_id
from tui.bridge.messages import Tone
from tui.keys.commands import BY_ID, Where
from tui.style.text import plural, size

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imapcore.events import Event
    from tui.actions.screen import TriageScreen
    from tui.dialogs.attachments import OpenAttachment


def next_message(screen: TriageScreen) -> None:
    """The next message of the conversation."""
    if not screen.reader.next_message():
        screen.flash("This is the newest message of the conversation", Tone.HINT)


def previous_message(screen: TriageScreen) -> None:
    """The previous message of the conversation."""
    if not screen.reader.previous_message():
        screen.flash("This is the oldest message of the conversation", Tone.HINT)


def _other(step: int) -> Callable[[TriageScreen], None]:
    def action(screen: TriageScreen) -> None:
        before = screen.thread_list.cursor_index
        screen.thread_list.move(step)
        row = screen.thread_list.cursor_row
        if row is None or screen.thread_list.cursor_index == before:
            end = "oldest" if step > 0 else "newest"
            screen.flash(f"This is the {end} conversation here", Tone.HINT)
        else:
            screen.open_thread(row.thrid)

    return action


def links(screen: TriageScreen) -> None:
    """Choose one of the current message's links."""
    found = screen.reader.links
    if not found:
        screen.flash("This message has no links", Tone.HINT)
        return
    from tui.dialogs.links import LinkPicker

    def closed(url: str | None) -> None:
        if url:
            open_link(screen, url)

    screen.app.push_screen(LinkPicker(found, look=screen.desk.look), closed)


def open_link(screen: TriageScreen, url: str) -> None:
    """Hand an address to the system's browser; only ever web and mail addresses."""
    if not url.lower().startswith(("https://", "http://", "mailto:")):
        screen.flash("Only web and mail addresses are opened", Tone.PROBLEM)
        return
    from tui.terminal.browser import find_browser, run_browser, start_browser

    browser = find_browser()
    if browser is None:
        screen.app.copy_to_clipboard(url)
        screen.flash(f"There is no desktop here, so it was copied: {url}", Tone.HINT)
        return
    if browser.is_in_terminal:
        try:
            with screen.app.suspend():
                problem = run_browser(browser, url)
        except SuspendNotSupported:
            problem = f"This terminal cannot be lent to {browser.command[0]}: {url}"
    else:
        problem = start_browser(browser, url)
    screen.flash(problem or f"Opened {url}", Tone.PROBLEM if problem else Tone.DONE)


def attachments(screen: TriageScreen) -> None:
    """Choose attachments of the current message to save, or one to open."""
    body, message = screen.reader.body, screen.reader.message
    if body is None or message is None or not body.attachments:
        screen.flash("This message has no attachments", Tone.HINT)
        return
    from tui.dialogs.attachments import AttachmentPicker, OpenAttachment
    from tui.settings.paths import download_path

    given = screen.desk.config.behaviour.downloads
    folder = Path(given).expanduser() if given else download_path()

    def closed(chosen: tuple[str, ...] | OpenAttachment | None) -> None:
        if isinstance(chosen, OpenAttachment):
            open_attachment(screen, message.msgid, chosen)
            return
        sections = chosen or ()
        for section in sections:
            screen.desk.mail.save_attachment(message.msgid, section, folder)
        if sections:
            screen.flash(f"Saving {plural(len(sections), 'attachment')} to {folder}")

    screen.app.push_screen(AttachmentPicker(body.attachments, folder, look=screen.desk.look), closed)


def open_attachment(screen: TriageScreen, msgid: int, chosen: OpenAttachment) -> None:
    """Save an attachment into a folder of its own, and hand it to the system's viewer when it is there."""
    from tui.terminal.attachment_viewer import open_file, private_folder

    folder = private_folder()

    def arrived(path: Path) -> None:
        problem = open_file(path)
        screen.flash(problem or f"Opening {path.name}", Tone.PROBLEM if problem else Tone.DONE)

    def listen(event: Event) -> None:
        # On the engine's threads: the screen is asked to go on, nothing else is done here.
        if isinstance(event, Alerted) and Path(event.detail).parent == folder:
            unsubscribe()
            screen.app.call_later(arrived, Path(event.detail))

    unsubscribe = screen.desk.mail.subscribe(listen)
    screen.flash(f"Getting {chosen.filename}")
    screen.desk.mail.save_attachment(msgid, chosen.section, folder)


def source(screen: TriageScreen) -> None:
    """The message as it came; a large one is fetched first, in pieces."""
    message = screen.reader.message
    if message is None:
        return
    mail = screen.desk.mail

    def show() -> bool:
        raw = mail.raw(message.msgid)
        if raw is not None:
            from tui.dialogs.message_source import MessageScreen

            screen.app.push_screen(MessageScreen(message, raw, look=screen.desk.look))
        return raw is not None

    if show():
        return

    def arrived() -> None:
        # Whoever has gone on reading elsewhere is not called back.
        current = screen.reader.message
        if current is not None and current.msgid == message.msgid:
            show()

    def listen(event: Event) -> None:
        # On the engine's threads: the screen is asked to go on, nothing else is done here.
        match event:
            case SourceArrived(msgid) if msgid == message.msgid:
                unsubscribe()
                screen.app.call_later(arrived)
            case BodyFailed(msgid, title, detail, hint) if msgid == message.msgid:
                unsubscribe()
                told = ". ".join(part for part in (title, detail, hint) if part)
                screen.app.call_later(screen.flash, told, Tone.PROBLEM)
            case BodyProgressed(msgid, done, total) if msgid == message.msgid and total:
                text = f"Getting the source: {size(done)} of {size(total)}"
                screen.app.call_later(screen.flash, text, Tone.HINT)
            case _:
                pass

    unsubscribe = mail.subscribe(listen)
    screen.flash("The source is not here yet; it is on its way", Tone.HINT)
    mail.open_source(message.msgid)


def open_in_gmail(screen: TriageScreen) -> None:
    """Open the message in Gmail on the web, by its id in hexadecimal."""
    target = screen.target()
    found = ""
    if isinstance(target, Threads) and len(target.thrids) == 1:
        found = web_id(target.thrids[0])
    elif isinstance(target, Messages) and screen.reader.message is not None:
        found = screen.reader.message.web_id
    if screen.where is Where.READER and screen.reader.message is not None:
        found = screen.reader.message.web_id
    if not found:
        screen.flash("One conversation at a time can be opened in Gmail", Tone.HINT)
        return
    account = screen.desk.mail.account.email
    open_link(screen, f"https://mail.google.com/mail/?authuser={account}#all/{found}")


def unfold_all(screen: TriageScreen) -> None:
    """Expand or collapse all messages."""
    screen.reader.toggle_all()


def toggle_quotes(screen: TriageScreen) -> None:
    """Show or hide quoted text."""
    screen.reader.toggle_quotes()


def find(screen: TriageScreen) -> None:
    """Find in the message on the screen; where there is none, in what is listed."""
    if screen.where is not Where.TREE and screen.missing_for(BY_ID["links"]) is None:
        screen.bring_preview()
        screen.reader.find()
        screen.teach()
    else:
        screen.open_filter()


def _find_again(step: int) -> Callable[[TriageScreen], None]:
    def action(screen: TriageScreen) -> None:
        key = screen.desk.keymap.key_of("find")
        if not screen.reader.words_to_find:
            screen.flash(f"Nothing was looked for yet: {key} finds", Tone.HINT)
        elif (told := screen.reader.find_again(step)) is None:
            screen.flash(f"“{screen.reader.words_to_find}” is not in this conversation", Tone.HINT)
        else:
            screen.flash(told, Tone.HINT)

    return action


def _on_screen(action: Callable[[TriageScreen], None]) -> Callable[[TriageScreen], None]:
    """Done to the message on the screen: from the list, to the one that is shown beside it."""

    def on_screen(screen: TriageScreen) -> None:
        screen.bring_preview()
        action(screen)

    return on_screen


ACTIONS: Mapping[str, Callable[[TriageScreen], None]] = {
    "next-message": _on_screen(next_message),
    "previous-message": _on_screen(previous_message),
    "newer": _other(-1),
    "older": _other(1),
    "unfold-all": _on_screen(unfold_all),
    "toggle-quotes": _on_screen(toggle_quotes),
    "find": find,
    "find-next": _on_screen(_find_again(1)),
    "find-previous": _on_screen(_find_again(-1)),
    "links": _on_screen(links),
    "attachments": _on_screen(attachments),
    "source": _on_screen(source),
    "open-in-gmail": open_in_gmail,
}
