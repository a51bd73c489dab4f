"""Lists and places: what is here, what comes next, going, searching, narrowing."""

from __future__ import annotations

from msgspec.structs import replace

from imapcore.errors import InvalidArgument
from imapcore.events import SearchProgressed
from imapcore.gmail.query_lint import lint
from imapcore.model import At, LinkState, Role, ThreadRow, View, ViewKind
from tui.linear.talk import Talk
from tui.linear.verbs import Verb
from tui.style.text import plural, when_in_full
from tui.widgets.sidebar.tree_rows import place_title

_ROWS = 15
_MOST_ROWS = 500
_SEARCH_SECONDS = 30.0
FIRST_MAIL_SECONDS = 30.0
"""How long the first prompt waits for the first mail."""
HOPELESS = (LinkState.OFFLINE, LinkState.SIGN_IN, LinkState.WAITING, LinkState.STOPPED)
"""Nothing comes from the server while the link is in one of these."""


def show(talk: Talk, view: View, *, remember: bool = True, count: int = _ROWS) -> None:
    """List another view, or the same one anew."""
    if view != talk.view and remember:
        talk.visited.append(talk.view)
    talk.view, talk.listed, talk.rows = view, 0, {}
    talk.thread, talk.rest = None, []
    if view.kind is not ViewKind.SEARCH:
        talk.mail.open(view)
    window = talk.mail.window(view)
    title = talk.title() + (", unread only" if view.is_unread_only else "")
    title += f", with “{view.text}”" if view.text else ""
    if not window.total and not window.is_complete and view.kind is not ViewKind.SEARCH:
        talk.say(f"{title}: nothing of it has been fetched yet. Type list to look again.")
        return
    talk.say(f"{title}: {plural(window.total, 'conversation')}, {window.unread} unread.")
    tell_rows(talk, count)


def show_first(talk: Talk) -> None:
    """The inbox at the start; where nothing is stored yet, when the first mail has come."""
    if _is_bare(talk) and talk.mail.link().state not in HOPELESS:
        talk.say("Fetching mail for the first time. It is listed as soon as it is here.")
        talk.mail.open(talk.view)
        talk.hearing.wait(
            lambda: not _is_bare(talk) or talk.mail.link().state in HOPELESS, FIRST_MAIL_SECONDS
        )
    show(talk, talk.view)


def _is_bare(talk: Talk) -> bool:
    window = talk.mail.window(talk.view, size=1)
    return not window.total and not window.is_complete


def tell_rows(talk: Talk, count: int = _ROWS) -> None:
    """Read out the next rows; their numbers go on."""
    window = talk.mail.window(talk.view, At(talk.listed), max(count * 3, 30))
    rows = window.rows[max(0, talk.listed - window.first) :][:count]
    for number, row in enumerate(rows, talk.listed + 1):
        talk.rows[number] = row
        talk.say(f"{number}. {row_words(talk, row)}")
    had_some = talk.listed > 0
    talk.listed += len(rows)
    if not rows:
        talk.say("Nothing more here." if had_some else "Nothing here.")
    elif talk.listed < window.total:
        talk.say(f"{window.total - talk.listed:,} more. Type more for the next ones.")


def row_words(talk: Talk, row: ThreadRow) -> str:
    """A conversation as a line: marks, people, subject, how many, labels, when."""
    people = ", ".join("draft" if person.is_draft else person.name for person in row.people)
    marks = [
        word
        for word, is_so in (
            ("unread", bool(row.unread)),
            ("starred", row.is_starred),
            ("important", row.is_important),
            ("attachment", row.has_attachment),
            ("invitation", row.has_invite),
            (row.state.value, row.state.value != "settled"),
        )
        if is_so
    ]
    parts = [
        ", ".join(marks),
        people,
        row.subject or "no subject",
        plural(row.count, "message") if row.count > 1 else "",
        f"labels {', '.join(row.labels)}" if row.labels else "",
        when_in_full(row.date, talk.desk.zone),
    ]
    return "; ".join(part for part in parts if part)


def list_here(talk: Talk, words: list[str]) -> None:
    """The list anew; with a number so many of its rows."""
    count = _ROWS
    if words:
        if len(words) != 1 or not words[0].isdecimal() or not 0 < int(words[0][:9]) <= _MOST_ROWS:
            raise InvalidArgument(f"For instance list 40; at most {_MOST_ROWS}", title="Say how many to list")
        count = int(words[0])
    show(talk, talk.view, remember=False, count=count)


def more(talk: Talk, words: list[str]) -> None:
    """Go on: with the message that is being read, else with the list."""
    if talk.rest:
        talk.say_page(talk.rest)
    elif talk.thread is not None:
        talk.say("That was all of this message. Type previous or next for another one, list for the list.")
    else:
        tell_rows(talk)


def go(talk: Talk, words: list[str]) -> None:
    """Go to a place, a label or a saved search, by name."""
    wanted = " ".join(words).casefold()
    if not wanted:
        raise InvalidArgument("Type places for a list", title="Say where to go: go inbox, go Work")
    view = _view_called(talk, wanted)
    if view is None:
        raise InvalidArgument(
            "Type places for a list", title=f"There is no place or label “{' '.join(words)}”"
        )
    if view.kind is ViewKind.SEARCH:
        run_search(talk, view.value)
    else:
        show(talk, view)


def _view_called(talk: Talk, wanted: str) -> View | None:
    for box in talk.mail.mailboxes():
        names = {box.title.casefold(), box.name.casefold(), place_title(box).casefold()}
        if box.role is not None and wanted in names | {box.role.value, f"{box.role.value} mail"}:
            return View.of_role(Role(box.role.value))
        if box.role is None and wanted in names:
            return View.of_label(box.name)
    searches = talk.mail.saved_searches()
    return next((View.of_search(each.query) for each in searches if each.title.casefold() == wanted), None)


def _to(role: Role) -> Verb:
    def act(talk: Talk, words: list[str]) -> None:
        show(talk, View.of_role(role))

    return Verb(f"go-{role.value}", f"go to {role.value}", act)


def back(talk: Talk, words: list[str]) -> None:
    """From a message to its list, from a list to the one before."""
    if talk.thread is not None:
        show(talk, talk.view, remember=False)
    elif talk.visited:
        show(talk, talk.visited.pop(), remember=False)
    else:
        talk.say("Nothing to go back to. Type quit to leave.")


def places(talk: Talk, words: list[str]) -> None:
    """Places, labels and saved searches, with how many conversations each holds."""
    for box in talk.mail.mailboxes():
        unread = f", {box.unread} unread" if box.unread else ""
        name = place_title(box) if box.role is not None else box.name.replace("/", ", ")
        talk.say(f"{name}: {plural(box.total, 'conversation')}{unread}")
    for each in talk.mail.saved_searches():
        talk.say(f"Search {each.title}: {each.query}")


def search(talk: Talk, words: list[str]) -> None:
    """Search all mail in Gmail's own words; what Gmail would misread is said first."""
    query = " ".join(words)
    if not query:
        raise InvalidArgument(
            "For instance search from:ada has:attachment",
            title="Say what to search for, in Gmail's own words",
        )
    labels = [box.name for box in talk.mail.mailboxes() if box.role is None]
    talk.say(*(f"{finding.sentence}." for finding in lint(query, labels)))
    talk.desk.state.searched(query)
    run_search(talk, query)


def run_search(talk: Talk, query: str) -> None:
    """Run a query and list what it finds."""
    done = talk.ask(
        lambda: talk.mail.open(View.of_search(query)),
        lambda event: isinstance(event, SearchProgressed) and event.query == query and event.is_done,
        _SEARCH_SECONDS,
    )
    if isinstance(done, SearchProgressed) and done.problem:
        talk.say(done.problem)
    elif done is None:
        talk.say("Gmail has not answered yet; this is what is here. Type list to look again.")
    show(talk, View.of_search(query))


def narrow(talk: Talk, words: list[str]) -> None:
    """Only what contains these words; without words everything again."""
    show(talk, replace(talk.view, text=" ".join(words)), remember=False)


def unread_only(talk: Talk, words: list[str]) -> None:
    """Unread conversations only, or all again."""
    show(talk, replace(talk.view, is_unread_only=not talk.view.is_unread_only), remember=False)


VERBS = (
    Verb("list", "the conversations here, or so many of them", list_here, "40", ("ls",)),
    Verb("more", "go on with the list, or with the message being read", more, short=("m",)),
    Verb("go", "to a place, a label or a saved search", go, "Work", ("g",), ("go-label",)),
    *(_to(role) for role in Role),
    Verb("places", "places, labels and saved searches", places, short=("labels", "folders", "mailboxes")),
    Verb("back", "to the list, or to the list before", back, short=("b",)),
    Verb("search", "search all mail, in Gmail's own words", search, "from:ada lisbon", ("/",)),
    Verb("filter", "only what contains these words; alone: all again", narrow, "words", ("\\",)),
    Verb("unread-only", "unread conversations only, or all again", unread_only),
)
