"""A small TCP proxy on this machine that can cut a broker off, slow it, narrow the line, and heal the connection.

It forwards to one address (Redis), or speaks SOCKS5 without authentication (RFC 1928), which also reaches the addresses
that a Kafka broker advertises of itself: a client that only *begins* at a proxy leaves it with the first metadata.
"""

from __future__ import annotations

import random
import re
import select
import socket
import struct
import threading
import time
from contextlib import suppress
from typing import Self

_CHUNK = 65536
_CONNECT = 5.0
#: A narrow line passes this many pieces a second.
_PIECES = 20
#: Closing a socket with this option sends RST rather than FIN.
_RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Listens on a free port of 127.0.0.1 until closed."""

    def __init__(self, upstream: tuple[str, int] | None) -> None:
        """Listens at once.

        Args:
            upstream: Where to forward to, or ``None`` to ask each client by SOCKS5.
        """
        self._upstream = upstream
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._passing = threading.Event()
        self._passing.set()
        self._flowing = threading.Event()
        self._flowing.set()
        self._delay = self._jitter = 0.0
        self._random = random.Random(0)  # noqa: S311 - how long something takes, and the same in each run
        #: Bytes a second in each direction; 0 is as many as there are.
        self._width = 0
        #: What is held back, and for how many seconds.
        self._held: tuple[re.Pattern[bytes], float] | None = None
        #: Set once something was held back.
        self.held = threading.Event()
        #: Whether what is broken is told so by RST.
        self._resetting = False
        #: Set once somebody has tried to connect since the last cut.
        self.knocked = threading.Event()
        self._closed = False
        self._threads: list[threading.Thread] = []
        self._begin(self._accept)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to connect to."""
        host, port = self._listener.getsockname()[:2]
        return str(host), int(port)

    def cut(self) -> None:
        """Every connection is broken, and new ones hear nothing until `heal`."""
        with self._lock:
            self.knocked.clear()
            self._passing.clear()
            for connection in self._open:
                _break(connection)

    def reset(self) -> None:
        """As `cut`, but both sides are told by RST: what was on its way is lost, as when a machine restarts."""
        with self._lock:
            self.knocked.clear()
            self._passing.clear()
            self._resetting = True
            for connection in self._open:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                _break(connection, socket.SHUT_RD)

    def hang(self) -> None:
        """Connections stay open and nothing comes through them, as when a machine is gone and nobody says so."""
        with self._lock:
            self._flowing.clear()

    def delay(self, seconds: float, jitter: float = 0.0) -> None:
        """Whatever is sent takes that much longer, in both directions, give or take the jitter."""
        self._delay, self._jitter = seconds, jitter

    def narrow(self, width: int) -> None:
        """No more than `width` bytes a second pass in each direction of a connection."""
        self._width = width

    def hold(self, pattern: re.Pattern[bytes], seconds: float) -> None:
        """What a pattern is found in takes that much longer; everything else passes at once."""
        self._held = pattern, seconds

    def lead(self, upstream: tuple[str, int]) -> None:
        """Connections that were made so far are broken; those that come from now on lead to another address."""
        with self._lock:
            self.knocked.clear()
            self._upstream = upstream
            for connection in self._open:
                _break(connection)

    def heal(self) -> None:
        """Connections go through again, those that were made meanwhile and still wait too; what hung is broken."""
        with self._lock:
            if not self._flowing.is_set():
                for connection in self._open:
                    _break(connection)
            self._flowing.set()
            self._resetting = False
            self._passing.set()

    def close(self) -> None:
        """Nothing listens and nothing is forwarded any more."""
        with self._lock:
            self._closed = True
        self.cut()
        self._passing.set()  # whoever waits may go
        self._flowing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(_CONNECT)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closed."""
        self.close()

    def _begin(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, name="evtcompat-proxy", daemon=True)  # type: ignore[arg-type]  # any callable
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.knocked.set()
            self._begin(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                upstream = self._connected(client)
            except OSError:
                return
            with upstream:
                with self._lock:
                    if self._closed or not self._passing.is_set():
                        return
                    self._open |= {client, upstream}
                back = threading.Thread(target=self._copy, args=(upstream, client), name="evtcompat-proxy", daemon=True)
                back.start()
                self._copy(client, upstream)
                back.join()
                with self._lock:
                    self._open -= {client, upstream}

    def _copy(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(max(1, self._width // _PIECES) if self._width else _CHUNK):
                time.sleep(self._takes(data))
                self._flowing.wait()
                sink.sendall(data)
        for end in (source, sink):
            _break(end, socket.SHUT_RD if self._resetting else socket.SHUT_RDWR)

    def _takes(self, data: bytes) -> float:
        """Seconds for which a piece is held back."""
        if self._held is not None and self._held[0].search(data):
            self.held.set()
            return self._held[1]
        late = self._delay + self._random.uniform(-self._jitter, self._jitter) if self._delay else 0.0
        return max(0.0, late) + (len(data) / self._width if self._width else 0.0)

    def _connected(self, client: socket.socket) -> socket.socket:
        self._passing.wait()
        if self._closed or _has_gone(client):
            # What a client sent that gave up meanwhile must not arrive: a network would have lost it.
            message = "the proxy is closed, or the client has gone"
            raise ConnectionError(message)
        client.settimeout(_CONNECT)
        address = self._upstream or _socks_request(client)
        upstream = socket.create_connection(address, _CONNECT)
        try:
            if self._upstream is None:
                client.sendall(b"\x05\x00\x00\x01" + bytes(6))
        except OSError:  # the client has gone meanwhile
            upstream.close()
            raise
        client.settimeout(None)
        upstream.settimeout(None)
        return upstream


def _has_gone(client: socket.socket) -> bool:
    waiting = select.poll()
    waiting.register(client, getattr(select, "POLLRDHUP", select.POLLHUP))  # not every system has it
    return bool(waiting.poll(0))


def _break(connection: socket.socket, how: int = socket.SHUT_RDWR) -> None:
    with suppress(OSError):
        connection.shutdown(how)


def _socks_request(client: socket.socket) -> tuple[str, int]:
    """The address that a SOCKS5 client asks for."""
    _, methods = _read(client, 2)
    _read(client, methods)
    client.sendall(b"\x05\x00")
    version, command, _, kind = _read(client, 4)
    if (version, command) != (5, 1):
        message = "not a SOCKS5 connect request"
        raise ConnectionError(message)
    if kind == 1:
        host = socket.inet_ntop(socket.AF_INET, _read(client, 4))
    elif kind == 4:  # noqa: PLR2004 - RFC 1928: IPv6
        host = socket.inet_ntop(socket.AF_INET6, _read(client, 16))
    else:
        host = _read(client, _read(client, 1)[0]).decode("idna")
    (port,) = struct.unpack(">H", _read(client, 2))
    return host, port


def _read(client: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = client.recv(count - len(parts))
        if not part:
            message = "the client went away"
            raise ConnectionError(message)
        parts += part
    return bytes(parts)
