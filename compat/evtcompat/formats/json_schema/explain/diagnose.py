"""From a failure to the rule that knows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evtcompat.dataclasses import replace
from evtcompat.formats.json_schema.explain.applied import AppliedByPath
from evtcompat.formats.json_schema.explain.context import FailureContext
from evtcompat.formats.json_schema.explain.failures import Failure, failures
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex
from evtcompat.formats.json_schema.keywords.table import KEYWORDS
from evtcompat.formats.json_schema.rules.diagnosis import Diagnosis
from evtcompat.formats.json_schema.rules.forbidden import diagnose_forbidden
from evtcompat.formats.json_schema.rules.open_places import diagnose_open_place
from evtcompat.formats.json_schema.rules.property_names import diagnose_property_name
from evtcompat.formats.json_schema.rules.refused import diagnose_refusal
from evtcompat.model.json_types import JSON

#: Keywords whose failures an open place does not explain better: they say themselves that nothing was declared.
_OF_THE_OBJECT = ("additionalProperties", "unevaluatedProperties", "propertyNames")


def diagnoses(context: FailureContext) -> Iterator[Diagnosis]:
    """The failure under its rule or rules; a combination is entered where one of its branches is meant."""
    failure = context.failure
    meant = failure.in_intended_branch(context.counterparts)
    if meant:
        for one in meant:
            yield from diagnoses(replace(context, failure=one))
    elif failure.by == "propertyNames":
        yield from diagnose_property_name(context)
    elif context.is_open and failure.keyword not in _OF_THE_OBJECT:
        yield from diagnose_open_place(context)
    elif not failure.keyword:
        yield from diagnose_forbidden(context)
    else:
        keyword = KEYWORDS.get(failure.keyword)
        diagnose = keyword.diagnose if keyword is not None else None
        yield from (diagnose or diagnose_refusal)(context)


class Refusals:
    """Why one reader refuses events; each event is looked at once."""

    def __init__(self, reader: SchemaIndex, *, lenient: bool) -> None:
        """Nothing was looked at yet; `lenient` as for `failures`."""
        self.reader = reader
        self._lenient = lenient
        #: By the identity of the event, which is kept so that no identity is used again.
        self._known: dict[int, tuple[JSON, tuple[Failure, ...]]] = {}

    def of(self, event: JSON) -> tuple[Failure, ...]:
        """Why the reader refuses an event.

        Raises:
            ValidatorFailedError: The validator gives up on it.
        """
        known = self._known.get(id(event))
        if known is None:
            known = self._known[id(event)] = event, failures(self.reader, event, lenient=self._lenient)
        return known[1]

    def keep(self, events: Iterable[JSON]) -> None:
        """Forget all but these events."""
        self._known = {id(event): self._known[id(event)] for event in events if id(event) in self._known}


def diagnosed(refusals: Refusals, writer: SchemaIndex, event: JSON) -> tuple[Diagnosis, ...]:
    """Why the reader refuses an event of the writer, each cause once.

    Raises:
        ValidatorFailedError: The validator gives up on the event.
    """
    found: dict[tuple[object, ...], Diagnosis] = {}
    known = AppliedByPath()
    for failure in refusals.of(event):
        for one in diagnoses(FailureContext(failure, refusals.reader, writer, event, known)):
            found.setdefault(one.key, one)
    return tuple(found.values())
