"""What becomes of a message that was taken: Gmail's rules for the sender, the copy in Sent, mail to oneself.

``departures`` is what left the house: every message once, with the recipients it went to, as they got it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass

from imapcore.simulator.account.account import Account
from imapcore.simulator.account.kinds import Kind
from imapcore.simulator.account.source import store

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
_ADDRESS = re.compile(rb"<([^<>]*)>|([^\s<>,;\"]+@[^\s<>,;\"]+)")


@dataclass(frozen=True, slots=True)
class Departure:
    """One message that left."""

    sender: str
    recipients: tuple[str, ...]
    octets: bytes
    """As the recipients get it: without Bcc, with a From of the account's."""


class Post:
    """Takes messages for one account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._late: set[asyncio.TimerHandle] = set()
        self.departures: list[Departure] = []
        """In the order they were taken."""

    def send(self, sender: str, recipients: tuple[str, ...], octets: bytes) -> None:
        """The message is ours from here on: let it go, and file its copy, when the options say so."""
        options = self._account.options
        fields, body = _split(octets)
        own = {options.email.casefold(), *(alias.casefold() for alias in options.aliases)}
        fields = [self._own_from(field, own) for field in fields]
        delivered = b"".join(field for field in fields if _name(field) != b"bcc") + b"\r\n" + body
        self.departures.append(Departure(sender, recipients, delivered))
        copy = b"".join(fields) + b"\r\n" + body
        is_to_self = any(recipient.casefold() in own for recipient in recipients)
        if options.sent_copy_seconds <= 0:
            self._file(copy, is_to_self=is_to_self)
        else:
            loop = asyncio.get_running_loop()
            self._late.add(
                loop.call_later(options.sent_copy_seconds, lambda: self._file(copy, is_to_self=is_to_self))
            )

    def close(self) -> None:
        """Forget the copies that are still to come."""
        for handle in self._late:
            handle.cancel()
        self._late.clear()

    def _file(self, octets: bytes, *, is_to_self: bool) -> None:
        account = self._account
        now_ms = account.now_ms()
        labels = {account.special[Kind.SENT]}
        if is_to_self:
            # One message with both labels, and read: as mail to oneself was seen to arrive.
            labels.add(account.inbox)
        account.add(store(octets, now_ms), date_ms=now_ms, labels=labels, flags={"\\Seen"})
        account.announce()

    def _own_from(self, field: bytes, own: set[str]) -> bytes:
        """Gmail puts the account's address where From names one that is not the account's."""
        if _name(field) != b"from":
            return field
        match = _ADDRESS.search(field)
        address = (match[1] or match[2] or b"") if match is not None else b""
        if address.decode("utf-8", "replace").casefold() in own:
            return field
        email = self._account.options.email.encode()
        if match is None:
            return b"From: " + email + b"\r\n"
        return field[: match.start()] + b"<" + email + b">" + field[match.end() :]


def _split(octets: bytes) -> tuple[list[bytes], bytes]:
    """Header fields with their continuation lines, and the body."""
    head, blank, body = octets.partition(b"\r\n\r\n")
    if not blank:
        return [], octets
    return list(_fields(head)), body


def _fields(head: bytes) -> Iterator[bytes]:
    field = b""
    for line in head.split(b"\r\n"):
        if line.startswith((b" ", b"\t")) and field:
            field += line + b"\r\n"
            continue
        if field:
            yield field
        field = line + b"\r\n"
    if field:
        yield field


def _name(field: bytes) -> bytes:
    match = _FIELD.match(field)
    return match[1].lower() if match is not None else b""
