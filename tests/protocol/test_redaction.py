"""A server that says back what it was told: in a refusal, a notice, a code, the transcript, in any form."""

from __future__ import annotations

import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.errors import GimapError
from imapcore.protocol.auth import Plain, XOAuth2
from imapcore.protocol.commands import Authenticate, Login, Noop
from imapcore.protocol.events import Noticed
from imapcore.protocol.redaction import HIDDEN, SHORTEST, Redactor
from imapcore.wire.encoder import Secret
from tests.protocol.talk import Talk

USER = "ada.l@gmail.com"
PASSWORD = 'quite "a\\ secret'
APP_PASSWORD = "qwertzuiopasdfgh"
TOKEN = "ya29.a0AfH6SMBx-_-0123456789abcdefghijklmnop"

FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "upper case": str.upper,
    "in fours": lambda secret: " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    "quoted": lambda secret: secret.replace("\\", "\\\\").replace('"', '\\"'),
    "in a URL": lambda secret: quote(secret, safe=""),
    "hexadecimal": lambda secret: secret.encode().hex(),
    "base64": lambda secret: b64encode(secret.encode()).decode(),
    "base64 without padding": lambda secret: b64encode(secret.encode()).decode().rstrip("="),
    "base64 for URLs": lambda secret: urlsafe_b64encode(secret.encode()).decode(),
    "PLAIN": lambda secret: b64encode(f"\0{USER}\0{secret}".encode()).decode(),
    "XOAUTH2": lambda secret: b64encode(f"user={USER}\1auth=Bearer {secret}\1\1".encode()).decode(),
    "base64 with something before": lambda secret: b64encode(b"x" + secret.encode()).decode(),
    "base64 with more before": lambda secret: b64encode(b"xy" + secret.encode() + b"z").decode(),
}


def remains(secret: str, told: str) -> bool:
    """Whether anything of a secret can be read: itself, or any of its forms but for two digits at an edge."""
    squeezed = told.replace(" ", "").lower()
    texts = {secret.lower(), secret.encode().hex(), quote(secret, safe="").lower()}
    for before in range(3):
        digits = b64encode(b"\0" * before + secret.encode()).decode().lower()
        texts.add(digits[4:-4])
    return any(text.replace(" ", "") in squeezed for text in texts)


def talk_of(command: Login | Authenticate, capabilities: str) -> Talk:
    talk = Talk()
    talk.s(f"* OK [CAPABILITY IMAP4rev1 {capabilities}] hello")
    talk.protocol.send(command)
    talk.protocol.data_to_send()
    return talk


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("command", "capabilities", "secret"),
    [
        (Login(USER, Secret(PASSWORD)), "", PASSWORD),
        (Login(USER, Secret(APP_PASSWORD)), "", APP_PASSWORD),
        (Authenticate(Plain(USER, Secret(APP_PASSWORD))), "AUTH=PLAIN SASL-IR", APP_PASSWORD),
        (Authenticate(XOAuth2(USER, Secret(TOKEN))), "AUTH=XOAUTH2 SASL-IR", TOKEN),
    ],
)
@pytest.mark.parametrize(
    "line",
    [
        "A1 NO no such password: {}",
        "A1 BAD could not parse LOGIN x {} here",
        "A1 NO [ALERT] {} is wrong",
        "A1 NO [WEBALERT https://example.org/?p={}] sign in on the web",
        "* BYE {}",
        "* NO [ALERT] {}",
        "* WHAT ({}",
        "{} ",
    ],
)
def test_what_was_sent_is_shown_nowhere(
    form: str, command: Login | Authenticate, capabilities: str, secret: str, line: str
) -> None:
    talk = talk_of(command, capabilities)
    echo = line.format(FORMS[form](secret).replace("\\", "\\\\").replace("]", ""))
    talk.s(echo, "A1 NO end")
    # A response of no known kind goes no further than the connection, which drops it.
    told = [str(each) for each in talk.news if not isinstance(each, Noticed)]
    told += [_words(each) for each in talk.news]
    told += talk.transcript.lines()
    for text in told:
        assert not remains(secret, text), text


def _words(news: object) -> str:
    sent = getattr(news, "sent", None)
    errors = (getattr(news, "error", None), getattr(sent, "error", None))
    return " ".join(f"{each.sentence()} {each!r}" for each in errors if isinstance(each, GimapError))


def test_a_secret_at_the_cut_of_a_line_is_not_shown_in_part() -> None:
    for pad in range(270, 330):
        talk = talk_of(Login(USER, Secret(APP_PASSWORD)), "")
        talk.s("* OK " + "x" * pad + APP_PASSWORD, "A1 OK done")
        assert "qwer" not in "\n".join(talk.transcript.lines())


def test_what_is_no_secret_stays() -> None:
    talk = talk_of(Login(USER, Secret(APP_PASSWORD)), "")
    talk.s("A1 OK [CAPABILITY IMAP4rev1] ada.l@gmail.com authenticated (Success)")
    assert any("ada.l@gmail.com authenticated (Success)" in line for line in talk.transcript.lines())
    assert talk.protocol.capabilities == frozenset({"IMAP4REV1"})
    talk.ask(Noop(), "A2 OK done")


def test_a_secret_of_next_to_nothing_does_not_blank_every_line() -> None:
    redactor = Redactor()
    for secret in (b"", b"=", b'"a"', b"abc"):
        redactor.learn(secret)
    assert redactor.text("a cabbage = abc") == "a cabbage = abc"


@given(st.text(min_size=SHORTEST, max_size=60), st.text(max_size=20), st.text(max_size=20))
def test_any_secret_is_taken_out_of_any_text(secret: str, before: str, after: str) -> None:
    octets, head, tail = (text.encode("utf-8", "surrogatepass") for text in (secret, before, after))
    redactor = Redactor()
    redactor.learn(octets)
    shown = redactor.octets(head + octets + tail)
    assert HIDDEN.encode() in shown
    assert redactor.octets(redactor.octets(octets)) == redactor.octets(octets)
    assert "•••" in repr(redactor)


def test_a_long_line_takes_no_time() -> None:
    redactor = Redactor()
    redactor.learn(b'"' + b"a" * 64 + b'"')
    began = time.process_time()
    redactor.octets(b"a " * 2000)
    assert time.process_time() - began < 1.0
