"""The matrix over pairs that others have decided: the cells agree with the check on every one of them."""

from __future__ import annotations

from typing import Any

import pytest

from evtcompat.errors import SchemaError
from evtcompat.formats.avro.format import AVRO
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.payloads.matrix import ParsedSubject, Subject, matrix_of
from payloads.histories import DRAFT, subject
from payloads.test_matrix import consistent
from reference_data import reference_rows


def subject_of(row: dict[str, Any]) -> Subject:
    if "reader" in row:
        made = subject(row["writer"], row["reader"])
        return Subject(made.name, AVRO, made.versions)
    made = subject(
        *({"$schema": DRAFT, **row[side]} if isinstance(row[side], dict) else row[side] for side in ("old", "new"))
    )
    return Subject(made.name, JSON_SCHEMA, made.versions)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "step"),
    [("avro_cases.jsonl", 1), ("json_cases.jsonl", 1), ("avro_real.jsonl.gz", 8), ("json_real.jsonl.gz", 12)],
)
def test_cells_agree_with_the_check(name: str, step: int) -> None:
    tried = 0
    for row in reference_rows(name)[::step]:
        try:
            parsed = ParsedSubject(subject_of(row))
        except SchemaError:
            continue  # some of the edge cases are no schemas on purpose
        consistent(matrix_of(parsed), parsed)
        tried += 1
    assert tried >= 10
