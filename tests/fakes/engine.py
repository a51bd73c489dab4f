"""An engine of invented mail, in memory: what the screen is built, tested and photographed against.

It keeps the façade's promises that the screen relies on (``tui.bridge.port.MailEngine``): keys page the
views, what was submitted is shown when ``submit`` returns, undo is exact. It has no network; ``emit`` plays
its events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from imapcore.errors import InvalidArgument
from imapcore.events import (
    BodyArrived,
    BodyAwaited,
    Event,
    MailboxesChanged,
    MessagesChanged,
    SearchProgressed,
)
from imapcore.model import (
    Account,
    Activity,
    Address,
    Archive,
    Around,
    At,
    Body,
    Bottom,
    ChangeFlags,
    ChangeLabels,
    ChangeState,
    CreateLabel,
    DeleteForever,
    DeleteLabel,
    Everything,
    LabelCounts,
    LinkState,
    LinkStatus,
    Mailbox,
    MarkAll,
    Message,
    Messages,
    MoveToInbox,
    MoveToLabel,
    MoveToSpam,
    MoveToTrash,
    Op,
    OpState,
    Person,
    Place,
    Progress,
    Receipt,
    RenameLabel,
    Role,
    SavedSearch,
    Target,
    Thread,
    ThreadRow,
    Top,
    View,
    ViewKind,
    Window,
)
from tests.fakes.mail import LABELS, ME, NOW_MS, build_body, build_messages
from tests.fakes.writing import FakeWriting

ROLE_NAMES: dict[Role, str] = {
    Role.INBOX: "INBOX",
    Role.STARRED: "[Gmail]/Starred",
    Role.IMPORTANT: "[Gmail]/Important",
    Role.SENT: "[Gmail]/Sent Mail",
    Role.DRAFTS: "[Gmail]/Drafts",
    Role.ALL: "[Gmail]/All Mail",
    Role.SPAM: "[Gmail]/Spam",
    Role.TRASH: "[Gmail]/Trash",
}
ROLE_TITLES: dict[Role, str] = {
    role: name.rpartition("/")[2].capitalize() for role, name in ROLE_NAMES.items()
} | {
    Role.SENT: "Sent",
    Role.ALL: "All Mail",
}


@dataclass
class _Done:
    """One op and what it changed, so that it can be taken back exactly."""

    op_id: int
    op: Op
    summary: str
    before: dict[int, Message]
    after: dict[int, Message]
    labels_before: tuple[str, ...]
    labels_after: tuple[str, ...]
    state: OpState = OpState.CONFIRMED
    is_undone: bool = False
    is_automatic: bool = False
    """Outside of undo: the user did not do it."""
    answer: str = ""


@dataclass
class FakeEngine:
    """Meets MailPort without a server. Fields may be set before the screen asks."""

    account: Account = field(default_factory=lambda: Account(ME.email))
    is_read_only: bool = False
    status: LinkStatus = field(default_factory=lambda: LinkStatus(LinkState.LIVE))
    done: Progress | None = None
    """What ``progress`` answers; None: everything stored, nothing pending."""
    stays_pending: bool = False
    """Whether ops wait for ``settle`` instead of being confirmed at once."""
    bodies_arrive: bool = True
    asked_bodies: list[int] = field(default_factory=list)
    asked_sources: list[int] = field(default_factory=list)
    without_source: set[int] = field(default_factory=set)
    opened: list[View] = field(default_factory=list)
    hidden: frozenset[Role] = frozenset()
    """Places that Gmail's settings hide from IMAP."""
    submitted: list[Op] = field(default_factory=list)
    held: list[float] = field(default_factory=list)
    windows_read: int = 0
    refreshed: int = 0
    connected: int = 0
    secrets: list[str] = field(default_factory=list)
    """Passwords it was given."""
    signed_out: int = 0
    ahead: tuple[int, ...] = ()
    """Conversations that may be opened next."""
    views_changed: int = 0

    def __post_init__(self) -> None:
        self._messages, self._categories = build_messages()
        self._labels: tuple[str, ...] = LABELS
        self._ids: dict[str, str] = {}
        self._searches: list[SavedSearch] = [
            SavedSearch(1, "Primary", "category:primary"),
            SavedSearch(2, "Promotions", "category:promotions"),
            SavedSearch(3, "Updates", "category:updates"),
            SavedSearch(4, "Waiting on others", "from:me older_than:3d"),
        ]
        self._stored: set[int] = set()
        self._journal: list[_Done] = []
        self._listeners: list[Callable[[Event], None]] = []
        self._rows: dict[View, list[ThreadRow]] = {}
        self.writing = FakeWriting((ME,), NOW_MS, self._messages.get, self.body, self.emit)

    # -- telling ---------------------------------------------------------------------------------------

    def connect(self) -> None:
        self.connected += 1

    def use_secret(self, secret: str) -> None:
        self.secrets.append(secret)

    def sign_out(self) -> None:
        self.signed_out += 1

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def emit(self, event: Event) -> None:
        """Play an event of the engine's to everybody who listens."""
        self.views_changed += isinstance(event, MessagesChanged | MailboxesChanged)
        for listener in tuple(self._listeners):
            listener(event)

    # -- reading ---------------------------------------------------------------------------------------

    def mailboxes(self) -> tuple[Mailbox, ...]:
        places = [
            self._mailbox(View.of_role(role), ROLE_NAMES[role], ROLE_TITLES[role], role) for role in Role
        ]
        users = [
            self._mailbox(View.of_label(name), name, name.rpartition("/")[2], None)
            for name in sorted(self._labels)
        ]
        return (*places, *users)

    def _mailbox(self, view: View, name: str, title: str, role: Role | None) -> Mailbox:
        rows = self._view_rows(view)
        return Mailbox(
            name,
            title,
            role,
            total=len(rows),
            unread=sum(1 for row in rows if row.unread),
            label_id=self._ids.setdefault(name, f"fake-{len(self._ids)}") if role is None else "",
            is_hidden=role in self.hidden,
        )

    def saved_searches(self) -> tuple[SavedSearch, ...]:
        counted = []
        for search in self._searches:
            rows = self._view_rows(View.of_search(search.query))
            counted.append(replace(search, total=len(rows), unread=sum(1 for row in rows if row.unread)))
        return tuple(counted)

    def window(self, view: View, place: Place = Top(), size: int = 100) -> Window:  # noqa: B008 - frozen
        self.windows_read += 1
        rows = self._view_rows(view)
        if isinstance(place, Top):
            first = 0
        elif isinstance(place, Bottom):
            first = max(0, len(rows) - size)
        elif isinstance(place, At):
            first = max(0, place.index - size // 2)
        else:
            assert isinstance(place, Around)
            before = sum(1 for row in rows if row.key > place.key)
            first = max(0, before - size // 2)
        first = max(0, min(first, len(rows) - size))
        return Window(
            view,
            tuple(rows[first : first + size]),
            first,
            len(rows),
            sum(1 for row in rows if row.unread),
        )

    def _view_rows(self, view: View) -> list[ThreadRow]:
        cached = self._rows.get(view)
        if cached is None:
            cached = self._rows[view] = self._build_rows(view)
        return cached

    def _build_rows(self, view: View) -> list[ThreadRow]:
        threads: dict[int, list[Message]] = {}
        for message in self._messages.values():
            threads.setdefault(message.thrid, []).append(message)
        rows = []
        for thrid, messages in threads.items():
            matching = [message for message in messages if self._is_in(message, view)]
            if not matching:
                continue
            place = view.role if view.role in (Role.SPAM, Role.TRASH) else Role.ALL
            shown = [message for message in messages if message.place is place] or matching
            row = _row(thrid, sorted(shown, key=lambda message: message.date), max(m.date for m in matching))
            row = replace(row, state=self._state(thrid))
            words = f"{row.subject} {row.snippet} {' '.join(person.name for person in row.people)}".lower()
            if view.is_unread_only and not row.unread:
                continue
            if all(word in words for word in view.text.lower().split()):
                rows.append(row)
        return sorted(rows, key=lambda row: row.key, reverse=True)

    def _state(self, thrid: int) -> ChangeState:
        for done in reversed(self._journal):
            if any(message.thrid == thrid for message in done.after.values()):
                if done.state is OpState.PENDING:
                    return ChangeState.PENDING
                if done.state is OpState.REJECTED:
                    return ChangeState.REJECTED
                return ChangeState.SETTLED
        return ChangeState.SETTLED

    def _is_in(self, message: Message, view: View) -> bool:
        if view.kind is ViewKind.SEARCH:
            return self._matches(message, view.value)
        role = view.role
        if role in (Role.ALL, Role.SPAM, Role.TRASH):
            return message.place is role
        if role is Role.STARRED:
            return message.place is Role.ALL and message.is_starred
        return message.place is Role.ALL and view.label in message.labels

    def _matches(self, message: Message, query: str) -> bool:
        if message.place is not Role.ALL and "in:anywhere" not in query:
            return False
        text = f"{message.subject} {message.snippet} {message.sender.name} {message.sender.email}".lower()
        for term in query.lower().split():
            operator, colon, value = term.partition(":")
            if not colon:
                if term not in text:
                    return False
            elif operator == "category":
                if self._categories[message.msgid] != value:
                    return False
            elif operator == "from":
                sender = f"{message.sender.name} {message.sender.email}".lower()
                if not (message.is_mine if value == "me" else value in sender):
                    return False
            elif operator == "has" and value == "attachment":
                if not message.has_attachment:
                    return False
            elif operator == "is" and value == "unread":
                if not message.is_unread:
                    return False
            elif operator == "label" and value not in {label.lower() for label in message.labels}:
                return False
        return True

    def thread(self, thrid: int, view: View) -> Thread | None:
        messages = sorted((m for m in self._messages.values() if m.thrid == thrid), key=lambda m: m.date)
        if not messages:
            return None
        labels = {label for message in messages for label in message.labels if not label.startswith("\\")}
        return Thread(thrid, messages[0].subject, tuple(messages), tuple(sorted(labels)))

    def label_counts(self, target: Target) -> LabelCounts:
        messages = self._resolve(target)
        by_thread: dict[int, list[Message]] = {}
        for message in messages:
            by_thread.setdefault(message.thrid, []).append(message)
        some: dict[str, int] = {}
        full: dict[str, int] = {}
        for group in by_thread.values():
            for label in frozenset[str]().union(*(message.labels for message in group)):
                some[label] = some.get(label, 0) + 1
                if all(label in message.labels for message in group):
                    full[label] = full.get(label, 0) + 1
        flags: dict[str, int] = {}
        for message in messages:
            for flag in message.flags:
                flags[flag] = flags.get(flag, 0) + 1
        return LabelCounts(len(by_thread), len(messages), some, full, ("Work", "Finance"), flags)

    def body(self, msgid: int) -> Body | None:
        return build_body(self._messages[msgid]) if msgid in self._stored else None

    def raw(self, msgid: int) -> bytes | None:
        message = self._messages.get(msgid)
        if message is None or msgid not in self._stored or msgid in self.without_source:
            return None
        head = f"From: {message.sender.name} <{message.sender.email}>\r\nSubject: {message.subject}\r\n"
        return f"{head}Message-ID: {message.message_id}\r\n\r\n{message.snippet}\r\n".encode()

    def ready_body(self, msgid: int, section: str = "") -> Body | None:
        return self.body(msgid)

    def read_stored(self, msgids: Sequence[int]) -> None:
        for msgid in msgids:
            if msgid in self._stored:
                self.emit(BodyArrived(msgid))

    def read_ahead(self, thrids: Sequence[int], view: View) -> None:
        self.ahead = tuple(thrids)

    def open_source(self, msgid: int) -> None:
        self.asked_sources.append(msgid)

    def cancel_source(self, msgid: int) -> None:
        self.asked_sources.remove(msgid)

    def people(self, prefix: str, limit: int = 20) -> tuple[Address, ...]:
        found = {message.sender: None for message in self._messages.values()}
        wanted = prefix.lower()
        return tuple(a for a in found if wanted in a.name.lower() or a.email.startswith(wanted))[:limit]

    def link(self) -> LinkStatus:
        return self.status

    def progress(self) -> Progress:
        if self.done is not None:
            return self.done
        pending = sum(1 for done in self._journal if done.state is OpState.PENDING)
        return Progress(len(self._messages), len(self._messages), pending, False)

    def activity(self, limit: int = 200) -> tuple[Activity, ...]:
        return tuple(
            Activity(
                done.op_id,
                NOW_MS - 60_000 * (len(self._journal) - number),
                done.summary,
                done.state,
                len(done.after),
                len(done.after) if done.state is OpState.CONFIRMED else 0,
                self.preview(done.op),
                done.answer,
                done.is_undone,
            )
            for number, done in reversed(list(enumerate(self._journal)))
        )[:limit]

    def transcript(self, limit: int = 500) -> tuple[str, ...]:
        return (
            "S: * OK Gimap ready for requests from 127.0.0.1",
            "C: A0001 LOGIN ada.l@gmail.com ••••",
            "S: A0001 OK ada.l@gmail.com authenticated (Success)",
        )[-limit:]

    def next_undo(self) -> str | None:
        done = self._undoable()
        return done.summary if done else None

    def next_redo(self) -> str | None:
        done = self._redoable()
        return done.summary if done else None

    def previewer(self) -> Callable[[Op], tuple[str, ...]]:
        return self.preview

    def preview(self, op: Op) -> tuple[str, ...]:
        match op:
            case ChangeLabels(target, add, remove):
                uids = ",".join(str(4711 + 7 * n) for n in range(min(3, len(self._resolve(target)))))
                return tuple(
                    f"UID STORE {uids} {sign}X-GM-LABELS ({' '.join(map(_quoted, sorted(names)))})"
                    for sign, names in (("+", add), ("-", remove))
                    if names
                )
            case Archive(_):
                return ("UID STORE 4711 -X-GM-LABELS (\\Inbox)",)
            case MoveToTrash(_):
                return ("UID MOVE 4711 [Gmail]/Trash",)
            case ChangeFlags(_, add, remove):
                return tuple(
                    f"UID STORE 4711 {sign}FLAGS ({' '.join(sorted(names))})"
                    for sign, names in (("+", add), ("-", remove))
                    if names
                )
            case _:
                return (type(op).__name__.upper(),)

    # -- asking ----------------------------------------------------------------------------------------

    def open(self, view: View) -> None:
        self.opened.append(view)
        if view.kind is ViewKind.SEARCH:
            self.emit(SearchProgressed(view.value, len(self._view_rows(view)), True))

    def cancel_search(self, query: str) -> None:
        self.emit(SearchProgressed(query, len(self._view_rows(View.of_search(query))), True))

    def open_body(self, msgid: int, section: str = "") -> None:
        self.asked_bodies.append(msgid)
        if self.bodies_arrive:
            self._stored.add(msgid)
            self.emit(BodyArrived(msgid, section))
        else:
            self.emit(BodyAwaited(msgid))

    def refresh(self) -> None:
        self.refreshed += 1

    def hold(self, seconds: float) -> None:
        self.held.append(seconds)

    def save_attachment(self, msgid: int, section: str, folder: Path) -> None:
        return None

    # -- doing -----------------------------------------------------------------------------------------

    def submit(self, op: Op) -> Receipt:
        self.submitted.append(op)
        before_labels = self._labels
        before, after, summary = self._apply(op)
        done = _Done(len(self._journal) + 1, op, summary, before, after, before_labels, self._labels)
        done.state = OpState.PENDING if self.stays_pending else OpState.CONFIRMED
        done.is_automatic = isinstance(op, ChangeFlags) and op.is_automatic
        self._journal.append(done)
        self._changed()
        threads = {message.thrid for message in before.values()}
        return Receipt(done.op_id, summary, len(threads), len(before), not isinstance(op, DeleteForever))

    def settle(self) -> None:
        """Confirm every op that is pending."""
        for done in self._journal:
            if done.state is OpState.PENDING:
                done.state = OpState.CONFIRMED
        self._changed()

    def reject(self, answer: str = "[CANNOT] Label is reserved") -> None:
        """Refuse the newest op: what it changed is shown again as it was."""
        done = self._journal[-1]
        done.state, done.answer = OpState.REJECTED, answer
        self._messages.update(done.before)
        self._changed()

    def arrive(self, message: Message) -> None:
        """Put a new message in the account."""
        self._messages[message.msgid] = message
        self._categories[message.msgid] = "primary"
        self._changed()

    def _rename_ids(self, name: str, new_name: str) -> None:
        self._ids = {_renamed(label, name, new_name): each for label, each in self._ids.items()}

    def rename_elsewhere(self, name: str, new_name: str) -> None:
        """Another client renames a label and what lies below it."""
        self._labels = tuple(sorted(_renamed(label, name, new_name) for label in self._labels))
        self._messages = {
            msgid: replace(each, labels=frozenset(_renamed(label, name, new_name) for label in each.labels))
            for msgid, each in self._messages.items()
        }
        self._rename_ids(name, new_name)
        self._changed()

    def make_again_elsewhere(self, name: str) -> None:
        """Another client deletes a label and makes one of the same name."""
        self._ids[name] = f"fake-{len(self._ids) + 1000}"
        self._changed()

    def undo(self) -> Receipt | None:
        done = self._undoable()
        if done is None:
            return None
        done.is_undone = True
        self._messages.update(done.before)
        self._labels = done.labels_before
        if isinstance(done.op, RenameLabel):
            self._rename_ids(done.op.new_name, done.op.name)
        self._changed()
        threads = len({m.thrid for m in done.before.values()})
        return Receipt(done.op_id, f"Undone: {done.summary}", threads, len(done.before))

    def _users(self) -> list[_Done]:
        return [done for done in self._journal if not done.is_automatic]

    def _undoable(self) -> _Done | None:
        return next((done for done in reversed(self._users()) if not done.is_undone), None)

    def _redoable(self) -> _Done | None:
        users = self._users()
        undone = [done for done in users if done.is_undone]
        return undone[0] if undone and users[-1].is_undone else None

    def redo(self) -> Receipt | None:
        done = self._redoable()
        if done is None:
            return None
        done.is_undone = False
        self._messages.update(done.after)
        self._labels = done.labels_after
        if isinstance(done.op, RenameLabel):
            self._rename_ids(done.op.name, done.op.new_name)
        self._changed()
        return Receipt(done.op_id, done.summary, len({m.thrid for m in done.after.values()}), len(done.after))

    def retry(self, op_id: int) -> Receipt | None:
        done = next((done for done in self._journal if done.op_id == op_id), None)
        return self.submit(done.op) if done else None

    def discard(self, op_id: int) -> None:
        self._journal = [done for done in self._journal if done.op_id != op_id]
        self._changed()

    def cancel(self, op_id: int) -> None:
        self.discard(op_id)

    def save_search(self, title: str, query: str) -> SavedSearch:
        search = SavedSearch(max((s.search_id for s in self._searches), default=0) + 1, title, query)
        self._searches.append(search)
        self._changed()
        return search

    def delete_search(self, search_id: int) -> None:
        self._searches = [search for search in self._searches if search.search_id != search_id]
        self._changed()

    def rename_search(self, search_id: int, title: str, query: str) -> None:
        self._searches = [
            replace(search, title=title, query=query) if search.search_id == search_id else search
            for search in self._searches
        ]
        self._changed()

    def _changed(self) -> None:
        self._rows.clear()
        self.emit(MessagesChanged())
        self.emit(MailboxesChanged())

    def _resolve(self, target: Target) -> list[Message]:
        match target:
            case Messages(msgids):
                return [self._messages[msgid] for msgid in msgids if msgid in self._messages]
            case Everything(view):
                wanted = {row.thrid for row in self._view_rows(view)}
            case _:
                wanted = set(target.thrids)
        return [message for message in self._messages.values() if message.thrid in wanted]

    def _apply(self, op: Op) -> tuple[dict[int, Message], dict[int, Message], str]:
        match op:
            case CreateLabel(name):
                if not name.strip() or len(name) > 225:
                    raise InvalidArgument("A label has between 1 and 225 characters")
                self._labels = tuple(sorted({*self._labels, name}))
                return {}, {}, f"Created “{name}”"
            case RenameLabel(name, new_name):
                self._labels = tuple(sorted(_renamed(label, name, new_name) for label in self._labels))
                self._rename_ids(name, new_name)
                return self._change(
                    self._messages.values(),
                    lambda m: replace(
                        m, labels=frozenset(_renamed(label, name, new_name) for label in m.labels)
                    ),
                    f"Renamed “{name}” to “{new_name}”",
                )
            case DeleteLabel(name):
                self._labels = tuple(label for label in self._labels if label != name)
                return self._change(
                    self._messages.values(),
                    lambda m: replace(m, labels=m.labels - {name}),
                    f"Deleted “{name}”",
                )
            case MarkAll(view, is_read):
                seen = frozenset({"\\Seen"})
                target = Everything(view)
                return self._apply(
                    ChangeFlags(target, add=seen) if is_read else ChangeFlags(target, remove=seen)
                )
            case _:
                messages = self._resolve(op.target)
                count = len({message.thrid for message in messages})
                what = "conversation" if count == 1 else f"{count} conversations"
                if count == 1 and isinstance(op.target, Messages):
                    what = "message"
                changed, verb = _change_of(op)
                if isinstance(op, ChangeLabels):
                    self._labels = tuple(sorted({*self._labels, *(n for n in op.add if n[0] != "\\")}))
                return self._change(messages, changed, f"{verb} {what}")

    def _change(
        self, messages: Iterable[Message], change: Callable[[Message], Message], summary: str
    ) -> tuple[dict[int, Message], dict[int, Message], str]:
        before = {message.msgid: message for message in messages}
        after = {msgid: change(message) for msgid, message in before.items()}
        before = {msgid: message for msgid, message in before.items() if after[msgid] != message}
        after = {msgid: after[msgid] for msgid in before}
        self._messages.update(after)
        return before, after, summary


def _quoted(name: str) -> str:
    return f'"{name}"'


def _renamed(label: str, name: str, new_name: str) -> str:
    if label == name or label.startswith(f"{name}/"):
        return new_name + label[len(name) :]
    return label


def _change_of(op: Op) -> tuple[Callable[[Message], Message], str]:
    match op:
        case ChangeLabels(_, add, remove):
            return lambda m: replace(m, labels=(m.labels | add) - remove), "Labelled" if add else "Unlabelled"
        case ChangeFlags(_, add, remove):
            verb = "Marked"
            if "\\Flagged" in add | remove:
                verb = "Starred" if "\\Flagged" in add else "Unstarred"
            return lambda m: replace(m, flags=(m.flags | add) - remove), verb
        case Archive(_):
            return lambda m: replace(m, labels=m.labels - {"\\Inbox"}), "Archived"
        case MoveToTrash(_):
            return lambda m: replace(m, place=Role.TRASH, labels=frozenset()), "Trashed"
        case MoveToSpam(_):
            return lambda m: replace(m, place=Role.SPAM, labels=frozenset()), "Reported as spam:"
        case MoveToInbox(_):
            return lambda m: replace(m, place=Role.ALL, labels=m.labels | {"\\Inbox"}), "Moved to the inbox:"
        case MoveToLabel(_, label, source):
            gone = frozenset({source.label} if source.label else set())
            return lambda m: replace(
                m, place=Role.ALL, labels=(m.labels - gone) | {label}
            ), f"Moved to {label}:"
        case DeleteForever(_, place, is_confirmed):
            if not is_confirmed:
                raise InvalidArgument("Deleting forever must be confirmed")
            return lambda m: replace(
                m, place=Role.TRASH, labels=frozenset({"\\Gone", place.value})
            ), "Deleted"
        case _:
            raise InvalidArgument(f"{type(op).__name__} has no target")


def _row(thrid: int, messages: list[Message], date: int) -> ThreadRow:
    people: dict[str, Person] = {}
    for message in messages:
        name = "me" if message.is_mine else _short(message.sender)
        seen = people.get(name)
        people[name] = Person(
            name,
            is_me=message.is_mine,
            is_unread=message.is_unread or (seen is not None and seen.is_unread),
            is_draft=message.is_draft,
        )
    names = list(people.values())
    if len(names) > 1:
        names = [replace(person, name=person.name.split()[0]) for person in names]
    labels = {label for message in messages for label in message.labels}
    return ThreadRow(
        thrid=thrid,
        date=date,
        count=len(messages),
        unread=sum(1 for message in messages if message.is_unread),
        subject=messages[0].subject,
        snippet=messages[-1].snippet,
        people=tuple(names),
        recipients=tuple(
            _short(address) for message in messages if message.is_mine for address in message.to
        ),
        labels=tuple(sorted(label for label in labels if not label.startswith("\\"))),
        is_in_inbox="\\Inbox" in labels,
        is_starred=any(message.is_starred for message in messages),
        is_important="\\Important" in labels,
        has_attachment=any(message.has_attachment for message in messages),
        has_invite=any(message.has_invite for message in messages),
        has_draft=any(message.is_draft for message in messages),
    )


def _short(address: Address) -> str:
    return address.name or address.email
