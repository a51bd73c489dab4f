"""From what a terminal sends to what Textual hands to widgets: keys, the mouse, pastes. Nothing else.

What lives here: which control sequences are keys that were asked for, and the rule for letters that come as
a lump. The form of sequences is ``control_sequences``; reading them is ``driver``.

Keys that were asked for are the legacy ones of Textual's table and the reports of kitty's keyboard protocol,
which Textual turns on. Reports of keys by protocols that nobody turned on (modifyOtherKeys,
win32-input-mode), reports of the size, the cursor, colours, modes and the focus are taken and dropped: a
terminal that sends them late or by mistake steers nothing. One key counts in every protocol, whatever is
unfinished: Ctrl+Q leaves.

A lump: octets that are no UTF-8, or more than ``LUMP_RUNS`` different characters in one read were not typed.
A key held down repeats one character, and of a fast typist a slow line joins two or three. What is a lump,
with what comes within ``LUMP_SECONDS`` behind it, becomes a paste, which a field takes and nothing else acts
on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from textual import constants
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.events import Key, Paste
from textual.keys import Keys
from textual.message import Message
from textual.messages import TerminalSupportsSynchronizedOutput

from tui.terminal.control_sequences import ESC, Kind, SequenceParser, State, Token

LUMP_RUNS = 3
"""Runs of one character each that still count as typed when they come in one read."""
LUMP_SECONDS = 0.05
LEAVING = "ctrl+q"
_REPLACED = "\ufffd"
"""What stands for octets that are no UTF-8: no key, and nothing to show."""
_WORD_KEYS = {"f": "ctrl+right", "b": "ctrl+left", "\x7f": "ctrl+w", "\t": "shift+tab"}
"""What terminals send for these keys, as Alt and a character."""
_MOUSE = re.compile(r"\x1b\[<\d{1,4};\d{1,5};\d{1,5}[Mm]")
_SYNCHRONIZED = re.compile(r"\x1b\[\?2026;[1-4]\$y")
_KITTY = re.compile(
    r"\x1b\[(?P<code>\d{1,7})(?::\d{0,7}){0,2}(?:;(?P<modifiers>\d{0,3})(?::(?P<type>\d?))?(?:;(?P<text>[\d:]*))?)?u"
)
_FUNCTIONAL = re.compile(
    r"\x1b\[(?P<number>\d{1,5})(?:;(?P<modifiers>\d{1,3})(?::(?P<type>\d?))?)?(?P<final>[~ABCDEFHPQS])"
)
_OTHER_KEYS = re.compile(r"\x1b\[27;(?P<modifiers>\d{1,3});(?P<code>\d{1,7})~")
_WIN32 = re.compile(r"\x1b\[\d+;\d*;(?P<code>\d*);1;\d*(?:;\d*)?_")
_RELEASED = "3"
_CONTROL_BIT = 4
_PASTED_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")


class InputEvents:
    """Turns what is read into Textual's messages."""

    def __init__(self, escape_seconds: float = constants.ESCAPE_DELAY) -> None:
        """``escape_seconds``: how long an ESC waits for what may follow it."""
        self._parser = SequenceParser(escape_seconds)
        self._names = XTermParser()
        """Textual's names of keys and its reading of the mouse; its parser is not used."""
        self._lump: list[str] = []
        self._lump_until = 0.0

    @property
    def deadline(self) -> float | None:
        """When ``tick`` has something to say; None while nothing is unfinished."""
        due = [each for each in (self._parser.deadline, self._lump_until if self._lump else None) if each]
        return min(due, default=None)

    def feed(self, text: str, now: float) -> list[Message]:
        """What was read in one go, at a moment of a monotonic clock in seconds."""
        if self._parser.state in (State.PASTE, State.STRING, State.STRING_ESCAPE) and _is_leaving(
            text.lstrip(_REPLACED)
        ):
            self._parser.reset()
            return [Key(LEAVING, None)]
        # Keys are UTF-8; of one Meta key in eight bits one octet is not.
        is_noise = text.count(_REPLACED) > 1
        return list(self._messages(self._parser.feed(text, now), now, is_noise=is_noise))

    def tick(self, now: float) -> list[Message]:
        """What silence has made complete."""
        return list(self._messages(self._parser.tick(now), now))

    def _messages(self, tokens: list[Token], now: float, *, is_noise: bool = False) -> Iterator[Message]:
        if self._lump and now >= self._lump_until:
            yield from self._end_lump()
        if self._lump or is_noise or _is_lump(tokens):
            yield from self._within_lump(tokens, now)
            return
        for token in tokens:
            yield from self._message(token)

    def _message(self, token: Token) -> Iterator[Message]:
        match token.kind:
            case Kind.TEXT:
                for character in token.text.replace(_REPLACED, ""):
                    yield from self._names._sequence_to_key_events(character)
            case Kind.CONTROL:
                yield from self._names._sequence_to_key_events(token.text)
            case Kind.ESCAPE:
                yield Key("escape", ESC)
            case Kind.ALT:
                yield from self._alt(token.text)
            case Kind.SEQUENCE:
                yield from self._sequence(token.text)
            case Kind.PASTE:
                yield from _paste(token.text)

    # -- lumps -----------------------------------------------------------------------------------------

    def _within_lump(self, tokens: list[Token], now: float) -> Iterator[Message]:
        """Keep the text of it; keys in it are part of it, and only leaving counts."""
        for token in tokens:
            if token.kind is Kind.TEXT or (token.kind is Kind.CONTROL and token.text in "\t\r\n"):
                if token.text.strip(_REPLACED):
                    self._lump.append(token.text)
            elif token.kind is Kind.PASTE:
                yield from self._message(token)
            else:
                for message in self._message(token):
                    if not isinstance(message, Key) or message.key == LEAVING:
                        yield message
        if tokens:
            self._lump_until = now + LUMP_SECONDS

    def _end_lump(self) -> Iterator[Message]:
        text = "".join(self._lump)
        self._lump.clear()
        yield from _paste(text)

    # -- sequences -------------------------------------------------------------------------------------

    def _alt(self, character: str) -> Iterator[Message]:
        name = _WORD_KEYS.get(character)
        if name is not None:
            yield Key(name, None)
        elif character < " ":
            yield from self._names._sequence_to_key_events(character)
        elif character != _REPLACED:
            # Without a character: a key with Alt is none of the letters.
            for key in self._names._sequence_to_key_events(character, alt=True):
                yield Key(key.key if "alt+" in key.key else f"alt+{key.key}", None)

    def _sequence(self, sequence: str) -> Iterator[Message]:
        if _MOUSE.fullmatch(sequence):
            message = self._names.parse_mouse_code(sequence)
            if message is not None:
                yield message
        elif _SYNCHRONIZED.fullmatch(sequence):
            yield TerminalSupportsSynchronizedOutput()
        elif _is_leaving(sequence):
            yield Key(LEAVING, None)
        elif _OTHER_KEYS.fullmatch(sequence):
            return
        elif kitty := _KITTY.fullmatch(sequence):
            if not constants.DISABLE_KITTY_KEY:
                yield from self._kitty(kitty)
        elif functional := _FUNCTIONAL.fullmatch(sequence):
            yield from self._functional(functional)
        else:
            yield from self._legacy(sequence)

    def _kitty(self, found: re.Match[str]) -> Iterator[Message]:
        """A key of kitty's protocol; see https://sw.kovidgoyal.net/kitty/keyboard-protocol/."""
        code = int(found["code"])
        text = _characters(found["text"] or "")
        if found["type"] == _RELEASED or not _is_character(code):
            return
        if len(text) > 1:
            # What an input method made, all at once.
            yield from _paste(text)
            return
        parts = [str(code), found["modifiers"] or "1", str(ord(text)) if text else ""]
        yield from self._extended(f"{ESC}[{';'.join(parts)}u")

    def _functional(self, found: re.Match[str]) -> Iterator[Message]:
        if found["type"] == _RELEASED:
            return
        modifiers = found["modifiers"]
        plain = f"{ESC}[{found['number']}{f';{modifiers}' if modifiers else ''}{found['final']}"
        if plain in ANSI_SEQUENCES_KEYS:
            yield from self._legacy(plain)
        elif modifiers and not constants.DISABLE_KITTY_KEY:
            yield from self._extended(plain)

    def _extended(self, sequence: str) -> Iterator[Message]:
        for key in self._names._parse_extended_key(sequence) or ():
            yield key.copy()

    def _legacy(self, sequence: str) -> Iterator[Message]:
        keys = ANSI_SEQUENCES_KEYS.get(sequence)
        if isinstance(keys, tuple):
            for key in keys:
                if key is not Keys.Ignore:
                    yield Key(key.value, None)


def _is_lump(tokens: list[Token]) -> bool:
    typed = "".join(token.text for token in tokens if token.kind in (Kind.TEXT, Kind.CONTROL))
    return len(typed) > LUMP_RUNS and sum(1 for _ in groupby(typed)) > LUMP_RUNS


def _is_leaving(sequence: str) -> bool:
    """Whether it is Ctrl+Q alone, in any of the forms that terminals send."""
    if sequence == "\x11":
        return True
    if kitty := _KITTY.fullmatch(sequence):
        return (
            kitty["type"] != _RELEASED and int(kitty["code"]) == ord("q") and _has_control(kitty["modifiers"])
        )
    if other := _OTHER_KEYS.fullmatch(sequence):
        return int(other["code"]) in (ord("q"), ord("Q")) and _has_control(other["modifiers"])
    win32 = _WIN32.fullmatch(sequence)
    return win32 is not None and win32["code"] == "17"


def _has_control(modifiers: str | None) -> bool:
    return bool(modifiers) and bool(int(modifiers or 1) - 1 & _CONTROL_BIT)


def _is_character(code: int) -> bool:
    return code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF


def _characters(codes: str) -> str:
    """The characters of a kitty report's text: code points parted by colons."""
    found = (int(code) for code in codes.split(":") if 0 < len(code) <= 7)
    return "".join(chr(code) for code in found if _is_character(code) and chr(code).isprintable())


def _paste(text: str) -> Iterator[Message]:
    """A paste as widgets take it: lines end in a line feed, and no control that a terminal would obey."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _PASTED_CONTROLS.sub("", text)
    if text:
        yield Paste(text)
