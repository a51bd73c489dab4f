"""Which names Gmail lets a label have, and how a name is shown.

Pure. The rules are those that Gmail's IMAP server was seen to enforce on CREATE, and those that keep a user's
label apart from Gmail's own.
"""

from __future__ import annotations

from collections.abc import Collection

LONGEST = 225
"""Characters of a label's whole name, parents included."""

_RESERVED = frozenset(
    {
        "inbox",
        "starred",
        "important",
        "sent",
        "draft",
        "drafts",
        "spam",
        "trash",
        "bin",
        "chat",
        "chats",
        "muted",
        "snoozed",
        "scheduled",
        "unread",
        "all mail",
        "migrated",
        "primary",
        "social",
        "promotions",
        "updates",
        "forums",
        "[gmail]",
        "[google mail]",
    }
)
"""Names of Gmail's own places and categories; CREATE refuses them or makes a label nobody can tell apart."""


def label_problem(name: str) -> str:
    """Why Gmail would not take this as the name of a new label, as a sentence; empty if it would."""
    if not name.strip():
        return "A label needs a name"
    if len(name) > LONGEST:
        return f"A label has at most {LONGEST} characters; this has {len(name):,}"
    parts = name.split("/")
    if name.startswith("\\"):
        return "A label cannot begin with a backslash: such names are Gmail's own"
    if any(not part.strip() for part in parts):
        return "A part of the name is empty: a slash parts a label from its parent"
    if any(part != part.strip() or "  " in part for part in parts):
        return "Gmail refuses spaces at the ends of a name, and two in a row"
    if "^" in name:
        return "Gmail refuses ^ in a label"
    if any(not character.isprintable() for character in name):
        return "There is a character in the name that cannot be seen"
    if parts[0].casefold() in _RESERVED:
        return f"“{parts[0]}” is a name of Gmail's own"
    return ""


def same_label(name: str, names: Collection[str]) -> str | None:
    """The label that has this name already; Gmail does not tell upper from lower case."""
    folded = name.casefold()
    return next((other for other in names if other.casefold() == folded), None)


def missing_parents(name: str, names: Collection[str]) -> tuple[str, ...]:
    """The parents of a nested name that are no labels yet, the outermost first."""
    known = {other.casefold() for other in names}
    parts = name.split("/")
    chain = ("/".join(parts[:count]) for count in range(1, len(parts)))
    return tuple(parent for parent in chain if parent.casefold() not in known)


def adopt_parents(name: str, names: Collection[str]) -> str:
    """The name with its parents spelled as the labels that are there: ``work/new`` below ``Work``."""
    parts = name.split("/")
    for count in range(len(parts) - 1, 0, -1):
        parent = same_label("/".join(parts[:count]), names)
        if parent is not None:
            return "/".join([parent, *parts[count:]])
    return name


def show_label(name: str) -> str:
    """A label's name with nothing in it that could upset a terminal."""
    return name if name.isprintable() else "".join(c if c.isprintable() else "�" for c in name)
