"""Web hooks: each record is posted until it is answered with 2xx, in order. No broker: the sender lives here.

`webhook:` posts to a receiver of its own, which hands the records to a function; `webhook://HOST:PORT/PATH` posts to a
service that listens there.
"""

from __future__ import annotations

import http.client
import queue
import threading
import time
import uuid
from collections import deque
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from evtcompat.dataclasses import dataclass, field
from evtcompat.exercise.transports.base import Received, Record, TransportError
from evtcompat.exercise.transports.carried import carried, record_of

_TIMEOUT = 10.0
#: On a connection that may be cut: what is not answered by then is lost.
_SHORT = 2.0
#: Seconds that a receiver has to answer.
_ANSWER = 60.0
_PAUSE = 0.03
_POSITION = "evtcompat-record"
#: The names of the record's own headers among those of HTTP.
_NAMES = "evtcompat-names"
_OK, _LATER = 204, 503
#: What says in HTTP how a request is read and where it goes, and our own.
_RESERVED = frozenset(
    {"accept-encoding", "connection", "content-length", "expect", "host", "keep-alive", "te", "trailer",
     "transfer-encoding", "upgrade", _POSITION, _NAMES}
)  # fmt: skip


@dataclass(slots=True)
class _Request:
    """A post that waits for its answer."""

    received: Received
    answered: threading.Event = field(default_factory=threading.Event)
    status: int = _LATER

    def answer(self, status: int) -> None:
        self.status = status
        self.answered.set()


class _Receiver(ThreadingHTTPServer):
    """Listens on the loopback and holds each post until it is answered."""

    daemon_threads = True

    def __init__(self) -> None:
        self.requests: queue.Queue[_Request] = queue.Queue()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            """Hands a post over and answers what it is told."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                names = self.headers.get(_NAMES, "").split(",")
                headers = {name: str(self.headers[name]) for name in names if name}
                request = _Request(Received(record_of(headers, body), str(self.headers[_POSITION])))
                receiver.requests.put(request)
                request.answered.wait(_ANSWER)
                with suppress(OSError):  # the sender has gone meanwhile
                    self.send_response(request.status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's signature
                """Nothing is printed."""

        super().__init__(("127.0.0.1", 0), Handler)


@dataclass(slots=True)
class WebhookChannel:
    """An outbox, the thread that empties it, and, where no service listens, a receiver."""

    #: Host, port and path that is posted to.
    target: tuple[str, int, str]
    patience: float
    receiver: _Receiver | None
    outbox: deque[tuple[str, Record]] = field(default_factory=deque)
    #: Received and not acknowledged, by position.
    open: dict[str, _Request] = field(default_factory=dict)
    closed: bool = False
    #: Why our own receiver does not take a record; what a service refuses is the service's business.
    refused: str = ""
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        """The receiver listens, and the outbox is emptied."""
        receiver = self.receiver
        if receiver is not None:
            self._thread(lambda: receiver.serve_forever(_PAUSE))
        self._thread(self._post_all)

    def _thread(self, work: Any) -> None:
        thread = threading.Thread(target=work, name="evtcompat-webhook", daemon=True)
        self._threads.append(thread)
        thread.start()

    def send(self, record: Record) -> None:
        """The record is in the outbox."""
        with self._changed:
            self.outbox.append((uuid.uuid4().hex, record))
            self._changed.notify_all()

    def receive(self, timeout: float) -> Received | None:
        """The record of the next post."""
        if self.receiver is None:
            message = "webhook: the service receives the posts itself"
            raise TransportError(message)
        try:
            request = self.receiver.requests.get(timeout=timeout)
        except queue.Empty:
            if self.refused:
                message = f"webhook: cannot send: {self.refused}"
                raise TransportError(message) from None
            return None
        self.open[request.received.position] = request
        return request.received

    def ack(self, received: Received) -> None:
        """The post is answered, and the sender has heard it."""
        request = self.open.pop(received.position, None)
        if request is None:
            return
        request.answer(_OK)
        with self._changed:
            heard = self._changed.wait_for(
                lambda: all(position != received.position for position, _ in self.outbox), self.patience
            )
        if not heard:
            message = "webhook: cannot acknowledge: the answer did not reach the sender"
            raise TransportError(message)

    def leave(self) -> None:
        """What was not acknowledged is answered with 503: the sender posts it again."""
        held, self.open = list(self.open.values()), {}
        while self.receiver is not None:
            try:
                held.append(self.receiver.requests.get_nowait())
            except queue.Empty:
                break
        for request in held:
            request.answer(_LATER)

    def waiting(self, group: str) -> int | None:
        """The records that were not answered with 2xx."""
        del group
        return len(self.outbox)

    def close(self) -> None:
        """Nothing is posted and nothing listens any more."""
        if self.closed:
            return
        with self._changed:
            self.closed = True
            self._changed.notify_all()
        self.leave()
        if self.receiver is not None:
            self.receiver.shutdown()
            self.leave()
            self.receiver.server_close()
        for thread in self._threads:
            thread.join(_SHORT)

    def _post_all(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self.closed or bool(self.outbox))
                if self.closed:
                    return
                position, record = self.outbox[0]
            if self._posted(position, record):
                with self._changed:
                    self.outbox.popleft()
                    self._changed.notify_all()
            else:
                time.sleep(_PAUSE)

    def _posted(self, position: str, record: Record) -> bool:
        """Whether a post was answered with 2xx."""
        own = carried(record, _RESERVED)
        host, port, path = self.target
        connection = http.client.HTTPConnection(host, port, timeout=_ANSWER)
        try:
            connection.request("POST", path, record.body, {**own, _NAMES: ",".join(own), _POSITION: position})
            answer = connection.getresponse()
            if self.receiver is not None and answer.status not in (_OK, _LATER):
                self.refused = f"{answer.status} {answer.reason}"
            return answer.status // 100 == _OK // 100
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@dataclass(slots=True)
class WebhookTransport:
    """Posts to a receiver of its own, or to a service."""

    #: Host, port and path of a service; ``None`` for a receiver of its own.
    service: tuple[str, int, str] | None = None
    #: A receiver that was asked for its address before its channel was opened: a proxy stands before it.
    ahead: _Receiver | None = None
    name: str = "webhook"

    def open(self, name: str, *, through: tuple[str, int] | None = None) -> WebhookChannel:
        """An outbox of its own, which is empty."""
        receiver, self.ahead = (self.ahead or _Receiver()) if self.service is None else None, None
        if self.service is not None:
            host, port, path = self.service
        else:
            host, port, path = "127.0.0.1", 0 if receiver is None else receiver.server_address[1], f"/{name}"
        if through is not None:
            host, port = through
        channel = WebhookChannel((host, port, path), _TIMEOUT if through is None else _SHORT, receiver)
        channel.begin()
        return channel

    def upstream(self) -> tuple[str, int] | None:
        """Where the next channel's receiver listens, or the service."""
        if self.service is not None:
            return self.service[:2]
        if self.ahead is None:
            self.ahead = _Receiver()
        return "127.0.0.1", int(self.ahead.server_address[1])


def connect(url: str) -> WebhookTransport:
    """The transport of `webhook:`, or of a service at `webhook://HOST:PORT/PATH`."""
    parts = urlsplit(url)
    if not parts.hostname:
        return WebhookTransport()
    return WebhookTransport((parts.hostname, parts.port or 80, parts.path or "/"))
