"""One definition a full name: a second one is an error that names both places, whatever it says."""

# ruff: noqa: ANN401 - everything here is a JSON value

from __future__ import annotations

import json
from typing import Any

import avro.errors
import avro.name
import avro.schema
import fastavro
import pytest

from evtcompat import check, compare
from evtcompat.errors import SchemaError
from evtcompat.model.documents import Document, FunctionReferences
from evtcompat.model.verdicts import Severity, Verdict
from formats.avro.comparing import ENGINE, parsed

RECORD: Any = {"type": "record", "name": "T", "fields": [{"name": "x", "type": "int"}]}
ERROR: Any = {**RECORD, "type": "error"}
ENUM: Any = {"type": "enum", "name": "T", "symbols": ["A", "B"]}
FIXED: Any = {"type": "fixed", "name": "T", "size": 4}


def around(*types: Any, **more: Any) -> dict[str, Any]:
    """A record with a field ``f0``, ``f1`` ... of each type."""
    fields = [{"name": f"f{index}", "type": type_} for index, type_ in enumerate(types)]
    return {"type": "record", "name": "R", "fields": fields, **more}


def refused_in_python(schema: Any) -> tuple[bool, bool]:
    """Whether fastavro and Avro's own library refuse the schema."""
    refused = []
    for parse, error in (
        (fastavro.parse_schema, fastavro.schema.SchemaParseException),
        (lambda value: avro.schema.parse(json.dumps(value)), avro.errors.SchemaParseException),
    ):
        try:
            parse(schema)
        except error:
            refused.append(True)
        else:
            refused.append(False)
    return refused[0], refused[1]


#: Both places by names, the first one first.
ALIKE = [
    *[
        pytest.param(around(one, one), "R.f0", "R.f1", id=f"{one['type']} in two fields")
        for one in (RECORD, ERROR, ENUM, FIXED)
    ],
    *[
        pytest.param(
            around(["null", one], {"type": "map", "values": one}), "R.f0", "R.f1{}", id=f"{one['type']} deeper"
        )
        for one in (RECORD, ENUM, FIXED)
    ],
    pytest.param([ENUM, around(ENUM)], "T", "R.f0", id="in two branches of a document"),
    pytest.param(["string", around(ENUM, ENUM)], "R.f0", "R.f1", id="in one branch of a document"),
    pytest.param(around(ENUM, {**ENUM, "doc": "Again."}), "R.f0", "R.f1", id="another doc"),
    pytest.param(around(RECORD, {**RECORD, "aliases": ["Old"]}), "R.f0", "R.f1", id="another alias"),
    pytest.param(around(ENUM, ENUM, namespace="n"), "R.f0", "R.f1", id="in the namespace of the record"),
    pytest.param(around(ENUM, {**ENUM, "name": "n.T"}, namespace="n"), "R.f0", "R.f1", id="its full name"),
    pytest.param(around({**ENUM, "namespace": "n"}, {**ENUM, "name": "n.T"}), "R.f0", "R.f1", id="its namespace"),
    pytest.param(
        around(
            {**FIXED, "name": "m.T"},
            {"type": "record", "name": "n.S", "fields": [{"name": "g", "type": {**FIXED, "namespace": "m"}}]},
        ),
        "R.f0",
        "R.f1.g",
        id="out of a nested namespace",
    ),
    pytest.param(around({"type": "array", "items": RECORD}, "T", RECORD), "R.f0[]", "R.f2", id="after a use by name"),
]


@pytest.mark.parametrize(("schema", "first", "second"), ALIKE)
def test_a_definition_that_is_repeated_is_an_error_at_both_places(schema: Any, first: str, second: str) -> None:
    by_fastavro, by_avro = refused_in_python(schema)
    assert by_avro
    (alone,) = ENGINE.lint(parsed(schema))
    assert (alone.rule, alone.facts["first"], alone.facts["second"]) == ("type-defined-twice", first, second)
    assert str(alone.facts["who"]).startswith("fastavro") == by_fastavro
    other = {"type": "record", "name": "R", "fields": []}
    for reader, writer in ((schema, other), (other, schema), (schema, schema)):
        found = compare(reader=reader, writer=writer, format="avro")
        assert found.verdict is Verdict.INCOMPATIBLE
        repeated = [one for one in found.findings if one.rule == "type-defined-twice"]
        assert repeated
        assert all(f"`{first}`" in one.message and f"`{second}`" in one.message for one in repeated)
        for one in repeated:
            assert one.witness is not None
            assert ("redefined named type" in one.witness.observed) == by_fastavro


@pytest.mark.parametrize("history", [[], [around("int")], [around("int", "int")]])
@pytest.mark.parametrize(("schema", "first", "second"), ALIKE)
def test_a_check_fails_for_it(history: list[Any], schema: Any, first: str, second: str) -> None:
    report = check(candidate=schema, history=history, format="avro", level="BACKWARD")
    assert report.verdict is Verdict.INCOMPATIBLE
    errors = [one for subject in report.subjects for one in subject.findings]
    errors += [one for subject in report.subjects for beside in subject.comparisons for one in beside.result.findings]
    (told,) = [one for one in errors if one.rule == "type-defined-twice"]
    assert first in told.message
    assert second in told.message


@pytest.mark.parametrize("one", [RECORD, ENUM, FIXED])
def test_it_stays_an_error_while_the_schema_changes_and_no_decoder_reads_it(one: Any) -> None:
    """An unchanged schema is only warned of; so is a change that takes the second definition out."""
    old, new = around(one, one), around(one, one, {"type": "array", "items": "int"})
    new["fields"][2]["default"] = []

    def verdict(candidate: Any, before: Any) -> Verdict:
        return check(candidate=candidate, history=[before], format="avro").verdict

    assert verdict(new, old) is Verdict.INCOMPATIBLE
    assert verdict(old, old) is Verdict.COMPATIBLE
    assert verdict(around(one, "T"), old) is Verdict.COMPATIBLE


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (RECORD, ENUM),
        (ENUM, FIXED),
        (FIXED, RECORD),
        (ENUM, {**ENUM, "symbols": ["A"]}),
        (FIXED, {**FIXED, "size": 5}),
        (RECORD, {**RECORD, "fields": []}),
        (RECORD, ERROR | {"fields": []}),
        (FIXED, {**FIXED, "logicalType": "decimal", "precision": 4}),
    ],
)
def test_another_definition_of_the_same_name_is_no_schema(first: Any, second: Any) -> None:
    schema = around(first, ["null", second])
    assert refused_in_python(schema) == (True, True)
    with pytest.raises(
        SchemaError, match=r"the name T is defined twice, differently: `R\.f0` \(/fields/0/type\)"
    ) as caught:
        parsed(schema)
    assert caught.value.place is not None
    assert caught.value.place.pointer == "/fields/1/type/1/name"


def test_a_definition_inside_itself_is_no_schema() -> None:
    schema = around(["null", {"type": "record", "name": "R", "fields": []}])
    with pytest.raises(SchemaError, match=r"`R` \(the whole document\) is another definition"):
        parsed(schema)


@pytest.mark.parametrize(
    "schema",
    [
        around(RECORD, "T"),
        around(RECORD, {**RECORD, "name": "t"}),
        around(RECORD, {**RECORD, "namespace": "n"}),
        around(RECORD, {**RECORD, "name": "U", "aliases": ["T"]}),
        around(ENUM, {**ENUM, "name": "U"}),
        around(["null", RECORD], ["null", "T"], {"type": "array", "items": "T"}),
    ],
)
def test_names_that_differ_and_uses_by_name_are_nothing(schema: Any) -> None:
    assert refused_in_python(schema) == (False, False)
    assert ENGINE.lint(parsed(schema)) == ()
    assert compare(reader=schema, writer=schema, format="avro").findings == ()


def test_a_definition_in_a_referenced_document_counts() -> None:
    """Both documents define it: Avro's own library refuses the second, given after the first."""
    other: Any = {"type": "record", "name": "Other", "fields": [{"name": "n", "type": ENUM}]}
    main: Any = around(ENUM, "Other")
    schema = ENGINE.parse(Document(main, "main.avsc"), FunctionReferences({"Other": Document(other, "other.avsc")}.get))
    (alone,) = ENGINE.lint(schema)
    assert (alone.facts["first"], alone.facts["second"]) == ("R.f0 in main.avsc", "Other.n")
    assert alone.reader.origin == "other.avsc"
    names = avro.name.Names()
    avro.schema.make_avsc_object(other, names)
    with pytest.raises(avro.errors.SchemaParseException):
        avro.schema.make_avsc_object(main, names)
    named: dict[str, Any] = {}
    fastavro.parse_schema(other, named_schemas=named)
    fastavro.parse_schema(main, named_schemas=named)
    assert str(alone.facts["who"]).startswith("Avro's own library for Python refuses")


@pytest.mark.parametrize("kind", [RECORD, ENUM, FIXED])
def test_a_registry_refuses_a_record_that_is_repeated(kind: Any) -> None:
    """As Avro Java 1.12.0 does, which reads an enum or a fixed that is repeated alike."""
    rejection = ENGINE.rejection(parsed(around(kind, kind)))
    assert (rejection is not None) == (kind is RECORD)


@pytest.mark.slow
def test_many_repetitions_are_told_in_one_go() -> None:
    report = check(candidate=around(*[ENUM] * 1000), history=[around("int")], format="avro", level="BACKWARD")
    assert report.verdict is Verdict.INCOMPATIBLE
    told = [one for beside in report.subjects[0].comparisons for one in beside.result.findings]
    assert sum(one.severity is Severity.ERROR and one.rule == "type-defined-twice" for one in told) == 999


def test_a_value_may_hold_one_object_twice() -> None:
    """As people build schemas in Python; it is written out twice all the same."""
    shared: Any = {"type": "record", "name": "S", "fields": [{"name": "e", "type": ENUM}]}
    found = [one.facts["second"] for one in ENGINE.lint(parsed(around(shared, ["null", shared], ENUM)))]
    assert found == ["R.f1", "R.f2"]


def test_a_type_that_is_used_ahead_of_its_definition_is_defined_once() -> None:
    for schema in (around("T", RECORD), around(["null", "T"], {"type": "array", "items": RECORD}, "T")):
        assert ENGINE.lint(parsed(schema)) == ()
    (one,) = ENGINE.lint(parsed(around("T", ENUM, ENUM)))
    assert (one.facts["first"], one.facts["second"]) == ("R.f1", "R.f2")
