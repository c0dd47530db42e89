"""Items that the reader wants to be there, or to be there once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from evtcompat.formats.json_schema.describe.wording import shown
from evtcompat.formats.json_schema.rules.diagnosis import Diagnosis, SuggestedFix
from evtcompat.formats.json_schema.rules.making import error, limit

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.explain.context import FailureContext


RULES: Final = (
    limit("contains-changed", "what an array must contain", '{"type": "array"}', '{"contains": {"const": "primary"}}'),
    error(
        "unique-items-demanded",
        "{where} may repeat items in {writer}, and {reader} wants each once.",
        what="The reader sets `uniqueItems` and the writer does not.",
        why="Events with a repeated item are refused.",
        example='before  {"type": "array"}\nafter   {"type": "array", "uniqueItems": true}',
        remedy="Let the consumer drop repeated items.",
    ),
)


def diagnose_unique(context: FailureContext) -> Iterator[Diagnosis]:
    """Items that may repeat."""
    yield context.diagnosis(
        "unique-items-demanded",
        {},
        context.writer_place("uniqueItems"),
        reader_fix=SuggestedFix("leave `uniqueItems` out", context.removal("uniqueItems")),
        writer_fix=context.copied({"uniqueItems": True}, "set `uniqueItems`"),
    )


def diagnose_contains(context: FailureContext) -> Iterator[Diagnosis]:
    """An array without the item that must be in it."""
    wanted = f"contain an item that fits `{shown(context.value)}`"
    yield context.diagnosis(
        "contains-changed",
        {"accepts": wanted, "sends": "may come without", "keyword": "contains"},
        context.writer_place("contains"),
        reader_fix=SuggestedFix("leave `contains` out", context.removal("contains")),
    )
