"""Findings: their causes, those about one schema, what is allowed, and what a registry's parser refuses."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from evtcompat.formats.avro.payloads import codec
from evtcompat.formats.avro.payloads.datum import Branch, Datum
from evtcompat.model.witnesses import WitnessKind
from evtcompat.rules.catalogue import catalogue
from formats.avro.comparing import ENGINE, errors, parsed, related, rules


def record(*fields: dict[str, Any], name: str = "R", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {"type": "record", "name": name, "fields": list(fields), **more}


def enum(name: str, *symbols: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {"type": "enum", "name": name, "symbols": list(symbols), **more}


def decimal(precision: int, scale: int) -> dict[str, Any]:
    return {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}


def logical(kind: str, name: str) -> dict[str, Any]:
    return {"type": kind, "logicalType": name}


A = {"name": "a", "type": "int"}


@pytest.mark.parametrize(
    ("reader", "writer"),
    [
        (decimal(10, 2), decimal(9, 2)),
        ("long", "int"),
        ("double", "float"),
        ("bytes", "string"),
        (["null", "string"], "string"),
        ("string", ["string"]),
        ("string", []),
        (enum("E", "B", "A"), enum("E", "A", "B")),
        (record(A | {"default": 1}), record()),
        (record(), record(A)),
        (record(A, name="y.R"), record(A, name="x.R")),
        (["null", "long"], ["null", "int", "long"]),
        ({"type": "error", "name": "R", "fields": []}, record()),
        (record({"name": "b", "type": ["string", "null"], "default": None}), record()),
        # a branch of the writer's own kind comes first, or nothing is resolved
        (["null", "long", "double"], ["null", "int", "long"]),
        (["string", "bytes"], ["string"]),
        (["null", "double", "long"], ["null", "double", "long"]),
    ],
)
def test_allowed_changes_say_nothing(reader: Any, writer: Any) -> None:  # noqa: ANN401 - any JSON value
    assert related(reader, writer).mismatches == ()


def test_nested_causes_lead_to_the_field() -> None:
    """The union's finding says which branch, and in it which field, for which reason."""
    line = record({"name": "price", "type": "int"}, name="OrderLine")
    other = record({"name": "price", "type": "string"}, name="OrderLine")
    reader = record({"name": "lines", "type": {"type": "array", "items": ["null", "int", line]}}, name="Order")
    writer = record({"name": "lines", "type": {"type": "array", "items": ["null", "int", other]}}, name="Order")
    (one,) = errors(related(reader, writer))
    assert (one.rule, one.reader.pointer, one.reader.names) == (
        "missing-union-branch",
        "/fields/0/type/items",
        "Order.lines[]",
    )
    (cause,) = one.because
    assert (cause.rule, cause.reader.names) == ("type-mismatch", "Order.lines[](OrderLine).price")
    assert cause.reader.pointer == "/fields/0/type/items/2/fields/0/type"
    assert cause.writer.pointer == "/fields/0/type/items/2/fields/0/type"
    assert one.witness is not None
    assert one.witness.value == {"lines": [{"price": ""}]}


def test_recursive_types_report_the_reason_and_not_the_recursion() -> None:
    reader = record({"name": "n", "type": ["null", "R"]}, {"name": "v", "type": "int"})
    writer = record({"name": "n", "type": ["null", "R"]}, {"name": "v", "type": "string"})
    assert [(one.rule, one.reader.names) for one in errors(related(reader, writer))] == [("type-mismatch", "R.v")]


def test_a_type_without_finite_values_has_no_payload_to_show() -> None:
    reader = record(A, {"name": "self", "type": "R"})
    writer = record({"name": "self", "type": "R"})
    (one,) = errors(related(reader, writer))
    assert one.witness is not None
    assert one.witness.kind is WitnessKind.RULE_ONLY
    assert one.witness.observed == "R has no finite value, so no payload that holds one can be written"


def test_lint_finds_what_is_wrong_with_one_schema() -> None:
    schema = parsed(
        record(
            {"name": "order-id", "type": "string"},
            {"name": "note", "type": ["string", "null"], "default": None},
            {"name": "count", "type": "int", "default": "0"},
            {"name": "item", "type": {"type": "array", "items": [enum("p.E", "A"), enum("q.E", "A")]}},
        )
    )
    found = {(one.rule, one.reader.pointer) for one in ENGINE.lint(schema)}
    assert found == {
        ("invalid-name", "/fields/0/name"),
        ("default-of-later-branch", "/fields/1/default"),
        ("invalid-default", "/fields/2/default"),
        ("union-branches-share-name", "/fields/3/type"),
    }
    assert all(
        catalogue()[one.rule].sentence.format(reader="v2", writer="v1", **one.facts) for one in ENGINE.lint(schema)
    )


@pytest.mark.parametrize(
    ("schema", "part"),
    [
        (record(A), None),
        # Avro Java's own names, which Confluent registries do not take
        (record({"name": "h\u00e9", "type": "int"}), "ASCII only since 8.0.3"),
        (record({"name": "h", "type": "int", "aliases": ["h\u00e9"], "doc": "\u00e9"}), None),
        (record({"name": "a-b", "type": "int"}), "a-b"),
        (enum("E", "A B"), "A B"),
        (record(A, name="9.R"), "9"),
        (record(A | {"default": "1"}), "invalid default for field a"),
        (record({"name": "b", "type": ["string", "null"], "default": None}), None),
        (record({"name": "b", "type": "double", "default": 0}), None),
        (record({"name": "b", "type": "long", "default": 1.0}), "invalid default for field b"),
        (record({"name": "b", "type": enum("E", "A"), "default": "Z"}), None),
        # a string that Java reads as a number, for a field that is itself a float or a double
        (record({"name": "b", "type": "double", "default": "+Infinity"}), None),
        (record({"name": "b", "type": "float", "default": " 1.5e3f "}), None),
        (record({"name": "b", "type": "double", "default": "0x1p3"}), None),
        (record({"name": "b", "type": "double", "default": "INF"}), "invalid default for field b"),
        (record({"name": "b", "type": ["double", "null"], "default": "NaN"}), "invalid default for field b"),
        (record({"name": "b", "type": {"type": "array", "items": "double"}, "default": ["NaN"]}), "field b"),
        # names: Java's characters, its primitives, and the last part of an alias
        (enum("E", "x\u00b2"), "x\u00b2"),
        (enum("E", "\U0001d400"), "\U0001d400"),
        (enum("E", "a\u0663"), "ASCII only"),
        (enum("string", "A"), "string"),
        (enum("a.string", "A"), None),
        (record(A, aliases=["9.S"]), None),
        (record(A, aliases=["9"]), "the aliases of"),
        (record(A | {"aliases": ["9"]}), None),
    ],
)
def test_rejection_is_that_of_a_registrys_strict_parser(schema: Any, part: str | None) -> None:  # noqa: ANN401 - any JSON value
    said = ENGINE.rejection(parsed(schema))
    assert (said is None) if part is None else (said is not None and part in said)


@pytest.mark.parametrize(
    ("type_", "default", "wrong"),
    [
        ("double", "+Infinity", False),
        ("float", "0.0", False),
        ("float", "zero", True),
        (["double", "null"], "NaN", True),
        ({"type": "array", "items": "float"}, ["NaN"], True),
        (record({"name": "x", "type": "float"}, name="S"), {"x": "NaN"}, True),
        (record({"name": "x", "type": "float", "default": "NaN"}, name="S"), {}, False),
    ],
)
def test_a_number_may_be_written_as_a_string_only_for_a_field_itself(type_: Any, default: Any, wrong: bool) -> None:  # noqa: ANN401, FBT001 - any JSON value; of the table
    """Avro Java turns it into a number while it parses the field, and refuses it everywhere else when it decodes."""
    explanation = related(record({"name": "b", "type": type_, "default": default}), record())
    assert rules(explanation) == (["invalid-reader-default"] if wrong else [])


def test_an_alias_without_a_namespace_is_found_by_the_decoder_beside_types_that_have_one() -> None:
    """For fastavro a stand-in is written for a missing namespace where types have both; aliases must not wear it."""
    field = {"name": "o", "type": "int"}
    reader = record({"name": "n", "type": enum("a.S", "A"), "default": "A"}, field, name="F", aliases=["R2"])
    read = codec.decode(parsed(record(field, name="R2")), b"\x02", parsed(reader))
    assert read == {"n": "A", "o": 1}


#: Values of each primitive, of which promotions keep the least.
TOLD: dict[str, Datum] = {
    "null": None,
    "boolean": True,
    "int": 2**24 + 1,
    "long": 2**53 + 1,
    "float": 0.5,
    "double": 0.1,
    "bytes": b"a",
    "string": "a",
}


@pytest.mark.parametrize(("first", "second"), [*permutations(TOLD, 2)])
def test_what_fastavro_reads_in_another_branch_of_a_union_that_did_not_change_is_told(first: str, second: str) -> None:
    """Schemas that differ elsewhere are resolved, and fastavro takes the first branch that reads what was written."""
    value = {"name": "v", "type": [first, second]}
    writer, reader = record(value), record(value, {"name": "n", "type": "int", "default": 0})
    payload = codec.encode(parsed(writer), {"v": Branch(1, TOLD[second])})
    read = codec.decode(parsed(writer), payload, parsed(reader))["v"]
    kept = read == TOLD[second]  # as a number, and never text as bytes
    assert kept or related(reader, writer).mismatches
