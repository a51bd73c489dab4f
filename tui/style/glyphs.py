"""Every mark the screen draws, and its ASCII twin: one cell each, without a patched font."""

from __future__ import annotations

from msgspec import Struct


class Glyphs(Struct, frozen=True):
    """One character per mark; the tree's icons are one per role, in Role order."""

    bar: str = "▎"
    bar_far: str = "╎"
    """The cursor of a pane that has not the keys: hollow."""
    unread: str = "●"
    selected: str = "✓"
    star: str = "★"
    no_star: str = "☆"
    important: str = "»"
    attachment: str = "▤"
    invite: str = "▦"
    pending: str = "↑"
    rejected: str = "✗"
    ellipsis: str = "…"
    dash: str = "—"
    dot: str = "·"
    live: str = "●"
    offline: str = "○"
    syncing: str = "↻"
    folded: str = "▸"
    unfolded: str = "▾"
    label: str = "●"
    search: str = "⌕"
    rule: str = "─"
    column: str = "│"
    apostrophe: str = "’"
    places: tuple[str, ...] = ("▣", "★", "»", "↗", "✎", "≡", "!", "×")
    check_all: str = "☑"
    check_some: str = "▣"
    check_none: str = "☐"
    create: str = "+"
    prompt: str = "›"


UNICODE = Glyphs()
"""For terminals in a UTF-8 locale."""

ASCII = Glyphs(
    bar="|",
    bar_far=":",
    unread="*",
    selected="x",
    star="s",
    no_star=" ",
    important=">",
    attachment="@",
    invite="c",
    pending="^",
    rejected="!",
    ellipsis="~",
    dash="-",
    dot="-",
    live="*",
    offline="o",
    syncing="%",
    folded="+",
    unfolded="-",
    label="#",
    search="?",
    rule="-",
    column="|",
    apostrophe="'",
    places=("i", "s", ">", "t", "d", "a", "!", "#"),
    check_all="x",
    check_some="-",
    check_none=" ",
    create="+",
    prompt=">",
)
"""For ``--ascii`` and every other locale."""
