"""Signatures: a file, or a folder of files named by the address they are for."""

from __future__ import annotations

from pathlib import Path

LARGEST = 20_000
"""Octets of a signature that are read; nobody's is larger."""


def signature_for(setting: str, email: str) -> str:
    """The signature for an address; empty where there is none, or none that can be read."""
    if not setting:
        return ""
    path = Path(setting).expanduser()
    names = [path]
    if path.is_dir():
        names = [path / email.lower(), path / "default"]
    for each in names:
        try:
            with each.open("rb") as file:
                return file.read(LARGEST).decode("utf-8", "replace").strip("\n").removeprefix("-- \n")
        except OSError:
            continue  # The next one; a mail without signature is still a mail.
    return ""


def with_signature(text: str, signature: str, *, is_above: bool) -> str:
    """A new draft's text with the signature where one writes; ``is_above``: above what is quoted."""
    if not signature:
        return text
    block = f"-- \n{signature}\n"
    if is_above:
        return f"\n\n{block}{text}" if text.strip() else f"\n\n{block}"
    return f"{text}\n\n{block}"
