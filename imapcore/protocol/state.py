"""Where the conversation stands: the states of RFC 3501 §3, and what is known of the selected mailbox.

Values only. The table of which command is valid when is in ``commands.table``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from imapcore.wire.codes import Code, MailboxId, NumberCode, PermanentFlags
from imapcore.wire.responses import Exists, Expunged, MailboxFlags, Recent, Response, Status, Vanished


class State(StrEnum):
    """RFC 3501 §3, with the moment before the greeting as a state of its own."""

    GREETING = "greeting"
    NOT_AUTHENTICATED = "not authenticated"
    AUTHENTICATED = "authenticated"
    SELECTED = "selected"
    LOGOUT = "logout"


@dataclass(frozen=True, slots=True)
class SelectedMailbox:
    """What the server has said of the selected mailbox up to now; None where it has said nothing."""

    name: str
    is_read_only: bool = False
    exists: int = 0
    recent: int = 0
    uidvalidity: int | None = None
    uidnext: int | None = None
    """As predicted when it was selected; not updated by later arrivals."""
    highestmodseq: int | None = None
    """As of SELECT, or as a later response code said; None without CONDSTORE (RFC 7162)."""
    flags: frozenset[str] = frozenset()
    permanent_flags: frozenset[str] | None = None
    """None: every flag of ``flags`` is permanent (RFC 3501 §7.1)."""
    unseen: int | None = None
    mailboxid: str | None = None
    is_uid_sticky: bool = True
    has_modseqs: bool = True
    """False after NOMODSEQ."""
    is_counted: bool = field(default=False, compare=False)
    """Whether the server has said how many messages there are."""

    @property
    def can_create_keywords(self) -> bool:
        r"""Whether new keywords may be stored: ``\*`` among the permanent flags."""
        return self.permanent_flags is not None and "\\*" in self.permanent_flags

    def after(self, response: Response) -> SelectedMailbox:
        """The mailbox after one more untagged response; unchanged when that says nothing of it."""
        match response:
            case Exists(count):
                return replace(self, exists=count, is_counted=True)
            case Recent(count):
                return replace(self, recent=count)
            case Expunged():
                return replace(self, exists=max(0, self.exists - 1))
            case Vanished(uids, False):
                # Open sets are refused by the reader of VANISHED; the count of ranges is exact.
                return replace(self, exists=max(0, self.exists - uids.count()))
            case MailboxFlags(flags):
                return replace(self, flags=flags)
            case Status(code=Code() as code):
                return self.after_code(code)
            case _:
                return self

    def after_code(self, code: Code) -> SelectedMailbox:
        """The mailbox after a response code, tagged or not."""
        match code:
            case NumberCode(name="UIDVALIDITY", number=number):
                return replace(self, uidvalidity=number)
            case NumberCode(name="UIDNEXT", number=number):
                return replace(self, uidnext=number)
            case NumberCode(name="HIGHESTMODSEQ", number=number):
                return replace(self, highestmodseq=number)
            case NumberCode(name="UNSEEN", number=number):
                return replace(self, unseen=number)
            case PermanentFlags(flags=flags):
                return replace(self, permanent_flags=flags)
            case MailboxId(mailboxid=mailboxid):
                return replace(self, mailboxid=mailboxid)
            case Code(name="READ-ONLY"):
                return replace(self, is_read_only=True)
            case Code(name="READ-WRITE"):
                return replace(self, is_read_only=False)
            case Code(name="UIDNOTSTICKY"):
                return replace(self, is_uid_sticky=False)
            case Code(name="NOMODSEQ"):
                return replace(self, has_modseqs=False, highestmodseq=None)
            case _:
                return self
