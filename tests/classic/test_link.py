"""The connection under the IMAP4 object: what a subclass may replace, limits, losses, and TLS half way."""

from __future__ import annotations

import gc
import io
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imapcore import classic
from imapcore.errors import InvalidArgument
from imapcore.net.blocking_socket import context_for
from tests.classic.by_hand import ByHand
from tests.classic.scripted import ScriptedServer

FETCHED = b"* 1 FETCH (BODY[] {5}\r\na\r\nb! UID 3)\r\n* 2 FETCH (UID 4)\r\n"
EXPECTED = [(b"1 (BODY[] {5}", b"a\r\nb!"), b" UID 3)", b"2 (UID 4)"]


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two connected sockets."""
    near, far = socket.socketpair()
    with near, far:
        yield near, far


@pytest.fixture
def client(pair: tuple[socket.socket, socket.socket]) -> ByHand:
    """A signed-in client with a mailbox selected, with the test as its server."""
    client = ByHand(*pair)
    client.say_done(b"OK [READ-WRITE] selected")
    client.select()
    client.heard()
    return client


# -- what a subclass may replace ----------------------------------------------------------------------


class ReadsByItself(ByHand):
    """Overrides ``read``, ``readline`` and ``send``, as imaplib documents."""

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        super().open(host, port, timeout)
        self.lines: BinaryIO = self.sock.makefile("rb")
        self.sent: list[bytes] = []

    def read(self, size: int) -> bytes:
        return self.lines.read(size)

    def readline(self) -> bytes:
        return self.lines.readline()

    def send(self, data: bytes) -> None:
        self.sent.append(data)
        super().send(data)

    def shutdown(self) -> None:
        self.lines.close()
        super().shutdown()


class GivesAFile(ByHand):
    """Sets ``file`` in its ``open``, as programs written for older Pythons do."""

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        super().open(host, port, timeout)
        self.file = self.sock.makefile("rb")


@pytest.mark.parametrize("kind", [ReadsByItself, GivesAFile])
def test_a_subclass_may_bring_its_own_reading(
    kind: type[ByHand], pair: tuple[socket.socket, socket.socket]
) -> None:
    client = kind(*pair)
    client.state = "SELECTED"
    client.say(FETCHED)
    client.say_done()
    assert client.fetch("1:2", "(BODY[])") == ("OK", EXPECTED)
    client.say(b"* a line\r\nand 4")
    assert client._get_line() == b"* a line"
    assert client.read(5) == b"and 4"
    if isinstance(client, ReadsByItself):
        assert client.sent[-1].endswith(b" FETCH 1:2 (BODY[])\r\n")
    client.shutdown()


def test_a_subclass_may_bring_its_own_socket(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair

    class Tunnelled(classic.IMAP4):
        def _create_socket(self, timeout: float | None) -> socket.socket:
            far.sendall(b"* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n")
            return near

    client = Tunnelled("far.example.org", 1143)
    assert (client.host, client.port, client.state, client.sock) == ("far.example.org", 1143, "AUTH", near)
    assert client.socket() is near
    client.shutdown()


def test_callers_who_read_by_themselves_and_commands_may_take_turns(client: ByHand) -> None:
    client.say(b"* 1 EXISTS\r\n* 2 EXISTS\r\n* 3 EXPUNGE\r\n")
    assert client.readline() == b"* 1 EXISTS\r\n"
    assert client.read(5) == b"* 2 E"
    assert client.readline() == b"XISTS\r\n"
    client.say(FETCHED)
    client.say_done()
    assert client.fetch("1:2", "(BODY[])") == ("OK", EXPECTED)
    assert client.response("EXPUNGE") == ("EXPUNGE", [b"3"])


def test_a_line_cut_by_a_timeout_is_whole_the_next_time(client: ByHand) -> None:
    client.say(b"* 1 EXI")
    client.sock.setblocking(False)
    with pytest.raises(BlockingIOError):
        client._get_line()
    client.say(b"STS\r\n")
    assert client._get_line() == b"* 1 EXISTS"


def test_what_had_arrived_of_a_response_can_be_read_by_hand(client: ByHand) -> None:
    client.say(b"* 1 EXI")
    assert not client._wait_for_response(0.001)
    client.say(b"STS\r\n")
    assert client._get_line() == b"* 1 EXISTS"


@pytest.mark.parametrize(
    ("said", "words"), [(b"", "EOF"), (b"* 1 EXI", "untermi"), (b"* 1 EXISTS\n", "untermi")]
)
def test_a_line_that_does_not_end_as_it_should(client: ByHand, said: bytes, words: str) -> None:
    client.say(said)
    client.hang_up()
    with pytest.raises(client.abort, match=words):
        client._get_line()
    assert client.read(5) == b"", "the end of the stream"
    client.shutdown()


def test_the_file_is_not_for_use(client: ByHand) -> None:
    with pytest.warns(RuntimeWarning, match="file"):
        assert client.file is None
    client.file = io.BytesIO(b"* 7 EXISTS\r\n")
    assert client._get_line() == b"* 7 EXISTS"


# -- responses in pieces --------------------------------------------------------------------------------


class Dripping(ByHand):
    """The far end's answers come in pieces of these sizes, and then the rest."""

    def __init__(self, near: socket.socket, far: socket.socket, cuts: list[int]) -> None:
        self.cuts: list[int] = []
        super().__init__(near, far)
        self.cuts = cuts

    def flush(self, data: bytes) -> None:
        self.dripping = threading.Thread(target=self.drip, args=(data,))
        self.dripping.start()

    def drip(self, data: bytes) -> None:
        for cut in self.cuts:
            super().flush(data[:cut])
            data = data[cut:]
        super().flush(data)


@given(cuts=st.lists(st.integers(1, 20), max_size=20))
@settings(deadline=None, max_examples=40)
def test_a_response_may_come_in_any_pieces(cuts: list[int]) -> None:
    near, far = socket.socketpair()
    with near, far:
        client = Dripping(near, far, cuts)
        client.state = "SELECTED"
        client.answer(FETCHED)
        client.say_done()
        try:
            assert client.fetch("1:2", "(BODY[])") == ("OK", EXPECTED)
        finally:
            client.dripping.join(10)


def test_blank_lines_and_small_letters_are_forgiven(client: ByHand) -> None:
    client.say(b"\r\n* 5 exists\r\n\r\n* ok [uidnext 9] hello\r\n")
    client.say(client.next_tag + b" ok done\r\n")
    assert client.noop() == ("OK", [b"done"])
    assert client.response("EXISTS") == ("EXISTS", [b"5"])
    assert client.response("UIDNEXT") == ("UIDNEXT", [b"9"])


def test_brackets_in_a_response_code(client: ByHand) -> None:
    client.say(b"* OK [PERMANENTFLAGS (\\Seen [x] a] \\*)] Limited [really]\r\n* OK [ALERT no end\r\n")
    client.say_done(b"OK [COPYUID 1 2 3] done [it]")
    client.noop()
    assert client.response("PERMANENTFLAGS")[1] == [b"(\\Seen [x] a] \\*)"]
    assert client.response("COPYUID")[1] == [b"1 2 3"]
    assert client.response("ALERT")[1] == [None], "a code without an end is no code"


# -- losses and limits ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"* 1 EXI",
        b"* 1 FETCH (BODY[] {10}\r\nabc",
        b"* 1 EXISTS\n* 2 EXISTS\r\n",
        b"garbage\r\n",
        b"* \r\n",
    ],
)
def test_a_broken_connection_is_an_abort(client: ByHand, said: bytes) -> None:
    client.say(said)
    client.hang_up()
    with pytest.raises(client.abort):
        client._get_response()


def test_sending_to_nobody_is_an_abort(client: ByHand) -> None:
    client.sock.close()
    with pytest.raises(client.abort, match="socket error"):
        client.noop()


def test_a_silent_server_is_a_timeout(client: ByHand) -> None:
    client.sock.settimeout(0.01)
    with pytest.raises(TimeoutError):
        client.noop()


def test_an_endless_line_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classic, "_MAXLINE", 60)
    near, far = socket.socketpair()
    with near, far:
        client = ByHand(near, far)
        client.say(b"* OK " + b"x" * 100)
        with pytest.raises(client.error, match="more than 60 bytes"):
            client._get_response()


def test_an_endless_line_is_an_error_for_callers_who_read_by_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(classic, "_MAXLINE", 60)
    near, far = socket.socketpair()
    with near, far:
        client = ByHand(near, far)
        client.say(b"x" * 100)
        with pytest.raises(client.error, match="more than 60 bytes"):
            client._get_line()


def test_a_literal_beyond_all_measure_is_refused(client: ByHand) -> None:
    client.say(b"* 1 FETCH (BODY[] {99999999999}\r\n")
    with pytest.raises(client.abort):
        client._get_response()


def test_nothing_stays_open_when_connecting_fails() -> None:
    with ScriptedServer({}, greeting=b"* BYE go away\r\n") as server:
        with pytest.raises(classic.IMAP4.error, match="go away"):
            classic.IMAP4("127.0.0.1", server.port, timeout=5)
        gc.collect()  # an open socket would warn, and warnings are errors here
    with pytest.raises(ConnectionRefusedError):
        classic.IMAP4("127.0.0.1", server.port, timeout=5)
    with pytest.raises(OSError, match=r".") as caught:
        classic.IMAP4("no-such-host.invalid", 143, timeout=5)
    assert isinstance(caught.value, socket.gaierror | TimeoutError)


def test_a_timeout_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="timeout"):
        classic.IMAP4("127.0.0.1", 143, timeout=0)


def test_the_timeout_is_that_of_the_socket() -> None:
    with ScriptedServer({}) as server:
        with classic.IMAP4("127.0.0.1", server.port, timeout=7.5) as client:
            assert client.sock.gettimeout() == 7.5
        with classic.IMAP4("127.0.0.1", server.port) as client:
            assert client.sock.gettimeout() is None


def test_leaving_the_block_of_a_lost_connection_is_quiet(pair: tuple[socket.socket, socket.socket]) -> None:
    client = ByHand(*pair)
    client.sock.settimeout(0.01)
    with client:
        pass
    assert client.sock.fileno() == -1


# -- TLS half way ------------------------------------------------------------------------------------------


def test_bytes_before_the_handshake_end_the_connection(pair: tuple[socket.socket, socket.socket]) -> None:
    client = ByHand(*pair, capabilities=b"STARTTLS")
    client.state = "NONAUTH"
    client.say(client.next_tag + b" OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")
    with pytest.raises(client.abort, match="before the TLS handshake"):
        client.starttls()


def test_starttls_where_there_is_none(client: ByHand) -> None:
    with pytest.raises(client.abort, match="TLS"):
        client.starttls()


def test_starttls_refused(pair: tuple[socket.socket, socket.socket]) -> None:
    client = ByHand(*pair, capabilities=b"STARTTLS")
    client.state = "NONAUTH"
    client.say_done(b"NO not now")
    with pytest.raises(client.error, match="TLS"):
        client.starttls()


def test_certificates_are_verified_but_on_this_machine() -> None:
    assert context_for("imap.example.org").verify_mode is ssl.CERT_REQUIRED
    assert context_for("imap.example.org").check_hostname
    for here in ("", "localhost", "127.0.0.1", "::1"):
        assert context_for(here).verify_mode is ssl.CERT_NONE
    for host in ("imap.example.org", ""):
        assert context_for(host).minimum_version is ssl.TLSVersion.TLSv1_2


def test_a_clients_certificate_the_old_way() -> None:
    with pytest.raises(ValueError, match="ssl_context"):
        classic.IMAP4_SSL(certfile="x", ssl_context=ssl.create_default_context())
    with pytest.warns(DeprecationWarning, match="certfile"), pytest.raises(FileNotFoundError):
        classic.IMAP4_SSL(certfile="no such file")


# -- no argument is a second command ---------------------------------------------------------------------


@given(before=st.text(max_size=8), bad=st.sampled_from("\r\n\0"), after=st.text(max_size=8))
@settings(deadline=None, max_examples=30)
def test_no_argument_of_any_method_starts_a_second_command(before: str, bad: str, after: str) -> None:
    evil = before + bad + after
    near, far = socket.socketpair()
    with near, far:
        client = ByHand(near, far)
        client.state = "SELECTED"
        client.heard()
        far.setblocking(False)
        calls: list[Callable[[], object]] = [
            lambda: client.select(evil.encode()),
            lambda: client.status("INBOX", evil),
            lambda: client.search(None, evil),
            lambda: client.search(None, "FROM", evil),
            lambda: client.fetch(evil, "(UID)"),
            lambda: client.fetch("1", evil),
            lambda: client.store("1", evil, "(x)"),
            lambda: client.store("1", "FLAGS", evil),
            lambda: client.copy("1", evil.encode()),
            lambda: client.uid("SEARCH", evil),
            lambda: client.uid("COPY", "1", evil.encode()),
            lambda: client.list(evil.encode()),
            lambda: client.xatom("X", evil),
            lambda: client.append(evil.encode(), None, None, b""),
            lambda: client.append("INBOX", evil, None, b""),
            lambda: client.partial("1", evil, 1, 2),
            lambda: client._simple_command("NOOP", evil),
        ]
        for call in calls:
            with pytest.raises((InvalidArgument, UnicodeEncodeError)):
                call()
        client.state = "NONAUTH"
        for user, password in ((evil, "x"), ("x", evil)):
            with pytest.raises(InvalidArgument):
                client.login(user, password)
        with pytest.raises(BlockingIOError):
            far.recv(1)


def test_a_literal_cannot_be_announced_by_an_argument(client: ByHand) -> None:
    with pytest.raises(InvalidArgument):
        client.search(None, "TEXT {5}")
    client.say_done()
    assert client.search(None, "TEXT", "{5}")[0] == "OK"
    assert client.heard().endswith(b' SEARCH TEXT "{5}"\r\n')


def test_a_refused_argument_leaves_nothing_behind(client: ByHand) -> None:
    with pytest.raises(InvalidArgument):
        client.xatom("X", "a\r\nb")
    with pytest.raises(InvalidArgument):
        client._simple_command("NOOP", "a\r\nb")
    assert client.tagged_commands == {}
    client.say_done()
    client.noop()
    assert client.heard() == client.last_tag + b" NOOP\r\n"


# -- literals of the caller's own --------------------------------------------------------------------------


def test_a_literal_waiting_on_the_object_ends_the_next_command(client: ByHand) -> None:
    client.literal = "käse".encode()
    client.answer(b"+ go on\r\n* SEARCH 4\r\n")
    client.say_done()
    assert client.uid("SEARCH", "CHARSET", "UTF-8", "SUBJECT") == ("OK", [b"4"])
    assert client.heard() == client.last_tag + b" UID SEARCH CHARSET UTF-8 SUBJECT {5}\r\nk\xc3\xa4se\r\n"
    assert client.literal is None


def test_eight_bit_values_are_literals(client: ByHand) -> None:
    client.answer(b"+ go on\r\n* SEARCH 4\r\n")
    client.say_done()
    assert client.search("UTF-8", "SUBJECT", "käse", "SEEN") == ("OK", [b"4"])
    expected = b" SEARCH CHARSET UTF-8 SUBJECT {5}\r\nk\xc3\xa4se SEEN\r\n"
    assert client.heard() == client.last_tag + expected


def test_a_password_outside_ascii_is_a_literal(client: ByHand) -> None:
    client.state = "NONAUTH"
    client.answer(b"+ go on\r\n")
    client.say_signed_in()
    assert client.login("joe", "pässword")[0] == "OK"
    assert client.heard() == client.last_tag + b" LOGIN joe {9}\r\np\xc3\xa4ssword\r\n"


def test_the_server_may_refuse_a_literal(client: ByHand) -> None:
    client.say_done(b"NO [OVERQUOTA] full")
    assert client.append("INBOX", None, None, b"Subject: x\n\n") == ("NO", [b"[OVERQUOTA] full"])
    assert client.heard() == client.last_tag + b" APPEND INBOX {14}\r\n"
