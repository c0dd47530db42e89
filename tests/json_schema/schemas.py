"""Schemas for the tests of this room."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evtcompat.formats.json_schema.parse import Schema, parse
from evtcompat.model.documents import Document, References
from evtcompat.model.json_types import JSON

SEVEN = "http://json-schema.org/draft-07/schema#"
MODERN = "https://json-schema.org/draft/2020-12/schema"
FOUR = "http://json-schema.org/draft-04/schema#"


def schema_of(value: JSON, references: References | None = None) -> Schema:
    """The schema that a parsed document writes."""
    return parse(Document(value), references)


def reference_rows(name: str) -> Iterator[dict[str, Any]]:
    """The rows of a reference file; skips the test where it is absent."""
    folder = Path(os.environ.get("EVTCOMPAT_REFERENCE", Path(__file__).parents[3] / "shared" / "reference"))
    file = folder / name
    if not file.exists():
        pytest.skip(f"{file} is absent; set EVTCOMPAT_REFERENCE to the folder that holds it")
    with gzip.open(file, "rt") if name.endswith(".gz") else file.open() as lines:
        for line in lines:
            yield json.loads(line)
