"""Mailboxes as a whole (facts §3): LIST and its kin, names, CREATE, RENAME, DELETE, STATUS."""

from __future__ import annotations

import re

import pytest

from imapcore.simulator import Locale, Simulator
from tests.simulator.conftest import options
from tests.simulator.wire import Wire, mail

SPECIAL = [
    '* LIST (\\HasChildren \\Noselect) "/" "[Gmail]"',
    '* LIST (\\All \\HasNoChildren) "/" "[Gmail]/All Mail"',
    '* LIST (\\Drafts \\HasNoChildren) "/" "[Gmail]/Drafts"',
    '* LIST (\\HasNoChildren \\Important) "/" "[Gmail]/Important"',
    '* LIST (\\HasNoChildren \\Sent) "/" "[Gmail]/Sent Mail"',
    '* LIST (\\HasNoChildren \\Junk) "/" "[Gmail]/Spam"',
    '* LIST (\\Flagged \\HasNoChildren) "/" "[Gmail]/Starred"',
    '* LIST (\\HasNoChildren \\Trash) "/" "[Gmail]/Trash"',
]
INBOX = '* LIST (\\HasNoChildren) "/" "INBOX"'


def listed(wire: Wire, command: str = 'LIST "" "*"') -> list[str]:
    """The names LIST gives, as it spells them."""
    return [line.partition('"/" ')[2] for line in wire.ok(command) if line.startswith("* LIST")]


# -- LIST ---------------------------------------------------------------------------------------------


def test_plain_list_has_special_use_attributes_sorted(wire: Wire) -> None:
    assert wire.ask('LIST "" "*"') == [INBOX, *SPECIAL, "OK Success"]


def test_extended_list_calls_the_parent_nonexistent_and_subscribed(wire: Wire) -> None:
    lines = wire.ok('LIST "" "*" RETURN (SUBSCRIBED SPECIAL-USE)')
    assert lines[0] == '* LIST (\\HasNoChildren \\Subscribed) "/" "INBOX"'
    assert lines[1] == '* LIST (\\HasChildren \\NonExistent \\Subscribed) "/" "[Gmail]"'
    assert lines[2] == '* LIST (\\All \\HasNoChildren \\Subscribed) "/" "[Gmail]/All Mail"'


def test_list_can_be_narrowed_to_special_use(wire: Wire) -> None:
    wire.ok("CREATE Work")
    names = listed(wire, 'LIST (SPECIAL-USE) "" "*" RETURN (SUBSCRIBED CHILDREN)')
    assert names == [f'"[Gmail]/{name}"' for name in (
        "All Mail", "Drafts", "Important", "Sent Mail", "Spam", "Starred", "Trash")]  # fmt: skip


def test_list_status_follows_each_selectable_line(wire: Wire) -> None:
    lines = wire.ok('LIST "" "%" RETURN (STATUS (MESSAGES UNSEEN))')
    assert lines == [
        INBOX,
        '* STATUS "INBOX" (MESSAGES 0 UNSEEN 0)',
        '* LIST (\\HasChildren \\NonExistent) "/" "[Gmail]"',
    ]


def test_list_takes_patterns_references_and_lists_of_patterns(wire: Wire) -> None:
    wire.ok("CREATE A/B/C")
    assert listed(wire, 'LIST "" "%"') == ['"INBOX"', '"A"', '"[Gmail]"']
    assert listed(wire, 'LIST "A/" "%"') == ['"A/B"']
    assert listed(wire, "LIST A/ *") == ['"A/B"', '"A/B/C"']
    assert listed(wire, 'LIST "" ("INBOX" "A/%")') == ['"INBOX"', '"A/B"']
    assert wire.ok('LIST "" ""') == ['* LIST (\\Noselect) "/" ""']


def test_xlist_has_its_own_names_for_everything(wire: Wire) -> None:
    assert wire.ask('XLIST "" "*"') == [
        '* XLIST (\\HasNoChildren \\Inbox) "/" "Inbox"',
        '* XLIST (\\HasChildren \\Noselect) "/" "[Gmail]"',
        '* XLIST (\\AllMail \\HasNoChildren) "/" "[Gmail]/All Mail"',
        '* XLIST (\\Drafts \\HasNoChildren) "/" "[Gmail]/Drafts"',
        '* XLIST (\\HasNoChildren \\Important) "/" "[Gmail]/Important"',
        '* XLIST (\\HasNoChildren \\Sent) "/" "[Gmail]/Sent Mail"',
        '* XLIST (\\HasNoChildren \\Spam) "/" "[Gmail]/Spam"',
        '* XLIST (\\HasNoChildren \\Starred) "/" "[Gmail]/Starred"',
        '* XLIST (\\HasNoChildren \\Trash) "/" "[Gmail]/Trash"',
        "OK Success",
    ]


def test_order_is_inbox_then_ascii(wire: Wire) -> None:
    for name in ("zebra", "Apple", "apple pie", "Zoo"):
        wire.ok(f'CREATE "{name}"')
    names = [name.strip('"') for name in listed(wire, 'LIST "" "%"')]
    assert names == ["INBOX", "Apple", "Zoo", "[Gmail]", "apple pie", "zebra"]


def test_order_with_user_labels_before_special_ones_by_option() -> None:
    with Simulator(options(users_before_special=True)) as sim, Wire(sim) as wire:
        wire.login()
        wire.ok("CREATE zebra")
        assert listed(wire)[:3] == ['"INBOX"', '"zebra"', '"[Gmail]"']


def test_subscriptions_are_kept(wire: Wire) -> None:
    wire.ok("CREATE Work")
    wire.ok("UNSUBSCRIBE Work")
    assert '"Work"' not in listed(wire, 'LIST (SUBSCRIBED) "" "*"')
    assert not any('"Work"' in line for line in wire.ok('LSUB "" "*"'))
    wire.ok("SUBSCRIBE Work")
    assert '* LSUB (\\HasNoChildren) "/" "Work"' in wire.ok('LSUB "" "*"')
    assert wire.last("SUBSCRIBE Nowhere").startswith("NO [NONEXISTENT]")


# -- locales, hidden mailboxes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "trash", "everything"),
    [
        (Locale.BRITISH, '"[Google Mail]/Bin"', '"[Google Mail]/All Mail"'),
        (Locale.GERMAN, '"[Google Mail]/Papierkorb"', '"[Google Mail]/Alle Nachrichten"'),
        (Locale.SPANISH, '"[Gmail]/Papelera"', '"[Gmail]/Todos"'),
    ],
)
def test_special_mailboxes_are_found_by_attribute_in_every_locale(
    locale: Locale, trash: str, everything: str
) -> None:
    with Simulator(options(locale=locale)) as sim, Wire(sim) as wire:
        wire.login()
        lines = wire.ok('LIST "" "*"')
        assert [line for line in lines if "\\Trash" in line] == [
            f'* LIST (\\HasNoChildren \\Trash) "/" {trash}'
        ]
        assert [line for line in lines if "\\All" in line] == [
            f'* LIST (\\All \\HasNoChildren) "/" {everything}'
        ]


def test_german_drafts_are_modified_utf_7() -> None:
    with Simulator(options(locale=Locale.GERMAN)) as sim, Wire(sim) as wire:
        wire.login()
        assert '"[Google Mail]/Entw&APw-rfe"' in listed(wire)
        assert wire.last('SELECT "[Google Mail]/Entw&APw-rfe"').startswith("OK")


def test_the_parent_can_be_named_independently_of_the_locale() -> None:
    with Simulator(options(parent="[Google Mail]")) as sim, Wire(sim) as wire:
        wire.login()
        assert '"[Google Mail]/All Mail"' in listed(wire)


def test_hidden_all_mail_is_not_there_but_its_messages_are() -> None:
    with Simulator(options(hidden=frozenset(("\\All",)))) as sim, Wire(sim) as wire:
        wire.login()
        sim.control.deliver(mail())
        assert not any("\\All" in line for line in wire.ok('LIST "" "*"'))
        assert wire.last('SELECT "[Gmail]/All Mail"').startswith("NO [NONEXISTENT]")
        assert "* 1 EXISTS" in wire.select("INBOX")


ATTRIBUTES = ("\\All", "\\Drafts", "\\Flagged", "\\Important", "\\Junk", "\\Sent", "\\Trash")


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_every_special_mailbox_is_hidden_from_the_start_by_option(attribute: str) -> None:
    with Simulator(options(hidden=frozenset((attribute,)))) as sim, Wire(sim) as wire:
        wire.login()
        shown = {word for line in wire.ok('LIST "" "*"') for word in line.split("(")[1].split(")")[0].split()}
        assert shown & set(ATTRIBUTES) == set(ATTRIBUTES) - {attribute}


@pytest.mark.parametrize("attribute", [*ATTRIBUTES, "\\Inbox"])
def test_every_special_mailbox_is_hidden_and_shown_while_the_server_runs(
    sim: Simulator, wire: Wire, attribute: str
) -> None:
    sim.control.deliver(mail())
    before = listed(wire)
    wire.select()
    sim.control.hide(attribute)
    (name,) = set(before) - set(listed(wire))
    assert wire.last(f"SELECT {name}").startswith("NO [NONEXISTENT]")
    sim.control.show(attribute)
    assert listed(wire) == before
    assert wire.last(f"SELECT {name}").startswith("OK ")


def test_nothing_is_moved_to_what_is_hidden(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(mail())
    wire.select()
    sim.control.hide("\\Trash")
    for verb in ("MOVE", "COPY"):
        assert wire.last(f'UID {verb} 1 "[Gmail]/Trash"').startswith("NO [TRYCREATE]")
    assert [message.uids for message in sim.control.messages()] == [{"INBOX": 1, "[Gmail]/All Mail": 1}]


def test_chats_have_no_attribute_and_nothing_is_filed_there() -> None:
    with Simulator(options(chats=True)) as sim, Wire(sim) as wire:
        wire.login()
        sim.control.deliver(mail())
        assert '* LIST (\\HasNoChildren) "/" "[Gmail]/Chats"' in wire.ok('LIST "" "*"')
        assert not any("Chats" in line for line in wire.ok('LIST (SPECIAL-USE) "" "*"'))
        assert '* XLIST (\\HasNoChildren) "/" "[Gmail]/Chats"' in wire.ok('XLIST "" "*"')
        assert "* 0 EXISTS" in wire.select("[Gmail]/Chats")
        wire.select()
        assert wire.last('UID COPY 1 "[Gmail]/Chats"').startswith("NO ")
        assert wire.last('UID STORE 1 +X-GM-LABELS ("[Gmail]/Chats")').startswith("NO ")
        assert wire.last('RENAME "[Gmail]/Chats" x').startswith("NO ")
    with Simulator(options()) as sim, Wire(sim) as wire:
        wire.login()
        assert not any("Chats" in line for line in wire.ok('LIST "" "*"'))


def test_a_user_label_may_begin_with_a_backslash(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(mail(), labels=["\\foo"])
    assert '* LIST (\\HasNoChildren) "/" "\\\\foo"' in wire.ok('LIST "" "*"')
    wire.select()
    assert wire.ok("FETCH 1 X-GM-LABELS") == ['* 1 FETCH (X-GM-LABELS ("\\\\foo"))']


@pytest.mark.parametrize("command", ["SELECT ~foo", "STATUS ~foo (MESSAGES)", "DELETE ~foo", 'LIST "" ~foo'])
def test_a_tilde_begins_an_atom(wire: Wire, command: str) -> None:
    wire.ok("CREATE ~foo")
    assert wire.last(command).startswith("OK ")


def test_a_binary_literal_is_no_name(wire: Wire) -> None:
    assert wire.last("SELECT ~{3+}\r\nfoo") == "BAD Could not parse command"


def test_a_hidden_user_label_vanishes_from_list_but_stays_on_messages() -> None:
    with Simulator(options(hidden=frozenset(("Secret",)))) as sim, Wire(sim) as wire:
        wire.login()
        sim.control.deliver(mail(), labels=["Secret"])
        assert '"Secret"' not in listed(wire)
        wire.select()
        assert wire.ok("FETCH 1 X-GM-LABELS") == ["* 1 FETCH (X-GM-LABELS (Secret))"]


# -- names --------------------------------------------------------------------------------------------


def test_a_nested_label_lists_its_missing_parent_as_noselect(sim: Simulator, wire: Wire) -> None:
    sim.control.create_label("A/B")
    assert '* LIST (\\HasChildren \\Noselect) "/" "A"' in wire.ok('LIST "" "*"')
    assert wire.last("SELECT A").startswith("NO [NONEXISTENT]")


def test_deleting_the_only_child_removes_the_parent_too(wire: Wire) -> None:
    wire.ok('CREATE "work/project x"')
    assert listed(wire, 'LIST "" "work*"') == ['"work"', '"work/project x"']
    wire.ok('DELETE "work/project x"')
    assert listed(wire, 'LIST "" "work*"') == []
    assert wire.last('DELETE "work"') == "NO [NONEXISTENT] Unknown folder."


def test_names_are_modified_utf_7_until_utf8_is_enabled(wire: Wire) -> None:
    wire.ok("CREATE &ANw-bung")
    wire.ok("CREATE R&-D")
    assert listed(wire, 'LIST "" "R*"') == ['"R&-D"']
    assert '"&ANw-bung"' in listed(wire)
    wire.ok("ENABLE UTF8=ACCEPT")
    assert '"Übung"' in listed(wire)
    assert listed(wire, 'LIST "" "R*"') == ['"R&D"']
    assert wire.last('SELECT "Übung"'.encode()) == "OK [READ-WRITE] Übung selected. (Success)"


def test_a_backslash_is_escaped_in_quotes(wire: Wire) -> None:
    wire.ok('CREATE "TEST1/123\\\\123"')
    assert '"TEST1/123\\\\123"' in listed(wire)


def test_names_that_begin_with_plus_come_unquoted(wire: Wire) -> None:
    wire.ok("CREATE +Folder")
    assert "+Folder" in listed(wire)
    assert wire.ok("STATUS +Folder (MESSAGES)") == ["* STATUS +Folder (MESSAGES 0)"]


@pytest.mark.parametrize("name", ["\\foo", "\\Starred", "\\Inbox"])
def test_create_takes_names_that_look_like_system_labels(wire: Wire, name: str) -> None:
    escaped = name.replace("\\", "\\\\")
    assert wire.last(f'CREATE "{escaped}"') == "OK Success"
    assert f'"{escaped}"' in listed(wire)


# -- CREATE, RENAME, DELETE ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("CREATE work", "NO [ALREADYEXISTS] Duplicate folder name work (Failure)"),
        ("CREATE inbox", "NO [ALREADYEXISTS] Duplicate folder name inbox (Failure)"),
        ('CREATE "[gmail]/trash"', "NO [ALREADYEXISTS] Duplicate folder name [gmail]/trash (Failure)"),
        ('CREATE " x"', "NO [CANNOT] Folder contains excess whitespace (Failure)"),
        ('CREATE "x "', "NO [CANNOT] Folder contains excess whitespace (Failure)"),
        ('CREATE "x  y"', "NO [CANNOT] Folder contains excess whitespace (Failure)"),
        ("CREATE a^b", "NO [CANNOT] Folder name is not allowed. (Failure)"),
        ("CREATE x/", "NO [CANNOT] Folder name is not allowed. (Failure)"),
        ("CREATE Updates", "NO [CANNOT] Folder name is not allowed. (Failure)"),
        ("CREATE migrated", "NO [CANNOT] Folder name is not allowed. (Failure)"),
        ('CREATE "\\\\muted"', "NO [CANNOT] Folder name is not allowed. (Failure)"),
        ('CREATE "[Gmail]/Mine"', "NO [CANNOT] Folder name is not allowed. (Failure)"),
        ("CREATE " + "x" * 226, "NO [CANNOT] Folder name is not allowed. (Failure)"),
        ("DELETE nowhere", "NO [NONEXISTENT] Unknown folder."),
        ("RENAME nowhere x", "NO [NONEXISTENT] Unknown folder."),
        ("RENAME Work inbox", "NO [ALREADYEXISTS] Duplicate folder name inbox (Failure)"),
    ],
)
def test_names_gmail_refuses(wire: Wire, command: str, answer: str) -> None:
    wire.ok("CREATE Work")
    assert wire.last(command) == answer


def test_hidden_names_count_as_taken() -> None:
    with Simulator(options(hidden=frozenset(("Secret",)))) as sim, Wire(sim) as wire:
        wire.login()
        sim.control.create_label("Secret")
        assert wire.last("CREATE secret").startswith("NO [ALREADYEXISTS]")


def test_the_length_limit_is_an_option() -> None:
    with Simulator(options(label_length=40)) as sim, Wire(sim) as wire:
        wire.login()
        assert wire.last("CREATE " + "x" * 40) == "OK Success"
        assert wire.last("CREATE " + "y" * 41).startswith("NO [CANNOT]")


def test_system_mailboxes_cannot_be_renamed_or_deleted_in_words_of_an_option(wire: Wire) -> None:
    assert (
        wire.last('DELETE "[Gmail]/Trash"') == "NO [CANNOT] Operation not allowed on system folder (Failure)"
    )
    assert wire.last("RENAME INBOX Elsewhere").startswith("NO [CANNOT]")
    with Simulator(options(system_mailbox_error="Never")) as sim, Wire(sim) as other:
        other.login()
        assert other.last('DELETE "[Gmail]"') == "NO Never"


def test_delete_takes_the_label_off_and_leaves_the_mail(sim: Simulator, wire: Wire) -> None:
    msgid = sim.control.deliver(mail(), labels=["\\Inbox", "Work"])
    before = sim.control.message(msgid).modseq
    wire.ok("DELETE Work")
    message = sim.control.message(msgid)
    assert message.labels == {"\\Inbox"}
    assert message.modseq == before
    wire.select()
    assert wire.ok("FETCH 1 X-GM-LABELS") == ['* 1 FETCH (X-GM-LABELS ("\\\\Inbox"))']


def test_rename_carries_nested_labels_and_bumps_no_message(sim: Simulator, wire: Wire) -> None:
    msgid = sim.control.deliver(mail(), labels=["Work/a"])
    sim.control.create_label("Work")
    before = sim.control.message(msgid).modseq
    wire.ok("RENAME Work Job")
    assert listed(wire, 'LIST "" "Job*"') == ['"Job"', '"Job/a"']
    assert listed(wire, 'LIST "" "Work*"') == []
    message = sim.control.message(msgid)
    assert message.labels == {"Job/a"}
    assert message.modseq == before


def test_label_events_bump_messages_only_by_option() -> None:
    with Simulator(options(label_events_bump=True)) as sim:
        msgid = sim.control.deliver(mail(), labels=["Work"])
        before = sim.control.message(msgid).modseq
        sim.control.rename_label("Work", "Job")
        assert sim.control.message(msgid).modseq > before


def test_a_label_made_again_has_another_uidvalidity(sim: Simulator, wire: Wire) -> None:
    wire.ok("CREATE Work")
    first = sim.control.mailboxes()["Work"]
    wire.ok("DELETE Work")
    wire.ok("CREATE Work")
    assert sim.control.mailboxes()["Work"] != first


# -- STATUS and what is not there ---------------------------------------------------------------------


def test_status_items_come_back_in_the_alphabets_order(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(mail())
    [line] = wire.ok("STATUS INBOX (UNSEEN UIDVALIDITY UIDNEXT RECENT MESSAGES HIGHESTMODSEQ APPENDLIMIT)")
    assert re.fullmatch(
        r'\* STATUS "INBOX" \(APPENDLIMIT 35651584 HIGHESTMODSEQ \d+ MESSAGES 1 RECENT 0 UIDNEXT 2 '
        r"UIDVALIDITY 1 UNSEEN 1\)",
        line,
    )


def test_what_does_not_exist_is_said_differently_by_each_command(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(mail())
    assert wire.last("STATUS Nowhere (MESSAGES)") == "NO [NONEXISTENT] Unknown Mailbox: Nowhere (Failure)"
    wire.select()
    assert wire.last("COPY 1 Nowhere") == "NO [TRYCREATE] No folder Nowhere (Failure)"
    assert wire.last("MOVE 1 Nowhere") == "NO [TRYCREATE] No folder Nowhere (Failure)"
    assert wire.last("SELECT Nowhere") == (
        "NO [NONEXISTENT] Unknown Mailbox: Nowhere (now in authenticated state) (Failure)"
    )
    assert wire.last("FETCH 1 FLAGS") == "BAD FETCH not allowed now."


def test_the_folder_size_limit_hides_older_mail_even_in_all_mail() -> None:
    with Simulator(options(max_folder_size=2)) as sim, Wire(sim) as wire:
        wire.login()
        for number in range(5):
            sim.control.deliver(mail(f"Number {number}"))
        assert "* 2 EXISTS" in wire.select()
        assert wire.ok("UID SEARCH ALL") == ["* SEARCH 4 5"]
        assert wire.ok('STATUS "[Gmail]/All Mail" (MESSAGES UNSEEN)') == [
            '* STATUS "[Gmail]/All Mail" (MESSAGES 2 UNSEEN 2)'
        ]
