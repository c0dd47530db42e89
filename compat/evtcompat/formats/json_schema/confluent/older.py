"""Parts of a schema in drafts 4, 6 and 7, as the everit loader divides them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evtcompat.dataclasses import dataclass, replace
from evtcompat.formats.json_schema.confluent.shapes import (
    TYPES,
    Shape,
    UnreadableError,
    combined,
    met_before,
    number_facets,
    string_facets,
    typed,
)
from evtcompat.model.json_types import JSON

_OBJECT_KEYWORDS = (
    "properties", "required", "minProperties", "maxProperties", "dependencies", "patternProperties",
    "additionalProperties",
)  # fmt: skip
_ARRAY_KEYWORDS = ("items", "additionalItems", "minItems", "maxItems", "uniqueItems")
_NUMBER_KEYWORDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_STRING_KEYWORDS = ("minLength", "maxLength", "pattern", "format")
_CONDITIONAL_KEYWORDS = ("if", "then", "else")
#: Keywords that make a part without `type`.
_TELLING = frozenset(
    (
        *(*_OBJECT_KEYWORDS, "propertyNames", *_ARRAY_KEYWORDS, "contains"),
        *(*_NUMBER_KEYWORDS, *_STRING_KEYWORDS, *_CONDITIONAL_KEYWORDS),
    )
)


@dataclass(frozen=True, slots=True)
class OlderDraft:
    """How one of the older drafts is read."""

    id_keyword: str
    object_keywords: tuple[str, ...]
    array_keywords: tuple[str, ...]
    #: Whether `const` is a keyword.
    constants: bool
    #: Whether `if`, `then` and `else` are keywords.
    conditionals: bool
    #: How the same is read within a copy, which nobody changes (`met_before`); ``None`` when this is it.
    within: OlderDraft | None = None


def _draft(draft: OlderDraft) -> OlderDraft:
    return replace(draft, within=draft)


DRAFT_4 = _draft(OlderDraft("id", _OBJECT_KEYWORDS, _ARRAY_KEYWORDS, constants=False, conditionals=False))
DRAFT_6 = _draft(
    OlderDraft(
        "$id", (*_OBJECT_KEYWORDS, "propertyNames"), (*_ARRAY_KEYWORDS, "contains"), constants=True, conditionals=False
    )
)
DRAFT_7 = _draft(OlderDraft("$id", DRAFT_6.object_keywords, DRAFT_6.array_keywords, constants=True, conditionals=True))


def older_shape(schema: JSON, draft: OlderDraft) -> Shape:
    """The part that `schema` makes.

    Raises:
        UnreadableError: The loader would refuse it.
    """
    if isinstance(schema, bool):
        return Shape("true" if schema else "false", source=schema)
    if not isinstance(schema, dict):
        message = "a schema is neither an object nor a boolean"
        raise UnreadableError(message)
    scope = draft.id_keyword, draft.constants, draft.conditionals

    def read(own: dict[str, JSON], copied: bool) -> Shape:  # noqa: FBT001 - handed over by `met_before`
        return _read(own, (draft.within or draft) if copied else draft)

    return met_before(scope, schema, read, copied=draft.within is None)


def _read(schema: dict[str, JSON], draft: OlderDraft) -> Shape:
    """The part of a schema that is an object."""
    parts, consumed = _parts(schema, draft)
    if not parts:
        whole = Shape("empty", source=schema)
    elif len(parts) == 1:
        whole = parts[0]
    else:
        whole = combined("allOf", tuple(parts), generated=True, source=schema)
    notes = {key: schema[key] for key in (draft.id_keyword, "title", "description") if key in schema}
    if schema.get("default") is not None:
        notes["default"] = schema["default"]
    rest = {key: value for key, value in schema.items() if key not in consumed and key not in notes}
    if draft.id_keyword in notes:
        notes["id"] = notes.pop(draft.id_keyword)
    return Shape(whole.kind, whole.facets, notes=notes, rest=rest, source=schema)


def _parts(schema: dict[str, JSON], draft: OlderDraft) -> tuple[list[Shape], set[str]]:
    """One part per group of keywords, and the keywords that were read."""
    if "$ref" in schema:
        return [Shape("reference", MappingProxyType({"target": schema["$ref"]}), source=schema)], {"$ref"}
    parts: list[Shape] = []
    consumed: set[str] = set()
    enumerated = schema.get("enum")
    if isinstance(enumerated, list):
        parts.append(Shape("enum", MappingProxyType({"values": tuple(enumerated)}), source=schema))
        consumed.add("enum")
    for criterion in ("allOf", "anyOf", "oneOf"):
        members = schema.get(criterion)
        if isinstance(members, list):
            shapes = tuple(older_shape(member, draft) for member in members)
            parts.append(combined(criterion, shapes, source=schema))
            consumed.add(criterion)
    if "not" in schema:
        inner = older_shape(schema["not"], draft)
        parts.append(Shape("not", MappingProxyType({"inner": inner}), source=schema))
        consumed.add("not")
    if draft.constants and "const" in schema:
        parts.append(Shape("const", MappingProxyType({"value": schema["const"]}), source=schema))
        consumed.add("const")
    parts.extend(_typed_parts(schema, draft, consumed))
    parts.extend(_sniffed_parts(schema, draft, consumed))
    return parts, consumed


def _typed_parts(schema: dict[str, JSON], draft: OlderDraft, consumed: set[str]) -> list[Shape]:
    """What `type` makes; it takes the keywords of its types with it."""
    kind = schema.get("type")
    if kind is None:
        return []
    consumed.add("type")
    if isinstance(kind, list):
        return [
            combined("anyOf", tuple(_of_type(name, schema, draft, consumed) for name in kind), source=schema),
        ]
    return [_of_type(kind, schema, draft, consumed)]


def _of_type(name: JSON, schema: dict[str, JSON], draft: OlderDraft, consumed: set[str]) -> Shape:
    if not isinstance(name, str) or name not in TYPES:
        message = f"unknown type {name!r}"
        raise UnreadableError(message)
    plain = typed(name)
    consumed.update(_keywords(plain.kind, draft))
    facets = _facets(plain.kind, schema, draft)
    return Shape(plain.kind, MappingProxyType({**plain.facets, **facets}), source=schema)


def _sniffed_parts(schema: dict[str, JSON], draft: OlderDraft, consumed: set[str]) -> list[Shape]:
    """Keywords of a type that `type` does not name still make a part."""
    parts: list[Shape] = []
    remaining = {key: value for key, value in schema.items() if key not in consumed}
    if _TELLING.isdisjoint(remaining):
        return parts
    for kind in ("array", "object", "number", "string"):
        keywords = _keywords(kind, draft)
        if any(key in remaining for key in keywords):
            parts.append(Shape(kind, MappingProxyType(_facets(kind, remaining, draft)), source=schema))
            consumed.update(keywords)
    if draft.conditionals and any(key in remaining for key in _CONDITIONAL_KEYWORDS):
        parts.append(Shape("conditional", source=schema))
        consumed.update(_CONDITIONAL_KEYWORDS)
    return parts


def _keywords(kind: str, draft: OlderDraft) -> tuple[str, ...]:
    """The keywords that speak of a kind."""
    if kind == "object":
        return draft.object_keywords
    if kind == "array":
        return draft.array_keywords
    return {"number": _NUMBER_KEYWORDS, "string": _STRING_KEYWORDS}.get(kind, ())


def _facets(kind: str, schema: Mapping[str, JSON], draft: OlderDraft) -> dict[str, object]:
    """What a schema says of a kind."""
    if kind == "object":
        return _object_facets(schema, draft)
    if kind == "array":
        return _array_facets(schema, draft)
    if kind == "number":
        return number_facets(schema)
    return string_facets(schema) if kind == "string" else {}


def _object_facets(schema: Mapping[str, JSON], draft: OlderDraft) -> dict[str, object]:
    facets: dict[str, object] = {key: schema[key] for key in ("minProperties", "maxProperties") if key in schema}
    if isinstance(properties := schema.get("properties"), dict):
        facets["properties"] = {name: older_shape(value, draft) for name, value in properties.items()}
    if isinstance(patterns := schema.get("patternProperties"), dict):
        facets["patterns"] = {pattern: older_shape(value, draft) for pattern, value in patterns.items()}
    if isinstance(required := schema.get("required"), list):
        facets["required"] = tuple(name for name in required if isinstance(name, str))
    if "additionalProperties" in schema:
        facets["additional"] = _additional(schema["additionalProperties"], draft)
    if isinstance(dependencies := schema.get("dependencies"), dict):
        facets["required_with"] = {
            name: tuple(value) for name, value in dependencies.items() if isinstance(value, list) and value
        }
        facets["schema_with"] = {
            name: older_shape(value, draft) for name, value in dependencies.items() if not isinstance(value, list)
        }
    return facets


def _array_facets(schema: Mapping[str, JSON], draft: OlderDraft) -> dict[str, object]:
    facets: dict[str, object] = {key: schema[key] for key in ("minItems", "maxItems", "uniqueItems") if key in schema}
    if "additionalItems" in schema:
        facets["additional"] = _additional(schema["additionalItems"], draft)
    items = schema.get("items")
    if isinstance(items, list):
        facets["tuple"] = tuple(older_shape(item, draft) for item in items)
    elif items is not None:
        facets["every"] = older_shape(items, draft)
    return facets


def _additional(value: JSON, draft: OlderDraft) -> bool | Shape:
    """``True`` and ``False`` stay what they are; a schema, the empty one included, is a part."""
    return value if isinstance(value, bool) else older_shape(value, draft)
