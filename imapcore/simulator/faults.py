"""Faults by switch: what goes wrong, at which command, how often. Deterministic, never by chance.

A ``Fault`` waits for commands whose name matches; the board counts. Each kind is played where it
belongs: line faults in ``channel``, refusals in ``session``, the rest by the command it hits.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from imapcore.simulator.options import LoginError


class FaultKind(StrEnum):
    """What can be made to go wrong."""

    CUT = "cut"
    """The connection breaks after ``octets`` of the answer; the command has been done."""
    CUT_BEFORE = "cut-before"
    """The connection breaks before the command is done."""
    STALL = "stall"
    """The answer stops for ``seconds`` after ``octets``."""
    DRIP = "drip"
    """The answer comes in pieces of ``octets``, ``seconds`` apart."""
    THROTTLED = "throttled"
    """The tagged OK ends in ``[THROTTLED]``."""
    OVERQUOTA = "overquota"
    """BYE [OVERQUOTA] instead of an answer."""
    EXPIRED = "expired"
    """BYE Session expired instead of an answer."""
    SYSTEM_ERROR = "system-error"
    """NO System Error, nothing done."""
    UNAVAILABLE = "unavailable"
    """NO [UNAVAILABLE] Temporary System Problem, nothing done."""
    REFUSED = "refused"
    """NO with words that promise nothing for another try, nothing done."""
    BAD = "bad"
    """BAD, as if the command had been garbled on its way, nothing done."""
    NOT_FETCHED = "not-fetched"
    """FETCH leaves every ``octets``-th message out and ends with NO (0: all of them)."""
    BARE_FETCH = "bare-fetch"
    """FETCH lines come with flags only, without what was asked for."""
    EXPUNGE_MID_FETCH = "expunge-mid-fetch"
    """After ``octets`` lines of a FETCH, the next message is deleted by somebody else."""
    TOO_MANY = "too-many"
    """The sign-in is refused as one connection too many."""
    LOGIN_REFUSED = "login-refused"
    """The sign-in is refused though the credentials are right; ``text`` is a ``LoginError``."""
    ECHO = "echo"
    """NO that repeats the refused command, a password in it included."""
    LEFT_OUT = "left-out"
    """FETCH leaves every ``octets``-th message out (0: all of them) and ends with OK all the same."""
    NO_MAILBOXES = "no-mailboxes"
    """LIST, LSUB and XLIST end with OK and have named nothing."""
    NO_RESULT = "no-result"
    """SEARCH ends with OK and has sent no result, not even an empty one."""
    EMPTY = "empty"
    """The mailbox looks empty for this one command: ``0 EXISTS``, no message found or counted."""


LINE_FAULTS = (FaultKind.CUT, FaultKind.STALL, FaultKind.DRIP)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong, and when."""

    kind: FaultKind
    command: str = "*"
    """The command it waits for, e.g. ``UID STORE``; ``*`` for any."""
    skip: int = 0
    """So many matching commands pass first."""
    times: int = 1
    """So many are hit after that; 0 for all."""
    octets: int = 0
    """A number, by kind: octets of the answer, or lines, or every how manieth."""
    seconds: float = 0.0
    text: str = ""
    """A word, by kind."""

    def __post_init__(self) -> None:
        if self.kind is FaultKind.LOGIN_REFUSED:
            LoginError(self.text)

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read ``kind[:field=value[,field=value…]]``, as the command line has it. Raises ValueError."""
        kind, _, rest = text.partition(":")
        fields: dict[str, str] = {}
        for part in filter(None, rest.split(",")):
            name, equals, value = part.partition("=")
            if not equals or name not in ("command", "skip", "times", "octets", "seconds", "text"):
                raise ValueError(f"not a field of a fault: {part!r}")
            fields[name] = value
        return cls(
            FaultKind(kind),
            command=fields.get("command", "*").upper(),
            skip=int(fields.get("skip", 0)),
            times=int(fields.get("times", 1)),
            octets=int(fields.get("octets", 0)),
            seconds=float(fields.get("seconds", 0)),
            text=fields.get("text", ""),
        )


@dataclass(slots=True)
class _Armed:
    fault: Fault
    seen: int = 0


class FaultBoard:
    """The faults that are switched on, and how far each has counted."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []

    def arm(self, fault: Fault) -> None:
        """Switch one on."""
        self._armed.append(_Armed(fault))

    def clear(self) -> None:
        """Switch all off."""
        self._armed.clear()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is switched on."""
        return not self._armed

    def take(self, command: str) -> list[Fault]:
        """Count this command; the faults that hit it."""
        hit: list[Fault] = []
        for armed in tuple(self._armed):
            fault = armed.fault
            if fault.command not in ("*", command):
                continue
            armed.seen += 1
            if armed.seen <= fault.skip:
                continue
            hit.append(fault)
            if fault.times and armed.seen >= fault.skip + fault.times:
                self._armed.remove(armed)
        return hit
