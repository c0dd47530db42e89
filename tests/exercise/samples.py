"""The sample domain of these tests: `order-placed` in two versions, and orders to exercise its consumers."""

from __future__ import annotations

import json
from pathlib import Path

from evtcompat.exercise.consumers import parse_consumer
from evtcompat.exercise.delivery_loop import Limits
from evtcompat.exercise.oracle import Declared
from evtcompat.exercise.payloads import Payload, Sequence
from evtcompat.exercise.plan import ExerciseRequest
from evtcompat.exercise.report import ExerciseReport
from evtcompat.exercise.run import ExercisePlan
from evtcompat.exercise.transports.base import Transport
from evtcompat.reporters.exercise_text import word

CONSUMERS = Path(__file__).parent / "consumers"


def event(version: str, label: str, **value: object) -> Payload:
    """A good event."""
    return Payload(version, label, "customer-1", value, json.dumps(value).encode(), "application/json")


def poison(version: str) -> Payload:
    """An event cut short."""
    return Payload(version, "truncated", "customer-1", None, b'{"order_', "application/json", poison=True)


PAYLOADS = (
    event("1", "status NEW", order_id="o1", status="NEW"),
    event("1", "status PAID", order_id="o2", status="PAID"),
    poison("1"),
    event("2", "amends an order of v1", order_id="o3", status="NEW", currency="EUR", amends="o1"),
    event("2", "symbol REFUNDED", order_id="o4", status="REFUNDED", currency="EUR"),
    poison("2"),
)
VERSIONS = ("1", "2")


def order(
    *,
    old: str | None = None,
    new: str | None = None,
    transport: Transport | None = None,
    faults: bool = False,
    sequences: tuple[Sequence, ...] = tuple(Sequence),
    observe: str = "state",
    payloads: tuple[Payload, ...] = PAYLOADS,
    versions: tuple[str, ...] = VERSIONS,
    limits: Limits | None = None,
    declared: tuple[Declared, ...] = (),
    agree: str | None = None,
) -> ExercisePlan:
    """An order for consumers of this folder."""
    named = {"old": old, "new": new}
    specs = tuple(parse_consumer(role, text) for role, text in named.items() if text is not None)
    return ExercisePlan(
        subject="order-placed",
        payloads=payloads,
        consumers=specs,
        request=ExerciseRequest(consumers=tuple(s.role for s in specs), versions=versions, sequences=sequences),
        observe=observe,
        transport=transport,
        faults=faults,
        limits=limits or Limits(),
        declared=declared,
        agree=agree,
        here=CONSUMERS,
    )


def table(report: ExerciseReport) -> dict[str, str]:
    """``level: consumer / payload / delivery`` -> what the table says."""
    return {f"{level.name}: {cell.scenario.name}": word(cell) for level in report.levels for cell in level.cells}


def wrong(report: ExerciseReport) -> dict[str, str]:
    """The cells that are not fine."""
    return {name: found for name, found in table(report).items() if found != "ok"}
