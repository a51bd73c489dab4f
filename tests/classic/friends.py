"""Use a library that stands on imaplib, with imaplib or with ``classic`` under it; a script, no test.

``friends.py (stdlib|classic) (imapclient|imap_tools) PORT USER``, the password on standard
input, prints what each call answered. Both libraries reach into imaplib's private members, which is what
makes them worth asking.
"""

from __future__ import annotations

import importlib
import ssl
import sys
from collections.abc import Iterator
from typing import Any

MESSAGE = b"From: Ann <ann@example.org>\r\nSubject: hello\r\nMessage-ID: <1@example.org>\r\n\r\nbody\r\n"
BOX = "A & Ü"


def use_imapclient(port: int, user: str, password: str) -> Iterator[object]:
    """A walk with IMAPClient, over STARTTLS."""
    imapclient: Any = importlib.import_module("imapclient")
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    client = imapclient.IMAPClient("127.0.0.1", port, ssl=False, timeout=20)
    yield client.starttls(context)
    yield client.login(user, password)
    yield sorted(client.capabilities())
    yield client.create_folder(BOX)
    yield client.list_folders()
    yield client.append(BOX, MESSAGE, flags=["\\Seen"])
    yield sorted(client.select_folder(BOX))
    yield client.search(["SUBJECT", "hello"])
    yield client.search(["TEXT", "käse"], charset="utf-8")
    yield client.fetch([1], ["FLAGS", "BODY[]", "ENVELOPE", "BODYSTRUCTURE"])[1]
    yield client.add_flags([1], ["keyword"])
    yield client.get_flags([1])
    yield client.sort("DATE")
    yield client.thread()
    yield client.idle()
    yield client.idle_check(timeout=0.01)
    yield client.idle_done()
    yield client.noop()
    yield client.copy([1], "INBOX")
    yield client.move([1], "Trash")
    yield client.folder_status("Trash", ["MESSAGES"])
    yield client.get_quota()
    yield client.getacl("INBOX")
    yield client.namespace()
    yield client.id_()
    yield client.unselect_folder()
    yield client.enable("CONDSTORE")
    yield client.delete_folder(BOX)
    yield client.logout()


def use_imap_tools(port: int, user: str, password: str) -> Iterator[object]:
    """A walk with imap-tools."""
    imap_tools: Any = importlib.import_module("imap_tools")
    with imap_tools.MailBoxUnencrypted("127.0.0.1", port, timeout=20).login(user, password) as box:
        yield box.folder.create(BOX)
        yield [folder.name for folder in box.folder.list()]
        yield box.append(MESSAGE, BOX, flag_set=["\\Seen"])
        yield box.folder.set(BOX)
        yield [(message.uid, message.subject, message.flags, message.text) for message in box.fetch()]
        yield box.uids(imap_tools.AND(subject="hello", seen=True))
        yield box.uids(imap_tools.AND(text="käse"), charset="UTF-8")
        yield box.flag(["1"], ["keyword"], True)
        yield box.idle.wait(timeout=0.01)
        yield box.copy(["1"], "INBOX")
        yield box.move(["1"], "Trash")
        yield box.folder.status("Trash")["MESSAGES"]
        yield box.folder.rename(BOX, "Other")
        yield box.folder.delete("Other")


if __name__ == "__main__":
    below, library, port, user = sys.argv[1:]
    if below == "classic":
        sys.modules["imaplib"] = importlib.import_module("imapcore.classic")
    walk = {"imapclient": use_imapclient, "imap_tools": use_imap_tools}[library]
    for answer in walk(int(port), user, sys.stdin.read()):
        print(repr(answer))
