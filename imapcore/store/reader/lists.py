"""Lists: the tree and the windows of its views.

What lives here: questions whose answers are rows of a list. What may not: the statements of windows
(``threads.window``), writing.
"""

from __future__ import annotations

import json
from collections.abc import Set

from imapcore.model import (
    ENGLISH_TITLES,
    Mailbox,
    Place,
    Role,
    SavedSearch,
    Top,
    View,
    ViewKind,
    Window,
)
from imapcore.store.marks.values import VIEW_OF_ROLE
from imapcore.store.reader.connection import ReadConnection
from imapcore.store.sqlite.connection import Row
from imapcore.store.threads.targets import Targets, narrowing
from imapcore.store.threads.window import (
    PICKED,
    RawWindow,
    first_index,
    read_raw,
    thread_row,
    window_statement,
)


class ListReader:
    """The tree and its lists, for one thread."""

    def __init__(self, connection: ReadConnection) -> None:
        self._reads = connection
        self._narrow: tuple[View, int, list[Row]] | None = None
        """A narrowed view, the version of the file it was read at, and the keys of its rows."""

    # -- the tree --------------------------------------------------------------------------------------

    def mailboxes(self) -> tuple[Mailbox, ...]:
        """Roles in the order of ``Role``, then the user's labels by name, parents before children."""
        rows = self._reads.rows(
            """
            SELECT name, title, role, is_selectable, coalesce(total, 0), coalesce(unread, 0),
                CASE WHEN role IS NULL THEN
                    (SELECT value FROM meta WHERE key = 'store_id') || '-' || view_id END
            FROM shelf LEFT JOIN view_count USING (view_id)
            """
        )
        found = [
            Mailbox(
                name,
                title,
                Role(role) if role else None,
                bool(is_selectable),
                total,
                unread,
                label_id=number or "",
            )
            for name, title, role, is_selectable, total, unread, number in rows
        ]
        found += (
            self._hidden_places({mailbox.role for mailbox in found})
            if any(mailbox.role for mailbox in found)
            else []
        )
        order = list(Role)
        roles = sorted(
            (m for m in found if m.role is not None), key=lambda m: order.index(m.role or Role.ALL)
        )
        labels = sorted(
            (m for m in found if m.role is None), key=lambda m: (m.name.casefold().split("/"), m.name)
        )
        return (*roles, *labels)

    def _hidden_places(self, listed: Set[Role | None]) -> list[Mailbox]:
        """What Gmail's settings hide from IMAP and the user must still find: mail that is stored of it stays.

        The inbox is a label of All Mail's messages, so that hiding it hides nothing here.
        """
        missing = [role for role in (Role.INBOX, Role.ALL, Role.SPAM, Role.TRASH) if role not in listed]
        counts = (
            {
                view_id: (total, unread)
                for view_id, total, unread in self._reads.rows(
                    "SELECT view_id, total, unread FROM view_count "
                    "WHERE view_id IN (SELECT value FROM json_each(?))",
                    (json.dumps([VIEW_OF_ROLE[role] for role in missing]),),
                )
            }
            if missing
            else {}
        )
        return [
            Mailbox(
                f"\\{role.value.capitalize()}",
                ENGLISH_TITLES[role],
                role,
                True,
                *counts.get(VIEW_OF_ROLE[role], (0, 0)),
                is_hidden=role is not Role.INBOX,
            )
            for role in missing
        ]

    def mailbox_name(self, role: Role) -> str | None:
        """The name of one of Gmail's own mailboxes, as last listed."""
        rows = self._reads.rows("SELECT name FROM mailbox WHERE role = ?", (role.value,))
        return str(rows[0][0]) if rows else None

    def saved_searches(self) -> tuple[SavedSearch, ...]:
        """The searches kept in the tree, with the counts of their last run."""
        return tuple(
            SavedSearch(*row)
            for row in self._reads.rows(
                "SELECT saved_id, title, saved_search.query, CASE WHEN search_id IS NULL THEN NULL ELSE "
                "coalesce(total, 0) END, CASE WHEN search_id IS NULL THEN NULL ELSE coalesce(unread, 0) END "
                "FROM saved_search LEFT JOIN search USING (query) LEFT JOIN view_count ON view_id = "
                "-search_id "
                "ORDER BY saved_id"
            )
        )

    # -- lists -----------------------------------------------------------------------------------------

    def window(self, view: View, place: Place | None = None, size: int = 100) -> Window:
        """``size`` conversations of a view around a place; a view the store does not know is empty."""
        place = Top() if place is None else place
        for _ in range(3):
            view_id = self._view_id(view)
            if view_id is None:
                return Window(view, (), 0, 0, is_complete=False)
            if view.text.strip():
                raw = self._narrowed(view, view_id, place, size)
            else:
                statement, parameters = window_statement(view, view_id, place, size)
                raw = read_raw(self._reads.rows(statement, parameters)[0], is_unread_only=view.is_unread_only)
            if raw.names_version == self._reads.names_version:
                break
            # Labels were renamed since the last read: what this view's name means may have changed too.
            self._reads.load_names(raw.names_version)
        row_states = self._reads.row_states.of(
            [(each.states, each.place) for each in raw.rows], self._reads.load_sets
        )
        rows = tuple(map(thread_row, raw.rows, row_states))
        return Window(view, rows, raw.first, raw.total, raw.unread, raw.is_complete)

    def _view_id(self, view: View) -> int | None:
        if view.kind is ViewKind.LABEL:
            known = self._reads.label_ids.get(view.value)
            if known is not None:
                return known
        return Targets(self._reads.rows).view_id(view)

    def _narrowed(self, view: View, view_id: int, place: Place, size: int) -> RawWindow:
        """A view narrowed by words: all its keys are found once and kept until the store changes."""
        version = self._reads.rows("PRAGMA data_version")[0][0]
        if self._narrow is None or self._narrow[:2] != (view, version):
            table, conditions, parameters = narrowing(view)
            keys = self._reads.rows(
                "SELECT date, thrid, EXISTS (SELECT 1 FROM unread WHERE unread.view_id = e.view_id "
                "  AND unread.date = e.date AND unread.thrid = e.thrid) "
                f"FROM {table} AS e WHERE view_id = ?{conditions} ORDER BY date DESC, thrid DESC",
                (view_id, *parameters),
            )
            self._narrow = (view, version, keys)
        keys = self._narrow[2]
        first = first_index(keys, place, size)
        chosen = [[date, thrid] for date, thrid, _ in keys[first : first + size]]
        row = self._reads.rows(PICKED, {"view": view_id, "keys": json.dumps(chosen)})[0]
        raw = read_raw(row, is_unread_only=False)
        unread = sum(key[2] for key in keys)
        return RawWindow(first, len(keys), unread, raw.names_version, raw.is_complete, raw.rows)
