"""The label editor: three states over the selection, filtered as one types.

Knows values only: labels and counts come in, a ``LabelChange`` goes out, or None when all stays as it was.
What can be chosen is in ``tui.dialogs.label_choices``; here is what it looks like and which key means what.
The same screen moves (`v`): then there are no boxes to tick, one label is picked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from msgspec import Struct
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from imapcore.errors import GimapError
from imapcore.gmail.label_names import show_label
from imapcore.model import LabelCounts, Mailbox
from tui.dialogs.dialog import say_dead_key
from tui.dialogs.label_choices import CreateRow, GapRow, LabelChange, LabelChoices, LabelRow, Row, State
from tui.keys.commands import Where
from tui.keys.keymap import bindings_for
from tui.style.text import cut
from tui.widgets.choice_list import Bit, ChoiceLine, ChoiceList
from tui.widgets.dialog_style import Look, words
from tui.widgets.key_line import KeyLine
from tui.widgets.line_input import LineInput

Preview = Callable[[LabelChange], Sequence[str]]
"""The IMAP commands a change would send."""
_HIGHEST, _FRAME = 24, 10
"""Lines of the whole box at most, and those that are not labels."""
_SMALL = 16
"""Below this height the box gives up its air."""


class Scope(Struct, frozen=True):
    """What a change would concern."""

    title: str
    """For example ``3 conversations`` or ``this message``."""
    counts: LabelCounts


class LabelEditor(ModalScreen[LabelChange | None]):
    """Add, remove and create labels; or pick the one to move to."""

    CSS_PATH = "label_editor.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_for(Where.LABEL_EDITOR),
    ]

    class Previewed(Message):
        """What a change would send is known."""

        def __init__(self, generation: int, lines: tuple[str, ...]) -> None:
            self.generation = generation
            self.lines = lines
            super().__init__()

    def __init__(
        self,
        labels: Sequence[Mailbox],
        conversations: Scope,
        *,
        message: Scope | None = None,
        is_message_first: bool = False,
        is_move: bool = False,
        preview: Preview | None = None,
        look: Look | None = None,
        query: str = "",
    ) -> None:
        """``message`` is the other scope that Tab switches to; ``is_message_first`` begins with it."""
        super().__init__()
        self.look = look or Look()
        self._scopes = [conversations] if message is None else [conversations, message]
        self._choices = [LabelChoices(labels, scope.counts) for scope in self._scopes]
        self._scope = 1 if is_message_first and message is not None else 0
        self._is_move = is_move
        self._preview = preview
        self._query = query
        self._rows: tuple[Row, ...] = ()
        self._generation = 0
        self._is_asking = False
        self._is_meant = False
        """Whether the line under the cursor is one the user means, and not just the first."""

    # -- putting together -------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Filter, labels, what will be sent, keys."""
        with Vertical(id="box") as box:
            self.look.box(box)
            # As high as the whole list needs, and then steady: a box that jumps while one types is unrest.
            box.styles.height = min(_HIGHEST, len(self.choices.rows("")) + _FRAME)
            box.border_subtitle = words("Esc leaves all as it was")
            with Horizontal(id="filter"):
                yield Static(self.look.glyphs.prompt, id="prompt")
                yield LineInput(self._query, placeholder="type to filter or create", id="field")
            yield ChoiceList(self.look, id="labels")
            yield Static("", id="preview", markup=False)
            yield KeyLine(self.look, id="keys")

    def on_mount(self) -> None:
        """Begin with the filter."""
        self.query_one(LineInput).focus()
        self._show_scope()
        self._filter(self._query, self._first_choice())
        # Enter at once means the label used last, if there is one; never the first that happens to be.
        self._is_meant = bool(self._query) or self._first_choice() is not None

    def on_resize(self, event: events.Resize) -> None:
        """Give up the air in a small window."""
        self.set_class(event.size.height < _SMALL, "-small")

    @property
    def choices(self) -> LabelChoices:
        """The labels over the scope in force."""
        return self._choices[self._scope]

    @property
    def is_message_only(self) -> bool:
        """Whether the change concerns the one message."""
        return self._scope == 1

    def _first_choice(self) -> str | None:
        """The label used last that the selection lacks: to label one conversation after the other alike."""
        counts = self.choices.counts
        lacking = (name for name in counts.recent if self.choices.original(name) is State.NONE)
        return next(lacking, None) if not self._query else None

    def _show_scope(self) -> None:
        title = self._scopes[self._scope].title
        box = self.query_one("#box")
        box.border_title = words(f"Move {title} to" if self._is_move else f"Label {title}")

    # -- the list -----------------------------------------------------------------------------------------

    def _filter(self, query: str, keep: str | None = None) -> None:
        """List what fits; the cursor stays on ``keep`` if it is still there."""
        self._rows = self.choices.rows(query)
        cursor = next(
            (
                index
                for index, row in enumerate(self._rows)
                if isinstance(row, LabelRow | CreateRow) and row.name == keep
            ),
            0,
        )
        self.query_one(ChoiceList).show(
            len(self._rows), self._line, cursor=cursor, empty="No labels yet: type a name to create one"
        )

    @property
    def _row(self) -> Row | None:
        cursor = self.query_one(ChoiceList).cursor
        return self._rows[cursor] if 0 <= cursor < len(self._rows) else None

    def _line(self, index: int) -> ChoiceLine:
        row = self._rows[index]
        if isinstance(row, GapRow):
            return ChoiceLine(is_choosable=False)
        if isinstance(row, CreateRow):
            return self._create_line(row)
        return self._label_line(row)

    def _label_line(self, row: LabelRow) -> ChoiceLine:
        glyphs = self.look.glyphs
        left: list[Bit] = []
        indent = "  " * row.depth
        state = self.choices.state(row.name)
        if not row.is_choosable:
            pad = indent + ("   " if self._is_move else "      ")
            return ChoiceLine((Bit(pad + row.text, "dim"),), is_choosable=False)
        if not self._is_move:
            mark = {State.ALL: glyphs.check_all, State.SOME: glyphs.check_some, State.NONE: glyphs.check_none}
            tone = "faint" if state is State.NONE else "good"
            left.append(Bit(self.look.check(mark[state]), tone, is_bold=self.choices.is_changed(row.name)))
        foreground, _ = self.look.chip(row.name)
        left.append(Bit(f"{indent} {glyphs.label} ", foreground))
        tone = "bright" if state is not State.NONE else "text"
        left.extend(_highlighted(row.text, row.positions, tone))
        count = self.choices.count(row.name)
        right_tone = "star" if self.choices.is_changed(row.name) else "dim"
        return ChoiceLine(tuple(left), (Bit(count + " ", right_tone),) if count else ())

    def _create_line(self, row: CreateRow) -> ChoiceLine:
        if row.problem:
            return ChoiceLine((Bit(f"   {row.problem}", "refusal"),), is_choosable=False)
        name = show_label(row.name)
        left = [
            Bit(f"   {self.look.glyphs.create} ", "here", is_bold=True),
            Bit(f"create “{cut(name, 120)}”", "text"),
        ]
        if row.parents:
            inside = ", ".join(f"“{show_label(parent)}”" for parent in row.parents)
            left.append(Bit(f" and {inside}", "dim"))
        return ChoiceLine(tuple(left))

    # -- what is typed ------------------------------------------------------------------------------------

    @on(Input.Changed, "#field")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._is_meant = bool(event.value.strip())
        self._filter(event.value)

    @on(Input.Submitted, "#field")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._apply()

    @on(LineInput.SpacePressed)
    def _space(self, event: LineInput.SpacePressed) -> None:
        event.stop()
        self._toggle()

    @on(ChoiceList.Moved)
    def _moved(self, event: ChoiceList.Moved) -> None:
        event.stop()
        field = self.query_one(LineInput)
        field.is_space_given_away = self._space_ticks(field.value)
        self._show_keys()
        self._show_preview()

    def _space_ticks(self, query: str) -> bool:
        """Whether Space ticks; on the line for creating, and inside “Reading list”, it is text."""
        row = self._row
        if self._is_move or not isinstance(row, LabelRow):
            return False
        typed = query.casefold()
        return not typed.strip() or f"{typed} " not in row.text.casefold()

    @on(ChoiceList.Chosen)
    def _clicked(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        self._is_meant = True
        if self._is_move:
            self._apply()
        else:
            self._toggle()

    def on_key(self, event: events.Key) -> None:
        """Move the cursor from within the filter."""
        choices = self.query_one(ChoiceList)
        moves: dict[str, Callable[[], None]] = {
            "down": lambda: choices.move(1),
            "up": lambda: choices.move(-1),
            "ctrl+n": lambda: choices.move(1),
            "ctrl+p": lambda: choices.move(-1),
            "pagedown": lambda: choices.page(1),
            "pageup": lambda: choices.page(-1),
        }
        move = moves.get(event.key)
        if move is not None:
            event.stop()
            event.prevent_default()
            self._is_meant = True
            move()
        else:
            say_dead_key(self, event)

    # -- verbs --------------------------------------------------------------------------------------------

    def action_command(self, command_id: str) -> None:
        """Do a verb of the registry."""
        verbs: dict[str, Callable[[], None]] = {
            "label-toggle": self._toggle,
            "label-apply": self._apply,
            "label-scope": self._switch_scope,
            "label-cancel": self._cancel,
        }
        verbs[command_id]()

    def _cancel(self) -> None:
        self.dismiss(None)

    def _toggle(self) -> None:
        row = self._row
        if self._is_move or row is None:
            return
        self._is_meant = True
        if isinstance(row, LabelRow):
            self.choices.toggle(row.name)
            self.query_one(ChoiceList).redraw()
        elif isinstance(row, CreateRow) and not row.problem:
            self.choices.create(row.name)
            self.query_one(LineInput).value = ""
            self._filter("", keep=row.name)
        self._show_keys()
        self._show_preview()

    def _switch_scope(self) -> None:
        if len(self._scopes) < 2:
            return
        row = self._row
        before = self.choices
        self._scope = 1 - self._scope
        self.choices.take_over(before)
        self._show_scope()
        self._filter(self.query_one(LineInput).value, row.name if isinstance(row, LabelRow) else None)

    def _pending(self) -> LabelChange:
        """What Enter would do now."""
        row = self._row
        if self._is_move:
            name = row.name if isinstance(row, LabelRow | CreateRow) else ""
            created = (name,) if isinstance(row, CreateRow) else ()
            return LabelChange(frozenset({name} - {""}), frozenset(), created, self.is_message_only)
        change = self.choices.change(is_message_only=self.is_message_only)
        typed = bool(self.query_one(LineInput).value.strip())
        if isinstance(row, CreateRow) and not row.problem and typed:
            # What stands under the cursor was typed to be created: Enter means it, with all that was ticked.
            return LabelChange(
                change.add | {row.name}, change.remove, (*change.create, row.name), change.is_message_only
            )
        if not change and self._is_meant and isinstance(row, LabelRow):
            self.choices.toggle(row.name)
            change = self.choices.change(is_message_only=self.is_message_only)
            while self.choices.is_changed(row.name):
                self.choices.toggle(row.name)
        return change

    def _apply(self) -> None:
        change = self._pending()
        if change:
            self.dismiss(change)
        elif self._rows and not any(isinstance(row, LabelRow) for row in self._rows):
            # Only a name that cannot be is listed: what was typed stays, the sentence stands under it.
            self.app.bell()
        else:
            self.dismiss(None)

    # -- what it says -------------------------------------------------------------------------------------

    def _show_preview(self) -> None:
        """Ask what the change would send; the answer to an earlier question is not shown any more."""
        change = self._pending()
        self._generation += 1
        if self._preview is None or not change:
            self._draw_preview(())
        elif not self._is_asking:
            self._is_asking = True
            self._ask(self._preview, change, self._generation)

    @work(thread=True, group="preview", exit_on_error=False)
    def _ask(self, preview: Preview, change: LabelChange, generation: int) -> None:
        # The store may be busy with mail that arrives: no key waits for this.
        try:
            lines = tuple(preview(change))
        except GimapError as error:
            lines = (error.sentence(),)
        self.post_message(self.Previewed(generation, lines))

    def on_label_editor_previewed(self, event: Previewed) -> None:
        """Show the answer, or ask again when something else was typed meanwhile."""
        event.stop()
        self._is_asking = False
        if event.generation == self._generation:
            self._draw_preview(event.lines)
        else:
            self._show_preview()

    def _draw_preview(self, lines: Sequence[str]) -> None:
        more = f"  (+{len(lines) - 1} more)" if len(lines) > 1 else ""
        # Two lines at most, and a little less: words are wrapped whole.
        room = 2 * max(20, self.query_one("#preview").size.width) - 12
        text = cut(lines[0], room - len(more)) + more if lines else ""
        self.query_one("#preview", Static).update(Content(text))

    def _show_keys(self) -> None:
        parts: list[tuple[str, str]] = []
        row = self._row
        if self._is_move:
            parts.append(("Enter", "create and move" if isinstance(row, CreateRow) else "move"))
        elif isinstance(row, CreateRow):
            parts.append(("Enter", "create and apply"))
        elif isinstance(row, LabelRow):
            parts.append(("Space", "toggle"))
            parts.append(("Enter", "apply" if self._pending() else "close"))
        if len(self._scopes) > 1:
            parts.append(("Tab", self._scopes[1 - self._scope].title + ("" if self._scope else " only")))
        self.query_one(KeyLine).teach(parts)


def _highlighted(text: str, positions: Sequence[int], tone: str) -> list[Bit]:
    """The text as bits, the matched characters bold and underlined."""
    marked = frozenset(positions)
    bits: list[Bit] = []
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or (index in marked) != (start in marked):
            hit = start in marked
            bits.append(Bit(text[start:index], "bright" if hit else tone, is_bold=hit, is_underlined=hit))
            start = index
    return bits
