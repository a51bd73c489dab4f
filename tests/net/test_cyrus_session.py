"""Sessions and mailboxes on Cyrus: it offers other things than Dovecot and words them otherwise."""

from __future__ import annotations

import threading

import pytest

from imapcore.errors import AuthenticationFailed, CommandRefused, OverQuota
from imapcore.protocol.auth import Mechanism, Plain, PlainPrompts
from imapcore.protocol.commands import (
    Append,
    Capability,
    Close,
    Create,
    Delete,
    Fetch,
    GetQuota,
    GetQuotaRoot,
    Id,
    List,
    Login,
    Lsub,
    Namespace,
    Rename,
    Search,
    Select,
    StatusOf,
    Store,
    StoreMode,
    Subscribe,
    Unselect,
    Unsubscribe,
    body,
)
from imapcore.protocol.events import Noticed
from imapcore.protocol.state import State
from imapcore.protocol.transcript import Transcript
from imapcore.wire.encoder import Secret
from imapcore.wire.responses import Exists
from imapcore.wire.uidset import UidSet
from tests.cyrus import ADMINISTRATOR, IS_INSTALLED, Cyrus
from tests.net.cyrus_client import needs, opened, signed_in
from tests.net.dovecot_client import filled, mail

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(not IS_INSTALLED, reason="Cyrus is not installed (Debian: cyrus-imapd)"),
]
DELETED = frozenset({"\\Deleted"})


# -- the session ---------------------------------------------------------------------------------------------


def ways(user: str, password: Secret) -> dict[str, Mechanism | Login]:
    """Every way this server lets a user sign in."""
    return {
        "PLAIN": Plain(user, password),
        "LOGIN": PlainPrompts(user, password),
        "command": Login(user, password),
    }


@pytest.mark.parametrize("has_initial", [True, False])
@pytest.mark.parametrize("way", ["PLAIN", "LOGIN", "command"])
def test_signs_in_and_learns_what_more_there_is(way: str, has_initial: bool, cyrus: Cyrus) -> None:
    off = frozenset() if has_initial else frozenset({"SASL-IR", "LITERAL+"})
    transcript = Transcript()
    user = next(cyrus.unused)
    with opened(cyrus, off=off, transcript=transcript) as conn:
        assert "CONDSTORE" not in conn.capabilities
        with pytest.raises(AuthenticationFailed) as caught:
            conn.authenticate(ways(user, Secret("wr0ng-secret"))[way])
        assert "wr0ng-secret" not in repr(caught.value) + str(caught.value)
        conn.authenticate(ways(user, Secret(cyrus.password))[way])
        assert conn.state is State.AUTHENTICATED
        assert "CONDSTORE" in conn.capabilities
    told = "".join(transcript.lines())
    assert cyrus.password not in told
    assert "wr0ng-secret" not in told


def test_who_the_server_is_and_where_its_mail_begins(cyrus: Cyrus) -> None:
    with signed_in(cyrus) as conn:
        server = conn.run(Id.of({"name": "gimap-tui", "version": None}))
        assert server is not None
        assert "Cyrus" in (server.fields["name"] or "")
        spaces = conn.run(Namespace())
        assert spaces is not None
        assert [(each.prefix, each.delimiter) for each in spaces.personal] == [("", "/")]
        assert [(each.prefix, each.delimiter) for each in spaces.others] == [("Other Users/", "/")]
        assert [(each.prefix, each.delimiter) for each in spaces.shared] == [("Shared Folders/", "/")]
        assert conn.run(Capability()) == conn.capabilities


def test_compression_carries_everything(cyrus: Cyrus) -> None:
    big = mail("big", "All work and no play makes Jack a dull boy.\r\n" * 4000)
    with signed_in(cyrus) as conn:
        needs(conn, "COMPRESS=DEFLATE")
        assert conn.compress()
        filled(conn, mail("small"), big)
        before = conn.bytes_received
        fetched = conn.run(Fetch(UidSet([1, 2]), ("UID", body())))
        assert [each.sections[""] for each in fetched] == [mail("small"), big]
        assert conn.bytes_received - before < len(big) // 10


def test_quota_and_a_mailbox_that_is_full(cyrus: Cyrus) -> None:
    user = next(cyrus.unused)
    with signed_in(cyrus, user) as conn:
        needs(conn, "QUOTA")
        answer = conn.run(GetQuotaRoot("INBOX"))
        (root,) = answer.roots
        assert [(each.name, each.limit) for each in answer.quotas[0].resources] == [("STORAGE", 1024)]
        # Cyrus keeps GETQUOTA for those who run it; everybody else asks for the root of a mailbox.
        with pytest.raises(CommandRefused):
            conn.run(GetQuota(root))
        with pytest.raises(OverQuota) as caught:
            conn.run(Append("INBOX", mail("too big", ("x" * 76 + "\r\n") * 20_000)))
        assert caught.value.title == "The mailbox is full"
        assert conn.run(StatusOf("INBOX")).messages == 0
    with signed_in(cyrus, ADMINISTRATOR) as conn:
        assert conn.run(GetQuota(f"user/{user}")).quotas[0].resources == answer.quotas[0].resources


def test_an_idle_hears_of_mail_as_it_comes(cyrus: Cyrus) -> None:
    user = next(cyrus.unused)
    with signed_in(cyrus, user) as listener, signed_in(cyrus, user) as writer:
        needs(listener, "IDLE")
        listener.run(Select("INBOX"))
        listener.events()
        thread = threading.Thread(target=writer.run, args=(Append("INBOX", mail("news")),))
        thread.start()
        heard: list[object] = []
        for news in listener.idle(30):
            heard += [each.response for each in news if isinstance(each, Noticed)]
            if Exists(1) in heard:
                break
        thread.join(20)
        assert not thread.is_alive()
        assert Exists(1) in heard
        assert listener.run(Search()).uids == UidSet([1])


def test_many_in_flight_answer_each_its_own(cyrus: Cyrus) -> None:
    with signed_in(cyrus) as conn:
        filled(conn, *(mail(f"number {number}") for number in range(1, 6)))
        flags = conn.submit(Fetch(UidSet([1, 2]), ("UID", "FLAGS")))
        sizes = conn.submit(Fetch(UidSet([3, 4, 5]), ("UID", "RFC822.SIZE")))
        status = conn.submit(StatusOf("Trash", ("MESSAGES",)))
        refused = conn.submit(StatusOf("Nowhere", ("MESSAGES",)))
        found = conn.submit(Search())
        assert found.result().uids == UidSet(range(1, 6))
        with pytest.raises(CommandRefused):
            refused.result()
        assert status.result().messages == 0
        assert [each.uid for each in sizes.result()] == [3, 4, 5]
        assert [each.uid for each in flags.result()] == [1, 2]


# -- mailboxes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Work", "Work.v2", "Grüße", "旅行 & more", "two words", "NIL"])
def test_a_mailbox_lives_under_any_name(name: str, cyrus: Cyrus) -> None:
    with signed_in(cyrus) as conn:
        conn.run(Create(name))
        assert name in {each.name for each in conn.run(List()).mailboxes}
        conn.run(Subscribe(name))
        assert name in {each.name for each in conn.run(Lsub()).mailboxes}
        assert conn.run(Append(name, mail("one"))) is not None
        assert conn.run(StatusOf(name)).messages == 1
        assert conn.run(Select(name)).mailbox.exists == 1
        conn.run(Unselect())
        conn.run(Unsubscribe(name))
        assert name not in {each.name for each in conn.run(Lsub()).mailboxes}
        conn.run(Rename(name, f"{name} 2"))
        conn.run(Delete(f"{name} 2"))
        assert {each.name for each in conn.run(List()).mailboxes} == {"INBOX", "Trash"}


@pytest.mark.parametrize("name", ['a "quoted" name', "back\\slash", "per%cent*star"])
def test_a_name_the_server_will_not_have_is_refused_and_no_more(name: str, cyrus: Cyrus) -> None:
    with signed_in(cyrus) as conn:
        with pytest.raises(CommandRefused):
            conn.run(Create(name))
        assert {each.name for each in conn.run(List()).mailboxes} == {"INBOX", "Trash"}


def test_listing_with_all_that_can_be_asked(cyrus: Cyrus) -> None:
    with signed_in(cyrus) as conn:
        needs(conn, "LIST-EXTENDED", "LIST-STATUS", "SPECIAL-USE", "STATUS=SIZE")
        for name in ("Work", "Work/2026"):
            conn.run(Create(name))
        conn.run(Subscribe("Work/2026"))
        conn.run(Append("Work/2026", mail("one")))
        listing = conn.run(
            List(
                returns=("SUBSCRIBED", "CHILDREN", "SPECIAL-USE"),
                status=("MESSAGES", "UNSEEN", "UIDNEXT", "UIDVALIDITY", "HIGHESTMODSEQ", "SIZE"),
            )
        )
        listed = {each.name: each for each in listing.mailboxes}
        assert set(listed) == {"INBOX", "Trash", "Work", "Work/2026"}
        # Cyrus writes ``\trash``: these attributes are the same in any case.
        assert listed["Trash"].has("\\Trash")
        assert "\\HasChildren" in listed["Work"].attributes
        assert {"\\Subscribed", "\\HasNoChildren"} <= listed["Work/2026"].attributes
        found = {each.name: each for each in listing.statuses}["Work/2026"]
        assert (found.messages, found.unseen, found.uidnext) == (1, 1, 2)
        assert found.uidvalidity
        assert found.highestmodseq
        assert found.size == len(mail("one"))
        only = conn.run(List(select=("SUBSCRIBED",)))
        assert "Work/2026" in {each.name for each in only.mailboxes}
        assert "Work" not in {each.name for each in only.mailboxes}
        special = conn.run(List(select=("SPECIAL-USE",)))
        assert [each.name for each in special.mailboxes] == ["Trash"]
        assert {each.name for each in conn.run(List("%", "Work/")).mailboxes} == {"Work/2026"}


def test_selecting_describes_the_mailbox(cyrus: Cyrus) -> None:
    with signed_in(cyrus) as conn:
        filled(conn, mail("one"), mail("two"))
        box = conn.run(Select("INBOX", condstore=True)).mailbox
        assert (box.exists, box.uidnext, box.is_read_only) == (2, 3, False)
        assert box.uidvalidity
        assert box.highestmodseq
        assert box.can_create_keywords
        assert "\\Answered" in box.flags
        looked = conn.run(Select("INBOX", is_read_only=True)).mailbox
        assert looked.is_read_only
        assert looked.uidvalidity == box.uidvalidity
        with pytest.raises(CommandRefused):
            conn.run(Select("Nowhere"))
        # RFC 3501 §6.3.1: after a SELECT that failed nothing is selected.
        assert conn.state is State.AUTHENTICATED
        conn.run(Select("INBOX"))
        conn.run(Store(UidSet([1]), StoreMode.ADD, DELETED))
        conn.run(Close())
        assert conn.run(Select("INBOX")).mailbox.exists == 1
