"""All rules of JSON Schema."""

from __future__ import annotations

from typing import Final

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

JSON_SCHEMA_RULES: Final[tuple[Rule, ...]] = (
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
