"""Runs inside of ``dbus-run-session``: a real gnome-keyring in its moods; prints what we say of each.

Its folders are those of the environment it is given; the daemon is its own child, and ended by it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing

import secretstorage
from jeepney import DBusAddress, new_method_call

from imapcore.errors import KeyringUnusable
from imapcore.model import Account
from imapcore.net.keyring import SERVICE, forget_secret, store_secret, stored_secret

GMAIL = Account("ada.l@gmail.com")
SECRET = "qwertzuiopasdfgh"
SECONDS = 20.0
"""A machine that is busy starts services slowly; what hangs is another test's affair."""


def start_daemon() -> subprocess.Popen[bytes]:
    """gnome-keyring on this session's bus, its login keyring made or unlocked."""
    daemon = subprocess.Popen(
        ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert daemon.stdin is not None
    daemon.stdin.write(b"the login password")
    daemon.stdin.close()
    return daemon


def answer(ask: Callable[[], object]) -> list[object]:
    """What came of a question: its value, or the mood and the sentence."""
    try:
        return ["value", ask()]
    except KeyringUnusable as error:
        return [error.mood.value, error.sentence()]


def is_served() -> bool:
    """Whether somebody serves secrets on this bus; nobody is started by the question."""
    bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
    with closing(secretstorage.dbus_init()) as connection:
        question = new_method_call(bus, "NameHasOwner", "s", ("org.freedesktop.secrets",))
        return bool(connection.send_and_get_reply(question).body[0])


def wait_until_unlocked() -> None:
    """Until the daemon serves its default collection; raises when it does not in time."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            # Asked too early, the bus would start a second daemon, which knows no password and asks for one.
            if not is_served():
                raise TimeoutError("the daemon did not come to the bus")
            with closing(secretstorage.dbus_init()) as bus:
                if not secretstorage.get_default_collection(bus).is_locked():
                    return
        except Exception:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.05)


def main() -> None:
    """All moods, one after the other."""
    told: dict[str, object] = {}
    daemon = start_daemon()
    try:
        wait_until_unlocked()
        told["empty"] = answer(lambda: stored_secret(GMAIL, SECONDS))
        told["stored"] = answer(lambda: store_secret(GMAIL, SECRET, SECONDS))
        told["read"] = answer(lambda: stored_secret(GMAIL, SECONDS))
        told["elsewhere"] = answer(lambda: stored_secret(Account(GMAIL.email, "127.0.0.1"), SECONDS))
        told["forgotten"] = answer(lambda: forget_secret(GMAIL, SECONDS))
        told["gone"] = answer(lambda: stored_secret(GMAIL, SECONDS))
        _store_as_before()
        told["moved"] = answer(lambda: stored_secret(GMAIL, SECONDS))
        with closing(secretstorage.dbus_init()) as bus:
            attributes = {"service": SERVICE, "username": GMAIL.email}
            told["old entries"] = ["value", str(len(list(secretstorage.search_items(bus, attributes))))]
            secretstorage.get_default_collection(bus).lock()
        told["locked"] = answer(lambda: stored_secret(GMAIL, SECONDS))
        told["store while locked"] = answer(lambda: store_secret(GMAIL, SECRET, SECONDS))
    finally:
        daemon.kill()
        daemon.wait()
    told["killed"] = answer(lambda: stored_secret(GMAIL, SECONDS))
    json.dump(told, sys.stdout)


def _store_as_before() -> None:
    import keyring

    keyring.set_password(SERVICE, GMAIL.email, SECRET)


if __name__ == "__main__":
    main()
