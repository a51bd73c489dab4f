"""Files of a mail: a path with completion, and those that go with it already."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.types import CSSPathType
from textual.widgets import Input, Static

from imapcore.model import DraftFile
from tui.dialogs.dialog import SHARED_STYLE, Dialog
from tui.style.text import size
from tui.widgets.choice_list import Bit, ChoiceLine, ChoiceList
from tui.widgets.dialog_style import Look, words
from tui.widgets.line_input import LineInput

_SHOWN = 8
_LOOKED_AT = 5_000
"""Entries of a folder that are looked at; nobody completes a name among more."""


def as_path(text: str) -> Path:
    """A path as people type and paste it: ``~``, quotes, ``file://``, escaped spaces."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    elif text.startswith("file://"):
        text = unquote(urlsplit(text).path)
    path = Path(text)
    if not path.exists() and "\\" in text:
        path = Path(text.replace("\\", ""))
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def completions(text: str) -> tuple[str, ...]:
    """Paths that begin with what is typed, folders with a slash behind them; hidden ones only when asked."""
    folder_text, slash, name = text.rpartition("/")
    folder = as_path(folder_text + slash if slash else ".")
    found: list[tuple[bool, str]] = []
    try:
        with os.scandir(folder) as entries:
            for count, entry in enumerate(entries):
                if count >= _LOOKED_AT:
                    break
                if entry.name.casefold().startswith(name.casefold()) and (
                    name.startswith(".") or not entry.name.startswith(".")
                ):
                    is_folder = entry.is_dir()
                    found.append((is_folder, f"{folder_text}{slash}{entry.name}{'/' if is_folder else ''}"))
    except OSError:
        return ()
    return tuple(path for _, path in sorted(found, key=lambda each: each[1].casefold())[:200])


class AttachScreen(Dialog[Path | DraftFile | None]):
    """Choose a file to put with the mail, or one to take off."""

    CSS_PATH: ClassVar[CSSPathType | None] = [SHARED_STYLE]

    def __init__(self, files: tuple[DraftFile, ...], folder: str = "~/", *, look: Look | None = None) -> None:
        super().__init__(look=look)
        self._files = files
        self._folder = folder
        self._found: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """The field, what it may become, the files that are there."""
        with Vertical(classes="box") as box:
            box.border_title = words("Attach a file")
            with Horizontal(classes="field"):
                yield Static(self.look.glyphs.prompt, classes="prompt")
                yield LineInput(self._folder, id="field")
            choices = ChoiceList(self.look, id="list")
            choices.styles.height = _SHOWN
            yield choices
            yield Static("", id="problem", classes="hint", markup=False)
            yield self.key_line()

    def on_mount(self) -> None:
        """Begin at the end of the folder."""
        field = self.query_one(LineInput)
        field.focus()
        field.cursor_position = len(field.value)
        off = [("Ctrl+D", "take off")] if self._files else []
        self.show_keys([("Enter", "attach"), ("Tab", "complete"), *off, ("Esc", "close")])
        self._offer()

    @on(Input.Changed, "#field")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._offer()

    @on(Input.Submitted, "#field")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.accept()

    def _offer(self) -> None:
        value = self.query_one(LineInput).value
        self._found = completions(value)
        count = len(self._files) + len(self._found)
        self.query_one("#list", ChoiceList).show(
            count, self._line, cursor=len(self._files), empty="Nothing there begins so"
        )
        self.query_one("#problem", Static).update("")

    def _line(self, index: int) -> ChoiceLine:
        if index < len(self._files):
            file = self._files[index]
            mark = self.look.glyphs.attachment
            return ChoiceLine(
                (Bit(f"{mark} {file.filename}", "bright"),), (Bit(f"attached, {size(file.size)}", "dim"),)
            )
        text = self._found[index - len(self._files)]
        name = text.rstrip("/").rpartition("/")[2] + ("/" if text.endswith("/") else "")
        return ChoiceLine((Bit(name, "text"),), (Bit(_size_of(text), "dim"),))

    def on_key(self, event: events.Key) -> None:
        """Tab completes; Ctrl+D takes the marked file off."""
        if event.key == "tab":
            event.stop()
            event.prevent_default()
            self._complete()
        elif event.key == "ctrl+d" and self._files:
            event.stop()
            event.prevent_default()
            index = self.query_one("#list", ChoiceList).cursor
            self.dismiss(self._files[index if index < len(self._files) else -1])

    def _complete(self) -> None:
        field, index = self.query_one(LineInput), self.query_one("#list", ChoiceList).cursor
        common = _common_beginning(self._found)
        at = index - len(self._files)
        if len(common) > len(field.value) and at == 0:
            field.value = common
        elif 0 <= at < len(self._found):
            field.value = self._found[at]
        field.cursor_position = len(field.value)

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """A click completes; a second one attaches."""
        event.stop()
        self._complete()

    def accept(self) -> None:
        """Attach what is typed; a folder, or the beginning of one name, is completed instead."""
        field = self.query_one(LineInput)
        path = as_path(field.value)
        if not path.is_file() and self._found:
            at = self.query_one("#list", ChoiceList).cursor - len(self._files)
            chosen = self._found[at] if 0 <= at < len(self._found) else ""
            if chosen.endswith("/") or not chosen:
                self._complete()
                return
            path = as_path(chosen)
        if path.is_file():
            self.dismiss(path)
        else:
            self.query_one("#problem", Static).update("There is no such file")


def _common_beginning(paths: tuple[str, ...]) -> str:
    """What all of them begin with, letter by letter."""
    if not paths:
        return ""
    first, last = min(paths), max(paths)
    same = next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), None)
    return first[: len(last)] if same is None else first[:same]


def _size_of(text: str) -> str:
    try:
        path = as_path(text)
        return "" if path.is_dir() else size(path.stat().st_size)
    except OSError:
        return ""
