"""What is said of aliases is what Avro Java does with them, on pairs in which several names claim one."""

from __future__ import annotations

import copy
import io
from typing import Any

import fastavro
import pytest

from amounts import examples
from evtcompat.errors import SchemaError
from evtcompat.formats.avro.decoders.divergence import Divergence
from evtcompat.formats.avro.decoders.java_names import JavaNames
from evtcompat.formats.avro.parts import reachable
from evtcompat.formats.avro.types import NAMED, AvroSchema, Record
from evtcompat.formats.base import Options
from evtcompat.model.verdicts import Verdict
from formats.avro.alias_pairs import alias_pair, values
from formats.avro.avro_java import Answer, Question, answers, needs_avro_java
from formats.avro.comparing import ENGINE, parsed

pytestmark = [needs_avro_java, pytest.mark.slow]


def questions(number: int) -> list[Question]:
    """Pairs that are schemas, with payloads of the writer's."""
    found = []
    for seed in range(number):
        reader, writer = alias_pair(seed)
        try:
            parsed(reader)
            fastavro.parse_schema(copy.deepcopy(reader))
            payloads = [written(writer, value) for value in values(writer, seed, 5)]
        except (SchemaError, fastavro.schema.SchemaParseException, fastavro.schema.UnknownType, RecursionError):
            continue
        found.append(Question(reader, writer, payloads))
    return found


def written(writer: Any, value: Any) -> bytes:  # noqa: ANN401 - any JSON values
    """The bytes of a value."""
    into = io.BytesIO()
    fastavro.schemaless_writer(into, copy.deepcopy(writer), value)
    return into.getvalue()


def names(reader: AvroSchema, writer: AvroSchema) -> set[str] | None:
    """The names that aliases give to the writer's types and fields, as `Answer.names`."""
    java = JavaNames(reader, writer)
    try:
        java.apply()
    except Divergence:
        return None
    found = set()
    for part in reachable(writer.root):
        if isinstance(part, NAMED):
            found.add(f"{part.full} is {java.full(part)}")
        if isinstance(part, Record):
            renamed = java.renamed(part)
            found |= {f"{part.full} {name} is {renamed.get(name, name)}" for name in part.types}
    return found


def plain(value: Any) -> Any:  # noqa: ANN401 - a decoder's value
    """What fastavro reads, as Avro Java prints it."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return list(value) if isinstance(value, bytes) else value


def read_by_fastavro(question: Question) -> list[Any]:
    """What fastavro reads of each payload, or the exception that it raises."""
    found: list[Any] = []
    for payload in question.payloads:
        try:
            sides = copy.deepcopy((question.writer, question.reader))
            found.append(plain(fastavro.schemaless_reader(io.BytesIO(payload), *sides)))
        except Exception as error:  # noqa: BLE001 - whatever a decoder raises
            found.append(error)
    return found


@pytest.fixture(scope="module")
def asked() -> list[tuple[Question, Answer]]:
    pairs = questions(examples(4000))
    return list(zip(pairs, answers(pairs), strict=True))


def test_types_and_fields_have_the_names_that_avro_java_gives_them(asked: list[tuple[Question, Answer]]) -> None:
    wrong = [
        (reader, writer)
        for (reader, writer, _), answer in asked
        if names(parsed(reader), parsed(writer)) != answer.names
    ]
    assert wrong == []


def test_a_registry_is_foreseen_to_answer_as_avro_java(asked: list[tuple[Question, Answer]]) -> None:
    wrong = [
        (reader, writer)
        for (reader, writer, _), answer in asked
        if (registry_verdict(reader, writer) is Verdict.COMPATIBLE) != answer.compatible
    ]
    assert wrong == []


def registry_verdict(reader: Any, writer: Any) -> Verdict:  # noqa: ANN401 - any JSON values
    return ENGINE.compare(parsed(reader), parsed(writer), Options(witnesses=False)).registry_answer()


def verdict(question: Question) -> Verdict:
    """The verdict on a pair."""
    decision = ENGINE.compare(parsed(question.reader), parsed(question.writer), Options(witnesses=False))
    assert decision.verdict is not None
    return decision.verdict


def test_decoders_read_a_compatible_pair_and_read_the_same(asked: list[tuple[Question, Answer]]) -> None:
    wrong, refused = [], 0
    for question, answer in asked:
        if verdict(question) is Verdict.COMPATIBLE:
            refused += not answer.compatible
            if any(isinstance(one, Exception) for one in answer.read) or answer.read != read_by_fastavro(question):
                wrong.append((question, answer.read, read_by_fastavro(question)))
    assert wrong == []
    assert refused > 5, "the law holds of pairs that registries refuse, as well"
