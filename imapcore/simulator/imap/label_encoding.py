r"""How names look on the wire, which depends on where they stand (argument, answer, SEARCH).

FETCH and STORE replies, STORE arguments and mailbox names are modified UTF-7, or raw UTF-8 after
ENABLE UTF8=ACCEPT; SEARCH takes the decoded name always. System labels are quoted with a doubled
backslash, user labels are atoms wherever RFC 3501 lets them be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from imapcore.simulator.account.kinds import Kind
from imapcore.simulator.account.mailboxes import Mailbox
from imapcore.simulator.imap.command_reader import ParseError
from imapcore.simulator.options import Options
from imapcore.wire import mutf7

_ATOM = re.compile(rb'[^\x00-\x20\x7f-\xff(){%*"\\\[\]]+')
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_ATOM_WITH_BRACKETS = re.compile(rb'[^\x00-\x20\x7f-\xff(){%*"\\]+')


def encode_name(name: str, is_utf8: bool) -> bytes:
    """A mailbox or label name as the wire has it, unquoted."""
    return name.encode("utf-8") if is_utf8 else mutf7.encode_bytes(name)


def decode_name(name: bytes, is_utf8: bool) -> str:
    """A mailbox or label name a client sent; raises ParseError for what is no UTF-8 or modified UTF-7."""
    if _CONTROL.search(name):
        # In a reply such a name would end the line it stands in.
        raise ParseError("control characters in a name")
    if is_utf8:
        return _decode_utf8(name)
    if not name.isascii():
        raise ParseError("8-bit name")
    decoded = mutf7.decode(name)
    if mutf7.encode_bytes(decoded) != name and b"&" in name and not _is_lenient(name):
        raise ParseError("not modified UTF-7")
    return decoded


def _decode_utf8(name: bytes) -> str:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParseError("not UTF-8") from error


def _is_lenient(name: bytes) -> bool:
    """Whether every ``&`` at least begins a shift sequence that ends."""
    return all(b"-" in part for part in name.split(b"&")[1:])


def quote(value: bytes) -> bytes:
    """A quoted string, whatever the value."""
    return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def mailbox_name(name: str, is_utf8: bool) -> bytes:
    """A name as LIST and STATUS give it: quoted, but for those that begin with ``+``."""
    encoded = encode_name(name, is_utf8)
    if encoded.startswith(b"+") and _ATOM.fullmatch(encoded):
        return encoded
    return quote(encoded)


def render_label(name: str, is_utf8: bool, brackets_are_bare: bool = False) -> bytes:
    """One label of X-GM-LABELS: an atom where possible, else quoted."""
    encoded = encode_name(name, is_utf8)
    pattern = _ATOM_WITH_BRACKETS if brackets_are_bare else _ATOM
    # NIL as an atom would be no label but the absence of all.
    if pattern.fullmatch(encoded) and encoded.upper() != b"NIL":
        return encoded
    return quote(encoded)


def render_labels(labels: Iterable[Mailbox], is_utf8: bool, options: Options) -> bytes:
    """The list of X-GM-LABELS: sorted by its serialized members, so that the quoted ones come first."""
    by_age = sorted(labels, key=lambda label: (label.kind is Kind.LABEL, _age(label)))
    if options.empty_labels_are_nil and not by_age:
        return b"NIL"
    rendered = [render_label(label.label, is_utf8, options.bracket_labels_are_bare) for label in by_age]
    if options.labels_are_sorted:
        rendered.sort()
    return b"(" + b" ".join(rendered) + b")"


def _age(label: Mailbox) -> tuple[int, str]:
    """User labels by the order they were made in, system labels by name."""
    return (label.uidvalidity, "") if label.kind is Kind.LABEL else (0, label.label)
