"""What the program says: read out of the source as a translator's tool would, and held to a few rules.

`python -m tests.tui.test_sentences` prints all of it, each with its place, to be read in one go.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tui.keys.commands import COMMANDS, Needs

ROOT = Path(__file__).resolve().parents[2]
_SAYS = {"flash", "say", "tell", "tell_news"}
"""Functions whose first argument is one sentence of the bottom line."""
_LONGEST = 76
"""Characters that one line of 80 cells holds, without those that are filled in."""
_NOT_SO = {
    "It was so already": "Nothing to change",
    "This is where it began": "Nothing to go back to",
    "own label off": "Remove this label",
    "Keep this search": "Save this search",
    "Narrow what": "Filter this list",
    "Look for new mail": "Check for new mail",
    "Part the days": "Show day headings",
    "in place of the list": "full screen",
    "Flags and keywords": "Flags",
}
"""What was said in other words once → what is said everywhere."""


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def sentences() -> Iterator[tuple[str, int, str, bool]]:
    """Every text of three words and more: its file, its line, itself, and whether it is for one line."""
    for path in sorted((ROOT / "tui").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        skipped: set[int] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                skipped.add(id(node.value))
            if isinstance(node, ast.JoinedStr):
                skipped.update(id(part) for part in node.values)
        said = {
            id(node.args[0])
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in _SAYS
            and node.args
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.expr) or id(node) in skipped:
                continue
            text = _text(node)
            if text is not None and len(text.split()) > 2 and "\n" not in text:
                yield path.relative_to(ROOT).as_posix(), node.lineno, text, id(node) in said


def test_a_sentence_of_the_bottom_line_has_room_in_it() -> None:
    found = list(sentences())
    assert sum(is_said for *_, is_said in found) > 30
    lines = [each for each in found if each[3] and not each[0].startswith("tui/linear")]
    assert [(path, line, text) for path, line, text, _ in lines if len(text) > _LONGEST] == []


def test_one_thing_has_one_name() -> None:
    wrong = [
        (path, line, instead)
        for path, line, text, _ in sentences()
        for before, instead in _NOT_SO.items()
        if before in text
    ]
    assert wrong == []


def test_every_verb_is_said_in_a_line() -> None:
    assert [command.id for command in COMMANDS if len(command.title) > 60 or len(command.hint) > 72] == []
    assert all(len(need.value) <= _LONGEST for need in Needs)


if __name__ == "__main__":
    for place, number, sentence, _ in sentences():
        print(f"{place}:{number}: {sentence}")
