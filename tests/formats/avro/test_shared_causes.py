"""What mutually recursive records share is told with each of them, and found out once."""

from __future__ import annotations

import json

import pytest

from evtcompat import check
from evtcompat.model.documents import Document
from evtcompat.model.json_types import JSON
from evtcompat.model.places import Place
from evtcompat.syntax.documents import locate


def mesh(rows: int, columns: int, changed: str) -> JSON:
    """Records in rows, each of which may hold every one of the next row, and the last those of the first."""
    records: list[JSON] = []
    for row in range(rows):
        for column in range(columns):
            name = f"R{row}_{column}"
            fields: list[JSON] = [{"name": "v", "type": "string" if name == changed else "int"}]
            fields += [{"name": f"f{one}", "type": ["null", f"R{(row + 1) % rows}_{one}"]} for one in range(columns)]
            records.append({"type": "record", "name": name, "fields": fields})
    return {
        "type": "record",
        "name": "Root",
        "fields": [{"name": f"d{index}", "type": one} for index, one in enumerate(records)],
    }


def test_places_are_looked_up_as_often_as_there_are_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not as often as they are told: one changed field of a mesh is the cause of thousands of mismatches."""
    calls: list[object] = []

    def counted(document: Document, place: Place) -> Place:
        calls.append((id(document), place))
        return locate(document, place)

    monkeypatch.setattr("evtcompat.rules.judge.locate", counted)
    new, old = (json.dumps(mesh(3, 4, changed)) for changed in ("R2_3", ""))
    check(candidate=new, history=[old], format="avro", level="BACKWARD", witnesses=False)
    assert 0 < len(calls) <= 3 * len(set(map(str, calls)))
