"""What a header says of a message's origin, as values: Gmail's "show details" and "unsubscribe".

Who it is from and to in full, who vouches for that (RFC 8601, the topmost field alone: the receiving server
puts its own above whatever a sender wrote), by which domain it was mailed and signed, which list it came
through (RFC 2919), and how to leave it (RFC 2369, RFC 8058).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from imapcore.mime.headers import decode_header, parse_addresses
from imapcore.mime.links import clean_url
from imapcore.model import Details, Unsubscribe, Verdict
from imapcore.sanitize import clean_line

_COMMENT = re.compile(r"\([^()]{0,2000}\)")
_RESULT = re.compile(r"\s*([a-z0-9_-]{1,40})\s*=\s*([a-z]{1,20})\b", re.IGNORECASE)
_PROPERTY = re.compile(
    r"\b(?:header|smtp|policy)\.([a-z0-9-]{1,40})\s*=\s*\"?@?([^\s;\"]{1,320})", re.IGNORECASE
)
_METHODS = ("spf", "dkim", "dmarc", "arc")
_TARGET = re.compile(r"<([^<>]{1,4000})>")
_LIST_ID = re.compile(r"<([^<>]{1,300})>")
_FROM = re.compile(r"\s*from\s", re.IGNORECASE)
_TLS = re.compile(r"\bversion=(TLS[0-9_.v]{1,8})|\bwith (?:E|UTF8|L)?SMTP(S?)A?\b", re.IGNORECASE)
_MAX_FIELD = 20_000
_MAX_HOPS = 20


def read_details(fields: dict[str, str], received: Sequence[str] = ()) -> Details:
    """The facts of a header; ``fields`` are the first values by lower-case name, unfolded, ``received`` every
    Received field, topmost first.
    """
    verdicts = _verdicts(fields.get("authentication-results", ""))
    by_method = {each.method: each for each in verdicts}
    spf, dkim = by_method.get("spf"), by_method.get("dkim")
    sender = next(iter(parse_addresses(fields.get("from"))), None)
    sent_by = next(iter(parse_addresses(fields.get("sender"))), None)
    is_own = sender is not None and sent_by is not None and sent_by.email.lower() == sender.email.lower()
    return Details(
        sender=sender,
        sent_by=None if is_own else sent_by,
        to=parse_addresses(fields.get("to")),
        cc=parse_addresses(fields.get("cc")),
        reply_to=parse_addresses(fields.get("reply-to")),
        date=decode_header(fields.get("date")),
        mailed_by=spf.domain if spf is not None and spf.result == "pass" else "",
        signed_by=dkim.domain if dkim is not None and dkim.result == "pass" else "",
        verdicts=verdicts,
        is_encrypted=_is_encrypted(received),
        list_id=_list_id(fields.get("list-id", "")),
        list_post=_first_target(fields.get("list-post", "")),
        list_archive=_first_target(fields.get("list-archive", "")),
        unsubscribe=_unsubscribe(fields),
        message_id=clean_line(fields.get("message-id", "")).strip("<> "),
    )


def _verdicts(value: str) -> tuple[Verdict, ...]:
    """``mx.google.com; dkim=pass header.i=@x.org; spf=…`` → each method's result and domain."""
    bare = _COMMENT.sub(" ", value[:_MAX_FIELD])
    found: list[Verdict] = []
    for clause in bare.split(";")[1:40]:
        match = _RESULT.match(clause)
        if match is None or match[1].lower() not in _METHODS:
            continue
        properties = {name.lower(): content for name, content in _PROPERTY.findall(clause[:2000])}
        domain = next(
            (
                properties[name]
                for name in ("i", "d", "mailfrom", "from", "helo")
                if name in properties and "." in properties[name]
            ),
            "",
        )
        verdict = Verdict(
            match[1].lower(), match[2].lower(), clean_line(domain.rpartition("@")[2], 253).lower()
        )
        # A message may bear several signatures: one that holds is what counts.
        same = next((index for index, each in enumerate(found) if each.method == verdict.method), None)
        if same is None:
            found.append(verdict)
        elif verdict.result == "pass" and found[same].result != "pass":
            found[same] = verdict
    return tuple(found)


def _is_encrypted(received: Sequence[str]) -> bool | None:
    """Whether it came to the receiving servers encrypted, as they note; None where they note nothing.

    The topmost fields may tell of steps inside of the receiving house: those name no host that it came from.
    """
    arrival = next((each for each in received[:_MAX_HOPS] if _FROM.match(each)), "")
    match = _TLS.search(arrival[:4000])
    return None if match is None else bool(match[1] or match[2])


def _list_id(value: str) -> str:
    match = _LIST_ID.search(value[:_MAX_FIELD])
    return clean_line(match[1] if match else value, 253).strip()


def _targets(value: str) -> list[str]:
    return [url for target in _TARGET.findall(value[:_MAX_FIELD])[:10] if (url := clean_url(target))]


def _first_target(value: str) -> str:
    return next(iter(_targets(value)), "")


def _unsubscribe(fields: dict[str, str]) -> Unsubscribe | None:
    targets = _targets(fields.get("list-unsubscribe", ""))
    web = next((url for url in targets if url.startswith("https://")), "")
    web = web or next((url for url in targets if url.startswith("http://")), "")
    mail = next((url for url in targets if url.startswith("mailto:")), "")
    if not web and not mail:
        return None
    post = fields.get("list-unsubscribe-post", "").replace(" ", "").lower()
    return Unsubscribe(web, mail, web.startswith("https://") and "list-unsubscribe=one-click" in post)
