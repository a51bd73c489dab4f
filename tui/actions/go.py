"""Going to a place, a label by name, or Activity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapcore.model import Role, View
from tui.keys.commands import Where

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.actions.screen import TriageScreen


def _go(role: Role) -> Callable[[TriageScreen], None]:
    def action(screen: TriageScreen) -> None:
        screen.show_view(View.of_role(role))
        screen.go_to_pane(Where.LIST)

    return action


def go_label(screen: TriageScreen) -> None:
    """Choose a place, a kept search or a label by name."""
    from tui.actions.palette_entries import open_views

    open_views(screen)


def go_activity(screen: TriageScreen) -> None:
    """What was done, what is pending, what was refused."""
    from tui.dialogs.activity import ActivityScreen

    desk = screen.desk
    screen.app.push_screen(
        ActivityScreen(
            desk.mail,
            aside=screen.aside,
            now=desk.now,
            zone=desk.zone,
            has_commands=desk.config.look.commands,
            look=desk.look,
        ),
        lambda _: screen.look_again(),
    )


ACTIONS: Mapping[str, Callable[[TriageScreen], None]] = {
    "go-inbox": _go(Role.INBOX),
    "go-starred": _go(Role.STARRED),
    "go-important": _go(Role.IMPORTANT),
    "go-sent": _go(Role.SENT),
    "go-drafts": _go(Role.DRAFTS),
    "go-all": _go(Role.ALL),
    "go-spam": _go(Role.SPAM),
    "go-trash": _go(Role.TRASH),
    "go-label": go_label,
    "go-activity": go_activity,
}
