"""SASL mechanisms against the examples of their RFCs, and against servers that cheat."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import pytest

from imapcore.errors import AuthenticationFailed, InvalidArgument, ProtocolError
from imapcore.protocol.auth import (
    CramMd5,
    Mechanism,
    OAuthBearer,
    Plain,
    PlainPrompts,
    ScramSha256,
    XOAuth2,
    choose,
)
from imapcore.wire.encoder import Secret

PENCIL = Secret("pencil")
NONCE = "rOprNGfwEbeRWgbNEkqO"
SERVER_FIRST = b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
SERVER_FINAL = b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


def test_plain() -> None:
    """RFC 4616 §4."""
    assert Plain("tim", Secret("tanstaaftanstaaf")).initial() == b"\x00tim\x00tanstaaftanstaaf"
    assert Plain("tim", Secret("x"), "other").answer(b"") == b"other\x00tim\x00x"


def test_login_prompts() -> None:
    login = PlainPrompts("me", Secret("pw"))
    assert login.initial() is None
    assert [login.answer(b"Username:"), login.answer(b"Password:")] == [b"me", b"pw"]
    with pytest.raises(ProtocolError):
        login.answer(b"Shoe size:")


def test_cram_md5() -> None:
    """RFC 2195 §2."""
    cram = CramMd5("tim", Secret("tanstaaftanstaaf"))
    assert cram.initial() is None
    challenge = b"<1896.697170952@postoffice.reston.mci.net>"
    assert cram.answer(challenge) == b"tim b913a602c7eda7a495b4e6e7334d3890"


def test_scram_sha_256() -> None:
    """RFC 7677 §3."""
    scram = ScramSha256("user", PENCIL, NONCE)
    assert scram.initial() == b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
    assert scram.answer(b"") == scram.initial()
    assert scram.answer(SERVER_FIRST) == (
        b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
        b"p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    )
    assert not scram.is_server_proven
    assert scram.answer(SERVER_FINAL) == b""
    assert scram.is_server_proven


def test_scram_escapes_the_user() -> None:
    assert ScramSha256("a=b,c", PENCIL, NONCE).initial() == b"n,,n=a=3Db=2Cc,r=rOprNGfwEbeRWgbNEkqO"


@pytest.mark.parametrize(
    "first",
    [
        SERVER_FIRST.replace(b"i=4096", b"i=100000000"),
        SERVER_FIRST.replace(b"i=4096", b"i=1"),
        SERVER_FIRST.replace(b"i=4096", b"i=x"),
        SERVER_FIRST.replace(b"r=rOpr", b"r=rOps"),
        SERVER_FIRST.replace(b"%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", b""),
        SERVER_FIRST.replace(b"s=W22ZaJ0SNY7soEsUEjb6gQ==", b"s=W22"),
        b"",
        b"e=unknown-user",
    ],
)
def test_scram_refuses_a_server_that_wants_to_keep_us_busy_or_is_another(first: bytes) -> None:
    """An iteration count without end is net-imap's CVE-2026-42256."""
    scram = ScramSha256("user", PENCIL, NONCE)
    scram.answer(b"")
    with pytest.raises(ProtocolError):
        scram.answer(first or b"x")


@pytest.mark.parametrize("final", [b"v=AAAA", b"e=invalid-proof", b"v=!", b"v=6rriTRBi23WpRR"])
def test_scram_refuses_a_server_without_proof(final: bytes) -> None:
    scram = ScramSha256("user", PENCIL, NONCE)
    scram.answer(SERVER_FIRST)
    with pytest.raises((AuthenticationFailed, ProtocolError)):
        scram.answer(final)
    assert not scram.is_server_proven
    with pytest.raises(AuthenticationFailed):
        scram.answer(SERVER_FINAL)


def test_xoauth2() -> None:
    """Google's own example."""
    mechanism = XOAuth2("someuser@example.com", Secret("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"))
    assert b64encode(mechanism.initial() or b"") == (
        b"dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ=="
    )
    assert mechanism.answer(b"") == mechanism.initial()
    assert mechanism.answer(b'{"status":"400"}') == b""


def test_oauthbearer() -> None:
    """RFC 7628 §4.1."""
    mechanism = OAuthBearer("user@example.com", Secret("vF9d"), "server.example.com", 143)
    assert mechanism.initial() == (
        b"n,a=user@example.com,\x01host=server.example.com\x01port=143\x01auth=Bearer vF9d\x01\x01"
    )
    assert OAuthBearer("u", Secret("t")).initial() == b"n,a=u,\x01auth=Bearer t\x01\x01"
    assert mechanism.answer(b"") == mechanism.initial()
    assert mechanism.answer(b'{"status":"invalid_token"}') == b64decode("AQ==")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Plain("", Secret("x")),
        lambda: Plain("a\x00b", Secret("x")),
        lambda: Plain("a", Secret("x\x00")),
        lambda: ScramSha256("a\r\n", Secret("x"), NONCE),
        lambda: ScramSha256("a", Secret("x"), "short"),
        lambda: ScramSha256("a", Secret("x"), "with,comma"),
        lambda: XOAuth2("a\x01b", Secret("x")),
        lambda: XOAuth2("a", Secret("x\x01")),
        lambda: OAuthBearer("a\x01b", Secret("x")),
        lambda: OAuthBearer("a", Secret("x\x01")),
    ],
)
def test_refuses_what_could_be_read_otherwise(make: Any) -> None:
    with pytest.raises(InvalidArgument):
        make()


def test_chooses_the_safest_both_have() -> None:
    plain, scram = Plain("a", PENCIL), ScramSha256("a", PENCIL, NONCE)
    offered: dict[str, Mechanism] = {"PLAIN": plain, "SCRAM-SHA-256": scram}
    assert choose(frozenset({"AUTH=PLAIN", "AUTH=SCRAM-SHA-256"}), offered) is scram
    assert choose(frozenset({"AUTH=PLAIN"}), offered) is plain
    assert choose(frozenset({"AUTH=GSSAPI"}), offered) is None


@pytest.mark.parametrize(
    "mechanism",
    [
        Plain("me", Secret("hunter2")),
        PlainPrompts("me", Secret("hunter2")),
        CramMd5("me", Secret("hunter2")),
        ScramSha256("me", Secret("hunter2"), NONCE),
        XOAuth2("me", Secret("hunter2")),
        OAuthBearer("me", Secret("hunter2")),
    ],
)
def test_none_shows_its_secret(mechanism: Mechanism) -> None:
    assert "hunter2" not in repr(mechanism)
    assert NONCE not in repr(mechanism)
    assert isinstance(mechanism.is_server_proven, bool)
