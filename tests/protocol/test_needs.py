"""What a command's arguments need of the server: refused here, where the server could only say BAD."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from imapcore.errors import NotSupported, WrongState
from imapcore.protocol import commands as c
from imapcore.protocol.search import (
    All,
    And,
    EmailId,
    From,
    GmailLabel,
    GmailMsgid,
    GmailRaw,
    GmailThrid,
    Key,
    ModSeq,
    Not,
    Older,
    Or,
    Saved,
    Since,
    ThreadId,
    Younger,
)
from imapcore.wire.uidset import UidSet
from tests.protocol.talk import Talk, selected

ONE = UidSet([1])
SORT = "SORT THREAD=REFERENCES "
"""What SORT and THREAD need by their names, whatever the arguments."""


def fetch(*items: str, **options: Any) -> c.Fetch:
    return c.Fetch(ONE, items or ("UID",), **options)


NEEDS: list[tuple[c.Command[Any], tuple[str, ...]]] = [
    (fetch("X-GM-MSGID"), ("X-GM-EXT-1",)),
    (fetch("X-GM-THRID"), ("X-GM-EXT-1",)),
    (fetch("UID", "X-GM-LABELS"), ("X-GM-EXT-1",)),
    (fetch("MODSEQ"), ("CONDSTORE", "QRESYNC")),
    (fetch("EMAILID"), ("OBJECTID",)),
    (fetch("THREADID"), ("OBJECTID",)),
    (fetch("SAVEDATE"), ("SAVEDATE",)),
    (fetch("PREVIEW"), ("PREVIEW",)),
    (fetch(c.binary("1")), ("BINARY", "IMAP4REV2")),
    (fetch(c.binary("1", peek=False)), ("BINARY", "IMAP4REV2")),
    (fetch("BINARY.SIZE[1]"), ("BINARY", "IMAP4REV2")),
    (fetch(changed_since=4), ("CONDSTORE", "QRESYNC")),
    (fetch(changed_since=4, vanished=True), ("QRESYNC",)),
    (fetch(partial=(1, 5)), ("PARTIAL",)),
    (fetch(by_saved_search=True), ("SEARCHRES", "IMAP4REV2")),
    (c.Store(ONE, c.StoreMode.ADD, labels=frozenset({"x"})), ("X-GM-EXT-1",)),
    (
        c.Store(ONE, c.StoreMode.ADD, flags=frozenset({"x"}), unchanged_since=4),
        ("CONDSTORE", "QRESYNC"),
    ),
    (c.Search(returns=frozenset()), ("ESEARCH", "IMAP4REV2")),
    (c.Search(returns=frozenset({"MIN"})), ("ESEARCH", "IMAP4REV2")),
    (c.Search(returns=frozenset({"SAVE"})), ("SEARCHRES", "IMAP4REV2")),
    (c.Search(partial=(1, 5)), ("PARTIAL", "CONTEXT=SEARCH")),
    (c.Search(partial=(-1, -5)), ("PARTIAL",)),
    (c.Sort(("REVERSE", "DISPLAYFROM")), ("SORT=DISPLAY",)),
    (c.Sort(("DISPLAYTO",)), ("SORT=DISPLAY",)),
    (c.Select("x", condstore=True), ("CONDSTORE", "QRESYNC")),
    (c.Select("x", resync=c.QuickResync(1, 2)), ("QRESYNC",)),
    (c.Create("x", ("\\Archive",)), ("CREATE-SPECIAL-USE",)),
    (c.List(select=("SUBSCRIBED",)), ("LIST-EXTENDED", "IMAP4REV2")),
    (c.List(select=("SPECIAL-USE",)), ("SPECIAL-USE",)),
    (c.List(returns=("CHILDREN",)), ("LIST-EXTENDED", "IMAP4REV2")),
    (c.List(returns=("SPECIAL-USE",)), ("SPECIAL-USE", "IMAP4REV2")),
    (c.List(status=("MESSAGES",)), ("LIST-STATUS", "IMAP4REV2")),
    (c.StatusOf("x", ("MESSAGES", "HIGHESTMODSEQ")), ("CONDSTORE", "QRESYNC")),
    (c.StatusOf("x", ("SIZE",)), ("STATUS=SIZE", "IMAP4REV2")),
    (c.StatusOf("x", ("DELETED",)), ("IMAP4REV2", "QUOTA=RES-MESSAGE")),
    (c.StatusOf("x", ("DELETED-STORAGE",)), ("QUOTA=RES-STORAGE",)),
    (c.StatusOf("x", ("APPENDLIMIT",)), ("APPENDLIMIT", "APPENDLIMIT=35651584")),
    (c.StatusOf("x", ("MAILBOXID",)), ("OBJECTID",)),
    (c.Append("x", b"\x00", is_binary=True), ("BINARY",)),
]
"""A command, and the capabilities any one of which is enough for its arguments."""

KEYS: list[tuple[Key, tuple[str, ...]]] = [
    (Older(1), ("WITHIN",)),
    (Younger(1), ("WITHIN",)),
    (ModSeq(1), ("CONDSTORE", "QRESYNC")),
    (Saved(), ("SEARCHRES", "IMAP4REV2")),
    (EmailId("M1"), ("OBJECTID",)),
    (ThreadId("T1"), ("OBJECTID",)),
    (GmailRaw("x"), ("X-GM-EXT-1",)),
    (GmailMsgid(1), ("X-GM-EXT-1",)),
    (GmailThrid(1), ("X-GM-EXT-1",)),
    (GmailLabel("x"), ("X-GM-EXT-1",)),
]


def offering(capabilities: str, *, is_resyncing: bool = True) -> Talk:
    return selected(f"IMAP4rev1 {capabilities}", is_resyncing=is_resyncing)


def described(value: object) -> str:
    return c.describe(value) if isinstance(value, c.Command) else str(value)


@pytest.mark.parametrize(("command", "needed"), NEEDS, ids=described)
def test_arguments_need_what_the_server_offers(command: c.Command[Any], needed: tuple[str, ...]) -> None:
    with pytest.raises(NotSupported, match=f"does not offer {needed[0]}"):
        offering(SORT).protocol.send(command)
    for capability in needed:
        # Each of these stands on another extension, which a server that offers them has too.
        rest = {"SEARCHRES": "ESEARCH", "LIST-STATUS": "LIST-EXTENDED", "QRESYNC": "ENABLE"}.get(
            capability, ""
        )
        assert offering(f"{SORT}{capability} {rest}").protocol.send(command).tag is not None


@pytest.mark.parametrize(
    "wrap", [lambda key: key, Not, lambda key: And(All(), key), lambda key: Or(key, All())]
)
@pytest.mark.parametrize(("key", "needed"), KEYS, ids=described)
def test_keys_need_it_however_deep_they_stand(key: Key, needed: tuple[str, ...], wrap: Any) -> None:
    for command in (c.Search(wrap(key)), c.Sort(("DATE",), wrap(key)), c.Thread(key=wrap(key))):
        with pytest.raises(NotSupported, match=f"does not offer {needed[0]}"):
            offering(SORT).protocol.send(command)
        for capability in needed:
            assert offering(f"{SORT}{capability}").protocol.send(command).tag is not None


def test_plain_imap_needs_nothing() -> None:
    plain = [
        fetch(
            "UID", "FLAGS", "ENVELOPE", "BODYSTRUCTURE", "RFC822.SIZE", c.body("1"), c.header_fields(["To"])
        ),
        c.Store(ONE, c.StoreMode.ADD, flags=frozenset({"x"})),
        c.Search(From("x") & ~Since(date(2026, 7, 1))),
        c.Sort(("REVERSE", "DATE")),
        c.Select("x"),
        c.Create("x"),
        c.List(),
        c.StatusOf("x"),
        c.Append("x", b"x"),
    ]
    for command in plain:
        assert offering(SORT).protocol.send(command).tag is not None


@pytest.mark.parametrize(
    "command",
    [fetch(changed_since=4, vanished=True), c.Select("x", resync=c.QuickResync(1, 2))],
    ids=described,
)
def test_qresync_must_have_been_enabled(command: c.Command[Any]) -> None:
    """RFC 7162 §3.2.5 and §3.2.6: the server must answer BAD unless it was."""
    talk = offering("CONDSTORE QRESYNC ENABLE", is_resyncing=False)
    with pytest.raises(WrongState, match="ENABLE QRESYNC"):
        talk.protocol.send(command)
    talk.ask(c.Enable.of(["QRESYNC"]), "* ENABLED QRESYNC", "% OK")
    assert talk.protocol.send(command).tag is not None


def test_nothing_is_refused_while_nobody_has_said_what_there_is() -> None:
    talk = Talk()
    talk.s("* PREAUTH hello")
    talk.ask(c.Select("x"), "% OK")
    assert talk.protocol.capabilities is None
    assert talk.protocol.send(fetch("X-GM-MSGID", partial=(1, 5))).tag is not None
