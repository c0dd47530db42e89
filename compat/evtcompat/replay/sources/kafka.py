"""A Kafka topic between two fixed ends. No group is joined and no offset committed: nobody's position moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from evtcompat import kafka_client
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.replay.sources.items import Item, Lost, Messages, Tombstones
from evtcompat.replay.splits import Position, Split

if TYPE_CHECKING:
    from collections.abc import Sequence

_SCHEME: Final = "kafka://"
#: Offsets of one split.
_OFFSETS: Final = 200_000
_TIMEOUT_MS: Final = 10_000
#: Polls in a row that bring nothing, after which a partition that should have more is given up.
_PATIENCE: Final = 12
_RECORDS: Final = 5_000


def address(source: str) -> tuple[list[str], str]:
    """The servers and the topic of ``kafka://host:port[,host:port]/topic``.

    Raises:
        UsageError: It names none.
    """
    servers, _, topic = source.removeprefix(_SCHEME).partition("/")
    if not servers or not topic or "@" in servers:
        message = f"{_SCHEME}... needs servers and a topic, and no credentials"
        raise UsageError(
            message, hint=f"kafka://host:9092/orders; credentials stand in the file that {kafka_client.SETTINGS} names."
        )
    return servers.split(","), topic


@contextmanager
def _consumer(servers: Sequence[str]) -> Iterator[tuple[Any, Any]]:
    """A client without a group, and the type of its partitions.

    Raises:
        UncheckedError: The client is not installed, or the broker not reached.
    """
    kafka = kafka_client.client()
    kafka_client.knock(servers)
    try:
        consumer = kafka.KafkaConsumer(
            bootstrap_servers=list(servers),
            bootstrap_timeout_ms=_TIMEOUT_MS,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=_RECORDS,
            **kafka_client.settings(),
        )
    except kafka.errors.KafkaError as error:
        message = f"the broker at {','.join(servers)} cannot be reached: {type(error).__name__}"
        raise UncheckedError(message) from error
    try:
        yield consumer, kafka.TopicPartition
    except kafka.errors.KafkaError as error:
        message = f"the broker at {','.join(servers)} fails: {type(error).__name__}: {error}"
        raise UncheckedError(message) from error
    finally:
        consumer.close(autocommit=False)


def topic_splits(source: str) -> tuple[Split, ...]:
    """The offsets of a topic as it stands now, in parts. What is written later is not looked at.

    Raises:
        UsageError: The address is none.
        UncheckedError: The topic cannot be read.
    """
    servers, topic = address(source)
    with _consumer(servers) as (consumer, partition_of):
        partitions = consumer.partitions_for_topic(topic)
        if not partitions:
            message = f"there is no topic {topic} at {','.join(servers)}"
            raise UncheckedError(message)
        places = [partition_of(topic, number) for number in sorted(partitions)]
        first, last = consumer.beginning_offsets(places), consumer.end_offsets(places)
    base = source.split("#", maxsplit=1)[0]
    return tuple(
        Split(f"{base}#{place.partition}", "kafka", start, min(start + _OFFSETS, last[place]), last[place])
        for place in places
        for start in range(first[place], last[place], _OFFSETS)
    )


def first_message(source: str) -> bytes:
    """The first value in a topic, or nothing."""
    for split in topic_splits(source):
        for item in records(split):
            if isinstance(item, Messages):
                return item.values[0]
    return b""


def records(split: Split) -> Iterator[Messages | Item]:
    """The records between two offsets of a partition.

    Offsets that no record has are no error: compaction, and the marks of transactions, leave such gaps.
    """
    base, _, number = split.source.partition("#")
    servers, topic = address(base)
    with _consumer(servers) as (consumer, partition_of):
        place = partition_of(topic, int(number))
        consumer.assign([place])
        consumer.seek(place, split.start)
        at, waited = split.start, 0
        while at < split.end:
            found = consumer.poll(timeout_ms=_TIMEOUT_MS // _PATIENCE).get(place, [])
            inside = [record for record in found if record.offset < split.end]
            yield from _items(inside)
            # behind the last record there may be offsets without any
            behind = max(consumer.position(place), found[-1].offset + 1 if found else at)
            waited = 0 if behind > at else waited + 1
            at = behind
            if waited >= _PATIENCE:
                message = f"the broker gives nothing behind offset {at}, though the partition went to {split.end}"
                yield Lost(Position(split.source, at, unit="offset"), message)
                return


def _items(records: Sequence[Any]) -> Iterator[Messages | Tombstones]:
    kept = [record for record in records if record.value is not None]
    if len(kept) < len(records):
        yield Tombstones(len(records) - len(kept))
    if kept:
        offsets = [record.offset for record in kept]
        yield Messages(
            [record.value for record in kept], offsets.__getitem__, "offset", [record.timestamp for record in kept]
        )
