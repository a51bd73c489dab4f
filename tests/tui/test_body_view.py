"""Bodies as lines: wrapping, quotations, links, lists, tables, what stands at the end."""

from __future__ import annotations

import time
from itertools import islice

import pytest
from rich.cells import cell_len

from imapcore.model import Attachment, Block, BlockKind, Body, Link, Span
from tui.style.glyphs import ASCII, UNICODE
from tui.widgets.reader.body_layout import MEASURE, WIDEST, lay_out
from tui.widgets.reader.body_lines import Ink, Line
from tui.widgets.reader.body_tables import share
from tui.widgets.reader.find import find_all

P = BlockKind.PARAGRAPH


def paragraph(text: str, quote: int = 0, *, is_signature: bool = False) -> Block:
    return Block(P, (Span(text),), quote=quote, is_signature=is_signature)


def body(
    *blocks: Block, links: tuple[Link, ...] = (), attachments: tuple[Attachment, ...] = (), notice: str = ""
) -> Body:
    return Body(1, blocks, links, attachments, notice=notice)


def lines(value: Body, width: int = 60, opened: frozenset[int] | None = frozenset()) -> list[str]:
    return [line.text.rstrip().replace("\u00a0", " ") for line in lay_out(value, width, opened)]


def table(*rows: tuple[str, ...], has_header: bool = True) -> Block:
    return Block(
        BlockKind.TABLE,
        rows=tuple(tuple((Span(cell),) for cell in row) for row in rows),
        has_header=has_header,
    )


# -- prose --------------------------------------------------------------------------------------------------


def test_paragraphs_are_parted_by_a_blank_line() -> None:
    assert lines(body(paragraph("one"), paragraph("two"))) == ["one", "", "two"]


def test_a_line_the_sender_broke_stays_broken() -> None:
    assert lines(body(paragraph("Yours,\nAda"))) == ["Yours,", "Ada"]


@pytest.mark.parametrize("width", [20, 50, 72, 200])
def test_prose_keeps_to_its_measure_whatever_the_width(width: int) -> None:
    found = lines(body(paragraph("word " * 200)), width)
    assert max(map(len, found)) <= min(width, MEASURE)
    assert max(map(len, found)) > min(width, MEASURE) - 5


def test_items_hang_on_their_marker() -> None:
    item = Block(
        BlockKind.ITEM, (Span("a long item that has to be wrapped somewhere"),), level=1, marker="2."
    )
    other = Block(BlockKind.ITEM, (Span("short"),), marker="*")
    assert lines(body(other, item), 30) == [
        "· short",
        "  2. a long item that has to",
        "     be wrapped somewhere",
    ]


def test_preformatted_text_keeps_its_columns() -> None:
    block = Block(BlockKind.PREFORMATTED, (Span("a\tb\n  c  d"),))
    assert lines(body(block)) == ["a       b", "  c  d"]


def test_styles_survive_wrapping() -> None:
    block = Block(P, (Span("plain "), Span("bold words here", is_bold=True), Span(" plain")))
    pieces = [piece for line in lay_out(body(block), 10) for piece in line.pieces]
    assert " ".join(piece.text for piece in pieces if Ink.BOLD in piece.ink).split() == [
        "bold",
        "words",
        "here",
    ]


def test_no_line_is_wider_than_the_page() -> None:
    value = body(
        paragraph("日本語の長い文章です。" * 20),
        paragraph("مرحبا بالعالم " * 20, quote=2),
        Block(BlockKind.HEADING, (Span("A heading that is rather long for this page"),), level=1),
        Block(BlockKind.PREFORMATTED, (Span("x" * 300),)),
        table(("a" * 50, "b" * 50), ("c", "d" * 90)),
        Block(BlockKind.RULE),
    )
    for width in (12, 24, 40, 80):
        for line in lay_out(value, width, None):
            assert cell_len(line.text.rstrip()) <= min(width, WIDEST), line.text


def test_an_empty_body_says_so() -> None:
    assert lines(body()) == ["This message has no text"]


def test_ascii_marks_for_terminals_without_utf8() -> None:
    value = body(paragraph("mine"), paragraph("q\n" * 9, quote=1), paragraph("mine"))
    for line in lay_out(value, 40, frozenset(), ASCII):
        assert line.text.isascii()


# -- quotations -------------------------------------------------------------------------------------------


def test_a_quotation_at_the_end_is_folded_to_one_line() -> None:
    value = body(paragraph("Yes."), paragraph("\n".join(f"line {n}" for n in range(14)), quote=1))
    assert lines(value) == ["Yes.", "", "… 14 quoted lines"]


def test_an_opened_quotation_shows_its_depth() -> None:
    value = body(paragraph("Yes."), paragraph("a\nb\nc", quote=1), paragraph("d", quote=2))
    assert lines(value, opened=frozenset({0})) == ["Yes.", "", "▾ quoted", "│ a", "│ b", "│ c", "│", "│ │ d"]
    assert lines(value, opened=None) == lines(value, opened=frozenset({0}))


def test_a_short_quotation_that_is_answered_stays_open() -> None:
    value = body(
        paragraph("When?", quote=1), paragraph("Tomorrow."), paragraph("Where?", quote=1), paragraph("Here.")
    )
    assert lines(value) == ["│ When?", "", "Tomorrow.", "", "│ Where?", "", "Here."]


def test_a_long_one_in_the_middle_is_folded() -> None:
    value = body(paragraph("\n".join("abcdefgh"), quote=1), paragraph("I agree."))
    assert lines(value) == ["… 8 quoted lines", "", "I agree."]


def test_a_signature_below_does_not_unfold_what_stands_above_it() -> None:
    value = body(paragraph("Yes."), paragraph("a\nb\nc\nd", quote=1), paragraph("Ada", is_signature=True))
    assert lines(value) == ["Yes.", "", "… 4 quoted lines", "", "Ada"]


def test_a_message_that_is_nothing_but_a_quotation_is_shown() -> None:
    assert lines(body(paragraph("a\nb\nc\nd\ne\nf\ng", quote=1)))[0] == "│ a"


def test_folds_are_numbered_in_reading_order() -> None:
    long = "\n".join("abcdefgh")
    value = body(paragraph(long, quote=1), paragraph("I agree."), paragraph(long, quote=1))
    assert [line.fold for line in lay_out(value, 60) if line.fold is not None] == [0, 1]


# -- links ------------------------------------------------------------------------------------------------


def linked(text: str, link: Link) -> str:
    return lines(body(Block(P, (Span("see "), Span(text, link=0), Span("."))), links=(link,)))[0]


def test_a_link_is_followed_by_its_number_and_real_host() -> None:
    link = Link("https://docs.example.org/x", "docs.example.org", "the sheet")
    assert linked("the sheet", link) == "see the sheet [1 docs.example.org]."


def test_a_host_that_is_to_be_read_anyway_is_not_said_twice() -> None:
    link = Link("https://docs.example.org/x", "docs.example.org", "docs.example.org", is_host_shown=True)
    assert linked("docs.example.org", link) == "see docs.example.org [1]."
    link = Link("https://docs.example.org/x", "docs.example.org", "here", is_senders=True)
    assert linked("here", link) == "see here [1]."


def test_an_address_in_full_sight_needs_no_number() -> None:
    url = "https://docs.example.org/x"
    assert linked(url, Link(url, "docs.example.org", url, number=0)) == f"see {url}."
    assert linked(url, Link(url, "docs.example.org", url, number=7)) == f"see {url} [7 docs.example.org]."


def test_a_link_that_lies_says_where_it_really_goes() -> None:
    link = Link("https://evil.example/", "evil.example", "bank.example", is_suspicious=True)
    assert linked("bank.example", link) == "see bank.example [1 really evil.example]."
    block = Block(P, (Span("bank.example", link=0),))
    pieces = [piece for line in lay_out(body(block, links=(link,)), 60) for piece in line.pieces]
    assert any(Ink.WARNING in piece.ink and "evil" in piece.text for piece in pieces)


def test_an_endless_address_is_cut_and_stays_in_the_picker() -> None:
    url = "https://track.example/" + "x" * 400
    assert len(linked(url, Link(url, "track.example", url))) < 80


def test_a_link_without_a_target_is_plain_text() -> None:
    assert lines(body(Block(P, (Span("nowhere", link=7),)))) == ["nowhere"]


# -- tables -----------------------------------------------------------------------------------------------


def test_columns_are_aligned_and_figures_stand_right() -> None:
    assert lines(body(table(("Item", "2026"), ("People", "412 000"), ("Cloud", "61 500")))) == [
        "  Item        2026",
        "  " + "─" * 16,
        "  People   412 000",
        "  Cloud     61 500",
    ]


def test_cells_wrap_where_the_table_is_too_wide() -> None:
    found = lines(body(table(("k", "a long cell that needs several lines of its own"), has_header=False)), 30)
    assert len(found) > 1
    assert all(cell_len(line) <= 30 for line in found)


def test_a_hopeless_table_is_read_out() -> None:
    head = tuple(f"column {n}" for n in range(9))
    found = lines(body(table(head, tuple(f"value {n}" for n in range(9)))), 24)
    assert "column 3: value 3" in found


def test_wide_characters_do_not_shift_a_column() -> None:
    found = lines(body(table(("名前", "x"), ("Ada", "y"), has_header=False)))
    assert [cell_len(line.rpartition(" ")[0]) for line in found] == [8, 8] or found[0].endswith("x")
    assert cell_len(found[0][: found[0].index("x")]) == cell_len(found[1][: found[1].index("y")])


def test_rows_of_different_length_are_survived() -> None:
    assert lines(body(table(("a",), ("b", "c", "d"), (), has_header=False)))


def test_sharing_a_page_among_columns() -> None:
    assert share([3, 4], 20) == [3, 4]
    assert share([3, 40], 20) == [3, 17]
    assert share([30, 30, 30], 10) is None


# -- the end ----------------------------------------------------------------------------------------------


def test_notice_and_attachments_stand_at_the_end() -> None:
    files = (Attachment("2", "budget.pdf", "application/pdf", 183_204), Attachment("3", "", "image/png", 12))
    found = lines(body(paragraph("See."), attachments=files, notice="Pictures were left out"))
    assert found == [
        "See.",
        "",
        "· Pictures were left out",
        "",
        f"{UNICODE.attachment} budget.pdf  183 kB  application/pdf",
        f"{UNICODE.attachment} (no name)  12 B  image/png",
    ]


# -- size -------------------------------------------------------------------------------------------------


def test_the_first_screen_of_a_megabyte_comes_at_once() -> None:
    value = body(paragraph("mot à mot " * 100_000), paragraph("x\n" * 100_000, quote=1))
    started = time.thread_time()
    assert len(list(islice(lay_out(value, 80), 60))) == 60
    assert time.thread_time() - started < 0.25


# -- finding ----------------------------------------------------------------------------------------------


def found_in(texts: list[tuple[str, bool]], query: str) -> list[tuple[tuple[int, int, int], ...]]:
    from tui.widgets.reader.body_lines import Piece

    return find_all([Line((Piece(text),), is_continued=more) for text, more in texts], query)


def test_finding_ignores_case_and_crosses_our_line_ends() -> None:
    assert found_in([("the Second", True), ("half of it", False)], "second half") == [((0, 4, 10), (1, 0, 4))]
    assert found_in([("the second", False), ("half", False)], "second half") == []
    assert found_in([("İstanbul İ", False)], "stanbul") == [((0, 1, 8),)]
    assert found_in([("aaa", False)], "") == []
