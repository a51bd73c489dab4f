"""Links, attachments and the source of the message that is being read."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

from imapcore.errors import InvalidArgument
from imapcore.events import Alerted, BodyFailed, SourceArrived
from imapcore.model import Attachment, Link, web_id
from tui.linear.body_text import attachment_words, link_words
from tui.linear.talk import Talk
from tui.linear.verbs import Verb
from tui.terminal.browser import find_browser, run_browser, start_browser

_OPENED = ("https://", "http://", "mailto:")
"""Beginnings of addresses that are ever handed to another program."""
_SAVE_SECONDS = 120.0
_SOURCE_SECONDS = 60.0


def links(talk: Talk, words: list[str]) -> None:
    """The links of this message: number, text, where each really goes."""
    found = talk.body().links
    talk.say(*(link_words(link, index) for index, link in enumerate(found)))
    talk.say("Type link 3 to open one, copy 3 to copy it." if found else "This message has no links.")


def _chosen_link(talk: Talk, words: list[str]) -> Link:
    wanted = " ".join(words).casefold()
    found = talk.body().links
    if not wanted and len(found) == 1:
        return found[0]
    exact = [link for index, link in enumerate(found) if link.label(index) == wanted]
    near = exact or [
        link
        for link in found
        if wanted and not wanted.isdecimal() and wanted in f"{link.text} {link.url}".casefold()
    ]
    if len({link.url for link in near}) != 1:
        title = "More than one link is like that" if near else "There is no such link in this message"
        raise InvalidArgument("", title=title, hint="Type links for their numbers")
    return near[0]


def open_link(talk: Talk, words: list[str]) -> None:
    """Hand a link to the browser, after saying where it goes."""
    _open(talk, _chosen_link(talk, words).url)


def _open(talk: Talk, url: str) -> None:
    if not url.lower().startswith(_OPENED):
        raise InvalidArgument(url, title="Only web and mail addresses are opened")
    browser = find_browser()
    if browser is None or (browser.is_in_terminal and not talk.is_interactive):
        talk.say(f"There is no browser here that could be seen. The address: {url}")
        return
    problem = run_browser(browser, url) if browser.is_in_terminal else start_browser(browser, url)
    talk.say(problem or f"Opened {url}")


def copy(talk: Talk, words: list[str]) -> None:
    """Put a link's address on the clipboard, and say it."""
    url = _chosen_link(talk, words).url
    if talk.is_interactive:
        # OSC 52: the terminal's own clipboard, also over ssh; it prints nothing and moves nothing.
        talk.say_raw(f"\x1b]52;c;{b64encode(url.encode()).decode()}\x07")
    talk.say(f"Copied: {url}" if talk.is_interactive else url)


def open_in_gmail(talk: Talk, words: list[str]) -> None:
    """Open the conversation in Gmail on the web."""
    found = (
        talk.message.web_id
        if talk.thread is not None and not words
        else web_id(talk.chosen(words[:1])[0].thrid)
    )
    _open(talk, f"https://mail.google.com/mail/?authuser={talk.mail.account.email}#all/{found}")


def attachments(talk: Talk, words: list[str]) -> None:
    """The attachments of this message."""
    found = talk.body().attachments
    talk.say(*(f"{number}. {attachment_words(part)}" for number, part in enumerate(found, 1)))
    talk.say("Type save 1 to save one, save all, or view 1." if found else "This message has no attachments.")


def _chosen_parts(talk: Talk, words: list[str]) -> list[Attachment]:
    found = talk.body().attachments
    if not found:
        raise InvalidArgument("", title="This message has no attachments")
    if words in ([], ["all"]) and (words or len(found) == 1):
        return list(found)
    numbers = [int(word) for word in words if word.isdecimal() and len(word) < 6]
    if len(numbers) != len(words) or not words or not all(0 < number <= len(found) for number in numbers):
        raise InvalidArgument(
            "Type attachments for their numbers", title="Say which attachment, by its number"
        )
    return [found[number - 1] for number in numbers]


def save(talk: Talk, words: list[str]) -> None:
    """Save attachments; ``to FOLDER`` at the end says where."""
    from tui.settings.paths import download_path

    numbers, _, given = " ".join(words).partition("to ")
    configured = given.strip() or talk.desk.config.behaviour.downloads
    folder = Path(configured).expanduser() if configured else download_path()
    for part in _chosen_parts(talk, numbers.split()):
        _save(talk, part, folder)


def _save(talk: Talk, part: Attachment, folder: Path) -> Path | None:
    """Save one part and say where it went; None when it did not."""
    msgid = talk.message.msgid
    talk.say(f"Getting {part.filename or 'the attachment'}.")
    told = talk.ask(
        lambda: talk.mail.save_attachment(msgid, part.section, folder),
        lambda event: isinstance(event, Alerted) and _is_about(event, folder),
        _SAVE_SECONDS,
    )
    if not isinstance(told, Alerted):
        talk.say("It has not come yet; where it went will be said when it has.")
        return None
    talk.say(" ".join(each for each in (f"{told.title}: {told.detail}", told.hint) if each))
    path = Path(told.detail)
    return path if path.parent == folder else None


def _is_about(event: Alerted, folder: Path) -> bool:
    return event.title.startswith("The attachment") or Path(event.detail).parent == folder


def view(talk: Talk, words: list[str]) -> None:
    """Open an attachment with the system's own viewer, if it is nothing that could run."""
    from tui.terminal.attachment_viewer import danger, open_file, private_folder

    part = _chosen_parts(talk, words)[0]
    problem = danger(part.filename, part.media_type)
    if problem:
        raise InvalidArgument(problem, title="It was not opened", hint="Type save to save it")
    path = _save(talk, part, private_folder())
    if path is not None:
        talk.say(open_file(path) or f"Opening {path.name}.")


def source(talk: Talk, words: list[str]) -> None:
    """The message as it came, control characters as marks."""
    from tui.dialogs.message_source import harmless

    msgid = talk.message.msgid
    raw = talk.mail.raw(msgid)
    if raw is None:
        told = talk.ask(
            lambda: talk.mail.open_source(msgid),
            lambda event: isinstance(event, SourceArrived | BodyFailed) and event.msgid == msgid,
            _SOURCE_SECONDS,
        )
        raw = talk.mail.raw(msgid)
        if raw is None:
            why = f"{told.title}. {told.detail}" if isinstance(told, BodyFailed) else "It has not come yet"
            raise InvalidArgument(why, title="The source cannot be shown", hint="Try again later")
    talk.say(f"X-GM-MSGID {msgid}, web id {talk.message.web_id}, {len(raw):,} octets.")
    talk.say_page(harmless(raw).splitlines())


VERBS = (
    Verb("links", "links of this message, with their real host", links),
    Verb("link", "open a link in the browser", open_link, "3"),
    Verb("copy", "copy a link's address", copy, "3"),
    Verb("attachments", "attachments of this message", attachments),
    Verb("save", "save attachments", save, "1 to ~/Downloads"),
    Verb("view", "open an attachment with the system's viewer", view, "1", commands=("open-attachment",)),
    Verb("source", "the message as it came, with all headers", source),
    Verb("gmail", "open it in Gmail on the web", open_in_gmail, short=("w",), commands=("open-in-gmail",)),
)
