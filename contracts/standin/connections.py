"""Connections of the stand-in within bounds of number and time: who sends nothing whole makes room for who does.

Waitress bounds the number of connections, and then accepts no other one: a thousand clients that send a byte a second
lock everybody out. Here a request has to come within a time, and where there is no room for another connection the one
goes that has kept the stand-in waiting longest.
"""

from __future__ import annotations

import errno
import logging
import socket
import sys
import time
from typing import TYPE_CHECKING, Any, cast

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

HEAD_SECONDS = 10.0
"""How long the head of a request may take to come, from the connection or the first byte on."""
REQUEST_SECONDS = 60.0
"""How long the whole of it may take."""
_MOST_CONNECTIONS = 4096
_OTHER_FILES = 100
"""Of the descriptors that a process may have, those that are none of connections: the database, logs, pipes."""
_PAUSE = 0.5
"""Seconds without accepting, where the system has no descriptor left."""
_NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

log = logging.getLogger(__name__)


class Connection(HTTPChannel):
    """A connection that knows since when it has kept the stand-in waiting, in seconds of `time.monotonic`."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self._began = time.monotonic()
        self._served = False
        super().__init__(*given, **named)

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self._began = time.monotonic()
        taken = super().received(data)
        self._served |= self.request is None  # a worker may have taken it from the list of requests already
        return taken

    def waits_since(self) -> float | None:
        """Since when a request has been on its way; None where none is, for the connection rests or is answered."""
        rests = self._served and self.request is None
        return None if rests or self.is_busy() else self._began

    def is_busy(self) -> bool:
        """Whether it is being answered, or closed already."""
        return bool(self.requests or self.total_outbufs_len or self.will_close or self.close_when_flushed)

    def is_too_slow(self, now: float) -> bool:
        began = self.waits_since()
        has_head = self.request is not None and self.request.headers_finished
        return began is not None and now - began > (REQUEST_SECONDS if has_head else HEAD_SECONDS)


class Listener(TcpWSGIServer):
    """Accepts a connection whenever there is room, or room can be made.

    A connection that has to go is only marked (``will_close``), and waitress's loop closes it in its next round. Closed
    at once, its descriptor could be given to a new connection while the loop still means the old one by it.
    """

    channel_class = Connection

    def __init__(self, *given: Any, **named: Any) -> None:
        self._most = count_allowed()
        self._swept = self._paused_until = self._told = float("-inf")
        super().__init__(*given, **named)

    def readable(self) -> bool:
        now = time.monotonic()
        if now - self._swept >= 1.0:
            self._swept = now
            for connection in self._open_connections():
                if connection.is_too_slow(now):
                    connection.will_close = True
        accepts = super().readable() and now >= self._paused_until
        return accepts and (len(self._open_connections()) < self._most or self._make_room())

    def accept(self) -> tuple[socket.socket, Any] | None:
        try:
            accepted: tuple[socket.socket, Any] | None = super().accept()
            return accepted
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            # What could not be accepted stays readable: to ask again at once would be all that is done from now on.
            now = time.monotonic()
            self._paused_until = now + (0.01 if self._make_room() else _PAUSE)
            if now - self._told > 60:
                self._told = now
                log.warning("no connection can be accepted: %s", error.strerror)
            return None

    def _make_room(self) -> bool:
        """Closes the connection that has kept us waiting longest, else the one that has rested longest, if any."""
        waiting = {c: since for c in self._open_connections() if (since := c.waits_since()) is not None}
        resting = {} if waiting else {c: c.last_activity for c in self._open_connections() if not c.is_busy()}
        for connection in sorted(waiting or resting, key=(waiting or resting).__getitem__)[:1]:
            connection.will_close = True
        return bool(waiting or resting)

    def _open_connections(self) -> list[Connection]:
        channels = cast("dict[int, Connection]", self.active_channels)
        return list(channels.values())


def open_listener(
    application: WSGIApplication, channels: dict[int, Any], listening: socket.socket, *, threads: int, largest: int
) -> Listener:
    """A listener on a socket that listens already. ``largest``: of a request's body, in bytes."""
    # Waitress's own limit on connections would keep new ones out: `Listener` makes room for them instead.
    adjustments = Adjustments(
        threads=threads, connection_limit=1 << 30, max_request_body_size=largest, ident=None, log_socket_errors=False
    )
    where = (listening.family, listening.type, listening.proto, listening.getsockname())
    return Listener(application, channels, True, listening, adj=adjustments, bind_socket=False, sockinfo=where)


def count_allowed() -> int:
    """How many connections there may be at once, by the descriptors that the process may have."""
    if sys.platform == "win32":  # which has no such limit
        return _MOST_CONNECTIONS
    import resource

    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft == resource.RLIM_INFINITY:
        return _MOST_CONNECTIONS
    return max(8, min(_MOST_CONNECTIONS, soft - _OTHER_FILES))
