"""Which labels have another name than when they were last seen, and which names are another label's now.

Pure. A label is known by its ``label_id``, whoever renamed it: here, on the web, another client, by its own
name or a parent's. One that was deleted and made again is another, and begins without what hung on the old
one's name; one that was deleted and taken back is the same. Ids of another store say nothing of those
remembered.
"""

from __future__ import annotations

from collections.abc import Sequence

from imapcore.model import Mailbox
from tui.settings.state import State


def see_labels(state: State, mailboxes: Sequence[Mailbox]) -> tuple[dict[str, str], frozenset[str]]:
    """Note what labels are called now: old names → new ones, and names that belong to another label now."""
    now = {each.label_id: each.name for each in mailboxes if each.label_id}
    before = state.labels
    if not now or now.items() <= before.items():
        return {}, frozenset()
    if {_store_of(each) for each in before}.isdisjoint(map(_store_of, now)):
        state.labels = now
        return {}, frozenset()
    moved = {before[each]: name for each, name in now.items() if before.get(each, name) != name}
    taken = {name: each for each, name in now.items()}
    gone = {each: name for each, name in before.items() if each not in now}
    others = frozenset(name for name in gone.values() if name in taken and name not in moved.values())
    # A label that is deleted may come back: it is known again by its id.
    state.labels = {each: name for each, name in gone.items() if name not in taken} | now
    return moved, others


def _store_of(label_id: str) -> str:
    return label_id.partition("-")[0]
