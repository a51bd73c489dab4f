r"""What FETCH may ask for, spelled: sections, parts, header fields, windows (RFC 3501 §6.4.5, 3516, 9394).

Plain words (``UID``, ``FLAGS``, ``X-GM-LABELS`` …) need no help; these have brackets, where more could hide.
All raise InvalidArgument for what is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from imapcore.errors import InvalidArgument

_ITEM = re.compile(r"[A-Z][A-Z0-9.\-]*(?:\[[^\]\r\n\x00{}]*\](?:<\d{1,10}(?:\.[1-9]\d{0,9})?>)?)?")
_FIELD = re.compile(r"[!#-'*+\-/-9;<=>?@A-Z^-z|~$&.]+")
_SECTION = re.compile(r"(?:[1-9]\d*(?:\.[1-9]\d*)*(?:\.(?:HEADER|TEXT|MIME))?|HEADER|TEXT|)")


def is_item(item: str) -> bool:
    """Whether a text is one item of FETCH and nothing else."""
    return _ITEM.fullmatch(item) is not None


def body(section: str = "", *, peek: bool = True, start: int | None = None, length: int | None = None) -> str:
    r"""The item ``BODY.PEEK[section]<start.length>``; ``peek=False`` also sets ``\Seen``."""
    return _sectioned("BODY.PEEK" if peek else "BODY", section, start, length)


def binary(section: str, *, peek: bool = True, start: int | None = None, length: int | None = None) -> str:
    """The item ``BINARY.PEEK[section]``: the part decoded by the server (RFC 3516)."""
    return _sectioned("BINARY.PEEK" if peek else "BINARY", section, start, length)


def header_fields(names: Iterable[str], *, part: str = "", peek: bool = True) -> str:
    """The item ``BODY.PEEK[HEADER.FIELDS (…)]``, of the message or of a message/rfc822 part."""
    fields = [name.upper() for name in names]
    if not fields or any(not _FIELD.fullmatch(field) for field in fields):
        raise InvalidArgument("not names of header fields")
    if part and not _SECTION.fullmatch(part):
        raise InvalidArgument(f"not a section: {part[:40]!r}")
    prefix = f"{part}." if part else ""
    return f"{'BODY.PEEK' if peek else 'BODY'}[{prefix}HEADER.FIELDS ({' '.join(fields)})]"


def _sectioned(item: str, section: str, start: int | None, length: int | None) -> str:
    if not _SECTION.fullmatch(section.upper()):
        raise InvalidArgument(f"not a section: {section[:40]!r}")
    text = f"{item}[{section.upper()}]"
    if length is not None:
        return f"{text}<{start or 0}.{length}>"
    return text


def partial_range(partial: tuple[int, int]) -> str:
    """``1:100`` or ``-1:-100`` (RFC 9394 §3.1)."""
    low, high = partial
    if low * high <= 0 or max(abs(low), abs(high)) > 0xFFFF_FFFF:
        raise InvalidArgument("a partial range counts from 1 up or from -1 down")
    return f"{low}:{high}"
