"""Rules about pairs of JSON Schemas, and about one of them: a module a family.

A module holds everything about its rules: the texts (`RULES`), and how a failure of the reader is recognised, told and
fixed (`DIAGNOSERS`, by the keyword that fails; `explain.context.FailureContext` is what a diagnoser is given). Every
error is raised only where an event was found that the writer may produce and the reader refuses; a difference that
refuses nothing is no finding.

The modules are imported to list the rules, so they import nothing that compiles or decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from evtcompat.formats.json_schema.explain.diagnosis import Diagnoser
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
    *lint.LINT_RULES,
)

#: How failures are diagnosed, by the keyword that fails; ``""`` is the schema ``false``.
DIAGNOSERS: Final[Mapping[str, Diagnoser]] = {
    **required.DIAGNOSERS,
    **closed_objects.DIAGNOSERS,
    **forbidden.DIAGNOSERS,
    **dependencies.DIAGNOSERS,
    **branches.DIAGNOSERS,
    **negation.DIAGNOSERS,
    **value_types.DIAGNOSERS,
    **listed_values.DIAGNOSERS,
    **limits.DIAGNOSERS,
    **arrays.DIAGNOSERS,
}
