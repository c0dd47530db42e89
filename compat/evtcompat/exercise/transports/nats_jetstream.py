"""NATS JetStream: a stream, a durable pull consumer with explicit acknowledgement."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Coroutine
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from evtcompat.dataclasses import dataclass, field
from evtcompat.exercise.transports.base import Received, TransportError, spoken
from evtcompat.exercise.transports.base import Record as Sent
from evtcompat.exercise.transports.carried import carried, record_of
from evtcompat.exercise.transports.reaching import SHORT, TIMEOUT, advice, may_be_cut, opening, patience, place

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.js.client import JetStreamContext

_Answer = TypeVar("_Answer")
_DURABLE = "evtcompat"
#: What is neither acknowledged nor given back comes again after this many seconds.
_ACK_WAIT = 600
_PORT = 4222


def _spoken(doing: str) -> AbstractContextManager[None]:
    return spoken(f"nats: cannot {doing}")


@dataclass(slots=True)
class NatsChannel:
    """One stream with one durable consumer. Records of all keys are in one order."""

    name: str
    url: str
    #: Where the consuming connection goes: the server itself, or a proxy.
    consuming_url: str
    patience: float
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    #: For sending, giving back and cleaning up: never goes through a proxy.
    steady: Client | None = None
    consuming: Client | None = None
    pull: JetStreamContext.PullSubscription | None = None
    #: Received and not acknowledged, by position.
    open: dict[str, Msg] = field(default_factory=dict)

    def create(self) -> None:
        """The stream and its consumer exist, empty."""
        from nats.js.errors import ServiceUnavailableError

        with opening("nats: cannot create a stream", self.url, _PORT, advice("NATS server", "nats:")):
            self.steady = self._wait(self._connected(self.url), TIMEOUT)
            stream = self.steady.jetstream().add_stream(name=self.name, subjects=[self.name])
            try:
                self._wait(stream, TIMEOUT)
            except ServiceUnavailableError as error:
                message = (
                    f"nats: cannot create a stream at {urlsplit(self.url).netloc.rpartition('@')[2]}: no JetStream"
                )
                hint = (
                    "Start that server with JetStream (nats-server -js), or let evtcompat start one: --transport nats:"
                )
                raise TransportError(message, hint=hint) from error
            self._set_consumer(_ACK_WAIT)

    def _set_consumer(self, ack_wait: int) -> None:
        """The durable consumer is as it is described."""
        from nats.js.api import AckPolicy, ConsumerConfig

        config = ConsumerConfig(durable_name=_DURABLE, ack_policy=AckPolicy.EXPLICIT, ack_wait=ack_wait)
        self._wait(self._steady().jetstream().add_consumer(self.name, config), TIMEOUT)

    def send(self, record: Sent) -> None:
        """The record is in the stream."""
        with _spoken("send"):
            sending = self._steady().jetstream().publish(self.name, record.body, headers=carried(record))
            self._wait(sending, TIMEOUT)

    def receive(self, timeout: float) -> Received | None:
        """The next record that the consumer has for its member."""
        import nats.errors

        with _spoken("receive"):
            pull = self._pull()
            try:
                (message,) = self._wait(pull.fetch(1, timeout=timeout), timeout + self.patience)
            except (nats.errors.TimeoutError, TimeoutError):
                return None
        position = str(message.metadata.sequence.stream)
        self.open[position] = message
        return Received(record_of(message.headers or {}, message.data), position)

    def ack(self, received: Received) -> None:
        """The consumer is done with the record."""
        message = self.open.get(received.position)
        with _spoken("acknowledge"):
            if message is not None and message.reply:
                self._wait(self._consumer().request(message.reply, b"+ACK", timeout=self.patience), self.patience)
                del self.open[received.position]

    def leave(self) -> None:
        """The connection is closed, and what it held is given back, the oldest first."""
        self._drop()
        given_back, self.open = list(self.open.values()), {}
        with _spoken("give back what was received"):
            for message in given_back:
                # by itself the server would hand it out again only after a while; the answer says that it has it back
                self._wait(self._steady().request(message.reply, b"-NAK", timeout=TIMEOUT), TIMEOUT)

    @property
    def address(self) -> str:
        """The stream, and the subject that it keeps."""
        return self.name

    @property
    def group(self) -> str:
        """The durable consumer that is there already."""
        return _DURABLE

    def waiting(self, group: str) -> int | None:
        """Messages that a durable consumer has not acknowledged; ``None`` while there is no such consumer."""
        from nats.js.errors import NotFoundError

        with _spoken("ask for the consumer"):
            try:
                found = self._wait(self._steady().jetstream().consumer_info(self.name, group), TIMEOUT)
            except NotFoundError:
                return None
        return (found.num_pending or 0) + (found.num_ack_pending or 0)

    def redeliver_after(self, seconds: int) -> None:
        """The consumer's `ack_wait` is so long."""
        with _spoken("set how long an acknowledgement is waited for"):
            self._set_consumer(seconds)

    def reconnect(self) -> None:
        """The old connections are dropped; streams and consumers outlive their server."""
        self._drop()
        self.open.clear()
        self._disconnect(self.steady)
        with _spoken("reach the server again"):
            self.steady = self._wait(self._connected(self.url), TIMEOUT)

    def close(self) -> None:
        """The stream, its consumer, the connections and the loop are gone."""
        if self.loop.is_closed():
            return
        try:
            self._drop()
            if self.steady is not None:
                with _spoken(f"remove the stream {self.name}"):
                    self._wait(self.steady.jetstream().delete_stream(self.name), TIMEOUT)
        finally:
            self._disconnect(self.steady)
            self.steady = None
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)
                if self.consuming_url != self.url:
                    # Older releases of the client forget the socket of a connection that was cut. It ends here, while
                    # its loop still runs, not whenever Python next looks for what refers to itself.
                    gc.collect()
                self.loop.run_until_complete(_finish())
            self.loop.close()

    def _drop(self) -> None:
        consuming, self.consuming, self.pull = self.consuming, None, None
        self._disconnect(consuming)

    def _disconnect(self, client: Client | None) -> None:
        import nats.errors

        if client is not None:
            with suppress(nats.errors.Error, OSError, TimeoutError):  # a broken connection is as gone as a closed one
                self._wait(client.close(), SHORT)

    def _steady(self) -> Client:
        if self.steady is None:
            message = "nats: the channel is not open"
            raise TransportError(message)
        return self.steady

    def _consumer(self) -> Client:
        if self.consuming is None:
            self.consuming = self._wait(self._connected(self.consuming_url), self.patience * 2)
        return self.consuming

    def _pull(self) -> JetStreamContext.PullSubscription:
        if self.pull is None:
            stream = self._consumer().jetstream(timeout=self.patience)
            self.pull = self._wait(stream.pull_subscribe_bind(durable=_DURABLE, stream=self.name), self.patience)
        return self.pull

    async def _connected(self, url: str) -> Client:
        from nats.aio.client import Client
        from nats.errors import NoServersError

        reasons: list[Exception] = []

        async def told(error: Exception) -> None:
            """What goes wrong later is seen by whoever waits for an answer."""
            reasons.append(error)

        # One attempt: what the broker did not confirm must be seen here, not hidden by the client.
        once: dict[str, Any] = {"allow_reconnect": False, "max_reconnect_attempts": 1, "reconnect_time_wait": 0.05}
        once["connect_timeout"] = self.patience
        client = Client()
        try:
            await client.connect(url, error_cb=told, **once)
        except BaseException as error:
            with suppress(AttributeError):  # releases up to 2.7 fail to close what they never opened
                await client.close()  # what answers may be no NATS, and the client leaves its socket open then
            if isinstance(error, NoServersError) and reasons:
                raise reasons[-1] from error  # the other one says no more than that there is no server
            raise
        return client

    def _wait(self, doing: Coroutine[Any, Any, _Answer], patience: float) -> _Answer:
        async def answer() -> _Answer:
            return await asyncio.wait_for(doing, patience)

        return self.loop.run_until_complete(answer())


async def _finish() -> None:
    """No task is left: older releases of the client leave one for each subscription."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    for _ in range(2):  # a transport that was closed lets go of its socket in the next round of the loop
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class NatsTransport:
    """A NATS server with JetStream."""

    url: str = field(repr=False)
    name: str = "nats"

    def open(self, name: str, *, through: tuple[str, int] | None = None) -> NatsChannel:
        """A stream of its own.

        Raises:
            TransportError: The server cannot be reached or has no JetStream, or TLS is to go through a proxy.
        """
        parts = urlsplit(self.url)
        may_be_cut(self.name, self.url, "nats", through)
        user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        consuming = self.url if through is None else f"nats://{user}{through[0]}:{through[1]}"
        channel = NatsChannel(name, self.url, consuming, patience(through))
        try:
            channel.create()
        except BaseException:
            with suppress(TransportError):
                channel.close()
            raise
        return channel

    def upstream(self) -> tuple[str, int] | None:
        """Where the server listens."""
        return place(self.url, _PORT)


def connect(url: str) -> NatsTransport:
    """The transport of a `nats://` or `tls://` URL; nothing is connected yet.

    Raises:
        TransportError: nats-py is not installed.
    """
    try:
        import nats  # noqa: F401 - is it there?
    except ImportError as error:
        message = "nats:// needs the NATS client"
        raise TransportError(message, hint="pip install 'evtcompat[nats]'") from error
    return NatsTransport(urlunsplit(urlsplit(url)))
