"""A message that was read → the draft of its answer: whom it goes to, what it is called, what it quotes.

The rules are those of RFC 5322 §3.6.4 for threading and of Gmail for people: a reply goes to Reply-To, else
to From; a reply to one's own message goes where that went; reply-all leaves oneself out; a list is answered
at its List-Post address. From is the own address the message was written to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from email.parser import BytesHeaderParser
from email.policy import compat32
from enum import StrEnum

from msgspec import Struct

from imapcore.mime.compose.quoting import attribution, body_text, quote
from imapcore.mime.compose.recipients import format_address, format_addresses
from imapcore.mime.headers import parse_addresses
from imapcore.model import Address, Body, Draft, Message

_REPLY = re.compile(
    r"\s*(?:re|aw|sv|antw|odp|vs|res|rif|ynt|回复|回覆|答复|ответ|отв)\s*(?:\[\d+\]|\(\d+\))?\s*[:：]\s*",
    re.I,
)
_FORWARD = re.compile(r"\s*(?:fwd?|wg|tr|rv|enc|doorst|vb|pd|i|转发|轉寄|пересл)\s*[:：]\s*", re.I)
_IDS = re.compile(r"<[^<>\s]{1,900}>")
MAX_HEAD = 256 * 1024
"""Octets of a source that are looked through for its header."""
FORWARDED = "---------- Forwarded message ---------"


class ReplyTo(StrEnum):
    """Who is answered."""

    SENDER = "sender"
    ALL = "all"
    LIST = "list"


class Answered(Struct, frozen=True):
    """What an answer needs of the message it answers."""

    message: Message
    body: Body
    when: datetime
    """Its date in the reader's zone."""
    references: tuple[str, ...] = ()
    """Its own References, oldest first."""
    list_post: str = ""
    """The address of List-Post, empty where it came through no list."""


def references_in(source: bytes) -> tuple[str, ...]:
    """The Message-IDs of a source's References, else of its In-Reply-To; oldest first."""
    head = BytesHeaderParser(policy=compat32).parsebytes(source[:MAX_HEAD])
    for name in ("References", "In-Reply-To"):
        found = _IDS.findall(str(head.get(name, "")))
        if found:
            return tuple(dict.fromkeys(found))
    return ()


def own_address(message: Message, own: Sequence[Address]) -> Address:
    """Which of one's own addresses an answer comes from: the one that was written to, or that wrote."""
    known = {address.email.casefold(): address for address in own}
    for each in (*message.to, *message.cc, *message.bcc, message.sender):
        if each.email.casefold() in known:
            return known[each.email.casefold()]
    return own[0] if own else Address("", "")


def reply(
    answered: Answered, own: Sequence[Address], who: ReplyTo, *, selected: str = "", is_above: bool = True
) -> Draft:
    """The draft of a reply. ``selected``: quote only this; ``is_above``: write above the quotation."""
    message = answered.message
    to, cc = _recipients(answered, own, who)
    quoted = quote(selected) if selected.strip() else quote(body_text(answered.body))
    text = f"{attribution(message.sender, answered.when)}\n{quoted}"
    return Draft(
        sender=own_address(message, own),
        to=to,
        cc=cc,
        subject=reply_subject(message.subject),
        text=f"\n\n{text}\n" if is_above else f"{text}\n\n",
        in_reply_to=_id(message.message_id),
        references=_references(answered),
        thrid=message.thrid,
        answers=message.msgid,
    )


def forward(answered: Answered, own: Sequence[Address]) -> Draft:
    """The draft of a forward, the message inside the text; its files are added by whoever has them."""
    message = answered.message
    head = [
        FORWARDED,
        f"From: {format_address(message.sender)}",
        f"Date: {answered.when:%a}, {answered.when.day} {answered.when:%b %Y at %H:%M}",
        f"Subject: {message.subject}",
        f"To: {format_addresses(message.to)}",
    ]
    if message.cc:
        head.append(f"Cc: {format_addresses(message.cc)}")
    text = body_text(answered.body, deepest=99, has_signature=True)
    return Draft(
        sender=own_address(message, own),
        subject=forward_subject(message.subject),
        text="\n\n" + "\n".join(head) + f"\n\n{text}\n",
        # Gmail keeps a forward in the conversation it came from.
        in_reply_to=_id(message.message_id),
        references=_references(answered),
        thrid=message.thrid,
        forwards=message.msgid,
    )


def reply_subject(subject: str) -> str:
    """``Re: `` once, whatever stood before; Gmail threads by the words behind it."""
    return f"Re: {_bare(subject, _REPLY)}".rstrip()


def forward_subject(subject: str) -> str:
    """``Fwd: `` once."""
    return f"Fwd: {_bare(subject, _FORWARD)}".rstrip()


def _bare(subject: str, prefix: re.Pattern[str]) -> str:
    while match := prefix.match(subject):
        subject = subject[match.end() :]
    return subject.strip()


def _recipients(
    answered: Answered, own: Sequence[Address], who: ReplyTo
) -> tuple[tuple[Address, ...], tuple[Address, ...]]:
    """To and Cc. One is left out oneself, unless nobody else is there."""
    message = answered.message
    if who is ReplyTo.LIST and answered.list_post:
        return parse_addresses(answered.list_post), ()
    mine = {address.email.casefold() for address in own}
    is_own = message.sender.email.casefold() in mine
    first = message.to if is_own else (message.reply_to or (message.sender,))
    if who is not ReplyTo.ALL:
        return _each(first, set()) or (message.sender,), ()
    to = _each((*first, *(() if is_own else message.to)), mine)
    cc = _each(message.cc, mine | {address.email.casefold() for address in to})
    return (to, cc) if to or cc else ((message.sender,), ())


def _each(addresses: Iterable[Address], without: set[str]) -> tuple[Address, ...]:
    """Each address once, some of them left out, none without an ``@``."""
    kept: dict[str, Address] = {}
    for address in addresses:
        key = address.email.casefold()
        if "@" in key and key not in without:
            kept.setdefault(key, address)
    return tuple(kept.values())


def _id(message_id: str) -> str:
    """A Message-ID with its brackets, however it was stored; empty if it is none."""
    bare = message_id.strip().strip("<>")
    return f"<{bare}>" if bare and not re.search(r"[\s<>]", bare) else ""


def _references(answered: Answered) -> tuple[str, ...]:
    known = [each for text in answered.references for each in _IDS.findall(text)]
    own = _id(answered.message.message_id)
    return tuple(dict.fromkeys([*known, *([own] if own else [])]))
