"""One connection's bytes: commands in, with every bound enforced; lines out, with back-pressure.

Nothing here knows what a command means. A client can make this hold one command of bounded size and one
block of output; whoever sends more, or reads nothing, is dropped. Faults of the line (cut, stall, drip)
are played here, and so is COMPRESS=DEFLATE (RFC 4978).
"""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Callable

from imapcore.simulator import gmail_texts
from imapcore.simulator.faults import Fault, FaultKind
from imapcore.simulator.options import Options
from imapcore.simulator.replies import Farewell, Reply

BLOCK = 65_536
"""Octets that are gathered before they are handed to the socket."""
LINGER_SECONDS = 1.0
"""How long a client that was told BYE may go on sending into the void."""
DISCARD = 8 << 20
"""Octets of a line too long that are still read to its end, so that the session can go on."""

_LITERAL = re.compile(rb"(?:^|[ (])~?\{([0-9]{1,20})(\+?)\}\Z")

LiteralJudge = Callable[[bytes, int, bool], "Reply | None"]
"""(command so far, octets announced, whether the client waits) → None to accept, or how to refuse."""


class Malformed(Exception):
    """The command broke a bound or the framing and has been skipped; it gets this reply."""

    def __init__(self, tag: bytes, reply: Reply) -> None:
        super().__init__(reply.text)
        self.tag = tag
        self.reply = reply


class Channel:
    """Reads commands and writes lines on one stream."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        options: Callable[[], Options],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._options = options
        # Asked anew each time: a test may change them while a connection lives.
        self._in = bytearray()
        self._out: list[bytes] = []
        self._out_size = 0
        self._compressor: zlib._Compress | None = None
        self._decompressor: zlib._Decompress | None = None
        self._line_fault: Fault | None = None
        self._budget = 0
        writer.transport.set_write_buffer_limits(high=4 * BLOCK)

    # -- reading ---------------------------------------------------------------------------------

    async def _fill(self) -> None:
        """At least one more octet, or Farewell when the client has gone."""
        while True:
            tail = self._decompressor.unconsumed_tail if self._decompressor is not None else b""
            data = tail or await self._receive()
            if not data:
                raise Farewell
            if self._decompressor is not None:
                data = self._inflate(self._decompressor, data)
            if data:
                self._in += data
                return

    async def _receive(self) -> bytes:
        try:
            return await self._reader.read(BLOCK)
        except OSError as error:
            # Reset instead of closed: the client has gone all the same.
            raise Farewell from error

    async def read_line(self) -> bytes:
        """The next line without its end. Raises Malformed (skipped) or Farewell (endless)."""
        limit = self._options().max_line
        searched = 0
        while (end := self._in.find(b"\n", searched)) < 0:
            if len(self._in) > limit:
                await self._skip_line()
            searched = len(self._in)
            await self._fill()
        line = bytes(self._in[:end])
        del self._in[: end + 1]
        if len(line) > limit:
            raise Malformed(line[:80].split(b" ")[0], Reply("BAD", gmail_texts.PARSE_ERROR))
        return line[:-1] if line.endswith(b"\r") else line

    async def _skip_line(self) -> None:
        tag = bytes(self._in[:80]).split(b" ")[0]
        skipped = 0
        while (end := self._in.find(b"\n")) < 0:
            skipped += len(self._in)
            if skipped > DISCARD:
                raise Farewell(gmail_texts.TOO_LONG_BYE)
            self._in.clear()
            await self._fill()
        del self._in[: end + 1]
        raise Malformed(tag, Reply("BAD", gmail_texts.PARSE_ERROR))

    async def _read_exactly(self, size: int) -> bytes:
        while len(self._in) < size:
            await self._fill()
        data = bytes(self._in[:size])
        del self._in[:size]
        return data

    async def _discard(self, size: int) -> None:
        while size:
            if not self._in:
                await self._fill()
            step = min(size, len(self._in))
            del self._in[:step]
            size -= step

    async def read_command(self, judge: LiteralJudge) -> bytes:
        """One command without its last line end, literals in place."""
        line = await self.read_line()
        if b"{" not in line:
            return line
        command = bytearray(line)
        while (literal := _announced(line)) is not None:
            size, is_waiting = literal
            refusal = judge(bytes(command), size, is_waiting)
            if refusal is not None:
                if not is_waiting:
                    if size > self._options().append_limit:
                        raise Farewell(gmail_texts.TOO_LONG_BYE)
                    await self._discard(size)
                    await self.read_line()
                raise Malformed(bytes(command).split(b" ")[0], refusal)
            if is_waiting:
                self.write(gmail_texts.GO_AHEAD.encode() + b"\r\n")
                await self.flush()
            command += b"\r\n"
            command += await self._read_exactly(size)
            line = await self.read_line()
            command += line
            if len(line) > self._options().max_line:
                raise Malformed(bytes(command).split(b" ")[0], Reply("BAD", gmail_texts.PARSE_ERROR))
        return bytes(command)

    # -- writing ---------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Put octets behind those already waiting; ``flush`` sends them."""
        self._out.append(data)
        self._out_size += len(data)

    @property
    def is_full(self) -> bool:
        """Whether a block has gathered and ``flush`` is due."""
        return self._out_size >= BLOCK

    async def flush(self) -> None:
        """Send what waits; returns when the client has room for more. Farewell when it never has."""
        if not self._out:
            return
        data = b"".join(self._out)
        self._out.clear()
        self._out_size = 0
        if self._line_fault is not None:
            await self._send_faulty(data)
        else:
            await self._send(data)

    async def _send(self, data: bytes) -> None:
        if self._compressor is not None:
            data = self._compressor.compress(data) + self._compressor.flush(zlib.Z_SYNC_FLUSH)
        try:
            self._writer.write(data)
            async with asyncio.timeout(self._options().write_seconds):
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            self._writer.transport.abort()
            raise Farewell from error

    def compress(self) -> None:
        """From here on both directions are raw DEFLATE; call after the OK was flushed."""
        self._compressor = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
        if self._in:
            # Octets that came behind the command are compressed already.
            early = bytes(self._in)
            self._in.clear()
            self._in += self._inflate(self._decompressor, early)

    @staticmethod
    def _inflate(decompressor: zlib._Decompress, data: bytes) -> bytes:
        """At most a block of what was deflated; Farewell when it was not."""
        try:
            return decompressor.decompress(data, BLOCK)
        except zlib.error as error:
            raise Farewell from error

    @property
    def is_compressed(self) -> bool:
        """Whether COMPRESS is on."""
        return self._compressor is not None

    # -- faults of the line ----------------------------------------------------------------------

    def play(self, fault: Fault | None) -> None:
        """From the next octet on, cut, stall or drip as the fault says; None for an honest line."""
        self._line_fault = fault
        self._budget = 0 if fault is None else fault.octets

    async def _send_faulty(self, data: bytes) -> None:
        fault = self._line_fault
        while data and fault is not None:
            if fault.kind is FaultKind.DRIP:
                step = max(1, fault.octets)
                await self._send(data[:step])
                data = data[step:]
                await asyncio.sleep(fault.seconds)
                continue
            honest, data = data[: self._budget], data[self._budget :]
            self._budget -= len(honest)
            if honest:
                await self._send(honest)
            if not data:
                return
            if fault.kind is FaultKind.CUT:
                raise Farewell
            await asyncio.sleep(fault.seconds)
            self._line_fault = fault = None
        if data:
            await self._send(data)

    # -- ending ----------------------------------------------------------------------------------

    async def close(self, line: str) -> None:
        """Say the last line, if there is one, and end the connection; never raises for a dead peer."""
        try:
            if line and self._line_fault is None:
                self.write(line.encode("ascii") + b"\r\n")
                await self.flush()
                await self._linger()
            self._writer.close()
            async with asyncio.timeout(2):
                await self._writer.wait_closed()
        except (OSError, TimeoutError, Farewell):
            self._writer.transport.abort()

    async def _linger(self) -> None:
        """Take in for a moment what is still under way: closing on unread octets unsays the last line."""
        if not self._writer.can_write_eof():
            return
        self._writer.write_eof()
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                while await self._reader.read(BLOCK):
                    pass
        except TimeoutError:
            return

    def abort(self) -> None:
        """End the connection at once, unread and unsaid."""
        self._writer.transport.abort()


def _announced(line: bytes) -> tuple[int, bool] | None:
    """(octets, whether the client waits for our word) of a literal announced at the end of a line."""
    match = _LITERAL.search(line)
    if match is None or _is_in_quotes(line, match.start()):
        return None
    return int(match[1]), not match[2]


def _is_in_quotes(line: bytes, position: int) -> bool:
    is_quoted = False
    index = 0
    while index < position:
        byte = line[index]
        if byte == 0x5C and is_quoted:
            index += 1
        elif byte == 0x22:
            is_quoted = not is_quoted
        index += 1
    return is_quoted
