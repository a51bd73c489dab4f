"""What one may have forgotten: said in the bottom line before a mail goes, never a row of questions.

Pure. Who has been written to before is handed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from imapcore.model import Address, Draft

LARGEST = 25 * 1000 * 1000
"""Octets of files that Gmail takes in one message; what is larger must go another way."""
MANY = 5
"""Recipients from which on one that was never written to is worth a word."""

_ATTACHED = re.compile(
    r"\b(?:attach(?:ed|ing|ment|ments)|enclosed|im anhang|angehängt|anbei|beigefügt|ci-joint|pièce jointe|"
    r"adjunt[oa]s?|in allegato|allegato|em anexo|bijlage|bijgevoegd|załącznik\w*|в приложении|прикреп\w+|"
    r"во вложении)\b|添付|附件|첨부",
    re.IGNORECASE,
)


def warnings(draft: Draft, is_known: Callable[[Address], bool] = lambda _: True) -> tuple[str, ...]:
    """Sentences about a draft that is about to be sent; none of them forbids it but what ``problem`` says."""
    said: list[str] = []
    own = own_words(draft.text)
    if not draft.files and (match := _ATTACHED.search(own)):
        said.append(f"You wrote “{match[0]}” and nothing is attached")
    if not draft.subject.strip():
        said.append("There is no subject")
    if not own.strip() and not draft.files:
        said.append("There is no text")
    if len(draft.recipients) >= MANY:
        strangers = [address for address in draft.recipients if not is_known(address)]
        if strangers:
            more = f" and {len(strangers) - 1} more" if len(strangers) > 1 else ""
            said.append(f"You never wrote to {strangers[0].email}{more} before")
    return tuple(said)


def problem(draft: Draft) -> str:
    """Why a draft cannot be sent as it is, as a sentence; empty if it can."""
    if not draft.recipients:
        return "Nobody to send it to: fill in To, Cc or Bcc"
    size = sum(file.size for file in draft.files)
    if size > LARGEST:
        most = LARGEST // 1_000_000
        return f"{size / 1e6:.1f} MB of files; Gmail takes {most} MB. Take some off, or send a link"
    return ""


def own_words(text: str) -> str:
    """What the writer wrote: without quoted lines, a forwarded message and the signature."""
    lines: list[str] = []
    for line in text.split("\n"):
        if line == "-- " or line.startswith("---------- Forwarded message"):
            break
        if not line.startswith(">"):
            lines.append(line)
    return "\n".join(lines)
