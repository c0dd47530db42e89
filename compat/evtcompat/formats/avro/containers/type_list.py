"""Lists of Avro types in one ``.avsc`` file: ``[{record A}, {record B that uses A}]``.

Avro reads an array as a union. Public repositories write two things with it: the events of one topic, of which none is
a part of another, and that is a union; and the types of one or more events, each before those that use it, for tools
that generate code. Such a list is never written as a union: what no other type of it uses is an event, and to add a
type to it breaks nobody.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.format import AVRO
from evtcompat.formats.containers import Contents, SchemaContainer, SourceText

if TYPE_CHECKING:
    from evtcompat.formats.containers import Beside
    from evtcompat.model.documents import Document


class AvroTypeList(SchemaContainer):
    """An array of definitions in a schema file."""

    name = "avro-types"
    noun = "a list of Avro types"
    holds = "events"
    among = AVRO.suffixes
    may_be_one_schema = True
    mark = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:\s++|//[^\r\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/)*+\[")

    def recognise(self, value: object) -> bool:
        """See `SchemaContainer`: one of the types uses another."""
        from evtcompat.formats.avro.containers.named_types import lists_types

        return lists_types(value)

    def read(self, source: SourceText, beside: Beside) -> Document:  # noqa: ARG002 - one document is one file
        """See `SchemaContainer`: as a schema file is read."""
        return AVRO.read(source.text, source.origin, name=source.path, base_uri=source.base_uri)

    def contents(self, document: Document, path: str, beside: Beside) -> Contents:  # noqa: ARG002 - of the protocol
        """See `SchemaContainer`."""
        from evtcompat.formats.avro.containers.named_types import contents_of_list

        return contents_of_list(document)


AVRO_TYPE_LIST: Final = AvroTypeList()
