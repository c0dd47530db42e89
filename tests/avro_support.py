"""What the Avro tests share: parsing and relating JSON values, and where the reference data is."""

from __future__ import annotations

import gzip
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from evtcompat.formats.avro.engine import AvroEngine
from evtcompat.formats.avro.types import AvroSchema
from evtcompat.formats.base import Options
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.mismatches import Mismatch, Relation
from evtcompat.model.verdicts import Severity
from evtcompat.rules.catalogue import catalogue

ENGINE = AvroEngine()
ROOT = Path(__file__).resolve().parent.parent


def parsed(value: Any) -> AvroSchema:  # noqa: ANN401 - any JSON value
    """The schema that a JSON value writes."""
    return ENGINE.parse(Document(value), NoReferences())


def related(reader: Any, writer: Any, *, witnesses: bool = True) -> Relation:  # noqa: ANN401 - any JSON value
    """The relation of two JSON values."""
    return ENGINE.relation(parsed(reader), parsed(writer), Options(witnesses=witnesses))


def errors(relation: Relation) -> list[Mismatch]:
    """The mismatches that make a pair incompatible."""
    return [one for one in relation.mismatches if catalogue()[one.rule].severity is Severity.ERROR]


def rules(relation: Relation) -> list[str]:
    """The ids of the rules that were broken, sorted, each once."""
    return sorted({one.rule for one in relation.mismatches})


@cache
def reference(name: str) -> tuple[dict[str, Any], ...]:
    """The lines of a file of the reference data; the test is skipped where that folder is absent."""
    folder = Path(os.environ.get("EVTCOMPAT_REFERENCE", ROOT.parent / "shared" / "reference"))
    path = folder / name
    if not path.is_file():
        pytest.skip(f"no reference data: {path} (set EVTCOMPAT_REFERENCE)")
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text(encoding="utf-8")
    return tuple(json.loads(line) for line in text.splitlines())
