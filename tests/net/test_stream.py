"""The stream on real loopback sockets: deadlines, wake, interrupt, compression, refusals."""

from __future__ import annotations

import errno
import socket
import threading
import time
import zlib
from collections.abc import Iterator

import pytest

from imapcore.errors import ConnectionLost, ConnectionRefused, Interrupted, InvalidArgument, Timeout
from imapcore.model import Security
from imapcore.net.endpoint import Deadlines, Endpoint, is_loopback
from imapcore.net.stream import Readiness, Stream


@pytest.fixture
def pair() -> Iterator[tuple[Stream, socket.socket]]:
    """A stream and the socket at its other end."""
    near, far = socket.socketpair()
    stream = Stream(near, Deadlines(read=5, write=5))
    try:
        yield stream, far
    finally:
        stream.close()
        far.close()


def test_octets_cross_both_ways(pair: tuple[Stream, socket.socket]) -> None:
    stream, far = pair
    far.sendall(b"* OK ready\r\n")
    assert stream.read() == b"* OK ready\r\n"
    stream.write(b"a1 NOOP\r\n")
    assert far.recv(100) == b"a1 NOOP\r\n"
    assert (stream.octets_in, stream.octets_out) == (12, 9)


def test_a_closed_peer_reads_as_nothing(pair: tuple[Stream, socket.socket]) -> None:
    stream, far = pair
    far.close()
    assert stream.read() == b""


def test_a_read_ends_at_its_deadline(pair: tuple[Stream, socket.socket]) -> None:
    stream, _ = pair
    with pytest.raises(Timeout):
        stream.read(end=time.monotonic() + 0.02)


def test_a_write_nobody_takes_ends_at_its_deadline(pair: tuple[Stream, socket.socket]) -> None:
    stream, _ = pair
    with pytest.raises(Timeout):
        stream.write(b"x" * (8 << 20), end=time.monotonic() + 0.05)


def test_interrupt_ends_a_blocked_read_within_100_ms(pair: tuple[Stream, socket.socket]) -> None:
    stream, _ = pair
    is_reading = threading.Event()
    ended: list[float] = []

    def read() -> None:
        is_reading.set()
        with pytest.raises(Interrupted):
            stream.read()
        ended.append(time.monotonic())

    reader = threading.Thread(target=read)
    reader.start()
    assert is_reading.wait(5)
    asked = time.monotonic()
    stream.interrupt()
    reader.join(5)
    assert ended
    assert ended[0] - asked < 0.1
    with pytest.raises(Interrupted):
        stream.write(b"never")


def test_wake_ends_a_wait_and_not_a_read(pair: tuple[Stream, socket.socket]) -> None:
    stream, far = pair
    assert stream.wait(0) is Readiness.TIMEOUT
    stream.wake()
    far.sendall(b"x")
    assert stream.read() == b"x"
    assert stream.wait(5) is Readiness.WOKEN
    far.sendall(b"y")
    assert stream.wait(5) is Readiness.READABLE


def test_a_wake_while_reading_is_kept_for_the_next_wait(pair: tuple[Stream, socket.socket]) -> None:
    stream, _ = pair
    stream.wake()
    with pytest.raises(Timeout):
        stream.read(end=time.monotonic() + 0.02)
    assert stream.wait(5) is Readiness.WOKEN
    assert stream.wait(0) is Readiness.TIMEOUT


def test_deflate_both_ways_in_slices(pair: tuple[Stream, socket.socket]) -> None:
    stream, far = pair
    stream.start_compression()
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    plain = b"* 1 FETCH (FLAGS ())\r\n" * 50_000
    far.sendall(deflater.compress(plain) + deflater.flush(zlib.Z_SYNC_FLUSH))
    got = b""
    while len(got) < len(plain):
        piece = stream.read()
        assert 0 < len(piece) <= 1 << 18
        got += piece
    assert got == plain
    stream.write(b"a1 NOOP\r\n")
    assert zlib.decompressobj(-zlib.MAX_WBITS).decompress(far.recv(1000)) == b"a1 NOOP\r\n"


def test_a_damaged_compressed_stream_is_a_lost_connection(pair: tuple[Stream, socket.socket]) -> None:
    stream, far = pair
    stream.start_compression()
    far.sendall(b"\xff" * 64)
    with pytest.raises(ConnectionLost):
        stream.read()


def test_nobody_listening_is_refused() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        with pytest.raises(ConnectionRefused):
            Stream.open(Endpoint("127.0.0.1", port, Security.NONE))


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("imap.gmail.com", False),
        ("127.0.0.1.example", False),
        ("10.0.0.1", False),
    ],
)
def test_loopback_is_told_without_a_resolver(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_no_tls_is_for_loopback_only() -> None:
    with pytest.raises(InvalidArgument, match="password in clear"):
        Endpoint("imap.gmail.com", 143, Security.NONE)


@pytest.mark.parametrize(("host", "port"), [("", 993), ("a b", 993), ("h\0", 993), ("h", 0), ("h", 65536)])
def test_an_endpoint_must_make_sense(host: str, port: int) -> None:
    with pytest.raises(InvalidArgument):
        Endpoint(host, port)


def test_a_released_socket_is_an_ordinary_one(pair: tuple[Stream, socket.socket]) -> None:
    stream, far = pair
    sock = stream.release()
    try:
        stream.close()
        stream.interrupt()
        far.sendall(b"still there")
        assert sock.gettimeout() is None
        assert sock.recv(100) == b"still there"
    finally:
        sock.close()


def test_a_refused_connection_tells_the_system_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    with pytest.raises(ConnectionRefused) as caught:
        Stream.open(Endpoint("127.0.0.1", port, Security.NONE), Deadlines(connect=5))
    assert isinstance(caught.value.__cause__, ConnectionRefusedError)
    assert caught.value.__cause__.errno == errno.ECONNREFUSED
