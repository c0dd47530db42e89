"""The matrix over pairs that others have decided: the cells agree with the check on every one of them."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evtcompat.errors import SchemaError
from evtcompat.model.verdicts import Format
from evtcompat.payloads.matrix import Bench, Subject, matrix_of
from payloads.histories import DRAFT, ROOT, subject
from payloads.test_matrix import consistent

REFERENCE = Path(os.environ.get("EVTCOMPAT_REFERENCE", ROOT.parent / "shared" / "reference"))


def rows(name: str, step: int) -> Iterator[dict[str, Any]]:
    path = REFERENCE / name
    if not path.is_file():
        pytest.skip(f"{name} is not here: EVTCOMPAT_REFERENCE names the folder that has it")
    text = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
    for line in text.decode().splitlines()[::step]:
        yield json.loads(line)


def subject_of(row: dict[str, Any]) -> Subject:
    if "reader" in row:
        made = subject(row["writer"], row["reader"])
        return Subject(made.name, Format.AVRO, made.versions)
    made = subject(
        *({"$schema": DRAFT, **row[side]} if isinstance(row[side], dict) else row[side] for side in ("old", "new"))
    )
    return Subject(made.name, Format.JSON_SCHEMA, made.versions)


@pytest.mark.parametrize(
    ("name", "step"),
    [("avro_cases.jsonl", 1), ("json_cases.jsonl", 1), ("avro_real.jsonl.gz", 8), ("json_real.jsonl.gz", 12)],
)
def test_cells_agree_with_the_check(name: str, step: int) -> None:
    tried = 0
    for row in rows(name, step):
        try:
            bench = Bench(subject_of(row))
        except SchemaError:
            continue  # some of the edge cases are no schemas on purpose
        consistent(matrix_of(bench), bench)
        tried += 1
    assert tried >= 10
