"""The first words of messages, from as few octets as hold them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from imapcore.sync.convert.snippet_source import HTML_OCTETS, MOST_HTML_OCTETS, TextNote
from imapcore.sync.pull.snippets import read_snippets
from imapcore.sync.remote import Remote
from imapcore.wire.fetched import Fetched
from imapcore.wire.uidset import UidSet

HTML = TextNote("1", "7bit", "utf-8", is_html=True)
PLAIN = TextNote("1", "7bit", "utf-8", is_html=False)


class Server:
    """Answers with the beginnings of the texts it holds."""

    def __init__(self, texts: dict[int, bytes]) -> None:
        self.texts = texts
        self.asked: list[tuple[list[int], int]] = []

    def fetch_parts(self, wanted: Sequence[tuple[UidSet, str, int]]) -> list[Fetched]:
        answers = []
        for uids, section, octets in wanted:
            self.asked.append((sorted(uids), octets))
            for uid in uids:
                beginning = self.texts[uid][:octets]
                answers.append(Fetched(uid, uid=uid, sections={f"{section}<0>": beginning}))
        return answers


def read(server: Server, groups: dict[TextNote, dict[int, int]]) -> dict[int, str]:
    return read_snippets(cast(Remote, server), groups)


def test_words_behind_a_long_style_sheet_are_fetched_in_a_second_round() -> None:
    sheet = b"<style>" + b"td.x{color:#123456}" * 1000 + b"</style>"
    server = Server({1: sheet + b"<p>Hello there", 2: b"<p>At once", 3: b"Plain words"})
    found = read(server, {HTML: {1: 101, 2: 102}, PLAIN: {3: 103}})
    assert found == {101: "Hello there", 102: "At once", 103: "Plain words"}
    assert server.asked == [([1, 2], HTML_OCTETS), ([3], PLAIN.octets), ([1], MOST_HTML_OCTETS)]


def test_a_text_that_has_ended_is_not_asked_for_again() -> None:
    server = Server({1: b"<style>p{}</style>", 2: b""})
    assert read(server, {HTML: {1: 101, 2: 102}}) == {101: "", 102: ""}
    assert server.asked == [([1, 2], HTML_OCTETS)]


def test_a_text_without_any_word_is_asked_for_twice_at_most() -> None:
    server = Server({1: b"<style>" + b"x" * 200_000})
    assert read(server, {HTML: {1: 101}}) == {101: ""}
    assert [octets for _, octets in server.asked] == [HTML_OCTETS, MOST_HTML_OCTETS]


def test_the_preheader_comes_first() -> None:
    server = Server({1: b"<div style='display:none'>Half off today&nbsp;&zwnj;&nbsp;&zwnj;</div><h1>News"})
    assert read(server, {HTML: {1: 101}}) == {101: "Half off today News"}
