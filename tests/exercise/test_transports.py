"""The laws of transports, against every one that there is."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from evtcompat.errors import UsageError
from evtcompat.exercise.patterns import eventually
from evtcompat.exercise.probes import WebhookProbe
from evtcompat.exercise.proxy import Proxy
from evtcompat.exercise.transports.base import (
    Measured,
    Received,
    Record,
    Redelivering,
    Redriving,
    Transport,
    TransportError,
)
from evtcompat.exercise.transports.laws import LAWS, Law, LawError
from evtcompat.exercise.transports.memory import MemoryChannel, MemoryTransport
from evtcompat.exercise.transports.opening import open_transport
from evtcompat.exercise.transports.redis_streams import RedisChannel
from exercise.folder_transport import FolderTransport


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_every_real_broker_keeps_the_laws(law: Law, broker: Transport) -> None:
    law(broker)


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_nats_keeps_the_laws(law: Law, nats_url: str) -> None:
    law(open_transport(nats_url))


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_web_hooks_keep_the_laws(law: Law) -> None:
    law(open_transport("webhook:"))


@pytest.mark.long
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_a_broker_that_starts_slowly_keeps_the_laws(law: Law, slow_broker: Transport) -> None:
    """The emulation keeps the order of a standard queue too, which the service itself does not promise."""
    law(slow_broker)


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_transports_without_a_broker_keep_the_laws(law: Law, tmp_path: Path) -> None:
    law(MemoryTransport())
    law(FolderTransport(tmp_path))


class _Forgetful(MemoryChannel):
    """Loses what was not acknowledged."""

    def leave(self) -> None:
        return


class _Backwards(MemoryChannel):
    """The last record first."""

    def receive(self, timeout: float) -> Received | None:
        del timeout
        left = [str(i) for i in range(len(self.records)) if str(i) not in self.acknowledged]
        return Received(self.records[int(left[-1])], left[-1]) if left else None


class _Stubborn(MemoryChannel):
    """Delivers for ever."""

    def ack(self, received: Received) -> None:
        del received


class _Deaf(MemoryChannel):
    """Drops headers."""

    def send(self, record: Record) -> None:
        self.records.append(Record(record.key, record.body))


@pytest.mark.parametrize("kind", [_Forgetful, _Backwards, _Stubborn, _Deaf])
def test_a_transport_that_is_wrong_breaks_a_law(kind: type[MemoryChannel]) -> None:
    class Wrong(MemoryTransport):
        def open(self, name: str, *, through: tuple[str, int] | None = None) -> MemoryChannel:
            del name, through
            return kind()

    def broken(law: Law) -> bool:
        try:
            law(Wrong())
        except LawError:
            return True
        return False

    assert any(broken(law) for law in LAWS)


@pytest.mark.slow
def test_a_cut_loses_the_acknowledgement_and_healing_brings_the_record_again(broker: Transport) -> None:
    with Proxy(broker.upstream()) as proxy, closing(broker.open("evtcompat-cut", through=proxy.address)) as channel:
        channel.send(Record("k", b"1"))
        first = channel.receive(30)
        assert first is not None
        proxy.cut()
        with pytest.raises(TransportError):
            channel.ack(first)
        channel.leave()
        proxy.heal()
        assert channel.receive(30) == first


def cut_and_healed(transport: Transport) -> None:
    """The law of a connection that is cut before an acknowledgement."""
    with (
        Proxy(transport.upstream()) as proxy,
        closing(transport.open("evtcompat-c2", through=proxy.address)) as channel,
    ):
        channel.send(Record("k", b"1"))
        channel.send(Record("k", b"2"))
        first = channel.receive(30)
        assert first is not None
        proxy.cut()
        with pytest.raises(TransportError):
            channel.ack(first)
        channel.leave()
        proxy.heal()
        assert channel.receive(30) == first


@pytest.mark.slow
def test_a_cut_of_a_web_hook_brings_the_record_again() -> None:
    cut_and_healed(open_transport("webhook:"))


def test_a_web_hook_is_posted_to_a_service_until_it_is_answered() -> None:
    with closing(WebhookProbe()) as service:
        place = service.url.removeprefix("http://")
        with closing(open_transport(f"webhook://{place}/orders").open("x")) as channel:
            channel.send(Record("k", b'{"id": 1}', {"kind": "order"}))
            assert isinstance(channel, Measured)
            assert eventually(lambda: channel.waiting("") == 0)
        assert service.look() == [{"method": "POST", "path": "/orders", "body": {"id": 1}}]


@pytest.mark.slow
def test_a_cut_of_nats_brings_the_record_again(nats_url: str) -> None:
    cut_and_healed(open_transport(nats_url))


@pytest.mark.long
def test_a_cut_of_a_broker_that_starts_slowly_brings_the_record_again(slow_broker: Transport) -> None:
    cut_and_healed(slow_broker)


@pytest.mark.slow
def test_only_the_kinds_of_queues_that_there_are_can_be_asked_for() -> None:
    pytest.importorskip("boto3")
    with pytest.raises(UsageError, match="no such kind of queue"):
        open_transport("sqs://127.0.0.1:1?queue=fast")


@pytest.mark.long
def test_a_queue_sets_aside_by_itself_what_is_received_too_often(sqs_url: str) -> None:
    """After the second delivery without a deletion; what is deleted is not set aside."""
    transport = open_transport(f"{sqs_url}?queue=standard")
    with closing(transport.open("evtcompat-r")) as channel, closing(transport.open("evtcompat-r-dead")) as dead:
        assert isinstance(channel, Redriving)
        assert isinstance(channel, Redelivering)
        channel.redeliver_after(1)
        channel.redrive(dead, 2)
        channel.send(Record("k", b"poison"))
        channel.send(Record("k", b"good"))
        bodies = []
        for _ in range(3):
            received = channel.receive(30)
            assert received is not None
            bodies.append(received.record.body)
            if received.record.body == b"good":
                channel.ack(received)
        assert sorted(bodies) == [b"good", b"poison", b"poison"]

        def set_aside() -> object:
            assert channel.receive(0) is None
            return dead.receive(0)

        found = eventually(set_aside, within=30)
        assert isinstance(found, Received)
        assert found.record.body == b"poison"


def test_the_field_of_an_entry_that_holds_the_body_is_chosen(redis_url: str) -> None:
    import redis

    transport = open_transport(f"{redis_url}?body=data")
    with closing(transport.open("evtcompat-b")) as channel, closing(redis.Redis.from_url(redis_url)) as client:
        channel.send(Record("k", b"1"))
        entries: Any = client.xrange("evtcompat-b")
        assert entries[0][1] == {b"data": b"1", b"key": b"k"}
        received = channel.receive(30)
        assert received is not None
        assert received.record == Record("k", b"1")


def test_redis_is_as_it_was_after_a_channel(redis_url: str) -> None:
    import redis

    with (
        closing(redis.Redis.from_url(redis_url)) as client,
        closing(open_transport(redis_url).open("evtcompat-x")) as one,
    ):
        one.send(Record("k", b"1"))
        assert client.exists("evtcompat-x") == 1
        assert 0 < client.ttl("evtcompat-x") <= 3600, "should evtcompat be killed, Redis removes the stream itself"
        one.close()
        assert client.keys("evtcompat*") == []


def test_redis_sees_every_connection_end_when_it_is_left_or_closed(redis_url: str) -> None:
    """Not when garbage is collected: what the channel used is still referred to here."""
    import redis

    def connections(expected: int) -> int:
        end = time.monotonic() + 10
        while (count := len(client.client_list())) != expected and time.monotonic() < end:
            time.sleep(0.01)
        return count

    with closing(redis.Redis.from_url(redis_url)) as client:
        before = len(client.client_list())
        with closing(open_transport(redis_url).open("evtcompat-x")) as one:
            assert isinstance(one, RedisChannel)
            one.send(Record("k", b"1"))
            assert one.receive(30) is not None
            steady, consuming = one.steady, one.consuming
            assert connections(before + 2) == before + 2
            one.leave()
            assert connections(before + 1) == before + 1, consuming
        assert connections(before) == before, steady


@pytest.mark.slow
def test_kafka_is_as_it_was_after_a_channel(kafka_url: str) -> None:
    with closing(open_transport(kafka_url).open("evtcompat-x")) as one:
        one.send(Record("k", b"1"))
        assert one.receive(30) is not None
    import kafka

    admin = kafka.KafkaAdminClient(bootstrap_servers=kafka_url.removeprefix("kafka://"))
    try:
        assert [topic for topic in admin.list_topics() if topic.startswith("evtcompat")] == []
        assert "evtcompat" not in str(admin.list_groups())
    finally:
        admin.close()
