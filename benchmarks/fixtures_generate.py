"""How long fixtures take, and how large they are: 100 subjects of 50 fields with 5 versions each.

    python benchmarks/fixtures_generate.py [SUBJECTS]

The promise is at most 60 seconds and 20 MB for 100 subjects. Two thirds are Avro, one third JSON Schema. Beside it
stands what the decoders alone need for the same payloads, so that the figure means something on another machine.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "compat"))

from evtcompat.formats.loading import built_in, by_name
from evtcompat.model.documents import Document
from evtcompat.model.histories import Version
from evtcompat.model.json_types import JSON
from evtcompat.payloads.contents import Ids, folder_contents
from evtcompat.payloads.matrix import ParsedSubject, Subject, matrix_of
from evtcompat.payloads.writing import write_folder

FIELDS = 50
VERSIONS = 5
_AVRO: list[JSON] = [
    "string",
    "long",
    "double",
    ["null", "string"],
    {"type": "long", "logicalType": "timestamp-millis"},
    {"type": "array", "items": "string"},
    "int",
    "boolean",
    {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2},
    ["null", "double"],
]
_JSON: list[JSON] = [
    {"type": "string", "maxLength": 40},
    {"type": "integer", "minimum": 0},
    {"enum": ["new", "paid", "lost"]},
    {"type": ["null", "string"]},
    {"type": "array", "items": {"type": "string"}},
    {"type": "number"},
]


def avro_version(number: int, version: int) -> JSON:
    """One version of a record: each adds a field with a default to the one before."""
    fields: list[JSON] = [
        {"name": f"field{index}", "type": _AVRO[(index + number) % len(_AVRO)]} for index in range(FIELDS - VERSIONS)
    ]
    fields += [{"name": f"added{index}", "type": ["null", "long"], "default": None} for index in range(version)]
    status: JSON = {"type": "enum", "name": "Status", "symbols": ["NEW", "PAID", "LOST"], "default": "NEW"}
    return {"type": "record", "name": f"Event{number}", "fields": [{"name": "status", "type": status}, *fields]}


def json_version(number: int, version: int) -> JSON:
    """One version of an object: each adds an optional property."""
    properties: dict[str, JSON] = {
        f"field{index}": _JSON[(index + number) % len(_JSON)] for index in range(FIELDS - VERSIONS)
    }
    properties |= {f"added{index}": {"type": "string"} for index in range(version)}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": properties,
        "required": ["field0", "field1"],
        "additionalProperties": False,
    }


def subject(number: int) -> Subject:
    """One subject with its versions."""
    json = number % 3 == 2
    make = json_version if json else avro_version
    versions = tuple(
        Version(Document(make(number, version), origin=f"event{number}-v{version}"), str(version))
        for version in range(1, VERSIONS + 1)
    )
    return Subject(f"event{number}", by_name("json-schema" if json else "avro"), versions)


FORMATS = tuple(one.name for one in built_in())


def main() -> None:
    """Print one line a format, and the sum."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    spent: dict[str, float] = dict.fromkeys(FORMATS, 0.0)
    alone: dict[str, float] = dict.fromkeys(FORMATS, 0.0)
    sizes: dict[str, int] = dict.fromkeys(FORMATS, 0)
    counted: dict[str, int] = dict.fromkeys(FORMATS, 0)
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(count):
            one = subject(number)
            start = time.perf_counter()
            parsed = ParsedSubject(one)
            matrix = matrix_of(parsed)
            contents = folder_contents(parsed, matrix, Ids.parse(one.labels, ()))
            write_folder(Path(scratch) / one.name, contents)
            spent[one.format.name] += time.perf_counter() - start
            sizes[one.format.name] += len(contents.manifest) + sum(len(data) for data in contents.files.values())
            counted[one.format.name] += sum(len(found) for found in matrix.payloads.values())
            start = time.perf_counter()
            for label, payloads in matrix.payloads.items():
                for payload in payloads:
                    parsed.payloads[label].decode(payload.body)
            alone[one.format.name] += (time.perf_counter() - start) * VERSIONS
    for kind in FORMATS:
        print(
            f"{kind:12} {counted[kind]:6} payloads  {spent[kind]:6.1f} s  {sizes[kind] / 1e6:5.1f} MB"
            f"  (the decoder alone, every payload once for each reader: {alone[kind]:.1f} s)"
        )
    print(f"{count} subjects: {sum(spent.values()):.1f} s, {sum(sizes.values()) / 1e6:.1f} MB (at most 60 s, 20 MB)")


if __name__ == "__main__":
    main()
