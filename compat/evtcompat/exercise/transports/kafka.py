"""The Kafka protocol: a topic with several partitions, a consumer group with one member, committed offsets.

The client is kafka-python: maintained, a pure Python wheel for every platform, and able to use a SOCKS5 proxy,
so that a cut also reaches the addresses that the broker advertises.
"""

from __future__ import annotations

import gc
import time
import warnings
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from typing import Any

from evtcompat import kafka_client
from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.exercise.transports.base import Received, Record, TransportError, spoken
from evtcompat.exercise.transports.reaching import advice

_PARTITIONS = 3
_TIMEOUT_MS = 10_000
#: What a connection that may be cut has time for: an acknowledgement that is not answered by then is lost.
_SHORT_MS = 2_000
_FAREWELL_MS = 500
_HEARTBEAT_MS = 1_000
_POLL_MS = 250
#: Records that are taken at once.
_MANY = 1000
_ADVICE = advice("broker of the Kafka protocol", "kafka:")


def _spoken(doing: str) -> AbstractContextManager[None]:
    return spoken(f"kafka: {doing}")


@dataclass(slots=True)
class KafkaChannel:
    """One topic and one group of the same name. Records of one key share a partition, which keeps their order."""

    topic: str
    settings: Mapping[str, Any]
    proxy_url: str | None
    admin: Any = None
    producer: Any = None
    consumer: Any = None
    created: bool = False
    #: Whether the group has had a member.
    joined: bool = False
    sent: int = 0

    def create(self) -> None:
        """The topic exists, empty."""
        import kafka
        from kafka.admin import NewTopic

        with spoken("kafka: cannot reach the broker", hint=_ADVICE):
            self.admin = kafka.KafkaAdminClient(**self.settings, request_timeout_ms=_TIMEOUT_MS)
        with _spoken("cannot create a topic"):
            self.admin.create_topics([NewTopic(self.topic, num_partitions=_PARTITIONS, replication_factor=-1)])
            self.created = True
            self.producer = kafka.KafkaProducer(**self.settings, acks="all", linger_ms=0)

    def send(self, record: Record) -> None:
        """The record is in the partition of its key."""
        headers = [(name, value.encode("utf-8", "surrogateescape")) for name, value in record.headers.items()]
        key = None if record.key is None else record.key.encode()
        with _spoken("cannot send"):
            self.producer.send(self.topic, key=key, value=record.body, headers=headers).get(_TIMEOUT_MS / 1000)
        self.sent += 1

    def receive(self, timeout: float) -> Received | None:
        """The next record of any assigned partition."""
        end = time.monotonic() + timeout
        with _spoken("cannot receive"):
            if self.consumer is None:
                self._join()
            while True:
                for messages in self.consumer.poll(timeout_ms=_POLL_MS, max_records=1).values():
                    for message in messages:
                        return _received(message)
                if time.monotonic() >= end:
                    return None

    def take(self, timeout: float) -> list[Record]:
        """The next records of all assigned partitions; nothing is committed."""
        with _spoken("cannot receive"):
            if self.consumer is None:
                self._join()
            polled = self.consumer.poll(timeout_ms=max(1, int(timeout * 1000)), max_records=_MANY).values()
        return [_received(message).record for messages in polled for message in messages]

    def ack(self, received: Received) -> None:
        """The group's committed offset stands behind the record."""
        from kafka.structs import OffsetAndMetadata, TopicPartition

        partition, offset = map(int, received.position.split("-"))
        place = {TopicPartition(self.topic, partition): OffsetAndMetadata(offset + 1, "", -1)}
        with _spoken("cannot commit"):
            self.consumer.commit(place, timeout_ms=_SHORT_MS if self.proxy_url else _TIMEOUT_MS)

    def leave(self) -> None:
        """The member has left without committing; where its connection is broken, it is expelled by the next one.

        Its session need not run out: what is delivered again is the same, and nobody waits for it.
        """
        consumer, self.consumer = self.consumer, None
        if consumer is not None:
            with warnings.catch_warnings():
                # kafka-python 3.0 drops a socket that was still connecting rather than closing it. It ends right here,
                # not whenever Python next looks for what refers to itself.
                warnings.simplefilter("ignore", ResourceWarning)
                with suppress(TransportError), _spoken("cannot leave"):
                    consumer.close(autocommit=False, timeout_ms=_FAREWELL_MS)
                del consumer
                if self.proxy_url:
                    gc.collect()

    @property
    def address(self) -> str:
        """The topic."""
        return self.topic

    @property
    def group(self) -> str:
        """A name that no other group has."""
        return self.topic

    def waiting(self, group: str) -> int | None:
        """Records behind the committed offsets of a group; ``None`` where it has committed nothing."""
        with _spoken("cannot ask for the group's offsets"):
            found = self.admin.list_group_offsets({group: None}).get(group, {})
        committed = [place.offset for partition, place in found.items() if partition.topic == self.topic]
        # The topic is new: a partition's first offset is 0.
        return self.sent - sum(offset for offset in committed if offset > 0) if committed else None

    def close(self) -> None:
        """Group, topic and connections are gone."""
        self.leave()
        producer, self.producer = self.producer, None
        admin, self.admin = self.admin, None
        try:
            if producer is not None:
                producer.close(timeout=_SHORT_MS / 1000)
        finally:
            if admin is not None:
                try:
                    self._remove(admin)
                finally:
                    admin.close()

    def _remove(self, admin: Any) -> None:
        if self.created:
            with _spoken(f"cannot remove the topic {self.topic}"):
                admin.delete_topics([self.topic])
            with _spoken(f"cannot remove the group {self.topic}"):
                self._expel(admin)  # a service that was killed has not left
                admin.delete_groups([self.topic])  # answers with an error code when nobody has joined

    def _expel(self, admin: Any) -> None:
        """Nobody is a member of the group."""
        from kafka.admin import MemberToRemove

        members = admin.describe_groups([self.topic])[self.topic]["members"]
        if members:
            admin.remove_group_members(self.topic, [MemberToRemove(member_id=one["member_id"]) for one in members])

    def _join(self) -> None:
        import kafka

        if self.joined:
            self._expel(self.admin)
        self.joined = True
        self.consumer = kafka.KafkaConsumer(
            self.topic,
            **self.settings,
            group_id=self.topic,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=1,
            session_timeout_ms=_TIMEOUT_MS,
            heartbeat_interval_ms=_HEARTBEAT_MS,
            proxy_url=self.proxy_url,
        )


def _received(message: Any) -> Received:
    # Services write what they like into keys and headers; the bytes of a header can be had back.
    headers = {name: (value or b"").decode("utf-8", "surrogateescape") for name, value in message.headers}
    key = None if message.key is None else message.key.decode("utf-8", "backslashreplace")
    return Received(Record(key, message.value or b"", headers), f"{message.partition}-{message.offset}")


@dataclass(frozen=True, slots=True)
class KafkaTransport:
    """A Kafka cluster, or anything that speaks its protocol."""

    servers: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    name: str = "kafka"

    def open(self, name: str, *, through: tuple[str, int] | None = None) -> KafkaChannel:
        """A topic and group of their own.

        Raises:
            TransportError: The broker cannot be reached or refuses the topic.
        """
        settings = {
            "bootstrap_servers": list(self.servers),
            "bootstrap_timeout_ms": _TIMEOUT_MS,
            **self.settings,
        }
        proxy_url = None if through is None else f"socks5h://{through[0]}:{through[1]}"
        try:
            kafka_client.knock(self.servers)
        except UncheckedError as error:
            raise TransportError(error.message, hint=_ADVICE) from error
        channel = KafkaChannel(name, settings, proxy_url)
        try:
            channel.create()
        except BaseException:
            channel.close()
            raise
        return channel

    def upstream(self) -> tuple[str, int] | None:
        """The client asks the proxy by SOCKS5, address by address."""
        return None


def connect(url: str) -> KafkaTransport:
    """The transport of `kafka://host:port[,host:port...]`; nothing is connected yet.

    Raises:
        UncheckedError: kafka-python is not installed.
        UsageError: The URL names no server, or the settings file is none.
    """
    kafka_client.client()
    servers = tuple(server for server in url.partition("://")[2].rstrip("/").split(",") if server)
    if not servers or any("@" in server or "/" in server for server in servers):
        message = "--transport: expected kafka://host:port, or several with commas"
        raise UsageError(message, hint=f"credentials stand in a JSON file that {kafka_client.SETTINGS} names")
    return KafkaTransport(servers, kafka_client.settings())
