"""From batches to commands, and whether a state shows one was done."""

from __future__ import annotations

import pytest

from imapcore.model import Role
from imapcore.store.facts import Batch, Verb
from imapcore.sync.push.commands import describe_batch, is_shown
from imapcore.wire.fetch import Fetched
from imapcore.wire.uidset import UidSet


def batch(verb: Verb, *names: str, destination: Role | None = None) -> Batch:
    return Batch(1, verb, (1,), names, (11, 12), destination)


@pytest.mark.parametrize(
    ("asked", "mailbox", "lines"),
    [
        (batch(Verb.ADD_LABELS, "Work"), "", ('UID STORE 3:4 +X-GM-LABELS ("Work")',)),
        (batch(Verb.REMOVE_LABELS, "\\Inbox"), "", ("UID STORE 3:4 -X-GM-LABELS (\\Inbox)",)),
        (batch(Verb.ADD_FLAGS, "\\Seen"), "", ("UID STORE 3:4 +FLAGS (\\Seen)",)),
        (
            batch(Verb.MOVE, destination=Role.TRASH),
            "[Gmail]/Bin",
            ('UID MOVE 3:4 "[Gmail]/Bin"',),
        ),
        (
            batch(Verb.EXPUNGE, destination=Role.TRASH),
            "[Gmail]/Trash",
            ("UID STORE 3:4 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 3:4"),
        ),
        (batch(Verb.CREATE_LABEL, "Übung"), "", ('CREATE "&ANw-bung"',)),
        (batch(Verb.RENAME_LABEL, "A", "B"), "", ('RENAME "A" "B"',)),
        (batch(Verb.DELETE_LABEL, "A"), "", ('DELETE "A"',)),
    ],
)
def test_a_batch_is_described_as_the_commands_it_stands_for(
    asked: Batch, mailbox: str, lines: tuple[str, ...]
) -> None:
    described = describe_batch(asked, {Role.ALL: UidSet((3, 4))}, mailbox)
    assert tuple(line.replace('"', "") for line in described) == tuple(
        line.replace('"', "") for line in lines
    )


LABELLED = Fetched(seq=1, uid=3, labels=frozenset(("Work", "\\Inbox")), flags=frozenset(("\\Seen", "$Junk")))


@pytest.mark.parametrize(
    ("verb", "names", "shown"),
    [
        (Verb.ADD_LABELS, ("work",), True),
        (Verb.ADD_LABELS, ("Work", "Play"), False),
        (Verb.REMOVE_LABELS, ("Play",), True),
        (Verb.REMOVE_LABELS, ("\\Inbox",), False),
        (Verb.ADD_FLAGS, ("\\Seen",), True),
        (Verb.REMOVE_FLAGS, ("$junk",), False),
    ],
)
def test_a_state_shows_whether_a_change_was_made(verb: Verb, names: tuple[str, ...], shown: bool) -> None:
    assert is_shown(verb, names, LABELLED) is shown


def test_a_line_that_does_not_say_shows_nothing() -> None:
    assert not is_shown(Verb.REMOVE_LABELS, ("Work",), Fetched(seq=1, uid=3, flags=frozenset()))
