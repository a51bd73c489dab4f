"""What the screen needs of the mail engine, as a protocol: values in, values out, nothing that waits.

``imapcore.engine.Engine`` meets it, and so does the engine of invented mail that the pictures are taken of.
The screen is typed against this, never against the engine itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from imapcore.events import Event
from imapcore.model import (
    Account,
    Activity,
    Address,
    Body,
    LabelCounts,
    LinkStatus,
    Mailbox,
    Op,
    Place,
    Progress,
    Receipt,
    SavedSearch,
    Target,
    Thread,
    View,
    Window,
)
from tui.bridge.writing_port import MailWriting


class MailEngine(Protocol):
    """One account's mail. Reads are short and local; requests return at once and events tell the rest."""

    @property
    def account(self) -> Account:
        """Whose mail this is."""
        ...

    @property
    def is_read_only(self) -> bool:
        """Whether another process holds the writer, so that nothing can be changed here."""
        ...

    @property
    def writing(self) -> MailWriting:
        """Drafts, answers and the outbox."""
        ...

    def connect(self) -> None:
        """The screen stands: what was not started for its sake may start."""
        ...

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Have events handed to ``listener``, on the engine's threads; returns what ends it."""
        ...

    @property
    def views_changed(self) -> int:
        """Grows with every hint that rows or the tree changed."""
        ...

    def mailboxes(self) -> tuple[Mailbox, ...]:
        """Places in Role order, then user labels by name, parents before children."""
        ...

    def saved_searches(self) -> tuple[SavedSearch, ...]:
        """The searches kept in the tree."""
        ...

    def window(self, view: View, place: Place = ..., size: int = ...) -> Window:
        """Some rows of a view and where they lie in the whole."""
        ...

    def thread(self, thrid: int, view: View) -> Thread | None:
        """A conversation with all its messages; None when it is gone."""
        ...

    def label_counts(self, target: Target) -> LabelCounts:
        """How many conversations of the target carry each label."""
        ...

    def body(self, msgid: int) -> Body | None:
        """A body that is stored, read here and now: not on a screen's thread."""
        ...

    def raw(self, msgid: int) -> bytes | None:
        """The RFC 5322 source, if stored."""
        ...

    def people(self, prefix: str, limit: int = ...) -> tuple[Address, ...]:
        """Addresses that begin with what was typed, most frequent first."""
        ...

    def link(self) -> LinkStatus:
        """How the engine stands with the server."""
        ...

    def progress(self) -> Progress:
        """How much is stored, how much is to be sent."""
        ...

    def activity(self, limit: int = ...) -> tuple[Activity, ...]:
        """What was done, is pending or was refused; newest first."""
        ...

    def transcript(self, limit: int = ...) -> tuple[str, ...]:
        """Redacted lines of the conversation with the server, oldest first."""
        ...

    def next_undo(self) -> str | None:
        """Summary of what undo would take back."""
        ...

    def next_redo(self) -> str | None:
        """Summary of what redo would do again."""
        ...

    def previewer(self) -> Callable[[Op], tuple[str, ...]]:
        """What tells the IMAP commands an op would send, as long as a choice is open. It raises
        InvalidArgument for what cannot be asked.
        """
        ...

    def open(self, view: View) -> None:
        """Tell that the user looks at this; a search view runs the search."""
        ...

    def cancel_search(self, query: str) -> None:
        """Stop a search that is under way."""
        ...

    def ready_body(self, msgid: int, section: str = ...) -> Body | None:
        """A body that has been read already, or another form of it; None: ask with ``open_body``."""
        ...

    def open_body(self, msgid: int, section: str = ...) -> None:
        """Ask for a body, or for another of ``Body.forms``; BodyArrived or BodyFailed follows."""
        ...

    def read_stored(self, msgids: Sequence[int]) -> None:
        """Read what is stored of these; BodyArrived follows for each of them."""
        ...

    def read_ahead(self, thrids: Sequence[int], view: View) -> None:
        """Tell which conversations may be opened next."""
        ...

    def open_source(self, msgid: int) -> None:
        """Ask for a whole source, however large; SourceArrived or BodyFailed follows."""
        ...

    def cancel_source(self, msgid: int) -> None:
        """Stop fetching a source."""
        ...

    def refresh(self) -> None:
        """Sync now; reconnect if needed."""
        ...

    def use_secret(self, secret: str) -> None:
        """Sign in with this password from now on, for this run."""
        ...

    def sign_out(self) -> None:
        """Forget the password and hang up; waits for the keyring, for a moment. Raises KeyringUnusable."""
        ...

    def hold(self, seconds: float) -> None:
        """Tell that the screen is busy for so long: background work lets it have the interpreter."""
        ...

    def save_attachment(self, msgid: int, section: str, folder: Path) -> None:
        """Ask for an attachment to be saved; Alerted follows with the path, or why not."""
        ...

    def submit(self, op: Op) -> Receipt:
        """Do something: durable and shown when it returns. Raises GimapError when it cannot be done."""
        ...

    def undo(self) -> Receipt | None:
        """Take the newest op back; None when there is nothing to undo."""
        ...

    def redo(self) -> Receipt | None:
        """Do again what was undone last; None when there is nothing to redo."""
        ...

    def retry(self, op_id: int) -> Receipt | None:
        """Send a refused op again."""
        ...

    def discard(self, op_id: int) -> None:
        """Forget a refused op."""
        ...

    def cancel(self, op_id: int) -> None:
        """Take back a pending op before it is sent."""
        ...

    def save_search(self, title: str, query: str) -> SavedSearch:
        """Keep a search in the tree."""
        ...

    def delete_search(self, search_id: int) -> None:
        """Take a search out of the tree."""
        ...

    def rename_search(self, search_id: int, title: str, query: str) -> None:
        """Change a kept search's title and query."""
        ...
