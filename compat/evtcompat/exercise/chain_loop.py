"""A chain on its way: evtcompat stands between the services, sees each event, and hands it on to who takes it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing

from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.errors import UncheckedError
from evtcompat.exercise.chain import Chain, ChainRun, Flow, Sighting
from evtcompat.exercise.correlation import Correlation, new_id
from evtcompat.exercise.delivery_loop import CONTENT_TYPE, EVENT_ID
from evtcompat.exercise.payloads import Payload
from evtcompat.exercise.probes import parsed
from evtcompat.exercise.process import StartError
from evtcompat.exercise.service_stage import Stage
from evtcompat.exercise.services import ServiceProcess
from evtcompat.exercise.transports.base import Channel, Record, TransportError
from evtcompat.model.histories import version_name

_SLICE = 0.02


@dataclass(slots=True)
class Sightings:
    """What came where, of all flows. Safe for threads."""

    correlation: Correlation
    #: Flow -> when it began.
    began: dict[str, float] = field(default_factory=dict)
    seen: dict[str, list[Sighting]] = field(default_factory=dict)
    strays: Counter[str] = field(default_factory=Counter)
    #: When something last came.
    moved: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, flow: str) -> None:
        """A flow begins now."""
        with self._lock:
            self.began[flow] = self.moved = time.monotonic()
            self.seen[flow] = []

    def see(self, topic: str, record: Record) -> None:
        """An event came to a topic."""
        flow = self.correlation.of(record)
        with self._lock:
            self.moved = time.monotonic()
            if flow in self.began:
                self.seen[flow].append(Sighting(topic, self.moved - self.began[flow], parsed(record.body)))
            else:
                self.strays[topic] += 1

    def all_came(self, wanted: Mapping[str, int]) -> bool:
        """Whether each flow has at least what is wanted."""
        with self._lock:
            return all(
                Counter(one.topic for one in seen)[topic] >= count
                for seen in self.seen.values()
                for topic, count in wanted.items()
            )


@dataclass(slots=True)
class Relay:
    """One topic between services: what is sent to it is seen, and handed on to each service that takes from it."""

    topic: str
    collector: Channel
    takers: tuple[Channel, ...]
    sightings: Sightings
    error: str = ""
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        """It reads."""
        self._thread = threading.Thread(target=self._read, name="evtcompat-relay", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            while not self._over.is_set():
                received = self.collector.receive(_SLICE)
                if received is not None:
                    self.sightings.see(self.topic, received.record)
                    for taker in self.takers:
                        taker.send(received.record)
                    self.collector.ack(received)
        except TransportError as error:
            self.error = str(error)

    def close(self) -> None:
        """Nothing is handed on any more."""
        self._over.set()
        self._thread.join()


@dataclass(slots=True)
class ChainLoop:
    """A chain with the services of one role. `run` is called once."""

    chain: Chain
    role: str
    #: The services in the order of the steps.
    stages: tuple[Stage, ...]
    #: Topic -> where services send to.
    collectors: Mapping[str, Channel]
    payloads: tuple[Payload, ...]
    tell: Callable[[str], None] = lambda _: None
    notes: list[str] = field(default_factory=list)
    _labels: dict[str, str] = field(default_factory=dict)
    _running: list[ServiceProcess] = field(default_factory=list)

    def run(self) -> ChainRun:
        """What was observed. The services have ended; the channels are still open."""
        empty = ChainRun(self.role, self.chain)
        sightings = Sightings(Correlation(self.chain.correlation))
        try:
            with ExitStack() as stack:
                for stage in self.stages:
                    stage.prepare()
                    instance = stage.start()
                    self._running.append(instance)
                    instance.wait_ready()
                relays = [
                    stack.enter_context(closing(Relay(topic, channel, self._takers(topic), sightings)))
                    for topic, channel in self.collectors.items()
                ]
                self._publish(sightings)
                errors = self._settled(sightings, relays)
        except StartError as failed:
            return replace(empty, unchecked=f"a service cannot be started: {failed}", output=failed.traceback)
        except UncheckedError as failed:
            return replace(empty, unchecked=str(failed))
        finally:
            self._end()
        flows = tuple(Flow(self._labels[flow], tuple(seen)) for flow, seen in sightings.seen.items())
        output = "\n".join(one.log.last() for one in self._running if one.gone()) if errors else ""
        return replace(empty, flows=flows, strays=dict(sightings.strays), errors=errors, output=output)

    def _takers(self, topic: str) -> tuple[Channel, ...]:
        steps = zip(self.chain.steps, self.stages, strict=True)
        return tuple(stage.channel for step, stage in steps if step.takes == topic)

    def _publish(self, sightings: Sightings) -> None:
        takers = self._takers(self.chain.root)
        for number, payload in enumerate(self.payloads, start=1):
            flow = new_id()
            self._labels[flow] = f"event {number} ({version_name(payload.version)}, {payload.label})"
            headers = {**payload.headers, CONTENT_TYPE: payload.content_type, EVENT_ID: flow}
            record = sightings.correlation.given(Record(payload.key, payload.body, headers), flow)
            sightings.begin(flow)
            for taker in takers:
                taker.send(record)
            self.tell(f"{self.chain.name}, {self.role}: {number} of {len(self.payloads)} events")

    def _settled(self, sightings: Sightings, relays: list[Relay]) -> tuple[str, ...]:
        """Everything has come and nothing more, or the time is over, or a service has ended: what went wrong."""
        began = time.monotonic()
        while True:
            time.sleep(_SLICE)
            broken = [relay.error for relay in relays if relay.error]
            if broken:
                raise TransportError(broken[0])
            gone = [f"{one.spec.name} {one.gone()}" for one in self._running if one.gone()]
            now = time.monotonic()
            came = sightings.all_came(self.chain.wanted) and now - sightings.moved > self.chain.still
            if gone or came or now - began > self.chain.within:
                return tuple(gone)

    def _end(self) -> None:
        for instance in self._running:
            said = instance.end()
            if said and said not in self.notes:
                self.notes.append(said)
