"""Where the parts of a schema are: pointers into its documents, and the same places by names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from evtcompat.formats.avro.types import (
    ARRAY,
    NAMED,
    Container,
    Field,
    Record,
    Type,
    Union,
    branch_name,
)
from evtcompat.model.places import Place, child, tokens
from evtcompat.model.pointers import stepped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evtcompat.formats.avro.types import AvroSchema, Named
    from evtcompat.model.json_types import JSON

#: Steps from a type into its parts: a field's name, a branch's index, or ``None`` for an item or value.
Steps: TypeAlias = tuple[str | int | None, ...]

_STEPS: Final = 100
#: How the way into an array and into a map is written.
_OF_CONTAINERS: Final = {"items": "[]", "values": "{}"}


class SchemaIndex:
    """Where the named types of one schema are defined; charted when a definition inside the document is asked for."""

    __slots__ = ("_pointers", "schema")

    def __init__(self, schema: AvroSchema) -> None:
        self.schema = schema
        self._pointers: dict[int, tuple[str, str | None]] | None = None

    def definition(self, named: Named) -> tuple[str, str | None]:
        """The pointer to a named type's definition, and the origin of the referenced document that holds it."""
        if named.raw is self.schema.document.value:
            return "", None
        if self._pointers is None:
            self._pointers = {}
            for origin, document in ((None, self.schema.document), *self.schema.documents.items()):
                for identity, pointer in chart(document.value):
                    self._pointers.setdefault(identity, (pointer, origin))
        return self._pointers.get(id(named.raw), ("", None))

    def field(self, record: Record, field: Field, *tokens: str | int) -> Place:
        """A part of a field, named from its record."""
        pointer, origin = self.definition(record)
        pointer = f"{pointer}/fields/{field.index}"
        for token in tokens:
            pointer = child(pointer, token)
        return Place(pointer, f"{record.short}.{field.name}", origin)

    def root(self) -> SchemaPath:
        """The whole schema."""
        return SchemaPath(self, None, self.schema.root, None)


def chart(value: JSON) -> Iterator[tuple[int, str]]:
    """Every definition in a document, in its order: the identity of its JSON, and the pointer; without recursion.

    A value that callers hand over may hold one object in several places; it is told at each, and entered at the first.
    """
    entered: set[int] = set()
    pending: list[tuple[JSON, str]] = [(value, "")]
    while pending:
        part, pointer = pending.pop()
        if isinstance(part, list):
            pending += [(one, f"{pointer}/{at}") for at, one in enumerate(part) if type(one) is not str][::-1]
            continue
        if not isinstance(part, dict):
            continue
        if "name" in part:
            yield id(part), pointer
            if id(part) in entered:
                continue
            entered.add(id(part))
        pending += [(part[key], f"{pointer}/{key}") for key in ("values", "items") if key in part]
        fields = part.get("fields")
        if isinstance(fields, list):
            pending += [
                (type_, f"{pointer}/fields/{at}/type")
                for at, one in enumerate(fields)
                if isinstance(one, dict) and type(type_ := one.get("type")) is not str
            ][::-1]


def way(value: JSON, pointer: str) -> str:
    """The way to a type in a document by names: ``Order.lines[].price``; ``(root)`` where there is no name on it."""
    words = [_own_name(value).rpartition(".")[2]]
    part, before = value, ""
    for step in tokens(pointer):
        part = stepped(part, step)
        if not any(words):
            words.append(_own_name(part).rpartition(".")[2])
        if before == "fields":
            words.append(f".{_own_name(part)}")
        elif step in _OF_CONTAINERS:
            words.append(_OF_CONTAINERS[step])
        before = step
    return "".join(words).removeprefix(".") or "(root)"


def _own_name(part: JSON) -> str:
    name = part.get("name") if isinstance(part, dict) else None
    return name if isinstance(name, str) else ""


class SchemaPath:
    """A type where it is used, as the way from the root; places are worked out only when a finding needs them.

    Attributes:
        index: Where the schema's definitions are.
        parent: The path of the type that this one is a part of; ``None`` at the root.
        type: The type at the end of this path.
        step: The field, the branch index, or ``None`` for an item or value.
    """

    __slots__ = ("_names", "index", "parent", "step", "type")

    def __init__(self, index: SchemaIndex, parent: SchemaPath | None, type_: Type, step: Field | int | None) -> None:
        self.index = index
        self.parent = parent
        self.type = type_
        self.step = step
        self._names: str | None = None

    def into(self, type_: Type, step: Field | int | None = None) -> SchemaPath:
        """The path of a part of this type."""
        return SchemaPath(self.index, self, type_, step)

    @property
    def in_union(self) -> bool:
        """Whether the type is a branch of a union here."""
        return self.parent is not None and isinstance(self.parent.type, Union)

    @property
    def names(self) -> str:
        """The way by names a person uses: ``Order.lines[].price``; ``""`` at a root without a name.

        A way of more than `_STEPS` steps is cut at its beginning.
        """
        if self._names is None:
            self._names = self._worded()
        return self._names

    def _worded(self) -> str:
        words: list[str] = []
        path: SchemaPath = self
        for _ in range(_STEPS):
            if path.parent is None:
                if isinstance(path.type, NAMED):
                    words.append(path.type.short)
                break
            outer, step = path.parent.type, path.step
            if isinstance(outer, Union):
                # A branch is named only where there is a choice besides null.
                if len(outer.branches) - (outer.branches[0].kind == 0 or outer.branches[-1].kind == 0) > 1:
                    words.append(f"({_short(path.type)})")
            elif isinstance(step, Field):
                words.append(f".{step.name}")
            elif isinstance(outer, Container):
                words.append("[]" if outer.kind == ARRAY else "{}")
            path = path.parent
        else:
            words.append("\u2026")
        return "".join(reversed(words)).removeprefix(".")

    def steps(self) -> Steps:
        """How a datum of the whole schema reaches this type: field names, branch indexes, ``None`` for items."""
        steps: list[str | int | None] = []
        path: SchemaPath = self
        while path.parent is not None:
            steps.append(path.step.name if isinstance(path.step, Field) else path.step)
            path = path.parent
        steps.reverse()
        return tuple(steps)

    @property
    def text(self) -> str:
        """The names, or a word for the root, for sentences."""
        return self.names or "(root)"

    def place(self) -> Place:
        """The place of the type where it is used."""
        pointer, origin = self._pointer()
        return Place(pointer, self.names, origin)

    def inside(self, named: Named, *tokens: str | int) -> Place:
        """A part of a named type's definition; the names stay those of its use."""
        pointer, origin = self.index.definition(named)
        for token in tokens:
            pointer = child(pointer, token)
        return Place(pointer, self.names, origin)

    def field_place(self, record: Record, field: Field, *tokens: str | int) -> Place:
        """A field of a record's definition, or a part of it."""
        place = self.inside(record, "fields", field.index, *tokens)
        return Place(place.pointer, f"{self.names}.{field.name}".removeprefix("."), place.origin)

    def _pointer(self) -> tuple[str, str | None]:
        """The pointer of the use: up to the record that surrounds it, whose definition is charted."""
        tail: list[str | int] = []
        path: SchemaPath = self
        while path.parent is not None:
            outer, step = path.parent.type, path.step
            if isinstance(outer, Record) and isinstance(step, Field):
                place = self.inside(outer, "fields", step.index, "type", *reversed(tail))
                return place.pointer, place.origin
            if isinstance(outer, Container):
                tail.append("items" if outer.kind == ARRAY else "values")
            elif isinstance(step, int):
                tail.append(step)
            path = path.parent
        pointer = ""
        for token in reversed(tail):
            pointer = child(pointer, token)
        return pointer, None


def _short(type_: Type) -> str:
    return type_.short if isinstance(type_, NAMED) else branch_name(type_)
