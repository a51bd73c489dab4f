"""What an ``Engine`` may be told to do differently: times and sizes, each with the value it has for
people.
"""

from __future__ import annotations

from msgspec import Struct


class EngineOptions(Struct, frozen=True):
    """Immutable; tests shorten the times."""

    head_start_seconds: float = 0.0
    """The sessions are loaded and started so long after the store is open, or as soon as ``connect`` is
    called: meanwhile a screen draws its first frame.
    """
    poll_seconds: float = 45.0
    """STATUS is asked so often for what IDLE does not tell: labels and flags changed elsewhere."""
    idle_seconds: float = 540.0
    """IDLE is renewed after so long; Gmail drops a silent one after about ten minutes."""
    list_seconds: float = 300.0
    """LIST is asked so often for labels renamed or deleted elsewhere."""
    thorough_seconds: float = 600.0
    """So often a pass asks Spam and Trash for changed flags too, whatever their numbers say."""
    audit_seconds: float = 3600.0
    """So often each label's number of messages is compared with the server's."""
    searches_seconds: float = 900.0
    """A saved search is run anew after so long; in between, only what arrives is looked at."""
    body_cache_bytes: int = 256 << 20
    """Bodies kept on disk; the least recently read go first."""
    compress: bool = True
    """COMPRESS=DEFLATE on the sync session, when the server offers it."""
    second_look_seconds: float = 1.0
    """A second gimap-tui on one account looks so often for what the first one changed, and whether it has
    left.
    """
    is_offline: bool = False
    """Work on what is stored; make no connection."""
    snippet_messages: int = 2000
    """So many of the newest messages get their snippet by themselves; older ones when they are looked at."""
    stop_seconds: float = 2.0
    """Leaving the ``with`` takes no longer than this."""
    connect_seconds: float = 20.0
    read_seconds: float = 60.0
    """Deadlines of one connect, and of silence while an answer is due."""
    probe_seconds: float = 5.0
    """What a server that is there answers at once, it answers within this; else the connection is dead."""
    silence_seconds: float = 3.0
    """So long an answer may be due before the link's state says so."""
    quiet_seconds: float = 1.0
    """A connection on which nothing came for so long is asked whether it is alive before it is used."""
    first_retry_seconds: float = 1.0
    longest_retry_seconds: float = 60.0
    """Backoff between attempts: from, to."""
    backfill: bool = True
    """Fetch the whole account, newest first; else only what is opened."""
