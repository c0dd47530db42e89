"""Parsing: names, references, and what is refused where and why."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from evtcompat import compare
from evtcompat.errors import ReferenceMissingError, SchemaError
from evtcompat.formats.avro.limits import MAX_NESTING
from evtcompat.formats.avro.payloads.values import cover
from evtcompat.formats.avro.types import Record
from evtcompat.formats.base import Options
from evtcompat.model.documents import Document, FunctionReferences, NoReferences
from evtcompat.model.findings import Finding
from evtcompat.model.json_types import JSON
from evtcompat.model.verdicts import Verdict
from evtcompat.rules.judge import MOST_CAUSES
from formats.avro.comparing import ENGINE, ROOT, parsed, registry_verdict, related


@pytest.mark.parametrize(
    ("schema", "pointer", "words"),
    [
        (None, "", "not null"),
        ({"type": "record", "name": "R"}, "", "fields"),
        ({"type": "record", "fields": []}, "", "name"),
        ({"type": "record", "name": "", "fields": []}, "/name", "empty"),
        ({"fields": []}, "", "type"),
        ({"type": {"type": "int"}}, "/type", "not an object"),
        ({"type": "array"}, "", "items"),
        ({"type": "map"}, "", "values"),
        ({"type": "enum", "name": "E"}, "", "symbols"),
        ({"type": "enum", "name": "E", "symbols": ["A", "B", "A"]}, "/symbols/2", "twice"),
        ({"type": "enum", "name": "E", "symbols": ["A", 1]}, "/symbols/1", "not 1"),
        ({"type": "enum", "name": "E", "symbols": ["A"], "default": "B"}, "/default", "none of its symbols"),
        ({"type": "fixed", "name": "F", "size": -1}, "", "size"),
        ({"type": "fixed", "name": "F", "size": True}, "", "size"),
        (["int", "int"], "/1", "two branches"),
        (["int", ["string"]], "/1", "inside a union"),
        ({"type": "array", "items": ["int", "Missing"]}, "/items/1", "Missing is not defined"),
        ({"type": "record", "name": "R", "fields": [{"type": "int"}]}, "/fields/0", "no name"),
        ({"type": "record", "name": "R", "fields": [{"name": "a"}]}, "/fields/0", "type"),
        (
            {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}, {"name": "a", "type": "int"}]},
            "/fields/1/name",
            "two fields called a",
        ),
        (
            {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int", "order": "up"}]},
            "/fields/0/order",
            "order",
        ),
        ({"type": "record", "name": "R", "aliases": "S", "fields": []}, "/aliases", "array of names"),
        (
            [
                {"type": "fixed", "name": "F", "size": 1},
                {"type": "array", "items": {"type": "fixed", "name": "F", "size": 2}},
            ],
            "/1/items/name",
            "defined twice",
        ),
    ],
)
def test_what_is_no_schema_is_refused_at_its_place(schema: Any, pointer: str, words: str) -> None:  # noqa: ANN401 - any JSON value
    with pytest.raises(SchemaError) as caught:
        parsed(schema)
    assert caught.value.place is not None
    assert caught.value.place.pointer == pointer
    assert words in caught.value.message
    assert caught.value.hint, "a person is told the next step"


def test_the_place_of_an_error_is_told_by_names_too() -> None:
    inner = {"type": "record", "name": "Line", "fields": [{"name": "price", "type": "Money"}]}
    with pytest.raises(ReferenceMissingError) as caught:
        parsed(
            {
                "type": "record",
                "name": "shop.Order",
                "fields": [{"name": "lines", "type": {"type": "array", "items": inner}}],
            }
        )
    assert caught.value.place is not None
    assert caught.value.place.names == "Order.lines.[].price"
    assert "shop.Money" in caught.value.message


def test_names_are_relative_to_the_namespace_that_surrounds_them() -> None:
    schema = parsed(
        {
            "type": "record",
            "name": "a.b.R",
            "aliases": ["Old", "x.Older"],
            "fields": [
                {"name": "f", "type": {"type": "fixed", "name": "F", "size": 1}},
                {"name": "g", "type": {"type": "fixed", "name": "G", "namespace": "", "size": 1}},
                {"name": "h", "type": {"type": "a.b.F"}},
                {"name": "i", "type": "G"},
                {"name": "self", "type": ["null", "R"]},
            ],
        }
    )
    assert sorted(schema.names) == ["G", "a.b.F", "a.b.R"]
    root = schema.root
    assert isinstance(root, Record)
    assert root.aliases == ("a.b.Old", "x.Older")
    assert root.row("h").type is root.row("f").type
    assert root.row("i").type is root.row("g").type


def test_a_name_may_be_used_ahead_of_its_definition() -> None:
    ahead = {
        "type": "record",
        "name": "n.R",
        "fields": [{"name": "a", "type": "F"}, {"name": "b", "type": {"type": "fixed", "name": "F", "size": 1}}],
    }
    root = parsed(ahead).root
    assert isinstance(root, Record)
    assert root.row("a").type is root.row("b").type


def test_the_same_definition_twice_is_one_type() -> None:
    fixed = {"type": "fixed", "name": "F", "size": 1}
    root = parsed(
        {
            "type": "record",
            "name": "R",
            "fields": [{"name": "a", "type": fixed}, {"name": "b", "type": {**fixed, "doc": "again"}}],
        }
    ).root
    assert isinstance(root, Record)
    assert root.row("a").type is root.row("b").type


def test_names_come_from_other_documents_which_may_refer_to_each_other() -> None:
    order = Document(
        {
            "type": "record",
            "name": "shop.Order",
            "fields": [{"name": "lines", "type": {"type": "array", "items": "Line"}}],
        },
        "order.avsc",
    )
    line = Document(
        {
            "type": "record",
            "name": "shop.Line",
            "fields": [{"name": "order", "type": ["null", "Order"]}, {"name": "n", "type": "int"}],
        },
        "line.avsc",
    )
    other = Document(
        {
            "type": "record",
            "name": "shop.Line",
            "fields": [{"name": "order", "type": ["null", "Order"]}, {"name": "n", "type": "string"}],
        },
        "line2.avsc",
    )
    first = ENGINE.parse(order, FunctionReferences({"shop.Line": line, "shop.Order": order}.get))
    second = ENGINE.parse(order, FunctionReferences({"shop.Line": other}.get))
    assert list(first.documents) == ["line.avsc"]
    explanation = ENGINE.compare(first, second, Options()).explanation()
    (one,) = explanation.mismatches
    assert (one.rule, one.reader.origin, one.reader.pointer) == ("type-mismatch", "line.avsc", "/fields/1/type")
    assert one.reader.names == "Order.lines[].n"
    assert one.witness is not None
    assert one.witness.kind.value == "refused"


def test_a_document_that_does_not_define_its_name_is_refused() -> None:
    with pytest.raises(ReferenceMissingError, match="does not define it"):
        ENGINE.parse(Document("X"), FunctionReferences(lambda _: Document("int", "x.avsc")))


def test_invalid_logical_types_are_ignored() -> None:
    for value in (
        {"type": "bytes", "logicalType": "decimal"},
        {"type": "bytes", "logicalType": "decimal", "precision": 2, "scale": 5},
        {"type": "string", "logicalType": "date"},
        {"type": "int", "logicalType": ["date"]},
        {"type": "fixed", "name": "F", "size": 2, "logicalType": "decimal", "precision": 9},
    ):
        assert parsed(value).root.logical is None


def arrays(depth: int) -> Any:  # noqa: ANN401 - any JSON value
    schema: Any = "int"
    for _ in range(depth):
        schema = {"type": "array", "items": schema}
    return schema


def records(depth: int, leaf: str) -> Any:  # noqa: ANN401 - any JSON value
    schema: Any = leaf
    for index in range(depth):
        schema = {"type": "record", "name": f"R{index}", "fields": [{"name": "f", "type": schema}]}
    return schema


@pytest.mark.slow
def test_nesting_up_to_the_limit_works_everywhere() -> None:
    deep = arrays(MAX_NESTING)
    assert related(deep, deep).mismatches == ()
    (one,) = related(records(MAX_NESTING // 3 - 1, "int"), records(MAX_NESTING // 3 - 1, "string")).mismatches
    assert one.witness is not None
    assert ENGINE.rejection(parsed(deep)) is None
    assert ENGINE.lint(parsed(deep)) == ()


@pytest.mark.parametrize("depth", [MAX_NESTING + 1, 100_000])
def test_nesting_beyond_the_limit_is_refused(depth: int) -> None:
    with pytest.raises(SchemaError, match="nests deeper"):
        parsed(arrays(depth))


def test_a_default_nested_beyond_the_limit_is_refused() -> None:
    default: Any = []
    for _ in range(100_000):
        default = [default]
    with pytest.raises(SchemaError, match="nests deeper"):
        parsed({"type": "record", "name": "R", "fields": [{"name": "a", "type": arrays(1), "default": default}]})


def cycle(length: int, leaf: str) -> Any:  # noqa: ANN401 - any JSON value
    """Records each of which may hold the next one, the last one the first."""
    parts: list[Any] = [
        {
            "type": "record",
            "name": f"n{index}.R",
            "fields": [
                {"name": "next", "type": ["null", f"n{(index + 1) % length}.R"]},
                {"name": "v", "type": leaf if index == length - 1 else "int"},
            ],
        }
        for index in range(length)
    ]
    return parts


def test_recursion_of_data_is_not_bounded_by_the_documents_nesting() -> None:
    """Two cycles of coprime lengths pair up in every combination, far deeper than the interpreter's stack."""
    assert registry_verdict(cycle(61, "int"), cycle(67, "string")) is Verdict.INCOMPATIBLE


@pytest.mark.slow
def test_a_pair_that_would_be_explained_without_end_is_undecided() -> None:
    explanation = related(cycle(97, "int"), cycle(101, "string"))
    assert explanation.mismatches == ()
    assert [one.reason for one in explanation.undecided] == [
        "the two schemas have too many pairs of record types to compare"
    ]


@pytest.mark.slow
def test_a_union_of_hundreds_of_namesakes_is_explained_as_far_as_few_are_looked_at() -> None:
    """Each of the writer's is held against all of the reader's, since each may have been meant."""

    def namesakes(count: int, kind: str) -> list[JSON]:
        fields: JSON = [{"name": "v", "type": kind}]
        return [{"type": "record", "name": "R", "namespace": f"n{at}", "fields": fields} for at in range(count)]

    assert related(namesakes(100, "int"), namesakes(100, "string")).undecided == ()
    assert related(namesakes(400, "int"), namesakes(400, "string")).undecided != ()


@pytest.mark.slow
def test_hostile_sizes_end_in_a_verdict() -> None:
    symbols = [f"S{index}" for index in range(100_000)]
    enum = {"type": "enum", "name": "E", "symbols": symbols}
    fewer = {"type": "enum", "name": "E", "symbols": symbols[:-1]}
    (one,) = related(fewer, enum).mismatches
    assert one.facts["symbols"] == "S99999"
    with pytest.raises(SchemaError, match="twice"):
        parsed({"type": "enum", "name": "E", "symbols": [*symbols, "S0"]})
    huge = {
        "type": "record",
        "name": "R",
        "fields": [{"name": "a", "type": {"type": "array", "items": "int"}, "default": [0] * 300_000}],
    }
    assert related(huge, huge).mismatches == ()


@pytest.mark.slow
def test_a_value_that_grows_exponentially_is_not_built() -> None:
    """Forty records, each with two of the one before: a small schema whose smallest value has 2**40 records."""
    chain: list[Any] = [{"type": "record", "name": "D0", "fields": []}]
    for index in range(1, 40):
        fields = [{"name": name, "type": f"D{index - 1}"} for name in ("a", "b")]
        chain.append({"type": "record", "name": f"D{index}", "fields": fields})
    last = related("int", chain).mismatches[-1].witness
    assert last is not None
    assert "too many to write" in last.observed


def test_a_default_that_fills_exponentially_is_judged_once() -> None:
    """Forty records whose two fields are both filled with the record before: 2**40 fillings, 80 defaults."""
    inner: Any = {"type": "record", "name": "D0", "fields": [{"name": "x", "type": "int", "default": 1}]}
    for index in range(1, 40):
        fields = [
            {"name": "a", "type": inner, "default": {}},
            {"name": "b", "type": f"D{index - 1}", "default": {}},
        ]
        inner = {"type": "record", "name": f"D{index}", "fields": fields}
    reader = {"type": "record", "name": "R", "fields": [{"name": "d", "type": inner, "default": {}}]}
    assert related(reader, {"type": "record", "name": "R", "fields": []}).mismatches == ()
    assert ENGINE.rejection(parsed(reader)) is None


@pytest.mark.parametrize(
    ("reader", "writer", "words"),
    [
        (
            {"type": "fixed", "name": "F", "size": 2**31 - 2},
            {"type": "fixed", "name": "F", "size": 2**31 - 1},
            "2,147,483,647 bytes, too many to write",
        ),
        (
            {"type": "fixed", "name": "F", "size": 2**31 - 1, "logicalType": "decimal", "precision": 9, "scale": 2},
            {"type": "fixed", "name": "F", "size": 2**31 - 1, "logicalType": "decimal", "precision": 9, "scale": 1},
            "2,147,483,647 bytes, too many to write",
        ),
        (
            {"type": "bytes", "logicalType": "decimal", "precision": 10**9},
            {"type": "bytes", "logicalType": "decimal", "precision": 2 * 10**9},
            "1,000,000,000 digits has too many to write",
        ),
    ],
)
def test_a_payload_too_large_to_write_is_not_written(reader: Any, writer: Any, words: str) -> None:  # noqa: ANN401 - any JSON values
    (one,) = related(reader, writer).mismatches
    assert one.witness is not None
    assert words in one.witness.observed


def test_a_union_with_a_huge_branch_has_payloads_without_it() -> None:
    huge = {"type": "fixed", "name": "F", "size": 2**31 - 1}
    values = cover(parsed(["null", huge, {"type": "array", "items": "F"}]))
    assert [value.value for value in values] == [None, []]


def test_a_cyclic_value_is_refused() -> None:
    """Values that callers hand over need not be trees."""
    cyclic: dict[str, Any] = {"type": "array"}
    cyclic["items"] = cyclic
    with pytest.raises(SchemaError, match="nests deeper") as caught:
        parsed(cyclic)
    assert len(str(caught.value)) < 200


@pytest.mark.slow
def test_many_mismatches_end_in_bounded_time() -> None:
    """The first mismatches have payloads and fixes; all of them are told."""
    wide = {"type": "record", "name": "R", "fields": [{"name": f"f{index}", "type": "string"} for index in range(5000)]}
    explanation = related(wide, {"type": "record", "name": "R", "fields": []})
    assert len(explanation.mismatches) == 5000
    assert all(one.witness is not None for one in explanation.mismatches)


@pytest.mark.slow
def test_mutually_recursive_types_are_explained_without_growing_exponentially() -> None:
    """Each of 24 types may be reached through every other one; as a tree that is 2**24 causes."""

    def graph(leaf: str) -> Any:  # noqa: ANN401 - a JSON value
        names = [f"R{index}" for index in range(24)]
        nullable = [{"name": name.lower(), "type": ["null", name]} for name in names]
        return [{"type": "record", "name": name, "fields": [*nullable, {"name": "x", "type": leaf}]} for name in names]

    def size(finding: Finding) -> int:
        return 1 + sum(size(cause) for cause in finding.because)

    findings = compare(reader=graph("int"), writer=graph("long"), format="avro", witnesses=False).findings
    assert len(findings) == 24
    assert max(size(finding) for finding in findings) <= MOST_CAUSES + 1
    assert all(finding.because for finding in findings)


def test_a_cycle_of_aliases_is_harmless() -> None:
    schema = [
        {"type": "record", "name": "A", "aliases": ["B"], "fields": []},
        {"type": "record", "name": "B", "aliases": ["A"], "fields": []},
    ]
    assert registry_verdict(schema, schema) is Verdict.COMPATIBLE


def test_a_compatible_check_does_not_import_the_decoder() -> None:
    """Start-up is a promise: fastavro is loaded for witnesses only."""
    program = (
        "import sys\n"
        "from evtcompat.formats.avro.format import AVRO\n"
        "from evtcompat.formats.base import Options\n"
        "from evtcompat.model.documents import Document, NoReferences\n"
        "engine = AVRO\n"
        "schema = engine.parse(Document({'type': 'record', 'name': 'R', 'fields': []}), NoReferences())\n"
        "assert not engine.compare(schema, schema, Options()).explanation().mismatches\n"
        "assert 'fastavro' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": str(ROOT / "compat")})


def test_parse_takes_only_its_own_schemas() -> None:
    with pytest.raises(TypeError):
        ENGINE.lint(type("Other", (), {"documents": {}})())
    assert ENGINE.parse(Document("int"), NoReferences()).documents == {}


NOTED: Any = {"type": "enum", "name": "E", "symbols": ["A"]}


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ([{"name": "n", "type": ["null", "R"], "default": {"n": None}}], True),
        ([{"name": "n", "type": ["null", "R"], "default": None}], False),
        ([{"name": "n", "type": {"type": "array", "items": "R"}, "default": [{}]}], True),
        ([{"name": "n", "type": {"type": "array", "items": "R"}, "default": []}], False),
        ([{"name": "n", "type": [{"type": "map", "values": "int"}, "R"], "default": {"a": 1}}], False),
        ([{"name": "n", "type": ["R", {"type": "map", "values": "int"}], "default": {"a": 1}}], True),
        ([{"name": "v", "type": "E", "default": "A"}, {"name": "w", "type": NOTED}], True),
        ([{"name": "w", "type": NOTED}, {"name": "v", "type": "E", "default": "A"}], False),
        ([{"name": "v", "type": ["string", "E"], "default": "A"}, {"name": "w", "type": NOTED}], False),
    ],
)
def test_a_registry_refuses_a_value_of_a_type_that_is_not_finished(fields: list[Any], *, refused: bool) -> None:
    """As Avro Java 1.12 does: a field is made before the record around it, and before what is defined after it."""
    rejection = ENGINE.rejection(parsed({"type": "record", "name": "R", "fields": fields}))
    assert (rejection is not None) == refused


def ahead(count: int) -> Any:  # noqa: ANN401 - any JSON value
    """A flat union of records, each of which refers to the next."""
    links = [
        {"type": "record", "name": f"R{index}", "fields": [{"name": "a", "type": ["null", f"R{index + 1}"]}]}
        for index in range(count)
    ]
    return [*links, {"type": "record", "name": f"R{count}", "fields": []}]


def test_names_used_ahead_do_not_count_as_nesting() -> None:
    """The schema nests five deep, however long the chain is; Avro Java takes it."""
    assert related(ahead(150), ahead(150)).mismatches == ()


def test_a_chain_of_names_used_ahead_is_bounded() -> None:
    with pytest.raises(SchemaError, match="chain of more than 500 types"):
        parsed(ahead(600))
