"""Header values → text and people (RFC 2047, RFC 5322 §3.4, RFC 6532), also where senders break the rules.

Everything returned has passed the sanitizer. Nothing raises, whatever the octets. The parameters of
Content-Type and its kin are read in ``parameters``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator

from imapcore.mime import charsets
from imapcore.model import Address
from imapcore.sanitize import clean_line

MAX_HEADER = 65_536
"""Octets of a header value that are looked at."""
MAX_ADDRESSES = 1000

_WORD_START = re.compile(r"=\?[ \t]{0,4}([^?\s*]{0,40}+)(?:\*[^?\s]{0,40}+)?[ \t]{0,4}\?([bBqQ])\?")
_HEX_PAIR = re.compile(r"[0-9A-Fa-f]{2}")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|\\.|[(<"),:;>]|[^\\(<"),:;>]+', re.DOTALL)
_SLASHED = re.compile(r"\\(.)", re.DOTALL)
_COMMENT = re.compile(r"\([^()]*\)")
_BLANK = re.compile(r"\s+")
_PSEUDO_HOSTS = frozenset(
    ("", "missing_domain", ".missing-host-name.", "missing-host-name", ".syntax-error.")
)
_PSEUDO_BOXES = frozenset(("", "missing_mailbox", "unexpected_data_after_address"))
_ADDRESS = re.compile(r"(?<![^\s<>@,;])([^\s<>@,;]{1,320}+@[^\s<>@,;]{1,320}+)")
"""An address in other text. It begins where a word begins: a long word is looked at once, not per letter."""


def decode_header(value: bytes | str | None) -> str:
    """A header's text for the screen: encoded words decoded, raw 8-bit rescued, one clean line."""
    return clean_line(decode_words(_to_text(value))) if value else ""


def decode_words(text: str) -> str:
    """Replace RFC 2047 words; neighbours of one charset are joined before decoding, as some cut inside
    a character. The result is not sanitized.

    Reads what is really sent: words of any length, with blanks or question marks inside, without a charset,
    and labelled UTF-8 where they are Windows-1252. A word ends at ``?=``; one that never ends stays as it is.
    """
    if "=?" not in text:
        return text
    out: list[str] = []
    position = 0
    pending: list[bytes] = []
    pending_charset: str | None = None
    for start, end, charset, octets in _words(text):
        gap = text[position:start]
        is_adjacent = pending_charset is not None and not gap.strip(" \t\r\n")
        if is_adjacent and charset == pending_charset:
            pending.append(octets)
        else:
            if pending_charset is not None:
                out.append(_decode_word(b"".join(pending), pending_charset))
            if not is_adjacent:
                out.append(gap)
            pending, pending_charset = [octets], charset
        position = end
    if pending_charset is not None:
        out.append(_decode_word(b"".join(pending), pending_charset))
    out.append(text[position:])
    return "".join(out)


def _words(text: str) -> Iterator[tuple[int, int, str, bytes]]:
    """Where each encoded word begins and ends, its charset in lower case, its octets."""
    position = 0
    while match := _WORD_START.search(text, position):
        end = _word_end(text, match.end())
        if end < 0:
            # No word after this one ends either.
            return
        yield (
            match.start(),
            end + 2,
            match[1].lower(),
            _decode_payload(match[2], text[match.end() : end]),
        )
        position = end + 2


def _word_end(text: str, start: int) -> int:
    """Where the ``?=`` stands that ends a payload; -1 when there is none.

    A raw question mark before an encoded octet, ``now?=20or?=``, looks like an end too: it is taken for text
    when another end follows before the next word begins.
    """
    first = end = text.find("?=", start)
    if first < 0:
        return -1
    limit = -1
    while _HEX_PAIR.match(text, end + 2):
        if limit < 0:
            limit = text.find("=?", first + 2)
            limit = len(text) if limit < 0 else limit
        end = text.find("?=", end + 2, limit + 1)
        if end < 0 or end >= limit:
            return first
    return end


def _decode_word(octets: bytes, charset: str) -> str:
    if charset in ("", "utf-8", "utf8") and _is_cut_letter(octets):
        return octets.decode("cp1252", "replace")
    return charsets.decode(octets, charset or "utf-8")[0]


def _is_cut_letter(octets: bytes) -> bool:
    """Whether all that is not ASCII is one octet at the end: ``Ren\\xe9`` is a name in Windows-1252, no cut
    UTF-8.
    """
    return octets[-1:] > b"\x7f" and octets[:-1].isascii()


def parse_addresses(value: bytes | str | None) -> tuple[Address, ...]:
    """The people of an address list; members of groups stand for themselves, group names go.

    Reads what is broken as a person would: unquoted commas in names, ``;`` as separator, names that are
    the address again, encoded words inside quotes, addresses without brackets.
    """
    if not value:
        return ()
    found: list[Address] = []
    # Halves of names that wait for the rest: "Lovelace, Ada <ada@…>" without quotes.
    dangling: list[str] = []
    text = _to_text(value)[:MAX_HEADER]
    if "@" not in text and "=?" in text:
        # Some encode the address with the name.
        text = decode_words(text)
    for words, comment, route in _members(text):
        if route is None and "@" not in words:
            if words:
                dangling.append(words)
            continue
        if route is not None and "@" not in route and "@" in words:
            # ``ada@… <Ada>``: the brackets are around the wrong one.
            words, route = route, _bare_address(words)[0]
        if route is None:
            email, name = _bare_address(words)
            name = name or comment
        else:
            email, name = route, ", ".join((*dangling, words) if words else dangling) or comment
        if route is None and dangling:
            found.append(_address("", ", ".join(dangling)))
        dangling.clear()
        found.append(_address(name, email))
        if len(found) >= MAX_ADDRESSES:
            return tuple(found)
    found += [_address("", part) for part in dangling[:MAX_ADDRESSES]]
    return tuple(address for address in found if address.email or address.name)


def address_from_envelope(name: bytes | None, mailbox: bytes | None, host: bytes | None) -> Address:
    """One member of an ENVELOPE address list, Gmail's oddities included.

    Local-only addresses come as ``(NIL NIL "abel" NIL)``; now and then name and mailbox have changed
    places, so that the name holds ``<a@b>``.
    """
    title = _to_text(name)
    box = _to_text(mailbox)
    place = _to_text(host)
    place = "" if place.lower() in _PSEUDO_HOSTS else place
    box = "" if box.lower() in _PSEUDO_BOXES else box
    swapped = _ADDRESS.fullmatch(title.strip(" <>")) if not place and "@" not in box else None
    if swapped:
        return _address(box, swapped[1])
    inside = _ADDRESS.search(box) if not place and "<" in box else None
    if inside:
        return _address(title or box[: inside.start()].rstrip(" <"), inside[1])
    email = f"{box}@{place}" if place else box
    return _address(title, email)


def addresses_from_envelope(
    members: Iterable[tuple[bytes | None, bytes | None, bytes | None]],
) -> tuple[Address, ...]:
    """A whole ENVELOPE list of (name, mailbox, host): group brackets go, local-only addresses stay.

    ``(NIL "x" NIL)`` opens a group in RFC 3501 and is a local-only address at Gmail; it is a group only
    when the closing ``(NIL NIL NIL)`` follows.
    """
    rows = list(members)[: MAX_ADDRESSES * 2]
    closings = [index for index, row in enumerate(rows) if row == (None, None, None)]
    found: list[Address] = []
    halves: list[Address] = []
    for index, (name, mailbox, host) in enumerate(rows):
        if mailbox is None and host is None and name is None:
            continue
        if name is None and host is None and closings and index < closings[-1]:
            continue
        address = address_from_envelope(name, mailbox, host)
        if "@" not in address.email:
            halves.append(address)
            continue
        if address.name and any(_is_name(half) for half in halves):
            # ``Lovelace, Ada <ada@…>`` without quotes: servers take the comma for the end of an address.
            words = [half.name or half.email for half in halves]
            address = Address(clean_line(", ".join((*words, address.name)), 200), address.email)
            halves.clear()
        found += [*halves, address]
        halves.clear()
    found += halves
    return tuple(each for each in found if each.email or each.name)[:MAX_ADDRESSES]


def _is_name(half: Address) -> bool:
    """Whether what came without a host is half of a name: those are capitalized, local addresses are not."""
    words = half.name or half.email
    return words != words.lower() or not words.isascii()


def _address(name: str, email: str) -> Address:
    email = clean_line(email.strip("<> \t"), 320)
    if " " in email and "@" not in email and not name:
        # Words where an address was meant: somebody's name.
        name, email = email, ""
    email = _BLANK.sub("", email)
    name = clean_line(_trim(decode_words(name)), 200)
    # Many programs repeat the address as the name; that says nothing twice.
    return Address("" if name.lower() == email.lower() else name, email)


def _trim(name: str) -> str:
    """A name without the quotes that some put around it twice."""
    name = name.strip()
    while len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1].strip()
    return name


def _bare_address(words: str) -> tuple[str, str]:
    """``ada@x``, or ``Ada ada@x`` without brackets: the last word with an @ is the address."""
    pieces = words.split()
    for index in range(len(pieces) - 1, -1, -1):
        if "@" in pieces[index]:
            return pieces[index].strip("[]"), " ".join(pieces[:index] + pieces[index + 1 :])
    return words, ""


def _members(text: str) -> Iterator[tuple[str, str, str | None]]:
    """Each member's words, comment, and what stood in angle brackets."""
    words: list[str] = []
    has_address = False
    tail: list[str] = []
    comment: list[str] = []
    route: list[str] | None = None
    depth = 0
    is_in_route = False

    for match in _TOKEN.finditer(text):
        token = match[0]
        if is_in_route:
            if token == ">":
                is_in_route = False
            elif route is not None:
                route.append(_unquote(token))
        elif depth:
            depth += (token == "(") - (token == ")")
            if depth:
                comment.append(_unslash(token))
        elif token == "(":
            depth = 1
        elif token == "<":
            if route:
                # A missing comma: what stood since the last bracket names this one.
                yield _finish(words, comment, route)
                words[:] = tail
                tail.clear()
                comment.clear()
            route, is_in_route = [], True
        elif token in (",", ";"):
            yield _finish(words or tail, comment, route)
            words.clear()
            tail.clear()
            comment.clear()
            route = None
            has_address = False
        elif token == ":":
            # The name of a group, unless an address is already under way.
            if route is None and not has_address:
                words.clear()
            else:
                words.append(token)
        elif token not in (">", ")"):
            (words if route is None else tail).append(_unquote(token))
            has_address = has_address or "@" in token
    yield _finish(words or tail, comment, route)


def _finish(words: list[str], comment: list[str], route: list[str] | None) -> tuple[str, str, str | None]:
    address = _COMMENT.sub("", "".join(route)).strip() if route is not None else None
    if address is not None and (address.startswith("@") or address.lower().startswith("mailto:")):
        address = address.rpartition(":")[2]
    return "".join(words).strip(), "".join(comment).strip(), address


def _unquote(token: str) -> str:
    return _SLASHED.sub(r"\1", token[1:-1]) if len(token) > 1 and token[0] == '"' else _unslash(token)


def _unslash(token: str) -> str:
    return token[1:] if len(token) == 2 and token[0] == "\\" else token


def _to_text(value: bytes | str | None) -> str:
    """Raw header octets as text: UTF-8, else what their escapes or Windows-1252 make of them."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value[:MAX_HEADER]
    value = value[:MAX_HEADER]
    if value.isascii():
        # Unencoded ISO-2022-JP is seven-bit; only its escapes betray it.
        return charsets.decode(value, "iso-2022-jp" if b"\x1b$" in value else "us-ascii")[0]
    return charsets.decode(value)[0]


def _decode_payload(encoding: str, payload: str) -> bytes:
    if encoding in "bB":
        letters = _NOT_BASE64.sub("", payload)
        letters = letters[:-1] if len(letters) % 4 == 1 else letters
        return base64.b64decode(letters + "=" * (-len(letters) % 4))
    octets = payload.replace("_", " ").encode("utf-8", "replace")
    return _HEX.sub(lambda match: bytes((int(match[1], 16),)), octets)
