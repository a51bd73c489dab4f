"""What changes mail: each verb is an op of the engine's, said with the conversation it was done to."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from imapcore.errors import InvalidArgument
from imapcore.gmail.keywords import flag_problem
from imapcore.model import (
    INBOX,
    Archive,
    ChangeFlags,
    ChangeLabels,
    CreateLabel,
    DeleteForever,
    DeleteLabel,
    MarkAll,
    MoveToInbox,
    MoveToLabel,
    MoveToSpam,
    MoveToTrash,
    Op,
    Receipt,
    RenameLabel,
    Role,
    Target,
)
from tui.linear.numbers import split_numbers
from tui.linear.talk import Talk, is_away
from tui.linear.verbs import Verb

SEEN, FLAGGED = frozenset({"\\Seen"}), frozenset({"\\Flagged"})
IMPORTANT = frozenset({"\\Important"})


def do(talk: Talk, op: Op, named: str) -> None:
    """Do it, and say what was done to which conversation."""
    receipt = talk.mail.submit(op)
    talk.last_op = op
    told(talk, receipt, named)


def told(talk: Talk, receipt: Receipt, named: str) -> None:
    """Say a receipt with the names of what it was done to."""
    if receipt.messages == 0:
        talk.say(f"Nothing to change: {named}.")
        return
    said = naming(receipt.summary, named)
    talk.named[receipt.op_id] = said
    talk.say(f"{said}." + (" Type undo to take it back." if receipt.can_undo else ""))


def naming(summary: str, named: str) -> str:
    """A summary with the conversation in the place of its number: “Archived “Budget 2027” (Ada, Lin)”."""
    for counted in ("1 conversation", "1 message"):
        if counted in summary and ";" not in named and named.startswith("“"):
            return summary.replace(counted, named, 1)
    return f"{summary}: {named}"


def _simple(make: Callable[[Target], Op]) -> Callable[[Talk, list[str]], None]:
    def act(talk: Talk, words: list[str]) -> None:
        target, named = talk.meant(words)
        do(talk, make(target), named)

    return act


def _star(target: Target) -> Op:
    return ChangeFlags(target, add=FLAGGED)


def spam(talk: Talk, words: list[str]) -> None:
    """Report as spam; in Spam: not spam."""
    target, named = talk.meant(words)
    do(talk, MoveToInbox(target) if talk.view.role is Role.SPAM else MoveToSpam(target), named)


def label(talk: Talk, words: list[str]) -> None:
    """Add a label that there is."""
    _change_label(talk, words, is_added=True)


def unlabel(talk: Talk, words: list[str]) -> None:
    """Take a label off; without a name the one whose list this is."""
    _change_label(talk, words, is_added=False)


def _change_label(talk: Talk, words: list[str], *, is_added: bool) -> None:
    numbers, name = label_words(talk, words)
    verb = "label" if is_added else "unlabel"
    if not name and not is_added:
        name = talk.view.label or ""
        if talk.view.label == INBOX.label or is_away(talk.view):
            target, named = talk.meant(numbers)
            do(talk, Archive(target) if not is_away(talk.view) else MoveToInbox(target), named)
            return
    if not name:
        raise InvalidArgument("", title=f"Say which conversation and which label: {verb} 3 Work")
    spelled = name if name.startswith("\\") else known_label(talk, name)
    target, named = talk.meant(numbers)
    names = frozenset({spelled})
    do(talk, ChangeLabels(target, add=names) if is_added else ChangeLabels(target, remove=names), named)


def label_words(talk: Talk, words: list[str]) -> tuple[list[str], str]:
    """The conversations and the name: a label may be called 2026, so the last word is none of the numbers
    where nothing follows them and such a label exists.
    """
    if words[:1] in (["all"], ["message"], ["this"]):
        return words[:1], " ".join(words[1:])
    numbers, rest = split_numbers(words)
    if (
        not rest
        and len(numbers) > (0 if talk.thread is not None else 1)
        and talk.label_names().find(numbers[-1])
    ):
        return numbers[:-1], numbers[-1]
    return numbers, " ".join(rest)


def known_label(talk: Talk, name: str) -> str:
    """The label of this name, as it is spelled. Raises InvalidArgument where there is none."""
    names = talk.label_names()
    found = names.find(name)
    if found is not None:
        return found
    from difflib import get_close_matches

    labels = [box.name for box in talk.mail.mailboxes() if box.role is None]
    leaves = [each for each in labels if each.rpartition("/")[2].casefold() == name.casefold()]
    if len(leaves) == 1:
        return leaves[0]
    near = leaves or get_close_matches(name, labels, 2)
    problem = names.create_problem(name)
    raise InvalidArgument(
        f"Did you mean {' or '.join(f'“{each}”' for each in near)}?" if near else problem,
        title=f"There is no label “{name}”",
        hint="" if problem else f"create-label {name} makes it",
    )


def move(talk: Talk, words: list[str]) -> None:
    """Add a label and leave this list; to the inbox, spam and trash by name, too."""
    numbers, name = label_words(talk, words)
    if not name:
        raise InvalidArgument("", title="Say which conversation and where to: move 3 Work")
    target, named = talk.meant(numbers)
    places: dict[str, Callable[[Target], Op]] = {
        "inbox": MoveToInbox,
        "spam": MoveToSpam,
        "trash": MoveToTrash,
    }
    make = places.get(name.casefold())
    do(talk, make(target) if make else MoveToLabel(target, known_label(talk, name), talk.view), named)


def repeat(talk: Talk, words: list[str]) -> None:
    """The last change once more, to another conversation."""
    op = talk.last_op
    if op is None or isinstance(op, CreateLabel | RenameLabel | DeleteLabel | MarkAll | DeleteForever):
        raise InvalidArgument("Archive or label something first", title="There is no change to do again")
    target, named = talk.meant(words)
    do(talk, replace(op, target=target), named)


def delete_forever(talk: Talk, words: list[str]) -> None:
    """Delete forever, only in Spam and Trash; asks first."""
    place = talk.view.role
    if place not in (Role.SPAM, Role.TRASH):
        raise InvalidArgument(
            "Type go trash first", title="Only what is in Spam or Trash can be deleted forever"
        )
    target, named = talk.meant(words)
    if talk.confirm(f"Delete {named} forever? This cannot be undone, neither here nor in Gmail."):
        do(talk, DeleteForever(target, place, is_confirmed=True), named)


def mark_all_read(talk: Talk, words: list[str]) -> None:
    """Everything in this list is read."""
    do(talk, MarkAll(talk.view), f"everything in {talk.title()}")


def _flag(*, is_added: bool) -> Callable[[Talk, list[str]], None]:
    def act(talk: Talk, words: list[str]) -> None:
        name = words[-1] if words else ""
        problem = flag_problem(name) if name else "For instance flag 3 $Forwarded"
        if problem:
            raise InvalidArgument(problem, title="Say which conversation and which flag")
        target, named = talk.meant(words[:-1])
        names = frozenset({name})
        do(talk, ChangeFlags(target, add=names) if is_added else ChangeFlags(target, remove=names), named)

    return act


def _history(word: str, intro: str) -> Callable[[Talk, list[str]], None]:
    def act(talk: Talk, words: list[str]) -> None:
        receipt = talk.mail.undo() if word == "undo" else talk.mail.redo()
        if receipt is None:
            talk.say(f"Nothing to {word}.")
            return
        named = _first_said(talk, receipt.op_id)
        said = named if named and word == "redo" else f"Undone: {named}" if named else receipt.summary
        talk.say(f"{intro}{said}.")

    return act


def _first_said(talk: Talk, op_id: int) -> str:
    """What was said of the op that this one takes back or does again; empty if that was in another run."""
    undoes = {each.op_id: each.undoes for each in talk.mail.activity(50)}
    seen: set[int] = set()
    while op_id not in seen:
        seen.add(op_id)
        said = talk.named.get(op_id)
        if said is not None:
            return said
        op_id = undoes.get(op_id) or op_id
    return ""


VERBS = (
    Verb("archive", "take it out of the inbox", _simple(Archive), "1-3", ("e",)),
    Verb("trash", "move it to the trash", _simple(MoveToTrash), "3", ("#", "delete", "del")),
    Verb("spam", "report as spam; in Spam: not spam", spam, "3", ("!", "junk")),
    Verb("inbox", "back to the inbox", _simple(MoveToInbox), "3", ("i",), ("to-inbox",)),
    Verb("label", "add a label", label, "1-3 Work", ("l",)),
    Verb("unlabel", "take a label off, or this list's own", unlabel, "3 Work", ("y",), ("remove-label",)),
    Verb("move", "to a label and out of this list", move, "3 Work", ("v",)),
    Verb("star", "put a star on it", _simple(_star), "3", ("s",)),
    Verb("unstar", "take the star off", _simple(lambda target: ChangeFlags(target, remove=FLAGGED)), "3"),
    Verb("read", "mark as read", _simple(lambda target: ChangeFlags(target, add=SEEN)), "3"),
    Verb("unread", "mark as unread", _simple(lambda target: ChangeFlags(target, remove=SEEN)), "3", ("u",)),
    Verb("important", "mark as important", _simple(lambda target: ChangeLabels(target, add=IMPORTANT)), "3"),
    Verb(
        "not-important",
        "mark as not important",
        _simple(lambda target: ChangeLabels(target, remove=IMPORTANT)),
        "3",
    ),
    Verb("flag", "add a flag or keyword", _flag(is_added=True), "3 $Forwarded", commands=("keywords",)),
    Verb("unflag", "take a flag or keyword off", _flag(is_added=False), "3 $Forwarded"),
    Verb("delete-forever", "only in Spam and Trash; asks first", delete_forever, "3"),
    Verb("mark-all-read", "everything in this list is read", mark_all_read),
    Verb("repeat", "do the last change again, to this one", repeat, "4", (".",)),
    Verb("undo", "take the last change back", _history("undo", ""), short=("z",)),
    Verb("redo", "do again what was taken back", _history("redo", "Again: ")),
)
