"""RabbitMQ (AMQP 0-9-1): a queue, publisher confirms, one consumer at a time with explicit acknowledgement."""

from __future__ import annotations

import time
import uuid
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING, Any

from evtcompat.dataclasses import dataclass, field
from evtcompat.exercise.transports.base import Received, Record, TransportError, spoken
from evtcompat.exercise.transports.reaching import TIMEOUT, AddressError, advice, may_be_cut, opening, patience, place

if TYPE_CHECKING:
    import pika
    from pika.adapters.blocking_connection import BlockingChannel

_SLICE = 0.005
_KEY = "evtcompat-key"
#: The broker removes a queue that nobody uses after this long, should evtcompat be killed.
_EXPIRE_MS = 3_600_000
_PORT, _TLS_PORT = 5672, 5671


def _spoken(doing: str) -> AbstractContextManager[None]:
    return spoken(f"rabbitmq: cannot {doing}")


def _sent(value: str) -> str | bytes:
    """A header's value for pika: text, or the bytes that `surrogateescape` wrote as text."""
    return value.encode("utf-8", "surrogateescape") if any("\ud800" <= one <= "\udfff" for one in value) else value


def _heard(value: object) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


@dataclass(slots=True)
class RabbitChannel:
    """One queue. Records of all keys are in one order."""

    queue: str
    #: For sending and for cleaning up: never goes through a proxy.
    steady: pika.BlockingConnection
    sending: BlockingChannel
    steady_settings: pika.ConnectionParameters
    settings: pika.ConnectionParameters
    consuming: pika.BlockingConnection | None = None
    receiving: BlockingChannel | None = None
    #: Delivery tags on this connection, by position.
    tags: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    acknowledged: set[str] = field(default_factory=set)
    closed: bool = False

    def send(self, record: Record) -> None:
        """The record is in the queue."""
        import pika

        headers: dict[str, Any] = {name: _sent(value) for name, value in record.headers.items()}
        if record.key is not None:
            headers[_KEY] = record.key
        # The broker has no name for a message: this one is the same on every delivery.
        properties = pika.BasicProperties(
            message_id=uuid.uuid4().hex,
            headers=headers,
            content_type=record.headers.get("content-type"),
            delivery_mode=pika.DeliveryMode.Persistent,
        )
        with _spoken("send"):
            self.sending.basic_publish("", self.queue, record.body, properties, mandatory=True)
        self.sent += 1

    def receive(self, timeout: float) -> Received | None:
        """The next message that no consumer has."""
        end = time.monotonic() + timeout
        with _spoken("receive"):
            channel = self._receiving()
            while True:
                method, properties, body = channel.basic_get(self.queue)
                if method is not None and properties is not None:
                    break
                if time.monotonic() >= end:
                    return None
                time.sleep(_SLICE)
        headers = {str(name): _heard(value) for name, value in (properties.headers or {}).items()}
        position = str(properties.message_id or f"tag {method.delivery_tag}")
        self.tags[position] = int(method.delivery_tag)
        return Received(Record(headers.pop(_KEY, None), body or b"", headers), position)

    def ack(self, received: Received) -> None:
        """The message has left the queue: a question on the same channel is answered after the acknowledgement."""
        tag = self.tags.get(received.position)
        if tag is None:
            return
        with _spoken("acknowledge"):
            channel = self._receiving()
            channel.basic_ack(tag)
            channel.queue_declare(self.queue, passive=True)
        del self.tags[received.position]
        self.acknowledged.add(received.position)

    def leave(self) -> None:
        """The connection is closed, and the queue has what it held at its head again."""
        self._drop()
        self.tags.clear()
        end = time.monotonic() + TIMEOUT
        with _spoken("see what comes back"):
            while time.monotonic() < end:
                ready = self.sending.queue_declare(self.queue, passive=True).method.message_count
                if ready >= self.sent - len(self.acknowledged):
                    return
                time.sleep(_SLICE)

    def waiting(self, group: str) -> int | None:
        """Messages that no consumer has; ``None`` for none, since those on their way are not counted."""
        del group
        with _spoken("count the messages"):
            return int(self.sending.queue_declare(self.queue, passive=True).method.message_count) or None

    def reconnect(self) -> None:
        """The old connections are dropped; the queue outlives its broker, and so does what is in it."""
        from pika.exceptions import AMQPError

        self._drop()
        self.tags.clear()
        with suppress(AMQPError, OSError):  # a broken connection is as gone as a closed one
            self.steady.close()
        with _spoken("reach the broker again"):
            self.steady, self.sending = _sender(self.steady_settings)

    def close(self) -> None:
        """The queue and the connections are gone."""
        from pika.exceptions import AMQPError

        if self.closed:
            return
        self.closed = True
        try:
            self._drop()
            with _spoken(f"remove the queue {self.queue}"):
                self.sending.queue_delete(self.queue)
        finally:
            with suppress(AMQPError, OSError):
                self.steady.close()

    def _drop(self) -> None:
        from pika.exceptions import AMQPError

        consuming, self.consuming, self.receiving = self.consuming, None, None
        if consuming is not None:
            with suppress(AMQPError, OSError):  # a broken connection is as gone as a closed one
                consuming.close()

    def _receiving(self) -> BlockingChannel:
        import pika

        if self.receiving is None:
            self.consuming = pika.BlockingConnection(self.settings)
            self.receiving = self.consuming.channel()
        return self.receiving


def _sender(settings: pika.ConnectionParameters) -> tuple[pika.BlockingConnection, BlockingChannel]:
    """A connection with a channel on which the broker confirms what it was sent."""
    import pika

    steady = pika.BlockingConnection(settings)
    try:
        sending = steady.channel()
        sending.confirm_delivery()
    except BaseException:
        steady.close()
        raise
    return steady, sending


@dataclass(frozen=True, slots=True)
class RabbitTransport:
    """A RabbitMQ server."""

    url: str = field(repr=False)
    name: str = "rabbitmq"

    def open(self, name: str, *, through: tuple[str, int] | None = None) -> RabbitChannel:
        """A queue of its own.

        Raises:
            TransportError: The server cannot be reached, or TLS is to go through a proxy.
        """
        may_be_cut(self.name, self.url, "amqp", through)
        port = self.upstream()[1]
        with opening("rabbitmq: cannot create a queue", self.url, port, advice("RabbitMQ server", "amqp:")):
            steady, sending = _sender(self.settings(None))
            try:
                sending.queue_declare(name, durable=True, arguments={"x-expires": _EXPIRE_MS})
            except BaseException:
                steady.close()
                raise
        return RabbitChannel(name, steady, sending, self.settings(None), self.settings(through))

    def upstream(self) -> tuple[str, int]:
        """Where the server listens."""
        return place(self.url, _TLS_PORT if self.url.startswith("amqps:") else _PORT)

    def settings(self, through: tuple[str, int] | None) -> pika.ConnectionParameters:
        """Where a connection goes, and how long it waits.

        Raises:
            AddressError: The URL is none that pika knows.
        """
        import pika

        try:
            settings = pika.URLParameters(self.url)
        except (ValueError, TypeError) as error:
            message = "pika knows neither such a form nor, maybe, what stands behind `?`"
            raise AddressError(message) from error
        if through is not None:
            settings.host, settings.port = through
        settings.heartbeat = 0  # nothing answers heartbeats while a consumer is at work
        settings.connection_attempts = 1
        settings.socket_timeout = settings.stack_timeout = settings.blocked_connection_timeout = patience(through)
        return settings


def connect(url: str) -> RabbitTransport:
    """The transport of an `amqp://` or `amqps://` URL; nothing is connected yet.

    Raises:
        TransportError: pika is not installed.
        AddressError: The URL is none that pika knows.
    """
    try:
        import pika  # noqa: F401 - is it there?
    except ImportError as error:
        message = "amqp:// needs the RabbitMQ client"
        raise TransportError(message, hint="pip install 'evtcompat[rabbitmq]'") from error
    transport = RabbitTransport(url)
    transport.settings(None)
    return transport
