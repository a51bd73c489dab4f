"""Greeting, capabilities, sign-in and its refusals (facts §1), and the commands around it (§2)."""

from __future__ import annotations

import json
import re
import ssl
import zlib
from base64 import b64decode, b64encode

import pytest

from imapcore.clock import ManualClock
from imapcore.simulator import LoginError, Options, Simulator
from imapcore.simulator.imap.tls import make_certificate
from tests.simulator.conftest import options
from tests.simulator.wire import Wire

BEFORE = (
    "* CAPABILITY IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 XYZZY SASL-IR "
    "AUTH=XOAUTH2 AUTH=PLAIN AUTH=PLAIN-CLIENTTOKEN AUTH=OAUTHBEARER"
)
AFTER = (
    "* CAPABILITY IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS "
    "COMPRESS=DEFLATE ENABLE MOVE CONDSTORE ESEARCH UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- "
    "SPECIAL-USE APPENDLIMIT=35651584"
)
CHALLENGE = (
    "+ eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIiwic2NvcGUiOiJodHRwczovL21haWwuZ29vZ2xlLmNvbS8ifQ=="
)
INVALID = "NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)"
AUTHENTICATED = "OK demo@gmail.com authenticated (Success)"


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


def xoauth2(token: str, user: str = "demo@gmail.com") -> str:
    return encoded(f"user={user}\x01auth=Bearer {token}\x01\x01")


# -- before -------------------------------------------------------------------------------------------


def test_the_greeting_names_the_client_and_a_connection_id_and_no_capabilities(sim: Simulator) -> None:
    with Wire(sim) as first, Wire(sim) as second:
        match = re.fullmatch(r"\* OK Gimap ready for requests from 127\.0\.0\.1 (\w+)", first.greeting)
        assert match is not None
        assert "CAPABILITY" not in first.greeting
        assert first.greeting != second.greeting


def test_capability_before_login_ends_in_thats_all_and_the_connection_id(sim: Simulator) -> None:
    with Wire(sim) as wire:
        identity = wire.greeting.rpartition(" ")[2]
        assert wire.ask("CAPABILITY") == [BEFORE, f"OK Thats all she wrote! {identity}"]


def test_the_connection_id_ends_tagged_replies_only_until_login(sim: Simulator) -> None:
    with Wire(sim) as wire:
        identity = wire.greeting.rpartition(" ")[2]
        assert wire.last("NOOP") == f"OK Success {identity}"
        wire.login()
        assert wire.last("NOOP") == "OK Success"


def test_starttls_is_not_offered(sim: Simulator) -> None:
    with Wire(sim) as wire:
        assert "STARTTLS" not in wire.ask("CAPABILITY")[0]
        assert wire.last("STARTTLS").startswith("BAD Unknown command: STARTTLS")


# -- LOGIN --------------------------------------------------------------------------------------------


def test_login_sends_capabilities_untagged_before_the_tagged_ok(sim: Simulator) -> None:
    with Wire(sim) as wire:
        assert wire.login() == [AFTER, AUTHENTICATED]
        assert wire.ask("CAPABILITY") == [AFTER, "OK Success"]


def test_capabilities_in_a_code_of_the_ok_by_option() -> None:
    with Simulator(options(capability_in_ok=True)) as sim, Wire(sim) as wire:
        assert wire.login() == [f"OK [{AFTER[2:]}] demo@gmail.com authenticated (Success)"]


def test_the_display_name_of_older_captures_by_option() -> None:
    with Simulator(options(display_name="Noor Lindqvist")) as sim, Wire(sim) as wire:
        assert wire.login()[-1] == "OK demo@gmail.com Noor Lindqvist authenticated (Success)"


def test_a_wrong_password_is_authenticationfailed_and_the_session_goes_on(sim: Simulator) -> None:
    with Wire(sim) as wire:
        assert wire.last("LOGIN demo@gmail.com wrong") == INVALID
        assert wire.last("LOGIN other@gmail.com demodemodemodemo") == INVALID
        assert wire.login()[-1] == AUTHENTICATED


@pytest.mark.parametrize("form", ['"demo@gmail.com" "demodemodemodemo"', "DEMO@gmail.com demodemodemodemo"])
def test_login_takes_every_form_of_astring(sim: Simulator, form: str) -> None:
    with Wire(sim) as wire:
        assert wire.last(f"LOGIN {form}") == AUTHENTICATED


def test_login_takes_literals(sim: Simulator) -> None:
    with Wire(sim) as wire:
        assert wire.last("LOGIN {14}\r\ndemo@gmail.com {16}\r\ndemodemodemodemo") == AUTHENTICATED


def test_the_app_password_with_spaces_only_by_option(sim: Simulator) -> None:
    spaced = 'LOGIN demo@gmail.com "demo demo demo demo"'
    with Wire(sim) as wire:
        assert wire.last(spaced) == INVALID
    with Simulator(options(app_password_spaces=True)) as lenient, Wire(lenient) as wire:
        assert wire.last(spaced) == AUTHENTICATED


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (LoginError.INVALID, "[AUTHENTICATIONFAILED] Invalid credentials (Failure)"),
        (
            LoginError.APP_PASSWORD,
            (
                "[ALERT] Application-specific password required: "
                "https://support.google.com/accounts/answer/185833 (Failure)"
            ),
        ),
        (
            LoginError.WEB_LOGIN,
            (
                "[ALERT] Please log in via your web browser: "
                "https://support.google.com/mail/accounts/answer/78754 (Failure)"
            ),
        ),
        (
            LoginError.IMAP_OFF,
            (
                "[ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page and "
                "enable your account for IMAP access. (Failure)"
            ),
        ),
        (LoginError.CHILD, "[ALERT] IMAP access is not allowed for this account. (Failure)"),
        (LoginError.TOO_MANY, "[ALERT] Too many simultaneous connections. (Failure)"),
        (LoginError.UNAVAILABLE, "[UNAVAILABLE] Temporary System Problem (Failure)"),
        (LoginError.SYSTEM_ERROR, "System Error (Failure)"),
        (LoginError.BANDWIDTH, "[ALERT] Account exceeded command or bandwidth limits. (Failure)"),
    ],
)
def test_each_refusal_of_the_table_has_its_words(error: LoginError, text: str) -> None:
    with Simulator(options(login_error=error)) as sim, Wire(sim) as wire:
        assert wire.login()[-1] == f"NO {text}"


@pytest.mark.parametrize("error", [LoginError.DOMAIN_OFF, LoginError.LOOKUP_FAILED, LoginError.TRY_LATER])
def test_refusals_known_in_part_hold_the_known_words(error: LoginError) -> None:
    known = {
        LoginError.DOMAIN_OFF: "IMAP access is disabled for your domain.",
        LoginError.LOOKUP_FAILED: "Lookup failed",
        LoginError.TRY_LATER: "Try again later. (Failure)",
    }
    with Simulator(options(login_error=error)) as sim, Wire(sim) as wire:
        last = wire.login()[-1]
        assert last.startswith("NO ")
        assert known[error] in last


def test_a_suspicious_login_gets_a_webalert_first() -> None:
    with Simulator(options(login_error=LoginError.WEB_LOGIN)) as sim, Wire(sim) as wire:
        alert, last = wire.login()
        assert re.fullmatch(
            r"\* NO \[WEBALERT https://accounts\.google\.com/signin/continue\?\S+\] Web login required\.",
            alert,
        )
        assert last.startswith("NO [ALERT] Please log in via your web browser")


def test_over_bandwidth_ends_the_connection_with_overquota() -> None:
    with Simulator(options(login_error=LoginError.OVERQUOTA_BYE)) as sim, Wire(sim) as wire:
        assert wire.login()[0] == "* BYE [OVERQUOTA] Account exceeded command or bandwidth limits."
        assert wire.is_closed()


def test_the_sixteenth_connection_is_one_too_many() -> None:
    with Simulator(options()) as sim:
        wires = [Wire(sim) for _ in range(16)]
        try:
            assert [wire.login()[-1] for wire in wires[:15]] == [AUTHENTICATED] * 15
            assert wires[15].login()[-1] == "NO [ALERT] Too many simultaneous connections. (Failure)"
            wires[0].last("LOGOUT")
            assert wires[0].is_closed()
            assert wires[15].login()[-1] == AUTHENTICATED
        finally:
            for wire in wires:
                wire.socket.close()


def test_dead_connections_count_for_a_while_by_option() -> None:
    clock = ManualClock()
    with Simulator(options(max_connections=1, ghost_seconds=120.0), clock=clock) as sim:
        with Wire(sim) as dead:
            dead.login()
            dead.last("NOOP")
            sim.control.cut()
            assert dead.is_closed()
        with Wire(sim) as wire:
            assert wire.login()[-1].startswith("NO [ALERT] Too many")
            clock.advance(121)
        with Wire(sim) as wire:
            assert wire.login()[-1] == AUTHENTICATED


def test_too_many_connections_may_come_as_bye() -> None:
    with (
        Simulator(options(max_connections=1, too_many_is_bye=True)) as sim,
        Wire(sim) as one,
        Wire(sim) as two,
    ):
        one.login()
        assert two.login()[0].startswith("* BYE [ALERT] Too many simultaneous connections.")
        assert two.is_closed()


# -- AUTHENTICATE -------------------------------------------------------------------------------------


def test_plain_with_and_without_initial_response(sim: Simulator) -> None:
    response = encoded("\0demo@gmail.com\0demodemodemodemo")
    with Wire(sim) as wire:
        assert wire.last(f"AUTHENTICATE PLAIN {response}") == AUTHENTICATED
    with Wire(sim) as wire:
        assert wire.ask("AUTHENTICATE PLAIN") == ["+ "]
        assert wire.exchange("a1", f"{response}\r\n".encode())[-1] == AUTHENTICATED
    with Wire(sim) as wire:
        assert wire.last(f"AUTHENTICATE PLAIN {encoded('none')}").startswith("BAD Could not parse command")
        assert wire.last(f"AUTHENTICATE PLAIN {encoded('0' + chr(0) + 'x' + chr(0) + 'y')}") == INVALID


def test_xoauth2_with_a_live_token_signs_in(sim: Simulator) -> None:
    with Wire(sim) as wire:
        assert wire.ask(f"AUTHENTICATE XOAUTH2 {xoauth2(sim.control.issue_token())}") == [
            AFTER,
            AUTHENTICATED,
        ]


def test_xoauth2_with_a_bad_token_challenges_and_wants_an_empty_line(sim: Simulator) -> None:
    with Wire(sim) as wire:
        assert wire.ask(f"AUTHENTICATE XOAUTH2 {xoauth2('stale')}") == [CHALLENGE]
        assert json.loads(b64decode(CHALLENGE[2:])) == {
            "status": "400",
            "schemes": "Bearer",
            "scope": "https://mail.google.com/",
        }
        assert wire.exchange("a1", b"\r\n") == [INVALID]
        assert wire.ask(f"AUTHENTICATE XOAUTH2 {xoauth2('stale')}") == [CHALLENGE]
        assert wire.exchange("a2", b"*\r\n")[-1].startswith("BAD")


def test_oauthbearer_answers_its_challenge_with_a_byte_of_one(sim: Simulator) -> None:
    token = sim.control.issue_token()
    good = encoded(f"n,a=demo@gmail.com,\x01host=imap.gmail.com\x01port=993\x01auth=Bearer {token}\x01\x01")
    bad = encoded("n,a=demo@gmail.com,\x01auth=Bearer stale\x01\x01")
    with Wire(sim) as wire:
        assert wire.ask(f"AUTHENTICATE OAUTHBEARER {bad}") == [CHALLENGE]
        assert wire.exchange("a1", b"AQ==\r\n") == [INVALID]
        assert wire.last(f"AUTHENTICATE OAUTHBEARER {good}") == AUTHENTICATED


def test_a_token_of_somebody_else_or_none_at_all_does_not_sign_in(sim: Simulator) -> None:
    token = sim.control.issue_token()
    with Wire(sim) as wire:
        for tag, response in (
            ("a1", xoauth2(token, "x@gmail.com")),
            ("a2", encoded("user=demo@gmail.com\x01\x01")),
        ):
            assert wire.ask(f"AUTHENTICATE XOAUTH2 {response}") == [CHALLENGE]
            assert wire.exchange(tag, b"\r\n") == [INVALID]


def test_an_expired_token_is_refused_and_a_fresh_one_taken() -> None:
    clock = ManualClock()
    with Simulator(options(), clock=clock) as sim, Wire(sim) as wire:
        token = sim.control.issue_token(3600)
        clock.advance(3601)
        with Wire(sim) as late:
            assert late.ask(f"AUTHENTICATE XOAUTH2 {xoauth2(token)}") == [CHALLENGE]
        assert wire.greeting


def test_a_session_ends_with_its_token_and_says_so() -> None:
    clock = ManualClock()
    with Simulator(options(), clock=clock) as sim, Wire(sim) as wire:
        wire.last(f"AUTHENTICATE XOAUTH2 {xoauth2(sim.control.issue_token(3600))}")
        clock.advance(3599)
        assert wire.last("NOOP") == "OK Success"
        clock.advance(2)
        assert wire.ask("NOOP")[0] == "* BYE Session expired, please login again."
        assert wire.is_closed()


def test_a_password_session_ends_after_a_day() -> None:
    clock = ManualClock()
    with Simulator(options(silence_seconds=1e9), clock=clock) as sim, Wire(sim) as wire:
        wire.login()
        clock.advance(86_401)
        assert wire.ask("NOOP")[0] == "* BYE Session expired, please login again."


def test_a_silent_session_is_told_when_its_token_ends() -> None:
    with Simulator(options()) as sim, Wire(sim) as wire:
        wire.last(f"AUTHENTICATE XOAUTH2 {xoauth2(sim.control.issue_token(0.2))}")
        assert wire.line() == "* BYE Session expired, please login again."
        assert wire.is_closed()


def test_client_tokens_and_unknown_mechanisms_are_refused(sim: Simulator) -> None:
    with Wire(sim) as wire:
        assert wire.last("AUTHENTICATE PLAIN-CLIENTTOKEN AAAA") == INVALID
        assert wire.last("AUTHENTICATE CRAM-MD5").startswith("NO ")


def test_secrets_are_in_no_repr(sim: Simulator) -> None:
    token = sim.control.issue_token()
    shown = repr(Options()) + repr(sim.options) + repr(sim._server.house)
    assert "demodemodemodemo" not in shown
    assert token not in shown


# -- strictness ---------------------------------------------------------------------------------------


def test_a_trailing_space_is_bad(wire: Wire) -> None:
    assert wire.last("NOOP ") == "BAD Could not parse command"
    assert wire.last('SELECT "INBOX" ') == "BAD Could not parse command"


def test_raw_8_bit_in_a_quoted_string_is_bad(wire: Wire) -> None:
    assert wire.last('SELECT "Übung"'.encode()) == "BAD Could not parse command"


def test_an_unknown_command_is_named(wire: Wire) -> None:
    assert wire.last("Frobnicate") == "BAD Unknown command: Frobnicate"


def test_an_invalid_tag_is_a_client_bug(wire: Wire) -> None:
    wire.send(b"{oops NOOP\r\n")
    assert wire.line() == "* BAD [CLIENTBUG] Invalid tag"
    assert wire.last("NOOP") == "OK Success"


def test_the_text_for_the_wrong_state_is_an_option(wire: Wire) -> None:
    assert wire.last("FETCH 1 FLAGS") == "BAD FETCH not allowed now."
    with Simulator(options(state_error="Not in this state: {command}")) as sim, Wire(sim) as other:
        assert other.last("SELECT INBOX").startswith("BAD Not in this state: SELECT")


def test_logout_says_bye_and_good_day(wire: Wire) -> None:
    assert wire.ask("LOGOUT") == ["* BYE LOGOUT Requested", "OK 73 good day (Success)"]
    assert wire.is_closed()


# -- ID, NAMESPACE, QUOTA, ENABLE, COMPRESS (§2) -----------------------------------------------------


def test_id_names_gimap(wire: Wire) -> None:
    expected = (
        '* ID ("name" "GImap" "vendor" "Google, Inc." "support-url" "https://support.google.com/mail" '
        '"version" "gmail.imap-server_20240815.06_p1" "remote-host" "127.0.0.1")'
    )
    assert wire.ask('ID ("name" "x" "contact" NIL)') == [expected, "OK Success"]
    assert wire.ask("ID NIL") == [expected, "OK Success"]
    assert wire.last('ID ("name")') == "BAD Could not parse command"


def test_namespace_is_one_personal_with_slash(wire: Wire) -> None:
    assert wire.ask("NAMESPACE") == ['* NAMESPACE (("" "/")) NIL NIL', "OK Success"]


def test_quota_root_is_the_empty_string(wire: Wire) -> None:
    root, quota, last = wire.ask("GETQUOTAROOT INBOX")
    assert root == '* QUOTAROOT "INBOX" ""'
    assert re.fullmatch(r'\* QUOTA "" \(STORAGE \d+ 31457280\)', quota)
    assert last == "OK Success"
    assert wire.ask('GETQUOTA ""') == [quota, "OK Success"]


def test_enable_utf8_accept(wire: Wire) -> None:
    assert wire.ask("ENABLE UTF8=ACCEPT") == ["* ENABLED UTF8=ACCEPT", "OK Success"]
    assert wire.ask("ENABLE X-UNKNOWN") == ["* ENABLED", "OK Success"]


def test_compress_deflate_compresses_both_ways(wire: Wire) -> None:
    assert wire.last("COMPRESS DEFLATE") == "OK Success"
    deflate = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    wire.send(deflate.compress(b"z1 NAMESPACE\r\n") + deflate.flush(zlib.Z_SYNC_FLUSH))
    answer = b""
    while b"z1 OK" not in answer:
        answer += inflate.decompress(wire.socket.recv(4096))
    assert answer == b'* NAMESPACE (("" "/")) NIL NIL\r\nz1 OK Success\r\n'
    wire.send(deflate.compress(b"z2 COMPRESS DEFLATE\r\n") + deflate.flush(zlib.Z_SYNC_FLUSH))
    assert inflate.decompress(wire.socket.recv(4096)).startswith(b"z2 NO [COMPRESSIONACTIVE]")


def test_the_compress_text_is_an_option() -> None:
    with Simulator(options(compress_ok="DEFLATE on")) as sim, Wire(sim) as wire:
        wire.login()
        assert wire.last("COMPRESS DEFLATE") == "OK DEFLATE on"


# -- TLS ----------------------------------------------------------------------------------------------


def test_tls_from_the_first_byte_with_a_certificate_made_at_start() -> None:
    with Simulator(options(tls=True)) as sim:
        trusting = ssl.create_default_context(cadata=sim.authority_pem.decode())
        plain = Wire.connect(sim)
        with Wire(sim, trusting.wrap_socket(plain, server_hostname="localhost")) as wire:
            assert wire.greeting.startswith("* OK Gimap ready")
            assert wire.login()[-1] == AUTHENTICATED
        doubting = ssl.create_default_context(cadata=make_certificate().authority_pem.decode())
        with Wire.connect(sim) as stranger, pytest.raises(ssl.SSLCertVerificationError):
            doubting.wrap_socket(stranger, server_hostname="localhost")
