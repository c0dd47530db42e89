"""One service under load: events at a steady rate, the broker asked how many are left, what comes out timed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from itertools import cycle, islice

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import UncheckedError
from evtcompat.exercise.correlation import Correlation, new_id
from evtcompat.exercise.delivery_loop import CONTENT_TYPE, EVENT_ID
from evtcompat.exercise.load import Load, LoadRun, Sample, Seen
from evtcompat.exercise.payloads import Payload
from evtcompat.exercise.process import StartError
from evtcompat.exercise.service_stage import Stage
from evtcompat.exercise.services import ServiceProcess
from evtcompat.exercise.transports.base import Channel, Record, Swift, TransportError
from evtcompat.model.counts import counted

#: Seconds between two questions to the broker, which is itself at work.
_ASK = 0.02
_SAMPLE = 0.1
_SLICE = 0.002
#: Keys that the events are spread over.
_KEYS = 16
_PAUSE = 0.1
_TOLD = 1.0


@dataclass(slots=True)
class _Arrivals:
    """What a service sends, with the moment at which it came: events, read in a thread of its own, and calls."""

    channel: Channel | None
    correlation: Correlation
    #: The flows that were begun.
    sent: Mapping[str, float]
    #: Id of the flow -> when its first output came.
    times: dict[str, float] = field(default_factory=dict)
    error: str = ""
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        """It reads."""
        self._thread = threading.Thread(target=self._read, name="evtcompat-arrivals", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            while self.channel is not None and not self._over.is_set():
                for record in _next(self.channel):
                    self.see(record)
        except TransportError as error:
            self.error = str(error)

    def see(self, record: Record) -> None:
        """An event or a call came."""
        now = time.monotonic()
        flow = self.correlation.of(record)
        if flow in self.sent:
            self.times.setdefault(flow, now)

    def close(self) -> None:
        """Nothing is read any more."""
        self._over.set()
        self._thread.join()


@dataclass(slots=True)
class LoadLoop:
    """One service under load. `run` is called once."""

    stage: Stage
    load: Load
    #: Good ones; they come in turn.
    payloads: tuple[Payload, ...]
    tell: Callable[[str], None] = lambda _: None
    notes: list[str] = field(default_factory=list)
    _sent: dict[str, float] = field(default_factory=dict)
    #: When the n-th event was published, and the moments at which the broker said how many were done with.
    _order: list[float] = field(default_factory=list)
    _done: list[tuple[float, int]] = field(default_factory=list)
    _samples: list[Sample] = field(default_factory=list)
    _asked: float = 0.0
    _began: float = 0.0
    _arrivals: _Arrivals | None = None

    def run(self) -> LoadRun:
        """What was observed. The service has ended; the channels are still open."""
        role = self.stage.role
        instance: ServiceProcess | None = None
        try:
            self.stage.prepare()
            instance = self.stage.start()
            instance.wait_ready()
            correlation = Correlation(self.stage.spec.correlation)
            self._arrivals = _Arrivals(self.stage.output, correlation, self._sent)
            self.stage.webhook.listener = self._arrivals.see
            error = self._publish(instance)
            publishing = (self._order[-1] - self._began) if self._order else 0.0
            if not error:
                error = self._drain(instance)
            return self._observed(error, publishing, instance.log.last() if error else "")
        except StartError as failed:
            unchecked = f"the service cannot be started: {failed}"
            return LoadRun(role, self.load, unchecked=unchecked, output=failed.traceback)
        except UncheckedError as failed:
            return LoadRun(role, self.load, unchecked=str(failed))
        finally:
            if self._arrivals is not None:
                self._arrivals.close()
            said = "" if instance is None else instance.end()
            if said:
                self.notes.append(said)

    def _publish(self, instance: ServiceProcess) -> str:
        """The events are at the broker, each when it was due or as soon after it as the broker confirmed the last."""
        correlation = Correlation(self.stage.spec.correlation)
        self._began = time.monotonic()
        told = self._began
        for number, payload in enumerate(islice(cycle(self.payloads), self.load.events)):
            due = self._began + number / self.load.rate
            while (now := time.monotonic()) < due:
                self._ask(now)
                time.sleep(min(_SLICE, max(0.0, due - time.monotonic())))
            if now - told >= _TOLD:
                told = now
                gone = instance.gone()
                if gone:
                    return f"{self.stage.spec.name} {gone} after {counted(number, 'event')}"
                self.tell(f"{self.stage.role}: {number:,} of {self.load.events:,} events, {self._lag():,} waiting")
            flow = new_id()
            self._sent[flow] = time.monotonic()
            self.stage.channel.send(correlation.given(_record(payload, number, flow), flow))
            self._order.append(time.monotonic())
            self._ask(self._order[-1])
        return ""

    def _drain(self, instance: ServiceProcess) -> str:
        """Everything is handled, or nothing has moved for as long as an effect may take."""
        moved, last = time.monotonic(), self._handled()
        while self._handled() < len(self._order):
            gone = instance.gone()
            if gone:
                return f"{self.stage.spec.name} {gone} after all of {counted(len(self._order), 'event')}"
            time.sleep(_SLICE)
            self._ask(time.monotonic())
            if self._handled() != last:
                moved, last = time.monotonic(), self._handled()
            # One that has fallen behind is not waited for until it has caught up: what that means is known.
            if time.monotonic() - moved > self.stage.spec.within or self._late():
                break
        return ""

    def _late(self) -> bool:
        return time.monotonic() - self._order[-1] > max(self.stage.spec.within, self.load.seconds)

    def _ask(self, now: float) -> None:
        if now - self._asked < _ASK:
            return
        self._asked = now
        waiting = self.stage.waiting()
        moment = time.monotonic()
        if waiting is not None:
            self._done.append((moment, max(0, len(self._order) - waiting)))
        if not self._samples or moment - self._began - self._samples[-1].at >= _SAMPLE:
            self._samples.append(Sample(moment - self._began, len(self._order), self._lag()))

    def _arrived(self) -> int:
        return 0 if self._arrivals is None else len(self._arrivals.times)

    def _handled(self) -> int:
        """Events that are known to be done with, by what is seen of them."""
        arrived = self._arrived()
        return arrived or (self._done[-1][1] if self._done else 0)

    def _lag(self) -> int:
        return len(self._order) - self._handled()

    def _observed(self, error: str, publishing: float, output: str) -> LoadRun:
        by_output = bool(self._arrived())
        handled = self._moments() if by_output else _acknowledged(self._order, self._done)
        seen = Seen.OUTPUT if by_output else (Seen.ACKNOWLEDGED if self._done else Seen.NOTHING)
        errors = [error] if error else []
        if self._arrivals is not None and self._arrivals.error:
            errors.append(self._arrivals.error)
        return LoadRun(
            role=self.stage.role,
            load=self.load,
            published=len(self._order),
            publishing=publishing,
            handled=len(handled),
            handling=max((at for _, at in handled), default=self._began) - self._began,
            latencies=tuple(sorted(max(0.0, at - sent) for sent, at in handled)),
            seen=seen,
            samples=tuple(self._samples),
            set_aside=_drained(self.stage.dead),
            errors=tuple(errors),
            output=output,
        )

    def _moments(self) -> list[tuple[float, float]]:
        """When each event was published, and when its output came."""
        times = {} if self._arrivals is None else self._arrivals.times
        return [(sent, times[flow]) for flow, sent in self._sent.items() if flow in times]


def _next(channel: Channel) -> list[Record]:
    """What comes next, as much of it as the broker hands out at once."""
    if isinstance(channel, Swift):
        return channel.take(_PAUSE)
    received = channel.receive(_PAUSE)
    if received is None:
        return []
    channel.ack(received)
    return [received.record]


def _acknowledged(published: list[float], done: list[tuple[float, int]]) -> list[tuple[float, float]]:
    """When each event was published, and when the broker was first seen to have so many done with."""
    found: list[tuple[float, float]] = []
    for moment, count in done:
        found += [(published[number], moment) for number in range(len(found), min(count, len(published)))]
    return found


def _record(payload: Payload, number: int, flow: str) -> Record:
    headers = {**payload.headers, CONTENT_TYPE: payload.content_type, EVENT_ID: flow}
    return Record(f"{payload.key or 'evtcompat'}-{number % _KEYS}", payload.body, headers)


def _drained(dead: Channel | None) -> int:
    """How many events were set aside."""
    count = 0
    if dead is not None:
        while (received := dead.receive(_PAUSE)) is not None:
            dead.ack(received)
            count += 1
    return count
