"""Places where the reader accepts nothing, and lists that end too early."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from evtcompat.formats.json_schema.describe.wording import quoted, where
from evtcompat.formats.json_schema.rules.diagnosis import Diagnosis, SuggestedFix
from evtcompat.formats.json_schema.rules.making import error
from evtcompat.model.patches import remove, replace

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.explain.context import FailureContext


RULES: Final = (
    error(
        "property-forbidden",
        "No value at all is accepted for {where} by {reader}, and {writer} may send one.",
        what="The reader's schema for a place is `false`, or can hold nothing.",
        why="Every event that carries something there is refused.",
        example='before  {"properties": {"note": {"type": "string"}}}\nafter   {"properties": {"note": false}}',
        remedy="Keep accepting the property and ignore its value.",
    ),
    error(
        "items-not-admitted",
        "{where} may have more items in {writer} than {reader} admits: {reader} refuses the longer lists.",
        what="The reader's list ends where the writer's goes on: a tuple without further items, or no items at all.",
        why="Events with the longer list are refused.",
        example='before  {"prefixItems": [{}, {}]}\nafter   {"prefixItems": [{}, {}], "items": false}',
        remedy="Keep accepting further items and ignore them.",
    ),
)


def diagnose_forbidden(context: FailureContext) -> Iterator[Diagnosis]:
    """A place where the reader accepts nothing."""
    first = context.first_applied()
    place = first.part.place(names=first.names) if first else None
    if context.failure.by in ("items", "additionalItems", "unevaluatedItems"):
        yield context.diagnosis("items-not-admitted", {}, place)
        return
    schema = context.for_reader(first.part) if first and context.part.value is False else None
    accepted = None
    if schema is not None:
        accepted = SuggestedFix(f"accept {where(context.names)} as before", (replace(context.part.pointer, schema),))
    unsent = None
    if first and first.by == "properties" and first.direct:
        unsent = SuggestedFix(f"do not send {where(context.names)}", (remove(first.part.pointer),), first.part.origin)
    yield context.diagnosis("property-forbidden", {}, place, reader_fix=accepted, writer_fix=unsent)


def diagnose_surplus_items(context: FailureContext) -> Iterator[Diagnosis]:
    """More items than the closed tuple has."""
    keyword = context.keyword
    yield context.diagnosis(
        "items-not-admitted",
        {},
        context.writer_place(keyword, "items", "prefixItems"),
        reader_fix=SuggestedFix(f"leave {quoted(keyword)} out", context.removal(keyword)),
    )
