"""What servers are known to get wrong and we read all the same: each case names its source.

Sources: "design notes" are the collected facts about Gmail's wire; the others are the trackers of other
clients, where the line was reported.
"""

from __future__ import annotations

import pytest

from imapcore.wire.bodystructure import Multipart, Part
from imapcore.wire.envelope import EnvelopeAddress
from imapcore.wire.fetch import Fetched
from imapcore.wire.responses import Condition, Continuation, Listed, MailboxStatus, Status, Vanished
from imapcore.wire.uidset import NO_UIDS
from tests.wire.feeding import fetched, read


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        # net-imap#272: brackets and parentheses in quotes beside bare words
        (
            b'("\\\\Important" "\\\\Inbox" fav "(foobar)" "[foobar]")',
            {"\\Important", "\\Inbox", "fav", "(foobar)", "[foobar]"},
        ),
        # MailKit#51: a bare label in brackets (node-imap#210 made a nested list of it)
        (b"([Mailbox])", {"[Mailbox]"}),
        # MailKit#195: a bare plus sign
        (b"(+IMNews)", {"+IMNews"}),
        # MailKit#244: NIL inside the list
        (b'(NIL "a")', {"a"}),
        # angus-mail#165: a backslash is escaped once, and undone once
        (b'("\\\\Sentt")', {"\\Sentt"}),
        # Gmail's documentation prints system labels bare
        (b"(\\Inbox \\Sent)", {"\\Inbox", "\\Sent"}),
        # literals, which no transcript shows but the grammar allows
        (b"({3}\r\na b)", {"a b"}),
        # an empty list, and NIL for it
        (b"()", set()),
        (b"NIL", set()),
    ],
)
def test_labels(labels: bytes, expected: set[str]) -> None:
    assert fetched(b"* 1 FETCH (X-GM-LABELS " + labels + b" UID 1)").labels == frozenset(expected)


def test_unescaped_quotes_in_an_envelope() -> None:
    """MailKit's Gmail vectors: bare quotes inside a display name, and name and mailbox swapped."""
    message = fetched(
        b'* 1 FETCH (ENVELOPE ("d" "s" (("<sender@domain.com>" NIL "=?UTF-8?Q?"Dummy=20Name"?=" NIL)) '
        b"NIL NIL NIL NIL NIL NIL NIL) UID 1)"
    )
    assert message.envelope is not None
    assert message.envelope.from_ == (
        EnvelopeAddress(b"<sender@domain.com>", None, b'=?UTF-8?Q?"Dummy=20Name"?=', None),
    )
    assert message.uid == 1


def test_envelopes_out_of_shape() -> None:
    """imap-codec's quirks: spaces between addresses; others: "" for none, fields left off, NIL for all."""
    spaced = fetched(
        b'* 1 FETCH (ENVELOPE ("d" "s" ((NIL NIL "a" "b") (NIL NIL "c" "d")) "" NIL NIL NIL NIL NIL NIL))'
    ).envelope
    assert spaced is not None
    assert [address.mailbox for address in spaced.from_] == [b"a", b"c"]
    short = fetched(b'* 1 FETCH (ENVELOPE ("d" "s" ((NIL NIL "a"))))').envelope
    assert short is not None
    assert (short.subject, short.message_id) == (b"s", None)
    assert short.from_ == (EnvelopeAddress(None, None, b"a", None),)
    nothing = fetched(b"* 1 FETCH (ENVELOPE NIL)").envelope
    assert nothing is not None
    assert nothing.fields == (None, None, (), (), (), (), (), (), None, None)


@pytest.mark.parametrize(
    ("structure", "media_type"),
    [
        # MailKit#205, #777, #1841: Gmail's multiparts that lost their children
        (b'("ALTERNATIVE")', "multipart/alternative"),
        (b'("ALTERNATIVE" ("BOUNDARY" "x") NIL NIL)', "multipart/alternative"),
        (b'("RELATED" NIL ("ATTACHMENT" NIL) NIL)', "multipart/related"),
    ],
)
def test_multiparts_without_children(structure: bytes, media_type: str) -> None:
    whole = fetched(
        b'* 1 FETCH (BODYSTRUCTURE (("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1) ' + structure + b' "MIXED"))'
    )
    assert isinstance(whole.bodystructure, Multipart)
    child = whole.bodystructure.parts[1]
    assert isinstance(child, Multipart)
    assert (child.media_type, child.parts, child.section) == (media_type, (), "2")


def test_body_of_negative_size_and_without_encoding() -> None:
    """MailKit: -1 octets from Exchange; imap-codec's quirk: NIL for the encoding."""
    part = fetched(b'* 1 FETCH (BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL NIL -1 NIL))').bodystructure
    assert isinstance(part, Part)
    assert (part.size, part.encoding, part.lines) == (0, "7bit", None)


def test_numbers_out_of_shape() -> None:
    """mail.ru sends decimals; other servers quote numbers."""
    assert fetched(b'* 1 FETCH (RFC822.SIZE 1024.0 UID "7")') == Fetched(1, uid=7, size=1024)


def test_sections_answered_by_nil() -> None:
    """Design notes: Gmail's BODY[1.TEXT]<0> NIL."""
    assert fetched(b"* 1 FETCH (BODY[1.TEXT]<0> NIL)").sections == {"1.TEXT<0>": None}


def test_section_names_quoted_or_not() -> None:
    """Design notes: Gmail echoes the names unquoted, RFC 3501 lets a server quote them."""
    key = "HEADER.FIELDS (FROM LIST-ID)"
    assert fetched(b'* 1 FETCH (BODY[HEADER.FIELDS ("From" "List-Id")] "x")').sections == {key: b"x"}
    assert fetched(b'* 1 FETCH (BODY[HEADER.FIELDS (From List-Id)] "x")').sections == {key: b"x"}


@pytest.mark.parametrize("line", [b"+", b"+ ", b"+  "])
def test_continuations_without_text(line: bytes) -> None:
    """imap-codec's quirk empty_continue_req; several servers send "+" alone."""
    assert read(line) == Continuation(b"")


def test_status_of_a_bare_odd_name() -> None:
    """Design notes: Gmail sends names with a plus sign first bare; others do so with spaces in them."""
    assert read(b"* STATUS +Folder (MESSAGES 3)") == MailboxStatus("+Folder", messages=3)
    assert read(b"* STATUS a b (c) (MESSAGES 3)") == MailboxStatus("a b (c)", messages=3)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b'* LIST () "/" +Folder', "+Folder"),
        # tabs in names (net-imap's quirks, mail.ru)
        (b'* LIST () "/" "a\tb"', "a\tb"),
        (b'* LIST () "/" a(b', "a(b"),
        # raw UTF-8 before it was enabled
        ('* LIST () "/" "Übung"'.encode(), "Übung"),
        # names with an ampersand that is no shift sequence
        (b'* LIST () "/" "R&D"', "R&D"),
        # a space at the end of the line
        (b'* LIST () "/" "x" ', "x"),
        # two spaces
        (b'* LIST ()  "/"  "x"', "x"),
    ],
)
def test_names_of_mailboxes(line: bytes, name: str) -> None:
    assert read(line) == Listed(name, "/", frozenset())


@pytest.mark.parametrize(
    ("line", "code", "text"),
    [
        # net-imap's quirks: Exchange invents codes
        (b'A1 NO [Error="Microsoft.Exchange.Error: x"] no', "ERROR", "no"),
        # no text behind the code
        (b"* OK [UIDVALIDITY 1]", "UIDVALIDITY", ""),
        # a bracket that is not closed is text
        (b"* OK [half", None, "[half"),
    ],
)
def test_response_codes(line: bytes, code: str | None, text: str) -> None:
    status = read(line)
    assert isinstance(status, Status)
    assert (status.code.name if status.code else None) == code
    assert status.text == text


def test_keywords_with_a_backslash() -> None:
    """net-imap's quirks: keywords that begin with a backslash."""
    assert fetched(b"* 1 FETCH (FLAGS (\\Seen \\Foo $a[b]))").flags == frozenset({"\\Seen", "\\Foo", "$a[b]"})


def test_spaces_at_the_end_of_lists() -> None:
    """imap-codec's quirks trailing_space_*."""
    assert fetched(b"* 1 FETCH (FLAGS (\\Seen ) UID 1 )") == Fetched(1, uid=1, flags=frozenset({"\\Seen"}))
    assert read(b"* STATUS x (MESSAGES 1 ) ") == MailboxStatus("x", messages=1)


def test_literals_with_leading_zeros() -> None:
    """net-imap's quirks: {012}."""
    assert fetched(b"* 1 FETCH (BODY[] {002}\r\nhi)").sections == {"": b"hi"}


def test_vanished_without_any_uid() -> None:
    """Mailspring-Sync: iCloud sends malformed VANISHED lines."""
    assert read(b"* VANISHED (EARLIER) ") == Vanished(NO_UIDS, is_earlier=True)


def test_a_status_without_text() -> None:
    """imap-codec's quirk missing_text."""
    assert read(b"A1 OK") == Status("A1", Condition.OK, None, "")
