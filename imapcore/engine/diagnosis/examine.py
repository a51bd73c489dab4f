"""The order of a diagnosis: this machine, the way to the server, the account, what it is kept in.

What lives here: which check comes after which, and whether it can be looked at. What may not: any check.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

from imapcore.clock import Clock, SystemClock
from imapcore.engine.diagnosis.check import Check, Findings, Report
from imapcore.engine.diagnosis.machine import check_secret, check_sqlite, check_store
from imapcore.engine.diagnosis.outgoing import check_outgoing
from imapcore.engine.diagnosis.server import check_server
from imapcore.model import Account

PATIENCE_SECONDS = 15.0
"""So long each step on the network may take."""


def examine(
    account: Account,
    *,
    secret: Callable[[], str] | None = None,
    is_token: bool = False,
    teller: str = "",
    data_dir: Path | None = None,
    told: Callable[[Check], None] = lambda _: None,
    seconds: float = PATIENCE_SECONDS,
    clock: Clock | None = None,
    tls: ssl.SSLContext | None = None,
) -> Report:
    """Look at everything; ``told`` hears each finding as it is made. Waits for the network: not for the UI.

    ``secret``: who tells it, None for the keyring; ``teller``: the name of that program. ``tls`` replaces the
    system's verified context (tests with their own authority). What is wrong is in the report.
    """
    findings = Findings(told)
    clock = clock or SystemClock()
    credential = check_secret(account, secret, findings, is_token=is_token, teller=teller)
    check_server(account, credential, findings, seconds=seconds, clock=clock, tls=tls)
    check_outgoing(account, credential, findings, seconds=seconds, tls=tls)
    check_sqlite(findings)
    check_store(account, data_dir, findings)
    return Report(account.email, account.host, account.port, tuple(findings.checks))
