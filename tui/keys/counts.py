"""What a number before a verb means: how often it moves, or how many conversations it is for."""

from __future__ import annotations

from tui.keys.commands import MAIL, Command, Needs, Where

STEPS = frozenset(
    {
        "next",
        "previous",
        "scroll-down",
        "scroll-up",
        "page-down",
        "page-up",
        "half-down",
        "half-up",
        "select-next",
        "select-previous",
    }
)
"""Verbs that move that many steps at once."""
REPEATED = frozenset(
    {
        "next-message",
        "previous-message",
        "newer",
        "older",
        "next-unread",
        "previous-unread",
        "find-next",
        "find-previous",
        "jump-back",
        "jump-forward",
        "undo",
        "redo",
    }
)
"""Verbs that are done so often, one after the other."""
LINES = frozenset({"top", "bottom", "select"})
"""Verbs that read the number themselves: the row to go to, how many to select."""
_MOST_REPEATED = 100


def repeats(command: Command, count: int) -> int:
    """How often a verb is run for a count."""
    return max(1, min(count, _MOST_REPEATED)) if command.id in REPEATED else 1


def takes_count(command: Command, where: Where) -> bool:
    """Whether a number before a verb means something in this pane."""
    if command.id in STEPS | REPEATED | LINES:
        return True
    return where is Where.LIST and command.needs is Needs.TARGET and command.where >= MAIL
