"""The cached octets of messages, as somebody reads them.

What lives here: questions whose answers are octets or names of parts. What may not: MIME; writing (it is in
``mail.bodies``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from imapcore.store.mail.bodies import unpack
from imapcore.store.reader.connection import ReadConnection


class BodyReader:
    """Bodies, for one thread."""

    def __init__(self, connection: ReadConnection) -> None:
        self._reads = connection

    def octets(self, msgid: int, section: str = "") -> bytes | None:
        """Cached octets of a message or one of its parts; None when they are not here."""
        rows = self._reads.rows("SELECT octets FROM body WHERE msgid = ? AND section = ?", (msgid, section))
        return unpack(rows[0][0]) if rows else None

    def first_section(self, msgid: int, sections: Sequence[str]) -> tuple[str, bytes] | None:
        """Of some sections, in their order, the first that is cached, and its octets; None when none is."""
        rows = self._reads.rows(
            """
            SELECT section, octets FROM json_each(?) AS wanted JOIN body ON section = wanted.value
            WHERE msgid = ? ORDER BY wanted.key LIMIT 1
            """,
            (json.dumps(list(sections)), msgid),
        )
        return (str(rows[0][0]), unpack(rows[0][1])) if rows else None

    def sections(self, msgid: int) -> tuple[str, ...]:
        """Which parts of a message are cached."""
        return tuple(
            row[0]
            for row in self._reads.rows("SELECT section FROM body WHERE msgid = ? ORDER BY 1", (msgid,))
        )

    def text_section(self, msgid: int) -> str:
        """The section worth previewing, as sync noted it; "" when it is not known."""
        rows = self._reads.rows("SELECT text_section FROM message WHERE msgid = ?", (msgid,))
        return str(rows[0][0]) if rows else ""
