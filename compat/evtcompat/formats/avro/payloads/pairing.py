"""What two schemas have in common, found once for all payloads that one writes and the other reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from evtcompat.formats.avro.matching import AmbiguousFieldError, writer_field
from evtcompat.formats.avro.types import Container, Enumeration, Field, Fixed, Primitive, Record, Type, Union
from evtcompat.model.readings import NoteKind

if TYPE_CHECKING:
    from collections.abc import Iterable


class Filled(NamedTuple):
    """A field of a reader's record."""

    mine: Field
    #: The writer's field that fills it; ``None`` where the default does.
    source: Field | None
    #: Whether an equal value means the same in both.
    alike: bool
    #: Whether the field's type has a logical type in it.
    logical: bool


class Pairing:
    """Types of a reader beside types of a writer. Both schemas are kept for as long as this is."""

    def __init__(self) -> None:
        """Nothing is asked yet."""
        #: By the ids of two types.
        self._alike: dict[tuple[int, int], bool] = {}
        self._sources: dict[tuple[int, int], tuple[Filled, ...]] = {}
        self._left: dict[tuple[int, int], tuple[str, ...]] = {}
        #: By the id of a type.
        self._logical: dict[int, bool] = {}
        #: What was told of values of leaves, by the ids of both types and the value.
        self.told: dict[tuple[object, ...], tuple[NoteKind, str] | None] = {}

    def alike(self, ours: Type, theirs: Type) -> bool:
        """Whether an equal value means the same under both types: names, parts and logical types are the same."""
        key = id(ours), id(theirs)
        if key not in self._alike:
            self._settle(ours, theirs)
        return self._alike[key]

    def _settle(self, ours: Type, theirs: Type) -> None:
        """Find out of two types, and of all pairs that they lead to, whether they are alike: each is looked at once."""
        around: dict[tuple[int, int], list[tuple[int, int]]] = {(id(ours), id(theirs)): []}
        pending, differing = [(ours, theirs)], []
        while pending:
            pair = pending.pop()
            key, parts = (id(pair[0]), id(pair[1])), _parts(*pair)
            if parts is None:
                differing.append(key)
            for part in parts or ():
                inner = id(part[0]), id(part[1])
                known = self._alike.get(inner)
                if known is None:
                    if inner not in around:
                        around[inner] = []
                        pending.append(part)
                    around[inner].append(key)
                elif not known:
                    differing.append(key)
        told = dict.fromkeys(around, True)
        while differing:
            key = differing.pop()
            if told[key]:
                told[key] = False
                differing += around[key]
        self._alike.update(told)

    def sources(self, ours: Record, theirs: Record) -> tuple[Filled, ...]:
        """The reader's fields, and from where they are filled."""
        key = id(ours), id(theirs)
        known = self._sources.get(key)
        if known is None:
            known = self._sources[key] = tuple(self._filled(mine, ours, theirs) for mine in ours.fields)
        return known

    def _filled(self, mine: Field, ours: Record, theirs: Record) -> Filled:
        source = _source(mine, ours, theirs)
        alike = source is not None and self.alike(mine.type, source.type)
        return Filled(mine, source, alike, self._has_logical(mine.type))

    def _has_logical(self, type_: Type) -> bool:
        """Whether there is a logical type in a type."""
        if id(type_) not in self._logical:
            met, pending, holds = {id(type_)}, [type_], False
            while pending and not holds:
                part = pending.pop()
                holds = part.logical is not None or self._logical.get(id(part), False)
                for inner in () if id(part) in self._logical else _inside(part):
                    if id(inner) not in met:
                        met.add(id(inner))
                        pending.append(inner)
            # where there is none, there is none in what is met either
            self._logical.update(dict.fromkeys((id(type_),) if holds else met, holds))
        return self._logical[id(type_)]

    def left(self, ours: Record, theirs: Record) -> tuple[str, ...]:
        """The writer's fields that fill none of the reader's."""
        key = id(ours), id(theirs)
        if key not in self._left:
            used = {one.source.name for one in self.sources(ours, theirs) if one.source is not None}
            self._left[key] = tuple(name for name in theirs.types if name not in used)
        return self._left[key]


def _parts(ours: Type, theirs: Type) -> list[tuple[Type, Type]] | None:
    """The types inside two types that have to be alike as well; ``None`` where the two differ themselves."""
    if ours is theirs:
        return []
    if ours.kind != theirs.kind or ours.logical != theirs.logical:
        return None
    if isinstance(ours, Primitive):
        return []
    if isinstance(ours, Container) and isinstance(theirs, Container):
        return [(ours.of, theirs.of)]
    if isinstance(ours, Union) and isinstance(theirs, Union):
        same = len(ours.branches) == len(theirs.branches)
        return list(zip(ours.branches, theirs.branches, strict=True)) if same else None
    return _parts_of_named(ours, theirs)


def _parts_of_named(ours: Type, theirs: Type) -> list[tuple[Type, Type]] | None:
    if isinstance(ours, Record) and isinstance(theirs, Record):
        same = ours.full == theirs.full and ours.types.keys() == theirs.types.keys()
        return [(type_, theirs.types[name]) for name, type_ in ours.types.items()] if same else None
    if isinstance(ours, Enumeration) and isinstance(theirs, Enumeration):
        return [] if ours.full == theirs.full and tuple(ours.symbols) == tuple(theirs.symbols) else None
    if isinstance(ours, Fixed) and isinstance(theirs, Fixed):
        return [] if ours.full == theirs.full and ours.size == theirs.size else None
    return None


def _inside(type_: Type) -> Iterable[Type]:
    if isinstance(type_, Container):
        return (type_.of,)
    return type_.types.values() if isinstance(type_, Record) else type_.branches if isinstance(type_, Union) else ()


def _source(mine: Field, ours: Record, theirs: Record) -> Field | None:
    try:
        return writer_field(mine, ours, theirs)
    except AmbiguousFieldError:
        return theirs.row(mine.name) if mine.name in theirs.types else None
