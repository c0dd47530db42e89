"""What an Avro comparison costs in calls is bounded by the square of its size, findings read and payloads not built."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from calls import called
from evtcompat import compare
from evtcompat.errors import EvtcompatError
from evtcompat.formats.avro.format import AVRO
from evtcompat.formats.avro.legal_names import IllegalNames, name_fault
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.json_types import JSON
from evtcompat.model.verdicts import Verdict
from formats.avro.random_pairs import pair

#: Python functions that are called for a pair of values of both schemas at most, and for the smallest pair.
CALLS, FIRST = 4, 1_000


def values_in(schema: object) -> int:
    """How many values a schema holds, itself included."""
    inner = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    return 1 + sum(map(values_in, inner))


def calls_of(reader: JSON, writer: JSON) -> tuple[int, Verdict]:
    """How many Python functions a comparison calls, and its verdict."""

    def verdict() -> Verdict:
        found = compare(reader=reader, writer=writer, format="avro", witnesses=False)
        assert found.findings or found.verdict is not Verdict.INCOMPATIBLE
        return found.verdict

    found, calls = called(verdict)
    return calls, found


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    """What is imported with the first comparison is no cost of it."""
    assert compare(reader="string", writer="int", format="avro").findings


def bound(reader: object, writer: object) -> int:
    """The calls that a pair may take."""
    return FIRST + CALLS * (values_in(reader) + values_in(writer)) ** 2


@pytest.mark.slow
def test_calls_are_bounded_by_the_square_of_the_size_for_random_pairs() -> None:
    compared = 0
    for seed in range(240):
        reader, writer = pair(seed)
        try:
            calls, _ = calls_of(reader, writer)
        except EvtcompatError:
            continue  # no schema
        compared += 1
        assert calls <= bound(reader, writer), seed
    assert compared > 200


def doubling(depth: int, leaf: str, wrap: Callable[[Any], Any]) -> dict[str, Any]:
    """Records, each of which uses the one before it twice: a value of depth n holds 2^n leaves."""
    made: dict[str, Any] = {"type": "record", "name": "R0", "fields": [{"name": "a", "type": leaf}]}
    for level in range(1, depth + 1):
        fields = [{"name": "a", "type": wrap(made)}, {"name": "b", "type": wrap(f"R{level - 1}")}]
        made = {"type": "record", "name": f"R{level}", "fields": fields}
    return made


def all_of_all(count: int, leaf: str) -> dict[str, Any]:
    """Records of which each holds a union of all."""
    known: list[int] = []

    def record(number: int) -> dict[str, Any]:
        known.append(number)
        others = [f"R{other}" if other in known else record(other) for other in range(count)]
        fields = [{"name": "v", "type": leaf}, {"name": "n", "type": others}]
        return {"type": "record", "name": f"R{number}", "fields": fields}

    return record(0)


_SHAPES: dict[str, Callable[[str], Any]] = {
    "records": lambda leaf: doubling(30, leaf, lambda one: one),
    "unions": lambda leaf: doubling(30, leaf, lambda one: ["null", one]),
    "maps of unions": lambda leaf: doubling(30, leaf, lambda one: {"type": "map", "values": ["null", one]}),
    "unions of arrays": lambda leaf: doubling(30, leaf, lambda one: ["null", {"type": "array", "items": one}]),
    "all of all": lambda leaf: all_of_all(10, leaf),
}


@pytest.mark.slow
@pytest.mark.parametrize("leaf", ["string", "long"])
@pytest.mark.parametrize("shape", _SHAPES)
def test_calls_are_bounded_where_types_meet_along_exponentially_many_ways(shape: str, leaf: str) -> None:
    make = _SHAPES[shape]
    reader, writer = make(leaf), make("int")
    calls, verdict = calls_of(reader, writer)
    assert verdict is (Verdict.INCOMPATIBLE if leaf == "string" else Verdict.COMPATIBLE)
    assert calls <= bound(reader, writer)


def test_a_namespace_that_many_types_share_is_looked_at_once() -> None:
    space = ".".join(f"part{number}" for number in range(30))
    enums: list[JSON] = [
        {"type": "enum", "name": f"E{number}", "namespace": f"{space}.1", "symbols": ["A"]} for number in range(20)
    ]
    schema = AVRO.parse(
        Document({"type": "record", "name": "R", "fields": [{"name": "f", "type": enums}]}), NoReferences()
    )
    asked: list[str] = []

    def fault(name: str) -> str | None:
        asked.append(name)
        return name_fault(name)

    illegal = IllegalNames(fault)
    found = [one for named in schema.names.values() for one in illegal.of(named)]
    assert len(asked) == 31 + 2 + 2 * 20
    assert [one.name for one in found] == ["1"] * 20
    assert len({one.owner for one in found}) == 20
