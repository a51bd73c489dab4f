"""UidSet: compact, never expanded, the algebra of sets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.wire.uidset import MAX_NUMBER, NO_UIDS, STAR, UidSet, parse_ranges

numbers = st.frozensets(st.integers(1, 60), max_size=40)
chunk_counts = st.integers(1, 9)


@given(numbers, numbers)
def test_is_the_algebra_of_sets(mine: frozenset[int], theirs: frozenset[int]) -> None:
    a, b = UidSet(mine), UidSet(theirs)
    assert set(a | b) == mine | theirs
    assert set(a & b) == mine & theirs
    assert set(a - b) == mine - theirs
    assert (a == b) == (mine == theirs)
    assert (hash(a) == hash(b)) or mine != theirs
    assert all((number in a) == (number in mine) for number in range(62))
    assert len(a) == a.count() == len(mine)
    assert list(reversed(a)) == sorted(mine, reverse=True)
    assert bool(a) == bool(mine)


@given(numbers.filter(bool))
def test_survives_the_wire(members: frozenset[int]) -> None:
    uids = UidSet(members)
    assert UidSet.parse(str(uids)) == uids
    assert UidSet.parse(str(uids).encode()) == uids
    assert (uids.min, uids.max) == (min(members), max(members))


@given(numbers, chunk_counts, st.booleans())
def test_chunks_hold_everything_once_and_in_order(members: frozenset[int], count: int, newest: bool) -> None:
    chunks = list(UidSet(members).chunks(count=count, text=40, newest_first=newest))
    order = [uid for chunk in chunks for uid in (reversed(chunk) if newest else chunk)]
    assert order == sorted(members, reverse=newest)
    assert all(0 < len(chunk) <= count and len(str(chunk)) <= 40 for chunk in chunks)
    assert len(chunks) >= -(-len(members) // count)


def test_chunks_are_full_when_only_the_count_limits_them() -> None:
    chunks = list(UidSet.parse("1:1000,2000:2500").chunks(count=300))
    assert [len(chunk) for chunk in chunks] == [300, 300, 300, 300, 300, 1]


def test_chunks_keep_a_command_line_short() -> None:
    scattered = UidSet(range(1, 200_000, 2))
    chunks = list(scattered.chunks())
    assert max(len(str(chunk)) for chunk in chunks) <= 8000
    assert min(len(str(chunk)) for chunk in chunks[:-1]) > 7900
    assert sum(len(chunk) for chunk in chunks) == len(scattered)


def test_an_open_set_can_be_cut_by_text_but_not_by_count() -> None:
    assert list(UidSet.parse("1:5,9:*").chunks()) == [UidSet.parse("1:5,9:*")]
    with pytest.raises(ValueError, match="only the server knows"):
        list(UidSet.everything().chunks(count=5))
    with pytest.raises(ValueError, match="at least one"):
        list(UidSet([1]).chunks(count=0))
    with pytest.raises(ValueError, match="21"):
        list(UidSet([1]).chunks(text=20))


def test_what_the_server_says_is_never_expanded() -> None:
    bomb = UidSet.parse("1:4294967295")
    assert len(bomb) == MAX_NUMBER
    assert bomb.ranges == ((1, MAX_NUMBER),)
    assert 4_000_000_000 in bomb
    assert len(bomb - UidSet([7])) == MAX_NUMBER - 1
    assert sum(1 for _ in bomb.chunks(text=100)) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5:2", "2:5"),
        ("1,2,3", "1:3"),
        ("4:7,1:5", "1:7"),
        ("*", "*"),
        ("*:5", "5:*"),
        ("4294967295,*", "4294967295,*"),
        ("0003", "3"),
    ],
)
def test_reads_any_order(text: str, expected: str) -> None:
    assert str(UidSet.parse(text)) == expected


@pytest.mark.parametrize(
    "text",
    ["", "0", "1,", ",1", "1:", ":1", "a", "-1", "1:2:3", "4294967296", "12345678901", "1 2", "١", "$"],
)
def test_refuses_what_is_no_sequence_set(text: str) -> None:
    with pytest.raises(ValueError):
        UidSet.parse(text)
    with pytest.raises(ValueError):
        parse_ranges(text.encode())


@pytest.mark.parametrize(
    ("text", "maximum", "expected"),
    [
        ("1:*", 9, "1:9"),
        ("5:*", 3, "3:5"),
        ("*", 4, "4"),
        ("2,7:*", 9, "2,7:9"),
        ("2,7:*", 0, "2"),
        ("1:5", 3, "1:5"),
    ],
)
def test_resolves_the_star(text: str, maximum: int, expected: str) -> None:
    assert str(UidSet.parse(text).resolve(maximum)) == expected


def test_an_open_set_has_no_members_to_count() -> None:
    everything = UidSet.everything()
    assert everything.is_open
    assert everything.max == STAR
    with pytest.raises(ValueError, match="only the server"):
        len(everything)
    with pytest.raises(ValueError, match="only the server"):
        list(everything)
    with pytest.raises(ValueError, match="only the server"):
        list(reversed(everything))


def test_the_empty_set() -> None:
    assert not NO_UIDS
    assert str(NO_UIDS) == ""
    assert list(NO_UIDS.chunks(count=3)) == []
    assert not NO_UIDS.is_open
    with pytest.raises(ValueError, match="no members"):
        _ = NO_UIDS.min
    with pytest.raises(ValueError, match="no members"):
        _ = NO_UIDS.max


def test_refuses_numbers_that_are_none() -> None:
    with pytest.raises(ValueError, match="1 to 4294967295"):
        UidSet([0])
    with pytest.raises(ValueError, match="1 to 4294967295"):
        UidSet([STAR + 1])
    with pytest.raises(ValueError, match="not a range"):
        UidSet.of_ranges([(3, 2)])


def test_is_no_set_of_anything_else() -> None:
    assert UidSet([1]) != {1}
    assert "1" not in UidSet([1])


def test_shows_itself_shortly() -> None:
    assert repr(UidSet([1, 2, 5])) == "UidSet('1:2,5')"
    assert len(repr(UidSet(range(1, 9999, 2)))) < 200
