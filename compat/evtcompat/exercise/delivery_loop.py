"""Carries the records of one scenario from a channel to a consumer's process and acknowledges what was handled.

The broker client lives here, not in the consumer's process: nothing of evtcompat's dependencies enters the consumer's
environment. So an exercise proves what the consumer's *function* does under the broker's real delivery (order,
duplicates, redelivery, restarts), and nothing about the consumer's own client and its settings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from evtcompat.dataclasses import dataclass, field
from evtcompat.exercise.payloads import Delivery, Fault, Scenario
from evtcompat.exercise.process import Handled, RunnerProcess, Started, StartError
from evtcompat.exercise.proxy import Proxy
from evtcompat.exercise.results import Attempt, CellRun, Outcome
from evtcompat.exercise.transports.base import Channel, Received, Record, TransportError
from evtcompat.model.counts import counted

#: Carries the place in the scenario through the broker.
POSITION = "evtcompat-position"
#: CloudEvents' Kafka binding: the identity of the event.
EVENT_ID = "ce_id"
CONTENT_TYPE = "content-type"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often."""

    #: Seconds that a consumer has for one event.
    deadline: float = 10.0
    #: Seconds that a consumer has to be imported.
    start: float = 30.0
    #: Seconds without any record before waiting is given up.
    arrival: float = 15.0
    #: Deliveries of one record before the loop goes on without it.
    attempts: int = 2


def record_of(delivery: Delivery) -> Record:
    """What is sent for a delivery."""
    headers = {
        **delivery.payload.headers,
        CONTENT_TYPE: delivery.payload.content_type,
        EVENT_ID: delivery.event_id,
        POSITION: str(delivery.position),
    }
    return Record(delivery.key, delivery.payload.body, headers)


@dataclass(slots=True)
class DeliveryLoop:
    """One scenario on its way. `run` is called once."""

    scenario: Scenario
    channel: Channel
    #: A fresh process with the consumer in it.
    launch: Callable[[], tuple[RunnerProcess, Started]]
    limits: Limits
    #: The proxy that a cut goes through.
    proxy: Proxy | None = None
    _attempts: list[Attempt] = field(default_factory=list)
    _deliveries: Counter[str] = field(default_factory=Counter)
    _settled: set[str] = field(default_factory=set)
    _incarnation: int = 0
    _observes: str = "nothing"
    _struck: bool = False
    _runner: RunnerProcess | None = None

    def run(self) -> CellRun:
        """What was observed. The consumer's process has ended; the channel is still open."""
        try:
            sent = self._send()
            self._start()
            while len(self._settled) < sent:
                received = self.channel.receive(self.limits.arrival)
                if received is None:
                    handled = f"{len(self._settled)} of {counted(sent, 'event')} handled"
                    silence = f"within {self.limits.arrival:g} s of silence"
                    return self._seen(stopped=f"{handled} {silence}; {self.last}")
                if received.position in self._settled:
                    self.channel.ack(received)  # delivered again although acknowledged: at least once allows it
                else:
                    self._deliver(received)
            return self._seen()
        except StartError as error:
            return self._seen(unchecked=f"the consumer cannot be started: {error}", traceback=error.traceback)
        except TransportError as error:
            return self._seen(unchecked=str(error))
        finally:
            if self._runner is not None:
                self._runner.close()

    def _seen(self, *, stopped: str = "", unchecked: str = "", traceback: str = "") -> CellRun:
        return CellRun(tuple(self._attempts), self._observes, stopped, unchecked, traceback)

    def _send(self) -> int:
        sent = 0
        for delivery in self.scenario.deliveries:
            # A producer that loses the broker's answer sends again: the same record twice, next to each other.
            twice = self.scenario.fault is Fault.RETRY and delivery.position == self.scenario.fault_at
            for _ in range(2 if twice else 1):
                self.channel.send(record_of(delivery))
                sent += 1
        return sent

    def _start(self) -> RunnerProcess:
        if self._runner is not None and self._runner.alive:
            return self._runner
        self._runner, started = self.launch()
        self._observes = started.observes
        self._incarnation += 1
        return self._runner

    def _deliver(self, received: Received) -> None:
        runner = self._start()
        delivery = self.scenario.deliveries[int(received.record.headers[POSITION])]
        self._deliveries[received.position] += 1
        handled = runner.handle(delivery, received.record.headers, received.record.body, self.limits.deadline)
        self._attempts.append(self._attempt(delivery, received, handled))
        if handled.outcome is not Outcome.RETURNED:
            if self._deliveries[received.position] < self.limits.attempts:
                self.channel.leave()
                return
        elif delivery.position == self.scenario.fault_at and not self._struck and self._strike(received, runner):
            return
        self.channel.ack(received)
        self._settled.add(received.position)

    def _strike(self, received: Received, runner: RunnerProcess) -> bool:
        """Whether a fault came between the handling and the acknowledgement."""
        if self.scenario.fault is Fault.CRASH:
            runner.kill()
            self.channel.leave()
        elif self.scenario.fault is Fault.CUT and self.proxy is not None:
            self.proxy.cut()
            with suppress(TransportError):
                self.channel.ack(received)
                message = "the acknowledgement went through although the connection was cut"
                raise AssertionError(message)
            self.channel.leave()
            self.proxy.heal()
        else:
            return False
        self._struck = True
        return True

    def _attempt(self, delivery: Delivery, received: Received, handled: Handled) -> Attempt:
        return Attempt(
            delivery=delivery,
            record=received.position,
            number=self._deliveries[received.position],
            incarnation=self._incarnation,
            outcome=handled.outcome,
            error=handled.error,
            traceback=handled.traceback,
            value=handled.value,
            before=handled.before,
            after=handled.after,
            dead_letters=handled.dead_letters,
            output=handled.output,
        )

    @property
    def last(self) -> str:
        """The last delivery that came to an end, and how."""
        last = self._attempts[-1] if self._attempts else None
        return (
            f"last: event {last.delivery.position + 1}, {last.delivery.payload.label}, {last.outcome.value}"
            if last
            else "none seen"
        )
