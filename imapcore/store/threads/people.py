"""People: addresses numbered once, and how a conversation's row names them.

What lives here: interning of (email, name), the counts behind completion, short names, the people and
recipients of a row. What may not: decoding of headers (sync has done that).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from imapcore.model import Address
from imapcore.store.facts import MessageFacts
from imapcore.store.sqlite.connection import Transaction, listed

IS_ME, IS_DRAFT, IS_DOUBTFUL = 1, 2, 4
"""Bits of a person in a row."""

CACHED = 40_000
"""Addresses kept in memory; some 10 MB at most, and a mailbox's regulars are far fewer."""

PEOPLE_SHOWN = 12
"""People kept for a row; no screen is wide enough for more."""


dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Voice(NamedTuple):
    """One message as the people of its conversation are told: who wrote it, and whether it is one's own."""

    sender: int
    is_draft: bool
    is_mine: bool


class People:
    """The numbering of addresses on the writer's side."""

    def __init__(self, email: str) -> None:
        self._email = email.casefold()
        self._ids: dict[tuple[str, str], int] = {}
        self._addresses: dict[int, Address] = {}

    def clear(self) -> None:
        """Drop the cache: a rollback took away what it holds."""
        self._ids.clear()
        self._addresses.clear()

    def is_me(self, address: Address) -> bool:
        """Whether an address is the account's own."""
        return bool(self._email) and address.email.casefold() == self._email

    def intern(self, tx: Transaction, addresses: Iterable[Address]) -> None:
        """Number every address that has no number yet."""
        if len(self._addresses) > CACHED:
            self.clear()
        unknown = {(a.email, a.name) for a in addresses if (a.email, a.name) not in self._ids}
        if not unknown:
            return
        pairs = sorted(unknown)
        tx.put("INSERT OR IGNORE INTO address (email, name)", pairs)
        found = tx.rows(
            "SELECT address_id, email, name FROM address WHERE (email, name) IN "
            "(SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))",
            (json.dumps(pairs),),
        )
        for address_id, email, name in found:
            self._keep(address_id, Address(name, email))

    def number(self, address: Address) -> int:
        """The number of an address that ``intern`` has seen."""
        return self._ids[(address.email, address.name)]

    def addresses(self, tx: Transaction, ids: Iterable[int]) -> dict[int, Address]:
        """Addresses by number."""
        wanted = set(ids)
        missing = wanted.difference(self._addresses)
        if missing:
            for address_id, email, name in tx.rows(
                "SELECT address_id, email, name FROM address WHERE address_id IN (SELECT value FROM "
                "json_each(?))",
                (listed(missing),),
            ):
                self._keep(address_id, Address(name, email))
        return {address_id: self._addresses[address_id] for address_id in wanted}

    def _keep(self, address_id: int, address: Address) -> None:
        self._addresses[address_id] = address
        self._ids[(address.email, address.name)] = address_id

    def encode(self, facts: MessageFacts) -> str:
        """A message's people as numbers: sender, to, cc, bcc, reply-to."""
        groups = (facts.to, facts.cc, facts.bcc, facts.reply_to)
        texts = ["[" + ",".join([str(self.number(a)) for a in group]) + "]" for group in groups]
        return f"[{self.number(facts.sender)},{','.join(texts)}]"

    def everyone(self, tx: Transaction, encoded: str) -> list[Address]:
        """Everybody a message names, from what ``encode`` made, in the order of its facts."""
        sender, *groups = json.loads(encoded)
        ids = [sender, *(number for group in groups for number in group)]
        addresses = self.addresses(tx, ids)
        return [addresses[number] for number in ids]

    def count(self, tx: Transaction, batch: Sequence[MessageFacts]) -> None:
        """Remember whom the user writes to and who writes: what completion offers first."""
        counts: dict[int, list[int]] = {}
        for facts in batch:
            if self.is_me(facts.sender) or "\\Sent" in facts.labels:
                for address in (*facts.to, *facts.cc):
                    entry = counts.setdefault(self.number(address), [0, 0, 0])
                    entry[0] += 1
                    entry[2] = max(entry[2], facts.date)
            else:
                entry = counts.setdefault(self.number(facts.sender), [0, 0, 0])
                entry[1] += 1
                entry[2] = max(entry[2], facts.date)
        rows = [(number, "", "", *entry) for number, entry in counts.items()]
        tx.put(
            "INSERT INTO address (address_id, email, name, written, seen, last)",
            rows,
            "ON CONFLICT (address_id) DO UPDATE SET written = written + excluded.written, "
            "seen = seen + excluded.seen, last = max(last, excluded.last)",
        )

    # -- rows ------------------------------------------------------------------------------------------

    def described(self, tx: Transaction, voices: Sequence[Voice]) -> str:
        """The people of a row as JSON, in order of first appearance: ``[[short name, bits, [senders]], …]``.

        The senders are numbers of addresses: by them a row finds out who of them wrote something unread.
        """
        addresses = self.addresses(tx, {voice.sender for voice in voices})
        people: dict[tuple[int, bool], dict[int, None]] = {}
        for voice in voices:
            is_me = voice.is_mine or self.is_me(addresses[voice.sender])
            # The user's own addresses are one person; a draft stands beside them.
            people.setdefault((0 if is_me else voice.sender, voice.is_draft), {})[voice.sender] = None
        is_alone = len(people) == 1
        described = [
            [
                _word(addresses.get(sender), is_draft=is_draft, is_alone=is_alone),
                _bits(addresses.get(sender), is_draft=is_draft),
                list(senders),
            ]
            for (sender, is_draft), senders in people.items()
        ]
        if len(described) > PEOPLE_SHOWN:
            described = described[:1] + described[1 - PEOPLE_SHOWN :]
        return dump(described)

    def recipients(self, tx: Transaction, encoded: Iterable[str]) -> str:
        """Short names the user's own messages of a conversation went to, as JSON."""
        ids: dict[int, None] = {}
        for text in encoded:
            ids.update(dict.fromkeys(json.loads(text)[1]))
        if not ids:
            return "[]"
        addresses = self.addresses(tx, ids)
        names = dict.fromkeys(
            "me" if self.is_me(addresses[i]) else short_name(addresses[i], is_full=len(ids) == 1) for i in ids
        )
        return dump(list(names)[:PEOPLE_SHOWN])


def _bits(address: Address | None, *, is_draft: bool) -> int:
    """``address`` is None for the user's own."""
    bits = (IS_ME if address is None else 0) | (IS_DRAFT if is_draft else 0)
    return bits | (IS_DOUBTFUL if address is not None and address.is_name_doubtful else 0)


def _word(address: Address | None, *, is_draft: bool, is_alone: bool) -> str:
    if is_draft:
        return "Draft"
    return "me" if address is None else short_name(address, is_full=is_alone)


def short_name(address: Address, *, is_full: bool = False) -> str:
    """How a row calls somebody: the whole name where there is room, else the given name, else the
    mailbox.
    """
    name = address.name.strip().strip("\"'")
    if address.is_name_doubtful:
        # Whose name is another's address is called by the true one, and in full.
        return address.email
    if not name or name.casefold() == address.email.casefold():
        return address.email if is_full else address.email.partition("@")[0] or address.email
    if is_full:
        return name
    family, comma, given = name.partition(",")
    words = (given if comma and given.strip() else family).split()
    return words[0] if words else name
