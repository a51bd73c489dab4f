r"""The documentation of Python's first imaplib, statement by statement and in its own order.

Each test is one entry of "IMAP4 objects": what is said there of a method, tried on the embedded server; and
where the entry speaks of what is sent, the bytes, with the test itself as the server.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from imapcore import classic
from imapcore.simulator.in_thread import Simulator
from imapcore.simulator.options import Options
from tests.classic.by_hand import ByHand

OPTIONS = Options(messages=0, now_ms=1_795_251_600_000, spurious_bumps=False)
FROM_LDJ = b"From: LDJ <ldj@example.org>\nTo: demo@gmail.com\nSubject: first\n\nHello Fred,\nhere it is.\n"
FROM_ANN = b"From: Ann <ann@example.org>\r\nSubject: second\r\n\r\nThank you.\r\n"
METHODS = """
append authenticate check close copy create delete expunge fetch list login logout lsub noop open partial
recent rename response search select socket status store subscribe uid unsubscribe xatom
"""


@pytest.fixture
def server() -> Iterator[Simulator]:
    with Simulator(OPTIONS) as server:
        yield server


@pytest.fixture
def stranger(server: Simulator) -> Iterator[classic.IMAP4]:
    """A client that has not signed in."""
    with classic.IMAP4(server.host, server.port, timeout=20) as client:
        yield client


@pytest.fixture
def client(stranger: classic.IMAP4) -> classic.IMAP4:
    """A client that has signed in and put two messages into the inbox, which it has not selected."""
    stranger.login(OPTIONS.email, OPTIONS.app_password)
    stranger.append("INBOX", r"(\Seen)", '"07-Feb-2026 21:52:25 -0800"', FROM_LDJ)
    stranger.append("INBOX", None, None, FROM_ANN)
    return stranger


@pytest.fixture
def by_hand() -> Iterator[ByHand]:
    """A client whose server is the test."""
    near, far = socket.socketpair()
    with near, far:
        client = ByHand(near, far, b"AUTH=PLAIN")
        client.heard()
        yield client


def sent(client: ByHand) -> bytes:
    """The command that was sent, without its tag and line end."""
    data = client.heard()
    assert data.endswith(b"\r\n")
    return data.partition(b" ")[2].removesuffix(b"\r\n")


# -- what holds for every command -------------------------------------------------------------------------


@pytest.mark.parametrize("name", METHODS.split())
def test_every_command_is_a_method_in_small_and_in_capital_letters(by_hand: ByHand, name: str) -> None:
    assert callable(getattr(by_hand, name))
    assert getattr(by_hand, name.upper()) == getattr(by_hand, name)


def test_arguments_become_strings(by_hand: ByHand) -> None:
    by_hand.state = "SELECTED"
    by_hand.say_done()
    by_hand.fetch(3, "FLAGS")
    assert sent(by_hand) == b"FETCH 3 (FLAGS)"
    by_hand.say_done()
    by_hand.copy(b"1:2", 1998)
    assert sent(by_hand) == b"COPY 1:2 1998"


def test_an_argument_is_quoted_where_the_protocol_needs_it(by_hand: ByHand) -> None:
    for name, spelled in (
        ("Work", b"Work"),
        ("New box", b'"New box"'),
        ('a"b\\c', b'"a\\"b\\\\c"'),
        ("a(b", b'"a(b"'),
        ("", b'""'),
        ('"New box"', b'"New box"'),
    ):
        by_hand.say_done()
        by_hand.create(name)
        assert sent(by_hand) == b"CREATE " + spelled


def test_the_password_is_always_quoted(by_hand: ByHand) -> None:
    for password in ("plain", "(in parentheses)", '"quoted"'):
        by_hand.state = "NONAUTH"
        by_hand.say_signed_in()
        by_hand.login("fred", password)
        spelled = password.replace("\\", "\\\\").replace('"', '\\"')
        assert sent(by_hand) == f'LOGIN fred "{spelled}"'.encode()


def test_parentheses_keep_an_argument_from_being_quoted(by_hand: ByHand) -> None:
    by_hand.state = "SELECTED"
    by_hand.say_done()
    by_hand.store("1", "+FLAGS", r"(\Deleted)")
    assert sent(by_hand) == rb"STORE 1 +FLAGS (\Deleted)"
    by_hand.say_done()
    by_hand.xatom("X-THING", r"(\Deleted two words)", "two words")
    assert sent(by_hand) == rb'X-THING (\Deleted two words) "two words"'


def test_a_command_answers_its_type_and_data(client: classic.IMAP4) -> None:
    assert client.noop() == ("OK", [b"Success"])
    typ, data = client.select("Nowhere")
    assert typ == "NO"
    assert b"Nowhere" in data[0]


# -- the methods, from append to xatom -----------------------------------------------------------------------


def test_append(client: classic.IMAP4, by_hand: ByHand) -> None:
    assert client.append("Work", r"(\Flagged)", None, FROM_ANN)[0] == "NO", "there is no such mailbox"
    client.create("Work")
    assert client.append("Work", r"(\Flagged)", 1_770_500_000, FROM_LDJ)[0] == "OK"
    client.select("Work")
    header, message = client.fetch("1", "(FLAGS INTERNALDATE BODY.PEEK[])")[1][0]
    assert b"\\Flagged" in header
    assert message == FROM_LDJ.replace(b"\n", b"\r\n"), "a literal, whatever is in it"
    by_hand.say(b"+ go ahead\r\n")
    by_hand.say_done()
    by_hand.append("New box", "", None, b"a\nb")
    assert sent(by_hand) == b'APPEND "New box" {4}\r\na\r\nb'


def test_authenticate(stranger: classic.IMAP4) -> None:
    """It was said to raise an exception, not being there yet; it is, and takes the function alone."""

    def plain(challenge: bytes) -> str:
        assert challenge == b""
        return f"\0{OPTIONS.email}\0{OPTIONS.app_password}"

    with pytest.raises(stranger.error, match="name the mechanism: the server offers XOAUTH2, PLAIN"):
        stranger.authenticate(plain)
    plain.mechanism = "plain"  # type: ignore[attr-defined]
    assert stranger.authenticate(plain)[0] == "OK"
    assert stranger.state == "AUTH"


def test_authenticate_by_the_only_mechanism_there_is(by_hand: ByHand) -> None:
    by_hand.state = "NONAUTH"
    by_hand.answer(b"+ \r\n")
    by_hand.say_signed_in()
    assert by_hand.authenticate(lambda challenge: b"\0fred\0secret") == ("OK", [b"done"])
    assert sent(by_hand) == b"AUTHENTICATE PLAIN\r\nAGZyZWQAc2VjcmV0"


def test_authenticate_where_no_mechanism_is_named(by_hand: ByHand) -> None:
    by_hand.state = "NONAUTH"
    by_hand.capabilities = ("IMAP4REV1",)
    with pytest.raises(by_hand.error, match="name the mechanism: the server names none"):
        by_hand.authenticate(lambda challenge: b"")
    with pytest.raises(TypeError, match="function"):
        by_hand.authenticate("PLAIN")


def test_check(client: classic.IMAP4) -> None:
    client.select()
    assert client.check()[0] == "OK"


def test_close(client: classic.IMAP4) -> None:
    client.create("Work")
    client.append("Work", None, None, FROM_LDJ)
    client.select("Work")
    client.store("1", "+FLAGS", r"(\Deleted)")
    assert client.close()[0] == "OK"
    assert client.state == "AUTH"
    assert client.select("Work") == ("OK", [b"0"]), "what was marked as deleted is gone"


def test_copy(client: classic.IMAP4) -> None:
    client.create("Work")
    client.append("Work", None, None, FROM_ANN)
    client.select()
    assert client.copy("1", "Work")[0] == "OK"
    assert client.select("Work") == ("OK", [b"2"])
    assert client.search(None, "FROM", "LDJ") == ("OK", [b"2"]), "the copy is the last one"


def test_create(client: classic.IMAP4) -> None:
    assert client.create("New box")[0] == "OK"
    assert client.list('""', "New*") == ("OK", [b'(\\HasNoChildren) "/" "New box"'])


def test_delete(client: classic.IMAP4) -> None:
    client.create("Work")
    assert client.delete("Work")[0] == "OK"
    assert client.delete("Work")[0] == "NO"


def test_expunge(server: Simulator, by_hand: ByHand) -> None:
    with (
        Simulator(Options(messages=0, auto_expunge=False)) as patient,
        classic.IMAP4(patient.host, patient.port, timeout=20) as client,
    ):
        client.login(OPTIONS.email, OPTIONS.app_password)
        for number in range(3):
            client.append("INBOX", None, None, b"Subject: %d\n\nx\n" % number)
        client.select()
        client.store("1,3", "+FLAGS", r"(\Deleted)")
        assert client.expunge() == ("OK", [b"1", b"2"]), "one for each, in the order they came"
    by_hand.state = "SELECTED"
    by_hand.say(b"* 3 EXPUNGE\r\n* 3 EXPUNGE\r\n* 7 EXPUNGE\r\n")
    by_hand.say_done()
    assert by_hand.expunge() == ("OK", [b"3", b"3", b"7"])


def test_fetch(client: classic.IMAP4) -> None:
    client.select()
    typ, data = client.fetch("1:2", "(UID BODY[TEXT])")
    assert typ == "OK"
    envelope, text = data[0]
    assert envelope.startswith(b"1 (UID 1 BODY[TEXT] {")
    assert text == b"Hello Fred,\r\nhere it is.\r\n"
    assert data[1] == b")"
    assert data[2][1] == b"Thank you.\r\n"


def test_list(client: classic.IMAP4, by_hand: ByHand) -> None:
    typ, data = client.list()
    assert typ == "OK"
    assert b'(\\HasNoChildren) "/" "INBOX"' in data
    assert b'(\\All \\HasNoChildren) "/" "[Gmail]/All Mail"' in data
    assert client.list("[Gmail]/", "D%")[1] == [b'(\\Drafts \\HasNoChildren) "/" "[Gmail]/Drafts"']
    for arguments, line in (((), b'LIST "" *'), (("Work/",), b"LIST Work/ *"), (("a", "%"), b"LIST a %")):
        by_hand.say_done()
        by_hand.list(*arguments)
        assert sent(by_hand) == line


def test_login(stranger: classic.IMAP4) -> None:
    with pytest.raises(stranger.error, match="Invalid credentials"):
        stranger.login(OPTIONS.email, "wrong")
    assert stranger.state == "NONAUTH"
    assert stranger.login(OPTIONS.email, OPTIONS.app_password)[0] == "OK"
    assert stranger.state == "AUTH"


def test_logout(client: classic.IMAP4) -> None:
    assert client.logout() == ("BYE", [b"LOGOUT Requested"])


def test_lsub(client: classic.IMAP4, by_hand: ByHand) -> None:
    client.create("Work")
    client.subscribe("Work")
    typ, data = client.lsub()
    assert typ == "OK"
    assert b'(\\HasNoChildren) "/" "Work"' in data
    assert client.lsub('""', "W*")[1] == [b'(\\HasNoChildren) "/" "Work"']
    by_hand.say_done()
    by_hand.lsub()
    assert sent(by_hand) == b'LSUB "" *'


def test_noop(client: classic.IMAP4) -> None:
    assert client.noop()[0] == "OK"


def test_open() -> None:
    """It "opens a socket to a port of a host, and may be overridden": ``ByHand`` and this one do."""
    opened: list[tuple[str, int]] = []

    class Opens(classic.IMAP4):
        def open(self, host: str = "", port: int = classic.IMAP4_PORT, timeout: float | None = None) -> None:
            opened.append((host, port))
            super().open(host, port, timeout)

    with Simulator(OPTIONS) as server, Opens(server.host, server.port, 20) as client:
        assert opened == [(server.host, server.port)]
        assert client.noop()[0] == "OK"


def test_partial(client: classic.IMAP4) -> None:
    client.select()
    header, part = client.partial("1", "RFC822.TEXT", 7, 4)[1][0]
    assert part == b"Fred", "counted from 1"
    assert header.startswith(b"1 (BODY[TEXT]<6> {4}")


def test_recent(client: classic.IMAP4, by_hand: ByHand) -> None:
    client.select()
    client.response("RECENT")
    assert client.recent() == ("OK", [None])
    by_hand.say_done()
    assert by_hand.recent() == ("OK", [None]), "asked of the server, which has nothing new"
    by_hand.say(b"* 2 RECENT\r\n")
    by_hand.say_done()
    assert by_hand.recent() == ("OK", [b"2"])


def test_rename(client: classic.IMAP4) -> None:
    client.create("Work")
    assert client.rename("Work", "Play")[0] == "OK"
    assert client.select("Play") == ("OK", [b"0"])


def test_response(client: classic.IMAP4) -> None:
    client.select()
    assert client.response("exists") == ("exists", [b"2"]), "the code as it was given, not a type"
    assert client.response("EXISTS") == ("EXISTS", [None]), "taken once, it is gone"
    assert client.response("UIDNEXT") == ("UIDNEXT", [b"3"])


def test_search(client: classic.IMAP4, by_hand: ByHand) -> None:
    client.select()
    assert client.search(None, "FROM", '"LDJ"') == ("OK", [b"1"])
    assert client.search(None, '(FROM "LDJ")') == ("OK", [b"1"])
    assert client.search(None, "ALL") == ("OK", [b"1 2"])
    with pytest.raises(client.error, match="SEARCH command error: BAD"):
        client.search(None, "NONSENSE")
    with pytest.raises(client.error, match="SEARCH command error: BAD"):
        client.search(None)
    for arguments, line in (
        ((None, "FROM", '"LDJ"'), b'SEARCH FROM "LDJ"'),
        ((None, '(FROM "LDJ")'), b'SEARCH (FROM "LDJ")'),
        (("UTF-8", "TEXT", "a b"), b'SEARCH CHARSET UTF-8 TEXT "a b"'),
    ):
        by_hand.state = "SELECTED"
        by_hand.say_done()
        by_hand.search(*arguments)
        assert sent(by_hand) == line


def test_select(client: classic.IMAP4) -> None:
    assert client.select() == ("OK", [b"2"]), "INBOX unless named, and how many messages there are"
    client.create("Work")
    assert client.select("Work") == ("OK", [b"0"])
    assert client.select("INBOX", True) == ("OK", [b"2"])
    client.store("2", "+FLAGS", r"(\Flagged)")
    assert b"\\Flagged" not in client.fetch("2", "(FLAGS)")[1][0], "nothing can be changed"


def test_socket(client: classic.IMAP4, server: Simulator) -> None:
    assert client.socket().getpeername() == (server.host, server.port)


def test_status(client: classic.IMAP4) -> None:
    assert client.status("INBOX", "(MESSAGES UNSEEN)") == ("OK", [b'"INBOX" (MESSAGES 2 UNSEEN 1)'])


def test_store(client: classic.IMAP4) -> None:
    client.select()
    typ, data = client.store("2", "+FLAGS", r"(\Answered)")
    assert (typ, data) == ("OK", [b"2 (FLAGS (\\Answered))"])
    assert client.store("2", "-FLAGS", "\\Answered") == ("OK", [b"2 (FLAGS ())"])


def test_subscribe(client: classic.IMAP4) -> None:
    client.create("Work")
    client.unsubscribe("Work")
    assert client.subscribe("Work")[0] == "OK"
    assert client.lsub('""', "Work")[1] != [None]


def test_uid(client: classic.IMAP4) -> None:
    client.select()
    client.store("1", "+FLAGS", r"(\Deleted)")
    client.expunge()
    assert client.search(None, "ALL") == ("OK", [b"1"])
    assert client.uid("SEARCH", "ALL") == ("OK", [b"2"])
    assert client.uid("fetch", "2", "(FLAGS)") == ("OK", [b"1 (UID 2 FLAGS ())"])
    with pytest.raises(client.error, match="BAD"):
        client.uid("FETCH")


def test_unsubscribe(client: classic.IMAP4) -> None:
    client.create("Work")
    client.subscribe("Work")
    assert client.unsubscribe("Work")[0] == "OK"
    assert client.lsub('""', "Work")[1] == [None]


def test_xatom(client: classic.IMAP4) -> None:
    assert client.xatom("XLIST", '""', "INBOX") == ("OK", [b"Success"])
    assert client.response("XLIST")[1] == [b'(\\HasNoChildren \\Inbox) "/" "Inbox"']
    assert client.xatom("ID", '("name" "fred")')[0] == "OK"
    assert b'"GImap"' in client.response("ID")[1][0]


# -- the attributes -----------------------------------------------------------------------------------------


def test_protocol_version(client: classic.IMAP4) -> None:
    assert client.PROTOCOL_VERSION == "IMAP4REV1"


def test_debug(by_hand: ByHand, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    by_hand.debug = 3
    by_hand.say_done()
    by_hand.create("Work")
    assert "CREATE" not in capsys.readouterr().err
    by_hand.debug = 4
    by_hand.say_done()
    by_hand.create("Work")
    assert "CREATE Work" in capsys.readouterr().err, "above three every command is traced"
    monkeypatch.setattr(classic, "Debug", 5)
    near, far = socket.socketpair()
    with near, far:
        assert ByHand(near, far).debug == 5, "its first value is the module's"
