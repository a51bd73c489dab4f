"""Small damage to bytes: flips, cuts, repeats, words of the protocol, pieces of other examples.

A mutation depends on nothing but its ``random.Random``, so a seed tells a whole run.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

MAX_INPUT = 64 * 1024
"""Octets of an input: large enough for every bound that is not about size, small enough to be quick."""

WORDS: tuple[bytes, ...] = (
    b"\r\n", b"\n", b"\r", b"\x00", b"\x1b[31m", b"\x1b]0;x\x07", b"\x9b", b"\xff", b"\xc2\x9b",
    b"\xe2\x80\xae", b"(", b")", b"((((((((", b"))))", b'"', b"\\", b'\\"', b'"" ', b"NIL", b" NIL NIL ",
    b"{0}\r\n", b"{3}\r\nabc", b"{5}\r\nab\r\nc", b"~{2}\r\n\x00\x01", b"{99999999999}\r\n",
    b"{4294967296}", b"{1+}\r\nx", b"<0>", b"[", b"]", b"* ", b"+ ", b"* OK ", b"* NO ", b"* BYE ",
    b"* 1 FETCH (", b"* 4294967295 EXISTS\r\n", b"* 0 EXPUNGE\r\n", b"A1 OK ", b"A2 OK ", b"A3 NO ",
    b"A4 BAD ", b"A5 OK [READ-WRITE] x\r\n", b"UID 18446744073709551615", b"FLAGS (\\Seen)",
    b'X-GM-LABELS ("\\\\Inbox" "a&AOk-b")', b"X-GM-MSGID 1278455344230334865", b"MODSEQ (0)", b"ENVELOPE (",
    b"BODYSTRUCTURE (", b"BODY[] ", b"BODY[HEADER.FIELDS (X)] ",
    b'INTERNALDATE "01-Jan-1970 00:00:00 +0000"', b"VANISHED (EARLIER) ", b"1:*", b"*:1", b"1:4294967295",
    b"99999999999999999999", b"-1", b"[ALERT] ", b"[CAPABILITY ", b"[UIDVALIDITY 0]",
    b"[COPYUID 1 1:2 3:4]", b"[APPENDUID 1 2]", b"[HIGHESTMODSEQ 9]", b"=?utf-8?q?", b"=?utf-8?b?", b"?=",
    b"=?iso-2022-jp?b?GyRC?=", b"=?x*y?Q?=00=1B?=", b"Content-Type: multipart/mixed; boundary=b\r\n",
    b"--b\r\n", b"--b--\r\n", b"Content-Type: text/html\r\n", b"Content-Type: message/rfc822\r\n",
    b"Content-Transfer-Encoding: base64\r\n", b"charset=utf-7", b"charset=utf-16",
    b"filename*0*=utf-8''%1B", b"<table><tr><td>", b"</table>", b"<blockquote>", b"<ul><li>", b"<!--",
    b"-->", b"<style>", b"</style>", b"<a href='java&#115;cript:x'>", b"&#x1b;", b"&#8238;", b"&amp",
    b"<pre>", b"> > > ", b"begin 644 x\r\n", b"BEGIN:VEVENT\r\n", b"DTSTART:99999999T000000Z\r\n",
    b"a UID SEARCH ", b"b UID FETCH 1:* ", b"c STORE 1 ", b"X-GM-RAW ", b"OR ", b"NOT ",
    b"UNCHANGEDSINCE 1", b"before:2026/13/45", b"older_than:9999999999y", b"{in:a OR -b} AROUND 5",
)  # fmt: skip
"""What parsers look for."""


def mutate(rng: random.Random, data: bytes, pool: Sequence[bytes]) -> bytes:
    """A damaged copy of ``data``; ``pool`` gives what is spliced in."""
    buffer = bytearray(data)
    for _ in range(1 << rng.randrange(5)):
        rng.choice(_DAMAGES)(rng, buffer, pool)
    return bytes(buffer[:MAX_INPUT])


def _span(rng: random.Random, buffer: bytearray, longest: int) -> tuple[int, int]:
    start = rng.randrange(len(buffer) + 1)
    return start, min(len(buffer), start + rng.randrange(1, longest))


def _flip(rng: random.Random, buffer: bytearray, _: Sequence[bytes]) -> None:
    if buffer:
        buffer[rng.randrange(len(buffer))] ^= 1 << rng.randrange(8)


def _set(rng: random.Random, buffer: bytearray, _: Sequence[bytes]) -> None:
    if buffer:
        buffer[rng.randrange(len(buffer))] = rng.choice(
            b'\x00\r\n "(){}[]\\<>&%*+=?:;,.-/\x1b\x7f\x80\xff09azAZ'
        )


def _delete(rng: random.Random, buffer: bytearray, _: Sequence[bytes]) -> None:
    start, end = _span(rng, buffer, 40)
    del buffer[start:end]


def _insert_word(rng: random.Random, buffer: bytearray, _: Sequence[bytes]) -> None:
    at = rng.randrange(len(buffer) + 1)
    buffer[at:at] = rng.choice(WORDS)


def _overwrite_word(rng: random.Random, buffer: bytearray, _: Sequence[bytes]) -> None:
    start, end = _span(rng, buffer, 20)
    buffer[start:end] = rng.choice(WORDS)


def _repeat(rng: random.Random, buffer: bytearray, _: Sequence[bytes]) -> None:
    start, end = _span(rng, buffer, 30)
    piece = bytes(buffer[start:end])
    buffer[end:end] = piece * min(rng.choice((1, 2, 5, 70, 2000)), MAX_INPUT // max(1, len(piece)))


def _move(rng: random.Random, buffer: bytearray, _: Sequence[bytes]) -> None:
    start, end = _span(rng, buffer, 60)
    piece = bytes(buffer[start:end])
    del buffer[start:end]
    at = rng.randrange(len(buffer) + 1)
    buffer[at:at] = piece


def _splice(rng: random.Random, buffer: bytearray, pool: Sequence[bytes]) -> None:
    other = rng.choice(pool)
    start = rng.randrange(len(other) + 1)
    at = rng.randrange(len(buffer) + 1)
    buffer[at:at] = other[start : start + rng.randrange(1, 400)]


def _cut(rng: random.Random, buffer: bytearray, _: Sequence[bytes]) -> None:
    if rng.random() < 0.2:
        del buffer[rng.randrange(len(buffer) + 1) :]


def _swap_lines(rng: random.Random, buffer: bytearray, _: Sequence[bytes]) -> None:
    lines = bytes(buffer).split(b"\r\n")
    first, second = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    buffer[:] = b"\r\n".join(lines)


def _renumber(rng: random.Random, buffer: bytearray, _: Sequence[bytes]) -> None:
    places = [index for index, byte in enumerate(buffer) if 0x30 <= byte <= 0x39]
    if places:
        at = rng.choice(places)
        buffer[at : at + 1] = rng.choice(
            (b"0", b"9", b"00", b"4294967296", b"18446744073709551616", b"-1", b"")
        )


_DAMAGES: tuple[Callable[[random.Random, bytearray, Sequence[bytes]], None], ...] = (
    _flip,
    _set,
    _set,
    _delete,
    _insert_word,
    _insert_word,
    _overwrite_word,
    _repeat,
    _move,
    _splice,
    _cut,
    _swap_lines,
    _renumber,
)
