"""One client, one FETCH of everything, in a process of its own: ``… CLIENT``, the place as JSON on stdin.

Prints as JSON how many messages there were, the seconds from the command to the first and to the last of
them in the caller's hand, and the peak of memory. Connecting and signing in are not measured. Every client
is asked for all messages by one command, the way its own documentation shows.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import re
import resource
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.fetch_server import Place

HOST = "127.0.0.1"
Measured = tuple[int, float, float]
"""Messages, seconds to the first, seconds in all."""


def counted(messages: Iterable[Any], began: float) -> Measured:
    """Take messages as they come, keeping none."""
    first = 0.0
    count = 0
    for _ in messages:
        if not count:
            first = time.perf_counter() - began
        count += 1
    return count, first, time.perf_counter() - began


def raw(place: Place) -> Measured:
    """A socket and nothing else: the limit. Its first message is its first line end."""
    escaped = place.password.replace("\\", "\\\\").replace('"', '\\"')
    buffer = bytearray(1 << 18)
    with socket.create_connection((HOST, place.port), 60) as sock:
        sock.recv_into(buffer)
        for tag, command in (
            (b"r1", f'LOGIN {place.user} "{escaped}"'),
            (b"r2", f'SELECT "{place.mailbox}"'),
        ):
            sock.sendall(tag + f" {command}\r\n".encode())
            said = b""
            while not re.search(tag + rb" OK [^\r]*\r\n\Z", said):
                said += sock.recv(65536)
        began = time.perf_counter()
        sock.sendall(f"r3 UID FETCH 1:* ({place.items})\r\n".encode())
        first, tail, octets = 0.0, b"", 0
        while not (tail.endswith(b"\r\n") and b"\r\nr3 OK" in tail):
            size = sock.recv_into(buffer)
            if not size:
                raise ConnectionError("the server hung up")
            first = first or time.perf_counter() - began
            octets += size
            tail = (tail + bytes(buffer[max(0, size - 300) : size]))[-300:]
        last = time.perf_counter() - began
    return octets, first, last


def _imapcore(place: Place, *, is_eager: bool) -> Measured:
    from imapcore.model import Security
    from imapcore.net.connection import Connection
    from imapcore.net.endpoint import Endpoint
    from imapcore.protocol.commands import Fetch, Login, Select
    from imapcore.wire.encoder import Secret
    from imapcore.wire.uidset import UidSet

    with Connection.open(Endpoint(HOST, place.port, Security.NONE)) as connection:
        connection.authenticate(Login(place.user, Secret(place.password)))
        connection.run(Select(place.mailbox))
        began = time.perf_counter()
        stream = connection.stream(Fetch(UidSet.everything(), tuple(place.items.split())))
        if is_eager:
            return counted((message.envelope and message.envelope.fields for message in stream), began)
        return counted(stream, began)


def imapcore(place: Place) -> Measured:
    """imapcore, every envelope taken apart."""
    return _imapcore(place, is_eager=True)


def imapcore_lazy(place: Place) -> Measured:
    """imapcore, envelopes checked but left until they are looked at."""
    return _imapcore(place, is_eager=False)


def imaplib(place: Place) -> Measured:
    """Python's imaplib, which parses nothing."""
    library: Any = importlib.import_module("imaplib")
    with library.IMAP4(HOST, place.port) as client:
        client.login(place.user, place.password)
        client.select(f'"{place.mailbox}"')
        began = time.perf_counter()
        _, data = client.uid("FETCH", "1:*", f"({place.items})")
        return counted([each for each in data if each != b")"], began)


def imapclient(place: Place) -> Measured:
    """IMAPClient, fully typed. It knows no ranges, so uids are listed, as many as a server's line takes."""
    library: Any = importlib.import_module("imapclient")
    client = library.IMAPClient(HOST, place.port, ssl=False)
    client.login(place.user, place.password)
    client.select_folder(place.mailbox)
    uids = client.search()
    items = [item for item in place.items.split() if item != "UID"]

    def chunks() -> Iterator[Any]:
        for start in range(0, len(uids), place.chunk):
            yield from client.fetch(uids[start : start + place.chunk], items)

    measured = counted(chunks(), time.perf_counter())
    client.logout()
    return measured


def imap_tools(place: Place) -> Measured:
    """imap-tools, headers only: it always asks for its own items, never for ENVELOPE."""
    library: Any = importlib.import_module("imap_tools")
    with library.MailBoxUnencrypted(HOST, place.port).login(place.user, place.password, None) as client:
        client.folder.set(place.mailbox)
        began = time.perf_counter()
        found = client.fetch(uid_list="1:*", mark_seen=False, headers_only=True, bulk=True)
        # Its messages parse when asked: look at what an envelope would hold.
        return counted(((m.subject, m.from_values, m.to_values, m.date, m.uid) for m in found), began)


def aioimaplib(place: Place) -> Measured:
    """aioimaplib, which hands on lines."""
    library: Any = importlib.import_module("aioimaplib")

    async def fetch() -> Measured:
        client = library.IMAP4(HOST, place.port, timeout=240)
        await client.wait_hello_from_server()
        await client.login(place.user, place.password)
        await client.select(f'"{place.mailbox}"')
        began = time.perf_counter()
        answer = await client.uid("fetch", "1:*", f"({place.items})")
        measured = counted([line for line in answer.lines if b" FETCH (" in line], began)
        await client.logout()
        return measured

    return asyncio.run(fetch())


CLIENTS: dict[str, Callable[[Place], Measured]] = {
    each.__name__: each
    for each in (raw, imapcore, imapcore_lazy, imaplib, imapclient, imap_tools, aioimaplib)
}


def peak_mib() -> float:
    """The most memory this process has had; a parent's does not count, as ``ru_maxrss`` would have it."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())[0]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def main() -> None:
    """Measure one client."""
    place = Place(**json.loads(sys.stdin.read()))
    count, first, last = CLIENTS[sys.argv[1]](place)
    print(json.dumps({"count": count, "first": first, "last": last, "peak": peak_mib()}))


if __name__ == "__main__":
    main()
