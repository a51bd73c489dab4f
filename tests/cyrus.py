"""A Cyrus IMAP of this machine's, on loopback, with a configuration that is thrown away.

Found where Debian puts it, or below ``CYRUS_ROOT``: the folder its packages were unpacked into (``dpkg -x``).
Passwords are judged here, by the saslauthd protocol, so that no database of them is needed.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

ADMINISTRATOR = "cyrus"
"""May do everything, sees all names from the top (``user/fred0``), and has no mail of their own."""
PASSWORD = 'pass "word" \\'
DEADLINE = 20.0
ROOT = Path(os.environ.get("CYRUS_ROOT", "/"))


def _first(*places: str) -> str | None:
    return next((str(ROOT / place) for place in places if (ROOT / place).exists()), None)


IMAPD = _first("usr/lib/cyrus/bin/imapd")
MASTER = _first("usr/lib/cyrus/bin/master", "usr/sbin/cyrmaster") or shutil.which("cyrmaster")
IS_INSTALLED = MASTER is not None and IMAPD is not None

_CONFIGURATION = """
configdirectory: {home}/conf
defaultpartition: default
partition-default: {home}/spool
cyrus_user: {owner}
admins: {admin}
servername: localhost
sasl_pwcheck_method: saslauthd
sasl_saslauthd_path: {home}/mux
sasl_mech_list: PLAIN LOGIN
allowplaintext: yes
failedloginpause: 0
virtdomains: off
unixhierarchysep: yes
altnamespace: yes
duplicatesuppression: no
autocreate_quota: 1024
autocreate_post: yes
autocreate_inbox_folders: Trash
xlist-trash: Trash
imapidlepoll: 1
"""

_SERVICES = """
START {{
  recover cmd="{recover} -C {home}/imapd.conf -r"
}}
SERVICES {{
  imap cmd="{imapd} -C {home}/imapd.conf" listen="127.0.0.1:{port}" proto="tcp4" prefork=1
}}
EVENTS {{
}}
"""


@dataclass(frozen=True)
class Cyrus:
    """A running server: its port, and who may sign in. An account comes to be when its user signs in."""

    port: int
    password: str = field(default=PASSWORD, repr=False)
    unused: Iterator[str] = field(default_factory=lambda: (f"fred{number}" for number in count()))
    """Users whose accounts nobody has touched yet."""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def _write_configuration(home: Path, port: int) -> None:
    owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    folders = ("db", "log", "msg", "proc", "quota", "sieve", "socket", "user", "lock")
    made = [home, home / "spool", home / "conf", *(home / "conf" / name for name in folders)]
    for folder in made:
        folder.mkdir(exist_ok=True)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    (home / "imapd.conf").write_text(
        _CONFIGURATION.format(home=home, owner=owner.pw_name, admin=ADMINISTRATOR)
    )
    recover = Path(IMAPD or "").with_name("ctl_cyrusdb")
    (home / "cyrus.conf").write_text(_SERVICES.format(home=home, port=port, imapd=IMAPD, recover=recover))


def _environment() -> dict[str, str]:
    # The libraries of an unpacked tree lie beside its programs, where the loader does not look.
    if Path("/") == ROOT:
        return dict(os.environ)
    libraries = [str(place) for place in sorted(ROOT.glob("usr/lib/*-linux-gnu*"))]
    libraries += [str(place) for place in sorted(ROOT.glob("lib/*-linux-gnu*"))]
    return dict(os.environ) | {"LD_LIBRARY_PATH": ":".join(libraries)}


def _answer(peer: socket.socket) -> None:
    # Four strings, each after its length in two bytes: user, password, service, realm; one such string back.
    with peer, peer.makefile("rb") as asked:
        peer.settimeout(DEADLINE)
        said = []
        for _ in range(4):
            (length,) = struct.unpack(">H", asked.read(2))
            said.append(asked.read(length))
        peer.sendall(b"\0\2OK" if said[1] == PASSWORD.encode() else b"\0\2NO")


@contextmanager
def _judging_passwords(path: Path) -> Iterator[None]:
    """Answer at a saslauthd's socket: any user with the one password may come in."""
    is_over = threading.Event()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        path.chmod(0o666)
        listener.listen()

        def serve() -> None:
            while True:
                peer, _ = listener.accept()
                if is_over.is_set():
                    peer.close()
                    return
                _answer(peer)

        thread = threading.Thread(target=serve, name="saslauthd")
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            with socket.socket(socket.AF_UNIX) as last:
                last.connect(str(path))
            thread.join(DEADLINE)


@contextmanager
def running_cyrus() -> Iterator[Cyrus]:
    """Start Cyrus, wait until it greets, and stop it at the end."""
    assert MASTER is not None
    # A short path: the sockets in it must not be longer than 107 bytes.
    with tempfile.TemporaryDirectory(prefix="cyrus-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        port = _free_port()
        _write_configuration(home, port)
        arguments = ["-C", "imapd.conf", "-M", "cyrus.conf", "-p", "master.pid", "-L", "log"]
        whole = [str(home / each) if not each.startswith("-") else each for each in arguments]
        with _judging_passwords(home / "mux"):
            # A process group of its own: the master signals all of its group as it ends.
            process = subprocess.Popen([MASTER, *whole], env=_environment(), start_new_session=True)
            try:
                _await_greeting(process, port, home)
                yield Cyrus(port)
            finally:
                _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    # SIGQUIT: it waits for its children; on SIGTERM they would still write while the folder is taken away.
    process.send_signal(signal.SIGQUIT)
    try:
        process.wait(DEADLINE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(DEADLINE)
        raise


def _await_greeting(process: subprocess.Popen[bytes], port: int, home: Path) -> None:
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) as sock:
                if sock.recv(4) == b"* OK":
                    return
        except OSError:
            # Not listening yet; its exit would end the wait.
            try:
                process.wait(0.05)
                break
            except subprocess.TimeoutExpired:
                continue
    log = home / "log"
    raise AssertionError(f"Cyrus did not start: {log.read_text() if log.exists() else 'no log'}")
