"""Who diagnoses which failure."""

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
    limits,
    listed_values,
    negation,
    required,
    value_types,
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
