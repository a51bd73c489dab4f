"""Links: what they show, where they really lead, and whether the two agree.

Pure text work; nothing is ever resolved or loaded. Hosts are shown in a form that cannot deceive: punycode
where scripts are mixed or a whole name could pass for another.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from imapcore.model import Link
from imapcore.sanitize import clean_line

MAX_LINKS = 2000
MAX_URL = 8192

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):")
_AUTHORITY = re.compile(r"https?://([^/?#\\]{1,500})", re.IGNORECASE)
_HOST_IN_TEXT = re.compile(
    r"(?:https?://|\b)(?:[^\s/@]{1,80}@)?((?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24})(?=[/:?#\s]|$)",
    re.IGNORECASE,
)
_FILE_LIKE = re.compile(
    r"\.(?:pdf|html?|txt|docx?|xlsx?|pptx?|png|jpe?g|gif|zip|csv|md|py|js|ics|eml)$", re.IGNORECASE
)
_SPACE = re.compile(r"\s+")
_SAFE = frozenset(("http", "https", "mailto", "tel"))
_LOOKALIKE_SCRIPTS = frozenset(("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"))
_TWO_PART_SUFFIX = re.compile(r"(?:co|com|org|net|ac|gov|edu|ne|or|go)\.[a-z]{2}$")


class Links:
    """The links of one body, in order, each place once."""

    def __init__(self) -> None:
        self.found: list[Link] = []
        self._index: dict[tuple[str, str], int] = {}

    def add(self, url: str, text: str) -> int | None:
        """Note a link; its index, or None for what must not be followed (``javascript:``, ``data:`` …)."""
        clean = clean_url(url)
        if not clean:
            return None
        text = clean_line(text, 200)
        key = (clean, text)
        if key not in self._index:
            if len(self.found) >= MAX_LINKS:
                return None
            self._index[key] = len(self.found)
            host = host_of(clean)
            self.found.append(Link(clean, host, text or host or clean, is_suspicious(clean, host, text)))
        return self._index[key]


def clean_url(url: str) -> str:
    """A URL in ASCII without blanks and controls; empty for one that is no web, mail or phone address."""
    url = _SPACE.sub("", clean_line(url, MAX_URL))
    if url.lower().startswith("www."):
        url = "http://" + url
    match = _SCHEME.match(url)
    if match is None or match[1].lower() not in _SAFE or len(url) >= MAX_URL:
        return ""
    authority = _AUTHORITY.match(url)
    if match[1].lower() in ("http", "https"):
        if authority is None:
            return ""
        user, at, host = authority[1].rpartition("@")
        host = quote(user, safe="%:!$&'()*+,;=~") + at + _to_ascii(host)
        url = f"{match[1].lower()}://{host}{url[authority.end() :]}"
    return quote(url, safe="%/:?#[]@!$&'()*+,;=~|^`{}\\")


def host_of(url: str) -> str:
    """The host of a web address as it can be shown, or the domain of a mail address."""
    if url.lower().startswith("mailto:"):
        return show_host(url[7:].partition("?")[0].rpartition("@")[2])
    match = _AUTHORITY.match(url)
    return show_host(_bare_host(match[1])) if match else ""


def show_host(host: str) -> str:
    """A host decoded from punycode where that deceives nobody."""
    labels = host.lower().strip(".").split(".")
    shown = [_decode_label(label) for label in labels]
    return clean_line(".".join(shown if all(map(_is_honest, shown)) else labels), 253)


def is_suspicious(url: str, host: str, text: str) -> bool:
    """Whether the visible text names another host, or the address itself plays tricks."""
    match = _AUTHORITY.match(url)
    if match is None:
        return False
    if "@" in match[1]:
        return True
    named = _HOST_IN_TEXT.search(text[:300])
    if named is None or (_FILE_LIKE.search(named[1]) and "://" not in text):
        return False
    if "@" in text and "://" not in text:
        return False
    return _domain(_to_ascii(named[1].lower())) != _domain(_to_ascii(host))


def _domain(host: str) -> str:
    """The part of a host that belongs to one owner, by rule of thumb."""
    labels = host.removeprefix("www.").split(".")
    return ".".join(labels[-3:] if _TWO_PART_SUFFIX.search(host) else labels[-2:])


def _bare_host(authority: str) -> str:
    host = authority.rpartition("@")[2]
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]


def _to_ascii(host: str) -> str:
    if host.isascii():
        return host
    labels = unicodedata.normalize("NFKC", host[:253]).lower().replace("。", ".").split(".")
    return ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii") for label in labels
    )


def _decode_label(label: str) -> str:
    if not label.startswith("xn--") or len(label) > 63:
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label


def _is_honest(label: str) -> bool:
    """One script, and not one whose letters pass for Latin ones."""
    if label.isascii():
        return True
    scripts = {unicodedata.name(c, "UNKNOWN").split(" ")[0] for c in label if c.isalpha()}
    scripts.discard("CJK")
    if scripts & {"HIRAGANA", "KATAKANA"} and scripts <= {"HIRAGANA", "KATAKANA"}:
        return True
    is_plain = all(unicodedata.category(c)[0] in "LMN" or c == "-" for c in label)
    return is_plain and len(scripts) <= 1 and not scripts & _LOOKALIKE_SCRIPTS
