"""From an account to a signed-in connection: TLS, LOGIN, the check that it is Gmail.

What lives here: dialling. What may not: retrying (``job_runner``), keeping a secret (``credentials``).
"""

from __future__ import annotations

from contextlib import suppress

from imapcore import __version__
from imapcore.engine.credentials import Credential, Credentials
from imapcore.engine.options import EngineOptions
from imapcore.errors import AllMailHidden, AuthenticationFailed, GimapError, NotGmail, NotSupported
from imapcore.gmail.app_password import written_together
from imapcore.model import Account, Role
from imapcore.net.connection import Connection
from imapcore.net.endpoint import Deadlines, Endpoint
from imapcore.net.wakeup import Wakeup
from imapcore.protocol.auth import Mechanism, OAuthBearer, XOAuth2, choose
from imapcore.protocol.commands import Capability, Id, List, Login
from imapcore.protocol.gmail import find_roles
from imapcore.protocol.state import State
from imapcore.protocol.transcript import Transcript
from imapcore.wire.encoder import Secret

GMAIL = "X-GM-EXT-1"

NEEDED = frozenset((GMAIL, "CONDSTORE", "ESEARCH", "MOVE", "UIDPLUS"))
"""Capabilities of every Gmail, once it is signed in to, that gimap-tui does not do without."""

MOST_LISTS = 2
"""So often the list of mailboxes is asked for before All Mail is said to be hidden."""


class Dialer:
    """Makes signed-in connections for one account; all of them write to one transcript."""

    def __init__(self, account: Account, credentials: Credentials, options: EngineOptions) -> None:
        self._account = account
        self._options = options
        self._credentials = credentials
        self.transcript = Transcript()

    def connect(self, wakeup: Wakeup) -> Connection:
        """Connect, prove it is Gmail, sign in. Raises LinkError, AuthenticationFailed, NotGmail …"""
        # The secret first: where there is none, nobody need knock at the server.
        credential = self._credentials.get()
        try:
            return self._connect(wakeup, credential)
        except AuthenticationFailed as error:
            if not self._credentials.refused(credential, error):
                raise
            refusal = error
        # A token that had worked has run out, or another session knows a newer one: once more, with that.
        fresh = self._credentials.get()
        try:
            if fresh.text == credential.text:
                raise refusal
            return self._connect(wakeup, fresh)
        except AuthenticationFailed as error:
            self._credentials.refused(fresh, error)
            raise

    def _connect(self, wakeup: Wakeup, credential: Credential) -> Connection:
        deadlines = Deadlines(
            connect=self._options.connect_seconds,
            read=self._options.read_seconds,
            idle=self._options.idle_seconds,
            probe=self._options.probe_seconds,
            silence=self._options.silence_seconds,
        )
        connection = Connection.open(
            Endpoint.of(self._account), deadlines=deadlines, transcript=self.transcript, wakeup=wakeup
        )
        try:
            sign_in(connection, self._account, credential)
        except BaseException:
            connection.close()
            raise
        self._credentials.accepted(credential)
        return connection


def sign_in(connection: Connection, account: Account, credential: Credential) -> None:
    """LOGIN, or AUTHENTICATE with a token, and ID as Google asks of clients.

    The secret is shown to nobody who is not Gmail.

    Raises NotGmail, AuthenticationFailed, and whatever else the server answers.
    """
    _make_sure(connection, frozenset((GMAIL,)))
    if GMAIL not in connection.capabilities:
        raise NotGmail(f"{account.host} does not offer {GMAIL}")
    if connection.state is State.NOT_AUTHENTICATED:
        connection.authenticate(_proof(connection, account, credential))
    _make_sure(connection, NEEDED)
    if GMAIL not in connection.capabilities:
        raise NotGmail(f"{account.host} does not offer {GMAIL} after signing in")
    if "ID" in connection.capabilities:
        # Nobody waits for the answer: it comes along with that of the next command.
        connection.submit(Id.of({"name": "gimap-tui", "version": __version__}))


def _make_sure(connection: Connection, needed: frozenset[str]) -> None:
    """One answer that does not name what every Gmail offers is not the last word: it is asked for again."""
    if not needed <= connection.capabilities:
        # Who hangs up on such a question is no Gmail either; a link that is gone shows itself at once.
        with suppress(GimapError):
            connection.run(Capability())


def _proof(connection: Connection, account: Account, credential: Credential) -> Login | Mechanism:
    if not credential.is_token:
        return Login(account.email, Secret(written_together(credential.text)))
    token = Secret(credential.text)
    offered: dict[str, Mechanism] = {
        "XOAUTH2": XOAuth2(account.email, token),
        "OAUTHBEARER": OAuthBearer(account.email, token, account.host, account.port),
    }
    chosen = choose(connection.capabilities, offered)
    if chosen is None:
        raise NotSupported(f"{account.host} takes no OAuth token; it needs a password")
    return chosen


def check_sign_in(account: Account, secret: str, *, is_token: bool = False) -> None:
    """Connect once and sign in.

    Raises the GimapError that says what is wrong: AuthenticationFailed, HostUnknown, ConnectionRefused,
    TlsError, NotGmail, AllMailHidden …
    """
    with Connection.open(Endpoint.of(account), deadlines=Deadlines(connect=20.0, read=30.0)) as connection:
        sign_in(connection, account, Credential(secret, is_token=is_token))
        lists = (connection.run(List()).mailboxes for _ in range(MOST_LISTS))
        if not any(Role.ALL in find_roles(mailboxes) for mailboxes in lists):
            raise AllMailHidden()
