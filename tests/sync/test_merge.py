"""FETCH and LIST lines → facts."""

from __future__ import annotations

from imapcore.model import Address, Role
from imapcore.store.facts import NOBODY
from imapcore.sync.convert.messages import mailbox_facts, message_delta, message_facts
from imapcore.wire.envelope import Envelope, EnvelopeAddress
from imapcore.wire.fetch import Fetched
from imapcore.wire.responses import Listed
from tests.sync.test_structure import SCAN, WITH_PDF

ANN = EnvelopeAddress(b"=?UTF-8?Q?Ann_L=C3=A9e?=", None, b"ann", b"example.org")
BOB = EnvelopeAddress(None, None, b"bob", b"example.org")


def envelope(*, senders: tuple[EnvelopeAddress, ...] = (ANN,), subject: bytes | None = b"Hello") -> Envelope:
    return Envelope((None, subject, senders, senders, senders, (BOB,), (), (), None, b"<1@example.org>"))


def line(**changes: object) -> Fetched:
    whole = Fetched(
        seq=1,
        uid=7,
        flags=frozenset(("\\Seen", "\\Recent", "$Forwarded")),
        internaldate=1_795_251_600_000,
        size=1234,
        modseq=99,
        msgid=11,
        thrid=10,
        labels=frozenset(("\\Inbox", "Arbeit/Übung")),
        envelope=envelope(),
        bodystructure=WITH_PDF,
    )
    return whole._replace(**changes)  # type: ignore[arg-type]


def test_a_line_becomes_the_facts_of_a_message() -> None:
    facts = message_facts(line(), Role.ALL)
    assert facts is not None
    assert (facts.msgid, facts.thrid, facts.uid, facts.place) == (11, 10, 7, Role.ALL)
    assert facts.flags == {"\\Seen", "$Forwarded"}
    assert facts.labels == {"\\Inbox", "Arbeit/Übung"}
    assert facts.sender == Address("Ann Lée", "ann@example.org")
    assert facts.to == (Address("", "bob@example.org"),)
    assert facts.reply_to == ()
    assert facts.message_id == "1@example.org"
    assert facts.has_attachment
    assert facts.text_section.split() == ["1.1", "quoted-printable", "utf-8", "plain"]
    assert facts.snippet is None


def test_control_characters_of_a_subject_do_not_reach_the_screen() -> None:
    facts = message_facts(line(envelope=envelope(subject=b"Hi\x1b[31m\r\nthere")), Role.ALL)
    assert facts is not None
    assert "\x1b" not in facts.subject
    assert "\n" not in facts.subject


def test_a_message_without_text_has_an_empty_snippet_and_is_never_asked_for_one() -> None:
    facts = message_facts(line(bodystructure=SCAN), Role.ALL)
    assert facts is not None
    assert (facts.snippet, facts.text_section) == ("", "")


def test_a_message_from_nobody() -> None:
    facts = message_facts(line(envelope=envelope(senders=())), Role.SPAM)
    assert facts is not None
    assert facts.sender == NOBODY


def test_a_bare_line_is_a_delta_and_no_message() -> None:
    bare = Fetched(seq=1, uid=7, flags=frozenset(("\\Seen",)), modseq=5)
    assert message_facts(bare, Role.ALL) is None
    delta = message_delta(bare)
    assert delta is not None
    assert (delta.uid, delta.flags, delta.labels, delta.modseq) == (7, frozenset(("\\Seen",)), None, 5)


def test_a_line_that_says_nothing_of_a_message_is_no_delta() -> None:
    assert message_delta(Fetched(seq=1, uid=7, modseq=5)) is None
    assert message_delta(Fetched(seq=1, flags=frozenset())) is None


def listed(name: str, *attributes: str) -> Listed:
    return Listed(name, "/", frozenset(attributes))


def test_places_are_found_by_attribute_and_gmails_parent_is_no_place() -> None:
    facts = mailbox_facts(
        [
            listed("INBOX", "\\HasNoChildren"),
            listed("Papierkorb", "\\HasNoChildren"),
            listed("Work", "\\HasChildren", "\\Noselect"),
            listed("Work/A", "\\HasNoChildren"),
            listed("[Google Mail]", "\\HasChildren", "\\Noselect"),
            listed("[Google Mail]/Alle Nachrichten", "\\All", "\\HasNoChildren"),
            listed("[Google Mail]/Papierkorb", "\\HasNoChildren", "\\Trash"),
        ]
    )
    assert {each.name: each.role for each in facts} == {
        "INBOX": Role.INBOX,
        "Papierkorb": None,
        "Work": None,
        "Work/A": None,
        "[Google Mail]/Alle Nachrichten": Role.ALL,
        "[Google Mail]/Papierkorb": Role.TRASH,
    }
    assert [each.is_selectable for each in facts if each.name.startswith("Work")] == [False, True]
    assert next(each.title for each in facts if each.role is Role.ALL) == "Alle Nachrichten"


def test_what_lies_below_gmails_parent_without_an_attribute_is_no_label() -> None:
    facts = mailbox_facts(
        [
            listed("INBOX", "\\HasNoChildren"),
            listed("[Gmail]x", "\\HasNoChildren"),
            listed("[Correo]", "\\HasChildren", "\\NonExistent"),
            listed("[Correo]/Todos", "\\All", "\\HasNoChildren"),
            listed("[Correo]/Chats", "\\HasChildren"),
            listed("[Correo]/Chats/Old", "\\HasNoChildren"),
        ]
    )
    assert {each.name for each in facts} == {"INBOX", "[Gmail]x", "[Correo]/Todos"}
