"""Subjects that are hard to make fixtures of: written all the same, and verified."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from amounts import THOROUGH
from cli_harness import Run
from evtcompat.model.json_types import JSON
from evtcompat.payloads.folder import Folder
from payloads.histories import DRAFT, logical, record, value

_MANY: list[JSON] = [
    {"name": f"f{number}", "type": ["null", "string"], "default": None} for number in range(2000 if THOROUGH else 300)
]

HARD: dict[str, tuple[str, list[JSON]]] = {
    "one version": ("avsc", [value("int")]),
    "no fields": ("avsc", [record(), record()]),
    "not a record": ("avsc", ["string", ["null", "string"]]),
    "no finite value": ("avsc", [record({"name": "next", "type": "Event"})]),
    "recursive": ("avsc", [record({"name": "next", "type": ["null", "Event"]}, {"name": "n", "type": "int"})] * 2),
    "many fields": ("avsc", [record(*_MANY), record(*_MANY[:-1])]),
    "logical types that decoders leave alone": (
        "avsc",
        [
            record(
                {"name": "nanos", "type": logical("long", "timestamp-nanos")},
                {"name": "local", "type": logical("long", "local-timestamp-micros")},
                {"name": "lasts", "type": {"type": "fixed", "name": "D", "size": 12, "logicalType": "duration"}},
                {"name": "strange", "type": logical("int", "no-such-type")},
            )
        ],
    ),
    "unsatisfiable": ("json", [{"$schema": DRAFT, "not": {}}, {"$schema": DRAFT, "type": "object"}]),
    "everything": ("json", [{"$schema": DRAFT}]),
    "undecided": (
        "json",
        [
            {"$schema": DRAFT, "type": "object", "properties": {"a": {"type": "string", "pattern": pattern}}}
            for pattern in ("^(x+)\\1$", "^(x+)\\1y?$")
        ],
    ),
    "recursive JSON": (
        "json",
        [{"$schema": DRAFT, "type": "object", "properties": {"child": {"$ref": "#"}, "n": {"type": "integer"}}}] * 2,
    ),
    "incompatible": ("json", [{"$schema": DRAFT, "type": "integer"}, {"$schema": DRAFT, "type": "string"}]),
    "numbers beyond floats": ("json", [{"$schema": DRAFT, "enum": [10**40, 1, 0]}]),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HARD)
def test_fixtures_are_written_and_hold(run: Run, tmp_path: Path, name: str) -> None:
    suffix, schemas = HARD[name]
    for number, schema in enumerate(schemas, 1):
        (tmp_path / f"event-v{number}.{suffix}").write_text(json.dumps(schema), encoding="utf-8")
    made = run("fixtures", "generate", "event", "-o", "out", cwd=tmp_path)
    assert made.code == 0, made.err
    verified = run("fixtures", "verify", "out", cwd=tmp_path)
    assert (verified.code, verified.out, verified.err) == (0, "", "")
    folder = Folder(tmp_path / "out")
    assert [case for case in folder.cases() if case.reader == case.writer] or name == "no finite value"
    assert run("matrix", "event", cwd=tmp_path).code == 0
    again = run("fixtures", "generate", "event", "-o", "out", cwd=tmp_path)
    assert "; 0 written" in again.out


def test_an_incompatible_pair_keeps_its_refused_payload_as_a_witness(run: Run, tmp_path: Path) -> None:
    for number, schema in enumerate([value("int"), record({"name": "other", "type": "string"})], 1):
        (tmp_path / f"event-v{number}.avsc").write_text(json.dumps(schema), encoding="utf-8")
    assert run("fixtures", "generate", "event", "-o", "out", cwd=tmp_path).code == 0
    refused = [case for case in Folder(tmp_path / "out").cases(reader="2") if case.outcome.value == "refused"]
    assert refused
    assert all("No default value for field other" in case.said for case in refused)


def test_generate_into_a_foreign_folder_changes_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "event-v1.avsc").write_text(json.dumps(value("int")), encoding="utf-8")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "manifest.json").write_text('{"name": "my-app"}', encoding="utf-8")
    result = run("fixtures", "generate", "event", "-o", "src", cwd=tmp_path)
    assert result.code == 2
    assert "evtcompat did not write it" in result.err
    assert [path.name for path in (tmp_path / "src").iterdir()] == ["manifest.json"]
