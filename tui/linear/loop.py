"""The loop: what came meanwhile is told, a line is taken, done, and said."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TextIO

from imapcore.errors import GimapError
from tui.context import AppContext
from tui.linear import account, changes, files, journal, labels, lists, reading
from tui.linear.numbers import is_number
from tui.linear.talk import Talk
from tui.linear.verbs import Verb, Verbs
from tui.terminal.standard_streams import has_terminal


def _help(talk: Talk, words: list[str]) -> None:
    """What can be said, or what one verb does."""
    talk.say(*VERBS.help(" ".join(words)))
    if not words:
        talk.say(
            "Without a number a verb means the conversation being read; all means the whole list.",
            "The beginning of a word is enough where no other begins so.",
        )


VERBS = Verbs(
    (
        *lists.VERBS,
        *reading.VERBS,
        *changes.VERBS,
        *files.VERBS,
        *labels.VERBS,
        *journal.VERBS,
        *account.VERBS,
        Verb("help", "what can be said here, or what one verb does", _help, "archive", ("?", "h")),
    )
)
"""Everything that can be said, in the order of the help."""


class Linear:
    """The conversation between the person and the mail."""

    def __init__(
        self, desk: AppContext, source: Iterator[str], out: TextIO, *, is_interactive: bool = True
    ) -> None:
        """``source`` gives the lines that are typed, ``out`` takes what is said."""
        self.talk = Talk(desk, source, out, is_interactive=is_interactive)

    def run(self) -> int:
        """Take lines until there are none, or until the person leaves."""
        talk = self.talk
        try:
            talk.mail.connect()
            if talk.is_interactive:
                talk.say(f"gimap-tui, {talk.mail.account.email}. Type help for what can be said.")
            self._begin()
            talk.say(*talk.hearing.news())
            for line in talk.source:
                self.answer(line)
                if talk.is_over:
                    break
                # Never while a line is being typed: only here, before the next prompt.
                talk.say(*talk.hearing.news())
            if not talk.is_interactive:
                account.wait_until_sent(talk)
            talk.say(*talk.hearing.news())
        finally:
            talk.hearing.close()
        if talk.is_interactive:
            talk.say("Goodbye.")
        return 0

    def _begin(self) -> None:
        try:
            lists.show_first(self.talk)
        except KeyboardInterrupt:
            # Whoever does not want to wait for the first mail goes on without.
            lists.show(self.talk, self.talk.view)

    def answer(self, line: str) -> None:
        """Do what a line says; a number alone opens the conversation."""
        words = line.split()
        if not words:
            return
        if is_number(words[0]):
            words.insert(0, "open")
        try:
            VERBS.find(words[0]).act(self.talk, words[1:])
        except GimapError as error:
            self.talk.say(error.sentence())
        except KeyboardInterrupt:
            self.talk.say("Stopped.")


def run_linear(desk: AppContext) -> int:
    """Talk on standard input and output until the person leaves, or the input ends."""
    is_interactive = has_terminal()
    source = _typed() if is_interactive else (line.rstrip("\n") for line in sys.stdin)
    return Linear(desk, source, sys.stdout, is_interactive=is_interactive).run()


def _typed() -> Iterator[str]:
    while True:
        try:
            yield input("> ")
        except EOFError:
            return
