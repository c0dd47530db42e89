"""Writers that can produce nothing. `explain.contradiction` looks for the place and the reason."""

from __future__ import annotations

from typing import Final

from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

RULES: Final = (
    # An incompatible pair has an event that is refused; here there is no event at all, so it is a warning.
    Rule(
        "writer-unsatisfiable",
        Severity.WARNING,
        "json-schema",
        "No event satisfies {writer}: {reason}. That {reader} reads all its events says nothing.",
        what="The writer's schema contradicts itself.",
        why='Every reader reads "all events" of a schema that has none. The answer is empty, and the schema is '
        "certainly not what was meant.",
        example='{"type": "object", "required": ["id"], "properties": {}, "additionalProperties": false}',
        remedy="Find the contradiction: a required property that a closed object does not declare, bounds that cross, "
        "or an `allOf` whose members exclude each other.",
    ),
)


def unsatisfiable(place: Place, reason: str) -> Mismatch:
    """The finding, at the place in the writer that by itself makes the whole impossible."""
    return Mismatch("writer-unsatisfiable", Place(), place, {"reason": reason})
