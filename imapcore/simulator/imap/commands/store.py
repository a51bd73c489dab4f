r"""STORE and UID STORE of flags and of X-GM-LABELS (RFC 3501 §6.4.6, RFC 7162 §3.1.3, X-GM-EXT-1).

Gmail's own: ``.SILENT`` is not silent for flags once CONDSTORE is on, but is for labels; a star answers
in two lines; an unknown label is created; a mailbox's own label cannot be taken away in it, though the
answer says so; ``\Deleted`` expunges at once while Auto-Expunge is on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from imapcore.simulator import gmail_texts
from imapcore.simulator.account.kinds import Kind
from imapcore.simulator.account.mailboxes import Entry, Mailbox
from imapcore.simulator.imap.command_entry import CommandEntry, Piggyback, Stage, command
from imapcore.simulator.imap.command_reader import Cursor, ParseError
from imapcore.simulator.imap.label_encoding import decode_name
from imapcore.simulator.imap.session import Session
from imapcore.simulator.options import LabelStore
from imapcore.simulator.replies import SUCCESS, Refusal, Reply
from imapcore.wire.uidset import UidSet

_SYSTEM_FLAGS = {flag.lower(): flag for flag in gmail_texts.SYSTEM_FLAGS}


@dataclass(frozen=True, slots=True)
class StoreArguments:
    """What STORE is asked."""

    numbers: UidSet
    sign: str
    """``+``, ``-`` or nothing (replace)."""
    is_labels: bool
    is_silent: bool
    values: tuple[str, ...]
    """Flags as canonical text, or decoded label names."""
    unchanged_since: int | None = None


def canonical_flag(flag: str) -> str:
    r"""A flag as Gmail spells it; raises ParseError for an unknown ``\Flag``."""
    if not flag.startswith("\\"):
        return flag
    known = _SYSTEM_FLAGS.get(flag.lower())
    if known is None:
        raise ParseError("unknown system flag")
    return known


def read_flag_list(cursor: Cursor) -> tuple[str, ...]:
    """A parenthesised list of flags."""
    cursor.skip(b"(")
    flags: list[str] = []
    while not cursor.accept(b")"):
        if flags:
            cursor.space()
        flags.append(canonical_flag(cursor.flag()))
    return tuple(flags)


def _read_bare_flags(cursor: Cursor) -> tuple[str, ...]:
    flags = [canonical_flag(cursor.flag())]
    while cursor.accept(b" "):
        flags.append(canonical_flag(cursor.flag()))
    return tuple(flags)


def _read_labels(cursor: Cursor) -> tuple[str, ...]:
    labels: list[str] = []
    if not cursor.accept(b"("):
        return (decode_name(cursor.label(), cursor.is_utf8),)
    while not cursor.accept(b")"):
        if labels:
            cursor.space()
        labels.append(decode_name(cursor.label(), cursor.is_utf8))
    return tuple(labels)


def read_store(cursor: Cursor) -> StoreArguments:
    """Everything after the command's name."""
    cursor.space()
    numbers = cursor.sequence_set()
    cursor.space()
    unchanged_since = None
    if cursor.accept(b"(UNCHANGEDSINCE "):
        unchanged_since = cursor.number()
        cursor.skip(b") ")
    sign = cursor.peek().decode("latin-1")
    if sign in ("+", "-"):
        cursor.position += 1
    else:
        sign = ""
    name = cursor.item()
    is_silent = name.endswith(".SILENT")
    kind = name.removesuffix(".SILENT")
    if kind not in ("FLAGS", "X-GM-LABELS"):
        raise ParseError("unknown STORE item")
    cursor.space()
    is_labels = kind == "X-GM-LABELS"
    if is_labels:
        values = _read_labels(cursor)
    else:
        values = read_flag_list(cursor) if cursor.peek() == b"(" else _read_bare_flags(cursor)
    return StoreArguments(numbers, sign, is_labels, is_silent, values, unchanged_since)


# -- doing it --------------------------------------------------------------------------------------


async def _store(session: Session, arguments: StoreArguments) -> Reply:
    return await _apply(session, arguments, is_uid=False)


async def _uid_store(session: Session, arguments: StoreArguments) -> Reply:
    return await _apply(session, arguments, is_uid=True)


async def _apply(session: Session, arguments: StoreArguments, *, is_uid: bool) -> Reply:
    view = session.selected
    if view.is_read_only:
        raise Refusal(gmail_texts.READ_ONLY)
    if arguments.unchanged_since is not None:
        session.has_condstore = True
    try:
        targets = view.resolve(arguments.numbers, is_uid)
    except IndexError as error:
        raise ParseError("no such message") from error
    targets = [(number, entry) for number, entry in targets if not entry.is_gone]
    stale: list[tuple[int, Entry]] = []
    if arguments.unchanged_since is not None:
        since = arguments.unchanged_since
        stale = [(number, entry) for number, entry in targets if entry.message.modseq > since]
        targets = [(number, entry) for number, entry in targets if entry.message.modseq <= since]
    if arguments.is_labels:
        await _store_labels(session, targets, arguments, is_uid=is_uid)
    else:
        await _store_flags(session, targets, arguments, is_uid=is_uid)
    session.account.announce()
    if not stale:
        return SUCCESS
    for number, entry in stale:
        items = _label_items if arguments.is_labels else _flag_items
        _report(session, number, items(session, entry, is_uid))
    failed = UidSet(entry.uid if is_uid else number for number, entry in stale)
    return Reply("OK", gmail_texts.CONDITION_FAILED.format(set=failed))


def _report(session: Session, number: int, items: list[bytes]) -> None:
    session.send(b"* %d FETCH (%s)" % (number, b" ".join(items)))


def _flag_items(session: Session, entry: Entry, is_uid: bool) -> list[bytes]:
    return session.flag_items(entry, with_uid=is_uid)


def _label_items(session: Session, entry: Entry, is_uid: bool) -> list[bytes]:
    items = [b"X-GM-LABELS " + session.labels_of(entry)]
    if session.has_condstore:
        items.append(b"MODSEQ (%d)" % session.selected.state(entry.message)[2])
    if is_uid:
        items.append(b"UID %d" % entry.uid)
    # As Gmail sends them: STORE's replies have MODSEQ before UID, FETCH's have UID first.
    return items


# -- flags -----------------------------------------------------------------------------------------


async def _store_flags(
    session: Session, targets: list[tuple[int, Entry]], arguments: StoreArguments, *, is_uid: bool
) -> None:
    account, view = session.account, session.selected
    wanted = frozenset(arguments.values)
    account.keywords.update(flag for flag in wanted if not flag.startswith("\\"))
    expunged: list[tuple[int, Entry]] = []
    for number, entry in targets:
        if session.channel.is_full:
            await session.breathe()
        message = entry.message
        before = _shown_flags(session, entry)
        after = _combine(before, wanted, arguments.sign)
        if not account.options.draft_flag_is_kept:
            after = after - {"\\Draft"} if "\\Draft" not in before else after | {"\\Draft"}
        if "\\Deleted" in after and account.options.auto_expunge:
            if account.expunge(message, view.mailbox):
                expunged.append((number, entry))
            continue
        if after == before:
            continue
        labels = message.labels - {account.starred}
        if "\\Flagged" in after:
            labels |= {account.starred}
        changed = account.change(message, flags=after - {"\\Flagged", "\\Deleted"}, labels=labels)
        if entry.is_deleted != ("\\Deleted" in after):
            entry.is_deleted = "\\Deleted" in after
            if not changed:
                message.modseq = account.next_modseq()
        session.note_own(message)
        if not arguments.is_silent or session.has_condstore:
            _report(session, number, _flag_items(session, entry, is_uid))
    if expunged:
        for number in view.drop(expunged):
            session.send(b"* %d EXPUNGE" % number)
        view.take_new()
        session.send(b"* %d EXISTS" % len(view))


def _shown_flags(session: Session, entry: Entry) -> frozenset[str]:
    flags = set(entry.message.flags)
    if session.account.is_starred(entry.message):
        flags.add("\\Flagged")
    if entry.is_deleted:
        flags.add("\\Deleted")
    return frozenset(flags)


def _combine(before: frozenset[str], wanted: frozenset[str], sign: str) -> frozenset[str]:
    if sign == "+":
        return before | wanted
    return before - wanted if sign == "-" else wanted


# -- labels ----------------------------------------------------------------------------------------


async def _store_labels(
    session: Session, targets: list[tuple[int, Entry]], arguments: StoreArguments, *, is_uid: bool
) -> None:
    account, view = session.account, session.selected
    labels, place = _find_labels(session, arguments.values, creates=arguments.sign != "-" and bool(targets))
    own = view.mailbox
    for number, entry in targets:
        if session.channel.is_full:
            await session.breathe()
        message = entry.message
        was_starred = account.is_starred(message)
        if arguments.sign == "+":
            after = message.labels | labels
        elif arguments.sign == "-":
            after = message.labels - labels
        else:
            after = labels | _untouchable(session, message.labels)
        if own in message.labels and own not in after and not account.options.own_label_removal_works:
            after |= {own}
        if place is not None and arguments.sign != "-":
            account.change(message, labels=after)
            account.file(message, place)
        else:
            account.change(message, labels=after)
        session.note_own(message)
        if arguments.is_silent:
            continue
        _report(session, number, _label_items(session, entry, is_uid))
        if account.is_starred(message) != was_starred:
            _report(session, number, _flag_items(session, entry, is_uid))


def _untouchable(session: Session, labels: Iterable[Mailbox]) -> frozenset[Mailbox]:
    """What a client cannot set and so cannot lose by replacing the list."""
    return frozenset(label for label in labels if not _can_store(session, label))


def _can_store(session: Session, label: Mailbox) -> bool:
    if label.kind is Kind.SENT:
        return session.options.sent_label_can_be_stored
    if label.kind is Kind.MUTED:
        return session.options.muted_label_can_be_stored
    if label.kind is Kind.DRAFTS:
        return session.options.draft_label_can_be_stored
    return True


def _find_labels(
    session: Session, names: tuple[str, ...], *, creates: bool
) -> tuple[frozenset[Mailbox], Mailbox | None]:
    """The labels of these names, unknown ones created; apart from them, the place one of them means."""
    account, options = session.account, session.options
    labels: set[Mailbox] = set()
    place: Mailbox | None = None
    for name in names:
        label = account.find_label(name)
        if label is None:
            if creates:
                labels.add(account.create_label(name))
        elif label.kind is Kind.TRASH:
            place = label if options.trash_label is LabelStore.MOVE else place
        elif label.kind is Kind.SPAM:
            place = label if options.spam_label is LabelStore.MOVE else place
        elif _can_store(session, label):
            labels.add(label)
    return frozenset(labels), place


COMMANDS: dict[str, CommandEntry[Session]] = {
    "STORE": command(Stage.SELECTED, read_store, _store, Piggyback.ARRIVALS),
    "UID STORE": command(Stage.SELECTED, read_store, _uid_store, Piggyback.ARRIVALS),
}
