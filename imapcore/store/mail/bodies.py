"""Bodies: the octets of messages that were opened, within a limit.

What lives here: storing octets (whole messages or parts, deflated where that helps) and letting the longest
unused go. What may not: MIME; a section is an opaque name here, "" the whole RFC 5322 source.
"""

from __future__ import annotations

import zlib

from imapcore.store.repository import Repository, StoreContext
from imapcore.store.sqlite.connection import Transaction

DEFAULT_MAX_BYTES = 256 << 20
PLAIN, DEFLATED = b"\x00", b"\x01"
"""First octet of a stored body: how the rest is kept."""

SMALL = 1024
"""Below this, deflating saves nothing worth the time."""


class Bodies(Repository):
    """Cached octets; every method is safe on any thread and returns when committed."""

    def __init__(self, shared: StoreContext, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        super().__init__(shared)
        self.max_bytes = max_bytes

    def put(self, msgid: int, octets: bytes, section: str = "") -> None:
        """Keep a message's octets; the longest unused go when there are more than ``max_bytes``."""
        packed = pack(octets)
        now = self._shared.clock.now_ms()

        def job(tx: Transaction) -> None:
            tx.execute(
                "INSERT OR REPLACE INTO body (msgid, section, size, used_at, octets) VALUES (?, ?, ?, ?, ?)",
                (msgid, section, len(packed), now, packed),
            )
            self._trim(tx, self.max_bytes)

        self._write(job)

    def touch(self, msgid: int) -> None:
        """A body was looked at: it goes later. Nobody waits for this."""
        now = self._shared.clock.now_ms()
        self._shared.writer.post(
            lambda tx: tx.execute("UPDATE body SET used_at = ? WHERE msgid = ?", (now, msgid)).rowcount
        )

    def trim(self, max_bytes: int) -> int:
        """Let the longest unused bodies go until at most ``max_bytes`` are left; how many went."""
        return self._write(lambda tx: self._trim(tx, max_bytes))

    @staticmethod
    def _trim(tx: Transaction, max_bytes: int) -> int:
        excess = tx.number("SELECT sum(size) FROM body") - max_bytes
        if excess <= 0:
            return 0
        return tx.execute(
            "DELETE FROM body WHERE body_id IN (SELECT body_id FROM ("
            "  SELECT body_id, size, sum(size) OVER (ORDER BY used_at, body_id) AS upto FROM body) "
            "WHERE upto - size < ?)",
            (excess,),
        ).rowcount


def pack(octets: bytes) -> bytes:
    """Octets as they are stored."""
    if len(octets) > SMALL:
        deflated = zlib.compress(octets, 1)
        if len(deflated) < len(octets):
            return DEFLATED + deflated
    return PLAIN + octets


def unpack(stored: bytes) -> bytes:
    """Octets from what was stored."""
    return zlib.decompress(stored[1:]) if stored[:1] == DEFLATED else stored[1:]
