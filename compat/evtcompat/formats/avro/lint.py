"""What a strict parser refuses: names and defaults, as a Confluent registry checks a schema before it registers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.decoders.java_defaults import refused_default
from evtcompat.formats.avro.defaults import shown, union_branch
from evtcompat.formats.avro.paths import SchemaIndex
from evtcompat.formats.avro.types import (
    KIND_NAMES,
    NAMED,
    RECORD,
    STRING,
    Container,
    Enumeration,
    Field,
    Fixed,
    Missing,
    Primitive,
    Record,
    Type,
    Union,
)
from evtcompat.formats.avro.verdict import faults
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evtcompat.formats.avro.types import AvroSchema


_PRIMITIVES: Final = frozenset(KIND_NAMES[: STRING + 1])
#: The last of Java's characters; what lies beyond is two of them, and neither is a letter.
_LAST_CHARACTER: Final = "\uffff"


def rejection(schema: AvroSchema) -> str | None:
    """Why a registry would refuse the schema as invalid, as one sentence with the place; ``None`` when it would not.

    The answer is that of Avro Java's strict parser as Confluent's own client calls it: names by `STRICT_VALIDATOR`,
    which takes ASCII only (client/.../avro/AvroSchema.java, since release 8.0.3), defaults by `Schema.isValidDefault`.
    """
    for named in schema.names.values():
        if named.full in _PRIMITIVES:
            kind = KIND_NAMES[named.kind]
            return f"illegal name {shown(named.full)} of the {kind}: it is the name of a primitive type"
        for name, part, _ in (*_names(named), *_aliases(named)):
            reason = name_fault(name) or _beyond_ascii(name)
            if reason is not None:
                return f"illegal name {shown(name)} in {part}: {reason}"
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


def lint(schema: AvroSchema) -> tuple[Mismatch, ...]:
    """What is wrong or risky about the schema itself; reader and writer place are the same."""
    index = SchemaIndex(schema)
    found: list[Mismatch] = []
    bad = {id(field): reason for _, field, reason in faults(schema)}
    fields = ((named, field) for named in schema.names.values() if isinstance(named, Record) for field in named.fields)
    for record, field in fields:
        if isinstance(field.default, Missing):
            continue
        place = _field_place(index, record, field, "default")
        facts: dict[str, object] = {"path": record.full, "field": field.name}
        if id(field) in bad:
            found.append(Mismatch("invalid-default", place, place, facts | {"reason": bad[id(field)]}))
        elif isinstance(field.type, Union):
            branch = union_branch(field.type, field.default)
            if branch:
                found.append(Mismatch("default-of-later-branch", place, place, facts | {"branch": branch}))
    for named in schema.names.values():
        pointer, origin = index.definition(named)
        for name, part, way in _names(named):
            reason = name_fault(name)
            if reason is not None:
                names = f"{named.short}.{name}" if way.startswith("/fields") else named.short
                place = Place(pointer + way, names, origin)
                found.append(Mismatch("invalid-name", place, place, {"name": name, "reason": f"{reason}, in {part}"}))
    return (*found, *_ambiguous_branches(schema, index))


def _ambiguous_branches(schema: AvroSchema, index: SchemaIndex) -> Iterator[Mismatch]:
    """The unions whose branches share a short name, at the record field or root that leads to them."""
    for record in schema.names.values():
        if not isinstance(record, Record):
            continue
        for field in record.fields:
            union = _inner(field.type)
            if isinstance(union, Union) and union.ambiguous:
                place = _field_place(index, record, field, "type")
                yield _twin(union, place)
    root = _inner(schema.root)
    if isinstance(root, Union) and root.ambiguous:
        yield _twin(root, index.root().place())


def _twin(union: Union, place: Place) -> Mismatch:
    named = [branch for branch in union.branches if isinstance(branch, NAMED)]
    shorts = [branch.short for branch in named]
    short = next(short for short in shorts if shorts.count(short) > 1)
    names = ", ".join(branch.full for branch in named if branch.short == short)
    return Mismatch(
        "union-branches-share-name", place, place, {"path": place.names or "(root)", "names": names, "short": short}
    )


def _inner(type_: Type) -> Type:
    while isinstance(type_, Container):
        type_ = type_.of
    return type_


def _field_place(index: SchemaIndex, record: Record, field: Field, part: str) -> Place:
    pointer, origin = index.definition(record)
    return Place(f"{pointer}/fields/{field.index}/{part}", f"{record.short}.{field.name}", origin)


def _names(named: Record | Enumeration | Fixed) -> Iterator[tuple[str, str, str]]:
    """Every name that a named type brings, with what it names, and the way to it from the definition."""
    if named.space:
        yield from ((part, f"the namespace of {named.full}", "") for part in named.space.split("."))
    yield named.short, f"the {KIND_NAMES[named.kind]} {named.full}", "/name"
    if isinstance(named, Record):
        yield from ((field.name, f"a field of {named.full}", f"/fields/{field.index}/name") for field in named.fields)
    elif isinstance(named, Enumeration):
        yield from (
            (symbol, f"the symbols of {named.full}", f"/symbols/{index}") for index, symbol in enumerate(named.symbols)
        )


def _aliases(named: Record | Enumeration | Fixed) -> Iterator[tuple[str, str, str]]:
    """The aliases of a named type, without their namespaces, which nothing checks; those of fields go unchecked too."""
    yield from ((alias.rpartition(".")[2], f"the aliases of {named.full}", "/aliases") for alias in named.aliases)


def name_fault(name: str) -> str | None:
    """Why `name` is not a name, as Avro Java judges it; ``None`` when it is one.

    Any letter counts and any decimal digit, of those that fit one of Java's 16-bit characters.
    """
    if not name:
        return "it is empty"
    if not (name[0] == "_" or (name[0].isalpha() and name[0] <= _LAST_CHARACTER)):
        return "it does not begin with a letter or an underscore"
    wrong = next((character for character in name if not _may_be_inside(character)), None)
    return None if wrong is None else f"it contains {wrong!r}"


def _beyond_ascii(name: str) -> str | None:
    """Why a name that Avro Java takes is refused by Confluent registries since they moved to Avro 1.12."""
    wrong = next((character for character in name if not character.isascii()), None)
    return None if wrong is None else f"it contains {wrong!r}, and Confluent registries take ASCII only since 8.0.3"


def _may_be_inside(character: str) -> bool:
    return character == "_" or ((character.isalpha() or character.isdecimal()) and character <= _LAST_CHARACTER)


def _word(type_: Type) -> str:
    if isinstance(type_, Primitive | Union):
        return KIND_NAMES[type_.kind] if isinstance(type_, Primitive) else "value of any branch of the union"
    return f"{KIND_NAMES[type_.kind]} {getattr(type_, 'full', '')}".strip() if type_.kind <= RECORD else "value"
