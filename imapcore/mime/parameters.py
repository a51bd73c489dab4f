"""Content-Type, Content-Disposition and their parameters (RFC 2045 §5.1, RFC 2183, RFC 2231).

Values are decoded but not yet sanitized: some are compared (boundary, charset), some shown (filename, which
``parts`` cleans). Nothing raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from imapcore.mime import charsets
from imapcore.mime.headers import decode_words

_HEAD = re.compile(r"[ \t]*([^\s;/\"()<>]{1,80})(?:[ \t]*/[ \t]*([^\s;/\"()<>]{1,80}))?")
_BETWEEN = re.compile(r'[\s;="]*+')
_NAME = re.compile(r'[^\s=;"]++')
_EQUALS = re.compile(r"[ \t]*+=[ \t]*+")
_VALUE = re.compile(r'"(?:[^"\\]|\\.)*+"?|[^;]*+', re.DOTALL)
_MAX_NAME = 80
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PIECE = re.compile(r"([^*]+)\*(\d{1,3})(\*?)")
_HEX = re.compile(rb"%([0-9A-Fa-f]{2})")
_MAX_VALUE = 16_384
_MAX_PARAMETERS = 100


def parse_media_type(value: str | None) -> tuple[str, dict[str, str]]:
    """``Text/HTML; charset=x`` → ``("text/html", {"charset": "x"})``; what is no type is text/plain."""
    if not value:
        return "text/plain", {}
    match = _HEAD.match(value)
    parameters = parse_parameters(value[match.end() if match else 0 :])
    if match is None or not match[2]:
        word = match[1].lower() if match else ""
        return {"text": "text/plain", "html": "text/html"}.get(word, "text/plain"), parameters
    return f"{match[1]}/{match[2]}".lower(), parameters


def parse_disposition(value: str | None) -> tuple[str, dict[str, str]]:
    """``attachment; filename=x`` → ``("attachment", {"filename": "x"})``; empty when there is none."""
    match = _HEAD.match(value) if value else None
    if match is None or value is None:
        return "", {}
    return match[1].lower(), parse_parameters(value[match.end() :])


def parse_parameters(text: str) -> dict[str, str]:
    """``; a=b; c*0="d"; c*1="e"`` → values by lower-case name, RFC 2231 pieces joined and decoded.

    Encoded words, which do not belong here and are common, are decoded too.
    """
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    extended: dict[str, str] = {}
    for number, (name, value) in enumerate(_split(text[:_MAX_VALUE])):
        if number >= _MAX_PARAMETERS:
            break
        if value.startswith('"'):
            value = _ESCAPED.sub(r"\1", value[1:-1] if len(value) > 1 and value.endswith('"') else value[1:])
        else:
            value = value.strip()
        piece = _PIECE.fullmatch(name)
        if piece:
            pieces.setdefault(piece[1], {}).setdefault(int(piece[2]), (value, bool(piece[3])))
        elif name.endswith("*"):
            extended.setdefault(name[:-1], _decode_extended(value))
        else:
            plain.setdefault(name, decode_words(value))
    joined = {name: _join(parts) for name, parts in pieces.items()}
    return {**plain, **joined, **extended}


def _split(text: str) -> Iterator[tuple[str, str]]:
    """Each ``name=value`` as it stands, the name in lower case; what has no ``=`` is passed over.

    Scanned from left to right in pieces that give nothing back, so that a value of sixteen thousand blanks
    costs no more than one of letters.
    """
    position = 0
    while name := _NAME.match(text, _end(_BETWEEN.match(text, position))):
        position = name.end()
        equals = _EQUALS.match(text, position)
        if equals is None:
            continue
        value = _VALUE.match(text, equals.end())
        position = _end(value)
        if value is not None and len(name[0]) <= _MAX_NAME:
            yield name[0].lower(), value[0]


def _end(match: re.Match[str] | None) -> int:
    assert match is not None, "these patterns match the empty string, too"
    return match.end()


def _join(parts: dict[int, tuple[str, bool]]) -> str:
    """The pieces in order up to the first gap; the charset stands in the first."""
    octets = b""
    charset = ""
    for number in range(len(parts)):
        if number not in parts:
            break
        value, is_encoded = parts[number]
        if is_encoded:
            if number == 0:
                charset, value = _split_charset(value)
            octets += _unpercent(value)
        else:
            octets += value.encode("utf-8", "replace")
    return charsets.decode(octets, charset)[0]


def _decode_extended(value: str) -> str:
    charset, text = _split_charset(value)
    return charsets.decode(_unpercent(text), charset)[0]


def _split_charset(value: str) -> tuple[str, str]:
    """``utf-8'en'text`` → charset and text; without the quotes it is all text."""
    pieces = value.split("'", 2)
    return (pieces[0], pieces[2]) if len(pieces) == 3 else ("", value)


def _unpercent(value: str) -> bytes:
    return _HEX.sub(lambda match: bytes((int(match[1], 16),)), value.encode("utf-8", "replace"))
