"""From what was observed to what it means: table-driven, without any process."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from evtcompat.exercise.judge import judge
from evtcompat.exercise.payloads import Delivery, Scenario, Sequence
from evtcompat.exercise.results import Attempt, CellRun, CellState, Outcome, Picture
from exercise.samples import event, poison

GOOD, PILL = event("1", "good"), poison("1")


def picture(text: str) -> Picture:
    return Picture(digest=text, excerpt=text, none=text == "null")


def delivery(position: int, name: str, key: str = "k", *, pill: bool = False) -> Delivery:
    return Delivery(PILL if pill else GOOD, name, key, position)


def returned(
    place: Delivery, *, before: str = "", after: str = "", value: str = "null", record: str = "", number: int = 1
) -> Attempt:
    return Attempt(
        delivery=place,
        record=record or str(place.position),
        number=number,
        incarnation=1,
        outcome=Outcome.RETURNED,
        value=picture(value),
        before=picture(before),
        after=picture(after),
    )


def raised(place: Delivery, number: int = 1) -> Attempt:
    return replace(returned(place, number=number), outcome=Outcome.RAISED, error="ValueError: x", traceback="...")


def dead(attempt: Attempt) -> Attempt:
    return replace(attempt, dead_letters=(attempt.delivery.payload.body,))


A, AGAIN, B = delivery(0, "a"), delivery(1, "a"), delivery(1, "b")
P, AFTER = delivery(1, "p", pill=True), delivery(2, "c")


@dataclass(frozen=True)
class Case:
    """Attempts, what the consumer is observed by, and the verdict."""

    name: str
    attempts: tuple[Attempt, ...]
    verdict: str
    observes: str = "state"
    held: tuple[str, ...] = ()
    #: What the probe of a service did not see where its looks all showed the same.
    never: str = ""


FILE, NEVER = "file {folder}/ledger.json", "the file {folder}/ledger.json was not there"

CASES = (
    Case("all done", (returned(A, after="1"), returned(B, before="1", after="2")), "ok", held=("order per key",)),
    Case("nothing is ever seen", (returned(A), returned(AGAIN)), "unobserved", held=("order per key",)),
    Case("nothing is ever seen of different events", (returned(A), returned(B)), "unobserved", held=("order per key",)),
    Case(
        "an event that rightly changes nothing beside one that does",
        (returned(A), returned(B, after="1")),
        "ok",
        held=("order per key",),
    ),
    Case("nothing is ever seen around poison", (returned(A), dead(returned(P)), returned(AFTER)), "unobserved"),
    Case("None for every event shows nothing", (returned(A), returned(B)), "unobserved", "returns"),
    Case("None for one event of several", (returned(A), returned(B, value="7")), "ok", "returns"),
    Case(
        "the second delivery changes nothing",
        (returned(A, before="0", after="1"), returned(AGAIN, before="1", after="1")),
        "ok",
        held=("order per key", "idempotent"),
    ),
    Case(
        "the second delivery changes the state",
        (returned(A, before="0", after="1"), returned(AGAIN, before="1", after="2")),
        "not idempotent",
    ),
    Case(
        "a probe whose path has braces",
        (returned(A, before="0", after="1"), returned(AGAIN, before="1", after="2")),
        "not idempotent",
        observes="file {folder}/ledger.json",
    ),
    Case(
        "others came in between",
        (
            returned(A, before="0", after="1"),
            returned(B, before="1", after="2"),
            returned(A, before="2", after="2", record="x"),
        ),
        "ok",
    ),
    Case(
        "another process repeats and leaves the same behind",
        (
            returned(A, before="0", after="1"),
            replace(returned(A, before="0", after="1", number=2), incarnation=2),
        ),
        "ok",
    ),
    Case(
        "another process repeats and adds to what was left behind",
        (
            returned(A, before="0", after="1"),
            replace(returned(A, before="1", after="2", number=2), incarnation=2),
        ),
        "not idempotent",
    ),
    Case(
        "a probe that shows the same all along", (returned(A, before="[]", after="[]"),), "unobserved", FILE, (), NEVER
    ),
    Case(
        "a probe that shows the same before all events and after them",
        (replace(returned(A, before="[]"), after=None), replace(returned(B, after="[]"), before=None)),
        "unobserved",
        FILE,
        never=NEVER,
    ),
    Case(
        "a table that comes and stays empty shows no effect",
        (returned(A, before="null", after="[]"), returned(B, before="[]", after="[]")),
        "unobserved",
        FILE,
        never=NEVER,
    ),
    Case(
        "one event of several shows an effect",
        (returned(A, before="[]", after="[]"), returned(B, before="[]", after="[7]")),
        "ok",
        FILE,
        never=NEVER,
    ),
    Case(
        "only what is there after all events shows an effect",
        (replace(returned(A, before="[]"), after=None), replace(returned(B, after="[7]"), before=None)),
        "ok",
        FILE,
        never=NEVER,
    ),
    Case(
        "a pill that rightly changes nothing",
        (returned(A, before="[]", after="[7]"), dead(returned(P, before="[7]", after="[7]"))),
        "ok",
        FILE,
        never=NEVER,
    ),
    Case("the same value twice", (returned(A, value="7"), returned(AGAIN, value="7")), "ok", "returns"),
    Case("nothing done the second time", (returned(A, value="7"), returned(AGAIN)), "ok", "returns"),
    Case("another value", (returned(A, value="7"), returned(AGAIN, value="8")), "not idempotent", "returns"),
    Case("None both times shows nothing", (returned(A), returned(AGAIN)), "unobserved", "returns"),
    Case("nothing is observed", (returned(A), returned(AGAIN)), "unobserved", "nothing"),
    Case("nothing to repeat, nothing to observe", (returned(A), returned(B)), "ok", "nothing"),
    Case("raised for good", (raised(A), raised(A, 2), returned(B)), "raised"),
    Case("raised once", (raised(A), returned(A, number=2), returned(B)), "raised"),
    Case("out of order", (returned(B), returned(A)), "out of order"),
    Case("out of order under different keys", (returned(delivery(1, "b", "other")), returned(A, after="1")), "ok"),
    Case("a repeat out of order is no matter", (returned(A, after="1"), returned(B), returned(A, record="x")), "ok"),
    Case("a good event set aside", (dead(returned(A)), returned(B)), "set aside"),
    Case(
        "poison set aside",
        (returned(A, before="0"), dead(returned(P)), returned(AFTER)),
        "ok",
        held=("order per key", "dead letter", "went on after poison"),
    ),
    Case("poison swallowed", (returned(A), returned(P), returned(AFTER)), "no dead letter"),
    Case(
        "something else set aside for poison",
        (returned(A), replace(returned(P), dead_letters=(b"something",)), returned(AFTER)),
        "no dead letter",
    ),
    Case("poison kills", (returned(A), raised(P), raised(P, 2), returned(AFTER)), "blocked"),
    Case("poison set aside and raised", (returned(A), dead(raised(P)), dead(raised(P, 2)), returned(AFTER)), "blocked"),
)


def cell_of(case: Case) -> tuple[str, tuple[str, ...]]:
    deliveries = {attempt.delivery.position: attempt.delivery for attempt in case.attempts}
    scenario = Scenario("new", Sequence.ONCE, ("1",), tuple(deliveries[p] for p in sorted(deliveries)))
    cell = judge(scenario, CellRun(case.attempts, case.observes, never=case.never))
    words = [failure.kind.value for failure in cell.failures] or [cell.state.value]
    return ", ".join(words), cell.held


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_run_means(case: Case) -> None:
    verdict, held = cell_of(case)
    assert verdict == case.verdict
    assert set(case.held) <= set(held)


def test_waiting_in_vain_is_a_failure_that_says_what_was_seen() -> None:
    scenario = Scenario("new", Sequence.ONCE, ("1",), (A, B))
    cell = judge(scenario, CellRun((returned(A),), "state", stopped="1 of 2 events handled"))
    assert [failure.message for failure in cell.failures] == ["1 of 2 events handled"]


def test_what_could_not_run_is_unchecked_whatever_was_seen() -> None:
    scenario = Scenario("new", Sequence.ONCE, ("1",), (A, B))
    assert judge(scenario, CellRun((raised(A),), unchecked="the broker is gone")).state is CellState.UNCHECKED
