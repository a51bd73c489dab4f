"""Reading: one message at a time, the newest first; quotes; find."""

from __future__ import annotations

from imapcore.errors import InvalidArgument
from imapcore.events import BodyArrived, BodyFailed
from imapcore.model import Address, Body, ChangeFlags, Message, Thread, Threads
from tui.linear.body_text import body_lines
from tui.linear.changes import SEEN
from tui.linear.lists import tell_rows
from tui.linear.talk import Talk
from tui.linear.verbs import Verb
from tui.style.text import plural, when_in_full

_BODY_SECONDS = 20.0


def open_one(talk: Talk, words: list[str]) -> None:
    """Read a conversation: its newest message first."""
    if not words and talk.thread is not None:
        read_message(talk)
        return
    row = talk.chosen(words[:1])[0]
    thread = talk.mail.thread(row.thrid, talk.view)
    if thread is None:
        raise InvalidArgument("Type list to look again", title="This conversation is gone")
    _open_thread(talk, thread)


def _open_thread(talk: Talk, thread: Thread) -> None:
    talk.thread, talk.opened_in, talk.index = thread, talk.view, len(thread.messages) - 1
    talk.query_found = ("", -1)
    unread = sum(1 for each in thread.messages if each.is_unread)
    new = f", {unread} unread" if unread else ""
    labels = f"; labels {', '.join(thread.labels)}" if thread.labels else ""
    talk.say(f"{thread.subject or 'No subject'}; {plural(len(thread.messages), 'message')}{new}{labels}.")
    read_message(talk)
    if unread and not talk.mail.is_read_only:
        talk.mail.submit(ChangeFlags(Threads((thread.thrid,), talk.view), add=SEEN, is_automatic=True))


def read_message(talk: Talk, *, has_quotes: bool = False) -> None:
    """Say who wrote it, when, to whom, and what."""
    message = talk.message
    talk.say("", head_line(talk, message))
    body = _fetched(talk, message)
    if body is None:
        return
    lines = body_lines(body, has_quotes=has_quotes)
    more = talk.index
    if more:
        lines.append(
            f"{plural(more, 'older message')} in this conversation. Type previous for the one before."
        )
    talk.say_page(lines)


def head_line(talk: Talk, message: Message) -> str:
    """``Message 7 of 7, unread: Ada, to me, Sat 21 Nov 2026, 09:12:``."""
    count = len(talk.open_thread.messages)
    marks = [
        word for word, is_so in (("unread", message.is_unread), ("starred", message.is_starred)) if is_so
    ]
    place = f"Message {talk.index + 1} of {count}" if count > 1 else "Message"
    to = ", ".join(_person(each, talk.mail.account.email) for each in (*message.to, *message.cc)[:5])
    rest = len(message.to) + len(message.cc) - 5
    more = f" and {rest} more" if rest > 0 else ""
    whole = ", ".join([place, *marks])
    addressed = f", to {to}{more}" if to else ""
    return f"{whole}: {_sender(message.sender)}{addressed}, {when_in_full(message.date, talk.desk.zone)}:"


def _person(address: Address, own: str) -> str:
    return "me" if address.email.casefold() == own.casefold() else address.name or address.email


def _sender(address: Address) -> str:
    if address.is_name_doubtful:
        return f"{address.email}, who says to be “{address.name}”"
    return address.name or address.email


def _fetched(talk: Talk, message: Message) -> Body | None:
    """A message's content, waited for if it must come from the server; None after saying why not."""
    body = talk.mail.body(message.msgid)
    if body is not None:
        return body
    told = talk.ask(
        lambda: talk.mail.open_body(message.msgid),
        lambda event: isinstance(event, BodyArrived | BodyFailed) and event.msgid == message.msgid,
        _BODY_SECONDS,
    )
    body = talk.mail.body(message.msgid)
    if body is None:
        why = "It has not come yet; type open to try again."
        if isinstance(told, BodyFailed):
            why = " ".join(f"{part}." for part in (told.title, told.detail, told.hint) if part)
        talk.say(f"The text cannot be shown. {why}")
    return body


def next_message(talk: Talk, words: list[str]) -> None:
    """The next message, nearer to the newest."""
    _step(talk, 1, "This is the newest message of the conversation.")


def previous_message(talk: Talk, words: list[str]) -> None:
    """The message before this one."""
    _step(talk, -1, "This is the oldest message of the conversation.")


def _step(talk: Talk, step: int, end: str) -> None:
    if not 0 <= talk.index + step < len(talk.open_thread.messages):
        talk.say(end)
        return
    talk.index += step
    talk.query_found = ("", -1)
    read_message(talk)


def newer(talk: Talk, words: list[str]) -> None:
    """The newer conversation of the list."""
    _other(talk, -1)


def older(talk: Talk, words: list[str]) -> None:
    """The older conversation of the list."""
    _other(talk, 1)


def _other(talk: Talk, step: int) -> None:
    thrid = talk.open_thread.thrid
    here = next((number for number, row in talk.rows.items() if row.thrid == thrid), 0)
    if here + step > talk.listed:
        tell_rows(talk)
    row = talk.rows.get(here + step) if here else None
    thread = talk.mail.thread(row.thrid, talk.view) if row is not None else None
    if thread is None:
        talk.say(f"This is the {'oldest' if step > 0 else 'newest'} conversation here.")
    else:
        _open_thread(talk, thread)


def everything(talk: Talk, words: list[str]) -> None:
    """All messages of the conversation, oldest first."""
    newest = talk.index
    for index in range(len(talk.open_thread.messages)):
        talk.index = index
        message = talk.message
        body = _fetched(talk, message)
        talk.say("", head_line(talk, message), *(body_lines(body) if body is not None else []))
    talk.index, talk.rest = newest, []


def quotes(talk: Talk, words: list[str]) -> None:
    """The message once more, with what it quotes."""
    read_message(talk, has_quotes=True)


def find(talk: Talk, words: list[str]) -> None:
    """The first line of this message that contains the words; without words the one after the last."""
    if words:
        talk.query_found = (" ".join(words), -1)
    _find(talk, 1)


def find_previous(talk: Talk, words: list[str]) -> None:
    """The line before the last one that was found."""
    _find(talk, -1)


def _find(talk: Talk, step: int) -> None:
    sought, last = talk.query_found
    if not sought:
        raise InvalidArgument("For instance find invoice", title="Say what to find in this message")
    lines = body_lines(talk.body(), has_quotes=True)
    hits = [number for number, line in enumerate(lines) if sought.casefold() in line.casefold()]
    if not hits:
        talk.say(f"“{sought}” is not in this message.")
        return
    ahead = [number for number in hits if (number > last if step > 0 else number < last)]
    if not ahead:
        talk.say("That was the last one; from the beginning:" if step > 0 else "From the end:")
        ahead = hits
    line = ahead[0] if step > 0 else ahead[-1]
    talk.query_found = (sought, line)
    place = hits.index(line) + 1
    again = ". Type find for the next" if place < len(hits) else ""
    talk.say(f"{place} of {len(hits)}: {lines[line]}", f"Line {line + 1} of {len(lines)}{again}.")


def next_unread(talk: Talk, words: list[str]) -> None:
    """The next unread conversation of the list, after the one that is read."""
    thrid = talk.thread.thrid if talk.thread is not None else None
    here = next((number for number, row in talk.rows.items() if row.thrid == thrid), 0)
    while True:
        waiting = [number for number, row in talk.rows.items() if number > here and row.unread]
        thread = talk.mail.thread(talk.rows[waiting[0]].thrid, talk.view) if waiting else None
        if thread is not None:
            _open_thread(talk, thread)
            return
        before = talk.listed
        tell_rows(talk)
        if talk.listed == before:
            talk.say("No unread conversation after this one.")
            return


VERBS = (
    Verb(
        "open",
        "read a conversation, its newest message first; the number alone does it, too",
        open_one,
        "3",
        ("o",),
    ),
    Verb(
        "previous",
        "the message before this one",
        previous_message,
        short=("p",),
        commands=("previous-message",),
    ),
    Verb("next", "the next message", next_message, short=("n",), commands=("next-message",)),
    Verb("newer", "the newer conversation of the list", newer, short=("k",)),
    Verb("older", "the older conversation of the list", older, short=("j",)),
    Verb(
        "everything", "all messages of the conversation", everything, short=(";",), commands=("unfold-all",)
    ),
    Verb("quotes", "the message with what it quotes", quotes, commands=("toggle-quotes",)),
    Verb("find", "the next line with these words", find, "invoice", ("f",), ("find-next",)),
    Verb("find-previous", "the line before that", find_previous),
    Verb("next-unread", "read the next unread conversation", next_unread, short=("}",)),
)
