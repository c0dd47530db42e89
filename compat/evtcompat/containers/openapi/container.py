"""OpenAPI documents as containers of events."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from evtcompat.formats.containers import Contents, SchemaContainer

if TYPE_CHECKING:
    from evtcompat.formats.containers import Beside
    from evtcompat.model.documents import Document


class OpenApi(SchemaContainer):
    """A document of OpenAPI 3.0 or 3.1."""

    name = "openapi"
    noun = "an OpenAPI document"
    holds = "webhooks and callbacks"
    mark = re.compile(rb"""(?:^|\A\s*\{\s*|,\s*)["']?openapi["']?\s*:\s*["']?3\.""", re.MULTILINE)
    word = b"openapi"

    def recognise(self, value: object) -> bool:
        """See `SchemaContainer`."""
        version = value.get("openapi") if isinstance(value, Mapping) else None
        return version is not None and str(version).startswith("3.")

    def contents(self, document: Document, path: str, beside: Beside) -> Contents:
        """See `SchemaContainer`: the body of each request that others receive."""
        from evtcompat.containers.openapi.reading import contents_of

        return contents_of(document, path, beside)


OPENAPI: Final = OpenApi()
