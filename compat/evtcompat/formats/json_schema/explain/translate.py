"""Schemas translated from one draft to another, for fixes that copy a part from one side to the other."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from evtcompat.formats.json_schema.dialect import Dialect, Handling
from evtcompat.formats.json_schema.keywords.keyword import Holds
from evtcompat.formats.json_schema.keywords.table import CONSTRAINING
from evtcompat.model.json_types import JSON

#: Bounds, each with the keyword that excludes the bound itself.
_BOUNDS = (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))


class UntranslatableError(Exception):
    """The other draft has no words for it."""


def translated(schema: JSON, source: Dialect, target: Dialect) -> JSON:
    """A schema of the ``target`` dialect that holds what ``schema`` holds in the ``source`` dialect.

    Annotations are kept. Words that mean nothing in the source and something in the target are left out. References
    are taken over as they are: ask about self-contained schemas only.

    Raises:
        UntranslatableError: A keyword has no counterpart.
    """
    if source is target:
        return schema
    if isinstance(schema, bool):
        return schema if target.boolean_schemas else {} if schema else {"not": {}}
    if not isinstance(schema, dict):
        raise UntranslatableError
    return keywords_translated(schema, source, target)


def keywords_translated(schema: Mapping[str, JSON], source: Dialect, target: Dialect) -> dict[str, JSON]:
    """The same for some keywords of one schema object that belong together.

    Raises:
        UntranslatableError: A keyword has no counterpart.
    """
    if source is target:
        return dict(schema)
    found: dict[str, JSON] = {
        name: _held(name, value, source, target) if _constrains(name, source) else value
        for name, value in schema.items()
        if name != "$schema" and (name in source.active or name not in target.active)
    }
    for rewrite in (_bounds, _tuples, _constants, _dependencies):
        found = rewrite(found, source, target)
    if any(_constrains(name, source) and not _constrains(name, target) for name in found):
        raise UntranslatableError
    return found


def _constrains(name: str, dialect: Dialect) -> bool:
    return dialect.keywords.get(name) is Handling.DECIDED


def _held(name: str, value: JSON, source: Dialect, target: Dialect) -> JSON:
    """The value of a keyword with the schemas in it translated."""
    holds = CONSTRAINING[name].holds
    if isinstance(value, bool) and name in ("additionalProperties", "additionalItems"):
        return value
    if holds in (Holds.SCHEMA, Holds.SCHEMA_OR_SCHEMAS) and isinstance(value, dict | bool):
        return translated(value, source, target)
    if holds in (Holds.SCHEMAS, Holds.SCHEMA_OR_SCHEMAS) and isinstance(value, list):
        return [translated(one, source, target) for one in value]
    if holds is Holds.NAMED_SCHEMAS and isinstance(value, dict):
        return {key: one if isinstance(one, list) else translated(one, source, target) for key, one in value.items()}
    return value


def _bounds(schema: dict[str, JSON], source: Dialect, target: Dialect) -> dict[str, JSON]:
    if source.boolean_exclusive is target.boolean_exclusive:
        return schema
    found = dict(schema)
    for bound, excluded in _BOUNDS:
        limit, beside = found.get(bound), found.pop(excluded, None)
        if source.boolean_exclusive:
            if beside is True and bound in found:
                found[excluded] = found.pop(bound)
        elif isinstance(beside, (int, float, Decimal)) and not isinstance(beside, bool):
            sign = 1 if bound == "minimum" else -1
            wider = limit is None or sign * beside >= sign * limit  # type: ignore[operator]  # a number
            if wider:
                found |= {bound: beside, excluded: True}
    return found


def _tuples(schema: dict[str, JSON], source: Dialect, target: Dialect) -> dict[str, JSON]:
    if source.tuple_keyword == target.tuple_keyword:
        return schema
    found = dict(schema)
    if source.tuple_keyword == "items":
        rest = found.pop("additionalItems", None)
        if isinstance(found.get("items"), list):
            found[target.tuple_keyword] = found.pop("items")
            if rest is not None:
                found["items"] = rest
    elif source.tuple_keyword in found:
        rest = found.pop("items", None)
        found["items"] = found.pop(source.tuple_keyword)
        if rest is not None:
            found["additionalItems"] = False if rest == {"not": {}} else rest
    return found


def _constants(schema: dict[str, JSON], source: Dialect, target: Dialect) -> dict[str, JSON]:
    if "const" not in schema or not _constrains("const", source) or _constrains("const", target):
        return schema
    if "enum" in schema:
        raise UntranslatableError
    return {("enum" if name == "const" else name): [value] if name == "const" else value
            for name, value in schema.items()}  # fmt: skip


def _dependencies(schema: dict[str, JSON], source: Dialect, target: Dialect) -> dict[str, JSON]:
    old, new = "dependencies", ("dependentRequired", "dependentSchemas")
    if _constrains(old, source) and not _constrains(old, target) and isinstance(schema.get(old), dict):
        members: dict[str, JSON] = schema[old]  # type: ignore[assignment]  # a dict
        lists: JSON = {name: one for name, one in members.items() if isinstance(one, list)}
        schemas: JSON = {name: one for name, one in members.items() if not isinstance(one, list)}
        found = {name: value for name, value in schema.items() if name != old}
        return found | {name: value for name, value in ((new[0], lists), (new[1], schemas)) if value}
    if _constrains(new[0], source) and not _constrains(new[0], target):
        joined: dict[str, JSON] = {}
        for keyword in new:
            for name, one in schema.get(keyword, {}).items():  # type: ignore[union-attr]  # a dict
                if name in joined:
                    raise UntranslatableError
                joined[name] = one
        found = {name: value for name, value in schema.items() if name not in new}
        return found | ({old: joined} if joined else {})
    return schema
