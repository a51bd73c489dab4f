"""The façade of imapcore: one account, its store, its sessions, its journal, behind one object.

- ``facade``    ``Engine``: what the screen calls; answers from the store, and hands wishes on
- ``options``   ``EngineOptions``: times and sizes
- ``crew``      when the sessions are made: not before the screen stands
- ``network``   what speaks IMAP, put together
- ``workers``   the three sessions and what each is for
- ``wishes``    what the user waits for: bodies, attachments, searches
- ``reporter``  what sync tells, as events
- ``session``   a thread with a connection and a queue of jobs
- ``link``      how the account stands with the server; whose turn it is to connect
- ``hub``       events on their way to the listeners
- ``readers``   read-only connections to the store
- ``secrets``   the account's secret while the engine runs
- ``sign_in``   from an account to a signed-in connection

Nothing here speaks IMAP or SQL. Whoever uses the engine needs this module, ``model``, ``events`` and
``errors``.
"""

from __future__ import annotations

from imapcore.engine.engine import Engine
from imapcore.engine.options import EngineOptions
from imapcore.model import Account
from imapcore.net.credentials import forget_secret, store_secret, stored_secret


def check_sign_in(account: Account, secret: str) -> None:
    """Connect once and sign in.

    Raises the GimapError that says what is wrong: AuthenticationFailed, HostUnknown, ConnectionRefused,
    TlsError, NotGmail, AllMailHidden …
    """
    # Late: whoever only opens the engine has its first frame before this is loaded.
    from imapcore.engine import sign_in

    sign_in.check_sign_in(account, secret)


__all__ = ["Engine", "EngineOptions", "check_sign_in", "forget_secret", "store_secret", "stored_secret"]
