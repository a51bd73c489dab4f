"""Stories written as plays: a small text format → ``Story`` values.

::

    == Subject of the conversation
    labels: Work, Travel
    as: important, archived, category=updates
    -- OLIVIA 4d@13:00 | unread, star, to=ME+LIN, file=plan.pdf
    What she says, paragraphs wrapped as one likes.
    -- ME 3d@07:55
    What the owner answers.

Speakers are the names of ``people``. A file is made to suit its suffix; HTML, invitations and
special files are given by name in ``Props``. A script is part of the program: mistakes in it raise.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from imapcore.simulator.account.kinds import Kind
from imapcore.simulator.demo_mail import people
from imapcore.simulator.demo_mail.attachments import csv, pdf, png, text_file
from imapcore.simulator.demo_mail.compose import File
from imapcore.simulator.demo_mail.story import ME, Person, Story, Turn, unfold

PEOPLE: dict[str, Person] = {
    "ME": ME,
    **{name: value for name, value in vars(people).items() if isinstance(value, Person)},
}
"""Everybody who may speak."""


@dataclass(frozen=True, slots=True)
class Props:
    """What a script refers to by name."""

    html: Mapping[str, str] = field(default_factory=dict)
    invites: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, File] = field(default_factory=dict)
    headers: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)


NOTHING = Props()


def read_script(script: str, props: Props = NOTHING) -> list[Story]:
    """The stories of a script, in its order. Raises ValueError or KeyError for what it cannot mean."""
    return [_read_story(text, props) for text in f"\n{script.strip()}".split("\n== ")[1:]]


def _read_story(text: str, props: Props) -> Story:
    head, *speeches = text.split("\n-- ")
    subject, *settings = head.strip().split("\n")
    given = dict(setting.split(": ", 1) for setting in settings)
    marks = _marks(given.pop("as", ""))
    labels = tuple(label.strip() for label in given.pop("labels", "").split(",") if label.strip())
    extra = props.headers[given.pop("headers")] if "headers" in given else ()
    if given:
        raise ValueError(f"unknown settings {sorted(given)} of {subject!r}")
    story = Story(
        subject,
        tuple(_read_turn(speech, subject, props) for speech in speeches),
        labels=labels,
        category=marks.pop("category", "primary"),
        place=_PLACES[marks.pop("place", "all")],
        is_inbox=marks.pop("archived", None) is None,
        is_important=marks.pop("important", None) is not None,
        extra=extra,
        cast=tuple(PEOPLE[name] for name in marks.pop("cast", "").split("+") if name),
    )
    if marks:
        raise ValueError(f"unknown marks {sorted(marks)} of {subject!r}")
    return story


_PLACES = {"all": Kind.ALL, "spam": Kind.SPAM, "trash": Kind.TRASH}


def _read_turn(speech: str, subject: str, props: Props) -> Turn:
    cue, _, words = speech.partition("\n")
    who, _, options = cue.partition(" | ")
    name, when = who.split()
    marks = _marks(options)
    turn = Turn(
        PEOPLE[name],
        when,
        words,
        html=props.html[marks.pop("html")] if "html" in marks else "",
        files=tuple(
            _make_file(file, subject, words, props) for file in marks.pop("file", "").split("+") if file
        ),
        invite=props.invites[marks.pop("invite")] if "invite" in marks else "",
        subject=marks.pop("subject", ""),
        to=_cast(marks.pop("to", "")),
        cc=_cast(marks.pop("cc", "")),
        bcc=_cast(marks.pop("bcc", "")),
        is_unread=marks.pop("unread", None) is not None,
        is_starred=marks.pop("star", None) is not None,
        is_draft=marks.pop("draft", None) is not None,
        answers=int(marks.pop("answers", "-1")),
        is_quoting=marks.pop("bare", None) is None,
        flags=tuple(flag for flag in marks.pop("flags", "").split("+") if flag),
        labels=tuple(label for label in marks.pop("labels", "").split("+") if label),
    )
    if marks:
        raise ValueError(f"unknown marks {sorted(marks)} of {name} in {subject!r}")
    return turn


def _cast(names: str) -> tuple[Person, ...]:
    return tuple(PEOPLE[name] for name in names.split("+") if name)


def _marks(text: str) -> dict[str, str]:
    pairs = (mark.strip().partition("=") for mark in text.split(",") if mark.strip())
    return {name: value for name, _, value in pairs}


def _make_file(filename: str, subject: str, words: str, props: Props) -> File:
    """The prop of that name, or something that suits the suffix."""
    if filename in props.files:
        return props.files[filename]
    suffix = filename.rpartition(".")[2]
    number = zlib.crc32(filename.encode("utf-8"))
    if suffix == "pdf":
        return pdf(filename, subject, *unfold(words).split("\n")[:3])
    if suffix == "png":
        return png(filename, 48 + number % 80, 32 + number % 48, number & 0xFFFFFF)
    if suffix == "csv":
        rows = tuple(
            (f"2026-{month:02d}", number % (month * 97) + 40, number % (month * 31)) for month in range(1, 11)
        )
        return csv(filename, ("month", "in", "out"), *rows)
    if suffix in ("txt", "gpx"):
        return text_file(filename, f"{subject}\n")
    raise ValueError(f"no idea how to make {filename!r}")
