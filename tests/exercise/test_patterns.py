"""The patterns for one's own tests, over memory and real brokers; the fixtures as a project has them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing

import pytest

from evtcompat.exercise.patterns import Bus, NeverError, Trace, eventually, snapshot
from evtcompat.exercise.transports.base import Record
from evtcompat.exercise.transports.memory import MemoryTransport
from evtcompat.exercise.transports.opening import open_transport

pytest_plugins = ["pytester"]


@pytest.fixture(params=["memory", "redis", "nats"])
def any_bus(request: pytest.FixtureRequest) -> Iterator[Bus]:
    name = request.param
    transport = MemoryTransport() if name == "memory" else open_transport(request.getfixturevalue(f"{name}_url"))
    with closing(Bus(transport)) as opened:
        yield opened


@pytest.mark.slow
def test_a_topic_is_drained_of_exactly_what_was_published(any_bus: Bus) -> None:
    orders = any_bus.topic("orders")
    for number in range(3):
        orders.publish({"id": number}, key="k", kind="order")
    assert [record.body for record in orders.drain(3)] == [b'{"id": 0}', b'{"id": 1}', b'{"id": 2}']
    assert any_bus.topic("orders") is orders
    orders.publish(b"4")
    with pytest.raises(NeverError, match=r"orders: 1 event within 0.1 s, not 2: 4"):
        orders.drain(2, within=0.1)
    for _ in range(2):
        orders.publish(b"5")
    with pytest.raises(NeverError, match="2 events"):
        orders.drain(1)


def test_what_a_handler_raises_at_comes_again(any_bus: Bus) -> None:
    orders, seen = any_bus.topic(), []
    orders.publish({"id": 1})

    def fails(record: Record) -> None:
        raise LookupError(record.body)

    with pytest.raises(LookupError):
        orders.deliver(fails)
    orders.deliver(lambda record: seen.append(record.body))
    assert seen == [b'{"id": 1}']


@pytest.mark.slow
def test_a_trace_is_followed_through_topics_and_says_what_is_missing(any_bus: Bus) -> None:
    """The approval that transits exactly once, among other events."""
    trace, orders, approvals, shipments = Trace(), *map(any_bus.topic, ("orders", "approvals", "shipments"))
    orders.publish({"id": "o1"}, **trace.headers)
    orders.publish({"id": "o2"}, **Trace().headers)
    approvals.publish({"approved": "o1"}, **trace.headers)
    assert trace.follow(orders, approvals) == [("orders", {"id": "o1"}), ("approvals", {"approved": "o1"})]
    with pytest.raises(NeverError, match=r"shipments has 0 events of the trace .*; seen: orders -> approvals"):
        trace.follow(orders, approvals, shipments, within=0.1)


def test_eventually_tells_what_it_saw_last() -> None:
    looks = iter([0, 0, 7])
    assert eventually(lambda: next(looks), every=0.001) == 7

    def never() -> None:
        assert not "yet", "still empty"

    with pytest.raises(NeverError, match=r"not within 0.01 s \(\d+ looks, every 0.001 s\); last: .*still empty"):
        eventually(never, within=0.01, every=0.001)


def test_eventually_awaits() -> None:
    looks = iter([False, True])

    async def look() -> bool:
        return next(looks)

    async def wait() -> object:
        return await eventually(look, every=0.001)  # type: ignore[misc]  # a coroutine function makes it one

    assert asyncio.run(wait()) is True


def test_a_snapshot_is_what_changed() -> None:
    rows = [{"id": "o1", "status": "NEW"}]
    with snapshot(lambda: [dict(row) for row in rows]) as change:
        rows[0]["status"] = "PAID"
    assert str(change) == '/0/status: "NEW" before, "PAID" after'


PROJECT = """
import http.client, socket
from urllib.parse import urlsplit
shipped = []

def test_poll_and_drain(bus, eventually, drain):
    bus.topic("orders").publish({"id": "o1"})
    bus.topic("orders").deliver(lambda record: shipped.append(record.body))
    assert eventually(lambda: shipped) == [b'{"id": "o1"}']
    assert drain(bus.topic("orders")) == []

def test_callback(webhook, snapshot):
    place = urlsplit(webhook.url)
    with snapshot(webhook.look) as change:
        client = http.client.HTTPConnection(place.hostname, place.port)
        client.request("POST", "/x"); client.getresponse().read(); client.close()
    assert len(webhook.calls) == 1 and change.differences

def test_trace(bus, trace):
    bus.topic("a").publish(1, **trace.headers)
    assert trace.follow(bus.topic("a")) == [("a", 1)]

def test_chaos(chaos, webhook):
    place = urlsplit(webhook.url)
    proxy = chaos(place.hostname, place.port)
    proxy.cut()
    proxy.heal()
    client = http.client.HTTPConnection(*proxy.address)
    client.request("GET", "/x"); assert client.getresponse().status == 204; client.close()
"""


@pytest.mark.slow
def test_a_project_opts_in_to_the_fixtures(pytester: pytest.Pytester) -> None:
    pytester.makeconftest('pytest_plugins = ["evtcompat.pytest_patterns"]')
    pytester.makepyfile(PROJECT)
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=4)


@pytest.mark.slow
def test_the_broker_of_the_fixtures_is_chosen_on_the_command_line(pytester: pytest.Pytester, redis_url: str) -> None:
    pytester.makeconftest('pytest_plugins = ["evtcompat.pytest_patterns"]')
    pytester.makepyfile(PROJECT)
    pytester.runpytest_inprocess("--evtcompat-transport", redis_url).assert_outcomes(passed=4)
