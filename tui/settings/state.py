"""What is remembered between runs: folds, colours, recent searches, where the dividers stand.

A small JSON file of one's own, mode 0600. It is a convenience: one that is missing, damaged or from another
version is started anew without a word, and one that cannot be written costs nothing but the memory.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from threading import Thread

from msgspec import Struct, field
from msgspec.structs import asdict

_RECENT = 50


class State(Struct):
    """Remembered for one account."""

    folded: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    pinned: list[str] = field(default_factory=list)
    colours: dict[str, str] = field(default_factory=dict)
    """Label name → colour name, as the user chose it."""
    given_colours: dict[str, str] = field(default_factory=dict)
    """The same for labels nobody chose a colour for, so that they keep the one they were given."""
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
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return State()
    if not isinstance(data, dict):
        return State()
    state = State()
    for name in State.__struct_fields__:
        value = data.get(name)
        if type(value) is not type(getattr(state, name)):
            continue
        if isinstance(value, list):
            value = [item for item in value if isinstance(item, str)]
        elif isinstance(value, dict):
            value = {key: item for key, item in value.items() if isinstance(item, str)}
        setattr(state, name, value)
    return state


def save_state(state: State, path: Path) -> bool:
    """Write it whole or not at all; False when it could not be written."""
    return _write(json.dumps(asdict(state), ensure_ascii=False, indent=1), path)


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
    """The address that was added at the first start; empty where there is none."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _write(text: str, path: Path) -> bool:
    import tempfile

    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".state-")
    except OSError:
        return False
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        return False
    return True
