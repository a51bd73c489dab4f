"""TLS, STARTTLS and DEFLATE: verified, bounded, and with nothing slipped in between."""

from __future__ import annotations

import socket
import ssl
import warnings
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
import trustme

from imapcore import errors
from imapcore.model import Security
from imapcore.net.connection import Connection
from imapcore.net.endpoint import Deadlines, make_tls_context
from imapcore.net.filters import INFLATED, DeflateLayer
from imapcore.protocol.auth import Plain
from imapcore.protocol.commands import Append, Fetch, Login, Noop, Select
from imapcore.wire.encoder import Secret
from imapcore.wire.uidset import UidSet
from tests.net.scripted import QUICK, Peer, serving

EVERYTHING = UidSet.everything()


@dataclass
class Trust:
    """A certificate authority made for the test: both ends' contexts."""

    server: ssl.SSLContext
    client: ssl.SSLContext


def make_trust(*names: str, common_name: str | None = None) -> Trust:
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), make_tls_context()
    authority.issue_cert(*names, common_name=common_name).configure_cert(server)
    authority.configure_trust(client)
    return Trust(server, client)


@pytest.fixture(scope="module")
def trust() -> Trust:
    return make_trust("localhost")


# -- TLS ---------------------------------------------------------------------------------------------


def test_tls_from_the_first_byte(trust: Trust) -> None:
    def script(peer: Peer) -> None:
        peer.start_tls(trust.server)
        peer.greet("IMAP4rev1 LITERAL+")
        peer.expect("LOGIN", "* CAPABILITY IMAP4rev1 LITERAL+")
        line = peer.hear()
        while len(peer.buffer) < 3_000_002:
            peer.buffer += peer.sock.recv(65536)
        peer.say(f"{line.split()[0]} OK")
        peer.buffer = b""
        tag = peer.expect("SELECT", "* 5 EXISTS").removesuffix("2")
        assert tag
        fetch = peer.hear().split()[0]
        peer.say(*[f"* {n} FETCH (UID {n} FLAGS ())" for n in range(1, 9001)], f"{fetch} OK")
        peer.expect("LOGOUT", "* BYE")

    with (
        serving(script) as server,
        Connection.open(
            server.endpoint(Security.TLS, "localhost"), tls=trust.client, deadlines=QUICK
        ) as link,
    ):
        assert link.tls_version in ("TLSv1.2", "TLSv1.3")
        link.authenticate(Login("me", Secret("pw")))
        link.run(Append("x", b"m" * 3_000_000))
        link.run(Select("x"))
        assert sum(1 for _ in link.stream(Fetch(EVERYTHING, ("UID", "FLAGS")))) == 9000


def test_a_certificate_nobody_vouches_for(trust: Trust) -> None:
    def script(peer: Peer) -> None:
        with pytest.raises(ssl.SSLError):
            peer.start_tls(trust.server)

    with serving(script) as server, pytest.raises(errors.TlsError, match="certificate"):
        Connection.open(server.endpoint(Security.TLS, "localhost"), deadlines=QUICK)


@pytest.mark.parametrize("names", [("imap.example.org",), ()], ids=["another name", "no name"])
@pytest.mark.parametrize("common_name", [None, "localhost"])
def test_a_certificate_of_another_host(names: tuple[str, ...], common_name: str | None) -> None:
    """The common name is no name of a host (RFC 9525 §6.3), also where it is the only one there."""
    if not names and common_name is None:
        common_name = "nobody"
    other = make_trust(*names, common_name=common_name)

    def script(peer: Peer) -> None:
        # With TLS 1.3 the client refuses after the server's part is done.
        try:
            peer.start_tls(other.server)
        except ssl.SSLError:
            return

    # Python 3.13 and newer find fault with a certificate that has no name before they look for ours.
    words = "localhost|Subject Alternative Name"
    with serving(script) as server, pytest.raises(errors.TlsError, match=words):
        Connection.open(server.endpoint(Security.TLS, "localhost"), tls=other.client, deadlines=QUICK)


def test_old_tls_is_refused(trust: Trust) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(old)
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1

    def script(peer: Peer) -> None:
        with suppress(ssl.SSLError):
            peer.start_tls(old)

    assert trust.client.minimum_version >= ssl.TLSVersion.TLSv1_2
    with serving(script) as server, pytest.raises(errors.TlsError) as caught:
        Connection.open(server.endpoint(Security.TLS, "localhost"), tls=trust.client, deadlines=QUICK)
    assert caught.value.title == "TLS could not be agreed on"


def test_a_server_in_the_clear_where_tls_is_expected(trust: Trust) -> None:
    with serving(lambda peer: peer.greet()) as server, pytest.raises(errors.TlsError) as caught:
        Connection.open(server.endpoint(Security.TLS, "localhost"), tls=trust.client, deadlines=QUICK)
    assert "993" in caught.value.hint


def test_a_handshake_that_is_cut_or_never_ends(trust: Trust) -> None:
    with serving(lambda peer: None) as server, pytest.raises((errors.TlsError, errors.ConnectionLost)):
        Connection.open(server.endpoint(Security.TLS, "localhost"), tls=trust.client, deadlines=QUICK)
    slow = Deadlines(connect=5, tls=0.1)
    with serving(lambda peer: peer.wait_for_close()) as server, pytest.raises(errors.Timeout):
        Connection.open(server.endpoint(Security.TLS, "localhost"), tls=trust.client, deadlines=slow)


def test_a_tls_session_that_ends_or_breaks(trust: Trust) -> None:
    def ends(peer: Peer) -> None:
        peer.start_tls(trust.server)
        peer.greet()
        peer.hear()
        assert isinstance(peer.sock, ssl.SSLSocket)
        # The client answers our end of TLS by closing, which this side may see as a violation.
        with suppress(ssl.SSLError):
            peer.sock.unwrap()

    def breaks(peer: Peer) -> None:
        peer.start_tls(trust.server)
        peer.greet()
        peer.hear()
        peer.sock = socket.socket(fileno=peer.sock.detach())
        peer.sock.sendall(b"this is no TLS record")

    for script in (ends, breaks):
        with serving(script) as server:
            link = Connection.open(
                server.endpoint(Security.TLS, "localhost"), tls=trust.client, deadlines=QUICK
            )
            with pytest.raises(errors.ConnectionLost):
                link.run(Noop())
            link.close()


# -- STARTTLS ----------------------------------------------------------------------------------------


def test_starttls(trust: Trust) -> None:
    def script(peer: Peer) -> None:
        peer.say("* OK hello")
        peer.expect("CAPABILITY", "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED")
        peer.expect("STARTTLS")
        peer.start_tls(trust.server)
        peer.expect("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN")
        peer.expect("LOGOUT", "* BYE")

    with (
        serving(script) as server,
        Connection.open(
            server.endpoint(Security.STARTTLS, "localhost"), tls=trust.client, deadlines=QUICK
        ) as link,
    ):
        assert link.tls_version
        assert link.capabilities == {"IMAP4REV1", "AUTH=PLAIN"}


@pytest.mark.parametrize("injected", ["* CAPABILITY IMAP4rev1 AUTH=EVIL", "x"])
def test_what_is_said_between_ok_and_handshake_is_an_attack(trust: Trust, injected: str) -> None:
    """NO STARTTLS: bytes in the packet of the OK were believed to have come under TLS by forty clients."""

    def script(peer: Peer) -> None:
        peer.greet("IMAP4rev1 STARTTLS")
        tag = peer.hear().split()[0]
        peer.sock.sendall(f"{tag} OK begin\r\n{injected}\r\n".encode())
        peer.wait_for_close()

    with serving(script) as server, pytest.raises(errors.ProtocolError, match="before TLS"):
        Connection.open(server.endpoint(Security.STARTTLS, "localhost"), tls=trust.client, deadlines=QUICK)


def test_an_ok_before_starttls_was_asked_is_an_attack(trust: Trust) -> None:
    """net-imap CVE-2026-42246: an early OK made it go on without TLS."""

    def script(peer: Peer) -> None:
        peer.say("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi", "A1 OK begin")
        peer.wait_for_close()

    with serving(script) as server, pytest.raises(errors.ProtocolError):
        Connection.open(server.endpoint(Security.STARTTLS, "localhost"), tls=trust.client, deadlines=QUICK)


@pytest.mark.parametrize(
    ("greeting", "error"),
    [
        ("* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] come in", errors.ProtocolError),
        ("* OK [CAPABILITY IMAP4rev1] no TLS here", errors.NotSupported),
    ],
)
def test_never_goes_on_without_the_tls_that_was_asked_for(
    trust: Trust, greeting: str, error: type[errors.GimapError]
) -> None:
    def script(peer: Peer) -> None:
        peer.say(greeting)
        peer.wait_for_close()

    with serving(script) as server, pytest.raises(error):
        Connection.open(server.endpoint(Security.STARTTLS, "localhost"), tls=trust.client, deadlines=QUICK)


def test_a_refused_starttls_ends_it(trust: Trust) -> None:
    def script(peer: Peer) -> None:
        peer.greet("IMAP4rev1 STARTTLS")
        peer.expect("STARTTLS", ok="NO not today")
        peer.wait_for_close()

    with serving(script) as server, pytest.raises(errors.CommandRefused):
        Connection.open(server.endpoint(Security.STARTTLS, "localhost"), tls=trust.client, deadlines=QUICK)


# -- DEFLATE -----------------------------------------------------------------------------------------


class DeflatedPeer:
    """The server's end after COMPRESS."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        self.inflate = zlib.decompressobj(-15)

    def pack(self, *lines: str) -> bytes:
        data = "".join(line + "\r\n" for line in lines).encode()
        return self.deflate.compress(data) + self.deflate.flush(zlib.Z_SYNC_FLUSH)

    def say(self, *lines: str) -> None:
        self.peer.sock.sendall(self.pack(*lines))

    def hear(self) -> str:
        text = self.inflate.decompress(self.peer.buffer)
        while not text.endswith(b"\r\n"):
            data = self.peer.sock.recv(65536)
            assert data
            text += self.inflate.decompress(data)
        return text.decode()


@pytest.mark.parametrize("in_one_packet", [True, False])
def test_compression_both_ways(in_one_packet: bool) -> None:
    def script(peer: Peer) -> None:
        peer.greet("IMAP4rev1")
        peer.expect("LOGIN", "* CAPABILITY IMAP4rev1 COMPRESS=DEFLATE")
        tag = peer.hear().split()[0]
        deflated = DeflatedPeer(peer)
        first = deflated.pack("* 5 EXISTS")
        if in_one_packet:
            peer.sock.sendall(f"{tag} OK go\r\n".encode() + first)
        else:
            peer.say(f"{tag} OK go")
            peer.sock.sendall(first)
        tag = deflated.hear().split()[0]
        deflated.say(f"{tag} OK selected")
        tag = deflated.hear().split()[0]
        deflated.say(*[f"* {n} FETCH (UID {n} FLAGS ())" for n in range(1, 20_001)], f"{tag} OK")

    with serving(script) as server:
        link = Connection.open(server.endpoint(), deadlines=QUICK)
        link.authenticate(Login("me", Secret("pw")))
        assert link.compress()
        link.run(Select("x"))
        assert sum(1 for _ in link.stream(Fetch(EVERYTHING, ("UID", "FLAGS")))) == 20_000
        assert link.bytes_received < 200_000
        link.close()


def test_compression_that_is_not_offered() -> None:
    def script(peer: Peer) -> None:
        peer.greet("IMAP4rev1 SASL-IR")
        peer.expect("AUTHENTICATE", "* CAPABILITY IMAP4rev1")

    with serving(script) as server:
        link = Connection.open(server.endpoint(), deadlines=QUICK)
        link.authenticate(Plain("me", Secret("pw")))
        assert not link.compress()
        assert not link.enable_utf8()
        assert link.enable("CONDSTORE") == frozenset()
        link.close()


@pytest.mark.parametrize("bad", [b"\xff" * 20, zlib.compressobj(9, zlib.DEFLATED, -15).flush()])
def test_what_is_no_deflate_ends_the_connection(bad: bytes) -> None:
    def script(peer: Peer) -> None:
        peer.greet("IMAP4rev1")
        peer.expect("LOGIN", "* CAPABILITY IMAP4rev1 COMPRESS=DEFLATE")
        peer.expect("COMPRESS")
        peer.sock.sendall(bad)
        peer.wait_for_close()

    with serving(script) as server:
        link = Connection.open(server.endpoint(), deadlines=QUICK)
        link.authenticate(Login("me", Secret("pw")))
        link.compress()
        with pytest.raises(errors.ProtocolError):
            link.run(Noop())
        link.close()


def slices(layer: DeflateLayer, data: bytes) -> Iterator[bytes]:
    yield layer.inflate(data)
    while layer.has_more:
        yield layer.inflate(b"")


def test_a_bomb_comes_out_a_slice_at_a_time() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(bytes(50 << 20)) + packer.flush(zlib.Z_SYNC_FLUSH)
    assert len(bomb) < 100_000
    sizes = [len(piece) for piece in slices(DeflateLayer(), bomb)]
    assert max(sizes) <= INFLATED
    assert sum(sizes) == 50 << 20
