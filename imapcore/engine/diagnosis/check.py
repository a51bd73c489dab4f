"""One finding as a value, and the list they make.

What lives here: the values, and the one place where a secret is taken out of every text. What may not:
finding anything.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from msgspec import Struct

from imapcore.errors import GimapError, OverQuota, Throttled, TooManyConnections, Unavailable
from imapcore.sanitize import clean_line

TEXT_MAX = 500
"""Characters of one text of a finding."""
HIDDEN = "•••"


class Verdict(StrEnum):
    """How it stands."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"
    """It could not be looked at, because of something that is said elsewhere."""


class Check(Struct, frozen=True):
    """One line of a diagnosis."""

    name: str
    """For programs: ``tls``, ``sign-in`` …; the same kind of finding may come several times."""
    title: str
    verdict: Verdict
    told: str
    """What was found, in a sentence without its end."""
    advice: str = ""
    """What to do; always there when something failed."""


class Report(Struct, frozen=True):
    """What was found about one account, in the order in which it was looked at."""

    account: str
    host: str
    port: int
    checks: tuple[Check, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of them."""
        found = {each.verdict for each in self.checks}
        return next((each for each in (Verdict.FAILED, Verdict.WARNING) if each in found), Verdict.OK)


ADDRESSES: dict[type[GimapError], str] = {
    TooManyConnections: "https://myaccount.google.com/device-activity shows what is signed in",
    Unavailable: "https://www.google.com/appsstatus/dashboard/ tells whether it is Gmail",
    OverQuota: "https://support.google.com/a/answer/1071518 tells the limits",
    Throttled: "https://support.google.com/a/answer/1071518 tells the limits",
}
"""Where more can be read; an error's own hint names its address where one is needed to go on."""


class Findings:
    """Collects findings, each free of the secrets known so far, and of what could move a terminal."""

    def __init__(self, told: Callable[[Check], None] = lambda _: None) -> None:
        """``told`` is called with each finding as soon as there is one."""
        self._told = told
        self._secrets: list[str] = []
        self.checks: list[Check] = []

    def hide(self, *secrets: str) -> None:
        """From here on none of these appears in a text."""
        # The longest first: one form may be part of another.
        self._secrets = sorted({*self._secrets, *filter(None, secrets)}, key=len, reverse=True)

    def add(self, name: str, title: str, verdict: Verdict, told: str, advice: str = "") -> None:
        """One more."""
        check = Check(name, title, verdict, self._harmless(told), self._harmless(advice))
        self.checks.append(check)
        self._told(check)

    def ok(self, name: str, title: str, told: str) -> None:
        """It is as it should be."""
        self.add(name, title, Verdict.OK, told)

    def warn(self, name: str, title: str, told: str, advice: str) -> None:
        """It works, and could be better."""
        self.add(name, title, Verdict.WARNING, told, advice)

    def fail(self, name: str, title: str, told: str, advice: str) -> None:
        """It does not work."""
        self.add(name, title, Verdict.FAILED, told, advice)

    def skip(self, name: str, title: str, told: str) -> None:
        """It was not looked at."""
        self.add(name, title, Verdict.SKIPPED, told)

    def error(self, name: str, title: str, error: GimapError, advice: str = "") -> None:
        """It failed with an error of ours: its title and detail are what was found, its hint what to do."""
        more = next((text for kind, text in ADDRESSES.items() if isinstance(error, kind)), "")
        told = ": ".join(filter(None, (error.title, error.detail)))
        steps = (advice or error.hint, more if more not in error.hint else "")
        self.fail(name, title, told, "; ".join(filter(None, steps)))

    def _harmless(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return clean_line(text, TEXT_MAX)
