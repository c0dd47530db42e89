"""Schemas whose names are defined in other documents: what Avro Java and fastavro make of them.

fastavro is given such documents in two ways: written out where a type is first used (`fastavro.schema.load_schema`), or
one by one as named schemas, which is how Confluent's Python client does it. A pair is compatible when both are read.
"""

from __future__ import annotations

import copy
import io
from typing import Any

import fastavro
import pytest

from evtcompat.errors import ReferenceMissingError, SchemaError
from evtcompat.formats.avro.limits import MAX_NESTING
from evtcompat.formats.avro.payloads import codec
from evtcompat.formats.avro.payloads.decoder_errors import NotAskedError
from evtcompat.formats.avro.types import AvroSchema
from evtcompat.formats.base import Options
from evtcompat.model.documents import Document, FunctionReferences
from evtcompat.model.mismatches import Explanation
from evtcompat.model.verdicts import Verdict
from evtcompat.model.witnesses import WitnessKind
from formats.avro.comparing import ENGINE, errors, rules

ENUM: Any = {"type": "enum", "name": "p.N", "symbols": ["A"]}
FIXED: Any = {"type": "fixed", "name": "p.N", "size": 1}
RECORD: Any = {"type": "record", "name": "p.N", "fields": [{"name": "a", "type": "int"}]}


def order(type_: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {"type": "record", "name": "p.Order", "fields": [{"name": "f", "type": type_}]}


def parsed(value: Any, *others: dict[str, Any], named: bool = True) -> AvroSchema:  # noqa: ANN401 - any JSON values
    """The schema of a document that refers to others, by the full names that those define."""
    documents = {
        other["name"]: Document(other, f"{other['name']}.avsc" if named else None) for other in copy.deepcopy(others)
    }
    return ENGINE.parse(Document(copy.deepcopy(value)), FunctionReferences(documents.get))


def given(documents: list[Any]) -> AvroSchema:
    """The schema of documents, the main one last."""
    *others, main = documents
    return parsed(main, *others)


def related(reader: AvroSchema, writer: AvroSchema) -> Explanation:
    """The explanation, which agrees with the short answer."""
    found = ENGINE.compare(reader, writer, Options(witnesses=False))
    explanation = ENGINE.compare(reader, writer, Options(witnesses=True)).explanation()
    if found.verdict is not None:
        assert (found.verdict is Verdict.INCOMPATIBLE) == bool(errors(explanation))
    return explanation


def registry_verdict(reader: AvroSchema, writer: AvroSchema) -> Verdict:
    return ENGINE.compare(reader, writer, Options(witnesses=False)).registry_answer()


def read_apart(reader: Any, writer: Any, payload: bytes) -> object:  # noqa: ANN401 - documents, the main one last
    """What fastavro reads where documents are named schemas."""
    ready: list[Any] = []
    for *others, main in (writer, reader):
        named: dict[str, Any] = {}
        for other in others:
            fastavro.parse_schema(copy.deepcopy(other), named_schemas=named)
        ready.append(fastavro.parse_schema(copy.deepcopy(main), named_schemas=named))
    return fastavro.schemaless_reader(io.BytesIO(payload), ready[0], ready[1])


@pytest.mark.parametrize(("type_", "payload"), [(ENUM, b"\0"), (FIXED, b"\0"), (RECORD, b"\0")])
@pytest.mark.parametrize("referring", ["reader", "writer", "both"])
def test_a_type_put_into_a_union_is_defined_in_the_same_place_on_both_sides(
    type_: Any,  # noqa: ANN401 - any JSON value
    payload: bytes,
    referring: str,
) -> None:
    """A name and a definition are confused where one side refers to another document and the other does not."""
    reader: list[Any] = [type_, order(["null", "p.N"])] if referring != "writer" else [order(["null", type_])]
    writer: list[Any] = [type_, order("p.N")] if referring != "reader" else [order(type_)]
    explanation = related(given(reader), given(writer))
    try:
        read_apart(reader, writer, payload)
    except TypeError:
        assert rules(explanation) == ["named-type-defined-elsewhere"]
        witness = explanation.mismatches[0].witness
        assert witness is not None
        assert (witness.kind, witness.payload) == (WitnessKind.REFUSED, payload)
    else:
        assert referring == "both" or (referring == "reader" and type_ is FIXED)
        assert explanation.mismatches == ()
    assert registry_verdict(given(reader), given(writer)) is Verdict.COMPATIBLE


def two_of_one_name(inner: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    own = {"type": "record", "name": "S", "namespace": "", "fields": [{"name": "y", "type": "int"}]}
    return order(["null", inner, own])


@pytest.mark.parametrize("named", [True, False], ids=["with origins", "without"])
def test_schemas_are_resolved_when_their_documents_differ(*, named: bool) -> None:
    """Written out they are the same, which fastavro would not resolve; document by document they are not."""
    inner: Any = {"type": "record", "name": "b.S", "fields": [{"name": "x", "type": "int"}]}
    reader, writer = two_of_one_name("b.S"), two_of_one_name(inner)
    with pytest.raises(fastavro.read.SchemaResolutionError, match="No default value"):
        read_apart([inner, reader], [writer], b"\4\0")
    explanation = related(parsed(reader, inner, named=named), parsed(writer))
    assert rules(explanation) == ["union-branches-share-name", "wrong-union-branch"]
    wrong = next(one for one in explanation.mismatches if one.rule == "wrong-union-branch")
    assert wrong.witness is not None
    assert (wrong.witness.kind, wrong.witness.payload) == (WitnessKind.REFUSED, b"\4\0")
    same = related(parsed(reader, inner, named=named), parsed(reader, inner, named=named))
    assert rules(same) == ["union-branches-share-name"]


@pytest.mark.parametrize("named", [True, False], ids=["with origins", "without"])
def test_a_change_in_a_referenced_document_is_seen(*, named: bool) -> None:
    """Both sides are the same document; what it refers to is not."""
    old: Any = {"type": "record", "name": "p.N", "fields": [{"name": "a", "type": ["null", "string"]}]}
    new: Any = {"type": "record", "name": "p.N", "fields": [{"name": "a", "type": ["null", "string", "long"]}]}
    explanation = related(parsed(order("p.N"), old, named=named), parsed(order("p.N"), new, named=named))
    assert [one.rule for one in errors(explanation)] == ["missing-union-branch"]


def test_aliases_apply_when_properties_of_documents_differ() -> None:
    """Avro Java compares schemas with their properties before it applies aliases: two branches get one name."""
    enum: Any = {"type": "enum", "name": "p.T", "symbols": ["A"], "aliases": ["p.S"]}
    plain: Any = {"type": "record", "name": "p.S", "fields": [{"name": "x", "type": "string"}]}
    marked: Any = copy.deepcopy(plain)
    marked["fields"][0]["type"] = {"type": "string", "avro.java.string": "String"}
    same = related(parsed([enum, "p.S"], plain), parsed([enum, "p.S"], plain))
    assert errors(same) == []
    explanation = related(parsed([enum, "p.S"], plain), parsed([enum, "p.S"], marked))
    assert [one.rule for one in errors(explanation)] == ["alias-renames-too-much"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(
            {"type": "enum", "name": "N", "namespace": "p", "symbols": ["A"]},
            {"type": "enum", "name": "p.N", "symbols": ["A"]},
            id="the namespace",
        ),
        pytest.param(
            {"type": "record", "name": "p.N", "fields": [{"name": "a", "type": "int"}]},
            {"type": "record", "name": "p.N", "fields": [{"name": "a", "type": {"type": "int"}, "doc": "A."}]},
            id="a plain type",
        ),
        pytest.param(
            {"type": "record", "name": "p.N", "fields": [{"name": "next", "type": ["null", "N"]}]},
            {"type": "record", "name": "p.N", "fields": [{"name": "next", "type": ["null", "p.N"]}]},
            id="itself",
        ),
        pytest.param(
            {"type": "record", "name": "p.N", "fields": [{"name": "a", "type": {**ENUM, "name": "p.E"}}]},
            {"type": "record", "name": "p.N", "fields": [{"name": "a", "type": "E"}]},
            id="what is known by then",
        ),
    ],
)
def test_a_second_definition_that_means_the_same_is_told_and_compared(first: Any, second: Any) -> None:  # noqa: ANN401 - any JSON value
    """Avro Java compares types and not their texts where two documents define one name; Python's decoders refuse it."""
    other = {"type": "record", "name": "p.Other", "fields": [{"name": "n", "type": second}]}
    main = {**order(first), "fields": [{"name": "f", "type": first}, {"name": "g", "type": "p.Other"}]}
    schema = parsed(main, other)
    assert registry_verdict(schema, parsed(order(first))) is Verdict.INCOMPATIBLE
    (one,) = related(parsed(order(first)), schema).mismatches
    (alone,) = ENGINE.lint(schema)
    assert one.rule == alone.rule == "type-defined-twice"
    assert (alone.facts["first"], alone.facts["second"]) == ("Order.f in another document", "Other.n")


@pytest.mark.parametrize(
    "second",
    [
        pytest.param({"type": "enum", "name": "p.N", "symbols": ["A", "B"]}, id="a symbol"),
        pytest.param({"type": "enum", "name": "N", "namespace": "p", "symbols": ["A"], "owner": "x"}, id="a property"),
        pytest.param({"type": "fixed", "name": "N", "namespace": "p", "size": 1}, id="the kind"),
    ],
)
def test_a_type_is_not_defined_twice_differently(second: Any) -> None:  # noqa: ANN401 - any JSON value
    """That is refused, as Avro Java refuses to redefine a name."""
    main = {**order(ENUM), "fields": [{"name": "f", "type": ENUM}, {"name": "g", "type": "p.Other"}]}
    with pytest.raises(SchemaError, match="defined twice, differently"):
        parsed(main, {"type": "record", "name": "p.Other", "fields": [{"name": "n", "type": second}]})


def test_a_name_in_a_namespace_means_the_one_of_another_document() -> None:
    """It stands for a type without a namespace where no document defines it in the namespace, as in Avro Java."""
    plain: Any = {"type": "fixed", "name": "N", "namespace": "", "size": 1}
    main: Any = order("N")
    main["fields"].insert(0, {"name": "e", "type": plain})
    far: Any = order(["null", "N"])
    far["fields"].insert(0, {"name": "e", "type": ["null", plain]})
    inline: Any = {**main, "fields": [main["fields"][0], {"name": "f", "type": ENUM}]}
    assert registry_verdict(parsed(main, ENUM), parsed(inline)) is Verdict.COMPATIBLE
    assert registry_verdict(parsed(main), parsed(inline)) is Verdict.INCOMPATIBLE
    assert registry_verdict(parsed(far, ENUM), parsed(inline)) is Verdict.COMPATIBLE
    assert registry_verdict(parsed(far), parsed(inline)) is Verdict.INCOMPATIBLE


@pytest.mark.parametrize("fresh", [False, True], ids=["the same document", "another copy of it"])
def test_a_document_may_be_needed_again_while_it_is_read(*, fresh: bool) -> None:
    """A document's second type is used by what its first refers to; a caller may hand out a copy at each question."""
    pair: Any = [
        {"type": "record", "name": "p.Y", "fields": [{"name": "z", "type": ["null", "p.Z"]}]},
        {"type": "record", "name": "p.X", "fields": [{"name": "q", "type": "int"}]},
    ]
    values = {
        "p.Y": pair,
        "p.X": pair,
        "p.Z": {"type": "record", "name": "p.Z", "fields": [{"name": "x", "type": "p.X"}]},
    }
    documents = {name: Document(value, f"{name}.avsc") for name, value in values.items()}

    def lookup(name: str) -> Document | None:
        return copy.deepcopy(documents.get(name)) if fresh else documents.get(name)

    schema = ENGINE.parse(Document(order("p.Y")), FunctionReferences(lookup))
    assert set(schema.names) == {"p.Order", "p.Y", "p.X", "p.Z"}
    assert related(schema, schema).mismatches == ()


@pytest.mark.parametrize(
    "documents",
    [
        pytest.param({"p.N": "p.N"}, id="its own name"),
        pytest.param({"p.N": ["null", "p.K"], "p.K": {"type": "array", "items": "p.N"}}, id="each other's"),
    ],
)
def test_documents_that_only_name_each_other_define_nothing(documents: dict[str, Any]) -> None:
    """They are refused as any document that does not define the name that it was found for."""
    found = {name: Document(value, f"{name}.avsc") for name, value in documents.items()}
    with pytest.raises(ReferenceMissingError, match="does not define it"):
        ENGINE.parse(Document(order("p.N")), FunctionReferences(found.get))


def test_a_union_at_the_root_may_read_what_refers_to_other_documents() -> None:
    """Only documents that refer to others have to be objects to be given to fastavro one by one."""
    reader: Any = ["null", order(["null", RECORD])]
    explanation = related(parsed(reader), parsed(order("p.N"), RECORD))
    assert rules(explanation) == ["named-type-defined-elsewhere"]
    with pytest.raises(TypeError):
        read_apart([reader], [RECORD, order("p.N")], b"\0")


def test_unions_that_differ_in_a_property_are_read() -> None:
    """The difference that makes fastavro resolve them is put where nothing is only a name."""
    reader: Any = [order({"type": "array", "items": RECORD}), "p.N"]
    writer: Any = [{**reader[0], "owner": "x"}, "p.N"]
    assert codec.decode(parsed(writer), b"\0\0", parsed(reader)) == {"f": []}
    assert codec.decode(parsed(["int", "null"]), b"\0\2", parsed(["int", {"type": "null"}])) == 1


@pytest.mark.parametrize("documents", [1, 2, 6])
def test_documents_are_given_apart_however_deep_each_nests_and_not_beyond_any_stack(documents: int) -> None:
    """The decoder recurses without a check, and a crash of the process is no answer."""

    def part(name: str, leaf: Any) -> Any:  # noqa: ANN401 - any JSON value
        for _ in range(MAX_NESTING - 10):
            leaf = {"type": "array", "items": leaf}
        return {"type": "record", "name": name, "fields": [{"name": "a", "type": leaf}]}

    others = [part(f"p.N{index}", "int") for index in range(documents)]
    known = {other["name"]: Document(other, other["name"]) for other in others}
    schema = ENGINE.parse(Document(order([other["name"] for other in others])), FunctionReferences(known.get))
    if documents < 6:
        codec.decode_apart(schema, b"\0\0", schema)
    else:
        with pytest.raises(NotAskedError, match="nests deeper than 5000"):
            codec.decode_apart(schema, b"\0\0", schema)
