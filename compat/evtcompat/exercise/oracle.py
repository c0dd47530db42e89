"""Whether what a consumer did is right, without a line of test code: the deployed consumer is right by definition.

On payloads that both consumers read, the new one's effect is the old one's, but for what the schemas explain (a field
that only one of them knows), what differs between two runs of the old consumer itself, and what the configuration
declares.
Where there is no effect of the old consumer to compare with, an effect shows what the reader's schema says it saw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Sequence as Ordered

from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.exercise.agreement import Misread, added, ignored, misread
from evtcompat.exercise.differences import (
    ABSENT,
    Difference,
    LeftOut,
    differences,
    matching,
    names_in,
    noise,
    pattern_of,
    shown,
    value_at,
    without,
)
from evtcompat.exercise.expectations import Expectations
from evtcompat.exercise.judge import blind, described
from evtcompat.exercise.payloads import Delivery, Fault, Payload, Scenario, Sequence
from evtcompat.exercise.plan import NEW, OLD
from evtcompat.exercise.results import Attempt, Cell, CellRun, CellState, Failure, FailureKind, Outcome, Picture
from evtcompat.model.json_texts import loads

#: Why a function of the user does not agree with an effect, ``""`` when it does: called with expected value and effect.
Agree = Callable[[object, object], str]

_MOST = 3
_TOO_LONG = "the effect is longer than 1 MiB as JSON, and so was not compared: observe less of it"


@dataclass(frozen=True, slots=True)
class Declared:
    """A difference between old and new that is intended."""

    #: ``/*/total``: keys from the top of the effect, ``*`` for a list index or any key.
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ran:
    """One scenario: how it was judged by itself, and what was observed."""

    scenario: Scenario
    run: CellRun
    cell: Cell


@dataclass(frozen=True, slots=True)
class Step:
    """One event and the effect around it."""

    delivery: Delivery
    before: object
    after: object

    @property
    def effect(self) -> object:
        """What the event added: new entries of a list, changed members of an object, or the value itself."""
        if isinstance(self.before, list) and isinstance(self.after, list):
            return [now for path, _, now in added(self.before, self.after) if len(path) == 1]
        if isinstance(self.before, dict) and isinstance(self.after, dict):
            return {path[0]: self.after[path[0]] for path, _, _ in added(self.before, self.after)}
        return self.after if self.changed else None

    @property
    def changed(self) -> bool:
        """Whether anything was added or changed, or lost."""
        return any(True for _ in added(self.before, self.after)) or self.before != self.after


@dataclass(slots=True)
class Oracle:
    """Judges the cells of one level after another, and remembers what it left out."""

    expectations: Expectations
    #: Runs a scenario of the old consumer once more.
    again: Callable[[Scenario], CellRun]
    declared: tuple[Declared, ...] = ()
    agree: Agree | None = None
    noise: LeftOut = field(default_factory=LeftOut)
    used: set[str] = field(default_factory=set)
    _first: Difference | None = None
    _ran_again: set[Scenario] = field(default_factory=set)
    #: By consumer and versions: how each payload once came out without a fault.
    _undisturbed: dict[tuple[str, tuple[str, ...]], Ran] = field(default_factory=dict)

    def judged(self, level: Ordered[Ran]) -> tuple[Cell, ...]:
        """The cells of a level, with what only the two consumers together show."""
        for ran in level:
            if _usable(ran) and ran.scenario.sequence is Sequence.ONCE and ran.scenario.fault is Fault.NONE:
                self._undisturbed[ran.scenario.consumer, ran.scenario.versions] = ran
        olds = {_twin(ran.scenario): ran for ran in level if ran.scenario.consumer == OLD}
        excused = self._excused(ran for ran in olds.values() if _usable(ran))
        return tuple(self._cell(ran, olds, excused) for ran in level)

    def _cell(self, ran: Ran, olds: Mapping[object, Ran], excused: set[str]) -> Cell:
        if not _usable(ran):
            return ran.cell
        if _too_long(ran.run):
            return replace(ran.cell, state=CellState.UNOBSERVED, reason=_TOO_LONG)
        old = olds.get(_twin(ran.scenario)) if ran.scenario.consumer == NEW else None
        if old is not None and (not _usable(old) or _too_long(old.run)):
            old = None
        failures = [] if old is None else list(self._differs(old, ran))
        failures += self._disturbed(ran)
        alike = old is not None and not failures and not blind(ran.run)
        held = (*ran.cell.held, "as the old consumer") if alike else ran.cell.held
        if ran.scenario.sequence is Sequence.ONCE and ran.scenario.fault is Fault.NONE:
            told = {name for failure in failures for name in failure.about}
            failures += self._wrong(ran, old, excused, told)
        if failures:
            return replace(ran.cell, state=CellState.FAILED, failures=tuple(failures), held=held, reason="")
        return replace(ran.cell, held=held)

    def _disturbed(self, ran: Ran) -> Iterator[Failure]:
        """A service that a fault made do something else: what a function does again is seen at each delivery."""
        calm = self._undisturbed.get((ran.scenario.consumer, ran.scenario.versions))
        if ran.scenario.fault is Fault.NONE or ran.run.ordered or calm is None:
            return
        for _, one, other, _ in _pairs(calm, ran, final=True):
            found = differences(without(one, self.noise), without(other, self.noise))
            if found:
                sides = ("without it", f"with the fault {ran.scenario.fault.value!r}")
                message = f"at the end the effect is not what it is without the fault {ran.scenario.fault.value!r}"
                told = tuple(replace(each, sides=sides) for each in found)
                about = names_in(each.path for each in found) | {ran.scenario.fault.value}
                yield Failure(FailureKind.NOT_IDEMPOTENT, message, differences=told, about=about)

    def _differs(self, old: Ran, new: Ran) -> Iterator[Failure]:
        """Events, or the end of the scenario, at which the effects part."""
        known: set[tuple[object, ...]] = set()
        told = 0
        final = old.scenario.sequence is not Sequence.ONCE or old.scenario.fault is not Fault.NONE
        for delivery, one, other, payloads in _pairs(old, new, final=final):
            found = self._found(old, one, other, payloads, final=final)
            fresh = [each for each in found if (each.path, str(each.old), str(each.new)) not in known]
            known |= {(each.path, str(each.old), str(each.new)) for each in found}
            if fresh and told < _MOST:
                told += 1
                self._first = self._first or fresh[0]
                where = described(delivery) if delivery is not None else "at the end"
                message = f"{where}: the effect is not the old consumer's"
                about = names_in(each.path for each in fresh)
                yield Failure(FailureKind.DIFFERS, message, delivery, differences=tuple(fresh), about=about)

    def _found(
        self, old: Ran, one: object, other: object, payloads: Ordered[Payload], *, final: bool
    ) -> list[Difference]:
        found = self._open(one, other, payloads)
        if not found or old.scenario in self._ran_again:
            return found
        self._ran_again.add(old.scenario)
        # Only now is it worth a run: what the old consumer does otherwise when it runs again is no difference. It runs
        # after the new one, so that a clock that moved between old and new has moved here as well.
        again = Ran(old.scenario, self.again(old.scenario), old.cell)
        pairs = [(left, right) for _, left, right, _ in _pairs(old, again, final=final)]
        more = noise(pairs, self.noise)
        if more:
            self.noise |= more
            found = self._open(one, other, payloads)
        return found

    def _open(self, one: object, other: object, payloads: Ordered[Payload]) -> list[Difference]:
        """The differences that nothing explains or declares."""
        found = differences(without(one, self.noise), without(other, self.noise))
        rest = []
        for each in self.expectations.unexplained(found, payloads):
            declared = next((d for d in self.declared if _declares(d, each)), None)
            if declared is None:
                rest.append(each)
            else:
                self.used.add(declared.path)
        return rest

    def _wrong(self, ran: Ran, old: Ran | None, excused: set[str], told: set[str]) -> Iterator[Failure]:
        """Events that left no effect, or one that shows something else than the schema says.

        What differs from the old consumer's effect (`told`) is not told again.
        """
        scenario = ran.scenario
        if self.expectations.own(scenario.consumer, scenario.versions[0]):
            return
        before = {} if old is None else {step.delivery.position: step for step in steps(old)}
        seen_at_all = any(step.changed for step in steps(ran)) or ran.run.observes != "returns"
        all_expected = [self.expectations.of(scenario.consumer, step.delivery.payload) for step in steps(ran)]
        for step in steps(ran):
            expected = self.expectations.of(scenario.consumer, step.delivery.payload)
            if self.agree is not None and expected is not ABSENT:
                said = self.agree(expected, step.effect)
                if said:
                    effect = shown(step.effect)
                    message = f"{described(step.delivery)}: the effect does not agree: {said}; it was {effect}"
                    yield Failure(FailureKind.MISREAD, message, step.delivery)
                continue
            twin = before.get(step.delivery.position)
            if twin is None and not step.changed and seen_at_all and ignored(expected, step.after, all_expected):
                message = f"{described(step.delivery)} was acknowledged, and {ran.run.observes} shows no effect of it"
                yield Failure(FailureKind.NO_EFFECT, message, step.delivery)
            wrong = [one for one in _misread(step, expected) if not self._excuses(one, twin, excused)]
            fresh = [one for one in wrong if str(one.path[-1]) not in told]
            if fresh:
                message = f"{described(step.delivery)}: {'; '.join(map(str, fresh[:_MOST]))}"
                about = names_in(one.path for one in fresh)
                yield Failure(FailureKind.MISREAD, message, step.delivery, about=about)

    def _excuses(self, wrong: Misread, twin: Step | None, excused: set[str]) -> bool:
        """Whether the old consumer, which is right, shows such a field in the same way."""
        pattern = pattern_of(wrong.path)
        if pattern in excused or matching(pattern, self.noise.values) is not None:
            return True
        declared = matching(pattern, [each.path for each in self.declared])
        if declared is not None:
            self.used.add(declared)
            return True
        return twin is not None and not differences(wrong.shown, value_at(twin.after, wrong.path))

    def _excused(self, olds: Iterator[Ran]) -> set[str]:
        """Places where the old consumer shows something of its own under a field's name: a sum, a word of its own."""
        return {
            pattern_of(wrong.path)
            for ran in olds
            if ran.scenario.sequence is Sequence.ONCE and self.expectations.own(OLD, ran.scenario.versions[0])
            for step in steps(ran)
            for wrong in _misread(step, self.expectations.of(OLD, step.delivery.payload))
        }

    def notes(self) -> Iterator[str]:
        """What was left out and why, and what was declared for nothing."""
        if self._first is not None and self._first.pattern:
            table = f'[[exercise.differences]] path = "{self._first.pattern}", reason = "..."'
            yield f"a difference that is meant is declared in the configuration: {table}"
        if self.noise:
            yield f"not compared, as it differs between two runs of the old consumer: {', '.join(self.noise)}"
        for declared in self.declared:
            seen = "as declared" if declared.path in self.used else "declared, but not seen"
            yield f"intended difference at {declared.path}, {seen}: {declared.reason}"


def _twin(scenario: Scenario) -> object:
    return scenario.sequence, scenario.fault, scenario.versions


def _usable(ran: Ran) -> bool:
    """Whether the effect of a run can be taken at its word."""
    return ran.cell.state in (CellState.OK, CellState.UNOBSERVED) and ran.run.observes != "nothing"


def _declares(declared: Declared, difference: Difference) -> bool:
    parts = [pattern_of(difference.path[:length]) for length in range(len(difference.path) + 1)]
    return any(matching(part, (declared.path,)) is not None for part in parts)


def _misread(step: Step, expected: object) -> tuple[Misread, ...]:
    return () if expected is ABSENT else misread(expected, step.before, step.after)


def _too_long(run: CellRun) -> bool:
    pictures = (picture for one in run.attempts for picture in (one.before, one.after, one.value))
    return any(picture is not None and picture.text is None for picture in pictures)


def steps(ran: Ran) -> Iterator[Step]:
    """The good events of a scenario with the effect before and after each, as they were first handled."""
    seen: set[int] = set()
    for attempt in ran.run.attempts:
        delivery = attempt.delivery
        if attempt.outcome is Outcome.RETURNED and not delivery.payload.poison and delivery.position not in seen:
            seen.add(delivery.position)
            returns = ran.run.observes == "returns"
            before = None if returns else _value(ran.scenario, attempt.before)
            yield Step(delivery, before, _value(ran.scenario, attempt.value if returns else attempt.after))


def _pairs(old: Ran, new: Ran, *, final: bool) -> Iterator[tuple[Delivery | None, object, object, Ordered[Payload]]]:
    """What to compare: each event's effect, or (`final`) what is there in the end."""
    ones, others = ({step.delivery.position: step for step in steps(ran)} for ran in (old, new))
    both = [position for position in ones if position in others]
    payloads = [ones[position].delivery.payload for position in both]
    if final and new.run.observes != "returns":
        last, other = _last(old), _last(new)
        if last is not None and other is not None:
            yield None, _value(old.scenario, last.after), _value(new.scenario, other.after), payloads
        return
    for count, position in enumerate(both, start=1):
        yield others[position].delivery, ones[position].after, others[position].after, payloads[:count]


def _last(ran: Ran) -> Attempt | None:
    return ran.run.attempts[-1] if ran.run.attempts else None


def _value(scenario: Scenario, picture: Picture | None) -> object:
    """A picture's value, with the same word for the same event in the runs of both consumers."""
    if picture is None or picture.text is None:
        return None
    text = picture.text
    for number, event in enumerate(dict.fromkeys(delivery.event_id for delivery in scenario.deliveries), start=1):
        text = text.replace(event, f"event {number}")
    return loads(text)
