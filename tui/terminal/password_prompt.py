"""Signing in on the bare terminal: at a first start with an account named, before anything is stored.

The password is asked for with ``getpass``, proven against the server, and kept in the keyring if that can be
had. Once there is stored mail, the screen asks instead (``tui.dialogs.sign_in``).
"""

from __future__ import annotations

import select
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from imapcore.errors import AuthenticationFailed, GimapError, InvalidArgument, KeyringUnusable
from imapcore.gmail.app_password import APP_PASSWORDS, length_remark, written_together
from imapcore.sanitize import clean_line

if TYPE_CHECKING:
    from imapcore.engine import Question
    from imapcore.model import Account

_TRIES = 3
_WORD_SECONDS = 2.0
_LONGEST_SECONDS = 120.0
"""An unlocking dialog may be open that long before we go on without the keyring."""
_STEP_SECONDS = 0.1


def sign_in(account: Account) -> Callable[[], str] | None:
    """See to it that there is a password that works, asking for it where the keyring has none.

    None: the keyring keeps it. Where no keyring does, what tells the password while this run lasts. Raises
    GimapError when the server cannot be reached, or after three passwords that were refused.
    """
    from imapcore.engine import ask_stored_secret

    told = ""
    try:
        if _wait_for(ask_stored_secret(account)) is not None:
            return None
    except KeyringUnusable as error:
        told = error.sentence()
        tell(told)
    secret = ask_secret(account)
    problem = keep_secret(account, secret)
    if not problem:
        return None
    if problem != told:
        tell(problem)
    return lambda: secret


def ask_secret(account: Account) -> str:
    """Ask for the app password until one works. Raises GimapError as ``sign_in`` does."""
    from getpass import getpass

    from imapcore.engine import check_sign_in

    print(f"gimap-tui signs in to {account.email} with an app password, 16 letters that you can revoke.")
    print(f"Make one at {APP_PASSWORDS} (it needs 2-Step Verification).")
    for attempt in range(_TRIES):
        typed = written_together(getpass("App password (not shown): "))
        if not typed:
            raise InvalidArgument("Nothing was typed", title="No password, no mail")
        try:
            check_sign_in(account, typed)
        except AuthenticationFailed as error:
            if attempt == _TRIES - 1:
                raise
            tell(" ".join(filter(None, (error.sentence(), length_remark(typed)))))
            continue
        break
    return typed


def keep_secret(account: Account, secret: str) -> str:
    """Put it into the keyring; why that could not be done, as a sentence, or nothing."""
    from imapcore.engine import store_secret

    try:
        store_secret(account, secret)
    except GimapError as error:
        return error.sentence()
    return ""


def tell(sentence: str) -> None:
    """Say something beside what is printed."""
    print(f"gimap-tui: {clean_line(sentence)}", file=sys.stderr)


def _wait_for(question: Question[str | None]) -> str | None:
    """The keyring's answer. Whoever does not want to wait for it presses Enter: None."""
    if question.wait(_WORD_SECONDS):
        return question.answer()
    tell("The keyring does not answer yet. Unlock it if it asks you to, or press Enter to type the password")
    for _ in range(int(_LONGEST_SECONDS / _STEP_SECONDS)):
        if question.wait(0):
            return question.answer()
        if select.select([sys.stdin], [], [], _STEP_SECONDS)[0]:
            sys.stdin.readline()
            break
    return None
