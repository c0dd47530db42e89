"""All rules of JSON Schema."""

from __future__ import annotations

from typing import Final

from evtcompat.dataclasses import replace
from evtcompat.formats.json_schema.rules import (
    arrays,
    branches,
    closed_objects,
    dependencies,
    forbidden,
    formats,
    limits,
    lint,
    listed_values,
    negation,
    open_places,
    property_names,
    refused,
    required,
    unsatisfiable,
    value_types,
)
from evtcompat.model.rules import Rule

#: The ids that rules had while they told what an edit of the reader does; the same edit of the writer is found as well.
_FORMERLY: Final = {
    "value-not-listed": "enum-value-removed",
    "values-limited": "enum-added",
    "value-fixed": "const-added",
    "property-not-declared": "property-removed",
    "property-constrained": "property-added",
    "branch-not-accepted": "branch-removed",
    "items-not-admitted": "items-removed",
    "required-property-not-sent": "required-property-added",
    "optional-property-required": "property-became-required",
    "dependency-demanded": "dependency-added",
    "unique-items-demanded": "unique-items-added",
    "max-length-exceeded": "max-length-lowered",
    "max-items-exceeded": "max-items-lowered",
    "max-properties-exceeded": "max-properties-lowered",
    "maximum-exceeded": "maximum-lowered",
    "minimum-not-met": "minimum-raised",
    "min-length-not-met": "min-length-raised",
    "min-items-not-met": "min-items-raised",
    "min-properties-not-met": "min-properties-raised",
    "type-not-accepted": "type-narrowed",
    "property-names-not-accepted": "property-names-narrowed",
    "excluded-by-not": "not-widened",
}

_RULES: Final[tuple[Rule, ...]] = (
    *required.RULES,
    *closed_objects.RULES,
    *open_places.RULES,
    *forbidden.RULES,
    *property_names.RULES,
    *dependencies.RULES,
    *branches.RULES,
    *negation.RULES,
    *refused.RULES,
    *unsatisfiable.RULES,
    *value_types.RULES,
    *listed_values.RULES,
    *limits.RULES,
    *arrays.RULES,
    *formats.RULES,
    *lint.RULES,
)

JSON_SCHEMA_RULES: Final[tuple[Rule, ...]] = tuple(
    replace(rule, formerly=_FORMERLY.get(rule.id, "")) for rule in _RULES
)
