"""The values of imapcore: frozen, named by Gmail and the RFCs, valid when built.

Nothing here does IO or knows a row of SQL. Two promises hold for every value a caller gets from the
engine:

- Text that came from outside and is meant for the screen (``title``, ``subject``, ``snippet``, ``name`` of
  a person, ``filename`` …) has passed the sanitizer: one line, no control characters. A label's or a
  mailbox's ``name`` is its identity, exactly as Gmail spells it; draw its ``title`` instead.
- Times are milliseconds since 1970-01-01 UTC, always Gmail's INTERNALDATE unless said otherwise.

Identity: a message is its X-GM-MSGID (``msgid``), a conversation its X-GM-THRID (``thrid``). A uid never
leaves imapcore.
"""

from __future__ import annotations

from enum import Enum, StrEnum

from msgspec import Struct

# -- mailboxes and labels ----------------------------------------------------------------------------


class Role(StrEnum):
    r"""Gmail's own places, found by RFC 6154 attribute, never by name (``\Important`` is Gmail's own)."""

    INBOX = "inbox"
    STARRED = "starred"
    IMPORTANT = "important"
    SENT = "sent"
    DRAFTS = "drafts"
    ALL = "all"
    SPAM = "spam"
    TRASH = "trash"


SYSTEM_LABELS: dict[Role, str] = {
    Role.INBOX: "\\Inbox",
    Role.STARRED: "\\Starred",
    Role.IMPORTANT: "\\Important",
    Role.SENT: "\\Sent",
    Role.DRAFTS: "\\Draft",
}
"""The X-GM-LABELS value of each role that is a label. All, Spam and Trash are places, not labels."""


class Mailbox(Struct, frozen=True):
    """One line of the tree: a place of Gmail's or a user's label."""

    name: str
    """Decoded mailbox name, e.g. ``Work/contracts``; for a user label also its X-GM-LABELS value."""
    title: str
    """What to show: the sanitized leaf, in the account's own language."""
    role: Role | None = None
    """None for a user's label."""
    is_selectable: bool = True
    r"""False for a parent that is no label itself (``\Noselect``, ``\NonExistent``)."""
    total: int = 0
    """Conversations in it."""
    unread: int = 0
    """Conversations in it with an unread message."""


class SavedSearch(Struct, frozen=True):
    """A Gmail query kept in the tree."""

    search_id: int
    title: str
    query: str
    total: int | None = None
    """Conversations it found when it was last run; None before the first run."""
    unread: int | None = None


# -- what the list shows -----------------------------------------------------------------------------


class ViewKind(StrEnum):
    """Where a view's conversations come from."""

    ROLE = "role"
    LABEL = "label"
    SEARCH = "search"


class View(Struct, frozen=True):
    """A list of conversations: a place, a label or a search, optionally narrowed."""

    kind: ViewKind
    value: str
    """A ``Role`` value, a label's name, or a Gmail query."""
    is_unread_only: bool = False
    text: str = ""
    """Local narrowing ("filter what is listed"): words that subject, people or snippet must contain."""

    @classmethod
    def of_role(cls, role: Role) -> View:
        """The view of one of Gmail's places."""
        return cls(ViewKind.ROLE, role.value)

    @classmethod
    def of_label(cls, name: str) -> View:
        """The view of a user's label."""
        return cls(ViewKind.LABEL, name)

    @classmethod
    def of_search(cls, query: str) -> View:
        """The view of an X-GM-RAW query."""
        return cls(ViewKind.SEARCH, query)

    @property
    def role(self) -> Role | None:
        """The role, for a view of one of Gmail's places."""
        return Role(self.value) if self.kind is ViewKind.ROLE else None

    @property
    def label(self) -> str | None:
        """The X-GM-LABELS value whose messages this view shows; None for All, Spam, Trash and searches."""
        if self.kind is ViewKind.LABEL:
            return self.value
        return SYSTEM_LABELS.get(Role(self.value)) if self.kind is ViewKind.ROLE else None


INBOX = View.of_role(Role.INBOX)


class Address(Struct, frozen=True):
    """A person as a header names them, decoded and sanitized."""

    name: str
    email: str


class Person(Struct, frozen=True):
    """Somebody in a conversation's row, in the order Gmail shows them."""

    name: str
    """Short display name; the account's owner is given as ``me``."""
    is_me: bool = False
    is_unread: bool = False
    is_draft: bool = False


class ChangeState(StrEnum):
    """What the journal knows of a row's last change made here."""

    SETTLED = "settled"
    PENDING = "pending"
    REJECTED = "rejected"


Key = tuple[int, int]
"""A row's place in its view: (date of its newest message there, thrid), newest first."""


class ThreadRow(Struct, frozen=True):
    """One conversation as a line of the list."""

    thrid: int
    date: int
    """Of the newest message that is in the view."""
    count: int
    """Messages in the conversation (Spam and Trash not counted, unless the view is one of them)."""
    unread: int
    subject: str
    snippet: str
    people: tuple[Person, ...]
    recipients: tuple[str, ...] = ()
    """Short names the account's own messages went to; for "To: …" in Sent and Drafts."""
    labels: tuple[str, ...] = ()
    """Names of user labels on any message, sorted; what the user sees (pending changes applied)."""
    is_in_inbox: bool = False
    is_starred: bool = False
    is_important: bool = False
    has_attachment: bool = False
    has_invite: bool = False
    has_draft: bool = False
    state: ChangeState = ChangeState.SETTLED

    @property
    def key(self) -> Key:
        """Its place in the view."""
        return (self.date, self.thrid)


class Top(Struct, frozen=True):
    """The first rows of a view."""


class Bottom(Struct, frozen=True):
    """The last rows of a view."""


class Around(Struct, frozen=True):
    """The rows on both sides of a key (the key itself need not exist any more)."""

    key: Key


class At(Struct, frozen=True):
    """The rows from an index on: how a dragged scroll bar asks."""

    index: int


Place = Top | Bottom | Around | At


class Window(Struct, frozen=True):
    """The rows around the viewport, and where they lie in the whole."""

    view: View
    rows: tuple[ThreadRow, ...]
    first: int
    """Index of ``rows[0]`` in the view, 0 for the newest."""
    total: int
    """Conversations in the view that the store knows of."""
    unread: int = 0
    is_complete: bool = True
    """False while the server is known to have more for this view than the store."""


# -- a conversation ----------------------------------------------------------------------------------


class Message(Struct, frozen=True):
    """One mail, without its body."""

    msgid: int
    thrid: int
    date: int
    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    snippet: str
    size: int
    flags: frozenset[str]
    r"""IMAP flags and keywords as shown, e.g. ``\Seen``, ``$Forwarded``."""
    labels: frozenset[str]
    r"""X-GM-LABELS as shown, full set, e.g. ``\Inbox``, ``Work/contracts``."""
    place: Role = Role.ALL
    """Role.ALL, Role.SPAM or Role.TRASH: the mailbox it lives in."""
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    has_attachment: bool = False
    has_invite: bool = False
    is_mine: bool = False
    message_id: str = ""
    state: ChangeState = ChangeState.SETTLED

    @property
    def is_unread(self) -> bool:
        r"""Whether ``\Seen`` is missing."""
        return "\\Seen" not in self.flags

    @property
    def is_starred(self) -> bool:
        r"""Whether it carries ``\Flagged`` (Gmail's star)."""
        return "\\Flagged" in self.flags

    @property
    def is_draft(self) -> bool:
        r"""Whether it carries Gmail's ``\Draft`` label."""
        return "\\Draft" in self.labels

    @property
    def web_id(self) -> str:
        """The id in Gmail's web addresses: X-GM-MSGID in hexadecimal."""
        return f"{self.msgid:x}"


class Thread(Struct, frozen=True):
    """A conversation, oldest message first."""

    thrid: int
    subject: str
    messages: tuple[Message, ...]
    labels: tuple[str, ...]
    """User labels on any of its messages, sorted."""


# -- a body ------------------------------------------------------------------------------------------


class BlockKind(Enum):
    """What a block of a body is; the screen decides how it looks."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    PREFORMATTED = "preformatted"
    ITEM = "item"
    TABLE = "table"
    RULE = "rule"


class Span(Struct, frozen=True):
    """A run of text in one style. May contain newlines where the sender broke a line on purpose."""

    text: str
    is_bold: bool = False
    is_italic: bool = False
    is_code: bool = False
    link: int | None = None
    """Index into ``Body.links``."""


class Block(Struct, frozen=True):
    """A paragraph, heading, list item, table …, in reading order."""

    kind: BlockKind
    spans: tuple[Span, ...] = ()
    level: int = 0
    """Heading 1–6, or a list item's depth from 0."""
    quote: int = 0
    """Depth of quotation; 0 is what the sender wrote now."""
    marker: str = ""
    """A list item's bullet or number."""
    rows: tuple[tuple[tuple[Span, ...], ...], ...] = ()
    """A table's cells."""
    has_header: bool = False
    """Whether a table's first row is a header."""
    is_signature: bool = False


class Link(Struct, frozen=True):
    """Where a link really goes."""

    url: str
    host: str
    """The host in a form that cannot deceive (punycode where scripts are mixed)."""
    text: str
    is_suspicious: bool = False
    """The visible text names another host than the one it leads to."""


class Attachment(Struct, frozen=True):
    """A part that is a file."""

    section: str
    """IMAP section, e.g. ``2`` or ``1.3``."""
    filename: str
    """Sanitized, without any directory."""
    media_type: str
    size: int
    """Decoded octets, as well as they can be known before the download."""
    is_inline: bool = False


class Body(Struct, frozen=True):
    """A message's content, made readable."""

    msgid: int
    blocks: tuple[Block, ...]
    links: tuple[Link, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    is_html: bool = False
    """Whether it was drawn from HTML, for want of a plain part worth reading."""
    notice: str = ""
    """What the reader should know: remote pictures left out, broken encoding mended, part too big …"""


# -- ops ---------------------------------------------------------------------------------------------


class Threads(Struct, frozen=True):
    """Whole conversations, as seen from a view."""

    thrids: tuple[int, ...]
    view: View = INBOX


class Messages(Struct, frozen=True):
    """Single messages."""

    msgids: tuple[int, ...]


class Everything(Struct, frozen=True):
    """Every conversation of a view, also those beyond the window; fixed when the op is submitted."""

    view: View


Target = Threads | Messages | Everything


class ChangeLabels(Struct, frozen=True):
    """Add and remove labels (names as X-GM-LABELS values: user labels and system labels alike)."""

    target: Target
    add: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()


class ChangeFlags(Struct, frozen=True):
    r"""Add and remove flags and keywords: ``\Seen``, ``\Flagged``, ``$Forwarded`` …"""

    target: Target
    add: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()
    is_automatic: bool = False
    """Done by the program, not by a key (opening marks as read): journalled, but not in the undo list."""


class Archive(Struct, frozen=True):
    r"""Take out of the inbox: remove ``\Inbox`` with All Mail selected. Destroys nothing."""

    target: Target


class MoveToTrash(Struct, frozen=True):
    r"""UID MOVE to ``\Trash``."""

    target: Target


class MoveToSpam(Struct, frozen=True):
    r"""UID MOVE to ``\Junk``."""

    target: Target


class MoveToInbox(Struct, frozen=True):
    r"""Back to the inbox from anywhere: UID MOVE from Trash or Spam, else add ``\Inbox``."""

    target: Target


class MoveToLabel(Struct, frozen=True):
    """Add one label and leave the view: remove the view's own label (``\\Inbox`` in the inbox)."""

    target: Target
    label: str
    source: View = INBOX


class DeleteForever(Struct, frozen=True):
    """Expunge, only inside Trash or Spam, only when the user confirmed it. Cannot be undone."""

    target: Target
    place: Role
    is_confirmed: bool = False


class CreateLabel(Struct, frozen=True):
    """Create a label and the parents it lacks."""

    name: str


class RenameLabel(Struct, frozen=True):
    """Rename a user's label; its children follow."""

    name: str
    new_name: str


class DeleteLabel(Struct, frozen=True):
    """Remove a user's label from everything; the mail stays in All Mail."""

    name: str


class MarkAll(Struct, frozen=True):
    """Mark everything in a view read or unread."""

    view: View
    is_read: bool = True


Op = (
    ChangeLabels
    | ChangeFlags
    | Archive
    | MoveToTrash
    | MoveToSpam
    | MoveToInbox
    | MoveToLabel
    | DeleteForever
    | CreateLabel
    | RenameLabel
    | DeleteLabel
    | MarkAll
)


class OpState(StrEnum):
    """Where a journalled op stands."""

    PENDING = "pending"
    SENT = "sent"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    """Cancelled out by a later op before it was sent."""


class Receipt(Struct, frozen=True):
    """What ``submit``, ``undo`` and ``redo`` answer at once, when the op is durable and shown."""

    op_id: int
    summary: str
    """Past tense, for the flash: "Archived 3 conversations"; an undo says "Undone: Archived 3 …"."""
    threads: int
    messages: int
    can_undo: bool = True


class Activity(Struct, frozen=True):
    """One line of the Activity screen."""

    op_id: int
    at: int
    """When it was submitted."""
    summary: str
    state: OpState
    messages: int
    done: int
    """Messages already confirmed, for progress."""
    commands: tuple[str, ...]
    """The IMAP commands it stands for, exactly as sent or to be sent, sanitized."""
    answer: str = ""
    """The server's words, when it refused."""
    is_undone: bool = False
    undoes: int | None = None
    """The op this one takes back."""


class LabelCounts(Struct, frozen=True):
    """How many messages of a target carry each label: what the tri-state editor shows."""

    threads: int
    messages: int
    by_label: dict[str, int]
    """Label → conversations of the target in which at least one message carries it."""
    full_by_label: dict[str, int]
    """Label → conversations of the target in which every message carries it."""
    recent: tuple[str, ...] = ()
    """Labels used lately or often, best first."""
    flags: dict[str, int] | None = None
    """Flag or keyword → messages of the target that carry it."""


# -- the link ----------------------------------------------------------------------------------------


class LinkState(StrEnum):
    """How the engine stands with the server."""

    CONNECTING = "connecting"
    LIVE = "live"
    OFFLINE = "offline"
    WAITING = "waiting"
    """Backing off; ``LinkStatus.retry_at`` says until when."""
    SIGN_IN = "sign_in"
    """The credentials were refused; only the user can help."""
    STOPPED = "stopped"


class LinkStatus(Struct, frozen=True):
    """State of the link, with words for a person when something is wrong."""

    state: LinkState
    title: str = ""
    detail: str = ""
    hint: str = ""
    retry_at: int | None = None
    is_throttled: bool = False


class Progress(Struct, frozen=True):
    """How much of the account the store holds, and how much is still to be sent."""

    stored: int
    total: int
    pending_ops: int
    is_syncing: bool


# -- account -----------------------------------------------------------------------------------------


class Security(StrEnum):
    """How the connection is protected."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"
    """Only ever to a loopback address."""


class Account(Struct, frozen=True):
    """Whose mail, and where. Holds no secret."""

    email: str
    host: str = "imap.gmail.com"
    port: int = 993
    security: Security = Security.TLS
