"""Standard input, output and error before the screen and after it.

What lives here: whether there is a terminal to work on at all, and at the end handing on what is still
buffered before Python does so by itself. Where it cannot, since the window was closed or a pipe's reader has
left, Python would turn any exit code into 120. What does not live here: the screen, whose driver finds out
while it draws (``driver``).
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from typing import TextIO

_NOBODY_READS = frozenset((errno.EPIPE, errno.EIO, errno.ENXIO, errno.EBADF))
"""A pipe without a reader, a terminal that is gone, a stream that was closed from outside."""


_NO_CURSOR = frozenset(("dumb", "unknown"))
"""Values of TERM that say: lines only."""


def fill_gaps() -> None:
    """Open what the shell closed (``2>&-``), as nothing.

    Else the next file that is opened, perhaps the store, would be what a library writes its errors to.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            try:
                hole = os.open(os.devnull, os.O_RDWR)
            except OSError:
                continue  # A machine without that; then nothing is in the way of the run either.
            if hole != descriptor:
                os.dup2(hole, descriptor)
                os.close(hole)


def has_terminal() -> bool:
    """Whether keys can be read and lines be shown."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def can_place_cursor() -> bool:
    """Whether the terminal says that it can do more than lines."""
    return os.environ.get("TERM", "") not in _NO_CURSOR


def flush_or_drop() -> OSError | None:
    """Hand on what the standard streams hold; what nobody can read any more is dropped.

    Returns the error by which output was lost though it had a reader, such as a full disk; None otherwise.
    """
    lost: OSError | None = None
    for stream in _streams():
        try:
            stream.flush()
        except OSError as error:
            _drop(stream)
            if error.errno not in _NOBODY_READS:
                lost = error
        except ValueError:
            # It was closed before; then it holds nothing.
            continue
    return lost


def _streams() -> Iterator[TextIO]:
    # Whoever draws on the terminal writes to Python's own, whatever stands in their place.
    found = (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)
    yield from dict.fromkeys(stream for stream in found if stream is not None)


def _drop(stream: TextIO) -> None:
    """Let what the stream still holds go nowhere: it cannot be taken out of it."""
    hole = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(hole, stream.fileno())
    except (OSError, ValueError):
        # A stream without a descriptor is none that Python flushes at its end.
        return
    finally:
        os.close(hole)
