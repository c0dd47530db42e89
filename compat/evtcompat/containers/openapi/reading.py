"""What is read of OpenAPI documents: the body of each request that others receive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evtcompat.containers.bundling import bundled, unread
from evtcompat.containers.loading import openapi_notation
from evtcompat.containers.located import File, Files, Located
from evtcompat.containers.openapi.requests import requests_of
from evtcompat.errors import UncheckedError
from evtcompat.formats.containers import Contained, Contents

if TYPE_CHECKING:
    from evtcompat.formats.containers import Beside
    from evtcompat.model.documents import Document
    from evtcompat.model.json_types import JSON


def contents_of(document: Document, path: str, beside: Beside) -> Contents:
    """The body of each request that others receive."""
    files = Files(File(path, document), beside)
    value = document.value
    old = isinstance(value, dict) and str(value.get("openapi")).startswith("3.0")
    told = openapi_notation(old=old)
    problems: dict[str, UncheckedError] = {}
    signs: dict[str, str] = {}
    schemas: list[Contained] = []
    for name, schema in requests_of(files, problems):
        try:
            start = files.resolved(schema)
            if old:
                _refuse_nullable_elsewhere(files, start)
            made = bundled(files, start, told.dialect or "", name, rewrite=_without_nullable if old else None)
        except UncheckedError as error:
            problems[name], signs[name] = error, schema.seen_from(files.root)
        else:
            schemas.append(Contained(name, told.format, made, sign=schema.seen_from(files.root)))
    return Contents(tuple(schemas), problems, signs=signs)


def _without_nullable(schema: dict[str, JSON]) -> dict[str, JSON]:
    """A schema of 3.0 as JSON Schema says it: ``nullable`` adds null to ``type``, and has no effect without one."""
    if schema.get("nullable") is not True or not isinstance(schema.get("type"), str):
        return schema
    return {**schema, "type": [schema["type"], "null"]}


def _refuse_nullable_elsewhere(files: Files, start: Located) -> None:
    """What other files say is read as it stands there, so that ``nullable`` would be passed over.

    Raises:
        DocumentError: Another file that the document refers to has it.
    """
    for address in sorted(set(re.findall(r"""\$ref["']?\s*:\s*["']([^"'#]+)""", start.file.document.text or ""))):
        source = files.source(start, address)
        if source is not None and source.path != start.file.path and "nullable" in source.text:
            message = f"{address} has `nullable`, which means nothing outside of the document itself"
            raise unread(start, message, "Move that schema into the document, or write the type as a list with null.")
