"""Fixtures for tests of one's own event-driven code.

A conftest.py opts in: ``pytest_plugins = ["evtcompat.pytest_patterns"]``.

    def test_an_order_is_shipped(bus, eventually):
        bus.topic("orders").publish({"id": "o1"})
        bus.topic("orders").deliver(shipping.handle)
        assert eventually(lambda: shipping.shipped) == ["o1"]

- `bus`: topics of the test, removed after it, over ``--evtcompat-transport`` (in process by default);
- `eventually`: polls until something is true, also ``await eventually(coroutine_function)``;
- `drain`: ``drain(topic, 3)``: the events that stand in a topic, exactly so many;
- `webhook`: an address that remembers what was called, ``webhook.url`` and ``webhook.calls``;
- `snapshot`: ``with snapshot(look) as change``: what changed;
- `trace`: a correlation id, ``trace.headers`` and ``trace.follow(topic, ...)``;
- `chaos`: ``chaos(host, port)``: a proxy to a broker or a database that cuts, heals and delays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from evtcompat.exercise.patterns import Bus, Change, Topic, Trace
    from evtcompat.exercise.probes import WebhookProbe
    from evtcompat.exercise.proxy import Proxy
    from evtcompat.exercise.transports.base import Record, Transport

_OPTION = "evtcompat_transport"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare which broker `bus` is over."""
    group = parser.getgroup("evtcompat")
    group.addoption(
        "--evtcompat-transport",
        dest=_OPTION,
        metavar="URL",
        help="The broker of the fixture `bus`: redis://HOST:PORT, or `redis:` for a private one. (default: in process)",
    )


@pytest.fixture(scope="session")
def evtcompat_transport(request: pytest.FixtureRequest) -> Iterator[Transport]:
    """The transport of `bus`; a project may define its own fixture of this name, over Testcontainers for example."""
    from evtcompat.exercise.servers import is_private, private_server
    from evtcompat.exercise.transports.memory import MemoryTransport
    from evtcompat.exercise.transports.opening import open_transport

    text = request.config.getoption(_OPTION)
    with ExitStack() as stack:
        if text is None:
            yield MemoryTransport()
        else:
            yield open_transport(stack.enter_context(private_server(text)).url if is_private(text) else text)


@pytest.fixture
def bus(evtcompat_transport: Transport) -> Iterator[Bus]:
    """Topics of this test."""
    from evtcompat.exercise.patterns import Bus

    with closing(Bus(evtcompat_transport)) as opened:
        yield opened


@pytest.fixture
def eventually() -> Callable[..., object]:
    """Polls until something is true."""
    from evtcompat.exercise.patterns import eventually

    return eventually


@pytest.fixture
def drain() -> Callable[..., list[Record]]:
    """The events that stand in a topic."""

    def drained(topic: Topic, count: int | None = None, *, within: float = 5.0) -> list[Record]:
        return topic.drain(count, within=within)

    return drained


@pytest.fixture
def webhook() -> Iterator[WebhookProbe]:
    """An address that remembers what was called."""
    from evtcompat.exercise.probes import WebhookProbe

    with closing(WebhookProbe()) as opened:
        yield opened


@pytest.fixture
def snapshot() -> Callable[[Callable[[], object]], AbstractContextManager[Change]]:
    """What changed of something in a context."""
    from evtcompat.exercise.patterns import snapshot

    return snapshot


@pytest.fixture
def trace() -> Trace:
    """A correlation id of this test."""
    from evtcompat.exercise.patterns import Trace

    return Trace()


@pytest.fixture
def chaos() -> Iterator[Callable[[str, int], Proxy]]:
    """Proxies on this machine; all are closed after the test."""
    from evtcompat.exercise.proxy import Proxy

    with ExitStack() as stack:
        yield lambda host, port: stack.enter_context(Proxy((host, port)))
