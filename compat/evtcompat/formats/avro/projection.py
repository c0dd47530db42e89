"""Parts of Avro data by path, and readers that ask for some of them alone.

A named type has one definition however often it is used. So a type that is reached by several paths is projected to
all that is asked of it by any of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.types import (
    ARRAY,
    KIND_NAMES,
    MAP,
    MISSING,
    NULL,
    AvroSchema,
    Container,
    Enumeration,
    Field,
    Fixed,
    Primitive,
    Record,
    Type,
    Union,
)
from evtcompat.formats.projections import Described, Need, Part, Path, Shape, path_text, unknown_part
from evtcompat.model.places import Place

if TYPE_CHECKING:
    from evtcompat.formats.base import Schema
    from evtcompat.model.json_types import JSON

#: Levels of parts that are told; types that nest deeper are rare, and each level may multiply.
_DEEPEST: Final = 40
#: Paths after which no record is told a second time: of what contracts ask about, and of what is shown to the eye.
_MANY: Final = 50_000
_MANY_SHOWN: Final = 5_000


class AvroProjection:
    """See `evtcompat.formats.projections.Projection`."""

    def fields(self, schema: Schema) -> Sequence[Described]:
        """See `Projection`: a field without a default is required of a reader; a writer writes every field."""
        return tuple(one for one in self.parts(schema) if len(one.path) == 1 or not isinstance(one.path[-1], Part))

    def parts(self, schema: Schema) -> Sequence[Described]:
        """See `Projection`."""
        return tuple(dict.fromkeys(_fields(_own(schema).root, (), (), _Told())))

    def shapes(self, schema: Schema) -> Sequence[Shape]:
        """See `Projection`: several branches of a union may have a field of one name."""
        found: dict[str, Shape] = {}
        for path, type_, default in _shapes(_own(schema).root, (), (), _Told(_MANY_SHOWN)):
            text, said = path_text(path), None if default is MISSING else json.dumps(default, ensure_ascii=False)
            named = not isinstance(path[-1], Part)
            here = Shape(text, _words(type_), named and default is MISSING, said)
            other = found.setdefault(text, here)
            if here != other:
                words = other.type if here.type in other.type.split(" or ") else f"{other.type} or {here.type}"
                found[text] = Shape(text, words, other.required or here.required, other.default or here.default)
        return tuple(found.values())

    def project(self, schema: Schema, needs: Sequence[Need]) -> JSON:
        """See `Projection`: a part that is needed has no default, and one that is read where it is there has one."""
        own = _own(schema)
        asked = _Asked()
        for need in needs:
            asked.ask(own.root, need)
        return _Writing(asked).type(own.root)

    def needed(self, reader: Schema, place: Place) -> str:  # noqa: ARG002 - of the protocol
        """See `Projection`: the names of a place, without the record that they begin with."""
        first, _, rest = place.names.partition(".")
        return rest or (first[first.index("[]") :] if "[]" in first else "")


class _Told:
    """How much was told of a schema: once that is much, what a record holds is told in one place only.

    Where records hold one another in several fields there are twice as many paths with each level.
    """

    __slots__ = ("_most", "_paths", "_records")

    def __init__(self, most: int = _MANY) -> None:
        self._records: set[Record] = set()
        self._paths = 0
        self._most = most

    def enters(self, record: Record, inside: tuple[Record, ...]) -> bool:
        """Whether the fields of a record are told where it stands inside others."""
        if record in inside or (self._paths > self._most and record in self._records):
            return False
        self._records.add(record)
        self._paths += len(record.types)
        return True


def _fields(type_: Type, path: Path, inside: tuple[Record, ...], told: _Told) -> Iterator[Described]:
    if len(path) > _DEEPEST:
        return
    if isinstance(type_, Container):
        step = Part.ITEMS if type_.kind == ARRAY else Part.VALUES
        yield Described((*path, step), promised=False, required=False)
        yield from _fields(type_.of, (*path, step), inside, told)
    elif isinstance(type_, Union):
        for branch in type_.branches:
            yield from _fields(branch, path, inside, told)
    elif isinstance(type_, Record) and told.enters(type_, inside):
        for field in type_.fields:
            below = (*path, field.name)
            yield Described(below, promised=True, required=field.default is MISSING)
            yield from _fields(field.type, below, (*inside, type_), told)


def _shapes(type_: Type, path: Path, inside: tuple[Record, ...], told: _Told) -> Iterator[tuple[Path, Type, object]]:
    """Fields, and items and values, with their types and defaults."""
    if len(path) > _DEEPEST:
        return
    if isinstance(type_, Container):
        below = (*path, Part.ITEMS if type_.kind == ARRAY else Part.VALUES)
        yield below, type_.of, MISSING
        yield from _shapes(type_.of, below, inside, told)
    elif isinstance(type_, Union):
        for branch in type_.branches:
            yield from _shapes(branch, path, inside, told)
    elif isinstance(type_, Record) and told.enters(type_, inside):
        for field in type_.fields:
            yield (*path, field.name), field.type, field.default
            yield from _shapes(field.type, (*path, field.name), (*inside, type_), told)


def _words(type_: Type) -> str:
    """A type in words; what is in it speaks for itself."""
    if isinstance(type_, Union):
        return " or ".join(map(_words, type_.branches)) or "nothing"
    if isinstance(type_, Container):
        return KIND_NAMES[type_.kind]
    if isinstance(type_, Enumeration):
        default = "" if type_.default is None else f", else {type_.default}"
        return f"{type_.short}: {' | '.join(type_.symbols)}{default}"
    if isinstance(type_, Fixed):
        name = f"{type_.short} ({type_.size} bytes)"
    elif isinstance(type_, Record):
        return type_.short
    else:
        name = KIND_NAMES[type_.kind]
    return name if type_.logical is None else f"{type_.logical} as {name}"


class _Asked:
    """What is asked of each record, by the identity of the type."""

    def __init__(self) -> None:
        #: The fields by name, and whether each of them may be absent.
        self.fields: dict[int, dict[str, bool]] = {}
        #: Types that are wanted with all their parts.
        self.whole: set[int] = set()
        #: Whether the rest of the path leads on from a type, by its identity and the steps so far: many ways lead to
        #: one record where unions list the same ones.
        self._leads: dict[tuple[int, int], bool] = {}

    def ask(self, root: Type, need: Need) -> None:
        """Ask for a part.

        Raises:
            ProjectionError: There is no such part.
        """
        self._leads.clear()
        self._walk(root, need, 0)

    def _walk(self, type_: Type, need: Need, at: int) -> None:
        """Ask for a part, `at` steps of whose path have led to the type."""
        if at == len(need.path):
            self._all(type_)
            return
        if not self._step(type_, need, at):
            known = _fields(type_, need.path[:at], (), _Told())
            raise unknown_part(need.path[: at + 1], (one.path for one in known))

    def _step(self, type_: Type, need: Need, at: int) -> bool:
        key = id(type_), at
        if key not in self._leads:
            self._leads[key] = self._leads_on(type_, need, at)
        return self._leads[key]

    def _leads_on(self, type_: Type, need: Need, at: int) -> bool:
        step = need.path[at]
        if isinstance(type_, Union):
            found = [self._step(branch, need, at) for branch in type_.branches]  # every branch that has it
            return any(found)
        if isinstance(type_, Container):
            if step is not (Part.ITEMS if type_.kind == ARRAY else Part.VALUES):
                return False
            self._walk(type_.of, need, at + 1)
            return True
        if not isinstance(type_, Record) or isinstance(step, Part) or step not in type_.types:
            return False
        wanted = self.fields.setdefault(id(type_), {})
        optional = need.optional and at + 1 == len(need.path)
        wanted[step] = optional and wanted.get(step, True)
        self._walk(type_.types[step], need, at + 1)
        return True

    def _all(self, type_: Type) -> None:
        waiting = [type_]
        while waiting:
            one = waiting.pop()
            if isinstance(one, Container):
                waiting.append(one.of)
            elif isinstance(one, Union):
                waiting += one.branches
            elif isinstance(one, Record) and id(one) not in self.whole:
                self.whole.add(id(one))
                waiting += one.types.values()


class _Writing:
    """Types as JSON, each named type defined where it is met first."""

    def __init__(self, asked: _Asked) -> None:
        self._asked = asked
        self._defined: set[int] = set()

    def type(self, type_: Type) -> JSON:
        """The type as JSON."""
        if isinstance(type_, Primitive):
            return _primitive(type_)
        if isinstance(type_, Container):
            inner = "values" if type_.kind == MAP else "items"
            return {"type": KIND_NAMES[type_.kind], inner: self.type(type_.of)}
        if isinstance(type_, Union):
            return [self.type(branch) for branch in type_.branches]
        if id(type_) in self._defined:
            return type_.full
        if isinstance(type_, Record):
            return self._record(type_)
        return self._named(type_) | {key: value for key, value in type_.raw.items() if key in _OF_LEAVES}

    def _record(self, record: Record) -> dict[str, JSON]:
        wanted = self._asked.fields.get(id(record), {})
        whole = id(record) in self._asked.whole
        head = self._named(record)
        fields: list[JSON] = [
            self._field(field, optional=wanted.get(field.name, field.default is not MISSING))
            for field in record.fields
            if whole or field.name in wanted
        ]
        return head | {"type": "record", "fields": fields}

    def _named(self, type_: Record | Enumeration | Fixed) -> dict[str, JSON]:
        made: dict[str, JSON] = {"type": KIND_NAMES[type_.kind], "name": type_.short}
        if type_.space or self._defined:  # what stands inside another type would else be of its namespace
            made["namespace"] = type_.space
        if type_.aliases:
            made["aliases"] = list(type_.aliases)
        self._defined.add(id(type_))
        return made

    def _field(self, field: Field, *, optional: bool) -> dict[str, JSON]:
        made: dict[str, JSON] = {"name": field.name, "type": self.type(field.type)}
        if field.aliases:
            made["aliases"] = list(field.aliases)
        if optional:
            made |= _with_default(field, made["type"])
        return made


#: What an enum or a fixed type says of itself, besides its name.
_OF_LEAVES: Final = ("type", "symbols", "default", "size", "logicalType", "precision", "scale")


def _primitive(type_: Primitive) -> JSON:
    word = KIND_NAMES[type_.kind]
    if type_.logical is None:
        return word
    made: dict[str, JSON] = {"type": word, "logicalType": type_.logical.name}
    if type_.logical.name == "decimal":
        made |= {"precision": type_.logical.precision, "scale": type_.logical.scale}
    return made


def _with_default(field: Field, written: JSON) -> dict[str, JSON]:
    """The default of a field that may be absent: its own, else null, which its type then has."""
    if field.default is not MISSING:
        return {"default": field.default}  # type: ignore[dict-item]  # no `Missing`
    branches = written if isinstance(written, list) else [written]
    others = [branch for branch in branches if branch != KIND_NAMES[NULL]]
    return {"type": [KIND_NAMES[NULL], *others], "default": None}


def _own(schema: Schema) -> AvroSchema:
    if isinstance(schema, AvroSchema):
        return schema
    message = f"an Avro schema is needed, not {type(schema).__name__}"
    raise TypeError(message)


PROJECTION: Final = AvroProjection()
