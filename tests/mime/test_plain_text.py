"""Plain text as blocks: paragraphs put together again, what must not move left alone, quotes folded."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.mime.links import Links
from imapcore.mime.plain_text import read_plain
from imapcore.model import Block, BlockKind


def blocks(source: str, **options: bool) -> list[Block]:
    return read_plain(source, Links(), **options)


def text(block: Block) -> str:
    return "".join(span.text for span in block.spans)


def texts(source: str, **options: bool) -> list[str]:
    return [text(block) for block in blocks(source, **options)]


WRAPPED = """\
Before we meet on Thursday I would like to have seen everybody's numbers
once, even rough ones. Last year we spent the first hour finding out that
we were looking at three different sheets.

Regards,
Ada
"""


def test_wrapped_lines_are_joined_and_broken_ones_are_not() -> None:
    first, second = texts(WRAPPED)
    assert first.startswith("Before we meet")
    assert "\n" not in first
    assert second == "Regards,\nAda"


def test_short_lines_are_verse() -> None:
    assert texts("The map is not\nthe place, you say.\nI know.") == [
        "The map is not\nthe place, you say.\nI know."
    ]


def test_japanese_lines_join_without_a_blank() -> None:
    line = "港" * 70
    assert texts(f"{line}\n{line}\n{line}\n") == [line * 3]


def test_columns_are_preformatted() -> None:
    table = "  Item       2026     2027\n  -------------------------\n  People   412 000  438 000\n"
    (block,) = blocks(table)
    assert block.kind is BlockKind.PREFORMATTED
    assert text(block) == "Item       2026     2027\n-------------------------\nPeople   412 000  438 000"


def test_a_diff_is_preformatted() -> None:
    assert blocks("diff --git a/x b/x\n--- a/x\n+++ b/x\n")[0].kind is BlockKind.PREFORMATTED


@pytest.mark.parametrize(
    ("source", "items"),
    [
        ("- one\n- two\n", [("•", 0, "one"), ("•", 0, "two")]),
        ("* one\n  a line of its own\n* two\n", [("•", 0, "one\na line of its own"), ("•", 0, "two")]),
        ("1. one\n2. two\n10) ten\n", [("1.", 0, "one"), ("2.", 0, "two"), ("10)", 0, "ten")]),
        ("- one\n    - inner\n- two\n", [("•", 0, "one"), ("•", 2, "inner"), ("•", 0, "two")]),
    ],
)
def test_lists(source: str, items: list[tuple[str, int, str]]) -> None:
    found = blocks(source)
    assert [(b.marker, b.level, text(b)) for b in found] == items
    assert {b.kind for b in found} == {BlockKind.ITEM}


def test_a_number_at_the_start_of_a_sentence_is_no_list() -> None:
    assert blocks("We met in\n1998. Nobody remembers where.\n")[0].kind is BlockKind.PARAGRAPH


def test_a_rule_between_paragraphs() -> None:
    assert [b.kind for b in blocks("a\n\n----------\n\nb")] == [
        BlockKind.PARAGRAPH,
        BlockKind.RULE,
        BlockKind.PARAGRAPH,
    ]


@pytest.mark.parametrize(
    "source",
    [
        "Name: a rather long product name of more than sixty letters\nPrice: 12 EUR",
        "Your order of a rather long product name of more than sixty\nQuantity: 2\nDelivery on Monday",
        "The one thing that was to be done in the week before Christmas\nAda\nNoor\nLiv",
        "https://x.example/a/rather/long/address/that/goes/on/and/on/and/on\nhttps://y.example/",
        "12 Main Street, at the corner of the very long Street of Names\nSpringfield",
        "A headline that is quite long, which nobody would ever have broken\nand a short line\nBye\n",
        (
            "Every line is a paragraph of its own, as programs write that do not wrap at all, and goes on\n"
            "and on, far beyond where others do, for as long as there is something to say about it all"
        ),
        "  indented by two\n  and once more\nnot indented",
    ],
)
def test_what_was_a_line_stays_a_line(source: str) -> None:
    assert "\n".join(texts(source)) == source.rstrip()


LONG_ITEM = """\
Please note these things, all of which were said in the last meeting, and
have been agreed to by everybody who was there at the time, as far as we
know today:

- the first is rather long and is wrapped by the program of the sender at
  the same column as everything else here
- the second one
  Name: a line of its own
"""


def test_a_wrapped_item_is_joined() -> None:
    found = texts(LONG_ITEM)
    assert found[1:] == [
        (
            "the first is rather long and is wrapped by the program of the sender at the same column as"
            " everything else here"
        ),
        "the second one\nName: a line of its own",
    ]


def test_a_wrapped_line_may_go_on_with_a_capital() -> None:
    source = (
        "Before we meet on Thursday I would like to have seen the numbers of\n"
        "everybody once, even rough ones, and I would be glad to see those of\n"
        "Ada as well. They were said to be ready on the day before yesterday,\n"
        "when Noor asked for them.\n"
    )
    assert "those of Ada as well" in texts(source)[0]
    assert "\n" not in texts(source)[0]


FOOTER = """\
To leave this list, write a message that says nothing but the one word of
leave to the address of the one who keeps it, which you will see below in
the next lines, and wait until you are told that you have been taken off:

the list's own address for those who want to leave it: leave@x.example
More about it is written on the pages of the list
"""


def test_a_line_that_ends_in_an_address_ends_there() -> None:
    assert texts(FOOTER)[1].count("\n") == 1


NOTES = """\
The sheet [1] is new, and so is the list [2]; see also [9].

[1] https://x.example/sheet
[2]: <https://y.example/list>.

> old words [1]
> [1] https://z.example/old
"""


def test_footnotes_keep_their_numbers() -> None:
    links = Links()
    found = read_plain(NOTES, links)
    assert [(link.url, link.label(index)) for index, link in enumerate(links.found)] == [
        ("https://x.example/sheet", "1"),
        ("https://y.example/list", "2"),
        ("https://z.example/old", "1"),
    ]
    assert all(link.is_footnote for link in links.found)
    lead = [(span.text, span.link) for block in found for span in block.spans if span.link is not None]
    assert lead == [
        ("[1]", 0),
        ("[2]", 1),
        ("https://x.example/sheet", 0),
        ("https://y.example/list", 1),
        ("[1]", 2),
        ("https://z.example/old", 2),
    ]
    assert "".join(span.text for span in found[0].spans) == NOTES.split("\n")[0]


def test_no_link_is_shown_by_a_footnotes_number() -> None:
    links = Links()
    read_plain("See [1] and [2].\n", links)
    index = links.add("https://x.example/", "here")
    assert index is not None
    assert links.found[index].label(index) == "3"


def test_what_outlook_writes_behind_words_is_parted_from_them() -> None:
    (found,) = texts("Write to ada@x.example<mailto:ada@x.example> or click here<https://x.example/a>\n")
    assert found == "Write to ada@x.example or click here<https://x.example/a>"


def test_an_attribution_right_below_the_answer() -> None:
    found = blocks(
        'Hello\n02.04.2012 14:20 пользователь "bob@x.example" <\nbob@x.example> написал:\n\n> Hi\n'
    )
    assert [(text(b).split()[0], b.quote) for b in found] == [("Hello", 0), ("02.04.2012", 1), ("Hi", 1)]


def test_an_address_in_full_sight_has_no_number() -> None:
    links = Links()
    read_plain("see https://x.example/a and <https://y.example/>\n", links)
    assert [link.label(index) for index, link in enumerate(links.found)] == ["", ""]


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPad",
        "Get Outlook for iOS<https://aka.ms/x>",
    ],
)
def test_what_a_phone_adds_is_a_signature(line: str) -> None:
    found = blocks(f"Yes.\n\n{line}\n\nOn Mon, 16 Nov 2026, Ada <a@x.example> wrote:\n> words\n")
    assert [(b.is_signature, b.quote) for b in found] == [(False, 0), (True, 0), (False, 1), (False, 1)]
    assert blocks(f"Yes.\n\n{line}\n")[-1].is_signature
    assert not blocks(f"{line} is what they all say.\nI do not.\n")[0].is_signature


@pytest.mark.parametrize(
    "line",
    [
        "On Mon, 16 Nov 2026 at 09:12, Ada Byron <ada@analytical.example> wrote:",
        "On Mon, 16 Nov 2026 at 09:12, Ada Byron\n<ada@analytical.example> wrote:",
        "Am 16.11.2026 um 09:12 schrieb Ada Byron:",
        "Le lun. 16 nov. 2026 à 09:12, Hélène a écrit :",
    ],
)
def test_an_unmarked_original_below_its_attribution_is_a_quote(line: str) -> None:
    found = blocks(f"My answer.\n\n{line}\n\ntheir words\n\nand more\n")
    assert [b.quote for b in found] == [0, 1, 1, 1]
    # With nothing above it, the answer may be below.
    assert {b.quote for b in blocks(f"{line}\n\ntheir words\n")} == {0}


@pytest.mark.parametrize("marks", ["> ", ">", " > "])
def test_quotes_have_a_depth(marks: str) -> None:
    found = blocks(f"new\n\n{marks}old\n{marks}> older\n\nnew again\n")
    assert [(b.quote, text(b)) for b in found] == [(0, "new"), (1, "old"), (2, "older"), (0, "new again")]


@pytest.mark.parametrize(
    "line",
    [
        "On Mon, 16 Nov 2026 at 09:12, Ada Byron <ada@analytical.example> wrote:",
        "On Mon, 16 Nov 2026 at 09:12, Ada Byron\n<ada@analytical.example> wrote:",
        "16. nov. 2026 skrev Ingrid <ingrid@fjordpost.example>:",
        "Am 16.11.2026 um 09:12 schrieb Ada Byron:",
        "Le lun. 16 nov. 2026 à 09:12, Hélène a écrit :",
        "El lun, 16 nov 2026, José escribió:",
        "2026年11月16日 9:12 田中 <tanaka@minato-press.example>:",
        "في 16 نوفمبر، كتب سمير:",
    ],
)
def test_attributions_belong_to_their_quote(line: str) -> None:
    found = blocks(f"My answer.\n\n{line}\n> their words\n")
    assert [b.quote for b in found] == [0, 1, 1]


def test_a_sentence_that_ends_in_a_colon_is_no_attribution() -> None:
    assert [b.quote for b in blocks("What you said last time:\n> words\n")] == [0, 1]


@pytest.mark.parametrize(
    "head",
    [
        "-----Original Message-----\nFrom: Ada\nSent: Monday\n",
        "________________________________\nFrom: Ada <a@x.example>\nSent: Mon\nSubject: x\n",
        "Von: Ada\nGesendet: Montag\nAn: Noor\nBetreff: x\n",
        "---------- Forwarded message ---------\nFrom: Ada\n",
    ],
)
def test_an_untouched_original_is_a_quote(head: str) -> None:
    found = blocks(f"Agreed.\n\n{head}\nthe old text\n")
    assert found[0].quote == 0
    assert {b.quote for b in found[1:]} == {1}


def test_a_ticket_is_no_original() -> None:
    assert {
        b.quote for b in blocks("Thank you for your order.\n\nFrom: Paris\nTo: Lisbon\nDate: 21 November\n")
    } == {0}


def test_a_forward_without_a_word_of_its_own_is_shown() -> None:
    assert {
        b.quote for b in blocks("---------- Forwarded message ---------\nFrom: Ada\nDate: x\n\nhello\n")
    } == {0}


def test_a_signature_ends_at_the_quote() -> None:
    found = blocks("Hi\n\n-- \nAda\nMaps\n\nOn x, Lin wrote:\n> yes\n")
    assert [(text(b), b.is_signature, b.quote) for b in found] == [
        ("Hi", False, 0),
        ("Ada\nMaps", True, 0),
        ("On x, Lin wrote:", False, 1),
        ("yes", False, 1),
    ]


def test_a_long_tail_is_no_signature() -> None:
    assert not any(b.is_signature for b in blocks("-- \n" + "\n\n".join(f"line {n}" for n in range(20))))


@pytest.mark.parametrize(
    ("source", "urls"),
    [
        ("see https://x.example/a.", ["https://x.example/a"]),
        (
            "(https://x.example/a_(b)) and <https://y.example>,",
            ["https://x.example/a_(b)", "https://y.example"],
        ),
        ("www.x.example/z!", ["http://www.x.example/z"]),
        ("no link: http:// or https:", []),
        ("mailto:ada@x.example", ["mailto:ada@x.example"]),
        ("https://x.example/?q=a&b=c#d;", ["https://x.example/?q=a&b=c#d"]),
    ],
)
def test_links_are_found(source: str, urls: list[str]) -> None:
    links = Links()
    read_plain(source, links)
    assert [link.url for link in links.found] == urls


def test_flowed_text_flows() -> None:
    source = "One sentence \ngoes on here.\nA new line.\n \u0020indented\n>> deep \n>> quote\n-- \nAda\n"
    found = blocks(source, is_flowed=True)
    assert text(found[0]) == "One sentence goes on here.\nA new line.\n indented"
    assert (text(found[1]), found[1].quote) == ("deep quote", 2)
    assert found[2].is_signature


def test_delsp_deletes_the_space() -> None:
    assert texts("来週 \nの予定\n", is_flowed=True, deletes_space=True) == ["来週の予定"]


def test_space_stuffing_is_undone() -> None:
    assert texts(" From here\n >not a quote\n", is_flowed=True) == ["From here\n>not a quote"]


def test_nothing_dangerous_survives() -> None:
    assert texts("a\x1b[31mb\x1b]0;t\x07\u202ec\n") == ["abc"]


LINES = st.lists(
    st.sampled_from(
        [
            "> ",
            ">> x",
            "On Monday Ada wrote:",
            "-- ",
            "--",
            "- item",
            "1. item",
            "    code",
            "a   b   c",
            "From: a",
            "Sent: b",
            "_" * 30,
            "",
            "word " * 14,
            "https://x.example/(a",
            "\x1b[m",
            "\t",
            "来週 ",
        ]
    ),
    max_size=40,
)


@given(LINES, st.booleans())
def test_any_order_of_lines_is_read(lines: list[str], is_flowed: bool) -> None:
    for block in blocks("\n".join(lines), is_flowed=is_flowed):
        assert block.quote >= 0
        assert "\x1b" not in text(block)


@given(st.text(max_size=300))
def test_any_text_is_read(source: str) -> None:
    blocks(source)
    blocks(source, is_flowed=True)


@pytest.mark.parametrize(
    "unit", ["> ", "a\n", "- a\n", "1. a\n", "\n", "http://", "From: x\nSent: y\n", "a  b   c\n", "On a\n<"]
)
def test_time_is_linear_in_the_text(unit: str) -> None:
    started = time.thread_time()
    blocks(unit * (150_000 // len(unit)))
    assert time.thread_time() - started < 8
