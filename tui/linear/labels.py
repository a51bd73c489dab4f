"""Labels and saved searches themselves: made, renamed, deleted."""

from __future__ import annotations

from imapcore.errors import InvalidArgument
from imapcore.gmail.label_names import is_inside
from imapcore.model import CreateLabel, DeleteLabel, RenameLabel, SavedSearch, ViewKind
from tui.linear.changes import known_label
from tui.linear.talk import Talk
from tui.linear.verbs import Verb
from tui.style.text import plural


def create(talk: Talk, words: list[str]) -> None:
    """Make a label."""
    name = talk.label_names().spelled(" ".join(words))
    problem = talk.label_names().create_problem(name)
    if problem:
        raise InvalidArgument(problem, title="No label was made")
    receipt = talk.mail.submit(CreateLabel(name))
    talk.say(f"{receipt.summary}. Type undo to take it back.")


def rename(talk: Talk, words: list[str]) -> None:
    """Rename a label or a saved search."""
    old, parted, new = " ".join(words).partition(" = ")
    old, new = old.strip(), new.strip()
    if not parted or not old or not new:
        raise InvalidArgument("", title="Say the old and the new name with = between them: rename Work = Job")
    search = _search_called(talk, old)
    if search is not None and talk.label_names().find(old) is None:
        talk.mail.rename_search(search.search_id, new, search.query)
        talk.say(f"The search “{search.title}” is called “{new}” now.")
        return
    label = known_label(talk, old)
    problem = talk.label_names().rename_problem(label, new)
    if problem:
        raise InvalidArgument(problem, title=f"“{label}” keeps its name")
    receipt = talk.mail.submit(RenameLabel(label, new))
    talk.say(f"{receipt.summary}. Type undo to take it back.")


def delete(talk: Talk, words: list[str]) -> None:
    """Delete a label (the mail stays) or a saved search; asks first."""
    name = " ".join(words)
    if not name:
        raise InvalidArgument("", title="Say which label: delete-label Work")
    search = _search_called(talk, name)
    if search is not None and talk.label_names().find(name) is None:
        talk.mail.delete_search(search.search_id)
        talk.say(f"The search “{search.title}” is deleted; what it found stays where it is.")
        return
    label = known_label(talk, name)
    boxes = [box for box in talk.mail.mailboxes() if box.role is None]
    total = next((box.total for box in boxes if box.name == label), 0)
    below = [box.name for box in boxes if box.name != label and is_inside(box.name, label)]
    stay = f" The labels below it stay: {', '.join(below)}." if below else ""
    question = f"Delete the label “{label}”? {plural(total, 'conversation')} keep everything else.{stay}"
    if talk.confirm(question):
        receipt = talk.mail.submit(DeleteLabel(label))
        talk.say(f"{receipt.summary}. Type undo to take it back.")


def save_search(talk: Talk, words: list[str]) -> None:
    """Keep the search that is listed, under a name."""
    title = " ".join(words)
    if talk.view.kind is not ViewKind.SEARCH:
        raise InvalidArgument("Type search first", title="This is for the results of a search")
    if not title:
        raise InvalidArgument("For instance save-search From Ada", title="A saved search needs a name")
    if any(each.query == talk.view.value for each in talk.mail.saved_searches()):
        raise InvalidArgument("Type places to hear its name", title="This search is saved already")
    talk.mail.save_search(title, talk.view.value)
    talk.say(f"Saved as “{title}”. Type go {title} to run it.")


def _search_called(talk: Talk, title: str) -> SavedSearch | None:
    wanted = title.casefold()
    return next((each for each in talk.mail.saved_searches() if each.title.casefold() == wanted), None)


VERBS = (
    Verb("create-label", "make a label", create, "Work/contracts", ("new-label",)),
    Verb("rename", "a label or a saved search", rename, "Work = Job"),
    Verb("delete-label", "the label goes, the mail stays; asks first", delete, "Work"),
    Verb("save-search", "keep the search that is listed", save_search, "a name"),
)
