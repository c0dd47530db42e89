"""Pairs that the registry's rules allow and a real decoder does not read: each is incompatible, for the reason named.

What the decoders do was seen on Avro Java 1.12.0 and 1.12.1 (both of its readers) and on fastavro 1.13; beside most
rows stands a near miss that they read.
"""

from __future__ import annotations

import copy
import io
from typing import Any

import fastavro
import pytest

from evtcompat import Verdict
from evtcompat.formats.base import Options
from evtcompat.model.patches import apply_patch
from evtcompat.model.witnesses import WitnessKind
from formats.avro.comparing import ENGINE, errors, parsed, registry_verdict, related


def record(name: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {"type": "record", "name": name, "fields": list(fields), **more}


def field(name: str, type_: Any, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {"name": name, "type": type_, **more}


def array(items: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {"type": "array", "items": items}


def named_fixed(name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {"type": "fixed", "name": name, "size": 2, **more}


TAGS = array("string")
ENUM: Any = {"type": "enum", "name": "N", "symbols": ["A"]}
NODE: Any = record("N", field("q", "int"))
HOLLOW: Any = record("Z", field("k", "int"))
FIXED: Any = {"type": "fixed", "name": "b.T", "size": 2}

#: the law, the rule, the reader, the writer
PAIRS: tuple[tuple[str, str, Any, Any], ...] = (
    (
        "fastavro compares a fixed with the type of the branch that it takes by short name",
        "wrong-union-branch",
        [
            record("E", field("old", array("string"))),
            record("a.E", field("old", FIXED), field("z", "int", default=1)),
        ],
        [record("E", field("old", array("string"))), record("a.E", field("old", FIXED))],
    ),
    (
        "fastavro takes a reader's reference for a definition when it puts an enum into a union",
        "named-type-defined-elsewhere",
        record("R", field("n", ENUM, default="A"), field("f", ["null", "N"])),
        record("R", field("f", ENUM)),
    ),
    (
        "and a writer's reference for a name when the reader defines the enum there",
        "named-type-defined-elsewhere",
        record("R", field("f", ["null", ENUM])),
        record("R", field("old", ENUM), field("f", "N")),
    ),
    (
        "so it does with a record inside an array",
        "named-type-defined-elsewhere",
        record("R", field("n", ["null", NODE], default=None), field("f", array(["null", "N"]))),
        record("R", field("f", array(NODE))),
    ),
    (
        "and with a fixed that the writer refers to",
        "named-type-defined-elsewhere",
        record("R", field("f", ["null", FIXED])),
        record("R", field("old", FIXED), field("f", "b.T")),
    ),
    (
        "and in a branch of the root",
        "named-type-defined-elsewhere",
        [record("S", field("e", ENUM)), "N"],
        ENUM,
    ),
    (
        "and below a branch of another union",
        "named-type-defined-elsewhere",
        record("R", field("u", ["null", record("S", field("n", ENUM, default="A"), field("f", ["null", "N"]))])),
        record("R", field("u", ["null", record("S", field("f", ENUM))])),
    ),
    (
        "Avro Java checks the writer's defaults against the names that aliases give to nested fields",
        "writer-default-refused",
        record(
            "O", field("a", record("S", field("new", "int", aliases=["old"])), default={"new": 1}), field("b", "long")
        ),
        record("O", field("a", record("S", field("old", "int")), default={"old": 1}), field("b", "int")),
    ),
    (
        "and so in the items of a default",
        "writer-default-refused",
        record("O", field("a", array(record("S", field("new", "int", aliases=["old"]))), default=[])),
        record("O", field("a", array(record("S", field("old", "int"))), default=[{"old": 1}])),
    ),
    (
        "it cannot check a default that is a value of the record that it is copying",
        "writer-default-refused",
        record("R", field("n", array("R"), default=[{"n": []}]), field("k", "int", default=1), aliases=["q.Z"]),
        record("R", field("n", array("R"), default=[{"n": []}])),
    ),
    (
        "it applies aliases of fields twice, so that a chain of them makes two fields one",
        "alias-renames-too-much",
        record(
            "E",
            field("f", record("F", field("y", "int", aliases=["old"]), field("x", "int", aliases=["y"], default=0))),
        ),
        record("E", field("f", record("F", field("old", "int"), field("x", "int")))),
    ),
    (
        "and aliases of types",
        "alias-renames-too-much",
        [named_fixed("a.R2", aliases=[".R2"]), named_fixed("E", aliases=["a.R2"]), "int"],
        [named_fixed("R2"), named_fixed("E")],
    ),
    (
        "of two types with one alias the last that is used has it, though it is defined before",
        "alias-renames-too-much",
        record(
            "R",
            field("d", named_fixed("N", aliases=["M"])),
            field("c", named_fixed("Y", aliases=["M"])),
            field("e", "N"),
        ),
        record("R", field("d", named_fixed("N")), field("c", named_fixed("M")), field("e", "N")),
    ),
    (
        "so that two branches of a union get one name",
        "alias-renames-too-much",
        record(
            "R",
            field("u", [named_fixed("N", aliases=["M"]), named_fixed("Y", aliases=["M"])]),
            field("e", "N"),
        ),
        record("R", field("u", [named_fixed("N"), named_fixed("M")]), field("e", "N")),
    ),
    (
        "and a type is renamed away by the second time",
        "alias-renames-too-much",
        record(
            "com.x.R1",
            field("m", array(named_fixed("b.S", aliases=["a.S"]))),
            field("k", "int", default=1),
            aliases=["b.S"],
        ),
        record("com.x.R1", field("m", array(named_fixed("a.S")))),
    ),
    (
        "and the second time comes where only a property of the writer's differs after the first",
        "alias-renames-too-much",
        record("com.x.R1", field("m", array(named_fixed("b.S", aliases=["a.S"]))), aliases=["b.S"]),
        record("com.x.R1", field("m", array(named_fixed("a.S"))), team="x"),
    ),
    (
        "aliases apply where only a property of a plain type differs",
        "alias-renames-too-much",
        [record("S", field("x", "string")), named_fixed("T", aliases=["S"])],
        [record("S", field("x", {"type": "string", "avro.java.string": "String"})), named_fixed("T")],
    ),
    (
        "Avro Java builds a wrong default of a branch that it tries, although a field before it does not match",
        "wrong-union-branch",
        [record("M", field("a", "string"), field("z", HOLLOW, default={})), record("q.N", field("a", "int"))],
        record("r.N", field("a", "int")),
    ),
    (
        "and one below the fields of that branch",
        "wrong-union-branch",
        [
            record("M", field("i", record("I", field("a", "string"), field("z", HOLLOW, default={})))),
            record("q.N", field("i", record("q.I", field("a", "int")))),
        ],
        record("r.N", field("i", record("r.I", field("a", "int")))),
    ),
    (
        "Avro Java 1.12.1 fails to fill a union with an empty array",
        "empty-array-default-in-union",
        record("R", field("tags", [TAGS, "null"], default=[])),
        record("R"),
    ),
    (
        "and so it does when the array is not the first branch",
        "empty-array-default-in-union",
        record("R", field("tags", ["null", TAGS], default=[])),
        record("R"),
    ),
    (
        "and when the array is the only branch",
        "empty-array-default-in-union",
        record("R", field("tags", [TAGS], default=[])),
        record("R"),
    ),
    (
        "and inside a branch of another union",
        "empty-array-default-in-union",
        record("R", field("u", ["null", record("N", field("a", "int"), field("tags", [TAGS, "null"], default=[]))])),
        record("R", field("u", ["null", record("N", field("a", "int"))])),
    ),
    (
        "it takes the last of the branches that share the writer's short name",
        "empty-array-default-in-union",
        [record("p.N", field("a", "int")), record("q.N", field("a", "int"), field("tags", [TAGS], default=[]))],
        record("r.N", field("a", "int")),
    ),
)

#: the law, the reader, the writer
READ: tuple[tuple[str, Any, Any], ...] = (
    (
        "a fixed of the same name reads a fixed in whichever branch is taken",
        [record("E", field("old", FIXED)), record("a.E", field("old", "b.T"), field("z", "int", default=1))],
        [record("E", field("old", FIXED)), record("a.E", field("old", "b.T"))],
    ),
    (
        "a fixed is read as what it is where a branch of another kind bears its name",
        record(
            "R", field("f", [{"type": "enum", "name": "a.T", "symbols": ["A"]}, FIXED]), field("z", "int", default=1)
        ),
        record("R", field("f", FIXED)),
    ),
    (
        "aliases rename nothing between schemas that are equal but for the default of an enum",
        record("b.R", field("f", {**ENUM, "name": "F", "namespace": ""}), aliases=[".F"]),
        record("b.R", field("f", {**ENUM, "name": "F", "namespace": "", "default": "A"}), aliases=[".F"]),
    ),
    (
        "a type may be put into a union where both sides define it",
        record("R", field("f", ["null", ENUM])),
        record("R", field("f", ENUM)),
    ),
    (
        "or where both refer to it",
        record("R", field("n", ENUM, default="A"), field("f", ["null", "N"])),
        record("R", field("n", ENUM), field("f", "N")),
    ),
    (
        "a writer's union tells the branch",
        record("R", field("n", ENUM, default="A"), field("f", ["null", "N"])),
        record("R", field("f", ["null", ENUM])),
    ),
    (
        "a fixed may be referred to by the reader",
        record("R", field("n", FIXED, default="ab"), field("f", ["null", "b.T"])),
        record("R", field("f", FIXED)),
    ),
    (
        "a nested field that has a default may be renamed below a default of the writer",
        record("O", field("a", record("S", field("new", "int", aliases=["old"], default=3)), default={"new": 1})),
        record("O", field("a", record("S", field("old", "int", default=2)), default={"old": 1})),
    ),
    (
        "a default may be a value of a record that is copied already",
        record(
            "T",
            field("s", record("S", field("m", "int")), default={"m": 1}),
            field("l", array("S"), default=[{"m": 2}]),
            field("k", "int", default=1),
            aliases=["q.Z"],
        ),
        record(
            "T",
            field("s", record("S", field("m", "int")), default={"m": 1}),
            field("l", array("S"), default=[{"m": 2}]),
        ),
    ),
    (
        "without aliases nothing is copied",
        record("R", field("n", array("R"), default=[{"n": []}]), field("k", "int", default=1)),
        record("R", field("n", array("R"), default=[{"n": []}])),
    ),
    (
        "aliases are not applied again when the first time has made the writer's schema the reader's",
        record("R", field("x", "int", aliases=["old"]), field("y", "int", aliases=["x"])),
        record("R", field("old", "int"), field("y", "int")),
    ),
    (
        "Avro Java builds some wrong defaults, of a fixed of another size for one",
        [record("M", field("a", "int"), field("z", FIXED, default="abc")), record("q.N", field("a", "int"))],
        record("r.N", field("a", "int")),
    ),
    (
        "schemas that only write their names differently are equal, so that no alias is applied",
        {
            "type": "record",
            "name": "p.R",
            "fields": [field("n", ["null", "p.R"], default={"n": None}), field("k", "int", aliases=["j"])],
        },
        {
            "type": "record",
            "name": "R",
            "namespace": "p",
            "fields": [field("n", ["null", "R"], default={"n": None}), field("k", "int", aliases=["j"])],
        },
    ),
    ("a plain array may be empty by default", record("R", field("tags", TAGS, default=[])), record("R")),
    ("a union may be a full array by default", record("R", field("tags", [TAGS, "null"], default=["a"])), record("R")),
    (
        "a union may be an empty map by default",
        record("R", field("m", [{"type": "map", "values": "int"}, "null"], default={})),
        record("R"),
    ),
    (
        "an empty array is not built where the writer has the field",
        record("R", field("tags", [TAGS, "null"], default=[]), field("a", "long")),
        record("R", field("tags", [TAGS, "null"], default=[]), field("a", "int")),
    ),
    (
        "an empty array inside another default is built otherwise",
        record("R", field("n", record("N", field("tags", [TAGS, "null"], default=[])), default={})),
        record("R"),
    ),
    (
        "an alias brings the writer's field",
        record("R", field("tags", [TAGS, "null"], default=[], aliases=["labels"])),
        record("R", field("labels", TAGS)),
    ),
)


@pytest.mark.parametrize(("rule", "reader", "writer"), [row[1:] for row in PAIRS], ids=[row[0] for row in PAIRS])
def test_what_a_decoder_refuses_is_incompatible(rule: str, reader: Any, writer: Any) -> None:  # noqa: ANN401 - any JSON values
    explanation = related(reader, writer)
    assert registry_verdict(reader, writer) is Verdict.COMPATIBLE
    assert {one.rule for one in errors(explanation)} == {rule}
    for one in errors(explanation):
        assert one.facts["observed"]
        assert one.witness is not None
        if one.facts["decoder"] == "fastavro":
            assert one.witness.kind is WitnessKind.REFUSED
    answer = ENGINE.compare(parsed(reader), parsed(writer), Options(witnesses=False))
    assert answer.verdict is not None
    assert answer.verdict is Verdict.INCOMPATIBLE


@pytest.mark.parametrize(("reader", "writer"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_a_near_miss_is_read(reader: Any, writer: Any) -> None:  # noqa: ANN401 - any JSON values
    explanation = related(reader, writer)
    assert registry_verdict(reader, writer) is Verdict.COMPATIBLE
    assert errors(explanation) == []


def test_every_empty_array_is_placed_at_its_field() -> None:
    reader = record("R", *[field(name, [TAGS, "null"], default=[]) for name in "abc"])
    found = [one for one in related(reader, record("R")).mismatches if one.rule == "empty-array-default-in-union"]
    assert [one.reader.names for one in found] == ["R.a", "R.b", "R.c"]


@pytest.mark.parametrize("union", [[TAGS, "null"], ["null", TAGS], [TAGS]])
def test_the_fix_of_an_empty_array_leaves_nothing_wrong(union: Any) -> None:  # noqa: ANN401 - any JSON value
    reader: Any = record("R", field("tags", union, default=[]))
    (found,) = errors(related(reader, record("R")))
    assert found.fix is not None
    mended = related(apply_patch(reader, [dict(step) for step in found.fix.patch]), record("R"))
    assert mended.mismatches == ()


def test_an_alias_without_a_namespace_is_a_short_name_to_fastavro() -> None:
    """It compares aliases as the document writes them; the documents themselves are given to it here."""
    reader: Any = [
        record("a.F", field("z", "int"), aliases=["S"]),
        record("S", field("y", "int"), field("k", "int", default=1)),
    ]
    writer: Any = [record("a.F", field("z", "int"), aliases=["S"]), record("S", field("y", "int"))]
    with pytest.raises(Exception, match="No default value for field z"):
        fastavro.schemaless_reader(io.BytesIO(b"\x02\x00"), copy.deepcopy(writer), copy.deepcopy(reader))
    assert [one.rule for one in errors(related(reader, writer))] == ["wrong-union-branch"]
    answer = ENGINE.compare(parsed(reader), parsed(writer), Options(witnesses=False))
    assert answer.verdict is not None
    assert answer.verdict is Verdict.INCOMPATIBLE
