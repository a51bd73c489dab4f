"""Mail submission (RFC 6409): one message handed over, and exactly one truth about what became of it.

- ``replies``     octets → replies (RFC 5321 §4.2), pure
- ``dialogue``    the order of commands and what each answer means, pure
- ``outcome``     what became of a message, as values
- ``words``       Gmail's refusals as sentences with the next step, pure
- ``submission``  the dialogue on a ``net.Stream``: every wait has an end, any thread may interrupt

What may not live here: when to try again, and what to do when nobody knows whether a message was taken. That
is for whoever keeps the outbox, and why ``Unknown`` is an outcome of its own.
"""

from __future__ import annotations

from imapcore.smtp.dialogue import Envelope
from imapcore.smtp.outcome import Accepted, NotSent, Outcome, Refused, Unknown
from imapcore.smtp.submission import SubmissionOptions, check_submission, sign_in_with, submit

__all__ = [
    "Accepted",
    "Envelope",
    "NotSent",
    "Outcome",
    "Refused",
    "SubmissionOptions",
    "Unknown",
    "check_submission",
    "sign_in_with",
    "submit",
]
