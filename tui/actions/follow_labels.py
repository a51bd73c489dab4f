"""What hangs on a label's name goes with it: folds, pins, colours, views, searches.

What lives here: one change of names, carried through all that is remembered under them. What may not: which
labels have another name (``tui.settings.label_memory``), drawing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from imapcore.gmail.operators import label_word
from imapcore.gmail.tokens import read_tokens
from imapcore.model import View, ViewKind

if TYPE_CHECKING:
    from tui.settings.state import State
    from tui.style.theme import LabelColours


def move_names(state: State, colours: LabelColours, moved: Mapping[str, str], others: frozenset[str]) -> None:
    """Carry over what is remembered under the old names, and forget what hung on a name that is another's."""

    def renamed(names: Sequence[str]) -> list[str]:
        return [moved.get(each, each) for each in names if each not in others]

    state.folded, state.hidden, state.pinned = map(renamed, (state.folded, state.hidden, state.pinned))
    colours.move_all(moved, others)
    state.recent_searches = [renamed_query(each, moved) for each in state.recent_searches]


def renamed_query(query: str, moved: Mapping[str, str]) -> str:
    """A query with the labels it names called as they are called now."""
    words = {label_word(old): label_word(new) for old, new in moved.items()}
    parts: list[str] = []
    end = 0
    for token in read_tokens(query):
        new = words.get(label_word(token.value)) if token.operator in ("label", "in") else None
        if new is not None:
            sign = "-" if token.is_negated else ""
            quote = '"' if token.is_quoted else ""
            parts += [query[end : token.start], f"{sign}{token.operator}:{quote}{new}{quote}"]
            end = token.end
    return "".join([*parts, query[end:]])


def renamed_view(view: View, moved: Mapping[str, str]) -> View:
    """A view of a label under the name that the label has now."""
    if view.kind is not ViewKind.LABEL or view.value not in moved:
        return view
    return View(view.kind, moved[view.value], view.is_unread_only, view.text)
