"""What a person and a program see. `EVTCOMPAT_UPDATE_SNAPSHOTS=1 pytest tests/cli` rewrites the files beside."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from cli_harness import Run

SNAPSHOTS = Path(__file__).parent / "snapshots"
#: Versions of the decoders that confirmed a witness, and ours.
VERSIONS = re.compile(r'(fastavro|jsonschema) \d[\d.]*|("evtcompat": )"[^"]*"')
#: The commit of this very checkout that was compared with.
COMMIT = re.compile(r"Compared with .* \(.*\)\.")
AVRO = ["check", "schemas/rejected/order-placed-v3.avsc", "--against", "schemas/order-placed-v2.avsc"]
JSON_SCHEMA = [
    "check",
    "schemas/rejected/shipment-dispatched-v3.json",
    "--against",
    "schemas/shipment-dispatched-v2.json",
]

CASES = {
    "order-placed-v3.txt": (AVRO, 1),
    "order-placed-v3.json": ([*AVRO, "--format", "json"], 1),
    "shipment-dispatched-v3.txt": (JSON_SCHEMA, 1),
    "shipment-dispatched-v3.json": ([*JSON_SCHEMA, "--format", "json"], 1),
    "shipment-dispatched-v2-strict.txt": (["check", "schemas/shipment-dispatched-v2.json", "--policy", "strict"], 1),
    "order-placed-v2.txt": (["check", "schemas/order-placed-v2.avsc"], 0),
    "narrow.txt": ([*AVRO, "--level", "backward"], 1),
}


@pytest.mark.parametrize("name", CASES)
def test_reports_are_what_they_were(run: Run, name: str) -> None:
    arguments, code = CASES[name]
    result = run(*arguments, columns=60 if name == "narrow.txt" else None)
    assert result.code == code
    shown = VERSIONS.sub(lambda match: f"{match[1] or match[2]} *", result.out)
    shown = COMMIT.sub("Compared with COMMIT.", shown)
    file = SNAPSHOTS / name
    if os.environ.get("EVTCOMPAT_UPDATE_SNAPSHOTS"):
        file.write_text(shown, encoding="utf-8")
    assert shown == file.read_text(encoding="utf-8")


@pytest.mark.slow
def test_colour_only_where_it_is_asked_for(run: Run) -> None:
    assert "\x1b[" not in run(*AVRO).out
    assert "\x1b[" in run(*AVRO, environment={"FORCE_COLOR": "1"}).out
    assert "\x1b[" not in run(*AVRO, environment={"FORCE_COLOR": "1", "NO_COLOR": "1"}).out
