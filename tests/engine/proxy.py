"""A link that can be cut at an exact byte: a proxy between engine and server.

It counts what it has passed on, over all connections, in one direction; at the byte it is told it breaks
all of them, as a network does, and afterwards passes everything on again. It can also swallow: what there is
stays open and nothing comes through any more, as when a router has forgotten a connection.
"""

from __future__ import annotations

import selectors
import socket
import threading
from enum import Enum
from types import TracebackType
from typing import Self

JOIN_SECONDS = 5.0
CHUNK = 1 << 16


class Way(Enum):
    """Which way the counted bytes go."""

    TO_CLIENT = "to client"
    TO_SERVER = "to server"


class Proxy:
    """Owner of one thread that serves all connections; a context manager."""

    def __init__(self, port: int, *, cut_after: int | None = None, way: Way = Way.TO_CLIENT) -> None:
        self._target = ("127.0.0.1", port)
        self._way = way
        self._left = cut_after
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._peers: dict[socket.socket, tuple[socket.socket, Way]] = {}
        self._is_stopping = False
        self._waker, self._wakened = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self.passed = 0
        """Bytes passed on in the counted direction."""
        self.has_cut = False
        self._deaf: set[socket.socket] = set()
        self._swallows_new = False
        self.accepted = 0
        """Connections made through it so far."""

    def swallow(self, *, also_new: bool = False) -> None:
        """From now on nothing comes through on the connections there are; ``also_new``: on later ones
        neither, until this is called again without.
        """
        self._swallows_new = also_new
        self._deaf.update(self._peers)

    @property
    def port(self) -> int:
        """Where to connect to."""
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._wakened, selectors.EVENT_READ)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_stopping = True
        self._waker.send(b"\0")
        self._thread.join(JOIN_SECONDS)
        self._cut()
        self._selector.close()
        for each in (self._listener, self._waker, self._wakened):
            each.close()

    def _run(self) -> None:
        while not self._is_stopping:
            for key, _ in self._selector.select(JOIN_SECONDS):
                if key.fileobj is self._listener:
                    self._accept()
                elif isinstance(key.fileobj, socket.socket) and key.fileobj in self._peers:
                    self._pass_on(key.fileobj)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        self.accepted += 1
        server = socket.create_connection(self._target)
        if self._swallows_new:
            self._deaf.update((client, server))
        for one, other, way in ((client, server, Way.TO_SERVER), (server, client, Way.TO_CLIENT)):
            self._peers[one] = (other, way)
            self._selector.register(one, selectors.EVENT_READ)

    def _pass_on(self, source: socket.socket) -> None:
        peer, way = self._peers[source]
        try:
            data = source.recv(CHUNK)
            if not data:
                self._drop(source, peer)
                return
            if source in self._deaf:
                return
            data = self._seen(source, way, data)
            if way is self._way and self._left is not None and not self.has_cut:
                data = data[: self._left]
                self._left -= len(data)
            peer.sendall(data)
        except OSError:
            self._drop(source, peer)
            return
        if way is self._way:
            self.passed += len(data)
            if self._left == 0 and not self.has_cut:
                self.has_cut = True
                self._cut()

    def _seen(self, source: socket.socket, way: Way, data: bytes) -> bytes:
        """What is passed on in place of what came; a subclass may hold some of it back."""
        return data

    def _cut(self) -> None:
        for source in tuple(self._peers):
            if source in self._peers:
                self._drop(source, self._peers[source][0])

    def _drop(self, *sockets: socket.socket) -> None:
        for each in sockets:
            self._deaf.discard(each)
            if self._peers.pop(each, None) is not None:
                self._selector.unregister(each)
                each.close()
