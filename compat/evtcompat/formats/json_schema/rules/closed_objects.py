"""Properties that the reader does not declare and its closed object does not let in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from evtcompat.formats.json_schema.describe.wording import quoted
from evtcompat.formats.json_schema.name_patterns import matches
from evtcompat.formats.json_schema.rules.declarations import declaration, facts_of
from evtcompat.formats.json_schema.rules.diagnosis import Diagnosis, SuggestedFix
from evtcompat.formats.json_schema.rules.making import error
from evtcompat.model.patches import Operation, remove

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.explain.applied import Applied
    from evtcompat.formats.json_schema.explain.context import FailureContext
    from evtcompat.formats.json_schema.explain.subschemas import Subschema


RULES: Final = (
    error(
        "property-not-declared",
        "{names} is sent by {writer} and not declared by {reader}, whose object admits no other properties: "
        "{reader} refuses events that carry it.",
        what="A property that the writer declares is missing from a reader object that is closed "
        "(`additionalProperties` or `unevaluatedProperties` is false).",
        why="A closed object refuses every property that it does not declare. Under the lenient policy, where the "
        "reader ignores what it does not know, this is a finding only in a `oneOf` whose branches would overlap "
        "without it, and under `not` and `if`.",
        example='before  {"properties": {"id": {}, "note": {}}, "additionalProperties": false}\n'
        'after   {"properties": {"id": {}}, "additionalProperties": false}',
        remedy="Keep the declaration until no producer sends the property and no stored event carries it, "
        "or open the object.",
    ),
    error(
        "content-model-closed",
        "Undeclared properties in {where} are admitted by {writer} and not by {reader}: {reader} refuses "
        "events that carry one.",
        what="The reader closes an object that the writer leaves open, or opens only for some names.",
        why="Producers on the writer's version may add properties that nobody declared.",
        example='before  {"type": "object"}\nafter   {"type": "object", "additionalProperties": false}',
        remedy="Leave the object open, or close it in the writer first and wait until older events are gone. "
        "If producers never send undeclared properties, the lenient policy says so.",
    ),
)


def diagnose_closed(context: FailureContext) -> Iterator[Diagnosis]:
    """Properties that a closed object does not know: each under its own name."""
    keyword = context.keyword
    if context.value is not False:
        # `unevaluatedProperties` with a schema is reported as a whole.
        yield context.diagnosis(
            "map-values-constrained",
            {},
            reader_fix=SuggestedFix(f"leave {quoted(keyword)} out", context.removal(keyword)),
        )
        return
    event = context.failure.instance if isinstance(context.failure.instance, dict) else {}
    open_ended = False
    for name in event:
        if _lets_in(context.part, name):
            continue
        declared = context.declares(name)
        if declared is None:
            open_ended = True
        else:
            yield _removed(context, name, declared)
    if open_ended:
        yield context.diagnosis(
            "content-model-closed",
            {},
            context.writer_place(keyword, "patternProperties"),
            reader_fix=SuggestedFix("leave the object open", context.removal(keyword)),
            writer_fix=context.copied({keyword: False}, "close the object"),
        )


def _lets_in(part: Subschema, name: str) -> bool:
    """Whether a closed object lets a name in by itself."""
    properties, patterns = part.keywords.get("properties"), part.keywords.get("patternProperties")
    if isinstance(properties, dict) and name in properties:
        return True
    return any(matches(pattern, name) for pattern in (patterns if isinstance(patterns, dict) else ()))


def _removed(context: FailureContext, name: str, declared: Applied) -> Diagnosis:
    """A property that the writer declares and the closed reader does not."""
    schema = context.for_reader(declared.part)
    patch = declaration(context.part, name, {} if schema is None else schema)
    kept = None if schema is None else SuggestedFix(f"keep {quoted(name)} in `properties`", patch)
    inline = declared.part.pointer.endswith(f"/properties/{name}")
    return context.diagnosis(
        "property-not-declared",
        facts_of(context, name),
        declared.part.place(names=declared.names),
        names=declared.names,
        patch=patch,
        reader_fix=kept,
        writer_fix=_unsent(context, name, declared) if inline else None,
    )


def _unsent(context: FailureContext, name: str, declared: Applied) -> SuggestedFix:
    """The fix that takes a property out of the writer's schema, with the demand for it."""
    operations: list[Operation] = [remove(declared.part.pointer)]
    for holder in context.applied():
        required = holder.part.keywords.get("required")
        if isinstance(required, list) and name in required and holder.part.origin == declared.part.origin:
            at = holder.part.at("required") if len(required) == 1 else holder.part.at("required", required.index(name))
            operations.append(remove(at))
    return SuggestedFix(f"do not send {quoted(name)}", tuple(operations), declared.part.origin)
