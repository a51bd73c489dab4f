"""The table of commands: in which states each is valid, what the server must offer, what may share the line.

The one place that says so; the protocol, the tests and the documentation read it. ``is_alone`` marks commands
that are sent only when nothing else is in flight and that nothing follows until they end: those which change
the state, the layer below, or the meaning of what others are answered (RFC 9051 §5.5).
"""

from __future__ import annotations

from dataclasses import dataclass

from imapcore.protocol.commands.base import Command
from imapcore.protocol.commands.fetch import Fetch
from imapcore.protocol.commands.message import Copy, Move, Store
from imapcore.protocol.commands.search import Search, Sort, Thread
from imapcore.protocol.extensions import Need
from imapcore.protocol.state import State

ANY = frozenset({State.NOT_AUTHENTICATED, State.AUTHENTICATED, State.SELECTED})
BEFORE = frozenset({State.NOT_AUTHENTICATED})
AFTER = frozenset({State.AUTHENTICATED, State.SELECTED})
SELECTED = frozenset({State.SELECTED})


@dataclass(frozen=True, slots=True)
class Rule:
    """What the protocol must know of a command before it sends it."""

    states: frozenset[State]
    needs: Need = ()
    """None: every server has it. What the arguments need is the command's to say (``Command.needs``)."""
    is_alone: bool = False


RULES: dict[str, Rule] = {
    "CAPABILITY": Rule(ANY),
    "NOOP": Rule(ANY),
    "LOGOUT": Rule(ANY, is_alone=True),
    "ID": Rule(ANY, ("ID",)),
    "STARTTLS": Rule(BEFORE, ("STARTTLS",), is_alone=True),
    "LOGIN": Rule(BEFORE, is_alone=True),
    "AUTHENTICATE": Rule(BEFORE, is_alone=True),
    "COMPRESS": Rule(AFTER, ("COMPRESS=DEFLATE",), is_alone=True),
    "ENABLE": Rule(AFTER, ("ENABLE", "IMAP4REV2"), is_alone=True),
    "NAMESPACE": Rule(AFTER, ("NAMESPACE", "IMAP4REV2")),
    "SELECT": Rule(AFTER, is_alone=True),
    "CREATE": Rule(AFTER, is_alone=True),
    "DELETE": Rule(AFTER, is_alone=True),
    "RENAME": Rule(AFTER, is_alone=True),
    "SUBSCRIBE": Rule(AFTER),
    "UNSUBSCRIBE": Rule(AFTER),
    "LIST": Rule(AFTER),
    "LSUB": Rule(AFTER),
    "XLIST": Rule(AFTER, ("XLIST",)),
    "STATUS": Rule(AFTER),
    "GETQUOTA": Rule(AFTER, ("QUOTA",)),
    "GETQUOTAROOT": Rule(AFTER, ("QUOTA",)),
    "APPEND": Rule(AFTER),
    "IDLE": Rule(AFTER, ("IDLE", "IMAP4REV2"), is_alone=True),
    "CHECK": Rule(SELECTED),
    "CLOSE": Rule(SELECTED, is_alone=True),
    "UNSELECT": Rule(SELECTED, ("UNSELECT", "IMAP4REV2"), is_alone=True),
    "EXPUNGE": Rule(SELECTED, is_alone=True),
    "UID EXPUNGE": Rule(SELECTED, ("UIDPLUS", "IMAP4REV2"), is_alone=True),
    "FETCH": Rule(SELECTED),
    "STORE": Rule(SELECTED),
    "COPY": Rule(SELECTED),
    "MOVE": Rule(SELECTED, ("MOVE", "IMAP4REV2"), is_alone=True),
    "SEARCH": Rule(SELECTED),
    "SORT": Rule(SELECTED, ("SORT", "SORT=DISPLAY")),
    "THREAD": Rule(SELECTED),
}
"""By ``Command.name``, but by verb where the UID form has needs of its own."""


def rule_of(command: Command[object]) -> Rule:
    """The rule for a command.

    Sequence numbers change meaning with every EXPUNGE, so whatever goes by them goes alone.
    """
    rule = RULES.get(command.verb) or RULES[command.name]
    if isinstance(command, Fetch | Store | Copy | Move | Search | Sort | Thread) and not command.is_uid:
        return Rule(rule.states, rule.needs, is_alone=True)
    return rule
