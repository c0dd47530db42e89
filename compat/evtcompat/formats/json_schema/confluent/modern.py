"""Parts of a schema in drafts 2019-09 and 2020-12, as Confluent translates them from json-sKema's tree.

Each keyword makes a part of its own; parts are joined in the order in which the keywords are written. The join has
peculiarities that decide verdicts and are kept: a branch of `anyOf` or `oneOf` that is itself a conjunction of
keywords is dissolved into the surrounding list, and an object with `$defs` or a keyword that json-sKema does not know
loses its `unevaluatedProperties`, `unevaluatedItems`, `minContains` and `maxContains`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from evtcompat.dataclasses import replace
from evtcompat.formats.json_schema.confluent.shapes import (
    TYPES,
    Shape,
    UnreadableError,
    combined,
    merged,
    met_before,
    typed,
)
from evtcompat.model.json_types import JSON

_MERGING = ("array", "number", "object", "string")
_CRITERIA = ("allOf", "anyOf", "oneOf")
_NOTES = ("title", "description", "default")
#: Facets that live among the unknown keywords of the translated schema.
_LOST_BESIDE_UNKNOWN = ("unevaluated", "minContains", "maxContains")


def modern_shape(schema: JSON) -> Shape:
    """The part that `schema` makes.

    Raises:
        UnreadableError: The loader would refuse it, or it uses `$dynamicRef`.
    """
    if isinstance(schema, bool):
        return Shape("true" if schema else "false", source=schema)
    if not isinstance(schema, dict):
        message = "a schema is neither an object nor a boolean"
        raise UnreadableError(message)
    if "$dynamicRef" in schema:
        message = "$dynamicRef depends on the path that leads to it"
        raise UnreadableError(message)
    return met_before(("modern",), schema, lambda own, _: _read(own))


def _read(schema: dict[str, JSON]) -> Shape:
    whole: Shape | None = None
    for part in _keyword_parts(schema):
        whole = part if whole is None else _join(None, whole, part)
    whole = whole or combined("allOf", (), generated=True)
    for part in _member_parts(schema):
        whole = _join(None, whole, part)
    whole = _unwrapped(whole)
    rest = {key: value for key, value in schema.items() if key not in _KNOWN}
    facets = dict(whole.facets)
    if rest or schema.get("$defs"):
        for key in _LOST_BESIDE_UNKNOWN:
            facets.pop(key, None)
    notes = {key: schema[key] for key in _NOTES if schema.get(key) is not None}
    return Shape(whole.kind, MappingProxyType(facets), notes={**whole.notes, **notes}, rest=rest, source=schema)


def _unwrapped(whole: Shape) -> Shape:
    """A conjunction that nobody wrote, of one part or none, is that part or nothing."""
    if not _generated(whole, "allOf") or len(whole.parts) > 1:
        return whole
    return whole.parts[0] if whole.parts else Shape("empty")


def _keyword_parts(schema: dict[str, JSON]) -> Iterable[Shape]:
    for key, value in schema.items():
        read = _READERS.get(key)
        if read is not None:
            yield replace(read(value, schema), source={key: value}, alike=False)


def _member_parts(schema: dict[str, JSON]) -> Iterable[Shape]:
    """Properties, patterns and what is left over are joined last, wherever they are written."""
    for name, facet in (("properties", "properties"), ("patternProperties", "patterns")):
        members = schema.get(name)
        if isinstance(members, dict) and members:
            shapes = {member: modern_shape(value) for member, value in members.items()}
            yield _shape("object", {facet: shapes}, source={name: members})
    for name, kind in (("unevaluatedItems", "array"), ("unevaluatedProperties", "object")):
        if name in schema:
            yield _shape(kind, {"unevaluated": modern_shape(schema[name])}, source={name: schema[name]})


def _join(parent: str | None, whole: Shape, part: Shape) -> Shape:
    """Two parts as one. `parent` is the keyword whose list is being read, or ``None`` for keywords side by side."""
    if whole.kind == part.kind and whole.kind in _MERGING:
        return merged(whole, part)
    if _generated(whole, "anyOf") and _holds_kind(whole, part):
        return combined("anyOf", _collected(whole.parts, (part,)), generated=True)
    if _generated(part, "anyOf") and _holds_kind(part, whole):
        return combined("anyOf", _collected(part.parts, (whole,)), generated=True)
    if parent is not None and whole.kind == "combined":
        return combined(parent, (*whole.parts, *_dissolved(part)))
    return combined("allOf", _collected((), (*_dissolved(whole), *_dissolved(part))), generated=True)


def _generated(shape: Shape, criterion: str) -> bool:
    return shape.kind == "combined" and shape.facets["criterion"] == criterion and bool(shape.facets["generated"])


def _holds_kind(whole: Shape, part: Shape) -> bool:
    return any(member.kind == part.kind for member in whole.parts)


def _dissolved(shape: Shape) -> tuple[Shape, ...]:
    return shape.parts if _generated(shape, "allOf") else (shape,)


def _collected(into: tuple[Shape, ...], parts: Iterable[Shape]) -> tuple[Shape, ...]:
    """`into` with each part merged into the first member of its kind, or added."""
    result = list(into)
    for part in parts:
        index = next((i for i, known in enumerate(result) if known.kind == part.kind and part.kind in _MERGING), None)
        if index is None:
            result.append(part)
        else:
            result[index] = merged(result[index], part)
    return tuple(result)


def _shape(kind: str, facets: Mapping[str, object], *, source: JSON = None) -> Shape:
    return Shape(kind, MappingProxyType(dict(facets)), source=source)


def _read_type(value: JSON, _: dict[str, JSON]) -> Shape:
    names = value if isinstance(value, list) else [value]
    for name in names:
        if not isinstance(name, str) or name not in TYPES:
            message = f"unknown type {name!r}"
            raise UnreadableError(message)
    shapes = tuple(typed(str(name)) for name in names)
    return combined("anyOf", shapes, generated=True) if isinstance(value, list) else shapes[0]


def _read_combination(criterion: str) -> Callable[[JSON, dict[str, JSON]], Shape]:
    def read(value: JSON, _: dict[str, JSON]) -> Shape:
        whole = combined(criterion, ())
        for member in value if isinstance(value, list) else ():
            whole = _join(criterion, whole, modern_shape(member))
        return whole

    return read


def _read_limit(kind: str, facet: str) -> Callable[[JSON, dict[str, JSON]], Shape]:
    def read(value: JSON, _: dict[str, JSON]) -> Shape:
        return _shape(kind, {facet: value})

    return read


def _read_additional_properties(value: JSON, _: dict[str, JSON]) -> Shape:
    return _shape("object", {"additional": value if isinstance(value, bool) else modern_shape(value)})


def _read_items(value: JSON, schema: dict[str, JSON]) -> Shape:
    if isinstance(value, list):
        message = "items is a list, which the registry's loader refuses in this draft"
        raise UnreadableError(message)
    if value is True:
        return _shape("array", {})
    if value is False:
        return _shape("array", {"additional": False})
    return _shape("array", {"additional" if schema.get("prefixItems") else "every": modern_shape(value)})


def _read_prefix(value: JSON, _: dict[str, JSON]) -> Shape:
    items = value if isinstance(value, list) else []
    return _shape("array", {"tuple": tuple(modern_shape(item) for item in items)})


def _read_contains(_: JSON, schema: dict[str, JSON]) -> Shape:
    facets: dict[str, object] = {"minContains": schema.get("minContains", 1)}
    if "maxContains" in schema:
        facets["maxContains"] = schema["maxContains"]
    return _shape("array", facets)


def _read_required(value: JSON, _: dict[str, JSON]) -> Shape:
    return _shape("object", {"required": tuple(value) if isinstance(value, list) else ()})


def _read_dependent_required(value: JSON, _: dict[str, JSON]) -> Shape:
    members = value if isinstance(value, dict) else {}
    named = {name: tuple(names) for name, names in members.items() if isinstance(names, list) and names}
    return _shape("object", {"required_with": named})


def _read_dependent_schemas(value: JSON, _: dict[str, JSON]) -> Shape:
    members = value if isinstance(value, dict) else {}
    return _shape("object", {"schema_with": {name: modern_shape(member) for name, member in members.items()}})


def _read_nothing(_: JSON, __: dict[str, JSON]) -> Shape:
    return combined("allOf", (), generated=True)


_READERS: Mapping[str, Callable[[JSON, dict[str, JSON]], Shape]] = {
    "type": _read_type,
    **{criterion: _read_combination(criterion) for criterion in _CRITERIA},
    **{key: _read_limit("string", key) for key in ("minLength", "maxLength", "pattern")},
    **{
        key: _read_limit("number", key)
        for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
    },
    **{key: _read_limit("object", key) for key in ("minProperties", "maxProperties")},
    **{key: _read_limit("array", key) for key in ("minItems", "maxItems", "uniqueItems")},
    "additionalProperties": _read_additional_properties,
    "items": _read_items,
    "prefixItems": _read_prefix,
    "contains": _read_contains,
    "required": _read_required,
    "dependentRequired": _read_dependent_required,
    "dependentSchemas": _read_dependent_schemas,
    "propertyNames": lambda _, __: _shape("object", {}),
    "not": lambda value, _: _shape("not", {"inner": modern_shape(value)}),
    "const": lambda value, _: _shape("const", {"value": value}),
    "enum": lambda value, _: _shape("enum", {"values": tuple(value) if isinstance(value, list) else ()}),
    "if": lambda _, __: _shape("conditional", {}),
    "$ref": lambda value, _: _shape("reference", {"target": value}),
    "format": _read_nothing,
    "readOnly": _read_nothing,
    "writeOnly": _read_nothing,
}

#: The keywords that json-sKema knows; any other is kept among the unprocessed ones.
_KNOWN = frozenset(
    {
        *_READERS, *_NOTES, "$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$defs", "$schema", "$vocabulary",
        "properties", "patternProperties", "deprecated", "minContains", "maxContains", "then", "else",
        "unevaluatedItems", "unevaluatedProperties", "true", "false",
    }
)  # fmt: skip
