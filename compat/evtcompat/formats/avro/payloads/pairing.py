"""What two schemas have in common, found once for all payloads that one writes and the other reads."""

from __future__ import annotations

from typing import NamedTuple

from evtcompat.formats.avro.matching import AmbiguousFieldError, writer_field
from evtcompat.formats.avro.types import Container, Enumeration, Field, Fixed, Primitive, Record, Type, Union
from evtcompat.model.readings import NoteKind


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
        #: What was told of values of leaves, by the ids of both types and the value.
        self.told: dict[tuple[object, ...], tuple[NoteKind, str] | None] = {}

    def alike(self, ours: Type, theirs: Type) -> bool:
        """Whether an equal value means the same under both types: names, parts and logical types are the same."""
        key = id(ours), id(theirs)
        if key not in self._alike:
            met, pending, holds = {key}, [(ours, theirs)], True
            while pending and holds:
                parts = _parts(*pending.pop())
                holds = parts is not None
                for pair in parts or ():
                    inner = id(pair[0]), id(pair[1])
                    if inner not in met and self._alike.get(inner) is not True:
                        met.add(inner)
                        pending.append(pair)
            # what was met on the way is known only where all of it holds: one that differs may be in any of the others
            self._alike.update(dict.fromkeys(met if holds else (key,), holds))
        return self._alike[key]

    def sources(self, ours: Record, theirs: Record) -> tuple[Filled, ...]:
        """The reader's fields, and from where they are filled."""
        key = id(ours), id(theirs)
        known = self._sources.get(key)
        if known is None:
            known = self._sources[key] = tuple(self._filled(mine, theirs) for mine in ours.fields)
        return known

    def _filled(self, mine: Field, theirs: Record) -> Filled:
        source = _source(mine, theirs)
        return Filled(mine, source, source is not None and self.alike(mine.type, source.type), _has_logical(mine.type))

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


def _has_logical(type_: Type) -> bool:
    seen: set[int] = set()
    pending = [type_]
    while pending:
        part = pending.pop()
        if part.logical is not None:
            return True
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, Container):
            pending.append(part.of)
        elif isinstance(part, Union):
            pending += part.branches
        elif isinstance(part, Record):
            pending += part.types.values()
    return False


def _source(mine: Field, theirs: Record) -> Field | None:
    try:
        return writer_field(mine, theirs)
    except AmbiguousFieldError:
        return theirs.row(mine.name) if mine.name in theirs.types else None
