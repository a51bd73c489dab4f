"""Where lines end and where a blank one stands: as the sender meant it."""

from __future__ import annotations

import pytest

from imapcore.model import BlockKind
from tests.mime.html.show import blocks, text, texts


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "<div>Hi</div><div>12 Main Street</div><div>Springfield</div><div><br></div><div>See you</div>",
            ["Hi\n12 Main Street\nSpringfield", "See you"],
        ),
        ("<p>one</p><p>two</p>", ["one", "two"]),
        ("<p style='margin:0'>one</p><p style='margin:0'>two</p>", ["one\ntwo"]),
        ("<p style='margin:0'>one<p style='margin:0'>&nbsp;<p style='margin:0'>two", ["one", "two"]),
        ("<style>p.MsoNormal{margin:0cm}</style><p class=MsoNormal>one<p class=MsoNormal>two", ["one\ntwo"]),
        ("<style>p.m, li.x {margin-top:0in;margin-bottom:.0001pt}</style><p class=m>1<p class=m>2", ["1\n2"]),
        ("<div style='margin-bottom:1em'>one</div><div>two</div>", ["one", "two"]),
        ("<div style='padding:2px 40px'>one</div><div>two</div>", ["one\ntwo"]),
        ("<div>one</div><div style='height:20px'></div><div>two</div>", ["one", "two"]),
        ("<div>one<br></div><div>two</div>", ["one\ntwo"]),
        ("one<br><br><br><br>two", ["one", "two"]),
        ("one<br>&nbsp;<br>two", ["one", "two"]),
        ("<span style='display:block'>one</span><span style='display:block'>two</span>", ["one\ntwo"]),
        ("<div style='display:inline'>one</div> <div style='display:inline'>two</div>", ["one two"]),
        ("<style>div{display:inline-block}</style><div>one</div><div>two</div>", ["one\ntwo"]),
        ("<a style='display:inline-block'>Yes</a><a style='display:inline-block'>No</a>", ["Yes No"]),
        ("<table><tr><td>one</table><table><tr><td>two</table>", ["one\ntwo"]),
        ("<table><tr><td>one<tr><td height=20>&nbsp;<tr><td>two</table>", ["one", "two"]),
        ("<table><tr><td style='padding:10px'>one<tr><td>two</table>", ["one", "two"]),
        ("<div>one</div>\n\n  \n<div>two</div>", ["one\ntwo"]),
        ("<blockquote style='margin:0 0 0 40px;border:none;padding:0'>moved</blockquote>", ["moved"]),
        ("<div style='white-space:pre-wrap'>one\n  two</div>", ["one\n  two"]),
    ],
)  # fmt: skip
def test_lines_and_blank_lines(source: str, expected: list[str]) -> None:
    assert texts(source) == expected


def test_what_only_moves_its_text_is_no_quotation() -> None:
    (block,) = blocks(
        "<blockquote style='margin:0 0 0 40px;border:none;padding:0px'><div>moved</div></blockquote>"
    )
    assert block.quote == 0
    (block,) = blocks("<blockquote style='margin:0 0 0 .8ex;border-left:1px solid #ccc'>said</blockquote>")
    assert block.quote == 1
    (block,) = blocks("<blockquote type=cite style='border:none'>said</blockquote>")
    assert block.quote == 1


def test_blanks_of_preformatted_text_stay_beside_other_elements() -> None:
    (block,) = blocks(
        '<pre>see <a href="http://x.org/a">http://x.org/a</a> for <b>all</b> the\n'
        "\tdetails\n  <i>+</i>\tx</pre>"
    )
    assert block.kind is BlockKind.PREFORMATTED
    assert text(block) == "see http://x.org/a for all the\n        details\n  +     x"


def test_a_highlighted_diff_keeps_its_columns() -> None:
    source = (
        "<pre><span class=d>-  old(a,  b)</span>\n<span class=i>+  new(a)</span>\n   same <b> x </b> y</pre>"
    )
    assert texts(source) == ["-  old(a,  b)\n+  new(a)\n   same  x  y"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("E=mc<sup>2</sup>", "E=mc²"),
        ("x<sup>n+1</sup>", "xⁿ⁺¹"),
        ("x<sup>a+b</sup> e<sup>k</sup>", "x^(a+b) e^k"),
        ("the 4<sup>th</sup> of May, Mr<sup>me</sup>", "the 4th of May, Mrme"),
        ("Widget<sup>®</sup> and Gadget<sup>TM</sup>", "Widget® and GadgetTM"),
        ("H<sub>2</sub>O, x<sub>i</sub>, x<sub>max</sub>", "H₂O, x_i, x_max"),
        ("note<sup>[1]</sup> <sup>2</sup>", "note[1] 2"),
        ("price $49<sup>99</sup>", "price $49⁹⁹"),
        ("She said <q>he said <q>no</q></q>.", "She said “he said ‘no’”."),
        ("<del>old</del><ins>new</ins>", "old new"),
        ("<s>$99</s>, now", "$99, now"),
        ("<ruby>漢<rt>kan</rt></ruby>", "漢(kan)"),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢(kan)"),
        ("a\n b &nbsp; c", "a b c"),
    ],
)
def test_small_things_that_carry_meaning(source: str, expected: str) -> None:
    assert texts(source) == [expected]


def test_what_is_crossed_out_is_known() -> None:
    (block,) = blocks("Was <s>$99</s> <span style='text-decoration:line-through'>$89</span> now <b>$49</b>")
    assert [span.text for span in block.spans if span.is_struck] == ["$99", "$89"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<select><option>a<option selected>b<option>c</select>", "[b]"),
        ("<select><option>a<option>b</select>", "[a]"),
        ("<input value='Ada'> <input type=submit value=Send> <button>Go</button>", "[Ada] [Send] [Go]"),
        ("<input type=checkbox checked> yes <input type=radio> no", "[x] yes ( ) no"),
        ("<input type=hidden value=secret><input type=password value=secret>x", "[____] x"),
        ("<textarea>some words</textarea>", "some words"),
    ],
)
def test_forms_show_what_is_in_them(source: str, expected: str) -> None:
    assert texts(source) == [expected]


def test_lists_have_their_marks() -> None:
    found = blocks(
        "<ol type=a start=3><li>c<li value=26>z<li>aa</ol><ol type=I><li>one<li>two</ol>"
        "<ol reversed><li>b<li>a</ol><ul style='list-style:none'><li>plain</ul>"
        "<ol style='list-style-type:lower-roman'><li>x</ol><ul><li style='list-style-type:decimal'>n</ul>"
    )
    assert [(b.marker, text(b)) for b in found] == [
        ("c.", "c"), ("z.", "z"), ("aa.", "aa"), ("I.", "one"), ("II.", "two"), ("2.", "b"), ("1.", "a"),
        ("", "plain"), ("i.", "x"), ("1.", "n"),
    ]  # fmt: skip


def test_an_item_has_one_mark_whatever_is_in_it() -> None:
    found = blocks(
        "<ul><li><p>one</p><p>more</p><ul><li>inner</ul><p>end</p></li><li><div>a</div><div>b</div></ul>"
    )
    assert [(b.kind, b.marker, b.level, text(b)) for b in found] == [
        (BlockKind.ITEM, "•", 0, "one\n\nmore"),
        (BlockKind.ITEM, "•", 1, "inner"),
        (BlockKind.ITEM, " ", 0, "end"),
        (BlockKind.ITEM, "•", 0, "a\nb"),
    ]


def test_what_is_defined_stands_under_its_name() -> None:
    found = blocks("<dl><dt>Term<dd>What it is</dl>")
    assert [(b.kind, b.marker, text(b)) for b in found] == [
        (BlockKind.PARAGRAPH, "", "Term"),
        (BlockKind.ITEM, " ", "What it is"),
    ]
