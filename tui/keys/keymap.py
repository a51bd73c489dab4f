"""The live key map: which keys mean which verb, where.

Made from the registry (``tui.keys.commands``), the name of a whole map and the user's own overrides. Here
live the spelling of keys, the resolving of sequences and the check for conflicts; what a verb does lives
elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from textual.binding import Binding
from textual.keys import _character_to_key

from tui.keys.commands import BY_ID, COMMANDS, KEYMAPS, Command, Group, Where

Stroke = str
"""One key press: a printable character, or the name of a key: ``escape``, ``ctrl+p``, ``shift+down``."""
Strokes = tuple[Stroke, ...]

_NAMES = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "pgdown": "pagedown",
    "spc": "space",
}
_SHOWN = {
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "tab": "Tab",
    "delete": "Delete",
    "backspace": "Backspace",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}


def parse_keys(text: str) -> Strokes:
    """Read a key sequence as a person writes it: ``Shift+I``, ``g i``, ``Ctrl+P``, ``#``.

    Raises ValueError with a sentence when it is not a key.
    """
    strokes = tuple(_parse_stroke(part) for part in text.split())
    if not strokes:
        raise ValueError("a key is missing")
    return strokes


def _parse_stroke(text: str) -> Stroke:
    if len(text) == 1:
        return text
    *modifiers, key = [part for part in text.lower().split("+") if part] or [""]
    key = _NAMES.get(key, key)
    if any(modifier not in {"ctrl", "shift", "alt"} for modifier in modifiers) or not key.isalnum():
        raise ValueError(f"“{text}” is not a key")
    if modifiers == ["shift"] and len(key) == 1:
        return key.upper()
    if not modifiers and len(key) > 1 and key not in _SHOWN and not (key[0] == "f" and key[1:].isdigit()):
        raise ValueError(f"“{text}” is not a key; sequences are written with spaces, such as “g i”")
    return "+".join([*sorted(modifiers), key])


def stroke_of(key: str, character: str | None) -> Stroke:
    """The stroke of a key event: its character where it prints, else Textual's name for the key."""
    if character is not None and len(character) == 1 and character.isprintable() and character != " ":
        return character
    return key


def show_stroke(stroke: Stroke) -> str:
    """A stroke as it is shown to a person: ``Shift+I`` for ``I``, ``Esc`` for ``escape``."""
    if len(stroke) == 1:
        return f"Shift+{stroke}" if stroke.isalpha() and stroke.isupper() else stroke
    *modifiers, key = stroke.split("+")
    shown = _SHOWN.get(key, key.upper() if len(key) == 1 or key[0] == "f" else key.capitalize())
    return "+".join([*(modifier.capitalize() for modifier in modifiers), shown])


def show_keys(strokes: Sequence[Stroke]) -> str:
    """A sequence as it is shown to a person: ``g i``, ``Shift+J``."""
    return " ".join(show_stroke(stroke) for stroke in strokes)


class Conflict(Struct, frozen=True):
    """Two verbs that want the same keys in the same place."""

    where: Where
    strokes: Strokes
    first: str
    second: str

    def sentence(self) -> str:
        """What is wrong, for the person who wrote the configuration."""
        return (
            f"In the {self.where.value}, {show_keys(self.strokes)} is asked for by both "
            f"“{self.first}” and “{self.second}”; “{self.first}” keeps it"
        )


class Keymap:
    """Keys and verbs, both ways; immutable once made."""

    def __init__(self, name: str = KEYMAPS[0], overrides: Mapping[str, Sequence[str]] | None = None) -> None:
        """Build the map ``name``; ``overrides`` maps command ids to the keys that replace their own.

        Problems do not raise: they are collected in ``problems`` as sentences and the key in question stays
        with the verb that had it first.
        """
        self.name = name if name in KEYMAPS else KEYMAPS[0]
        self.problems: list[str] = []
        if name not in KEYMAPS:
            self.problems.append(f"There is no key map “{name}”; there are {', '.join(KEYMAPS)}")
        wanted = self._read_overrides(overrides or {})
        self._keys: dict[str, list[Strokes]] = {}
        self._verbs: dict[Where, dict[Strokes, Command]] = {where: {} for where in Where}
        # What sequences begin with, and the verb that was the first to begin so.
        self._begun: dict[Where, dict[Strokes, Command]] = {where: {} for where in Where}
        # What the user asked for is claimed first; a default that loses to it gives way without a word,
        # unless that leaves its verb without any key.
        for command in sorted(COMMANDS, key=lambda command: command.id not in wanted):
            keys = wanted.get(command.id)
            is_loud = keys is not None or not wanted
            if keys is None:
                keys = [parse_keys(text) for text in command.keys(self.name)]
            self._keys[command.id] = [
                strokes for strokes in keys if self._claim(command, strokes, is_loud=is_loud)
            ]
            if keys and not self._keys[command.id] and not is_loud:
                self.problems.append(
                    f"[keys]: “{command.id}” has no key left; give it one, or [] if you mean it"
                )

    def _read_overrides(self, overrides: Mapping[str, Sequence[str]]) -> dict[str, list[Strokes]]:
        wanted: dict[str, list[Strokes]] = {}
        for command_id, texts in overrides.items():
            if command_id not in BY_ID:
                from difflib import get_close_matches

                near = get_close_matches(command_id, BY_ID, n=1)
                meant = f"; did you mean “{near[0]}”?" if near else "; `gimap-tui keys` lists them"
                self.problems.append(f"[keys]: there is no command “{command_id}”{meant}")
                continue
            wanted[command_id] = []
            for text in texts:
                try:
                    wanted[command_id].append(parse_keys(text))
                except ValueError as error:
                    self.problems.append(f"[keys] {command_id}: {error}")
        return wanted

    def _claim(self, command: Command, strokes: Strokes, *, is_loud: bool) -> bool:
        """Enter a sequence in every place of the verb; False when some other verb has it in all of them."""
        claimed = False
        for where in sorted(command.where):
            rival = self._rival(where, strokes)
            if rival is None:
                self._verbs[where][strokes] = command
                for size in range(1, len(strokes)):
                    self._begun[where].setdefault(strokes[:size], command)
                claimed = True
            elif is_loud:
                self.problems.append(Conflict(where, strokes, rival.id, command.id).sentence())
        return claimed

    def _rival(self, where: Where, strokes: Strokes) -> Command | None:
        """The verb that has this sequence, its beginning, or a longer one that begins with it."""
        verbs = self._verbs[where]
        for size in range(1, len(strokes) + 1):
            command = verbs.get(strokes[:size])
            if command is not None:
                return command
        return self._begun[where].get(strokes)

    def keys_of(self, command_id: str) -> tuple[Strokes, ...]:
        """The sequences of a verb, the first being the one to show."""
        return tuple(self._keys.get(command_id, ()))

    def key_of(self, command_id: str) -> str:
        """The verb's first sequence as shown to a person; empty when it has none."""
        keys = self._keys.get(command_id)
        return show_keys(keys[0]) if keys else ""

    def resolve(self, where: Where, strokes: Strokes) -> Command | tuple[tuple[Strokes, Command], ...]:
        """What a sequence means in a place: a verb, or what may follow (nothing at all: an empty tuple)."""
        verbs = self._verbs[where]
        found = verbs.get(strokes)
        if found is not None:
            return found
        size = len(strokes)
        return tuple(
            (other[size:], command)
            for other, command in verbs.items()
            if len(other) > size and other[:size] == strokes
        )

    def sections(self, places: Iterable[Where]) -> tuple[tuple[Group, tuple[tuple[Command, str], ...]], ...]:
        """Every verb of the places with its keys as shown, under its heading, in the registry's order."""
        wanted = frozenset(places)
        sections: list[tuple[Group, tuple[tuple[Command, str], ...]]] = []
        for group in Group:
            rows = tuple(
                (command, "  ".join(show_keys(strokes) for strokes in self._keys[command.id]))
                for command in COMMANDS
                if command.group is group and command.where & wanted and self._keys[command.id]
            )
            if rows:
                sections.append((group, rows))
        return tuple(sections)

    def footer(self, where: Where) -> tuple[tuple[Command, str], ...]:
        """The verbs the bottom line teaches in a place, most important first, with the key to show."""
        verbs = [command for command in COMMANDS if command.footer and where in command.where]
        verbs.sort(key=lambda command: command.footer)
        return tuple((command, self.key_of(command.id)) for command in verbs if self._keys[command.id])


def bindings_for(where: Where, keymap: str = KEYMAPS[0]) -> list[Binding]:
    """Textual bindings for a dialog: every verb of the place, its id as the binding's id.

    The action is ``command('<id>')``: the dialog implements ``action_command``.
    """
    return [
        Binding(
            ",".join(_textual_key(text) for text in command.keys(keymap)),
            f"command('{command.id}')",
            command.word,
            show=bool(command.footer),
            id=command.id,
        )
        for command in COMMANDS
        if where in command.where and command.keys(keymap)
    ]


def _textual_key(text: str) -> str:
    stroke = parse_keys(text)[0]
    return _character_to_key(stroke) if len(stroke) == 1 else stroke
