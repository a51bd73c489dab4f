"""Every command as a frozen, typed value: ``Command[T]`` is what ``Connection.run`` turns into a ``T``.

``base`` says what a command is. ``session``, ``mailbox``, ``select``, ``fetch``, ``message`` and ``search``
hold them, ``items`` spells what FETCH may ask for, and ``table`` says in which states and with which
capabilities each may be sent.
"""

from imapcore.protocol.commands.base import Collector, Command, describe
from imapcore.protocol.commands.fetch import Fetch
from imapcore.protocol.commands.items import binary, body, header_fields
from imapcore.protocol.commands.mailbox import (
    Append,
    Create,
    Delete,
    GetQuota,
    GetQuotaRoot,
    List,
    Listing,
    Lsub,
    Quotas,
    Rename,
    StatusOf,
    Subscribe,
    Unsubscribe,
    Xlist,
)
from imapcore.protocol.commands.message import (
    Copy,
    Expunge,
    Move,
    Removed,
    Store,
    Stored,
    StoreMode,
)
from imapcore.protocol.commands.search import Found, Search, Sort, Sorted, Thread
from imapcore.protocol.commands.select import Check, Close, QuickResync, Select, Selection, Unselect
from imapcore.protocol.commands.session import (
    Authenticate,
    Capability,
    Compress,
    Enable,
    Id,
    Idle,
    Login,
    Logout,
    Namespace,
    Noop,
    StartTls,
)
from imapcore.protocol.commands.table import RULES, Rule, rule_of

__all__ = [
    "RULES",
    "Append",
    "Authenticate",
    "Capability",
    "Check",
    "Close",
    "Collector",
    "Command",
    "Compress",
    "Copy",
    "Create",
    "Delete",
    "Enable",
    "Expunge",
    "Fetch",
    "Found",
    "GetQuota",
    "GetQuotaRoot",
    "Id",
    "Idle",
    "List",
    "Listing",
    "Login",
    "Logout",
    "Lsub",
    "Move",
    "Namespace",
    "Noop",
    "QuickResync",
    "Quotas",
    "Removed",
    "Rename",
    "Rule",
    "Search",
    "Select",
    "Selection",
    "Sort",
    "Sorted",
    "StartTls",
    "StatusOf",
    "Store",
    "StoreMode",
    "Stored",
    "Subscribe",
    "Thread",
    "Unselect",
    "Unsubscribe",
    "Xlist",
    "binary",
    "body",
    "describe",
    "header_fields",
    "rule_of",
]
