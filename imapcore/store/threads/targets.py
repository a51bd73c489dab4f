"""Targets: which messages an op or a question is about.

What lives here: numbers of views, and the expansion of conversations, messages and "everything in this
view". What may not: changing anything; it reads through whichever connection it is given, writer's or
reader's.

A conversation stands for its messages in All Mail; in Spam and Trash for those there; in a search for those
in the place its row is shown from. If none is there, those that are nowhere for the moment are meant: a pass
saw them leave and has not found them elsewhere yet, and the row was still on the screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct, field

from imapcore.model import Messages, Target, Threads, View, ViewKind
from imapcore.store.marks.values import ALL, PLACES, VIEW_OF_ROLE
from imapcore.store.query.fulltext import match_words
from imapcore.store.sqlite.connection import Rows, integer_rows, integers, listed
from imapcore.store.threads.message_state import MessageState
from imapcore.store.threads.thread_states import ThreadStates


class TargetedMessages(Struct, frozen=True):
    """Which messages of some loaded conversations are meant."""

    places: dict[int, int] = field(default_factory=dict)
    """Conversation → the place whose messages are meant."""
    msgids: frozenset[int] | None = None
    """Or exactly these messages."""

    def among(self, thrids: Iterable[int]) -> TargetedMessages:
        """Those of some of the conversations."""
        if self.msgids is not None:
            return self
        return TargetedMessages({thrid: self.places[thrid] for thrid in thrids})

    def records(self, states: ThreadStates) -> list[MessageState]:
        """Their records, conversation by conversation."""
        if self.msgids is not None:
            found = [states.records[msgid] for msgid in sorted(self.msgids) if msgid in states.records]
            return [record for record in found if not record.is_being_deleted]
        meant: list[MessageState] = []
        for thrid, place in self.places.items():
            records = states.of_thread(thrid)
            there = [record for record in records if record.shown.place == place]
            meant += there or [r for r in records if not r.shown.place and not r.is_being_deleted]
        return meant


class Targets:
    """Expansion of views and targets through one connection."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def view_id(self, view: View) -> int | None:
        """The number of a view; None for a label or a search the store does not know."""
        if view.kind is ViewKind.ROLE and view.role is not None:
            return VIEW_OF_ROLE[view.role]
        if view.kind is ViewKind.LABEL:
            rows = self._rows(
                "SELECT mark_id FROM mark WHERE kind = 'label' AND shown_name = ?", (view.value,)
            )
        else:
            rows = self._rows("SELECT -search_id FROM search WHERE query = ?", (view.value,))
        return int(rows[0][0]) if rows else None

    def place_of(self, view: View) -> int:
        """The place whose messages a view's conversations stand for (searches: by row)."""
        number = VIEW_OF_ROLE[view.role] if view.role is not None else ALL
        return number if number in PLACES else ALL

    def places(self, thrids: Sequence[int], view: View) -> dict[int, int]:
        """For each conversation the place whose messages are meant when it is seen in a view."""
        places = dict.fromkeys(thrids, self.place_of(view))
        if view.kind is ViewKind.SEARCH:
            # Through the dates of its messages: an entry has that of one of them, and is found by its key.
            source = (
                "json_each(?) CROSS JOIN state ON state.thrid = value CROSS JOIN entry "
                "ON view_id = (SELECT -search_id FROM search WHERE query = ?) "
                "AND entry.date = state.date AND entry.thrid = state.thrid"
            )
            parameters = (listed(thrids), view.value)
            for thrid, place in integer_rows(self._rows, "entry.thrid, place", source, parameters):
                places[thrid] = place
        return places

    def thrids_in(self, view: View) -> list[int]:
        """Every conversation of a view, newest first, with its narrowing applied."""
        view_id = self.view_id(view)
        if view_id is None:
            return []
        table, conditions, parameters = narrowing(view)
        wanted = f"SELECT thrid FROM {table} WHERE view_id = ?{conditions} ORDER BY date DESC, thrid DESC"
        return integers(self._rows, "thrid", f"({wanted})", (view_id, *parameters))

    def batches(self, target: Target, size: int) -> Iterator[tuple[list[int], TargetedMessages]]:
        """A target in portions of at most ``size`` conversations, and which of their messages are meant."""
        if isinstance(target, Messages):
            yield from self._message_batches(list(dict.fromkeys(target.msgids)), size)
            return
        thrids = (
            list(dict.fromkeys(target.thrids)) if isinstance(target, Threads) else self.thrids_in(target.view)
        )
        for start in range(0, len(thrids), size):
            part = thrids[start : start + size]
            yield part, TargetedMessages(self.places(part, target.view))

    def _message_batches(self, msgids: list[int], size: int) -> Iterator[tuple[list[int], TargetedMessages]]:
        by_thread: dict[int, list[int]] = {}
        for msgid, thrid in integer_rows(
            self._rows,
            "msgid, thrid",
            "message WHERE msgid IN (SELECT value FROM json_each(?))",
            (listed(msgids),),
        ):
            by_thread.setdefault(thrid, []).append(msgid)
        thrids = list(by_thread)
        for start in range(0, len(thrids), size):
            part = thrids[start : start + size]
            yield (
                part,
                TargetedMessages(msgids=frozenset(msgid for thrid in part for msgid in by_thread[thrid])),
            )

    def carrying(self, mark: int) -> list[int]:
        """Messages that show a mark, wherever they are."""
        return integers(
            self._rows,
            "msgid",
            "state WHERE shown IN ("
            "  SELECT set_id FROM mark_set, json_each(mark_set.marks) AS one WHERE one.value = ?)",
            (mark,),
        )


def narrowing(view: View) -> tuple[str, str, tuple[Any, ...]]:
    """The table a view's conversations are in, and what its words add to a query over it."""
    table = "unread" if view.is_unread_only else "entry"
    words = match_words(view.text)
    if not words:
        return table, "", ()
    found = "SELECT rowid FROM words WHERE words MATCH ?"
    return table, f" AND thrid IN (SELECT thrid FROM message WHERE msgid IN ({found}))", (words,)
