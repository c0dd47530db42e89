"""Events that are refused for a reason without a rule of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from evtcompat.formats.json_schema.describe.wording import where
from evtcompat.formats.json_schema.rules.diagnosis import Diagnosis
from evtcompat.formats.json_schema.rules.making import error
from evtcompat.model.places import Place

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.explain.context import FailureContext
    from evtcompat.formats.json_schema.explain.failures import Failure


RULES: Final = (
    error(
        "instance-refused",
        "An event that {writer} may produce is refused by {reader}{by}.",
        what="An event was found that the reader refuses, and no single difference of structure explains it.",
        why="The event is real: an independent validator accepts it for the writer and refuses it for the reader.",
        example='before  {"type": "string"}\nafter   {"type": "string", "allOf": [false]}',
        remedy="Compare the place in both schemas with the event at hand.",
    ),
)


def diagnose_refusal(context: FailureContext) -> Iterator[Diagnosis]:
    """A failure of a keyword that no other rule knows."""
    yield context.diagnosis("instance-refused", _facts(context.failure, context.where()))


def unexplained(failure: Failure | None, message: str) -> Diagnosis:
    """The fallback: an event is refused, and no difference of structure was found that explains it.

    Args:
        failure: The first failure of the event, if there is any.
        message: What to show as the validator's message otherwise.
    """
    if failure is None:
        return Diagnosis("instance-refused", Place(), Place(), _facts(None, where("")), None, message=message)
    own = (failure.keyword,) if failure.keyword else ()
    place = failure.part.place(*own, names=failure.names)
    facts = _facts(failure, where(place.names))
    return Diagnosis("instance-refused", place, Place(), facts, None, message=failure.messages[0])


def _facts(failure: Failure | None, place: str) -> dict[str, object]:
    if failure is None:
        return {"where": place, "by": ""}
    keyword = f"`{failure.keyword}`" if failure.keyword else "a schema that accepts nothing"
    return {"where": place, "by": f", because of {keyword} at {place}"}
