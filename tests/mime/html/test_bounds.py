"""No document costs more than its length: parser, style sheets and reader are given nothing worse."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from selectolax.lexbor import LexborHTMLParser

from imapcore.mime.html import read_html
from imapcore.mime.html.bounds import MAX_DEPTH, bounded
from imapcore.mime.html.css import Sheet, declarations
from imapcore.mime.html.lengths import colour, pixels, size_of_font
from imapcore.mime.links import Links
from imapcore.mime.snippet import make_snippet
from tests.mime.html.show import texts

UNITS = [
    " ", "\t", "\n", "\r\n", "\xa0", "\x80", "\x00", "\u200c", "\u0301", "\u202e", "0", "9", "a", "é",
    "漢", '"', "'", "=", "?", ";", ":", "(", ")", "[", "{", "}", "/", "-", ">", "<", "&", "<a ",
    '<a href="', "<x y='", "&#", "&#9", "&amp", "<!--", "-->", "<![", "<?", "</", "</p>", "</x>",
    "<div>", "</div>", "<p>", "<br>", "<hr>", "<b>x", "<a href=x>y", "<ul><li>", "<dl><dd>", "<li><div>",
    "<td>", "<td>a</td>", "<table>", "<table><tr><td>", "<table><td>x", "<tr><td>a<td>b", "<select>",
    "<option>", "<form>", "<button>", "<h1>", "<svg>", "<math><mi>", "<title>", "<style>", "<script>",
    "<template>", "<textarea>", "<plaintext>", "<object>", "<ruby><rt>", "<span>", "<span><p>", "<p><b>",
    "<b><div></b>", "<a><b><p></a>", "<i><li>", "<p><i a=1></p>", "<font color=red><p>",
    "<div><select></div></select>", "<div><table></div></table>", "<div><table><td></div>",
    "<b><table></b></table>", "<blockquote>", "<blockquote>a</blockquote>b", "<pre>", "<pre>\t", "<q>",
    "<sup>2</sup>", "<img alt=x>", "<input>", "<div style='font-size:0'>", "<i style='color:#fff'>x",
    "<p class=a>x", "<style>.a{color:red}</style>", "<s>a</s>b",
    "<style>a b c d{color:red}</style><a><b><c><d>", "<details>", "<center><font>",
    "<td colspan=9999 rowspan=9999>", "<ol><li>a</ol>", "<p>From: a@b<br>Sent: 1<br>",
    "<p>On 4 May 2026 Ada wrote:", "<p>-----Original Message", "<p>--<br>", "data:image/png;base64,",
    "<img src=data:image/png;base64,AAAA>", "<div hidden>x", "<nobr>", "<marquee>", "<caption>",
]  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    """Processor time, the best of two."""
    best = 1e9
    for _ in range(2):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def assert_linear(work: Callable[[int], Callable[[], object]], sizes: tuple[int, int, int]) -> None:
    """Four times the input takes four times the time, with room for a machine in a bad mood.

    What is squared takes sixteen times; what takes next to nothing is not judged.
    """
    times = [seconds(work(size)) for size in sizes]
    if times[2] > 0.05:
        assert times[2] < 9 * times[0] + 0.02, times


@pytest.mark.parametrize("unit", UNITS)
def test_reading_is_linear(unit: str) -> None:
    def work(size: int) -> Callable[[], object]:
        source = unit * (size // len(unit))
        return lambda: read_html(source, Links())

    assert_linear(work, (8_000, 16_000, 32_000))


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "<a " + " ".join(f"x{i}=1" for i in range(n)) + ">",
        lambda n: "".join(f"<b a={i}>" for i in range(n)) + "<p>x" * n,
        lambda n: "".join(f"<p><b a={i}>x</p>" for i in range(n)),
        lambda n: "<div>" * n + "</x>" * n,
        lambda n: "<b>" * n + "</p>" * n,
        lambda n: "<a x=\">\" y='" * n,
        lambda n: '<a x==" ' * n + ">" * n,
        lambda n: "<style>" + "".join(f".c{i} .d{{top:1}}" for i in range(n)) + "</style><p class=d>x" * n,
        lambda n: "<style>" + "}" * n + "{" * n + "</style>x",
        lambda n: "<style>" + "a," * n + "a{color:red}</style><a>x",
        lambda n: "<style>@media x{" * n + "</style>x",
        lambda n: f"<p class='{'a ' * n}'>x",
        lambda n: f"<p style='{'color:red;' * n}'>x" * 5,
        lambda n: "".join(f"<p style='color:#{i:06x}'>x" for i in range(n)),
        lambda n: "<p>" + "<i>a</i>" * n,
        lambda n: "<p>" + "".join(f"<a href=http://x.example/{i}>a</a>" for i in range(n)),
        lambda n: "<table>" + "<tr><td rowspan=3>a<td>b" * n,
        lambda n: "<table><tr>" + "<td>a" * n,
        lambda n: "<ol reversed>" + "<li>a" * n,
        lambda n: "<select>" + "<option>a" * n,
        lambda n: "<p>new" + "<p>From: a@b.c" * n,
        lambda n: "<p>new" + "<p>a, wrote:" * n,
        lambda n: "<p>new" + "<br>line" * n + "<p>-- <br>x",
        lambda n: "<div style='display:none'>" + "<p>x" * n,
    ],
)  # fmt: skip
def test_reading_is_linear_in_what_is_combined(make: Callable[[int], str]) -> None:
    def work(size: int) -> Callable[[], object]:
        source = make(size)
        return lambda: read_html(source, Links())

    assert_linear(work, (300, 600, 1200))


@pytest.mark.parametrize(
    "unit", ["a{", "}", "{", "@media x{", "/*", ";", "color:red;", "a:", "(", "'", ",", ".a", "a>"]
)
def test_styles_are_linear(unit: str) -> None:
    def of_sheets(size: int) -> Callable[[], object]:
        return lambda: Sheet().add(unit * size)

    def of_values(size: int) -> Callable[[], object]:
        return lambda: (declarations.__wrapped__(unit * size), colour(unit * size), pixels(unit * size),
                        size_of_font(unit * size))  # fmt: skip

    assert_linear(of_sheets, (5000, 10_000, 20_000))
    assert_linear(of_values, (5000, 10_000, 20_000))


@pytest.mark.parametrize("unit", UNITS)
def test_no_tree_grows_deep(unit: str) -> None:
    root = LexborHTMLParser(bounded(unit * 3000)).root
    depth = deepest = 0
    node = root
    while node is not None:
        if node.first_child is not None:
            depth += 1
            deepest = max(deepest, depth)
            node = node.first_child
            continue
        while node is not None and node.next is None:
            depth -= 1
            node = node.parent
        node = node.next if node is not None else None
    # A table holds three more elements for each that is counted; what paragraphs open anew comes on top.
    assert deepest <= 5 * MAX_DEPTH


def test_a_real_document_is_left_as_it_is() -> None:
    source = (
        "<html><body>" + "<table><tr><td><div><p>a<b>b</b></div></td></tr></table>" * 500 + "</body></html>"
    )
    assert bounded(source) is source
    unclosed = "<p><font size=2>text" * 40 + "<ul><li>a" * 20
    assert bounded(unclosed) == unclosed


def test_no_word_is_lost_beyond_the_bounds() -> None:
    found = "\n".join(texts("".join(f"<div>w{number} " for number in range(1000))))
    assert found.split() == [f"w{number}" for number in range(1000)]


def test_a_picture_in_the_source_hides_no_text() -> None:
    source = "<p>before<img src='data:image/png;base64," + "QUJD\n" * 400_000 + "'><p>after"
    assert len(bounded(source)) < 200
    assert texts(source) == ["before", "after"]


def test_a_comment_may_speak_of_scripts() -> None:
    assert texts("<p>a<!-- <script> --><p>b<script>x<!-- </script><p>c") == ["a", "b", "c"]


def test_a_large_document_is_read_to_its_end() -> None:
    source = "<p>words of a long report</p>" * 40_000
    assert len(texts(source)) == 40_000


@pytest.mark.parametrize(
    "unit", ["<style>p{}", "<div hidden>x", "&zwnj;&nbsp;", "<p>x", "<br>", "=3D", "=\r\n"]
)
def test_first_words_of_html_are_linear(unit: str) -> None:
    def work(size: int) -> Callable[[], object]:
        part = (unit * size).encode()
        return lambda: make_snippet(part, encoding="quoted-printable", charset="utf-8", is_html=True)

    assert_linear(work, (1000, 2000, 4000))
