"""What a refusal means and what to do next, by code, enhanced code and Gmail's own words.

A table, most particular first. Facts: Google's list of SMTP errors; a line is found by what Gmail was seen to
send, and by the code alone where another server says it in other words.
"""

from __future__ import annotations

from dataclasses import dataclass

from imapcore.sanitize import clean_line
from imapcore.smtp.outcome import Refused
from imapcore.smtp.replies import Reply

APP_PASSWORDS = "https://myaccount.google.com/apppasswords"
_LATER = "It is tried again by itself"


@dataclass(frozen=True, slots=True)
class _Meaning:
    title: str
    hint: str
    codes: tuple[str, ...] = ()
    """Reply codes or enhanced codes, any of which must match."""
    words: str = ""
    """What the text must hold, in lower case; empty: whatever."""


_MEANINGS = (
    _Meaning("Gmail wants an app password", f"Make one at {APP_PASSWORDS}", ("5.7.9",)),
    _Meaning("Gmail wants you to sign in on the web first", "Open the address in its words", ("5.7.14",)),
    _Meaning("Gmail did not accept the password", f"Sign in again; app passwords: {APP_PASSWORDS}",
             ("5.7.8", "535", "534")),
    _Meaning("Too many attempts to sign in", _LATER, ("4.7.0", "454"), "login"),
    _Meaning("The account has sent as much as Gmail allows in a day", "Send it tomorrow: it stays a draft",
             ("5.4.5",)),
    _Meaning("The account has sent too much for now", _LATER, ("4.2.1", "450"), "rate"),
    _Meaning("Gmail refuses a file in this message", "Programs are not taken, packed or not: share a link",
             ("5.7.0",), "content"),
    _Meaning("The message is too large", "Take some files off, or send a link to them",
             ("5.3.4", "5.2.3", "552")),
    _Meaning("Gmail takes the message for spam", "Change its words, or send it to fewer people at once",
             ("5.7.1",)),
    _Meaning("This address does not exist", "Check how it is spelt",
             ("5.1.1", "5.1.2", "5.1.3", "5.1.10", "553")),
    _Meaning("That mailbox is full", "Try again later, or write another way", ("5.2.2", "4.2.2")),
    _Meaning("The server does not let this address send", "Choose another From",
             ("5.7.60", "5.1.7", "5.1.8")),
    _Meaning("The server is busy", _LATER, ("421", "4.3.0", "4.3.2", "4.7.0", "450", "451", "452")),
)  # fmt: skip


def refusal(reply: Reply, *, recipient: str = "", is_sign_in: bool = False) -> Refused:
    """A reply that was not the one hoped for; a 2xx or 3xx out of place counts as one, too."""
    text, lowered = reply.text, reply.text.lower()
    is_temporary = 400 <= reply.code < 500
    keys = {str(reply.code), reply.enhanced}
    title = "The server will not take it for now" if is_temporary else "The server refuses it"
    hint = _LATER if is_temporary else "The mail is back in your drafts"
    for meaning in _MEANINGS:
        if keys.intersection(meaning.codes) and meaning.words in lowered:
            title, hint = meaning.title, meaning.hint
            break
    if recipient:
        title = f"{title}: {clean_line(recipient)}"
    words = clean_line(f"{reply.code} {reply.enhanced} {text}".replace("  ", " "), 500)
    return Refused(reply.code, reply.enhanced, words, title, hint, is_temporary, is_sign_in)
