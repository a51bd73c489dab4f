"""The link: how it stands, looking for new mail, signing in and out."""

from __future__ import annotations

from imapcore.errors import InvalidArgument
from tui.linear.lists import HOPELESS
from tui.linear.talk import Talk
from tui.linear.verbs import Verb
from tui.style.text import plural

SENDING_SECONDS = 20.0
"""How long the end of the input waits for what is to be sent."""


def status(talk: Talk, words: list[str]) -> None:
    """The link, how much is stored, how much is pending."""
    progress, link = talk.mail.progress(), talk.mail.link()
    missing = f" {progress.missing:,} could not be read;" if progress.missing else ""
    stored = f"{progress.stored:,} of {progress.total:,} messages"
    pending = plural(progress.pending_ops, "change")
    talk.say(f"{link.state.value.replace('_', ' ')}; {stored};{missing} {pending} pending.")


def refresh(talk: Talk, words: list[str]) -> None:
    """Check for new mail now; reconnect if needed."""
    talk.mail.refresh()
    talk.say("Checking for new mail.")


def sign_in(talk: Talk, words: list[str]) -> None:
    """Type the password."""
    if not talk.is_interactive:
        raise InvalidArgument(
            "Start gimap-tui on a terminal for that", title="A password is typed by a person"
        )
    from tui.terminal.password_prompt import ask_secret, keep_secret

    account = talk.mail.account
    secret = ask_secret(account)
    problem = keep_secret(account, secret)
    if problem:
        talk.say(problem)
    talk.mail.use_secret(secret)


def sign_out(talk: Talk, words: list[str]) -> None:
    """Forget the password."""
    talk.mail.sign_out()
    talk.say("Signed out. The password is forgotten, the stored mail is still here.")


def wait_until_sent(talk: Talk) -> None:
    """Whoever ends with the input has nobody who goes on watching: what was changed is sent first."""
    mail = talk.mail
    talk.hearing.wait(
        lambda: not mail.progress().pending_ops or mail.link().state in HOPELESS, SENDING_SECONDS
    )
    pending = mail.progress().pending_ops
    if pending:
        talk.say(f"{plural(pending, 'change')} still to be sent; gimap-tui sends it when it runs again.")


def leave(talk: Talk, words: list[str]) -> None:
    """Leave; what is pending is sent when gimap-tui runs again."""
    talk.is_over = True


VERBS = (
    Verb("status", "the link, what is stored, what is pending", status),
    Verb("refresh", "check for new mail; reconnect if needed", refresh),
    Verb("signin", "type the password", sign_in),
    Verb("signout", "forget the password, keep the mail", sign_out, commands=("sign-out",)),
    Verb("quit", "leave", leave, short=("q", "exit", "bye")),
)
