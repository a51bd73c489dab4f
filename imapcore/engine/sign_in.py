"""From an account to a signed-in connection: TLS, LOGIN, the check that it is Gmail.

What lives here: dialling. What may not: retrying (``session``), keeping a secret (``secrets``).
"""

from __future__ import annotations

from imapcore import __version__
from imapcore.engine.options import EngineOptions
from imapcore.engine.secrets import Secrets
from imapcore.errors import AllMailHidden, AuthenticationFailed, NotGmail
from imapcore.model import Account, Role
from imapcore.net.connection import Connection
from imapcore.net.endpoint import Deadlines, Endpoint
from imapcore.net.wakeup import Wakeup
from imapcore.protocol.commands import Id, List, Login
from imapcore.protocol.gmail import find_roles
from imapcore.protocol.state import State
from imapcore.protocol.transcript import Transcript
from imapcore.wire.encoder import Secret

GMAIL = "X-GM-EXT-1"


class Dialer:
    """Makes signed-in connections for one account; all of them write to one transcript."""

    def __init__(self, account: Account, secrets: Secrets, options: EngineOptions) -> None:
        self._account = account
        self._options = options
        self.secrets = secrets
        self.transcript = Transcript()

    def connect(self, wakeup: Wakeup) -> Connection:
        """Connect, prove it is Gmail, sign in. Raises LinkError, AuthenticationFailed, NotGmail …"""
        deadlines = Deadlines(
            connect=self._options.connect_seconds,
            read=self._options.read_seconds,
            idle=self._options.idle_seconds,
        )
        # The secret first: where there is none, nobody need knock at the server.
        secret = self.secrets.get()
        connection = Connection.open(
            Endpoint.of(self._account), deadlines=deadlines, transcript=self.transcript, wakeup=wakeup
        )
        try:
            sign_in(connection, self._account, secret)
        except AuthenticationFailed:
            self.secrets.forget()
            connection.close()
            raise
        except BaseException:
            connection.close()
            raise
        return connection


def sign_in(connection: Connection, account: Account, secret: str) -> None:
    """LOGIN, and ID as Google asks of clients. The password is shown to nobody who is not Gmail.

    Raises NotGmail, AuthenticationFailed, and whatever else the server answers.
    """
    if GMAIL not in connection.capabilities:
        raise NotGmail(f"{account.host} does not offer {GMAIL}")
    if connection.state is State.NOT_AUTHENTICATED:
        connection.authenticate(Login(account.email, Secret(plain_secret(secret))))
    if GMAIL not in connection.capabilities:
        raise NotGmail(f"{account.host} does not offer {GMAIL} after signing in")
    if "ID" in connection.capabilities:
        # Nobody waits for the answer: it comes along with that of the next command.
        connection.submit(Id.of({"name": "gimap-tui", "version": __version__}))


def plain_secret(secret: str) -> str:
    """An app password without the spaces Google shows it with; anything else as it is."""
    joined = "".join(secret.split())
    return joined if len(joined) == 16 and joined.isalpha() else secret


def check_sign_in(account: Account, secret: str) -> None:
    """Connect once and sign in.

    Raises the GimapError that says what is wrong: AuthenticationFailed, HostUnknown, ConnectionRefused,
    TlsError, NotGmail, AllMailHidden …
    """
    with Connection.open(Endpoint.of(account), deadlines=Deadlines(connect=20.0, read=30.0)) as connection:
        sign_in(connection, account, secret)
        if Role.ALL not in find_roles(connection.run(List()).mailboxes):
            raise AllMailHidden()
