"""Files that stand uuencoded inside a plain text, as before MIME: taken out of it, as parts."""

from __future__ import annotations

import re

from imapcore.mime.parts import Part
from imapcore.sanitize import clean_filename

MAX_FILES = 50
_BEGIN = re.compile(r"(?:\A|(?<=\n))begin [0-7]{3,4} ([^\r\n]{1,200}+)\r?\n")
_END = re.compile(r"\n`?\r?\n?end[ \t]*\r?(?:\n|\Z)")
_LINE = re.compile(r"[ -`]{1,90}\r?\n")


def take_files(text: str, section: str) -> tuple[str, list[Part]]:
    """The text without its files, and the files as parts ``section/1``, ``section/2`` …"""
    if "begin " not in text:
        return text, []
    kept: list[str] = []
    files: list[Part] = []
    position = 0
    end: re.Match[str] | None = None
    while len(files) < MAX_FILES and (begin := _BEGIN.search(text, position)):
        if end is None or end.start() < begin.end() - 1:
            end = _END.search(text, begin.end() - 1)
        if end is None:
            break
        if not _LINE.match(text, begin.end()):
            # Words that begin so.
            kept.append(text[position : begin.end()])
            position = begin.end()
            continue
        kept.append(text[position : begin.start()])
        position = end.end()
        files.append(
            Part(
                f"{section}/{len(files) + 1}",
                "application/octet-stream",
                {},
                "attachment",
                clean_filename(begin[1]),
                "x-uuencode",
                text[begin.start() : end.end()].encode("utf-8", "replace"),
            )
        )
    if not files:
        return text, []
    return "".join((*kept, text[position:])), files
