"""A repository with many subjects: how long a check takes when few or all of them changed.

Builds a git repository of generated schemas of realistic size, commits them, changes some, and times the whole
process. Avro schemas have 10 to 40 fields, nested records, unions and enums; of a share that is asked for, JSON Schemas
have as many members, with formats, patterns, limits, enums, arrays and objects of definitions. Prints wall time, CPU
time and the peak of memory.

    python benchmarks/many_subjects.py [SUBJECTS [SHARE OF JSON SCHEMA, 0 to 1]]
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRIMITIVES = ("int", "long", "string", "boolean", "double", "bytes")


def record(number: int, random_source: random.Random) -> dict[str, object]:
    """An event of realistic size."""
    fields: list[dict[str, object]] = [{"name": "eventId", "type": {"type": "string", "logicalType": "uuid"}}]
    for index in range(random_source.randint(10, 40)):
        kind = random_source.random()
        name = f"field{index}"
        if kind < 0.5:
            fields.append({"name": name, "type": random_source.choice(PRIMITIVES), "doc": f"What field {index} holds."})
        elif kind < 0.75:
            fields.append({"name": name, "type": ["null", random_source.choice(PRIMITIVES)], "default": None})
        elif kind < 0.85:
            symbols = [f"S{symbol}" for symbol in range(random_source.randint(2, 12))]
            fields.append({"name": name, "type": {"type": "enum", "name": f"E{index}", "symbols": symbols}})
        else:
            inner = [{"name": f"part{part}", "type": random_source.choice(PRIMITIVES)} for part in range(5)]
            item = {"type": "record", "name": f"Item{index}", "fields": inner}
            fields.append({"name": name, "type": {"type": "array", "items": item}})
    return {"type": "record", "name": f"Event{number}", "namespace": f"com.example.team{number % 97}", "fields": fields}


#: What members are called by: two events share few of them.
_THINGS = ("order", "customer", "invoice", "parcel", "price", "stock", "refund", "route", "driver", "shop", "basket")
_KINDS = ("Id", "Name", "Amount", "Code", "Reason", "State", "Count", "Source", "Note", "Key", "Mode", "Level")
_TEXTS: tuple[dict[str, object], ...] = (
    {"type": "string", "minLength": 1, "maxLength": 80},
    {"type": "string", "format": "date-time"},
    {"type": "string", "format": "email"},
    {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{6}$"},
    {"type": "string"},
)
_NUMBERS: tuple[dict[str, object], ...] = (
    {"type": "integer", "minimum": 0},
    {"type": "integer", "minimum": 1, "maximum": 99},
    {"type": "number", "minimum": 0, "multipleOf": 0.01},
    {"type": "number"},
)


def described(number: int, random_source: random.Random) -> dict[str, object]:
    """An event of realistic size as a JSON Schema."""
    members: dict[str, object] = {"eventId": {"type": "string", "format": "uuid"}}
    for index in range(random_source.randint(10, 40)):
        name = f"{random_source.choice(_THINGS)}{random_source.choice(_THINGS).title()}{random_source.choice(_KINDS)}"
        kind = random_source.random()
        schema: dict[str, object]
        if kind < 0.35:
            schema = {**random_source.choice(_TEXTS), "description": f"What field {index} holds."}
        elif kind < 0.55:
            schema = dict(random_source.choice(_NUMBERS))
        elif kind < 0.62:
            schema = {"type": "boolean"}
        elif kind < 0.7:
            schema = {"type": ["string", "null"], "maxLength": 200}
        elif kind < 0.8:
            schema = {"enum": [f"S{symbol}" for symbol in range(random_source.randint(2, 12))]}
        elif kind < 0.87:
            schema = {"type": "array", "items": {"$ref": "#/$defs/item"}, "minItems": 1}
        elif kind < 0.93:
            schema = {"$ref": "#/$defs/address"}
        else:
            parts = {f"part{part}": random_source.choice((*_TEXTS, *_NUMBERS)) for part in range(5)}
            schema = {"type": "object", "properties": parts, "required": ["part0"], "additionalProperties": False}
        members[name] = schema
    names = list(members)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Event{number}",
        "type": "object",
        "properties": members,
        "required": names[: 1 + len(names) // 2],
        "additionalProperties": False,
        "$defs": {
            "item": {
                "type": "object",
                "properties": {
                    "sku": {"type": "string", "pattern": "^[A-Z0-9]{4,12}$"},
                    "quantity": {"type": "integer", "minimum": 1},
                    "price": {"type": "number", "minimum": 0},
                },
                "required": ["sku", "quantity"],
            },
            "address": {
                "type": "object",
                "properties": {
                    "street": {"type": "string", "minLength": 1},
                    "city": {"type": "string"},
                    "country": {"enum": ["DE", "FR", "PL", "SE"]},
                },
                "required": ["city", "country"],
            },
        },
    }


def build(folder: Path, subjects: int, share: float = 0.0) -> list[Path]:
    """The committed repository; returns the schema files.

    Args:
        folder: Where it is made.
        subjects: How many there are.
        share: How many of them are JSON Schemas, from none (0) to all (1).
    """
    random_source = random.Random(1)  # noqa: S311 - a reproducible data set
    files = []
    for number in range(subjects):
        described_here = int((number + 1) * share) > int(number * share)
        make, suffix = (described, "schema.json") if described_here else (record, "avsc")
        path = folder / "schemas" / f"team{number % 97}" / f"event-{number}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(make(number, random_source), indent=1), encoding="utf-8")
        files.append(path)
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=b", "-c", "user.email=b@b", "commit", "-qm", "all"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return files


def change(path: Path) -> None:
    """Add an optional field."""
    schema = json.loads(path.read_text(encoding="utf-8"))
    if path.suffix == ".json":
        schema["properties"][f"added{len(schema['properties'])}"] = {"type": "string", "maxLength": 40}
    else:
        schema["fields"].append({"name": f"added{len(schema['fields'])}", "type": ["null", "string"], "default": None})
    path.write_text(json.dumps(schema, indent=1), encoding="utf-8")


def run(folder: Path, label: str, *arguments: str) -> None:
    """Time one whole process."""
    report = folder.parent / "report.json"
    command = [sys.executable, "-m", "evtcompat", "check", *arguments, "--format", "json", "--output", str(report)]
    start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "compat"),
    }  # what is measured is the checkout around this file
    done = subprocess.run(command, cwd=folder, check=False, env=environment)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    counts = json.loads(report.read_text(encoding="utf-8"))["counts"]
    memory = after.ru_maxrss / 1024
    print(f"{label:<22} {wall:6.1f} s wall  {cpu:6.1f} s cpu  {memory:6.0f} MB peak  exit {done.returncode}  {counts}")


def main() -> None:
    """Print the table."""
    subjects = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    share = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "repo"
        folder.mkdir()
        files = build(folder, subjects, share)
        for path in files[: subjects // 100]:
            change(path)
        run(folder, f"{subjects // 100} changed", "--changed", "--against", "git:HEAD")
        run(folder, f"{subjects // 100} changed, all", ".", "--against", "git:HEAD")
        for path in files[subjects // 100 :]:
            change(path)
        run(folder, "all changed", ".", "--against", "git:HEAD")
        others = ("text", "sarif", "junit", "github", "gitlab", "markdown")
        formats = [word for name in others for word in ("--format", f"{name}:{folder.parent / name}")]
        run(folder, "all, every format", ".", "--against", "git:HEAD", *formats)


if __name__ == "__main__":
    main()
