"""Handing an attachment to the system's own viewer: what may be opened, where it lies, how it is started.

A file is only ever opened after a key that says so. It lies in a folder of its own that nobody else can read
and that goes when we end; the viewer is started without a shell, so that a name is never a command. What
could run by being opened is not opened at all: it can be saved, and that is a decision of its own.
"""

from __future__ import annotations

import atexit
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OPENED: dict[str, str] = {
    # ending: what it is
    "pdf": "document",
    **dict.fromkeys(
        ("avif", "bmp", "gif", "heic", "heif", "jpeg", "jpg", "png", "tif", "tiff", "webp"), "picture"
    ),
    **dict.fromkeys(("csv", "diff", "log", "markdown", "md", "patch", "text", "tsv", "txt"), "text"),
    **dict.fromkeys(("docx", "pptx", "xlsx"), "office document"),
    **dict.fromkeys(("odg", "odp", "ods", "odt", "rtf"), "office document"),
    **dict.fromkeys(("key", "numbers", "pages"), "office document"),
    **dict.fromkeys(("aac", "aif", "aiff", "flac", "m4a", "mp3", "oga", "ogg", "opus", "wav"), "sound"),
    **dict.fromkeys(("3gp", "avi", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "ogv", "webm"), "film"),
    **dict.fromkeys(("ics", "vcf"), "card"),
    "djvu": "document",
    "eml": "message",
    "epub": "book",
}
"""What is opened, by the ending that the viewer goes by, and nothing else.

What could run, or make something else run, has endless endings and new ones every year; what a person reads
has few. Left out on purpose: Office formats with macros (``doc``, ``xls`` and ``ppt`` among them), what holds
programs (PostScript, HTML, SVG, XML), and archives, whose content nobody has looked at.
"""
_PROGRAM_TYPES = ("x-executable", "x-msdownload", "x-sh", "x-desktop", "java-archive", "javascript", "html")
_started: list[subprocess.Popen[bytes]] = []


def danger(filename: str, media_type: str) -> str:
    """Why this is not opened, as a sentence; empty when it may be."""
    name = filename.strip().rstrip(". ").casefold()
    ending = name.rpartition(".")[2] if "." in name.strip(".") else ""
    if not ending:
        return "Its name does not say what it is, so it is not opened; save it and look"
    if ending not in OPENED:
        return (
            f"A .{ending} file may be or hold a program, so it is not opened from mail;"
            " papers, pictures, sound and text are. It can be saved"
        )
    if media_type.casefold().partition("/")[2].endswith(_PROGRAM_TYPES):
        return f"{media_type} can run as a program, so it is not opened from mail; it can be saved"
    return ""


def private_folder() -> Path:
    """A new folder that only this user can look into; it goes when the program ends."""
    folder = Path(tempfile.mkdtemp(prefix="gimap-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def opener() -> str:
    """The program that opens a file as the desktop would; empty when this machine has none."""
    names = ("open",) if sys.platform == "darwin" else ("xdg-open", "wslview")
    return next((found for name in names if (found := shutil.which(name))), "")


def open_file(path: Path) -> str:
    """Start the system's viewer on a file; what is wrong, as a sentence, or empty.

    Checks the name once more: what the file is called on the disk is what the viewer goes by.
    """
    problem = danger(path.name, "")
    if problem:
        return problem
    program = opener()
    if not program:
        return f"There is no program here that opens files; it is at {path}"
    # A viewer that has ended is let go here, so that it does not stay in the table of processes.
    _started[:] = [each for each in _started if each.poll() is None]
    try:
        # The path is absolute, so no name can be mistaken for an option.
        process = subprocess.Popen(
            [program, str(path.absolute())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        return f"{program} could not be started: {error.strerror or error}"
    _started.append(process)
    return ""
