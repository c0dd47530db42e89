"""Folders with a subject and the contracts of its consumers, as teams have them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def order(*fields: tuple[str, object], line: Sequence[tuple[str, object]] = (("sku", "string"),)) -> dict[str, object]:
    """An Avro order with these fields and lines."""
    lines = {"type": "array", "items": record("Line", *line)}
    return record("Order", *fields, ("lines", lines))


def record(name: str, *fields: tuple[str, object]) -> dict[str, object]:
    return {"type": "record", "name": name, "fields": [{"name": field, "type": type_} for field, type_ in fields]}


def json_object(*required: str, closed: bool = False, **properties: object) -> dict[str, object]:
    """A JSON Schema of objects."""
    made: dict[str, object] = {"$schema": DIALECT, "type": "object", "properties": properties}
    if required:
        made["required"] = list(required)
    return made | ({"additionalProperties": False} if closed else {})


def write_versions(folder: Path, *schemas: object, subject: str = "order", suffix: str = ".avsc") -> None:
    for number, schema in enumerate(schemas, 1):
        write(folder / f"{subject}-v{number}{suffix}", schema)


def write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


def contract(folder: Path, consumer: str, text: str, subject: str = "order") -> None:
    write(folder / "contracts" / subject / f"{consumer}.toml", text)
