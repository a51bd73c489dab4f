"""Whether mail could be sent: connect to the submission server and sign in, hand over nothing (RFC 6409)."""

from __future__ import annotations

import ssl

from imapcore.engine.credentials import Credential
from imapcore.engine.diagnosis.check import Findings
from imapcore.errors import GimapError
from imapcore.gmail.app_password import written_together
from imapcore.model import Account
from imapcore.net.endpoint import Endpoint
from imapcore.net.wakeup import Wakeup
from imapcore.smtp import (
    Accepted,
    NotSent,
    Refused,
    SubmissionOptions,
    check_submission,
    sign_in_with,
)
from imapcore.wire.encoder import Secret

NAME, TITLE = "smtp", "Sending"


def check_outgoing(
    account: Account,
    credential: Credential | None,
    findings: Findings,
    *,
    seconds: float,
    tls: ssl.SSLContext | None,
) -> None:
    """Look at the server that takes mail."""
    host = account.submission_host
    if not host:
        findings.skip(NAME, TITLE, f"No server for sending is known for {account.host}")
        return
    if credential is None:
        findings.skip(NAME, TITLE, "There is nothing to sign in with")
        return
    secret = Secret(credential.text if credential.is_token else written_together(credential.text))
    wakeup = Wakeup()
    try:
        outcome = check_submission(
            Endpoint(host, account.smtp_port, account.smtp_security),
            sign_in_with(account.email, secret, is_token=credential.is_token),
            wakeup=wakeup,
            secret=secret,
            options=SubmissionOptions(seconds, seconds, seconds, seconds, seconds),
            tls=tls,
        )
    except GimapError as error:
        findings.error(NAME, TITLE, error)
        return
    finally:
        wakeup.close()
    where = f"{host}:{account.smtp_port}"
    match outcome:
        case Accepted():
            findings.ok(NAME, TITLE, f"{where} lets {account.email} send")
        case Refused():
            told = ": ".join(filter(None, (outcome.title, outcome.words)))
            findings.fail(NAME, TITLE, f"{where}: {told}", outcome.hint)
        case NotSent(problem):
            advice = (
                f"Some networks let nothing through to port {account.smtp_port}; reading is not concerned"
            )
            findings.error(NAME, TITLE, problem, ". ".join(filter(None, (problem.hint, advice))))
        case _:
            raise AssertionError("nothing was handed over, so nobody can have taken it")
