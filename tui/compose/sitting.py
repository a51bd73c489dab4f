"""One draft being written: what of it is on the disk, and writing it there in the order it was typed.

The screen takes snapshots, threads beside it write them down. Which number, Message-ID and files the draft
has is known here alone, so that a snapshot taken before the first save answered is not saved as a second
draft.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from imapcore.model import Draft, DraftFile, Outgoing
from tui.bridge.writing_port import MailWriting


class Sitting:
    """Thread-safe; every method waits for the disk."""

    def __init__(self, writing: MailWriting, draft: Draft) -> None:
        self._writing = writing
        self._lock = threading.Lock()
        self._kept = draft
        self.begun_files = draft.files
        """What went with it from the beginning: the files of a forwarded message."""
        self._is_over = False
        """Whether it was sent or discarded: what is still on its way to the disk comes too late."""

    @property
    def draft(self) -> Draft:
        """As it was last written down, or begun."""
        return self._kept

    def _whole(self, draft: Draft) -> Draft:
        kept = self._kept
        return replace(draft, draft_id=kept.draft_id, message_id=kept.message_id, files=kept.files)

    def _change(self, make: Callable[[], Draft]) -> Draft:
        with self._lock:
            if not self._is_over:
                self._kept = make()
            return self._kept

    def save(self, draft: Draft) -> Draft:
        """Write down what was typed."""
        return self._change(lambda: self._writing.save(self._whole(draft)))

    def attach(self, draft: Draft, path: Path) -> Draft:
        """Write it down with one file more."""
        return self._change(lambda: self._writing.attach(self._whole(draft), path))

    def detach(self, draft: Draft, file: DraftFile) -> Draft:
        """Write it down with one file less."""

        def without() -> Draft:
            whole = self._whole(draft)
            return self._writing.save(
                replace(whole, files=tuple(each for each in whole.files if each != file))
            )

        return self._change(without)

    def warnings(self, draft: Draft) -> tuple[str, ...]:
        """What may have been forgotten."""
        with self._lock:
            return self._writing.warnings(self._whole(draft))

    def send(self, draft: Draft, *, held_seconds: float, archives: bool) -> Outgoing:
        """Let it go."""
        with self._lock:
            outgoing = self._writing.send(self._whole(draft), held_seconds=held_seconds, archives=archives)
            self._is_over = True
            return outgoing

    def discard(self, draft: Draft) -> Draft:
        """Write nothing of it any more; what stands on the disk is for whoever discards it to delete."""
        with self._lock:
            self._is_over = True
            return self._whole(draft)
