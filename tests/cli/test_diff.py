"""`evtcompat diff`: what changed, each change with its judgement. Snapshots as in `test_snapshots.py`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cli_harness import Run

SNAPSHOTS = Path(__file__).parent / "snapshots"
CASES = {
    "diff-order-placed-v2.txt": ("schemas/order-placed-v1.avsc", "schemas/order-placed-v2.avsc"),
    "diff-order-placed-v3.txt": ("schemas/order-placed-v2.avsc", "schemas/rejected/order-placed-v3.avsc"),
    "diff-shipment-v3.txt": ("schemas/shipment-dispatched-v2.json", "schemas/rejected/shipment-dispatched-v3.json"),
}
AVRO = '{"type": "record", "name": "%s", "fields": [{"name": "a", "type": "int"}]}'


@pytest.mark.parametrize("name", CASES)
def test_what_a_person_sees(run: Run, name: str) -> None:
    result = run("diff", *CASES[name])
    file = SNAPSHOTS / name
    if os.environ.get("EVTCOMPAT_UPDATE_SNAPSHOTS"):
        file.write_text(result.out, encoding="utf-8")
    assert result.code == 0
    assert result.out == file.read_text(encoding="utf-8")


def test_every_finding_of_the_check_is_there(run: Run) -> None:
    """The changes are for the eye; judging them is left to the check, and none of its findings is lost."""
    old, new = CASES["diff-order-placed-v3.txt"]
    report = json.loads(run("check", new, "--against", old, "--format", "json").out)
    shown = run("diff", old, new).out
    for comparison in report["subjects"][0]["comparisons"]:
        for finding in comparison["findings"]:
            assert finding["rule"] in shown


def test_a_finding_that_no_change_explains_is_told(run: Run, tmp_path: Path) -> None:
    """The name is the schema's own: the finding is about the schema as a whole."""
    (tmp_path / "a.avsc").write_text(AVRO % "A")
    (tmp_path / "b.avsc").write_text(AVRO % "B")
    shown = run("diff", "a.avsc", "b.avsc", cwd=tmp_path).out
    assert "name-mismatch" in shown
    assert 'name  "A" -> "B"' in shown


def test_layout_and_order_are_no_difference(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.avsc").write_text(AVRO % "A")
    (tmp_path / "b.avsc").write_text(json.dumps(dict(reversed(json.loads(AVRO % "A").items())), indent=3))
    shown = run("diff", "a.avsc", "b.avsc", cwd=tmp_path)
    assert "no difference" in shown.out
    assert shown.out.count("compatible") == 2


def test_values_from_schemas_cannot_drive_the_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"$schema": "https://json-schema.org/draft/2020-12/schema"}')
    (tmp_path / "b.json").write_text(
        '{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "\\u001b[31m"}'
    )
    assert "\x1b" not in run("diff", "a.json", "b.json", cwd=tmp_path).out


@pytest.mark.parametrize("content", ["{", "", '{"type": "strnig"}'])
def test_what_cannot_be_read_is_no_difference(run: Run, tmp_path: Path, content: str) -> None:
    (tmp_path / "a.avsc").write_text(AVRO % "A")
    (tmp_path / "b.avsc").write_text(content)
    result = run("diff", "a.avsc", "b.avsc", cwd=tmp_path)
    assert result.code == 3
    assert "b.avsc" in result.err
    assert not result.out
