"""Names of properties that the reader refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from evtcompat.formats.json_schema.describe.wording import listed, quoted, shown
from evtcompat.formats.json_schema.rules.diagnosis import Diagnosis, SuggestedFix
from evtcompat.formats.json_schema.rules.limits import LIMITS, phrase
from evtcompat.formats.json_schema.rules.making import error

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.explain.context import FailureContext


RULES: Final = (
    error(
        "property-names-not-accepted",
        "Property names in {where} must {accepts} for {reader}, which refuses events with other names; {writer} "
        "admits such names.",
        what="The reader's `propertyNames` refuses a name that the writer admits.",
        why="One refused name refuses the whole event.",
        example='before  {"type": "object"}\nafter   {"type": "object", "propertyNames": {"maxLength": 20}}',
        remedy="Accept the names that were admitted before.",
    ),
)


def diagnose_property_name(context: FailureContext) -> Iterator[Diagnosis]:
    """A property whose name the reader does not accept."""
    keyword = context.keyword
    patch = context.removal(keyword) if keyword else None
    yield context.diagnosis(
        "property-names-not-accepted",
        {"keyword": keyword, "accepts": _accepted(context)},
        context.writer_place("propertyNames"),
        patch=patch,
        reader_fix=SuggestedFix(f"leave {quoted(keyword)} out of `propertyNames`", patch) if patch else None,
    )


def _accepted(context: FailureContext) -> str:
    keyword = context.keyword
    if keyword in LIMITS:
        return phrase(keyword, context.part.keywords)
    values = context.value if keyword == "enum" and isinstance(context.value, list) else [context.value]
    return f"be {listed(values)}" if keyword in ("enum", "const") else f"fit `{shown(context.part.value)}`"
