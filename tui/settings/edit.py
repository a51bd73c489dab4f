"""Writing into the configuration file without touching what people wrote there: comments, order, spaces.

What lives here: one table added, one taken out. What may not: any other change. The file is replaced whole or
not at all, keeps its mode, and a link stays a link.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import asdict

from imapcore.errors import GimapError, InvalidArgument
from imapcore.private_folder import make_private_folder
from tui.settings.config import AccountSettings
from tui.settings.files import read_file

if TYPE_CHECKING:
    from tomlkit import TOMLDocument


class ConfigUnwritable(GimapError):
    """The configuration file cannot be read or written."""

    title = "The configuration could not be changed"
    hint = "Nothing of it was changed"


def add_account(path: Path, name: str, settings: AccountSettings) -> None:
    """Add ``[accounts.NAME]`` with what differs from the defaults.

    Raises InvalidArgument, ConfigUnwritable.
    """
    import tomlkit

    document = _read(path)
    accounts = document.setdefault("accounts", tomlkit.table(is_super_table=True))
    if not isinstance(accounts, dict):
        raise ConfigUnwritable("“accounts” in it is no table")
    if name in accounts:
        raise InvalidArgument(f"[accounts.{name}] is in {path} already", title="That name is taken")
    table = tomlkit.table()
    usual = asdict(AccountSettings())
    for field, value in asdict(settings).items():
        if value != usual[field]:
            table[field] = list(value) if isinstance(value, tuple) else value
    accounts[name] = table
    _write(path, document)


def remove_account(path: Path, name: str) -> None:
    """Take ``[accounts.NAME]`` out; for the empty name ``[account]``. Raises ConfigUnwritable."""
    document = _read(path)
    if name:
        accounts = document.get("accounts")
        if isinstance(accounts, dict) and name in accounts:
            del accounts[name]
            if not accounts:
                del document["accounts"]
    elif "account" in document:
        del document["account"]
    _write(path, document)


def _read(path: Path) -> TOMLDocument:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        return tomlkit.parse(read_file(path).decode("utf-8"))
    except FileNotFoundError:
        return tomlkit.document()
    except OSError as error:
        raise ConfigUnwritable(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigUnwritable(f"{path} is not UTF-8 text") from error
    except (TOMLKitError, ValueError, RecursionError) as error:
        problem = f"{path} is not TOML: {error}"[:300]
        raise ConfigUnwritable(problem, hint="Mend it first: gimap-tui config says where") from error


def _write(path: Path, document: TOMLDocument) -> None:
    import tomlkit

    # What a link points to is the file: replacing the link would cut it off.
    target = path.resolve()
    try:
        make_private_folder(target.parent)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o600
        handle, draft = tempfile.mkstemp(dir=target.parent, prefix=".config-")
    except OSError as error:
        raise ConfigUnwritable(f"{path}: {error.strerror}") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), mode)
            file.write(tomlkit.dumps(document))
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(target)
    except OSError as error:
        Path(draft).unlink(missing_ok=True)
        raise ConfigUnwritable(f"{path}: {error.strerror}") from error
