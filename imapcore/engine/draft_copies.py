"""Drafts at Gmail, so that a draft begun here can be continued on the phone: when versions go there.

What lives here: when a version is put into Gmail's Drafts and which older ones go. What may not: how (see
``sync.push.draft_copies``, the only place that erases mail nobody confirmed).

A sitting's versions go out at most every half minute, and the last one when the user leaves the draft. All
that is still to be done stands in the store: a run that dies in between leaves a version too many, and the
next run removes it.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo

from imapcore.clock import Clock
from imapcore.engine.job_runner import Job
from imapcore.errors import GimapError
from imapcore.events import Alerted, Event
from imapcore.mime.compose.parse import OURS
from imapcore.mime.compose.render import new_message_id, render_message
from imapcore.model import Draft
from imapcore.store import Store
from imapcore.sync.push.draft_copies import DraftCopy, Removal, put_copy, remove_copy
from imapcore.sync.remote import Remote

SITTING_SECONDS = 30.0
"""Versions of one sitting go out at most so often."""


class DraftCopies:
    """Keeps Gmail's Drafts in step; every method is safe on any thread and returns at once."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        tell: Callable[[Event], None],
        act: Callable[[Job], None],
        zone: tzinfo | None = None,
    ) -> None:
        """``act``: the queue of the session that does it."""
        self._store = store
        self._clock = clock
        self._tell = tell
        self._act = act
        self._zone = zone
        self._lock = threading.Lock()
        self._next_at: dict[int, float] = {}

    def changed(self, draft: Draft) -> None:
        """A version was saved; it goes out if the sitting's last one is half a minute old."""
        now = self._clock.monotonic()
        with self._lock:
            due = self._next_at.setdefault(draft.draft_id, now + SITTING_SECONDS)
            if now < due:
                return
            self._next_at[draft.draft_id] = now + SITTING_SECONDS
        self.bring_up_to_date()

    def left(self, draft_id: int) -> None:
        """The user left a draft, sent it or threw it away: what is stored is final for now."""
        with self._lock:
            self._next_at.pop(draft_id, None)
        self.bring_up_to_date()

    def bring_up_to_date(self) -> None:
        """Have the session put what is missing and remove what is old."""
        if self._store.drafts.without_copy() or self._store.drafts.outdated_copies():
            self._act(Job("drafts", self._steps, urgency=6, failed=self._failed, is_lasting=True))

    def _steps(self, remote: Remote) -> Iterator[float]:
        drafts = self._store.drafts
        for draft in drafts.without_copy():
            copy_id = new_message_id(secrets.token_urlsafe(18), draft.sender.email)
            copy = put_copy(remote, self._rendered(draft, copy_id), draft.message_id, copy_id)
            if copy is not None:
                drafts.copied(draft, copy.copy_message_id, copy.uidvalidity, copy.uid)
            yield 0.0
        for row in drafts.outdated_copies():
            copy = DraftCopy(row.draft_message_id, row.copy_message_id, row.uidvalidity, row.uid)
            removal = remove_copy(remote, copy, is_erased=not row.is_kept)
            drafts.forget_copy(row.copy_id)
            if removal is not Removal.GONE and drafts.get(row.draft_id) is not None:
                self._tell(
                    Alerted(
                        "This draft was changed elsewhere, too",
                        "Both versions are kept",
                        "Look in Drafts for the other one",
                    )
                )
            yield 0.0

    def _rendered(self, draft: Draft, copy_id: str) -> bytes:
        moment = datetime.fromtimestamp(self._clock.now_ms() / 1000, self._zone).astimezone(self._zone)
        return render_message(
            Draft(
                sender=draft.sender,
                to=draft.to,
                cc=draft.cc,
                bcc=draft.bcc,
                subject=draft.subject,
                text=draft.text,
                files=draft.files,
                message_id=copy_id,
                in_reply_to=draft.in_reply_to,
                references=draft.references,
            ),
            self._store.drafts.octets,
            now=moment.replace(microsecond=0),
            keeps_bcc=True,
            extra={OURS: draft.message_id},
        )

    def _failed(self, error: GimapError) -> None:
        self._tell(Alerted(f"A draft is not at Gmail: {error.title}", error.detail, "It is kept here"))
