"""Redis Streams: a stream, a consumer group with one consumer at a time, XACK, XAUTOCLAIM."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from evtcompat.dataclasses import dataclass, field
from evtcompat.exercise.transports.base import Received, Record, TransportError, spoken
from evtcompat.exercise.transports.reaching import (
    BODY,
    AddressError,
    advice,
    asked,
    may_be_cut,
    of_clients,
    opening,
    patience,
    place,
)

if TYPE_CHECKING:
    import redis

_PORT = 6379
_GROUP = "evtcompat"
#: One blocking read; shorter than any timeout of the socket.
_BLOCK_MS = 1000
#: Seconds for the first answers of a server.
_FIRST_ANSWERS = 20.0
#: Seconds that a server has to read what it keeps, and a pause between two questions whether it has.
_LOADING, _PAUSE = 15.0, 0.02
#: Redis removes the stream after this many seconds when evtcompat was killed and could not.
_EXPIRE = 3600
#: Entries that are taken at once.
_MANY = 1000
_KEY, _BODY, _HEADER = b"key", b"body", "h:"
#: How text holds bytes that are none.
_BYTES = "surrogateescape"


def _spoken(doing: str) -> AbstractContextManager[None]:
    return spoken(f"redis: {doing}")


@dataclass(slots=True)
class RedisChannel:
    """One stream. Records of all keys are in one order."""

    stream: str
    #: For sending and for cleaning up: never goes through a proxy.
    steady: redis.Redis
    #: A new connection for a new consumer.
    connect: Callable[[], redis.Redis]
    #: The field of an entry that holds the body.
    body: bytes = _BODY
    consuming: redis.Redis | None = None
    member: int = 0
    claimed: deque[tuple[bytes, dict[bytes, bytes]]] = field(default_factory=deque)
    closed: bool = False

    def create(self) -> None:
        """Stream and group exist, empty."""
        self._loaded()
        self.steady.xgroup_create(self.stream, _GROUP, id="0", mkstream=True)
        self.steady.expire(self.stream, _EXPIRE)

    def send(self, record: Record) -> None:
        """The record is in the stream."""
        fields: dict[Any, Any] = {self.body: record.body}
        if isinstance(record.raw, dict):  # a service's own entry, on its way to another service
            with _spoken("cannot send"):
                self.steady.xadd(self.stream, record.raw)
            return
        if record.key is not None:
            fields[_KEY] = record.key
        for name, value in record.headers.items():
            fields[_HEADER + name] = value.encode("utf-8", _BYTES)
        with _spoken("cannot send"):
            self.steady.xadd(self.stream, fields)

    def receive(self, timeout: float) -> Received | None:
        """First what was claimed from the consumer before this one, then what nobody has read."""
        end = time.monotonic() + timeout
        with _spoken("cannot receive"):
            if self.consuming is None:
                self._join()
            while not self.claimed:
                left = int((end - time.monotonic()) * 1000)
                if left <= 0:
                    return None
                answer: Any = self._consumer().xreadgroup(
                    _GROUP, self._name(), {self.stream: ">"}, count=1, block=min(left, _BLOCK_MS)
                )
                self.claimed.extend(_entries(answer))
            return _received(*self.claimed.popleft(), self.body)

    def take(self, timeout: float) -> list[Record]:
        """What nobody has read; it counts as acknowledged."""
        with _spoken("cannot receive"):
            answer: Any = self._consumer().xreadgroup(
                _GROUP, self._name(), {self.stream: ">"}, count=_MANY, block=max(1, int(timeout * 1000)), noack=True
            )
        return [_received(*entry, self.body).record for entry in _entries(answer)]

    def ack(self, received: Received) -> None:
        """The entry has left the group's pending list."""
        with _spoken("cannot acknowledge"):
            self._consumer().xack(self.stream, _GROUP, received.position)

    def leave(self) -> None:
        """The connection is closed; the next consumer of the group claims every pending entry."""
        import redis

        consuming, self.consuming = self.consuming, None
        if consuming is not None:
            with suppress(redis.RedisError):  # a broken connection is as gone as a closed one
                consuming.close()
        self.claimed.clear()

    @property
    def address(self) -> str:
        """The stream."""
        return self.stream

    @property
    def group(self) -> str:
        """The group that is there already."""
        return _GROUP

    def waiting(self, group: str) -> int | None:
        """Entries that the group has not read or not acknowledged; all of them while there is no such group."""
        with _spoken("cannot ask for the group"):
            groups: Any = self.steady.xinfo_groups(self.stream)
            for one in groups:
                if one["name"].decode() == group:
                    lag = one.get("lag")
                    return None if lag is None else int(lag) + int(one["pending"])
            return int(self.steady.xlen(self.stream))

    def reconnect(self) -> None:
        """The server has read what it keeps; new connections are made when they are needed."""
        self.leave()
        self.steady.connection_pool.disconnect()
        with _spoken("cannot reach the server again"):
            self._loaded()

    def close(self) -> None:
        """The stream, its group and the connections are gone."""
        if self.closed:
            return
        self.closed = True
        try:
            self.leave()
            with _spoken(f"cannot remove the stream {self.stream}"):
                self.steady.delete(self.stream)
        finally:
            self.steady.close()

    def _loaded(self) -> None:
        """The server has read what it keeps on its disk: until then it listens, and refuses everything."""
        import redis

        end = time.monotonic() + _LOADING
        while True:
            try:
                self.steady.ping()
            except redis.BusyLoadingError:
                if time.monotonic() >= end:
                    raise
                time.sleep(_PAUSE)
            else:
                return

    def _name(self) -> str:
        return f"member-{self.member}"

    def _consumer(self) -> redis.Redis:
        if self.consuming is None:
            self.consuming = self.connect()
        return self.consuming

    def _join(self) -> None:
        self.member += 1
        cursor: Any = "0-0"
        while True:
            answer: Any = self._consumer().xautoclaim(
                self.stream, _GROUP, self._name(), min_idle_time=0, start_id=cursor, count=100
            )
            cursor = answer[0]
            self.claimed.extend(answer[1])
            if cursor in (b"0-0", "0-0"):
                return


def _entries(answer: Any) -> Iterator[tuple[bytes, dict[bytes, bytes]]]:
    streams = answer.items() if isinstance(answer, dict) else answer or ()
    for _, entries in streams:
        for entry in entries:
            # RESP3 nests the entries of a stream once more.
            yield from entry if isinstance(entry, list) and entry and isinstance(entry[0], (list, tuple)) else (entry,)


def _received(position: bytes, fields: dict[bytes, bytes], name: bytes) -> Received:
    texts = {field.decode("utf-8", _BYTES): value for field, value in fields.items()}
    headers = {
        field.removeprefix(_HEADER): value.decode("utf-8", _BYTES)
        for field, value in texts.items()
        if field.startswith(_HEADER)
    }
    key = fields.get(_KEY)
    body, raw = fields.get(name), None
    if body is None:  # written by a service that knows nothing of our fields
        raw = fields
        shown = {field: value.decode("utf-8", "replace") for field, value in texts.items()}
        body = json.dumps(shown).encode()
    record = Record(None if key is None else key.decode("utf-8", "replace"), body, headers, raw)
    return Received(record, position.decode())


@dataclass(frozen=True, slots=True)
class RedisTransport:
    """A Redis server, version 6.2 or newer (XAUTOCLAIM)."""

    url: str = field(repr=False)
    #: The field of an entry that holds the body.
    body: str = "body"
    name: str = "redis"

    def open(self, name: str, *, through: tuple[str, int] | None = None) -> RedisChannel:
        """A stream of its own.

        Raises:
            TransportError: The server cannot be reached, or TLS is to go through a proxy.
        """
        may_be_cut(self.name, self.url, "redis", through)
        channel = RedisChannel(name, self.client(None), lambda: self.client(through), self.body.encode())
        # what answers may be no Redis, and never come to the end of an answer
        watch = threading.Timer(_FIRST_ANSWERS, channel.steady.connection_pool.disconnect)
        watch.start()
        try:
            with opening("redis: cannot create a stream", self.url, _PORT, advice("Redis server", "redis:")):
                channel.create()
        except BaseException:
            channel.steady.close()
            raise
        finally:
            watch.cancel()
        return channel

    def upstream(self) -> tuple[str, int] | None:
        """Where the server listens."""
        return place(self.url, _PORT)

    def client(self, through: tuple[str, int] | None) -> redis.Redis:
        """A client that connects when it is first used.

        Raises:
            ValueError: It does not know the URL's form, or the value of something behind `?`; or, when it first makes a
                connection, as a `TypeError`, the name of it.
        """
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        seconds = patience(through)
        settings: dict[str, Any] = dict(redis.connection.parse_url(self.url))  # type: ignore[no-untyped-call]  # redis-py
        kind = settings.pop("connection_class", redis.Connection)
        if through is not None:
            settings.update(host=through[0], port=through[1])
        pool = redis.ConnectionPool(
            connection_class=kind,
            # One attempt: what the broker did not confirm must be seen here, not hidden by the client.
            **{
                "retry": Retry(NoBackoff(), 0),
                "socket_timeout": seconds,
                "socket_connect_timeout": seconds,
                **settings,
            },
        )
        # owns the pool: `redis.Redis(connection_pool=...)` would leave the sockets open when the client is closed
        return redis.Redis.from_pool(pool)


def connect(url: str) -> RedisTransport:
    """The transport of a `redis://`, `rediss://` URL; nothing is connected yet.

    `?body=data` puts the body of an event into that field of an entry instead of `body`: each framework has its own.

    Raises:
        TransportError: redis-py is not installed.
        AddressError: The URL names no server, or says what redis-py does not know.
    """
    try:
        import redis  # noqa: F401 - is it there?
    except ImportError as error:
        message = "redis:// needs the Redis client"
        raise TransportError(message, hint="pip install 'evtcompat[redis]'") from error
    transport = RedisTransport(of_clients(url), asked(url, BODY) or "body")
    try:
        transport.client(None).connection_pool.make_connection()
    except (TypeError, ValueError) as error:
        names = ", ".join(name for name, _ in parse_qsl(urlsplit(url).query))
        message = f"redis-py does not take what stands behind `?` ({names})" if names else "it names no server"
        raise AddressError(message) from error
    return transport
