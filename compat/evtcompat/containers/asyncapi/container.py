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
    """A document of AsyncAPI 2 or 3."""

    name = "asyncapi"
    noun = "an AsyncAPI document"
    holds = "messages that have a payload"
    mark = re.compile(rb"""(?:^|\A\s*\{\s*|,\s*)["']?asyncapi["']?\s*:\s*["']?[23]\.""", re.MULTILINE)
    word = b"asyncapi"
    unmistakable = True

    def recognise(self, value: object) -> bool:
        """See `SchemaContainer`."""
        version = value.get("asyncapi") if isinstance(value, Mapping) else None
        return isinstance(version, (str, Decimal, float)) and str(version)[:2] in ("2.", "3.")

    def contents(self, document: Document, path: str, beside: Beside) -> Contents:
        """See `SchemaContainer`: the payload of each message, and its headers as ``NAME.headers``."""
        from evtcompat.containers.asyncapi.messages import messages_of
        from evtcompat.containers.asyncapi.reading import contents_of
        from evtcompat.containers.located import File, Files

        files = Files(File(path, document), beside)
        problems: dict[str, UncheckedError] = {}
        return contents_of(files, messages_of(files, problems), problems)


ASYNCAPI: Final = AsyncApi()
