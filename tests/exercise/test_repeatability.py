"""The same run gives the same table, every time, over real brokers."""

from __future__ import annotations

import pytest

from evtcompat.exercise.payloads import Sequence
from evtcompat.exercise.run import exercise
from evtcompat.exercise.transports.base import Transport
from evtcompat.exercise.transports.opening import open_transport
from exercise.samples import order, table

REPEATS = 200


def one_table(broker: Transport) -> dict[str, str]:
    """A right and a wrong consumer, redelivery after an exception, poison, order, and every fault."""
    sequences = (Sequence.TWICE, Sequence.POISON, Sequence.REVERSED)
    request = order(old="shipping:dies_on_poison", new="shipping:not_idempotent", transport=broker, sequences=sequences)
    faulty = order(new="shipping:new", versions=("2",), sequences=(Sequence.ONCE,), transport=broker, faults=True)
    return {**table(exercise(request)), **table(exercise(faulty))}


@pytest.fixture(params=["redis", "kafka", "nats", "amqp", "sqs", "webhook"])
def any_transport(request: pytest.FixtureRequest) -> Transport:
    """Every transport that there is, in turn."""
    return open_transport("webhook:" if request.param == "webhook" else request.getfixturevalue(f"{request.param}_url"))


@pytest.mark.soak
def test_200_runs_give_200_times_the_same_table(any_transport: Transport) -> None:
    first = one_table(any_transport)
    assert {"ok", "blocked", "not idempotent"} <= set(first.values())
    for _ in range(REPEATS - 1):
        assert one_table(any_transport) == first
