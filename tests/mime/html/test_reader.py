"""HTML mail as blocks: structure kept, tricks dropped, time linear."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.mime.html import read_html
from imapcore.mime.links import Links
from imapcore.model import Block, BlockKind


def blocks(source: str) -> list[Block]:
    return read_html(source, Links()).blocks


def text(block: Block) -> str:
    return "".join(span.text for span in block.spans)


def texts(source: str) -> list[str]:
    return [text(block) for block in blocks(source)]


def rows(block: Block) -> list[list[str]]:
    return [["".join(span.text for span in cell) for cell in row] for row in block.rows]


def test_paragraphs_and_headings() -> None:
    found = blocks(
        "<h1>Title</h1><p>One <b>bold</b> and <i>leaning</i> <code>word</code>."
        "<p>Two\n  lines<div>Three</div>"
    )
    assert [(b.kind, b.level, text(b)) for b in found] == [
        (BlockKind.HEADING, 1, "Title"),
        (BlockKind.PARAGRAPH, 0, "One bold and leaning word."),
        (BlockKind.PARAGRAPH, 0, "Two lines"),
        (BlockKind.PARAGRAPH, 0, "Three"),
    ]
    styles = [(s.text, s.is_bold, s.is_italic, s.is_code) for s in found[1].spans if s.text.strip(" .")]
    assert styles[1] == ("bold", True, False, False)
    assert styles[3] == ("leaning", False, True, False)
    assert styles[4] == ("word", False, False, True)


def test_line_breaks_and_paragraph_breaks() -> None:
    assert texts("Ada<br>Pumphouse<br/>London<br><br>Next") == ["Ada\nPumphouse\nLondon", "Next"]


def test_lists_nest_and_count() -> None:
    found = blocks("<ol start=1><li>one<li>two<ul><li>inner</ul></li><li>three</ol>")
    assert [(b.marker, b.level, text(b)) for b in found] == [
        ("1.", 0, "one"),
        ("2.", 0, "two"),
        ("•", 1, "inner"),
        ("3.", 0, "three"),
    ]
    assert {b.kind for b in found} == {BlockKind.ITEM}


def test_preformatted_text_keeps_its_columns() -> None:
    (block,) = blocks("<pre>a    b\n  c\n</pre>")
    assert (block.kind, text(block)) == (BlockKind.PREFORMATTED, "a    b\n  c")


def test_quotes_have_a_depth() -> None:
    found = blocks("<p>new<blockquote>old<blockquote>older</blockquote></blockquote>new again")
    assert [(b.quote, text(b)) for b in found] == [(0, "new"), (1, "old"), (2, "older"), (0, "new again")]


def test_the_line_that_announces_a_quote_belongs_to_it() -> None:
    found = blocks("<p>yes<p>On Monday, Ada wrote:<blockquote>no?</blockquote>")
    assert [(b.quote, text(b)) for b in found] == [(0, "yes"), (1, "On Monday, Ada wrote:"), (1, "no?")]


def test_an_office_original_is_a_quote() -> None:
    found = blocks("<p>Agreed.</p><hr><p>From: Ada<br>Sent: Monday<br>Subject: x</p><p>the old text</p>")
    assert [(b.quote, text(b)) for b in found if b.kind is BlockKind.PARAGRAPH] == [
        (0, "Agreed."),
        (1, "From: Ada\nSent: Monday\nSubject: x"),
        (1, "the old text"),
    ]


def test_a_data_table_is_kept() -> None:
    (table,) = blocks("<table><tr><th>Item<th>Price<tr><td>Ink<td>3.50<tr><td>Paper<td>2</table>")
    assert table.kind is BlockKind.TABLE
    assert table.has_header
    assert rows(table) == [["Item", "Price"], ["Ink", "3.50"], ["Paper", "2"]]


def test_a_short_row_is_filled() -> None:
    (table,) = blocks("<table><tr><th>a<th>b<tr><td>1<td>2<tr><td>3</table>")
    assert rows(table) == [["a", "b"], ["1", "2"], ["3", ""]]


def test_a_layout_table_is_flattened() -> None:
    source = "<table><tr><td><img src=x><td><h2>News</h2><p>Long words</table>"
    assert [(b.kind, text(b)) for b in blocks(source)] == [
        (BlockKind.HEADING, "News"),
        (BlockKind.PARAGRAPH, "Long words"),
    ]


def test_a_row_of_words_stays_a_line() -> None:
    nested = "<table><tr><td><table><tr><td>Home<td>Shop<td>Help</table></table>"
    assert texts(nested) == ["Home  ·  Shop  ·  Help"]


def test_a_data_table_inside_a_layout_table() -> None:
    source = "<table><tr><td><p>Hi<table><tr><th>a<th>b<tr><td>1<td>2</table></table>"
    found = blocks(source)
    assert [b.kind for b in found] == [BlockKind.PARAGRAPH, BlockKind.TABLE]
    assert rows(found[1]) == [["a", "b"], ["1", "2"]]


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">{}</div>',
        '<div style="display: NONE !important">{}</div>',
        '<span style="font-size:0">{}</span>',
        '<span style="font-size:1px;color:#fff">{}</span>',
        '<div style="max-height:0;overflow:hidden">{}</div>',
        '<div style="visibility:hidden">{}</div>',
        '<div style="opacity:0">{}</div>',
        '<div style="max-height:0;max-width:0;overflow:hidden">{}</div>',
        '<div style="display:none;mso-hide:all">{}</div>',
        '<div style="font:0/0 a">{}</div>',
        '<div style="text-indent:-9999px">{}</div>',
        '<div style="position:absolute;left:-9999px">{}</div>',
        '<div style="color:transparent">{}</div>',
        '<div style="background:#fff url(x.png);color:#FFFFFF;font-size:2px">{}</div>',
        '<table><tr><td bgcolor="#112233" style="color:#123">{}</table>',
        '<style>.p{{display:none!important}}</style><div class="p" style="display:block">{}</div>',
        "<style>@media screen{{#top span{{display:none}}}}</style><div id=top><span>{}</span></div>",
        "<div hidden>{}</div>",
        "<style>{}</style>",
        "<script>{}</script>",
        "<title>{}</title>",
        "<!-- {} -->",
        "<!--[if mso]>{}<![endif]-->",
    ],
)
def test_what_the_sender_hid_stays_hidden(hidden: str) -> None:
    assert texts(hidden.format("SECRET <b>x</b>") + "<p>seen") == ["seen"]


@pytest.mark.parametrize(
    "shown",
    [
        '<div style="font-size:0px"><p style="font-size:16px">{}</p></div>',
        '<p style="font-size:1em">{}</p>',
        '<td style="font-size:1px"><font size="3">{}</font></td>',
        '<table style="font-size:0"><tr><td style="font-size:12pt">{}</table>',
        '<a href="https://x.example" style="mso-hide:all">{}</a>',
        '<div style="mso-hide:all">{}</div>',
        '<div style="visibility:hidden"><p style="visibility:visible">{}</p></div>',
        '<div style="max-height:0">{}</div>',
        '<div style="max-height:0.5em">{}</div>',
        '<div style="height:0">{}</div>',
        '<div style="opacity:0.5">{}</div>',
        '<div style="display:none;display:block">{}</div>',
        '<div class="preheader">{}</div>',
        '<span aria-hidden="true">{}</span>',
        '<table bgcolor="black"><tr><td style="color:#fff">{}</table>',
        '<div style="background:url(x.png)"><p style="color:white">{}</p></div>',
        "<style>@media (max-width:600px){{p{{display:none}}}}</style><p>{}</p>",
        "<style>@media print{{p{{display:none}}}}</style><p>{}</p>",
        "<style>@media (prefers-color-scheme: dark){{p{{color:#fff}}}}</style><p>{}</p>",
        "<style>p:hover{{display:none}} div > .x, a + p{{display:none}}</style><p>{}</p>",
        "<style>.h p{{display:none}}</style><div class=h></div><p>{}</p>",
        "<style media=print>p{{display:none}}</style><p>{}</p>",
    ],
)
def test_what_a_browser_shows_is_read(shown: str) -> None:
    assert texts(shown.format("Hello") + "<p>seen") in (["Hello", "seen"], ["Hello\nseen"])


def test_hidden_ends_where_its_element_ends() -> None:
    assert texts('<p>a<p style="display:none">b<p>c') == ["a", "c"]


def test_pictures_are_their_descriptions_and_pixels_are_nothing() -> None:
    reading = read_html(
        '<p><img alt="Our boat" src="https://x.example/b.png"><img width=1 height=1 alt="t" src="http://t.example">',
        Links(),
    )
    assert [text(b) for b in reading.blocks] == ["[Our boat]"]
    assert reading.pictures == 2


def test_links_show_where_they_lead() -> None:
    links = Links()
    (block,) = read_html(
        'See <a href="https://docs.example.org/a?b=1&amp;c=2">the <b>sheet</b></a>.', links
    ).blocks
    assert [(s.text, s.link) for s in block.spans] == [("See ", None), ("the ", 0), ("sheet", 0), (".", None)]
    assert (links.found[0].url, links.found[0].host) == (
        "https://docs.example.org/a?b=1&c=2",
        "docs.example.org",
    )
    assert not links.found[0].is_suspicious


def test_a_link_that_says_another_host_is_suspicious() -> None:
    links = Links()
    read_html('<a href="https://evil.example/x">https://www.bank.example/login</a>', links)
    assert links.found[0].is_suspicious


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "#top", "", "vbscript:x"]
)
def test_a_link_to_no_place_is_only_text(url: str) -> None:
    links = Links()
    assert [text(b) for b in read_html(f'<a href="{url}">words</a>', links).blocks] == ["words"]
    assert not links.found


def test_a_picture_in_a_link_can_be_followed() -> None:
    links = Links()
    (block,) = read_html('<a href="https://x.example/"><img src="y"></a>', links).blocks
    assert [(s.text, s.link) for s in block.spans] == [("[picture]", 0)]


def test_a_link_over_two_paragraphs_marks_both() -> None:
    links = Links()
    found = read_html('<a href="https://x.example/"><p>one</p><p>two</p></a>', links).blocks
    assert all(block.spans[0].link is not None for block in found)


def test_a_signature_is_known() -> None:
    found = blocks('<p>Hello<div class="gmail_signature">Ada<br>Maps</div>')
    assert [(text(b), b.is_signature) for b in found] == [("Hello", False), ("Ada\nMaps", True)]


def test_entities_and_odd_characters() -> None:
    assert texts("a &lt;b&gt; &eacute; &#8203;&#x202e;x &nbsp; y &unknown; <3 < 4 &amp") == [
        "a <b> é x y &unknown; <3 < 4 &"
    ]


def test_control_sequences_do_not_survive() -> None:
    # Also one that comes as an entity, or in pieces of which each would be harmless.
    assert texts("<p>a&#27;[31mred \x1b[0m\x1b]0;t\x07b") == ["ared b"]
    assert texts("<p>a&#27;<span>[31m</span>red") == ["ared"]
    assert texts("<p>a&#27;<b>[31m</b>red") == ["a[31mred"]


PIECES = st.lists(
    st.sampled_from(
        [
            "<table>",
            "<tr>",
            "<td>",
            "<th>",
            "</table>",
            "</td>",
            "<p>",
            "</p>",
            "<div>",
            "</div>",
            "<ul>",
            "<li>",
            "</ul>",
            "<blockquote>",
            "</blockquote>",
            "<a href='https://x.example'>",
            "</a>",
            "<b>",
            "</b>",
            "<pre>",
            "</pre>",
            "<br>",
            "<hr>",
            "<img alt=i src=http://x>",
            "<div style='display:none'>",
            "words ",
            "\x1b[1m",
            "&nbsp;",
            "<h2>",
            "</h2>",
            "<!--",
            "-->",
            "<style>",
            "</style>",
            "<",
            ">",
            "\u202e",
            "On x wrote:",
            "From: a",
            "<br>Sent: b",
        ]
    ),
    max_size=60,
)


@given(PIECES)
def test_any_order_of_tags_is_read(pieces: list[str]) -> None:
    for block in blocks("".join(pieces)):
        for span in (*block.spans, *(s for row in block.rows for cell in row for s in cell)):
            assert "\x1b" not in span.text
            assert "\u202e" not in span.text
        assert len({len(row) for row in block.rows}) <= 1


@pytest.mark.parametrize(
    "unit",
    [
        "<",
        "<a ",
        '<a href="',
        "<!--",
        "<div>",
        "</div>",
        "<table><tr><td>",
        "&",
        "<a href=x>y",
        "<ul><li>",
        "<td>",
        "\u200c",
        "<br>",
        "<style>",
        "<td>a</td>",
        "<x y='",
        "<p>",
        "<b>x",
    ],
)
def test_time_is_linear_in_the_document(unit: str) -> None:
    started = time.thread_time()
    read_html(unit * (150_000 // len(unit)), Links())
    assert time.thread_time() - started < 8


@pytest.mark.parametrize(
    "reference",
    ["&#" + "9" * 5000 + ";", "&#" + "9" * 5000, "&#" + "0" * 5000 + "9999999;"],
    ids=("closed", "open", "zeros"),
)
def test_a_character_reference_of_thousands_of_digits_is_no_character(reference: str) -> None:
    assert texts(f"<p>a{reference}b</p>") == ["a\N{REPLACEMENT CHARACTER}b"]
    links = Links()
    read_html(f'<a href="https://x.example/{reference}">x</a>', links)
    assert links.found[0].url == "https://x.example/%EF%BF%BD"


def test_leading_zeros_of_a_character_reference_do_not_count() -> None:
    assert texts("<p>&#" + "0" * 5000 + "65;&#0000066;</p>") == ["AB"]
