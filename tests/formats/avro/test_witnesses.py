"""The evidence of a finding proves that finding, whatever else differs between the two schemas."""

from __future__ import annotations

import copy
import io
from decimal import Decimal
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat.errors import SchemaError
from evtcompat.formats.avro.payloads import codec, fastavro_schemas
from evtcompat.formats.avro.payloads.decoder_errors import CodecError, with_names
from evtcompat.formats.avro.types import AvroSchema
from evtcompat.model.witnesses import Witness, WitnessKind
from formats.avro.comparing import errors, parsed, related
from formats.avro.hostile_pairs import hostile_pair
from formats.avro.random_pairs import pair
from reference_data import reference_rows


def record(*fields: dict[str, Any], name: str = "R", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {"type": "record", "name": name, "fields": list(fields), **more}


def field(name: str, type_: Any, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {"name": name, "type": type_, **more}


def enum(*symbols: str, name: str = "E", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {"type": "enum", "name": name, "symbols": list(symbols), **more}


def witnesses(reader: Any, writer: Any) -> dict[str, Witness]:  # noqa: ANN401 - any JSON value
    """The witness of each mismatch, by rule and field."""
    return {
        f"{one.rule} {one.reader.names.rpartition('.')[2]}": one.witness
        for one in related(reader, writer).mismatches
        if one.witness is not None
    }


#: Two differences each, and what the decoder says of either.
TWO: tuple[tuple[Any, Any, dict[str, str]], ...] = (
    (
        record(field("a", "string"), field("new", "int")),
        record(field("a", "int")),
        {
            "type-mismatch a": "int is not string",
            "reader-field-missing-default-value new": "No default value for field new in R",
        },
    ),
    (
        record(field("x", "int"), field("y", "int")),
        record(),
        {
            "reader-field-missing-default-value x": "No default value for field x",
            "reader-field-missing-default-value y": "No default value for field y",
        },
    ),
    (
        record(field("e", enum("A")), field("f", {"type": "fixed", "name": "F", "size": 2})),
        record(field("e", enum("A", "B")), field("f", {"type": "fixed", "name": "F", "size": 3})),
        {"missing-enum-symbols e": "B not found in reader symbol list E", "fixed-size-mismatch f": "size is different"},
    ),
    (
        record(field("a", "long"), name="S"),
        record(field("a", "string")),
        {"name-mismatch S": "record R is not record S", "type-mismatch a": "string is not long"},
    ),
    (
        record(field("u", ["null", record(field("p", "int"), name="Line")]), field("n", "int", default="0")),
        record(field("u", ["null", record(field("p", "string"), name="Line")])),
        {"missing-union-branch u": "string is not int", "invalid-reader-default n": "Default value <0>"},
    ),
    (
        record(field("b", "string"), field("c", "string")),
        record(field("b", "bytes"), field("c", "boolean")),
        {"bytes-read-as-string b": "utf-8", "type-mismatch c": "boolean is not string"},
    ),
)


@pytest.mark.parametrize(("reader", "writer", "words"), TWO)
def test_each_of_two_differences_is_refused_in_words_of_its_own(
    reader: Any,  # noqa: ANN401 - any JSON value
    writer: Any,  # noqa: ANN401 - any JSON value
    words: dict[str, str],
) -> None:
    found = witnesses(reader, writer)
    assert found.keys() == words.keys()
    for key, part in words.items():
        assert found[key].kind is WitnessKind.REFUSED
        assert part.lower() in found[key].observed.lower(), key


def test_a_warning_is_not_refused_because_of_an_error_beside_it() -> None:
    """What is lost of a value is shown, though the decoder refuses the whole payload over the names."""
    reader = record(field("x", "float"), field("e", enum("A", default="A")), name="S")
    writer = record(field("x", "long"), field("e", enum("A", "B")))
    found = witnesses(reader, writer)
    assert found["name-mismatch S"].kind is WitnessKind.REFUSED
    assert found["number-precision-lost x"].kind is WitnessKind.MISREAD
    assert "read as 9007199254740992" in found["number-precision-lost x"].observed
    assert found["enum-symbol-defaulted e"].kind is WitnessKind.MISREAD
    lost = (found["number-precision-lost x"], found["enum-symbol-defaulted e"])
    assert all("of this difference by itself" in one.observed for one in lost), "fastavro refuses the payload whole"


def test_one_difference_needs_no_explanation_how_it_was_tried() -> None:
    (witness,) = witnesses(record(field("a", "string")), record(field("a", "int"))).values()
    assert "itself" not in witness.observed


def test_differences_in_other_branches_of_the_writer_do_not_stop_the_decoder() -> None:
    """The payload takes one branch; what differs in another one is not met."""
    found = witnesses(["null", "boolean"], ["null", "int", "string"])
    assert all("itself" not in witness.observed for witness in found.values())


@pytest.mark.slow
def test_incompatible_pairs_are_seen_to_fail_wherever_the_decoder_fails() -> None:
    """Where the decoder refuses the payload of an error, some error of the pair is seen to fail.

    It says nothing of a payload where it does not take the writer's schema as it is written.
    """
    met = 0
    cases = [(case["reader"], case["writer"]) for case in reference_rows("avro_generated.jsonl.gz")[::20]]
    for reader, writer in [*cases, *(pair(seed) for seed in range(150))]:
        try:
            schemas = parsed(reader), parsed(writer)
        except SchemaError:
            continue
        if codec.refused_as_written(schemas[1]) is not None:
            continue
        found = [one.witness for one in errors(related(reader, writer)) if one.witness is not None]
        if any(one.kind is not WitnessKind.RULE_ONLY for one in found):
            continue
        for one in found:
            if one.value is None and not one.payload:
                continue
            met += 1
            assert not refuses(*schemas, one.payload), (reader, writer, one)
    assert met


def refuses(reader: AvroSchema, writer: AvroSchema, payload: bytes) -> bool:
    """Whether the decoder was asked and refused."""
    try:
        codec.decode(writer, payload, reader)
    except CodecError as error:
        return error.refused
    return False


def test_a_pair_that_differs_only_in_what_decoding_ignores_is_resolved_all_the_same() -> None:
    """The decoder skips the resolution of equal documents; that the parts that count are equal is not enough."""
    union = field("a", {"type": "map", "values": ["null", "string", "bytes"]})
    reader, writer = record(union, version="2"), record(union, version="1")
    (one,) = errors(related(reader, writer))
    assert one.rule == "wrong-union-branch"
    assert one.witness is not None
    assert one.witness.kind is WitnessKind.REFUSED


#: Types whose name the reader's record has, in the writer's fields that one field of the reader matches.
NAMESAKES = [{"type": "fixed", "name": "A", "size": 1}, enum("s", name="A"), record(field("x", "string"), name="A")]


@pytest.mark.parametrize("type_", [*NAMESAKES, ["null", "C"]])
@pytest.mark.parametrize("name", ["A", "C"])
def test_no_difference_in_isolation_has_a_type_that_holds_itself(name: str, type_: Any) -> None:  # noqa: ANN401 - any JSON
    """The writer's record had the reader's name there, which its field's type had already: fastavro never came back."""
    reader = record(field("f", "long", aliases=["k"]), name=name)
    found = witnesses(reader, record(field("f", type_), field("k", "bytes"), name="C"))
    assert "KeyError: 'f'" in found["ambiguous-field-alias f"].observed
    assert "is not long" in found["type-mismatch f"].observed


def test_an_alias_that_is_a_field_of_the_reader_is_no_reason_to_refuse() -> None:
    """Of a schema whose field has the name of another as an alias fastavro fills both by their names."""
    both = [field("h", "int", aliases=["f"]), field("f", "int")]
    found = witnesses(record(*both, field("n", "string")), record(*both, field("n", "int")))
    assert found["ambiguous-field-alias h"].kind is WitnessKind.RULE_ONLY
    assert found["type-mismatch n"].kind is WitnessKind.REFUSED


def test_a_recursive_field_in_isolation_is_recursive() -> None:
    nodes = [field("next", ["null", "R"]), field("old", ["null", "R"])]
    found = witnesses(record(field("next", ["null", "R"], aliases=["old"])), record(*nodes))
    assert found["ambiguous-field-alias next"].observed == "KeyError: 'next'"
    missing = witnesses(record(field("next", ["null", "R"])), record())
    assert "No default value" in missing["reader-field-missing-default-value next"].observed


def test_fastavro_is_asked_about_the_names_and_aliases_that_are_written() -> None:
    """An alias without a namespace is one of its type's; fastavro goes by the letters."""
    alias = {"namespace": "x", "aliases": ["E"]}
    pairs = [
        (record(field("a", "int"), name="B", **alias), record(field("a", "int"), name="E"), b"\0"),
        (enum("s", name="B", **alias), enum("s", name="E"), b"\0"),
        ({"type": "fixed", "name": "B", "size": 1, **alias}, {"type": "fixed", "name": "E", "size": 1}, b"\0"),
    ]
    for reader, writer, payload in pairs:
        read = fastavro.schemaless_reader(io.BytesIO(payload), writer, reader)
        assert codec.decode(parsed(writer), payload, parsed(reader)) == read
        (witness,) = witnesses(reader, writer).values()
        assert witness.kind is WitnessKind.RULE_ONLY
        assert "does not refuse it" in witness.observed
    beside = witnesses(record(field("a", "string"), name="B", **alias), pairs[0][1])
    assert beside["name-mismatch B"].kind is WitnessKind.RULE_ONLY, "another difference is refused, and not this one"
    assert beside["type-mismatch a"].observed == "Schema mismatch: int is not string"


def test_a_record_that_is_read_as_another_branch_is_a_misread() -> None:
    first = record(field("k", "int", default=7), name="x.B")
    writer = record(field("g", [first, record(field("f", "int"), name="C")]))
    reader = record(field("g", [{**first, "aliases": ["C"]}, record(field("f", "string"), name="C")]))
    witness = witnesses(reader, writer)["missing-union-branch g"]
    assert fastavro.schemaless_reader(io.BytesIO(witness.payload), writer, reader) == {"g": {"k": 7}}
    assert (witness.kind, witness.observed) == (WitnessKind.MISREAD, 'written as {"f": 0}, read as {"k": 7}')


def test_what_the_reader_leaves_out_is_not_lost() -> None:
    """An alias that fastavro takes letter by letter has it read what the branch keeps."""
    branch = record(field("f", "int"), name="B", namespace="x", aliases=["E"])
    writer = ["null", record(field("f", "int"), field("g", "int"), name="E")]
    (witness,) = witnesses(["null", branch], writer).values()
    assert (witness.kind, witness.payload) == (WitnessKind.RULE_ONLY, b"\2\0\0")


def test_bytes_that_are_no_value_of_the_logical_type_are_told_with_what_fastavro_reads() -> None:
    writer = record(field("k", {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 1}))
    reader = record(field("k", {"type": "string", "logicalType": "uuid"}))
    (witness,) = witnesses(reader, writer).values()
    assert fastavro.schemaless_reader(io.BytesIO(witness.payload), writer, reader) == {"k": Decimal("-0.1")}
    assert witness.kind is WitnessKind.MISREAD
    assert witness.observed.startswith('decimal(4, 1) "-0.1" is no uuid: fastavro')


@pytest.mark.slow
@settings(max_examples=examples(2000), deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([pair, hostile_pair]))
def test_what_is_said_of_fastavro_is_true_of_the_schemas_as_they_are_written(seed: int, made: Any) -> None:  # noqa: ANN401
    """A payload that it is said to refuse, whole or for one difference by itself, is refused."""
    one, other = made(seed)
    for reader, writer in ((one, other), (other, one)):
        try:
            found = related(reader, writer).mismatches
        except SchemaError:
            continue
        for witness in [one.witness for one in found if one.witness and one.witness.kind is WitnessKind.REFUSED]:
            with pytest.raises(Exception):  # noqa: B017, PT011 - a decoder may raise anything
                fastavro.schemaless_reader(io.BytesIO(witness.payload), copy.deepcopy(writer), copy.deepcopy(reader))


def test_no_marks_of_the_decoder_are_printed() -> None:
    for one in errors(related(record(field("a", "int"), name="S"), record(field("a", "int")))):
        assert one.witness is not None
        assert one.witness.observed == "Schema mismatch: record R is not record S"


@pytest.mark.parametrize(
    ("complaint", "said"),
    [
        ("Schema mismatch: {'type': 'map', 'values': ['null', 'int']} is not int", "map of [null, int] is not int"),
        ("{'type': 'enum', 'name': 'a.E', 'symbols': ['}'], '__fastavro_parsed': True} is bad", "enum a.E is bad"),
        ("{'type': 'long', 'logicalType': 'date'} is not string", "long (date) is not string"),
        ("no {'end", "no {'end"),
        ("{'a': 1} is no schema", "{'a': 1} is no schema"),
        (f"Schema mismatch: {'x' * 60_000}", "(the schemas are too large to quote)"),
    ],
)
def test_schemas_in_complaints_are_named(complaint: str, said: str) -> None:
    assert with_names(complaint).endswith(said)


def test_what_a_decoder_quotes_of_a_union_at_the_root_grows_with_it() -> None:
    """Each of its branches knew all types by name, so that a refusal quoted the square of them."""

    def quoted(count: int) -> int:
        schema = parsed([record(field("a", "int"), field("b", "int"), name=f"A{index}") for index in range(count)])
        return len(repr(fastavro_schemas.parsed(schema).form))

    assert quoted(80) < 2.5 * quoted(40)


@pytest.mark.parametrize("reader", [[], record(field("a", []))])
@pytest.mark.parametrize("writer", [["int", "string"], record(field("a", ["int", "string"]))])
def test_a_union_without_branches_has_evidence_too(reader: Any, writer: Any) -> None:  # noqa: ANN401 - any JSON
    for sides in ((reader, writer), (writer, reader)):
        assert all(one.witness is not None for one in errors(related(*sides)))


@pytest.mark.slow
def test_of_a_wide_union_fewer_branches_are_tried_and_the_rest_says_so() -> None:
    """A decoder holds each branch against each of the other side for every payload."""
    old, new = ([record(field("a", "int"), name=f"{side}{index}") for index in range(700)] for side in ("A", "B"))
    found = [one.witness for one in errors(related(new, old))]
    assert len(found) == len(old)
    tried = [one for one in found if one is not None and one.kind is WitnessKind.REFUSED]
    rest = [one.observed for one in found if one is not None and one.kind is WitnessKind.RULE_ONLY]
    assert 0 < len(tried) < len(found) == len(tried) + len(rest)
    assert set(rest) == {f"not tried: the first {len(tried)} mismatches of this pair have their payloads"}
