"""Avro IDL (``.avdl``): each record of the file is an event, and may use the types of the files that it imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.errors import UnsupportedError
from evtcompat.formats.containers import Contents, SchemaContainer, SourceText
from evtcompat.model.documents import Document
from evtcompat.model.places import Place
from evtcompat.syntax.documents import parse_document

if TYPE_CHECKING:
    from evtcompat.formats.avro.containers.idl import Idl, Import
    from evtcompat.formats.containers import Beside
    from evtcompat.model.json_types import JSON

#: A file that imports more files than this, through others too, is no file that a person keeps.
_MOST_FILES: Final = 500


class AvroIdl(SchemaContainer):
    """A protocol, or schemas, in Avro's interface language."""

    name = "avro-idl"
    noun = "an Avro IDL file"
    holds = "records"
    suffixes = (".avdl",)

    def read(self, source: SourceText, beside: Beside) -> Document:
        """See `SchemaContainer`: the protocol in JSON, after the types that it imports (member ``imported``)."""
        idl = _parsed(source.text, source.origin)
        imported: list[JSON] = []
        spans: dict[str, tuple[int, int]] = {"": (0, 0), **idl.spans}
        reader = _Imports(beside, {source.path})
        for one in idl.imports:
            found = reader.types(one, idl, source)
            for index in range(len(imported), len(imported) + len(found)):
                spans[f"/imported/{index}"] = (one.offset, source.text.find(";", one.offset) + 1)
            imported += found
        value: JSON = {**idl.protocol, "imported": imported}

        def span_of(pointer: str) -> tuple[int, int]:
            while pointer not in spans:
                pointer = pointer.rpartition("/")[0]
            return spans[pointer]

        return Document(value, source.origin, source.text, self.name, source.base_uri, span_of)

    def contents(self, document: Document, path: str, beside: Beside) -> Contents:  # noqa: ARG002 - of the protocol
        """See `SchemaContainer`. What is imported is an event of the file that defines it."""
        from evtcompat.formats.avro.containers.named_types import contents_of

        return contents_of(document)


class _Imports:
    """Reads imported files, each once."""

    def __init__(self, beside: Beside, seen: set[str]) -> None:
        self._beside = beside
        self._seen = seen

    def types(self, one: Import, idl: Idl, source: SourceText) -> list[JSON]:
        """The types that an import brings, those of its own imports first, each with its namespace.

        Raises:
            DocumentError: A file is none of its kind.
            UnsupportedError: There is no such file, or there are too many.
        """
        beside = self._beside.text(source.path, one.path)
        # as Avro's own reader does, which looks on the class path
        known = self._beside.elsewhere(one.path) if beside is None else (beside,)
        if len(known) != 1:
            message = f"there is no file {one.path}, which is imported here"
            hint = (
                "The path is from the folder of this file, or from one that the configuration lists: `reference-roots`."
            )
            if known:
                message = f"{one.path}, which is imported here, may be {' or '.join(other.origin for other in known)}"
                hint = "List the folder that it is meant from in the configuration: `reference-roots`."
            raise UnsupportedError(message, place=idl.tokens.place(one.offset), hint=hint)
        found = known[0]
        if found.path in self._seen:
            return []
        self._seen.add(found.path)
        if len(self._seen) > _MOST_FILES:
            message = f"imports more than {_MOST_FILES} files"
            raise UnsupportedError(message, place=Place(origin=source.origin), hint="Import what is used.")
        if one.kind != "idl":
            value = parse_document(found.text, found.origin, name=found.path, exact=False, comments=True).value
            if one.kind == "schema":
                return value if isinstance(value, list) else [value]
            return _with_namespace(value)
        inner = _parsed(found.text, found.origin)
        before = [kind for other in inner.imports for kind in self.types(other, inner, found)]
        return [*before, *_with_namespace(inner.protocol)]


def _parsed(text: str, origin: str) -> Idl:
    # Most runs meet no such file, and a short one is mostly start-up.
    from evtcompat.formats.avro.containers.idl import parse_idl

    return parse_idl(text, origin)


def _with_namespace(protocol: JSON) -> list[JSON]:
    """The types of a protocol, each with the namespace that it has there."""
    types = protocol.get("types") if isinstance(protocol, dict) else None
    if not isinstance(protocol, dict) or not isinstance(types, list):
        return []
    space = protocol.get("namespace")
    if not isinstance(space, str):
        return types
    return [{"namespace": space, **one} if isinstance(one, dict) else one for one in types]


AVRO_IDL: Final = AvroIdl()
