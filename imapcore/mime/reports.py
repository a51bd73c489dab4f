"""What mail systems report of a message, in one sentence (RFC 3464, RFC 3463, RFC 8098, RFC 5965).

A bounce says who refused, what and why: the reason from the status code's table, then the refusing server's
own words. Older systems send no report but a header field that names the recipients.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from imapcore.mime.headers import decode_header

MAX_RECIPIENTS = 50
_MAX_LINES = 5000
_REASONS = {
    "1.1": "there is no such mailbox",
    "1.2": "there is no such host",
    "1.3": "the address is not written as addresses are",
    "1.6": "the mailbox has moved",
    "1.8": "the sender's address was not accepted",
    "1.10": "the domain takes no mail",
    "2.0": "something is wrong with the mailbox",
    "2.1": "the mailbox is switched off",
    "2.2": "the mailbox is full",
    "2.3": "the message is too large for the mailbox",
    "3.1": "the mail system is full",
    "3.2": "the mail system takes no messages now",
    "3.4": "the message is too large for the mail system",
    "4.1": "the server does not answer",
    "4.2": "the connection broke off",
    "4.3": "the host could not be looked up",
    "4.4": "no way to the host is known",
    "4.6": "the message went in a circle",
    "4.7": "it could not be delivered in time",
    "5.2": "the servers did not understand each other",
    "5.3": "it has too many recipients",
    "6.0": "its content was refused",
    "7.0": "it was refused by the rules there",
    "7.1": "it was refused by the rules there",
    "7.8": "the sender did not sign in",
    "7.9": "the sender did not sign in as is asked there",
    "7.23": "the sender's domain does not allow this way (SPF)",
    "7.25": "the sending server has no name",
    "7.26": "it could not prove who it is from (SPF, DKIM, DMARC)",
    "7.28": "too much mail came from there",
}
"""Subject and detail of an enhanced status code (RFC 3463 and the registry) → why, for a person."""
_SUBJECTS = {
    "1": "something is wrong with the address",
    "2": "something is wrong with the mailbox",
    "3": "something is wrong with the mail system there",
    "4": "the network or the way there failed",
    "5": "the servers did not understand each other",
    "6": "its content was refused",
    "7": "it was refused by the rules there",
}
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_REPEATED = re.compile(r"(\d{3})-(\d\.\d{1,3}\.\d{1,3}) ")
_MAX_WORDS = 200
_ACTIONS = {
    "failed": "Not delivered to {who}",
    "delayed": "Not delivered to {who} yet; it will be tried again",
    "delivered": "Delivered to {who}",
    "relayed": "Passed on to {who}; no more will be heard of it",
    "expanded": "Delivered to the list {who}",
}
_DISPOSITIONS = {
    "displayed": "{who} was shown your message",
    "deleted": "{who} deleted your message unread",
    "dispatched": "{who} passed your message on",
    "processed": "{who} had your message processed",
    "denied": "{who} does not say whether your message was read",
    "failed": "{who} could not say whether your message was read",
}
_COMPLAINTS = {"abuse": "called spam", "fraud": "called a fraud", "virus": "said to hold a virus"}


def read_delivery_status(text: str) -> list[str]:
    """A ``message/delivery-status`` as sentences, one a recipient."""
    groups = list(_groups(text))
    message = groups[0] if groups else {}
    told: list[str] = []
    for group in groups:
        recipient = _value(group.get("original-recipient")) or _value(group.get("final-recipient"))
        action = group.get("action", "").strip().lower()
        if not recipient or not action:
            continue
        sentence = _ACTIONS.get(action, "{who}: " + action).format(who=_person(recipient))
        if action in ("failed", "delayed"):
            sentence += _why(group, message)
        told.append(sentence + ".")
        if len(told) >= MAX_RECIPIENTS:
            break
    return told


def read_disposition(text: str) -> list[str]:
    """A ``message/disposition-notification`` as a sentence."""
    for group in _groups(text):
        recipient = _value(group.get("final-recipient")) or _value(group.get("original-recipient"))
        disposition = group.get("disposition", "").rpartition(";")[2].partition("/")[0].strip().lower()
        if recipient and disposition:
            known = _DISPOSITIONS.get(disposition, "{who}: " + disposition)
            return [known.format(who=_person(recipient)) + "."]
    return []


def read_feedback(text: str) -> list[str]:
    """A ``message/feedback-report`` as a sentence."""
    for group in _groups(text):
        kind = group.get("feedback-type", "").strip().lower()
        if kind:
            who = _person(_value(group.get("original-rcpt-to")) or "")
            by = f" by {who}" if who else ""
            return [f"The enclosed message was {_COMPLAINTS.get(kind, 'complained of as ' + kind)}{by}."]
    return []


def failed_recipients(fields: dict[str, str]) -> list[str]:
    """What a header field alone says of a bounce: ``X-Failed-Recipients`` (Exim, Gmail)."""
    people = [each.strip() for each in fields.get("x-failed-recipients", "").split(",")]
    return [f"Not delivered to {_person(each)}." for each in people[:MAX_RECIPIENTS] if "@" in each]


def _why(group: dict[str, str], message: dict[str, str]) -> str:
    """``: there is no such mailbox, says mx.example (“550 5.1.1 unknown”)``."""
    words = _words(group.get("diagnostic-code", ""))
    # The server's own code knows more than the summary, which often is 5.0.0.
    codes = [
        match for value in (words, group.get("status", "")) if (match := _STATUS.search(value)) is not None
    ]
    reason = next((known for match in codes if (known := _REASONS.get(f"{match[2]}.{match[3]}"))), "")
    reason = reason or next((known for match in codes if (known := _SUBJECTS.get(match[2]))), "")
    server = _value(group.get("remote-mta")) or _value(message.get("reporting-mta"))
    told = f": {reason}" if reason else ""
    if server:
        told += f", says {server}" if reason else f": so says {server}"
    cut = words if len(words) <= _MAX_WORDS else words[: words.rfind(" ", 0, _MAX_WORDS)] + " …"
    return told + (f" (“{cut}”)" if words else "")


def _groups(text: str) -> Iterator[dict[str, str]]:
    """Fields by lower-case name; groups are parted by empty lines."""
    group: dict[str, list[str]] = {}
    last: list[str] | None = None
    for line in text.splitlines()[:_MAX_LINES]:
        if not line.strip():
            if group:
                yield {name: " ".join(values) for name, values in group.items()}
            group, last = {}, None
        elif line[0] in " \t":
            if last is not None:
                last.append(line.strip())
        else:
            name, colon, value = line.partition(":")
            name = name.strip().lower()
            last = [value.strip()]
            if colon and name not in group:
                group[name] = last
    if group:
        yield {name: " ".join(values) for name, values in group.items()}


def _value(field: str | None) -> str:
    """``rfc822; ada@x.org`` → ``ada@x.org``."""
    if not field:
        return ""
    kind, semicolon, value = field.partition(";")
    return decode_header((value if semicolon else kind).strip()).strip("<> ")[:320]


def _words(field: str) -> str:
    """A diagnostic in one line; servers begin each line of a long one with its code again."""
    kind, semicolon, value = field.partition(";")
    words = decode_header(value if semicolon and len(kind) < 20 else field)
    code = _REPEATED.match(words)
    if code is None:
        return words
    rest = words[code.end() :].replace(f"{code[1]}-{code[2]} ", "").replace(f"{code[1]} {code[2]} ", "")
    return f"{code[1]} {code[2]} {rest}"


def _person(address: str) -> str:
    return decode_header(address).strip("<> ")[:320]
