"""The plan: which deliveries, in which order, under which identities."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.exercise.payloads import Delivery, Fault, Scenario, Sequence
from evtcompat.exercise.plan import ExerciseRequest, faulty_scenarios, reads, scenarios
from evtcompat.model.levels import Level
from exercise.samples import PAYLOADS, VERSIONS, event, poison

REQUEST = ExerciseRequest(versions=VERSIONS)


def found(sequence: Sequence, version: str = "v1", request: ExerciseRequest = REQUEST) -> tuple[Delivery, ...]:
    """The deliveries to the new consumer."""
    wanted = (sequence, "new", version)
    return next(s.deliveries for s in scenarios(PAYLOADS, request) if (s.sequence, s.consumer, s.row) == wanted)


def labels(deliveries: tuple[Delivery, ...]) -> list[str]:
    return [f"v{delivery.payload.version} {delivery.payload.label}" for delivery in deliveries]


def test_once_is_every_good_payload_with_an_identity_of_its_own() -> None:
    deliveries = found(Sequence.ONCE)
    assert labels(deliveries) == ["v1 status NEW", "v1 status PAID"]
    assert len({delivery.event_id for delivery in deliveries}) == 2


def test_twice_is_every_event_two_times_in_a_row_under_one_identity() -> None:
    deliveries = found(Sequence.TWICE)
    assert labels(deliveries) == ["v1 status NEW", "v1 status NEW", "v1 status PAID", "v1 status PAID"]
    ids = [delivery.event_id for delivery in deliveries]
    assert ids[0] == ids[1] != ids[2] == ids[3]


OLDER, NEWER = ["v1 status NEW", "v1 status PAID"], ["v2 amends an order of v1", "v2 symbol REFUNDED"]


def test_mixed_is_v1_v2_v1_and_reversed_is_v2_before_v1_with_all_payloads() -> None:
    assert labels(found(Sequence.MIXED, "v1+v2")) == [OLDER[0], NEWER[0], OLDER[1], NEWER[1]]
    assert labels(found(Sequence.REVERSED, "v1+v2")) == [*NEWER, *OLDER]


def test_shuffled_is_all_payloads_in_an_order_of_the_seed_that_both_consumers_get() -> None:
    assert sorted(labels(found(Sequence.SHUFFLED, "v1+v2"))) == sorted([*OLDER, *NEWER])
    plans = [scenarios(PAYLOADS, replace(REQUEST, seed=seed)) for seed in range(8)]
    orders = [[labels(s.deliveries) for s in plan if s.sequence is Sequence.SHUFFLED] for plan in plans]
    assert all(old == new for old, new in orders)
    assert len({tuple(old) for old, _ in orders}) > 1


def test_poison_stands_between_good_events() -> None:
    assert [delivery.payload.poison for delivery in found(Sequence.POISON)] == [False, True, False]


def test_a_burst_is_spread_over_keys_and_every_event_is_another() -> None:
    deliveries = found(Sequence.BURST)
    assert len({delivery.event_id for delivery in deliveries}) == len(deliveries) == REQUEST.burst
    assert {delivery.key for delivery in deliveries} == {"customer-1-0", "customer-1-1", "customer-1-2"}


def test_all_but_a_burst_stay_under_one_key() -> None:
    for scenario in scenarios(PAYLOADS, REQUEST):
        keys = {delivery.key for delivery in scenario.deliveries}
        assert scenario.sequence is Sequence.BURST or keys == {"customer-1"}


def test_a_plan_is_the_same_on_every_machine_and_python() -> None:
    text = repr(
        [(s.name, [(d.event_id, d.key, d.payload.label) for d in s.deliveries]) for s in scenarios(PAYLOADS, REQUEST)]
    )
    assert (
        hashlib.sha256(text.encode()).hexdigest() == "3a19367e0b773ccea7c5dd5af23697cee4b8a63dc425714810952e9d554d6550"
    )


@pytest.mark.slow
@given(seed=st.integers(), other=st.integers())
def test_the_seed_decides_the_plan(seed: int, other: int) -> None:
    one, again = (scenarios(PAYLOADS, replace(REQUEST, seed=seed)) for _ in range(2))
    assert one == again
    assert (scenarios(PAYLOADS, replace(REQUEST, seed=other)) == one) == (seed == other)


def test_no_two_scenarios_share_an_event() -> None:
    """Nor do two levels: a consumer that remembers what it has seen must not take one cell's event for another's."""
    plans: list[Scenario] = []
    for stage in ("in process", "redis"):
        plans += scenarios(PAYLOADS, REQUEST, stage=stage)
        plans += faulty_scenarios(PAYLOADS, REQUEST, stage=stage)
    ids = [
        delivery.event_id for scenario in plans for delivery in {d.event_id: d for d in scenario.deliveries}.values()
    ]
    assert len(ids) == len(set(ids))


READS = (
    ("FULL", "old", ("1", "2", "3")),
    ("FULL", "new", ("1", "2", "3")),
    ("BACKWARD", "old", ("1", "2")),
    ("BACKWARD", "new", ("1", "2", "3")),
    ("FORWARD", "old", ("1", "2", "3")),
    ("FORWARD_TRANSITIVE", "new", ("3",)),
    ("NONE", "old", ("1", "2")),
    ("NONE", "new", ("3",)),
)


@pytest.mark.parametrize(("level", "consumer", "versions"), READS)
def test_the_level_says_who_must_read_what(level: str, consumer: str, versions: tuple[str, ...]) -> None:
    assert reads(consumer, ExerciseRequest(versions=("1", "2", "3"), level=Level[level])) == versions


def test_faults_strike_one_event_and_a_crash_the_first() -> None:
    plan = faulty_scenarios(PAYLOADS, REQUEST)
    assert [scenario.fault for scenario in plan] == [Fault.CRASH, Fault.RETRY, Fault.CUT] * 4
    assert all(0 <= scenario.fault_at < len(scenario.deliveries) for scenario in plan)
    assert all(scenario.fault_at == 0 for scenario in plan if scenario.fault is Fault.CRASH)


def test_what_has_no_payload_is_left_out() -> None:
    plan = scenarios((event("1", "only"), poison("2")), REQUEST)
    assert {scenario.row for scenario in plan} == {"v1"}
    assert Sequence.POISON not in {scenario.sequence for scenario in plan}
