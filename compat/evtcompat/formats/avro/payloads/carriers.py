"""Logical types taken apart: the schema of the carriers alone, and one leaf with its logical type alone."""

from __future__ import annotations

from typing import Final

from evtcompat.formats.avro.canonical import written_out
from evtcompat.formats.avro.parse import parse
from evtcompat.formats.avro.payloads import codec
from evtcompat.formats.avro.types import KIND_NAMES, AvroSchema, Fixed, Primitive
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.json_types import JSON

#: Where a type written out holds other types; defaults hold data.
_PARTS: Final = ("type", "items", "values", "fields")


def carriers_of(schema: AvroSchema, *, decimals: bool = False) -> AvroSchema:
    """The same schema without logical types, so that it decodes to the carriers; itself where it has none.

    Args:
        schema: The schema.
        decimals: Whether decimals on bytes stay. Of a writer fastavro reads them where the reader has a string, too;
            it refuses plain bytes there that are no text.
    """
    written = written_out(schema, relative=True)
    if not _has_logical(written):
        return schema
    return parse(Document(_without_logical(written, decimals=decimals)), NoReferences())


class LeafDecoder:
    """fastavro for one leaf of a schema alone; what it needs is kept by leaf."""

    def __init__(self) -> None:
        self._alone: dict[int, tuple[Primitive | Fixed, AvroSchema]] = {}

    def decode(self, type_: Primitive | Fixed, payload: bytes) -> object:
        """What fastavro makes of the leaf's bytes under its logical type.

        Raises:
            CodecError: It refuses them.
        """
        known = self._alone.get(id(type_))  # the leaf is kept beside its schema, so that its id is not used again
        if known is None:
            known = self._alone[id(type_)] = type_, parse(Document(_leaf_document(type_)), NoReferences())
        value: object = codec.decode(known[1], payload)
        nanos = type_.logical is not None and type_.logical.name.endswith("nanos")
        return f"{value} ns" if nanos else value  # fastavro leaves these as numbers


def _leaf_document(type_: Primitive | Fixed) -> JSON:
    written: dict[str, JSON] = {"type": KIND_NAMES[type_.kind]}
    if isinstance(type_, Fixed):
        written |= {"name": "Leaf", "size": type_.size}
    if type_.logical is not None:
        written["logicalType"] = type_.logical.name
        if type_.logical.name == "decimal":
            written |= {"precision": type_.logical.precision, "scale": type_.logical.scale}
    return written


def _has_logical(written: JSON) -> bool:
    pending = [written]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            if "logicalType" in part:
                return True
            pending += [part[key] for key in _PARTS if key in part]
        elif isinstance(part, list):
            pending += part
    return False


def _without_logical(written: JSON, *, decimals: bool) -> JSON:
    if isinstance(written, list):
        return [_without_logical(item, decimals=decimals) for item in written]
    if not isinstance(written, dict) or (decimals and written.get("type") == "bytes"):
        return written
    return {
        key: _without_logical(value, decimals=decimals) if key in _PARTS else value
        for key, value in written.items()
        if key not in ("logicalType", "precision", "scale")
    }
