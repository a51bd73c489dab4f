"""The façade of imapcore: one account, its store, its sessions, its journal, behind one object.

- ``facade``    ``Engine``: what the screen calls; answers from the store, and hands wishes on
- ``options``   ``EngineOptions``: times and sizes
- ``workers``   the three sessions and what each is for
- ``wishes``    what the user waits for: bodies, attachments, searches
- ``reporter``  what sync tells, as events
- ``session``   a thread with a connection and a queue of jobs
- ``link``      how the account stands with the server; whose turn it is to connect
- ``hub``       events on their way to the listeners
- ``readers``   read-only connections to the store
- ``sign_in``   secrets, and from an account to a signed-in connection

Nothing here speaks IMAP or SQL. Whoever uses the engine needs this module, ``model``, ``events`` and
``errors``.
"""

from __future__ import annotations

from imapcore.engine.facade import Engine
from imapcore.engine.options import EngineOptions
from imapcore.engine.sign_in import check_sign_in, forget_secret, store_secret, stored_secret

__all__ = ["Engine", "EngineOptions", "check_sign_in", "forget_secret", "store_secret", "stored_secret"]
