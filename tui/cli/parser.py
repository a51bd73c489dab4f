"""The verbs of the command line as argparse has them. Pure."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct


class CliVerb(Struct, frozen=True):
    """One verb."""

    name: str
    about: str
    takes: str = "words"
    """``words`` (a query or ids), ``label`` (a label first), or nothing."""
    is_change: bool = False


VERBS = (
    CliVerb("list", "conversations, newest first; without a query the inbox"),
    CliVerb("search", "the same, and a query must be given"),
    CliVerb("count", "how many conversations; without a query the inbox"),
    CliVerb("show", "the messages of conversations, with their text"),
    CliVerb("archive", "take out of the inbox", is_change=True),
    CliVerb("trash", "move to the trash", is_change=True),
    CliVerb("spam", "report as spam", is_change=True),
    CliVerb("inbox", "back to the inbox", is_change=True),
    CliVerb("star", "put a star on", is_change=True),
    CliVerb("unstar", "take the star off", is_change=True),
    CliVerb("read", "mark as read", is_change=True),
    CliVerb("unread", "mark as unread", is_change=True),
    CliVerb("label", "add a label", "label", is_change=True),
    CliVerb("unlabel", "take a label off", "label", is_change=True),
    CliVerb("move", "add a label and take out of the inbox", "label", is_change=True),
    CliVerb("undo", "take the last change back", "", is_change=True),
    CliVerb("sync", "fetch what is new and send what is pending", ""),
    CliVerb("watch", "print a line for each message that arrives, until Ctrl+C", ""),
)
BY_NAME = {verb.name: verb for verb in VERBS}
_VALUED = ("--account", "--host", "--port", "--config", "--smtp-host", "--smtp-port", "--theme", "--keys")
"""Options of the program that have a value, which is no verb."""


def verb_of(words: Sequence[str]) -> str:
    """The verb that a command line begins with, options aside; empty if it is none of these."""
    is_value = False
    for word in words:
        if is_value:
            is_value = False
        elif word.startswith("-"):
            is_value = word in _VALUED
        else:
            return word if word in BY_NAME else ""
    return ""


def build_parser() -> argparse.ArgumentParser:
    """A parser of everything; options may stand before the verb and after it."""
    parser = argparse.ArgumentParser("gimap-tui", description="Mail as data: from the store, by the journal.")
    _add_common(parser)
    parser.set_defaults(smtp_host=None, smtp_port=None)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in VERBS:
        sub = verbs.add_parser(verb.name, help=verb.about, description=verb.about)
        _add_common(sub, is_repeated=True)
        if verb.takes == "label":
            sub.add_argument("label", metavar="LABEL", help="a label that there is")
        if verb.takes:
            help_text = "a query in Gmail's language, or ids (X-GM-THRID, X-GM-MSGID, decimal or hexadecimal)"
            is_needed = verb.is_change or verb.name in ("search", "show")
            sub.add_argument("words", nargs="+" if is_needed else "*", metavar="QUERY|ID", help=help_text)
        if verb.is_change and verb.takes:
            sub.add_argument("--dry-run", action="store_true", help="print the commands; change nothing")
        if verb.name in ("list", "search", "count"):
            sub.add_argument("--server", action="store_true", help="let Gmail answer, not the store")
        if verb.name in ("list", "search", "show"):
            sub.add_argument(
                "--limit", type=int, default=50, metavar="N", help="at most so many (50; 0: all)"
            )
    return parser


def _add_common(parser: argparse.ArgumentParser, *, is_repeated: bool = False) -> None:
    """Options of every verb; a repeated one says nothing where it is not given."""

    def default(value: object) -> object:
        return argparse.SUPPRESS if is_repeated else value

    parser.add_argument("--account", metavar="EMAIL", default=default(None), help="the Gmail account")
    parser.add_argument("--host", default=default(None), help="another IMAP server than imap.gmail.com")
    parser.add_argument("--port", type=int, default=default(None), help="its port (993)")
    parser.add_argument(
        "--no-tls", action="store_true", default=default(False), help="no TLS; only to 127.0.0.1"
    )
    parser.add_argument("--config", type=Path, metavar="FILE", default=default(None), help="another file")
    parser.add_argument(
        "--offline", action="store_true", default=default(False), help="connect to nothing; changes wait"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        default=default(False),
        help="JSON, one object a line, instead of a table",
    )
