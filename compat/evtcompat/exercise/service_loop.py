"""One scenario with a service: evtcompat publishes, the service consumes with its client, a probe shows the effect."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable

from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.errors import UncheckedError
from evtcompat.exercise.correlation import TRACEPARENT
from evtcompat.exercise.delivery_loop import record_of
from evtcompat.exercise.payloads import Delivery, Fault, Scenario, Sequence
from evtcompat.exercise.probes import OutputProbe, Probe, ProbeError, never
from evtcompat.exercise.process import StartError
from evtcompat.exercise.results import Attempt, CellRun, Outcome, Picture
from evtcompat.exercise.service_faults import AFTER_THE_FIRST_EFFECT, BREAKS_THE_CONNECTION
from evtcompat.exercise.service_stage import Stage
from evtcompat.exercise.services import ServiceProcess, ServiceSpec
from evtcompat.exercise.transports.base import Reconnecting, Record, TransportError
from evtcompat.model.counts import counted

_SLICE = 0.03
_EXCERPT = 2000
#: Deliveries whose effect is looked at one by one; of the others the final effect counts.
_ONE_BY_ONE = (Sequence.ONCE, Sequence.TWICE, Sequence.POISON)


class _GoneError(Exception):
    """The service ended, or the effect did not come; the text says what was seen."""


@dataclass(slots=True)
class ServiceLoop:
    """One scenario on its way. `run` is called once."""

    scenario: Scenario
    stage: Stage
    #: Restarts the broker, where evtcompat has started it.
    restart: Callable[[], None] | None = None
    #: Where the service puts what it cannot handle, when it was told where.
    dead_letters: OutputProbe | None = None
    #: What the services did at their end that they should not.
    notes: list[str] = field(default_factory=list)
    _attempts: list[Attempt] = field(default_factory=list)
    _running: list[ServiceProcess] = field(default_factory=list)
    _seen: Probe | None = None
    _looks: int = 0
    _error: str = ""
    #: Whether a look has ever shown something.
    _answered: bool = False
    _sent: int = 0

    @property
    def _spec(self) -> ServiceSpec:
        return self.stage.spec

    def run(self) -> CellRun:
        """What was observed. Every instance has ended; the channel is still open."""
        try:
            self._start()
            if self.scenario.fault is Fault.NONE and self.scenario.sequence in _ONE_BY_ONE:
                for delivery in self.scenario.deliveries:
                    self._deliver([delivery])
            else:
                self._deliver(list(self.scenario.deliveries))
            return self._observed()
        except StartError as error:
            return self._observed(unchecked=f"the service cannot be started: {error}", output=error.traceback)
        except (TransportError, ProbeError) as error:
            return self._observed(unchecked=str(error))
        except _GoneError as error:
            return self._observed(stopped=str(error), output=self._running[-1].log.last() if self._running else "")
        finally:
            self._end()

    def _observed(self, *, stopped: str = "", unchecked: str = "", output: str = "") -> CellRun:
        return CellRun(
            tuple(self._attempts),
            str(self._spec.probe),
            stopped,
            unchecked,
            traceback=output if unchecked else "",
            ordered=False,
            sees_dead_letters=self.dead_letters is not None,
            output=output,
            never="" if self._seen is None else never(self._spec.probe, self._seen),
        )

    def _start(self) -> None:
        instance = self.stage.start()
        self._running.append(instance)
        instance.wait_ready()
        if self._seen is None:
            self._seen = self.stage.probe(instance)

    def _end(self) -> None:
        for instance in self._running:
            said = instance.end()
            if said and said not in self.notes:
                self.notes.append(said)
        if self._seen is not None:
            self._seen.close()

    def _deliver(self, deliveries: list[Delivery]) -> None:
        before = self._look()
        trouble = self.stage.trouble
        trouble.before_events()
        again = self.scenario.sequence is Sequence.TWICE and deliveries[0].position % 2 == 1
        afterwards = deliveries[1:][-1:] if self.scenario.fault in BREAKS_THE_CONNECTION else []
        first = deliveries[: len(deliveries) - len(afterwards)]
        self._send(first)
        if self.scenario.fault in AFTER_THE_FIRST_EFFECT:
            self._strike(before)
        after = self._settled(before, may_stay=again or _poison(first))
        if afterwards:  # not before what is delivered again, which may come behind what is new
            self._send(afterwards)
            after = self._settled(after, may_stay=_poison(afterwards))
        unmet = trouble.unmet()
        if unmet:
            message = f"{self._spec.name} {unmet}"
            raise TransportError(message)
        letters = self._new_letters()
        last = len(deliveries) - 1
        self._attempts += [
            Attempt(
                delivery=delivery,
                record=str(delivery.position),
                number=1,
                incarnation=1,
                outcome=Outcome.RETURNED,
                before=_picture(before) if index == 0 else None,
                after=_picture(after) if index == last else None,
                dead_letters=tuple(body for body in letters if len(deliveries) == 1 or body == delivery.payload.body),
            )
            for index, delivery in enumerate(deliveries)
        ]

    def _send(self, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            twice = self.scenario.fault is Fault.RETRY and delivery.position == self.scenario.fault_at
            for _ in range(2 if twice else 1):
                self.stage.channel.send(_traced(delivery))
                self._sent += 1

    def _new_letters(self) -> list[bytes]:
        """What was set aside since the last time."""
        if self.dead_letters is None:
            return []
        known = len(self.dead_letters.records)
        self.dead_letters.look()
        return [record.body for record in self.dead_letters.records[known:]]

    def _strike(self, before: object) -> None:
        """Something goes wrong as soon as the first effect is seen."""
        if self.scenario.fault is Fault.SECOND:
            self._start()
        end = time.monotonic() + self._spec.within
        while self._look() == before and time.monotonic() < end:
            self._alive()
            time.sleep(_SLICE)
        if self.stage.trouble.proxy is not None:
            self.stage.trouble.strike()
            return
        if self.scenario.fault is Fault.RESTART:
            self._restart()
            return
        leaving = self._running.pop(0)
        if self.scenario.fault is Fault.CRASH:
            leaving.kill()
            self._start()
        else:
            leaving.end()

    def _restart(self) -> None:
        """The broker was away and is there again, with what it was given."""
        if self.restart is None:
            message = "the broker was not started by evtcompat, which cannot restart it"
            raise TransportError(message)
        try:
            self.restart()
        except UncheckedError as error:  # of this scenario nothing is known; of the others all that was seen
            raise TransportError(error.message) from error
        for channel in self.stage.channels:
            if isinstance(channel, Reconnecting):
                channel.reconnect()

    def _settled(self, before: object, *, may_stay: bool) -> object:
        """The effect, once it and the queue hold still: nothing is left there, or it changed or may stay as it was.

        Raises:
            _GoneError: The service ended, or the deadline came.
            ProbeError: The deadline came, no look has ever been answered, and no event is known to be left.
        """
        began = since = time.monotonic()
        last = self.stage.waiting(), self._look()
        while True:
            self._alive()
            time.sleep(_SLICE)
            # In this order: what was acknowledged before the effect is looked at has had it by then.
            seen, moment = (self.stage.waiting(), self._look()), time.monotonic()
            if seen != last:  # one that acknowledges before it writes is given the same while to do so
                last, since = seen, moment
            waiting, now = seen
            still = moment - since >= self._spec.still
            # Where the broker does not say what is left, an effect that does not move is waited for a good while.
            done = waiting == 0 if waiting is not None else now != before or (may_stay and moment - began > 1)
            if still and done and not self._error:
                return now
            if moment - began > self._spec.within:
                if self._error and not self._answered and not waiting:  # nobody knows what the service did
                    raise ProbeError(self._unasked())
                raise _GoneError(self._missing(before, now, waiting))

    def _unasked(self) -> str:
        return (
            f"{self._spec.probe} could not be asked within {self._spec.within:g} s, from before the first event on: "
            f"{self._error}\n  See `probe` of the service: what it names has to be there once an event is handled."
        )

    def _missing(self, before: object, last: object, waiting: int | None) -> str:
        left = "the broker does not say how many are left" if waiting is None else f"{waiting} not acknowledged"
        seen = f"could not be seen: {self._error}" if self._error else f"was last {_text(last)[:200]}"
        moved = "" if self._error or last != before else ", as before"
        return (
            f"{self._spec.probe} did not settle within {self._spec.within:g} s: "
            f"{counted(self._sent, 'event')} published, {left}; "
            f"the effect {seen}{moved} ({counted(self._looks, 'look')}, every {_SLICE:g} s)"
        )

    def _alive(self) -> None:
        for instance in self._running:
            gone = instance.gone()
            if gone:
                message = f"{self._spec.name} {gone}, {counted(self._sent, 'event')} published"
                raise _GoneError(message)

    def _look(self) -> object:
        """The effect, or ``None`` while it cannot be seen."""
        self._looks += 1
        self._error = ""
        if self._seen is not None:
            try:
                seen = self._seen.look()
            except ProbeError as error:
                self._error = str(error)
            else:
                self._answered = True
                return seen
        return None


def _poison(deliveries: list[Delivery]) -> bool:
    """Whether no effect is to be expected."""
    return all(delivery.payload.poison for delivery in deliveries)


def _traced(delivery: Delivery) -> Record:
    """What is sent, with a trace of its own that a service may pass on; the same event has the same trace."""
    record, trace = record_of(delivery), delivery.event_id.replace("-", "")
    return replace(record, headers={TRACEPARENT: f"00-{trace}-{trace[:16]}-01", **record.headers})


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=True)


def _picture(value: object) -> Picture:
    text = _text(value)
    return Picture(hashlib.sha256(text.encode()).hexdigest(), text[:_EXCERPT], none=value is None, text=text)
