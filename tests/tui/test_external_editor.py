"""Writing in one's own editor: the file is private and goes, what was written never does."""

from __future__ import annotations

import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual.app import App

from imapcore.model import Address
from tui.compose.composer import Written
from tui.compose.external_editor import as_file, edit_outside, find_editor, from_file

BEFORE = Written(
    Address("Ada", "ada@example.org"), "lin@example.org", "", "", "Lisbon", "Hello\n\n> Shall we?\n"
)


class Lent(App[None]):
    """An app whose terminal can be lent."""

    @contextmanager
    def suspend(self) -> Iterator[None]:
        yield


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", None)

    def write(script: str) -> Path:
        path = tmp_path / "editor"
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o700)
        monkeypatch.setenv("VISUAL", str(path))
        return tmp_path

    return write


def test_a_mail_comes_back_from_its_file_as_it_was() -> None:
    assert from_file(as_file(BEFORE), BEFORE) == BEFORE
    empty = replace(BEFORE, to="", subject="", text="")
    assert from_file(as_file(empty), empty) == empty


@pytest.mark.parametrize(
    ("text", "to", "subject", "body"),
    [
        ("To: a@b.cc\nSubject: S\n\nx", "a@b.cc", "S", "x"),
        ("to: a@b.cc,\n c@d.ee\nSubject: S\n\nx", "a@b.cc, c@d.ee", "S", "x"),
        ("To: a@b.cc\nTo: c@d.ee\n\nx", "a@b.cc, c@d.ee", "", "x"),
        ("To: a@b.cc\r\nSubject: S\r\n\r\nx\r\ny", "a@b.cc", "S", "x\ny"),
        ("Dear Lin,\nTo: be or not", "lin@example.org", "Lisbon", "Dear Lin,\nTo: be or not"),
        ("To: a@b.cc\nDear Lin", "a@b.cc", "", "Dear Lin"),
    ],
)
def test_headers_are_read_as_people_leave_them(text: str, to: str, subject: str, body: str) -> None:
    found = from_file(text, BEFORE)
    assert (found.to, found.subject, found.text) == (to, subject, body)


def test_a_line_end_in_a_subject_makes_no_header() -> None:
    assert "\nBcc: evil" not in as_file(replace(BEFORE, subject="a\nBcc: evil@example.org"))


def test_the_file_is_private_and_gone_afterwards(editor: Any) -> None:
    folder = editor('ls -ld "$(dirname "$1")" "$1" > "$(dirname "$0")/seen"; echo more >> "$1"')
    written, problem = edit_outside(Lent(), BEFORE)
    assert problem == ""
    assert written is not None
    assert written.text == BEFORE.text + "more\n"
    seen = (folder / "seen").read_text(encoding="utf-8")
    assert seen.startswith("drwx------")
    assert "\n-rw-------" in seen
    assert list((folder / "tmp").iterdir()) == []


@pytest.mark.parametrize("end", ["exit 3", "kill -9 $$"])
def test_what_an_editor_wrote_before_it_failed_is_taken(editor: Any, end: str) -> None:
    editor(f'echo saved >> "$1"; {end}')
    written, problem = edit_outside(Lent(), BEFORE)
    assert written is not None
    assert written.text.endswith("saved\n")
    assert "what the file held was taken" in problem


def test_what_cannot_be_read_again_stays_and_is_told(editor: Any) -> None:
    folder = editor("printf '\\377\\376' > \"$1\"")
    written, problem = edit_outside(Lent(), BEFORE)
    assert written is None
    (left,) = (folder / "tmp").rglob("mail.eml")
    assert str(left) in problem
    assert stat.S_IMODE(left.parent.stat().st_mode) == 0o700


def test_nothing_changed_changes_nothing(editor: Any) -> None:
    editor("true")
    assert edit_outside(Lent(), BEFORE) == (None, "")


def test_an_editor_that_is_not_there_is_said(editor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    editor("true")
    monkeypatch.setenv("VISUAL", "/no/such/editor")
    written, problem = edit_outside(Lent(), BEFORE)
    assert written is None
    assert "could not be started" in problem


def test_which_editor() -> None:
    assert find_editor({"VISUAL": "vim -f", "EDITOR": "nano"}) == ("vim", "-f")
    assert find_editor({"VISUAL": "", "EDITOR": "nano"}) == ("nano",)
    assert find_editor({"PATH": "/nowhere"}) == ()
