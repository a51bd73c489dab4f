"""Words about ops: the flash of a receipt and the command lines of Activity.

What lives here: pure functions from an op to words. What may not: rows. Names are sanitized by the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from imapcore.gmail.label_names import system_label
from imapcore.model import (
    Archive,
    ChangeFlags,
    ChangeLabels,
    CreateLabel,
    DeleteForever,
    DeleteLabel,
    MarkAll,
    Messages,
    MoveToInbox,
    MoveToLabel,
    MoveToSpam,
    MoveToTrash,
    Op,
    RenameLabel,
    Role,
)
from imapcore.store.facts import Verb

SYSTEM_TITLES = {
    "\\Inbox": "Inbox",
    "\\Starred": "Starred",
    "\\Important": "Important",
    "\\Sent": "Sent",
    "\\Draft": "Drafts",
}

_MARKED = {
    ("\\Seen", True): "Marked {} read",
    ("\\Seen", False): "Marked {} unread",
    ("\\Flagged", True): "Starred {}",
    ("\\Flagged", False): "Unstarred {}",
    ("\\Starred", True): "Starred {}",
    ("\\Starred", False): "Unstarred {}",
    ("\\Important", True): "Marked {} important",
    ("\\Important", False): "Marked {} not important",
    ("\\Inbox", True): "Moved {} to the inbox",
    ("\\Inbox", False): "Archived {}",
}


def counted(threads: int, messages: int, *, is_single: bool) -> str:
    """How many things an op is about: messages where single messages were chosen, else conversations."""
    number, noun = (messages, "message") if is_single else (threads, "conversation")
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def summarize_op(op: Op, threads: int, messages: int, sanitize: Callable[[str], str]) -> str:
    """Past tense, one line: "Archived 3 conversations"."""

    def named(name: str) -> str:
        return f"“{SYSTEM_TITLES.get(name) or sanitize(name)}”"

    match op:
        case CreateLabel(name=name):
            return f"Created label {named(name)}"
        case RenameLabel(name=name, new_name=new_name):
            return f"Renamed label {named(name)} to {named(new_name)}"
        case DeleteLabel(name=name):
            return f"Deleted label {named(name)}"
        case _:
            pass
    many = counted(
        threads, messages, is_single=not isinstance(op, MarkAll) and isinstance(op.target, Messages)
    )
    match op:
        case ChangeLabels(add=add, remove=remove) | ChangeFlags(add=add, remove=remove):
            return _changed(add, remove, many, named)
        case Archive():
            return f"Archived {many}"
        case MoveToTrash():
            return f"Moved {many} to Trash"
        case MoveToSpam():
            return f"Reported {many} as spam"
        case MoveToInbox():
            return f"Moved {many} to the inbox"
        case MoveToLabel(label=name):
            return f"Moved {many} to {named(name)}"
        case DeleteForever():
            return f"Deleted {many} forever"
        case MarkAll(is_read=is_read):
            return f"Marked {many} " + ("read" if is_read else "unread")


def _changed(add: frozenset[str], remove: frozenset[str], many: str, named: Callable[[str], str]) -> str:
    if len(add) + len(remove) == 1:
        pattern = _MARKED.get((next(iter(add | remove)), bool(add)))
        if pattern is not None:
            return pattern.format(many)
    parts = []
    if add:
        parts.append(f"Labelled {many} {_few(sorted(add), named)}")
    if remove:
        taken = f"Took {_few(sorted(remove), named)} off"
        parts.append(f"{taken} {many}" if not add else f"took {_few(sorted(remove), named)} off")
    return ", ".join(parts) if parts else f"Changed nothing on {many}"


def _few(names: Sequence[str], named: Callable[[str], str]) -> str:
    if len(names) <= 2:
        return " and ".join(map(named, names))
    return f"{named(names[0])} and {len(names) - 1} more"


def command_line(verb: Verb, names: Sequence[str], messages: int, destination: Role | None) -> str:
    """The IMAP command a step stands for, as Activity shows it before the exact one is known."""
    uids = f"<{messages:,} uid{'' if messages == 1 else 's'}>"
    quoted = " ".join(
        name if "LABELS" not in verb.name or system_label(name) else f'"{name}"' for name in names
    )
    match verb:
        case Verb.ADD_LABELS:
            return f"UID STORE {uids} +X-GM-LABELS ({quoted})"
        case Verb.REMOVE_LABELS:
            return f"UID STORE {uids} -X-GM-LABELS ({quoted})"
        case Verb.ADD_FLAGS:
            return f"UID STORE {uids} +FLAGS ({quoted})"
        case Verb.REMOVE_FLAGS:
            return f"UID STORE {uids} -FLAGS ({quoted})"
        case Verb.MOVE:
            return f"UID MOVE {uids} {_MAILBOXES[destination or Role.INBOX]}"
        case Verb.EXPUNGE:
            return f"UID STORE {uids} +FLAGS (\\Deleted); UID EXPUNGE {uids}"
        case Verb.CREATE_LABEL:
            return f'CREATE "{names[0]}"'
        case Verb.RENAME_LABEL:
            return f'RENAME "{names[0]}" "{names[1]}"'
        case Verb.DELETE_LABEL:
            return f'DELETE "{names[0]}"'


_MAILBOXES = {Role.TRASH: "<\\Trash>", Role.SPAM: "<\\Junk>", Role.INBOX: "INBOX"}
