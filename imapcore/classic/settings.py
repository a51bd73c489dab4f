"""The two variables of the module that programs set: looked up when they are needed, not when imported.

Taken out of the loaded package and not imported from it: the package stands on this file, which would close a
circle. Whoever has this file has the package, since importing a part of one loads it first.
"""

from __future__ import annotations

import sys

_PACKAGE = __name__.rpartition(".")[0]


def debug_level() -> int:
    """``imapcore.classic.Debug``: what ``debug`` of a new object starts with."""
    return int(vars(sys.modules[_PACKAGE])["Debug"])


def max_line() -> int:
    """``imapcore.classic._MAXLINE``: the longest line, in bytes, that is not an attack."""
    return int(vars(sys.modules[_PACKAGE])["_MAXLINE"])
