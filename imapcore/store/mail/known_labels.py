"""The labels there are, as the rule for names sees them, and an op's names as those labels are spelled.

What lives here: reading the names from the tree and from the marks; the names of an op brought to the labels'
own spelling, or refused. What may not: the rule itself (``imapcore.gmail.label_names``).

A label that Gmail's settings hide from IMAP stands in no list and is still on messages: it can be put on more
of them, and no second one of its name can be made.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from imapcore.errors import InvalidArgument
from imapcore.gmail.keywords import flag_problem
from imapcore.gmail.label_names import LabelNames, label_problem, system_label
from imapcore.model import (
    ChangeFlags,
    ChangeLabels,
    CreateLabel,
    DeleteLabel,
    MoveToLabel,
    Op,
    RenameLabel,
    View,
    ViewKind,
)
from imapcore.store.marks.values import DRAFT
from imapcore.store.sqlite.connection import Rows

HIDDEN = "Gmail's settings hide it: Settings, Labels, Show in IMAP"


class KnownLabels:
    """An account's labels by name, through whichever connection asks; read when a question needs them."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._names: LabelNames | None = None
        self.hidden: frozenset[str] = frozenset()
        """Labels that mail carries and the tree does not show."""

    @property
    def names(self) -> LabelNames:
        """The rule over the names there are."""
        if self._names is None:
            tree = self._rows("SELECT name, role, is_selectable FROM shelf", ())
            carried = self._rows(
                """
                SELECT shown_name FROM mark JOIN view_count ON view_id = mark_id
                WHERE kind = 'label' AND mark_id > ? AND total > 0
                """,
                (DRAFT,),
            )
            listed = {name for name, role, is_selectable in tree if role is None and is_selectable}
            self.hidden = frozenset(name for (name,) in carried) - {name for name, _, _ in tree}
            self._names = LabelNames(
                listed | self.hidden,
                [name for name, role, is_selectable in tree if role is None and not is_selectable],
                [name for name, role, _ in tree if role is not None],
            )
        return self._names

    def is_listed(self, name: str) -> bool:
        """Whether the tree has exactly this label; asked first, for most names are right as they are."""
        return bool(
            self._rows("SELECT 1 FROM shelf WHERE name = ? AND role IS NULL AND is_selectable", (name,))
        )

    def spelled(self, name: str) -> str:
        """A label's name as Gmail spells it; of a new one, its parents."""
        own = system_label(name)
        if own is not None:
            return own
        return name if self.is_listed(name) else self.names.spelled(name)

    def _applied(self, names: Iterable[str]) -> frozenset[str]:
        """Labels that are to be put on mail. Raises InvalidArgument for one that there cannot be."""
        spelled = frozenset(map(self.spelled, names))
        for name in spelled:
            if system_label(name) is None and not self.is_listed(name) and self.names.find(name) is None:
                refuse(label_problem(name, self.names.special))
        return spelled

    def resolve(self, op: Op) -> Op:
        """An op with the names of labels as they are spelled.

        Raises InvalidArgument, in the words of the dialogs, for a name that no label can have.
        """
        match op:
            case ChangeLabels(add=add, remove=remove):
                return replace(op, add=self._applied(add), remove=frozenset(map(self.spelled, remove)))
            case MoveToLabel(label=label, source=source):
                (name,) = self._applied((label,))
                return replace(op, label=name, source=self._source(source))
            case CreateLabel(name=name):
                return replace(op, name=self.names.spelled(name))
            case RenameLabel(name=name, new_name=new_name):
                return replace(op, name=self.spelled(name), new_name=self.new_spelling(new_name))
            case DeleteLabel(name=name):
                return replace(op, name=self.spelled(name))
            case ChangeFlags(add=add):
                for flag in add:
                    refuse(flag_problem(flag))
                return op
            case _:
                return op

    def _source(self, view: View) -> View:
        return replace(view, value=self.spelled(view.value)) if view.kind is ViewKind.LABEL else view

    def hint_on(self, name: str) -> str:
        """What to know about a name that is taken: where its label is, if the tree does not say."""
        return HIDDEN if self.names.find(name) in self.hidden else ""

    def new_spelling(self, name: str) -> str:
        """What a label is to be called: as it was typed, below the parents as they are spelled."""
        parent, slash, leaf = name.rpartition("/")
        return self.names.spelled(parent) + slash + leaf if slash else name


def refuse(problem: str, hint: str = "") -> None:
    """Raise InvalidArgument that says just this; nothing for an empty sentence."""
    if problem:
        raise InvalidArgument(title=problem, hint=hint)
