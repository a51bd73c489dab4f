"""Where the panes go: pure, from the terminal's size and what the user wants."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class ReaderPlace(StrEnum):
    """Where a conversation is read."""

    BESIDE = "beside"
    BELOW = "below"
    OFF = "off"
    """In place of the list."""
    NARROW = "narrow"
    """One pane at a time, the tree included."""


READER_CHOICES = ("auto", "beside", "below", "off")
"""What the user may ask for."""

NARROW_BELOW = 90
BESIDE_FROM = 160
BELOW_FROM = 30
"""Lines from which the reader fits below the list."""
_LEAST_LIST = 44
_LEAST_READER = 50


class Layout(Struct, frozen=True):
    """Sizes in cells; 0 where a pane has none of its own."""

    place: ReaderPlace
    tree: int
    list_width: int = 0
    """Of the list, where the reader is beside it."""
    list_height: int = 0
    """Of the list, where the reader is below it."""


def plan_layout(
    width: int,
    height: int,
    *,
    wanted: str = "auto",
    tree_width: int = 0,
    list_share: int = 0,
    has_tree: bool = True,
) -> Layout:
    """Decide the panes. ``tree_width`` and ``list_share`` (thousandths) are the user's; 0: ours."""
    if width < NARROW_BELOW:
        return Layout(ReaderPlace.NARROW, width)
    tree = 0
    if has_tree:
        natural = 26 if width >= 120 else 22
        tree = max(12, min(tree_width or natural, width // 3))
    room = width - tree
    place = ReaderPlace(wanted) if wanted in ("beside", "below", "off") else None
    if place is None:
        if width >= BESIDE_FROM:
            place = ReaderPlace.BESIDE
        else:
            place = ReaderPlace.BELOW if height >= BELOW_FROM else ReaderPlace.OFF
    # A choice that does not fit gives way to the next best, and comes back with the room.
    if place is ReaderPlace.BESIDE and room < _LEAST_LIST + _LEAST_READER:
        place = ReaderPlace.BELOW
    if place is ReaderPlace.BELOW and height < 16:
        place = ReaderPlace.OFF
    if place is ReaderPlace.BESIDE:
        share = list_share or 500
        list_width = max(_LEAST_LIST, min(round(room * share / 1000), room - _LEAST_READER))
        return Layout(place, tree, list_width=list_width)
    if place is ReaderPlace.BELOW:
        body = height - 2
        share = list_share or 360
        return Layout(place, tree, list_height=max(5, min(round(body * share / 1000), body - 8)))
    return Layout(place, tree)
