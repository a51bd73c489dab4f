"""The composer: the fields of a mail, its text, its files, what is wrong with it.

It shows a draft and gives back what became of it; saving, sending and asking are its owner's
(``tui.compose.composing``), to whom it posts what happened. It reads nothing but the address book.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace
from textual import events, on
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from imapcore.model import Address, Draft, DraftFile
from tui.bridge.messages import ComposerAsked, ComposerChanged
from tui.bridge.writing_port import MailWriting
from tui.compose.fields import AddressInput, FieldRow, Sender, finished_part, fragment_of
from tui.compose.text import MailText
from tui.keys.commands import Command, Where
from tui.keys.keymap import Keymap, Strokes, stroke_of
from tui.style.text import cut, plural, size, steady
from tui.widgets.choice_list import Bit, ChoiceLine, ChoiceList
from tui.widgets.dialog_style import Look
from tui.widgets.line_input import LineInput

_SUGGESTED = 5
_PEOPLE = ("to", "cc", "bcc")


class Written(Struct, frozen=True):
    """What stands in the fields, as typed."""

    sender: Address
    to: str
    cc: str
    bcc: str
    subject: str
    text: str
    is_markdown: bool = False


class Rule(Widget):
    """Parts the fields from the text."""

    DEFAULT_CSS = "Rule { height: 1; padding: 0 1; color: $faint-ink; }"

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._glyph = look.glyphs.rule

    def render(self) -> Content:
        """A line from edge to edge."""
        return Content(self._glyph * self.size.width)


class Composer(Vertical):
    """Fields, files, problems, text."""

    DEFAULT_CSS = """
    Composer { width: 1fr; height: 1fr; background: $list-shade; }
    Composer #compose-head { height: 1; background: $head-shade; color: $bright-ink; padding: 0 1; }
    Composer #compose-files, Composer #compose-problem { height: auto; max-height: 3; padding: 0 1; }
    Composer #compose-files { color: $middle-ink; }
    Composer #compose-problem { color: $star-shade; }
    Composer #compose-problem.-refused { color: $refusal-shade; }
    Composer ChoiceList { height: 5; margin: 0 0 0 9; display: none; }
    Composer .-unused { display: none; }
    Composer.-head-open .-unused { display: block; }
    """

    def __init__(
        self,
        writing: MailWriting,
        people: Callable[[str, int], Sequence[Address]],
        keymap: Callable[[], Keymap],
        look: Look,
        *,
        id: str | None = None,
    ) -> None:
        """``people`` completes names; ``keymap`` is asked at each key."""
        self.sender = Sender(id="compose-from")
        self.people_fields = {name: AddressInput(id=f"compose-{name}") for name in _PEOPLE}
        self.subject = LineInput(id="compose-subject")
        self.text = MailText(look.palette, id="compose-text")
        self._choices = ChoiceList(look, id="compose-people")
        self._head, self._files_line, self._problem_line = (
            Static("", id=f"compose-{name}", markup=False) for name in ("head", "files", "problem")
        )
        self._rows = {name: FieldRow(name.capitalize(), field) for name, field in self.people_fields.items()}
        # Given at once, not composed later: what is typed ahead finds the field that it is meant for.
        super().__init__(
            self._head,
            FieldRow("From", self.sender),
            *self._rows.values(),
            self._choices,
            FieldRow("Subject", self.subject),
            self._files_line,
            self._problem_line,
            Rule(look),
            self.text,
            id=id,
        )
        self._writing = writing
        self._people = people
        self._keymap = keymap
        self.look = look
        self._held: Strokes = ()
        self._title, self._state = "", ""
        self._is_markdown = False
        self._files: tuple[DraftFile, ...] = ()
        self._suggested: tuple[Address, ...] = ()
        self._said = ""
        """What was said of the whole mail, as opposed to its addresses."""
        self._known = self.written
        """What stood in the fields when that was last told."""

    def on_mount(self) -> None:
        """Nothing is shown that is not there."""
        self._show_files()
        self._show_problem()
        self._fold()

    # -- what it holds ---------------------------------------------------------------------------------

    def show(self, draft: Draft, identities: tuple[Address, ...] = (), *, cursor: int = 0) -> None:
        """Show a draft, the cursor behind so many characters of its text."""
        self.sender.show(draft.sender, identities or (draft.sender,))
        for name, addresses in (("to", draft.to), ("cc", draft.cc), ("bcc", draft.bcc)):
            self.people_fields[name].value = self._writing.show_recipients(addresses)
        self.subject.value = draft.subject
        self.text.set_text(draft.text, cursor)
        self._is_markdown = draft.is_markdown
        self.show_files(draft.files)
        self.say("")
        self._fold()
        # These changes are not the writer's.
        self._known = self.written

    def _note(self) -> None:
        """Tell of a change, once."""
        written = self.written
        if written != self._known:
            self._known = written
            self.post_message(ComposerChanged())

    @property
    def written(self) -> Written:
        """What stands in the fields."""
        fields = self.people_fields
        return Written(
            self.sender.address,
            fields["to"].value,
            fields["cc"].value,
            fields["bcc"].value,
            self.subject.value,
            self.text.text,
            self._is_markdown,
        )

    def put(self, written: Written) -> None:
        """Take what was written elsewhere, in the text so that it can be undone."""
        for name in _PEOPLE:
            self.people_fields[name].value = getattr(written, name)
        self.subject.value = written.subject
        self.text.change_text(written.text)
        self._fold()
        self._show_problem()
        self._note()

    def into(self, draft: Draft) -> Draft:
        """The draft with what stands in the fields; addresses that are none are left out."""
        written = self.written
        read = self._writing.read_recipients
        return replace(
            draft,
            sender=written.sender,
            to=read(written.to).addresses,
            cc=read(written.cc).addresses,
            bcc=read(written.bcc).addresses,
            subject=written.subject,
            text=written.text,
            is_markdown=written.is_markdown,
        )

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with the addresses as they stand."""
        found: list[str] = []
        for name in _PEOPLE:
            value = self.people_fields[name].value
            found.extend(self._writing.read_recipients(value).problems if value.strip() else ())
        return tuple(found)

    def show_files(self, files: tuple[DraftFile, ...]) -> None:
        """Show what goes with it."""
        self._files = files
        self._show_files()

    def toggle_markdown(self) -> bool:
        """Write in Markdown, or plainly; whether it is Markdown now."""
        self._is_markdown = not self._is_markdown
        self._show_head()
        self._note()
        return self._is_markdown

    # -- what is said ----------------------------------------------------------------------------------

    def title(self, title: str, state: str = "") -> None:
        """What is being written, and how it stands."""
        self._title, self._state = title, state
        self._show_head()

    def _show_head(self) -> None:
        dot = f" {self.look.glyphs.dot} "
        parts = [part for part in (self._title, "Markdown" if self._is_markdown else "", self._state) if part]
        self._put(self._head, cut(steady(dot.join(parts)), max(10, self.size.width - 2)))

    def say(self, sentence: str, *, is_refusal: bool = False) -> None:
        """What is wrong with the whole; empty takes it away."""
        self._said = sentence
        self._show_problem()
        self._problem_line.set_class(is_refusal, "-refused")

    def _show_problem(self) -> None:
        focused = self.screen.focused if self.is_attached else None
        found: list[str] = [self._said] if self._said else []
        for name in _PEOPLE:
            field = self.people_fields[name]
            # What is still being typed is no mistake yet.
            value = finished_part(field.value) if field is focused else field.value
            found.extend(self._writing.read_recipients(value).problems if value.strip() else ())
        text = "\n".join(steady(each) for each in found)
        self._put(self._problem_line, text, hides=True)

    def _show_files(self) -> None:
        if not self._files:
            self._put(self._files_line, "", hides=True)
            return
        mark, dot = self.look.glyphs.attachment, f" {self.look.glyphs.dot} "
        names = dot.join(f"{steady(each.filename)} {size(each.size)}" for each in self._files)
        total = size(sum(each.size for each in self._files))
        more = f"{dot}{plural(len(self._files), 'file')}, {total}" if len(self._files) > 1 else ""
        self._put(self._files_line, f"{mark} {names}{more}", hides=True)

    @staticmethod
    def _put(line: Static, text: str, *, hides: bool = False) -> None:
        line.update(Content(text))
        if hides:
            line.display = bool(text)

    # -- fields ----------------------------------------------------------------------------------------

    def _fold(self) -> None:
        """Fields that nobody uses take no line while one writes."""
        for name in ("cc", "bcc"):
            self._rows[name].set_class(not self.people_fields[name].value.strip(), "-unused")

    def set_locked(self, is_locked: bool) -> None:
        """Take no more letters into the text, while it is being handed over."""
        self.text.read_only = is_locked

    def begin(self) -> None:
        """Put the cursor where one begins: whom it goes to, what it is about, or what one says."""
        if not self.people_fields["to"].value.strip():
            self.go(self.people_fields["to"])
        elif not self.subject.value.strip():
            self.go(self.subject)
        else:
            self.go(self.text)

    def on_descendant_focus(self) -> None:
        """Among the fields all of them are shown, at the text those that are used."""
        # Several may be told in any order: what holds is who has the keys now.
        self.set_class(self.screen.focused is not self.text, "-head-open")
        self._fold()
        self._suggest(None)
        self._show_problem()

    def go(self, field: Widget) -> None:
        """Give a field the keys, at once: what is typed next is meant for it."""
        self.screen.set_focus(field, scroll_visible=False)

    def _order(self) -> list[Widget]:
        return [self.sender, *self.people_fields.values(), self.subject, self.text]

    def _go(self, step: int) -> None:
        order, focused = self._order(), self.screen.focused
        at = order.index(focused) if focused in order else 0
        self.go(order[(at + step) % len(order)])

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.written == self._known:
            return
        if isinstance(event.input, AddressInput) and event.input.has_focus:
            self._suggest(event.input)
        self._show_problem()
        self._note()

    @on(TextArea.Changed)
    def _text_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._note()

    @on(Sender.Changed)
    def _sender_changed(self, event: Sender.Changed) -> None:
        event.stop()
        self._note()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._go(1)

    # -- completion ------------------------------------------------------------------------------------

    @property
    def is_suggesting(self) -> bool:
        """Whether addresses are offered."""
        return bool(self._suggested)

    def _suggest(self, field: AddressInput | None) -> None:
        found: tuple[Address, ...] = ()
        if field is not None:
            start, end = fragment_of(field.value, field.cursor_position)
            typed = field.value[start:end].strip()
            if typed and field.cursor_position >= end:
                found = tuple(self._people(typed, _SUGGESTED))
                if len(found) == 1 and self._writing.show_recipients(found) == typed:
                    found = ()
        self._suggested = found
        self._choices.display = bool(found)
        self._choices.styles.height = max(1, len(found))
        self._choices.show(len(found), self._line)

    def _line(self, index: int) -> ChoiceLine:
        address = self._suggested[index]
        return ChoiceLine((Bit(address.name or address.email, "bright"), Bit(f"  {address.email}", "dim")))

    def _take(self, index: int) -> None:
        field = self.screen.focused
        if not isinstance(field, AddressInput) or not 0 <= index < len(self._suggested):
            return
        start, end = fragment_of(field.value, field.cursor_position)
        taken = self._writing.show_recipients((self._suggested[index],))
        rest = field.value[end:].lstrip(" ,;")
        field.value = f"{field.value[:start]}{taken}, {rest}"
        field.cursor_position = start + len(taken) + 2
        self._suggest(None)

    @on(ChoiceList.Chosen)
    def _chosen(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        self._take(event.index)

    @on(ChoiceList.Moved)
    def _moved(self, event: ChoiceList.Moved) -> None:
        event.stop()

    # -- keys ------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """What the field did not take: offered addresses, the verbs of the registry, the next field."""
        if self._suggested and self._key_of_list(event.key):
            event.stop()
            event.prevent_default()
            return
        strokes = (*self._held, stroke_of(event.key, event.character))
        found = self._keymap().resolve(Where.COMPOSER, strokes)
        self._held = () if isinstance(found, Command) or not found else strokes
        if isinstance(found, Command):
            event.stop()
            event.prevent_default()
            self.post_message(ComposerAsked(found.id))
        elif found:
            event.stop()
            event.prevent_default()
        elif event.key in ("tab", "shift+tab"):
            event.stop()
            event.prevent_default()
            self._go(1 if event.key == "tab" else -1)
        elif event.key in ("up", "down") and self.screen.focused is not self.text:
            event.stop()
            event.prevent_default()
            self._step(1 if event.key == "down" else -1)

    def _step(self, step: int) -> None:
        order = self._order()
        at = order.index(self.screen.focused) if self.screen.focused in order else 0
        if 0 <= at + step < len(order):
            self.go(order[at + step])

    def _key_of_list(self, key: str) -> bool:
        choices = self._choices
        if key in ("tab", "enter"):
            self._take(choices.cursor)
        elif key in ("down", "up"):
            choices.move(1 if key == "down" else -1)
        elif key == "escape":
            self._suggest(None)
        else:
            return False
        return True

    def on_resize(self) -> None:
        """The title is as long as the line."""
        self._show_head()

    def redress(self, look: Look) -> None:
        """Draw in the colours of another theme."""
        self.look = look
        self.text.set_palette(look.palette)
        self._choices.look = look
        self._choices.refresh()
