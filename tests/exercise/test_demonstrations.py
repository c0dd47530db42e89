"""Right and wrong consumers of `order-placed`, in process, over Redis and over Kafka."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from evtcompat.exercise.payloads import Sequence
from evtcompat.exercise.run import exercise
from evtcompat.exercise.transports.base import Transport
from evtcompat.exercise.transports.opening import open_transport
from evtcompat.reporters.exercise_text import word as cell_word
from exercise.samples import order, table, wrong


@dataclass(frozen=True)
class Broken:
    """A consumer that is wrong, and the cells that must say so: the word in them, and a part of the message."""

    role: str
    consumer: str
    sequences: tuple[Sequence, ...]
    cells: dict[str, str]
    message: str


BROKEN = (
    Broken(
        "new",
        "shipping:not_idempotent",
        (Sequence.ONCE, Sequence.TWICE),
        {"new / v1 / twice": "not idempotent", "new / v2 / twice": "not idempotent"},
        "delivered twice, had an effect each time",
    ),
    Broken(
        "new",
        "shipping:needs_order",
        (Sequence.MIXED, Sequence.REVERSED),
        {"new / v1+v2 / reversed": "raised"},
        "LookupError: o1",
    ),
    Broken(
        "new",
        "shipping:field_absent",
        (Sequence.ONCE, Sequence.MIXED),
        {"new / v1 / once": "raised", "new / v1+v2 / mixed": "raised"},
        "KeyError: 'currency'",
    ),
    Broken("old", "shipping:enum_symbol", (Sequence.ONCE,), {"old / v2 / once": "raised"}, "KeyError: 'REFUNDED'"),
    Broken(
        "old",
        "shipping:dies_on_poison",
        (Sequence.ONCE, Sequence.POISON),
        {"old / v1 / poison": "blocked", "old / v2 / poison": "blocked"},
        "stands still behind it (1 event waiting)",
    ),
    Broken(
        "old",
        "shipping:swallows_poison",
        (Sequence.ONCE, Sequence.POISON),
        {"old / v1 / poison": "no dead letter", "old / v2 / poison": "no dead letter"},
        "is not in the dead-letter sink",
    ),
)


#: A Kafka broker takes seconds to hand its partitions to a consumer: the default run shows two mistakes over it.
OVER_KAFKA = {"shipping:not_idempotent", "shipping:dies_on_poison"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("broken", "broker"),
    [
        pytest.param(
            broken,
            broker,
            id=f"{broken.consumer}-{broker}",
            marks=pytest.mark.long if broker == "kafka" and broken.consumer not in OVER_KAFKA else (),
        )
        for broken in BROKEN
        for broker in ("redis", "kafka")
    ],
    indirect=["broker"],
)
def test_a_broken_consumer_is_found_in_process_and_over_the_broker(broken: Broken, broker: Transport) -> None:
    """Exactly the cells that show the mistake fail, on both levels alike, with the payload and what was said."""
    named = {broken.role: broken.consumer}
    report = exercise(order(**named, sequences=broken.sequences, transport=broker))  # type: ignore[arg-type]  # role -> name
    expected = {
        f"{level}: {name}": word for level in ("in process", broker.name) for name, word in broken.cells.items()
    }
    assert wrong(report) == expected
    failures = [failure for cell in report.cells for failure in cell.failures]
    assert any(broken.message in failure.message for failure in failures)
    assert all(failure.delivery is not None and failure.delivery.payload.body for failure in failures)
    assert report.exit_code == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "consumers",
    [
        {"new": "shipping:new"},
        pytest.param({"old": "shipping:old", "new": "shipping:new"}, marks=pytest.mark.long),
    ],
    ids=" and ".join,
)
def test_right_consumers_pass_every_delivery(consumers: dict[str, str], broker: Transport) -> None:
    report = exercise(order(**consumers, transport=broker))  # type: ignore[arg-type]  # role -> name
    assert wrong(report) == {}
    assert report.exit_code == 0
    assert len(table(report)) == 2 * 11 * len(consumers)
    held = {cell.scenario.delivery: set(cell.held) for cell in report.levels[1].cells}
    alike = {"as the old consumer"} if "old" in consumers else set()
    assert held["twice"] == {"order per key", "idempotent", *alike}
    assert held["poison"] == {"order per key", "dead letter", "went on after poison", *alike}
    assert held["burst"] == {"order per key", *alike}


@pytest.mark.slow
def test_a_right_consumer_passes_every_fault(broker: Transport) -> None:
    """And every fault really delivered something twice."""
    report = exercise(
        order(new="shipping:new", versions=("2",), sequences=(Sequence.ONCE,), transport=broker, faults=True)
    )
    assert wrong(report) == {}
    assert [cell.scenario.delivery for cell in report.levels[2].cells] == ["crash", "retry", "cut"]
    for cell in report.levels[2].cells:
        assert "idempotent" in cell.held, f"{cell.scenario.name}: nothing was delivered twice"


@pytest.mark.long
def test_every_fault_over_the_other_brokers(request: pytest.FixtureRequest) -> None:
    """A right consumer passes, one that is not idempotent is found."""
    sequences = (Sequence.ONCE,)
    for scheme in ("nats", "amqp", "sqs"):
        other = open_transport(request.getfixturevalue(f"{scheme}_url"))
        for consumer, word in (("new", "ok"), ("not_idempotent", "not idempotent")):
            name = f"shipping:{consumer}"
            plan = order(new=name, versions=("2",), sequences=sequences, transport=other, faults=True)
            faulty = exercise(plan).levels[2]
            assert {cell.scenario.delivery: cell_word(cell) for cell in faulty.cells} == dict.fromkeys(
                ("crash", "retry", "cut"), word
            )


@pytest.mark.slow
def test_each_fault_alone_shows_a_consumer_that_is_not_idempotent(broker: Transport) -> None:
    report = exercise(
        order(new="shipping:not_idempotent", versions=("2",), sequences=(Sequence.ONCE,), transport=broker, faults=True)
    )
    name = f"{broker.name} with faults: new / v2 / "
    assert wrong(report) == {name + fault: "not idempotent" for fault in ("crash", "retry", "cut")}
