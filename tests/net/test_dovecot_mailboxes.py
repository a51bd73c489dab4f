"""Mailboxes on a real server, Dovecot: making, naming, listing, counting, subscribing."""

from __future__ import annotations

import pytest

from imapcore.errors import CommandRefused, NotSupported, WrongState
from imapcore.protocol.commands import (
    Append,
    Close,
    Create,
    Delete,
    Fetch,
    List,
    Lsub,
    Rename,
    Search,
    Select,
    StatusOf,
    Store,
    StoreMode,
    Subscribe,
    Unselect,
    Unsubscribe,
    Xlist,
)
from imapcore.protocol.state import State
from imapcore.wire.uidset import UidSet
from tests.dovecot import PROGRAM, Dovecot
from tests.net.dovecot_client import filled, mail, signed_in

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(PROGRAM is None, reason="Dovecot is not installed (Debian: dovecot-imapd)"),
]
NAMES = (
    "Work",
    "Grüße",
    "旅行 & more",
    'a "quoted" name',
    "back\\slash",
    "per%cent*star",
    "{5}",
    "NIL",
    " lead",
)
"""Plain, outside ASCII, and what quoting, patterns and literals could trip over."""


@pytest.mark.parametrize("name", NAMES)
def test_a_mailbox_lives_under_any_name(name: str, dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        conn.run(Create(name))
        assert name in {each.name for each in conn.run(List()).mailboxes}
        conn.run(Subscribe(name))
        assert [each.name for each in conn.run(Lsub()).mailboxes] == [name]
        assert conn.run(Append(name, mail("one"))) is not None
        assert conn.run(StatusOf(name)).messages == 1
        assert conn.run(Select(name)).mailbox.exists == 1
        conn.run(Unselect())
        conn.run(Unsubscribe(name))
        conn.run(Rename(name, f"{name} 2"))
        assert conn.run(Lsub()).mailboxes == ()
        conn.run(Delete(f"{name} 2"))
        left = {each.name for each in conn.run(List()).mailboxes}
        assert left == {"INBOX", "Trash"}


def test_patterns_of_names(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        for name in ("Work", "Work/2026", "Work/2026/July", "Home"):
            conn.run(Create(name))
        assert {each.name for each in conn.run(List("%", "Work/")).mailboxes} == {"Work/2026"}
        assert {each.name for each in conn.run(List("Work*")).mailboxes} == {
            "Work",
            "Work/2026",
            "Work/2026/July",
        }
        (root,) = conn.run(List("")).mailboxes
        assert (root.name, root.delimiter) == ("", "/")


def test_listing_with_all_that_can_be_asked(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        conn.run(Create("Work/2026"))
        conn.run(Subscribe("Work/2026"))
        conn.run(Append("Work/2026", mail("one")))
        listing = conn.run(
            List(
                returns=("SUBSCRIBED", "CHILDREN", "SPECIAL-USE"),
                status=("MESSAGES", "UNSEEN", "UIDNEXT", "UIDVALIDITY", "HIGHESTMODSEQ", "SIZE"),
            )
        )
        listed = {each.name: each for each in listing.mailboxes}
        assert "\\Trash" in listed["Trash"].attributes
        assert "\\HasChildren" in listed["Work"].attributes
        assert {"\\Subscribed", "\\HasNoChildren"} <= listed["Work/2026"].attributes
        counted = {each.name: each for each in listing.statuses}
        found = counted["Work/2026"]
        assert (found.messages, found.unseen, found.uidnext) == (1, 1, 2)
        assert found.uidvalidity
        assert found.highestmodseq
        assert found.size == len(mail("one"))
        only = conn.run(List(select=("SUBSCRIBED",)))
        assert {each.name for each in only.mailboxes} == {"Work/2026"}
        deep = conn.run(List("%", select=("SUBSCRIBED", "RECURSIVEMATCH")))
        (parent,) = deep.mailboxes
        assert parent.name == "Work"
        assert "CHILDINFO" in parent.extended
        special = conn.run(List(select=("SPECIAL-USE",)))
        assert [each.name for each in special.mailboxes] == ["Trash"]


def test_what_is_not_offered_is_not_sent(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn, pytest.raises(NotSupported):
        conn.run(Xlist())


def test_counting_agrees_with_what_is_there(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        filled(conn, mail("one"), mail("two", "much longer than the other"))
        conn.run(Store(UidSet([1]), StoreMode.ADD, frozenset({"\\Seen", "\\Deleted"})))
        conn.run(Unselect())
        status = conn.run(StatusOf("inbox", ("MESSAGES", "UNSEEN", "RECENT", "UIDNEXT", "SIZE")))
        assert (status.messages, status.unseen, status.uidnext) == (2, 1, 3)
        assert status.size == len(mail("one")) + len(mail("two", "much longer than the other"))


def test_selecting_describes_the_mailbox(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        filled(conn, mail("one"))
        selection = conn.run(Select("INBOX", condstore=True))
        box = selection.mailbox
        assert (box.exists, box.uidnext, box.is_read_only, box.unseen) == (1, 2, False, 1)
        assert box.uidvalidity
        assert box.highestmodseq
        assert box.can_create_keywords
        assert "\\Answered" in box.flags
        assert conn.mailbox == box
        looked = conn.run(Select("INBOX", is_read_only=True)).mailbox
        assert looked.is_read_only
        assert looked.uidvalidity == box.uidvalidity
        with pytest.raises(CommandRefused):
            conn.run(Select("Nowhere"))
        # RFC 3501 §6.3.1: after a SELECT that failed nothing is selected.
        assert conn.state is State.AUTHENTICATED
        with pytest.raises(WrongState):
            conn.run(Search())


def test_leaving_a_mailbox_with_and_without_expunging(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        filled(conn, mail("one"), mail("two"))
        conn.run(Store(UidSet([1]), StoreMode.ADD, frozenset({"\\Deleted"})))
        conn.run(Unselect())
        assert conn.state is State.AUTHENTICATED
        assert conn.run(Select("INBOX")).mailbox.exists == 2
        conn.run(Close())
        assert conn.run(Select("INBOX")).mailbox.exists == 1
        assert conn.run(Search()).uids == UidSet([2])


def test_refusals_leave_the_connection_usable(dovecot: Dovecot) -> None:
    with signed_in(dovecot) as conn:
        conn.run(Create("Twice"))
        refused = (Create("Twice"), Delete("Nowhere"), Rename("Nowhere", "Elsewhere"), StatusOf("Nowhere"))
        for command in refused:
            with pytest.raises(CommandRefused):
                conn.run(command)
        assert conn.run(Select("INBOX")).mailbox.exists == 0
        assert conn.run(Fetch(UidSet.everything(), ("UID", "FLAGS"))) == []
