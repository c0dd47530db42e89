"""A schema may hold a word of megabytes; a report for people shows where it begins and ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from cli_harness import Run
from evtcompat.reporters.terminal import brief

LONG: Final = "a" * 300_000
DRAFT7: Final = "http://json-schema.org/draft-07/schema#"
CASES: Final = {
    "a type that is not defined": {"o.avsc": json.dumps(LONG)},
    "a field twice": {
        "o.avsc": json.dumps({"type": "record", "name": "X", "fields": [{"name": LONG, "type": "int"}] * 2})
    },
    "a member twice": {"o.avsc": f'{{"{LONG}": 1, "{LONG}": 2}}'},
    "a reference to nowhere": {"o.json": json.dumps({"$schema": DRAFT7, "$ref": LONG})},
    "a required property": {
        "o-v1.json": json.dumps({"$schema": DRAFT7, "type": "object"}),
        "o-v2.json": json.dumps({"$schema": DRAFT7, "type": "object", "required": [LONG]}),
    },
    "a payload": {
        "o-v1.json": json.dumps({"$schema": DRAFT7, "enum": ["a", LONG]}),
        "o-v2.json": json.dumps({"$schema": DRAFT7, "enum": ["a"]}),
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "github", "markdown"])
@pytest.mark.parametrize("case", CASES)
def test_a_report_for_people_is_not_as_long_as_a_word_of_a_schema(
    case: str, form: str, run: Run, tmp_path: Path
) -> None:
    for name, text in CASES[case].items():
        (tmp_path / name).write_text(text)
    result = run("check", ".", "--format", form, cwd=tmp_path)
    assert result.code in (1, 3)
    assert len(result.out) + len(result.err) < 30_000
    assert "aaaa" in result.out + result.err


def test_what_is_read_to_the_end_is_whole() -> None:
    """Paths and addresses are; of a longer word the length is told."""
    text = f"/{'folder/' * 250} {'b' * 2_000}"
    assert brief(text) == text
    assert brief(f"x {'b' * 2_001} y") == f"x {'b' * 200}...(2,001 characters)...{'b' * 60} y"
