"""What the verbs of the registry do: one small module per heading, each a table from id to function.

A function gets the main screen and nothing else; it may ask the engine (``screen.desk.mail``), push a dialog,
and tell the widgets what to show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapcore.errors import GimapError
from tui.bridge.messages import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.actions.screen import TriageScreen

    Action = Callable[[TriageScreen], None]


def actions() -> Mapping[str, Action]:
    """Every verb's function by its id."""
    from tui.actions import app, go, labels, move, read, search, select, triage, write

    return {
        **move.ACTIONS,
        **triage.ACTIONS,
        **select.ACTIONS,
        **search.ACTIONS,
        **read.ACTIONS,
        **go.ACTIONS,
        **labels.ACTIONS,
        **write.ACTIONS,
        **app.ACTIONS,
    }


def run_command(screen: TriageScreen, command_id: str) -> None:
    """Do it; an error of the engine's becomes a sentence, and the screen goes on."""
    action = _TABLE.get(command_id)
    if action is None:
        from tui.actions.write import COMPOSER_ACTIONS

        _TABLE.update({**actions(), **COMPOSER_ACTIONS})
        action = _TABLE[command_id]
    try:
        action(screen)
    except GimapError as error:
        screen.flash(error.sentence(), Tone.PROBLEM)


_TABLE: dict[str, Action] = {}
