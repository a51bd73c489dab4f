"""What is remembered between runs: folds, colours, recent searches, where the dividers stand.

A small JSON file of one's own, mode 0600. It is a convenience: one that is missing, damaged or from another
version is started anew without a word, and one that cannot be written costs nothing but the memory.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

_RECENT = 50


@dataclass
class State:
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
    """Per cent of the room that the list has beside or above the reader; 0 lets the screen decide."""
    has_tree: bool = True
    has_offered_searches: bool = False
    has_signed_in: bool = False
    """Whether a password for this account worked once: then no start waits for the keyring."""

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
    for each in fields(State):
        value = data.get(each.name)
        if type(value) is not type(getattr(state, each.name)):
            continue
        if isinstance(value, list):
            value = [item for item in value if isinstance(item, str)]
        elif isinstance(value, dict):
            value = {key: item for key, item in value.items() if isinstance(item, str)}
        setattr(state, each.name, value)
    return state


def save_state(state: State, path: Path) -> bool:
    """Write it whole or not at all; False when it could not be written."""
    import tempfile

    text = json.dumps(asdict(state), ensure_ascii=False, indent=1)
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
