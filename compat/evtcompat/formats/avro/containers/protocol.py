"""Avro protocols in JSON (``.avpr``; Avro 1.12, "Protocol Declaration"): each of their records is an event."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from evtcompat.formats.containers import Contents, SchemaContainer

if TYPE_CHECKING:
    from evtcompat.formats.containers import Beside
    from evtcompat.model.documents import Document


class AvroProtocol(SchemaContainer):
    """A protocol as JSON."""

    name = "avro-protocol"
    noun = "an Avro protocol"
    holds = "records"
    suffixes = (".avpr",)
    mark = re.compile(rb'"protocol"\s*:')

    def recognise(self, value: object) -> bool:
        """See `SchemaContainer`."""
        if not isinstance(value, Mapping) or not isinstance(value.get("protocol"), str):
            return False
        return isinstance(value.get("types"), list) or isinstance(value.get("messages"), Mapping)

    def contents(self, document: Document, path: str, beside: Beside) -> Contents:  # noqa: ARG002 - of the protocol
        """See `SchemaContainer`."""
        from evtcompat.formats.avro.containers.named_types import contents_of

        return contents_of(document)


AVRO_PROTOCOL: Final = AvroProtocol()
