"""Every function that reads mail takes time in proportion to its input, whatever a sender wrote.

Each is given the same shapes, long and twice and four times as long: runs of what its patterns look for,
whole and cut off. Processor time is measured, so that a busy machine does not matter, and growth only where
there is something to measure.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest

from imapcore.mime import charsets, reply_words
from imapcore.mime.calendar import read_event
from imapcore.mime.headers import (
    address_from_envelope,
    addresses_from_envelope,
    decode_header,
    parse_addresses,
)
from imapcore.mime.links import Links, clean_url, is_suspicious, show_host
from imapcore.mime.message import read_body
from imapcore.mime.parameters import parse_disposition, parse_media_type
from imapcore.mime.parts import decode_transfer, header_fields, parse_parts
from imapcore.mime.plain_text import find_links, read_plain
from imapcore.mime.quotes import read_lines
from imapcore.mime.recurrence import show_rule
from imapcore.mime.reports import read_delivery_status
from imapcore.mime.smime import open_smime
from imapcore.mime.snippet import make_snippet, snippet
from imapcore.mime.textual import strip_armor
from imapcore.mime.time_zones import find_zone
from imapcore.mime.tnef import open_tnef
from imapcore.mime.uuencode import take_files
from imapcore.sanitize import clean_filename, clean_line, clean_text

LENGTH = 3_000
"""Characters of the shortest input; the longest has four times as many."""
NOTHING = 0.1
"""Seconds of processor that the longest input may take without a look at its growth."""
MOST = 1.0
LINEAR = 7.0
"""How many times longer four times the input may take: linear is four, quadratic sixteen."""

UNITS = (
    " ", "\t", "\n", "\r\n", " \n", " \r\n", "\t\n", "\x0c", "\xa0", '"', "'", "\\", '\\"', "(", ")",
    "()", "[", "]", "{", "<", ">", "<>", "=", "?", ";", ",", ":", "&", "&#", "&#1", "0", "a", "A", ".",
    "a.", ".a", "-", "_", "*", "|", "/", "#", "%", "%41", "@", "a@", "<a@", "a@b,", "a ", "a b ", "> ",
    ">\n", "> a\nb\n", "--", "--\n", "-- \n", "--a\n", "--a\r\n\r\n", "- ", "- a\n", "1. ", "[1] ", "=?",
    "=?a?q?", "=?a?q?b?=", "=?utf-8?q?b?= ", "?=20", "=20", "=\n", "= \n", "=E9", "a=b;", ';a="', "*0=",
    "a*0=b;", "x: y\n", ":\n", "From: a\n", "On a wrote:\n", "begin 644 a\n", "://", "http://",
    "http://a ", "http://a)", "www.", "a.com ", "<a ", '<a href="', "<a href=a>", "<div>", "<p><table>",
    "<td>", "</p>", "<!--", "<!", "</", "<b>", "<x>", "<<", "\x1b", "\x1b[", "\x1b]", "\x80", "\xe9",
    "\u0301", "\u200d", "\u202e", "\u4e00", "\ud7ff", "\U0001f600", "ab\xad",
)  # fmt: skip
FRAMES: tuple[tuple[str, str], ...] = (("", ""), ("a", "x"), ("<", ">"), ('"', "\nx"))
"""What stands before and behind: a run that ends in something else is what patterns go back for."""


def octets(text: str) -> bytes:
    """Letters up to U+00FF as one octet each, as hostile mail would have them; others in UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def in_body(header: str) -> Callable[[str], object]:
    return lambda text: read_body(1, header.encode() + b"\r\n\r\n" + octets(text))


def in_header(name: str) -> Callable[[str], object]:
    return lambda text: read_body(1, name.encode() + b": " + octets(text) + b"\r\nSubject: x\r\n\r\nhello")


def in_calendar(before: str) -> Callable[[str], object]:
    return lambda text: read_event(f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{before}{text}\nEND:VEVENT\n")


def in_transfer(encoding: str) -> Callable[[str], object]:
    return lambda text: decode_transfer(octets(text), encoding)


def in_multipart(kind: str) -> Callable[[str], object]:
    head = f'Content-Type: multipart/{kind}; boundary="a"\r\n\r\n--a\r\n'.encode()
    return lambda text: read_body(1, head + octets(text))


FUNCTIONS: dict[str, Callable[[str], object]] = {
    "decode_header": lambda text: decode_header(octets(text)),
    "parse_addresses": parse_addresses,
    "parse_addresses, a group of names": lambda text: parse_addresses('"a" ' * (len(text) // 8) + "@" + text),
    "address_from_envelope, name": lambda text: address_from_envelope(octets(text), octets(text), None),
    "address_from_envelope, mailbox": lambda text: address_from_envelope(None, b"<" + octets(text), None),
    "addresses_from_envelope": lambda text: addresses_from_envelope([(None, octets(text), None)] * 4),
    "parse_media_type": parse_media_type,
    "parse_disposition": lambda text: parse_disposition("attachment; a=" + text),
    "header_fields": lambda text: header_fields(octets(text)),
    "charsets.decode": lambda text: charsets.decode(octets(text)),
    "charsets.decode, utf-8": lambda text: charsets.decode(octets(text), "utf-8"),
    "charsets.decode, gb2312": lambda text: charsets.decode(octets(text), "gb2312"),
    "base64": in_transfer("base64"),
    "quoted-printable": in_transfer("quoted-printable"),
    "uuencode": in_transfer("x-uuencode"),
    "parse_parts": lambda text: parse_parts(octets(text)),
    "multipart/mixed": in_multipart("mixed"),
    "multipart/alternative": in_multipart("alternative"),
    "multipart/report": in_multipart("report"),
    "multipart/digest": in_multipart("digest"),
    "text/plain": in_body("Content-Type: text/plain; charset=utf-8"),
    "text/plain, quoted-printable": in_body("Content-Transfer-Encoding: quoted-printable"),
    "text/plain, flowed": in_body("Content-Type: text/plain; format=flowed; delsp=yes"),
    "text/plain, unlabelled": in_body("Subject: x"),
    "text/html": in_body("Content-Type: text/html; charset=utf-8"),
    "text/enriched": in_body("Content-Type: text/enriched"),
    "text/markdown": in_body("Content-Type: text/markdown"),
    "text/calendar": in_body("Content-Type: text/calendar"),
    "message/rfc822": in_body("Content-Type: message/rfc822"),
    "message/delivery-status": in_body("Content-Type: message/delivery-status"),
    "application/ms-tnef": in_body("Content-Type: application/ms-tnef"),
    "application/pkcs7-mime": in_body("Content-Type: application/pkcs7-mime; smime-type=signed-data"),
    "Content-Type": in_header("Content-Type"),
    "Content-Disposition": in_header("Content-Disposition"),
    "Authentication-Results": in_header("Authentication-Results"),
    "From": in_header("From"),
    "List-Unsubscribe": in_header("List-Unsubscribe"),
    "Received": in_header("Received"),
    "snippet": lambda text: snippet(octets(text)),
    "snippet of plain text": lambda text: make_snippet(
        octets(text), encoding="quoted-printable", charset="", is_html=False
    ),
    "snippet of HTML": lambda text: make_snippet(octets(text), encoding="", charset="", is_html=True),
    "read_event, SUMMARY": in_calendar("SUMMARY:"),
    "read_event, ATTENDEE": in_calendar("ATTENDEE"),
    "read_event, RRULE": in_calendar("DTSTART:20261124T100000Z\nRRULE:"),
    "read_event, VTIMEZONE": lambda text: read_event(
        f"BEGIN:VTIMEZONE\nTZID:x\nBEGIN:STANDARD\n{text}\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\n"
        "DTSTART;TZID=x:20261124T100000\nEND:VEVENT\n"
    ),
    "read_event, DESCRIPTION": in_calendar("DESCRIPTION:"),
    "show_rule": lambda text: show_rule("FREQ=MONTHLY;BYDAY=" + text),
    "find_zone": find_zone,
    "open_smime": lambda text: open_smime(b"0\x80" + octets(text)),
    "open_tnef": lambda text: open_tnef(b"\x78\x9f\x3e\x22\0\0" + octets(text)),
    "strip_armor": lambda text: strip_armor("-----BEGIN PGP SIGNED MESSAGE-----\n" + text),
    "take_files": lambda text: take_files("begin 644 a\n" + text, "1"),
    "decode_body, HTML": lambda text: charsets.decode_body(b"\xe9<meta " + octets(text), is_html=True),
    "strip_armor, many": lambda text: strip_armor(
        ("-----BEGIN PGP SIGNED MESSAGE-----\n" + text[:10] + "\n") * (len(text) // 10)
    ),
    "take_files, many": lambda text: take_files(
        ("begin 644 a\n\x7f" + text[:10] + "\n") * (len(text) // 10) + "\nend\n", "1"
    ),
    "read_delivery_status": lambda text: read_delivery_status("Action: failed\nFinal-Recipient: " + text),
    "clean_url": clean_url,
    "clean_url, host": lambda text: clean_url("http://" + text),
    "is_suspicious": lambda text: is_suspicious("http://x.org/", "x.org", text),
    "Links.add": lambda text: Links().add("http://a." + text, text),
    "show_host": show_host,
    "find_links": lambda text: find_links(text, Links()),
    "read_plain": lambda text: read_plain(text, Links()),
    "read_lines": read_lines,
    "is_attribution": reply_words.is_attribution,
    "is_dated_attribution": reply_words.is_dated_attribution,
    "is_separator": reply_words.is_separator,
    "is_header_line": reply_words.is_header_line,
    "is_phone_signature": reply_words.is_phone_signature,
    "begins_header_block": lambda text: reply_words.begins_header_block(text.split("\n")),
    "clean_line": clean_line,
    "clean_text": clean_text,
    "clean_filename": clean_filename,
}


def _shaped(unit: str, size: int, frame: tuple[str, str]) -> str:
    return frame[0] + (unit * (size // len(unit) + 1))[:size] + frame[1]


def seconds(function: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    function(text)
    return time.process_time() - start


def superlinear(
    function: Callable[[str], object], shape: Callable[[int], str], length: int = LENGTH
) -> str | None:
    """What is wrong with how a function's time grows; None when nothing is."""
    longest = seconds(function, shape(4 * length))
    if longest <= NOTHING:
        return None
    # Once more, since a collection of garbage may have fallen into it.
    times = [min(seconds(function, shape(size * length)) for _ in range(2)) for size in (1, 2, 4)]
    if times[2] > MOST or (times[2] > NOTHING and times[2] > times[0] * LINEAR):
        return " → ".join(f"{each:.3f} s" for each in times)
    return None


@pytest.mark.parametrize("name", FUNCTIONS)
def test_time_grows_with_the_input_alone(name: str) -> None:
    function = FUNCTIONS[name]
    slow = {
        (unit, frame): told
        for number, unit in enumerate(UNITS)
        for frame in (FRAMES[0], FRAMES[1 + number % (len(FRAMES) - 1)])
        if (told := superlinear(function, lambda size, u=unit, f=frame: _shaped(u, size, f)))  # type: ignore[misc]
    }
    assert not slow


def _pairs() -> Iterator[tuple[str, str]]:
    """One run after another, each unit met by some others: not all thousands of pairs each time."""
    for step in (7, 31):
        for index, unit in enumerate(UNITS):
            yield unit, UNITS[(index + step) % len(UNITS)]


@pytest.mark.parametrize(
    "name", ["parse_addresses", "decode_header", "parse_disposition", "text/plain", "read_event, ATTENDEE"]
)
def test_two_runs_cost_no_more_than_one(name: str) -> None:
    function = FUNCTIONS[name]
    slow = {
        pair: told
        for pair in _pairs()
        if (told := superlinear(function, lambda n, p=pair: (p[0] * n)[: n // 2] + (p[1] * n)[: n // 2]))  # type: ignore[misc]
    }
    assert not slow


def test_a_quadratic_function_is_found() -> None:
    def quadratic(text: str) -> object:
        # Blanks that something else ends, looked at again from each of them.
        return re.sub(r"[ \t]+(?=\n)", "", text.replace("a", " ") + "x")

    assert superlinear(quadratic, lambda size: "a" * size)
