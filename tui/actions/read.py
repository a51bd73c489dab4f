"""Reading: messages of the conversation, the next conversation, links, attachments, source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from imapcore.events import Alerted
from imapcore.model import Messages, Threads, web_id
from tui.bridge.messages import Tone
from tui.keys.commands import BY_ID, Where
from tui.style.text import plural

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


def download_folder(screen: TriageScreen) -> Path:
    """Where files are saved."""
    from tui.settings.paths import download_path

    given = screen.desk.config.behaviour.downloads
    return Path(given).expanduser() if given else download_path()


def attachments(screen: TriageScreen) -> None:
    """Choose attachments of the current message to save, or one to open."""
    body, message = screen.reader.body, screen.reader.message
    if body is None or message is None or not body.attachments:
        screen.flash("This message has no attachments", Tone.HINT)
        return
    from tui.dialogs.attachments import AttachmentPicker, OpenAttachment

    folder = download_folder(screen)

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
    from tui.dialogs.message_source import MessageScreen, SourceAccess

    mail, msgid = screen.desk.mail, message.msgid
    access = SourceAccess(
        lambda: mail.raw(msgid), lambda: mail.open_source(msgid), lambda: mail.cancel_source(msgid)
    )
    screen.app.push_screen(MessageScreen(message, access, look=screen.desk.look))


def details(screen: TriageScreen) -> None:
    """Where the message comes from, in full."""
    screen.reader.toggle_details()


def other_form(screen: TriageScreen) -> None:
    """The next of the forms in which the same words came."""
    body = screen.reader.body
    forms = [form for form in body.forms if form.is_alternative] if body is not None else []
    shown = next((index for index, form in enumerate(forms) if form.is_shown), None)
    if len(forms) < 2:
        screen.flash("This message came in one form only", Tone.HINT)
        return
    form = forms[(shown + 1) % len(forms) if shown is not None else 0]
    screen.reader.show_form(form.section)
    screen.flash(f"Shown as {form.title}", Tone.HINT)


def parts(screen: TriageScreen) -> None:
    """Choose a part to read alone."""
    body = screen.reader.body
    if body is None or not body.forms:
        screen.flash("This message has one part only", Tone.HINT)
        return
    from tui.dialogs.parts import PartPicker

    def closed(section: str | None) -> None:
        if section is not None:
            screen.reader.show_form(section)

    screen.app.push_screen(PartPicker(body.forms, look=screen.desk.look), closed)


def leave_list(screen: TriageScreen) -> None:
    """Open the page, or the mail, that leaves the list; the list asks the rest."""
    body = screen.reader.body
    way = body.details.unsubscribe if body is not None and body.details is not None else None
    if way is None or not (way.url or way.mailto):
        screen.flash("This message does not say how to unsubscribe", Tone.HINT)
        return
    open_link(screen, way.url or way.mailto)


def copy_message(screen: TriageScreen) -> None:
    """What is selected, or else the text of the current message."""
    from tui.widgets.reader.body_text import body_text

    selected = screen.selected_text()
    message, body = screen.reader.message, screen.reader.body
    if selected:
        screen.app.copy_to_clipboard(selected)
        screen.flash(f"Copied {plural(len(selected.splitlines()), 'line')}")
    elif message is not None and body is not None:
        text = body_text(body)
        screen.app.copy_to_clipboard(text)
        screen.flash(f"Copied the message: {plural(len(text.splitlines()), 'line')}")
    else:
        screen.flash("The text is not here yet", Tone.HINT)


def save_message(screen: TriageScreen) -> None:
    """Ask for a file's name, and write the message there: its source, or its text."""
    message = screen.reader.message
    if message is None:
        return
    from tui.actions.save_message import suggest_path, why_not, write_message
    from tui.dialogs.prompt import PromptScreen
    from tui.widgets.reader.body_text import message_text

    desk, body = screen.desk, screen.reader.body

    def closed(answer: str | None) -> None:
        if not answer:
            return
        path = Path(answer.strip()).expanduser()

        def work() -> str:
            text = message_text(message, body, desk.zone) if body is not None else None
            return write_message(path, message, desk.mail, text)

        def told(problem: str) -> None:
            screen.flash(problem or f"Saved to {path}", Tone.PROBLEM if problem else Tone.DONE)

        screen.aside.do(work, told, is_long=True)

    title = "Save this message: .eml as it came, .txt as it reads"
    suggested = str(suggest_path(download_folder(screen), message, desk.zone))
    screen.app.push_screen(PromptScreen(title, suggested, why_not, look=desk.look), closed)


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
    "details": _on_screen(details),
    "other-form": _on_screen(other_form),
    "parts": _on_screen(parts),
    "copy-message": _on_screen(copy_message),
    "save-message": _on_screen(save_message),
    "unsubscribe": _on_screen(leave_list),
    "open-in-gmail": open_in_gmail,
}
