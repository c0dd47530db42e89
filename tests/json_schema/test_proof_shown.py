"""The account of a "compatible" that a person audits."""

from __future__ import annotations

from evtcompat.contract import Options
from evtcompat.json_schema.engine import JsonSchemaEngine
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.mismatches import Relation
from evtcompat.model.verdicts import Policy

READER = {"type": "object", "properties": {"a": {"type": "number", "minimum": 0}, "b": {"type": "string"}, "c": {}}}
WRITER = {"type": "object", "properties": {"a": {"type": "integer", "minimum": 1}, "b": {"type": "string"}}}


def relation(reader: object, writer: object, options: Options) -> Relation:
    engine = JsonSchemaEngine()
    ours, theirs = (engine.parse(Document(one), NoReferences()) for one in (reader, writer))  # type: ignore[arg-type]
    return engine.relation(ours, theirs, options)


def test_each_demand_of_the_reader_is_accounted_for() -> None:
    told = {
        step.reader.pointer: step.argument
        for step in relation(READER, WRITER, Options(policy=Policy.STRICT, proofs=True)).proof
    }
    assert set(told) == {
        "/type",
        "/properties/a/type",
        "/properties/a/minimum",
        "/properties/b",
        "/properties/c",
    }
    assert told["/properties/a/minimum"] == "minimum 0 is met by every value of the writer: exact intervals"
    assert told["/properties/b"] == "the same demands on both sides"


def test_the_policy_is_part_of_the_argument() -> None:
    closed = {"type": "object", "properties": {}, "additionalProperties": False}
    arguments = [step.argument for step in relation(closed, WRITER, Options(proofs=True)).proof]
    assert arguments[0].startswith("policy lenient")
    assert "additionalProperties false: the reader ignores what it does not know" in arguments


def test_only_a_proof_is_told_and_only_when_asked_for() -> None:
    assert not relation(WRITER, READER, Options(policy=Policy.STRICT, proofs=True)).proof
    assert not relation(READER, WRITER, Options(policy=Policy.STRICT)).proof
