"""Places that the reader constrains and the writer leaves open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from evtcompat.formats.json_schema.describe.wording import where
from evtcompat.formats.json_schema.rules.diagnosis import Diagnosis, SuggestedFix
from evtcompat.formats.json_schema.rules.making import error
from evtcompat.model.patches import add, replace
from evtcompat.model.places import Place

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.explain.applied import Applied
    from evtcompat.formats.json_schema.explain.context import FailureContext


RULES: Final = (
    error(
        "property-constrained",
        "{where} is constrained by {reader}, and neither declared nor excluded by {writer}: an event of "
        "{writer} may carry anything under that name, and {reader} refuses what does not fit.",
        what="The reader declares a property with a schema where the writer's object is open.",
        why="An open object admits any value under any undeclared name, the new one included. Producers rarely do "
        "that; under the lenient policy, which assumes that they send declared properties only, this is no finding.",
        example='before  {"properties": {"id": {"type": "string"}}}\n'
        'after   {"properties": {"id": {"type": "string"}, "note": {"type": "string"}}}',
        remedy="Use the lenient policy if producers send declared properties only; otherwise close the writer's "
        "object first, or choose a name that is certainly unused.",
    ),
    error(
        "map-values-constrained",
        "Values under names that are not declared ({where}) are constrained by {reader} and not by {writer}: "
        "{reader} refuses events whose values do not fit.",
        what="The reader gives a schema for undeclared or pattern-named properties that the writer leaves open.",
        why="Events of the writer may hold any value there.",
        example='before  {"type": "object"}\nafter   {"type": "object", "additionalProperties": {"type": "string"}}',
        remedy="Leave the values open in the reader, or constrain them in the writer first.",
    ),
    error(
        "items-constrained",
        "{where} is constrained by {reader} and not by {writer}: {reader} refuses events whose items do not fit.",
        what="The reader gives a schema for items that the writer leaves open.",
        why="Events of the writer may hold any value there.",
        example='before  {"type": "array"}\nafter   {"type": "array", "items": {"type": "string"}}',
        remedy="Leave the items open in the reader, or constrain them in the writer first.",
    ),
)


#: What it is called to constrain an open place, by the keyword that leads there; map values otherwise.
_RULES = {
    "properties": "property-constrained",
    **dict.fromkeys(("items", "prefixItems", "additionalItems", "unevaluatedItems"), "items-constrained"),
}


def diagnose_open_place(context: FailureContext) -> Iterator[Diagnosis]:
    """A place that only the reader constrains: the outermost one that the writer does not declare."""
    path = context.failure.path
    length = next(n for n in range(1, len(path) + 1) if not context.applied_at(path[:n]))
    around = context.applied_at(path[: length - 1])
    own = context.reader_at(path[:length])
    part = own.part if own else context.part
    by, names = (own.by, own.names) if own else (context.failure.by, context.failure.names)
    facts: dict[str, object] = {"where": where(names) + context.condition_of(part)}
    if by == "properties":
        facts["property"] = str(path[length - 1])
    patch = (replace(part.pointer, {}),) if part.changeable and part.pointer else None
    yield Diagnosis(
        _RULES.get(by, "map-values-constrained"),
        part.place(names=names),
        around[0].part.place(names=around[0].names) if around else Place(),
        facts,
        patch,
        reader_fix=SuggestedFix(f"accept anything for {where(names)}", patch) if patch else None,
        writer_fix=_closing(around) if isinstance(path[length - 1], str) else None,
        message=context.message(),
    )


def _closing(around: Sequence[Applied]) -> SuggestedFix | None:
    """The fix that closes the writer's object, where it has one plain subschema that can be changed."""
    part = around[0].part if len(around) == 1 else None
    if part is None or not part.changeable or not isinstance(part.keywords.get("properties"), dict):
        return None
    return SuggestedFix("close the object", (add(part.at("additionalProperties"), value=False),), part.origin)
