r"""The control API for other processes: one JSON object a line, one JSON object back.

``{"do": "deliver", "raw": "From: …\r\n\r\n…", "labels": ["\\Inbox"]}`` → ``{"ok": 1873…}``;
what cannot be done → ``{"error": "…"}``. ``do`` is the name of a method of ``Control``, the other fields
are its arguments. A second loopback port; never opened unless asked for.

Any program may connect to a port, a browser too: a web page that POSTs lines of JSON to it begins with an
HTTP request. A connection ends at its first line that is no JSON object, before anything after it is done.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, is_dataclass
from typing import Any

from imapcore.simulator.control import Control
from imapcore.simulator.replies import Refusal

MAX_LINE = 64 << 20

ACTS = (
    "bump", "claim_size", "clear_faults", "connections", "create_label", "cut", "delete_label",
    "deliver", "deliver_next", "erase", "expire_tokens",
    "fault", "hide", "issue_token", "leave_out", "mailboxes", "message", "messages",
    "modseq", "move", "put_back", "reflag", "relabel", "relabel_thread", "rename_label",
    "reset_uidvalidity", "set_options", "signed_in",
    "show", "skew_clock",
)  # fmt: skip
"""What a line may ask for."""


class ControlListener:
    """Serves the line protocol within the server's loop."""

    def __init__(self, control: Control, port: int) -> None:
        self._control = control
        self._wanted_port = port
        self._listener: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0
        """The port it listens on, once started."""

    async def start(self) -> None:
        """Listen."""
        self._listener = await asyncio.start_server(
            self._serve, "127.0.0.1", self._wanted_port, limit=MAX_LINE
        )
        self.port = int(self._listener.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening and drop who is connected."""
        if self._listener is not None:
            self._listener.close()
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while line := await reader.readline():
                request = _request_in(line)
                if request is None:
                    return
                writer.write(self.answer(request) + b"\n")
                await writer.drain()
        except (OSError, ValueError):
            # A peer that broke off, or a line beyond the limit: this connection is over, nothing else.
            writer.transport.abort()
        finally:
            self._writers.discard(writer)
            writer.close()

    def answer(self, request: dict[str, Any]) -> bytes:
        """Do what one request asks."""
        try:
            act = request.pop("do")
            if act not in ACTS:
                raise ValueError(f"no such act: {act!r}")
            if "raw" in request:
                request["raw"] = request["raw"].encode("utf-8")
            result = getattr(self._control, act)(**request)
        except (AttributeError, KeyError, TypeError, ValueError, Refusal) as error:
            return json.dumps({"error": f"{type(error).__name__}: {error}"}).encode()
        return json.dumps({"ok": result}, default=_as_json).encode()


def _request_in(line: bytes) -> dict[str, Any] | None:
    """The JSON object of a line; None for anything else."""
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return request if isinstance(request, dict) else None


def _as_json(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return sorted(value) if isinstance(value, (set, frozenset)) else str(value)
