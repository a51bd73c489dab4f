"""What is remembered between runs: folds, colours, recent searches, where the dividers stand.

A small JSON file of one's own, mode 0600. It is a convenience, and input like any other: a value that does
not fit is left out and all others stay, those of another version too; a file of which nothing can be read is
kept beside the new one; and one that cannot be written costs nothing but the memory.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from threading import Thread

from msgspec import Struct, field
from msgspec.structs import asdict

from imapcore.private_folder import make_private_folder
from tui.keys.commands import KEYMAPS
from tui.settings.files import read_file
from tui.style.layout import READER_CHOICES

_RECENT = 50
_LONGEST_ADDRESS = 320


class State(Struct):
    """Remembered for one account."""

    folded: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    pinned: list[str] = field(default_factory=list)
    colours: dict[str, str] = field(default_factory=dict)
    """Label name → colour name, as the user chose it."""
    given_colours: dict[str, str] = field(default_factory=dict)
    """The same for labels nobody chose a colour for, so that they keep the one they were given."""
    labels: dict[str, str] = field(default_factory=dict)
    """Label id → name as it was last seen: what hangs on a name follows the label."""
    recent_searches: list[str] = field(default_factory=list)
    """Newest first."""
    theme: str = ""
    """Chosen with the palette; empty: the configuration's."""
    density: str = ""
    reader: str = ""
    keymap: str = ""
    tree_width: int = 0
    """Cells; 0 lets the screen decide."""
    list_share: int = 0
    """Thousandths of the room that the list has beside or above the reader; 0 lets the screen decide."""
    has_tree: bool = True
    has_offered_searches: bool = False
    others: dict[str, object] = field(default_factory=dict)
    """What another version remembers: handed on as it is."""

    def copy(self) -> State:
        """The same values, apart from these."""
        state = State()
        for name in State.__struct_fields__:
            value = getattr(self, name)
            setattr(state, name, value.copy() if isinstance(value, list | dict) else value)
        return state

    def searched(self, query: str) -> None:
        """Remember a search, newest first, each once."""
        kept = [each for each in self.recent_searches if each != query]
        self.recent_searches = [query, *kept][:_RECENT]


def load_state(path: Path) -> State:
    """Read what is remembered; anything that does not fit is left out."""
    data = _read_object(path)
    state = State()
    for name in _NAMES:
        value = data.pop(name, None)
        if type(value) is not type(getattr(state, name)):
            continue
        if isinstance(value, list):
            value = [item for item in value if _is_sane(item)][:_MOST]
        elif isinstance(value, dict):
            pairs = [(key, item) for key, item in value.items() if _is_sane(key) and _is_sane(item)]
            value = dict(pairs[:_MOST])
        elif not _fits(name, value):
            continue
        setattr(state, name, value)
    state.others = data
    return state


_NAMES = tuple(name for name in State.__struct_fields__ if name != "others")
_AMONG = {"density": ("", "one", "two"), "reader": ("", *READER_CHOICES), "keymap": ("", *KEYMAPS)}
_MOST = 10_000
"""Entries of a list or a table; nobody has more labels."""
_LONGEST = 2_000
"""Characters of a text; no label's name or query is longer."""
_GREATEST = 1_000
"""Cells, or thousandths."""


def _fits(name: str, value: object) -> bool:
    if isinstance(value, str):
        return _is_sane(value) and value in _AMONG.get(name, (value,))
    return isinstance(value, bool) or (isinstance(value, int) and 0 <= value <= _GREATEST)


def _is_sane(value: object) -> bool:
    """Whether this is a text that can be shown, and written again."""
    return (
        isinstance(value, str)
        and len(value) <= _LONGEST
        and not any(char < " " or "\x7f" <= char <= "\x9f" or "\ud800" <= char <= "\udfff" for char in value)
    )


def _read_object(path: Path) -> dict[str, object]:
    """The file's JSON object. Where something else is in its place, that is put aside, and it is empty."""
    try:
        octets = read_file(path)
        data = json.loads(octets)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        data = None
    if isinstance(data, dict):
        return data
    with suppress(OSError):
        # If it cannot be put aside, writing will fail too, and costs nothing but the memory.
        path.replace(path.with_name(path.name + ".damaged"))
    return {}


def save_state(state: State, path: Path) -> bool:
    """Write it whole or not at all; False when it could not be written."""
    values = asdict(state)
    others = values.pop("others")
    return _write(json.dumps({**others, **values}, ensure_ascii=False, indent=1), path)


class StateKeeper:
    """Saves a state soon after it changed, so that a process that is killed loses next to nothing.

    Asking costs the time of a comparison. Writing happens on a thread of its own, one at a time, which
    ``close`` waits for: a disk that stalls must not stall the screen.
    """

    def __init__(self, state: State, path: Path) -> None:
        self._state = state
        self._path = path
        self._seen = state.copy()
        self._thread: Thread | None = None

    def save_soon(self) -> bool:
        """Begin to write what changed since the last call; False when nothing did or one is still busy."""
        if self._state == self._seen or (self._thread is not None and self._thread.is_alive()):
            return False
        self._seen = self._state.copy()
        self._thread = Thread(target=save_state, args=(self._seen, self._path), name="gimap-state")
        self._thread.start()
        return True

    def close(self) -> None:
        """Write what changed, and wait until it is written."""
        if self._thread is not None:
            self._thread.join()
        if self.save_soon():
            self.close()


def remember_account(email: str, path: Path) -> bool:
    """Keep the address added at the first start, for the next; False when it could not be written."""
    return _write(email + "\n", path)


def remembered_account(path: Path) -> str:
    """The address that was added at the first start; empty where there is none, or something else."""
    try:
        text = read_file(path).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    is_address = text.count("@") == 1 and len(text) <= _LONGEST_ADDRESS and text.isprintable()
    return text if is_address and " " not in text else ""


def _write(text: str, path: Path) -> bool:
    import tempfile

    try:
        make_private_folder(path.parent)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".state-")
    except OSError:
        return False
    draft = Path(name)
    try:
        # What has no place in UTF-8 came from another version: it may be damaged, the rest may not.
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
            os.fchmod(handle, 0o600)
            file.write(text)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        return False
    return True
