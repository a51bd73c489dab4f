"""Reading files that people write: never more than such a file can hold, and never from what has no end."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

LARGEST = 1 << 20
"""Octets; a configuration of a thousand lines has a twentieth of it."""


def read_file(path: Path) -> bytes:
    """A file's octets. Raises OSError, also for a folder, and for a file that is too large."""
    # A pipe nobody writes to would be waited for when it is opened.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        kind = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind):
            os.set_blocking(descriptor, True)
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return data
