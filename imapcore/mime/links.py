"""Links: what they show, where they really lead, and whether the two agree.

Pure text work; nothing is ever resolved or loaded. A link *deceives* when its text names a host of another
owner (another registrable domain) than the one it leads to, or when its own address plays tricks: a name
before an ``@``, an encoded host, a number that stands for an address. A host that only counts the clicks of a
newsletter does not deceive, and is said quietly. How hosts are written is in ``hosts``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote

from imapcore.mime import hosts
from imapcore.model import Link
from imapcore.sanitize import clean_line

MAX_LINKS = 2000
MAX_URL = 8192
MAX_TEXT = 2000
"""Characters of a link's text in which a host is looked for."""

show_host = hosts.show_host

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):")
_AUTHORITY = re.compile(r"https?://([^/?#\\]{1,500})", re.IGNORECASE)
_NAMED_URL = re.compile(r"\bh(?:tt|xx)ps?:[/\\]{1,3}([^\s/?#\\<>\"]{1,300}+)", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![\w.+%/-])([\w.+%-]{1,64}+)@((?:[\w-]{1,63}+\.){1,8}[\w-]{2,63}+)")
_NAMED_HOST = re.compile(
    r"(?<![\w.@/-])((?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}(?:xn--[\w-]{1,59}|[^\W\d_]{2,24}))(?![\w@-]|\.\w)"
)
_FILE_LIKE = re.compile(
    r"\.(?:pdf|html?|txt|docx?|xlsx?|pptx?|png|jpe?g|gif|zip|csv|md|py|js|ts|rs|sh|pl|ps|ics|eml|mov|so|cc|java|go"
    r"|app|net)$",
    re.IGNORECASE,
)
"""Ends of files and programs that are also ends of hosts, where neither ``www.`` nor a path says more."""
_SURE_END = re.compile(r"\.(?:com|org|edu|gov)$", re.IGNORECASE)
_HEADERS = frozenset(("to", "cc", "subject", "body"))
"""What a mail link may fill in (RFC 6068 §3): no file, no hidden recipient, no other header."""
_SPACE = re.compile(r"\s+")
_PHONE = re.compile(r"[^0-9+*#().;=a-zA-Z-]")
_SAFE = frozenset(("http", "https", "mailto", "tel"))
_DOTS = re.compile("[\u3002\uff0e\uff61\u2024]")
_DEFANGED = re.compile(r"\[\.\]|\(\.\)|\[dot\]|\(dot\)", re.IGNORECASE)


class Links:
    """The links of one body, in order, each place once, with the numbers they are shown by."""

    def __init__(self, sender: str = "") -> None:
        """``sender`` is the address that the message says it is from, if any."""
        self._sender = sender.rpartition("@")[2]
        self.found: list[Link] = []
        self._index: dict[tuple[str, str], int] = {}
        self._taken: set[int] = set()
        self._last = 0

    def keep_free(self, numbers: Iterable[int]) -> None:
        """Numbers that the text itself uses, for its own footnotes: no link is shown by one of them."""
        self._taken.update(numbers)

    def add(self, url: str, text: str, number: int | None = None) -> int | None:
        """Note a link; its index, or None for what must not be followed (``javascript:``, ``data:`` …).

        ``number`` is the footnote that the text itself gives it. A link whose text is its own address stands
        in full sight and gets none.
        """
        clean = clean_url(url)
        if not clean:
            return None
        shown = clean_line(text, MAX_TEXT)
        key = (clean, shown)
        if key not in self._index:
            if len(self.found) >= MAX_LINKS:
                return None
            host = host_of(clean)
            is_bare = _is_in_full(shown, url, clean)
            is_footnote = number is not None
            if number is None:
                number = 0 if is_bare else self._next_number()
            self._index[key] = len(self.found)
            self.found.append(
                Link(
                    clean,
                    host,
                    clean_line(shown, 200) or host or clean,
                    is_suspicious(clean, host, shown),
                    number=number,
                    domain=hosts.show_host(hosts.registrable(_real_host(clean))) if host else "",
                    is_senders=bool(self._sender and host)
                    and _is_same_owner(self._sender, _real_host(clean)),
                    is_host_shown=is_bare or _shows_host(shown, host),
                    is_tracker=hosts.is_tracker(host),
                    is_footnote=is_footnote,
                )
            )
        return self._index[key]

    def _next_number(self) -> int:
        self._last += 1
        while self._last in self._taken:
            self._last += 1
        return self._last


def clean_url(url: str) -> str:
    """A URL in ASCII without blanks and controls; empty for one that is no web, mail or phone address."""
    url = _SPACE.sub("", clean_line(url, MAX_URL))
    if url.lower().startswith("www."):
        url = "http://" + url
    match = _SCHEME.match(url)
    if match is None or match[1].lower() not in _SAFE or len(url) >= MAX_URL:
        return ""
    scheme = match[1].lower()
    if scheme == "mailto":
        return _clean_mailto(url[match.end() :])
    if scheme == "tel":
        return "tel:" + _PHONE.sub("", url[match.end() :].partition("?")[0])
    authority = _AUTHORITY.match(url)
    if authority is None:
        return ""
    user, at, host = authority[1].rpartition("@")
    host = quote(user, safe="%:!$&'()*+,;=~") + at + hosts.ascii_host(_decoded(host))
    return quote(f"{scheme}://{host}{url[authority.end() :]}", safe="%/:?#[]@!$&'()*+,;=~|^`{}\\")


def _clean_mailto(rest: str) -> str:
    """``to?cc=…&subject=…``: what may be filled in, and nothing else."""
    to, _, query = rest.partition("?")
    kept = [
        f"{name.lower()}={value}"
        for name, _, value in (field.partition("=") for field in query[:MAX_URL].split("&"))
        if name.lower() in _HEADERS and value
    ]
    if not to and not kept:
        return ""
    return quote("mailto:" + to + ("?" + "&".join(kept) if kept else ""), safe="%/:?#[]@!$&'()*+,;=~")


def _decoded(host: str) -> str:
    """A host without percent-encoding, as browsers read it before they look it up."""
    return _SPACE.sub("", clean_line(unquote(host), 500)) if "%" in host else host


def host_of(url: str) -> str:
    """The host of a web address as it can be shown, or the domain of a mail address."""
    return hosts.show_host(_real_host(url))


def _real_host(url: str) -> str:
    if url.lower().startswith("mailto:"):
        return unquote(url[7:].partition("?")[0]).rpartition("@")[2].strip(" <>")
    match = _AUTHORITY.match(url)
    return _bare_host(match[1]) if match else ""


def is_suspicious(url: str, host: str, text: str) -> bool:
    """Whether the visible text names another's host, or the address itself plays tricks."""
    match = _AUTHORITY.match(url)
    text = _DEFANGED.sub(".", _DOTS.sub(".", unicodedata.normalize("NFKC", _DOTS.sub(".", text[:MAX_TEXT]))))
    if match is None:
        return url.lower().startswith("mailto:") and _names_another_address(host, text)
    real = _bare_host(match[1])
    if "@" in match[1] or "%" in match[1] or (hosts.is_numeric(real) and not _is_plain_address(real)):
        return True
    named = [name for name in _named_hosts(text) if not _is_same_owner(name, real)]
    if not named:
        return False
    if hosts.is_gateway(real):
        # It passes on to the address that it carries: that one is compared.
        carried = unquote(unquote(url[match.end() :]))
        return not all(any(_is_same_owner(name, each) for each in _urls_in(carried)) for name in named)
    return not hosts.is_tracker(real)


def _names_another_address(host: str, text: str) -> bool:
    named = [match[2] for match in _EMAIL.finditer(text)]
    return bool(named) and not any(_is_same_owner(name, host) for name in named)


def _named_hosts(text: str) -> Iterator[str]:
    """Every host that a person can read in a text."""
    for match in _NAMED_URL.finditer(text):
        user, at, host = match[1].rpartition("@")
        yield _bare_host(_decoded(host)).strip(".")
        if at and "." in user:
            yield _bare_host(user.partition(":")[0])
    rest = _NAMED_URL.sub(" ", text)
    for match in _EMAIL.finditer(rest):
        # ``www.bank.com@evil.example`` is read from its left.
        if _SURE_END.search(match[1]):
            yield match[1]
    for match in _NAMED_HOST.finditer(_EMAIL.sub(" ", rest)):
        if _is_meant_as_host(match[1], rest[match.end() : match.end() + 1] if rest == text else ""):
            yield match[1]


def _is_meant_as_host(name: str, following: str) -> bool:
    """Whether ``a.b`` without a scheme is a host: no file, no two sentences without a blank, no number."""
    if name.lower().startswith("www.") or _SURE_END.search(name):
        return True
    if _FILE_LIKE.search(name) and following != "/":
        return False
    end = name.rpartition(".")[2]
    if end != end.lower() and name != name.upper():
        return False
    return hosts.has_known_end(name)


def _urls_in(text: str) -> list[str]:
    return [_bare_host(match[1]) for match in _NAMED_URL.finditer(text)]


def _is_same_owner(one: str, other: str) -> bool:
    one, other = (hosts.ascii_host(host).lower().strip(".").removeprefix("www.") for host in (one, other))
    return one == other or hosts.registrable(one) == hosts.registrable(other)


def _is_in_full(text: str, url: str, clean: str) -> bool:
    """Whether a link's text is the address it leads to, perhaps without its scheme."""
    text = text.strip().rstrip("/")
    forms = (url.strip(), clean)
    return any(
        text == form.rstrip("/") or text == re.sub(r"^(?:https?://|mailto:)", "", form).rstrip("/")
        for form in forms
    )


def _shows_host(text: str, host: str) -> bool:
    """Whether the text says the host itself, as a name of its own and not inside a longer one."""
    if not host:
        return True
    found = text.lower().find(host)
    while found >= 0:
        before, behind = text[found - 1 : found], text[found + len(host) : found + len(host) + 2]
        if not (
            before.isalnum() or before in tuple("-.@") or behind[:1].isalnum() or behind[:1] in tuple("-@")
        ) and not (behind[:1] == "." and behind[1:].isalnum()):
            return True
        found = text.lower().find(host, found + 1)
    return False


def _is_plain_address(host: str) -> bool:
    return host.startswith("[") or hosts.is_dotted_quad(host)


def _bare_host(authority: str) -> str:
    host = authority.rpartition("@")[2]
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
