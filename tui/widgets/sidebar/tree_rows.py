"""The tree as a list of rows: pure, from mailboxes, saved searches and what the user folded and hid."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import Enum

from msgspec import Struct

from imapcore.model import Mailbox, Role, SavedSearch, View
from tui.widgets.label_chips import label_title


class TreeKind(Enum):
    """What a row of the tree is."""

    PLACE = "place"
    SEARCH = "search"
    LABEL = "label"
    OUTBOX = "outbox"
    """Mail on its way out, or drafts begun here."""
    HEADING = "heading"
    SPACE = "space"


class TreeRow(Struct, frozen=True):
    """One line of the tree."""

    kind: TreeKind
    title: str = ""
    view: View | None = None
    """None for headings and for parents that are no label themselves."""
    name: str = ""
    """A label's full name; a search's id as text."""
    role: Role | None = None
    depth: int = 0
    count: int = 0
    """What is shown at the right; 0 shows nothing."""
    is_unread: bool = False
    """Whether the count says that something needs you."""
    has_children: bool = False
    is_folded: bool = False
    is_hidden: bool = False
    """Shown only because hidden ones are being shown."""
    is_pinned: bool = False

    @property
    def can_have_cursor(self) -> bool:
        """Whether the cursor may rest here."""
        return self.kind not in (TreeKind.HEADING, TreeKind.SPACE)


class TreeState(Struct, frozen=True):
    """What the user did to the tree, remembered between runs."""

    folded: Collection[str] = ()
    """Labels whose children are not shown."""
    hidden: Collection[str] = ()
    """Label names, and ``search:<id>`` for saved searches."""
    pinned: Collection[str] = ()
    shows_hidden: bool = False
    text: str = ""
    """Filter as you type: words that a name must contain."""


class OutboxCounts(Struct, frozen=True):
    """What is written here and not at Gmail yet."""

    waiting: int = 0
    drafts: int = 0
    has_refused: bool = False


SPACE = TreeRow(TreeKind.SPACE)
_COUNTS_TOTAL = frozenset({Role.DRAFTS})
_COUNTS_UNREAD = frozenset({Role.INBOX, Role.IMPORTANT, Role.SPAM})
_NEEDS_YOU = frozenset({Role.INBOX})


def build_rows(
    mailboxes: Sequence[Mailbox],
    searches: Sequence[SavedSearch],
    state: TreeState,
    outbox: OutboxCounts = OutboxCounts(),  # noqa: B008 - frozen
) -> tuple[TreeRow, ...]:
    """The rows to show, in order: Gmail's places, what is ours of outgoing mail, searches, labels."""
    places = [_place(mailbox) for mailbox in mailboxes if mailbox.role is not None]
    kept_searches = [_search(search, state) for search in searches]
    labels = _labels([mailbox for mailbox in mailboxes if mailbox.role is None], state)
    groups = (
        ("", [row for row in (*places, *_outgoing(outbox)) if _matches(row, state.text)]),
        ("Searches", [row for row in kept_searches if row and _matches(row, state.text)]),
        ("Labels", labels),
    )
    rows: list[TreeRow] = []
    for heading, members in groups:
        if not members:
            continue
        if heading:
            if rows:
                rows.append(SPACE)
            rows.append(TreeRow(TreeKind.HEADING, heading))
        rows.extend(members)
    return tuple(rows)


def _matches(row: TreeRow, text: str) -> bool:
    words = text.casefold().split()
    title = (row.name if row.kind is TreeKind.LABEL else row.title).casefold()
    return all(word in title for word in words)


def place_title(mailbox: Mailbox) -> str:
    """A place's name for a person: IMAP knows the inbox as INBOX in every language."""
    title = "Inbox" if mailbox.title == "INBOX" else mailbox.title
    return f"{title} (hidden)" if mailbox.is_hidden else title


def _place(mailbox: Mailbox) -> TreeRow:
    role = mailbox.role or Role.ALL
    count = mailbox.total if role in _COUNTS_TOTAL else 0
    if role in _COUNTS_UNREAD:
        count = mailbox.unread
    return TreeRow(
        TreeKind.PLACE,
        place_title(mailbox),
        View.of_role(role),
        mailbox.name,
        role,
        count=count,
        is_unread=role in _NEEDS_YOU and mailbox.unread > 0,
    )


def _outgoing(outbox: OutboxCounts) -> list[TreeRow]:
    """A row for what waits, and one for drafts begun here; none where there is nothing."""
    rows = []
    if outbox.waiting:
        rows.append(
            TreeRow(
                TreeKind.OUTBOX, "Outbox", name="outbox", count=outbox.waiting, is_unread=outbox.has_refused
            )
        )
    if outbox.drafts:
        rows.append(TreeRow(TreeKind.OUTBOX, "Drafts here", name="drafts", count=outbox.drafts))
    return rows


def _search(search: SavedSearch, state: TreeState) -> TreeRow | None:
    is_hidden = f"search:{search.search_id}" in state.hidden
    if is_hidden and not state.shows_hidden:
        return None
    return TreeRow(
        TreeKind.SEARCH,
        search.title,
        View.of_search(search.query),
        str(search.search_id),
        count=search.unread or 0,
        is_unread=bool(search.unread),
        is_hidden=is_hidden,
    )


def _labels(mailboxes: Sequence[Mailbox], state: TreeState) -> list[TreeRow]:
    """Labels as a nested tree; parents that are no label themselves are made up, pinned ones come first."""
    known = {mailbox.name: mailbox for mailbox in mailboxes}
    names: dict[str, None] = {}
    for name in known:
        parts = name.split("/")
        for depth in range(1, len(parts) + 1):
            names["/".join(parts[:depth])] = None
    # Parents before children, siblings by name: a slash must sort before every other character.
    ordered = sorted(names, key=lambda name: [part.casefold() for part in name.split("/")])
    parents = {name.rpartition("/")[0] for name in ordered}
    rows: list[TreeRow] = []
    pinned: list[TreeRow] = []
    for name in ordered:
        row = _label(name, known.get(name), state, has_children=name in parents)
        if name in state.pinned:
            pinned.append(_flat(row))
        if _is_shown(row, state):
            rows.append(row)
    return [row for row in pinned if _matches(row, state.text)] + rows


def _flat(row: TreeRow) -> TreeRow:
    return TreeRow(
        TreeKind.LABEL,
        label_title(row.name),
        row.view,
        row.name,
        count=row.count,
        is_unread=row.is_unread,
        is_pinned=True,
    )


def _label(name: str, mailbox: Mailbox | None, state: TreeState, *, has_children: bool) -> TreeRow:
    is_real = mailbox is not None and mailbox.is_selectable
    unread = mailbox.unread if mailbox is not None else 0
    title = mailbox.title if mailbox is not None else label_title(name.rpartition("/")[2])
    return TreeRow(
        TreeKind.LABEL,
        title,
        View.of_label(name) if is_real else None,
        name,
        depth=name.count("/"),
        count=unread,
        is_unread=unread > 0,
        has_children=has_children,
        is_folded=has_children and name in state.folded and not state.text,
        is_hidden=name in state.hidden,
    )


def _is_shown(row: TreeRow, state: TreeState) -> bool:
    if state.text:
        return _matches(row, state.text) and (state.shows_hidden or not row.is_hidden)
    if row.is_hidden and not state.shows_hidden:
        return False
    parent = row.name.rpartition("/")[0]
    while parent:
        if parent in state.folded or (parent in state.hidden and not state.shows_hidden):
            return False
        parent = parent.rpartition("/")[0]
    return True


def follow_row(before: Sequence[TreeRow], rows: Sequence[TreeRow], row: TreeRow | None, index: int) -> int:
    """Where the cursor stands after the tree changed: at its row, also under another name; else where it was.

    ``row`` and ``index`` are those of the cursor in ``before``. A label that was renamed, here or anywhere,
    is one that went while another came: it and what is inside of it are followed.
    """
    if row is None:
        return 0
    places = {(other.kind, other.name): place for place, other in reversed([*enumerate(rows)])}
    found = places.get((row.kind, row.name))
    if found is None and row.kind is TreeKind.LABEL:
        found = places.get((row.kind, _new_name(before, rows, row.name)))
    if found is not None:
        return found
    near = range(min(index, len(rows) - 1), -1, -1)
    return next((place for place in near if rows[place].can_have_cursor), 0)


def _new_name(before: Sequence[TreeRow], rows: Sequence[TreeRow], name: str) -> str:
    """What a label is called now that is not there any more under its name; empty when it is gone."""
    old = {row.name for row in before if row.kind is TreeKind.LABEL}
    new = {row.name for row in rows if row.kind is TreeKind.LABEL}
    gone, come = sorted(old - new, key=len), sorted(new - old, key=len)
    if not gone or not come:
        return ""
    root = next((each for each in gone if name == each or name.startswith(f"{each}/")), "")
    return come[0] + name[len(root) :] if root else ""
