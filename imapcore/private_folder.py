"""Folders that are nobody else's: whatever the umask, and also the ones above that had to be made."""

from __future__ import annotations

from pathlib import Path


def make_private_folder(folder: Path) -> None:
    """Make a folder and those above it where they are missing, each 0700; what is there stays as it is.

    ``Path.mkdir(parents=True, mode=…)`` gives its mode to the last one only, and the umask its say to all.
    Raises OSError.
    """
    missing = []
    each = folder
    while not each.exists() and each != each.parent:
        missing.append(each)
        each = each.parent
    for each in reversed(missing):
        try:
            each.mkdir(mode=0o700)
        except FileExistsError:
            # Somebody else was faster; it is theirs.
            continue
        each.chmod(0o700)
    if not folder.is_dir():
        raise NotADirectoryError(20, "Not a directory", str(folder))
