"""Patches of a reader's document that may fix an occurrence of a rule; whether they do is for `formats.avro.fixes`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.canonical import logical_properties
from evtcompat.formats.avro.defaults import fault, shown
from evtcompat.formats.avro.rule import Patch
from evtcompat.formats.avro.types import (
    ARRAY,
    BOOLEAN,
    BYTES,
    DOUBLE,
    FLOAT,
    INT,
    KIND_NAMES,
    LONG,
    MAP,
    NAMED,
    NAMED_LEAVES,
    NULL,
    STRING,
    Enumeration,
    Fixed,
    Primitive,
    Record,
    Type,
    Union,
    type_name,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evtcompat.formats.avro.rule import Occurrence
    from evtcompat.model.json_types import JSON

_ZEROS: Final[dict[int, JSON]] = {
    NULL: None,
    BOOLEAN: False,
    INT: 0,
    LONG: 0,
    FLOAT: 0.0,
    DOUBLE: 0.0,
    BYTES: "",
    STRING: "",
    ARRAY: [],
    MAP: {},
}
#: Bytes of the longest fixed whose zeros are suggested as a default; Avro allows two gigabytes.
_LONGEST_DEFAULT: Final = 1024


def give_default(occurrence: Occurrence) -> Patch | None:
    """Give the field a default, null where its type allows it."""
    field = occurrence.field
    if field is None:
        return None
    pointer = occurrence.mismatch.reader.pointer.removesuffix("/default")
    type_ = field.type
    if isinstance(type_, Union) and any(branch.kind == NULL for branch in type_.branches[1:]):
        raw = written_union(occurrence)
        if raw is None:
            return None
        first = [raw[index] for index, branch in enumerate(type_.branches) if branch.kind == NULL]
        union = first + [branch for branch in raw if branch not in first]
        text = f'Put null first in the union of {field.name} and give it "default": null'
        return Patch(
            text,
            [
                {"op": "replace", "path": f"{pointer}/type", "value": union},
                {"op": "add", "path": f"{pointer}/default", "value": None},
            ],
        )
    zero = _zero(type_)
    if zero is None:
        return None
    text = f'Give {field.name} a default, such as "default": {shown(zero[0])}'
    return Patch(text, [{"op": "add", "path": f"{pointer}/default", "value": zero[0]}])


def correct_default(occurrence: Occurrence) -> Patch | None:
    """Give the field another default than the wrong one."""
    patch = give_default(occurrence)
    if patch is None or occurrence.field is None:
        return patch
    wrong = f"Give {occurrence.field.name} a default, such as"
    return patch._replace(text=patch.text.replace(wrong, f"Correct the default of {occurrence.field.name}, such as"))


def add_alias(occurrence: Occurrence) -> Patch | None:
    """Give the reader's named type the writer's full name as an alias; none says a name without a namespace in one."""
    reader, writer = occurrence.here.type, occurrence.there.type
    if isinstance(reader, Union) and isinstance(writer, NAMED_LEAVES):
        reader = next((one for one in reader.branches if one.kind == writer.kind), reader)
    if not isinstance(reader, NAMED) or not isinstance(writer, NAMED):
        return None
    pointer, origin = occurrence.here.index.definition(reader)
    if origin is not None or (reader.space and not writer.space):
        return None
    aliases = [*_listed(reader.raw), writer.full]
    text = f'Give {reader.full} the alias "{writer.full}"'
    return Patch(text, [{"op": "add", "path": f"{pointer}/aliases", "value": aliases}])


def drop_alias(occurrence: Occurrence) -> Patch | None:
    """Take the alias away by which another field of the reader claims what fills this one, or which is its own name."""
    record, field = occurrence.here.type, occurrence.field
    if field is None or not isinstance(record, Record):
        return None
    claims = record.claims
    others = [one for one in (field.name, *field.aliases) if claims.get(one, field.name) != field.name]
    alias = others[0] if others else field.name
    if alias not in claims:
        return None
    other = record.row(claims[alias])
    pointer = occurrence.here.field_place(record, other, "aliases").pointer
    kept: list[JSON] = [one for one in other.aliases if one != alias]
    text = f"Take the alias {alias} away from {other.name}"
    if kept:
        return Patch(text, [{"op": "replace", "path": pointer, "value": kept}])
    return Patch(text, [{"op": "remove", "path": pointer}])


def keep_writer_type(occurrence: Occurrence) -> Patch | None:
    """Keep the writer's primitive type, unless it is one of several that the writer has."""
    writer = occurrence.there.type
    if not isinstance(writer, Primitive) or occurrence.there.in_union:
        return None
    pointer = occurrence.mismatch.reader.pointer
    text = f"Keep {type_name(writer)} here, and add a field for the new type"
    return Patch(text, [{"op": "replace", "path": pointer, "value": written(writer)}])


def written(type_: Primitive) -> JSON:
    """The primitive as a document writes it."""
    name = KIND_NAMES[type_.kind]
    return name if type_.logical is None else {"type": name, **logical_properties(type_.logical)}


def written_union(occurrence: Occurrence) -> list[JSON] | None:
    """The union of the field in question, as the document writes it; ``None`` where that is no list."""
    record, field = occurrence.here.type, occurrence.field
    if field is None or not isinstance(record, Record):
        return None
    raw = record.raw["fields"][field.index]["type"]  # type: ignore[index,call-overload]  # parsed
    return raw if isinstance(raw, list) else None


def _zero(type_: Type) -> tuple[JSON] | None:
    """The plainest default of a type, in a tuple of one, or ``None``."""
    if isinstance(type_, Union):
        return _zero(type_.branches[0]) if type_.branches else None
    if isinstance(type_, Enumeration):
        return (type_.default or type_.symbols[0],) if type_.symbols else None
    if isinstance(type_, Fixed):
        return ("\0" * type_.size,) if type_.size <= _LONGEST_DEFAULT else None
    if isinstance(type_, Record):
        # fastavro fills in no defaults inside a default
        return (dict(type_.defaults),) if fault(type_, {}) is None else None
    if type_.logical is not None and type_.logical.name == "uuid":
        return ("00000000-0000-0000-0000-000000000000",)
    return (_ZEROS[type_.kind],)


def _listed(raw: Mapping[str, JSON]) -> list[JSON]:
    aliases = raw.get("aliases")
    return aliases if isinstance(aliases, list) else []
