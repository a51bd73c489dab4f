"""The only sockets of the client: one connection each for one owner thread, and what it takes to keep one.

- ``endpoint``     where to connect and how long to wait: ``Endpoint``, ``Deadlines``
- ``connection``   ``Connection.open(endpoint)``: ``authenticate``, ``run(command)``, ``submit``, ``stream``,
  ``stream_batches``, ``idle``, ``compress``, ``enable_utf8``, ``events``, ``mailbox``; other threads may only
  ``interrupt`` and ``wake``
- ``session``      a thread with an inbox that owns connections
- ``stream``       sockets, with TLS and DEFLATE as filters (``layers``)
- ``wakeup``       how another thread reaches one that waits
- ``idle``         listening, renewed in time
- ``backoff``      how long to wait before the next attempt
- ``credentials``  the system's keyring

Commands and their results are values of ``imapcore.protocol.commands``; search keys those of
``imapcore.protocol.search``; ways to sign in those of ``imapcore.protocol.auth``. A command that the server
refuses raises a kind of ``ServerError`` and the connection goes on; a ``LinkError`` or ``ProtocolError`` ends
it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imapcore.net.connection import Connection
    from imapcore.net.endpoint import Deadlines, Endpoint

__all__ = ["Connection", "Deadlines", "Endpoint"]

_MODULES = {"Connection": "connection", "Deadlines": "endpoint", "Endpoint": "endpoint"}


def __getattr__(name: str) -> object:
    """Load what is asked for: who needs one module of this package does not wait for all."""
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{module}"), name)
