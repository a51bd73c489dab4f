"""Where the panes go."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.style.layout import READER_CHOICES, ReaderPlace, plan_layout


def test_the_sizes_of_the_sketches() -> None:
    assert plan_layout(80, 24).place is ReaderPlace.NARROW
    assert plan_layout(120, 36).place is ReaderPlace.BELOW
    assert plan_layout(120, 24).place is ReaderPlace.OFF
    assert plan_layout(200, 50).place is ReaderPlace.BESIDE


def test_the_users_choice_wins_where_it_fits() -> None:
    assert plan_layout(200, 50, wanted="below").place is ReaderPlace.BELOW
    assert plan_layout(120, 36, wanted="off").place is ReaderPlace.OFF
    assert plan_layout(100, 40, wanted="beside").place is ReaderPlace.BELOW
    assert plan_layout(80, 40, wanted="beside").place is ReaderPlace.NARROW


@given(
    st.integers(1, 400),
    st.integers(1, 120),
    st.sampled_from(READER_CHOICES),
    st.integers(0, 500),
    st.integers(0, 1000),
    st.booleans(),
)
def test_every_pane_has_room(
    width: int, height: int, wanted: str, tree_width: int, list_share: int, has_tree: bool
) -> None:
    layout = plan_layout(
        width, height, wanted=wanted, tree_width=tree_width, list_share=list_share, has_tree=has_tree
    )
    if layout.place is ReaderPlace.NARROW:
        return
    assert layout.tree <= width // 3
    if layout.place is ReaderPlace.BESIDE:
        assert layout.list_width >= 44
        assert width - layout.tree - layout.list_width >= 50
    if layout.place is ReaderPlace.BELOW:
        assert 5 <= layout.list_height <= height - 10
