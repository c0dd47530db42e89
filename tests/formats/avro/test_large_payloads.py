"""What payloads of an Avro schema cost is bounded, whatever the schema leads to; what none covers is counted."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from calls import called
from evtcompat.formats.avro.paths import Steps
from evtcompat.formats.avro.payloads.datum import Datum
from evtcompat.formats.avro.payloads.interface import AvroPayloads
from evtcompat.formats.avro.payloads.reaching import datum_along
from evtcompat.formats.avro.payloads.smallest import MOST_BYTES, Heights, smallest
from evtcompat.formats.avro.payloads.values import covered
from evtcompat.formats.avro.types import Record, Union
from formats.avro.comparing import parsed

_LARGE: Any = {"type": "fixed", "name": "F", "size": MOST_BYTES // 2}


def record(name: str, *types: object) -> dict[str, Any]:
    return {
        "type": "record",
        "name": name,
        "fields": [{"name": f"f{index}", "type": type_} for index, type_ in enumerate(types)],
    }


def mesh(count: int) -> dict[str, Any]:
    """So many records, each of which may hold each."""
    written: list[dict[str, Any]] = [
        record(f"R{index}", "int", *[["null", f"R{other}"] for other in range(count)]) for index in range(count)
    ]
    for index, one in enumerate(written[:-1]):
        one["fields"][index + 2]["type"][1] = written[index + 1]
    return written[0]


def chain(count: int) -> dict[str, Any]:
    """So many records, each in a field of the one before."""
    inner: Any = "int"
    for index in reversed(range(count)):
        inner = record(f"R{index}", "int", inner)
    return inner  # type: ignore[no-any-return]  # a record


FIXED = {
    "in unions": record("E", ["null", _LARGE], *[["null", "F"]] * 40),
    "in arrays": record("E", {"type": "array", "items": _LARGE}, *[{"type": "array", "items": "F"}] * 40),
    "in maps of records": record("E", {"type": "map", "values": record("R", _LARGE)}, *[["null", "F"]] * 40),
}


@pytest.mark.parametrize("name", FIXED)
def test_a_payload_has_no_more_fixed_values_than_are_written(name: str) -> None:
    """And no choice that was left out for that is told as covered."""
    made = AvroPayloads(parsed(FIXED[name])).generate(0)
    assert max(len(one.body) for one in made) <= MOST_BYTES + 1_000
    assert made.stopped
    assert made.uncovered > 0
    told = [one for payload in made for one in payload.covers]
    assert len(told) == len(set(told))


def test_a_branch_that_is_too_large_for_any_payload_is_no_boundary() -> None:
    schema = parsed(record("E", ["null", {"type": "fixed", "name": "F", "size": 2**31 - 1}]))
    made = AvroPayloads(schema).generate(0)
    assert (made.uncovered, made.stopped) == (0, False)
    assert [one.covers for one in made if one.covers] == [] or made[-1].covers == ("f0: null",)


def test_symbols_beyond_the_most_payloads_are_counted() -> None:
    symbols = [f"S{index}" for index in range(3_000)]
    found = covered(parsed(record("E", {"type": "enum", "name": "N", "symbols": symbols})), limit=100)
    assert len(found.values) == 100
    assert found.uncovered == len(symbols) - len(found.values)
    assert found.stopped


def test_payloads_of_records_that_all_hold_each_other_take_a_bounded_number_of_steps() -> None:
    """A payload of 50 such records can be as large as any may be, and a thousand of them were made."""
    schema = parsed(mesh(50))
    found, calls = called(lambda: covered(schema))
    assert found.stopped
    assert found.uncovered > 0
    assert calls < 3_000_000


def test_payloads_of_an_ordinary_schema_leave_nothing_out() -> None:
    made = AvroPayloads(parsed(chain(30))).generate(0)
    assert (made.uncovered, made.stopped) == (0, False)


def test_how_deep_smallest_values_are_is_found_in_calls_that_grow_with_the_schema() -> None:
    """The records of a chain are settled from its end on, and none is asked again for each that is around it."""
    calls = [called(partial(Heights, parsed(chain(count)).root))[1] for count in (100, 200)]
    assert calls[1] < 2.5 * calls[0]


def test_a_smallest_value_on_the_way_to_a_place_is_made_once() -> None:
    """All differences whose value is what the smallest payload has there share it, and what decoders make of it."""
    root = parsed(record("A", "int", record("B", ["null", record("C", "int")], "string"))).root
    heights = Heights(root)
    plain = smallest(root, heights)
    alike: list[tuple[Steps, Datum]] = [(("f0",), 0), (("f1", "f1"), ""), (("f1", "f0", 0), None)]
    assert all(datum_along(root, steps, leaf, heights) is plain for steps, leaf in alike)
    others: list[tuple[Steps, Datum]] = [(("f0",), 1), (("f0",), False), (("f1", "f0", 1, "f0"), 0)]
    assert all(datum_along(root, steps, leaf, heights) is not plain for steps, leaf in others)


def test_records_without_end_have_no_height() -> None:
    root = parsed(record("E", ["null", record("A", "A")], [record("B", "A"), "int"])).root
    heights = Heights(root)
    assert isinstance(root, Record)
    parts = [branch for type_ in root.types.values() if isinstance(type_, Union) for branch in type_.branches]
    assert [heights.writable(one) for one in parts] == [True, False, False, True]
