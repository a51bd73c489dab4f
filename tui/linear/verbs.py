"""What a verb is, and how one is found among all that are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from msgspec import Struct

from imapcore.errors import InvalidArgument
from tui.linear.talk import Talk


class Verb(Struct, frozen=True):
    """One verb, with everything that help says of it."""

    word: str
    about: str
    """What it does, in a few words."""
    act: Callable[[Talk, list[str]], None]
    """Does it, given the words after the verb."""
    usage: str = ""
    """What may follow the word."""
    short: tuple[str, ...] = ()
    """Other words for it; the first is said in the help."""
    commands: tuple[str, ...] = ()
    """The verbs of the screen that it stands for (``tui.keys.commands``)."""

    @property
    def words(self) -> tuple[str, ...]:
        """Everything it is called by; the names the screen's verbs have are among them."""
        return (self.word, *self.short, *self.commands)


class Verbs:
    """All verbs, by word."""

    def __init__(self, verbs: Sequence[Verb]) -> None:
        self.all = tuple(verbs)
        self._by_word: dict[str, Verb] = {}
        for verb in self.all:
            for word in verb.words:
                self._by_word.setdefault(word, verb)

    def find(self, word: str) -> Verb:
        """The verb that is meant: its word, or enough of its beginning that no other can be.

        Raises InvalidArgument with what it could be.
        """
        word = word.lower()
        known = self._by_word.get(word)
        if known is not None:
            return known
        beginning = {
            self._by_word[each].word: self._by_word[each] for each in self._by_word if each.startswith(word)
        }
        if len(word) > 1 and len(beginning) == 1:
            return next(iter(beginning.values()))
        near = sorted(beginning) if len(word) > 1 else []
        near = near or get_close_matches(word, self._by_word, 2)
        title = f"“{word}” is not something that can be said here"
        raise InvalidArgument(
            f"Did you mean {' or '.join(near[:4])}?" if near else "",
            title=title,
            hint="Type help for what can be",
        )

    def help(self, about: str = "") -> list[str]:
        """One line for each verb, or for the one that is asked about."""
        chosen = [self.find(about)] if about else self.all
        return [help_line(verb) for verb in chosen]


def help_line(verb: Verb) -> str:
    """``archive 3 (or e): take it out of the inbox``."""
    short = f" (or {verb.short[0]})" if verb.short else ""
    return f"{f'{verb.word} {verb.usage}'.strip()}{short}: {verb.about}"
