"""Textual's own log, for whoever looks for a fault: no text in it, and nobody else's eyes on it.

With ``TEXTUAL_LOG=file`` Textual writes down every event with its values: the keys of a password one by one,
and mail. Of events only their kind is kept here, and the file is the user's own.
"""

from __future__ import annotations

import os

from textual import Logger, constants
from textual._log import LogGroup, LogVerbosity


class EventLogger(Logger):
    """Writes down what happened, never with what."""

    def __call__(self, *args: object, **kwargs: object) -> None:
        """The kind of each thing that is not a plain word of Textual's."""
        kinds = [each if isinstance(each, str) else type(each).__name__ for each in args]
        super().__call__(*kinds, **dict.fromkeys(kwargs, "…"))

    def verbosity(self, verbose: bool) -> EventLogger:
        """The same, at another level."""
        return EventLogger(self._log, LogGroup.EVENT, LogVerbosity.HIGH if verbose else LogVerbosity.NORMAL)


def keep_private() -> None:
    """Make sure of both, for all of Textual in this process. Raises OSError where the file cannot be made."""
    # Every logger is asked for its ``event``; there is no other way to know an event from other words.
    Logger.event = property(lambda self: EventLogger(self._log, LogGroup.EVENT))  # type: ignore[method-assign,assignment]
    if constants.LOG_FILE:
        descriptor = os.open(constants.LOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)
