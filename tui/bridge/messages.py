"""Textual messages, past tense: what widgets tell the main screen, and what the bridge tells the app.

Hints carry nothing: several become one, and whoever hears one looks again at what it shows. A widget never
talks to its sibling; it posts a message and the screen decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from textual.message import Message

from imapcore import events
from imapcore.model import View


class Tone(StrEnum):
    """How a flash looks."""

    DONE = "done"
    HINT = "hint"
    PROBLEM = "problem"


# -- from the engine ---------------------------------------------------------------------------------


class MailHinted(Message, bubble=False):
    """Hint: rows, the tree, its counts or the progress may have changed."""

    def can_replace(self, message: Message) -> bool:
        """A newer hint makes an older one superfluous."""
        return isinstance(message, MailHinted)


class EngineSpoke(Message, bubble=False):
    """An event that carries something and so must not be merged with another."""

    def __init__(self, event: events.Event) -> None:
        self.event = event
        super().__init__()


# -- from widgets ------------------------------------------------------------------------------------


class Flashed(Message):
    """A sentence for the bottom line."""

    def __init__(self, text: str, tone: Tone = Tone.DONE) -> None:
        self.text = text
        self.tone = tone
        super().__init__()


class ViewChosen(Message):
    """The user wants to see a place, a label or a search."""

    def __init__(self, view: View, *, is_final: bool = True) -> None:
        self.view = view
        self.is_final = is_final
        """Whether the user also wants the list to have the focus."""
        super().__init__()


class CursorMoved(Message):
    """The list's cursor is on another conversation, or on none."""

    def __init__(self, thrid: int | None) -> None:
        self.thrid = thrid
        super().__init__()


class ThreadOpened(Message):
    """The user opened the conversation under the cursor."""

    def __init__(self, thrid: int) -> None:
        self.thrid = thrid
        super().__init__()


class SelectionChanged(Message):
    """More or fewer rows are selected."""


class CommandChosen(Message):
    """A verb was chosen with the mouse, from a menu or by a widget."""

    def __init__(self, command_id: str) -> None:
        self.command_id = command_id
        super().__init__()


class FilterChanged(Message):
    """What the list is narrowed by changed."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__()


class FilterClosed(Message):
    """The filter field was left; ``is_kept`` tells whether the narrowing stays."""

    def __init__(self, is_kept: bool) -> None:
        self.is_kept = is_kept
        super().__init__()


class DividerMoved(Message):
    """A divider was dragged by so many cells."""

    def __init__(self, name: str, cells: int) -> None:
        self.name = name
        self.cells = cells
        super().__init__()


class BodyWanted(Message):
    """The reader needs a body, or another form of one."""

    def __init__(self, msgid: int, section: str = "") -> None:
        self.msgid = msgid
        self.section = section
        super().__init__()


class StoredBodiesWanted(Message):
    """Words are looked for in these messages too, as far as they are stored."""

    def __init__(self, msgids: Sequence[int]) -> None:
        self.msgids = tuple(msgids)
        super().__init__()


class ComposerChanged(Message):
    """Something was typed or chosen in the composer."""


class ComposerAsked(Message):
    """A verb of the composer's was asked for."""

    def __init__(self, command_id: str) -> None:
        self.command_id = command_id
        super().__init__()


class LinkOpened(Message):
    """The user wants to follow a link of a message."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__()
