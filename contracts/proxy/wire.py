"""One connection's bytes, and the bodies that h11 finds in them: the same on both sides of the proxy."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress

import h11

from .passing import Body, Fields, end_to_end

MOST_HEAD = 64 * 1024
"""Bytes that the head of a message may have."""

_PIECE = 64 * 1024
_MOST_DROPPED, _DROP_SECONDS = 1 << 20, 2.0
"""How much is read, and for how long, of what nobody wants any more."""


class TooLong(Exception):
    """A line goes on for longer than it may."""


class BrokenOff(Exception):
    """The connection ended within a message."""


class Wire:
    """A connection: what has come on it and is not yet used, and what is to be sent."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._held = b""
        # asyncio does so too, but for sockets that come from a listener of ours.
        with suppress(OSError):  # it may be gone already
            writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def read(self) -> bytes:
        """What comes next, as soon as there is something; empty at the end."""
        held, self._held = self._held, b""
        return held or await self._reader.read(_PIECE)

    def unread(self, data: bytes) -> None:
        """Takes back what was read too far."""
        self._held = data + self._held

    async def read_line(self, most: int) -> bytes:
        """A line with its end. Raises TooLong and BrokenOff."""
        line = bytearray()
        while not line.endswith(b"\n"):
            data = await self.read()
            if not data:
                raise BrokenOff
            end = data.find(b"\n") + 1 or len(data)
            line += data[:end]
            self.unread(data[end:])
            if len(line) > most:
                raise TooLong
        return bytes(line)

    async def has_more(self, seconds: float) -> bool:
        """Whether anything comes within that time, be it the end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                self.unread(await self.read())
                return True
        return False

    @property
    def is_ended(self) -> bool:
        return not self._held and self._reader.at_eof()

    def write(self, *pieces: bytes | None) -> None:
        """Sends them in one go, without waiting for anything."""
        self._writer.writelines([piece for piece in pieces if piece])

    async def flush(self) -> None:
        """Waits until the other side takes what is written."""
        await self._writer.drain()

    async def drop(self) -> None:
        """Ends what we send, and reads what still comes: to close at once would take back what was sent."""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_DROP_SECONDS):
                await self.flush()
                self._writer.write_eof()
                left = _MOST_DROPPED
                while left > 0 and (data := await self.read()):
                    left -= len(data)

    def abort(self) -> None:
        """Cuts the connection, so that what was sent is not taken for the whole."""
        self._writer.transport.abort()

    def close(self) -> None:
        """Ends the connection once what is written has gone."""
        self._writer.close()


async def read_body(connection: h11.Connection, wire: Wire, most: int) -> Body:
    """A body of which no more than about ``most`` bytes are held at once. Raises h11.RemoteProtocolError, BrokenOff."""
    held = bytearray()
    trailers: Fields = []
    pieces = _read_pieces(connection, wire, trailers)
    async for piece in pieces:
        held += piece
        if len(held) > most:
            return Body(bytes(held), pieces, trailers)
    return Body(bytes(held), None, trailers)


async def _read_pieces(connection: h11.Connection, wire: Wire, trailers: Fields) -> AsyncIterator[bytes]:
    while isinstance(event := await next_event(connection, wire), h11.Data):
        yield bytes(event.data)
    assert isinstance(event, h11.EndOfMessage)
    trailers += [each for each in end_to_end(event.headers.raw_items()) if each[0].lower() != b"content-length"]
    wire.unread(connection.trailing_data[0])  # what follows the end of the message


async def next_event(connection: h11.Connection, wire: Wire) -> object:
    """What h11 finds next, as soon as it has come.

    Raises BrokenOff where the connection ends before, h11.RemoteProtocolError where it is no HTTP.
    """
    ended = False
    while True:
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError:
            if ended:
                raise BrokenOff from None
            raise
        if event is not h11.NEED_DATA:
            if isinstance(event, h11.ConnectionClosed):
                raise BrokenOff
            return event
        if connection.they_are_waiting_for_100_continue:
            wire.write(connection.send(h11.InformationalResponse(status_code=100, headers=[], reason="Continue")))
        data = await wire.read()
        ended = not data
        connection.receive_data(data)


def frame_body(connection: h11.Connection, body: Body) -> list[bytes | None]:
    """What is held as it goes over the wire; the end too, where that is all."""
    framed: list[bytes | None] = [connection.send(h11.Data(body.held))] if body.held else []
    if body.rest is None:
        framed.append(_end_body(connection, body))
    return framed


def _end_body(connection: h11.Connection, body: Body) -> bytes | None:
    fields = [] if connection.their_http_version == b"1.0" else body.trailers  # it knows no chunks, nor what ends them
    return connection.send(h11.EndOfMessage(headers=fields))


async def write_rest(connection: h11.Connection, wire: Wire, body: Body, seconds: float) -> None:
    """Passes on the pieces that are not held, and the end; each has to come, and to be taken, within that time.

    Raises TimeoutError.
    """
    piece: bytes | None = b""
    while piece is not None and body.rest is not None:
        async with asyncio.timeout(seconds):
            piece = await anext(body.rest, None)
            wire.write(_end_body(connection, body) if piece is None else connection.send(h11.Data(piece)))
            await wire.flush()


def is_over(connection: h11.Connection) -> bool:
    """Whether both sides have said all, and another exchange may follow."""
    return connection.our_state is h11.DONE and connection.their_state is h11.DONE
