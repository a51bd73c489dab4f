"""Whose a store is: one file for each account, and stores that earlier versions named are found again."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from imapcore.engine import Engine, EngineOptions, has_store
from imapcore.engine.engine import LONGEST_NAME, find_store, store_path
from imapcore.model import INBOX, Account
from imapcore.simulator import Options, Simulator
from imapcore.store.sqlite.lockfile import WriterLock
from tests.engine.harness import account_of, agree, engine_on

ODD = "o'brien/x@gmail.com"
OFFLINE = EngineOptions(is_offline=True)


def test_two_accounts_never_share_a_store(tmp_path: Path) -> None:
    emails = [
        "a/b@x.yy",
        "a_b@x.yy",
        "a:b@x.yy",
        "a'b@x.yy",
        "ab@x.yy",
        "a" * 300 + "@x.yy",
        "a" * 301 + "@x.yy",
    ]
    emails += ["ä" * 120 + "@x.yy", "ä" * 121 + "@x.yy", "\U0001f600@x.yy"]
    accounts = [Account(email, host) for email in emails for host in ("imap.gmail.com", "h", "h/", "h_")]
    accounts += [Account("ab@x.yy", "h", 1), Account("ab@x.yy", "::1"), Account("ab@x.yy", "__1")]
    paths = {store_path(account, tmp_path) for account in accounts}
    assert len(paths) == len(accounts)
    for path in paths:
        assert path.parent == tmp_path
        assert len(path.name.encode()) < 200


@pytest.mark.parametrize("email", ["me@gmail.com", "A.b-c_d+e@firm.example", "jürgen@firm.example"])
def test_a_plain_address_keeps_its_name(tmp_path: Path, email: str) -> None:
    assert store_path(Account(email), tmp_path) == tmp_path / f"{email.lower()}.sqlite3"
    assert len(email) < LONGEST_NAME


def _old_name(account: Account) -> str:
    return f"o_brien_x@gmail.com@{account.host}-{account.port}.sqlite3"


def test_a_store_of_an_earlier_version_is_found_and_gets_its_own_name(tmp_path: Path) -> None:
    with Simulator(Options(messages=12, email=ODD)) as sim:
        sim.control.deliver(
            f'From: ada@x.example\r\nTo: "{ODD.partition("@")[0]}"@gmail.com\r\n\r\nx'.encode()
        )
        account = account_of(sim)
        with engine_on(sim, tmp_path) as (engine, watcher):
            agree(engine, watcher, sim)
            shown = engine.window(INBOX).total
    own = store_path(account, tmp_path)
    old = tmp_path / _old_name(account)
    own.rename(old)
    # Not the other account's that could have had this name.
    other = replace(account, email="o_brien_x@gmail.com")
    assert store_path(other, tmp_path) == old
    lock = WriterLock(old)
    assert lock.acquire()
    assert find_store(account, tmp_path) == old
    lock.release()
    assert has_store(account, tmp_path)
    with Engine(account, data_dir=tmp_path, options=OFFLINE) as engine:
        assert engine.window(INBOX).total == shown
    assert own.exists()
    assert not has_store(other, tmp_path)


def test_a_store_of_the_other_account_is_left_alone(tmp_path: Path) -> None:
    with Simulator(Options(messages=12, email="o_brien_x@gmail.com")) as sim:
        theirs = account_of(sim)
        with engine_on(sim, tmp_path) as (engine, watcher):
            agree(engine, watcher, sim)
    mine = replace(theirs, email=ODD)
    assert not has_store(mine, tmp_path)
    assert has_store(theirs, tmp_path)


def test_what_is_no_store_is_left_alone(tmp_path: Path) -> None:
    account = Account(ODD, "h")
    old = tmp_path / "o_brien_x@gmail.com@h-993.sqlite3"
    old.write_bytes(b"nonsense")
    assert find_store(account, tmp_path) == store_path(account, tmp_path)
    assert old.read_bytes() == b"nonsense"


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_files_and_folders_are_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    import os

    before = os.umask(umask)
    try:
        folder = tmp_path / "local" / "share" / "gimap-tui"
        with Engine(Account("me@gmail.com"), data_dir=folder, options=OFFLINE):
            pass
    finally:
        os.umask(before)
    for each in (folder, folder.parent, folder.parent.parent):
        assert stat.S_IMODE(each.stat().st_mode) == 0o700
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file
