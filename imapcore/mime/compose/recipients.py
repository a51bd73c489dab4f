"""Recipients as people type and paste them → addresses, and what is wrong with each.

Lists by comma, semicolon or line, groups, names with and without quotes: reading is that of the headers of
incoming mail (``mime.headers``), which knows what the world writes. Judging is stricter: what Gmail would
refuse is said while it can still be mended.
"""

from __future__ import annotations

import re

from imapcore.mime.headers import parse_addresses
from imapcore.mime.hosts import ascii_host
from imapcore.model import Address, Recipients

LONGEST_LOCAL = 64
"""Octets before the ``@`` (RFC 5321 §4.5.3.1.1)."""
LONGEST_DOMAIN = 255
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f()<>\[\]:;,\\\"]")
_LINES = re.compile(r"[\r\n\t]+")
_SCHEME = re.compile(r"^\s*mailto:", re.IGNORECASE)


def parse_recipients(text: str) -> Recipients:
    """Read a field of recipients; what cannot be an address is told and left out of ``addresses``."""
    found: list[Address] = []
    problems: list[str] = []
    known: set[str] = set()
    lines = [_SCHEME.sub("", line) for line in _LINES.split(text)]
    for address in parse_addresses(", ".join(line for line in lines if line.strip())):
        problem = address_problem(address.email or address.name)
        if problem:
            problems.append(problem)
            continue
        key = address.email.casefold()
        if key not in known:
            known.add(key)
            found.append(address)
    return Recipients(tuple(found), tuple(dict.fromkeys(problems)))


def address_problem(email: str) -> str:
    """Why nobody can be written to at this address, as a sentence; empty if somebody may."""
    local, at, domain = email.strip().rpartition("@")
    if not at:
        return f"“{email.strip()}” has no @: an address is name@domain"
    if not local:
        return f"“{email}” has nothing before the @"
    if not domain:
        return f"“{email}” has nothing after the @"
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return f"“{email}” has a dot too many before the @"
    if _FORBIDDEN.search(local) or "@" in local:
        return f"“{email}” has a character before the @ that no address has"
    if len(local.encode()) > LONGEST_LOCAL:
        return f"“{email}” is longer before the @ than the {LONGEST_LOCAL} letters there may be"
    host = ascii_host(domain)
    labels = host.split(".")
    if len(host) > LONGEST_DOMAIN or not all(_LABEL.fullmatch(label) for label in labels):
        return f"“{domain}” in “{email}” is no domain"
    if len(labels) == 1:
        return f"“{domain}” in “{email}” has no dot: a domain is like example.org"
    return ""


def needs_utf8(addresses: tuple[Address, ...]) -> bool:
    """Whether an address asks for a message of RFC 6532 (SMTPUTF8): letters beyond ASCII before the ``@``."""
    return any(not address.email.rpartition("@")[0].isascii() for address in addresses)


def wire_address(email: str) -> str:
    """An address as it goes out: its domain in punycode, if nothing else of it asks for UTF-8."""
    local, _, domain = email.rpartition("@")
    return f"{local}@{ascii_host(domain)}" if local.isascii() else email


def format_address(address: Address) -> str:
    """An address as one types it, ``Ada Lovelace <ada@example.org>``; quoted where a comma asks for it."""
    if not address.name or address.name == address.email:
        return address.email
    name = address.name
    if re.search(r'[()<>@,;:\\".\[\]]', name):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        name = f'"{escaped}"'
    return f"{name} <{address.email}>"


def format_addresses(addresses: tuple[Address, ...]) -> str:
    """A field of recipients; ``parse_recipients`` reads it back."""
    return ", ".join(format_address(address) for address in addresses)
