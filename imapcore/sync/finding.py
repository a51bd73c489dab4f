"""Where messages are now: msgid → mailbox and uid, from the store where it knows, else asked of the server.

What lives here: the look-up that every op, body and attachment begins with. What may not: changing
anything. A uid is valid only with its mailbox, and a message changes both when it moves; so what the store
remembers is a first guess.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from imapcore.model import Role
from imapcore.store import Store
from imapcore.sync.plan import PLACES
from imapcore.sync.remote import Remote

MSGIDS_PER_SEARCH = 40

Found = dict[Role, dict[int, int]]
"""place → uid → msgid."""


def locate(remote: Remote, store: Store, msgids: Sequence[int]) -> tuple[Found, set[int]]:
    """Where messages are; and those that are nowhere at all.

    One search per place for what the store does not know: a message that moved a moment ago.
    """
    found: Found = defaultdict(dict)
    unknown = set(msgids)
    for msgid, location in store.mail.locations(msgids).items():
        if location.uid is not None:
            found[location.place][location.uid] = msgid
            unknown.discard(msgid)
    if unknown:
        for place, members in search_everywhere(remote, unknown).items():
            found[place].update(members)
            unknown -= set(members.values())
    return dict(found), unknown


def search_everywhere(remote: Remote, msgids: Iterable[int], places: Sequence[Role] = PLACES) -> Found:
    """Ask the server where messages are, by X-GM-MSGID, in one place after the other."""
    left = set(msgids)
    found: Found = {}
    for place in places:
        name = remote.find_name(place)
        if name is None or not left:
            continue
        remote.ensure(name)
        # A view that is already open may not show yet what has just arrived there.
        remote.refresh()
        wanted = sorted(left)
        for start in range(0, len(wanted), MSGIDS_PER_SEARCH):
            members = remote.find_msgids(wanted[start : start + MSGIDS_PER_SEARCH])
            if members:
                found.setdefault(place, {}).update(members)
                left -= set(members.values())
    return found
