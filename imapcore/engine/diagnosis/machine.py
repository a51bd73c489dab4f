"""What is on this machine: who tells the secret, and the store.

What lives here: questions that need no network. What may not: a secret in any text.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from imapcore.engine.credentials import Credential
from imapcore.engine.diagnosis.check import Findings, Verdict
from imapcore.engine.engine import find_store
from imapcore.errors import GimapError, KeyringUnusable
from imapcore.gmail.app_password import APP_PASSWORDS, length_remark, written_together
from imapcore.model import Account
from imapcore.net.keyring import keyring_name, stored_secret
from imapcore.store import SQLITE_VERSION, look_at_store, sqlite_problem

STORE_SECONDS = 20.0
"""So long the store is looked at; one of a gigabyte takes about half of that."""


def check_secret(
    account: Account, ask: Callable[[], str] | None, findings: Findings, *, is_token: bool, teller: str
) -> Credential | None:
    """Who tells the secret, and the secret; None where there is none. ``teller``: the program's name."""
    if ask is None:
        return _check_keyring(account, findings)
    what = "token" if is_token else "password"
    try:
        text = ask()
    except GimapError as error:
        findings.error("secret", "Password", error)
        return None
    findings.hide(text, written_together(text))
    findings.ok("secret", "Password", f"{teller or 'A program'} tells the {what}")
    return Credential(text, is_token=is_token)


def _check_keyring(account: Account, findings: Findings) -> Credential | None:
    try:
        name = keyring_name()
        text = stored_secret(account)
    except KeyringUnusable as error:
        findings.add("keyring", "Keyring", Verdict.WARNING, f"{error.title}: {error.detail}", error.hint)
        return None
    findings.ok("keyring", "Keyring", f"{name} keeps passwords")
    if not text:
        findings.fail(
            "secret",
            "Password",
            f"None is kept for {account.email} at {account.host}:{account.port}",
            f"gimap-tui --account {account.email} asks for it; app passwords are made at {APP_PASSWORDS}",
        )
        return None
    findings.hide(text, written_together(text))
    remark = length_remark(text) if account.host == "imap.gmail.com" else ""
    if remark:
        findings.warn(
            "secret", "Password", f"{name} keeps one. {remark}", f"Make an app password at {APP_PASSWORDS}"
        )
    else:
        findings.ok("secret", "Password", f"{name} keeps one")
    return Credential(text)


def check_sqlite(findings: Findings) -> None:
    """The library that keeps the store: its version, and whether it can do what the store asks of it."""
    problem = sqlite_problem()
    if problem:
        findings.fail(
            "sqlite",
            "SQLite",
            f"{SQLITE_VERSION}: {problem}",
            "Use a Python that brings a newer SQLite, with FTS5",
        )
    else:
        findings.ok("sqlite", "SQLite", f"{SQLITE_VERSION}, with all that the store needs")


def check_store(account: Account, data_dir: Path | None, findings: Findings) -> None:
    """The local store: how large, how healthy, and whether others could read it."""
    path = find_store(account, data_dir)
    health = look_at_store(path, STORE_SECONDS)
    if health is None:
        findings.ok("store", "Store", f"None yet; it will be {path}")
        return
    size = f"{health.octets / 1e6:.1f} MB in {path}"
    if health.problem:
        advice = (
            "Start gimap-tui: it keeps the old file, rebuilds the store from Gmail and saves what waits"
            if health.is_damaged
            else "Start gimap-tui of the version that is meant to use it, or move that file away"
        )
        findings.fail("store", "Store", f"{health.problem}; {size}", advice)
        return
    told = f"{health.messages:,} messages, {size}"
    if health.waiting:
        told += f"; {health.waiting} change{'s wait' if health.waiting > 1 else ' waits'} to be sent"
    if health.readable_by_others:
        findings.warn("store", "Store", f"Others can read it: {told}", f"chmod 600 {path}")
    elif not health.is_whole:
        findings.warn(
            "store",
            "Store",
            f"{told}; not all of it could be checked in {STORE_SECONDS:g} s",
            "Try again later",
        )
    else:
        findings.ok("store", "Store", f"{told}, sound")
