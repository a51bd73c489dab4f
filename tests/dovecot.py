"""A Dovecot of this machine's, on loopback, with a configuration that is thrown away.

Runs as whoever runs the tests; as root it hands the mail to ``nobody``, as Dovecot refuses to serve root.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import trustme

ACCOUNTS = 200
"""Empty accounts a server has: ``fred0`` and so on, all with one password."""
PASSWORD = 'pass "word" \\'
DEADLINE = 20.0
PROGRAM = shutil.which("dovecot") or next(
    (path for path in ("/usr/sbin/dovecot", "/usr/local/sbin/dovecot") if Path(path).exists()), None
)

_CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
instance_name = tests-{port}
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = plain login cram-md5 scram-sha-256
mail_location = maildir:{home}/mail/%u
mail_fsync = never
mail_plugins = quota acl
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
{chroots}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Trash {{
    auto = create
    special_use = \\Trash
  }}
}}
protocol imap {{
  mail_plugins = quota acl zlib imap_quota imap_acl imap_zlib
}}
plugin {{
  quota = count:User quota
  quota_rule = *:storage=1M
  quota_vsizes = yes
  acl = vfile
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {home}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
first_valid_uid = 1
service imap-login {{
  service_count = 0
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running server: its ports, who may sign in, and whom to trust for its certificate."""

    port: int
    tls_port: int
    context: ssl.SSLContext
    home: Path
    """Where all of it lies; an account's mail in ``mail/fred0``, as a Maildir."""
    password: str = field(default=PASSWORD, repr=False)
    unused: Iterator[str] = field(default_factory=lambda: (f"fred{number}" for number in range(ACCOUNTS)))
    """Users whose accounts nobody has touched yet."""


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [int(sock.getsockname()[1]) for sock in sockets]
    finally:
        for sock in sockets:
            sock.close()


def _settings(home: Path, port: int, tls_port: int) -> dict[str, object]:
    me = pwd.getpwuid(os.getuid())
    settings: dict[str, object] = {"home": home, "port": port, "tls_port": tls_port}
    if os.getuid() == 0:
        mail = pwd.getpwnam("nobody")
        (home / "mail").mkdir()
        os.chown(home / "mail", mail.pw_uid, mail.pw_gid)
        return settings | {
            "uid": mail.pw_uid,
            "gid": mail.pw_gid,
            "internal": "dovecot",
            "internal_group": "dovecot",
            "login": "dovenull",
            "chroots": "",
        }
    services = ("anvil", "imap-login", "imap-urlauth-login")
    return settings | {
        "uid": me.pw_uid,
        "gid": me.pw_gid,
        "internal": me.pw_name,
        "internal_group": "",
        "login": me.pw_name,
        "chroots": "\n".join(f"service {name} {{\n  chroot =\n}}" for name in services),
    }


def _write_configuration(home: Path, port: int, tls_port: int) -> ssl.SSLContext:
    # Dovecot's own users must get in, and the directory is on loopback's machine only.
    home.chmod(0o755)
    (home / "users").write_text("".join(f"fred{number}:{{PLAIN}}{PASSWORD}\n" for number in range(ACCOUNTS)))
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    certificate.private_key_pem.write_to_path(str(home / "key.pem"))
    (home / "cert.pem").write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    (home / "dovecot.conf").write_text(_CONFIGURATION.format(**_settings(home, port, tls_port)))
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@contextmanager
def running_dovecot() -> Iterator[Dovecot]:
    """Start Dovecot, wait until it greets, and stop it at the end."""
    assert PROGRAM is not None
    # A short path: the sockets in it must not be longer than 107 bytes.
    with tempfile.TemporaryDirectory(prefix="dovecot-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        port, tls_port = _free_ports(2)
        context = _write_configuration(home, port, tls_port)
        process = subprocess.Popen([PROGRAM, "-F", "-c", str(home / "dovecot.conf")])
        try:
            _await_greeting(process, port, home)
            yield Dovecot(port, tls_port, context, home)
        finally:
            process.terminate()
            process.wait(DEADLINE)


def _await_greeting(process: subprocess.Popen[bytes], port: int, home: Path) -> None:
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) as sock:
                if sock.recv(4) == b"* OK":
                    return
        except OSError:
            # Not listening yet; its exit would end the wait.
            if _is_gone_after_a_moment(process):
                break
    log = home / "log"
    raise AssertionError(f"Dovecot did not start: {log.read_text() if log.exists() else 'no log'}")


def _is_gone_after_a_moment(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(0.05)
    except subprocess.TimeoutExpired:
        return False
    return True
