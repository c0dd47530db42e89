"""The five patterns of tests of event-driven code: poll and wait, callback capture, queue drain, trace, snapshot.

Plain values and functions; `evtcompat.pytest_patterns` makes fixtures of them.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from evtcompat.dataclasses import dataclass, field
from evtcompat.exercise.correlation import TRACEPARENT, Correlation, new_id, traceparent
from evtcompat.exercise.differences import Difference, differences
from evtcompat.exercise.probes import parsed
from evtcompat.exercise.transports.base import Addressed, Channel, Measured, Record, Transport
from evtcompat.model.counts import counted

_EVERY = 0.05
_WITHIN = 5.0
_SLICE = 0.02


class NeverError(AssertionError):
    """What was to come about did not, in the time that there was."""


@dataclass(slots=True)
class _Waiting:
    """One wait: how often it looked, and what it saw last."""

    within: float
    every: float
    began: float = field(default_factory=time.monotonic)
    looks: int = 0
    last: object = None

    def over(self) -> bool:
        return time.monotonic() - self.began >= self.within

    def saw(self, value: object) -> bool:
        self.looks += 1
        self.last = value
        return bool(value)

    def error(self) -> NeverError:
        last = f"{type(self.last).__name__}: {self.last}" if isinstance(self.last, AssertionError) else repr(self.last)
        return NeverError(f"not within {self.within:g} s ({self.looks} looks, every {self.every:g} s); last: {last}")


def eventually(check: Callable[[], object], *, within: float = _WITHIN, every: float = _EVERY) -> object:
    """What `check` returned as soon as it was true.

    It is asked again and again while it is false or an assertion in it does not hold. Where it is a coroutine function,
    so is this: ``await eventually(check)``.

    Args:
        check: Looks, and changes nothing.
        within: Seconds until it must be true.
        every: Seconds between two looks.

    Raises:
        NeverError: It never was; with the number of looks and what was seen last.
    """
    if inspect.iscoroutinefunction(check):
        return _eventually_async(check, _Waiting(within, every))
    waiting = _Waiting(within, every)
    while True:
        try:
            if waiting.saw(check()):
                return waiting.last
        except AssertionError as error:
            waiting.saw(None)
            waiting.last = error
        if waiting.over():
            raise waiting.error()
        time.sleep(every)


async def _eventually_async(check: Callable[[], object], waiting: _Waiting) -> object:
    while True:
        try:
            found = check()
            if waiting.saw(await found if inspect.isawaitable(found) else found):
                return waiting.last
        except AssertionError as error:
            waiting.saw(None)
            waiting.last = error
        if waiting.over():
            raise waiting.error()
        await asyncio.sleep(waiting.every)


@dataclass(slots=True)
class Topic:
    """A topic, stream or queue of one test, with a group that reads it."""

    name: str
    channel: Channel
    #: As a consumer with a client of its own names topic and group.
    address: str
    group: str
    #: Everything that was drained from it so far.
    drained: list[Record] = field(default_factory=list)

    def publish(self, value: object, *, key: str | None = None, **headers: str) -> None:
        """The event is at the broker; a value that is not bytes is sent as JSON."""
        body = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        self.channel.send(Record(key, body, headers))

    def drain(self, count: int | None = None, *, within: float = _WITHIN) -> list[Record]:
        """The events that stand in it, in order, acknowledged.

        Args:
            count: How many are waited for; ``None`` takes those that come until there is a pause.
            within: Seconds to wait for them.

        Raises:
            NeverError: Fewer came, or one more than `count`.
        """
        found: list[Record] = []
        end = time.monotonic() + within
        while count is None or len(found) <= count:
            left = max(_SLICE, end - time.monotonic())
            enough = count is None or len(found) == count
            received = self.channel.receive(_SLICE if enough and not self._waits() else left)
            if received is None:
                break
            self.channel.ack(received)
            found.append(received.record)
        self.drained += found
        if count is not None and len(found) != count:
            shown = ", ".join(repr(parsed(record.body)) for record in found) or "none"
            message = f"{self.name}: {counted(len(found), 'event')} within {within:g} s, not {count}: {shown}"
            raise NeverError(message)
        return found

    def _waits(self) -> bool:
        """Whether the broker says that there is more; where it does not say, a moment's silence tells."""
        return isinstance(self.channel, Measured) and bool(self.channel.waiting(self.group))

    def deliver(self, handler: Callable[[Record], object], count: int = 1, *, within: float = _WITHIN) -> None:
        """A handler has had the next events: what it returns from is acknowledged, what it raises at comes again.

        Raises:
            NeverError: Fewer came.
        """
        for number in range(count):
            received = self.channel.receive(within)
            if received is None:
                message = f"{self.name}: {counted(number, 'event')} within {within:g} s, not {count}"
                raise NeverError(message)
            try:
                handler(received.record)
            except BaseException:
                self.channel.leave()
                raise
            self.channel.ack(received)


@dataclass(slots=True)
class Bus:
    """The topics of one test, over any transport; all are removed when it is closed."""

    transport: Transport
    topics: dict[str, Topic] = field(default_factory=dict)

    def topic(self, name: str = "events") -> Topic:
        """The topic of that name in this test; the broker knows it by a name that nobody else has."""
        if name not in self.topics:
            unique = f"evtcompat-{uuid.uuid4().hex[:12]}"
            channel = self.transport.open(unique)
            address, group = (channel.address, channel.group) if isinstance(channel, Addressed) else (unique, unique)
            self.topics[name] = Topic(name, channel, address, group)
        return self.topics[name]

    def close(self) -> None:
        """Every topic is gone."""
        while self.topics:
            self.topics.popitem()[1].channel.close()


@dataclass(slots=True)
class Trace:
    """One flow through several services: every event that carries its id belongs to it."""

    id: str = field(default_factory=new_id)

    @property
    def headers(self) -> dict[str, str]:
        """The header of an event that begins the flow, or a further step of it."""
        return {TRACEPARENT: traceparent(self.id)}

    def carries(self, record: Record) -> bool:
        """Whether an event belongs to the flow."""
        return Correlation().of(record) == self.id

    def follow(self, *topics: Topic, count: int = 1, within: float = _WITHIN) -> list[tuple[str, object]]:
        """The flow's events in each topic, in the order in which the topics are given: names and bodies.

        Raises:
            NeverError: A topic has fewer than `count` of them; the message says what came where.
        """
        found: list[tuple[str, object]] = []
        for topic in topics:
            end = time.monotonic() + within
            mine = [record for record in topic.drained if self.carries(record)]
            while len(mine) < count and time.monotonic() < end:
                topic.drain(within=_SLICE)
                mine = [record for record in topic.drained if self.carries(record)]
            found += [(topic.name, parsed(record.body)) for record in mine]
            if len(mine) < count:
                came = " -> ".join(name for name, _ in found) or "nowhere"
                has = counted(len(mine), "event")
                message = f"{topic.name} has {has} of the trace within {within:g} s, not {count}; seen: {came}"
                raise NeverError(message)
        return found


@dataclass(slots=True)
class Change:
    """What was there before and after; `differences` once the context has ended."""

    before: object
    after: object = None
    differences: tuple[Difference, ...] = ()

    def __str__(self) -> str:
        """Each place that differs in a line."""
        return "\n".join(map(str, self.differences)) or "nothing changed"


@contextmanager
def snapshot(look: Callable[[], object]) -> Iterator[Change]:
    """The change that happens in the context to what `look` shows, in JSON's terms."""
    change = Change(look())
    yield change
    change.after = look()
    sides = ("before", "after")
    found = differences(change.before, change.after)
    change.differences = tuple(Difference(each.path, each.old, each.new, sides) for each in found)
