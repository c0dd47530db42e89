"""The same run gives the same table, every time, over real brokers."""

from __future__ import annotations

import pytest

from evtcompat.exercise.payloads import Sequence
from evtcompat.exercise.run import exercise
from evtcompat.exercise.transports.base import Transport
from exercise.samples import order, table

REPEATS = 200


def one_table(broker: Transport) -> dict[str, str]:
    """A right and a wrong consumer, redelivery after an exception, poison, order, and every fault."""
    sequences = (Sequence.TWICE, Sequence.POISON, Sequence.REVERSED)
    request = order(old="shipping:dies_on_poison", new="shipping:not_idempotent", transport=broker, sequences=sequences)
    faulty = order(new="shipping:new", versions=("2",), sequences=(Sequence.ONCE,), transport=broker, faults=True)
    return {**table(exercise(request)), **table(exercise(faulty))}


@pytest.mark.soak
def test_200_runs_give_200_times_the_same_table(broker: Transport) -> None:
    first = one_table(broker)
    assert {"ok", "blocked", "not idempotent"} <= set(first.values())
    for _ in range(REPEATS - 1):
        assert one_table(broker) == first
