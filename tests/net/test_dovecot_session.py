"""The session commands on a real server, Dovecot: signing in, TLS, COMPRESS, ID, IDLE, several in flight."""

from __future__ import annotations

import threading

import pytest

from imapcore.errors import AuthenticationFailed, CommandRefused, OverQuota, TlsError
from imapcore.model import Security
from imapcore.net.connection import Connection
from imapcore.protocol.auth import CramMd5, Mechanism, Plain, PlainPrompts, ScramSha256
from imapcore.protocol.commands import (
    Append,
    Capability,
    Fetch,
    GetQuota,
    GetQuotaRoot,
    Id,
    Login,
    Namespace,
    Noop,
    Search,
    Select,
    StatusOf,
    body,
)
from imapcore.protocol.events import Noticed
from imapcore.protocol.state import State
from imapcore.protocol.transcript import Transcript
from imapcore.wire.encoder import Secret
from imapcore.wire.responses import Exists
from imapcore.wire.uidset import UidSet
from tests.dovecot import PROGRAM, Dovecot
from tests.net.dovecot_client import PATIENT, endpoint, filled, mail, opened, signed_in

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(PROGRAM is None, reason="Dovecot is not installed (Debian: dovecot-imapd)"),
]


def ways(user: str, password: Secret) -> dict[str, Mechanism | Login]:
    """Every way this server lets a user sign in."""
    return {
        "PLAIN": Plain(user, password),
        "LOGIN": PlainPrompts(user, password),
        "CRAM-MD5": CramMd5(user, password),
        "SCRAM-SHA-256": ScramSha256(user, password, "0123456789abcdef"),
        "command": Login(user, password),
    }


WAYS = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "command")


@pytest.mark.parametrize("has_initial", [True, False])
@pytest.mark.parametrize("way", WAYS)
def test_signs_in_and_learns_what_more_there_is(way: str, has_initial: bool, dovecot: Dovecot) -> None:
    off = frozenset() if has_initial else frozenset({"SASL-IR", "LITERAL+"})
    transcript = Transcript()
    with opened(dovecot, off=off, transcript=transcript) as conn:
        before = conn.capabilities
        conn.authenticate(ways("fred0", Secret(dovecot.password))[way])
        assert conn.state is State.AUTHENTICATED
        assert "CONDSTORE" in conn.capabilities
        assert "CONDSTORE" not in before
    assert dovecot.password not in "".join(transcript.lines())


@pytest.mark.parametrize("way", WAYS)
def test_a_wrong_password_is_told_and_never_shown(way: str, dovecot: Dovecot) -> None:
    with opened(dovecot) as conn:
        with pytest.raises(AuthenticationFailed) as caught:
            conn.authenticate(ways("fred0", Secret("wr0ng-secret"))[way])
        assert "wr0ng-secret" not in repr(caught.value) + str(caught.value)
        assert conn.is_open
        conn.authenticate(Plain("fred0", Secret(dovecot.password)))
        assert conn.state is State.AUTHENTICATED


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_tls_with_a_certificate_somebody_vouches_for(security: Security, dovecot: Dovecot) -> None:
    with opened(dovecot, security) as conn:
        assert conn.tls_version in ("TLSv1.2", "TLSv1.3")
        # What was offered in the clear does not count any more.
        assert "STARTTLS" not in conn.capabilities
        conn.authenticate(Plain("fred0", Secret(dovecot.password)))
        assert conn.run(Select("INBOX")).mailbox.uidvalidity


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_nobody_vouches_for_the_certificate(security: Security, dovecot: Dovecot) -> None:
    with pytest.raises(TlsError):
        Connection.open(endpoint(dovecot, security), deadlines=PATIENT)


def test_compression_carries_everything(dovecot: Dovecot) -> None:
    big = mail("big", "All work and no play makes Jack a dull boy.\r\n" * 4000)
    with signed_in(dovecot) as conn:
        assert conn.compress()
        filled(conn, mail("small"), big)
        before = conn.bytes_received
        fetched = conn.run(Fetch(UidSet([1, 2]), ("UID", body())))
        assert [len(each.sections[""] or b"") for each in fetched] == [len(mail("small")), len(big)]
        assert fetched[1].sections[""] == big
        assert conn.bytes_received - before < len(big) // 10
        handle = conn.submit(Noop())
        assert handle.result() is None


def test_compression_over_tls(dovecot: Dovecot) -> None:
    with opened(dovecot, Security.TLS) as conn:
        conn.authenticate(Plain(next(dovecot.unused), Secret(dovecot.password)))
        assert conn.compress()
        filled(conn, mail("one"))
        assert conn.run(Search()).count == 1


def test_who_the_server_is_and_where_its_mail_begins(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        server = conn.run(Id.of({"name": "gimap-tui", "version": None}))
        assert server is not None
        assert server.fields["name"] == "Dovecot"
        spaces = conn.run(Namespace())
        assert spaces is not None
        assert [(each.prefix, each.delimiter) for each in spaces.personal] == [("", "/")]
        assert conn.run(Capability()) == conn.capabilities


def test_switching_on(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        assert conn.enable("QRESYNC", "X-NOT-OFFERED") >= {"QRESYNC"}
        assert "QRESYNC" in conn.enabled
        assert conn.enable_utf8() == ("UTF8=ACCEPT" in conn.capabilities)


def test_quota(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        answer = conn.run(GetQuotaRoot("INBOX"))
        assert answer.roots == ("User quota",)
        assert [(each.name, each.limit) for each in answer.quotas[0].resources] == [("STORAGE", 1024)]
        assert conn.run(GetQuota("User quota")).quotas == answer.quotas


def test_a_mailbox_that_is_full(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        with pytest.raises(OverQuota) as caught:
            conn.run(Append("INBOX", mail("too big", "x" * 76 * 20_000)))
        assert "quota" in str(caught.value).lower()
        assert caught.value.title == "The mailbox is full"
        assert conn.run(StatusOf("INBOX")).messages == 0


def test_an_idle_hears_of_mail_as_it_comes(dovecot: Dovecot) -> None:
    user = next(dovecot.unused)
    with signed_in(dovecot, user) as listener, signed_in(dovecot, user) as writer:
        listener.run(Select("INBOX"))
        listener.events()
        is_listening = threading.Event()

        def bring() -> None:
            assert is_listening.wait(20)
            writer.run(Append("INBOX", mail("news")))

        thread = threading.Thread(target=bring)
        # A NOOP in flight before makes sure that Dovecot has seen the inbox empty.
        listener.run(Noop())
        thread.start()
        is_listening.set()
        heard: list[object] = []
        for news in listener.idle(30):
            heard += [each.response for each in news if isinstance(each, Noticed)]
            if Exists(1) in heard:
                break
        thread.join(20)
        assert not thread.is_alive()
        assert Exists(1) in heard
        assert listener.run(Search()).uids == UidSet([1])


def test_another_thread_ends_an_idle_and_the_connection_goes_on(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        conn.run(Select("INBOX"))
        conn.events()
        threading.Timer(0, conn.wake).start()
        # Nothing else would end it within this test's time.
        assert list(conn.idle(3600)) == []
        conn.run(Noop())
        assert conn.state is State.SELECTED


def test_many_in_flight_answer_each_its_own(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        filled(conn, *(mail(f"number {number}") for number in range(1, 6)))
        flags = conn.submit(Fetch(UidSet([1, 2]), ("UID", "FLAGS")))
        sizes = conn.submit(Fetch(UidSet([3, 4, 5]), ("UID", "RFC822.SIZE")))
        status = conn.submit(StatusOf("Trash", ("MESSAGES",)))
        refused = conn.submit(StatusOf("Nowhere", ("MESSAGES",)))
        found = conn.submit(Search())
        subjects = conn.submit(Fetch(UidSet([1, 5]), ("UID", "ENVELOPE")))
        assert [each.envelope.subject for each in subjects.result() if each.envelope] == [
            b"number 1",
            b"number 5",
        ]
        assert found.result().uids == UidSet(range(1, 6))
        with pytest.raises(CommandRefused):
            refused.result()
        assert status.result().messages == 0
        assert [each.uid for each in sizes.result()] == [3, 4, 5]
        assert [each.uid for each in flags.result()] == [1, 2]


@pytest.mark.parametrize("off", [frozenset[str](), frozenset({"LITERAL+"})])
def test_literals_of_either_kind(off: frozenset[str], dovecot: Dovecot) -> None:
    with signed_in(dovecot, off=off) as conn:
        handles = [conn.submit(Append("INBOX", mail(f"number {n}"))) for n in range(5)]
        uids = [code.uids for handle in handles if (code := handle.result()) is not None]
        assert uids == [UidSet([n]) for n in range(1, 6)]


def test_a_big_message_goes_to_a_sink(dovecot: Dovecot) -> None:
    big = mail("big", "x" * 70 + "\r\n" + "y" * 200_000)
    pieces: list[bytes] = []
    with signed_in(dovecot) as conn:
        filled(conn, big)
        command = Fetch(UidSet([1]), ("UID", body()))
        messages = list(conn.stream(command, sink=lambda piece: pieces.append(piece.data), sink_from=1 << 10))
        assert messages[0].streamed == {"": len(big)}
        assert b"".join(pieces) == big
        assert len(pieces) > 1
