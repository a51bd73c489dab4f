r"""What a terminal sends, cut into keys, texts and whole control sequences. Pure: no clock, no Textual.

A terminal sends keys and reports on one line, and nothing but their form tells them apart (ECMA-48, section
5): a control sequence is ``CSI``, parameter bytes ``0x30-0x3F``, intermediate bytes ``0x20-0x2F`` and one
final byte ``0x40-0x7E``; a control string is opened by ``OSC DCS APC PM SOS`` and ended by ``ST``, or by
``BEL`` as xterm does; ``SS2`` and ``SS3`` take the one character behind them. Each introducer is ``ESC`` and
a character, or one of the C1 controls ``0x80-0x9F``. What begins so is taken whole up to its end, known or
not: what it means is judged elsewhere (``input_events``), and what means nothing is nothing. It never falls
apart into letters, since letters are commands.

Reports come late and in pieces, so the state outlives a read. Three things end what has no end: a character
that cannot be in it (a C0 control such as Ctrl+Q, or another ``ESC``), and silence (``deadline``). What was
given up is remembered for a moment (``_torn``): its rest, if it arrives in one piece that fits, is taken too.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

ESC = "\x1b"
PASTE_START, PASTE_END = "\x1b[200~", "\x1b[201~"
ESCAPE_SECONDS = 0.1
"""After an ESC for so long nothing: it was the Escape key."""
SEQUENCE_SECONDS = 5.0
"""After the beginning of a sequence for so long nothing: its end does not come. It costs one key at most."""
STRING_SECONDS = 1.0
"""The same for a string, which takes everything that is typed meanwhile."""
PASTE_SECONDS = 2.0
"""The same for a paste."""
TORN_SECONDS = 10.0
"""How long the rest of what was given up is still known as such."""
LONGEST_SEQUENCE = 128
LONGEST_PASTE = 1_000_000
"""Characters that are kept; what is more is dropped up to the end of the paste."""


class Kind(Enum):
    """What a piece of input is."""

    TEXT = "text"
    """Printable characters."""
    CONTROL = "control"
    """One C0 control or DEL: a key such as Enter or Ctrl+Q."""
    ESCAPE = "escape"
    """The Escape key."""
    ALT = "alt"
    """ESC and one character: a key with Alt."""
    SEQUENCE = "sequence"
    """CSI, SS2 or SS3 with all that belongs to it, in its seven-bit form."""
    PASTE = "paste"
    """The text of a bracketed paste, without its brackets."""


class Token(NamedTuple):
    """A piece of input."""

    kind: Kind
    text: str


class State(Enum):
    """Where in a sequence the next character stands."""

    GROUND = "ground"
    ESCAPE = "escape"
    CSI = "csi"
    SINGLE_SHIFT = "single shift"
    LINUX_KEY = "linux key"
    """``CSI [`` and one letter: the function keys of the Linux console."""
    X10_MOUSE = "x10 mouse"
    """``CSI M`` and three characters."""
    STRING = "string"
    STRING_ESCAPE = "string escape"
    """An ESC within a string: the first half of ST, or the beginning of something else."""
    PASTE = "paste"


_INTRODUCERS = {
    "[": State.CSI,
    "O": State.SINGLE_SHIFT,
    "N": State.SINGLE_SHIFT,
    **dict.fromkeys("]P_^X", State.STRING),
}
"""What follows an ESC and opens something; in one octet it is a C1 control, 0x40 higher."""
_C1 = {chr(ord(char) + 0x40): char for char in _INTRODUCERS}
_PATIENCE = {
    State.CSI: SEQUENCE_SECONDS,
    State.SINGLE_SHIFT: SEQUENCE_SECONDS,
    State.LINUX_KEY: SEQUENCE_SECONDS,
    State.X10_MOUSE: SEQUENCE_SECONDS,
    State.STRING: STRING_SECONDS,
    State.STRING_ESCAPE: STRING_SECONDS,
    State.PASTE: PASTE_SECONDS,
}
_MOUSE_CHARACTERS = 3
# ECMA-48 5.6 lets 08-0D into a command string; any other control was typed, or is the beginning of an end.
_STRING_END = re.compile("[\x00-\x07\x0e-\x1f\x7f-\x9f]")
_TEXT = re.compile("[^\x00-\x1f\x7f-\x9f]+")
_RXVT_KEY = re.compile(r"\x1b\[\d+\$")
"""It ends in an intermediate byte, against the standard."""
_REST_OF_ESCAPE = re.compile(r"\[[0-?]*[ -/]*[@-~]|\[[<-?0-9]|\]\d|P[0-9;]*[!$+>|=]|_G|O[A-Za-z]\Z")
_REST_OF_SEQUENCE = re.compile(r"[0-?]+[ -/]*[@-~]")


class SequenceParser:
    """Cuts input into tokens; times are seconds of a monotonic clock, told by the caller."""

    def __init__(self, escape_seconds: float = ESCAPE_SECONDS) -> None:
        """``escape_seconds``: how long an ESC waits for what may follow."""
        self._escape_seconds = escape_seconds
        self._state = State.GROUND
        self._sequence = ""
        self._paste: list[str] = []
        self._pasted = 0
        self._held = ""
        self._torn = State.GROUND
        self._torn_until = 0.0
        self._heard_at = 0.0
        self._tokens: list[Token] = []

    @property
    def state(self) -> State:
        """Where the next character stands."""
        return self._state

    @property
    def deadline(self) -> float | None:
        """When ``tick`` gives up what is unfinished; None while nothing is."""
        if self._state is State.GROUND:
            return None
        if self._state is State.ESCAPE or self._may_be_key:
            return self._heard_at + self._escape_seconds
        return self._heard_at + _PATIENCE[self._state]

    @property
    def _may_be_key(self) -> bool:
        """Whether it is a whole key of rxvt's, or the beginning of a report."""
        return self._state is State.CSI and _RXVT_KEY.fullmatch(self._sequence) is not None

    def feed(self, text: str, now: float) -> list[Token]:
        """Take what was read in one go; returns what is complete."""
        self._expire(now)
        self._heard_at = now
        if self._torn is not State.GROUND:
            text = self._without_rest(text, now)
        position = 0
        while position < len(text):
            position = self._step(text, position)
        return self._taken()

    def tick(self, now: float) -> list[Token]:
        """Give up what has been unfinished for too long; returns what became of it."""
        self._expire(now)
        return self._taken()

    def reset(self) -> None:
        """Forget what is unfinished."""
        self._state = self._torn = State.GROUND
        self._forget_paste()

    def _taken(self) -> list[Token]:
        tokens, self._tokens = self._tokens, []
        return tokens

    def _expire(self, now: float) -> None:
        if self.deadline is None or now < self.deadline:
            return
        if self._may_be_key:
            self._tokens.append(Token(Kind.SEQUENCE, self._sequence))
            self._state = State.GROUND
            return
        self._torn, self._torn_until = self._state, now + TORN_SECONDS
        if self._state is State.ESCAPE:
            self._tokens.append(Token(Kind.ESCAPE, ESC))
        elif self._state is State.PASTE:
            self._end_paste()
        self._state = State.GROUND

    def _without_rest(self, text: str, now: float) -> str:
        """What was read without the rest of what was given up before."""
        torn, self._torn = self._torn, State.GROUND
        if self._state is not State.GROUND or now >= self._torn_until:
            return text
        if torn is State.PASTE:
            pasted, end, after = text.partition(PASTE_END)
            if not end:
                self._torn = torn
                return text
            self._keep(pasted)
            self._end_paste()
            return after
        if torn is State.ESCAPE and len(text) > 1 and _REST_OF_ESCAPE.match(text):
            self._state = State.ESCAPE
        elif torn is State.STRING_ESCAPE and text.startswith("\\"):
            return text[1:]
        elif torn is State.CSI and len(text) > 1 and (rest := _REST_OF_SEQUENCE.match(text)):
            return text[rest.end() :]
        elif torn is State.STRING and (len(text) > 1 or text == "\x07"):
            # Nobody types two characters at once: its rest, perhaps not the last.
            self._state = State.STRING
        return text

    # -- one step --------------------------------------------------------------------------------------

    def _step(self, text: str, position: int) -> int:
        """Take at least one character; returns where the next stands."""
        state = self._state
        if state is State.PASTE:
            return self._in_paste(text, position)
        if state is State.STRING:
            end = _STRING_END.search(text, position)
            if end is None:
                return len(text)
            return self._string_control(text[end.start()], end.start())
        character = text[position]
        if state is State.GROUND:
            return self._in_ground(text, position, character)
        if character == ESC:
            return self._new_escape(position)
        if state is State.ESCAPE:
            self._after_escape(character)
        elif state is State.STRING_ESCAPE:
            if character == "\\":
                self._state = State.GROUND
            else:
                # It was no ST: the string is over, and this is behind an ESC of its own.
                self._after_escape(character)
        elif character < " " or "\x7f" <= character <= "\x9f":
            # Nothing that a report holds; what was typed into it counts.
            self._state = State.GROUND
            return position
        elif state is State.CSI:
            self._in_sequence(character)
        else:
            self._in_fixed_length(character)
        return position + 1

    def _in_ground(self, text: str, position: int, character: str) -> int:
        run = _TEXT.match(text, position)
        if run is not None:
            self._tokens.append(Token(Kind.TEXT, run.group()))
            return run.end()
        if character == ESC:
            self._state = State.ESCAPE
        elif character in _C1:
            self._after_escape(character)
        elif character <= "\x7f":
            self._tokens.append(Token(Kind.CONTROL, character))
        return position + 1

    def _new_escape(self, position: int) -> int:
        if self._state is State.ESCAPE:
            self._tokens.append(Token(Kind.ESCAPE, ESC))
        self._state = State.ESCAPE
        return position + 1

    def _after_escape(self, character: str) -> None:
        character = _C1.get(character, character)
        self._state = _INTRODUCERS.get(character, State.GROUND)
        self._sequence = ESC + character
        if self._state is State.GROUND and character != "\\":
            self._tokens.append(Token(Kind.ALT, character))

    def _in_sequence(self, character: str) -> None:
        is_first = self._sequence == "\x1b["
        if len(self._sequence) < LONGEST_SEQUENCE:
            self._sequence += character
        if is_first and character == "[":
            self._state = State.LINUX_KEY
        elif is_first and character == "M":
            self._state = State.X10_MOUSE
        elif self._sequence == PASTE_START:
            self._state = State.PASTE
        elif character >= "@":
            # A final byte; one that is no ASCII ends what it cannot be in.
            if character <= "~" and len(self._sequence) < LONGEST_SEQUENCE:
                self._tokens.append(Token(Kind.SEQUENCE, self._sequence))
            self._state = State.GROUND

    def _in_fixed_length(self, character: str) -> None:
        self._sequence += character
        if self._state is State.X10_MOUSE:
            if len(self._sequence) < len("\x1b[M") + _MOUSE_CHARACTERS:
                return
        elif self._state is State.SINGLE_SHIFT and "0" <= character <= "9":
            # Some terminals put the modifiers between SS3 and its letter.
            if len(self._sequence) < LONGEST_SEQUENCE:
                return
        else:
            self._tokens.append(Token(Kind.SEQUENCE, self._sequence))
        self._state = State.GROUND

    def _string_control(self, character: str, position: int) -> int:
        if character == ESC:
            self._state = State.STRING_ESCAPE
            return position + 1
        self._state = State.GROUND
        # BEL and ST end it, CAN and SUB cancel it; whatever else ends it was typed.
        return position + 1 if character in "\x07\x18\x1a\x9c" else position

    # -- pastes ----------------------------------------------------------------------------------------

    def _in_paste(self, text: str, position: int) -> int:
        # The end may be cut anywhere: what may be half of it is held back.
        data = self._held + text[position:]
        end = data.find(PASTE_END)
        if end < 0:
            kept = max(0, len(data) - len(PASTE_END) + 1)
            self._keep(data[:kept])
            self._held = data[kept:]
            return len(text)
        behind = position + end + len(PASTE_END) - len(self._held)
        self._held = ""
        self._keep(data[:end])
        self._end_paste()
        return behind

    def _keep(self, text: str) -> None:
        text = text[: LONGEST_PASTE - self._pasted]
        if text:
            self._pasted += len(text)
            self._paste.append(text)

    def _end_paste(self) -> None:
        self._keep(self._held)
        self._tokens.append(Token(Kind.PASTE, "".join(self._paste)))
        self._forget_paste()
        self._state = State.GROUND

    def _forget_paste(self) -> None:
        self._paste.clear()
        self._pasted, self._held = 0, ""
