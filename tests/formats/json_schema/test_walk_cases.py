"""Two versions of an event per folder, and exactly what is found for them: both directions, both policies.

`expected.json` holds verdict, rule, both pointers, facts, witness and fixes. Run with EVTCOMPAT_UPDATE_CASES=1 to write
the files anew, and read the difference before committing it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from evtcompat.formats.base import Options
from evtcompat.formats.json_schema.decide import decide
from evtcompat.formats.json_schema.parse import Schema
from evtcompat.formats.json_schema.schemas import load_schema
from evtcompat.formats.json_schema.walk import explain
from evtcompat.model.documents import Document, FunctionReferences
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place
from evtcompat.model.verdicts import Policy
from evtcompat.rules.catalogue import catalogue

CASES = sorted(path.parent for path in (Path(__file__).parent / "cases").glob("*/v1.json"))


def load(folder: Path, name: str) -> Schema:
    def lookup(uri: str) -> Document | None:
        file = folder / uri.removeprefix("cases:///")
        return Document(json.loads(file.read_text()), origin=file.name) if file.is_file() else None

    document = Document(json.loads((folder / name).read_text()), origin=name, base_uri=f"cases:///{name}")
    return load_schema(document, FunctionReferences(lookup))


def shown(place: Place) -> str:
    return f"{place.origin or ''}#{place.pointer}" + (f" ({place.names})" if place.names else "")


def told(one: Mismatch) -> dict[str, Any]:
    rule = catalogue()[one.rule]
    found: dict[str, Any] = {
        "rule": one.rule,
        "reader": shown(one.reader),
        "writer": shown(one.writer),
        "facts": dict(one.facts),
        "message": rule.sentence.format(**{**one.facts, "reader": "the reader", "writer": "the writer"}),
    }
    if one.witness is not None:
        found["witness"] = one.witness.payload.decode()
        found["observed"] = one.witness.observed
    fixes = [fix for fix in (one.fix, *one.alternatives) if fix is not None]
    if fixes:
        found["fixes"] = [f"{fix.side}: {fix.text}" for fix in fixes]
    return found


def outcome(folder: Path) -> dict[str, Any]:
    old, new = load(folder, "v1.json"), load(folder, "v2.json")
    result: dict[str, Any] = {}
    for policy in Policy:
        for direction, reader, writer in (("v2 reads v1", new, old), ("v1 reads v2", old, new)):
            options = Options(policy=policy)
            answer = decide(reader, writer, options)
            findings = [told(one) for one in explain(reader, writer, answer, options)]
            result[f"{direction}, {policy.value}"] = {"verdict": answer.verdict.value, "findings": findings}
    return result


@pytest.mark.parametrize("folder", CASES, ids=[path.name for path in CASES])
def test_exactly_what_is_expected_is_found(folder: Path) -> None:
    """Verdicts, findings, places, messages, witnesses and fixes are those of the folder."""
    file = folder / "expected.json"
    found = json.loads(json.dumps(outcome(folder)))
    if os.environ.get("EVTCOMPAT_UPDATE_CASES"):
        file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    assert found == json.loads(file.read_text())


@pytest.mark.parametrize("folder", [path for path in CASES if "harmless" in path.name], ids=lambda path: path.name)
def test_near_misses_give_no_finding(folder: Path) -> None:
    """What only looks like a change is compatible in both directions, without a word."""
    for name, result in json.loads((folder / "expected.json").read_text()).items():
        assert result == {"verdict": "compatible", "findings": []}, name
