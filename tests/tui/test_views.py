"""What an empty list says: never that there is nothing where nothing has been asked yet."""

from __future__ import annotations

import pytest

from imapcore.model import INBOX, LinkState, LinkStatus, Progress, Role, View
from tui.keys.keymap import Keymap
from tui.widgets.sidebar.view_titles import empty_words

LIVE = LinkStatus(LinkState.LIVE)
KEYMAP = Keymap("gmail", {})


def said(view: View, link: LinkStatus, progress: Progress, *, is_complete: bool) -> str:
    return empty_words(view, link, progress, None, KEYMAP, is_complete=is_complete)[0]


@pytest.mark.parametrize(
    ("progress", "is_complete", "words"),
    [
        (Progress(0, 0, 0, False), False, "Fetching mail…"),
        (Progress(0, 0, 0, True), False, "Fetching mail…"),
        (Progress(10, 500, 0, True), False, "Fetching mail…"),
        (Progress(10, 500, 0, True), True, "Fetching mail…"),
        (Progress(500, 500, 0, False), True, "Inbox zero"),
    ],
)
def test_an_inbox_that_was_not_asked_for_is_not_called_empty(
    progress: Progress, is_complete: bool, words: str
) -> None:
    assert said(INBOX, LIVE, progress, is_complete=is_complete) == words


def test_without_a_link_the_link_is_the_reason() -> None:
    link = LinkStatus(LinkState.OFFLINE, "Working offline")
    assert said(INBOX, link, Progress(0, 0, 0, False), is_complete=False) == "Working offline"
    assert said(View.of_role(Role.SPAM), link, Progress(9, 9, 0, False), is_complete=True) == "No spam"
