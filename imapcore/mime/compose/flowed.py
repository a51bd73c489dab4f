"""Text as typed → lines of format=flowed (RFC 3676): wrapped for programs that show lines, whole for others.

A paragraph is one line while it is written. It is sent in lines of at most 76 columns that end in a space
where they go on; a program that knows the format puts them together again for its own width, every other
shows lines of a decent length. What is quoted, preformatted by indentation, or has a word longer than a line
stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

WIDTH = 76
"""Columns of a line, the space at its end included."""
LONGEST = 998
"""Octets of a line that SMTP takes (RFC 5321 §4.5.3.1.6)."""
SIGNATURE = "-- "


def flow(text: str) -> str:
    """The lines to send, each ended by ``\\n``; trailing blanks go, but for those of a signature's mark."""
    lines = [
        part for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") for part in _flow(line)
    ]
    while lines and not lines[-1]:
        lines.pop()
    return "".join(f"{line}\n" for line in lines)


def _flow(line: str) -> Iterator[str]:
    if line == SIGNATURE:
        yield line
        return
    line = line.rstrip(" \t")
    if line.startswith(">"):
        yield line
        return
    if len(line) < WIDTH or line.startswith((" ", "\t")):
        yield _stuffed(line)
        return
    start = 0
    while len(line) - start >= WIDTH:
        # The space itself stays at the end of the line: it says that the paragraph goes on.
        cut = line.rfind(" ", start, start + WIDTH - 1)
        if cut <= start:
            cut = line.find(" ", start + WIDTH - 1)
        if cut < 0:
            break
        yield _stuffed(line[start : cut + 1])
        start = cut + 1
    if start < len(line):
        yield _stuffed(line[start:])


def _stuffed(line: str) -> str:
    """RFC 3676 §4.4: what begins like a quotation, a blank or mbox's From gets a space in front."""
    return f" {line}" if line.startswith((" ", ">", "From ")) else line
