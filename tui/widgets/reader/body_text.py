"""A message as text: for the clipboard and for a file. Pure.

Paragraphs are whole lines, as a person would want to paste them; links stand in full below, by their numbers.
"""

from __future__ import annotations

from datetime import tzinfo

from imapcore.model import Address, Body, Message
from tui.style.glyphs import UNICODE
from tui.style.text import size, when_in_full
from tui.widgets.reader.body_layout import WIDEST, lay_out


def body_text(body: Body) -> str:
    """The words of a body, quotations too, and where its numbered links lead."""
    text = ""
    for line in lay_out(body, WIDEST, None, UNICODE):
        if not line.command:
            text += line.text.rstrip() + (" " if line.is_continued else "\n")
    numbered = [
        f"[{label}] {link.url}" for index, link in enumerate(body.links) if (label := link.label(index))
    ]
    return text.rstrip() + "\n" + ("\n" + "\n".join(numbered) + "\n" if numbered else "")


def message_text(message: Message, body: Body, zone: tzinfo | None) -> str:
    """A message with what stands above it, as one would print it."""
    rows = [
        ("From", _people((message.sender,))),
        ("To", _people(message.to)),
        ("Cc", _people(message.cc)),
        ("Date", when_in_full(message.date, zone)),
        ("Subject", message.subject or "(no subject)"),
        ("Files", ", ".join(f"{part.filename} ({size(part.size)})" for part in body.attachments)),
    ]
    head = "".join(f"{name}: {value}\n" for name, value in rows if value)
    return f"{head}\n{body_text(body)}"


def _people(people: tuple[Address, ...]) -> str:
    return ", ".join(f"{each.name} <{each.email}>" if each.name else each.email for each in people)
