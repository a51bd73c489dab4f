"""Which names Gmail lets a label have, and how a name is shown.

Pure; the one rule for names, whoever makes a label: a dialog, the linear mode, a move, an undo. The rules are
those that Gmail's IMAP server was seen to enforce on CREATE, and those that keep a user's label apart from
Gmail's own.

Gmail does not tell upper from lower case: ``Work`` and ``work`` are one label, and ``work/sub`` is made below
``Work``. A name that begins with a backslash is Gmail's own as long as LIST does not show a mailbox of that
name: the server lets other clients make a label ``\\foo``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

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


_SYSTEM = {
    name.casefold(): name
    for name in (
        "\\Inbox",
        "\\Starred",
        "\\Important",
        "\\Sent",
        "\\Draft",
        "\\Muted",
        "\\All",
        "\\Trash",
        "\\Spam",
        "\\Junk",
    )
}
"""X-GM-LABELS values that are Gmail's own, whatever LIST shows."""

_SPECIAL_PARENTS = frozenset(("[gmail]", "[google mail]"))

TAKEN = "There is a label of this name already"
INTO_ITSELF = "A label cannot be moved into itself"


def fold_label(name: str) -> str:
    """What two spellings of one label have in common."""
    return name.casefold()


def system_label(name: str) -> str | None:
    """Gmail's own label of this name, as Gmail spells it; None for any other."""
    return _SYSTEM.get(fold_label(name)) if name.startswith("\\") else None


def is_user_label(name: str, listed: Collection[str]) -> bool:
    """Whether an X-GM-LABELS value is a label of the user's; ``listed``: names LIST shows without a role."""
    return not name.startswith("\\") or (name in listed and system_label(name) is None)


def special_parents(own: Iterable[str], selectable: Collection[str] = ()) -> frozenset[str]:
    """The parents of Gmail's own mailboxes, folded: ``[Gmail]``, in whatever language.

    ``own``: names of the mailboxes that have a role; ``selectable``: mailboxes that can be selected, which a
    parent of Gmail's own never can.
    """
    tops = {name.partition("/")[0] for name in own if "/" in name} - set(selectable)
    return _SPECIAL_PARENTS | {fold_label(top) for top in tops}


def is_below_special(name: str, special: Collection[str]) -> bool:
    """Whether a name is a parent of Gmail's own, or anything below one: never a label of the user's."""
    return fold_label(name.partition("/")[0]) in special


def own_name(name: str) -> str:
    """Said of a name that belongs to Gmail."""
    return f"“{name}” is a name of Gmail's own"


def label_problem(name: str, special: Collection[str] = _SPECIAL_PARENTS) -> str:
    """Why Gmail would not take this as the name of a new label, as a sentence; empty if it would.

    ``special``: the account's parents of Gmail's own mailboxes (``special_parents``).
    """
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
    if fold_label(parts[0]) in _RESERVED or is_below_special(name, special):
        return own_name(parts[0])
    return ""


def is_inside(name: str, parent: str) -> bool:
    """Whether a label is ``parent`` or lies below it, in any case."""
    folded, above = fold_label(name), fold_label(parent)
    return folded == above or folded.startswith(above + "/")


def same_label(name: str, names: Collection[str]) -> str | None:
    """The label that has this name already; Gmail does not tell upper from lower case."""
    folded = fold_label(name)
    return name if name in names else next((each for each in names if fold_label(each) == folded), None)


def missing_parents(name: str, names: Collection[str]) -> tuple[str, ...]:
    """The parents of a nested name that are no labels yet, the outermost first."""
    known = {fold_label(other) for other in names}
    parts = name.split("/")
    chain = ("/".join(parts[:count]) for count in range(1, len(parts)))
    return tuple(parent for parent in chain if fold_label(parent) not in known)


def show_label(name: str) -> str:
    """A label's name with nothing in it that could upset a terminal."""
    return name if name.isprintable() else "".join(c if c.isprintable() else "�" for c in name)


class LabelNames:
    """The names of an account's labels, and what a new one has to be to fit among them."""

    def __init__(self, labels: Iterable[str], parents: Iterable[str] = (), own: Iterable[str] = ()) -> None:
        """``parents``: names above labels that are no labels themselves; ``own``: Gmail's own mailboxes."""
        self._labels = {fold_label(name): name for name in labels}
        self._known = {fold_label(name): name for name in parents} | self._labels
        own = tuple(own)
        self._own = frozenset(fold_label(name) for name in own)
        self.special = special_parents(own, self._labels.values())

    def find(self, name: str) -> str | None:
        """The label of this name, as it is spelled; None if there is none."""
        return self._labels.get(fold_label(name))

    def spelled(self, name: str) -> str:
        """The name as the label has it; of a new one its parents as those labels have it."""
        parts = name.split("/")
        for count in range(len(parts), 0, -1):
            known = self._known.get(fold_label("/".join(parts[:count])))
            if known is not None:
                return "/".join([known, *parts[count:]])
        return name

    def create_problem(self, name: str) -> str:
        """Why no label of this name can be made, as a sentence; empty if it can."""
        if fold_label(name) in self._labels:
            return TAKEN
        return self._problem(name)

    def _problem(self, name: str) -> str:
        return own_name(name) if fold_label(name) in self._own else label_problem(name, self.special)

    def rename_problem(self, name: str, new_name: str) -> str:
        """Why a label cannot be called so, as a sentence; empty if it can. Its letters may change in case."""
        new, old = fold_label(new_name), fold_label(name)
        if new != old and is_inside(new_name, name):
            return INTO_ITSELF
        if new_name == name or (new != old and new in self._known):
            return TAKEN
        return self._problem(new_name)
