"""From what was observed to what it means. Pure."""

from __future__ import annotations

import os.path
from collections.abc import Iterable

from evtcompat.exercise.payloads import Delivery, Scenario
from evtcompat.exercise.results import Attempt, Cell, CellRun, CellState, Failure, FailureKind, Outcome
from evtcompat.model.histories import version_name

_ENDED = {
    Outcome.RAISED: FailureKind.RAISED,
    Outcome.EXITED: FailureKind.EXITED,
    Outcome.HUNG: FailureKind.HUNG,
}
#: How much of what did not change is shown before a change.
_CONTEXT = 60
_HINT = "name what to watch with --observe"
_RETURNS_NONE = "the consumer returns None, which shows no effect"
#: How nothing at all looks as JSON, however it is told: no file, no row, no call, a table that is not there yet.
_EMPTY = frozenset({"null", "[]", "{}", '""'})


def judge(scenario: Scenario, run: CellRun) -> Cell:
    """The cell of a scenario."""
    if run.unchecked:
        return Cell(scenario, CellState.UNCHECKED, reason=run.unchecked, traceback=run.traceback)
    failures = [*_per_record(scenario, run), *_repeats(run), *(_order(run) if run.keeps_order else ())]
    if run.stopped:
        failures.append(Failure(FailureKind.NOT_HANDLED, run.stopped, output=run.output))
    unseen = _unseen(run)
    held = _held(scenario, run, failures, unseen)
    if failures:
        return Cell(scenario, CellState.FAILED, tuple(failures), held=held)
    if unseen:
        return Cell(scenario, CellState.UNOBSERVED, reason=unseen, held=held)
    return Cell(scenario, CellState.OK, held=held)


def described(delivery: Delivery) -> str:
    """A delivery in a sentence: ``event 2 (v1, symbol SHIPPED)``."""
    payload = delivery.payload
    kind = "poison, " if payload.poison else ""
    return f"event {delivery.position + 1} ({version_name(payload.version)}, {kind}{payload.label})"


def _by_record(run: CellRun) -> list[list[Attempt]]:
    records: dict[str, list[Attempt]] = {}
    for attempt in run.attempts:
        records.setdefault(attempt.record, []).append(attempt)
    return list(records.values())


def _per_record(scenario: Scenario, run: CellRun) -> Iterable[Failure]:
    """What went wrong with single records, however often they came."""
    for attempts in _by_record(run):
        delivery = attempts[0].delivery
        bad = [attempt for attempt in attempts if attempt.outcome is not Outcome.RETURNED]
        if bad:
            yield _ended(scenario, attempts, bad)
        elif delivery.payload.poison:
            if run.sees_dead_letters and not any(delivery.payload.body in attempt.dead_letters for attempt in attempts):
                message = f"{described(delivery)} raised nothing and is not in the dead-letter sink: it is lost"
                yield Failure(FailureKind.NO_DEAD_LETTER, message, delivery)
        elif any(attempt.dead_letters for attempt in attempts):
            message = f"{described(delivery)} is a good event and was set aside as a dead letter"
            yield Failure(FailureKind.SET_ASIDE, message, delivery)


def _ended(scenario: Scenario, attempts: list[Attempt], bad: list[Attempt]) -> Failure:
    """A record that made the consumer raise, exit or hang at least once."""
    delivery, last = attempts[0].delivery, bad[-1]
    message = f"{described(delivery)}: {bad[0].error}"
    if last.outcome is not Outcome.RAISED:
        message = f"{described(delivery)}: the consumer {last.outcome.value}: {last.error}"
    kind = _ENDED[last.outcome]
    if len(bad) < len(attempts):
        message += f" (on delivery {bad[-1].number} of {len(attempts)})"
    elif delivery.payload.poison:
        waiting = len(scenario.deliveries) - delivery.position - 1
        kind = FailureKind.BLOCKED
        message += (
            f". Delivered {len(attempts)} times, never done with: a queue that keeps order stands still behind it"
            f" ({waiting} event{'' if waiting == 1 else 's'} waiting)"
        )
    return Failure(kind, message, delivery, last.traceback, last.output)


def _completed(run: CellRun) -> list[Attempt]:
    return [attempt for attempt in run.attempts if attempt.outcome is Outcome.RETURNED]


def _again(run: CellRun) -> Iterable[tuple[Attempt, Attempt]]:
    """The first time an event was handled and each later time, poison left out."""
    first: dict[str, Attempt] = {}
    for attempt in _completed(run):
        if attempt.delivery.payload.poison:
            continue
        known = first.setdefault(attempt.delivery.event_id, attempt)
        if known is not attempt:
            yield known, attempt


def _repeats(run: CellRun) -> Iterable[Failure]:
    """Events whose second delivery had an effect."""
    reported: set[str] = set()
    for first, second in _again(run):
        change = _change(run.observes, first, second)
        if change and second.delivery.event_id not in reported:
            reported.add(second.delivery.event_id)
            why = (
                "delivered twice"
                if first.record != second.record
                else "delivered again, for want of an acknowledgement"
            )
            message = f"{described(second.delivery)}, {why}, had an effect each time: {change}"
            yield Failure(FailureKind.NOT_IDEMPOTENT, message, second.delivery)


def _change(observes: str, first: Attempt, second: Attempt) -> str:
    """What the repeated delivery changed, or ``""``."""
    if observes == "nothing":
        return ""
    if observes == "returns":
        before, after = first.value, second.value
        begin, then = "it returned", "and then"
        if after is None or after.none:  # nothing done, nothing to report
            return ""
    else:
        # After a crash the new process is compared with what the first one left behind.
        before, after = (second.before if first.incarnation == second.incarnation else first.after), second.after
        begin, then = f"{observes} went from", "to"
    if before is None or after is None or before.digest == after.digest:
        return ""
    one, other = _apart(before.excerpt, after.excerpt)
    return f"{begin} {one} {then} {other}"


def _apart(before: str, after: str) -> tuple[str, str]:
    """Two long texts from shortly before where they differ."""
    common = len(os.path.commonprefix([before, after]))  # noqa: RUF071 - texts, not paths
    start = common - _CONTEXT
    return (before, after) if start <= 0 else ("..." + before[start:], "..." + after[start:])


def _unseen(run: CellRun) -> str:
    """What should have been observed and could not be."""
    if not run.sees_dead_letters and any(attempt.delivery.payload.poison for attempt in run.attempts):
        return "good events were handled beside it, but nothing shows what became of the poison"
    if blind(run):
        return _nothing_seen(run)
    again = list(_again(run))
    if not again:
        return ""
    if run.observes == "nothing":
        return f"handled twice without an exception, but nothing shows the effect: {_HINT}"
    if run.observes == "returns" and all(_none(first) for first, _ in again):
        return f"{_RETURNS_NONE}: {_HINT}"
    return ""


def _nothing_seen(run: CellRun) -> str:
    if run.never:
        return f"{run.never} from the first event to the last: nothing shows an effect. See `probe` of the service"
    if run.observes == "returns":
        return f"{_RETURNS_NONE}: {_HINT}"
    return "what --observe names was the same before and after every event, and shows no effect"


def blind(run: CellRun) -> bool:
    """Whether something was looked at all along, and nothing was seen: a consumer that does nothing looks like that."""
    if run.observes == "returns":
        return all(_none(attempt) for attempt in _completed(run) if not attempt.delivery.payload.poison)
    return bool(run.never or run.observes in ("effects", "state")) and not _moved(run)


def _none(attempt: Attempt) -> bool:
    return attempt.value is not None and attempt.value.none


def _moved(run: CellRun) -> bool:
    """Whether what is observed was ever another one than it was before the first event."""
    pictures = [picture for one in run.attempts for picture in (one.before, one.after) if picture is not None]
    return len({"" if picture.excerpt in _EMPTY else picture.digest for picture in pictures}) > 1


def _order(run: CellRun) -> Iterable[Failure]:
    """Events of one key that were done in another order than they were sent in."""
    done: dict[str | None, list[Delivery]] = {}
    seen: set[int] = set()
    for attempt in _completed(run):
        delivery = attempt.delivery
        if delivery.position not in seen:
            seen.add(delivery.position)
            done.setdefault(delivery.key, []).append(delivery)
    for key, deliveries in done.items():
        positions = [delivery.position for delivery in deliveries]
        if positions != sorted(positions):
            spoken_order = ", ".join(str(position + 1) for position in positions)
            message = f"events of key {key!r} were done in the order {spoken_order}"
            yield Failure(FailureKind.OUT_OF_ORDER, message, deliveries[0])


def _held(scenario: Scenario, run: CellRun, failures: list[Failure], unseen: str) -> tuple[str, ...]:
    kinds = {failure.kind for failure in failures}
    completed = _completed(run)
    held: list[str] = []
    keys = [delivery.key for delivery in scenario.deliveries]
    if (
        run.ordered
        and run.keeps_order
        and len(keys) > len(set(keys))
        and not run.stopped
        and FailureKind.OUT_OF_ORDER not in kinds
    ):
        held.append("order per key")
    if not unseen and FailureKind.NOT_IDEMPOTENT not in kinds and any(True for _ in _again(run)):
        held.append("idempotent")
    poison = [d.position for d in scenario.deliveries if d.payload.poison]
    if poison:
        if run.sees_dead_letters and not kinds & {FailureKind.NO_DEAD_LETTER, FailureKind.BLOCKED}:
            held.append("dead letter")
        good_after = {d.position for d in scenario.deliveries if d.position > poison[0] and not d.payload.poison}
        if FailureKind.BLOCKED not in kinds and good_after <= {a.delivery.position for a in completed}:
            held.append("went on after poison")
    return tuple(held)
