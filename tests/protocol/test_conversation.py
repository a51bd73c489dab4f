"""The conversation: greeting, signing in, several commands in flight, IDLE, news, the end, and attackers."""

from __future__ import annotations

import random
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore import errors
from imapcore.protocol import commands as c
from imapcore.protocol.auth import Plain, PlainPrompts, ScramSha256, XOAuth2
from imapcore.protocol.events import (
    Alerted,
    CapabilitiesLearned,
    Completed,
    Ended,
    Greeted,
    IdleBegan,
    LiteralArrived,
    Noticed,
    SlowedDown,
    Unparsed,
)
from imapcore.protocol.protocol import Protocol
from imapcore.protocol.search import GmailLabel, GmailRaw
from imapcore.protocol.sent import Sent
from imapcore.protocol.state import State
from imapcore.wire.encoder import Secret
from imapcore.wire.fetch import Fetched
from imapcore.wire.framing import Limits
from imapcore.wire.responses import Exists, Expunged, MailboxFlags, Vanished
from imapcore.wire.uidset import NO_UIDS, UidSet
from tests.protocol.talk import GMAIL, Talk, greeted, selected, signed_in

ONE = UidSet([1])
EVERYTHING = UidSet.everything()

# -- the beginning -----------------------------------------------------------------------------------


def test_greets() -> None:
    talk = Talk()
    talk.s("* OK Gimap ready")
    assert talk.events() == [Greeted(False, "Gimap ready")]
    assert talk.protocol.state is State.NOT_AUTHENTICATED
    assert talk.protocol.capabilities is None


def test_learns_capabilities_from_the_greeting() -> None:
    talk = Talk(extensions_off=frozenset({"move"}))
    talk.s("* OK [CAPABILITY IMAP4rev1 MOVE] hi")
    assert talk.protocol.capabilities == frozenset({"IMAP4REV1"})
    assert talk.events(CapabilitiesLearned) == [CapabilitiesLearned(frozenset({"IMAP4REV1"}))]


def test_may_find_itself_signed_in() -> None:
    talk = Talk()
    talk.s("* PREAUTH hello")
    assert talk.protocol.state is State.AUTHENTICATED
    assert talk.events() == [Greeted(True, "hello")]


def test_waits_for_the_greeting_before_it_speaks() -> None:
    talk = Talk()
    with pytest.raises(errors.WrongState):
        talk.protocol.send(c.Noop())
    assert talk.c() == ""


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("* BYE too many", errors.ServerClosed),
        ("* BYE [UNAVAILABLE] later", errors.Unavailable),
        ("* NO go away", errors.ProtocolError),
        ("* 5 EXISTS", errors.ProtocolError),
        ("A1 OK", errors.ProtocolError),
        ("+ what", errors.ProtocolError),
        ("HTTP/1.1 400 Bad Request", errors.ProtocolError),
    ],
)
def test_ends_at_a_greeting_that_is_none(line: str, error: type[errors.GimapError]) -> None:
    talk = Talk()
    talk.s(line)
    assert isinstance(talk.protocol.failure, error)
    assert talk.protocol.state is State.LOGOUT
    with pytest.raises(error):
        talk.protocol.send(c.Noop())


# -- signing in --------------------------------------------------------------------------------------


def test_logs_in_as_gmail_answers_it() -> None:
    """Gmail sends the new capabilities before the OK; the old ones must not survive."""
    talk = greeted("IMAP4rev1 AUTH=PLAIN SASL-IR")
    sent = talk.protocol.send(c.Login("me@gmail.com", Secret("abcd efgh")))
    assert talk.c() == 'A2 LOGIN "me@gmail.com" "abcd efgh"'
    talk.s(f"* CAPABILITY {GMAIL}", "A2 OK me@gmail.com authenticated (Success)")
    assert sent.result() is None
    assert talk.protocol.state is State.AUTHENTICATED
    assert "CONDSTORE" in (talk.protocol.capabilities or ())
    assert not any("abcd" in line for line in talk.transcript.lines())


def test_sends_no_password_to_a_server_that_disables_login() -> None:
    """RFC 3501 §6.2.3: LOGINDISABLED forbids the command."""
    talk = greeted("IMAP4rev1 LOGINDISABLED STARTTLS")
    with pytest.raises(errors.NotSupported):
        talk.protocol.send(c.Login("me", Secret("x")))
    assert talk.c() == ""


def test_capabilities_of_before_the_login_are_forgotten() -> None:
    talk = greeted()
    talk.ask(c.Login("me", Secret("x")), "% OK")
    assert talk.protocol.capabilities is None
    again = greeted()
    again.ask(c.Login("me", Secret("x")), "% OK [CAPABILITY A] in")
    assert again.protocol.capabilities == frozenset({"A"})


def test_authenticates_with_the_first_message_at_once() -> None:
    talk = greeted("IMAP4rev1 SASL-IR")
    sent = talk.protocol.send(c.Authenticate(Plain("me", Secret("pw"))))
    assert talk.c() == f"A2 AUTHENTICATE PLAIN {b64encode(bytes(1) + b'me' + bytes(1) + b'pw').decode()}"
    talk.s("A2 OK")
    assert sent.is_done


def test_authenticates_step_by_step() -> None:
    talk = greeted("IMAP4rev1")
    sent = talk.protocol.send(c.Authenticate(PlainPrompts("me", Secret("pw"))))
    assert talk.c() == "A2 AUTHENTICATE LOGIN"
    talk.s("+ VXNlcm5hbWU6")
    assert talk.c() == b64encode(b"me").decode()
    talk.s("+ UGFzc3dvcmQ6")
    assert talk.c() == b64encode(b"pw").decode()
    talk.s("A2 OK")
    assert sent.is_done
    assert not any(b64encode(b"pw").decode() in line for line in talk.transcript.lines())


def test_answers_googles_error_report_by_an_empty_line() -> None:
    talk = greeted("IMAP4rev1 SASL-IR")
    sent = talk.send(c.Authenticate(XOAuth2("me", Secret("token"))))
    talk.s("+ eyJzdGF0dXMiOiI0MDAifQ==")
    assert talk.protocol.data_to_send() == b"\r\n"
    talk.s("A2 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)")
    assert isinstance(sent.error, errors.AuthenticationFailed)


@pytest.mark.parametrize("challenge", ["!!!", "cj1zb21ldGhpbmc="])
def test_gives_up_a_challenge_it_cannot_answer(challenge: str) -> None:
    talk = greeted("IMAP4rev1 SASL-IR")
    sent = talk.send(c.Authenticate(ScramSha256("me", Secret("pw"), "abcdefgh")))
    talk.s(f"+ {challenge}")
    assert talk.c() == "*"
    talk.s("A2 BAD aborted")
    assert isinstance(sent.error, errors.ProtocolError)
    assert talk.protocol.failure is None


def test_a_server_that_skips_its_own_proof_is_nobody_we_know() -> None:
    """SCRAM: an OK before the server has proved itself means somebody else answers."""
    talk = greeted("IMAP4rev1 SASL-IR")
    sent = talk.send(c.Authenticate(ScramSha256("me", Secret("pw"), "abcdefgh")))
    talk.s("A2 OK welcome")
    assert isinstance(talk.protocol.failure, errors.ProtocolError)
    assert isinstance(sent.error, errors.ProtocolError)


def test_an_ok_to_a_refused_challenge_is_no_sign_in() -> None:
    talk = greeted("IMAP4rev1 SASL-IR")
    talk.send(c.Authenticate(ScramSha256("me", Secret("pw"), "abcdefgh")))
    talk.s("+ !!!", "A2 OK welcome")
    assert isinstance(talk.protocol.failure, errors.ProtocolError)


def test_a_web_alert_becomes_the_hint() -> None:
    talk = greeted("IMAP4rev1")
    sent = talk.send(c.Login("me", Secret("x")))
    talk.s(
        "* NO [WEBALERT https://accounts.google.com/signin/continue?x=1] Web login required.",
        "A2 NO [ALERT] Please log in via your web browser: https://support.google.com/ (Failure)",
    )
    assert isinstance(sent.error, errors.AuthenticationFailed)
    assert "https://accounts.google.com/signin/continue?x=1" in sent.error.hint
    assert len(talk.events(Alerted)) == 2


# -- several in flight -------------------------------------------------------------------------------


def test_sends_several_and_gives_each_its_own() -> None:
    talk = selected()
    low = talk.protocol.send(c.Fetch(UidSet.parse("1:5"), ("UID", "ENVELOPE")))
    high = talk.protocol.send(c.Fetch(UidSet.parse("6:9"), ("UID", "ENVELOPE")))
    status = talk.protocol.send(c.StatusOf("x", ("MESSAGES",)))
    search = talk.protocol.send(c.Search())
    assert talk.c().count("\n") == 3
    talk.s(
        "* 7 FETCH (UID 7 ENVELOPE NIL)",
        "* 1 FETCH (UID 1 ENVELOPE NIL)",
        "* STATUS x (MESSAGES 4)",
        f'* ESEARCH (TAG "{search.tag}") UID ALL 1:9',
        f"{high.tag} OK",
        f"{search.tag} OK",
        f"{status.tag} OK",
        f"{low.tag} OK",
    )
    assert [message.uid for message in low.result()] == [1]
    assert [message.uid for message in high.result()] == [7]
    assert status.result().messages == 4
    assert search.result().count == 9
    assert not talk.protocol.is_busy


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (c.Fetch(UidSet.parse("1:5"), ("UID",)), c.Fetch(UidSet.parse("5:9"), ("UID",))),
        (c.Fetch(EVERYTHING, ("UID",)), c.Store(UidSet([70]), c.StoreMode.ADD, flags=frozenset())),
        (c.Fetch(ONE, ("UID",)), c.Fetch(NO_UIDS, ("UID",), by_saved_search=True)),
        (c.Fetch(NO_UIDS, ("UID",), by_saved_search=True), c.Fetch(ONE, ("UID",))),
        (c.Search(), c.Search()),
        (c.Copy(ONE, "x"), c.Copy(UidSet([2]), "x")),
        (c.List(), c.StatusOf("x")),
        (c.StatusOf("x"), c.List()),
        (c.StatusOf("INBOX"), c.StatusOf("inbox")),
        (c.GetQuota(), c.GetQuotaRoot()),
        (c.GetQuotaRoot(), c.GetQuota()),
        (c.Noop(), c.Fetch(ONE, ("FLAGS",), is_uid=False)),
        (c.Fetch(ONE, ("FLAGS",), is_uid=False), c.Noop()),
        (c.Noop(), c.Select("x")),
        (c.Select("x"), c.Noop()),
        (c.Noop(), c.Move(ONE, "x")),
        (c.Idle(), c.Noop()),
    ],
)
def test_lets_no_two_share_the_line_whose_answers_could_be_mixed_up(
    first: c.Command[object], second: c.Command[object]
) -> None:
    talk = selected(f"{GMAIL} SEARCHRES")
    one = talk.send(first)
    two = talk.protocol.send(second)
    assert (one.is_queued, two.is_queued) == (False, True)
    talk.s(f"{one.tag} OK")
    said = talk.c()
    assert two.tag is not None
    assert said.startswith(two.tag)
    assert "\n" not in said


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (c.Noop(), c.Search()),
        (c.Fetch(ONE, ("UID",)), c.Store(UidSet([2]), c.StoreMode.ADD, flags=frozenset())),
        (c.StatusOf("x"), c.StatusOf("y")),
        (c.Search(), c.Fetch(ONE, ("UID",))),
        (c.Copy(ONE, "x"), c.Search()),
    ],
)
def test_lets_the_others_share_it(first: c.Command[object], second: c.Command[object]) -> None:
    talk = selected()
    talk.protocol.send(first)
    assert not talk.protocol.send(second).is_queued


def test_keeps_to_its_depth() -> None:
    talk = selected(depth=2)
    sents = [talk.protocol.send(c.StatusOf(name)) for name in "abc"]
    assert [sent.is_queued for sent in sents] == [False, False, True]
    talk.s(f"{sents[1].tag} OK")
    assert not sents[2].is_queued


def test_a_queued_command_can_be_given_up() -> None:
    talk = selected()
    first, second, third = (talk.send(c.Search()) for _ in range(3))
    assert second.cancel()
    assert not first.cancel()
    assert isinstance(second.error, errors.Interrupted)
    talk.s(f"{first.tag} OK")
    assert third.tag is not None
    assert second.tag is None


def test_a_queued_command_fails_when_its_time_has_passed() -> None:
    talk = selected()
    talk.send(c.Close())
    fetch = talk.send(c.Fetch(ONE, ("UID",)))
    talk.s("A4 OK")
    assert isinstance(fetch.error, errors.WrongState)
    assert Completed(fetch) in talk.events()
    assert talk.c() == ""
    with pytest.raises(errors.WrongState):
        fetch.result()


def test_a_result_before_its_time_is_refused() -> None:
    talk = selected()
    sent = talk.send(c.Noop())
    with pytest.raises(errors.WrongState, match="not ended"):
        sent.result()
    assert "in flight" in repr(sent)
    assert "queued" in repr(talk.send(c.Select("x")))
    talk.s(f"{sent.tag} OK")
    assert "done" in repr(sent)
    assert sent.take() == []


def test_a_literal_waits_for_the_go_ahead_and_holds_what_follows() -> None:
    talk = selected("IMAP4rev1")
    append = talk.protocol.send(c.Append("x", b"12345"))
    noop = talk.protocol.send(c.Noop())
    assert talk.c() == 'A4 APPEND "x" {5}'
    assert noop.is_queued
    talk.s("+ go ahead")
    assert talk.c() == "12345\r\n\r\nA5 NOOP".replace("\r\n\r\n", "\r\n")
    talk.s(f"{append.tag} OK", f"{noop.tag} OK")
    assert append.is_done


def test_a_refused_literal_is_never_sent() -> None:
    talk = selected("IMAP4rev1")
    sent = talk.send(c.Append("x", b"12345"))
    talk.s("A4 NO [TOOBIG] no")
    assert isinstance(sent.error, errors.CommandRefused)
    assert talk.c() == ""
    assert not talk.protocol.is_busy


def test_search_text_outside_ascii_names_its_charset() -> None:
    talk = selected("IMAP4rev1 X-GM-EXT-1")
    talk.protocol.send(c.Search(GmailLabel("Übung") & GmailRaw("größer")))
    assert talk.c() == "A4 UID SEARCH CHARSET UTF-8 (X-GM-LABELS {6}"
    talk.s("+ go ahead")
    assert talk.c() == "Übung X-GM-RAW {8}"
    talk.s("+ go ahead")
    assert talk.c() == "größer)"
    talk.s("* SEARCH 2", "* SEARCH 0 7", "A4 OK SEARCH completed (Success)")


def test_search_text_in_utf8_mode_is_quoted() -> None:
    talk = selected()
    talk.ask(c.Enable(("UTF8=ACCEPT",)), "* ENABLED UTF8=ACCEPT", "% OK Success")
    assert talk.protocol.enabled == {"UTF8=ACCEPT"}
    talk.protocol.send(c.Search(GmailLabel("Übung")))
    assert talk.c() == 'A5 UID SEARCH RETURN (ALL) X-GM-LABELS "Übung"'


def test_plain_search_results_are_one_set() -> None:
    talk = selected("IMAP4rev1")
    found = talk.ask(c.Search(), "* SEARCH 9 2", "* SEARCH 0 3 (MODSEQ 17)", "% OK")
    assert found == c.Found(UidSet([2, 3, 9]), 2, 9, 3, 17)
    extended = selected()
    result = extended.ask(
        c.Search(), '* ESEARCH (TAG "A4") UID ALL 2:5 MODSEQ 7', '* ESEARCH (TAG "B1") UID ALL 9', "% OK"
    )
    assert result == c.Found(UidSet.parse("2:5"), 2, 5, 4, 7)


# -- streams -----------------------------------------------------------------------------------------


def test_messages_can_be_taken_while_more_arrive() -> None:
    talk = selected()
    sent = talk.send(c.Fetch(EVERYTHING, ("UID", "FLAGS")))
    talk.s("* 1 FETCH (UID 1 FLAGS ())", "* 2 FETCH (UID 2 FLAGS ())")
    assert [message.uid for message in sent.take()] == [1, 2]
    assert sent.take() == []
    talk.s("* 3 FETCH (UID 3 FLAGS ())", f"{sent.tag} OK")
    assert [message.uid for message in sent.result()] == [3]


@pytest.mark.parametrize("cut", [None, 1, 1000])
def test_big_literals_are_handed_on(cut: int | None) -> None:
    talk = selected(cut=cut)
    talk.protocol.stream_literals(1000)
    sent = talk.send(c.Fetch(EVERYTHING, ("UID", "BODY.PEEK[]")))
    content = bytes(range(256)) * 8
    talk.protocol.receive_data(b"* 1 FETCH (UID 1 BODY[] {2048}\r\n" + content[:100])
    assert talk.protocol.bytes_wanted == 1948
    talk.s(content[100:] + b")", b"* 2 FETCH (UID 2 BODY[] {2}\r\nhi)", f"{sent.tag} OK")
    pieces = [event.piece for event in talk.events(LiteralArrived) if isinstance(event, LiteralArrived)]
    assert b"".join(piece.data for piece in pieces) == content
    first, second = sent.result()
    assert (first.sections, first.streamed) == ({"": b""}, {"": 2048})
    assert second.sections == {"": b"hi"}
    talk.protocol.stream_literals(None)


# -- news --------------------------------------------------------------------------------------------


def test_news_changes_the_mailbox_and_no_result() -> None:
    talk = selected()
    sent = talk.send(c.Fetch(ONE, ("UID", "X-GM-MSGID")))
    talk.s(
        "* 10 EXISTS",
        "* 2 EXPUNGE",
        "* FLAGS (\\Seen new)",
        "* OK [UIDNEXT 44] x",
        "* OK [HIGHESTMODSEQ 9]",
        "* 1 FETCH (UID 1 FLAGS ())",
        "* 4 FETCH (FLAGS (\\Seen))",
        "* 1 FETCH (UID 1 X-GM-MSGID 5)",
        f"{sent.tag} OK",
    )
    assert [message.msgid for message in sent.result()] == [5]
    mailbox = talk.protocol.mailbox
    assert mailbox is not None
    assert (mailbox.exists, mailbox.uidnext, mailbox.highestmodseq) == (9, 44, 9)
    assert mailbox.flags == {"\\Seen", "new"}
    news = talk.noticed()
    assert news[:3] == [Exists(10), Expunged(2), MailboxFlags(frozenset({"\\Seen", "new"}))]
    assert news[-2:] == [Fetched(1, uid=1, flags=frozenset()), Fetched(4, flags=frozenset({"\\Seen"}))]


def test_vanished_messages_are_counted() -> None:
    talk = selected()
    talk.s("* VANISHED 3:5", "* VANISHED (EARLIER) 1", "* 9 RECENT")
    assert talk.protocol.mailbox is not None
    assert (talk.protocol.mailbox.exists, talk.protocol.mailbox.recent) == (6, 9)
    assert Vanished(UidSet.parse("3:5")) in talk.noticed()


@pytest.mark.parametrize("early", ["A5 OK done", "A5 NO no", "A5 BAD what", "A6 OK done"])
def test_an_answer_that_comes_before_its_command_ends_the_conversation(early: str) -> None:
    """In one packet with the answer to the command before it: nobody can have heard the question by then."""
    talk = selected()
    first = talk.send(c.Search())
    second = talk.protocol.send(c.Search())
    assert (first.tag, second.is_queued) == ("A4", True)
    talk.s("* SEARCH 1", "A4 OK done", "* SEARCH 2", early)
    assert first.result().uids == UidSet([1])
    assert isinstance(talk.protocol.failure, errors.ProtocolError)
    assert isinstance(second.error, errors.ProtocolError)


def test_what_comes_before_a_command_is_not_its_answer() -> None:
    talk = selected()
    first = talk.send(c.Search())
    second = talk.protocol.send(c.Search())
    talk.s("* SEARCH 1", f"{first.tag} OK", "* SEARCH 2")
    talk.c()
    talk.s("* SEARCH 3", f"{second.tag} OK")
    assert second.result().uids == UidSet([3])


def test_an_answer_that_was_not_given_is_none() -> None:
    talk = selected()
    assert not talk.ask(c.Search(), "% OK").is_answered
    assert not talk.ask(c.Search(), "* SEARCH x", "% OK").is_answered
    sent = talk.send(c.Search())
    talk.s(f'* ESEARCH (TAG "{sent.tag}") UID ALL x COUNT 3', f"{sent.tag} OK")
    assert not sent.result().is_answered
    assert talk.ask(c.Search(), "* SEARCH", "% OK").is_answered
    sent = talk.send(c.Search())
    talk.s(f'* ESEARCH (TAG "{sent.tag}") UID', f"{sent.tag} OK")
    assert sent.result().is_answered


@pytest.mark.parametrize("line", ["* 5 FETCH (UID 5 FLAGS ())", "* 1 FETCH (UID 1 FLAGS ())"])
def test_fetch_lines_have_an_end(line: str) -> None:
    talk = selected()
    sent = talk.send(c.Fetch(UidSet([1]), ("UID", "FLAGS")))
    for _ in range(300):
        talk.s(*[line] * 500)
    assert isinstance(talk.protocol.failure, errors.LimitExceeded)
    assert isinstance(sent.error, errors.LimitExceeded)


def test_everybody_hears_what_expunge_removes() -> None:
    talk = selected()
    assert talk.ask(c.Expunge(), "* 2 EXPUNGE", "% OK") == c.Removed((2,))
    assert talk.noticed() == [Expunged(2)]


def test_tells_alerts_and_throttling() -> None:
    talk = selected()
    talk.s("* OK [ALERT] Look\tout \x1b[31m", "* NO [THROTTLED] slower")
    talk.ask(c.Noop(), "% OK Success [THROTTLED]")
    events = talk.events()
    assert Alerted("Look out [31m") in events
    assert [event for event in events if isinstance(event, SlowedDown)] == [
        SlowedDown("slower"),
        SlowedDown("Success [THROTTLED]"),
    ]


def test_a_line_that_makes_no_sense_is_told_and_skipped() -> None:
    talk = selected()
    sent = talk.send(c.Fetch(EVERYTHING, ("UID",)))
    talk.s("* 1 FETCH (UID one)", "* 2 FETCH (" + "(" * 100, "* 3 FETCH (UID 3)", f"{sent.tag} OK")
    assert [message.uid for message in sent.result()] == [3]
    assert sent.unparsed == 2
    unparsed = talk.events(Unparsed)
    assert len(unparsed) == 2
    assert talk.protocol.failure is None


# -- idle --------------------------------------------------------------------------------------------


def test_idles() -> None:
    talk = selected()
    sent = talk.protocol.send(c.Idle())
    assert talk.c() == "A4 IDLE"
    talk.s("+ idling", "* 10 EXISTS")
    assert talk.protocol.is_idling
    assert IdleBegan(sent) in talk.news
    assert talk.noticed() == [Exists(10)]
    talk.protocol.end_idle()
    talk.protocol.end_idle()
    assert talk.c() == "DONE"
    assert not talk.protocol.is_idling
    talk.s("A4 OK IDLE terminated (Success)")
    assert sent.is_done


def test_ending_an_idle_that_is_none_says_nothing() -> None:
    talk = selected()
    talk.send(c.Noop())
    talk.protocol.end_idle()
    assert talk.c() == ""


def test_ends_an_idle_the_server_has_not_agreed_to_yet() -> None:
    talk = selected()
    sent = talk.send(c.Idle())
    talk.protocol.end_idle()
    assert talk.c() == ""
    talk.s("+ idling")
    assert talk.c() == "DONE"
    talk.s(f"{sent.tag} OK")
    again = talk.send(c.Idle())
    talk.s("+ idling")
    assert talk.c() == ""
    talk.s(f"{again.tag} NO not any more")
    assert isinstance(again.error, errors.CommandRefused)
    assert not talk.protocol.is_idling


# -- changes of the layer below ----------------------------------------------------------------------


def test_stops_reading_when_tls_begins() -> None:
    talk = greeted("IMAP4rev1 STARTTLS")
    sent = talk.send(c.StartTls())
    talk.s("A2 OK go", "* OK injected")
    assert sent.is_done
    assert talk.protocol.is_paused
    assert talk.protocol.take_rest() == b"* OK injected\r\n"
    assert talk.protocol.capabilities is None
    queued = talk.protocol.send(c.Noop())
    assert queued.is_queued
    talk.protocol.resume()
    assert not queued.is_queued


def test_stops_reading_when_compression_begins() -> None:
    talk = signed_in()
    talk.send(c.Compress())
    talk.s("A3 OK Success", b"\x00\x01deflated")
    assert talk.protocol.take_rest() == b"\x00\x01deflated\r\n"
    talk.protocol.resume()
    assert not talk.protocol.is_paused


# -- the end -----------------------------------------------------------------------------------------


def test_logs_out() -> None:
    talk = selected()
    talk.ask(c.Logout(), "* BYE LOGOUT Requested", "% OK 73 good day (Success)")
    assert talk.protocol.state is State.LOGOUT
    assert talk.protocol.failure is None
    assert Ended(None) in talk.news
    talk.protocol.receive_eof()
    with pytest.raises(errors.WrongState):
        talk.protocol.send(c.Noop())


def test_logs_out_of_a_server_that_just_hangs_up() -> None:
    talk = selected()
    sent = talk.send(c.Logout())
    talk.s("* BYE bye")
    talk.protocol.receive_eof()
    sent.result()
    assert talk.protocol.failure is None


def test_a_link_lost_while_logging_out_is_lost() -> None:
    talk = selected()
    sent = talk.send(c.Logout())
    talk.protocol.receive_eof()
    assert isinstance(sent.error, errors.ConnectionLost)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("* BYE Session expired, please login again.", errors.SessionExpired),
        ("* BYE [OVERQUOTA] Account exceeded command or bandwidth limits.", errors.OverQuota),
        ("* BYE [UNAVAILABLE] later", errors.Unavailable),
        ("* BYE Too many simultaneous connections. (Failure)", errors.TooManyConnections),
        ("* BYE so long", errors.ServerClosed),
    ],
)
def test_a_goodbye_nobody_asked_for_ends_everything(line: str, error: type[errors.GimapError]) -> None:
    talk = selected()
    flying, queued = talk.send(c.Select("x")), talk.send(c.Noop())
    given_up = talk.send(c.Noop())
    given_up.cancel()
    talk.s(line, "* 5 EXISTS")
    assert type(talk.protocol.failure) is error
    assert type(flying.error) is type(queued.error) is error
    assert isinstance(given_up.error, errors.Interrupted)
    assert [type(event) for event in talk.events()].count(Ended) == 1
    with pytest.raises(error):
        talk.protocol.send(c.Noop())


def test_a_lost_link_fails_everything() -> None:
    talk = selected()
    sent = talk.send(c.Noop())
    talk.protocol.receive_eof()
    with pytest.raises(errors.ConnectionLost):
        sent.result()
    assert isinstance(talk.protocol.failure, errors.ConnectionLost)
    talk.protocol.abort(errors.Interrupted())
    assert isinstance(talk.protocol.failure, errors.ConnectionLost)


# -- attackers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "A99 OK not asked yet",
        "A4 OK again",
        "B5 OK whose",
        "A5 BYE tagged",
        "A5 PREAUTH tagged",
        "+ more please",
        "hello world",
        "A5 OKAY",
        "* VANISHED 5:*",
        "* 1 FETCH (BODY[] {99999999999}",
    ],
)
@pytest.mark.parametrize("cut", [None, 1])
def test_ends_with_a_server_that_talks_nonsense(line: str, cut: int | None) -> None:
    """Tag confusion, continuations out of place, literals without end: not the server we spoke to."""
    talk = selected(cut=cut)
    noop = talk.send(c.Noop())
    assert noop.tag == "A4"
    other = talk.send(c.StatusOf("x"))
    talk.s("A4 OK", line)
    assert isinstance(talk.protocol.failure, errors.ProtocolError)
    assert other.error is talk.protocol.failure


def test_an_ok_before_the_literal_was_sent_is_an_attack() -> None:
    talk = selected("IMAP4rev1")
    sent = talk.send(c.Append("x", b"12345"))
    talk.s(f"{sent.tag} OK thanks")
    assert isinstance(sent.error, errors.ProtocolError)


def test_a_forged_answer_in_a_literal_is_content() -> None:
    talk = selected(cut=1)
    sent = talk.send(c.Fetch(EVERYTHING, ("UID", "BODY.PEEK[]")))
    forged = f"{sent.tag} OK done\r\n* BYE bye\r\n".encode()
    talk.s(b"* 1 FETCH (UID 1 BODY[] {%d}\r\n%b)" % (len(forged), forged))
    assert not sent.is_done
    talk.s(f"{sent.tag} OK")
    assert sent.result()[0].sections[""] == forged


@given(st.lists(st.binary(max_size=60), max_size=8), st.integers(1, 30))
def test_no_bytes_make_it_raise(pieces: list[bytes], cut: int) -> None:
    talk = selected(cut=cut)
    talk.send(c.Fetch(EVERYTHING, ("UID",)))
    talk.s(*pieces)
    assert (talk.protocol.failure is None) == (talk.protocol.state is not State.LOGOUT)


def test_a_slow_drip_is_held_within_limits() -> None:
    talk = Talk(limits=Limits(line=1000))
    talk.s("* OK hi")
    for _ in range(2000):
        talk.protocol.receive_data(b"x")
    assert isinstance(talk.protocol.failure, errors.LimitExceeded)


# -- cut at every byte -------------------------------------------------------------------------------

AWKWARD = (
    b'* 3 FETCH (X-GM-THRID 18 X-GM-MSGID 18 X-GM-LABELS ("\\\\Inbox" Work) UID 5 MODSEQ (9) FLAGS (\\Seen) '
    b'ENVELOPE ("d" {9}\r\n"quoted"\n (("A" NIL "a" "x.org")) NIL NIL NIL NIL NIL NIL "<i@x>") '
    b"BODY[TEXT] {17}\r\nA5 OK forged\r\n{9})"
)

TRACE = [
    b"* OK Gimap ready for requests from 203.0.113.7 k2if6111336rvb",
    b"* CAPABILITY IMAP4rev1 UIDPLUS CONDSTORE ESEARCH X-GM-EXT-1",
    b"A1 OK Thats all she wrote! k2if6111336rvb",
    b"* CAPABILITY IMAP4rev1 UIDPLUS CONDSTORE ESEARCH X-GM-EXT-1 MOVE",
    b"A2 OK me@gmail.com authenticated (Success)",
    b"* FLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen $NotPhishing $Phishing)",
    b"* OK [PERMANENTFLAGS (\\Answered \\Seen \\*)] Flags permitted.",
    b"* OK [UIDVALIDITY 12] UIDs valid.",
    b"* 9 EXISTS",
    b"* 0 RECENT",
    b"* OK [UIDNEXT 15] Predicted next UID.",
    b"* OK [HIGHESTMODSEQ 3150]",
    b"A3 OK [READ-WRITE] [Gmail]/All Mail selected. (Success)",
    b'* ESEARCH (TAG "A4") UID ALL 3,5,8:14',
    b"A4 OK SEARCH completed (Success)",
    AWKWARD,
    b"* 2 EXPUNGE",
    b"A5 OK Success",
    b"* 8 EXISTS",
    b"A6 OK [COPYUID 3 1 1] (Success)",
]
"""A recorded session's shape, with everything awkward put into one message."""


def replay(pieces: list[bytes]) -> tuple[list[object], Protocol]:
    """Run the session that belongs to the trace, fed in these pieces."""
    protocol = Protocol()
    steps: list[c.Command[object]] = [
        c.Capability(),
        c.Login("me@gmail.com", Secret("x")),
        c.Select("[Gmail]/All Mail", condstore=True),
        c.Search(),
        c.Fetch(UidSet([5]), ("ENVELOPE", "BODY.PEEK[TEXT]")),
        c.Move(UidSet([5]), "[Gmail]/Trash"),
    ]
    happened: list[object] = []
    sent: Sent[object] | None = None
    for piece in pieces:
        rest = piece
        # The real server answers only what was asked, so a line is not given before its command was sent.
        for start in range(len(rest)):
            protocol.receive_data(rest[start : start + 1])
            for event in protocol.events_received():
                happened.append(event if not isinstance(event, Completed) else event.sent.result())
            if protocol.state is not State.GREETING and not protocol.is_busy and steps:
                sent = protocol.send(steps.pop(0))
                protocol.data_to_send()
    assert sent is not None
    return happened, protocol


def test_the_trace_means_what_it_says() -> None:
    happened, protocol = replay([b"\r\n".join(TRACE) + b"\r\n"])
    assert protocol.failure is None
    assert not protocol.is_busy
    (messages,) = [each for each in happened if isinstance(each, list)]
    assert messages[0].envelope.subject == b'"quoted"\n'
    assert messages[0].sections == {"TEXT": b"A5 OK forged\r\n{9}"}
    assert protocol.mailbox is not None
    assert protocol.mailbox.exists == 8
    assert Noticed(Expunged(2)) in happened


def test_a_session_cut_off_at_any_byte_ends_cleanly() -> None:
    """The link dies after every single byte in turn: every command ends, and the error says why."""
    data = b"\r\n".join(TRACE) + b"\r\n"
    whole, _ = replay([data])
    for at in range(1, len(data), 1):
        protocol = Protocol()
        protocol.receive_data(data[:40] if at > 40 else data[:at])
        happened, protocol = replay([data[:at]]) if at > 62 else ([], protocol)
        done = [each for each in happened if not isinstance(each, CapabilitiesLearned | Greeted)]
        assert all(each in whole for each in done)
        protocol.receive_eof()
        assert isinstance(protocol.failure, errors.ConnectionLost)
        assert not protocol.is_busy


def test_random_cuts_change_nothing() -> None:
    """Fed in lots of any size between commands' turns, the session reads the same."""
    chance = random.Random(5)
    for _ in range(20):
        talk = selected(cut=chance.randint(1, 200))
        sent = talk.send(c.Fetch(EVERYTHING, ("UID", "FLAGS", "BODY.PEEK[]")))
        bodies = [chance.randbytes(chance.randint(0, 300)) for _ in range(20)]
        lines = [
            b"* %d FETCH (UID %d FLAGS (\\Seen) BODY[] {%d}\r\n%b)" % (n, n, len(body), body)
            for n, body in enumerate(bodies, 1)
        ]
        talk.s(*lines, f"{sent.tag} OK")
        assert [message.sections[""] for message in sent.result()] == bodies
