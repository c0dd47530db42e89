"""The normalised form: one schema written out so that every tool reads it alike."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.types import (
    ARRAY,
    ENUM,
    KIND_NAMES,
    AvroSchema,
    Container,
    Enumeration,
    Field,
    Fixed,
    Logical,
    Missing,
    Primitive,
    Record,
    Type,
    Union,
)
from evtcompat.model.canonical import in_hexadecimal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evtcompat.model.json_types import JSON

#: The namespace that stands in for none; see `written_out`.
ROOT_SPACE: Final = "no_namespace"
_EMPTY_CRC: Final = 0xC15D213AA4D7A795


def written_out(
    schema: AvroSchema,
    *,
    defaults: bool = True,
    namespaced: bool = False,
    relative: bool = False,
    known: Iterable[str] = (),
) -> JSON:
    """The schema as one document: full names everywhere, each type defined at its first use, references included.

    Only what takes part in decoding is kept: no docs, no properties, no logical type that is invalid. Decoders that
    differ about relative names, forward references or broken logical types all read it.

    Args:
        schema: The schema.
        defaults: Keep the defaults of fields; without them a decoder that validates defaults reads any writer.
        known: The full names that are defined elsewhere, and only referred to here.
        namespaced: Put types without a namespace into `ROOT_SPACE`; for schemas that `mix_spaces`.
        relative: Keep the aliases of types as the documents write them. They mean the same; but fastavro compares them
            letter by letter, and what it is asked should be true of what users give it.
    """
    writer = _Writer(defaults=defaults, canonical=False, relative=relative)
    writer.prefix = f"{ROOT_SPACE}." if namespaced else ""
    writer.written.update(known)
    return writer.write(schema.root)


def mix_spaces(schema: AvroSchema) -> bool:
    """Whether a schema has types with and types without a namespace.

    fastavro does not find the latter from inside a namespace. It matches short names, so that nothing else changes when
    all of them, on both sides of a resolution, are given one.
    """
    return len({bool(named.space) for named in schema.names.values()}) > 1


def identical(reader: AvroSchema, writer: AvroSchema) -> bool:
    """Whether two schemas are the same JSON, so that fastavro reads without resolving them."""
    if reader.sources or writer.sources:
        return written_out(reader) == written_out(writer)
    return reader.document.value == writer.document.value


def identical_apart(reader: AvroSchema, writer: AvroSchema) -> bool:
    """Whether two schemas are the same JSON, document by document."""
    return (
        reader.document.value == writer.document.value
        and reader.sources.keys() == writer.sources.keys()
        and all(document.value == writer.sources[name].value for name, document in reader.sources.items())
    )


def parsing_canonical_form(schema: AvroSchema) -> str:
    """The specification's "Parsing Canonical Form"."""
    return json.dumps(
        _Writer(defaults=False, canonical=True).write(schema.root), ensure_ascii=False, separators=(",", ":")
    )


def crc64(schema: AvroSchema) -> int:
    """The CRC-64-AVRO fingerprint of the canonical form, as an unsigned number ("Schema Fingerprints")."""
    table = _crc_table()
    fingerprint = _EMPTY_CRC
    for byte in parsing_canonical_form(schema).encode(errors="surrogatepass"):
        fingerprint = (fingerprint >> 8) ^ table[(fingerprint ^ byte) & 0xFF]
    return fingerprint


def content_hash(schema: AvroSchema) -> str:
    """SHA-256, in hexadecimal, of everything that takes part in decoding.

    The canonical form does not tell defaults, aliases and logical types apart; this does.
    """
    import hashlib

    written = written_out(schema)
    try:
        text = json.dumps(written, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str)
    except ValueError:  # Python's limit on the digits of one integer
        text = json.dumps(in_hexadecimal(written), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


@cache
def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        fingerprint = byte
        for _ in range(8):
            fingerprint = (fingerprint >> 1) ^ (_EMPTY_CRC & -(fingerprint & 1))
        table.append(fingerprint)
    return tuple(table)


class _Writer:
    def __init__(self, *, defaults: bool, canonical: bool, relative: bool = False) -> None:
        self._defaults = defaults
        self._relative = relative
        self._canonical = canonical
        self.written: set[str] = set()
        self.prefix = ""

    def write(self, type_: Type) -> JSON:
        if isinstance(type_, Primitive):
            name = KIND_NAMES[type_.kind]
            return (
                name
                if type_.logical is None or self._canonical
                else {"type": name, **logical_properties(type_.logical)}
            )
        if isinstance(type_, Container):
            key = "items" if type_.kind == ARRAY else "values"
            return {"type": KIND_NAMES[type_.kind], key: self.write(type_.of)}
        if isinstance(type_, Union):
            return [self.write(branch) for branch in type_.branches]
        if type_.full in self.written:
            return self._full(type_.full)
        self.written.add(type_.full)
        return self._named(type_)

    def _full(self, name: str) -> str:
        return name if "." in name else self.prefix + name

    def _named(self, type_: Fixed | Enumeration | Record) -> JSON:
        written: dict[str, JSON] = {"name": self._full(type_.full), "type": KIND_NAMES[type_.kind]}
        if not self._canonical:
            if not type_.space and not self.prefix:
                # A name without a dot would be taken for one of the surrounding namespace.
                written["namespace"] = ""
            if type_.aliases:
                # Without the stand-in: the other schema may have none, and fastavro compares short names with aliases.
                written["aliases"] = type_.raw["aliases"] if self._relative else list(type_.aliases)
            if type_.logical is not None:
                written |= logical_properties(type_.logical)
            if isinstance(type_, Enumeration) and type_.default is not None:
                written["default"] = type_.default
        if isinstance(type_, Record):
            written["fields"] = [self._field(part) for part in type_.fields]
        elif type_.kind == ENUM and isinstance(type_, Enumeration):
            written["symbols"] = list(type_.symbols)
        elif isinstance(type_, Fixed):
            written["size"] = type_.size
        return written

    def _field(self, part: Field) -> JSON:
        written: dict[str, JSON] = {"name": part.name, "type": self.write(part.type)}
        if not self._canonical and part.aliases:
            written["aliases"] = list(part.aliases)
        if self._defaults and not isinstance(part.default, Missing):
            written["default"] = part.default
        return written


def logical_properties(logical: Logical) -> dict[str, JSON]:
    """The properties by which a declaration carries a logical type."""
    if logical.name == "decimal":
        return {"logicalType": "decimal", "precision": logical.precision, "scale": logical.scale}
    return {"logicalType": logical.name}
