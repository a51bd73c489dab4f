"""What an IMAP4 object tells about its traffic: ``debug`` levels, and the last lines after a failure.

Levels as imaplib has them: 1 failures, 3 NOOP's harvest, 4 every command, 5 every response type. Lines are
redacted before they are kept or written, so that a secret is in no log at any level.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

KEPT = 10
"""Lines remembered for ``print_log`` while they are not written at once."""


class Trace:
    """Writes to stderr what ``debug`` asks for, and remembers the last lines of a conversation."""

    debug: int = 0

    def __init__(self, debug: int) -> None:
        self.debug = debug
        self._cmd_log: deque[tuple[str, float]] = deque(maxlen=KEPT)

    def print_log(self) -> None:
        """Write the last lines of the conversation to stderr, oldest first."""
        self._mesg(f"last {len(self._cmd_log)} lines of the conversation:")
        while self._cmd_log:
            line, when = self._cmd_log.popleft()
            self._mesg(line, when)

    def _mesg(self, text: str, secs: float | None = None) -> None:
        when = time.time() if secs is None else secs
        minutes = time.strftime("%M:%S", time.localtime(when))
        sys.stderr.write(f"  {minutes}.{int(when * 100) % 100:02d} {text}\n")
        sys.stderr.flush()

    def _log(self, line: str) -> None:
        if self.debug >= 4:
            self._mesg(line)
        else:
            self._cmd_log.append((line, time.time()))

    def _dump_ur(self, untagged_resp_dict: Mapping[str, Any]) -> None:
        if untagged_resp_dict:
            kept = "; ".join(f"{typ}: {data!r}" for typ, data in untagged_resp_dict.items())
            self._mesg(f"untagged responses dump:{kept}")
