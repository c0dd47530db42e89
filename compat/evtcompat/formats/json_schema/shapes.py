"""What each keyword's value must look like: the metaschemas as a table of predicates.

Validating a schema against its metaschema with a general validator costs more than the whole comparison. This check
gives the same yes or no (a test holds it against the metaschemas themselves); the wording of a no comes from the
validator, see `parse`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache

from evtcompat.formats.json_schema.dialects import DRAFT4, DRAFT6, DRAFT7, DRAFT2019, DRAFT2020, Dialect
from evtcompat.formats.json_schema.exact import key
from evtcompat.model.places import child

_SIMPLE_TYPES = frozenset(("array", "boolean", "integer", "null", "number", "object", "string"))
Check = Callable[[object], bool]


def _text(value: object) -> bool:
    return isinstance(value, str)


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _array(value: object) -> bool:
    return isinstance(value, list)


def _anything(value: object) -> bool:  # noqa: ARG001 - a predicate like the others
    return True


def _number(value: object) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _integer(value: object) -> bool:
    if isinstance(value, Decimal):
        return value == value.to_integral_value()
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


def _count(value: object) -> bool:
    return _integer(value) and value >= 0  # type: ignore[operator]  # an integer by the first half


def _count4(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _positive(value: object) -> bool:
    return _number(value) and value > 0  # type: ignore[operator]  # a number by the first half


def _distinct(value: list[object]) -> bool:
    if _TEXT.issuperset(map(type, value)):
        return len(set(value)) == len(value)
    return len({key(item) for item in value}) == len(value)


_TEXT = frozenset((str,))


def _texts(value: list[object]) -> bool:
    return _TEXT.issuperset(map(type, value)) or all(isinstance(item, str) for item in value)


def _names(value: object) -> bool:
    return isinstance(value, list) and _texts(value) and _distinct(value)


def _some_names(value: object) -> bool:
    return bool(value) and _names(value)


def _types(value: object) -> bool:
    if isinstance(value, str):
        return value in _SIMPLE_TYPES
    return _some_names(value) and all(item in _SIMPLE_TYPES for item in value)  # type: ignore[attr-defined]  # a list


def _some_distinct(value: object) -> bool:
    return isinstance(value, list) and bool(value) and _distinct(value)


def _names_by_name(value: object) -> bool:
    return isinstance(value, dict) and all(_names(item) for item in value.values())


def _vocabulary(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(item, bool) for item in value.values())


def _matching(pattern: str) -> Check:
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


_IDENTIFIER = _matching(r"[^#]*#?")

_COMMON: Mapping[str, Check] = {
    **dict.fromkeys(("$schema", "$ref", "title", "description", "format", "pattern"), _text),
    "default": _anything,
    "type": _types,
    "multipleOf": _positive,
    "minimum": _number,
    "maximum": _number,
    "uniqueItems": _flag,
}
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_SIX: Mapping[str, Check] = {
    **_COMMON,
    **dict.fromkeys(_COUNTS, _count),
    "$id": _text,
    "required": _names,
    "enum": _array,
    "const": _anything,
    "examples": _array,
    "exclusiveMinimum": _number,
    "exclusiveMaximum": _number,
}
_SEVEN: Mapping[str, Check] = {
    **_SIX,
    **dict.fromkeys(("$comment", "contentEncoding", "contentMediaType"), _text),
    "readOnly": _flag,
    # The metaschema of draft 7 forgot it.
    "writeOnly": _anything,
}
_NINETEEN: Mapping[str, Check] = {
    **_SEVEN,
    "$id": _IDENTIFIER,
    "writeOnly": _flag,
    "$anchor": _matching(r"[A-Za-z][-A-Za-z0-9.:_]*"),
    "$recursiveRef": _text,
    "$recursiveAnchor": _flag,
    "$vocabulary": _vocabulary,
    "deprecated": _flag,
    "minContains": _count,
    "maxContains": _count,
    "dependentRequired": _names_by_name,
}
_ANCHOR = _matching(r"[A-Za-z_][-A-Za-z0-9._]*")

SHAPES: Mapping[str, Mapping[str, Check]] = {
    DRAFT4.name: {
        **_COMMON,
        **dict.fromkeys(_COUNTS, _count4),
        "id": _text,
        # The metaschema of draft 4 does not mention it; only a string refers to anything.
        "$ref": _anything,
        "required": _some_names,
        "enum": _some_distinct,
        "exclusiveMinimum": _flag,
        "exclusiveMaximum": _flag,
    },
    DRAFT6.name: _SIX,
    DRAFT7.name: _SEVEN,
    DRAFT2019.name: _NINETEEN,
    DRAFT2020.name: {
        **_NINETEEN,
        "$anchor": _ANCHOR,
        "$dynamicAnchor": _ANCHOR,
        "$dynamicRef": _text,
        "$recursiveAnchor": _ANCHOR,
    },
}

# What schemas are found under a keyword: one, a list, one by name, one or a list, one or a list of names (by name).
_ONE = {
    DRAFT4.name: ("not",),
    DRAFT6.name: ("not", "additionalItems", "additionalProperties", "contains", "propertyNames"),
}
_ONE[DRAFT7.name] = (*_ONE[DRAFT6.name], "if", "then", "else")
_ONE[DRAFT2019.name] = (*_ONE[DRAFT7.name], "unevaluatedItems", "unevaluatedProperties", "contentSchema")
_ONE[DRAFT2020.name] = (*(one for one in _ONE[DRAFT2019.name] if one != "additionalItems"), "items")


def names_in_dependencies(names: object, dialect: Dialect) -> bool:
    """Whether a list under ``dependencies`` is as the dialect wants it."""
    return _names(names) if dialect.boolean_schemas else _some_names(names)


#: Predicates for which it is enough to know that the value's type is this one and no subclass.
_BY_TYPE: Mapping[Check, type] = {_text: str, _flag: bool, _number: int}


def type_of_check(check: Check) -> type | None:
    """A type of which the predicate holds for every value, where there is a plain one."""
    return _BY_TYPE.get(check)


@cache
def subschemas(dialect: Dialect) -> Mapping[str, str]:
    """How a keyword of the dialect holds schemas.

    It is one of ``one``, ``list``, ``map``, ``one-or-list``, ``one-or-flag``, ``dependencies``.
    """
    held = dict.fromkeys(_ONE[dialect.name], "one")
    held.update(dict.fromkeys(("allOf", "anyOf", "oneOf"), "list"))
    held.update(dict.fromkeys(("definitions", "properties", "patternProperties"), "map"))
    held["dependencies"] = "dependencies"
    if dialect.tuple_keyword == "items":
        held["items"] = "one-or-list"
    else:
        held[dialect.tuple_keyword] = "list"
    if not dialect.boolean_schemas:
        held.update(dict.fromkeys(("additionalItems", "additionalProperties"), "one-or-flag"))
    if "$defs" in dialect.keywords:
        held.update(dict.fromkeys(("$defs", "dependentSchemas"), "map"))
    return held


def violations(  # noqa: C901 - one walk
    value: object, dialect: Dialect, dialect_of: Callable[[dict[str, object], Dialect], Dialect]
) -> Iterator[str]:
    """The pointers at which a document breaks its metaschema; empty if and only if it is a schema.

    ``dialect_of`` tells the dialect of an embedded resource.
    """
    stack: list[tuple[object, str, Dialect]] = [(value, "", dialect)]
    while stack:
        schema, pointer, dialect = stack.pop()
        if isinstance(schema, bool):
            if not dialect.boolean_schemas:
                yield pointer
            continue
        if not isinstance(schema, dict):
            yield pointer
            continue
        if pointer and "$schema" in schema:
            dialect = dialect_of(schema, dialect)
        checks, held = SHAPES[dialect.name], subschemas(dialect)
        for keyword, member in schema.items():
            check = checks.get(keyword)
            if check is not None:
                if not check(member):
                    yield child(pointer, keyword)
                continue
            how = held.get(keyword)
            if how is not None:
                yield from _children(how, member, child(pointer, keyword), dialect, stack)
        if dialect.boolean_exclusive:
            for flag, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
                if flag in schema and bound not in schema:
                    yield child(pointer, flag)


def _children(
    how: str, member: object, pointer: str, dialect: Dialect, stack: list[tuple[object, str, Dialect]]
) -> Iterator[str]:
    if how == "one" or (how == "one-or-list" and not isinstance(member, list)):
        stack.append((member, pointer, dialect))
    elif how == "one-or-flag":
        if not isinstance(member, bool):
            stack.append((member, pointer, dialect))
    elif how in {"list", "one-or-list"}:
        if not isinstance(member, list) or not member:
            yield pointer
        else:
            stack.extend((item, child(pointer, index), dialect) for index, item in enumerate(member))
    elif not isinstance(member, dict):
        yield pointer
    else:
        for name, item in member.items():
            if how == "dependencies" and isinstance(item, list):
                if not names_in_dependencies(item, dialect):
                    yield child(pointer, name)
            else:
                stack.append((item, child(pointer, name), dialect))
