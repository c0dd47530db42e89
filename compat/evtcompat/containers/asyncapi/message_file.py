"""Messages of AsyncAPI in files of their own, of which a document is put together elsewhere, or by a tool."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from evtcompat.formats.containers import Contents, SchemaContainer

if TYPE_CHECKING:
    from evtcompat.formats.containers import Beside
    from evtcompat.model.documents import Document

#: What a Message Object may have (AsyncAPI 2.6 and 3.0), besides what begins with ``x-``.
_FIELDS: Final = frozenset(
    {
        *("messageId", "headers", "payload", "correlationId", "schemaFormat", "contentType", "name", "title"),
        *("summary", "description", "tags", "externalDocs", "bindings", "examples", "traits"),
    }
)
#: Lists of schemas.
_LISTS: Final = ("allOf", "anyOf", "oneOf", "fields")
#: There is one message in a file, whatever the versions of the file are called.
_SIGN: Final = "message"


class AsyncApiMessage(SchemaContainer):
    """A file that is one Message Object, and nothing else."""

    name = "asyncapi-message"
    noun = "an AsyncAPI message"
    holds = "a payload"
    mark = re.compile(rb"""(?:^[ \t]*|[{,]\s*)["']?payload["']?\s*:""", re.MULTILINE)
    word = b"payload"
    part_of_others = True

    def recognise(self, value: object) -> bool:
        """See `SchemaContainer`: it has nothing but what a message has, and its payload is a schema and no data."""
        if not isinstance(value, Mapping) or not value.keys() > {"payload"}:  # something has to be said of the payload
            return False
        known = all(isinstance(key, str) and (key in _FIELDS or key.startswith("x-")) for key in value)
        return known and _is_schema(value.get("payload"))

    def contents(self, document: Document, path: str, beside: Beside) -> Contents:
        """See `SchemaContainer`: the payload under the name of the file, and the headers as ``NAME.headers``."""
        from evtcompat.containers.asyncapi.messages import Message
        from evtcompat.containers.asyncapi.reading import contents_of
        from evtcompat.containers.located import File, Files, Located

        files = Files(File(path, document), beside)
        value = Located(files.root, "", document.value)
        name = path.rpartition("/")[2].rpartition(".")[0]
        return contents_of(files, [Message(name, value, _SIGN)])


def _is_schema(payload: object) -> bool:
    if not isinstance(payload, Mapping):
        return False
    properties = payload.get("properties")
    described = isinstance(properties, Mapping) and all(isinstance(one, Mapping | bool) for one in properties.values())
    listed = any(isinstance(payload.get(word), list) for word in _LISTS)
    return described or listed or isinstance(payload.get("$ref"), str)


ASYNCAPI_MESSAGE: Final = AsyncApiMessage()
