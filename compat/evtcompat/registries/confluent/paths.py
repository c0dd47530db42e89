"""Paths, queries and bodies of requests."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from evtcompat.model.json_types import JSON
from evtcompat.registries.base import DEFAULT_TYPE, Reference


def segment(text: str) -> str:
    """One segment of a URL's path: ``/`` is encoded, and dots alone would be taken for folders by proxies."""
    return quote(text, safe="", errors="surrogatepass") if set(text) != {"."} else text.replace(".", "%2E")


def with_deleted(deleted: bool) -> dict[str, str]:  # noqa: FBT001 - the word is in the name
    """The query that asks for deleted ones as well."""
    return {"deleted": "true"} if deleted else {}


def schema_body(text: str, kind: str, references: Sequence[Reference]) -> dict[str, JSON]:
    """A schema as requests carry it."""
    body: dict[str, JSON] = {"schema": text}
    if kind != DEFAULT_TYPE:
        body["schemaType"] = kind
    if references:
        body["references"] = [
            {"name": reference.name, "subject": reference.subject, "version": reference.version}
            for reference in references
        ]
    return body
