r"""Mailboxes as a whole: SELECT, CREATE, RENAME, DELETE, LIST, XLIST, LSUB, STATUS and their kin.

RFC 3501 §6.3, RFC 5258 (LIST-EXTENDED), RFC 5819 (LIST-STATUS), RFC 6154 (SPECIAL-USE), RFC 7162
(CONDSTORE), RFC 3691 (UNSELECT). Gmail sends special-use attributes without being asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from imapcore.simulator import gmail_texts
from imapcore.simulator.account.kinds import Kind
from imapcore.simulator.account.mailboxes import Mailbox
from imapcore.simulator.faults import FaultKind
from imapcore.simulator.imap.command_entry import CommandEntry, Piggyback, Stage, command, no_arguments
from imapcore.simulator.imap.command_reader import Cursor, ParseError
from imapcore.simulator.imap.label_encoding import decode_name, encode_name, mailbox_name, quote
from imapcore.simulator.imap.session import Session
from imapcore.simulator.replies import SUCCESS, Refusal, Reply

STATUS_ITEMS = ("APPENDLIMIT", "HIGHESTMODSEQ", "MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN")
"""In the order Gmail answers them: the alphabet's."""

PATTERN_LENGTH = 500
"""Characters of a LIST's patterns; longer ones match no name there can be."""

NO_SPECIAL_USE = (Kind.INBOX, Kind.LABEL, Kind.CHATS)
"""Mailboxes that have no special-use attribute in LIST."""

XLIST_ATTRIBUTES: dict[Kind, str] = {
    Kind.INBOX: "\\Inbox",
    Kind.ALL: "\\AllMail",
    Kind.DRAFTS: "\\Drafts",
    Kind.IMPORTANT: "\\Important",
    Kind.SENT: "\\Sent",
    Kind.SPAM: "\\Spam",
    Kind.STARRED: "\\Starred",
    Kind.TRASH: "\\Trash",
}
"""What the deprecated XLIST calls them."""


def read_mailbox(cursor: Cursor) -> str:
    """A space and a mailbox name, decoded."""
    cursor.space()
    return decode_name(cursor.astring(), cursor.is_utf8)


def spell(session: Session, name: str) -> str:
    """A name as the session's mode spells it on the wire."""
    return encode_name(name, session.is_utf8).decode("utf-8")


# -- SELECT, EXAMINE, and leaving again ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SelectArguments:
    """The mailbox, and whether CONDSTORE is asked for with it."""

    name: str
    has_condstore: bool


def _read_select(cursor: Cursor) -> SelectArguments:
    name = read_mailbox(cursor)
    if cursor.is_at_end:
        return SelectArguments(name, has_condstore=False)
    cursor.skip(b" (")
    if cursor.keyword() != "CONDSTORE":
        raise ParseError("only CONDSTORE is offered")
    cursor.skip(b")")
    return SelectArguments(name, has_condstore=True)


async def _select(session: Session, arguments: SelectArguments) -> Reply:
    return _open(session, arguments, is_read_only=False)


async def _examine(session: Session, arguments: SelectArguments) -> Reply:
    return _open(session, arguments, is_read_only=True)


def _open(session: Session, arguments: SelectArguments, *, is_read_only: bool) -> Reply:
    account = session.account
    session.leave_mailbox()
    mailbox = account.mailbox(arguments.name)
    if mailbox is None:
        spelled = spell(session, arguments.name)
        return Reply("NO", gmail_texts.UNKNOWN_MAILBOX.format(mailbox=spelled))
    session.has_condstore |= arguments.has_condstore
    account.look()
    view = session.enter_mailbox(mailbox, is_read_only)
    if session.fault(FaultKind.EMPTY) is not None:
        view.forget_all()
    flags = " ".join((*gmail_texts.SYSTEM_FLAGS, *sorted(account.keywords)))
    session.send(f"* FLAGS ({flags})")
    permanent = "" if is_read_only else f"{flags} \\*"
    session.send(f"* OK [PERMANENTFLAGS ({permanent})] Flags permitted.")
    session.send(f"* OK [UIDVALIDITY {mailbox.uidvalidity}] UIDs valid.")
    session.send(f"* {len(view)} EXISTS")
    session.send("* 0 RECENT")
    session.send(f"* OK [UIDNEXT {mailbox.uidnext}] Predicted next UID.")
    session.send(f"* OK [HIGHESTMODSEQ {account.modseq}]")
    access = "READ-ONLY" if is_read_only else "READ-WRITE"
    return Reply("OK", gmail_texts.SELECTED.format(access=access, mailbox=spell(session, mailbox.name)))


async def _unselect(session: Session, _: None) -> Reply:
    session.leave_mailbox()
    return Reply("OK", gmail_texts.UNSELECTED)


async def _close(session: Session, _: None) -> Reply:
    view = session.selected
    if not view.is_read_only:
        for entry in [entry for entry in view.entries if entry.is_deleted and not entry.is_gone]:
            entry.is_deleted = False
            session.account.expunge(entry.message, view.mailbox)
        session.account.announce()
    session.leave_mailbox()
    return Reply("OK", gmail_texts.UNSELECTED)


# -- CREATE, RENAME, DELETE, SUBSCRIBE ---------------------------------------------------------------


async def _create(session: Session, name: str) -> Reply:
    session.account.create_label(name)
    session.account.announce()
    return SUCCESS


def _existing(session: Session, name: str, refusal: str) -> Mailbox:
    mailbox = session.account.mailbox(name)
    if mailbox is None:
        if name.casefold() == session.account.parent.casefold():
            raise Refusal(session.options.system_mailbox_error)
        raise Refusal(refusal)
    return mailbox


async def _delete(session: Session, name: str) -> Reply:
    session.account.delete_label(_existing(session, name, gmail_texts.UNKNOWN_FOLDER))
    return SUCCESS


def _read_rename(cursor: Cursor) -> tuple[str, str]:
    return read_mailbox(cursor), read_mailbox(cursor)


async def _rename(session: Session, names: tuple[str, str]) -> Reply:
    session.account.rename(_existing(session, names[0], gmail_texts.UNKNOWN_FOLDER), names[1])
    return SUCCESS


async def _subscribe(session: Session, name: str) -> Reply:
    _existing(
        session, name, gmail_texts.UNKNOWN_STATUS.format(mailbox=spell(session, name))
    ).is_subscribed = True
    return SUCCESS


async def _unsubscribe(session: Session, name: str) -> Reply:
    _existing(
        session, name, gmail_texts.UNKNOWN_STATUS.format(mailbox=spell(session, name))
    ).is_subscribed = False
    return SUCCESS


# -- LIST and its kin --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListArguments:
    """What LIST is asked, extended or not."""

    reference: str
    patterns: tuple[str, ...]
    selection: frozenset[str] = frozenset()
    returned: frozenset[str] = frozenset()
    status_items: tuple[str, ...] = ()
    is_extended: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    """One name LIST may show; ``mailbox`` is None for a parent that is no label itself."""

    name: str
    mailbox: Mailbox | None
    has_children: bool


@dataclass(slots=True)
class _Returned:
    options: set[str] = field(default_factory=set)
    status_items: tuple[str, ...] = ()


def _read_plain_list(cursor: Cursor) -> ListArguments:
    reference = read_mailbox(cursor)
    cursor.space()
    pattern = decode_name(cursor.list_mailbox(), cursor.is_utf8)
    if len(pattern) > PATTERN_LENGTH:
        raise ParseError("no name is that long")
    return ListArguments(reference, (pattern,))


def _read_list(cursor: Cursor) -> ListArguments:
    selection: set[str] = set()
    is_extended = cursor.data.startswith(b" (", cursor.position)
    if is_extended:
        cursor.space()
        selection = _read_words(cursor, {"SUBSCRIBED", "REMOTE", "RECURSIVEMATCH", "SPECIAL-USE"})
    reference = read_mailbox(cursor)
    cursor.space()
    patterns: list[str] = []
    if cursor.accept(b"("):
        is_extended = True
        while not patterns or not cursor.accept(b")"):
            if patterns:
                cursor.space()
            patterns.append(decode_name(cursor.list_mailbox(), cursor.is_utf8))
    else:
        patterns.append(decode_name(cursor.list_mailbox(), cursor.is_utf8))
    returned = _Returned()
    if cursor.accept(b" RETURN "):
        is_extended = True
        returned = _read_return(cursor)
    if "RECURSIVEMATCH" in selection and "SUBSCRIBED" not in selection:
        raise ParseError("RECURSIVEMATCH alone selects nothing")
    if sum(map(len, patterns)) > PATTERN_LENGTH:
        raise ParseError("no name is that long")
    return ListArguments(
        reference,
        tuple(patterns),
        frozenset(selection),
        frozenset(returned.options),
        returned.status_items,
        is_extended,
    )


def _read_words(cursor: Cursor, known: set[str]) -> set[str]:
    cursor.skip(b"(")
    words: set[str] = set()
    while not cursor.accept(b")"):
        if words:
            cursor.space()
        word = cursor.keyword()
        if word not in known:
            raise ParseError("unknown LIST option")
        words.add(word)
    return words


def _read_return(cursor: Cursor) -> _Returned:
    cursor.skip(b"(")
    returned = _Returned()
    while not cursor.accept(b")"):
        if returned.options:
            cursor.space()
        word = cursor.keyword()
        if word not in ("SUBSCRIBED", "CHILDREN", "SPECIAL-USE", "STATUS"):
            raise ParseError("unknown LIST return option")
        if word == "STATUS":
            cursor.space()
            returned.status_items = _read_status_items(cursor)
        returned.options.add(word)
    return returned


def _matches(pattern: str, name: str) -> bool:
    """LIST's wildcards, ``*`` for anything and ``%`` for anything but ``/``, in any case.

    Step by step over the places in the name the pattern may have reached: no pattern takes longer than the
    product of the two lengths, which of regular expressions cannot be said.
    """
    reached = {0}
    for char in pattern:
        if char == "*":
            reached = set(range(min(reached), len(name) + 1))
        elif char == "%":
            reached = _up_to_slashes(name, reached)
        else:
            reached = {place + 1 for place in reached if name[place : place + 1] == char}
        if not reached:
            return False
    return len(name) in reached


def _up_to_slashes(name: str, starts: set[int]) -> set[int]:
    """Every place that can be reached from one of these without stepping over a slash."""
    reached: set[int] = set()
    for start in sorted(starts):
        if start not in reached:
            slash = name.find("/", start)
            reached.update(range(start, 1 + (len(name) if slash < 0 else slash)))
    return reached


def _lines(session: Session) -> list[_Line]:
    """Every name there is to list, parents that are no labels included, in order."""
    if session.fault(FaultKind.NO_MAILBOXES) is not None:
        return []
    mailboxes = session.account.visible_mailboxes()
    by_name: dict[str, Mailbox | None] = {}
    parents: set[str] = set()
    for mailbox in mailboxes:
        parts = mailbox.name.split("/")
        for depth in range(1, len(parts)):
            parent = "/".join(parts[:depth])
            parents.add(parent.casefold())
            own = session.account.mailbox(parent)
            if own is None:
                by_name.setdefault(parent, None)
        by_name[mailbox.name] = mailbox
    return [_Line(name, mailbox, name.casefold() in parents) for name, mailbox in by_name.items()]


def _attributes(line: _Line, arguments: ListArguments) -> str:
    attributes = ["\\HasChildren" if line.has_children else "\\HasNoChildren"]
    if line.mailbox is None:
        attributes.append("\\NonExistent" if arguments.is_extended else "\\Noselect")
    elif line.mailbox.kind not in NO_SPECIAL_USE:
        attributes.append(line.mailbox.kind.value)
    if "SUBSCRIBED" in arguments.returned | arguments.selection and _is_subscribed(line):
        attributes.append("\\Subscribed")
    return " ".join(sorted(attributes))


def _is_subscribed(line: _Line) -> bool:
    return line.mailbox is None or line.mailbox.is_subscribed


def _is_chosen(line: _Line, arguments: ListArguments) -> bool:
    if "SUBSCRIBED" in arguments.selection and not _is_subscribed(line):
        return False
    if "SPECIAL-USE" in arguments.selection:
        return line.mailbox is not None and line.mailbox.kind not in NO_SPECIAL_USE
    return True


def _is_matched(line: _Line, patterns: list[str]) -> bool:
    name = line.name.casefold()
    return any(_matches(pattern, name) for pattern in patterns)


async def _list(session: Session, arguments: ListArguments) -> Reply:
    if arguments.patterns == ("",) and not arguments.is_extended:
        session.send('* LIST (\\Noselect) "/" ""')
        return SUCCESS
    patterns = [(arguments.reference + pattern).casefold() for pattern in arguments.patterns]
    for line in _lines(session):
        if not _is_chosen(line, arguments) or not _is_matched(line, patterns):
            continue
        name = mailbox_name(line.name, session.is_utf8)
        session.send(f'* LIST ({_attributes(line, arguments)}) "/" '.encode() + name)
        if arguments.status_items and line.mailbox is not None:
            session.send(_status_line(session, line.mailbox, arguments.status_items))
    return SUCCESS


async def _lsub(session: Session, arguments: ListArguments) -> Reply:
    patterns = [(arguments.reference + arguments.patterns[0]).casefold()]
    for line in _lines(session):
        if _is_matched(line, patterns) and _is_subscribed(line):
            name = mailbox_name(line.name, session.is_utf8)
            session.send(f'* LSUB ({_attributes(line, arguments)}) "/" '.encode() + name)
    return SUCCESS


async def _xlist(session: Session, arguments: ListArguments) -> Reply:
    patterns = [(arguments.reference + arguments.patterns[0]).casefold()]
    for line in _lines(session):
        if not _is_matched(line, patterns):
            continue
        kind = line.mailbox.kind if line.mailbox is not None else Kind.LABEL
        attributes = ["\\HasChildren" if line.has_children else "\\HasNoChildren"]
        if line.mailbox is None:
            attributes.append("\\Noselect")
        elif kind in XLIST_ATTRIBUTES:
            attributes.append(XLIST_ATTRIBUTES[kind])
        name = quote(b"Inbox") if kind is Kind.INBOX else mailbox_name(line.name, session.is_utf8)
        session.send(f'* XLIST ({" ".join(sorted(attributes))}) "/" '.encode() + name)
    return SUCCESS


# -- STATUS ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StatusArguments:
    """The mailbox and what is asked of it."""

    name: str
    items: tuple[str, ...]


def _read_status(cursor: Cursor) -> StatusArguments:
    name = read_mailbox(cursor)
    cursor.space()
    return StatusArguments(name, _read_status_items(cursor))


def _read_status_items(cursor: Cursor) -> tuple[str, ...]:
    cursor.skip(b"(")
    items: set[str] = set()
    while not items or not cursor.accept(b")"):
        if items:
            cursor.space()
        item = cursor.keyword()
        if item not in STATUS_ITEMS:
            raise ParseError("unknown STATUS item")
        items.add(item)
    return tuple(item for item in STATUS_ITEMS if item in items)


def _status_line(session: Session, mailbox: Mailbox, items: tuple[str, ...]) -> bytes:
    account = session.account
    entries = mailbox.entries[-session.options.max_folder_size :]
    if session.fault(FaultKind.EMPTY) is not None:
        entries = []
    values: dict[str, Callable[[], int]] = {
        "APPENDLIMIT": lambda: session.options.append_limit,
        "HIGHESTMODSEQ": lambda: account.modseq,
        "MESSAGES": lambda: len(entries),
        "RECENT": lambda: 0,
        "UIDNEXT": lambda: mailbox.uidnext,
        "UIDVALIDITY": lambda: mailbox.uidvalidity,
        "UNSEEN": lambda: sum("\\Seen" not in entry.message.flags for entry in entries),
    }
    session.has_condstore |= "HIGHESTMODSEQ" in items
    shown = " ".join(f"{item} {values[item]()}" for item in items)
    return b"* STATUS " + mailbox_name(mailbox.name, session.is_utf8) + f" ({shown})".encode()


async def _status(session: Session, arguments: StatusArguments) -> Reply:
    mailbox = session.account.mailbox(arguments.name)
    if mailbox is None:
        spelled = spell(session, arguments.name)
        return Reply("NO", gmail_texts.UNKNOWN_STATUS.format(mailbox=spelled))
    session.account.look()
    session.send(_status_line(session, mailbox, arguments.items))
    return SUCCESS


COMMANDS: dict[str, CommandEntry[Session]] = {
    "SELECT": command(Stage.SIGNED_IN, _read_select, _select),
    "EXAMINE": command(Stage.SIGNED_IN, _read_select, _examine),
    "UNSELECT": command(Stage.SELECTED, no_arguments, _unselect),
    "CLOSE": command(Stage.SELECTED, no_arguments, _close),
    "CREATE": command(Stage.SIGNED_IN, read_mailbox, _create),
    "DELETE": command(Stage.SIGNED_IN, read_mailbox, _delete),
    "RENAME": command(Stage.SIGNED_IN, _read_rename, _rename),
    "SUBSCRIBE": command(Stage.SIGNED_IN, read_mailbox, _subscribe),
    "UNSUBSCRIBE": command(Stage.SIGNED_IN, read_mailbox, _unsubscribe),
    "LIST": command(Stage.SIGNED_IN, _read_list, _list, Piggyback.ARRIVALS),
    "LSUB": command(Stage.SIGNED_IN, _read_plain_list, _lsub, Piggyback.ARRIVALS),
    "XLIST": command(Stage.SIGNED_IN, _read_plain_list, _xlist, Piggyback.ARRIVALS),
    "STATUS": command(Stage.SIGNED_IN, _read_status, _status, Piggyback.ARRIVALS),
}
