"""Clients nobody here wrote do their jobs against the simulator (each skipped where it is not installed)."""

from __future__ import annotations

import asyncio
import imaplib
import os
import pty
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import aioimaplib
import pytest
from imap_tools import AND, MailBoxUnencrypted, MailMessageFlags
from imapclient import IMAPClient

from imapcore.simulator import Simulator
from imapcore.simulator.account.kinds import Kind
from tests.simulator.conftest import options
from tests.simulator.wire import mail

USER, PASSWORD = "demo@gmail.com", "demodemodemodemo"
DEADLINE_SECONDS = 40
MBSYNC = shutil.which("mbsync")
NEOMUTT = shutil.which("neomutt")


@pytest.fixture
def busy() -> Iterator[Simulator]:
    """An account with some hundred messages, and three that are known."""
    with Simulator(options(messages=300)) as simulator:
        for number in range(3):
            simulator.control.deliver(
                mail(f"Known {number}", message_id=f"<known{number}@x>", body=f"Needle {number}")
            )
        yield simulator


def test_imaplib_lists_selects_fetches_labels_searches_and_moves(busy: Simulator) -> None:
    with imaplib.IMAP4(busy.host, busy.port) as client:
        assert client.login(USER, PASSWORD)[0] == "OK"
        status, lines = client.list()
        assert status == "OK"
        assert b'(\\All \\HasNoChildren) "/" "[Gmail]/All Mail"' in lines
        status, [exists] = client.select('"[Gmail]/All Mail"')
        assert status == "OK"
        assert isinstance(exists, bytes)
        assert int(exists) == len(busy.control.messages("[Gmail]/All Mail"))
        status, data = client.fetch("1", "(UID X-GM-MSGID BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        assert status == "OK"
        first = busy.control.messages("[Gmail]/All Mail")[0]
        assert isinstance(data[0], tuple)
        assert b"X-GM-MSGID %d UID 1" % first.msgid in data[0][0]
        status, data = client.uid("STORE", "1", "+X-GM-LABELS", '("By imaplib")')
        assert status == "OK"
        assert "By imaplib" in busy.control.message(first.msgid).labels
        assert client.uid("SEARCH", "X-GM-LABELS", '"By imaplib"') == ("OK", [b"1"])
        assert client.uid("MOVE", "1", '"[Gmail]/Trash"')[0] == "OK"
        assert busy.control.message(first.msgid).place is Kind.TRASH


def test_imapclient_lists_selects_fetches_labels_searches_idles_and_appends(busy: Simulator) -> None:
    with IMAPClient(busy.host, busy.port, ssl=False) as client:
        client.login(USER, PASSWORD)
        folders = {name: flags for flags, _, name in client.list_folders()}
        assert b"\\All" in folders["[Gmail]/All Mail"]
        assert client.find_special_folder(b"\\Trash") == "[Gmail]/Trash"
        client.select_folder("[Gmail]/All Mail")
        found = client.search(["X-GM-LABELS", "Finance"])
        assert found
        fetched = client.fetch(found, ["ENVELOPE", "BODYSTRUCTURE", "X-GM-LABELS", "X-GM-THRID", "FLAGS"])
        assert all(b"Finance" in data[b"X-GM-LABELS"] for data in fetched.values())
        assert all(data[b"ENVELOPE"].subject for data in fetched.values())
        client.add_gmail_labels(found, ["By IMAPClient"])
        assert sorted(client.search(["X-GM-LABELS", "By IMAPClient"])) == sorted(found)
        client.remove_gmail_labels(found, ["By IMAPClient"])
        assert client.search(["X-GM-LABELS", "By IMAPClient"]) == []
        client.add_flags(found[0], [b"\\Flagged"])
        assert "\\Starred" in client.get_gmail_labels(found[0])[found[0]]
        assert client.gmail_search('subject:"Known 1"')
        client.idle()
        busy.control.deliver(mail("Now"))
        assert client.idle_check(timeout=DEADLINE_SECONDS)[0][1] == b"EXISTS"
        client.idle_done()
        assert b"APPENDUID" in client.append("[Gmail]/Drafts", mail("Draft"), [b"\\Draft"])


def test_imap_tools_fetches_flags_and_moves(busy: Simulator) -> None:
    with MailBoxUnencrypted(busy.host, busy.port).login(USER, PASSWORD) as mailbox:
        assert "[Gmail]/All Mail" in {folder.name for folder in mailbox.folder.list()}
        known = list(mailbox.fetch(AND(subject="Known"), bulk=True, mark_seen=False))
        assert [message.subject for message in known] == ["Known 0", "Known 1", "Known 2"]
        assert [message.text.strip() for message in known] == ["Needle 0", "Needle 1", "Needle 2"]
        uids = [message.uid for message in known if message.uid]
        mailbox.flag(uids, [MailMessageFlags.SEEN, MailMessageFlags.FLAGGED], value=True)
        mailbox.move(uids[:1], "[Gmail]/Trash")
        assert [message.subject for message in mailbox.fetch(AND(flagged=True, subject="Known"))] == [
            "Known 1",
            "Known 2",
        ]
    [trashed] = [message for message in busy.control.messages() if message.subject == "Known 0"]
    assert trashed.place is Kind.TRASH
    assert {"\\Seen", "\\Flagged"} <= trashed.flags


async def test_aioimaplib_searches_fetches_stores_and_idles(busy: Simulator) -> None:
    client = aioimaplib.IMAP4(host=busy.host, port=busy.port, timeout=DEADLINE_SECONDS)
    await client.wait_hello_from_server()
    assert (await client.login(USER, PASSWORD)).result == "OK"
    assert (await client.select("INBOX")).result == "OK"
    found = await client.uid_search("SUBJECT Known", charset=None)
    uids = found.lines[0].decode().split()
    assert len(uids) == 3
    fetched = await client.uid("fetch", uids[0], "(X-GM-LABELS BODY.PEEK[TEXT])")
    assert any(b"Needle 0" in line for line in fetched.lines)
    assert (await client.uid("store", uids[0], "+FLAGS (\\Seen)")).result == "OK"
    idling = await client.idle_start(timeout=DEADLINE_SECONDS)
    await asyncio.to_thread(busy.control.deliver, mail("Now"))
    assert any(line.endswith(b"EXISTS") for line in await client.wait_server_push())
    client.idle_done()
    await asyncio.wait_for(idling, DEADLINE_SECONDS)
    await client.logout()
    [seen] = [message for message in busy.control.messages("INBOX") if message.subject == "Known 0"]
    assert "\\Seen" in seen.flags


@pytest.mark.server
@pytest.mark.skipif(MBSYNC is None, reason="mbsync is not installed (Debian: isync)")
def test_mbsync_mirrors_a_mailbox_and_pushes_what_changed(busy: Simulator, tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    configuration = tmp_path / "mbsyncrc"
    configuration.write_text(
        f"IMAPAccount gmail\nHost {busy.host}\nPort {busy.port}\nUser {USER}\nPass {PASSWORD}\nSSLType None\n"
        "AuthMechs LOGIN\n\nIMAPStore far\nAccount gmail\n\n"
        f"MaildirStore near\nPath {tmp_path}/mail/\nInbox {tmp_path}/mail/INBOX\nSubFolders Verbatim\n\n"
        "Channel all\nFar :far:\nNear :near:\n"
        'Patterns "INBOX" "[Gmail]/Trash"\nCreate Near\nExpunge None\nSyncState *\n'
    )
    configuration.chmod(0o600)

    def synchronize() -> None:
        done = subprocess.run(
            [str(MBSYNC), "-c", str(configuration), "-a"],
            capture_output=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()

    synchronize()
    inbox = tmp_path / "mail" / "INBOX"
    stored = [path for folder in ("new", "cur") for path in (inbox / folder).iterdir()]
    assert len(stored) == len(busy.control.messages("INBOX"))
    [known] = [path for path in stored if b"Needle 1" in path.read_bytes()]
    name = known.name.partition(":")[0]
    known.rename(inbox / "cur" / f"{name}:2,FS")
    synchronize()
    [message] = [message for message in busy.control.messages("INBOX") if message.subject == "Known 1"]
    assert {"\\Seen", "\\Flagged"} <= message.flags
    assert "\\Starred" in message.labels


@pytest.mark.server
@pytest.mark.skipif(NEOMUTT is None, reason="neomutt is not installed (Debian: neomutt)")
def test_neomutt_limits_flags_saves_and_quits(busy: Simulator, tmp_path: Path) -> None:
    settings = tmp_path / "neomuttrc"
    settings.write_text(
        f"set imap_user={USER}\nset imap_pass={PASSWORD}\nset ssl_starttls=no\nset ssl_force_tls=no\n"
        f"set folder=imap://{busy.host}:{busy.port}/\nset header_cache=\nset delete=yes\n"
        "set confirmappend=no\nset quit=yes\nset sleep_time=0\nset timeout=1\nset imap_condstore=yes\n"
        f"set spoolfile=imap://{busy.host}:{busy.port}/INBOX\nset mail_check=1\nset confirmcreate=no\n"
        'push "<limit>~s Known<enter><tag-pattern>.<enter><tag-prefix><flag-message>'
        '<tag-prefix><copy-message>=Work/neomutt<enter><sync-mailbox><quit>"\n'
    )
    busy.control.create_label("Work/neomutt")
    run_in_terminal([str(NEOMUTT), "-n", "-F", str(settings)])
    known = [message for message in busy.control.messages("INBOX") if message.subject.startswith("Known")]
    assert len(known) == 3
    assert all("\\Flagged" in message.flags for message in known)
    assert all("Work/neomutt" in message.labels for message in known)


def run_in_terminal(command: list[str]) -> None:
    """Run a full-screen program to its own end on a terminal of its own; what it draws is thrown away."""
    outer, inner = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "LINES": "40", "COLUMNS": "120", "HOME": "/nonexistent"}
    with subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, env=environment) as child:
        os.close(inner)
        drawn: list[bytes] = []
        reader = threading.Thread(target=_read_all, args=(outer, drawn), daemon=True)
        reader.start()
        try:
            status = child.wait(DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            raise
        finally:
            reader.join(DEADLINE_SECONDS)
            os.close(outer)
    assert status == 0, b"".join(drawn)[-2000:]


def _read_all(descriptor: int, into: list[bytes]) -> None:
    """Until the program's end of the terminal closes, which Linux tells as an error."""
    try:
        while data := os.read(descriptor, 65536):
            into.append(data)
    except OSError:
        return
