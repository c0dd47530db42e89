"""The types of an Avro protocol, or of a list of types, as schemas that stand alone.

Either lists its types, and each may use the others by name. A schema that is taken out holds what it uses: a type is
written out where it is first met, as Avro wants it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from evtcompat.errors import DocumentError, UncheckedError
from evtcompat.formats.avro.definitions import names_of
from evtcompat.formats.avro.format import AVRO
from evtcompat.formats.avro.limits import recursing
from evtcompat.formats.avro.types import PRIMITIVES
from evtcompat.formats.containers import Contained, Contents
from evtcompat.model.places import Place, child
from evtcompat.syntax.documents import locate
from evtcompat.syntax.excerpts import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evtcompat.model.documents import Document
    from evtcompat.model.json_types import JSON

_RECORDS: Final = frozenset({"record", "error"})
_NAMED: Final = _RECORDS | {"enum", "fixed"}
_PARTS: Final = {"array": "items", "map": "values"}
#: Types within types that are written out; more than any document has, and few enough for the stack.
_DEEPEST: Final = 150


class _Type(NamedTuple):
    """A type that a document lists, with the namespace written into it."""

    value: dict[str, JSON]
    full: str
    pointer: str
    #: Whether the document lists it itself, and it is neither imported nor defined within another type.
    listed: bool = True


def contents_of(document: Document) -> Contents:
    """The records of a protocol. One that another record contains, and that does not contain that one, is a part.

    Args:
        document: The protocol as JSON.

    Raises:
        DocumentError: It is no protocol, or two of its types have one name.
    """
    protocol = document.value
    listed = protocol.get("types", []) if isinstance(protocol, dict) else None
    if not isinstance(protocol, dict) or not isinstance(listed, list):
        message = "is no Avro protocol: it has no list of types"
        hint = 'A protocol is {"protocol": "Name", "namespace": "...", "types": [...]}.'
        raise DocumentError(message, place=Place(origin=document.origin), hint=hint)
    space = protocol.get("namespace")
    around = space if isinstance(space, str) else ""
    imported = [(value, "", child("/imported", index)) for index, value in enumerate(_list(protocol.get("imported")))]
    types = _types(document, _Listing(listed, "/types", around), imported)
    return _contents(document, types, _RECORDS - {"error"})


def lists_types(value: object) -> bool:
    """Whether a value is a list of definitions of which one contains another; any other list is a union.

    No event of a union is a part of another one, and the types of a list of which none uses another are its branches.
    """
    if not isinstance(value, list):
        return False
    types = [_type(one, "", "") for one in value]
    named = [one for one in types if one is not None]
    names = {one.full for one in named}
    return len(named) == len(types) and any(names_of(one.value).used & (names - {one.full}) for one in named)


def contents_of_list(document: Document) -> Contents:
    """The types of a list, of any kind. One that another contains, and that does not contain that one, is a part.

    Args:
        document: A list as `lists_types` has it.

    Raises:
        DocumentError: Two of its types have one name.
    """
    return _contents(document, _types(document, _Listing(_list(document.value), "", "")), _NAMED)


class _Listing(NamedTuple):
    """Types that a document lists."""

    types: list[JSON]
    #: Where the list stands.
    pointer: str
    #: The namespace of those that declare none.
    space: str


def _contents(document: Document, types: Mapping[str, _Type], events: frozenset[str]) -> Contents:
    """The listed types that are of a kind of which events are."""
    uses = {full: _used(one, types) for full, one in types.items()}
    reach = {full: _reached(full, uses) for full in types}
    listed = [full for full, one in types.items() if one.value["type"] in events and one.listed]
    short = [full.rpartition(".")[2] for full in listed]
    schemas: list[Contained] = []
    problems: dict[str, UncheckedError] = {}
    for full, word in zip(listed, short, strict=True):
        name = word if short.count(word) == 1 else full
        part = any(full in reach[other] and other not in reach[full] for other in listed if other != full)
        try:
            schemas.append(Contained(name, AVRO, recursing(_excerpt, document, types, types[full]), part, sign=full))
        except DocumentError as error:
            problems[name] = error
    return Contents(tuple(schemas), problems)


def _types(document: Document, listing: _Listing, imported: Sequence[tuple[JSON, str, str]] = ()) -> dict[str, _Type]:
    """Every type that the document lists, imports or defines within another, by full name."""
    found: dict[str, _Type] = {}
    for index, value in enumerate(listing.types):
        pointer = child(listing.pointer, index)
        one = _type(value, listing.space, pointer)
        if one is None:
            place = locate(document, Place(pointer=pointer))
            message = "is no named type: a protocol lists records, enums and fixed"
            raise DocumentError(message, place=place, hint='Write {"type": "record", "name": "...", "fields": [...]}.')
        if one.full in found:
            place = locate(document, Place(pointer=one.pointer))
            first = locate(document, Place(pointer=found[one.full].pointer))
            message = f"the type {one.full} is defined twice, first at line {first.line}"
            raise DocumentError(message, place=place, hint="Keep one of them.")
        found[one.full] = one
    others = [*imported, *((one.value, listing.space, one.pointer) for one in found.values())]
    for nested in _nested(others):
        found.setdefault(nested.full, nested)
    return found


def _list(value: object) -> list[JSON]:
    return value if isinstance(value, list) else []


def _nested(parts: list[tuple[JSON, str, str]]) -> Iterator[_Type]:
    """The named types in parts of a document, each part with the namespace around it and its pointer."""
    pending = parts
    while pending:
        value, space, pointer = pending.pop()
        if isinstance(value, list):
            pending += [(one, space, child(pointer, index)) for index, one in enumerate(value)]
        if not isinstance(value, dict):
            continue
        named = _type(value, space, pointer)
        if named is not None:
            yield named._replace(listed=False)
            inside, at = named.full.rpartition(".")[0], child(pointer, "fields")
            fields = enumerate(_list(value.get("fields")))
            pending += [
                (field["type"], inside, child(child(at, index), "type"))
                for index, field in fields
                if isinstance(field, dict) and "type" in field
            ]
        else:
            word = _part(value)
            pending += [(value[word], space, child(pointer, word))] if word in value else []


def _part(value: Mapping[str, JSON]) -> str:
    """The member of a type without a name that holds the type within it."""
    kind = value.get("type")
    return _PARTS.get(kind, "type") if isinstance(kind, str) else "type"


def _type(value: JSON, space: str, pointer: str) -> _Type | None:
    kind, name = (value.get("type"), value.get("name")) if isinstance(value, dict) else (None, None)
    if not isinstance(value, dict) or not isinstance(kind, str) or not isinstance(name, str) or kind not in _NAMED:
        return None
    own = value.get("namespace")
    if "." in name:
        return _Type(value, name, pointer)
    within = own if isinstance(own, str) else space
    full = f"{within}.{name}" if within else name
    return _Type({**value, "namespace": within} if within and own != within else value, full, pointer)


def _used(one: _Type, types: Mapping[str, _Type]) -> frozenset[str]:
    return names_of(one.value).used & types.keys()


def _reached(full: str, uses: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The types that a type contains, through others too; itself when it is recursive."""
    found: set[str] = set()
    pending = list(uses[full])
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += uses[name]
    return frozenset(found)


def _excerpt(document: Document, types: Mapping[str, _Type], one: _Type) -> Document:
    """A type as a document of its own.

    Raises:
        DocumentError: It is nested too deep.
    """
    return _Writer(document, types).excerpt(one)


class _Writer:
    """Writes one type with all that it uses."""

    def __init__(self, document: Document, types: Mapping[str, _Type]) -> None:
        self._document = document
        self._types = types
        self._written: set[str] = set()
        self._places: dict[str, str] = {}
        self._depth = 0

    def excerpt(self, one: _Type) -> Document:
        """The type as a document of its own.

        Raises:
            DocumentError: It is nested too deep.
        """
        value = self._listed_type(one, "")
        return excerpt(self._document, value, self._places)

    def _listed_type(self, one: _Type, pointer: str) -> JSON:
        self._depth += 1
        if self._depth > _DEEPEST:
            message = f"its types contain each other more than {_DEEPEST} levels deep"
            raise DocumentError(message, place=locate(self._document, Place(pointer=one.pointer)))
        self._places[pointer] = one.pointer
        value = self._named(one.value, one.full, pointer)
        self._depth -= 1
        return value

    def _named(self, value: dict[str, JSON], full: str, pointer: str) -> JSON:
        self._written.add(full)
        fields = value.get("fields")
        if value["type"] not in _RECORDS or not isinstance(fields, list):
            return value
        inside, at = full.rpartition(".")[0], child(pointer, "fields")
        return {
            **value,
            "fields": [self._field(field, inside, child(at, index)) for index, field in enumerate(fields)],
        }

    def _field(self, field: JSON, space: str, pointer: str) -> JSON:
        if not isinstance(field, dict) or "type" not in field:
            return field
        return {**field, "type": self._any(field["type"], space, child(pointer, "type"))}

    def _any(self, value: JSON, space: str, pointer: str) -> JSON:
        if isinstance(value, str):
            return self._name(value, space, pointer)
        if isinstance(value, list):
            return [self._any(branch, space, child(pointer, index)) for index, branch in enumerate(value)]
        if not isinstance(value, dict):
            return value
        nested = _type(value, space, pointer)
        if nested is not None:
            return nested.full if nested.full in self._written else self._named(value, nested.full, pointer)
        word = _part(value)
        return {**value, word: self._any(value[word], space, child(pointer, word))} if word in value else value

    def _name(self, name: str, space: str, pointer: str) -> JSON:
        if name in PRIMITIVES:
            return name
        full = name if "." in name or not space else f"{space}.{name}"
        one = self._types.get(full)
        if one is None:
            return name
        return full if full in self._written else self._listed_type(one, pointer)
