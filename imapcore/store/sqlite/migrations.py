"""The shape of the database, as a list that only ever grows.

What lives here: one entry per version, run in order, each in its own transaction; ``PRAGMA user_version``
counts them. What may not: a change to an entry that was released.

Hot and cold: ``state`` is what changes (narrow, clustered by conversation), ``message`` is the envelope. A
*mark* is anything a message can carry: a place (All Mail, Spam, Trash), a label or a flag. Sets of marks
are few and repeat, so they are numbered in ``mark_set``, and a message holds two numbers: ``confirmed``,
what Gmail said, and ``shown``, what the user sees. ``conversation`` is what the row of a conversation says in
one place, ``spot`` which place that is. ``entry`` is the list of conversations of every view, one row for
(view, conversation), ordered by its key, and ``unread`` the same for those with unread mail.
``tally`` and ``span`` count entries in slices of time, so that a row's index is known without counting the
rows above it.
"""

from __future__ import annotations

import sqlite3

APPLICATION_ID = 0x67696D61
"""``gima``: tells a store of ours from any other SQLite file."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID",
        # -- marks: places, labels, flags, and the sets of them that occur
        """CREATE TABLE mark (
            mark_id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, shown_name TEXT NOT NULL,
            used_at INTEGER NOT NULL DEFAULT 0, UNIQUE (kind, name))""",
        "CREATE TABLE mark_set (set_id INTEGER PRIMARY KEY, marks TEXT NOT NULL UNIQUE)",
        """INSERT INTO mark (mark_id, kind, name, shown_name) VALUES
            (1, 'place', 'all', 'all'), (2, 'place', 'spam', 'spam'), (3, 'place', 'trash', 'trash'),
            (4, 'label', '\\Inbox', '\\Inbox'), (5, 'label', '\\Starred', '\\Starred'),
            (6, 'label', '\\Important', '\\Important'), (7, 'label', '\\Sent', '\\Sent'),
            (8, 'label', '\\Draft', '\\Draft'),
            (9, 'flag', '\\Seen', '\\Seen'), (32, 'flag', '\\Answered', '\\Answered')""",
        # -- messages: the envelope (cold) and the state (hot)
        """CREATE TABLE message (
            msgid INTEGER PRIMARY KEY, thrid INTEGER NOT NULL, place INTEGER, uid INTEGER,
            unplaced INTEGER NOT NULL DEFAULT 0, modseq INTEGER NOT NULL DEFAULT 0, size INTEGER NOT NULL,
            people TEXT NOT NULL, subject TEXT NOT NULL, snippet TEXT, message_id TEXT NOT NULL,
            text_section TEXT NOT NULL)""",
        "CREATE UNIQUE INDEX message_location ON message (place, uid) WHERE uid IS NOT NULL",
        "CREATE INDEX message_unplaced ON message (unplaced) WHERE uid IS NULL",
        """CREATE TABLE state (
            thrid INTEGER NOT NULL, msgid INTEGER NOT NULL, date INTEGER NOT NULL, confirmed INTEGER NOT NULL,
            shown INTEGER NOT NULL, mood INTEGER NOT NULL, sender INTEGER NOT NULL, bits INTEGER NOT NULL,
            PRIMARY KEY (thrid, msgid)) WITHOUT ROWID""",
        """CREATE TABLE address (
            address_id INTEGER PRIMARY KEY, email TEXT NOT NULL, name TEXT NOT NULL,
            written INTEGER NOT NULL DEFAULT 0, seen INTEGER NOT NULL DEFAULT 0,
            last INTEGER NOT NULL DEFAULT 0,
            UNIQUE (email, name))""",
        # -- conversations and the views they are listed in
        """CREATE TABLE conversation (
            conversation_id INTEGER PRIMARY KEY, thrid INTEGER NOT NULL, place INTEGER NOT NULL,
            bits INTEGER NOT NULL, people TEXT NOT NULL, recipients TEXT NOT NULL, subject TEXT NOT NULL,
            snippet TEXT NOT NULL, UNIQUE (thrid, place))""",
        """CREATE TABLE entry (
            view_id INTEGER NOT NULL, date INTEGER NOT NULL, thrid INTEGER NOT NULL,
            conversation_id INTEGER NOT NULL, PRIMARY KEY (view_id, date, thrid)) WITHOUT ROWID""",
        """CREATE TABLE unread (
            view_id INTEGER NOT NULL, date INTEGER NOT NULL, thrid INTEGER NOT NULL,
            conversation_id INTEGER NOT NULL, PRIMARY KEY (view_id, date, thrid)) WITHOUT ROWID""",
        """CREATE TABLE tally (
            view_id INTEGER NOT NULL, slice INTEGER NOT NULL, total INTEGER NOT NULL, unread INTEGER NOT NULL,
            PRIMARY KEY (view_id, slice)) WITHOUT ROWID""",
        """CREATE TABLE span (
            view_id INTEGER NOT NULL, slice INTEGER NOT NULL, total INTEGER NOT NULL, unread INTEGER NOT NULL,
            PRIMARY KEY (view_id, slice)) WITHOUT ROWID""",
        """CREATE TABLE view_count (
            view_id INTEGER PRIMARY KEY, total INTEGER NOT NULL, unread INTEGER NOT NULL)""",
        # -- mailboxes as the server lists them, and as the user sees them
        """CREATE TABLE mailbox (
            name TEXT PRIMARY KEY, position INTEGER NOT NULL, title TEXT NOT NULL, role TEXT,
            is_selectable INTEGER NOT NULL, attributes TEXT NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE shelf (
            name TEXT PRIMARY KEY, title TEXT NOT NULL, role TEXT, is_selectable INTEGER NOT NULL,
            view_id INTEGER) WITHOUT ROWID""",
        """CREATE TABLE sync_state (
            place INTEGER PRIMARY KEY, name TEXT NOT NULL, uidvalidity INTEGER NOT NULL,
            uidnext INTEGER NOT NULL, highestmodseq INTEGER NOT NULL, messages INTEGER NOT NULL,
            backfilled_down_to INTEGER,
            is_complete INTEGER NOT NULL)""",
        # -- searches
        """CREATE TABLE search (
            search_id INTEGER PRIMARY KEY, query TEXT NOT NULL UNIQUE, run INTEGER NOT NULL DEFAULT 0,
            began_at INTEGER NOT NULL, is_complete INTEGER NOT NULL DEFAULT 0)""",
        """CREATE TABLE search_result (
            msgid INTEGER NOT NULL, search_id INTEGER NOT NULL, run INTEGER NOT NULL,
            PRIMARY KEY (msgid, search_id)) WITHOUT ROWID""",
        "CREATE INDEX search_result_search ON search_result (search_id, run)",
        """CREATE TABLE saved_search (
            saved_id INTEGER PRIMARY KEY, title TEXT NOT NULL, query TEXT NOT NULL)""",
        # The words are kept nowhere twice: the index is contentless and fed from message and address.
        """CREATE VIRTUAL TABLE words USING fts5 (
            subject, people, snippet, content='', detail=column, tokenize="unicode61 remove_diacritics 2")""",
        # -- bodies
        """CREATE TABLE body (
            body_id INTEGER PRIMARY KEY, msgid INTEGER NOT NULL, section TEXT NOT NULL, size INTEGER NOT NULL,
            used_at INTEGER NOT NULL, octets BLOB NOT NULL, UNIQUE (msgid, section))""",
        "CREATE INDEX body_use ON body (used_at, size)",
        # -- the journal
        """CREATE TABLE op (
            op_id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, origin TEXT NOT NULL,
            op TEXT NOT NULL, summary TEXT NOT NULL, state TEXT NOT NULL, threads INTEGER NOT NULL,
            messages INTEGER NOT NULL,
            done INTEGER NOT NULL DEFAULT 0, answer TEXT NOT NULL DEFAULT '', undoes INTEGER,
            is_undone INTEGER NOT NULL DEFAULT 0, can_undo INTEGER NOT NULL DEFAULT 1)""",
        "CREATE INDEX op_open ON op (state) WHERE state IN ('pending', 'sent')",
        """CREATE TABLE step (
            op_id INTEGER NOT NULL, step INTEGER NOT NULL, verb TEXT NOT NULL, names TEXT NOT NULL,
            destination TEXT,
            commands TEXT NOT NULL DEFAULT '[]', PRIMARY KEY (op_id, step)) WITHOUT ROWID""",
        """CREATE TABLE piece (
            piece_id INTEGER PRIMARY KEY, op_id INTEGER NOT NULL, step INTEGER NOT NULL, shift TEXT NOT NULL,
            state TEXT NOT NULL, is_replay INTEGER NOT NULL DEFAULT 0, messages INTEGER NOT NULL,
            msgids BLOB NOT NULL)""",
        "CREATE INDEX piece_op ON piece (op_id, step)",
        "CREATE INDEX piece_open ON piece (state) WHERE state IN ('open', 'sent')",
    ),
    # A result that is not where its search looks is listed no more. What was listed by the old rule goes;
    # searches run again when they are looked at.
    (
        *(
            f"DELETE FROM {table} WHERE view_id < 0"
            for table in ("entry", "unread", "tally", "span", "view_count")
        ),
        "DELETE FROM search_result",
        "DELETE FROM search",
    ),
    # How many messages there are is asked at every look, and counting a million takes a tenth of a second.
    ("INSERT INTO meta SELECT 'messages', count(*) FROM state",),
    # What is stored of a row is stored as a window hands it on: composing it at every look is a sixth of it.
    (
        "ALTER TABLE conversation RENAME TO conversation_before",
        """CREATE TABLE conversation (
            conversation_id INTEGER PRIMARY KEY, thrid INTEGER NOT NULL, place INTEGER NOT NULL,
            row TEXT NOT NULL, UNIQUE (thrid, place))""",
        """INSERT INTO conversation SELECT conversation_id, thrid, place, '[' || bits || ',' ||
            json_quote(subject) || ',' || json_quote(snippet) || ',' || people || ',' || recipients || ']'
            from conversation_before""",
        "DROP TABLE conversation_before",
    ),
    # Where a conversation's row stands is apart from what it says: a move of ten thousand conversations
    # wrote the pages of all their texts. An entry knows the place, too, so that a window need not look it up.
    (
        """CREATE TABLE spot (
            thrid INTEGER NOT NULL, conversation_id INTEGER NOT NULL, place INTEGER NOT NULL,
            PRIMARY KEY (thrid, conversation_id)) WITHOUT ROWID""",
        "INSERT INTO spot SELECT thrid, conversation_id, place FROM conversation ORDER BY 1, 2",
        *(
            statement
            for table in ("entry", "unread")
            for statement in (
                f"ALTER TABLE {table} ADD COLUMN place INTEGER NOT NULL DEFAULT 1",
                # Only Spam (2), Trash (3) and searches list what is elsewhere than in All Mail.
                f"""UPDATE {table} SET place = (SELECT place FROM spot WHERE spot.thrid = {table}.thrid
                    AND spot.conversation_id = {table}.conversation_id)
                    WHERE view_id IN (2, 3) OR view_id < 0""",
            )
        ),
        "ALTER TABLE conversation RENAME TO conversation_before",
        "CREATE TABLE conversation (conversation_id INTEGER PRIMARY KEY, row TEXT NOT NULL)",
        "INSERT INTO conversation SELECT conversation_id, row FROM conversation_before",
        "DROP TABLE conversation_before",
    ),
    # What changed is asked for twice, at two moments; from where on, the next run must know, too.
    (
        "ALTER TABLE sync_state ADD COLUMN settled_modseq INTEGER NOT NULL DEFAULT 0",
        "UPDATE sync_state SET settled_modseq = highestmodseq",
    ),
    # What is written: drafts with their files, and mail on its way out.
    (
        """CREATE TABLE draft (
            draft_id INTEGER PRIMARY KEY AUTOINCREMENT, draft TEXT NOT NULL, changed_at INTEGER NOT NULL)""",
        """CREATE TABLE draft_file (
            file_id INTEGER PRIMARY KEY AUTOINCREMENT, draft_id INTEGER NOT NULL, octets BLOB NOT NULL)""",
        "CREATE INDEX draft_file_draft ON draft_file (draft_id)",
        """CREATE TABLE outgoing (
            outgoing_id INTEGER PRIMARY KEY AUTOINCREMENT, draft_id INTEGER NOT NULL, draft TEXT NOT NULL,
            octets BLOB, state TEXT NOT NULL, send_at INTEGER NOT NULL,
            archives INTEGER NOT NULL DEFAULT 0,
            attempts INTEGER NOT NULL DEFAULT 0, looks INTEGER NOT NULL DEFAULT 0,
            title TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT '',
            hint TEXT NOT NULL DEFAULT '')""",
    ),
    # Who remembers something of a label by its number must know whether it is a number of this store.
    ("INSERT OR IGNORE INTO meta VALUES ('store_id', lower(hex(randomblob(8))))",),
    # Versions of drafts that were put into Gmail's Drafts, until they are removed there.
    (
        """CREATE TABLE draft_copy (
            copy_id INTEGER PRIMARY KEY AUTOINCREMENT, draft_id INTEGER NOT NULL, changed_at INTEGER NOT NULL,
            draft_message_id TEXT NOT NULL, copy_message_id TEXT NOT NULL, uidvalidity INTEGER NOT NULL,
            uid INTEGER NOT NULL, is_kept INTEGER NOT NULL DEFAULT 0)""",
    ),
)
"""Statements by version; the first entry makes version 1."""


def migrate(connection: sqlite3.Connection) -> int:
    """Bring a database to the newest version, one transaction per step; the version it had before.

    Raises ``sqlite3.DatabaseError`` when the file is no database, ``LookupError`` when it is newer than
    this program.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise LookupError(version)
    for number, statements in enumerate(MIGRATIONS[version:], start=version + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("COMMIT")
        except BaseException:
            # A full disk makes SQLite roll back by itself.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    return version
