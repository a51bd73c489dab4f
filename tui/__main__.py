"""Where the program begins: the last frame if it is true, then the command line, which loads the rest."""

from __future__ import annotations

import sys

from tui.terminal import last_frame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; returns the exit code."""
    if sys.platform == "win32":
        print("gimap-tui: Windows alone is not enough; it runs in WSL (wsl --install)", file=sys.stderr)
        return 2
    words = sys.argv[1:] if arguments is None else list(arguments)
    last_frame.paint(words)
    try:
        from tui import command_line

        return command_line.main(words)
    finally:
        last_frame.give_back()


if __name__ == "__main__":
    sys.exit(main())
