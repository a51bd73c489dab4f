"""``winmail.dat``: the files and the text that Outlook packs into one part, in its own format (MS-OXTNEF).

A stream of attributes, each a level, a number, a length, its data and a checksum; attributes of a file follow
the one that announces it. Names and types also stand in a list of MAPI properties (MS-OXCDATA) inside. Of it
all only the files, and a text where the mail has no other, are taken; rich text is left where it is.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from msgspec import Struct, field

SIGNATURE = b"\x78\x9f\x3e\x22"
MAX_FILES = 500
MAX_PROPERTIES = 5000

_BODY = 0x800C
_FILE_DATA = 0x800F
_FILE_TITLE = 0x8010
_NEW_FILE = 0x9002
_MESSAGE_PROPERTIES = 0x9003
_FILE_PROPERTIES = 0x9005
_TEXT, _HTML = 0x1000, 0x1013
_LONG_NAME, _DISPLAY_NAME, _MEDIA_TYPE = 0x3707, 0x3001, 0x370E
_SIZES = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = frozenset((0x0D, 0x1E, 0x1F, 0x102))
_NARROW, _WIDE = 0x1E, 0x1F


class PackedFile(Struct):
    """One file of the pack."""

    name: str = ""
    """As written; to be cleaned before it is shown or used."""
    media_type: str = ""
    content: bytes = b""


class Pack(Struct):
    """What was found."""

    files: list[PackedFile] = field(default_factory=list)
    text: str = ""
    html: str = ""


def open_tnef(octets: bytes) -> Pack | None:
    """The content of a ``winmail.dat``, as far as it can be read; None for something else. Never raises."""
    if not octets.startswith(SIGNATURE):
        return None
    pack = Pack()
    for number, data in _attributes(octets):
        if number == _NEW_FILE:
            if len(pack.files) >= MAX_FILES:
                break
            pack.files.append(PackedFile())
        elif number == _BODY:
            pack.text = pack.text or _narrow(data)
        elif number == _MESSAGE_PROPERTIES:
            found = dict(_properties(data))
            pack.text = pack.text or found.get(_TEXT, "")
            pack.html = pack.html or found.get(_HTML, "")
        elif pack.files:
            _add_to_file(pack.files[-1], number, data)
    pack.files = [each for each in pack.files if each.content]
    return pack


def _add_to_file(file: PackedFile, number: int, data: bytes) -> None:
    if number == _FILE_DATA:
        file.content = data
    elif number == _FILE_TITLE:
        file.name = file.name or _narrow(data)
    elif number == _FILE_PROPERTIES:
        found = dict(_properties(data))
        # The title is a short name of the DOS kind; the property is what the sender called it.
        file.name = found.get(_LONG_NAME) or found.get(_DISPLAY_NAME) or file.name
        file.media_type = found.get(_MEDIA_TYPE, "")


def _attributes(octets: bytes) -> Iterator[tuple[int, bytes]]:
    """Each attribute's number and data, up to the end or to what is none."""
    position = 6
    while position + 9 <= len(octets) and octets[position] in (1, 2):
        number, _kind, length = struct.unpack_from("<HHI", octets, position + 1)
        position += 9
        if position + length > len(octets):
            return
        yield number, octets[position : position + length]
        position += length + 2


def _properties(data: bytes) -> Iterator[tuple[int, str]]:
    """The texts among a list of MAPI properties, by number; stops at what it cannot follow."""
    if len(data) < 4:
        return
    count = min(int.from_bytes(data[:4], "little"), MAX_PROPERTIES)
    position = 4
    for _ in range(count):
        if position + 4 > len(data):
            return
        kind, number = struct.unpack_from("<HH", data, position)
        position += 4
        if number >= 0x8000:
            position = _skip_name(data, position)
        values, position = _values(data, position, kind)
        if position < 0:
            return
        if values:
            base = kind & 0xFFF
            yield number, _wide(values[0]) if base == _WIDE else _narrow(values[0])


def _skip_name(data: bytes, position: int) -> int:
    """A named property says its name before its value: a number, or a padded text."""
    kind = int.from_bytes(data[position + 16 : position + 20], "little")
    size = int.from_bytes(data[position + 20 : position + 24], "little")
    return position + 24 + (_padded(size) if kind else 0)


def _values(data: bytes, position: int, kind: int) -> tuple[list[bytes], int]:
    """A property's texts (of other kinds none), and where the next one begins; -1 when that is not known."""
    is_many, base = bool(kind & 0x1000), kind & 0xFFF
    count = 1
    if is_many or base in _VARIABLE:
        count = int.from_bytes(data[position : position + 4], "little")
        position += 4
    if base in _SIZES:
        size = _SIZES[base]
        return [], position + count * (max(size, 4) if not is_many else size)
    if base not in _VARIABLE or count > MAX_PROPERTIES:
        return [], -1
    values: list[bytes] = []
    for _ in range(count):
        size = int.from_bytes(data[position : position + 4], "little")
        position += 4
        if position + size > len(data):
            return [], -1
        values.append(data[position : position + size])
        position += _padded(size)
    return (values if base != 0x0D else []), position


def _padded(size: int) -> int:
    return size + -size % 4


def _narrow(data: bytes) -> str:
    data = data.partition(b"\0")[0]
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _wide(data: bytes) -> str:
    return data.decode("utf-16-le", "replace").partition("\0")[0]
