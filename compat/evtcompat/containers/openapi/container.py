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
    """A document of OpenAPI; what is in it is read of version 3."""

    name = "openapi"
    noun = "an OpenAPI document"
    holds = "webhooks and callbacks"
    mark = re.compile(rb"""(?:^|\A\s*\{\s*|,\s*)["']?openapi["']?\s*:\s*["']?\d""", re.MULTILINE)
    word = b"openapi"

    def recognise(self, value: object) -> bool:
        """See `SchemaContainer`."""
        from evtcompat.containers.located import other_version

        return self._is_read(value) or other_version(value, "openapi") is not None

    def _is_read(self, value: object) -> bool:
        version = value.get("openapi") if isinstance(value, Mapping) else None
        return version is not None and str(version).startswith("3.")

    def contents(self, document: Document, path: str, beside: Beside) -> Contents:
        """See `SchemaContainer`: the body of each request that others receive."""
        from evtcompat.containers.located import refuse_version
        from evtcompat.containers.openapi.reading import contents_of

        if not self._is_read(document.value):
            refuse_version(document, "openapi", "OpenAPI", "3")
        return contents_of(document, path, beside)


OPENAPI: Final = OpenApi()
