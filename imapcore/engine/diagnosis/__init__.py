"""What stands between an account and its mail, looked at step by step, each with what to do about it.

- ``check``    one finding, and all of them, as values
- ``machine``  who tells the secret, the local store
- ``server``   name, TCP, TLS, greeting, sign-in, capabilities, mailboxes, speed, clock
- ``outgoing`` the server that takes mail
- ``examine``  the order of them

Nothing here changes anything: no mail, no store, no keyring, and no text holds a secret.
"""

from __future__ import annotations

from imapcore.engine.diagnosis.check import Check, Report, Verdict
from imapcore.engine.diagnosis.examine import examine

__all__ = ["Check", "Report", "Verdict", "examine"]
