"""Words for views: what a view is called, and what to say when it is empty. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from imapcore.model import LinkState, LinkStatus, Mailbox, Progress, Role, SavedSearch, View, ViewKind
from tui.keys.keymap import Keymap
from tui.style.text import number
from tui.widgets.label_chips import label_title
from tui.widgets.sidebar.tree_rows import place_title


def view_title(view: View, mailboxes: Sequence[Mailbox], searches: Sequence[SavedSearch]) -> str:
    """A view's name for a person: a place's own title, a label's path, a kept search's title or its query."""
    if view.kind is ViewKind.ROLE:
        role = Role(view.value)
        titles = (place_title(mailbox) for mailbox in mailboxes if mailbox.role is role)
        return next(titles, role.value.capitalize())
    if view.kind is ViewKind.LABEL:
        return " › ".join(label_title(view.value).split("/"))
    return next((search.title for search in searches if search.query == view.value), view.value)


_EMPTY: dict[Role, tuple[str, str]] = {
    Role.INBOX: ("Inbox zero", "Nothing is waiting for you."),
    Role.STARRED: ("No stars", "{star} puts a star on what you want to find again."),
    Role.IMPORTANT: ("Nothing important", "{important} marks a conversation as important."),
    Role.SENT: ("Nothing sent", "What you send from this account appears here."),
    Role.DRAFTS: ("No drafts", "Drafts you begin in Gmail appear here; {outbox} has those begun here."),
    Role.ALL: ("No mail at all", "An empty account is a rare sight."),
    Role.SPAM: ("No spam", "Enjoy it while it lasts."),
    Role.TRASH: ("The trash is empty", "Gmail empties it by itself after 30 days."),
}


def empty_words(
    view: View,
    link: LinkStatus,
    progress: Progress,
    search: tuple[int, bool, str] | None,
    keymap: Keymap,
    *,
    is_complete: bool,
    hidden: Mailbox | None = None,
) -> tuple[str, ...]:
    """What an empty list says: why it is empty, and where to go from there.

    ``is_complete``: whether the server has nothing for this view that is not stored; ``hidden``: the place
    that is looked at, if Gmail's settings hide it from IMAP.
    """
    key = keymap.key_of
    go_on = f"{key('go-all')} all mail   {key('search')} search   {key('help')} help"
    if view.text or view.is_unread_only:
        what = f"contains “{view.text}”" if view.text else "is unread"
        return (f"Nothing here {what}", f"{key('back')} shows everything again")
    if view.kind is ViewKind.SEARCH:
        if search is not None and not search[1]:
            return ("Searching Gmail…", view.value)
        if search is not None and search[2]:
            return ("The search failed", search[2], f"{key('search')} to change it")
        return (
            "Nothing found",
            f"for {view.value}",
            f"Spam and Trash are searched with in:anywhere   {key('search')} to change the search",
        )
    if hidden is not None:
        setting = f"In Gmail on the web: Settings › Labels › {hidden.title} › Show in IMAP"
        return (f"Gmail hides {hidden.title} from IMAP", setting, go_on)
    is_fetching = not is_complete or progress.stored < progress.total
    if is_fetching and link.state is LinkState.LIVE:
        so_far = f"{number(progress.stored)} of {number(progress.total)} messages are here"
        return ("Fetching mail…", so_far if progress.total else "The newest conversations come first", go_on)
    if link.state is LinkState.CONNECTING:
        return ("Connecting…", link.detail or "Mail appears here as it comes", go_on)
    if link.state is not LinkState.LIVE and not progress.stored:
        return (link.title or "No connection", link.detail, link.hint or f"{key('refresh')} tries again")
    if view.kind is ViewKind.LABEL:
        return ("Nothing has this label", f"{key('label')} on a conversation gives it one", go_on)
    title, says = _EMPTY[Role(view.value)]
    return (
        title,
        says.format(star=key("star"), important=key("important"), outbox=key("drafts-here")),
        go_on,
    )
