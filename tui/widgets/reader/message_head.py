"""One message of a conversation: its single line when folded, its head when open.

Pure: values in, ``Line``s out. Times are said in the given zone, relative to a given now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from imapcore.model import Address, ChangeState, Message, Role
from tui.style.glyphs import UNICODE, Glyphs
from tui.style.text import age, anchored, cells, cut, cut_left, fit, local, steady, when_in_full
from tui.widgets.reader.body_lines import Ink, Line, Piece
from tui.widgets.reader.body_wrap import break_lines

_NAMES_SHOWN = 4
_NAME_AT_LEAST = 8
"""Cells of a name beside its address; where there is less room each has a line of its own."""


def short_date(date: int, now: int, zone: tzinfo | None = None) -> str:
    """``09:12`` today, ``Mon 16 Nov`` this year, else ``Sat 16 Nov 2019``."""
    then, today = local(date, zone), local(now, zone)
    if then.date() == today.date():
        return f"{then:%H:%M}"
    day, _, _ = when_in_full(date, zone).partition(",")
    return day.removesuffix(f" {today.year}")


def long_date(date: int, now: int, zone: tzinfo | None = None) -> str:
    """``09:12, 3 min ago`` today; ``Mon 16 Nov, 09:12``, with how long ago while that says something."""
    then = local(date, zone)
    day = short_date(date, now, zone)
    clock = f"{then:%H:%M}"
    ago = age(date, now)
    return ", ".join(part for part in (day if day != clock else "", clock, ago) if part)


def show_person(person: Address, owner: str, *, is_short: bool = False) -> str:
    """A person's name as it is drawn, ``me`` for the account's owner; short: the first word of it."""
    return steady(_person(person, owner, is_short=is_short))


def _person(person: Address, owner: str, *, is_short: bool) -> str:
    if owner and person.email.casefold() == owner.casefold():
        return "me"
    if not person.name or person.is_name_doubtful:
        is_cut = is_short and not person.name
        return person.email.split("@")[0] if is_cut else person.email or "(nobody)"
    if is_short and "," not in person.name:
        return person.name.split()[0] if person.name.split() else person.name
    return person.name


def show_people(people: Sequence[Address], owner: str) -> str:
    """Short names with ``me`` first, the rest as a number."""
    names = [show_person(person, owner, is_short=True) for person in people]
    names.sort(key=lambda name: name != "me")
    if len(names) > _NAMES_SHOWN + 1:
        return f"{', '.join(names[:_NAMES_SHOWN])} and {len(names) - _NAMES_SHOWN} more"
    return ", ".join(names)


def show_sender(message: Message, owner: str) -> str:
    """Who wrote a message."""
    return "me" if message.is_mine else show_person(message.sender, owner)


def folded_line(
    message: Message,
    width: int,
    owner: str,
    now: int,
    zone: tzinfo | None = None,
    glyphs: Glyphs = UNICODE,
    names: int = 20,
) -> Line:
    """A message on one line: who (in at most ``names`` cells), how it begins, when."""
    when = short_date(message.date, now, zone)
    star = f"{glyphs.star} " if message.is_starred else ""
    name_width = max(6, min(names, width // 4))
    room = width - 2 - name_width - 2 - cells(when) - cells(star) - 2
    who = show_sender(message, owner)
    pieces = [
        Piece(f"{glyphs.folded} ", Ink.MARK),
        Piece(fit(who, name_width, glyphs.ellipsis), Ink.NAME if message.is_unread else Ink.PLAIN),
        Piece("  "),
    ]
    if message.is_draft:
        pieces.append(Piece("Draft  ", Ink.WARNING))
        room -= 7
    if room >= 8:
        pieces.append(Piece(fit(steady(message.snippet), room, glyphs.ellipsis), Ink.NOTE))
        pieces.append(Piece("  "))
    else:
        pieces.append(Piece(" " * max(0, room)))
    if star:
        pieces.append(Piece(star, Ink.STAR))
    pieces.append(Piece(when, Ink.NAME if message.is_unread else Ink.NOTE))
    return Line(tuple(pieces))


def run_line(count: int, key: str, glyphs: Glyphs = UNICODE) -> Line:
    """What stands for several folded messages."""
    hint = f" {glyphs.dot} {key} to unfold all" if key else ""
    text = f"{glyphs.dot}{glyphs.dot} {count} more read message{'' if count == 1 else 's'}{hint}"
    return Line((Piece(text, Ink.NOTE),))


def head_lines(
    message: Message, width: int, owner: str, now: int, zone: tzinfo | None = None, glyphs: Glyphs = UNICODE
) -> list[Line]:
    """The head of an open message: sender, to whom, star, when; one line where they fit, else more.

    The sender's address is always there, whole or with its domain: it has its room first, a name is cut.
    """
    recipients = _recipients(message, owner)
    when = _date_beside(message, width, owner, now, zone)
    right = [Piece(when, Ink.STAR if message.is_unread or message.is_starred else Ink.NOTE)]
    if message.is_starred:
        right.insert(0, Piece(f"{glyphs.star} ", Ink.STAR))
    right_width = sum(cells(piece.text) for piece in right)
    room = max(4, width - 2 - right_width - 2)

    who, below = _sender(message, owner, room, width - 2, glyphs)
    used = sum(cells(piece.text) for piece in who)
    first = [Piece(f"{glyphs.unfolded} ", Ink.MARK | Ink.BRIGHT), *who]
    rest = ""
    if recipients and not below and used + 1 + cells(recipients) <= room:
        first.append(Piece(f" {recipients}"))
        used += 1 + cells(recipients)
    else:
        rest = recipients
    first.append(Piece(" " * (room - used + 2)))
    lines = [Line((*first, *right))]
    for piece in below:
        beside = f" {rest}" if rest and piece.ink is Ink.NOTE else ""
        if beside and cells(piece.text) + cells(beside) <= width - 2:
            rest = ""
        else:
            beside = ""
        lines.append(Line((Piece("  "), piece, Piece(beside, Ink.NOTE))))
    if rest:
        lines.extend(
            Line((Piece("  "), Piece(rest[start:end], Ink.NOTE)))
            for start, end in break_lines(rest, max(8, width - 2))
        )
    lines.extend(_note_lines(_notes(message), width - 2, glyphs))
    return lines


def _date_beside(message: Message, width: int, owner: str, now: int, zone: tzinfo | None) -> str:
    """The date, as fully as it leaves room for the sender's name and address."""
    short = short_date(message.date, now, zone)
    if width < 40:
        return short
    full = long_date(message.date, now, zone)
    clock = f"{local(message.date, zone):%H:%M}"
    shorter = ", ".join(full.split(", ")[: 1 if short == clock else 2])
    shown = show_sender(message, owner)
    name, address = cells(shown), cells(message.sender.email) + 3
    if shown == steady(message.sender.email):
        address = 0
    star = 2 if message.is_starred else 0
    for wanted in (name, min(name, _NAME_AT_LEAST)):
        for form in (full, shorter, short):
            if wanted + address <= width - 4 - star - cells(form):
                return form
    # The address goes below: the date leaves room for the name alone.
    return next((each for each in (full, shorter) if name <= width - 4 - star - cells(each)), short)


def _sender(
    message: Message, owner: str, room: int, width: int, glyphs: Glyphs
) -> tuple[list[Piece], list[Piece]]:
    """Who wrote it, for the first line's ``room`` cells, and what needs lines of their own."""
    person = message.sender
    is_owner = owner and person.email.casefold() == owner.casefold()
    name = show_sender(message, owner)
    if is_owner or not person.email:
        return [Piece(anchored(cut(name, room, glyphs.ellipsis)), Ink.NAME)], []
    if name == steady(person.email):
        below = []
        if cells(name) > room:
            below.append(Piece(cut_left(name, max(8, width), glyphs.ellipsis), Ink.NAME))
        if person.is_name_doubtful:
            claim = cut(f"calls itself “{steady(person.name)}”", max(8, width), glyphs.ellipsis)
            below.append(Piece(anchored(claim), Ink.WARNING))
        return [Piece(anchored(cut_left(name, room, glyphs.ellipsis)), Ink.NAME)], below
    address = f"<{steady(person.email)}>"
    left = room - cells(address) - 1
    if left >= min(cells(name), _NAME_AT_LEAST):
        return [
            Piece(anchored(cut(name, left, glyphs.ellipsis)), Ink.NAME),
            Piece(f" {address}", Ink.NOTE),
        ], []
    below = [Piece(cut_left(address, max(8, width), glyphs.ellipsis), Ink.NOTE)]
    return [Piece(anchored(cut(name, room, glyphs.ellipsis)), Ink.NAME)], below


def _recipients(message: Message, owner: str) -> str:
    parts = []
    if message.to:
        parts.append(f"to {show_people(message.to, owner)}")
    if message.cc:
        parts.append(f"cc {show_people(message.cc, owner)}")
    if message.bcc:
        parts.append(f"bcc {show_people(message.bcc, owner)}")
    return ", ".join(parts)


def _notes(message: Message) -> list[Piece]:
    """What is special about a message: a draft, in the trash, replies go elsewhere, a change under way."""
    notes: list[Piece] = []
    if message.is_draft:
        notes.append(Piece("Draft", Ink.WARNING))
    if message.place is Role.TRASH:
        notes.append(Piece("in the trash", Ink.WARNING))
    if message.place is Role.SPAM:
        notes.append(Piece("in spam", Ink.WARNING))
    elsewhere = [
        person for person in message.reply_to if person.email.casefold() != message.sender.email.casefold()
    ]
    if elsewhere:
        notes.append(
            Piece(f"replies go to {', '.join(steady(person.email) for person in elsewhere[:2])}", Ink.NOTE)
        )
    if message.state is ChangeState.PENDING:
        notes.append(Piece("change still to be sent", Ink.NOTE))
    if message.state is ChangeState.REJECTED:
        notes.append(Piece("a change was refused", Ink.WARNING))
    return notes


def _note_lines(notes: Sequence[Piece], width: int, glyphs: Glyphs) -> Iterator[Line]:
    """Notes beside each other as far as they fit; one that is wider than a line keeps its end, where an
    address has its domain.
    """
    row: list[Piece] = []
    used = 0
    for note in notes:
        text = cut_left(note.text, max(8, width), glyphs.ellipsis)
        if row and used + 3 + cells(text) > width:
            yield Line((Piece("  "), *row))
            row, used = [], 0
        if row:
            row.append(Piece(f" {glyphs.dot} ", Ink.NOTE))
            used += 3
        row.append(Piece(text, note.ink))
        used += cells(text)
    if row:
        yield Line((Piece("  "), *row))
