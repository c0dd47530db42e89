"""A repository with many subjects: how long a check takes when few or all of them changed.

Builds a git repository of generated Avro schemas of realistic size (10 to 40 fields, nested records, unions, enums),
commits them, changes some, and times the whole process. Prints wall time, CPU time and the peak of memory.

    python benchmarks/many_subjects.py [SUBJECTS]
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


def build(folder: Path, subjects: int) -> list[Path]:
    """The committed repository; returns the schema files."""
    random_source = random.Random(1)  # noqa: S311 - a reproducible data set
    files = []
    for number in range(subjects):
        path = folder / "schemas" / f"team{number % 97}" / f"event-{number}.avsc"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record(number, random_source), indent=1), encoding="utf-8")
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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "repo"
        folder.mkdir()
        files = build(folder, subjects)
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
