"""A union that lists string before bytes: fastavro takes bytes for a string, as soon as schemas are to be resolved."""

from __future__ import annotations

import pytest

from evtcompat import Verdict, compare
from evtcompat.model.json_types import JSON
from evtcompat.model.witnesses import WitnessKind

DECIMAL: JSON = {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}
BIG: JSON = {"type": "bytes", "logicalType": "big-decimal"}


def record(union: list[JSON], other: str) -> JSON:
    return {"type": "record", "name": "R", "fields": [{"name": "a", "type": union}, {"name": "b", "type": other}]}


@pytest.mark.parametrize("union", [["string", "bytes"], ["null", "string", "bytes"], ["string", "int", BIG]])
def test_bytes_behind_a_string_are_refused(union: list[JSON]) -> None:
    comparison = compare(reader=record(union, "long"), writer=record(union, "int"))
    assert comparison.verdict is Verdict.INCOMPATIBLE
    assert comparison.registry_verdict is Verdict.COMPATIBLE
    (finding,) = [finding for finding in comparison.findings if finding.rule == "wrong-union-branch"]
    assert finding.witness is not None
    assert finding.witness.confirmed_by.startswith("fastavro")


@pytest.mark.parametrize(
    ("union", "reader", "writer"),
    [
        (["bytes", "string"], "long", "int"),  # the exact branch comes first
        (["string", DECIMAL], "long", "int"),  # fastavro makes the number before it would decode text
        (["string", "bytes"], "int", "int"),  # equal schemas are not resolved
        (["string", "null"], "long", "int"),
    ],
)
def test_near_misses_are_compatible(union: list[JSON], reader: str, writer: str) -> None:
    assert compare(reader=record(union, reader), writer=record(union, writer)).verdict is Verdict.COMPATIBLE


def test_documents_that_differ_in_a_property_only_are_resolved() -> None:
    """Fastavro leaves the resolution out for equal documents alone; the witness is tried on two that differ."""
    reader, writer = record(["string", "bytes"], "int"), record(["string", "bytes"], "int")
    assert isinstance(reader, dict)
    comparison = compare(reader=reader | {"version": "1.1"}, writer=writer)
    (finding,) = [finding for finding in comparison.findings if finding.rule == "wrong-union-branch"]
    assert finding.witness is not None
    assert finding.witness.kind is WitnessKind.REFUSED
