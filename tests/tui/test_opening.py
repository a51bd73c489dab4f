"""What of an attachment may be handed to the system's viewer, and how."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from tui.terminal import attachment_viewer
from tui.terminal.attachment_viewer import danger, open_file, private_folder

UNOPENED = (
    "flatpakref rdp ovpn kdelnk pyz library-ms search-ms settingcontent-ms wsc slk iqy one xpi crx inetloc"
    " fileloc webarchive workflow exe doc xls ppt docm zip 7z iso ps eps xml svg html hta lnk js jar whl deb"
    " appimage swf"
)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("budget.desktop", "text/plain"),
        ("run.SH", "text/plain"),
        ("setup.exe. ", "application/pdf"),
        ("page.html", "text/html"),
        ("drawing.svg", "image/svg+xml"),
        ("sheet.xlsm", "application/vnd.ms-excel"),
        ("noending", "application/pdf"),
        ("", "application/pdf"),
        ("tool.pdf", "application/x-executable"),
        *((f"file.{ending}", "application/octet-stream") for ending in UNOPENED.split()),
    ],
)
def test_what_could_run_is_not_opened_and_the_sentence_says_why(name: str, media_type: str) -> None:
    assert "not opened" in danger(name, media_type)


@pytest.mark.parametrize("name", ["budget.pdf", "予算.xlsx", "photo.JPG", "a.b.txt"])
def test_papers_and_pictures_are(name: str) -> None:
    assert danger(name, "application/octet-stream") == ""


def test_the_folder_is_private() -> None:
    folder = private_folder()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.rmdir()


def test_a_name_is_never_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "$(touch gone); x.pdf"
    path.touch()
    monkeypatch.setattr(attachment_viewer, "opener", lambda: sys.executable)
    assert open_file(path) == ""
    attachment_viewer._started[-1].wait(timeout=20)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_without_a_viewer_it_says_where_the_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachment_viewer, "opener", lambda: "")
    assert str(tmp_path / "a.pdf") in open_file(tmp_path / "a.pdf")


def test_the_name_on_the_disk_is_looked_at_once_more(tmp_path: Path) -> None:
    assert "not opened" in open_file(tmp_path / "a.sh")
