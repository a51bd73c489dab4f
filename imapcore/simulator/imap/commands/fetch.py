r"""FETCH and UID FETCH (RFC 3501 §6.4.5, RFC 7162 CHANGEDSINCE, X-GM-EXT-1), in Gmail's order of items.

Whatever is asked, in whatever order, comes as X-GM-THRID X-GM-MSGID X-GM-LABELS UID RFC822.SIZE MODSEQ
INTERNALDATE FLAGS ENVELOPE BODYSTRUCTURE BODY[…]; MODSEQ comes unasked once CONDSTORE is on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from imapcore.simulator import gmail_texts
from imapcore.simulator.account.mailboxes import Entry
from imapcore.simulator.faults import Fault, FaultKind
from imapcore.simulator.imap.command_entry import CommandEntry, Piggyback, Stage, command
from imapcore.simulator.imap.command_reader import Cursor, ParseError
from imapcore.simulator.imap.session import Session
from imapcore.simulator.replies import SUCCESS, Reply
from imapcore.wire.datetimes import format_internaldate
from imapcore.wire.uidset import UidSet

SIMPLE_ITEMS = (
    "X-GM-THRID",
    "X-GM-MSGID",
    "X-GM-LABELS",
    "UID",
    "RFC822.SIZE",
    "MODSEQ",
    "INTERNALDATE",
    "FLAGS",
    "ENVELOPE",
    "BODYSTRUCTURE",
    "BODY",
)
"""Items without a section, in the order Gmail answers them."""

MACROS: dict[str, tuple[str, ...]] = {
    "FAST": ("FLAGS", "INTERNALDATE", "RFC822.SIZE"),
    "ALL": ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"),
    "FULL": ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY"),
}
"""RFC 3501's short names for lists of items."""

_ADDRESS = re.compile(rb'\("((?:[^"\\]|\\.)*)" NIL "([^"]*)" "([^"]*)"\)')
OLD_SECTIONS = {"RFC822": "", "RFC822.HEADER": "HEADER", "RFC822.TEXT": "TEXT"}


@dataclass(frozen=True, slots=True)
class Section:
    """One ``BODY[…]`` asked for."""

    spec: str
    """As the client wrote it, header names unquoted: echoed in its case."""
    is_peek: bool
    partial: tuple[int, int] | None = None
    old_name: str = ""
    """``RFC822.TEXT`` and its like, which answer under their own name."""


@dataclass(frozen=True, slots=True)
class FetchArguments:
    """What FETCH is asked."""

    numbers: UidSet
    items: frozenset[str]
    sections: tuple[Section, ...]
    macro: str = ""
    changed_since: int | None = None


def read_fetch(cursor: Cursor) -> FetchArguments:
    """Everything after the command's name."""
    cursor.space()
    numbers = cursor.sequence_set()
    cursor.space()
    items: set[str] = set()
    sections: list[Section] = []
    macro = ""
    if cursor.accept(b"("):
        while not (items or sections) or not cursor.accept(b")"):
            if items or sections:
                cursor.space()
            _read_item(cursor, items, sections)
    else:
        start = cursor.position
        word = cursor.item()
        if word in MACROS:
            macro = word
            items.update(MACROS[word])
        else:
            cursor.position = start
            _read_item(cursor, items, sections)
    changed_since = None
    if not cursor.is_at_end:
        cursor.skip(b" (")
        if cursor.item() != "CHANGEDSINCE":
            raise ParseError("only CHANGEDSINCE is offered")
        cursor.space()
        changed_since = cursor.number()
        cursor.skip(b")")
    return FetchArguments(numbers, frozenset(items), tuple(sections), macro, changed_since)


def _read_item(cursor: Cursor, items: set[str], sections: list[Section]) -> None:
    name = cursor.item()
    if name in OLD_SECTIONS:
        is_peek = name == "RFC822.HEADER"
        sections.append(Section(OLD_SECTIONS[name], is_peek, old_name=name))
    elif name in ("BODY", "BODY.PEEK") and cursor.peek() == b"[":
        sections.append(_read_section(cursor, is_peek=name == "BODY.PEEK"))
    elif name in SIMPLE_ITEMS:
        items.add(name)
    else:
        raise ParseError("unknown FETCH item")


def _read_section(cursor: Cursor, *, is_peek: bool) -> Section:
    cursor.skip(b"[")
    path: list[str] = []
    while cursor.peek().isdigit():
        number = cursor.number()
        if not number:
            raise ParseError("parts are numbered from 1")
        path.append(str(number))
        if not cursor.accept(b"."):
            if cursor.peek() != b"]":
                raise ParseError("a part's number ends in a dot or the section")
            break
    else:
        if path and cursor.peek() == b"]":
            raise ParseError("a section ends in a dot")
    word = "" if cursor.peek() == b"]" else cursor.item_as_written()
    known = word.upper()
    if known not in ("", "HEADER", "HEADER.FIELDS", "HEADER.FIELDS.NOT", "TEXT", "MIME") or (
        known == "MIME" and not path
    ):
        raise ParseError("unknown section")
    spec = ".".join((*path, word) if word else path)
    if known.startswith("HEADER.FIELDS"):
        cursor.skip(b" (")
        names = [cursor.ascii_string()]
        while not cursor.accept(b")"):
            cursor.space()
            names.append(cursor.ascii_string())
        spec += f" ({' '.join(names)})"
    cursor.skip(b"]")
    partial = None
    if cursor.accept(b"<"):
        start = cursor.number()
        cursor.skip(b".")
        partial = (start, cursor.number())
        if not partial[1]:
            raise ParseError("a partial of nothing")
        cursor.skip(b">")
    return Section(spec, is_peek, partial)


# -- rendering -------------------------------------------------------------------------------------

Render = Callable[[Entry], bytes]


def render_date(ms: int) -> bytes:
    """INTERNALDATE's value, in UTC as all of Gmail's are."""
    days, rest = divmod(ms // 1000, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    return b'"%b %02d:%02d:%02d +0000"' % (_render_day(days), hours, minutes, seconds)


@lru_cache(maxsize=8192)
def _render_day(days: int) -> bytes:
    return format_internaldate(days * 86_400_000)[1:12].encode("ascii")


def _envelope(entry: Entry) -> bytes:
    return entry.message.envelope()


def _swapped_envelope(entry: Entry) -> bytes:
    """The bug some clients met: the address as the name, the name as the mailbox."""
    return _ADDRESS.sub(rb'("<\2@\3>" NIL "\1" NIL)', entry.message.envelope())


def _renders(session: Session, items: frozenset[str]) -> list[Render]:
    """One function per item, in Gmail's order."""
    state = session.selected.state
    envelope = _swapped_envelope if session.options.envelope_swaps_names else _envelope
    by_item: dict[str, Render] = {
        "X-GM-THRID": lambda entry: b"X-GM-THRID %d" % entry.message.thrid,
        "X-GM-MSGID": lambda entry: b"X-GM-MSGID %d" % entry.message.msgid,
        "X-GM-LABELS": lambda entry: b"X-GM-LABELS " + session.labels_of(entry),
        "UID": lambda entry: b"UID %d" % entry.uid,
        "RFC822.SIZE": lambda entry: b"RFC822.SIZE %d" % entry.message.size,
        "MODSEQ": lambda entry: b"MODSEQ (%d)" % state(entry.message)[2],
        "INTERNALDATE": lambda entry: b"INTERNALDATE " + render_date(entry.message.date_ms),
        "FLAGS": lambda entry: b"FLAGS " + session.flags_of(entry),
        "ENVELOPE": lambda entry: b"ENVELOPE " + envelope(entry),
        "BODYSTRUCTURE": lambda entry: b"BODYSTRUCTURE " + entry.message.source.mail().bodystructure(),
        "BODY": lambda entry: b"BODY " + entry.message.source.mail().body(),
    }
    return [by_item[item] for item in SIMPLE_ITEMS if item in items]


def _render_section(entry: Entry, section: Section) -> bytes:
    content = entry.message.source.mail().section(section.spec)
    name = section.old_name or f"BODY[{section.spec}]"
    if section.partial is not None:
        start, length = section.partial
        name += f"<{start}>"
        if content is not None:
            content = content[start : start + length]
    if content is None:
        return f"{name} NIL".encode()
    return f"{name} {{{len(content)}}}\r\n".encode() + content


async def _fetch(session: Session, arguments: FetchArguments) -> Reply:
    return await _serve(session, arguments, is_uid=False)


async def _uid_fetch(session: Session, arguments: FetchArguments) -> Reply:
    return await _serve(session, arguments, is_uid=True)


async def _serve(session: Session, arguments: FetchArguments, *, is_uid: bool) -> Reply:
    if arguments.macro and not session.options.fetch_macros:
        raise ParseError("macros are not taken")
    items = set(arguments.items)
    if is_uid:
        items.add("UID")
    if "MODSEQ" in items or arguments.changed_since is not None:
        session.has_condstore = True
    if session.has_condstore:
        items.add("MODSEQ")
    view = session.selected
    try:
        targets = view.resolve(arguments.numbers, is_uid)
    except IndexError as error:
        raise ParseError("no such message") from error
    if arguments.changed_since is not None:
        since = arguments.changed_since
        targets = [(number, entry) for number, entry in targets if view.state(entry.message)[2] > since]
    if session.fault(FaultKind.BARE_FETCH) is not None or session.options.fetch_lines_lack_items:
        items = {"FLAGS"}
        arguments = FetchArguments(arguments.numbers, frozenset(items), ())
    missed = await _send(session, targets, frozenset(items), arguments.sections)
    return Reply("NO", gmail_texts.NOT_FETCHED) if missed else SUCCESS


def _left_out(session: Session, items: frozenset[str], sections: tuple[Section, ...]) -> set[int]:
    """The messages that a test lets go missing where one of these items is asked for."""
    asked = items | {f"BODY[{section.spec.upper()}]" for section in sections}
    return {msgid for msgid, of in session.account.left_out.items() if not of or not of.isdisjoint(asked)}


def _is_hit(fault: Fault, count: int) -> bool:
    """Whether a fault hits the message of that number in the answer."""
    return not fault.octets or count % fault.octets == 0


async def _send(
    session: Session, targets: list[tuple[int, Entry]], items: frozenset[str], sections: tuple[Section, ...]
) -> bool:
    """Send a line for each message; True if some could not be fetched."""
    view, channel = session.selected, session.channel
    marks_seen = not view.is_read_only and any(not section.is_peek for section in sections)
    renders = _renders(session, items)
    with_flags = _renders(session, items | {"FLAGS"}) if marks_seen else renders
    broken = session.fault(FaultKind.NOT_FETCHED)
    deleting = session.fault(FaultKind.EXPUNGE_MID_FETCH)
    silent = session.fault(FaultKind.LEFT_OUT)
    left_out = _left_out(session, items, sections)
    has_missed = False
    for count, (number, entry) in enumerate(targets, 1):
        if entry.is_gone:
            continue
        if entry.message.msgid in left_out or (silent is not None and _is_hit(silent, count)):
            continue
        if broken is not None and _is_hit(broken, count):
            has_missed = True
            continue
        if deleting is not None and count == deleting.octets + 1:
            session.account.erase(entry.message)
            continue
        used = renders
        if marks_seen and "\\Seen" not in entry.message.flags:
            session.account.change(entry.message, flags=entry.message.flags | {"\\Seen"})
            session.note_own(entry.message)
            used = with_flags
        parts = [render(entry) for render in used]
        parts.extend(_render_section(entry, section) for section in sections)
        channel.write(b"* %d FETCH (%s)\r\n" % (number, b" ".join(parts)))
        if channel.is_full:
            await session.breathe()
    return has_missed


COMMANDS: dict[str, CommandEntry[Session]] = {
    "FETCH": command(Stage.SELECTED, read_fetch, _fetch, Piggyback.ARRIVALS),
    "UID FETCH": command(Stage.SELECTED, read_fetch, _uid_fetch, Piggyback.ARRIVALS),
}
