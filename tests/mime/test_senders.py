"""Who a message is from: the person and the address, also where header or ENVELOPE have them wrong."""

from __future__ import annotations

import pytest

from imapcore.mime.headers import addresses_from_envelope, parse_addresses
from imapcore.model import Address


@pytest.mark.parametrize(
    "name",
    [
        "PayPal Customer Service <service@paypal.com>",
        "service@paypal.com",
        "Ada (service@paypal.com)",
        "service＠paypal．com",
        "PayPal ‹service›",
        "PayPal <",
        "paypal.com",
        "www.PayPal.com Support",
        "https://paypal.com",
        "x7@attacker.example <service@paypal.com>",
    ],
)
def test_a_name_that_names_another_address_is_in_doubt(name: str) -> None:
    assert Address(name, "x7@attacker.example").is_name_doubtful


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("", "ada@x.example"),
        ("Ada Lovelace", "ada@x.example"),
        ("Booking.com", "noreply@booking.com"),
        ("Amazon.com", "store@news.amazon.com"),
        ("Ada (ada@x.example)", "ada@x.example"),
        ("J.P. Morgan", "jp@x.example"),
        ("Dr. No & Co. KG", "no@x.example"),
        ("«Le Monde» d'hier", "x@lemonde.example"),
        ("Node 3.11", "x@y.example"),
    ],
)
def test_honest_names_are_not(name: str, email: str) -> None:
    assert not Address(name, email).is_name_doubtful


Member = tuple[bytes | None, bytes | None, bytes | None]


@pytest.mark.parametrize(
    ("members", "people"),
    [
        # ``Lovelace, Ada <ada@x.org>`` without quotes, as a server splits it.
        ([(None, b"Lovelace", None), (b"Ada", b"ada", b"x.org")], [("Lovelace, Ada", "ada@x.org")]),
        ([(b"Lovelace", None, None), (b"Ada", b"ada", b"x.org")], [("Lovelace, Ada", "ada@x.org")]),
        ([(None, b"Lovelace", b""), (b"Ada", b"ada", b"x.org")], [("Lovelace, Ada", "ada@x.org")]),
        (
            [(None, b"Lovelace", b"MISSING_DOMAIN"), (b"Ada", b"ada", b"x.org")],
            [("Lovelace, Ada", "ada@x.org")],
        ),
        (
            [(None, b"Doe", None), (None, b"Jr", None), (b"Jo", b"jo", b"x.org")],
            [("Doe, Jr, Jo", "jo@x.org")],
        ),
        (
            [(None, b"Byron", None), (b"Ada", b"ada", b"x.org"), (None, b"lin", b"y.org")],
            [("Byron, Ada", "ada@x.org"), ("", "lin@y.org")],
        ),
        # Addresses of this machine, before one that brings no name of its own.
        ([(None, b"abel", None), (None, b"ada", b"x.org")], [("", "abel"), ("", "ada@x.org")]),
        ([(None, b"abel", None)], [("", "abel")]),
        # A group.
        (
            [(None, b"Team", None), (b"Ada", b"ada", b"x.org"), (None, None, None)],
            [("Ada", "ada@x.org")],
        ),
        # Name and mailbox have changed places.
        ([(b"ada@x.org", b"Ada", None)], [("Ada", "ada@x.org")]),
        ([(b"<ada@x.org>", b"Ada Byron", b"")], [("Ada Byron", "ada@x.org")]),
        ([(b"ada@x.org", b"Ada", b".MISSING-HOST-NAME.")], [("Ada", "ada@x.org")]),
    ],
)
def test_an_envelope_gives_the_person_and_the_address(
    members: list[Member], people: list[tuple[str, str]]
) -> None:
    assert addresses_from_envelope(members) == tuple(Address(*person) for person in people)


@pytest.mark.parametrize(
    ("value", "people"),
    [
        ("Lovelace, Ada <ada@x.org>", [("Lovelace, Ada", "ada@x.org")]),
        ("Ada <ada@x.org", [("Ada", "ada@x.org")]),
        ("ada@x.org <Ada>", [("Ada", "ada@x.org")]),
        ('"Ada" ada@x.org', [("Ada", "ada@x.org")]),
        ("Ada [ada@x.org]", [("Ada", "ada@x.org")]),
        ("<<ada@x.org>>", [("", "ada@x.org")]),
        ("Ada at home", [("Ada at home", "")]),
        ("=?utf-8?Q?Ren=E9?= <r@x.org>", [("René", "r@x.org")]),
        ("=?utf-8?Q?Ada_=3Cada=40x=2Eorg=3E?=", [("Ada", "ada@x.org")]),
        ("Ada <ada@x.org> (work)", [("Ada", "ada@x.org")]),
        ("Ada <mailto:ada@x.org>", [("Ada", "ada@x.org")]),
    ],
)
def test_odd_from_lines(value: str, people: list[tuple[str, str]]) -> None:
    assert parse_addresses(value) == tuple(Address(*person) for person in people)
