"""Laws that hold for all pairs, tried on random ones."""

from __future__ import annotations

import io
import json
import random
from typing import Any

import fastavro
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat.errors import SchemaError
from evtcompat.formats.avro.canonical import written_out
from evtcompat.formats.avro.compatibility import Readability, decide
from evtcompat.formats.avro.payloads import binary, codec
from evtcompat.formats.avro.payloads.values import cover
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.verdicts import Verdict
from formats.avro.comparing import ENGINE, errors, parsed, registry_verdict, related, rules
from formats.avro.random_pairs import mutate, pair

SEEDS = st.integers(0, 10**9)


def both(seed: int) -> tuple[Any, Any] | None:
    """A random pair that parses."""
    reader, writer = pair(seed)
    try:
        parsed(reader), parsed(writer)
    except SchemaError:
        return None
    return reader, writer


@settings(max_examples=examples(300), deadline=None)
@given(SEEDS)
def test_a_schema_reads_itself(seed: int) -> None:
    """Unless a default of its own is so wrong that a decoder refuses it, or its aliases contradict themselves."""
    found = both(seed)
    if found is None or decide(parsed(found[0]), parsed(found[0])).raised is not None:
        return
    explanation = related(found[0], found[0])
    assert registry_verdict(found[0], found[0]) is Verdict.COMPATIBLE
    assert {one.rule for one in errors(explanation)} <= {"reader-schema-refused", "wrong-union-branch"}


@pytest.mark.slow
@settings(max_examples=examples(400), deadline=None)
@example(2164)  # an alias without a namespace, beside types with one on the other side only
@example(248)  # a record that holds itself without end, in a union whose other branches are written
@given(SEEDS)
def test_a_compatible_pair_reads_every_generated_payload(seed: int) -> None:
    found = both(seed)
    if found is None:
        return
    reader, writer = parsed(found[0]), parsed(found[1])
    if errors(related(*found)):
        return
    for value in cover(writer, seed, limit=20):
        codec.decode(writer, codec.encode(writer, value.datum), reader)


@settings(max_examples=examples(300), deadline=None)
@given(SEEDS)
def test_what_the_registry_refuses_has_a_reason_and_a_witness(seed: int) -> None:
    found = both(seed)
    if found is None:
        return
    explanation = related(*found)
    if registry_verdict(*found) is Verdict.INCOMPATIBLE:
        assert errors(explanation) or "field-alias-refused-by-registry" in rules(explanation)
    assert all(one.witness is not None for one in errors(explanation))


@settings(max_examples=examples(200), deadline=None)
@given(SEEDS)
def test_parsing_is_stable_under_reformatting(seed: int) -> None:
    """Another order of keys, and a round through text, change nothing."""
    found = both(seed)
    if found is None:
        return
    again = tuple(json.loads(json.dumps(side, sort_keys=True, indent=3)) for side in found)
    first, second = related(*found, witnesses=False), related(*again, witnesses=False)
    assert first == second


@settings(max_examples=examples(300), deadline=None)
@given(SEEDS)
def test_the_order_of_visits_does_not_matter(seed: int) -> None:
    """Fields and branches in another order leave the truth about record pairs as it is, recursive ones too."""
    found = both(seed)
    if found is None:
        return

    def shuffled(value: Any) -> Any:  # noqa: ANN401 - any JSON value
        value = json.loads(json.dumps(value))
        source = random.Random(seed)  # noqa: S311 - reproducible
        pending = [value]
        while pending:
            part = pending.pop()
            if isinstance(part, dict):
                if part.get("type") == "record":
                    source.shuffle(part["fields"])
                pending += [inner for inner in part.values() if isinstance(inner, dict | list)]
            elif isinstance(part, list):
                pending += part
        return value

    try:
        reader, writer = parsed(shuffled(found[0])), parsed(shuffled(found[1]))
    except SchemaError:
        return
    if decide(reader, writer).raised is not None or decide(parsed(found[0]), parsed(found[1])).raised is not None:
        return
    before = Readability(parsed(found[0]), parsed(found[1]))
    after = Readability(reader, writer)
    assert after.reads(reader.root, writer.root) == before.reads(parsed(found[0]).root, parsed(found[1]).root)


@settings(max_examples=examples(300), deadline=None)
@given(SEEDS)
@example(720)  # a default out of range
@example(9541226)  # a whole number as the default of a float
def test_bytes_are_read_back_as_the_datum_with_its_branches(seed: int) -> None:
    found = both(seed)
    if found is None:
        return
    writer = parsed(found[1])
    for value in cover(writer, seed, limit=10):
        read = binary.decode(writer.root, binary.encode(writer.root, value.datum))
        assert repr(read) == repr(value.datum)  # not-a-number is not equal to itself


@settings(max_examples=examples(300), deadline=None)
@given(SEEDS)
def test_fastavro_agrees_on_the_bytes(seed: int) -> None:
    """What our encoder writes, fastavro reads, writes, and reads again as the same value, unions aside."""
    found = both(seed)
    if found is None or "[" in json.dumps(found[1]).replace('"fields": [', "").replace('"symbols": [', ""):
        return
    writer = parsed(found[1])
    for value in cover(writer, seed, limit=10):
        payload = codec.encode(writer, value.datum)
        read = codec.decode(writer, payload)
        out = io.BytesIO()
        try:
            fastavro.schemaless_writer(out, written_out(writer), read)  # type: ignore[arg-type]  # a schema is no number
        except (fastavro.schema.SchemaParseException, OverflowError, ValueError):
            continue  # a default that fastavro refuses, or a date beyond what Python's own can be
        assert repr(codec.decode(writer, out.getvalue())) == repr(read)


def test_mutations_are_not_all_trivial() -> None:
    """The generator makes both verdicts; otherwise the laws above would hold for want of cases."""
    verdicts = [registry_verdict(*found) for seed in range(200) if (found := both(seed)) is not None]
    assert min(verdicts.count(Verdict.COMPATIBLE), verdicts.count(Verdict.INCOMPATIBLE)) > 30
    assert mutate("int", random.Random(0)) is not None  # noqa: S311 - reproducible


@pytest.mark.long
def test_thousands_of_random_pairs_are_sound_on_raw_fastavro() -> None:
    """The documents as they are, given to fastavro without any preparation of ours."""
    for seed in range(5000):
        found = both(seed)
        if found is None or errors(related(*found)):
            continue
        writer = ENGINE.parse(Document(found[1]), NoReferences())
        for value in cover(writer, seed, limit=20):
            payload = codec.encode(writer, value.datum)
            try:
                fastavro.schemaless_reader(io.BytesIO(payload), found[1])
            except (fastavro.schema.SchemaParseException, fastavro.schema.UnknownType):
                break  # fastavro cannot read this writer at all
            try:
                fastavro.schemaless_reader(io.BytesIO(payload), found[1], found[0])
            except fastavro.schema.UnknownType:
                break  # it does not find a name without a namespace from inside one
