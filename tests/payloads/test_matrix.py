"""The matrix holds what real decoders did, and never contradicts the check."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import avro.io
import avro.schema
import fastavro
import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings

from amounts import examples
from evtcompat import compare
from evtcompat.formats.avro.format import AVRO
from evtcompat.model.json_types import JSON
from evtcompat.model.json_values import same, view
from evtcompat.model.readings import NoteKind, Outcome
from evtcompat.model.verdicts import Policy, Severity, Verdict
from evtcompat.model.witnesses import WitnessKind
from evtcompat.payloads.cases import Matrix
from evtcompat.payloads.matrix import ParsedSubject, matrix_of
from payloads.histories import (
    DRAFT,
    ROOT,
    avro_histories,
    json_histories,
    logical,
    matrix,
    record,
    sample,
    subject,
    value,
)

NEW_OLD: dict[str, JSON] = {"type": "enum", "name": "Status", "symbols": ["NEW", "OLD"], "default": "NEW"}
NEW_OLD_LOST: dict[str, JSON] = {"type": "enum", "name": "Status", "symbols": ["NEW", "OLD", "LOST"], "default": "NEW"}
MANY_LONG: JSON = {"type": "array", "items": record({"name": "n", "type": "long"}, name="Inner")}
MANY_FLOAT: JSON = {"type": "array", "items": record({"name": "n", "type": "float"}, name="Inner")}
MILLIS = logical("long", "timestamp-millis")
MICROS = logical("long", "timestamp-micros")
DECIMAL = logical("bytes", "decimal", precision=9, scale=2)
FINER = logical("bytes", "decimal", precision=9, scale=3)
SHORTER = logical("bytes", "decimal", precision=4, scale=2)

#: What a reader (right) makes of what a writer (left) wrote, at worst.
CELLS: list[tuple[str, JSON, JSON, Outcome]] = [
    ("the same", value("int"), value("int"), Outcome.OK),
    ("promoted without loss", value("int"), value("long"), Outcome.OK),
    ("promoted with loss", value("long"), value("double"), Outcome.LOSSY),
    ("a default", record(), value("int", default=3), Outcome.DEFAULTED),
    ("no default", record(), value("int"), Outcome.REFUSED),
    ("not asked for", value("int"), record(), Outcome.OK),
    ("renamed by an alias", value("int"), record({"name": "v", "type": "int", "aliases": ["value"]}), Outcome.OK),
    ("an unknown symbol absorbed", value(NEW_OLD_LOST), value(NEW_OLD), Outcome.LOSSY),
    ("millis as micros", value(MILLIS), value(MICROS), Outcome.MISREAD),
    ("a number as a date", value("int"), value(logical("int", "date")), Outcome.MISREAD),
    ("a date as a number", value(logical("int", "date")), value("int"), Outcome.OK),
    ("another scale", value(DECIMAL), value(FINER), Outcome.MISREAD),
    ("fewer digits", value(DECIMAL), value(SHORTER), Outcome.LOSSY),
    ("any text as uuid", value("string"), value(logical("string", "uuid")), Outcome.MISREAD),
    ("bytes as text", value("bytes"), value("string"), Outcome.REFUSED),
    ("another branch", value(["null", "int"]), value(["null", "string"]), Outcome.REFUSED),
    ("a wider union", value("int"), value(["null", "int"]), Outcome.OK),
    ("inside an array", value(MANY_LONG), value(MANY_FLOAT), Outcome.LOSSY),
    ("millis as nanos", value(MILLIS), value(logical("long", "timestamp-nanos")), Outcome.MISREAD),
    ("in 32 bits", value("int"), value("float"), Outcome.LOSSY),
    ("one of the branches in 32 bits", value(["float", "int"]), value(["int", "float"]), Outcome.OK),
    ("a decimal as text", value(DECIMAL), value("string"), Outcome.MISREAD),
    ("a decimal as uuid", value(DECIMAL), value(logical("string", "uuid")), Outcome.MISREAD),
    ("a decimal as text or itself", value(DECIMAL), value(["string", DECIMAL]), Outcome.OK),
]


@pytest.mark.parametrize(
    ("writer", "reader", "expected"), [case[1:] for case in CELLS], ids=[case[0] for case in CELLS]
)
def test_a_cell_says_what_became_of_the_worst_payload(writer: JSON, reader: JSON, expected: Outcome) -> None:
    cell = matrix(writer, reader).cell("1", "2")
    assert cell.outcome is expected, cell.readings


def test_a_field_filled_in_and_a_field_left_out_are_told_with_their_values() -> None:
    made = matrix(value("int"), record({"name": "more", "type": "string", "default": "x"}))
    notes = made.cell("1", "2").readings[0].notes
    assert {(note.kind, note.path, note.text) for note in notes} == {
        (NoteKind.DEFAULT, "more", '"x"'),
        (NoteKind.IGNORED, "value", ""),
    }
    assert made.cell("1", "2").readings[0].value == {"more": "x"}


def test_union_branches_that_python_cannot_tell_apart_are_told_apart() -> None:
    """An int and a long are both numbers; the date in the first branch is not the timestamp in the second."""
    writer = value([logical("int", "date"), MILLIS])
    reader = value([logical("int", "date"), MICROS])
    made = matrix(writer, reader)
    outcomes = {reading.outcome for reading in made.cell("1", "2").readings}
    assert outcomes == {Outcome.OK, Outcome.MISREAD}


@pytest.mark.slow
@settings(max_examples=examples(300), deadline=None, suppress_health_check=list(HealthCheck))
@given(avro_histories())
def test_readings_are_what_fastavro_makes_of_the_schemas_as_they_are_written(schemas: list[JSON]) -> None:
    made = matrix(*schemas)
    forms: dict[str, Any] = {
        str(number): fastavro.parse_schema(schema)  # type: ignore[arg-type]  # a record
        for number, schema in enumerate(schemas, 1)
    }
    for cell in made.cells:
        for payload, reading in zip(made.payloads[cell.writer], cell.readings, strict=True):
            source = io.BytesIO(payload.body)
            if reading.outcome is Outcome.REFUSED:
                with pytest.raises(Exception):  # noqa: B017, PT011 - a decoder may raise anything
                    fastavro.schemaless_reader(source, forms[cell.writer], forms[cell.reader])
            else:
                read = fastavro.schemaless_reader(source, forms[cell.writer], forms[cell.reader])
                assert same(reading.value, view(read)), cell


def consistent(made: Matrix, parsed: ParsedSubject) -> None:
    """No cell says what `check` denies, and every confirmed witness shows in its cell."""
    for cell in made.cells:
        if cell.writer == cell.reader and cell.verdict is Verdict.COMPATIBLE:
            assert all(reading.outcome is Outcome.OK for reading in cell.readings), cell
        bad = any(reading.outcome in (Outcome.REFUSED, Outcome.MISREAD) for reading in cell.readings)
        comparison = parsed.compare(cell.reader, cell.writer)
        assert comparison.verdict is cell.verdict
        assert not (bad and cell.verdict is Verdict.COMPATIBLE), cell
        lossy = any(reading.outcome is Outcome.LOSSY for reading in cell.readings)
        assert not (lossy and not comparison.findings), cell
        confirmed = any(
            finding.severity is Severity.ERROR
            and finding.witness is not None
            and finding.witness.kind is not WitnessKind.RULE_ONLY
            for finding in comparison.findings
        )
        assert not confirmed or bad, (cell, comparison.findings)


def valid_elsewhere(made: Matrix, parsed: ParsedSubject) -> None:
    """Every payload is valid for its writer by a library that evtcompat does not use for it."""
    for label, payloads in made.payloads.items():
        version = parsed.subject.versions[parsed.subject.labels.index(label)]
        if made.format == AVRO.name:
            schema = avro.schema.parse(json.dumps(version.document.value))
            for payload in payloads:
                source = io.BytesIO(payload.body)
                avro.io.DatumReader(schema).read(avro.io.BinaryDecoder(source))
                assert source.read() == b""
        else:
            validator = jsonschema_rs.validator_for(json.dumps(version.document.value), validate_formats=False)
            for payload in payloads:
                assert validator.is_valid(json.loads(payload.body)), payload


@pytest.mark.parametrize("name", ["order-placed", "payment-captured", "shipment-dispatched"])
def test_the_samples_agree_with_the_check(name: str) -> None:
    parsed = sample(name)
    made = matrix_of(parsed)
    consistent(made, parsed)
    assert all(made.payloads.values())
    if name != "payment-captured":  # refers to a type of another file, which PyPI avro does not look up
        valid_elsewhere(made, parsed)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["order-placed-v3.avsc", "shipment-dispatched-v3.json"])
def test_the_rejected_samples_show_it(name: str, tmp_path: Path) -> None:
    base = name.rpartition("-")[0]
    for path in [*(ROOT / "schemas").glob(f"{base}-v*"), ROOT / "schemas" / "rejected" / name]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    parsed = sample(base, tmp_path)
    made = matrix_of(parsed)
    consistent(made, parsed)
    assert made.cell("2", "3").outcome in (Outcome.REFUSED, Outcome.MISREAD)


PROPERTY = settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.slow
@PROPERTY
@given(avro_histories())
def test_generated_avro_histories_agree_with_the_check(schemas: list[JSON]) -> None:
    parsed = ParsedSubject(subject(*schemas))
    made = matrix_of(parsed)
    consistent(made, parsed)
    valid_elsewhere(made, parsed)


@pytest.mark.slow
@PROPERTY
@given(json_histories())
def test_generated_json_histories_agree_with_the_check(schemas: list[JSON]) -> None:
    for policy in Policy:
        parsed = ParsedSubject(subject(*schemas, policy=policy))
        made = matrix_of(parsed)
        consistent(made, parsed)
        valid_elsewhere(made, parsed)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (record(), record({"name": "a", "type": "int"}, {"name": "b", "type": "string"})),
        ({"$schema": DRAFT, "required": ["a"]}, {"$schema": DRAFT, "required": ["a", "b"], "maxProperties": 2}),
    ],
    ids=["avro", "json-schema"],
)
def test_a_pair_of_a_matrix_has_the_findings_and_payloads_of_a_check_and_no_fix(old: JSON, new: JSON) -> None:
    """A matrix shows no fix, and a fix is the most of what an explanation costs."""
    parsed = ParsedSubject(subject(old, new))
    shown = parsed.compare("2", "1").findings
    checked = compare(reader=new, writer=old, format=parsed.subject.format.name).findings
    assert [(one.rule, one.reader.pointer, one.witness) for one in shown] == [
        (one.rule, one.reader.pointer, one.witness) for one in checked
    ]
    assert any(one.fix for one in checked)
    assert not any(one.fix or one.alternatives for one in shown)


def test_the_newest_versions_of_a_subject_keep_their_labels() -> None:
    """Also where a version is called by its place among all."""
    whole = replace(subject(*[value("int")] * 4), paths=("a", "b", "c", "d"))
    whole = replace(whole, versions=tuple(replace(one, label=None) for one in whole.versions))
    assert (whole.newest(2).labels, whole.newest(2).paths) == (("3", "4"), ("c", "d"))
    assert whole.newest(4) is whole


def test_a_subject_with_one_version_has_one_cell() -> None:
    made = matrix(value("int"))
    assert [(cell.writer, cell.reader, cell.outcome) for cell in made.cells] == [("1", "1", Outcome.OK)]


def test_a_recursive_type_is_followed_once_more_than_needed() -> None:
    tree: JSON = record({"name": "next", "type": ["null", "Event"]}, {"name": "n", "type": "int"})
    made = matrix(tree, tree)
    assert made.cell("1", "2").outcome is Outcome.OK
    assert any(isinstance(one.value, dict) and one.value["next"] is not None for one in made.payloads["1"])


def test_a_type_without_a_finite_value_has_no_payload_and_says_so() -> None:
    endless: JSON = record({"name": "next", "type": "Event"})
    made = matrix(endless, endless)
    assert made.cell("1", "2").outcome is None
    assert "no payload" in made.versions[0].empty


def test_a_json_schema_that_no_instance_satisfies_has_no_payload() -> None:
    never: JSON = {"$schema": DRAFT, "type": "object", "required": ["a"], "properties": {"a": False}}
    made = matrix(never, {"$schema": DRAFT, "type": "object"})
    assert made.payloads["1"] == ()
    assert made.cell("1", "2").outcome is None


@pytest.mark.slow
def test_an_undecided_pair_keeps_its_payloads_and_its_verdict() -> None:
    open_question: JSON = {
        "$schema": DRAFT,
        "type": "object",
        "properties": {"a": {"type": "string", "pattern": "^(x+)\\1$"}},
    }
    other: JSON = {
        "$schema": DRAFT,
        "type": "object",
        "properties": {"a": {"type": "string", "pattern": "^(x+)\\1y?$"}},
    }
    made = matrix(open_question, other)
    assert made.cell("1", "2").verdict is Verdict.UNDECIDED
    assert made.cell("1", "2").outcome is not None


@pytest.mark.slow
def test_a_record_of_2000_fields_is_covered_by_a_few_payloads() -> None:
    fields: list[JSON] = [{"name": f"f{number}", "type": ["null", "string"], "default": None} for number in range(2000)]
    wide = record(*fields)
    made = matrix(wide, wide)
    assert len(made.payloads["1"]) < 12
    assert made.cell("1", "2").outcome is Outcome.OK


def test_every_boundary_is_covered_by_exactly_one_payload_and_named_by_its_place() -> None:
    """The smallest payload has the first symbol and null; each of the others tells what it adds."""
    made = matrix(record({"name": "status", "type": NEW_OLD_LOST}, {"name": "note", "type": ["null", "string"]}))
    smallest, *others = made.payloads["1"]
    assert smallest.value == {"status": "NEW", "note": None}
    assert sorted(cover for one in others for cover in one.covers) == [
        *("note(string): ASCII", "note(string): control", "note(string): empty", "note(string): non-ASCII"),
        *("note: string", "status: LOST", "status: OLD"),
    ]


def test_a_witness_that_python_has_no_date_for_is_left_out() -> None:
    """2**53 + 1 milliseconds are a valid timestamp, and no decoder in Python can show it."""
    made = matrix(value(MILLIS), value("double"))
    assert made.payloads["1"]
    assert made.cell("1", "2").verdict is Verdict.COMPATIBLE


def test_the_lenient_reader_sees_what_is_left_when_undeclared_members_are_ignored() -> None:
    member: dict[str, JSON] = {"a": {"type": "integer"}}
    old: dict[str, JSON] = {"$schema": DRAFT, "type": "object", "properties": member, "additionalProperties": False}
    new: JSON = {**old, "properties": {**member, "b": {"type": "string"}}}
    lenient = matrix(old, new).cell("2", "1")
    assert lenient.outcome is Outcome.OK
    assert any(note.path == "b" and note.kind is NoteKind.IGNORED for one in lenient.readings for note in one.notes)
    assert all("b" not in one.value for one in lenient.readings if isinstance(one.value, dict))
    assert matrix(old, new, policy=Policy.STRICT).cell("2", "1").outcome is Outcome.REFUSED
