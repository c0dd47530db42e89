"""Properties that the reader requires and the writer does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from evtcompat.formats.json_schema.describe.wording import quoted
from evtcompat.formats.json_schema.rules.declarations import declaration, facts_of
from evtcompat.formats.json_schema.rules.diagnosis import Diagnosis, SuggestedFix
from evtcompat.formats.json_schema.rules.making import error
from evtcompat.model.json_types import JSON
from evtcompat.model.patches import Operation, add

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.explain.context import FailureContext


RULES: Final = (
    error(
        "optional-property-required",
        "{names} is optional in {writer} and required by {reader}: {reader} refuses events that leave it out.",
        what="A property that the writer declares without requiring it is required by the reader.",
        why="Producers on the writer's version may leave the property out, and consumers on the reader's version "
        "refuse every such event. A default in the schema does not help: validators do not fill it in.",
        example='before  {"properties": {"discount": {"type": "number"}}}\n'
        'after   {"properties": {"discount": {"type": "number"}}, "required": ["discount"]}',
        remedy="Keep it optional and let the consumer handle its absence, or require it only once no producer and no "
        "stored event leaves it out.",
        lacking="property",
    ),
    error(
        "required-property-not-sent",
        "{names} is required by {reader} and not declared by {writer}: {reader} refuses events that come without it.",
        what="The reader requires a property that the writer's schema does not declare.",
        why="Events of the writer's version do not carry the property, or carry it by chance only.",
        example='before  {"properties": {"id": {"type": "string"}}, "required": ["id"]}\n'
        'after   {"properties": {"id": {"type": "string"}, "currency": {"type": "string"}}, '
        '"required": ["id", "currency"]}',
        remedy="Add the property as optional. Require it in a later version, when no event without it is left.",
        lacking="property",
    ),
)


def diagnose_required(context: FailureContext) -> Iterator[Diagnosis]:
    """Properties that an event lacks: each under its own name."""
    required = context.value if isinstance(context.value, list) else []
    present = context.failure.instance if isinstance(context.failure.instance, dict) else {}
    for index, name in enumerate(required):
        if isinstance(name, str) and name not in present:
            yield _required(context, name, index, required)


def _required(context: FailureContext, name: str, index: int, required: Sequence[JSON]) -> Diagnosis:
    declared = context.declares(name)
    # An empty list is no valid `required` in draft 4.
    taken = context.removal("required") if len(required) == 1 else context.removal("required", index)
    known = declared is not None or _asked_for(context, name)
    return context.diagnosis(
        "optional-property-required" if known else "required-property-not-sent",
        facts_of(context, name),
        declared.part.place(names=declared.names) if declared else context.writer_place("required"),
        steps=("required", index),
        patch=taken,
        reader_fix=SuggestedFix(f"make {quoted(name)} optional", taken),
        writer_fix=_required_by_writer(context, name, declared=declared is not None),
    )


def _required_by_writer(context: FailureContext, name: str, *, declared: bool) -> SuggestedFix | None:
    """The fix that lets the writer require a property, and declare it as the reader does where it does not yet."""
    first = context.first_applied()
    if first is None or not isinstance(first.part.value, dict):
        return None
    holder = next((one for one in context.applied() if "required" in one.part.keywords), first).part
    if not holder.changeable:
        return None
    operation = (
        add(holder.at("required", "-"), name) if "required" in holder.keywords else add(holder.at("required"), [name])
    )
    own = None if declared else context.reader.below(context.part, "properties", name)
    schema = context.for_writer(own) if own else None
    if schema is None:
        return SuggestedFix(f"require {quoted(name)}", (operation,), holder.origin)
    operations: tuple[Operation, ...] = (*declaration(holder, name, schema), operation)
    return SuggestedFix(f"declare and require {quoted(name)}", operations, holder.origin)


def _asked_for(context: FailureContext, name: str) -> bool:
    """Whether the writer requires the property in some branch or under some condition, so that it knows it."""
    path, known = context.failure.path, context.known.asked_for
    if path not in known:
        known[path] = frozenset(_names_required([one.part.value for one in context.applied()]))
    return name in known[path]


def _names_required(pending: list[JSON]) -> Iterator[str]:
    """The names that schemas require, in whatever branch or condition."""
    while pending:
        one = pending.pop()
        if not isinstance(one, dict):
            continue
        required = one.get("required")
        yield from (name for name in required if isinstance(name, str)) if isinstance(required, list) else ()
        pending += [inner for keyword in ("then", "else") if (inner := one.get(keyword)) is not None]
        for keyword in ("allOf", "anyOf", "oneOf"):
            members = one.get(keyword)
            pending += members if isinstance(members, list) else []
