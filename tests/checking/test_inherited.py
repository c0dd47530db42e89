"""What did not change does not fail: a flaw that the baseline has as well is a warning, told once."""

# ruff: noqa: ANN401 - everything here is a JSON value

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amounts import examples
from cli_harness import Run
from evtcompat import check
from evtcompat.errors import SchemaError
from evtcompat.formats.avro.canonical import written_out
from evtcompat.formats.avro.names import alike
from evtcompat.formats.avro.payloads import codec
from evtcompat.formats.avro.payloads.values import cover
from evtcompat.model.documents import Document, FunctionReferences
from evtcompat.model.findings import Finding
from evtcompat.model.histories import Version
from evtcompat.model.reports import Report
from evtcompat.model.verdicts import Severity, Verdict
from evtcompat.rules.catalogue import catalogue
from formats.avro.comparing import errors, parsed, related
from formats.avro.hostile_pairs import hostile_pair
from formats.avro.random_pairs import pair
from rule_cases import all_cases


def record(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A record."""
    return {"type": "record", "name": "X", "fields": list(fields), **more}


#: Schemas that are wrong by themselves, with the rule that says so of a schema alone or of a pair.
FLAWED: dict[str, tuple[dict[str, Any], str]] = {
    "a default of no branch": (record({"name": "a", "type": ["string", "null"], "default": []}), "invalid-default"),
    "a default of another type": (record({"name": "a", "type": "int", "default": "0"}), "invalid-default"),
    "a default deeper down": (
        record(
            {
                "name": "r",
                "type": {"type": "array", "items": record({"name": "a", "type": "int", "default": {}}, name="Y")},
            }
        ),
        "invalid-default",
    ),
    "a number no double holds": (record({"name": "a", "type": "double", "default": 10**400}), "invalid-default"),
    "an illegal name": (record({"name": "a-b", "type": "int"}), "invalid-name"),
    "a logical type beside the type": (
        record({"name": "a", "type": "long", "logicalType": "timestamp-millis"}),
        "logical-type-ignored",
    ),
    "a decimal that fastavro refuses": (
        record({"name": "a", "type": {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 6}}),
        "logical-type-ignored",
    ),
    "a decimal without precision": (
        record({"name": "a", "type": {"type": "bytes", "logicalType": "decimal"}}),
        "logical-type-ignored",
    ),
}
AMBIGUOUS = record({"name": "a", "type": "int", "aliases": ["b"]}, {"name": "b", "type": "int"}, name="D")
#: Where a type may be met: a finding of it is told there, or stands in what is told of a union.
AROUND: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "at the root": lambda inner: inner,
    "in a field": lambda inner: record({"name": "f", "type": inner}),
    "in a union": lambda inner: record({"name": "u", "type": ["null", inner]}),
    "in an array": lambda inner: record({"name": "l", "type": {"type": "array", "items": inner}}),
}
#: For each rule of which the same finding about the baseline beside itself keeps the change from failing, a schema.
REFLEXIVE: dict[str, dict[str, Any]] = {
    "reader-schema-refused": FLAWED["a default of another type"][0],
    "logical-type-refused": FLAWED["a decimal that fastavro refuses"][0],
    "ambiguous-field-alias": AMBIGUOUS,
    "missing-union-branch": AROUND["in a union"](AMBIGUOUS),
}
LEVELS = ["BACKWARD", "FORWARD", "FULL", "FULL_TRANSITIVE"]


def told(report: Report) -> list[Finding]:
    """Every finding of a report about one subject."""
    (subject,) = report.subjects
    return [*subject.findings, *[one for beside in subject.comparisons for one in beside.result.findings]]


def checked(candidate: Any, *history: Any, level: str = "FULL", **options: Any) -> Report:
    """The report on a candidate."""
    return check(candidate=candidate, history=history, format="avro", level=level, **options)


def grown(schema: dict[str, Any], name: str = "z") -> dict[str, Any]:
    """The schema with one more field, which is compatible both ways."""
    return {**schema, "fields": [*schema["fields"], {"name": name, "type": "int", "default": 0}]}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("schema", "rule"), FLAWED.values(), ids=FLAWED)
def test_a_flaw_that_both_sides_share_is_a_warning_told_once(schema: dict[str, Any], rule: str, level: str) -> None:
    for candidate in (grown(schema), copy.deepcopy(schema)):
        report = checked(candidate, schema, level=level)
        assert report.verdict is Verdict.COMPATIBLE
        found = [one for one in told(report) if one.severity is not Severity.NOTE]
        assert {one.rule for one in found} <= {rule}
        assert all(one.severity is Severity.WARNING for one in found)
        assert len(found) == 1


@pytest.mark.parametrize(("schema", "rule"), FLAWED.values(), ids=FLAWED)
def test_over_a_history_it_is_told_once_as_well(schema: dict[str, Any], rule: str) -> None:
    history = [schema, grown(schema, "y"), grown(grown(schema, "y"), "x")]
    report = checked(grown(history[-1]), *history, level="FULL_TRANSITIVE")
    assert report.verdict is Verdict.COMPATIBLE
    places = [(one.reader.origin, one.reader.pointer) for one in told(report) if one.rule == rule]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_an_ambiguous_alias_is_harmless_as_long_as_nothing_changes(
    around: Callable[[dict[str, Any]], dict[str, Any]], level: str
) -> None:
    """Avro Java applies no alias between schemas that differ in docs and aliases alone."""
    baseline = around(AMBIGUOUS)
    without = copy.deepcopy(AMBIGUOUS)
    del without["fields"][0]["aliases"]
    for candidate in (baseline, around(AMBIGUOUS | {"doc": "It is of use."}), around(without)):
        report = checked(candidate, baseline, level=level)
        assert report.verdict is Verdict.COMPATIBLE
        assert all(one.severity is not Severity.ERROR for one in told(report))


@pytest.mark.parametrize("level", ["BACKWARD", "FORWARD", "FULL"])
@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_any_change_of_a_schema_with_an_ambiguous_alias_breaks(
    around: Callable[[dict[str, Any]], dict[str, Any]], level: str
) -> None:
    changed = copy.deepcopy(AMBIGUOUS)
    changed["fields"][0]["type"] = "string"
    for candidate in (around(grown(AMBIGUOUS)), around(changed)):
        assert checked(candidate, around(AMBIGUOUS), level=level).verdict is Verdict.INCOMPATIBLE


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("string", "int"),
        ({"type": "enum", "name": "E", "symbols": ["A", "B"]}, {"type": "enum", "name": "E", "symbols": ["A"]}),
        ({"type": "fixed", "name": "F", "size": 2}, {"type": "fixed", "name": "F", "size": 3}),
        (record({"name": "x", "type": "int"}, name="I"), record({"name": "y", "type": "int"}, name="I")),
    ],
)
def test_whoever_accepts_an_ambiguous_alias_is_told_what_else_is_wrong_with_the_field(
    old: Any, new: Any, around: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    baseline, candidate = (
        around({**AMBIGUOUS, "fields": [AMBIGUOUS["fields"][0] | {"type": type_}, AMBIGUOUS["fields"][1]]})
        for type_ in (old, new)
    )
    report = checked(candidate, baseline, level="BACKWARD", severities={"ambiguous-field-alias": "warning"})
    assert report.verdict is Verdict.INCOMPATIBLE
    others = {one.rule for one in told(report)} - {"ambiguous-field-alias", "missing-union-branch"}
    assert others or any(len(one.because) > 1 for one in told(report))


def refused_by_itself(schema: Any) -> bool:
    """Whether fastavro refuses a schema, or an event of it that is read with it."""
    engine = parsed(schema)
    try:
        fastavro.schemaless_reader(io.BytesIO(codec.encode(engine, cover(engine)[0].datum)), schema)
    except Exception:  # noqa: BLE001 - a decoder may raise anything
        return True
    return False


def test_the_rules_that_may_be_inherited_are_those_that_a_schema_breaks_beside_itself() -> None:
    assert {rule for rule in catalogue() if catalogue()[rule].reflexive} == REFLEXIVE.keys()
    for rule, schema in REFLEXIVE.items():
        assert rule in {one.rule for one in errors(related(schema, copy.deepcopy(schema)))}, rule


def held_to_what_decoders_do_already(candidate: Any, baseline: Any) -> bool:
    """That a check passes for errors that stood before means that they are none of the change; whether it does.

    Decoders fail with the baseline alone already, or hold both for one schema: they differ in docs and aliases alone.
    """
    inherited = False
    for level, reader, writer in (("BACKWARD", candidate, baseline), ("FORWARD", baseline, candidate)):
        broken = errors(related(reader, writer, witnesses=False))
        if broken and checked(candidate, baseline, level=level).verdict is Verdict.COMPATIBLE:
            same = alike(written_out(parsed(candidate)), written_out(parsed(baseline)))
            assert refused_by_itself(baseline) or same, (candidate, baseline)
            inherited = True
    return inherited


def test_nothing_is_inherited_but_what_fails_already() -> None:
    """Every pair and schema of the cases of every rule, each schema with one more field as well."""
    documents = [
        [
            json.loads(path.read_bytes())
            for path in (case.folder / "old.avsc", case.folder / "new.avsc")
            if path.exists()
        ]
        for case in all_cases()
    ]
    schemas = [*[schema for some in documents for schema in some], *REFLEXIVE.values()]
    pairs = [(some[1], some[0]) for some in documents if len(some) > 1]
    pairs += [(grown(schema, "zz"), schema) for schema in schemas if isinstance(schema, dict) and "fields" in schema]
    inherited = 0
    for candidate, baseline in pairs:
        try:
            inherited += held_to_what_decoders_do_already(candidate, baseline)
        except SchemaError:
            continue  # it refers to documents beside it
    assert inherited


@pytest.mark.slow
@settings(max_examples=examples(600), deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([pair, hostile_pair]))
def test_nothing_is_inherited_of_any_pair_but_what_fails_already(seed: int, made: Any) -> None:
    candidate, baseline = made(seed)
    for one in (candidate, {**baseline, "doc": "another"} if isinstance(baseline, dict) else baseline):
        try:
            held_to_what_decoders_do_already(one, baseline)
        except SchemaError:
            continue


@pytest.mark.parametrize("name", ["a default of no branch", "a default of another type", "a number no double holds"])
def test_a_flaw_that_the_change_brings_is_an_error_told_once(name: str) -> None:
    flawed = FLAWED[name][0]
    right = record({"name": "a", "type": flawed["fields"][0]["type"]})
    report = checked(flawed, right)
    assert report.verdict is Verdict.INCOMPATIBLE
    (one,) = told(report)
    assert (one.rule, one.severity) == ("reader-schema-refused", Severity.ERROR)


@pytest.mark.parametrize("name", ["a default of another type", "a decimal that fastavro refuses"])
def test_another_flaw_than_before_is_an_error(name: str) -> None:
    """At another field, or another one at the same field."""
    flawed = FLAWED[name][0]
    moved = copy.deepcopy(flawed)
    moved["fields"][0]["name"] = "b"
    moved["fields"][0] |= {"aliases": ["a"]}
    assert checked(moved, flawed).verdict is Verdict.INCOMPATIBLE
    other = copy.deepcopy(flawed)
    if name.startswith("a default"):
        other["fields"][0]["default"] = "1"
    else:
        other["fields"][0]["type"]["scale"] = 7
    assert checked(other, flawed).verdict is Verdict.INCOMPATIBLE


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ["a default of no branch", "a default of another type", "a number no double holds"])
def test_a_change_that_mends_a_flaw_passes_with_a_warning(name: str, level: str) -> None:
    flawed = FLAWED[name][0]
    report = checked(record({"name": "a", "type": flawed["fields"][0]["type"]}), flawed, level=level)
    assert report.verdict is Verdict.COMPATIBLE
    (one,) = told(report)
    assert one.severity is Severity.WARNING
    assert "the baseline" in one.message or "v1" in one.message


def test_a_breaking_change_beside_a_flaw_is_still_an_error() -> None:
    flawed = FLAWED["a default of no branch"][0]
    other = {**flawed, "fields": [*flawed["fields"], {"name": "n", "type": "int"}]}
    found = told(checked(other, flawed, level="BACKWARD"))
    assert {one.rule for one in found if one.severity is Severity.ERROR} == {"reader-field-missing-default-value"}
    assert sum(one.rule == "invalid-default" for one in found) == 1


def test_whoever_wants_it_fails_for_what_stood_before() -> None:
    """By a severity of the rule's own."""
    flawed = FLAWED["a default of another type"][0]
    report = checked(grown(flawed), flawed, severities={"reader-schema-refused": "error"})
    assert report.verdict is Verdict.INCOMPATIBLE


@pytest.mark.slow
@settings(max_examples=examples(600), deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([pair, hostile_pair]))
def test_what_did_not_change_does_not_fail(seed: int, made: Any) -> None:
    """Any schema against itself: compatible, at every level, whatever is wrong with it."""
    for schema in made(seed):
        try:
            parsed(schema)
        except SchemaError:
            continue
        report = checked(schema, copy.deepcopy(schema), level="FULL_TRANSITIVE", witnesses=False)
        assert report.verdict is Verdict.COMPATIBLE


def _line(zip_type: str) -> dict[str, dict[str, Any]]:
    return {
        "avro": {
            "X": record({"name": "to", "type": "shop.Line"}),
            "shop.Line": record({"name": "at", "type": "shop.Address"}, name="shop.Line"),
            "shop.Address": record(
                {"name": "zip", "type": {"integer": "int"}.get(zip_type, zip_type)}, name="shop.Address"
            ),
        },
        "json-schema": {
            "X": {"properties": {"to": {"$ref": "http://x/line"}}},
            "http://x/line": {"$id": "http://x/line", "properties": {"at": {"$ref": "http://x/address"}}},
            "http://x/address": {"$id": "http://x/address", "properties": {"zip": {"type": zip_type}}},
        },
    }


def _version(documents: dict[str, Any]) -> Version:
    def lookup(name: str) -> Document | None:
        return Document(documents[name], name) if name in documents else None

    return Version(Document(documents["X"]), None, FunctionReferences(lookup))


@pytest.mark.parametrize("schema_format", ["avro", "json-schema"])
@pytest.mark.parametrize(
    ("baseline", "state", "verdict"),
    [("integer", "compared", Verdict.INCOMPATIBLE), ("string", "unchanged", Verdict.COMPATIBLE)],
)
def test_a_schema_is_the_same_only_where_all_that_it_refers_to_is(
    schema_format: str, baseline: str, state: str, verdict: Verdict
) -> None:
    old, new = (_version(_line(kind)[schema_format]) for kind in (baseline, "string"))
    subject = check(candidate=new, history=[old], format=schema_format).subjects[0]
    assert (subject.state, subject.verdict) == (state, verdict)


def test_two_files_that_say_the_same_are_compared_with_what_lies_beside_each(run: Run, tmp_path: Path) -> None:
    for folder, zip_type in (("old", "int"), ("new", "string")):
        (tmp_path / folder).mkdir()
        order = record({"name": "to", "type": "Address"})
        address = record({"name": "zip", "type": zip_type}, name="Address")
        (tmp_path / folder / "order.avsc").write_text(json.dumps(order), encoding="utf-8")
        (tmp_path / folder / "address.avsc").write_text(json.dumps(address), encoding="utf-8")
    result = run("check", "new/order.avsc", "--against", "old/order.avsc", cwd=tmp_path)
    assert result.code == 1
    assert "`X.to.zip` is int in old/order.avsc and string in your change" in " ".join(result.out.split())
