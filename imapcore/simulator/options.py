r"""What the embedded server may be told to do differently: every doubt about Gmail has a name here.

What is known of Gmail is simply how the server behaves. What is known to differ between accounts (settings,
locales), what sources contradict each other about, and what nobody has seen is a field of ``Options``; its
default is the best-supported reading, or the one that is hardest on a client.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

APPEND_LIMIT = 35_651_584
"""Octets of the largest message, as Gmail's APPENDLIMIT says (RFC 7889)."""


class Locale(StrEnum):
    """The language an account's special mailboxes are named in; see ``places.NAMES``."""

    ENGLISH = "en"
    BRITISH = "en-GB"
    GERMAN = "de"
    SPANISH = "es"


class ExpungeBehavior(StrEnum):
    """What becomes of a message expunged from its last visible mailbox (a Gmail setting)."""

    ARCHIVE = "archive"
    TRASH = "trash"
    DELETE_FOREVER = "deleteForever"


class LoginError(StrEnum):
    """Ways in which Gmail refuses a sign-in; the words are in ``gmail_texts.LOGIN_ERRORS``."""

    INVALID = "invalid"
    INVALID_OLD = "invalid-old"
    APP_PASSWORD = "app-password"
    WEB_LOGIN = "web-login"
    IMAP_OFF = "imap-off"
    DOMAIN_OFF = "domain-off"
    LOOKUP_FAILED = "lookup-failed"
    CHILD = "child"
    TOO_MANY = "too-many"
    UNAVAILABLE = "unavailable"
    TRY_LATER = "try-later"
    SYSTEM_ERROR = "system-error"
    BANDWIDTH = "bandwidth"
    OVERQUOTA_BYE = "overquota-bye"


class LabelStore(StrEnum):
    r"""What ``+X-GM-LABELS`` of a label that is really a place (``\Trash``, ``\Spam``) does."""

    MOVE = "move"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Options:
    """How this server behaves; immutable, replaced as a whole by the control API."""

    # -- the account ---------------------------------------------------------------------------------
    messages: int | None = None
    """None for the demo mailbox; otherwise so many generated messages (0 for an empty account)."""
    seed: int = 1
    """What the mailbox, the ids and every other random choice are drawn from."""
    email: str = "demo@gmail.com"
    app_password: str = field(default="demodemodemodemo", repr=False)
    display_name: str = ""
    """Older Gmail put the owner's name into the LOGIN reply; empty for today's."""
    now_ms: int | None = None
    """The moment the mailbox is built around; None for the clock's reading at start."""
    arrivals_seconds: float | None = None
    """A new message comes every so many seconds; None for never."""

    first_id: int = 0
    """Added to every X-GM-MSGID and X-GM-THRID, which are unsigned 64-bit numbers: 2**63 makes them large."""
    first_modseq: int = 1000
    """The account's HIGHESTMODSEQ before anything happened; RFC 4551 lets it be any 64-bit number."""

    # -- the listener --------------------------------------------------------------------------------
    port: int = 0
    """Loopback port; 0 for any free one."""
    control_port: int | None = None
    """Loopback port of the line protocol of ``control``; 0 for any free one, None for none."""
    tls: bool = False
    """Speak TLS from the first byte, with a certificate for localhost made at start."""
    smtp_port: int | None = None
    """Loopback port of the SMTP side; 0 for any free one, None for none."""
    smtp_starttls: bool = False
    """With ``tls``: SMTP begins in the clear and offers STARTTLS, as port 587; otherwise TLS comes first."""
    max_connections: int = 15
    """Signed-in connections at once; more are refused (Gmail: 15)."""
    max_strangers: int = 60
    """Connections that have not signed in; more get a BYE for a greeting."""
    ghost_seconds: float = 0.0
    """How long a connection that broke off without LOGOUT still counts; minutes, on Gmail."""
    too_many_is_bye: bool = False
    """The 16th connection gets a BYE instead of a NO; both have been reported."""

    # -- time ----------------------------------------------------------------------------------------
    login_seconds: float = 60.0
    """How long a connection may take to sign in."""
    silence_seconds: float = 1800.0
    """How long a signed-in connection may be silent (RFC 3501 §5.4 asks for 30 minutes)."""
    idle_seconds: float = 600.0
    """How long an IDLE may last; sources say 10 to 29 minutes."""
    idle_end_is_bye: bool = False
    """Whether the end of a long IDLE is announced; a bare close is the harder case."""
    session_seconds: float = 86_400.0
    """Longest session of a password; one of a token ends with the token."""
    write_seconds: float = 120.0
    """How long a client may refuse to read what it asked for."""

    # -- bounds --------------------------------------------------------------------------------------
    max_line: int = 65_536
    """Octets of one command without its literals; Gmail takes at least 16 kB."""
    max_literal: int = 65_536
    """Octets of a literal that is no message."""
    max_bad_commands: int = 100
    """So many BAD in a row end the connection."""
    append_limit: int = APPEND_LIMIT

    smtp_size: int = 35_882_577
    """Octets of the largest message SMTP takes."""
    smtp_daily_limit: int = 500
    """Recipients a day."""

    # -- settings a Gmail user has -------------------------------------------------------------------
    locale: Locale = Locale.ENGLISH
    parent: str = ""
    """Name of the parent of the special mailboxes; empty for the locale's own (``[Gmail]``)."""
    hidden: frozenset[str] = frozenset()
    r"""Mailboxes not shown in IMAP: user labels by name, special ones by attribute (``\All``, ``\Inbox``)."""
    chats: bool = False
    """A mailbox ``[Gmail]/Chats`` without attribute, as old accounts show it in IMAP."""
    max_folder_size: int = 0
    """"Limit IMAP folders to contain no more than this many messages"; 0 for no limit."""
    auto_expunge: bool = True
    expunge_behavior: ExpungeBehavior = ExpungeBehavior.ARCHIVE
    account_keywords: tuple[str, ...] = ()
    """Keywords every mailbox lists in FLAGS from the start."""
    aliases: tuple[str, ...] = ()
    """Addresses that From may name besides the account's own."""
    sent_copy_seconds: float = 0.0
    """How long after a message was taken its copy is in Sent; up to five seconds, as clients have seen."""
    zone_minutes: int = 0
    """The account's time zone, east positive: what a day is in X-GM-RAW's ``after:`` and ``before:``."""
    large_uidvalidity: bool = False
    """Nine-digit UIDVALIDITY values, as on old accounts."""
    login_error: LoginError | None = None
    """Refuse every sign-in in this way."""

    # -- what sources contradict each other about ----------------------------------------------------
    capability_in_ok: bool = False
    """LOGIN's capabilities in a code of the tagged OK instead of an untagged line."""
    idle_reports_expunges: bool = False
    idle_reports_flags: bool = False
    """Whether IDLE tells flags changed elsewhere (2017: yes; 2026: no)."""
    noop_reports_flags: bool = True
    """Whether NOOP tells flags changed elsewhere; never observed."""
    own_label_removal_works: bool = False
    """Whether a mailbox's own label can be removed in it by STORE; one source says so."""
    append_reports_exists: bool = True
    """Whether APPEND to the selected mailbox announces the message at once."""
    header_search_misses_message_id: bool = False
    """``SEARCH HEADER Message-ID`` finds nothing, as one source measured."""
    labels_are_sorted: bool = True
    """X-GM-LABELS sorted as written; otherwise system labels first, user labels as old as they are."""
    bracket_labels_are_bare: bool = False
    r"""Labels like ``[x]`` as atoms, which RFC 3501 forbids; older recordings have both."""
    places_are_labels: bool = False
    r"""X-GM-LABELS shows ``\Trash`` and ``\Spam`` there; one client's code expects them."""
    empty_labels_are_nil: bool = False
    """``X-GM-LABELS NIL`` for a message without labels."""
    envelope_swaps_names: bool = False
    """ENVELOPE gives an address without a name as its name too, a bug seen in 2017."""

    # -- what nobody has seen ------------------------------------------------------------------------
    state_error: str = "{command} not allowed now."
    """BAD text of a command in the wrong state."""
    system_mailbox_error: str = "[CANNOT] Operation not allowed on system folder (Failure)"
    """NO text of RENAME and DELETE of Gmail's own mailboxes."""
    too_big_error: str = "[TOOBIG] Message too large (Failure)"
    """NO text of an APPEND above the limit."""
    unparsable_error: str = "Unable to parse message (Failure)"
    """NO text of an APPEND that is no mail at all."""
    compress_ok: str = "Success"
    """OK text of COMPRESS."""
    users_before_special: bool = False
    """LIST order: special mailboxes last, instead of plain ASCII order (lower case after ``[``)."""
    trash_label: LabelStore = LabelStore.MOVE
    spam_label: LabelStore = LabelStore.MOVE
    sent_label_can_be_stored: bool = False
    draft_label_can_be_stored: bool = False
    muted_label_can_be_stored: bool = False
    draft_flag_is_kept: bool = False
    r"""Whether ``\Draft`` is stored as a flag at all; Gmail shows it as a label only."""
    draft_copy_is_refused: bool = False
    """COPY of a draft answers NO; one client found it refused or mangled."""
    labels_survive_trash: bool = True
    r"""Whether user labels stay on a message in Spam or Trash (``\Inbox`` goes, ``\Starred`` stays)."""
    label_length: int = 225
    """Longest label name in characters; 40 in 2009, about 225 on the web today."""
    fetch_macros: bool = False
    """Accept the FETCH macros ALL, FAST and FULL; a client avoids them as rejected."""
    spurious_bumps: bool = True
    """HIGHESTMODSEQ creeps up without any visible change."""
    label_events_bump: bool = False
    """Whether renaming or deleting a label raises the MODSEQ of its messages."""
    late_changes: bool = False
    """A selected session sees others' changes only after its next NOOP, though HIGHESTMODSEQ moved."""
    search_lag_messages: int = 0
    """So many of the newest messages are not in the X-GM-RAW index yet."""
    label_search_limit: int = 0
    """``SEARCH X-GM-LABELS`` of more messages than this without SINCE fails; 0 for no limit."""
    fetch_lines_lack_items: bool = False
    """Every line of a FETCH comes with flags only, without what was asked for."""
    app_password_spaces: bool = False
    """Accept the app password with the spaces Google shows it with."""
    utf8_charset_refused: bool = True
    """SEARCH CHARSET after ENABLE UTF8=ACCEPT is BAD (RFC 6855 §3)."""
