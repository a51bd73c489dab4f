"""What is left: rare answers to every kind of command, and programs that will not end."""

from __future__ import annotations

import hmac
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from imapcore import classic
from imapcore.classic import stream
from tests.classic.by_hand import ByHand
from tests.classic.scripted import ScriptedServer


@pytest.fixture
def client() -> Iterator[ByHand]:
    """A signed-in client, with the test as its server."""
    near, far = socket.socketpair()
    with near, far:
        client = ByHand(near, far, capabilities=b"IDLE ENABLE AUTH=CRAM-MD5")
        client.heard()
        yield client


# -- connecting ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("capability", "words"),
    [
        (b"TAG OK done\r\n", "no CAPABILITY"),
        (b"* CAPABILITY POP3\r\nTAG OK done\r\n", "version"),
        (b"TAG BAD what\r\n", "BAD"),
    ],
)
def test_a_server_that_cannot_say_what_it_can_do(capability: bytes, words: str) -> None:
    with (
        ScriptedServer({"CAPABILITY": capability}) as server,
        pytest.raises(classic.IMAP4.error, match=words),
    ):
        classic.IMAP4("127.0.0.1", server.port, timeout=5)


@pytest.mark.parametrize(
    ("greeting", "words"),
    [
        (b"+OK POP3 ready\r\n", "POP3"),
        (b"+ \r\n", "greet"),
        (b"+\r\n", "greet"),
        (b"* BYE full\r\n", "full"),
        (b"* 3 EXISTS\r\n", "EXISTS"),
    ],
)
def test_a_greeting_that_is_none(greeting: bytes, words: str) -> None:
    with ScriptedServer({}, greeting) as server, pytest.raises(classic.IMAP4.error, match=words):
        classic.IMAP4("127.0.0.1", server.port, timeout=5)


# -- signing in ------------------------------------------------------------------------------------------


def test_a_challenge_that_is_not_base64(client: ByHand) -> None:
    client.state = "NONAUTH"
    client.say(b"+ *not base64*\r\n")
    with pytest.raises(client.abort, match="base64"):
        client.authenticate("PLAIN", lambda challenge: b"")


def test_cram_md5_where_there_is_no_md5(client: ByHand, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise ValueError("disabled for FIPS")

    monkeypatch.setattr(hmac, "HMAC", refuse)
    client.state = "NONAUTH"
    client.say(b"+ YWJj\r\n")
    with pytest.raises(client.error, match="CRAM-MD5 authentication is not supported"):
        client.login_cram_md5("fred", "secret")


def test_a_refused_login_tells_the_servers_words_as_bytes(client: ByHand) -> None:
    client.state = "NONAUTH"
    client.say_done(b"NO [AUTHENTICATIONFAILED] wrong")
    with pytest.raises(client.error) as caught:
        client.login("fred", "secret")
    assert caught.value.args == (b"[AUTHENTICATIONFAILED] wrong",), "as imaplib has it"
    assert client.state == "NONAUTH"


@pytest.mark.parametrize(
    "answer",
    [b"* CAPABILITY IMAP4rev1 MOVE\r\nTAG OK hello\r\n", b"TAG OK [CAPABILITY IMAP4rev1 MOVE] hello\r\n"],
)
def test_capabilities_announced_at_login_are_taken_over(client: ByHand, answer: bytes) -> None:
    client.state = "NONAUTH"
    client.say(answer.replace(b"TAG", client.next_tag))
    client.login("fred", "secret")
    assert client.capabilities == ("IMAP4REV1", "MOVE")
    assert client.response("CAPABILITY")[1] == [b"IMAP4rev1 MOVE"], "and are there to be asked for, as ever"


def test_proxyauth(client: ByHand) -> None:
    client.say_done()
    assert client.proxyauth("joe user") == ("OK", [b"done"])
    assert client.heard() == client.last_tag + b' PROXYAUTH "joe user"\r\n'


def test_enable_needs_a_server_that_can(client: ByHand) -> None:
    client.capabilities = ("IMAP4REV1",)
    with pytest.raises(client.error, match="ENABLE"):
        client.enable("UTF8=ACCEPT")
    client.capabilities = ("IMAP4REV1", "ENABLE")
    client.say_done()
    client.enable("CONDSTORE")
    assert not client.utf8_enabled
    client.say_done(b"NO cannot")
    client.enable("UTF8=ACCEPT")
    assert not client.utf8_enabled, "only an OK counts"


# -- UTF8=ACCEPT -------------------------------------------------------------------------------------------


def test_with_utf8_accept_everything_is_utf8(client: ByHand) -> None:
    client.say(b"* ENABLED UTF8=ACCEPT\r\n")
    client.say_done()
    assert client.enable("UTF8=ACCEPT")[0] == "OK"
    assert client.utf8_enabled
    client.heard()
    client.say_done(b"OK [READ-WRITE] selected")
    client.select("Entwürfe")
    assert client.heard() == client.last_tag + ' SELECT "Entwürfe"\r\n'.encode()
    client.say_done()
    client.search(None, "SUBJECT", "käse")
    assert client.heard() == client.last_tag + ' SEARCH SUBJECT "käse"\r\n'.encode()
    with pytest.raises(client.error, match="charset"):
        client.search("UTF-8", "SUBJECT", "käse")
    client.say(b"+ go on\r\n")
    client.say_done(b"OK [APPENDUID 1 2] done")
    client.append(None, "\\Seen", None, "Subject: Größe\n\n".encode())
    expected = " APPEND INBOX (\\Seen) UTF8 (~{20}\r\nSubject: Größe\r\n\r\n)\r\n"
    assert client.heard() == client.last_tag + expected.encode()


def test_utf8_accept_without_its_confirmation_is_what_imaplib_makes_of_it(client: ByHand) -> None:
    """RFC 5161 §3.1 wants ENABLED. Without it only imaplib says what is on, and how a message then goes."""
    client.say(b"* ENABLED CONDSTORE\r\n")
    client.say_done()
    client.enable("CONDSTORE")
    client.say_done()
    client.enable("UTF8=ACCEPT")
    assert client.response("ENABLED") == ("ENABLED", [b"CONDSTORE"])
    assert client.utf8_enabled
    client.heard()
    client.say(b"+ go on\r\n")
    client.say_done()
    client.append(None, None, None, "Subject: Größe\n".encode())
    assert client.heard() == client.last_tag + " APPEND INBOX {25}\r\nUTF8 (Subject: Größe\r\n)\r\n".encode()


# -- searching with a charset --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("SEARCH", "CHARSET", "latin-1", "TEXT", "é"), b"UID SEARCH CHARSET latin-1 TEXT {1}\r\n\xe9\r\n"),
        (("SORT", "(DATE)", "UTF-8", "TEXT", "é"), b"UID SORT (DATE) UTF-8 TEXT {2}\r\n\xc3\xa9\r\n"),
        (("THREAD", "REFS", b"UTF-8", "TEXT", "é"), b"UID THREAD REFS UTF-8 TEXT {2}\r\n\xc3\xa9\r\n"),
        (("SEARCH", "CHARSET", "KOI8-R", "ALL"), b"UID SEARCH CHARSET KOI8-R ALL\r\n"),
        (("SEARCH", "CHARSET", "nowhere", "TEXT", "x"), b"UID SEARCH CHARSET nowhere TEXT x\r\n"),
    ],
)
def test_uid_searches_spell_their_values_in_their_charset(
    client: ByHand, arguments: tuple[str, ...], sent: bytes
) -> None:
    client.state = "SELECTED"
    client.say(b"+ go on\r\n" if b"{" in sent else b"")
    client.say_done()
    client.uid(*arguments)
    assert client.heard() == client.last_tag + b" " + sent


def test_sort_and_thread_spell_theirs(client: ByHand) -> None:
    client.state = "SELECTED"
    for call in (client.sort, client.thread):
        client.say(b"+ go on\r\n")
        client.say_done()
        call("X", "UTF-8", "TEXT", "é")
    sent = client.heard()
    assert b" SORT (X) UTF-8 TEXT {2}\r\n\xc3\xa9\r\n" in sent
    assert sent.endswith(b" THREAD X UTF-8 TEXT {2}\r\n\xc3\xa9\r\n")


def test_text_outside_ascii_needs_a_charset(client: ByHand) -> None:
    client.state = "SELECTED"
    with pytest.raises(UnicodeEncodeError):
        client.search(None, "TEXT", "é")
    with pytest.raises(LookupError):
        client.search("no-such-charset", "TEXT", "é")


# -- programs ------------------------------------------------------------------------------------------------


SERVER = """
import sys
def say(text):
    sys.stdout.write(text.replace("|", chr(13) + chr(10)))
    sys.stdout.flush()
say("* PREAUTH hello|")
for line in sys.stdin:
    tag, command = line.split()[:2]
    said = {"CAPABILITY": "* CAPABILITY IMAP4rev1|", "LOGOUT": "* BYE bye|"}.get(command, "")
    say(said + tag + " OK done|")
"""
STUBBORN = (
    SERVER
    + "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(60)\n"
)


def command_of(program: str) -> str:
    """A shell command that becomes the program, so that signals reach it."""
    return "exec " + shlex.join([sys.executable, "-c", program])


def test_a_program_is_talked_to_and_ends() -> None:
    with classic.IMAP4_stream(command_of(SERVER)) as client:
        assert client.state == "AUTH"
        assert client.noop() == ("OK", [b"done"])
        assert client.socket() is client.sock
    assert client.process.returncode == 0


def test_a_program_that_will_not_end_is_made_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PATIENCE", 0.05)
    with classic.IMAP4_stream(command_of(STUBBORN)) as client:
        client.noop()
    assert client.process.returncode in (-signal.SIGTERM, -signal.SIGKILL)


def test_a_program_that_does_not_exist() -> None:
    with pytest.raises(classic.IMAP4.abort):
        classic.IMAP4_stream("exec /no/such/program 2>&-")


def test_nothing_stays_open_when_no_program_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with pytest.raises(OSError, match="no more"):
        classic.IMAP4_stream("anything")
