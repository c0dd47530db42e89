"""Where Python's `re` and ECMA-262 differ over a pattern, a witness is one that both refuse, or says who reads how."""

from __future__ import annotations

import re

import jsonschema
import pytest

from evtcompat import compare
from evtcompat.model.json_types import JSON
from evtcompat.model.verdicts import Verdict
from evtcompat.model.witnesses import Witness, WitnessKind

DRAFT = "http://json-schema.org/draft-07/schema#"
#: Pairs of which some string is refused by both readings.
AGREED = [
    (None, "^.*$"),
    (None, "^a*$"),
    ("^a*\n?b*$", "^a*$"),
    (None, r"^\d*$"),
    (None, r"^\w+$"),
    (None, r"^[^\n]*$"),
]
#: Pairs of which only ECMA-262 refuses strings.
ECMA_ONLY = [("^a*\n?$", "^a*$"), ("^[0-9\u0660]$", r"^\d$")]


def schema(pattern: str | None, *, nested: bool) -> dict[str, JSON]:
    text: dict[str, JSON] = {"type": "string"} if pattern is None else {"type": "string", "pattern": pattern}
    return {"$schema": DRAFT, "properties": {"a": {"items": text}}} if nested else {"$schema": DRAFT, **text}


def witness(writer: str | None, reader: str, *, nested: bool) -> Witness:
    ours, theirs = schema(reader, nested=nested), schema(writer, nested=nested)
    comparison = compare(reader=ours, writer=theirs, format="json-schema", policy="strict")
    assert comparison.verdict is Verdict.INCOMPATIBLE
    found = comparison.findings[0].witness
    assert found is not None
    assert jsonschema.Draft7Validator(theirs).is_valid(found.value)
    # what is named as having refused it refuses it, unmodified
    assert jsonschema.Draft7Validator(ours).is_valid(found.value) is (found.kind is WitnessKind.RULE_ONLY)
    return found


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize(("writer", "reader"), AGREED)
def test_a_witness_is_one_that_both_readings_refuse(writer: str | None, reader: str, *, nested: bool) -> None:
    assert witness(writer, reader, nested=nested).confirmed_by.startswith("jsonschema ")


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize(("writer", "reader"), ECMA_ONLY)
def test_where_there_is_none_it_says_who_reads_how(writer: str, reader: str, *, nested: bool) -> None:
    found = witness(writer, reader, nested=nested)
    assert found.confirmed_by == ""
    assert re.search(r"as ECMA-262 reads the pattern, which jsonschema \S+ reads as Python's `re` does", found.observed)


@pytest.mark.parametrize(("writer", "reader"), AGREED)
def test_so_is_that_of_each_of_many_causes(writer: str | None, reader: str) -> None:
    names = [f"p{index}" for index in range(20)]
    ours, theirs = (
        {"$schema": DRAFT, "properties": {"data": {"properties": {name: schema(one, nested=False) for name in names}}}}
        for one in (reader, writer)
    )
    found = compare(reader=ours, writer=theirs, format="json-schema").findings
    assert len(found) == len(names)
    for finding in found:
        assert finding.witness is not None
        assert finding.witness.kind is WitnessKind.REFUSED
        assert not jsonschema.Draft7Validator(ours).is_valid(finding.witness.value)
