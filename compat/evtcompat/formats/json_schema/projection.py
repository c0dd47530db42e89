"""Parts of JSON documents by path, and readers that ask for some of them alone.

A part is described where ``properties``, ``items`` and ``additionalProperties`` lead to it, through ``$ref`` and
``allOf``. What only a branch of ``anyOf``, ``oneOf`` or ``if`` describes is told, and cannot be asked for alone: which
events have it is more than a path says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.json_schema.keywords.table import REFERRING
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.projections import Described, Need, Part, Path, ProjectionError, Shape, path_text, unknown_part
from evtcompat.model.places import tokens
from evtcompat.model.pointers import found_at

if TYPE_CHECKING:
    from evtcompat.formats import base
    from evtcompat.model.json_types import JSON
    from evtcompat.model.places import Place

#: Levels of parts that are told, and parts.
_DEEPEST: Final = 40
_MOST: Final = 20_000
_BRANCHES: Final = ("anyOf", "oneOf")
_AS_SCHEMA: Final = "Write the reader as a schema: `schema` instead of `needs`."
_INNER: Final = ("then", "else")


class JsonProjection:
    """See `evtcompat.formats.projections.Projection`."""

    def fields(self, schema: base.Schema) -> Sequence[Described]:
        """See `Projection`: what is named in ``required`` is required."""
        return tuple(one for one in self.parts(schema) if len(one.path) == 1 or not isinstance(one.path[-1], Part))

    def parts(self, schema: base.Schema) -> Sequence[Described]:
        """See `Projection`."""
        own = _own(schema)
        found: dict[Path, bool] = {}
        for one in _fields(own, own.value, (), ()):
            found[one.path] = found.get(one.path, False) or one.required
            if len(found) > _MOST:
                break
        return tuple(Described(path, required, required) for path, required in found.items())

    def shapes(self, schema: base.Schema) -> Sequence[Shape]:
        """See `Projection`: what several places say of a part is told together."""
        own = _own(schema)
        found: dict[str, tuple[dict[str, None], bool, str | None]] = {}
        for path, value, required in _placed(own, own.value, (), ()):
            words, needed, default = found.get(text := path_text(path), ({}, False, None))
            if isinstance(value, dict) and "default" in value:
                default = json.dumps(value["default"], ensure_ascii=False, default=str)
            found[text] = ({**words, _words(own, value): None}, needed or required, default)
            if len(found) > _MOST:
                break
        return tuple(
            Shape(path, " and ".join(word for word in words if word) or "anything", needed, default)
            for path, (words, needed, default) in found.items()
        )

    def project(self, schema: base.Schema, needs: Sequence[Need]) -> JSON:
        """See `Projection`."""
        own = _own(schema)
        wanted = _Wanted()
        for need in needs:
            wanted.add(need)
        writing = _Writing(own)
        made = writing.part(wanted, [own.value], ())
        document: dict[str, JSON] = {}
        if isinstance(own.value, dict) and "$schema" in own.value:
            document["$schema"] = own.value["$schema"]
        document |= made
        if writing.definitions:
            document["definitions"] = dict(writing.definitions)
        return document

    def needed(self, reader: base.Schema, place: Place) -> str:
        """See `Projection`: the names of a place, and the property that an entry of ``required`` names."""
        own = _own(reader)
        steps = tokens(place.pointer) if place.origin in (None, own.document.origin) else ()
        if len(steps) > 1 and steps[-2] == "required":
            name = found_at(own.value, steps)
            if isinstance(name, str):
                last = path_text((name,))
                return f"{place.names}.{last}" if place.names else last
        return place.names


#: Keywords that say nothing of the value itself: they speak of its parts, or to people.
_UNTOLD: Final = frozenset(
    {"properties", "required", "items", "prefixItems", "additionalProperties", "patternProperties", "$defs", "$id"}
    | {"definitions", "title", "description", "examples", "default", "$comment", "$ref", "allOf", "deprecated"}
    | {"then", "else", "if", *_BRANCHES}
)
#: More than this of the value of a keyword is not shown.
_LONGEST: Final = 60


def _placed(schema: Schema, value: JSON, path: Path, inside: tuple[int, ...]) -> Iterator[tuple[Path, JSON, bool]]:
    """The parts below a schema with what is said of each, and whether it is required there."""
    if not isinstance(value, dict) or id(value) in inside or len(path) > _DEEPEST:
        return
    inside = (*inside, id(value))
    required = value.get("required")
    names = required if isinstance(required, list) else []
    below: list[tuple[Path, JSON, bool]] = [
        ((*path, name), one, name in names) for name, one in _members(value, "properties")
    ]
    for keyword, step in (("items", Part.ITEMS), ("additionalProperties", Part.VALUES)):
        if isinstance(value.get(keyword), dict):
            below.append(((*path, step), value[keyword], False))
    below += [((*path, Part.ITEMS), one, False) for one in _list(value, "prefixItems")]
    for one in below:
        yield one
        yield from _placed(schema, one[1], one[0], inside)
    for always in (_target(schema, value), *_list(value, "allOf")):
        yield from _placed(schema, always, path, inside)
    for branch in [one for word in _BRANCHES for one in _list(value, word)] + [value.get(word) for word in _INNER]:
        for found, said, needed in _placed(schema, branch, path, inside):
            yield found, said, needed and len(found) > len(path) + 1


def _words(schema: Schema, value: JSON, depth: int = 0) -> str:
    """What a schema says of a value itself, in words; ``""`` where it says nothing."""
    if not isinstance(value, dict):
        return "nothing" if value is False else ""
    if depth > _DEEPEST:
        return ""
    told = value.get("type")
    words = [" or ".join(map(str, told)) if isinstance(told, list) else str(told)] if told is not None else []
    for keyword in sorted(value.keys() - _UNTOLD - {"type"}):
        shown = json.dumps(value[keyword], ensure_ascii=False, default=str)
        words.append(f"{keyword} {shown if len(shown) <= _LONGEST else shown[:_LONGEST] + '...'}")
    inner = [_words(schema, one, depth + 1) for one in (_target(schema, value), *_list(value, "allOf"))]
    for keyword in _BRANCHES:
        branches = [_words(schema, one, depth + 1) or "anything" for one in _list(value, keyword)]
        inner.append(" or ".join(dict.fromkeys(branches)))
    return ", ".join(dict.fromkeys(word for word in (*words, *inner) if word))


def _fields(schema: Schema, value: JSON, path: Path, inside: tuple[int, ...]) -> Iterator[Described]:
    """The parts below a schema; one that is inside itself is not entered again."""
    if not isinstance(value, dict) or id(value) in inside or len(path) > _DEEPEST:
        return
    inside = (*inside, id(value))
    required = value.get("required")
    names = required if isinstance(required, list) else []
    for name, one in _members(value, "properties"):
        yield Described((*path, name), name in names, name in names)
        yield from _fields(schema, one, (*path, name), inside)
    for keyword, step in (("items", Part.ITEMS), ("additionalProperties", Part.VALUES)):
        inner = value.get(keyword)
        if isinstance(inner, dict):
            yield Described((*path, step), promised=False, required=False)
            yield from _fields(schema, inner, (*path, step), inside)
    for one in _list(value, "prefixItems"):
        yield from _fields(schema, one, (*path, Part.ITEMS), inside)
    yield from _of_others(schema, value, path, inside)


def _of_others(schema: Schema, value: Mapping[str, JSON], path: Path, inside: tuple[int, ...]) -> Iterator[Described]:
    """The parts that schemas describe which apply to the same value: always, or as a branch."""
    for one in (_target(schema, value), *_list(value, "allOf")):
        yield from _fields(schema, one, path, inside)
    for inner in [one for word in _BRANCHES for one in _list(value, word)] + [value.get(word) for word in _INNER]:
        for found in _fields(schema, inner, path, inside):
            yield found._replace(promised=False, required=False) if len(found.path) == len(path) + 1 else found


def _members(value: Mapping[str, JSON], keyword: str) -> list[tuple[str, JSON]]:
    members = value.get(keyword)
    return list(members.items()) if isinstance(members, dict) else []


def _list(value: Mapping[str, JSON], keyword: str) -> list[JSON]:
    members = value.get(keyword)
    return members if isinstance(members, list) else []


def _target(schema: Schema, value: Mapping[str, JSON]) -> JSON:
    """What a reference within the document leads to; ``None`` for none, and for one to elsewhere."""
    pointer = value.get("$ref")
    if not isinstance(pointer, str) or not pointer.startswith("#") or not (pointer == "#" or pointer[1] == "/"):
        return None
    return found_at(schema.value, _steps(pointer))


def _steps(pointer: str) -> tuple[str, ...]:
    from urllib.parse import unquote

    return tokens(unquote(pointer[1:]))


@dataclass(slots=True)
class _Wanted:
    """What is asked of a part: all of it, or parts of it."""

    whole: bool = False
    parts: dict[str | Part, _Wanted] = field(default_factory=dict)
    optional: set[str | Part] = field(default_factory=set)

    def add(self, need: Need) -> None:
        """Ask for one more part."""
        at = self
        for number, step in enumerate(need.path, 1):
            new = step not in at.parts
            if need.optional and number == len(need.path):
                at.optional |= {step} if new else set()
            else:
                at.optional.discard(step)
            at = at.parts.setdefault(step, _Wanted())
        at.whole = True


class _Writing:
    """Projected schemas, and what they refer to."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self.definitions: dict[str, JSON] = {}
        self._names: dict[str, str] = {}

    def part(self, wanted: _Wanted, described: list[JSON], path: Path) -> dict[str, JSON]:
        """The schema of a part that these schemas describe together."""
        if wanted.whole or not wanted.parts:
            copies = [self._copied(one) for one in described]
            only: JSON = copies[0] if len(copies) == 1 else {"allOf": copies}
            if only is False:
                return {"not": {}}
            return only if isinstance(only, dict) else {}
        made: dict[str, JSON] = {}
        for one in self._applying(described):
            if "type" in one:
                made.setdefault("type", one["type"])
        properties: dict[str, JSON] = {}
        for step, inner in wanted.parts.items():
            below = (*path, step)
            schemas = self._below(described, step)
            if not schemas:
                raise self._unknown(described, below)
            projected = self.part(inner, schemas, below)
            if step is Part.ITEMS:
                made["items"] = projected
            elif step is Part.VALUES:
                made["additionalProperties"] = projected
            else:
                properties[str(step)] = projected
        if properties:
            made["properties"] = properties
            named: list[JSON] = [name for name in properties if name not in wanted.optional]
            made |= {"required": named} if named else {}
        return made

    def _applying(self, described: Sequence[JSON]) -> Iterator[dict[str, JSON]]:
        """The schemas that all apply, through references and ``allOf``."""
        waiting, seen = list(described), set()
        while waiting:
            one = waiting.pop(0)
            if not isinstance(one, dict) or id(one) in seen:
                continue
            seen.add(id(one))
            target = _target(self._schema, one)
            if target is not None:
                waiting.append(target)
                if self._schema.dialect.ref_hides_siblings:
                    continue
            yield one
            waiting += _list(one, "allOf")

    def _below(self, described: Sequence[JSON], step: str | Part) -> list[JSON]:
        found = []
        for one in self._applying(described):
            members = one.get("properties")
            if isinstance(step, str):
                if isinstance(members, dict) and step in members:
                    found.append(members[step])
            else:
                inner = one.get("items" if step is Part.ITEMS else "additionalProperties")
                if isinstance(inner, dict):
                    found.append(inner)
        return found

    def _unknown(self, described: Sequence[JSON], path: Path) -> ProjectionError:
        known = [one.path for part in described for one in _fields(self._schema, part, path[:-1], ())]
        if any(one[: len(path)] == path for one in known):
            asked = path_text(path)
            message = f"`{asked}` is described by a branch (anyOf, oneOf, if): a path does not say which events have it"
            return ProjectionError(message, hint=_AS_SCHEMA)
        return unknown_part(path, known)

    def _copied(self, value: JSON) -> JSON:
        """A copy whose references lead to copies of what they led to.

        Raises:
            ProjectionError: One leads out of the document, or by a name.
        """
        if isinstance(value, list):
            return [self._copied(one) for one in value]
        if not isinstance(value, dict):
            return value
        made: dict[str, JSON] = {}
        for name, one in value.items():
            if name in _OF_SCHEMAS and isinstance(one, dict):
                made[name] = {key: self._copied(inner) for key, inner in one.items()}
            elif name in _DATA:
                made[name] = one
            elif name not in _ADDRESSES:
                made[name] = self._copied(one)
        for word in REFERRING:
            if isinstance(value.get(word), str):
                made[word] = self._defined(str(value[word]))
        return made

    def _defined(self, pointer: str) -> str:
        known = self._names.get(pointer)
        if known is None:
            target = _target(self._schema, {"$ref": pointer})
            if target is None:
                message = f"a part that is needed refers to `{pointer}`, which is not a place in this document"
                raise ProjectionError(message, hint=_AS_SCHEMA)
            known = self._names[pointer] = (_steps(pointer) or ("whole",))[-1]
            while known in self.definitions:
                known = self._names[pointer] = f"{known}_"
            self.definitions[known] = {}
            self.definitions[known] = self._copied(target)
        return f"#/definitions/{known.replace('~', '~0').replace('/', '~1').replace('%', '%25')}"


#: What names a schema, which a part of another document does not keep.
_ADDRESSES: Final = frozenset({"$id", "id", "$schema", "$anchor", "$dynamicAnchor", "$recursiveAnchor"})

#: What holds values, and what holds schemas under names of its own.
_DATA: Final = frozenset({"const", "enum", "default", "examples"})
_OF_SCHEMAS: Final = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"})


def _own(schema: base.Schema) -> Schema:
    if isinstance(schema, Schema):
        return schema
    message = f"a JSON Schema is needed, not {type(schema).__name__}"
    raise TypeError(message)


PROJECTION: Final = JsonProjection()
