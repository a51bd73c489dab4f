"""The commands the server knows, one file per group; each file ends in its rows of the table."""

from imapcore.simulator.imap.command_entry import CommandEntry
from imapcore.simulator.imap.commands import append, auth, fetch, idle, mailboxes, search, store, transfer
from imapcore.simulator.imap.session import Session

TABLE: dict[str, CommandEntry[Session]] = {
    **auth.COMMANDS,
    **mailboxes.COMMANDS,
    **fetch.COMMANDS,
    **store.COMMANDS,
    **transfer.COMMANDS,
    **search.COMMANDS,
    **append.COMMANDS,
    **idle.COMMANDS,
}
"""Every command by its name; ``UID FETCH`` and its like have rows of their own."""
