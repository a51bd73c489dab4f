"""Search keys, Gmail's roles, refusals and the transcript: tables and what reads them."""

from __future__ import annotations

from datetime import date

import pytest

from imapcore import errors
from imapcore.errors import InvalidArgument
from imapcore.model import Role
from imapcore.protocol import search as s
from imapcore.protocol.commands import Search, describe
from imapcore.protocol.gmail import find_roles, from_xlist, role_of
from imapcore.protocol.refusals import BY_CODE, BY_PHRASE, error_of, is_slowed_down, sanitize
from imapcore.protocol.transcript import Transcript
from imapcore.wire.codes import Code
from imapcore.wire.encoder import Chunk
from imapcore.wire.framing import Frame
from imapcore.wire.responses import Condition, Listed, Status
from imapcore.wire.uidset import UidSet
from tests.wire.feeding import frames_of

DAY = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (s.All(), "ALL"),
        (s.From("ann") & s.To("bob"), '(FROM "ann" TO "bob")'),
        (s.From("ann") | s.Cc("x") | s.Bcc("y"), 'OR OR FROM "ann" CC "x" BCC "y"'),
        (s.Or(s.From("a"), s.From("b"), s.From("c")), 'OR FROM "a" OR FROM "b" FROM "c"'),
        (s.Or(s.All()), "ALL"),
        (~s.Subject("x"), 'NOT SUBJECT "x"'),
        (~(s.Text("a") & s.Body("b")), 'NOT (TEXT "a" BODY "b")'),
        (s.Header("List-Id", "x"), 'HEADER "List-Id" "x"'),
        (s.Header("X"), 'HEADER "X" ""'),
        (s.Since(DAY), "SINCE 1-Nov-2026"),
        (s.Before(DAY) & s.On(DAY), "(BEFORE 1-Nov-2026 ON 1-Nov-2026)"),
        (
            s.SentSince(DAY) & s.SentBefore(DAY) & s.SentOn(DAY),
            "((SENTSINCE 1-Nov-2026 SENTBEFORE 1-Nov-2026) SENTON 1-Nov-2026)",
        ),
        (s.Larger(5) & s.Smaller(9), "(LARGER 5 SMALLER 9)"),
        (s.Older(5) & s.Younger(9), "(OLDER 5 YOUNGER 9)"),
        (s.ModSeq(620162338), "MODSEQ 620162338"),
        (s.HasFlag("\\Seen"), "SEEN"),
        (s.LacksFlag("\\Seen"), "UNSEEN"),
        (s.LacksFlag("\\Recent"), "OLD"),
        (s.HasFlag("$Forwarded"), "KEYWORD $Forwarded"),
        (s.LacksFlag("$Forwarded"), "UNKEYWORD $Forwarded"),
        (s.Uids(UidSet([1, 2])), "UID 1:2"),
        (s.Numbers(UidSet([3])), "3"),
        (s.Saved(), "$"),
        (s.EmailId("M1") & s.ThreadId("T1"), "(EMAILID M1 THREADID T1)"),
        (s.GmailRaw('has:attachment "x y"'), 'X-GM-RAW "has:attachment \\"x y\\""'),
        (s.GmailMsgid(5) & s.GmailThrid(6), "(X-GM-MSGID 5 X-GM-THRID 6)"),
        (s.GmailLabel("\\Inbox"), 'X-GM-LABELS "\\\\Inbox"'),
        (s.GmailLabel("*x"), 'X-GM-LABELS "*x"'),
    ],
)
def test_spells_search_keys(key: s.Key, text: str) -> None:
    assert describe(Search(key, returns=frozenset({"ALL"}))) == f"UID SEARCH RETURN (ALL) {text}"


@pytest.mark.parametrize(
    "make",
    [
        lambda: s.And(),
        lambda: s.Or(),
        lambda: describe(Search(s.HasFlag("a b"))),
        lambda: describe(Search(s.GmailMsgid(-1))),
        lambda: describe(Search(s.Uids(UidSet()))),
        lambda: describe(Search(s.From("a\x00"))),
        lambda: describe(Search(s.EmailId("x) ALL"))),
    ],
)
def test_refuses_keys_that_cannot_be(make: object) -> None:
    assert callable(make)
    with pytest.raises(InvalidArgument):
        make()


# -- roles ---------------------------------------------------------------------------------------------


def listed(name: str, *attributes: str) -> Listed:
    return Listed(name, "/", frozenset(attributes))


def test_finds_roles_by_attribute_in_any_language() -> None:
    german = [
        listed("INBOX", "\\HasNoChildren"),
        listed("[Google Mail]", "\\HasChildren", "\\Noselect"),
        listed("[Google Mail]/Alle Nachrichten", "\\all"),
        listed("[Google Mail]/Entwürfe", "\\Drafts"),
        listed("[Google Mail]/Gesendet", "\\Sent"),
        listed("[Google Mail]/Markiert", "\\Flagged"),
        listed("[Google Mail]/Papierkorb", "\\Trash"),
        listed("[Google Mail]/Spam", "\\Junk"),
        listed("[Google Mail]/Wichtig", "\\Important"),
        listed("Trash"),
    ]
    roles = find_roles(german)
    assert {role: mailbox.name for role, mailbox in roles.items()} == {
        Role.INBOX: "INBOX",
        Role.ALL: "[Google Mail]/Alle Nachrichten",
        Role.DRAFTS: "[Google Mail]/Entwürfe",
        Role.SENT: "[Google Mail]/Gesendet",
        Role.STARRED: "[Google Mail]/Markiert",
        Role.TRASH: "[Google Mail]/Papierkorb",
        Role.SPAM: "[Google Mail]/Spam",
        Role.IMPORTANT: "[Google Mail]/Wichtig",
    }
    assert role_of(listed("Trash")) is None


def test_a_mailbox_that_cannot_be_selected_plays_no_role() -> None:
    assert find_roles(
        [listed("x", "\\All", "\\NonExistent"), listed("y", "\\All"), listed("z", "\\All")]
    ) == {Role.ALL: listed("y", "\\All")}


def test_maps_xlist_to_the_standard() -> None:
    lines = [
        listed("Posteingang", "\\Inbox"),
        listed("a", "\\AllMail", "\\HasNoChildren"),
        listed("b", "\\Spam"),
        listed("c", "\\Starred"),
    ]
    assert [from_xlist(each) for each in lines] == [
        listed("INBOX", "\\Inbox"),
        listed("a", "\\All", "\\HasNoChildren"),
        listed("b", "\\Junk"),
        listed("c", "\\Flagged"),
    ]


# -- refusals ------------------------------------------------------------------------------------------


def no(text: str, code: str | None = None) -> Status:
    return Status("A1", Condition.NO, Code(code) if code else None, text)


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (
            no("Invalid credentials (Failure)", "AUTHENTICATIONFAILED"),
            errors.AuthenticationFailed,
            "app password",
        ),
        (no("Invalid credentials (Failure)", "ALERT"), errors.AuthenticationFailed, "app password"),
        (
            no("Application-specific password required: https://x (Failure)", "ALERT"),
            errors.AuthenticationFailed,
            "app password",
        ),
        (
            no("Please log in via your web browser: https://x (Failure)", "ALERT"),
            errors.AuthenticationFailed,
            "web browser",
        ),
        (
            no("Your account is not enabled for IMAP use.", "ALERT"),
            errors.AuthenticationFailed,
            "Switch IMAP on",
        ),
        (no("IMAP access is disabled for your domain."), errors.AuthenticationFailed, "administrator"),
        (no("Too many simultaneous connections. (Failure)", "ALERT"), errors.TooManyConnections, "15"),
        (no("Temporary System Problem (Failure)", "UNAVAILABLE"), errors.Unavailable, "again"),
        (no("System Error (Failure)"), errors.Unavailable, "again"),
        (
            no("Account exceeded command or bandwidth limits. (Failure)", "ALERT"),
            errors.OverQuota,
            "24 hours",
        ),
        (no("slower", "THROTTLED"), errors.Throttled, "waits"),
        (no("Some messages could not be FETCHed (Failure) [THROTTLED]"), errors.Throttled, "waits"),
        (no("full", "OVERQUOTA"), errors.OverQuota, "24 hours"),
        (no("No folder X (Failure)", "TRYCREATE"), errors.CommandRefused, ""),
        (Status("A1", Condition.BAD, None, "Could not parse command"), errors.CommandMalformed, "report"),
        (Status("A1", Condition.BAD, Code("AUTHENTICATIONFAILED"), "x"), errors.CommandMalformed, "report"),
        (
            Status(None, Condition.BYE, None, "Session expired, please login again."),
            errors.SessionExpired,
            "",
        ),
    ],
)
def test_turns_a_refusal_into_something_to_do(
    status: Status, error: type[errors.ServerError], words: str
) -> None:
    problem = error_of(status)
    assert type(problem) is error
    assert problem.code == (status.code.name if status.code else None)
    assert words in problem.sentence()
    assert problem.detail == status.text


@pytest.mark.parametrize(
    ("status", "is_adding", "words"),
    [
        (no("Quota exceeded (mailbox for user is full)", "OVERQUOTA"), True, "Make room"),
        # Cyrus 3.6 to an APPEND for which there is no room: the words, and no code.
        (no("Over quota"), True, "Make room"),
        (no("Quota exceeded", "OVERQUOTA"), False, "24 hours"),
        (no("Account exceeded command or bandwidth limits. (Failure)", "OVERQUOTA"), True, "24 hours"),
        (no("Account exceeded command or bandwidth limits. (Failure)", "ALERT"), True, "24 hours"),
        (Status(None, Condition.BYE, Code("OVERQUOTA"), "Account exceeded"), True, "24 hours"),
    ],
)
def test_a_full_mailbox_is_not_a_used_up_allowance(status: Status, is_adding: bool, words: str) -> None:
    """RFC 5530 §3, RFC 9208 §4.3.1: OVERQUOTA means no room for what is added; Gmail: too much traffic."""
    problem = error_of(status, is_adding=is_adding)
    assert type(problem) is (errors.MailboxFull if words == "Make room" else errors.OverQuota)
    assert words in problem.sentence()
    assert ("full" in problem.title) == (words == "Make room")


def test_a_no_to_a_login_means_the_password_unless_it_says_otherwise() -> None:
    assert type(error_of(no("nope"), is_login=True)) is errors.AuthenticationFailed
    assert type(error_of(no("slower", "THROTTLED"), is_login=True)) is errors.Throttled
    bad = Status("A1", Condition.BAD, None, "what")
    assert type(error_of(bad, is_login=True)) is errors.CommandMalformed


def test_the_tables_are_spelled_as_they_are_read() -> None:
    assert all(name == name.upper() for name in BY_CODE)
    assert all(phrase == phrase.lower() for phrase, _ in BY_PHRASE)


def test_notices_throttling_wherever_it_stands() -> None:
    assert is_slowed_down(no("x", "THROTTLED"))
    assert is_slowed_down(Status("A1", Condition.OK, None, "Success [THROTTLED]"))
    assert not is_slowed_down(Status("A1", Condition.OK, Code("ALERT"), "Success"))


def test_a_servers_text_is_made_harmless() -> None:
    assert sanitize("a\x1b[31m\r\n\u202eb\t c") == "a [31m b c"
    assert len(sanitize("x" * 9999)) == 400


# -- the transcript --------------------------------------------------------------------------------------


def test_keeps_the_last_lines_without_secrets_and_mail() -> None:
    transcript = Transcript(3)
    transcript.noted("connected")
    transcript.sent([Chunk(b"A1 LOGIN me "), Chunk(b"hunter2", is_secret=True), Chunk(b"\r\n")])
    (frame,) = frames_of(b"* 1 FETCH (BODY[] {12}\r\nprivate mail UID 5)\r\n")
    transcript.received(frame)
    transcript.received(Frame(b"A1 OK \x1b[0m" + b"x" * 999))
    lines = transcript.lines()
    assert lines[:2] == ("C: A1 LOGIN me •••", "S: * 1 FETCH (BODY[] {12} UID 5)")
    assert lines[2].startswith("S: A1 OK [0mxxx")
    assert len(lines[2]) < 320
    assert transcript.lines(1) == lines[2:]
    assert transcript.lines(0) == ()


def test_a_transcript_of_nothing_keeps_nothing() -> None:
    transcript = Transcript(0)
    transcript.sent([Chunk(b"A1 NOOP\r\n")])
    transcript.received(Frame(b"* OK"))
    assert transcript.lines() == ()


def test_many_literals_do_not_make_a_long_line() -> None:
    transcript = Transcript()
    (frame,) = frames_of(b"* 1 FETCH (" + b"BODY[1] {1}\r\nx " * 100 + b")\r\n")
    transcript.received(frame)
    assert len(transcript.lines()[0]) < 320
