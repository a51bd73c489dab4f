"""Messages between mailboxes: COPY, MOVE, EXPUNGE, UID EXPUNGE (RFC 3501 §6.4, RFC 4315, RFC 6851).

On Gmail a copy is a label. A move to Trash or Spam leaves everything else, a move out of All Mail to a
label leaves nothing; a message that comes back gets a new UID in All Mail.
"""

from __future__ import annotations

from dataclasses import dataclass

from imapcore.simulator import gmail_texts
from imapcore.simulator.account.mailboxes import Entry, Mailbox
from imapcore.simulator.imap.command_entry import CommandEntry, Piggyback, Stage, command, no_arguments
from imapcore.simulator.imap.command_reader import Cursor, ParseError
from imapcore.simulator.imap.commands.mailboxes import read_mailbox, spell
from imapcore.simulator.imap.session import Session
from imapcore.simulator.replies import SUCCESS, Refusal, Reply
from imapcore.wire.uidset import UidSet


@dataclass(frozen=True, slots=True)
class TransferArguments:
    """Which messages go where."""

    numbers: UidSet
    name: str


def _read_transfer(cursor: Cursor) -> TransferArguments:
    cursor.space()
    numbers = cursor.sequence_set()
    return TransferArguments(numbers, read_mailbox(cursor))


def _targets(session: Session, numbers: UidSet, is_uid: bool) -> list[tuple[int, Entry]]:
    try:
        found = session.selected.resolve(numbers, is_uid)
    except IndexError as error:
        raise ParseError("no such message") from error
    return [(number, entry) for number, entry in found if not entry.is_gone]


def _target_mailbox(session: Session, name: str) -> Mailbox:
    mailbox = session.account.mailbox(name)
    if mailbox is None:
        raise Refusal(gmail_texts.NO_FOLDER.format(mailbox=spell(session, name)))
    return mailbox


def _copyuid(mailbox: Mailbox, pairs: list[tuple[int, int]]) -> Reply:
    """The tagged OK; source and target UIDs pair by order, so the target's are not sorted."""
    if not pairs:
        return SUCCESS
    sources = UidSet(source for source, _ in pairs)
    return Reply(
        "OK", f"[COPYUID {mailbox.uidvalidity} {sources} {_in_order([t for _, t in pairs])}] (Success)"
    )


def _in_order(numbers: list[int]) -> str:
    """Numbers as ranges where they ascend by one, in the order given."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1] = [parts[-1][0], number]
        else:
            parts.append([number])
    return ",".join(":".join(map(str, part)) for part in parts)


async def _copy(session: Session, arguments: TransferArguments) -> Reply:
    return _transfer(session, arguments, is_uid=False, is_move=False)


async def _uid_copy(session: Session, arguments: TransferArguments) -> Reply:
    return _transfer(session, arguments, is_uid=True, is_move=False)


async def _move(session: Session, arguments: TransferArguments) -> Reply:
    return _transfer(session, arguments, is_uid=False, is_move=True)


async def _uid_move(session: Session, arguments: TransferArguments) -> Reply:
    return _transfer(session, arguments, is_uid=True, is_move=True)


def _transfer(session: Session, arguments: TransferArguments, *, is_uid: bool, is_move: bool) -> Reply:
    account, view = session.account, session.selected
    targets = _targets(session, arguments.numbers, is_uid)
    target = _target_mailbox(session, arguments.name)
    if is_move and view.is_read_only:
        raise Refusal(gmail_texts.READ_ONLY)
    if session.options.draft_copy_is_refused and not is_move:
        targets = [(number, entry) for number, entry in targets if account.drafts not in entry.message.labels]
        if not targets:
            raise Refusal("[CANNOT] Drafts cannot be copied (Failure)")
    pairs: list[tuple[int, int]] = []
    for _, entry in targets:
        message = entry.message
        account.file(message, target)
        if is_move and target is not view.mailbox:
            account.unfile(message, view.mailbox)
        session.note_own(message)
        pairs.append((entry.uid, target.by_msgid[message.msgid].uid))
    account.announce()
    if is_move:
        left = [(number, entry) for number, entry in targets if entry.is_gone]
        _report_left(session, left)
    return _copyuid(target, pairs)


def _report_left(session: Session, left: list[tuple[int, Entry]]) -> None:
    """EXPUNGE for each, then one EXISTS."""
    if not left:
        return
    view = session.selected
    for number in view.drop(left):
        session.send(b"* %d EXPUNGE" % number)
    view.take_new()
    session.send(b"* %d EXISTS" % len(view))


async def _expunge(session: Session, _: None) -> Reply:
    return _expunge_deleted(session, list(enumerate(session.selected.entries, 1)))


def _read_uid_expunge(cursor: Cursor) -> UidSet:
    cursor.space()
    return cursor.sequence_set()


async def _uid_expunge(session: Session, numbers: UidSet) -> Reply:
    return _expunge_deleted(session, _targets(session, numbers, is_uid=True))


def _expunge_deleted(session: Session, candidates: list[tuple[int, Entry]]) -> Reply:
    account, view = session.account, session.selected
    if view.is_read_only:
        return SUCCESS
    left: list[tuple[int, Entry]] = []
    for number, entry in candidates:
        if entry.is_deleted and not entry.is_gone:
            entry.is_deleted = False
            if account.expunge(entry.message, view.mailbox):
                left.append((number, entry))
    account.announce()
    _report_left(session, left)
    return SUCCESS


COMMANDS: dict[str, CommandEntry[Session]] = {
    "COPY": command(Stage.SELECTED, _read_transfer, _copy, Piggyback.ARRIVALS),
    "UID COPY": command(Stage.SELECTED, _read_transfer, _uid_copy, Piggyback.ARRIVALS),
    "MOVE": command(Stage.SELECTED, _read_transfer, _move, Piggyback.ARRIVALS),
    "UID MOVE": command(Stage.SELECTED, _read_transfer, _uid_move, Piggyback.ARRIVALS),
    "EXPUNGE": command(Stage.SELECTED, no_arguments, _expunge, Piggyback.EVERYTHING),
    "UID EXPUNGE": command(Stage.SELECTED, _read_uid_expunge, _uid_expunge, Piggyback.EVERYTHING),
}
