"""The way to the server and what is found there: one connection, from the name to the newest mail.

What lives here: the steps and what each failure means. What may not: keeping the connection, changing
anything on it; mailboxes are opened with EXAMINE. RFC 3501 §6, RFC 6154, X-GM-EXT-1.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from statistics import median

from imapcore.clock import Clock
from imapcore.engine.credentials import Credential
from imapcore.engine.diagnosis.capabilities import COSTS
from imapcore.engine.diagnosis.check import Findings
from imapcore.engine.sign_in import GMAIL, NEEDED, sign_in
from imapcore.errors import AllMailHidden, GimapError, MailboxHidden, TlsError
from imapcore.model import ENGLISH_TITLES, Account, Role
from imapcore.net.connection import Connection
from imapcore.net.endpoint import Deadlines, Endpoint
from imapcore.net.stream import Stage
from imapcore.protocol.commands import Fetch, List, Noop, Select, StatusOf
from imapcore.protocol.gmail import find_roles
from imapcore.security import Security
from imapcore.wire.responses import Listed
from imapcore.wire.uidset import UidSet

FOLDER_LIMITS = (1000, 2000, 5000, 10_000)
"""What Gmail's setting "Limit IMAP folders to contain no more than" offers."""
SAMPLE = 200
"""Newest messages whose envelopes are fetched, to measure the speed."""
SLOW_MS = 400.0
SLOW_OCTETS = 20_000.0
"""Octets a second; below, opening a large account takes hours."""
SKEW_MS = 5 * 60_000
CERTIFICATE_DAYS = 7
_DAY = 86_400
_COST_OF_HIDDEN = {
    Role.SPAM: "mail in Spam is neither shown nor rescued",
    Role.TRASH: "the trash is not shown, and nothing is taken back out of it",
    Role.SENT: "Sent Mail is not in the tree",
    Role.DRAFTS: "drafts are not shown",
    Role.STARRED: "Starred is not in the tree",
    Role.IMPORTANT: "Important is not in the tree",
}


def check_server(
    account: Account,
    credential: Credential | None,
    findings: Findings,
    *,
    seconds: float,
    clock: Clock,
    tls: ssl.SSLContext | None,
) -> None:
    """Go as far as it goes."""
    way = _Way(account, findings, clock)
    deadlines = Deadlines(connect=seconds, tls=seconds, read=seconds, write=seconds, command=2 * seconds)
    try:
        connection = Connection.open(
            Endpoint.of(account), deadlines=deadlines, clock=clock, tls=tls, reached=way.reached
        )
    except GimapError as error:
        way.failed(error)
        return
    with connection:
        way.arrived(connection)
        _Visit(connection, account, findings, clock).run(credential)


class _Way:
    """The stages of opening a connection, each timed."""

    def __init__(self, account: Account, findings: Findings, clock: Clock) -> None:
        self._account = account
        self._findings = findings
        self._clock = clock
        self._since = clock.monotonic()
        self._passed: dict[Stage, float] = {}

    def reached(self, stage: Stage) -> None:
        now = self._clock.monotonic()
        self._passed[stage] = (now - self._since) * 1000
        self._since = now

    def arrived(self, connection: Connection) -> None:
        """It is open, and the server has greeted."""
        greeting_ms = (self._clock.monotonic() - self._since) * 1000
        self._tell_passed(connection.address)
        if (certificate := connection.certificate) is not None:
            left = (certificate.ends - self._clock.now_ms() / 1000) / _DAY
            until = datetime.fromtimestamp(certificate.ends, UTC).strftime("%Y-%m-%d")
            told = (
                f"{connection.tls_version}, issued by {certificate.issuer or 'nobody named'}, until {until}"
            )
            if left < CERTIFICATE_DAYS:
                self._findings.warn(
                    "tls", "TLS", told, "It ends within days: whoever runs the server must renew it"
                )
            else:
                self._findings.ok("tls", "TLS", told)
        else:
            self._findings.warn(
                "tls",
                "TLS",
                "None: what is sent can be read on this machine",
                "Leave out --no-tls where the server has TLS",
            )
        self._findings.ok("greeting", "Greeting", f"An IMAP server, after {greeting_ms:.0f} ms")

    def failed(self, error: GimapError) -> None:
        """It could not be opened: the stage that was not reached is what failed."""
        self._tell_passed("")
        account = self._account
        where = f"{account.host}:{account.port}"
        if Stage.RESOLVED not in self._passed:
            self._findings.error("dns", "Name", error)
        elif Stage.CONNECTED not in self._passed:
            advice = f"{error.hint}. A firewall may let nothing through to {where}"
            self._findings.error("tcp", "Connection", error, advice)
        elif account.security is not Security.NONE and Stage.ENCRYPTED not in self._passed:
            self._findings.error("tls", "TLS", error, self._about_tls(error))
        else:
            advice = error.hint or f"What answers at {where} may be no IMAP server: check host and port"
            self._findings.error("greeting", "Greeting", error, advice)

    def _about_tls(self, error: GimapError) -> str:
        if not isinstance(error, TlsError):
            return f"Port 993 is for TLS at once; {error.hint[:1].lower()}{error.hint[1:]}"
        text = error.detail.lower()
        if "expired" in text or "not yet valid" in text:
            now = datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC).strftime("%Y-%m-%d %H:%M")
            return f"Is the clock right? It says {now} UTC. {error.hint}"
        return error.hint

    def _tell_passed(self, address: str) -> None:
        if Stage.RESOLVED in self._passed:
            to = f" is {address}" if address not in ("", self._account.host) else ""
            self._findings.ok(
                "dns", "Name", f"{self._account.host}{to} ({self._passed[Stage.RESOLVED]:.0f} ms)"
            )
        if Stage.CONNECTED in self._passed:
            told = f"Port {self._account.port} answers ({self._passed[Stage.CONNECTED]:.0f} ms)"
            self._findings.ok("tcp", "Connection", told)


class _Visit:
    """What is looked at on the open connection."""

    def __init__(self, connection: Connection, account: Account, findings: Findings, clock: Clock) -> None:
        self._connection = connection
        self._account = account
        self._findings = findings
        self._clock = clock

    def run(self, credential: Credential | None) -> None:
        if GMAIL in self._connection.capabilities:
            self._findings.ok("gmail", "Gmail", f"It offers {GMAIL}")
        if credential is None:
            self._findings.skip("sign-in", "Sign-in", "There is nothing to sign in with")
            return
        if not self._sign_in(credential):
            return
        self._capabilities()
        roles = self._mailboxes()
        if roles is not None:
            self._measure(roles.get(Role.ALL) or roles.get(Role.INBOX))

    def _sign_in(self, credential: Credential) -> bool:
        began = self._clock.monotonic()
        offered = self._connection.capabilities
        try:
            sign_in(self._connection, self._account, credential)
        except GimapError as error:
            is_gmail = GMAIL in self._connection.capabilities
            self._findings.error(*(("sign-in", "Sign-in") if is_gmail else ("gmail", "Gmail")), error)
            return False
        ms = (self._clock.monotonic() - began) * 1000
        how = "LOGIN"
        if credential.is_token:
            how = "XOAUTH2" if "AUTH=XOAUTH2" in offered else "OAUTHBEARER"
        self._findings.ok("sign-in", "Sign-in", f"{self._account.email} by {how} ({ms:.0f} ms)")
        return True

    def _capabilities(self) -> None:
        offered = self._connection.capabilities
        lacking = [name for name in COSTS if name not in offered]
        for name in lacking:
            tell = self._findings.fail if name in NEEDED else self._findings.warn
            tell("capability", "Capability", f"{name} is missing: {COSTS[name]}",
                 "Only the server can change that; is it really imap.gmail.com?")  # fmt: skip
        if not lacking:
            self._findings.ok("capability", "Capabilities", f"All {len(COSTS)} that are used are offered")

    def _mailboxes(self) -> Mapping[Role, Listed] | None:
        try:
            roles = find_roles(self._connection.run(List()).mailboxes)
            if Role.ALL not in roles:
                # One list that names none is not the last word.
                roles = find_roles(self._connection.run(List()).mailboxes)
        except GimapError as error:
            self._findings.error("mailboxes", "Mailboxes", error)
            return None
        named = ", ".join(f"{ENGLISH_TITLES[role]} = {roles[role].name}" for role in Role if role in roles)
        self._findings.ok("mailboxes", "Mailboxes", named or "none")
        if Role.ALL not in roles:
            self._findings.error("hidden", "Hidden", AllMailHidden())
        for role, cost in _COST_OF_HIDDEN.items():
            if role not in roles:
                hidden = MailboxHidden(ENGLISH_TITLES[role])
                self._findings.warn("hidden", "Hidden", f"{hidden.title}: {cost}", hidden.hint)
        return roles

    def _measure(self, listed: Listed | None) -> None:
        """Folder limit, latency, throughput, clock."""
        try:
            self._latency()
            if listed is None:
                return
            count = self._connection.run(StatusOf(listed.name, ("MESSAGES",))).messages or 0
            self._limit(listed.name, count)
            self._connection.run(Select(listed.name, is_read_only=True))
            if count:
                self._throughput(count)
        except GimapError as error:
            self._findings.error("speed", "Speed", error)

    def _latency(self) -> None:
        times = []
        for _ in range(5):
            began = self._clock.monotonic()
            self._connection.run(Noop())
            times.append((self._clock.monotonic() - began) * 1000)
        told = f"{median(times):.0f} ms for an answer, {max(times):.0f} ms at most of {len(times)}"
        if median(times) > SLOW_MS:
            self._findings.warn(
                "latency", "Latency", told, "The way to Gmail is slow: a VPN, or a weak network?"
            )
        else:
            self._findings.ok("latency", "Latency", told)

    def _limit(self, name: str, count: int) -> None:
        if count in FOLDER_LIMITS:
            self._findings.warn(
                "folder-limit",
                "Folder limit",
                f"{name} shows exactly {count:,} messages: Gmail may be told to hide older ones from IMAP",
                "At https://mail.google.com/mail/#settings/fwdandpop choose “Do not limit the number of "
                "messages in an IMAP folder”",
            )
        else:
            self._findings.ok(
                "folder-limit", "Folder limit", f"{name} shows {count:,} messages, no number Gmail cuts at"
            )

    def _throughput(self, count: int) -> None:
        newest = UidSet.of_ranges([(max(1, count - SAMPLE + 1), count)])
        before, began = self._connection.bytes_received, self._clock.monotonic()
        items = ("UID", "INTERNALDATE", "ENVELOPE", "BODYSTRUCTURE")
        found = self._connection.run(Fetch(newest, items, is_uid=False))
        seconds = max(self._clock.monotonic() - began, 1e-6)
        speed = (self._connection.bytes_received - before) / seconds
        told = f"{len(found)} envelopes in {seconds * 1000:.0f} ms, {speed / 1000:.0f} kB/s"
        # A few messages say nothing of the speed.
        if speed < SLOW_OCTETS and len(found) >= SAMPLE:
            self._findings.warn("speed", "Speed", told, "The first look at a large account will take long")
        else:
            self._findings.ok("speed", "Speed", told)
        self._clock_skew(each.internaldate for each in found)

    def _clock_skew(self, dates: Iterable[int | None]) -> None:
        newest = max((each for each in dates if each is not None), default=None)
        if newest is None:
            return
        ahead = newest - self._clock.now_ms()
        if ahead > SKEW_MS:
            self._findings.warn(
                "clock",
                "Clock",
                f"Gmail received mail {ahead // 60_000} minutes from now, by the clock of this machine",
                "Set the clock: dates are shown wrong, and certificates or tokens may be refused",
            )
        else:
            self._findings.ok("clock", "Clock", "No mail was received later than now")
