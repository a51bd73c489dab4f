"""The README says what is so: its key table is the registry's, its pictures and commands exist.

`python -m tests.test_readme` writes the key table.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from imapcore.security import Security
from imapcore.simulator import Options, Simulator
from tui.keys.key_table import markdown_table

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
_TABLE = re.compile(r"(<!-- keys: begin[^>]*-->\n)(.*?)(<!-- keys: end -->)", re.DOTALL)


def test_the_key_table_is_the_registrys() -> None:
    found = _TABLE.search(README.read_text(encoding="utf-8"))
    assert found is not None
    assert found[2] == markdown_table(), "run `python -m tests.test_readme`"


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"(screenshots/[\w-]+\.svg)", README.read_text(encoding="utf-8"))
    assert len(pictures) > 6
    assert [name for name in pictures if not (ROOT / name).is_file()] == []


def test_the_librarys_example_works(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    options = Options(messages=0, email="you@gmail.com", app_password="your app password")
    with Simulator(options) as server:
        for subject, flags in (("Read already", ["\\Seen"]), ("For you", [])):
            server.control.deliver(f"Subject: {subject}\r\n\r\nx\r\n".encode(), flags=flags)
        there = f'Endpoint("{server.host}", {server.port}, Security.NONE)'
        # mypy knows the names of the example by its own imports; here they are looked up as it runs.
        exec(example.replace('Endpoint("imap.gmail.com")', there), {"Security": Security})
    assert re.fullmatch(r"2 b?'?For you'?\n", capsys.readouterr().out)


def test_every_make_target_is_in_the_makefile() -> None:
    named = set(re.findall(r"make ([a-z]+)\b(?=`| +#)", README.read_text(encoding="utf-8")))
    rules = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"demo", "test"} <= named
    assert named <= rules


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    README.write_text(
        _TABLE.sub(lambda found: found[1] + markdown_table() + found[3], text), encoding="utf-8"
    )
