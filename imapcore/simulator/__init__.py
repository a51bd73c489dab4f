r"""A Gmail-shaped IMAP server on a real loopback socket; shares no parser with the client.

``python -m imapcore.simulator`` is its own process (what ``--demo`` opens); ``Simulator`` runs it in a
thread of this one, for tests, with ``control`` to act behind its back:

    with Simulator(Options(messages=0)) as sim:
        sim.control.deliver(raw, labels=["\\Inbox"])
        imaplib.IMAP4(sim.host, sim.port)

The map: ``options`` names every doubt about Gmail, ``gmail_texts`` holds its words. ``server`` listens;
``imap`` and ``smtp`` are what it speaks, ``account`` has Gmail's rules over messages and mailboxes,
``search`` answers its queries, ``demo_mail`` is the mail itself. ``faults``, ``control`` and ``in_thread``
are for tests.
"""

from imapcore.simulator.control import Control, Snapshot
from imapcore.simulator.faults import Fault, FaultKind
from imapcore.simulator.in_thread import Simulator
from imapcore.simulator.options import ExpungeBehavior, Locale, LoginError, Options

__all__ = [
    "Control",
    "ExpungeBehavior",
    "Fault",
    "FaultKind",
    "Locale",
    "LoginError",
    "Options",
    "Simulator",
    "Snapshot",
]
