"""The user's own OAuth client: the file that Google gives out for a client of the type "Desktop app".

Its "secret" is none (RFC 8252 §8.5): it lies on every machine the client runs on. It is not shown all the
same.
"""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from imapcore.errors import InvalidArgument

CONSOLE = "https://console.cloud.google.com/apis/credentials"
"""Where a client is made, and its file downloaded."""
_LARGEST = 65_536
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class OAuthClient(Struct, frozen=True):
    """Who asks, and where."""

    client_id: str
    client_secret: str
    auth_uri: str = "https://accounts.google.com/o/oauth2/v2/auth"
    token_uri: str = "https://oauth2.googleapis.com/token"

    def __repr__(self) -> str:
        return f"OAuthClient({self.client_id!r})"


def read_client(path: Path) -> OAuthClient:
    """Read the file. Raises InvalidArgument, which says what is wrong and where to get a right one."""
    try:
        with path.expanduser().open("rb") as file:
            data = json.loads(file.read(_LARGEST))
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _unfit(f"{path}: {reason}") from error
    except (ValueError, RecursionError) as error:
        raise _unfit(f"{path} is not JSON") from error
    if isinstance(data, dict) and "web" in data:
        raise _unfit(f"{path} is of a client of the type “Web application”")
    fields = data.get("installed") if isinstance(data, dict) else None
    if not isinstance(fields, dict):
        raise _unfit(f"{path} has no “installed” in it, as the file of a desktop app has")
    usual = OAuthClient("", "")
    found = {name: fields.get(name, getattr(usual, name)) for name in OAuthClient.__struct_fields__}
    for name, value in found.items():
        if not isinstance(value, str) or not value or not value.isprintable():
            raise _unfit(f"{path} has no “{name}”")
    for name in ("auth_uri", "token_uri"):
        address = urlsplit(found[name])
        if address.scheme != "https" and not (address.scheme == "http" and address.hostname in _LOOPBACK):
            raise _unfit(f"{path}: “{name}” is no address with https")
    return OAuthClient(**found)


def _unfit(detail: str) -> InvalidArgument:
    return InvalidArgument(
        detail,
        title="The file of the OAuth client cannot be used",
        hint=f"Make a client of the type “Desktop app” at {CONSOLE} and download its JSON",
    )
