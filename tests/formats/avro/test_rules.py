"""Each rule: a pair that breaks it, what it says, where, and how it is proved."""

from __future__ import annotations

from typing import Any

import pytest

from evtcompat.formats.avro import codec
from evtcompat.formats.avro.rules import AVRO_RULES
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
OLD = {"name": "old", "type": "int"}
RENAMED = {"name": "new", "type": "int", "aliases": ["old"]}
FIXED = {"type": "fixed", "name": "F", "size": 2}

#: rule, reader, writer, kind of the witness (None: none is needed), path by names of the reader's place
CASES: tuple[tuple[str, Any, Any, str | None, str], ...] = (
    ("reader-field-missing-default-value", record(A), record(), "refused", "R.a"),
    ("missing-union-branch", ["null", "string"], ["null", "string", "int"], "refused", ""),
    (
        "missing-union-branch",
        record({"name": "u", "type": ["null", record(A, OLD, name="N")]}),
        record({"name": "u", "type": ["null", record(A, name="N")]}),
        "refused",
        "R.u",
    ),
    ("missing-enum-symbols", enum("E", "A"), enum("E", "A", "B"), "refused", "E"),
    ("type-mismatch", record({"name": "a", "type": "string"}), record(A), "refused", "R.a"),
    ("type-mismatch", {"type": "array", "items": "int"}, {"type": "map", "values": "int"}, "refused", ""),
    ("fixed-size-mismatch", FIXED, FIXED | {"size": 3}, "refused", "F"),
    ("name-mismatch", FIXED, FIXED | {"name": "G"}, "refused", "F"),
    ("name-mismatch", record(A), record(A, name="S"), "refused", "R"),
    (
        "ambiguous-field-alias",
        record({"name": "a", "type": "int", "aliases": ["b"]}),
        record(A, A | {"name": "b"}),
        "refused",
        "R.a",
    ),
    ("invalid-reader-default", record(A | {"default": "1"}), record(), "refused", "R.a"),
    (
        "invalid-reader-default",
        record({"name": "e", "type": enum("E", "A"), "default": "Z"}),
        record(),
        "rule-only",
        "R.e",
    ),
    ("invalid-reader-default", record({"name": "f", "type": FIXED, "default": "a"}), record(), "rule-only", "R.f"),
    ("invalid-reader-default", record(A | {"default": 2**31}), record(), "rule-only", "R.a"),
    ("reader-schema-refused", record(A | {"default": "1"}), record(A), "refused", "R.a"),
    ("invalid-default", record(A), record(A | {"default": "1"}), None, "R"),
    ("dead-field-alias", record(RENAMED, name="y.R"), record(OLD, name="x.R"), "rule-only", "R.new"),
    (
        "dead-field-alias",
        record(RENAMED | {"default": 7}, name="y.R"),
        record(OLD, name="x.R"),
        "rule-only",
        "R.new",
    ),
    ("named-type-moved-in-union", ["null", enum("b.E", "A"), "int"], ["null", enum("a.E", "A")], "rule-only", ""),
    (
        "alias-renames-too-much",
        [record(name="R"), record(name="S", aliases=["R"])],
        [record(name="R"), record(A, name="S")],
        "rule-only",
        "",
    ),
    (
        "writer-default-refused",
        record(RENAMED),
        record(OLD | {"default": "x"}),
        "rule-only",
        "R",
    ),
    (
        "empty-array-default-in-union",
        record({"name": "tags", "type": [{"type": "array", "items": "string"}, "null"], "default": []}),
        record(),
        "rule-only",
        "R.tags",
    ),
    (
        "named-type-defined-elsewhere",
        record({"name": "n", "type": FIXED, "default": "ab"}, {"name": "g", "type": ["null", enum("E", "A")]}),
        record({"name": "n", "type": FIXED}, {"name": "m", "type": enum("E", "A")}, {"name": "g", "type": "E"}),
        "refused",
        "R.g",
    ),
    ("wrong-union-branch", [record(A, name="p.A"), record(name="q.A")], record(name="q.A"), "refused", "(A)"),
    ("wrong-union-branch", ["boolean", "string", "bytes"], ["bytes", "string"], "refused", "(string)"),
    # one record is read as another, and what only it has is lost
    ("wrong-union-branch", [record(name="p.A"), record(A, name="q.A")], [record(A, name="q.A")], "misread", "(A)"),
    (
        "wrong-union-branch",
        [record(name="B", aliases=["q.A"]), record(A, name="q.A")],
        record(A, name="q.A"),
        "misread",
        "(B)",
    ),
    ("union-branches-share-name", [enum("p.E", "X"), enum("q.E", "X")], enum("q.E", "X"), None, ""),
    ("alias-bridges-rename", record(RENAMED), record(OLD), None, "R.new"),
    ("alias-bridges-rename", record(name="S", aliases=["R"]), record(), None, "S"),
    ("decimal-scale-changed", decimal(9, 3), decimal(9, 2), "misread", ""),
    ("time-unit-changed", logical("long", "timestamp-micros"), logical("long", "timestamp-millis"), "misread", ""),
    ("time-unit-changed", logical("long", "time-micros"), logical("int", "time-millis"), "misread", ""),
    ("logical-type-changed", logical("long", "timestamp-millis"), logical("int", "date"), "misread", ""),
    (
        "logical-type-changed",
        logical("long", "local-timestamp-millis"),
        logical("long", "timestamp-millis"),
        "misread",
        "",
    ),
    ("logical-type-added", logical("long", "timestamp-millis"), "long", "misread", ""),
    ("logical-type-added", decimal(9, 2), "bytes", "misread", ""),
    # a branch of the writer's own kind is taken, though one before it would do
    ("logical-type-added", ["long", logical("int", "date")], "int", "misread", "(int)"),
    ("string-read-as-uuid", logical("string", "uuid"), "string", "misread", ""),
    (
        "bytes-read-as-string",
        record({"name": "a", "type": "string"}),
        record({"name": "a", "type": "bytes"}),
        "refused",
        "R.a",
    ),
    ("number-precision-lost", "double", "long", "misread", ""),
    # fastavro promotes to a branch that stands before the one of the writer's own kind
    ("number-precision-lost", ["null", "double", "long"], ["null", "long"], "misread", "(double)"),
    ("string-read-as-bytes", ["null", "bytes", "string"], "string", "misread", "(bytes)"),
    ("enum-symbol-defaulted", enum("E", "A", default="A"), enum("E", "A", "B"), "misread", "E"),
    ("decimal-precision-narrowed", decimal(4, 2), decimal(9, 2), "rule-only", ""),
    ("logical-type-dropped", "int", logical("int", "date"), None, ""),
)


@pytest.mark.parametrize(("rule", "reader", "writer", "kind", "names"), CASES)
def test_a_broken_rule_is_found_placed_and_proved(
    rule: str,
    reader: Any,  # noqa: ANN401 - any JSON value
    writer: Any,  # noqa: ANN401 - any JSON value
    kind: str | None,
    names: str,
) -> None:
    found = [one for one in related(reader, writer).mismatches if one.rule == rule]
    assert found, rules(related(reader, writer))
    one = found[0]
    assert one.reader.names.removesuffix(".default").startswith(names)
    assert (one.witness.kind.value if one.witness else None) == kind, one.witness
    sentence = catalogue()[rule].sentence.format(reader="v2", writer="v1", **one.facts)
    assert str(one.facts["path"]) in sentence or str(one.facts["observed"]) in sentence


def test_every_rule_about_pairs_has_a_case() -> None:
    """Rules that only a schema alone can break are held below."""
    alone = {"default-of-later-branch", "invalid-name"}
    assert {case[0] for case in CASES} | alone == {rule.id for rule in AVRO_RULES}


def test_rules_explain_themselves() -> None:
    for rule in AVRO_RULES:
        assert all((rule.what, rule.why, rule.example, rule.remedy, rule.sentence)), rule.id


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
        (logical("int", "martian"), "int"),
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
    assert "no finite value" in one.witness.observed


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
    relation = related(record({"name": "b", "type": type_, "default": default}), record())
    assert rules(relation) == (["invalid-reader-default"] if wrong else [])


def test_an_alias_without_a_namespace_is_found_by_the_decoder_beside_types_that_have_one() -> None:
    """For fastavro a stand-in is written for a missing namespace where types have both; aliases must not wear it."""
    field = {"name": "o", "type": "int"}
    reader = record({"name": "n", "type": enum("a.S", "A"), "default": "A"}, field, name="F", aliases=["R2"])
    read = codec.decode(parsed(record(field, name="R2")), b"\x02", parsed(reader))
    assert read == {"n": "A", "o": 1}
