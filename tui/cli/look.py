"""``list``, ``search``, ``count``, ``show``: answers from the store, also while the app is open."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from imapcore.engine.stored_mail import StoredMail
from tui.cli.output import (
    conversation_json,
    conversation_line,
    count_json,
)
from tui.cli.targets import meant, query_of, threads

NOTHING_FOUND = 3


def count(mail: StoredMail, options: argparse.Namespace) -> int:
    """Print how many conversations."""
    tell_count(options, len(meant(mail, options.words)))
    return 0


def tell_count(options: argparse.Namespace, number: int) -> None:
    """A bare number, or JSON."""
    print(count_json(query_of(options.words), number) if options.json else number)


def list_them(mail: StoredMail, options: argparse.Namespace, now_ms: int) -> int:
    """Print conversations, newest first."""
    return tell_threads(mail, meant(mail, options.words), options, now_ms)


def tell_threads(mail: StoredMail, thrids: Sequence[int], options: argparse.Namespace, now_ms: int) -> int:
    """A line for each conversation, as many as are wanted."""
    wanted = limited(thrids, options)
    # One by one: whoever reads only the first lines need not wait for the others.
    for thrid in wanted:
        for thread, view in threads(mail, [thrid]):
            print(conversation_json(thread, view) if options.json else conversation_line(thread, now_ms))
    return 0 if wanted else NOTHING_FOUND


def limited(thrids: Sequence[int], options: argparse.Namespace) -> Sequence[int]:
    """As many as are wanted."""
    return thrids[: options.limit] if options.limit > 0 else thrids
