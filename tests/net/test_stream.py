"""The stream itself: addresses, deadlines, errors of the system, and what ends a wait."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from imapcore import errors
from imapcore.clock import SystemClock
from imapcore.model import Security
from imapcore.net.endpoint import Deadlines, Endpoint
from imapcore.net.stream import Readiness, Stream
from imapcore.net.wakeup import Wakeup
from tests.net.scripted import PATIENCE, QUICK, Peer, serving

LOCAL = Endpoint("localhost", 9, Security.NONE)
Info = list[tuple[int, int, int, str, tuple[str, int]]]


def resolves_to(monkeypatch: pytest.MonkeyPatch, answer: Callable[[], Info]) -> None:
    """Let the system's resolver answer so."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer())


def address(host: str, port: int) -> tuple[int, int, int, str, tuple[str, int]]:
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))


def opened(endpoint: Endpoint, deadlines: Deadlines = QUICK) -> Stream:
    wakeup = Wakeup()
    try:
        return Stream.open(endpoint, wakeup=wakeup, deadlines=deadlines)
    finally:
        wakeup.close()


def test_tries_every_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        dead = int(unused.getsockname()[1])
    wakeup = Wakeup()
    with serving(lambda peer: peer.say("* OK")) as server:
        resolves_to(monkeypatch, lambda: [address("127.0.0.1", dead), address("127.0.0.1", server.port)])
        stream = Stream.open(LOCAL, wakeup=wakeup, deadlines=QUICK)
        assert stream.receive() == b"* OK\r\n"
        stream.close()
    resolves_to(monkeypatch, lambda: [address("127.0.0.1", dead), address("127.0.0.1", dead)])
    with pytest.raises(errors.ConnectionRefused):
        Stream.open(LOCAL, wakeup=wakeup, deadlines=QUICK)
    wakeup.close()


def test_a_resolver_that_lies_about_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without TLS only loopback may be asked, whatever "localhost" resolves to."""
    resolves_to(monkeypatch, lambda: [address("192.0.2.1", 143)])
    with pytest.raises(errors.InvalidArgument, match="not this machine"):
        opened(LOCAL)


def test_a_resolver_that_fails_or_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks() -> Info:
        raise OSError(5, "broken")

    resolves_to(monkeypatch, breaks)
    with pytest.raises(errors.LinkError):
        opened(LOCAL)
    resolves_to(monkeypatch, list)
    with pytest.raises(errors.LinkError):
        opened(Endpoint("example.com"))
    release = threading.Event()

    def sleeps() -> Info:
        release.wait(PATIENCE)
        return []

    resolves_to(monkeypatch, sleeps)
    with pytest.raises(errors.Timeout, match="could not be looked up"):
        opened(LOCAL, Deadlines(connect=0.05))
    release.set()


def test_an_address_that_swallows_packets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A listener whose queue is full answers no one more: the deadline ends it."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = int(full.getsockname()[1])
        waiting = []
        for _ in range(4):
            sock = socket.socket()
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", port))
            waiting.append(sock)
        with pytest.raises(errors.Timeout, match="did not answer"):
            opened(Endpoint("127.0.0.1", port, Security.NONE), Deadlines(connect=0.1))
        for sock in waiting:
            sock.close()


def test_an_address_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, lambda: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("255.255.255.255", 1))])
    with pytest.raises(errors.LinkError):
        opened(Endpoint("example.com"))
    resolves_to(monkeypatch, lambda: [(12345, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1))])
    with pytest.raises(errors.LinkError):
        opened(Endpoint("example.com"))


def test_a_peer_that_resets(monkeypatch: pytest.MonkeyPatch) -> None:
    def script(peer: Peer) -> None:
        # Not before the client has seen the connection stand: a reset can overtake its connect.
        peer.sock.recv(1)
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    wakeup = Wakeup()
    with serving(script) as server:
        stream = Stream.open(server.endpoint(), wakeup=wakeup, deadlines=QUICK)
        stream.send(b"x")
        with pytest.raises(errors.ConnectionLost):
            stream.receive()
        with pytest.raises(errors.ConnectionLost):
            stream.send(b"x" * (16 << 20))
        stream.close()
        with pytest.raises(errors.ConnectionLost, match="closed"):
            stream.send(b"x")
    wakeup.close()


def test_what_ends_a_wait() -> None:
    wakeup, clock = Wakeup(), SystemClock()

    def script(peer: Peer) -> None:
        assert peer.sock.recv(1) == b"x"
        peer.say("y")
        peer.wait_for_close()

    with serving(script) as server:
        stream = Stream.open(server.endpoint(), wakeup=wakeup, deadlines=QUICK)
        assert stream.wait(clock.monotonic()) is Readiness.TIMEOUT
        assert stream.wait(clock.monotonic() + 0.02) is Readiness.TIMEOUT
        assert stream.read_some() is None
        wakeup.wake()
        assert stream.wait(clock.monotonic() + PATIENCE) is Readiness.WOKEN
        wakeup.wake()
        stream.send(b"x")
        assert stream.receive() == b"y\r\n"
        assert stream.wait(clock.monotonic() + PATIENCE) is Readiness.WOKEN
        wakeup.interrupt()
        with pytest.raises(errors.Interrupted):
            stream.wait(clock.monotonic() + PATIENCE)
        stream.close()
        assert stream.wait(clock.monotonic()) is Readiness.DATA
        assert stream.read_some() == b""
    wakeup.close()
