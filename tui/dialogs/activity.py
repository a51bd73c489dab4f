"""Activity: what was done, what is still to be sent, what Gmail refused and why; the transcript beside it.

It reads the journal again when the engine hints that something changed; what it does (retry, discard, cancel,
undo) it asks of the engine and shows at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import ClassVar, TypeVar

from msgspec import Struct
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widgets import Static

from imapcore.errors import GimapError, InvalidArgument
from imapcore.events import Event
from imapcore.model import Activity, OpState
from tui.bridge.background import Background, may_be_large
from tui.bridge.port import MailEngine
from tui.dialogs.confirm import ConfirmScreen
from tui.dialogs.dialog import DialogKeys, move_choices, say_dead_key
from tui.keys.commands import Where
from tui.keys.keymap import bindings_for
from tui.style.text import cut, local, number, plural, steady, when
from tui.widgets.choice_list import Bit, ChoiceLine, ChoiceList
from tui.widgets.dialog_style import Look, keymap_of, look_of
from tui.widgets.key_line import KeyLine

T = TypeVar("T")

_ROOM_FOR_TIME = 40
_PAUSE_SECONDS = 0.2
"""How long hints are gathered before the journal is read again."""
_COMMANDS_SHOWN = 6
_STATES: dict[OpState, tuple[str, str]] = {
    OpState.PENDING: ("to be sent", "star"),
    OpState.SENT: ("sent", "star"),
    OpState.CONFIRMED: ("done", "good"),
    OpState.REJECTED: ("refused", "refusal"),
    OpState.SUPERSEDED: ("taken back before it was sent", "dim"),
}


class _Verb(Struct, frozen=True):
    """A key of this screen: what it says, when it applies, what it does."""

    command_id: str
    word: str
    applies: Callable[[Activity | None, MailEngine], bool]
    act: Callable[[MailEngine, int], object] | None = None
    """What is asked of the engine, given the op's number; None: the user is asked first."""


class ActivityScreen(Screen[None]):
    """The journal, newest first, and the conversation with the server behind it."""

    CSS_PATH: ClassVar[CSSPathType | None] = "activity.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for(Where.DIALOG)]

    class Hinted(Message, bubble=False):
        """Hint: the journal or the transcript may have changed."""

        def can_replace(self, message: Message) -> bool:
            """A newer hint makes an older one superfluous."""
            return isinstance(message, ActivityScreen.Hinted)

    def __init__(
        self,
        mail: MailEngine,
        *,
        aside: Background | None = None,
        now: Callable[[], int] | None = None,
        zone: tzinfo | None = None,
        has_commands: bool = True,
        look: Look | None = None,
    ) -> None:
        """Without ``now`` times are said as clock and day, without how long ago. ``aside``: that of whoever
        outlives this screen.
        """
        super().__init__()
        self._mail = mail
        self._aside = aside or Background(self, self._complain)
        self._now = now
        self._zone = zone
        self._look = look
        self._has_commands = has_commands
        """Whether the commands that a change sent are shown with it."""
        self._activity: tuple[Activity, ...] = ()
        self._transcript: tuple[str, ...] = ()
        self._unsubscribe: Callable[[], None] | None = None
        self._is_waiting = False
        self._is_in_transcript = False
        self._keys = DialogKeys(Where.ACTIVITY)

    @property
    def look(self) -> Look:
        """Palette and marks."""
        if self._look is None:
            self._look = look_of(self.app)
        return self._look

    def compose(self) -> ComposeResult:
        """Head, journal with details, transcript, keys."""
        yield Static("", id="head")
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield ChoiceList(self.look, back="list", id="ops")
                yield Static("", id="detail", markup=False)
            with Vertical(id="right"):
                yield Static("TRANSCRIPT, WITHOUT SECRETS", id="right-title", markup=False)
                transcript = ChoiceList(self.look, back="frame", id="transcript")
                transcript.is_cursor_shown = False
                yield transcript
        yield KeyLine(self.look, id="keys")

    def on_mount(self) -> None:
        """Read, and listen for changes."""
        self._unsubscribe = self._mail.subscribe(self._listen)
        self.read_again()

    def on_unmount(self) -> None:
        """Stop listening."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def _listen(self, event: Event) -> None:
        # On the engine's threads: posting is all that may be done here.
        self.post_message(self.Hinted())

    def on_activity_screen_hinted(self, event: Hinted) -> None:
        """Gather hints for a moment, then read once."""
        if not self._is_waiting:
            self._is_waiting = True
            self.set_timer(_PAUSE_SECONDS, self.read_again)

    def on_resize(self, event: events.Resize) -> None:
        """Lines of other lengths."""
        self._show_detail()

    # -- what is shown --------------------------------------------------------------------------------

    def read_again(self) -> None:
        """Read journal and transcript; the cursor stays on its op."""
        self._is_waiting = False
        ops = self.query_one("#ops", ChoiceList)
        held = self._current
        self._activity = tuple(each for each in self._mail.activity() if not _is_nothing(each))
        index = next((i for i, each in enumerate(self._activity) if held and each.op_id == held.op_id), 0)
        ops.show(
            len(self._activity),
            self._op_line,
            cursor=index,
            empty="Nothing was done here yet; what you do stands here, and can be taken back",
        )
        lines = self._mail.transcript()
        transcript = self.query_one("#transcript", ChoiceList)
        if lines != self._transcript:
            is_at_end = transcript.scroll_y >= transcript.max_scroll_y
            self._transcript = lines
            transcript.show(len(lines), self._transcript_line, empty="Nothing was sent yet")
            if is_at_end:
                self.call_after_refresh(self._to_end)
        self._show_head()
        self._show_detail()
        self._teach()

    def _to_end(self) -> None:
        transcript = self.query_one("#transcript", ChoiceList)
        transcript.go(len(self._transcript) - 1)
        transcript.scroll_to(y=transcript.max_scroll_y, animate=False, immediate=True)

    @property
    def _current(self) -> Activity | None:
        cursor = self.query_one("#ops", ChoiceList).cursor
        return self._activity[cursor] if 0 <= cursor < len(self._activity) else None

    def _show_head(self) -> None:
        palette = self.look.palette
        waiting = sum(each.state in (OpState.PENDING, OpState.SENT) for each in self._activity)
        refused = sum(each.state is OpState.REJECTED for each in self._activity)
        parts: list[str | tuple[str, str]] = [("Activity", f"{palette.bright} bold")]
        if waiting:
            parts.append((f"   {number(waiting)} to be sent", palette.star))
        if refused:
            parts.append((f"   {number(refused)} refused", palette.refusal))
        key_of = keymap_of(self.app).key_of
        undo, redo = self._mail.next_undo(), self._mail.next_redo()
        if undo:
            parts.append((f"   {key_of('undo')} takes back: {steady(undo)}", palette.dim))
        if redo:
            parts.append((f"   {key_of('redo')} does again: {steady(redo)}", palette.dim))
        self.query_one("#head", Static).update(Content.assemble(*parts))

    def _time(self, at: int) -> str:
        return when(at, self._now(), self._zone) if self._now else f"{local(at, self._zone):%H:%M}"

    def _op_line(self, index: int) -> ChoiceLine:
        each = self._activity[index]
        word, tone = _STATES[each.state]
        glyphs = self.look.glyphs
        marks = {
            OpState.PENDING: glyphs.pending,
            OpState.SENT: glyphs.pending,
            OpState.CONFIRMED: glyphs.selected,
            OpState.REJECTED: glyphs.rejected,
            OpState.SUPERSEDED: glyphs.dash,
        }
        if each.state is OpState.SENT and 0 < each.done < each.messages:
            word = f"{number(each.done)} of {number(each.messages)}"
        if each.is_undone and each.state is OpState.CONFIRMED:
            word, tone = "taken back", "dim"
        text = "dim" if each.is_undone or each.state is OpState.SUPERSEDED else "text"
        return ChoiceLine(
            (
                Bit(f" {marks[each.state]} ", tone, is_bold=True),
                Bit(f"{self._time(each.at):>7}  " if self.size.width >= _ROOM_FOR_TIME else "", "dim"),
                Bit(steady(each.summary), text),
            ),
            (Bit(word + " ", tone),),
        )

    def _transcript_line(self, index: int) -> ChoiceLine:
        line = self._transcript[index]
        if line.startswith("C:"):
            tone = "here"
        elif any(word in line[:60] for word in (" NO ", " BAD ", "* BYE")):
            tone = "refusal"
        else:
            tone = "dim"
        return ChoiceLine((Bit(steady(line), tone),))

    def _show_detail(self) -> None:
        each = self._current
        detail = self.query_one("#detail", Static)
        detail.display = each is not None
        if each is None:
            return
        palette = self.look.palette
        width = max(20, self.size.width - 5)
        word, tone = _STATES[each.state]
        parts: list[str | tuple[str, str]] = [(word, self.look.ink(tone))]
        if each.state is OpState.REJECTED and each.done:
            parts.append(f" for {number(each.messages - each.done)} of {plural(each.messages, 'message')}")
        elif each.messages:
            parts.append(f", {plural(each.messages, 'message')}")
        if each.undoes is not None:
            parts.append(", takes an earlier change back")
        if each.answer:
            parts.extend(("\n", ("Gmail says: ", palette.dim), (steady(each.answer), palette.refusal)))
        shown = _COMMANDS_SHOWN if self._has_commands else 0
        for command in each.commands[:shown]:
            parts.extend(("\n", (cut(steady(command), width), f"{palette.text} italic")))
        more = len(each.commands) - shown if shown else 0
        if more > 0:
            parts.append((f"\nand {plural(more, 'more command')}", palette.dim))
        detail.update(Content.assemble(*parts))

    def _teach(self) -> None:
        each = self._current
        key_of = keymap_of(self.app).key_of
        keys = [(key_of(verb.command_id), verb.word) for verb in VERBS if verb.applies(each, self._mail)]
        other = "journal" if self._is_in_transcript else "transcript"
        taught = [*keys, (key_of("next-pane"), other), ("Esc", "back")]
        self.query_one(KeyLine).teach([(key, word) for key, word in taught if key])

    # -- keys -------------------------------------------------------------------------------------------

    @on(ChoiceList.Moved, "#ops")
    def _moved(self, event: ChoiceList.Moved) -> None:
        event.stop()
        self._show_detail()
        self._teach()

    def on_key(self, event: events.Key) -> None:
        """Move, switch panes, or do one of the verbs."""
        shown = "#transcript" if self._is_in_transcript else "#ops"
        choices = self.query_one(shown, ChoiceList)
        command_id = self._keys.read(keymap_of(self.app), event)
        ways: dict[str, Callable[[], None]] = {
            "next": lambda: choices.move(1),
            "previous": lambda: choices.move(-1),
            "page-down": lambda: choices.page(1),
            "page-up": lambda: choices.page(-1),
            "top": lambda: choices.go(0),
            "bottom": lambda: choices.go(choices.count - 1),
            "next-pane": self._switch,
            "previous-pane": self._switch,
            "back": self._leave,
        }
        if command_id is None:
            if not move_choices(choices, event.key):
                say_dead_key(self, event)
                return
        elif command_id in ways:
            ways[command_id]()
        else:
            for verb in VERBS:
                if verb.command_id == command_id:
                    self._do(verb)
        event.stop()
        event.prevent_default()

    def _leave(self) -> None:
        self.dismiss(None)

    def _switch(self) -> None:
        self._is_in_transcript = not self._is_in_transcript
        self.set_class(self._is_in_transcript, "-transcript")
        self.query_one("#ops", ChoiceList).is_cursor_shown = not self._is_in_transcript
        self.query_one("#transcript", ChoiceList).is_cursor_shown = self._is_in_transcript
        for choices in self.query(ChoiceList):
            choices.redraw()
        self._teach()

    def _do(self, verb: _Verb) -> None:
        current = self._current
        if not verb.applies(current, self._mail):
            self.query_one(KeyLine).say(f"{verb.word.capitalize()}: not for this line")
            return
        act, op_id = verb.act, current.op_id if current is not None else 0
        if act is not None:
            self._carry_out(lambda: act(self._mail, op_id))
        elif current is not None:
            self._ask_to_take_back(current)

    def _carry_out(self, work: Callable[[], T], then: Callable[[T], object] = lambda _: None) -> None:
        """Do it, at once or beside the screen, and look again."""

        def done(result: T) -> None:
            then(result)
            self._look_again()

        try:
            self._aside.do(work, done, is_long=may_be_large(self._mail), complain=self._complain)
        except GimapError as error:
            self._complain(error.sentence())

    def _complain(self, sentence: str) -> None:
        self.app.notify(sentence, severity="error", markup=False)
        self._look_again()

    def _look_again(self) -> None:
        if self.is_attached:
            self.read_again()

    def action_command(self, command_id: str) -> None:
        """Esc goes back; Enter retries what was refused."""
        if command_id == "dialog-cancel":
            self.dismiss(None)
        elif self._current is not None and self._current.state is OpState.REJECTED:
            self._do(VERBS[0])

    def _ask_to_take_back(self, each: Activity) -> None:
        """Ask, then take back the newest op and all before it, down to this one."""
        count = len(to_take_back(self._activity, each.op_id))

        def told(result: tuple[int, bool]) -> None:
            taken, is_reached = result
            words = f"{plural(taken, 'change')} taken back"
            rest = "" if is_reached else f"; “{steady(each.summary)}” itself cannot be"
            self.app.notify(f"{words}{rest}", markup=False)

        def answered(is_meant: bool | None) -> None:
            if is_meant:
                self._carry_out(lambda: take_back_to(self._mail, each.op_id), told)

        if count == 1 and self._mail.next_undo() == each.summary:
            self._carry_out(self._mail.undo)
            return
        self.app.push_screen(
            ConfirmScreen(
                f"Take back {plural(count, 'change')}?",
                f"This takes back, newest first, everything down to “{cut(steady(each.summary), 80)}”: "
                f"up to {plural(count, 'change')}. It can be done again with "
                f"{keymap_of(self.app).key_of('redo')}, one by one.",
                "take them back",
                look=self.look,
            ),
            answered,
        )


def _is_nothing(each: Activity) -> bool:
    """Whether it changed nothing and sent nothing: nobody needs to read of it."""
    is_over = each.state in (OpState.CONFIRMED, OpState.SUPERSEDED)
    return is_over and not each.messages and not each.commands


def _is(state: OpState) -> Callable[[Activity | None, MailEngine], bool]:
    return lambda each, mail: each is not None and each.state is state and not mail.is_read_only


def to_take_back(activity: Sequence[Activity], op_id: int) -> tuple[Activity, ...]:
    """The ops that stand and would be taken back, newest first, until an op is; it is the last of them.

    An op that takes another back is no change of its own; one that takes *that* back is.
    """
    known = {each.op_id: each for each in activity}

    def is_undo(each: Activity) -> bool:
        turns = 0
        found: Activity | None = each
        while found is not None and found.undoes is not None:
            turns += 1
            found = known.get(found.undoes)
        return turns % 2 == 1

    return tuple(
        each for each in activity if each.op_id >= op_id and not each.is_undone and not is_undo(each)
    )


def take_back_to(mail: MailEngine, op_id: int) -> tuple[int, bool]:
    """Undo, newest first, until an op is taken back; how many were, and whether that one is.

    An op that cannot be taken back is told once, and then passed over by the engine: what is older stays as
    it is.
    """
    count = 0
    while True:
        standing = {each.op_id for each in mail.activity() if each.op_id >= op_id and not each.is_undone}
        if op_id not in standing:
            return count, True
        try:
            receipt = mail.undo()
        except InvalidArgument:
            continue
        if receipt is None:
            return count, False
        undone = {each.op_id for each in mail.activity() if each.is_undone}
        if not standing & undone:
            mail.redo()
            return count, False
        count += 1


def _can_take_back(each: Activity | None, mail: MailEngine) -> bool:
    if each is None or mail.is_read_only or mail.next_undo() is None:
        return False
    return not each.is_undone and each.undoes is None and each.state in _STANDING


_STANDING = (OpState.PENDING, OpState.SENT, OpState.CONFIRMED)
VERBS: Sequence[_Verb] = (
    _Verb("activity-retry", "retry", _is(OpState.REJECTED), lambda mail, op_id: mail.retry(op_id)),
    _Verb("activity-discard", "discard", _is(OpState.REJECTED), lambda mail, op_id: mail.discard(op_id)),
    _Verb("activity-cancel", "cancel", _is(OpState.PENDING), lambda mail, op_id: mail.cancel(op_id)),
    _Verb("undo", "undo", lambda _, mail: mail.next_undo() is not None, lambda mail, _: mail.undo()),
    _Verb("redo", "redo", lambda _, mail: mail.next_redo() is not None, lambda mail, _: mail.redo()),
    _Verb("activity-take-back", "take back to here", _can_take_back),
)
"""The verbs of this screen: footer and dispatch come from here, keys from the registry."""
