"""Suggested changes: each is an edit that was tried, and after it the mismatch is gone."""

from __future__ import annotations

from typing import Any

import pytest

from evtcompat.errors import SchemaError
from evtcompat.model.patches import apply_patch
from formats.avro.comparing import errors, parsed, related
from formats.avro.random_pairs import pair
from reference_data import reference_rows


def record(*fields: dict[str, Any], name: str = "R", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {"type": "record", "name": name, "fields": list(fields), **more}


def enum(*symbols: str, name: str = "E") -> dict[str, Any]:
    return {"type": "enum", "name": name, "symbols": list(symbols)}


OLD = {"name": "old", "type": "int"}
NEW = {"name": "new", "type": "int", "aliases": ["old"], "default": 7}


@pytest.mark.parametrize(
    ("reader", "writer", "text"),
    [
        (record({"name": "a", "type": "string"}), record(), 'Give a a default, such as "default": ""'),
        (record({"name": "a", "type": ["null", "int"]}), record(), 'Give a a default, such as "default": null'),
        (
            record({"name": "a", "type": record({"name": "x", "type": "int", "default": 7}, name="I")}),
            record(),
            'Give a a default, such as "default": {"x": 7}',
        ),
        (
            record({"name": "a", "type": "int"}, {"name": "b", "type": "int", "aliases": ["a", "c"], "default": 0}),
            record({"name": "a", "type": "int"}),
            "Take the alias a away from b",
        ),
        (
            record({"name": "a", "type": ["int", "null"]}),
            record(),
            'Put null first in the union of a and give it "default": null',
        ),
        (
            record({"name": "a", "type": [{"type": "array", "items": "int"}, "null"], "default": None}),
            record(),
            'Put null first in the union of a and give it "default": null',
        ),
        (record(name="x.S"), record(name="y.R"), 'Give x.S the alias "y.R"'),
        (record(NEW, name="y.R"), record(OLD, name="x.R"), 'Give y.R the alias "x.R"'),
        (
            enum("A", "UNKNOWN"),
            enum("A", "B"),
            'Give the enum E a default that stands for unknown symbols, such as "default": "UNKNOWN"',
        ),
        (
            {"type": "long", "logicalType": "timestamp-micros"},
            {"type": "long", "logicalType": "timestamp-millis"},
            "Keep long (timestamp-millis) here, and add a field for the new type",
        ),
        (["null", "string"], ["null", "int"], "Add int to the union"),
        (
            record({"name": "a", "type": "int"}),
            record({"name": "a", "type": ["null", "int"]}),
            "Let a be null as well",
        ),
        (
            record({"name": "a", "type": "int", "default": 5}),
            record({"name": "a", "type": ["null", "int"]}),
            "Let a be null as well",
        ),
        ({"type": "array", "items": "string"}, {"type": "array", "items": ["int", "string"]}, "Let it be int as well"),
        # a type that the reader lacks, and one that it has elsewhere
        (["null", "string"], ["null", enum("A")], "Add enum E to the union"),
        (
            record({"name": "e", "type": enum("A")}, {"name": "u", "type": ["null", "int"], "default": None}),
            record({"name": "e", "type": enum("A")}, {"name": "u", "type": ["null", "E"]}),
            "Add enum E to the union",
        ),
        (
            record({"name": "u", "type": ["null", record({"name": "o", "type": "int"}, name="n.S")]}, name="n.R"),
            record(
                {"name": "u", "type": ["null", "n.S", record({"name": "s", "type": "n.S"}, name="m.T")]},
                {"name": "v", "type": record({"name": "o", "type": "int"}, name="n.S")},
                name="n.R",
            ),
            "Add record m.T to the union",
        ),
        # a branch of the writer's name that does not match is mended inside
        (
            ["null", record({"name": "a", "type": "int"}, name="S")],
            ["null", record(name="S")],
            'Give a a default, such as "default": 0',
        ),
        (["null", record(name="S")], ["null", record(name="T")], 'Give S the alias "T"'),
        (
            record({"name": "a", "type": "int", "default": "1"}),
            record({"name": "a", "type": "int"}),
            'Correct the default of a, such as "default": 0',
        ),
        (
            record({"name": "a", "type": "int", "default": "1"}),
            record(),
            'Correct the default of a, such as "default": 0',
        ),
        (["null", enum("A", name="b.E"), "int"], ["null", enum("A", name="a.E")], 'Give b.E the alias "a.E"'),
    ],
)
def test_a_fix_is_suggested_and_mends(reader: Any, writer: Any, text: str) -> None:  # noqa: ANN401 - any JSON value
    (one,) = errors(related(reader, writer))
    assert one.fix is not None
    assert (one.fix.text, one.fix.side) == (text, "reader")
    after = apply_patch(reader, [dict(operation) for operation in one.fix.patch])
    assert errors(related(after, writer)) == []


def test_no_fix_is_suggested_where_none_is_known() -> None:
    fixed = {"type": "fixed", "name": "F", "size": 2}
    (one,) = errors(related(fixed, fixed | {"size": 3}))
    assert one.fix is None


@pytest.mark.parametrize("aliases", [[], ["R"]])
def test_no_alias_inside_a_namespace_is_suggested_for_a_name_that_has_none(aliases: list[str]) -> None:
    """``.R`` is no name, and decoders for Python go by it letter by letter."""
    (one,) = errors(related(record(name="x.S", aliases=aliases), record(name="R")))
    assert (one.rule, one.fix) == ("name-mismatch", None)


def test_a_fix_may_move_a_mismatch_that_was_there_into_the_union_that_it_makes() -> None:
    inner = record({"name": "x", "type": "int"}, name="S")
    other = record({"name": "x", "type": "string"}, name="S")
    reader = record({"name": "a", "type": {"type": "array", "items": inner}})
    writer = record({"name": "a", "type": ["null", {"type": "array", "items": other}]})
    fixes = {one.rule + one.writer.pointer: one.fix for one in errors(related(reader, writer))}
    assert str(fixes["type-mismatch/fields/0/type/0"]) == "Let a be null as well"


def test_each_fix_leaves_the_other_mismatches_as_they_were() -> None:
    millis = {"type": "long", "logicalType": "timestamp-millis"}
    micros = {"type": "long", "logicalType": "timestamp-micros"}
    reader = record({"name": "a", "type": ["null", "string"]}, {"name": "b", "type": micros})
    writer = record({"name": "a", "type": ["null", "int"]}, {"name": "b", "type": millis})
    found = errors(related(reader, writer))
    assert [one.fix is not None for one in found] == [True, True]
    for one in found:
        assert one.fix is not None
        after = errors(related(apply_patch(reader, [dict(operation) for operation in one.fix.patch]), writer))
        assert {other.rule for other in after} == {other.rule for other in found} - {one.rule}


def mended(reader: Any, writer: Any) -> int:  # noqa: ANN401 - any JSON value
    """How many fixes a pair got; each of them removes its error when it is applied alone."""
    found = errors(related(reader, writer))
    fixes = 0
    for one in found:
        if one.fix is None:
            continue
        fixes += 1
        after = apply_patch(reader, [dict(operation) for operation in one.fix.patch])
        left = {(other.rule, other.reader.names, other.writer) for other in errors(related(after, writer))}
        assert (one.rule, one.reader.names, one.writer) not in left
    return fixes


@pytest.mark.slow
def test_fixes_of_real_pairs_mend_them() -> None:
    assert sum(mended(case["reader"], case["writer"]) for case in reference_rows("avro_real.jsonl.gz")[::5]) > 20


@pytest.mark.slow
def test_fixes_of_random_pairs_mend_them() -> None:
    fixes = 0
    for seed in range(300):
        reader, writer = pair(seed)
        try:
            parsed(reader), parsed(writer)
        except SchemaError:
            continue
        fixes += mended(reader, writer)
    assert fixes > 20
