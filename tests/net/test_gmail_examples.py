r"""Google's page on its IMAP extensions, example by example, in its order and three ways.

Each example is said as the page has it, octet by octet, to the embedded server; then through ``Connection``
as typed commands; then through ``classic``. Where today's Gmail words something otherwise than the page (of
2009 and 2013), the page's meaning is tested.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from imapcore import classic
from imapcore.model import Role, Security
from imapcore.net.connection import Connection
from imapcore.net.endpoint import Endpoint
from imapcore.protocol.commands import (
    Create,
    Delete,
    Fetch,
    Id,
    List,
    Login,
    Rename,
    Search,
    Select,
    Store,
    StoreMode,
    Xlist,
)
from imapcore.protocol.gmail import find_roles, from_xlist
from imapcore.protocol.search import GmailLabel, GmailMsgid, GmailRaw, GmailThrid
from imapcore.simulator import Options, Simulator
from imapcore.wire.encoder import Secret
from imapcore.wire.uidset import UidSet
from tests.simulator.wire import Wire, mail

ALL_MAIL = "[Gmail]/All Mail"
OPTIONS = Options(messages=0, now_ms=1_795_251_600_000, spurious_bumps=False)
PAPER = mail(
    "With a paper",
    content_type='multipart/mixed; boundary="b"',
    body='--b\r\n\r\nSee.\r\n--b\r\nContent-Disposition: attachment; filename="a.pdf"\r\n\r\nx\r\n--b--',
)
LABELS = (
    {"\\Inbox", "\\Sent", "Important", "Muy Importante"},
    {"foo"},
    set[str](),
    {"\\Draft"},
)
r"""Of the four messages of the page, whose ``\Drafts`` is spelled ``\Draft`` by now."""
ID = {"name": "clientname", "version": "1.2.3", "vendor": "companyname", "contact": "foo@example.com"}


@dataclass(frozen=True)
class Clients:
    """One account with four messages in two conversations, the first alone in its own; three ways to it."""

    server: Simulator
    wire: Wire
    typed: Connection
    classic: classic.IMAP4
    msgids: tuple[int, ...]

    @property
    def thrids(self) -> tuple[int, ...]:
        """Of the four messages: a conversation has the id of its first."""
        return (self.msgids[0], *[self.msgids[1]] * 3)


@pytest.fixture
def strangers() -> Iterator[Clients]:
    """Connected, and not signed in."""
    with (
        Simulator(OPTIONS) as server,
        Wire(server) as wire,
        Connection.open(Endpoint(server.host, server.port, Security.NONE)) as typed,
        classic.IMAP4(server.host, server.port, timeout=20) as old,
    ):
        for name in ("Important", "Muy Importante", "foo"):
            server.control.create_label(name)
        first, *others = (
            PAPER,
            mail("Lunch", message_id="<1@x>"),
            mail("Re: Lunch", message_id="<2@x>", in_reply_to="<1@x>"),
            mail("Re: Lunch", message_id="<3@x>", in_reply_to="<2@x>"),
        )
        msgids = [server.control.deliver(first, labels=sorted(LABELS[0]))]
        msgids += [
            server.control.deliver(raw, labels=sorted(each), flags=["\\Seen"])
            for raw, each in zip(others, LABELS[1:], strict=True)
        ]
        yield Clients(server, wire, typed, old, tuple(msgids))


@pytest.fixture
def clients(strangers: Clients) -> Clients:
    """Signed in, All Mail selected."""
    strangers.wire.login()
    strangers.wire.select()
    strangers.typed.authenticate(Login(OPTIONS.email, Secret(OPTIONS.app_password)))
    strangers.typed.run(Select(ALL_MAIL))
    strangers.classic.login(OPTIONS.email, OPTIONS.app_password)
    strangers.classic.select(ALL_MAIL)
    return strangers


# -- a001 to a003: is it there, and who are we -----------------------------------------------------


def test_login_and_capability(strangers: Clients) -> None:
    wire, typed, old = strangers.wire, strangers.typed, strangers.classic
    assert wire.greeting.startswith("* OK Gimap ready for requests from 127.0.0.1 ")
    assert wire.login()[-1] == "OK demo@gmail.com authenticated (Success)"
    line, done = wire.ask("CAPABILITY")
    assert done == "OK Success"
    page = "UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1"
    assert set(page.split()) <= set(line.removeprefix("* CAPABILITY IMAP4rev1 ").split())

    assert "X-GM-EXT-1" in typed.capabilities, "known before the login, too"
    typed.authenticate(Login(OPTIONS.email, Secret(OPTIONS.app_password)))
    assert "X-GM-EXT-1" in typed.capabilities
    assert old.login(OPTIONS.email, OPTIONS.app_password)[0] == "OK"
    assert b"X-GM-EXT-1" in old.capability()[1][0]


def test_id(clients: Clients) -> None:
    fields = " ".join(f'"{key}" "{value}"' for key, value in ID.items())
    line, done = clients.wire.ask(f"ID ({fields})")
    assert line.startswith('* ID ("name" "GImap" "vendor" "Google, Inc." "support-url" ')
    assert '"remote-host" "127.0.0.1"' in line
    assert done == "OK Success"
    answer = clients.typed.run(Id.of(ID))
    assert answer is not None
    assert (answer.fields["name"], answer.fields["vendor"]) == ("GImap", "Google, Inc.")
    assert clients.classic.xatom("ID", f"({fields})") == ("OK", [b"Success"])
    assert b'"GImap"' in clients.classic.response("ID")[1][0]


# -- a004: special folders -------------------------------------------------------------------------

SPECIAL = {
    "[Gmail]/All Mail": "\\All",
    "[Gmail]/Drafts": "\\Drafts",
    "[Gmail]/Important": "\\Important",
    "[Gmail]/Sent Mail": "\\Sent",
    "[Gmail]/Spam": "\\Junk",
    "[Gmail]/Starred": "\\Flagged",
    "[Gmail]/Trash": "\\Trash",
}


def test_list_tells_the_special_folders(clients: Clients) -> None:
    lines = clients.wire.ok('LIST "" "*"')
    assert '* LIST (\\HasNoChildren) "/" "INBOX"' in lines
    assert '* LIST (\\HasChildren \\Noselect) "/" "[Gmail]"' in lines
    for name, attribute in SPECIAL.items():
        line = next(line for line in lines if f'"{name}"' in line)
        assert {attribute, "\\HasNoChildren"} == set(line[len("* LIST (") : line.index(")")].split())

    listed = clients.typed.run(List()).mailboxes
    assert {
        each.name: each.attributes & set(SPECIAL.values()) for each in listed if each.name in SPECIAL
    } == {name: {attribute} for name, attribute in SPECIAL.items()}
    roles = find_roles(listed)
    assert {role for role in Role if role in roles} == set(Role)
    assert roles[Role.IMPORTANT].name == "[Gmail]/Important"
    assert b'(\\HasNoChildren) "/" "INBOX"' in clients.classic.list('""', '"*"')[1]


def test_xlist_is_of_the_past_and_still_answered(clients: Clients) -> None:
    """The page says it goes; its attributes resemble those of LIST and are not the same."""
    lines = clients.wire.ok('XLIST "" "*"')
    assert any("\\AllMail" in line for line in lines)
    old = [from_xlist(each) for each in clients.typed.run(Xlist()).mailboxes]
    assert {each.name: role for role, each in find_roles(old).items()} == {
        each.name: role for role, each in find_roles(clients.typed.run(List()).mailboxes).items()
    }
    assert clients.classic.xatom("XLIST", '""', "*")[0] == "OK"
    assert any(b"\\AllMail" in line for line in clients.classic.response("XLIST")[1])


# -- a005: Gmail's own search ----------------------------------------------------------------------


@pytest.mark.parametrize("query", ["has:attachment in:unread", "has:attachment is:unread"])
def test_search_as_on_the_web(clients: Clients, query: str) -> None:
    assert clients.wire.ok(f'SEARCH X-GM-RAW "{query}"')[0] == "* SEARCH 1"
    assert clients.wire.ok(f'UID SEARCH X-GM-RAW "{query}"')[0] == "* SEARCH 1"
    assert clients.typed.run(Search(GmailRaw(query))).uids == UidSet([1])
    assert clients.typed.run(Search(GmailRaw(query), is_uid=False)).uids == UidSet([1])
    assert clients.classic.search(None, "X-GM-RAW", query) == ("OK", [b"1"])
    assert clients.classic.uid("SEARCH", "X-GM-RAW", f'"{query}"') == ("OK", [b"1"])


# -- a006 and a007: a message's id -----------------------------------------------------------------


def test_a_messages_id(clients: Clients) -> None:
    msgid = clients.msgids[0]
    assert clients.wire.ok("FETCH 1 (X-GM-MSGID)") == [f"* 1 FETCH (X-GM-MSGID {msgid})"]
    (message,) = clients.typed.run(Fetch(UidSet([1]), ("X-GM-MSGID",), is_uid=False))
    assert message.msgid == msgid
    assert clients.classic.fetch("1", "(X-GM-MSGID)") == ("OK", [b"1 (X-GM-MSGID %d)" % msgid])

    assert clients.wire.ok(f"UID SEARCH X-GM-MSGID {msgid}")[0] == "* SEARCH 1"
    assert clients.typed.run(Search(GmailMsgid(msgid))).uids == UidSet([1])
    assert clients.classic.uid("SEARCH", "X-GM-MSGID", str(msgid)) == ("OK", [b"1"])
    assert clients.wire.ok(f"UID SEARCH X-GM-MSGID {2**64 - 1}")[0] == "* SEARCH", "64 bits, unsigned"


# -- a008 and a009: a conversation's id ------------------------------------------------------------


def test_a_conversations_id(clients: Clients) -> None:
    expected = [f"* {seq} FETCH (X-GM-THRID {thrid})" for seq, thrid in enumerate(clients.thrids, 1)]
    assert clients.wire.ok("FETCH 1:4 (X-GM-THRID)") == expected
    found = clients.typed.run(Fetch(UidSet.parse("1:4"), ("X-GM-THRID",), is_uid=False))
    assert tuple(message.thrid for message in found) == clients.thrids
    typ, data = clients.classic.fetch("1:4", "(X-GM-THRID)")
    assert (typ, data) == (
        "OK",
        [line.removeprefix("* ").replace("FETCH ", "").encode() for line in expected],
    )

    thrid = clients.thrids[1]
    assert clients.wire.ok(f"UID SEARCH X-GM-THRID {thrid}")[0] == "* SEARCH 2 3 4"
    assert clients.typed.run(Search(GmailThrid(thrid))).uids == UidSet([2, 3, 4])
    assert clients.classic.uid("SEARCH", "X-GM-THRID", thrid) == ("OK", [b"2 3 4"])


# -- a010 to a012: labels --------------------------------------------------------------------------


def test_labels_are_mailboxes(clients: Clients) -> None:
    """CREATE, RENAME and DELETE edit labels; those of the system are reserved."""
    typed = clients.typed
    typed.run(Create("Projekte/Übung"))
    typed.run(Rename("Projekte/Übung", "Übung"))
    assert "Übung" in clients.server.control.mailboxes()
    typed.run(Delete("Übung"))
    assert "Übung" not in clients.server.control.mailboxes()
    assert clients.classic.create("Übung")[0] == "OK"
    assert clients.classic.rename("Übung", "Probe")[0] == "OK"
    assert clients.classic.delete("Probe")[0] == "OK"
    assert clients.classic.delete("[Gmail]/Spam")[0] == "NO"


def test_labels_of_messages(clients: Clients) -> None:
    assert clients.wire.ok("FETCH 1:4 (X-GM-LABELS)") == [
        '* 1 FETCH (X-GM-LABELS ("Muy Importante" "\\\\Inbox" "\\\\Sent" Important))',
        "* 2 FETCH (X-GM-LABELS (foo))",
        "* 3 FETCH (X-GM-LABELS ())",
        '* 4 FETCH (X-GM-LABELS ("\\\\Draft"))',
    ]
    found = clients.typed.run(Fetch(UidSet.parse("1:4"), ("X-GM-LABELS",), is_uid=False))
    assert [message.labels for message in found] == [frozenset(each) for each in LABELS]
    typ, data = clients.classic.fetch("1:4", "(X-GM-LABELS)")
    assert (typ, data[2]) == ("OK", b"3 (X-GM-LABELS ())")


def test_a_label_is_added_and_searched_for(clients: Clients) -> None:
    labels = clients.wire.ok("STORE 1 +X-GM-LABELS (foo)")[0]
    assert labels.startswith("* 1 FETCH (X-GM-LABELS (")
    assert "foo" in labels
    assert clients.wire.ok("SEARCH X-GM-LABELS foo")[0] == "* SEARCH 1 2"

    typed = clients.typed
    stored = typed.run(Store(UidSet([3]), StoreMode.ADD, labels=frozenset({"foo"}), is_uid=False))
    assert stored.fetched[0].labels == frozenset({"foo"})
    assert typed.run(Search(GmailLabel("foo"))).uids == UidSet([1, 2, 3])
    assert typed.run(Search(GmailLabel("foo"), is_uid=False)).uids == UidSet([1, 2, 3])

    typ, data = clients.classic.store("4", "+X-GM-LABELS", "(foo)")
    assert typ == "OK"
    assert b"foo" in data[0]
    assert clients.classic.search(None, "X-GM-LABELS", "foo") == ("OK", [b"1 2 3 4"])
    assert clients.classic.uid("SEARCH", "X-GM-LABELS", "foo") == ("OK", [b"1 2 3 4"])
