"""Data tables keep their columns, layout tables are read in order."""

from __future__ import annotations

from imapcore.model import BlockKind
from tests.mime.html.show import blocks, rows, text, texts


def test_spans_leave_their_places_empty() -> None:
    (table,) = blocks(
        "<table><tr><th rowspan=2>Item<th colspan=2>Price<tr><th>net<th>gross"
        "<tr><td>Ink<td>3<td>4<tr><td rowspan=2>Paper<td>2<td>3<tr><td>20<td>30</table>"
    )
    assert rows(table) == [
        ["Item", "Price", ""],
        ["", "net", "gross"],
        ["Ink", "3", "4"],
        ["Paper", "2", "3"],
        ["", "20", "30"],
    ]


def test_a_line_break_in_a_cell_stays_one() -> None:
    (table,) = blocks("<table><tr><th>Who<th>Where<tr><td>Ada<td>12 Main St<br>London</table>")
    assert rows(table)[1] == ["Ada", "12 Main St\nLondon"]


def test_a_list_in_a_cell_keeps_its_marks() -> None:
    (table,) = blocks("<table><tr><th>a<th>b<tr><td>x<td><ul><li>one<li>two</ul></table>")
    assert rows(table)[1] == ["x", "• one\n• two"]


def test_one_long_cell_does_not_flatten_a_table_with_a_head() -> None:
    source = f"<table><tr><th>a<th>b<tr><td>1<td>{'long ' * 80}<tr><td>2<td>short<tr><td>3<td>x</table>"
    (table,) = blocks(source)
    assert table.kind is BlockKind.TABLE


def test_a_row_of_one_cell_is_a_line_of_its_own() -> None:
    found = blocks(
        "<table border=1><tr><td colspan=2>Order 17<tr><td>Ink<td>3<tr><td>Paper<td>2"
        "<tr><td colspan=2>Thank you</table>"
    )
    assert [block.kind for block in found] == [BlockKind.PARAGRAPH, BlockKind.TABLE, BlockKind.PARAGRAPH]
    assert rows(found[1]) == [["Ink", "3"], ["Paper", "2"]]


def test_what_the_sender_calls_a_layout_is_one() -> None:
    source = "<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>"
    assert texts(source) == ["a  ·  b\nc  ·  d"]


def test_columns_of_text_are_read_one_after_the_other() -> None:
    long = "many words that fill a whole column and go on and on " * 5
    found = texts(f"<table><tr><td>{long}<td>{long}<tr><td>{long}<td>{long}</table>")
    assert len(found) == 4


def test_a_table_that_claims_a_million_columns_is_read() -> None:
    found = blocks("<table><tr><td colspan=1000000 rowspan=1000000>a<td>b<tr><td>c</table>")
    assert "".join("".join(map("".join, rows(b))) + text(b) for b in found).replace("  ·  ", "")


def test_a_table_in_an_item_has_its_mark() -> None:
    found = blocks("<ul><li><table><tr><td>x</table></ul>")
    assert [(block.kind, block.marker, text(block)) for block in found] == [(BlockKind.ITEM, "•", "x")]
