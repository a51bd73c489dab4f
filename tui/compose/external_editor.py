"""Writing in ``$VISUAL`` or ``$EDITOR``: the mail as a file, the terminal handed over, then read again.

The file begins with the header lines, an empty line parts them from the text, as in mutt with
``edit_headers``. It is 0600 in a folder 0700 of its own and removed afterwards; if it cannot be read again,
it stays, and where it is is said: nothing that was written is lost because an editor died.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from textual.app import App, SuspendNotSupported

from tui.compose.composer import Written

_FIELDS = {"to": "To", "cc": "Cc", "bcc": "Bcc", "subject": "Subject"}
LARGEST = 10_000_000
"""Octets of a text that are read again; a mail of 25 MB of text is none."""


def find_editor(env: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The user's editor and its arguments; else one that is installed; empty where there is none."""
    env = os.environ if env is None else env
    for name in ("VISUAL", "EDITOR"):
        try:
            words = shlex.split(env.get(name, ""))
        except ValueError:
            continue
        if words:
            return tuple(words)
    path = env.get("PATH")
    installed = [each for each in ("sensible-editor", "nano", "vim", "vi") if shutil.which(each, path=path)]
    return tuple(installed[:1])


def as_file(written: Written) -> str:
    """The mail as it is edited: header lines, an empty line, the text."""
    lines = [f"{title}: {' '.join(getattr(written, name).split())}" for name, title in _FIELDS.items()]
    return "\n".join([*lines, "", written.text])


def from_file(text: str, before: Written) -> Written:
    """What was edited. A file without header lines is all text; a field left out is empty."""
    text = text.replace("\r\n", "\n")
    by_title = {title.casefold(): name for name, title in _FIELDS.items()}
    lines = text.split("\n")
    found: dict[str, str] = {}
    last = ""
    for index, line in enumerate(lines):
        title, colon, value = line.partition(":")
        name = by_title.get(title.strip().casefold(), "") if colon else ""
        if name:
            # Written twice, both count: people add a second To line.
            joined = ", " if name != "subject" else " "
            found[name] = f"{found[name]}{joined}{value.strip()}" if found.get(name) else value.strip()
            last = name
        elif line[:1] in (" ", "\t") and last and line.strip():
            found[last] = f"{found[last]} {line.strip()}"
        elif not line.strip() and found:
            return _with(before, found, "\n".join(lines[index + 1 :]))
        else:
            break
    if found:
        # Header lines and no empty line behind them.
        return _with(before, found, "\n".join(lines[index:] if index < len(lines) else []))
    return replace(before, text=text)


def _with(before: Written, found: Mapping[str, str], text: str) -> Written:
    return replace(before, **{name: found.get(name, "") for name in _FIELDS}, text=text)


def edit_outside(app: App[Any], written: Written) -> tuple[Written | None, str]:
    """Let the user write in the editor; what was written (None: nothing changed), and what went wrong."""
    editor = find_editor()
    if not editor:
        return None, "No editor is named: set VISUAL or EDITOR"
    folder = Path(tempfile.mkdtemp(prefix="gimap-mail-"))
    path = folder / "mail.eml"
    is_kept = False
    try:
        before = as_file(written)
        with os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(before)
        problem = _run(app, editor, path)
        try:
            after = _read(path)
        except (OSError, ValueError) as error:
            is_kept = path.exists()
            where = f"; what you wrote is in {path}" if is_kept else ""
            return None, f"{editor[0]} left what cannot be read ({error}){where}"
        if after in (before, before + "\n"):
            return None, problem
        if after.endswith("\n") and not before.endswith("\n"):
            # Editors end a file with a line's end; the text had none.
            after = after[:-1]
        if problem:
            problem = f"{problem}; what the file held was taken"
        return from_file(after, written), problem
    except OSError as error:
        return None, f"The mail cannot be handed to {editor[0]}: {error.strerror or error}"
    finally:
        if not is_kept:
            shutil.rmtree(folder, ignore_errors=True)


def _read(path: Path) -> str:
    """The file again. Raises OSError, and ValueError for what is no text."""
    with path.open("rb") as file:
        octets = file.read(LARGEST + 1)
    if len(octets) > LARGEST:
        raise ValueError("it is too large for a mail")
    if b"\0" in octets:
        raise ValueError("it is no text")
    return octets.decode("utf-8")


def _run(app: App[Any], editor: tuple[str, ...], path: Path) -> str:
    """Run it on the terminal that is ours otherwise; what is wrong, as a sentence, or empty."""
    try:
        with app.suspend():
            try:
                code = subprocess.run([*editor, str(path)], check=False).returncode
            except OSError as error:
                return f"{editor[0]} could not be started: {error.strerror or error}"
    except SuspendNotSupported:
        return f"This terminal cannot be lent to {editor[0]}"
    if code < 0:
        return f"{editor[0]} was ended by signal {-code}"
    return f"{editor[0]} ended with code {code}" if code else ""
