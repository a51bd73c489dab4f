"""Walks through a mailbox, call by call, for both clients: same server, same calls, same answers.

A walk is a list of (name, call); a call gets the client and returns what is compared. What no two runs
share (times in a server's words, UIDVALIDITY, Message-IDs of its own) is evened out before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

Walk = list[tuple[str, Callable[[Any], Any]]]

MESSAGE = (
    b"From: Ann <ann@example.org>\nTo: fred@example.org\nSubject: first\n"
    b"Date: Mon, 7 Feb 1994 21:52:25 -0800\nMessage-ID: <1@example.org>\n"
    b"MIME-Version: 1.0\nContent-Type: text/plain\n\nHello Fred,\nhere it is.\n"
)
ANSWER = (
    b"From: Bob Builder <bob@example.org>\r\nTo: ann@example.org\r\nSubject: Re: first\r\n"
    b"Date: Tue, 8 Feb 1994 09:00:00 +0000\r\nMessage-ID: <2@example.org>\r\n"
    b"In-Reply-To: <1@example.org>\r\nReferences: <1@example.org>\r\n\r\nThank you.\r\n"
)
WHEN = '"07-Feb-1994 21:52:25 -0800"'

SEED: Walk = [
    ("noop", lambda c: c.noop()),
    ("list", lambda c: c.list()),
    ("list in a directory", lambda c: c.list('""', "%")),
    ("LIST", lambda c: c.LIST()),
    ("create", lambda c: c.create("Work")),
    ("create below", lambda c: c.create('"Work/New box"')),
    ("create again", lambda c: c.create("Work")),
    ("subscribe", lambda c: c.subscribe("Work")),
    ("lsub", lambda c: c.lsub()),
    ("LSUB", lambda c: c.LSUB('""', "W*")),
    ("append", lambda c: c.append("Work", r"(\Seen)", WHEN, MESSAGE)),
    ("append a bare flag", lambda c: c.append("Work", "\\Flagged", None, ANSWER)),
    ("append to nowhere", lambda c: c.append("Nowhere", None, None, ANSWER)),
    ("status", lambda c: c.status("Work", "(MESSAGES UIDNEXT UNSEEN)")),
    ("select", lambda c: c.select("Work")),
    ("recent", lambda c: c.recent()),
    ("response", lambda c: [c.response(code) for code in ("EXISTS", "FLAGS", "READ-WRITE", "uidnext", "NO")]),
    ("check", lambda c: c.check()),
    ("search", lambda c: c.search(None, "ALL")),
    ("search from", lambda c: c.search(None, "FROM", '"Bob Builder"')),
    ("search in parentheses", lambda c: c.search(None, '(FROM "ann")')),
    ("search a program", lambda c: c.search(None, 'UNSEEN SUBJECT "first" SINCE 1-Feb-1994')),
    ("search with a charset", lambda c: c.search("UTF-8", "SUBJECT", "first")),
    ("search nothing", lambda c: c.search(None, "FROM", "nobody")),
    ("search nonsense", lambda c: c.search(None, "NONSENSE")),
    ("fetch", lambda c: c.fetch("1:2", "(UID FLAGS RFC822.SIZE INTERNALDATE)")),
    ("fetch the header", lambda c: c.fetch("1", "(BODY.PEEK[HEADER])")),
    ("fetch two literals", lambda c: c.fetch("1", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)] BODY.PEEK[TEXT])")),
    ("fetch the message", lambda c: c.fetch("2", "(RFC822)")),
    ("fetch the envelope", lambda c: c.fetch("1", "ENVELOPE")),
    ("fetch the structure", lambda c: c.fetch(b"1", "BODYSTRUCTURE")),
    ("fetch too many", lambda c: c.fetch("9", "(FLAGS)")),
    ("FETCH", lambda c: c.FETCH("1", "(FLAGS)")),
    ("store", lambda c: c.store("1", "+FLAGS", r"(\Answered)")),
    ("store a bare flag", lambda c: c.store("1", "-FLAGS", "\\Answered")),
    ("store silently", lambda c: c.store("1:2", "+FLAGS.SILENT", "(keyword)")),
    ("copy", lambda c: c.copy("1", '"Work/New box"')),
    ("copy to nowhere", lambda c: c.copy("1", "Nowhere")),
    ("uid fetch", lambda c: c.uid("FETCH", "1:*", "(FLAGS)")),
    ("uid search", lambda c: c.uid("search", None, "SEEN")),
    ("uid store", lambda c: c.uid("STORE", "2", "FLAGS", "(\\Deleted)")),
    ("uid copy", lambda c: c.uid("COPY", "2", '"Work/New box"')),
    ("uid nonsense", lambda c: c.uid("NONSENSE", "2")),
    ("expunge", lambda c: c.expunge()),
    ("close", lambda c: [c.close(), c.state]),
    ("fetch with nothing selected", lambda c: c.fetch("1", "(FLAGS)")),
    ("examine", lambda c: [c.select('"Work/New box"', readonly=True), c.is_readonly]),
    ("store where it is forbidden", lambda c: c.store("1", "+FLAGS", "(\\Seen)")),
    ("unselect", lambda c: [c.unselect(), c.state]),
    ("select nowhere", lambda c: [c.select("Nowhere"), c.state]),
    ("rename", lambda c: c.rename('"Work/New box"', "Old")),
    ("unsubscribe", lambda c: c.unsubscribe("Work")),
    ("delete", lambda c: c.delete("Old")),
    ("delete again", lambda c: c.delete("Old")),
    ("xatom", lambda c: c.xatom("NOOP")),
    ("namespace", lambda c: c.namespace()),
    ("capability", lambda c: c.capability()[0]),
    ("socket", lambda c: c.socket() is c.sock),
    ("version", lambda c: c.PROTOCOL_VERSION),
]
"""Every method of the seed document that both clients can do; ``login`` and ``logout`` are around it."""

SORTED_AND_THREADED: Walk = [
    ("select", lambda c: c.select("Sorted")),
    ("sort", lambda c: c.sort("(REVERSE DATE)", "UTF-8", "ALL")),
    ("sort without parentheses", lambda c: c.sort("SUBJECT", "US-ASCII", "ALL")),
    ("thread", lambda c: c.thread("REFERENCES", "UTF-8", "ALL")),
    ("uid sort", lambda c: c.uid("SORT", "(DATE)", "UTF-8", "ALL")),
    ("uid thread", lambda c: c.uid("THREAD", "REFERENCES", "UTF-8", "ALL")),
    ("binary", lambda c: c.fetch("1", "(BINARY.PEEK[1])")),
    ("condstore", lambda c: c.fetch("1:*", "(FLAGS) (CHANGEDSINCE 1)")),
    ("uid move", lambda c: c.uid("MOVE", "1", "INBOX")),
    ("uid expunge", lambda c: c.uid("EXPUNGE", "1:*")),
    ("qresync", lambda c: [c.enable("QRESYNC"), c.response("ENABLED")]),
]
RIGHTS_AND_QUOTA: Walk = [
    ("getacl", lambda c: c.getacl("INBOX")),
    ("setacl", lambda c: c.setacl("INBOX", "ann", "lr")),
    ("getacl again", lambda c: c.getacl("INBOX")),
    ("deleteacl", lambda c: c.deleteacl("INBOX", "ann")),
    ("myrights", lambda c: c.myrights("INBOX")),
    ("getquota", lambda c: c.getquota('"User quota"')),
    ("getquotaroot", lambda c: c.getquotaroot("INBOX")),
    ("setquota", lambda c: c.setquota('"User quota"', "(STORAGE 512)")),
    ("getannotation", lambda c: c.getannotation("INBOX", '"/comment"', '"value.shared"')),
]

_EVENED = [
    (re.compile(rb" \(\d+\.\d+ \+ \d+\.\d+(?: \+ \d+\.\d+)? secs\)"), b""),
    (re.compile(rb"(UIDVALIDITY|COPYUID|APPENDUID) \d+"), rb"\1 n"),
    (re.compile(rb"<[^<>@ ]+@[^<>@ ]+\.[a-z]+>"), b"<id>"),
    (re.compile(rb"fred\d+"), b"fred"),
    (re.compile(rb"\[CAPABILITY [^]]*\] "), b""),
    (re.compile(rb'INTERNALDATE "[^"]*"'), b"INTERNALDATE when"),
]


def evened(value: Any) -> Any:
    """A result without what differs from run to run."""
    if isinstance(value, bytes):
        for pattern, replacement in _EVENED:
            value = pattern.sub(replacement, value)
        return value
    if isinstance(value, tuple | list):
        return type(value)(evened(item) for item in value)
    return value


def steps(client: Any, walk: Walk, errors: Iterable[type[Exception]]) -> dict[str, Any]:
    """Each call's result, or the kind of error it raised."""
    heard: dict[str, Any] = {}
    for name, call in walk:
        try:
            heard[name] = evened(call(client))
        except tuple(errors) as problem:
            kinds = ("readonly", "abort", "error")
            heard[name] = next(
                (kind for kind in kinds if isinstance(problem, getattr(client, kind))), "other"
            )
    return heard
