"""A message into a file of the user's: its source as ``.eml``, or its words as ``.txt``.

The file is new, and readable by nobody else; what is there already is never written over.
"""

from __future__ import annotations

import os
import re
from datetime import tzinfo
from pathlib import Path

from imapcore.errors import GimapError
from imapcore.model import Message
from tui.bridge.port import MailEngine
from tui.style.text import local

ENDINGS = (".eml", ".txt")
_NOT_IN_NAMES = re.compile(r"[^\w.,()+-]+")
_LONGEST_NAME = 80
_MOST_TRIES = 1000


def suggest_path(folder: Path, message: Message, zone: tzinfo | None) -> Path:
    """A file for a message: its day and its subject, in a folder."""
    words = _NOT_IN_NAMES.sub(" ", message.subject).strip(" .") or "message"
    day = f"{local(message.date, zone):%Y-%m-%d}"
    stem = f"{day} {words[:_LONGEST_NAME].strip()}"
    for number in range(1, _MOST_TRIES):
        path = folder / (f"{stem}.eml" if number == 1 else f"{stem} ({number}).eml")
        if not path.exists():
            break
    return path


def why_not(answer: str) -> str:
    """What is wrong with a file's name, as a sentence; empty when it will do."""
    try:
        path = Path(answer.strip()).expanduser()
    except (RuntimeError, ValueError) as error:
        return f"That is no file's name: {error}"
    if path.suffix.casefold() not in ENDINGS:
        return "End it in .eml for the message as it came, in .txt for its text"
    if path.exists():
        return "There is a file of this name already; it is not written over"
    return ""


def write_message(path: Path, message: Message, mail: MailEngine, text: str | None) -> str:
    """Write it; what is wrong, as a sentence, or empty. ``text`` is what a ``.txt`` holds."""
    try:
        if path.suffix.casefold() == ".txt":
            if text is None:
                return "The text is not here yet: nothing was saved"
            octets = text.encode("utf-8", "replace")
        else:
            raw = mail.raw(message.msgid)
            if raw is None:
                return "Not all of this message is stored here: look at its source first, then save it"
            octets = raw
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(octets)
    except FileExistsError:
        return f"{path} is there already; it is not written over"
    except OSError as error:
        return f"{path} could not be written: {error.strerror or error}"
    except GimapError as error:
        return error.sentence()
    return ""
