"""What is known of app passwords: where they are made, how they are written, what a wrong one looks like."""

from __future__ import annotations

APP_PASSWORDS = "https://myaccount.google.com/apppasswords"
LETTERS = 16


def written_together(typed: str) -> str:
    """What was typed or pasted, without blanks around it, and without those that Google shows inside of an
    app password; in any other password a blank is a character like the rest.
    """
    joined = "".join(typed.split())
    return joined if len(joined) == LETTERS and joined.isalpha() else typed.strip()


def length_remark(secret: str) -> str:
    """Why a password that was refused can be no app password, as a sentence; empty if it could be one."""
    joined = "".join(secret.split())
    if len(joined) == LETTERS:
        return "" if joined.isalpha() else f"An app password has {LETTERS} letters and nothing else"
    return f"An app password has {LETTERS} letters, this has {len(joined)}"
