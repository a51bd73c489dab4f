"""The demo: an account on the embedded server, run as a child process for as long as it is needed.

The child has an interpreter of its own, so that serving mail never competes with drawing the screen. It
ends when the context does, and by itself when this process dies: its standard input closes then.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from imapcore.errors import LinkError
from imapcore.model import Account, Security

START_SECONDS = 60.0
"""A million messages take their time; a demo mailbox is there in less than one second."""
STOP_SECONDS = 5.0

_SERVE = (
    f"import runpy, sys; sys.path.append({str(Path(__file__).parents[1])!r}); "
    "runpy.run_module('imapcore.simulator', run_name='__main__', alter_sys=True)"
)
"""With ``-m`` the current folder would be the first place for modules, and attachments lie in some."""
_LISTENING = re.compile(rb"listening on 127\.0\.0\.1:(\d+)")
_SMTP = re.compile(rb"smtp 127\.0\.0\.1:(\d+)")
_HOST = "127.0.0.1"
_EMAIL = "demo@gmail.com"
_APP_PASSWORD = "demodemodemodemo"


@contextmanager
def demo_account(
    messages: int | None = None,
    seed: int = 1,
    *,
    arrivals: float | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> Iterator[tuple[Account, Callable[[], str]]]:
    """An account that lives as long as the context, and who tells its password.

    ``messages`` is how many generated messages it holds (None: the demo mailbox), ``arrivals`` the
    seconds between two new ones (None: none come). ``meanwhile`` is called while the server starts: the
    place for what the caller has to do anyway. Raises LinkError when the server does not start.
    """
    command = [sys.executable, "-P", "-c", _SERVE, "--until-eof", "--smtp-port=0", f"--seed={seed}"]
    if messages is not None:
        command.append(f"--messages={messages}")
    if arrivals is not None:
        command.append(f"--arrivals={arrivals}")
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        if meanwhile is not None:
            meanwhile()
        port, smtp_port = _await_ports(child)
        account = Account(
            _EMAIL,
            _HOST,
            port,
            Security.NONE,
            smtp_host=_HOST,
            smtp_port=smtp_port,
            smtp_security=Security.NONE,
        )
        yield account, lambda: _APP_PASSWORD
    finally:
        _end(child)


def _await_ports(child: subprocess.Popen[bytes]) -> tuple[int, int]:
    """Where the child speaks IMAP and SMTP, from the two lines that it prints; the reads have one deadline,
    kept by ending the child.
    """
    assert child.stdout is not None
    alarm = threading.Timer(START_SECONDS, child.kill)
    alarm.daemon = True
    alarm.start()
    try:
        found = [pattern.search(child.stdout.readline()) for pattern in (_LISTENING, _SMTP)]
    finally:
        alarm.cancel()
        alarm.join()
    mail, submission = found
    if mail is None or submission is None:
        raise LinkError("The embedded server did not start", title="The demo cannot be shown", hint="")
    return int(mail[1]), int(submission[1])


def _end(child: subprocess.Popen[bytes]) -> None:
    _close(child.stdin)
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait(STOP_SECONDS)
    _close(child.stdout)


def _close(stream: IO[bytes] | None) -> None:
    if stream is not None:
        stream.close()
