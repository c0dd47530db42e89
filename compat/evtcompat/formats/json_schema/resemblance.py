"""Documents that look like JSON Schemas and do not say in a known way that they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from evtcompat.formats.base import Resemblance
from evtcompat.formats.json_schema.addresses import METASCHEMAS, near_miss

_TYPES: Final = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
#: The keywords of all drafts.
KEYWORDS: Final = frozenset(
    {"$anchor", "$comment", "$defs", "$dynamicAnchor", "$dynamicRef", "$id", "$recursiveAnchor", "$recursiveRef",
     "$ref", "$vocabulary", "additionalItems", "additionalProperties", "allOf", "anyOf", "const", "contains",
     "contentEncoding", "contentMediaType", "contentSchema", "default", "definitions", "dependencies",
     "dependentRequired", "dependentSchemas", "deprecated", "description", "else", "enum", "example", "examples",
     "exclusiveMaximum", "exclusiveMinimum", "format", "id", "if", "items", "maxContains", "maxItems", "maxLength",
     "maxProperties", "maximum", "minContains", "minItems", "minLength", "minProperties", "minimum", "multipleOf",
     "not", "oneOf", "pattern", "patternProperties", "prefixItems", "properties", "propertyNames", "readOnly",
     "required", "then", "title", "type", "unevaluatedItems", "unevaluatedProperties", "uniqueItems", "writeOnly"}
)  # fmt: skip
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
    describes = _describes_an_object(value)
    if named is None and (describes or _speaks_of_nothing_else(value)):
        hint = f'Add "$schema": "{METASCHEMAS["2020-12"]}", or list it under `include`.'
        reason = "the keywords of a JSON Schema, and no $schema"
        return Resemblance(reason, hint, in_company=True, alone=describes)
    if not describes:
        return None
    reason = f'the keywords of a JSON Schema, and a $schema, "{named}", that is no known metaschema'
    return Resemblance(reason, "Name the draft that it is written in with $schema, or list it under `include`.")


def _speaks_of_nothing_else(value: Mapping[object, object]) -> bool:
    """Whether every word of a document is a keyword, and one of them says what an instance is."""
    if not all(isinstance(word, str) and (word in KEYWORDS or word.startswith("x-")) for word in value):
        return False
    types = value.get("type")
    typed = [types] if isinstance(types, str) else types
    if typed is not None and not (isinstance(typed, list) and all(one in _TYPES for one in typed)):
        return False
    lists = [value[word] for word in ("allOf", "anyOf", "oneOf") if word in value]
    of_schemas = bool(lists) and all(
        isinstance(one, list) and all(isinstance(part, Mapping) for part in one) for one in lists
    )
    return (
        typed is not None
        or isinstance(value.get("$ref"), str)
        or of_schemas
        or any(isinstance(value.get(word), Mapping) and value[word] for word in ("$defs", "definitions"))
        or isinstance(value.get("enum"), list)
    )


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
