"""The key table as text: what `gimap-tui keys` prints, and the table of the README. From the live key map."""

from __future__ import annotations

from tui.keys.commands import COMMANDS, KEYMAPS, PANES, Where
from tui.keys.keymap import Keymap, parse_keys, show_keys
from tui.style.text import cells


def key_table(keymap: Keymap) -> str:
    """Every verb with its keys and its id, under its heading, aligned."""
    lines = [
        f"Key map “{keymap.name}”. In [keys] of the configuration a verb is called by the name at the right."
    ]
    for group, rows in keymap.sections(frozenset(Where)):
        lines += ["", str(group)]
        for command, keys in rows:
            pad = " " * max(1, 26 - cells(keys))
            title = command.title if not command.hint else f"{command.title}: {command.hint}"
            lines.append(f"  {keys}{pad}{title}  [{command.id}]")
    return "\n".join(lines) + "\n"


def markdown_table() -> str:
    """All three maps side by side, for the README."""
    lines = ["| does | " + " | ".join(KEYMAPS) + " |", "|---" * (len(KEYMAPS) + 1) + "|"]
    for command in COMMANDS:
        if not command.where & PANES or command.hint:
            continue
        maps = [
            " ".join(f"`{_escaped(show_keys(parse_keys(keys)))}`" for keys in command.keys(name)) or "–"
            for name in KEYMAPS
        ]
        lines.append(f"| {command.title} | " + " | ".join(maps) + " |")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
