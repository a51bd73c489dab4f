"""One account behind one object: its store, its sessions, its journal.

- ``engine``          ``Engine``: what the screen calls; answers from the store, hands the rest on
- ``options``         ``EngineOptions``: times and sizes
- ``startup``         when the sessions are made: not before the screen stands
- ``wiring``          what speaks IMAP, put together
- ``connections``     the three sessions and what each is for
- ``requests``        what the user waits for: bodies, attachments, searches
- ``saved_searches``  the tree's searches, run and counted
- ``sync_events``     what sync tells, as events
- ``job_runner``      a thread with a connection and a queue of jobs
- ``link``            how the account stands with the server; whose turn it is to connect
- ``event_queue``     events on their way to the listeners
- ``reader_pool``     read-only connections to the store
- ``credentials``     the account's secret while the engine runs
- ``sign_in``         from an account to a signed-in connection

Nothing here speaks IMAP or SQL. Whoever uses the engine needs this module, ``model``, ``events`` and
``errors``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from imapcore.engine.engine import Engine, data_folder, find_store, has_store, store_path
from imapcore.engine.options import EngineOptions
from imapcore.model import Account
from imapcore.net.keyring import Question, ask_stored_secret, forget_secret, store_secret, stored_secret
from imapcore.store import SQLITE_VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from imapcore.net.secret_command import SecretCommand as SecretCommand
    from imapcore.oauth import TokenSource as TokenSource


TOKEN_SECONDS = 60.0
"""So long a keyring may take to be unlocked when a token is wanted."""


def secret_command(words: Sequence[str]) -> SecretCommand:
    """A program of the user's that tells the password or a token: an ``Engine`` takes it as ``secret``."""
    from imapcore.net.secret_command import SecretCommand

    return SecretCommand(words)


def token_source(account: Account, client_file: Path) -> TokenSource:
    """Who tells access tokens for an account, by Google OAuth, from the refresh token in the keyring.

    Raises InvalidArgument for a file that is none of a desktop client.
    """
    from imapcore.oauth import TokenSource, as_kept, from_kept, read_client

    client = read_client(client_file)
    return TokenSource(
        client,
        lambda: from_kept(stored_secret(account, TOKEN_SECONDS)),
        lambda token: store_secret(account, as_kept(token)),
    )


def check_sign_in(account: Account, secret: str, *, is_token: bool = False) -> None:
    """Connect once and sign in.

    Raises the GimapError that says what is wrong: AuthenticationFailed, HostUnknown, ConnectionRefused,
    TlsError, NotGmail, AllMailHidden …
    """
    # Late: whoever only opens the engine has its first frame before this is loaded.
    from imapcore.engine import sign_in

    sign_in.check_sign_in(account, secret, is_token=is_token)


__all__ = [
    "SQLITE_VERSION",
    "Engine",
    "EngineOptions",
    "Question",
    "ask_stored_secret",
    "check_sign_in",
    "data_folder",
    "find_store",
    "forget_secret",
    "has_store",
    "secret_command",
    "store_path",
    "store_secret",
    "stored_secret",
    "token_source",
]
