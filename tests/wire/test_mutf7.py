"""Modified UTF-7: both ways, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.wire import mutf7

CASES = [
    ("INBOX", "INBOX"),
    ("Übung", "&ANw-bung"),
    ("R&D", "R&-D"),
    ("Entwürfe", "Entw&APw-rfe"),
    ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
    ("a\tb", "a&AAk-b"),
    ("😀", "&2D3eAA-"),
    ("&", "&-"),
    ("", ""),
]


@pytest.mark.parametrize(("name", "wire"), CASES)
def test_spells_names(name: str, wire: str) -> None:
    assert mutf7.encode(name) == wire
    assert mutf7.encode_bytes(name) == wire.encode()
    assert mutf7.decode(wire) == name
    assert mutf7.decode(wire.encode()) == name


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_name_survives(name: str) -> None:
    wire = mutf7.encode(name)
    assert wire.isascii()
    assert mutf7.decode(wire) == name


@given(st.text())
def test_decoding_never_fails(wire: str) -> None:
    assert isinstance(mutf7.decode(wire), str)


@given(st.binary())
def test_decoding_bytes_never_fails(wire: bytes) -> None:
    assert isinstance(mutf7.decode(wire), str)


@pytest.mark.parametrize("name", ["&", "a&b", "&A-", "&!!-", "&2D0-", "&-x&", "Ü&ü"])
def test_keeps_what_is_no_shift_sequence(name: str) -> None:
    decoded = mutf7.decode(name)
    assert decoded in (name, name.replace("&-", "&"))


def test_takes_raw_utf8_as_it_is() -> None:
    assert mutf7.decode("Übung".encode()) == "Übung"


def test_refuses_half_a_pair() -> None:
    with pytest.raises(UnicodeEncodeError):
        mutf7.encode("\ud800")
