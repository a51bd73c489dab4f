"""Mail too large to be fetched whole: what is read of it, its whole source, and its parts, piece by piece."""

from __future__ import annotations

import base64
from collections.abc import Generator

import pytest

from imapcore.mime.message import read_body
from imapcore.sync.content import bodies
from imapcore.sync.content.bodies import BodyMissing, fetch_body, fetch_part, fetch_source
from imapcore.sync.content.partial_message import SECTION, restore_sizes
from tests.mime import packed
from tests.sync.bench import Bench, exhaust

FILE = bytes(range(256)) * 4200


def finish(steps: Generator[float, None, bytes]) -> tuple[bytes, int]:
    """A job's result, and how often others had the connection meanwhile."""
    rests = 0
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return bytes(end.value), rests
        rests += 1


def part(media_type: str, content: bytes, more: str = "") -> bytes:
    head = f"Content-Type: {media_type}\r\nContent-Transfer-Encoding: base64\r\n{more}\r\n"
    return head.encode() + base64.encodebytes(content).replace(b"\n", b"\r\n")


def mail(*parts: bytes) -> bytes:
    inside = b"".join(b"--b\r\n" + each + b"\r\n" for each in parts)
    head = (
        b"From: Lovelace, Ada <ada@x.example>\r\nTo: demo@gmail.com\r\nSubject: Large\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    )
    return head + inside + b"--b--\r\n"


LARGE = mail(
    b"Content-Type: text/plain\r\n\r\nThe words\r\n",
    part("application/pdf; name=big.pdf", FILE, "Content-Disposition: attachment\r\n"),
    part(
        "application/pkcs7-mime; name=smime.p7m",
        packed.signed(b"Content-Type: text/plain\r\n\r\nSigned words\r\n"),
    ),
    b"Content-Type: message/rfc822\r\n\r\nSubject: Inner\r\n\r\nInner words\r\n",
    part("application/ms-tnef; name=winmail.dat",
         packed.tnef(packed.attribute(2, 0x9002, b""), packed.attribute(2, 0x8010, b"a.txt\0"),
                     packed.attribute(2, 0x800F, b"packed"))),
)  # fmt: skip


def deliver(bench: Bench, raw: bytes = LARGE) -> int:
    msgid = bench.sim.control.deliver(raw)
    bench.look()
    return msgid


def test_what_is_read_of_it_includes_what_others_packed(bench: Bench) -> None:
    msgid = deliver(bench)
    exhaust(fetch_body(bench.remote, bench.store, msgid, len(LARGE)))
    assert bench.reader.bodies.octets(msgid) is None
    skeleton = bench.reader.bodies.octets(msgid, SECTION)
    assert skeleton is not None
    assert len(skeleton) < 10_000
    body = restore_sizes(read_body(msgid, skeleton), skeleton)
    words = "".join(span.text for block in body.blocks for span in block.spans)
    for each in ("The words", "Signed words", "Inner words"):
        assert each in words
    sizes = {each.filename: each.size for each in body.attachments}
    assert abs(sizes["big.pdf"] - len(FILE)) < 100
    assert sizes["a.txt"] == 6


def test_the_whole_source_comes_in_pieces(bench: Bench) -> None:
    msgid = deliver(bench)
    told: list[tuple[int, int]] = []
    exhaust(
        fetch_source(bench.remote, bench.store, msgid, len(LARGE), bytearray(), lambda *now: told.append(now))
    )
    assert bench.reader.bodies.octets(msgid) == LARGE
    assert [done for done, _ in told] == [bodies.PIECE, len(LARGE)]
    assert {size for _, size in told} == {len(LARGE)}


@pytest.mark.parametrize("size", [0, 10, len(LARGE) * 2])
def test_a_wrong_size_costs_nothing(bench: Bench, size: int) -> None:
    msgid = deliver(bench)
    exhaust(fetch_source(bench.remote, bench.store, msgid, size, bytearray()))
    assert bench.reader.bodies.octets(msgid) == LARGE


def test_what_has_come_is_not_fetched_again(bench: Bench) -> None:
    msgid = deliver(bench)
    come = bytearray()
    steps = fetch_source(bench.remote, bench.store, msgid, len(LARGE), come)
    next(steps)
    assert len(come) == bodies.PIECE
    told: list[int] = []
    again = fetch_source(
        bench.remote, bench.store, msgid, len(LARGE), come, lambda done, _: told.append(done)
    )
    exhaust(again)
    assert told == [len(LARGE)]
    assert bench.reader.bodies.octets(msgid) == LARGE


@pytest.mark.parametrize("pieces", [1000, 100_000, len(LARGE)])
def test_pieces_of_any_size(bench: Bench, monkeypatch: pytest.MonkeyPatch, pieces: int) -> None:
    raw = mail(b"Content-Type: text/plain\r\n\r\n" + b"word " * 1000)
    monkeypatch.setattr(bodies, "PIECE", pieces)
    msgid = deliver(bench, raw)
    exhaust(fetch_source(bench.remote, bench.store, msgid, len(raw), bytearray()))
    assert bench.reader.bodies.octets(msgid) == raw


def test_a_large_file_comes_in_pieces(bench: Bench) -> None:
    msgid = deliver(bench)
    told: list[int] = []
    octets, rests = finish(
        fetch_part(bench.remote, bench.store, msgid, "2", lambda done, _: told.append(done))
    )
    assert octets == FILE
    assert rests == 2
    assert len(told) == 2


def test_what_is_packed_inside_of_a_part_can_be_saved(bench: Bench) -> None:
    msgid = deliver(bench)
    exhaust(fetch_body(bench.remote, bench.store, msgid, len(LARGE)))
    skeleton = bench.reader.bodies.octets(msgid, SECTION)
    assert skeleton is not None
    file = next(each for each in read_body(msgid, skeleton).attachments if each.filename == "a.txt")
    assert finish(fetch_part(bench.remote, bench.store, msgid, file.section))[0] == b"packed"
    with pytest.raises(BodyMissing):
        finish(fetch_part(bench.remote, bench.store, msgid, "5/9"))


def test_an_unquoted_comma_in_a_name_loses_neither_name_nor_address(bench: Bench) -> None:
    msgid = deliver(bench)
    (message,) = bench.reader.threads.messages([msgid])
    assert (message.sender.name, message.sender.email) == ("Lovelace, Ada", "ada@x.example")
    exhaust(fetch_body(bench.remote, bench.store, msgid))
    raw = bench.reader.bodies.octets(msgid)
    assert raw is not None
    details = read_body(msgid, raw).details
    assert details is not None
    assert details.sender == message.sender
