"""Documents that look like JSON Schemas and do not say in a known way that they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from evtcompat.formats.base import Resemblance
from evtcompat.formats.json_schema.addresses import METASCHEMAS, near_miss

_TYPES: Final = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
#: Words that a description of a property has, one of them at least.
_DESCRIBING: Final = frozenset(
    {"type", "$ref", "enum", "const", "properties", "items", "anyOf", "allOf", "oneOf", "format", "description"}
)


def resemblance(value: object) -> Resemblance | None:
    """What makes a document look like a JSON Schema."""
    if not isinstance(value, Mapping):
        return None
    named = value.get("$schema")
    near = near_miss(named) if isinstance(named, str) else None
    if near is not None:
        reason = f'its $schema, "{named}", {near.reason}; the nearest that is known is "{near.known}"'
        return Resemblance(reason, f'Write "$schema": "{near.known}".')
    if not _describes_an_object(value):
        return None
    if named is None:
        hint = f'Add "$schema": "{METASCHEMAS["2020-12"]}", or list it under `include`.'
        return Resemblance("the keywords of a JSON Schema, and no $schema", hint)
    reason = f'the keywords of a JSON Schema, and a $schema, "{named}", that is no known metaschema'
    return Resemblance(reason, "Name the draft that it is written in with $schema, or list it under `include`.")


def _describes_an_object(value: Mapping[object, object]) -> bool:
    types = value.get("type")
    properties = value.get("properties")
    if not isinstance(types, (str, list)) or not isinstance(properties, Mapping) or not properties:
        return False
    if not all(isinstance(one, str) and one in _TYPES for one in ([types] if isinstance(types, str) else types)):
        return False
    return all(
        isinstance(one, bool) or (isinstance(one, Mapping) and not _DESCRIBING.isdisjoint(one))
        for one in properties.values()
    )
