"""Host names: in ASCII as they are looked up, decoded as they may be shown, and whose they are.

**Shown.** An internationalized name is decoded only where that deceives nobody, by the rules browsers follow
(UTS 39, "highly restrictive", plus what UTS 39 leaves to judgement): the letters of each label are of one
script, or Latin beside the scripts of one of the East Asian languages; every letter is one that words are
written with, no phonetic sign, no letter of a script out of use; no sign that passes for punctuation stands
beside Latin letters; and a label of Cyrillic or Greek letters that all look Latin is not decoded unless the
name's end says that the script is meant. Whatever fails is shown as ``xn--…``.

**Whose.** What one owner has registered is the registrable domain: one label more than the public suffix
(``co.uk``, ``github.io``). The list is Mozilla's, kept by a library, read when first asked for.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from imapcore.sanitize import clean_line

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

MAX_HOST = 253
_RESERVED = frozenset(("example", "test"))
"""Kept for documentation and tests: in no list, and nobody's (RFC 2606)."""
_DOTS = re.compile("[\u3002\uff0e\uff61\u2024]")
_SCRIPTS = frozenset(
    ("LATIN", "HAN", "HIRAGANA", "KATAKANA", "BOPOMOFO", "HANGUL", "CYRILLIC", "GREEK", "ARMENIAN",
     "HEBREW", "ARABIC", "THAANA", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL",
     "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "THAI", "LAO", "TIBETAN", "MYANMAR", "GEORGIAN",
     "ETHIOPIC", "KHMER")
)  # fmt: skip
"""Scripts in everyday use (UAX 31, table 5)."""
_TOGETHER = (
    frozenset(("LATIN", "HAN", "HIRAGANA", "KATAKANA")),
    frozenset(("LATIN", "HAN", "BOPOMOFO")),
    frozenset(("LATIN", "HAN", "HANGUL")),
)
_PLAIN_LATIN = re.compile(
    "[a-z0-9\u00df-\u00f6\u00f8-\u017e\u01a1\u01b0\u01ce-\u01dc\u0219\u021b\u1e00-\u1ef9-]"
)
"""Latin letters that names are written with; what lies beyond is phonetic or historical."""
_MARKS_OF_LATIN = re.compile("[\u0131\u0138\u013f\u0140\u0149\u017f]")
_CYRILLIC_AS_LATIN = frozenset("авсԁеһіјкӏмноргѕтуԝхԛзпьъѵѡҽүғѐёїўґӓӧӱ")
_GREEK_AS_LATIN = frozenset("αβγεζηικνορτυχωϊϋόύίάέήώϲϳσ")
_ENDS_IN_SCRIPT = {
    "CYRILLIC": frozenset(("ru", "su", "ua", "by", "bg", "rs", "mk", "kz", "kg", "mn", "tj", "uz")),
    "GREEK": frozenset(("gr", "cy")),
}
_PASSES_FOR_PUNCTUATION = frozenset("丿丶丨一丷亠〇ノーヘベペへべぺゝゞヽヾ々〆〱〳〵ㆍ・ㅡㅣㅇᅳ')ʹʻʼʽˈ·׳״")
_TRACKERS = frozenset(
    ("sendgrid.net", "list-manage.com", "mandrillapp.com", "hubspotlinks.com", "hubspotemail.net",
     "mailgun.org", "mailgun.info", "sparkpostmail.com", "sparkpostmail1.com", "exacttarget.com",
     "exct.net", "rs6.net", "createsend.com", "cmail19.com", "cmail20.com", "klclick.com",
     "klclick1.com", "klclick2.com", "klclick3.com", "klaviyomail.com", "awstrack.me",
     "convertkit-mail.com", "convertkit-mail2.com", "convertkit-mail3.com", "sendibm1.com",
     "sendibm2.com", "sendibm3.com", "mjt.lu", "customeriomail.com", "appboy.com", "iterable.com",
     "intercom-clicks.com", "mktoweb.com", "mktomail.com", "responsys.net", "rsgsv.net",
     "cheetahmail.com", "emarsys.net", "mkt41.net", "mkt51.net", "aweber.com", "mlsend.com",
     "mlsend2.com", "activehosted.com", "acemlna.com", "acemlnb.com", "acemlnc.com", "acemlnd.com",
     "getdrip.com", "dripemail2.com", "pstmrk.it", "omnisend.com", "omnisendlink.com", "moosend.com",
     "benchmarkemail.com", "vresp.com", "bmsend.com", "mailersend.net", "elasticemail.com",
     "smtp2go.com", "e2ma.net", "bluehornet.com", "zeta.email", "movableink.com", "liveintent.com",
     "emltrk.com", "yesware.com", "salesloft.com", "cleverreach.com", "rapidmail.de", "inxmail.com",
     "newsletter2go.com", "sendpulse.com", "unisender.com")
)  # fmt: skip
"""Domains that newsletters send their readers through, to count the clicks, and that hold nothing else: not
shorteners and not hosts of anybody's pages, which hide where they lead.
"""
_GATEWAYS = frozenset(
    ("safelinks.protection.outlook.com", "urldefense.proofpoint.com", "urldefense.com",
     "secure-web.cisco.com", "linkprotect.cudasvc.com", "protect.checkpoint.com", "www.google.com",
     "l.facebook.com", "mimecast.com", "mimecastprotect.com", "trendmicro.com", "clicktime.symantec.com",
     "fireeye.com")
)  # fmt: skip
"""Hosts that mail gateways put before every address of a mail, to look at it when it is opened."""


def ascii_host(host: str) -> str:
    """A host as it is looked up: in lower case where it was encoded, labels beyond ASCII as ``xn--…``."""
    if host.isascii():
        return host
    plain = _DOTS.sub(".", unicodedata.normalize("NFKC", _DOTS.sub(".", host[:MAX_HOST])).lower())
    return ".".join(_encode_label(label) for label in plain.split("."))


def show_host(host: str) -> str:
    """A host decoded from punycode where that deceives nobody."""
    labels = host.lower().strip(".")[:MAX_HOST].split(".")
    shown = [_decode_label(label) for label in labels]
    end = labels[-1]
    is_honest = all(_is_honest(label, end) for label in shown)
    return clean_line(".".join(shown if is_honest else labels), MAX_HOST)


def is_numeric(host: str) -> bool:
    """Whether a host is an IP address in any spelling that browsers take: ``0x7f.1``, ``3232235777``."""
    if host.startswith("["):
        return True
    last = host.rstrip(".").rpartition(".")[2]
    return last.isdecimal() or re.fullmatch(r"0x[0-9a-f]*", last, re.IGNORECASE) is not None


def is_dotted_quad(host: str) -> bool:
    """Whether a host is an IPv4 address as people write it."""
    parts = host.split(".")
    return len(parts) == 4 and all(
        part.isascii() and part.isdecimal() and int(part) < 256 and str(int(part)) == part for part in parts
    )


@lru_cache(maxsize=2048)
def registrable(host: str) -> str:
    """The domain that one owner registered: ``a.b.co.uk`` → ``b.co.uk``; an address or a bare name itself."""
    host = ascii_host(host).lower().strip(".")[:MAX_HOST]
    if "." not in host or is_numeric(host):
        return host
    return _suffixes().privatesuffix(host) or host


@lru_cache(maxsize=2048)
def has_known_end(host: str) -> bool:
    """Whether a name ends as registered names end, so that it is no file and no abbreviation."""
    host = ascii_host(host).lower().strip(".")[:MAX_HOST]
    end = host.rpartition(".")[2]
    return end in _RESERVED or _suffixes().publicsuffix(end, accept_unknown=False) is not None


def is_tracker(host: str) -> bool:
    """Whether a host is known to count clicks and to pass them on."""
    labels = host.lower().split(".")
    return any(".".join(labels[start:]) in _TRACKERS for start in range(len(labels) - 1)) or is_gateway(host)


def is_gateway(host: str) -> bool:
    """Whether a host is one that passes on to the address its own address holds."""
    labels = host.lower().split(".")
    return any(".".join(labels[start:]) in _GATEWAYS for start in range(len(labels) - 1))


@cache
def _suffixes() -> PublicSuffixList:
    # Late: ten thousand rules, needed only once a mail has a link whose text names a host.
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


def _encode_label(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def _decode_label(label: str) -> str:
    if not label.startswith("xn--") or len(label) > 63:
        return label
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label
    # What does not encode to the same label is no name anybody could have registered.
    return decoded if not decoded.isascii() and _encode_label(decoded) == label else label


def _is_honest(label: str, end: str) -> bool:
    """Whether a decoded label reads as what it is."""
    if label.isascii():
        return True
    if (
        unicodedata.normalize("NFKC", label).casefold().lower() != label
        and "ß" not in label
        and "ς" not in label
    ):
        return False
    if unicodedata.category(label[0])[0] == "M":
        return False
    scripts = {_script(character) for character in label} - {"COMMON"}
    if "" in scripts or not scripts <= _SCRIPTS:
        return False
    has_latin = "LATIN" in scripts
    if len(scripts) > 1 and not any(scripts <= group for group in _TOGETHER):
        return False
    if (has_latin or any(map(str.isascii, label.replace("-", "")))) and _PASSES_FOR_PUNCTUATION & set(label):
        return False
    if has_latin and any(unicodedata.category(c)[0] == "M" or _MARKS_OF_LATIN.match(c) for c in label):
        return False
    if len({_digits(c) for c in label if c.isdecimal()}) > 1:
        return False
    return not _looks_latin(label, scripts, end)


def _script(character: str) -> str:
    """The script of a letter or mark; COMMON for digits and the hyphen; empty for what names do not hold."""
    if character == "-" or character.isdecimal():
        return "COMMON"
    if unicodedata.category(character) not in ("Ll", "Lo", "Mn", "Mc"):
        # Modifier letters pass for apostrophes and dots; the length mark and the iteration mark do not.
        return "COMMON" if character in "ー々〆" else ""
    word = unicodedata.name(character, "").partition(" ")[0].partition("-")[0]
    if word == "CJK":
        return "HAN"
    if word == "COMBINING":
        return "COMMON"
    if word == "LATIN" and not _PLAIN_LATIN.match(character):
        return ""
    return word


def _digits(character: str) -> int:
    return ord(character) - unicodedata.decimal(character, 0)


def _looks_latin(label: str, scripts: set[str], end: str) -> bool:
    """Whether a whole label of another script can be read as a Latin one."""
    if scripts == {"ARMENIAN"} or scripts == {"GEORGIAN"}:
        return not end.startswith("xn--")
    for script, lookalikes in (("CYRILLIC", _CYRILLIC_AS_LATIN), ("GREEK", _GREEK_AS_LATIN)):
        if scripts == {script}:
            letters = {character for character in label if character.isalpha()}
            is_expected = end.startswith("xn--") or end in _ENDS_IN_SCRIPT[script]
            return letters <= lookalikes and not is_expected
    return False
