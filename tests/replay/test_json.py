"""JSON events: what the quick validator says is what the exact one says, and counts are exact."""

from __future__ import annotations

import gzip
import json
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from backports import zstd

from evtcompat.checking.plans import RunSettings
from evtcompat.errors import SchemaError
from evtcompat.formats.base import Options
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.formats.json_schema.recorded.reading import JsonReading
from evtcompat.formats.json_schema.values import cover
from evtcompat.formats.recorded import Batch
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.histories import Version
from evtcompat.model.json_texts import one_line
from evtcompat.model.verdicts import Policy
from evtcompat.replay.job import Job
from evtcompat.replay.sources.finding import Hints, find
from evtcompat.replay.world import world_of
from reference_data import reference_rows
from replay import replaying

DIALECT = "https://json-schema.org/draft/2020-12/schema"
V1: dict[str, Any] = {
    "$schema": DIALECT,
    "type": "object",
    "properties": {"id": {"type": "string"}, "status": {"enum": ["NEW", "PAID", "LOST"]}, "total": {"type": "number"}},
    "required": ["id"],
}
READER: dict[str, Any] = {
    "$schema": DIALECT,
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "status": {"enum": ["NEW", "PAID"]},
        "total": {"type": "number", "minimum": 0},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
        "note": {"type": ["string", "null"], "default": None},
    },
    "required": ["id", "status"],
    "additionalProperties": False,
    "$defs": {"line": {"type": "object", "properties": {"sku": {"type": "string"}}, "additionalProperties": False}},
}


def _event(number: int) -> dict[str, Any]:
    event: dict[str, Any] = {
        "id": f"o{number}",
        "status": "NEW",
        "total": number,
        "at": f"2026-05-{number % 28 + 1:02}",
    }
    if number % 5 == 1:
        event["status"] = "LOST"
    if number % 7 == 2:
        del event["status"]
    if number % 11 == 3:
        event["total"] = -1.5
    if number % 3 == 0:
        event["note"] = None
        event["lines"] = [{"sku": "x", "size": 3}]
    return event


def _refused(number: int, policy: Policy) -> bool:
    event = _event(number)
    if policy is Policy.STRICT:
        return True  # every event has a member `at` that nobody declared
    return event.get("status") not in ("NEW", "PAID") or event["total"] < 0


def _job(reader: dict[str, Any], policy: Policy = Policy.LENIENT, **changes: Any) -> Job:  # noqa: ANN401 - of a job
    settings = RunSettings(Options(witnesses=False, settings={"policy": policy}))
    return Job(
        format="json-schema",
        subject="order",
        readers=(("v2", Version(Document(reader, "v2.json"), "2")),),
        settings=settings,
        history=(Version(Document(V1, "v1.json"), "1"),),
        **changes,
    )


COUNT = 2000
TEXT = b"".join(json.dumps(_event(number)).encode() + b"\n" for number in range(COUNT))
WRITTEN: dict[str, Callable[[bytes], bytes]] = {
    "orders.jsonl": bytes,
    "orders.jsonl.gz": gzip.compress,
    "orders.jsonl.zst": zstd.compress,
    "marked.jsonl": lambda text: b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"),
    "windows.ndjson": lambda text: text.replace(b"\n", b"\r\n"),
    "gaps.jsonl": lambda text: b"\n\n" + text.replace(b"\n", b"\n  \n"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(WRITTEN))
@pytest.mark.parametrize("policy", list(Policy))
@pytest.mark.parametrize("decode", [False, True], ids=["auto", "always"])
def test_every_line_is_counted(tmp_path: Path, name: str, policy: Policy, *, decode: bool) -> None:
    (tmp_path / name).write_bytes(WRITTEN[name](TEXT))
    job = _job(READER, policy, decode=decode)
    parts = replaying.small_splits(replaying.splits(job, tmp_path / name), 5003)
    summary = replaying.replayed(job, parts)
    refused = sum(_refused(number, policy) for number in range(COUNT))
    assert (
        replaying.counts(summary) == {"ok": COUNT - refused, "refused": refused}
        if refused < COUNT
        else {"refused": refused}
    )
    assert summary.corrupt == 0


@pytest.mark.slow
def test_findings_of_the_check_tell_their_events(tmp_path: Path) -> None:
    (tmp_path / "orders.jsonl").write_bytes(TEXT)
    job = _job(READER)
    summary = replaying.replayed(job, replaying.splits(job, tmp_path / "orders.jsonl"))
    (pair,) = summary.pairs.values()
    label, version, schema = world_of(job).history[0]
    hits = {
        finding.rule: pair.findings[finding.fingerprint].count
        for finding in world_of(job).compared(0, label, version, schema).findings
        if finding.fingerprint in pair.findings
    }
    events = [_event(number) for number in range(COUNT)]
    assert hits["value-not-listed"] == sum(event.get("status") == "LOST" for event in events)
    assert hits["optional-property-required"] == sum("status" not in event for event in events)
    assert hits["minimum-not-met"] == sum(event["total"] < 0 for event in events)


def test_without_the_quick_libraries_counts_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "orders.jsonl").write_bytes(TEXT[: len(TEXT) // 8])
    job = _job(READER)
    parts = replaying.splits(job, tmp_path / "orders.jsonl")
    quick = replaying.counts(replaying.replayed(job, parts))
    for name in ("orjson", "jsonschema_rs"):
        monkeypatch.setitem(sys.modules, name, None)
    from evtcompat.formats.json_schema.recorded.text import quick_parser

    quick_parser.cache_clear()
    world_of.cache_clear()
    assert replaying.counts(replaying.replayed(job, parts)) == quick
    monkeypatch.undo()
    quick_parser.cache_clear()
    world_of.cache_clear()


@pytest.mark.slow
def test_lines_that_are_no_events_are_told(tmp_path: Path) -> None:
    lines = TEXT.splitlines()
    lines[3] = b"{"
    lines[5] = b"\xff"
    lines[8] = lines[8].replace(b'"total": 8', b'"total": ' + b"9" * 400)
    file = tmp_path / "orders.jsonl"
    file.write_bytes(b"\n".join(lines))
    job = _job(READER)
    summary = replaying.replayed(job, replaying.splits(job, file))
    at = [sum(len(line) + 1 for line in lines[:number]) for number in (3, 5)]
    assert [one.position.at for one in summary.damaged] == at
    assert summary.events == COUNT - 2


@pytest.mark.slow
def test_what_occurs_is_counted(tmp_path: Path) -> None:
    (tmp_path / "orders.jsonl").write_bytes(TEXT)
    job = _job(READER, profile=True, time_path=("at",))
    profile = replaying.replayed(job, replaying.splits(job, tmp_path / "orders.jsonl")).profile
    noted = sum("note" in _event(number) for number in range(COUNT))
    assert profile["note is there"].count == noted
    assert profile["note is its default, null"].count == noted
    assert profile["note: null"].count == noted
    assert profile['status = "NEW"'].count == sum(_event(number).get("status") == "NEW" for number in range(COUNT))
    assert "note: string" in world_of(job).recorded.opened(world_of(job).readers[0], job.settings.options).could_occur()


@pytest.mark.parametrize("kind", ["", "lines"])
def test_a_byte_order_mark_before_the_first_event_is_no_part_of_it(tmp_path: Path, kind: str) -> None:
    file, job = tmp_path / "orders.jsonl", _job(READER)
    for text, events in ((TEXT.splitlines()[1], 1), (b"\r\n", 0)):
        file.write_bytes(b"\xef\xbb\xbf" + text)
        found = find([str(file)], world_of(job).recorded, Hints(kind=kind))
        summary = replaying.replayed(job, found.splits)
        assert (summary.events, summary.corrupt) == (events, 0)
        examples = [hits.example for pair in summary.pairs.values() for hits in pair.outcomes.values()]
        assert [example.position.at for example in examples if example is not None] == [3] * events


def test_framed_events_tell_their_version(tmp_path: Path) -> None:
    messages = [b"\0\0\0\0\x07" + json.dumps(_event(number)).encode() for number in range(200)]
    (tmp_path / "orders.bin").write_bytes(b"".join(struct.pack(">I", len(one)) + one for one in messages))
    job = _job(READER, writers={"confluent:7": Version(Document(V1, "v1.json"), "1")})
    summary = replaying.replayed(job, replaying.splits(job, tmp_path / "orders.bin"))
    refused = sum(_refused(number, Policy.LENIENT) for number in range(200))
    assert replaying.counts(summary) == {"ok": 200 - refused, "refused": refused}
    assert [(writer.version, writer.span.count) for writer in summary.writers.values()] == [("1", 200)]
    assert [dict(pair.how) for pair in summary.pairs.values()] == [{"decoded": 200}]


@pytest.mark.slow
@pytest.mark.parametrize("policy", list(Policy))
def test_the_quick_validator_says_what_the_exact_one_says(policy: Policy) -> None:
    """Of instances that reach the boundaries of schemas of every kind, valid for them and not."""
    tried = 0
    for row in reference_rows("json_cases.jsonl"):
        schemas = []
        for name in ("old", "new"):
            try:
                schemas.append(JSON_SCHEMA.parse(Document(row[name], f"{name}.json"), NoReferences()))
            except SchemaError:
                continue
        payloads = list(dict.fromkeys(one_line(one.value).encode() for schema in schemas for one in cover(schema, 0)))
        for schema in schemas:
            reading = JsonReading(schema, policy, assert_formats=False, findings=(), confirmed=0)
            reading.judge(Batch(payloads))  # the first event for a reason is always shown to the exact validator
            judged, decoded = (
                [(one.index, one.outcome) for one in ask(Batch(payloads))] for ask in (reading.judge, reading.decode)
            )
            assert judged == decoded, row["id"]
            tried += len(payloads)
    assert tried > 200


@pytest.mark.parametrize("period", [{}, {"since": 0}, {"until": 1 << 45}], ids=["always", "since", "until"])
def test_which_lines_can_be_read_does_not_depend_on_the_time_that_is_asked_for(
    tmp_path: Path, period: dict[str, Any]
) -> None:
    """Those that cannot are lost, once; those that only the exact parser reads have their time."""
    more = [b"1e400", rb'"\ud800"', b'{"a":' * 1100 + b"1" + b"}" * 1100, b'{"a": ', b"NaN"]
    lines = [b'{"id": "o", "status": "NEW", "at": 1.5, "more": %s}\n' % one for one in more]
    file = tmp_path / "orders.jsonl"
    file.write_bytes(b"".join([*lines, b'{"id": "o", "status": "NEW"}\n', b'{"id": "o", "at": 1e400}\n']))
    every, found = (
        replaying.replayed(one, replaying.splits(one, file))
        for one in (_job(READER), _job(READER, time_path=("at",), **period))
    )
    assert (found.damaged, found.corrupt) == (every.damaged, 2)
    assert (found.events, found.untimed) == (every.events - (2 if period else 0), 2)
    assert {(writer.span.first, writer.span.last) for writer in found.writers.values()} == {(1500, 1500)}
