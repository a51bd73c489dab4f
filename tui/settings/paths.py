"""Where files of the screen live: configuration and remembered state. The mail store is the engine's affair.

``GIMAP_CONFIG_DIR`` and ``GIMAP_STATE_DIR`` move them, which is how tests and several set-ups stay apart.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

APP = "gimap-tui"


def config_path() -> Path:
    """The configuration file; need not exist."""
    given = os.environ.get("GIMAP_CONFIG_DIR")
    if given:
        return Path(given) / "config.toml"
    from platformdirs import user_config_path

    return user_config_path(APP) / "config.toml"


def state_path(email: str) -> Path:
    """The file of what is remembered for an account; need not exist."""
    return state_folder() / ("state-" + re.sub(r"[^A-Za-z0-9@._+-]", "_", email) + ".json")


def account_path() -> Path:
    """The file that names the account added at the first start; need not exist."""
    return state_folder() / "account"


def crash_path() -> Path:
    """Where a fault of our own is written down: the traceback, without any value of a variable."""
    return state_folder() / "crash.log"


def state_folder() -> Path:
    """The folder of what is remembered between runs; need not exist."""
    given = os.environ.get("GIMAP_STATE_DIR")
    if given:
        return Path(given)
    from platformdirs import user_state_path

    return user_state_path(APP)


def download_path() -> Path:
    """Where attachments are saved unless the configuration says otherwise."""
    import configparser

    from platformdirs import user_downloads_path

    try:
        return user_downloads_path()
    except (configparser.Error, ValueError, OSError, RuntimeError):
        # The desktop's own list of folders (user-dirs.dirs) is a file that anybody may have written.
        return Path.home() / "Downloads"
