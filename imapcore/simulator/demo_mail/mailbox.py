"""What the embedded account holds: a demo mailbox worth looking at, a big one, and mail to come.

Deterministic from a seed; "now" is always an argument. The stories are in ``content_work``,
``content_home``, ``content_world``, ``content_past``, ``content_machines`` and ``content_refuse``; how they
become mail is in ``content_story``.
Nothing here knows IMAP beyond the names of labels and flags.
"""

from __future__ import annotations

import random

from imapcore.simulator.account.source import Seed, StoredSeed, classify, store
from imapcore.simulator.demo_mail.arrivals import arrivals
from imapcore.simulator.demo_mail.bulk import BulkSeed, bulk_messages
from imapcore.simulator.demo_mail.home import stories as home_stories
from imapcore.simulator.demo_mail.machines import stories as machine_stories
from imapcore.simulator.demo_mail.past import stories as past_stories
from imapcore.simulator.demo_mail.spam_and_trash import stories as refuse_stories
from imapcore.simulator.demo_mail.story import tell
from imapcore.simulator.demo_mail.words import OWNER, Owner
from imapcore.simulator.demo_mail.work import stories as work_stories
from imapcore.simulator.demo_mail.world import stories as world_stories

__all__ = [
    "EMPTY_LABELS",
    "OWNER",
    "BulkSeed",
    "Owner",
    "Seed",
    "StoredSeed",
    "arrivals",
    "bulk_messages",
    "classify",
    "demo_messages",
    "store",
]

EMPTY_LABELS = ("Waiting for",)
"""Labels the demo account has though nothing carries them."""

_ROOMS = (work_stories, home_stories, world_stories, past_stories, machine_stories, refuse_stories)


def demo_messages(seed: int, now_ms: int) -> list[StoredSeed]:
    """The demo mailbox as of ``now_ms``, oldest message first."""
    rng = random.Random(f"{seed}/demo")
    told = [message for room in _ROOMS for story in room(now_ms) for message in tell(story, now_ms, rng)]
    return sorted(told, key=lambda message: (message.date_ms, message.message_id))
