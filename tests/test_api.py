"""The library as a program uses it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest

import evtcompat
from evtcompat import Finding, Level, SchemaError, Verdict, check, compare
from evtcompat.errors import DocumentError, UsageError
from evtcompat.formats.base import Options
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.model.documents import Document, NoReferences

ROOT = Path(__file__).parent.parent
V1, V2 = ROOT / "schemas" / "order-placed-v1.avsc", ROOT / "schemas" / "order-placed-v2.avsc"
PAYMENT = ROOT / "schemas" / "payment-captured-v1.avsc"
MONEY = json.loads((ROOT / "schemas" / "money.avsc").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("reader", "writer", "schema_format", "verdict"),
    [
        ("long", "int", "avro", Verdict.COMPATIBLE),
        ('"int"', '"long"', "avro", Verdict.INCOMPATIBLE),
        ("string", {"type": "string"}, None, Verdict.COMPATIBLE),
        (["null", "int"], "int", None, Verdict.COMPATIBLE),
        (V2, V1, None, Verdict.COMPATIBLE),
        (str(V2), V1.read_text(encoding="utf-8"), None, Verdict.COMPATIBLE),
        ({"type": "integer"}, {"type": "number"}, "json-schema", Verdict.INCOMPATIBLE),
        (True, {"type": "object", "properties": {}}, None, Verdict.COMPATIBLE),
        ("true", "false", "json-schema", None),
        ("type: integer\n", '{"type": "integer"}', "json-schema", Verdict.COMPATIBLE),
    ],
)
def test_a_schema_may_be_parsed_json_text_or_a_path(
    reader: object, writer: object, schema_format: str | None, verdict: Verdict | None
) -> None:
    comparison = compare(reader=reader, writer=writer, format=schema_format)  # type: ignore[arg-type]  # tables mix types
    assert verdict is None or comparison.verdict is verdict
    assert isinstance(comparison.registry_verdict, Verdict)


@pytest.mark.parametrize(
    "references",
    [
        {"com.example.shop.Money": MONEY},
        [MONEY],
        lambda name: Document(MONEY, origin="money.avsc") if name == "com.example.shop.Money" else None,
    ],
    ids=["mapping", "documents", "function"],
)
def test_references_say_where_names_are_defined(references: object) -> None:
    schema = json.loads(PAYMENT.read_text(encoding="utf-8"))
    assert compare(reader=schema, writer=schema, references=references).verdict is Verdict.COMPATIBLE  # type: ignore[arg-type]  # idem
    with pytest.raises(SchemaError, match="Money"):
        compare(reader=schema, writer=schema)


def test_a_path_finds_the_names_of_its_folder() -> None:
    assert compare(reader=PAYMENT, writer=PAYMENT).verdict is Verdict.COMPATIBLE


def test_check_walks_the_history() -> None:
    report = check(candidate="long", history=["int", "string"], level="FULL_TRANSITIVE", format="avro", subject="n")
    assert report.verdict is Verdict.INCOMPATIBLE
    assert [
        (comparison.direction.value, comparison.baseline.version, comparison.result.verdict.value)
        for comparison in report.subjects[0].comparisons
    ] == [
        ("backward", "1", "compatible"),
        ("forward", "1", "incompatible"),
        ("backward", "2", "incompatible"),
        ("forward", "2", "incompatible"),
    ]
    assert check(candidate="long", history=["int"], level=Level.BACKWARD, format="avro").verdict is Verdict.COMPATIBLE


def test_a_candidate_that_is_no_schema_is_unchecked() -> None:
    report = check(candidate={"type": "record"}, history=["int"], format="avro")
    assert (report.verdict, len(report.errors)) == (Verdict.UNCHECKED, 1)


def test_severities_may_be_changed() -> None:
    relaxed = compare(reader="int", writer="long", format="avro", severities={"type-mismatch": "off"})
    assert (relaxed.verdict, relaxed.findings) == (Verdict.COMPATIBLE, ())
    raised = compare(reader="float", writer="int", format="avro", severities={"number-precision-lost": "error"})
    assert raised.verdict is Verdict.INCOMPATIBLE


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"reader": {"a": 1}, "writer": {"b": 1}}, UsageError, "cannot be told"),
        ({"reader": "int", "writer": "int", "format": "protobuf"}, UsageError, "protobuf"),
        ({"reader": "int", "writer": "int", "policy": "loose"}, UsageError, "loose"),
        ({"reader": "int", "writer": "int", "format": ["avro"]}, UsageError, "avro"),
        ({"reader": "int", "writer": "int", "format": "avro", "policy": ["strict"]}, UsageError, "strict"),
        ({"reader": "no/such/file.avsc", "writer": "int"}, DocumentError, "no such file"),
        ({"reader": "{", "writer": "int"}, DocumentError, "not valid JSON"),
        ({"reader": {"type": "recrd"}, "writer": "int", "format": "avro"}, SchemaError, "recrd"),
    ],
)
def test_wrong_input_is_one_typed_error(arguments: dict[str, object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        compare(**arguments)  # type: ignore[arg-type]  # wrong on purpose


def test_witnesses_are_values_with_bytes() -> None:
    (finding,) = compare(reader="int", writer="string").findings
    assert finding.witness is not None
    assert finding.witness.encoding == "avro-binary"
    assert finding.witness.confirmed_by.startswith("fastavro")
    (other,) = compare(
        reader={"type": "integer"}, writer={"type": "number", "minimum": Decimal("0.5")}, format="json-schema"
    ).findings
    assert other.witness is not None
    assert json.loads(other.witness.payload) == other.witness.value


def test_everything_that_is_promised_is_there() -> None:
    assert [name for name in evtcompat.__all__ if not hasattr(evtcompat, name)] == []
    with pytest.raises(AttributeError, match="no attribute 'compair'"):
        _ = evtcompat.compair


def test_a_default_dialect_may_be_chosen() -> None:
    value = {"properties": {"a": {"$ref": "#/definitions/x", "type": "string"}}, "definitions": {"x": True}}
    reader = {"properties": {"a": {"type": "string"}}}

    def verdict(dialect: str) -> bool:
        options = Options(settings={"default-dialect": dialect})
        sides = [JSON_SCHEMA.parse(Document(one), NoReferences(), options) for one in (reader, value)]  # type: ignore[arg-type]  # JSON values
        return not JSON_SCHEMA.compare(sides[0], sides[1], options).explanation().mismatches

    assert verdict("https://json-schema.org/draft/2020-12/schema")
    # before 2019-09 a $ref hides what stands beside it
    assert not verdict("http://json-schema.org/draft-07/schema#")


def text_pairs() -> list[tuple[str, str, str]]:
    """Versions that follow each other, as the texts of files and the name of their format; wrong defaults as well."""
    folder = ROOT / "schemas"
    found = []
    for name, suffix, schema_format in (
        ("order-placed", "avsc", "avro"),
        ("shipment-dispatched", "json", "json-schema"),
    ):
        one, other = ((folder / f"{name}-v{number}.{suffix}").read_text(encoding="utf-8") for number in (1, 2))
        found.append((one, other, schema_format))
    for kinds in (("int", "long"), ("int", "string")):
        one, other = (
            json.dumps(
                {
                    "type": "record",
                    "name": "R",
                    "fields": [{"name": f"f{number}", "type": kind, "default": "x"} for number in range(40)],
                }
            )
            for kind in kinds
        )
        found.append((one, other, "avro"))
    return found


def findings(reader: str, writer: str, schema_format: str) -> tuple[Finding, ...]:
    return compare(reader=reader, writer=writer, format=schema_format).findings


def test_a_text_says_the_same_whatever_was_compared_before() -> None:
    """A text is read once for pairs that follow each other; what is told is as if it was read each time."""
    for one, other, schema_format in text_pairs():
        for reader, writer in ((one, other), (other, one)):
            with ThreadPoolExecutor(1) as thread:  # which has read nothing
                alone = thread.submit(findings, reader, writer, schema_format).result()
            assert [findings(reader, writer, schema_format) for _ in range(3)] == [alone] * 3


def test_threads_may_read_comparisons_of_the_same_texts() -> None:
    """Also those that another thread has made, and whose findings nobody has read."""
    pairs = text_pairs() * 20
    expected = [findings(*pair) for pair in pairs]
    made = [compare(reader=reader, writer=writer, format=named) for reader, writer, named in pairs]
    with ThreadPoolExecutor(8) as threads:
        read = [threads.submit(lambda one: one.findings, one) for one in made]
        asked = [threads.submit(findings, *pair) for pair in pairs]
        assert [one.result() for one in read] == expected
        assert [one.result() for one in asked] == expected
