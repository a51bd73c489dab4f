"""What is listed and read now, and what the words after a verb mean.

What lives here: the view, the numbers that were read out, the open conversation, saying and waiting; verbs
are functions that take a ``Talk``. What may not: verbs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

from imapcore.errors import InvalidArgument
from imapcore.events import Event
from imapcore.gmail.label_names import LabelNames
from imapcore.model import (
    INBOX,
    Body,
    Everything,
    Message,
    Messages,
    Op,
    Role,
    Target,
    Thread,
    ThreadRow,
    Threads,
    View,
)
from tui.context import AppContext
from tui.linear.hearing import Hearing
from tui.linear.numbers import is_number, read_numbers
from tui.style.text import plural
from tui.widgets.sidebar.view_titles import view_title

_NAMED = 3
"""Conversations that are named when something was done to them; of more, so many and how many others."""
PAGE_LINES = 60
"""Lines of a message that are said before the person is asked whether to go on."""


class Talk:
    """One person's conversation with the mail."""

    def __init__(
        self, desk: AppContext, source: Iterator[str], out: TextIO, *, is_interactive: bool = True
    ) -> None:
        """``source`` gives the lines that are typed, ``out`` takes what is said.

        Where no person listens (``is_interactive``), long messages are said whole.
        """
        self.desk = desk
        self.mail = desk.mail
        self.is_interactive = is_interactive
        self.source = source
        self._out = out
        self.hearing = Hearing(desk.mail)
        self.is_over = False
        self.view = INBOX
        self.rows: dict[int, ThreadRow] = {}
        """Conversations by the numbers they were read out with."""
        self.listed = 0
        """How many of the view were read out."""
        self.thread: Thread | None = None
        """What is being read."""
        self.opened_in = INBOX
        """The view it was opened in."""
        self.index = 0
        """Which of its messages, from 0 for the oldest."""
        self.rest: list[str] = []
        """Lines of the message that were not said yet."""
        self.named: dict[int, str] = {}
        """What was done here, as it was said, by op."""
        self.last_op: Op | None = None
        """The last change, for doing it again to another conversation."""
        self.visited: list[View] = []
        self.query_found: tuple[str, int] = ("", -1)
        """What was searched for in the message, and the line it was found last."""

    # -- saying and waiting ----------------------------------------------------------------------------

    def say(self, *lines: str) -> None:
        """Announce lines, whole ones."""
        for line in lines:
            print(line, file=self._out)
        self._out.flush()

    def say_raw(self, sequence: str) -> None:
        """A control sequence for the terminal, which shows nothing of it."""
        self._out.write(sequence)
        self._out.flush()

    def say_page(self, lines: Sequence[str]) -> None:
        """Say lines; where there are many, a page of them, and keep the rest for ``more``."""
        most = PAGE_LINES if self.is_interactive else len(lines)
        self.say(*lines[:most])
        self.rest = list(lines[most:])
        if self.rest:
            self.say(f"{plural(len(self.rest), 'more line')}. Type more to go on.")

    def confirm(self, question: str) -> bool:
        """Ask before what cannot be taken back; only a whole ``yes`` is one."""
        self.say(f"{question} Type yes to do it; anything else leaves everything as it is.")
        is_yes = next(self.source, "").strip().lower() == "yes"
        if not is_yes:
            self.say("Nothing was done.")
        return is_yes

    def ask(
        self, request: Callable[[], object], is_it: Callable[[Event], bool], seconds: float
    ) -> Event | None:
        """Ask the engine and wait for the event that answers; None when it did not come in time."""
        return self.hearing.ask(request, is_it, seconds)

    # -- what is meant ---------------------------------------------------------------------------------

    def title(self) -> str:
        """What is listed, in words."""
        return view_title(self.view, self.mail.mailboxes(), self.mail.saved_searches())

    def chosen(self, words: Sequence[str]) -> tuple[ThreadRow, ...]:
        """The conversations that numbers mean. Raises InvalidArgument where one means none."""
        if not words:
            raise InvalidArgument(
                "", title="Say which conversation, by its number", hint="For instance 3, or 1-3"
            )
        rows = []
        for number in read_numbers(words):
            if number not in self.rows:
                raise InvalidArgument(
                    "Type list for what is here", title=f"There is no conversation {number} in this list"
                )
            rows.append(self.rows[number])
        return tuple(rows)

    def meant(self, words: Sequence[str]) -> tuple[Target, str]:
        """What a change is about, and how to say it: numbers, ``all``, ``message``, or what is being read."""
        if list(words) == ["all"]:
            total = self.mail.window(self.view, size=1).total
            return Everything(self.view), f"everything in {self.title()}, {plural(total, 'conversation')}"
        if list(words) in (["message"], ["this", "message"]):
            message = self.message
            return Messages((message.msgid,)), f"one message of “{self.open_thread.subject or 'no subject'}”"
        if list(words) in ([], ["this"]) and self.thread is not None:
            return self._whole_thread(self.thread)
        if not all(is_number(word) for word in words):
            raise InvalidArgument(
                "Say numbers such as 3, 1-3 or 2,5; all; or message for the one being read",
                title=f"“{' '.join(words)}” is none of the conversations here",
            )
        rows = self.chosen(words)
        return Threads(tuple(row.thrid for row in rows), self.view), name_rows(rows)

    def _whole_thread(self, thread: Thread) -> tuple[Target, str]:
        """The open conversation as it stood when it was opened: a reply that came since was not heard."""
        named = name_thread(thread)
        now = self.mail.thread(thread.thrid, self.opened_in)
        known = {each.msgid for each in thread.messages}
        unheard = [each for each in now.messages if each.is_unread and each.msgid not in known] if now else []
        if not unheard:
            return Threads((thread.thrid,), self.opened_in), named
        return Messages(tuple(known)), f"{named}, without {plural(len(unheard), 'new unread message')}"

    @property
    def open_thread(self) -> Thread:
        """What is being read. Raises InvalidArgument when nothing is."""
        if self.thread is None:
            raise InvalidArgument("For instance open 3, or 3 alone", title="Open a conversation first")
        return self.thread

    @property
    def message(self) -> Message:
        """The message that is being read."""
        return self.open_thread.messages[self.index]

    def body(self) -> Body:
        """Its content. Raises InvalidArgument while it is not here."""
        body = self.mail.body(self.message.msgid)
        if body is None:
            raise InvalidArgument("Open it once more", title="The text of this message is not here")
        return body

    def label_names(self) -> LabelNames:
        """The account's labels, as the rule for a new one has to know them."""
        boxes = self.mail.mailboxes()
        users = [box for box in boxes if box.role is None]
        return LabelNames(
            [box.name for box in users if box.is_selectable],
            [box.name for box in users if not box.is_selectable],
            [box.name for box in boxes if box.role is not None],
        )


def name_thread(thread: Thread) -> str:
    """``“Budget 2027” (Ada, Lin)``."""
    people = dict.fromkeys(_first_name(each.sender.title) for each in thread.messages if not each.is_mine)
    return _named(thread.subject, list(people))


def name_rows(rows: Sequence[ThreadRow]) -> str:
    """The conversations by subject and people; of many, the first and how many others."""
    names = [
        _named(
            row.subject,
            [_first_name(each.name) for each in row.people if not each.is_me and not each.is_draft],
        )
        for row in rows[:_NAMED]
    ]
    if len(rows) > _NAMED:
        names.append(f"{len(rows) - _NAMED:,} more")
    return "; ".join(names)


def _first_name(name: str) -> str:
    return name.split()[0] if name.split() else name


def _named(subject: str, people: Sequence[str]) -> str:
    who = ", ".join(people[:_NAMED])
    return f"“{subject or 'no subject'}”" + (f" ({who})" if who else "")


def is_away(view: View) -> bool:
    """Whether a view is Spam or Trash."""
    return view.role in (Role.SPAM, Role.TRASH)
