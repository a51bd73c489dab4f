"""What is left: rare answers to every kind of command, and programs that will not end."""

from __future__ import annotations

import hmac
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from imapcore import classic
from imapcore.classic import stream
from imapcore.errors import InvalidArgument
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


def test_utf8_accept_without_its_confirmation_leaves_the_message_whole(client: ByHand) -> None:
    """RFC 5161 §3.1 wants ENABLED; a server that only says OK is believed, and the mark stays outside."""
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
    assert client.heard() == client.last_tag + " APPEND INBOX UTF8 (~{18}\r\nSubject: Größe\r\n)\r\n".encode()


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


# -- what the server says unasked ------------------------------------------------------------


@pytest.mark.parametrize("kind", [b"OK", b"PREAUTH"])
def test_the_capabilities_of_the_greeting_are_used_and_not_asked_for(kind: bytes) -> None:
    greeting = b"* " + kind + b" [CAPABILITY IMAP4rev1 Enable] ready\r\n"
    with ScriptedServer({}, greeting) as server, classic.IMAP4("127.0.0.1", server.port, timeout=5) as client:
        assert client.capabilities == ("IMAP4REV1", "ENABLE")
        assert client.response("CAPABILITY") == ("CAPABILITY", [None])
        assert server.heard == []


@pytest.mark.parametrize(
    "sign_in",
    [
        lambda client: client.login("user", "pass"),
        lambda client: client.authenticate("PLAIN", lambda challenge: b"\0user\0pass"),
    ],
    ids=["login", "authenticate"],
)
def test_capabilities_are_asked_for_again_after_signing_in_where_none_are_announced(
    sign_in: Callable[[classic.IMAP4], object],
) -> None:
    answers = {
        "LOGIN": b"TAG OK done\r\n",
        "AUTHENTICATE": b"+ \r\nWAITTAG OK done\r\n",
        "CAPABILITY": b"* CAPABILITY IMAP4rev1 MOVE\r\nTAG OK done\r\n",
    }
    greeting = b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n"
    with (
        ScriptedServer(answers, greeting) as server,
        classic.IMAP4("127.0.0.1", server.port, timeout=5) as client,
    ):
        sign_in(client)
        assert client.capabilities == ("IMAP4REV1", "MOVE")
        assert server.heard[-1] == b"CAPABILITY\r\n"


def test_what_was_announced_before_signing_in_is_not_what_holds_afterwards(client: ByHand) -> None:
    client.state = "NONAUTH"
    client.untagged_responses["CAPABILITY"] = [b"IMAP4rev1 OLD"]
    client.answer(b"* CAPABILITY IMAP4rev1 NEW\r\n")
    client.say_done()
    client.login("user", "pass")
    assert client.capabilities == ("IMAP4REV1", "NEW")


@pytest.mark.parametrize(
    "greeting",
    [b"+OK POP3 ready", b"+", b"+ go on", b"220 smtp", b"* BYE [X] not now", b"SSH-2.0-x", b"A1 OK"],
)
def test_a_greeting_that_is_none_is_told(greeting: bytes) -> None:
    words = "invalid greeting: " + re.escape(greeting.decode())
    with ScriptedServer({}, greeting + b"\r\n") as server, pytest.raises(classic.IMAP4.error, match=words):
        classic.IMAP4("127.0.0.1", server.port, timeout=5)


# -- an answer that is there before its command ------------------------------------------------------------


@pytest.mark.parametrize(
    "early",
    [
        b"NEXT OK done\r\n",
        b"* 3 EXISTS\r\nNEXT OK done\r\n",
        b"NEXT OK do",
        b"* 3 EXISTS\r\nNEXT",
        b"XX7 NO never asked\r\n",
        b"nonsense\r\n",
    ],
)
@pytest.mark.parametrize("has_been_read", [False, True], ids=["in the socket", "behind the last answer"])
def test_an_answer_that_comes_before_its_command_ends_the_connection(
    client: ByHand, early: bytes, has_been_read: bool
) -> None:
    if has_been_read:
        # One packet: the answer that was asked for, and behind it one to the command after.
        after_next = client.tagpre + b"%d" % (client.tagnum + 1)
        client.answer(client.next_tag + b" OK done\r\n" + early.replace(b"NEXT", after_next))
        client.noop()
        client.heard()
    else:
        client._far.sendall(early.replace(b"NEXT", client.next_tag))
    with pytest.raises(client.abort, match="before its command"):
        client.create("Never")
    assert client.sock.fileno() == -1
    assert client._far.recv(100) == b"", "nothing was sent"


def test_news_that_waits_is_heard_with_the_next_answer(client: ByHand) -> None:
    client.say(b"* 3 EXISTS\r\n* 2 FETCH (BODY[] {8}\r\nX1 OK no UID 3)\r\n")
    client.say_done()
    assert client.noop()[0] == "OK"
    assert client.response("EXISTS") == ("EXISTS", [b"3"])
    assert client.response("FETCH") == ("FETCH", [(b"2 (BODY[] {8}", b"X1 OK no"), b" UID 3)"])


def test_news_cut_in_the_middle_goes_on_after_the_command_was_sent(client: ByHand) -> None:
    client.say(b"* 2 FETCH (BODY[] {8}\r\nX1 ")
    client.answer(b"OK no UID 3)\r\n")
    client.say_done()
    assert client.noop()[0] == "OK"
    assert client.response("FETCH") == ("FETCH", [(b"2 (BODY[] {8}", b"X1 OK no"), b" UID 3)"])


def test_what_waited_can_be_read_by_hand_afterwards(client: ByHand) -> None:
    client.say(b"* 3 EXISTS\r\n* 4 EX")
    client._check_early_answers()
    assert client.readline() == b"* 3 EXISTS\r\n"
    client.say(b"ISTS\r\n")
    assert client.readline() == b"* 4 EXISTS\r\n"


def test_answers_to_commands_in_flight_may_wait(client: ByHand) -> None:
    first = client._command("NOOP")
    client.say(first + b" OK one\r\n")
    client.say_done()
    second = client._command("NOOP")
    assert client._command_complete("NOOP", second) == ("OK", [b"done"])
    assert client._command_complete("NOOP", first) == ("OK", [b"one"])


# -- quoting as of Python 3.14 ------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "sent"),
    [
        (lambda c: c.search("NF_Z_62-010_(1973)", "ALL"), b'SEARCH CHARSET "NF_Z_62-010_(1973)" ALL'),
        (lambda c: c.sort("DATE", "a b", "ALL"), b'SORT (DATE) "a b" ALL'),
        (lambda c: c.sort("DATE", None, "ALL"), b"SORT (DATE) ALL"),
        (lambda c: c.thread("REFS", 'a"b', "ALL"), b'THREAD REFS "a\\"b" ALL'),
        (lambda c: c.uid("SEARCH", "CHARSET", "x(y)", "ALL"), b'UID SEARCH CHARSET "x(y)" ALL'),
        (lambda c: c.uid("SORT", "DATE", "x(y)", "ALL"), b'UID SORT (DATE) "x(y)" ALL'),
        (lambda c: c.uid("SORT", "(DATE)", '"UTF-8"', "ALL"), b'UID SORT (DATE) "UTF-8" ALL'),
        (lambda c: c.uid("THREAD", "REFS", "x(y)", "ALL"), b'UID THREAD REFS "x(y)" ALL'),
        (lambda c: c.fetch("2:4", "FLAGS"), b"FETCH 2:4 (FLAGS)"),
        (lambda c: c.fetch("2:4", b"FLAGS UID"), b"FETCH 2:4 (FLAGS UID)"),
        (lambda c: c.fetch("2:4", "(FLAGS)"), b"FETCH 2:4 (FLAGS)"),
        (lambda c: c.fetch("2:4", "Full"), b"FETCH 2:4 Full"),
        (lambda c: c.uid("FETCH", "2", "FLAGS"), b"UID FETCH 2 (FLAGS)"),
        (lambda c: c.uid("FETCH", "2", "fast"), b"UID FETCH 2 fast"),
        (
            lambda c: c.uid("FETCH", "2", "FLAGS", "(CHANGEDSINCE 5)"),
            b"UID FETCH 2 (FLAGS) (CHANGEDSINCE 5)",
        ),
        (lambda c: c.setquota("my root", "STORAGE 512"), b'SETQUOTA "my root" (STORAGE 512)'),
        (lambda c: c.setquota("", "(STORAGE 512)"), b'SETQUOTA "" (STORAGE 512)'),
        (lambda c: c.getannotation("New folder", "/c", "v"), b'GETANNOTATION "New folder" /c v'),
        (
            lambda c: c.setannotation("New folder", "/c", '("v" "x")'),
            b'SETANNOTATION "New folder" /c ("v" "x")',
        ),
    ],
)
def test_arguments_go_out_as_python_3_14_sends_them(
    client: ByHand, call: Callable[[ByHand], object], sent: bytes
) -> None:
    client.state = "SELECTED"
    client.say_done()
    call(client)
    assert client.heard() == client.last_tag + b" " + sent + b"\r\n"


@pytest.mark.parametrize(
    "argument", ["INBOX", "New folder", 'a"b', "a\\b", "", "*", '"x"', '"', "a\rb", b"\xc3\xbc"]
)
def test_the_half_public_quoting_quotes_once_and_sending_still_refuses(
    client: ByHand, argument: str | bytes
) -> None:
    for quote in (client._astring, client._list_mailbox):
        once = quote(argument)
        assert quote(once) == once
    if argument == "a\rb":
        with pytest.raises(InvalidArgument):
            client._simple_command("CREATE", client._astring(argument))
    assert client._list_mailbox("foo/%") == b"foo/%"
    assert client._astring("foo/%") == b'"foo/%"'
