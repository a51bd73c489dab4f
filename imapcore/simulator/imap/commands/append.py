r"""APPEND (RFC 3501 §6.3.11, RFC 4315 APPENDUID, RFC 7889 APPENDLIMIT, RFC 6855 §4), as Gmail keeps mail.

A message whose Message-ID the account already holds is taken and thrown away: the one that is there gets
the label. A date before 1970 or in the future becomes now; a draft is a label, not a flag.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from imapcore.simulator import gmail_texts
from imapcore.simulator.account.mailboxes import Entry, Mailbox, Message
from imapcore.simulator.account.source import StoredSeed, store
from imapcore.simulator.imap.command_entry import CommandEntry, Piggyback, Stage, command
from imapcore.simulator.imap.command_reader import Cursor, ParseError
from imapcore.simulator.imap.commands.mailboxes import read_mailbox, spell
from imapcore.simulator.imap.commands.store import read_flag_list
from imapcore.simulator.imap.session import Session
from imapcore.simulator.replies import Refusal, Reply
from imapcore.wire.datetimes import parse_internaldate


@dataclass(frozen=True, slots=True)
class AppendArguments:
    """A mail, where to, and with what."""

    name: str
    flags: tuple[str, ...]
    date_ms: int | None
    raw: bytes = field(repr=False)


def _read_append(cursor: Cursor) -> AppendArguments:
    name = read_mailbox(cursor)
    cursor.space()
    flags: tuple[str, ...] = ()
    date_ms = None
    if cursor.peek() == b"(":
        flags = read_flag_list(cursor)
        cursor.space()
    if cursor.peek() == b'"':
        try:
            date_ms = parse_internaldate(cursor.quoted())
        except ValueError as error:
            raise ParseError("not a date-time") from error
        cursor.space()
    if cursor.is_utf8 and cursor.accept(b"UTF8 ("):
        raw = cursor.literal()
        cursor.skip(b")")
    elif cursor.peek() == b"{":
        raw = cursor.literal()
    else:
        raise ParseError("a mail comes as a literal")
    return AppendArguments(name, flags, date_ms, raw)


async def _append(session: Session, arguments: AppendArguments) -> Reply:
    account = session.account
    mailbox = account.mailbox(arguments.name)
    if mailbox is None:
        raise Refusal(gmail_texts.NO_FOLDER.format(mailbox=spell(session, arguments.name)))
    if b"\0" in arguments.raw or not arguments.raw.strip():
        raise Refusal(session.options.unparsable_error)
    source = store(arguments.raw, account.now_ms())
    message = account.find_message_id(source.message_id) or _add(session, mailbox, source, arguments)
    if message.msgid not in mailbox.by_msgid:
        account.file(message, mailbox)
    account.announce()
    view = session.view
    if view is not None and session.options.append_reports_exists and view.take_new():
        session.send(b"* %d EXISTS" % len(view))
    entry = mailbox.by_msgid[message.msgid]
    uid = entry.uid
    if "\\Deleted" in arguments.flags:
        _delete(session, entry, mailbox)
    return Reply("OK", f"[APPENDUID {mailbox.uidvalidity} {uid}] (Success)")


def _delete(session: Session, entry: Entry, mailbox: Mailbox) -> None:
    r"""What ``\Deleted`` does to a message that comes with it: as STORE of it would, once it is there."""
    account = session.account
    if not account.options.auto_expunge:
        entry.is_deleted = True
        return
    account.expunge(entry.message, mailbox)
    account.announce()


def _add(session: Session, mailbox: Mailbox, source: StoredSeed, arguments: AppendArguments) -> Message:
    account = session.account
    now_ms = account.now_ms()
    date_ms = now_ms if arguments.date_ms is None else arguments.date_ms
    if not 0 <= date_ms <= now_ms:
        date_ms = now_ms
    flags = set(arguments.flags) - {"\\Deleted", "\\Flagged"}
    if not session.options.draft_flag_is_kept:
        flags.discard("\\Draft")
    account.keywords.update(flag for flag in flags if not flag.startswith("\\"))
    is_place = mailbox in (account.all, account.spam, account.trash)
    labels = set() if is_place else {mailbox}
    if "\\Flagged" in arguments.flags:
        labels.add(account.starred)
    return account.add(
        source, date_ms=date_ms, labels=labels, place=mailbox if is_place else account.all, flags=flags
    )


COMMANDS: dict[str, CommandEntry[Session]] = {
    "APPEND": command(Stage.SIGNED_IN, _read_append, _append, Piggyback.NOTHING),
}
