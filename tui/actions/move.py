"""Moving about: lines, pages, panes, in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tui.actions.write import continue_draft, draft_here
from tui.bridge.messages import Tone
from tui.keys.commands import Where

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.actions.screen import TriageScreen


_MOST_PAGES = 100


def _times(screen: TriageScreen) -> int:
    return max(1, screen.count)


def _move(rows: int) -> Callable[[TriageScreen], None]:
    def action(screen: TriageScreen) -> None:
        if screen.where is Where.TREE:
            screen.places.move(rows * _times(screen))
        else:
            screen.thread_list.move(rows * _times(screen))

    return action


def _scroll(lines: int) -> Callable[[TriageScreen], None]:
    return lambda screen: screen.reader.scroll_lines(lines * _times(screen))


def _page(share: float) -> Callable[[TriageScreen], None]:
    def action(screen: TriageScreen) -> None:
        for _ in range(min(_times(screen), _MOST_PAGES)):
            if screen.where is Where.TREE:
                screen.places.page(share)
            elif screen.where is Where.READER:
                screen.reader.scroll_screens(share)
            else:
                screen.thread_list.page(share)

    return action


def _to_end(*, is_bottom: bool) -> Callable[[TriageScreen], None]:
    def action(screen: TriageScreen) -> None:
        if screen.where is Where.TREE:
            screen.places.move_to_end(is_bottom=is_bottom)
        elif screen.where is Where.READER:
            (screen.reader.to_bottom if is_bottom else screen.reader.to_top)()
        elif screen.count:
            screen.thread_list.move_to(screen.count - 1)
        else:
            screen.thread_list.move_to_end(is_bottom=is_bottom)

    return action


def _on_screen(share: float) -> Callable[[TriageScreen], None]:
    return lambda screen: screen.thread_list.move_on_screen(share)


def _unread(step: int) -> Callable[[TriageScreen], None]:
    def action(screen: TriageScreen) -> None:
        is_reading = screen.where is Where.READER
        if not screen.thread_list.move_to_unread(step):
            screen.flash(f"No unread conversation {'further down' if step > 0 else 'further up'}", Tone.HINT)
            return
        row = screen.thread_list.cursor_row
        if is_reading and row is not None:
            screen.open_thread(row.thrid)

    return action


def open_here(screen: TriageScreen) -> None:
    """Open what the cursor is on; in the reader, open or fold the current message."""
    draft = None if screen.where is Where.TREE or screen.desk.mail.is_read_only else draft_here(screen)
    if screen.where is Where.TREE:
        screen.places.choose()
    elif draft is not None:
        continue_draft(screen, draft.msgid)
    elif screen.where is Where.READER:
        screen.reader.toggle_message()
    else:
        row = screen.thread_list.cursor_row
        if row is not None:
            screen.open_thread(row.thrid)


def back(screen: TriageScreen) -> None:
    """One step out: from the reader, the tree, a selection, a filter, a view."""
    if screen.where is not Where.LIST:
        screen.go_to_pane(Where.LIST)
        return
    if screen.thread_list.selection:
        screen.thread_list.select_none()
    elif screen.view.text or screen.view.is_unread_only:
        screen.show_view(replace(screen.view, text="", is_unread_only=False), remember=False)
    elif screen.history:
        jump_back(screen)
    else:
        key = screen.desk.keymap.key_of("quit")
        screen.flash(f"Nothing to go back to; {key} quits", Tone.HINT)


def jump_back(screen: TriageScreen) -> None:
    """The view before this one."""
    if not screen.history:
        screen.flash("There is no view before this one", Tone.HINT)
        return
    screen.future.append(replace(screen.view, text=""))
    screen.show_view(screen.history.pop(), remember=False)


def jump_forward(screen: TriageScreen) -> None:
    """Forward again."""
    if not screen.future:
        screen.flash("There is no view after this one", Tone.HINT)
        return
    screen.history.append(replace(screen.view, text=""))
    screen.show_view(screen.future.pop(), remember=False)


_PANES = (Where.TREE, Where.LIST, Where.READER)


def _next_pane(step: int) -> Callable[[TriageScreen], None]:
    def action(screen: TriageScreen) -> None:
        panes = [
            pane
            for pane in _PANES
            if (pane is not Where.TREE or screen.layout_now.tree)
            and (pane is not Where.READER or (screen.open_thrid is not None and _has_reader(screen)))
        ]
        here = panes.index(screen.where) if screen.where in panes else 0
        if screen.is_composing and not 0 <= here + step < len(panes):
            screen.composer.begin()
            return
        screen.go_to_pane(panes[(here + step) % len(panes)])

    return action


def _has_reader(screen: TriageScreen) -> bool:
    return screen.has_reader_pane or screen.is_reading


ACTIONS: Mapping[str, Callable[[TriageScreen], None]] = {
    "next": _move(1),
    "previous": _move(-1),
    "scroll-down": _scroll(1),
    "scroll-up": _scroll(-1),
    "open": open_here,
    "back": back,
    "page-down": _page(1.0),
    "page-up": _page(-1.0),
    "half-down": _page(0.5),
    "half-up": _page(-0.5),
    "top": _to_end(is_bottom=False),
    "bottom": _to_end(is_bottom=True),
    "screen-top": _on_screen(0),
    "screen-middle": _on_screen(0.5),
    "screen-bottom": _on_screen(1),
    "next-unread": _unread(1),
    "previous-unread": _unread(-1),
    "jump-back": jump_back,
    "jump-forward": jump_forward,
    "next-pane": _next_pane(1),
    "previous-pane": _next_pane(-1),
}
