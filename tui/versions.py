"""What a report of a fault begins with: versions, and where configuration, mail and memory lie."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

from imapcore import __version__
from imapcore.engine import SQLITE_VERSION, data_folder
from tui.settings.paths import crash_path, state_folder


def about(config: Path) -> str:
    """The lines of ``--version``."""
    programs = f"Python {platform.python_version()}, Textual {version('textual')}, SQLite {SQLITE_VERSION}"
    machine = f"{platform.system()} {platform.release()}, TERM={os.environ.get('TERM', '')}"
    return "\n".join(
        (
            f"gimap-tui {__version__}",
            f"{programs}, {machine}",
            *(f"{f'{name}:':15}{path}" for name, path in places(config).items()),
            "To remove all of it: sign out in the app, then delete these folders.",
        )
    )


def places(config: Path) -> dict[str, Path]:
    """Where everything is kept that outlives a run; nothing of it need exist."""
    return {
        "configuration": config,
        "mail": data_folder(),
        "memory": state_folder(),
        "crash log": crash_path(),
    }
