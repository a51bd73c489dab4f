"""Searching: Gmail's own search, narrowing what is listed, saving a search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from imapcore.model import View, ViewKind
from tui.bridge.messages import Tone
from tui.keys.commands import Where
from tui.style.text import local

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.actions.screen import TriageScreen

_LONGEST_TITLE = 40


def search(screen: TriageScreen) -> None:
    """Ask for a query and show what it finds as a view."""
    from tui.dialogs.search import SearchScreen

    mail, state = screen.desk.mail, screen.desk.state
    query = screen.view.value if screen.view.kind is ViewKind.SEARCH else ""

    def closed(wanted: str | None) -> None:
        if wanted is None or not wanted.strip():
            return
        wanted = " ".join(wanted.split())
        state.searched(wanted)
        run_search(screen, wanted)

    screen.app.push_screen(
        SearchScreen(
            query,
            tuple(state.recent_searches),
            tuple(mailbox.name for mailbox in screen.mailboxes if mailbox.role is None),
            mail.people,
            today=local(screen.desk.now(), screen.desk.zone).date(),
            look=screen.desk.look,
        ),
        closed,
    )


def run_search(screen: TriageScreen, query: str) -> None:
    """Show what a query finds."""
    screen.searching[query] = (0, False, "")
    screen.thread_list.forget(View.of_search(query))
    screen.show_view(View.of_search(query))
    screen.go_to_pane(Where.LIST)


def unread_only(screen: TriageScreen) -> None:
    """Unread conversations only, or all again."""
    view = screen.view
    screen.show_view(replace(view, is_unread_only=not view.is_unread_only), remember=False)


def save_search(screen: TriageScreen) -> None:
    """Keep the search that is shown in the tree."""
    query = screen.view.value
    if any(each.query == query for each in screen.searches):
        screen.flash("This search is saved already", Tone.HINT)
        return
    from tui.dialogs.prompt import PromptScreen

    def closed(title: str | None) -> None:
        if title and title.strip():
            screen.desk.mail.save_search(title.strip(), query)
            screen.look_again()
            screen.flash(f"“{title.strip()}” is in the tree now")

    def check(title: str) -> str:
        return "" if title.strip() else "A saved search needs a name"

    screen.app.push_screen(
        PromptScreen("Save this search as", query[:_LONGEST_TITLE], check, look=screen.desk.look), closed
    )


ACTIONS: Mapping[str, Callable[[TriageScreen], None]] = {
    "search": search,
    "filter": lambda screen: screen.open_filter(),
    "unread-only": unread_only,
    "save-search": save_search,
}
