"""CloudEvents envelopes whose ``dataschema`` says what ``data`` is (CloudEvents 1.0.2, "dataschema").

An envelope that requires one ``dataschema`` and leaves ``data`` open is judged as if ``data`` referred to the schema of
that address: a reference like any other, answered by the files of the repository and never by the network. What the
envelope says of ``data`` itself wins. In binary mode the headers are the envelope, and the payload is the data.
"""

from __future__ import annotations

import re
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
        *("$schema", "type", "title", "description", "$comment", "$id", "id", "example", "examples", "default"),
        *("deprecated", "readOnly", "writeOnly", "nullable", "externalDocs"),
    }
)
#: What headers call it: in Kafka, HTTP and NATS, AMQP, and MQTT 5 (the protocol bindings of CloudEvents 1.0.2).
_IN_HEADERS: Final = re.compile(r"(?:ce[_-]|cloudevents[:_])?dataschema", re.IGNORECASE)
#: Schemas that hold for an event each by itself.
_CHOICES: Final = ("oneOf", "anyOf")


def with_data_schemas(schema: dict[str, JSON], places: dict[str, str]) -> dict[str, JSON]:
    """A schema in which each envelope that leaves its data to ``dataschema`` refers to that.

    Args:
        schema: With all that it refers to by ``#/...``.
        places: Where its parts stand in the document; gets those of the references, at the ``dataschema``.
    """
    return _Envelopes(schema, places).described(schema, "")


class Stated(NamedTuple):
    """The one address that an envelope takes as its ``dataschema``."""

    uri: str
    pointer: str


def stated_in_headers(headers: JSON) -> Stated | None:
    """The ``dataschema`` that the headers of an event in binary mode fix; ``None`` where they fix none, or several.

    Args:
        headers: Their schema, with all that it refers to by ``#/...``.
    """
    if not isinstance(headers, dict):
        return None
    parts = list(_Envelopes(headers, {}).parts(headers, ""))
    named = [(part, at, name) for part, at in parts for name in _properties(part) if _IN_HEADERS.fullmatch(name)]
    found = {one.uri: one for one in (_stated(*each) for each in named) if one is not None}
    return next(iter(found.values())) if len(found) == 1 else None


def with_stated_data(schema: dict[str, JSON], places: dict[str, str], stated: Stated) -> dict[str, JSON]:
    """A schema of data that refers to the address that the headers beside them state, where it leaves them open.

    Args:
        schema: As in `with_data_schemas`.
        places: The same; the reference is at the pointer that was stated.
        stated: The address.
    """
    if _constrains(schema):
        return schema
    listed = _items(schema.get("allOf"))
    places[child("/allOf", len(listed))] = stated.pointer
    return {**schema, "allOf": [*listed, {"$ref": stated.uri}]}


class _Envelopes:
    def __init__(self, root: dict[str, JSON], places: dict[str, str]) -> None:
        self._root = root
        self._places = places

    def described(self, schema: dict[str, JSON], pointer: str) -> dict[str, JSON]:
        """The schema at a pointer, or each of its choices, with the reference that its ``dataschema`` makes."""
        parts = list(self.parts(schema, pointer))
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

    def parts(self, schema: dict[str, JSON], pointer: str) -> Iterator[tuple[dict[str, JSON], str]]:
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

    def _referring(self, schema: dict[str, JSON], pointer: str, stated: Stated) -> dict[str, JSON]:
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
    return _constrains(data)


def _constrains(schema: dict[str, JSON]) -> bool:
    """Whether a schema says more of a value than its type."""
    return any(
        word not in _OPEN and not word.startswith("x-") and not (word == "additionalProperties" and value is True)
        for word, value in schema.items()
    )


def _stated(schema: dict[str, JSON], pointer: str, name: str = "dataschema") -> Stated | None:
    at = child(child(pointer, "properties"), name)
    told = _properties(schema).get(name)
    if not isinstance(told, dict):
        return None
    word, allowed = ("enum", _items(told["enum"])) if "enum" in told else ("const", [told.get("const")])
    uri = allowed[0] if len(allowed) == 1 else None
    return Stated(uri, child(at, word)) if isinstance(uri, str) and uri else None
