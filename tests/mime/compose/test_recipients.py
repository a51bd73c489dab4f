"""Recipients as people type and paste them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.mime.compose.recipients import (
    address_problem,
    format_addresses,
    needs_utf8,
    parse_recipients,
    wire_address,
)
from imapcore.model import Address

ADA, LIN = Address("", "ada@example.org"), Address("Lin", "lin@example.org")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ada@example.org", (ADA,)),
        ("ada@example.org, Lin <lin@example.org>", (ADA, LIN)),
        ("ada@example.org; Lin <lin@example.org>;", (ADA, LIN)),
        ("ada@example.org\nLin <lin@example.org>\n", (ADA, LIN)),
        ("ada@example.org\tlin@example.org", (ADA, Address("", "lin@example.org"))),
        ("Friends: ada@example.org, Lin <lin@example.org>;", (ADA, LIN)),
        ("Lovelace, Ada <ada@example.org>", (Address("Lovelace, Ada", "ada@example.org"),)),
        (
            '"Lovelace, Ada" <ada@example.org>, ADA@example.org',
            (Address("Lovelace, Ada", "ada@example.org"),),
        ),
        ("mailto:ada@example.org", (ADA,)),
        ("<ada@example.org>", (ADA,)),
        ("josé@bücher.example", (Address("", "josé@bücher.example"),)),
        ("", ()),
        (" , ; \n", ()),
    ],
)
def test_every_way_of_writing_a_list(typed: str, expected: tuple[Address, ...]) -> None:
    found = parse_recipients(typed)
    assert (found.addresses, found.problems) == (expected, ())


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("ada", "no @"),
        ("ada@", "after the @"),
        ("@example.org", "before the @"),
        ("ada..l@example.org", "dot"),
        (".ada@example.org", "dot"),
        ("ada@localhost", "no dot"),
        ("ada@exa_mple.org", "no domain"),
        ("ada@-example.org", "no domain"),
        ("ada@example..org", "no domain"),
        ("a" * 65 + "@example.org", "longer"),
        ("ada@" + "a" * 64 + ".org", "no domain"),
    ],
)
def test_a_wrong_address_is_said_and_the_others_stay(typed: str, word: str) -> None:
    found = parse_recipients(f"{typed}, lin@example.org")
    assert word in " ".join(found.problems)
    assert found.addresses == (Address("", "lin@example.org"),)


def test_only_what_needs_utf8_asks_for_it() -> None:
    assert wire_address("ada@bücher.example") == "ada@xn--bcher-kva.example"
    assert not needs_utf8((Address("José", "jose@bücher.example"),))
    assert needs_utf8((Address("", "josé@bücher.example"),))
    assert wire_address("josé@bücher.example") == "josé@bücher.example"


NAMES = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Zs", "Zl", "Zp", "Co", "Cn")), max_size=20
)


@given(
    st.lists(st.tuples(NAMES, st.from_regex(r"[a-z0-9]{1,8}@[a-z]{1,8}\.org", fullmatch=True)), max_size=5)
)
def test_what_is_shown_is_read_back(people: list[tuple[str, str]]) -> None:
    addresses = tuple({email: Address("", email) for _, email in people}.values())
    assert parse_recipients(format_addresses(addresses)).addresses == addresses


@given(st.text(max_size=200))
def test_whatever_is_pasted_is_read_or_told(text: str) -> None:
    found = parse_recipients(text)
    assert all(not address_problem(address.email) for address in found.addresses)
