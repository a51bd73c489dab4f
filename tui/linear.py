"""Linear mode: one column of lines for a screen reader, no box drawing, no cursor that jumps.

The same engine, the same ops, the same words as the screen; a prompt takes a verb and a number, what happens
is announced as a line. Nothing is ever drawn over.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from typing import TextIO

from imapcore.errors import GimapError
from imapcore.events import (
    Alerted,
    BodyArrived,
    BodyFailed,
    Event,
    LinkChanged,
    MailArrived,
    OpRejected,
    SearchProgressed,
)
from imapcore.model import (
    INBOX,
    Archive,
    Body,
    ChangeFlags,
    ChangeLabels,
    LinkState,
    Message,
    MoveToInbox,
    MoveToSpam,
    MoveToTrash,
    Op,
    Role,
    Thread,
    ThreadRow,
    Threads,
    View,
    ViewKind,
)
from tui.context import AppContext
from tui.style.text import plural, when_in_full
from tui.widgets.sidebar.view_titles import view_title

_ROWS = 15
_BODY_SECONDS = 20.0
_SEARCH_SECONDS = 30.0

HELP = """\
list            the conversations here          more           the next ones
open 3          read conversation 3             go inbox       inbox, starred, sent, drafts, all, spam, trash
places          places and labels               go Work        go to a label
archive 3 4     archive                         trash 3        move to the trash
star 3          star                            unstar 3       take the star off
read 3          mark as read                    unread 3       mark as unread
label 3 Work    add a label                     unlabel 3 Work take a label off
spam 3          report as spam                  inbox 3        back to the inbox
search words    search all mail                 undo, redo     take back, do again
status          the link and what is pending    signin, signout
help            this list                       quit
"""


class Linear:
    """The conversation between the person and the mail."""

    def __init__(self, desk: AppContext, source: Iterator[str], out: TextIO) -> None:
        """``source`` gives the lines that are typed, ``out`` takes what is said."""
        self._desk = desk
        self._mail = desk.mail
        self._source = source
        self._out = out
        self._lock = threading.Lock()
        self._view = INBOX
        self._first = 0
        self._rows: tuple[ThreadRow, ...] = ()
        self._settled = threading.Condition()
        self._told: list[Event] = []

    def say(self, *lines: str) -> None:
        """Announce lines, whole ones, from any thread."""
        with self._lock:
            for line in lines:
                print(line, file=self._out)
            self._out.flush()

    def run(self) -> int:
        """Take lines until there are none, or until the person leaves."""
        unsubscribe = self._mail.subscribe(self._listen)
        self._mail.connect()
        try:
            self.say(f"gimap-tui, {self._mail.account.email}. Type help for what can be said.")
            self._show(INBOX)
            for line in self._source:
                words = line.split()
                if words and words[0] in ("quit", "q", "exit"):
                    break
                if words:
                    self._answer(words[0].lower(), words[1:])
        finally:
            unsubscribe()
        self.say("Goodbye.")
        return 0

    # -- what the engine says --------------------------------------------------------------------------

    def _listen(self, event: Event) -> None:
        with self._settled:
            self._told.append(event)
            del self._told[:-100]
            self._settled.notify_all()
        match event:
            case MailArrived(count, sender, subject):
                self.say(f"{plural(count, 'new message')}: {sender}, {subject}")
            case OpRejected(_, summary, title, detail, hint):
                self.say(" ".join(part for part in (f"{title}: {summary}.", detail, hint) if part))
            case Alerted(title, detail, hint):
                self.say(" ".join(part for part in (title, detail, hint) if part))
            case LinkChanged(link) if link.title:
                way = "Type signin to type the password." if link.state is LinkState.SIGN_IN else ""
                told = GimapError(link.detail, title=link.title, hint=link.hint).sentence()
                self.say(f"{told} {way}".strip())
            case _:
                return

    def _wait(self, seconds: float, is_it: Callable[[Event], bool]) -> Event | None:
        """Wait for an event, no longer than so many seconds."""
        with self._settled:
            self._settled.wait_for(lambda: any(is_it(event) for event in self._told), seconds)
            return next((event for event in self._told if is_it(event)), None)

    # -- what the person says --------------------------------------------------------------------------

    def _answer(self, verb: str, words: list[str]) -> None:
        try:
            self._do(verb, words)
        except GimapError as error:
            self.say(error.sentence())

    def _do(self, verb: str, words: list[str]) -> None:
        change = self._changes().get(verb)
        if change is not None:
            self._change(change, words)
        elif verb in ("label", "unlabel"):
            self._label(verb, words)
        elif verb == "list":
            self._show(self._view)
        elif verb == "more":
            self._first += _ROWS
            self._tell_rows()
        elif verb == "open":
            self._open(words)
        elif verb == "go":
            self._go(" ".join(words))
        elif verb == "places":
            self._tell_places()
        elif verb == "search":
            self._search(" ".join(words))
        elif verb in ("undo", "redo"):
            receipt = self._mail.undo() if verb == "undo" else self._mail.redo()
            again = "Again: " if verb == "redo" else ""
            self.say(f"{again}{receipt.summary}." if receipt else f"Nothing to {verb}.")
        elif verb == "status":
            progress, link = self._mail.progress(), self._mail.link()
            pending = plural(progress.pending_ops, "change")
            missing = f" {progress.missing:,} could not be read;" if progress.missing else ""
            self.say(
                f"{link.state.value}; {progress.stored:,} of {progress.total:,} messages;{missing} "
                f"{pending} pending."
            )
        elif verb == "signin":
            self._sign_in()
        elif verb == "signout":
            self._mail.sign_out()
            self.say("Signed out. The password is forgotten, the stored mail is still here.")
        elif verb == "help":
            self.say(*HELP.splitlines())
        else:
            self.say(f"“{verb}” is not something that can be said here. Type help.")

    def _sign_in(self) -> None:
        from tui.terminal.password_prompt import ask_secret, keep_secret

        account = self._mail.account
        secret = ask_secret(account)
        problem = keep_secret(account, secret)
        if problem:
            self.say(problem)
        self._mail.use_secret(secret)

    @staticmethod
    def _changes() -> dict[str, Callable[[Threads], Op]]:
        seen, flagged = frozenset({"\\Seen"}), frozenset({"\\Flagged"})
        return {
            "archive": Archive,
            "trash": MoveToTrash,
            "spam": MoveToSpam,
            "inbox": MoveToInbox,
            "star": lambda target: ChangeFlags(target, add=flagged),
            "unstar": lambda target: ChangeFlags(target, remove=flagged),
            "read": lambda target: ChangeFlags(target, add=seen),
            "unread": lambda target: ChangeFlags(target, remove=seen),
        }

    def _chosen(self, words: list[str]) -> tuple[ThreadRow, ...]:
        """The rows that numbers mean; says so where one means none."""
        rows: list[ThreadRow] = []
        for word in words:
            number = int(word) if word.isdecimal() and len(word) < 8 else 0
            index = number - 1 - self._first
            if not 0 <= index < len(self._rows):
                self.say(f"There is no conversation {word} in this list.")
                return ()
            rows.append(self._rows[index])
        if not rows:
            self.say("Say which conversation, by its number.")
        return tuple(rows)

    def _change(self, make: Callable[[Threads], Op], words: list[str]) -> None:
        rows = self._chosen(words)
        if rows:
            receipt = self._mail.submit(make(Threads(tuple(row.thrid for row in rows), self._view)))
            self.say(f"{receipt.summary}." + (" Type undo to take it back." if receipt.can_undo else ""))

    def _label(self, verb: str, words: list[str]) -> None:
        numbers = [word for word in words if word.isdecimal()]
        name = " ".join(words[len(numbers) :])
        rows = self._chosen(numbers) if name else ()
        if not name:
            self.say(f"Say which conversation and which label: {verb} 3 Work.")
        if rows:
            target, names = Threads(tuple(row.thrid for row in rows), self._view), frozenset({name})
            op = ChangeLabels(target, add=names) if verb == "label" else ChangeLabels(target, remove=names)
            self.say(f"{self._mail.submit(op).summary}.")

    # -- places and lists ------------------------------------------------------------------------------

    def _go(self, name: str) -> None:
        wanted = name.casefold()
        for mailbox in self._mail.mailboxes():
            if wanted in (mailbox.title.casefold(), mailbox.name.casefold(), str(mailbox.role or "")):
                is_place = mailbox.role is not None
                view = View.of_role(Role(str(mailbox.role))) if is_place else View.of_label(mailbox.name)
                self._show(view)
                return
        self.say(f"There is no place or label “{name}”. Type places for a list.")

    def _tell_places(self) -> None:
        for mailbox in self._mail.mailboxes():
            unread = f", {mailbox.unread} unread" if mailbox.unread else ""
            name = mailbox.title if mailbox.role is not None else mailbox.name.replace("/", ", ")
            self.say(f"{name}: {plural(mailbox.total, 'conversation')}{unread}")

    def _search(self, query: str) -> None:
        if not query:
            self.say("Say what to search for, in Gmail's own words: search from:ada has:attachment.")
            return
        with self._settled:
            self._told.clear()
        self._mail.open(View.of_search(query))
        done = self._wait(
            _SEARCH_SECONDS,
            lambda event: isinstance(event, SearchProgressed) and event.query == query and event.is_done,
        )
        if isinstance(done, SearchProgressed) and done.problem:
            self.say(done.problem)
        self._show(View.of_search(query))

    def _show(self, view: View) -> None:
        self._view, self._first = view, 0
        if view.kind is not ViewKind.SEARCH:
            self._mail.open(view)
        window = self._mail.window(view)
        title = view_title(view, self._mail.mailboxes(), self._mail.saved_searches())
        if not window.total and not window.is_complete and view.kind is not ViewKind.SEARCH:
            self._rows = ()
            self.say(f"{title}: nothing of it has been fetched yet. Type list to look again.")
            return
        self.say(f"{title}: {plural(window.total, 'conversation')}, {window.unread} unread.")
        self._tell_rows()

    def _tell_rows(self) -> None:
        from imapcore.model import At

        window = self._mail.window(self._view, At(self._first), _ROWS * 3)
        rows = window.rows[max(0, self._first - window.first) :][:_ROWS]
        self._rows = rows
        for number, row in enumerate(rows, self._first + 1):
            self.say(f"{number}. {self._row_words(row)}")
        if not rows:
            self.say("Nothing more here." if self._first else "Nothing here.")
        elif self._first + len(rows) < window.total:
            self.say("Type more for the next ones.")

    def _row_words(self, row: ThreadRow) -> str:
        people = ", ".join("draft" if person.is_draft else person.name for person in row.people)
        marks = [
            word
            for word, is_so in (
                ("unread", bool(row.unread)),
                ("starred", row.is_starred),
                ("important", row.is_important),
                ("attachment", row.has_attachment),
                ("invitation", row.has_invite),
                (row.state.value, row.state.value != "settled"),
            )
            if is_so
        ]
        parts = [
            ", ".join(marks),
            people,
            row.subject or "no subject",
            plural(row.count, "message") if row.count > 1 else "",
            f"labels {', '.join(row.labels)}" if row.labels else "",
            when_in_full(row.date, self._desk.zone),
        ]
        return "; ".join(part for part in parts if part)

    # -- reading ---------------------------------------------------------------------------------------

    def _open(self, words: list[str]) -> None:
        rows = self._chosen(words[:1])
        thread = self._mail.thread(rows[0].thrid, self._view) if rows else None
        if thread is None:
            return
        self.say(f"{thread.subject or 'No subject'}; {plural(len(thread.messages), 'message')}.")
        for message in thread.messages:
            self.say("", f"{message.sender.name or message.sender.email}, {self._date(message)}:")
            self._read(message)
        self._mark_read(thread)

    def _date(self, message: Message) -> str:
        return when_in_full(message.date, self._desk.zone)

    def _read(self, message: Message) -> None:
        body = self._mail.body(message.msgid)
        if body is None:
            with self._settled:
                self._told.clear()
            self._mail.open_body(message.msgid)
            told = self._wait(
                _BODY_SECONDS,
                lambda event: isinstance(event, BodyArrived | BodyFailed) and event.msgid == message.msgid,
            )
            body = self._mail.body(message.msgid)
            if body is None:
                detail = told.detail if isinstance(told, BodyFailed) else "It has not come yet; try again."
                self.say(f"The text cannot be shown. {detail}")
                return
        self.say(*body_lines(body))

    def _mark_read(self, thread: Thread) -> None:
        if any(message.is_unread for message in thread.messages) and not self._mail.is_read_only:
            seen = frozenset({"\\Seen"})
            self._mail.submit(ChangeFlags(Threads((thread.thrid,), self._view), add=seen, is_automatic=True))


def body_lines(body: Body) -> list[str]:
    """A body as lines to be read aloud: what was written now, then how much was quoted."""
    lines: list[str] = []
    quoted = 0
    for block in body.blocks:
        if block.quote:
            quoted += 1
            continue
        if block.rows:
            cells = (", ".join("".join(span.text for span in cell) for cell in row) for row in block.rows)
            lines.extend(cells)
            continue
        text = "".join(span.text for span in block.spans)
        lines.extend(f"{block.marker} {line}".strip() for line in text.splitlines())
    if quoted:
        lines.append(f"Quoted text left out, {plural(quoted, 'paragraph')}.")
    lines.extend(f"Attachment: {file.filename}, {file.media_type}" for file in body.attachments)
    if body.notice:
        lines.append(body.notice)
    return [line for line in lines if line]


def run_linear(desk: AppContext) -> int:
    """Talk on standard input and output until the person leaves."""
    return Linear(desk, _typed(), sys.stdout).run()


def _typed() -> Iterator[str]:
    while True:
        try:
            yield input("> ")
        except EOFError:
            return
