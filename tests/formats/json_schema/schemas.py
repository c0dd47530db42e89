"""Schemas for the tests of this package."""

from __future__ import annotations

from evtcompat.formats.json_schema.compile.loading import load_schema
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.model.documents import Document, References
from evtcompat.model.json_types import JSON

SEVEN = "http://json-schema.org/draft-07/schema#"
MODERN = "https://json-schema.org/draft/2020-12/schema"
FOUR = "http://json-schema.org/draft-04/schema#"


def schema_of(value: JSON, references: References | None = None) -> Schema:
    """The schema that a parsed document writes."""
    return load_schema(Document(value), references)
