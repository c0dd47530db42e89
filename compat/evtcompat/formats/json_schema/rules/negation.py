"""Values that the reader excludes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from evtcompat.formats.json_schema.describe.wording import shown
from evtcompat.formats.json_schema.rules.diagnosis import Diagnosis, SuggestedFix
from evtcompat.formats.json_schema.rules.making import error
from evtcompat.model.patches import add

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.explain.context import FailureContext


RULES: Final = (
    error(
        "excluded-by-not",
        "Values of {where} that {writer} may send are excluded by {reader}: those that fit `{excluded}`.",
        what="The reader's `not` excludes more than the writer does.",
        why="Under `not` directions turn round: what widens the inner schema narrows the outer one.",
        example='before  {"not": {"const": "X"}}\nafter   {"not": {"enum": ["X", "Y"]}}',
        remedy="Exclude no more than before.",
    ),
)


def diagnose_not(context: FailureContext) -> Iterator[Diagnosis]:
    """What the reader excludes, and the writer may send."""
    beside = context.writer_with("not")
    fix = SuggestedFix("leave `not` out", context.removal("not"))
    excluded = context.writer.below(beside.part, "not") if beside else None
    before = context.for_reader(excluded) if excluded else None
    if before is not None:
        fix = SuggestedFix("exclude no more than before", (add(context.part.at("not"), before),))
    yield context.diagnosis(
        "excluded-by-not",
        {"excluded": shown(context.value)},
        context.writer_place("not"),
        patch=context.removal("not"),
        reader_fix=fix,
    )
