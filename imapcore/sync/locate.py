"""Where messages are now: msgid → mailbox and uid, from the store where it knows, else asked of the server.

What lives here: the look-up that every op, body and attachment begins with. What may not: changing
anything. A uid is valid only with its mailbox and UIDVALIDITY, and a message changes both when it moves; so
what the store remembers is a first guess, and every guess says under which UIDVALIDITY it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from imapcore.errors import CommandRefused, MailboxHidden
from imapcore.model import Role
from imapcore.store import Store
from imapcore.sync.mailbox_numbers import PLACES
from imapcore.sync.remote import Remote

MSGIDS_PER_SEARCH = 40


class LocatedUids(Struct, frozen=True):
    """Messages of one place."""

    uidvalidity: int | None
    """What their uids were read under."""
    msgids: dict[int, int] = field(default_factory=dict)
    """uid → msgid."""

    def among(self, uids: Iterable[int]) -> LocatedUids:
        """Some of them."""
        return LocatedUids(self.uidvalidity, {uid: self.msgids[uid] for uid in uids})


Found = dict[Role, LocatedUids]


def locate(remote: Remote, store: Store, msgids: Sequence[int]) -> tuple[Found, set[int]]:
    """Where messages are; and those that are nowhere at all.

    One search per place for what the store does not know: a message that moved a moment ago.
    """
    found: Found = {}
    for place in PLACES:
        # Read before the uids: if the two do not belong together, ``ensure`` will see it.
        state = store.uids.sync_state(place)
        found[place] = LocatedUids(None if state is None else state.uidvalidity)
    unknown = set(msgids)
    for msgid, location in store.uids.locations(msgids).items():
        if location.uid is not None:
            found[location.place].msgids[location.uid] = msgid
            unknown.discard(msgid)
    found = {place: members for place, members in found.items() if members.msgids}
    if unknown:
        for place, more in search_everywhere(remote, unknown).items():
            unknown -= set(more.msgids.values())
            known = found.setdefault(place, more)
            known.msgids.update(more.msgids)
    return found, unknown


def can_look(remote: Remote, place: Role) -> bool:
    """Select a place, with a fresh view; False when Gmail's settings hide it from IMAP."""
    try:
        remote.look_again(place)
    except MailboxHidden:
        return False
    except CommandRefused:
        if remote.is_hidden(place):
            return False
        raise
    return True


def search_everywhere(remote: Remote, msgids: Iterable[int], places: Sequence[Role] = PLACES) -> Found:
    """Ask the server where messages are, by X-GM-MSGID, in one place after the other."""
    left = set(msgids)
    found: Found = {}
    for place in places:
        if not left or not can_look(remote, place):
            continue
        wanted = sorted(left)
        for start in range(0, len(wanted), MSGIDS_PER_SEARCH):
            members = remote.find_msgids(wanted[start : start + MSGIDS_PER_SEARCH])
            if members:
                found.setdefault(place, LocatedUids(remote.uidvalidity)).msgids.update(members)
                left -= set(members.values())
    return found
