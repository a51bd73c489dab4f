"""Linear mode: lines instead of a screen, for a screen reader, a slow line, or a pipe.

- ``loop``       takes a line, does it, says what it did; what comes meanwhile is told before the next prompt
- ``talk``       what is listed and read now, and what the words typed after a verb mean
- ``hearing``    the engine's events: awaited, or kept as news
- ``verbs``      what a verb is, and how one is found by its word, its short form or its beginning
- ``numbers``    ``3``, ``1-3``, ``2,5``
- ``lists``      lists, places, search
- ``changes``    everything that changes mail; undo and redo
- ``labels``     labels and saved searches themselves
- ``reading``    one message at a time; find
- ``files``      links, attachments, the source
- ``journal``    Activity
- ``account``    the link, signing in and out
- ``body_text``  a message as lines to be read aloud

Nothing is ever drawn over, no mark stands where a word can, and no line is printed while one is typed.
"""

from __future__ import annotations

from tui.linear.body_text import body_lines
from tui.linear.loop import Linear, run_linear

__all__ = ["Linear", "body_lines", "run_linear"]
