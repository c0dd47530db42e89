"""Types of two schemas are alike exactly where nothing that they lead to differs; each pair is looked at once."""

from __future__ import annotations

import pytest

from evtcompat.formats.avro.format import AVRO
from evtcompat.formats.avro.payloads import pairing
from evtcompat.formats.avro.payloads.boundaries import boundaries
from evtcompat.formats.avro.types import AvroSchema, Fixed, Primitive, Record
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.json_types import JSON

COUNT = 40


def parsed(schema: JSON) -> AvroSchema:
    return AVRO.parse(Document(schema), NoReferences())


def chain(last: JSON) -> AvroSchema:
    """Records that hold the next two, the last of which holds a field of a type."""
    record: JSON = {"type": "record", "name": f"R{COUNT}", "fields": [{"name": "x", "type": last}]}
    for n in reversed(range(COUNT)):
        after: JSON = f"R{min(n + 2, COUNT)}"
        fields: list[JSON] = [{"name": "next", "type": record}, {"name": "after", "type": ["null", after]}]
        record = {"type": "record", "name": f"R{n}", "fields": fields}
    return parsed(record)


def test_what_leads_to_a_difference_is_not_alike_and_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = chain("int"), chain("long")
    looked: list[object] = []
    parts = pairing._parts

    def counted(*pair: object) -> object:
        looked.append(pair)
        return parts(*pair)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(pairing, "_parts", counted)
    asked = pairing.Pairing()
    mine, other = ours.root, theirs.root
    while isinstance(mine, Record) and isinstance(other, Record):
        assert not asked.alike(mine, other)
        assert not any(one.alike for one in asked.sources(mine, other) if one.mine.name == "next")
        mine, other = next(iter(mine.types.values())), next(iter(other.types.values()))
    assert len(looked) <= 4 * COUNT + 4


def test_equal_schemas_are_alike_throughout() -> None:
    assert pairing.Pairing().alike(chain("int").root, chain("int").root)


@pytest.mark.parametrize("precision", [9, 400, 5_000, 2_000_000_000])
def test_the_boundaries_of_a_decimal_stay_short(precision: int) -> None:
    type_ = parsed({"type": "bytes", "logicalType": "decimal", "precision": precision}).root
    assert isinstance(type_, (Primitive, Fixed))
    made = dict(boundaries(type_))
    assert all(isinstance(value, bytes) and len(value) <= 170 for value in made.values())
    assert ("max" in made) == (precision <= 400)
