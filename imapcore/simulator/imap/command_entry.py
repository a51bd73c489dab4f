"""What the table of commands holds: in which states a command may come, how it is read, what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, Flag, auto
from typing import Generic, TypeVar

from imapcore.simulator.imap.command_reader import Cursor
from imapcore.simulator.replies import Reply


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


S = TypeVar("S")
"""The session a command acts on; known by name only to the commands, so that a session can hold the table."""
Arguments = TypeVar("Arguments")


@dataclass(frozen=True, slots=True)
class CommandEntry(Generic[S]):
    """One row of the table."""

    stage: Stage
    run: Callable[[S, Cursor], Awaitable[Reply]]
    ride: Piggyback = Piggyback.NOTHING


def command(
    stage: Stage,
    parse: Callable[[Cursor], Arguments],
    run: Callable[[S, Arguments], Awaitable[Reply]],
    ride: Piggyback = Piggyback.NOTHING,
) -> CommandEntry[S]:
    """A row whose command is read whole, to its very end, before anything is done."""

    async def read_and_run(session: S, cursor: Cursor) -> Reply:
        arguments = parse(cursor)
        cursor.end()
        return await run(session, arguments)

    return CommandEntry(stage, read_and_run, ride)


def no_arguments(cursor: Cursor) -> None:
    """The reader of commands that take none."""
    cursor.end()
