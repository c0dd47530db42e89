"""CloudEvents envelopes whose ``dataschema`` says what ``data`` is (CloudEvents 1.0.2, "dataschema").

An envelope that requires one ``dataschema`` and leaves ``data`` open is judged as if ``data`` referred to the schema of
that address: a reference like any other, answered by the files of the repository and never by the network. What the
envelope says of ``data`` itself wins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

from evtcompat.model.places import child, tokens
from evtcompat.model.pointers import resolved
from evtcompat.syntax.excerpts import place_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evtcompat.model.json_types import JSON

#: Words that leave it open what `data` holds, whatever they are worth.
_OPEN: Final = frozenset(
    {
        *("type", "title", "description", "$comment", "$id", "id", "example", "examples", "default", "deprecated"),
        *("readOnly", "writeOnly", "nullable", "externalDocs"),
    }
)
#: Schemas that hold for an event each by itself.
_CHOICES: Final = ("oneOf", "anyOf")


def with_data_schemas(schema: dict[str, JSON], places: dict[str, str]) -> dict[str, JSON]:
    """A schema in which each envelope that leaves its data to ``dataschema`` refers to that.

    Args:
        schema: With all that it refers to by ``#/...``.
        places: Where its parts stand in the document; gets those of the references, at the ``dataschema``.
    """
    return _Envelopes(schema, places).described(schema, "")


class _Stated(NamedTuple):
    """The one address that an envelope takes as its ``dataschema``."""

    uri: str
    pointer: str


class _Envelopes:
    def __init__(self, root: dict[str, JSON], places: dict[str, str]) -> None:
        self._root = root
        self._places = places

    def described(self, schema: dict[str, JSON], pointer: str) -> dict[str, JSON]:
        """The schema at a pointer, or each of its choices, with the reference that its ``dataschema`` makes."""
        parts = list(self._parts(schema, pointer))
        if any(_says_what_data_is(part) for part, _ in parts):
            return schema
        stated = {one.uri: one for part, at in parts if (one := _stated(part, at)) is not None}
        if len(stated) == 1:
            return self._referring(schema, pointer, next(iter(stated.values())))
        made = dict(schema)
        for word in _CHOICES:
            choices = schema.get(word)
            if isinstance(choices, list):
                made[word] = [
                    self.described(one, child(child(pointer, word), index)) if isinstance(one, dict) else one
                    for index, one in enumerate(choices)
                ]
        return made

    def _parts(self, schema: dict[str, JSON], pointer: str) -> Iterator[tuple[dict[str, JSON], str]]:
        """What holds for an event together: the schema, what its ``allOf`` lists, and what these refer to."""
        pending: list[tuple[JSON, str]] = [(schema, pointer)]
        seen: set[str] = set()
        while pending:
            part, at = pending.pop()
            if not isinstance(part, dict) or at in seen:
                continue
            seen.add(at)
            yield part, at
            listed = part.get("allOf")
            pending += [(one, child(child(at, "allOf"), index)) for index, one in enumerate(_items(listed))]
            reference = part.get("$ref")
            if isinstance(reference, str) and reference.startswith("#/"):
                target = unquote(reference[1:])
                try:
                    pending.append((resolved(self._root, tokens(target)), target))
                except LookupError:  # told where the schema is parsed
                    continue

    def _referring(self, schema: dict[str, JSON], pointer: str, stated: _Stated) -> dict[str, JSON]:
        extra: JSON = {"properties": {"data": {"$ref": stated.uri}}}
        listed = _items(schema.get("allOf"))
        if "$ref" in schema:  # beside which older drafts read nothing
            listed, schema = [schema], {}
            self._places[child(child(pointer, "allOf"), 0)] = place_in(self._places, pointer)
        self._places[child(child(pointer, "allOf"), len(listed))] = place_in(self._places, stated.pointer)
        return {**schema, "allOf": [*listed, extra]}


def _items(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []


def _properties(schema: dict[str, JSON]) -> dict[str, JSON]:
    found = schema.get("properties")
    return found if isinstance(found, dict) else {}


def _says_what_data_is(schema: dict[str, JSON]) -> bool:
    """Whether a part of an envelope constrains its data beyond their type, or has them as bytes."""
    properties = _properties(schema)
    data = properties.get("data", True)
    if not isinstance(data, dict):
        return data is not True or ("data_base64" in properties and "data" not in properties)
    return any(
        word not in _OPEN and not word.startswith("x-") and not (word == "additionalProperties" and value is True)
        for word, value in data.items()
    )


def _stated(schema: dict[str, JSON], pointer: str) -> _Stated | None:
    at = child(child(pointer, "properties"), "dataschema")
    told = _properties(schema).get("dataschema")
    if not isinstance(told, dict):
        return None
    word, allowed = ("enum", _items(told["enum"])) if "enum" in told else ("const", [told.get("const")])
    uri = allowed[0] if len(allowed) == 1 else None
    return _Stated(uri, child(at, word)) if isinstance(uri, str) and uri else None
