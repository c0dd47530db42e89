"""AsyncAPI documents as containers of events."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from evtcompat.formats.containers import Contents, SchemaContainer

if TYPE_CHECKING:
    from evtcompat.errors import UncheckedError
    from evtcompat.formats.containers import Beside
    from evtcompat.model.documents import Document


class AsyncApi(SchemaContainer):
    """A document of AsyncAPI; what is in it is read of versions 2 and 3."""

    name = "asyncapi"
    noun = "an AsyncAPI document"
    holds = "messages that have a payload"
    mark = re.compile(rb"""(?:^|\A\s*\{\s*|,\s*)["']?asyncapi["']?\s*:\s*["']?\d""", re.MULTILINE)
    word = b"asyncapi"
    unmistakable = True

    def recognise(self, value: object) -> bool:
        """See `SchemaContainer`."""
        from evtcompat.containers.located import other_version

        return self._is_read(value) or other_version(value, "asyncapi") is not None

    def _is_read(self, value: object) -> bool:
        version = value.get("asyncapi") if isinstance(value, Mapping) else None
        return isinstance(version, (str, Decimal, float)) and str(version)[:2] in ("2.", "3.")

    def contents(self, document: Document, path: str, beside: Beside) -> Contents:
        """See `SchemaContainer`: the payload of each message, and its headers as ``NAME.headers``."""
        from evtcompat.containers.asyncapi.messages import messages_of
        from evtcompat.containers.asyncapi.reading import contents_of
        from evtcompat.containers.located import File, Files, refuse_version

        if not self._is_read(document.value):
            refuse_version(document, "asyncapi", "AsyncAPI", "2 and 3")
        files = Files(File(path, document), beside)
        problems: dict[str, UncheckedError] = {}
        return contents_of(files, messages_of(files, problems), problems)


ASYNCAPI: Final = AsyncApi()
