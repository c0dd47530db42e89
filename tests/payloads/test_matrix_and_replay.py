"""Fixtures hold as soon as they are written, and a replay of them tells what the matrix tells: one judge for both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat.checking.plans import RunSettings
from evtcompat.errors import SchemaError
from evtcompat.formats.avro.payloads.decoder_errors import NotAskedError
from evtcompat.formats.base import Options
from evtcompat.model.json_types import JSON
from evtcompat.model.readings import Outcome
from evtcompat.model.verdicts import Policy
from evtcompat.payloads.cases import Matrix
from evtcompat.payloads.contents import Contents, Ids, folder_contents
from evtcompat.payloads.matrix import ParsedSubject, Subject, matrix_of
from evtcompat.payloads.subjects import Catalogue
from evtcompat.payloads.verifying import verify_folder
from evtcompat.payloads.writing import write_folder
from evtcompat.replay.job import Job
from evtcompat.replay.sources.finding import Hints
from evtcompat.replay.summary import Summary
from formats.avro import random_pairs
from payloads.histories import avro_histories, json_histories, logical, record, value
from replay import replaying

PROPERTY = settings(max_examples=examples(80), deadline=None, suppress_health_check=list(HealthCheck))
DECIMAL = logical("bytes", "decimal", precision=4, scale=1)
UUID = logical("string", "uuid")
LEAF: JSON = {"type": "record", "name": "P", "fields": [{"name": "a", "type": "int"}]}
IN_SPACE: JSON = {"type": "record", "name": "x.Q", "fields": [{"name": "b", "type": "int"}]}

CASES: dict[str, list[JSON]] = {
    "a number of many digits": [value("long"), value("double")],
    "a whole number in 32 bits": [value("float"), value("int")],
    "text beside bytes": [value(["bytes", "string"]), record()],
    "text beside a decimal": [value([DECIMAL, "string"]), value(["string", DECIMAL])],
    "a decimal as an identifier": [value(DECIMAL), value(UUID)],
    "a decimal as text": [value(DECIMAL), value(["null", "string"])],
    "names with and without a namespace": [value([LEAF, IN_SPACE]), value([IN_SPACE, LEAF])],
    "a name for another kind": [
        value({"type": "fixed", "name": "a.P", "size": 2}),
        value([LEAF, {"type": "fixed", "name": "a.S", "size": 2}]),
    ],
    "a map beside a record": [
        record({"name": "a", "type": ["null", {"type": "map", "values": "Event"}, "Event"]}),
        record({"name": "a", "type": ["null", {"type": "map", "values": "Event"}, "Event"]}, name="b.Event"),
    ],
    "a whole number beside a real one": [value(["float", "int"]), value(["float", "int"], doc="other")],
    "a default that is none": [value("int"), record({"name": "value", "type": "int", "default": "x"})],
    "a date beside a number": [value([logical("int", "date"), "long"]), value([logical("int", "date"), "double"])],
    "a default that a logical type excuses": [value(DECIMAL), value([DECIMAL], default=None)],
    "no branch": [value(["long", {"type": "map", "values": ["int", "string"]}]), value([])],
}


def labelled(matrix: Matrix, subject: Subject, folder: Path, contents: Contents) -> Iterator[tuple[str, Path]]:
    """Each version with payloads, and a file that holds these as recorded events."""
    for entry in json.loads(contents.manifest)["versions"]:
        label = entry["version"]
        if not entry["payloads"]:
            continue
        if subject.format.name == "avro":
            yield label, folder / entry["folder"] / "all.avro"
        else:
            lines = folder.with_name(f"{label}.jsonl")
            lines.write_bytes(b"".join(payload.body + b"\n" for payload in matrix.payloads[label]))
            yield label, lines


def replayed(subject: Subject, file: Path, *, decode: bool) -> Summary:
    """What every version makes of the events of a file."""
    options = Options(witnesses=False, settings={**subject.settings, "policy": subject.policy})
    readers = tuple(zip(subject.labels, subject.versions, strict=True))
    job = Job(subject.format.name, subject.name, readers, RunSettings(options), subject.versions, decode=decode)
    kind = "" if subject.format.name == "avro" else "lines"
    return replaying.replayed(job, replaying.splits(job, file, hints=Hints(kind=kind)))


def holds(schemas: list[JSON], suffix: str, folder: Path) -> None:
    """The law, for the versions of a subject."""
    for number, schema in enumerate(schemas, 1):
        (folder / f"event-v{number}{suffix}").write_text(json.dumps(schema), encoding="utf-8")
    fixtures = folder / "fixtures"
    with Catalogue(folder, ["."], policy=Policy.LENIENT) as catalogue:
        parsed = ParsedSubject(catalogue.subject("event"))
        matrix = matrix_of(parsed)
        contents = folder_contents(parsed, matrix, Ids.parse(parsed.subject.labels, ()))
        write_folder(fixtures, contents)
        assert verify_folder(fixtures, catalogue) == []
    for writer, file in labelled(matrix, parsed.subject, fixtures, contents):
        for decode in (True, False):
            summary = replayed(parsed.subject, file, decode=decode)
            assert summary.events == len(matrix.payloads[writer])
            for index, reader in enumerate(parsed.subject.labels):
                cell = matrix.cell(writer, reader)
                counted = {outcome.value: cell.count(outcome) for outcome in Outcome if cell.count(outcome)}
                assert replaying.counts(summary, index) == counted, (writer, reader, decode, cell.readings)
            for pair in summary.pairs.values():
                events = sum(hits.count for hits in pair.outcomes.values())
                assert all(hits.count <= events for hits in pair.findings.values())


@pytest.mark.parametrize("case", CASES)
def test_what_was_told_otherwise_is_told_alike(case: str, tmp_path: Path) -> None:
    holds(CASES[case], ".avsc", tmp_path)


@pytest.mark.slow
@PROPERTY
@given(avro_histories() | st.integers(0, 10**9).map(lambda seed: list(random_pairs.pair(seed))))
def test_avro(schemas: list[JSON]) -> None:
    with TemporaryDirectory() as folder:
        try:
            holds(schemas, ".avsc", Path(folder))
        except (SchemaError, NotAskedError):
            reject()  # no schema, or one whose payloads fastavro does not survive


@pytest.mark.slow
@PROPERTY
@given(json_histories())
def test_json_schema(schemas: list[JSON]) -> None:
    with TemporaryDirectory() as folder:
        holds(schemas, ".schema.json", Path(folder))
