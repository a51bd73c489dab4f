"""A diagnosis names what is wrong, says what to do, changes nothing and never tells a secret."""

from __future__ import annotations

import socket
import sqlite3
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from msgspec.structs import replace

from imapcore.clock import ManualClock, SystemClock
from imapcore.engine import secret_command
from imapcore.engine.diagnosis import Check, Report, Verdict, examine
from imapcore.engine.diagnosis.capabilities import COSTS
from imapcore.engine.sign_in import NEEDED
from imapcore.errors import GimapError, KeyringMood, KeyringUnusable
from imapcore.model import Account, Security
from imapcore.simulator import Fault, FaultKind, Options, Simulator
from imapcore.simulator.options import LoginError
from imapcore.store import Store
from tests.engine.harness import account_of

PASSWORD = "demodemodemodemo"


def look(account: Account, folder: Path, *, password: str = PASSWORD, **more: object) -> Report:
    return examine(account, secret=lambda: password, data_dir=folder, seconds=5.0, **more)  # type: ignore[arg-type]


def found(report: Report, name: str) -> list[Check]:
    return [each for each in report.checks if each.name == name]


def verdicts(report: Report) -> dict[str, Verdict]:
    return {each.name: each.verdict for each in report.checks}


def check_form(report: Report, *secrets: str) -> None:
    """What holds for every report."""
    for each in report.checks:
        text = f"{each.told}\n{each.advice}"
        assert all(char.isprintable() for char in text.replace("\n", ""))
        assert not any(secret in text for secret in (PASSWORD, *secrets))
        if each.verdict in (Verdict.FAILED, Verdict.WARNING):
            assert each.advice, each


def test_a_healthy_account(tmp_path: Path) -> None:
    heard: list[Check] = []
    with Simulator(Options(smtp_port=0)) as simulator:
        account = replace(account_of(simulator), smtp_host="127.0.0.1", smtp_port=simulator.smtp_port,
                          smtp_security=Security.NONE)  # fmt: skip
        before = simulator.control.messages()
        report = look(account, tmp_path, told=heard.append)
        assert simulator.control.messages() == before
        assert not simulator.control.departures()
    assert tuple(heard) == report.checks
    # On this machine there is no TLS; all else is as it should be.
    not_ok = [each.name for each in report.checks if each.verdict is not Verdict.OK]
    assert not_ok == ["tls"]
    names = "secret dns tcp greeting gmail sign-in capability mailboxes latency folder-limit speed clock smtp"
    assert {*names.split(), "sqlite", "store"} <= verdicts(report).keys()
    check_form(report)
    assert not list(tmp_path.iterdir())


WAYS_ON: dict[LoginError, tuple[str, str]] = {
    LoginError.INVALID: ("did not accept the password", "https://myaccount.google.com/apppasswords"),
    LoginError.INVALID_OLD: ("did not accept the password", "https://myaccount.google.com/apppasswords"),
    LoginError.APP_PASSWORD: ("wants an app password", "https://myaccount.google.com/apppasswords"),
    LoginError.WEB_LOGIN: ("sign-in on the web first", "https://accounts.google.com/signin/continue"),
    LoginError.IMAP_OFF: ("IMAP is switched off", "https://mail.google.com/mail/#settings/fwdandpop"),
    LoginError.DOMAIN_OFF: ("switched off for your organisation", "https://admin.google.com/"),
    LoginError.LOOKUP_FAILED: ("has no Gmail", "https://mail.google.com/"),
    LoginError.CHILD: ("not allowed for this account", "https://mail.google.com/"),
    LoginError.TOO_MANY: ("Too many IMAP connections", "https://myaccount.google.com/device-activity"),
    LoginError.UNAVAILABLE: ("temporary problem", "https://www.google.com/appsstatus/dashboard/"),
    LoginError.TRY_LATER: ("temporary problem", "https://www.google.com/appsstatus/dashboard/"),
    LoginError.SYSTEM_ERROR: ("temporary problem", "https://www.google.com/appsstatus/dashboard/"),
    LoginError.BANDWIDTH: ("limit is used up", "https://support.google.com/a/answer/1071518"),
    LoginError.OVERQUOTA_BYE: ("limit is used up", "https://support.google.com/a/answer/1071518"),
}
"""What is said of each refusal, and the address to open."""


@pytest.fixture(scope="module")
def server() -> Iterator[Simulator]:
    with Simulator(Options(messages=3)) as simulator:
        yield simulator


@pytest.mark.parametrize("refusal", list(LoginError))
def test_each_refusal_of_gmails_is_known_and_has_a_way_on(
    refusal: LoginError, server: Simulator, tmp_path: Path
) -> None:
    server.control.fault(Fault(FaultKind.LOGIN_REFUSED, command="LOGIN", text=refusal.value))
    report = look(account_of(server), tmp_path)
    (check,) = found(report, "sign-in")
    told, address = WAYS_ON[refusal]
    assert check.verdict is report.verdict is Verdict.FAILED
    assert told in check.told
    assert address in check.advice
    check_form(report)


# -- broken set-ups ---------------------------------------------------------------------------------------


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def saying(words: bytes) -> Iterator[Account]:
    """A server that says something and then nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        kept: list[socket.socket] = []

        def serve() -> None:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            kept.append(peer)
            peer.sendall(words)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield Account("demo@gmail.com", "127.0.0.1", listener.getsockname()[1], Security.NONE)
        finally:
            listener.close()
            thread.join(5.0)
            for peer in kept:
                peer.close()


def only_failure(report: Report) -> Check:
    (check,) = [each for each in report.checks if each.verdict is Verdict.FAILED]
    check_form(report)
    return check


def test_a_name_nobody_knows(tmp_path: Path) -> None:
    check = only_failure(look(Account("demo@gmail.com", "imap.gmail.invalid"), tmp_path))
    assert check.name == "dns"
    assert "spelling" in check.advice


def test_nothing_listens_there(tmp_path: Path) -> None:
    account = Account("demo@gmail.com", "127.0.0.1", free_port(), Security.NONE)
    check = only_failure(look(account, tmp_path))
    assert check.name == "tcp"
    assert str(account.port) in check.advice


def test_a_server_that_is_none_of_imap(tmp_path: Path) -> None:
    with saying(b"220 mail.example.org ESMTP\r\n") as account:
        assert only_failure(look(account, tmp_path)).name == "greeting"


def test_a_server_that_says_nothing(tmp_path: Path) -> None:
    with saying(b"") as account:
        check = only_failure(examine(account, secret=lambda: PASSWORD, data_dir=tmp_path, seconds=0.3))
    assert check.name == "greeting"


def test_tls_where_there_is_none(server: Simulator, tmp_path: Path) -> None:
    check = only_failure(look(replace(account_of(server), security=Security.TLS), tmp_path))
    assert check.name == "tls"
    assert "993" in check.advice


def test_who_vouches_for_the_server_and_until_when(tmp_path: Path) -> None:
    with Simulator(Options(messages=1, tls=True)) as simulator:
        account = replace(account_of(simulator), host="localhost", security=Security.TLS)
        stranger = only_failure(look(account, tmp_path))
        trusted = ssl.create_default_context(cadata=simulator.authority_pem.decode())
        (tls,) = found(look(account, tmp_path, tls=trusted), "tls")
    assert stranger.name == "tls"
    assert "Do not sign in" in stranger.advice
    assert tls.verdict is Verdict.OK
    assert "trustme" in tls.told
    assert "until 3000-01-01" in tls.told


def test_a_certificate_that_has_ended_asks_for_the_clock(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", not_after=datetime.now(UTC) - timedelta(days=1)).configure_cert(context)
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def serve() -> None:
            peer, _ = listener.accept()
            with closing(peer):
                try:
                    context.wrap_socket(peer, server_side=True).close()
                except OSError:
                    return  # The client does not go on, as it should.

        thread = threading.Thread(target=serve)
        thread.start()
        client = ssl.create_default_context()
        authority.configure_trust(client)
        account = Account("demo@gmail.com", "localhost", listener.getsockname()[1])
        check = only_failure(look(account, tmp_path, tls=client))
        thread.join(5.0)
    assert check.name == "tls"
    assert "Is the clock right?" in check.advice


def test_a_server_that_is_not_gmail(tmp_path: Path) -> None:
    with saying(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] Dovecot ready.\r\n") as account:
        report = examine(account, secret=lambda: PASSWORD, data_dir=tmp_path, seconds=0.3)
    check = only_failure(report)
    assert check.name == "gmail"
    assert "imap.gmail.com" in check.advice


@pytest.mark.parametrize(
    ("hidden", "verdict"),
    [("\\All", Verdict.FAILED), ("\\Junk", Verdict.WARNING), ("\\Trash", Verdict.WARNING)],
)
def test_a_mailbox_that_is_hidden_from_imap(hidden: str, verdict: Verdict, tmp_path: Path) -> None:
    with Simulator(Options(messages=3, hidden=frozenset((hidden,)))) as simulator:
        report = look(account_of(simulator), tmp_path)
    (check,) = found(report, "hidden")
    assert check.verdict is report.verdict is verdict
    assert "Show in IMAP" in check.advice
    check_form(report)


def test_a_limit_of_the_folders_size(tmp_path: Path) -> None:
    with Simulator(Options(messages=1200, max_folder_size=1000)) as simulator:
        (check,) = found(look(account_of(simulator), tmp_path), "folder-limit")
    assert check.verdict is Verdict.WARNING
    assert "1,000" in check.told
    assert "settings/fwdandpop" in check.advice


def test_a_clock_that_is_behind(server: Simulator, tmp_path: Path) -> None:
    behind = ManualClock(SystemClock().now_ms() - 4000 * 86_400_000)
    (check,) = found(look(account_of(server), tmp_path, clock=behind), "clock")
    assert check.verdict is Verdict.WARNING
    (right,) = found(look(account_of(server), tmp_path), "clock")
    assert right.verdict is Verdict.OK


@pytest.mark.parametrize("missing", sorted(COSTS))
def test_a_capability_that_is_missing_has_its_price(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from imapcore.simulator import gmail_texts

    offered = " ".join(word for word in gmail_texts.CAPABILITY_AFTER.split() if word != missing)
    monkeypatch.setattr(gmail_texts, "CAPABILITY_AFTER", offered)
    if missing == "ID":
        before = " ".join(word for word in gmail_texts.CAPABILITY_BEFORE.split() if word != missing)
        monkeypatch.setattr(gmail_texts, "CAPABILITY_BEFORE", before)
    with Simulator(Options(messages=3)) as simulator:
        report = look(account_of(simulator), tmp_path)
    (check,) = found(report, "capability")
    assert check.verdict is (Verdict.FAILED if missing in NEEDED else Verdict.WARNING)
    assert COSTS[missing] in check.told


def test_what_a_capability_is_used_for_is_known_of_all_that_are_needed() -> None:
    assert NEEDED - {"X-GM-EXT-1"} <= COSTS.keys()


# -- who tells the secret -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "word"), [("exit 3", "exit code 3"), ("true", "nothing"), ("echo a; echo b", "2 lines")]
)
def test_a_command_that_does_not_tell(script: str, word: str, server: Simulator, tmp_path: Path) -> None:
    report = examine(
        account_of(server), secret=secret_command(("sh", "-c", script)), data_dir=tmp_path, seconds=5.0
    )
    assert word in only_failure(report).told
    # The way to the server is looked at all the same.
    assert verdicts(report)["gmail"] is Verdict.OK
    assert verdicts(report)["sign-in"] is Verdict.SKIPPED


@pytest.mark.parametrize("mood", list(KeyringMood))
def test_a_keyring_that_cannot_be_used(
    mood: KeyringMood, server: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from imapcore.engine.diagnosis import machine

    def unusable() -> str:
        raise KeyringUnusable("kwallet: it is so", mood=mood)

    monkeypatch.setattr(machine, "keyring_name", unusable)
    report = examine(account_of(server), data_dir=tmp_path, seconds=5.0)
    (check,) = found(report, "keyring")
    assert check.verdict is Verdict.WARNING
    check_form(report)


def test_a_keyring_that_has_nothing_and_one_that_has(
    server: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from imapcore.engine.diagnosis import machine

    kept: list[str | None] = [None, "demo demo demo demo"]
    monkeypatch.setattr(machine, "keyring_name", lambda: "Secret Service")
    monkeypatch.setattr(machine, "stored_secret", lambda account: kept.pop(0))
    check = only_failure(examine(account_of(server), data_dir=tmp_path, seconds=5.0))
    assert "apppasswords" in check.advice
    report = examine(account_of(server), data_dir=tmp_path, seconds=5.0)
    assert verdicts(report)["sign-in"] is Verdict.OK
    check_form(report, "demo demo demo demo")


@pytest.mark.parametrize("password", ["wrong-and-long-enough", "wrong wrong wrong w"])
def test_a_server_that_repeats_the_password(password: str, server: Simulator, tmp_path: Path) -> None:
    server.control.fault(Fault(FaultKind.ECHO, command="LOGIN"))
    report = look(account_of(server), tmp_path, password=password)
    check_form(report, password, password.replace(" ", ""))
    assert only_failure(report).name == "sign-in"


def test_a_token_that_is_refused(server: Simulator, tmp_path: Path) -> None:
    report = look(account_of(server), tmp_path, password="ya29.stale-token", is_token=True)
    assert only_failure(report).name == "sign-in"
    check_form(report, "ya29.stale-token")


# -- sending ------------------------------------------------------------------------------------------------


def test_sending_that_is_refused_and_that_is_not_reached(tmp_path: Path) -> None:
    with Simulator(Options(messages=1, smtp_port=0)) as simulator:
        account = replace(account_of(simulator), smtp_host="127.0.0.1", smtp_port=simulator.smtp_port,
                          smtp_security=Security.NONE)  # fmt: skip
        refused = look(account, tmp_path, password="wrongwrongwrongw")
        unreached = look(replace(account, smtp_port=free_port()), tmp_path)
        unknown = look(account_of(simulator), tmp_path)
    assert verdicts(refused)["smtp"] is Verdict.FAILED
    check_form(refused, "wrongwrongwrongw")
    assert "reading is not concerned" in only_failure(unreached).advice
    assert verdicts(unknown)["smtp"] is Verdict.SKIPPED


# -- the store ----------------------------------------------------------------------------------------------


def store_file(server: Simulator, folder: Path) -> Path:
    from imapcore.engine.engine import store_path

    path = store_path(account_of(server), folder)
    Store.open(path, clock=SystemClock()).close()
    return path


def store_check(server: Simulator, folder: Path) -> Check:
    (check,) = found(look(account_of(server), folder), "store")
    return check


def test_a_sound_store_also_while_it_is_written(server: Simulator, tmp_path: Path) -> None:
    path = store_file(server, tmp_path)
    assert store_check(server, tmp_path).verdict is Verdict.OK
    with Store.open(path, clock=SystemClock()) as store:
        assert store_check(server, tmp_path).verdict is Verdict.OK
        assert not store.is_read_only


def test_a_store_that_is_damaged_foreign_newer_or_open_to_others(server: Simulator, tmp_path: Path) -> None:
    path = store_file(server, tmp_path)
    path.chmod(0o644)
    assert "chmod 600" in store_check(server, tmp_path).advice
    path.chmod(0o600)
    for pragma, word in (("user_version = 999", "newer version"), ("application_id = 7", "another program")):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA {pragma}")
            connection.commit()
        check = store_check(server, tmp_path)
        assert check.verdict is Verdict.FAILED
        assert word in check.told
    path.write_bytes(b"no database at all, but long enough to look like one" * 200)
    check = store_check(server, tmp_path)
    assert check.verdict is Verdict.FAILED
    assert "rebuilds" in check.advice


def test_whatever_is_wrong_is_in_the_report_and_not_raised(tmp_path: Path) -> None:
    for account in (
        Account("demo@gmail.com", ""),
        Account("demo@gmail.com", "a b"),
        Account("d@x.y", "x", 0),
    ):
        try:
            report = look(account, tmp_path)
        except GimapError as error:
            raise AssertionError("a diagnosis never raises") from error
        assert report.verdict is Verdict.FAILED
