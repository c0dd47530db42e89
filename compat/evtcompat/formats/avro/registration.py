"""What keeps a Confluent registry from registering a schema: names and defaults that its strict parser refuses."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from evtcompat.formats.avro.decoders.java_defaults import refused_default
from evtcompat.formats.avro.defaults import shown
from evtcompat.formats.avro.legal_names import IllegalName, IllegalNames, name_fault
from evtcompat.formats.avro.refusals import Repeated, refusals
from evtcompat.formats.avro.types import KIND_NAMES, PRIMITIVES, RECORD, Primitive, Type, Union

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evtcompat.formats.avro.types import AvroSchema, Named


def rejection(schema: AvroSchema) -> str | None:
    """Why a registry would refuse the schema as invalid, as one sentence with the place; ``None`` when it would not.

    The answer is that of Avro Java's strict parser as Confluent's own client calls it: names by `STRICT_VALIDATOR`,
    which takes ASCII only (client/.../avro/AvroSchema.java, since release 8.0.3), defaults by `Schema.isValidDefault`.
    A record that is repeated is refused by the releases before Avro 1.12.1, an enum or a fixed is not since 1.12.
    """
    illegal = IllegalNames(_fault)
    for named in schema.names.values():
        if named.full in PRIMITIVES:
            kind = KIND_NAMES[named.kind]
            return f"illegal name {shown(named.full)} of the {kind}: it is the name of a primitive type"
        for name, part, _, reason in chain(illegal.of(named), _illegal_aliases(named)):
            return f"illegal name {shown(name)} in {part}: {reason}"
    for one in refusals(schema) if schema.repeated else ():
        if isinstance(one, Repeated) and one.kind == KIND_NAMES[RECORD]:
            return f"the record {one.full} is defined again at {one.second}: can't redefine"
    refused = refused_default(schema)
    if refused is None:
        return None
    field, value = refused.field, shown(refused.field.default)
    if refused.invalid:
        return f"invalid default for field {field.name} of {refused.record.full}: {value} is no {_word(field.type)}"
    return (
        f"invalid default for field {field.name} of {refused.record.full}: {value} is a value of a record that is not "
        "finished where the field is parsed"
    )


def _illegal_aliases(named: Named) -> Iterator[IllegalName]:
    """The aliases of a named type, without their namespaces, which nothing checks; those of fields go unchecked too."""
    for alias in named.aliases:
        name = alias.rpartition(".")[2]
        if (reason := _fault(name)) is not None:
            yield IllegalName(name, f"the aliases of {named.full}", "/aliases", reason)


def _fault(name: str) -> str | None:
    return name_fault(name) or _beyond_ascii(name)


def _beyond_ascii(name: str) -> str | None:
    """Why a name that Avro Java takes is refused by Confluent registries since they moved to Avro 1.12."""
    if name.isascii():
        return None
    wrong = next(character for character in name if not character.isascii())
    return f"it contains {wrong!r}, and Confluent registries take ASCII only since 8.0.3"


def _word(type_: Type) -> str:
    if isinstance(type_, Primitive | Union):
        return KIND_NAMES[type_.kind] if isinstance(type_, Primitive) else "value of any branch of the union"
    return f"{KIND_NAMES[type_.kind]} {getattr(type_, 'full', '')}".strip() if type_.kind <= RECORD else "value"
