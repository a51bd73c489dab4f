"""What the table of commands holds: in which states a command may come, how it is read, what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, Flag, auto
from typing import TYPE_CHECKING, TypeVar

from imapcore.simulator.imap.command_reader import Cursor
from imapcore.simulator.replies import Reply

if TYPE_CHECKING:
    from imapcore.simulator.imap.session import Session


class Stage(Flag):
    """How far a connection is (RFC 3501 §3)."""

    NOT_AUTHENTICATED = auto()
    AUTHENTICATED = auto()
    SELECTED = auto()
    SIGNED_IN = AUTHENTICATED | SELECTED
    ANY = NOT_AUTHENTICATED | AUTHENTICATED | SELECTED


class Piggyback(Enum):
    """What a session may be told of its mailbox along with the command's own answer."""

    NOTHING = "nothing"
    ARRIVALS = "arrivals"
    EVERYTHING = "everything"


Runner = Callable[["Session", Cursor], Awaitable[Reply]]
Arguments = TypeVar("Arguments")


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """One row of the table."""

    stage: Stage
    run: Runner
    ride: Piggyback = Piggyback.NOTHING


def command(
    stage: Stage,
    parse: Callable[[Cursor], Arguments],
    run: Callable[[Session, Arguments], Awaitable[Reply]],
    ride: Piggyback = Piggyback.NOTHING,
) -> CommandEntry:
    """A row whose command is read whole, to its very end, before anything is done."""

    async def read_and_run(session: Session, cursor: Cursor) -> Reply:
        arguments = parse(cursor)
        cursor.end()
        return await run(session, arguments)

    return CommandEntry(stage, read_and_run, ride)


def no_arguments(cursor: Cursor) -> None:
    """The reader of commands that take none."""
    cursor.end()
