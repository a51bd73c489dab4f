"""What is fuzzed, and what must hold for any bytes whatever: a ``Target`` each.

A target takes bytes and returns what became of them, in a few words: an input whose words are new is worth
keeping as a parent of others. Any exception a target lets out is a finding; the documented errors are
caught here, one by one, where they are allowed.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from textual.events import Key

from imapcore.clock import ManualClock
from imapcore.errors import GimapError, LimitExceeded
from imapcore.mime.headers import address_from_envelope, decode_header, parse_addresses
from imapcore.mime.message import extract_part, read_body
from imapcore.mime.parameters import parse_disposition, parse_media_type
from imapcore.mime.snippet import make_snippet, snippet
from imapcore.model import Block, Body, Details
from imapcore.protocol.commands import (
    Append,
    Capability,
    Command,
    Compress,
    Copy,
    Enable,
    Fetch,
    Idle,
    List,
    Login,
    Logout,
    Search,
    Select,
    StatusOf,
    Store,
    StoreMode,
)
from imapcore.protocol.events import Alerted, Greeted, SlowedDown
from imapcore.protocol.protocol import Protocol
from imapcore.protocol.search import GmailRaw
from imapcore.protocol.sent import Sent
from imapcore.protocol.state import State
from imapcore.protocol.transcript import Transcript
from imapcore.sanitize import MAX_FILENAME, clean_filename, clean_line, clean_text
from imapcore.simulator.account.account import Account
from imapcore.simulator.demo_mail.bulk import bulk_messages
from imapcore.simulator.imap.channel import Channel
from imapcore.simulator.imap.commands import TABLE
from imapcore.simulator.imap.credentials import Credentials
from imapcore.simulator.imap.session import ServerState, Session
from imapcore.simulator.options import Options
from imapcore.simulator.search.query import Context, compile_query
from imapcore.wire.encoder import Secret
from imapcore.wire.fetch import Fetched
from imapcore.wire.framing import Frame, Framer, Limits, Piece
from imapcore.wire.grammar import Grammar
from imapcore.wire.lexer import ParseError
from imapcore.wire.responses import Response
from imapcore.wire.uidset import UidSet
from tui.terminal.driver import Decoder
from tui.terminal.input_events import LEAVING, InputEvents

Target = Callable[[bytes], str]

TIGHT = Limits(line=4096, literal=4096, response=16384, streamed_literal=65536, nesting=12, items=200)
"""Bounds that inputs of this size run into."""
CUTS = (1, 2, 7, 61)
PASSWORD = "correct horse"
NOW_MS = 1_795_251_600_000


# -- wire ------------------------------------------------------------------------------------------------


def _frames(
    data: bytes, cut: int, limits: Limits | None, piece_from: int | None
) -> list[Frame | Piece | str]:
    framer = Framer(limits)
    framer.piece_from = piece_from
    found: list[Frame | Piece | str] = []
    try:
        for start in range(0, len(data), cut):
            framer.feed(data[start : start + cut])
            found.extend(framer)
            assert framer.wanted >= 0
            assert framer.pending <= len(data)
    except LimitExceeded:
        found.append("limit")
    return found


def _whole(found: Iterable[Frame | Piece | str]) -> list[Frame | str]:
    """Frames and streamed literals' bytes, however many pieces those came in."""
    whole: list[Frame | str] = []
    held = bytearray()
    for each in found:
        if isinstance(each, Piece):
            assert each.offset == len(held)
            held += each.data
            if each.is_last:
                assert len(held) == each.size
                whole.append(Frame(each.head + held))
                held.clear()
        else:
            whole.append(each)
    return whole


def framing(data: bytes) -> str:
    """Frames are the same however the bytes are cut, and lose nothing but stray line ends."""
    cut = max(CUTS[len(data) % len(CUTS)], len(data) // 2000)
    told = []
    for limits, piece_from in ((None, None), (TIGHT, None), (None, 16), (TIGHT, 0)):
        at_once = _frames(data, max(1, len(data)), limits, piece_from)
        in_pieces = _frames(data, cut, limits, piece_from)
        is_over = "limit" in (*at_once[-1:], *in_pieces[-1:])
        # A bound may be noticed a cut earlier or later; what came before it is the same.
        count = min(len(_whole(at_once)), len(_whole(in_pieces))) - 1 if is_over else None
        assert _whole(at_once)[:count] == _whole(in_pieces)[:count]
        for frame in at_once:
            if isinstance(frame, Frame):
                assert frame.raw in data or frame.streamed or b"\r\n" in frame.raw
                assert b"".join(frame.parts()) == frame.raw
        told.append(f"{min(len(at_once), 6)}{'!' if is_over else ''}")
    return " ".join(told)


def _read(reader: Grammar, frame: Frame) -> Response | None:
    try:
        response = reader.read(frame)
    except (ParseError, LimitExceeded):
        return None
    if isinstance(response, Fetched) and response.envelope is not None:
        assert len(response.envelope.fields) == 10
    repr(response)
    return response


def grammar(data: bytes) -> str:
    """A response is read or refused by a ParseError; what earlier lines have taught does not change it."""
    told: dict[str, None] = {}
    for is_utf8 in (False, True):
        for limits in (None, TIGHT):
            used = Grammar(limits)
            used.is_utf8 = is_utf8
            for frame in _frames(data, max(1, len(data)), None, None):
                if not isinstance(frame, Frame):
                    continue
                fresh = Grammar(limits)
                fresh.is_utf8 = is_utf8
                plain, learnt = _read(fresh, frame), _read(used, frame)
                assert plain == learnt, (plain, learnt)
                told.setdefault(_shape(plain))
    return " ".join(told)


def _shape(response: Response | None) -> str:
    if response is None:
        return "-"
    if isinstance(response, Fetched):
        present = [name for name, value in response._asdict().items() if value]
        return "F:" + ",".join(present)
    return type(response).__name__


# -- protocol --------------------------------------------------------------------------------------------


def _story() -> Iterator[Command[Any]]:
    uids = UidSet((1, 2, 3))
    yield Capability()
    yield Login("me", Secret(PASSWORD))
    yield Enable(("CONDSTORE", "UTF8=ACCEPT"))
    yield Select("INBOX", condstore=True)
    yield Fetch(uids, ("UID", "FLAGS", "ENVELOPE"))
    yield Search(GmailRaw("x"))
    yield List()
    yield StatusOf("x", ("MESSAGES",))
    yield Store(uids, StoreMode.ADD, flags=frozenset({"\\Seen"}))
    yield Copy(uids, "x")
    yield Append("x", b"Subject: hi\r\n\r\nhi")
    yield Compress()
    yield Idle()
    yield Logout()


def protocol(data: bytes) -> str:
    """``receive_data`` never raises, results are results or GimapErrors, no secret and no control shows."""
    cut = CUTS[len(data) % len(CUTS)] if len(data) < 3000 else 997
    story = list(_story())[::-1]
    talk = Protocol(limits=TIGHT, transcript=Transcript(50))
    talk.stream_literals(1000)
    transcript = talk._transcript
    sent: list[Sent[Any]] = []
    told: dict[str, None] = {}
    for start in range(0, len(data), cut):
        talk.receive_data(data[start : start + cut])
        for event in talk.events_received():
            told.setdefault(type(event).__name__)
            if isinstance(event, Alerted | SlowedDown | Greeted):
                assert_clean(event.text)
        if talk.is_paused:
            talk.take_rest()
            talk.resume()
        if talk.is_idling:
            talk.end_idle()
        if story and talk.state not in (State.GREETING, State.LOGOUT) and not talk.is_paused:
            try:
                sent.append(talk.send(story.pop()))
            except GimapError as error:
                told.setdefault(type(error).__name__)
        talk.data_to_send()
    talk.receive_eof()
    talk.abort(LimitExceeded("over"))
    assert talk.state is State.LOGOUT
    for each in sent:
        assert each.is_done
        each.take()
        if each.error is not None:
            assert_clean(str(each.error))
            assert PASSWORD not in repr(each.error)
        else:
            each.result()
    for line in transcript.lines():
        assert_clean(line)
        assert PASSWORD not in line or PASSWORD.encode() in data
    return f"{talk.state} {' '.join(told)}"


# -- mime ------------------------------------------------------------------------------------------------

_UNWANTED = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2028\u2029")


def assert_clean(text: str, *, allows_newline: bool = False) -> None:
    """No control, override, lone surrogate or private character; newlines only where they mean something."""
    for character in set(text):
        if character == "\n" and allows_newline:
            continue
        is_bad = character in _UNWANTED or unicodedata.category(character) in ("Cc", "Cs", "Co")
        assert not is_bad, f"U+{ord(character):04X} came through"


def _block_texts(block: Block) -> Iterator[str]:
    yield block.marker
    for span in block.spans:
        yield span.text
    for row in block.rows:
        for cell in row:
            for span in cell:
                yield span.text


def _check_body(body: Body) -> str:
    for block in body.blocks:
        for text in _block_texts(block):
            assert_clean(text, allows_newline=True)
    for link in body.links:
        for text in (link.url, link.host, link.text):
            assert_clean(text)
    for attachment in body.attachments:
        assert_clean(attachment.filename)
        assert_clean(attachment.media_type)
        assert "/" not in attachment.filename
    assert_clean(body.notice)
    kinds = ",".join(sorted({block.kind.name for block in body.blocks}))
    deepest = max((block.quote for block in body.blocks), default=0)
    counts = f"q{min(deepest, 5)} a{min(len(body.attachments), 3)} l{min(len(body.links), 3)}"
    return f"{kinds} {counts} {body.notice}"


def mime(data: bytes) -> str:
    """Any bytes are a message: it can be shown, previewed, and its parts saved."""
    body = read_body(1, data, "", datetime.astimezone)
    told = _check_body(body)
    _check_details(body.details)
    assert_clean(snippet(data))
    for attachment in body.attachments[:5]:
        extract_part(data, attachment.section)
    for form in body.forms[:3]:
        assert_clean(form.title)
        assert_clean(form.media_type)
        _check_body(read_body(1, data, form.section))
    return f"{told} f{min(len(body.forms), 3)}"


def _check_details(details: Details | None) -> None:
    assert details is not None
    people = (details.sender, details.sent_by, *details.to, *details.cc, *details.reply_to)
    for person in people:
        if person is not None:
            assert_clean(person.name)
            assert_clean(person.email)
    assert_clean(details.date)
    assert_clean(details.mailed_by)
    assert_clean(details.signed_by)
    assert_clean(details.message_id)
    for text in (details.list_id, details.list_post, details.list_archive):
        assert_clean(text)
    if details.unsubscribe is not None:
        assert_clean(details.unsubscribe.url)
        assert_clean(details.unsubscribe.mailto)


def html(data: bytes) -> str:
    """Any bytes are HTML."""
    assert_clean(make_snippet(data, encoding="7bit", charset="utf-8", is_html=True))
    return _check_body(read_body(1, b"Content-Type: text/html; charset=utf-8\r\n\r\n" + data))


def headers(data: bytes) -> str:
    """Any bytes are a header, a list of people, a Content-Type, an ENVELOPE's address."""
    assert_clean(decode_header(data))
    people = parse_addresses(data)
    third = max(1, len(data) // 3)
    people += (address_from_envelope(data[:third], data[third : 2 * third], data[2 * third :]),)
    for person in people:
        assert_clean(person.name)
        assert_clean(person.email)
    text = data.decode("utf-8", "surrogateescape")
    kind, parameters = parse_media_type(text)
    place, more = parse_disposition(text)
    return f"{min(len(people), 9)} {min(len(parameters), 9)} {min(len(more), 9)} {bool(kind)} {bool(place)}"


def sanitize(data: bytes) -> str:
    """Nothing dangerous survives, and cleaning twice is cleaning once."""
    told = []
    for text in (
        data.decode("utf-8", "surrogatepass" if _is_wtf8(data) else "replace"),
        data.decode("latin-1"),
    ):
        line, lines, name = clean_line(text), clean_text(text), clean_filename(text)
        assert_clean(line)
        assert_clean(lines, allows_newline=True)
        assert_clean(name)
        assert clean_line(line) == line
        assert clean_text(lines) == lines
        assert clean_filename(name) == name
        assert 0 < len(name.encode()) <= MAX_FILENAME + 4
        told.append(f"{len(line) == len(text)} {min(lines.count(chr(10)), 3)} {name == line}")
    return " ".join(told)


def _is_wtf8(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


# -- the simulator -----------------------------------------------------------------------------------------


class _Transport(asyncio.Transport):
    """Takes what the server says, and is never full."""

    def __init__(self) -> None:
        super().__init__()
        self.said = bytearray()
        self._is_closing = False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Nothing here ever waits."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep it."""
        self.said += data

    def can_write_eof(self) -> bool:
        """Half-closing means nothing here."""
        return False

    def is_closing(self) -> bool:
        """Whether the server hung up."""
        return self._is_closing

    def close(self) -> None:
        """The server hangs up."""
        self._is_closing = True

    def abort(self) -> None:
        """The same, at once."""
        self._is_closing = True


_SEEDS = bulk_messages(6, 1, NOW_MS)
_OPTIONS = Options(messages=6, spurious_bumps=False)
_PREAMBLE = b'p LOGIN demo@gmail.com demodemodemodemo\r\nq SELECT "[Gmail]/All Mail"\r\n'


async def _converse(data: bytes) -> bytes:
    clock = ManualClock(NOW_MS)
    account = Account(_OPTIONS, clock)
    account.load(_SEEDS)
    house = ServerState(account, Credentials(account), clock)
    reader = asyncio.StreamReader()
    transport = _Transport()
    writer = asyncio.StreamWriter(transport, _Closed(), reader, asyncio.get_running_loop())
    channel = Channel(reader, writer, lambda: house.options)
    session = Session(house, channel, TABLE, identity="x", address="127.0.0.1")
    reader.feed_data(data)
    reader.feed_eof()
    house.sessions.add(session)
    await session.run()
    return bytes(transport.said)


class _Closed(asyncio.streams.FlowControlMixin):
    """The protocol a StreamWriter asks whether it may go on, and whether it has been closed."""

    def _get_close_waiter(self, _: asyncio.StreamWriter) -> asyncio.Future[None]:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiter.set_result(None)
        return waiter


def _run(data: bytes) -> bytes:
    return asyncio.run(_converse(data))


def commands(data: bytes) -> str:
    """Whatever a client says, signed in or not: whole lines come back, and the session ends well."""
    told = []
    for preamble in (b"", _PREAMBLE):
        said = _run(preamble + data)
        if b"COMPRESS" not in data.upper():
            assert said.endswith(b"\r\n")
            assert len(said) < 4_000_000
        words = {b" ".join(line.split(b" ")[1:3])[:24] for line in said.split(b"\r\n") if line[:1] != b"*"}
        told.append(",".join(sorted(word.decode("latin-1") for word in words)))
    return " | ".join(told)[:300]


def query(data: bytes) -> str:
    """Any text is a search as Gmail's web page takes it."""
    text = data.decode("utf-8", "replace")[:4000]
    matches = compile_query(text, Context(NOW_MS, "demo@gmail.com", 60))
    return repr(matches)[:20]


def terminal(data: bytes) -> str:
    """Whatever a terminal sends, cut anywhere: nothing is raised, Ctrl+Q is seen, and silence ends all."""
    decoder, events, now, told = Decoder(), InputEvents(0.1), 0.0, set()
    cuts = sorted({octet % (len(data) + 1) for octet in data[:4]})
    for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
        now += (0.001, 0.2, 3.0)[(start + end) % 3]
        found = events.tick(now) + (events.feed(decoder.decode(data[start:end]), now) if end > start else [])
        told |= {type(message).__name__ for message in found}
        now += 0.001
    leaving = events.feed(decoder.decode(b"\x11"), now)
    assert any(isinstance(message, Key) and message.key == LEAVING for message in leaving), data
    events.tick(now + 60)
    assert events.deadline is None
    return " ".join(sorted(told))


TARGETS: dict[str, Target] = {
    target.__name__: target
    for target in (framing, grammar, protocol, mime, html, headers, sanitize, commands, query, terminal)
}
"""Every target by its name, which is also the name of its folder in the corpus."""
