"""What just happened, in the bottom line: one sentence, for as long as it takes to read."""

from __future__ import annotations

from msgspec import Struct

from tui.bridge.messages import Tone

_LEAST_SECONDS = 4.0
_WORDS_A_SECOND = 3.0


class Flash(Struct, frozen=True):
    """A sentence and how it looks."""

    text: str
    tone: Tone = Tone.DONE

    @property
    def seconds(self) -> float:
        """How long it stays."""
        return max(_LEAST_SECONDS, len(self.text.split()) / _WORDS_A_SECOND + 2)


NOTHING = Flash("")
