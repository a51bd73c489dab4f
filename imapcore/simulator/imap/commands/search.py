r"""SEARCH and UID SEARCH (RFC 3501 §6.4.4, RFC 4731 ESEARCH, RFC 7162 MODSEQ, X-GM-EXT-1).

Results ascend, never by date or relevance, and are of the selected mailbox and of what the session has
been told of only. ``X-GM-LABELS`` takes the decoded name here, unlike everywhere else.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from email.utils import parsedate
from operator import eq, ge, lt

from imapcore.simulator import gmail_texts
from imapcore.simulator.account.envelope import parse_mailboxes
from imapcore.simulator.account.mailboxes import Entry, Mailbox
from imapcore.simulator.account.stored_mail import decode_words
from imapcore.simulator.faults import FaultKind
from imapcore.simulator.imap.command_entry import CommandEntry, Piggyback, Stage, command
from imapcore.simulator.imap.command_reader import Cursor, ParseError
from imapcore.simulator.imap.label_encoding import quote
from imapcore.simulator.imap.raw_search import compile_raw
from imapcore.simulator.imap.session import Session
from imapcore.simulator.replies import Refusal, Reply
from imapcore.wire.datetimes import parse_date
from imapcore.wire.uidset import UidSet

Test = Callable[[int, Entry], bool]
"""(sequence number, entry) → whether it is found."""

EPOCH = date(1970, 1, 1)
DAY_MS = 86_400_000
DEPTH = 60
"""Deepest nesting of NOT, OR and parentheses."""

TURN_SECONDS = 0.01
RETURNS = ("MIN", "MAX", "COUNT", "ALL")
_FLAG_KEYS = {
    "ANSWERED": "\\Answered",
    "DELETED": "\\Deleted",
    "DRAFT": "\\Draft",
    "FLAGGED": "\\Flagged",
    "SEEN": "\\Seen",
}
_TEXT_FIELDS = {"BCC", "CC", "FROM", "SUBJECT", "TO"}
ADDRESS_FIELDS = frozenset(("BCC", "CC", "FROM", "REPLY-TO", "SENDER", "TO"))
_DECORATED = re.compile(r"[(\\\"]|<\s*@|@\s|\s@")
"""What can make an address look otherwise than it is: comments, quotes, escapes, routes, blanks."""


@dataclass(frozen=True, slots=True)
class SearchArguments:
    """What SEARCH is asked: which results, and the program, not read yet (it needs the session)."""

    returned: tuple[str, ...] | None
    charset: str
    program: Cursor


def _read_search(cursor: Cursor) -> SearchArguments:
    cursor.space()
    returned: tuple[str, ...] | None = None
    charset = ""
    if cursor.accept(b"RETURN ("):
        words: list[str] = []
        while not cursor.accept(b")"):
            if words:
                cursor.space()
            words.append(cursor.keyword())
        if any(word not in RETURNS for word in words):
            raise ParseError("unknown SEARCH result option")
        returned = tuple(word for word in RETURNS if word in words) or ("ALL",)
        cursor.space()
    if cursor.accept(b"CHARSET "):
        charset = cursor.ascii_string().upper()
        cursor.space()
    program = Cursor(cursor.data, position=cursor.position, is_utf8=cursor.is_utf8)
    cursor.position = len(cursor.data)
    return SearchArguments(returned, charset, program)


class _Program:
    """Reads search keys into tests, for one session's search."""

    def __init__(self, session: Session, cursor: Cursor, charset: str) -> None:
        self.session = session
        self.view = session.selected
        self.cursor = cursor
        self.charset = charset
        self.uses_modseq = False
        self.uses_label = False
        self.uses_since = False

    def read(self) -> Test:
        """The whole program; its keys must all hold."""
        tests = [self.key(0)]
        while not self.cursor.is_at_end:
            self.cursor.space()
            tests.append(self.key(0))
        return _all_of(tests)

    def key(self, depth: int) -> Test:
        """One key, which may be a group."""
        cursor = self.cursor
        if depth > DEPTH:
            raise ParseError("nested too deeply")
        if cursor.accept(b"("):
            tests = [self.key(depth + 1)]
            while not cursor.accept(b")"):
                cursor.space()
                tests.append(self.key(depth + 1))
            return _all_of(tests)
        if cursor.peek().isdigit() or cursor.peek() == b"*":
            return self._members(cursor.sequence_set(), is_uid=False)
        word = cursor.keyword()
        if word == "NOT":
            cursor.space()
            inner = self.key(depth + 1)
            return lambda number, entry: not inner(number, entry)
        if word == "OR":
            cursor.space()
            first = self.key(depth + 1)
            cursor.space()
            second = self.key(depth + 1)
            return lambda number, entry: first(number, entry) or second(number, entry)
        return self._simple(word)

    def _simple(self, word: str) -> Test:
        if word == "ALL":
            return _everything
        if word in _FLAG_KEYS:
            return self._flag(_FLAG_KEYS[word])
        if word.startswith("UN") and word[2:] in _FLAG_KEYS:
            return _negated(self._flag(_FLAG_KEYS[word[2:]]))
        if word in ("NEW", "RECENT"):
            return lambda number, entry: False
        if word == "OLD":
            return lambda number, entry: True
        self.cursor.space()
        if word in ("KEYWORD", "UNKEYWORD"):
            keyword = self._flag(self.cursor.flag())
            return keyword if word == "KEYWORD" else _negated(keyword)
        if word in ("BEFORE", "ON", "SINCE"):
            return self._date(word)
        if word in ("SENTBEFORE", "SENTON", "SENTSINCE"):
            return self._sent_date(word)
        if word in ("LARGER", "SMALLER"):
            limit = self.cursor.number()
            if word == "LARGER":
                return lambda number, entry: entry.message.size > limit
            return lambda number, entry: entry.message.size < limit
        if word == "UID":
            return self._members(self.cursor.sequence_set(), is_uid=True)
        if word in _TEXT_FIELDS:
            return self._field(word, self._text())
        if word == "HEADER":
            field = self.cursor.ascii_string()
            self.cursor.space()
            return self._field(field, self._text())
        if word in ("BODY", "TEXT"):
            return self._body(self._text(), with_header=word == "TEXT")
        if word == "MODSEQ":
            return self._modseq()
        return self._gmail(word)

    def _gmail(self, word: str) -> Test:
        if word in ("X-GM-MSGID", "X-GM-THRID"):
            wanted = self.cursor.number()
            if word == "X-GM-MSGID":
                return lambda number, entry: entry.message.msgid == wanted
            return lambda number, entry: entry.message.thrid == wanted
        if word == "X-GM-LABELS":
            self.uses_label = True
            label = self.session.account.find_label(self._text())
            return _label_test(label)
        if word == "X-GM-RAW":
            return compile_raw(self.session, self._text())
        raise ParseError("unknown search key")

    def _text(self) -> str:
        """An astring in the charset of the search."""
        value = self.cursor.astring()
        try:
            return value.decode("utf-8" if self.charset == "UTF-8" or self.cursor.is_utf8 else "ascii")
        except UnicodeDecodeError as error:
            raise ParseError("not in the charset") from error

    def _members(self, numbers: UidSet, *, is_uid: bool) -> Test:
        view = self.view
        if is_uid:
            known = numbers.resolve(view.entries[-1].uid if view.entries else 0)
            return lambda number, entry: entry.uid in known
        known = numbers.resolve(len(view))
        return lambda number, entry: number in known

    def _flag(self, flag: str) -> Test:
        if flag == "\\Deleted":
            return lambda number, entry: entry.is_deleted
        state = self.view.state
        if flag == "\\Flagged":
            starred = self.session.account.starred
            return lambda number, entry: starred in state(entry.message)[1]
        folded = flag.casefold()
        return lambda number, entry: any(have.casefold() == folded for have in state(entry.message)[0])

    def _day(self) -> date:
        token = self.cursor.astring()
        try:
            return parse_date(token)
        except ValueError as error:
            raise ParseError("not a date") from error

    def _date(self, word: str) -> Test:
        """Of INTERNALDATE, which is always told in UTC."""
        start = (self._day() - EPOCH) // timedelta(milliseconds=1)
        end = start + DAY_MS
        if word == "BEFORE":
            return lambda number, entry: entry.message.date_ms < start
        if word == "SINCE":
            self.uses_since = True
            return lambda number, entry: entry.message.date_ms >= start
        return lambda number, entry: start <= entry.message.date_ms < end

    def _sent_date(self, word: str) -> Test:
        """Of the Date header as it is written; a mail without one was never sent."""
        wanted = self._day()
        holds = {"SENTBEFORE": lt, "SENTSINCE": ge, "SENTON": eq}[word]
        self.uses_since |= word == "SENTSINCE"

        def was_sent(number: int, entry: Entry) -> bool:
            day = _day_in(entry.message.source.date)
            return day is not None and holds(day, wanted)

        return was_sent

    def _field(self, name: str, text: str) -> Test:
        wanted = text.casefold()
        if name.casefold() == "message-id" and self.session.options.header_search_misses_message_id:
            return lambda number, entry: False
        if name.upper() in ADDRESS_FIELDS:
            return self._address_field(name.upper(), wanted)
        values: dict[str, Callable[[Entry], str]] = {
            "SUBJECT": lambda entry: entry.message.source.subject,
            "MESSAGE-ID": lambda entry: entry.message.source.message_id,
        }
        cheap = values.get(name.upper())
        if cheap is not None and (wanted or name.upper() == "MESSAGE-ID"):
            return lambda number, entry: wanted in cheap(entry).casefold()

        def has_field(number: int, entry: Entry) -> bool:
            found = entry.message.source.mail().headers(name)
            return any(wanted in value.casefold() for value in found)

        return has_field

    def _address_field(self, name: str, wanted: str) -> Test:
        """Of the field as it is written, and of the addresses in it without their comments and quotes."""
        quick: dict[str, Callable[[Entry], str]] = {
            "FROM": lambda entry: entry.message.source.sender,
            "TO": lambda entry: entry.message.source.to,
            "CC": lambda entry: entry.message.source.cc,
        }
        written: Callable[[Entry], str] = quick.get(name, lambda entry: "")

        def has_address(number: int, entry: Entry) -> bool:
            if wanted and wanted in written(entry).casefold():
                return True
            if wanted and name in quick and not _DECORATED.search(written(entry)):
                return False
            fields = entry.message.source.mail().headers(name)
            return any(
                wanted in value.casefold() or wanted in _plain_addresses(value).casefold() for value in fields
            )

        return has_address

    def _body(self, text: str, *, with_header: bool) -> Test:
        wanted = text.casefold()

        def has_text(number: int, entry: Entry) -> bool:
            mail = entry.message.source.mail()
            if wanted in mail.text().casefold():
                return True
            return with_header and wanted in decode_words(mail.section("HEADER") or b"").casefold()

        return has_text

    def _modseq(self) -> Test:
        self.uses_modseq = True
        if self.cursor.peek() == b'"':
            self.cursor.quoted()
            self.cursor.space()
            if self.cursor.keyword() not in ("PRIV", "SHARED", "ALL"):
                raise ParseError("unknown entry type")
            self.cursor.space()
        least = self.cursor.number()
        state = self.view.state
        return lambda number, entry: state(entry.message)[2] >= least


def _plain_addresses(value: str) -> str:
    """An address header as ENVELOPE has it: names, and addresses without comments, quotes and routes."""
    members = parse_mailboxes(value.encode("utf-8"))
    return ", ".join(
        b" ".join(
            filter(None, (m.name, b"<%b@%b>" % (m.local, m.host) if m.local and m.host else m.local))
        ).decode("utf-8", "replace")
        for m in members
    )


def _day_in(header: str) -> date | None:
    """The day a Date header names, wherever that was; None for what is no date."""
    try:
        parsed = parsedate(header)
        return None if parsed is None else date(*parsed[:3])
    except (ValueError, OverflowError):
        return None


def _label_test(label: Mailbox | None) -> Test:
    if label is None:
        return lambda number, entry: False
    return lambda number, entry: label in entry.message.labels or label is entry.message.place


def _everything(number: int, entry: Entry) -> bool:
    return True


def _negated(test: Test) -> Test:
    return lambda number, entry: not test(number, entry)


def _all_of(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    return lambda number, entry: all(test(number, entry) for test in tests)


async def _search(session: Session, arguments: SearchArguments) -> Reply:
    return await _run(session, arguments, is_uid=False)


async def _uid_search(session: Session, arguments: SearchArguments) -> Reply:
    return await _run(session, arguments, is_uid=True)


async def _run(session: Session, arguments: SearchArguments, *, is_uid: bool) -> Reply:
    options = session.options
    if arguments.charset and session.is_utf8 and options.utf8_charset_refused:
        raise ParseError("no CHARSET after UTF8=ACCEPT")
    if arguments.charset not in ("", "UTF-8", "US-ASCII"):
        raise Refusal(gmail_texts.BAD_CHARSET)
    program = _Program(session, arguments.program, arguments.charset)
    test = program.read()
    limit = options.label_search_limit
    if limit and program.uses_label and not program.uses_since and len(session.selected) > limit:
        raise Refusal(gmail_texts.SYSTEM_ERROR)
    session.has_condstore |= program.uses_modseq
    found = await _find(session, test)
    numbers = [entry.uid if is_uid else number for number, entry in found]
    modseq = 0
    if program.uses_modseq:
        told = _told_of(found, arguments.returned)
        modseq = max((session.selected.state(entry.message)[2] for _, entry in told), default=0)
    if session.fault(FaultKind.NO_RESULT) is not None:
        return Reply("OK", gmail_texts.SEARCH_DONE)
    if arguments.returned is None:
        shown = "".join(f" {number}" for number in numbers)
        session.send(f"* SEARCH{shown}" + (f" (MODSEQ {modseq})" if modseq else ""))
    else:
        _send_esearch(session, arguments.returned, numbers, modseq, is_uid)
    return Reply("OK", gmail_texts.SEARCH_DONE)


def _told_of(found: list[tuple[int, Entry]], returned: tuple[str, ...] | None) -> list[tuple[int, Entry]]:
    """Whose MODSEQ a result gives: that of MIN and MAX where nothing else is asked (RFC 4731 §3.2)."""
    if not found or returned is None or not {"MIN", "MAX"}.issuperset(returned):
        return found
    return [found[0 if word == "MIN" else -1] for word in returned]


async def _find(session: Session, test: Test) -> list[tuple[int, Entry]]:
    if session.fault(FaultKind.EMPTY) is not None:
        return []
    if test is _everything:
        return [
            (number, entry) for number, entry in enumerate(session.selected.entries, 1) if not entry.is_gone
        ]
    found: list[tuple[int, Entry]] = []
    loop = asyncio.get_running_loop()
    turn = loop.time() + TURN_SECONDS
    for number, entry in enumerate(session.selected.entries, 1):
        if not entry.is_gone and test(number, entry):
            found.append((number, entry))
        if number % 16 == 0 and loop.time() > turn:
            # A search through bodies takes long; others have their turn meanwhile.
            await asyncio.sleep(0)
            turn = loop.time() + TURN_SECONDS
    return found


def _send_esearch(
    session: Session, returned: tuple[str, ...], numbers: list[int], modseq: int, is_uid: bool
) -> None:
    parts = [b"* ESEARCH (TAG " + quote(session.tag) + b")"]
    if is_uid:
        parts.append(b"UID")
    for word in returned:
        if word == "COUNT":
            parts.append(b"COUNT %d" % len(numbers))
        elif numbers:
            value = UidSet(numbers) if word == "ALL" else numbers[0] if word == "MIN" else numbers[-1]
            parts.append(f"{word} {value}".encode())
    if modseq:
        parts.append(b"MODSEQ %d" % modseq)
    session.send(b" ".join(parts))


COMMANDS: dict[str, CommandEntry[Session]] = {
    "SEARCH": command(Stage.SELECTED, _read_search, _search, Piggyback.ARRIVALS),
    "UID SEARCH": command(Stage.SELECTED, _read_search, _uid_search, Piggyback.ARRIVALS),
}
