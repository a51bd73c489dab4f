"""Conversations and messages as lines: for people, or as JSON.

Each JSON line is one object with ``v`` (the version of this format, 1) and ``type``. Within a version members
are added and none is taken away or changed. Ids are strings: hexadecimal as in Gmail's addresses. Dates are
RFC 3339 in UTC. Text is sanitized in the table; JSON carries it as it is stored, with controls escaped.
"""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec.json import encode

from imapcore.model import Address, Body, Message, Role, Thread, View, web_id
from tui.style.text import cut, fit, plural, when

VERSION = 1
_PEOPLE, _SUBJECT = 24, 70


def conversation_json(thread: Thread, view: View) -> str:
    """A conversation: ``{"v":1,"type":"conversation","id":…}``."""
    newest = thread.messages[-1]
    labels = set().union(*(each.labels for each in thread.messages))
    return _line(
        "conversation",
        id=web_id(thread.thrid),
        thrid=str(thread.thrid),
        date=_date(newest.date),
        subject=thread.subject,
        snippet=newest.snippet,
        people=[_address(each) for each in dict.fromkeys(each.sender for each in thread.messages)],
        messages=[each.web_id for each in thread.messages],
        unread=sum(1 for each in thread.messages if each.is_unread),
        is_starred=any(each.is_starred for each in thread.messages),
        is_important="\\Important" in labels,
        is_in_inbox="\\Inbox" in labels,
        has_attachment=any(each.has_attachment for each in thread.messages),
        labels=list(thread.labels),
        place=str(view.role or Role.ALL),
    )


def message_json(message: Message, body: Body | None, kind: str = "message") -> str:
    """A message; ``text`` is null while its content is not here."""
    return _line(
        kind,
        id=message.web_id,
        msgid=str(message.msgid),
        conversation=web_id(message.thrid),
        date=_date(message.date),
        sender=_address(message.sender),
        to=[_address(each) for each in message.to],
        cc=[_address(each) for each in message.cc],
        subject=message.subject,
        snippet=message.snippet,
        message_id=message.message_id,
        is_unread=message.is_unread,
        is_starred=message.is_starred,
        flags=sorted(message.flags),
        labels=sorted(message.labels),
        place=message.place.value,
        size=message.size,
        text=None if body is None else body_text(body),
        links=[] if body is None else [link.url for link in body.links],
        attachments=[]
        if body is None
        else [
            {"section": part.section, "filename": part.filename, "type": part.media_type, "size": part.size}
            for part in body.attachments
        ],
    )


def change_json(summary: str, conversations: int, messages: int, *, is_sent: bool) -> str:
    """What was changed."""
    return _line("change", summary=summary, conversations=conversations, messages=messages, is_sent=is_sent)


def count_json(query: str, conversations: int) -> str:
    """How many."""
    return _line("count", query=query, conversations=conversations)


def _line(kind: str, **members: object) -> str:
    return encode({"v": VERSION, "type": kind, **members}).decode()


def _address(address: Address) -> dict[str, str]:
    return {"name": address.name, "email": address.email}


def _date(date_ms: int) -> str:
    return datetime.fromtimestamp(date_ms / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def body_text(body: Body) -> str:
    """A body as text, with what it quotes."""
    from tui.linear.body_text import body_lines

    return "\n".join(body_lines(body, has_quotes=True))


def conversation_line(thread: Thread, now_ms: int) -> str:
    """A row of the table: id, date, marks, people, subject."""
    newest = thread.messages[-1]
    unread = any(each.is_unread for each in thread.messages)
    star = any(each.is_starred for each in thread.messages)
    names = dict.fromkeys(
        "me" if each.is_mine else each.sender.name or each.sender.email for each in thread.messages
    )
    count = f" ({len(thread.messages)})" if len(thread.messages) > 1 else ""
    labels = f"  [{', '.join(thread.labels)}]" if thread.labels else ""
    marks = ("N" if unread else " ") + ("*" if star else " ")
    who = fit(", ".join(names) + count, _PEOPLE)
    subject = cut(thread.subject or "(no subject)", _SUBJECT)
    date = fit(when(newest.date, now_ms), 7)
    return f"{web_id(thread.thrid):16}  {date}  {marks}  {who}  {subject}{labels}".rstrip()


def message_lines(message: Message, body: Body | None) -> list[str]:
    """A message for a person: its head, an empty line, its text."""
    to = ", ".join(_mailbox(each) for each in (*message.to, *message.cc))
    head = [
        f"Message: {message.web_id}",
        f"From: {_mailbox(message.sender)}",
        *([f"To: {to}"] if to else []),
        f"Date: {_date(message.date)}",
        f"Subject: {message.subject}",
    ]
    text = ["(Its text is not stored here.)"] if body is None else body_text(body).splitlines()
    return [*head, "", *text, ""]


def _mailbox(address: Address) -> str:
    return f"{address.name} <{address.email}>" if address.name else address.email


def counted(conversations: int) -> str:
    """``3 conversations``."""
    return plural(conversations, "conversation")
