"""Which file that is gone became which file that is new."""

from __future__ import annotations

import json

import pytest

from evtcompat.formats.avro.format import AVRO
from evtcompat.model.documents import Document
from evtcompat.sources.removals.renames import SchemaFile, renames

from .conftest import record


def side(path: str, text: str) -> SchemaFile:
    lines = text.replace(", ", ",\n")
    return SchemaFile(path, Document(value=json.loads(text), text=lines), AVRO)


A, B = record("A", "a", "b", "c"), record("B", "x", "y", "z")

CASES = [
    ("same content", {"a.avsc": A, "b.avsc": B}, {"c.avsc": B}, {"c.avsc": "b.avsc"}),
    ("same name", {"a.avsc": A}, {"c.avsc": record("A", "other")}, {"c.avsc": "a.avsc"}),
    ("same subject elsewhere", {"s/a-v1.avsc": A}, {"t/a-v1.avsc": record("Z", "q")}, {"t/a-v1.avsc": "s/a-v1.avsc"}),
    ("half of the lines", {"a.avsc": A}, {"c.avsc": A.replace('"A"', '"N"')}, {"c.avsc": "a.avsc"}),
    ("nothing in common", {"a.avsc": A}, {"c.avsc": '{"type": "enum", "name": "E", "symbols": ["P"]}'}, {}),
    ("a next version", {"a-v1.avsc": A}, {"a-v2.avsc": A}, {}),
    (
        "a next version, and another file that looks like the one before",
        {"a-v1.avsc": A},
        {"a-v2.avsc": record("A", "a", "b", "c", "d"), "copy.avsc": A.replace('"A"', '"N"')},
        {},
    ),
    (
        "two versions that move together, both edited",
        {"s/a-v1.avsc": record("A", "a"), "s/a-v2.avsc": record("A", "a", "b")},
        {"t/a-v1.avsc": record("A", "a", "n"), "t/a-v2.avsc": record("A", "a", "b", "n")},
        {"t/a-v1.avsc": "s/a-v1.avsc", "t/a-v2.avsc": "s/a-v2.avsc"},
    ),
    ("one partner at most", {"a.avsc": A}, {"c.avsc": A, "d.avsc": A}, None),
]


@pytest.mark.parametrize(("gone", "new", "pairs"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_renames(gone: dict[str, str], new: dict[str, str], pairs: dict[str, str] | None) -> None:
    found = renames([side(*one) for one in gone.items()], [side(*one) for one in new.items()])
    assert found == pairs if pairs is not None else len(found) == 1
