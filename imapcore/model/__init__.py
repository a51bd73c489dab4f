"""The values of imapcore: frozen, named by Gmail and the RFCs, valid when built.

Nothing here does IO or knows a row of SQL. Two promises hold for every value a caller gets from the
engine:

- Text that came from outside and is meant for the screen (``title``, ``subject``, ``snippet``, ``name`` of
  a person, ``filename`` …) has passed the sanitizer: one line, no control characters. A label's or a
  mailbox's ``name`` is its identity, exactly as Gmail spells it; draw its ``title`` instead.
- Times are milliseconds since 1970-01-01 UTC, always Gmail's INTERNALDATE unless said otherwise.

Identity: a message is its X-GM-MSGID (``msgid``), a conversation its X-GM-THRID (``thrid``). A uid never
leaves imapcore.

The map: ``mail`` (mailboxes, labels, people, messages, conversations), ``views`` (what a list shows),
``bodies`` (what the reader shows), ``ops`` (what the user asks for),
``drafts`` (what is written), ``account``.
"""

from __future__ import annotations

from imapcore.model.account import (
    Account,
    LinkState,
    LinkStatus,
    Progress,
)
from imapcore.model.bodies import (
    Attachment,
    Block,
    BlockKind,
    Body,
    Details,
    Form,
    Link,
    Span,
    Unsubscribe,
    Verdict,
)
from imapcore.model.drafts import Draft, DraftFile, Outgoing, OutgoingState, Recipients
from imapcore.model.mail import (
    ENGLISH_TITLES,
    SYSTEM_LABELS,
    Address,
    ChangeState,
    Mailbox,
    Message,
    Person,
    Role,
    SavedSearch,
    Thread,
    web_id,
)
from imapcore.model.ops import (
    Activity,
    Archive,
    ChangeFlags,
    ChangeLabels,
    CreateLabel,
    DeleteForever,
    DeleteLabel,
    Everything,
    LabelCounts,
    MarkAll,
    Messages,
    MoveToInbox,
    MoveToLabel,
    MoveToSpam,
    MoveToTrash,
    Op,
    OpState,
    Receipt,
    RenameLabel,
    Target,
    Threads,
)
from imapcore.model.views import (
    INBOX,
    Around,
    At,
    Bottom,
    Key,
    Place,
    ThreadRow,
    Top,
    View,
    ViewKind,
    Window,
)
from imapcore.security import Security

__all__ = [
    "ENGLISH_TITLES",
    "INBOX",
    "SYSTEM_LABELS",
    "Account",
    "Activity",
    "Address",
    "Archive",
    "Around",
    "At",
    "Attachment",
    "Block",
    "BlockKind",
    "Body",
    "Bottom",
    "ChangeFlags",
    "ChangeLabels",
    "ChangeState",
    "CreateLabel",
    "DeleteForever",
    "DeleteLabel",
    "Details",
    "Draft",
    "DraftFile",
    "Everything",
    "Form",
    "Key",
    "LabelCounts",
    "Link",
    "LinkState",
    "LinkStatus",
    "Mailbox",
    "MarkAll",
    "Message",
    "Messages",
    "MoveToInbox",
    "MoveToLabel",
    "MoveToSpam",
    "MoveToTrash",
    "Op",
    "OpState",
    "Outgoing",
    "OutgoingState",
    "Person",
    "Place",
    "Progress",
    "Receipt",
    "Recipients",
    "RenameLabel",
    "Role",
    "SavedSearch",
    "Security",
    "Span",
    "Target",
    "Thread",
    "ThreadRow",
    "Threads",
    "Top",
    "Unsubscribe",
    "Verdict",
    "View",
    "ViewKind",
    "Window",
    "web_id",
]
