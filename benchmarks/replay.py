"""How fast recorded events are replayed, beside fastavro's own reader and jsonschema-rs, on the same events in one run.

    python benchmarks/replay.py [--size MB] [--part MB] [--rounds N]

Files of `--size` megabytes are made of one block of events again and again. What opens events is timed on `--part`
megabytes of them, in turn with its peer, `--rounds` times; the median counts. What is printed is events a second, and
the ratio to fastavro's resolving read (for JSON: to orjson and jsonschema-rs). Run it on a machine that does nothing
else.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import statistics
import struct
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import fastavro
import jsonschema
import jsonschema_rs
import orjson

from evtcompat.checking.plans import RunSettings
from evtcompat.formats.base import Options
from evtcompat.model.documents import Document
from evtcompat.model.histories import Version
from evtcompat.replay.engines.local import LocalEngine
from evtcompat.replay.job import Job
from evtcompat.replay.ledger import Ledger
from evtcompat.replay.run import run
from evtcompat.replay.sources.finding import Hints, find
from evtcompat.replay.summary import Summary
from evtcompat.replay.world import world_of

Schema = dict[str, Any]

_STATUS = ["NEW", "PAID", "SHIPPED", "LOST"]


def _writer() -> Schema:
    """Twenty fields."""
    fields: list[Schema] = [{"name": f"text{number}", "type": "string"} for number in range(5)]
    fields += [{"name": f"count{number}", "type": "long"} for number in range(4)]
    fields += [{"name": f"small{number}", "type": "int"} for number in range(3)]
    fields += [{"name": f"ratio{number}", "type": "double"} for number in range(2)]
    fields.append({"name": "flag", "type": "boolean"})
    fields.append({"name": "status", "type": {"type": "enum", "name": "Status", "symbols": _STATUS}})
    fields += [{"name": f"note{number}", "type": ["null", "string"], "default": None} for number in range(3)]
    fields.append({"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}})
    return {"type": "record", "name": "Event", "fields": fields}


def _event(source: random.Random) -> Schema:
    event: Schema = {f"text{number}": "x" * source.randint(4, 14) for number in range(5)}
    event |= {f"count{number}": source.randint(0, 1 << 40) for number in range(4)}
    event |= {f"small{number}": source.randint(-1000, 1000) for number in range(3)}
    event |= {f"ratio{number}": source.random() for number in range(2)}
    event |= {"flag": True, "status": source.choice(_STATUS[:3]), "at": source.randint(0, 1 << 40)}
    event |= {f"note{number}": source.choice([None, "hello"]) for number in range(3)}
    return event


#: Reads everything, and fills in a default: what becomes of every event is proved.
def _kind(writer: Schema) -> Schema:
    return {**writer, "fields": [*writer["fields"], {"name": "channel", "type": "string", "default": "WEB"}]}


#: Does not know one symbol: every event has to be looked at for it.
def _strict(writer: Schema) -> Schema:
    kind = json.loads(json.dumps(_kind(writer)))
    for field in kind["fields"]:
        if field["name"] == "status":
            field["type"]["symbols"] = _STATUS[:3]
    return dict(kind)


def _container(writer: Schema, codec: str, megabytes: float, path: Path) -> int:
    """A file of about so many megabytes; how many events it has."""
    source = random.Random(1)  # noqa: S311 - test data
    out = io.BytesIO()
    count = 20_000
    fastavro.writer(out, writer, [_event(source) for _ in range(count)], codec=codec)
    data = out.getvalue()
    head = data.index(data[-16:]) + 16
    body = data[head:]
    times = max(1, round(megabytes * 1e6 / len(body)))
    with path.open("wb") as file:
        file.write(data[:head])
        for _ in range(times):
            file.write(body)
    return count * times


def _framed(writer: Schema, megabytes: float, path: Path) -> int:
    source = random.Random(1)  # noqa: S311 - test data
    parsed, messages = fastavro.parse_schema(writer), []
    for _ in range(20_000):
        out = io.BytesIO()
        fastavro.schemaless_writer(out, parsed, _event(source))
        message = b"\0\0\0\0\x07" + out.getvalue()
        messages.append(struct.pack(">I", len(message)) + message)
    body = b"".join(messages)
    times = max(1, round(megabytes * 1e6 / len(body)))
    with path.open("wb") as file:
        for _ in range(times):
            file.write(body)
    return len(messages) * times


def _job(format_name: str, reader: Schema, writer: Schema | None = None, **changes: Any) -> Job:  # noqa: ANN401 - of a job
    version = Version(Document(reader), "2")
    writers = {"confluent:7": Version(Document(writer), "1")} if writer is not None else {}
    made = Job(format_name, "event", (("v2", version),), RunSettings(Options(witnesses=False)), writers=writers)
    return replace(made, **changes)


def _replayed(job: Job, path: Path, workers: int = 1) -> Summary:
    found = find([str(path)], world_of(job).recorded, Hints())
    ledger = Ledger()
    run(job, found.splits, LocalEngine(workers), ledger)
    return ledger.whole


def _resolving(path: Path, reader: Schema | None) -> None:
    with path.open("rb") as file:
        for _ in fastavro.reader(file, reader):
            pass


def _in_turn(rounds: int, *works: Callable[[], object], clock: Callable[[], float] = time.process_time) -> list[float]:
    """The median seconds of each, run one after the other in every round; of this process unless `clock` says else."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for found, work in zip(times, works, strict=True):
            start = clock()
            work()
            found.append(clock() - start)
    return [statistics.median(found) for found in times]


def _line(name: str, rate: float, ratio: float, target: float) -> None:
    told = "ok" if ratio >= target else "MISSED"
    print(f"{name:<44}{rate:>14,.0f} events/s  {ratio:>8.2f} times  (target {target:g}: {told})", flush=True)


def avro(folder: Path, size: float, part: float, rounds: int) -> None:
    """Everything of Avro, beside fastavro's resolving read of the same file."""
    writer = _writer()
    kind, strict = _kind(writer), _strict(writer)
    for codec in ("null", "deflate"):
        whole, some = folder / f"{codec}.avro", folder / f"part-{codec}.avro"
        many, few = _container(writer, codec, size, whole), _container(writer, codec, part, some)
        proved, looked, always = (
            _job("avro", kind),
            _job("avro", strict),
            _job("avro", kind, decode=True),
        )
        for job in (proved, looked, always):
            _replayed(job, some)  # the schemas are compared once
        peer, project, decode = _in_turn(
            rounds,
            lambda: _resolving(some, kind),  # noqa: B023 - run in this turn of the loop
            lambda: _replayed(looked, some),  # noqa: B023
            lambda: _replayed(always, some),  # noqa: B023
        )
        (count,) = _in_turn(rounds, lambda: _replayed(proved, whole))  # noqa: B023
        base = few / peer
        megabytes = some.stat().st_size / 1e6
        print(f"\n{codec}: fastavro's resolving read {base:,.0f} events/s, {megabytes / peer:.1f} MB/s")
        _line(f"{codec}: proved", many / count, many / count / base, 200)
        _line(f"{codec}: looked at for one finding", few / project, few / project / base, 2)
        _line(f"{codec}: --decode always", few / decode, few / decode / base, 0.6)
        whole.unlink()
        if codec == "null":
            path = folder / "events.bin"
            framed = _framed(writer, size, path)
            job = _job("avro", kind, writer)
            _replayed(job, some)
            (seconds,) = _in_turn(rounds, lambda: _replayed(job, path))  # noqa: B023
            _line("framed messages: proved", framed / seconds, framed / seconds / base, 50)
            path.unlink()
    more = folder / "more.avro"
    _container(writer, "null", part * 12, more)
    always = _job("avro", kind, decode=True)
    wall = time.perf_counter
    one, two = _in_turn(1, lambda: _replayed(always, more, 1), lambda: _replayed(always, more, 2), clock=wall)
    print(f"two workers against one, decoding, with the start of the processes: {one / two:.2f} times (target 1.8)")
    print(f"\nmemory of this process at its most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _properties() -> Schema:
    """Thirty properties, a kilobyte an event."""
    properties: Schema = {f"text{number}": {"type": "string", "maxLength": 64} for number in range(20)}
    properties |= {f"count{number}": {"type": "integer", "minimum": 0} for number in range(8)}
    properties |= {"status": {"enum": _STATUS}, "at": {"type": "string"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
    }


def json_lines(folder: Path, part: float, rounds: int) -> None:
    """JSON Lines, beside orjson with jsonschema-rs, and beside json with jsonschema."""
    source, schema = random.Random(1), _properties()  # noqa: S311 - test data
    lines = []
    for _ in range(2000):
        event: Schema = {f"text{number}": "x" * source.randint(10, 40) for number in range(20)}
        event |= {f"count{number}": source.randint(0, 1 << 30) for number in range(8)}
        event |= {"status": source.choice(_STATUS), "at": "2026-05-03T12:00:00Z"}
        lines.append(json.dumps(event).encode())
    body = b"\n".join(lines) + b"\n"
    path = folder / "events.jsonl"
    times = max(1, round(part * 1e6 / len(body)))
    path.write_bytes(body * times)
    count = len(lines) * times
    quick, slow = jsonschema_rs.validator_for(schema), jsonschema.Draft202012Validator(schema)
    job, profiled = _job("json-schema", schema), _job("json-schema", schema, profile=True)
    for one in (job, profiled):
        _replayed(one, path)

    def peer() -> None:
        with path.open("rb") as file:
            for line in file:
                quick.is_valid(orjson.loads(line))

    def slower() -> None:
        for line in lines[:500]:
            slow.is_valid(json.loads(line))

    best, mine, profile, worst = _in_turn(
        rounds, peer, lambda: _replayed(job, path), lambda: _replayed(profiled, path), slower
    )
    print(f"\norjson and jsonschema-rs {count / best:,.0f} events/s, jsonschema {500 / worst:,.0f} events/s")
    _line("JSON Lines, beside orjson and jsonschema-rs", count / mine, best / mine, 0.8)
    _line("JSON Lines, beside jsonschema", count / mine, count / mine / (500 / worst), 20)
    print(f"JSON Lines with --profile: {count / profile:,.0f} events/s, {best / profile:.2f} times")


def main() -> None:
    """Run everything, and say which target is missed."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--size", type=float, default=1000.0)
    arguments.add_argument("--part", type=float, default=12.0)
    arguments.add_argument("--rounds", type=int, default=3)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        avro(Path(name), chosen.size, chosen.part, chosen.rounds)
        json_lines(Path(name), chosen.part * 3, chosen.rounds)


if __name__ == "__main__":
    main()
