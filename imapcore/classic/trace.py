"""What an IMAP4 object tells about its traffic: ``debug`` levels, and the last lines after a failure.

Levels as imaplib has them: 1 failures, 3 what NOOP finds, 4 every line, 5 every response's type. Lines come
from ``protocol.transcript``, redacted, so that a secret is in no log at any level.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from imapcore.protocol.transcript import Transcript
from imapcore.wire.encoder import Chunk
from imapcore.wire.framing import Frame

KEPT = 10
"""Lines remembered for ``print_log``."""


class Trace:
    """Writes to stderr what ``debug`` asks for, and remembers the last lines of a conversation."""

    debug: int = 0

    def __init__(self, debug: int) -> None:
        self.debug = debug
        self._transcript = Transcript(KEPT)

    def print_log(self) -> None:
        """Write the last lines of the conversation to stderr, oldest first."""
        for line in ("the last lines of the conversation:", *self._transcript.lines()):
            self._mesg(line)

    def _mesg(self, text: str, secs: float | None = None) -> None:
        when = time.time() if secs is None else secs
        minutes = time.strftime("%M:%S", time.localtime(when))
        told = self._transcript.redactor.text(text)
        sys.stderr.write(f"  {minutes}.{int(when * 100) % 100:02d} {told}\n")
        sys.stderr.flush()

    def _note_sent(self, chunks: Sequence[Chunk]) -> None:
        self._transcript.sent(chunks)
        if self.debug >= 4:
            self._show_last()

    def _note_received(self, frame: Frame) -> None:
        self._transcript.received(frame)
        if self.debug >= 4:
            self._show_last()

    def _show_last(self) -> None:
        for line in self._transcript.lines(1):
            self._mesg(line)

    def _dump_ur(self, untagged_resp_dict: Mapping[str, Any]) -> None:
        if untagged_resp_dict:
            kept = "; ".join(f"{typ}: {data!r}" for typ, data in untagged_resp_dict.items())
            self._mesg(f"untagged responses dump:{kept}")
