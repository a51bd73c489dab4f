"""Results: which searches found a message, and whether it still is where they look.

What lives here: reading that for many messages at once, and entering a message into the lists of searches.
What may not: writing results (``mail.searches``), what a query says (``query.scope``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from imapcore.store.marks.values import MarkSet
from imapcore.store.query.scope import Scope, scope_of
from imapcore.store.sqlite.connection import Transaction, integer_rows, listed

Views = dict[int, tuple[int, int]]
"""View → (date of the conversation there, place its row is shown from)."""

Found = dict[int, tuple[int, ...]]
"""Message → views of the searches that found it, in their order; not there where none did."""


class SearchHits(NamedTuple):
    """What the searches found of some messages, and where each of them looks."""

    found: Found
    scopes: Mapping[int, Scope]


def found_by_searches(tx: Transaction, msgids: Iterable[int]) -> Found:
    """The searches that found some messages, whether or not they still look where these are."""
    asked = set(msgids)
    # What the fewer are asked for: a large op is about many messages, and most searches find few.
    there = tx.number("SELECT count(*) FROM (SELECT 1 FROM search_result LIMIT ?)", (len(asked),))
    if there < len(asked):
        rows = integer_rows(tx.rows, "msgid, search_id", "search_result") if there else []
    else:
        rows = integer_rows(
            tx.rows,
            "msgid, search_id",
            "search_result WHERE msgid IN (SELECT value FROM json_each(?))",
            (listed(asked),),
        )
    found: dict[int, list[int]] = defaultdict(list)
    for msgid, search_id in rows:
        if msgid in asked:
            found[msgid].append(-search_id)
    return {msgid: tuple(sorted(views)) for msgid, views in found.items()}


def scopes_of_searches(tx: Transaction) -> dict[int, Scope]:
    """View of a search → where it looks."""
    return {view: scope_of(query) for view, query in tx.rows("SELECT -search_id, query FROM search")}


def enter_searches(
    views: Views, shown: MarkSet, date: int, searches: Iterable[int], scopes: Mapping[int, Scope]
) -> None:
    """Enter one message into the views of the searches that found it and still look where it is."""
    place = shown.place
    for view in searches:
        if not scopes[view].holds(place, shown.ids):
            continue
        # A search can find a conversation in All Mail and in Trash: it stands there once, as in All Mail.
        held = views.get(view)
        if held is None or (place, -date) < (held[1], -held[0]):
            views[view] = (date, place)
