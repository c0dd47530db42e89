"""The findings about an incompatible pair: one for each cause."""

from __future__ import annotations

from collections.abc import Sequence

from evtcompat.dataclasses import replace
from evtcompat.formats.base import WarmStart
from evtcompat.formats.json_schema import exact
from evtcompat.formats.json_schema.decide import Answer
from evtcompat.formats.json_schema.explain.causes import Cause, KnownCauses
from evtcompat.formats.json_schema.explain.diagnose import Refusals
from evtcompat.formats.json_schema.explain.failures import failures, failures_of
from evtcompat.formats.json_schema.explain.isolate import Isolation
from evtcompat.formats.json_schema.explain.questions import PairQuestions
from evtcompat.formats.json_schema.explain.search import CauseSearch
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex
from evtcompat.formats.json_schema.library.sentences import in_json_words
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.derived import derived
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.rules.refused import unexplained
from evtcompat.formats.json_schema.validate.installed import Installed
from evtcompat.formats.json_schema.validate.library_values import library_value
from evtcompat.formats.json_schema.validate.validator import (
    ValidatorFailedError,
    confirmed_by,
    confirmed_for,
    patterns_disputed,
)
from evtcompat.model.canonical import canonical_text
from evtcompat.model.json_types import JSON
from evtcompat.model.mismatches import Explanation, Fix, Mismatch, Undecided
from evtcompat.model.patches import Operation
from evtcompat.model.places import Place
from evtcompat.model.pointers import document_order
from evtcompat.model.witnesses import Witness, WitnessKind

#: The longest message of the validator that is shown whole.
_LONGEST = 200


def findings(reader: Schema, writer: Schema, answer: Answer, options: Options) -> Explanation:
    """A mismatch of severity error for each cause, at least one; in the order in which they were found.

    Causes that say the same under one name, as parts of an ``allOf`` may, are one: to mend one of them mends nothing.

    Where there may be causes that were not found, that is open: whoever accepts or mends all that are listed has not
    accepted or mended those.
    """
    evidence = _Evidence(reader, writer, options)
    causes, complete = _causes(reader, writer, answer, options)
    alike: dict[object, list[Cause]] = {}
    for cause in causes:
        alike.setdefault(_said(cause), []).append(cause)
    mismatches = tuple(_mismatch(group, evidence, options) for group in alike.values())
    if complete:
        return Explanation(mismatches)
    listed = "the one cause that is" if len(causes) == 1 else f"the {len(causes):,} causes that are"
    reason = f"more may break than {listed} listed"
    return Explanation(mismatches, (Undecided(Place(), Place(), reason, "Mend what is listed, and check again."),))


def _causes(reader: Schema, writer: Schema, answer: Answer, options: Options) -> tuple[tuple[Cause, ...], bool]:
    """The causes of an incompatible pair, at least one, and whether they are all."""
    start = options.warm_start or WarmStart()
    before = start.known if isinstance(start.known, KnownCauses) else None
    if before is not None and before.refusals.reader.schema is reader:
        refusals = before.refusals
    else:
        ours = SchemaIndex(reader, assert_formats=options.assert_formats)
        refusals = Refusals(ours, lenient=options.lifted)
    theirs = SchemaIndex(writer, assert_formats=options.assert_formats)
    if before is not None:
        theirs.answers.start_from(before.answers)
    questions = PairQuestions(reader, writer, options, answer.steps)
    search = CauseSearch(refusals, theirs, options, questions, Isolation(reader, writer, options))
    try:
        found = search.causes(answer.instance, before)
    except ValidatorFailedError:
        # Only a name for the cause is lost: the instance itself is confirmed.
        found = ()
    refusals.keep(cause.event for cause in found)
    start.known = KnownCauses(found, refusals, theirs.answers)
    return found or (_unexplained(refusals.reader, answer),), search.complete and bool(found)


def _unexplained(reader: SchemaIndex, answer: Answer) -> Cause:
    """The fallback: the event of the answer as the only cause, at the first place where the validator refuses it.

    Where the validator gives up before it has listed all places, it is the one that it met first.
    """
    event: JSON = answer.instance
    try:
        found = failures(reader, event, lenient=False)
    except ValidatorFailedError:
        found = failures_of(reader, [answer.violation] if answer.violation else [], lenient=False)
    first = next(iter(found), None)
    return Cause(unexplained(first, answer.violation.summary if answer.violation else ""), event)


def _said(cause: Cause) -> object:
    """What a cause says, as its fingerprint tells it from others."""
    one = cause.diagnosis
    return one.rule, one.reader.names or one.reader, one.writer, canonical_text(dict(one.facts))


def _mismatch(group: Sequence[Cause], evidence: _Evidence, options: Options) -> Mismatch:
    """What causes that say the same amount to, with fixes of all of them."""
    group = sorted(group, key=lambda cause: document_order(cause.diagnosis.reader.pointer))
    sides = [one.reader_fix for one in group], [one.writer_fix for one in group]
    fixes = [fix for fix in map(_of_all, sides) if fix is not None]
    cause, *others = group
    return Mismatch(
        cause.diagnosis.rule,
        cause.diagnosis.reader,
        cause.diagnosis.writer,
        cause.diagnosis.facts,
        witness=evidence.of(cause) if options.witnesses else None,
        fix=fixes[0] if fixes else None,
        alternatives=tuple(fixes[1:]),
        also=tuple(one.diagnosis.reader for one in others),
    )


def _of_all(fixes: Sequence[Fix | None]) -> Fix | None:
    """One fix that does what all do, what stands later in the document first; ``None`` where one is missing."""
    known = [fix for fix in fixes if fix is not None]
    if len(known) < len(fixes):
        return None
    if len(known) == 1:
        return known[0]
    patch: list[Operation] = []
    for operation in (one for fix in reversed(known) for one in fix.patch):
        if operation not in patch:
            patch.append(operation)
    written = all(fix.patch for fix in known) and len({str(one["path"]) for one in patch}) == len(patch)
    return Fix("; ".join(dict.fromkeys(fix.text for fix in known)), known[0].side, tuple(patch) if written else ())


class _Evidence:
    """The events that show causes, each written once however many causes it shows."""

    def __init__(self, reader: Schema, writer: Schema, options: Options) -> None:
        self._reader = reader
        self._writer = writer
        self._options = options
        #: By the identity of the event, which is kept so that no identity is used again; with the first message, and
        #: what is to say of whoever does not refuse it.
        self._written: dict[int, tuple[JSON, Witness, str]] = {}

    def of(self, cause: Cause) -> Witness:
        """The event of a cause, with the validator's message for the place of the cause.

        Where the library as it is reads the schema otherwise, no such library was seen to refuse the event.
        """
        message = in_json_words(cause.diagnosis.message)
        if len(message) > _LONGEST:
            message = f"{message[: _LONGEST - 60]} ... {message[-50:]}"
        event: JSON = cause.event
        known = self._written.get(id(event))
        if known is None:
            known = self._written[id(event)] = event, *self._tried(event)
        _, witness, otherwise = known
        return replace(witness, observed=message + otherwise)

    def _tried(self, event: JSON) -> tuple[Witness, str]:
        """The event as it is written, and who reads otherwise what refuses it; ``""`` where the library refuses it."""
        asserted = self._options.assert_formats
        # whole numbers without fraction or exponent, which are no integers to those who read a draft 4 by its words
        spelled = library_value(event)
        if patterns_disputed(self._reader, event, assert_formats=asserted):
            said = f"as ECMA-262 reads the pattern, which {confirmed_by()} reads as Python's `re` does, otherwise"
            return _witness(spelled), f" {said}"
        installed = derived(self._reader, Installed, asserted)
        if not installed.may_depart(event):
            return _witness(spelled, confirmed_for(self._reader, event)), ""
        ways = {exact.dump(value): value for value in (spelled, event)}
        replies = {text: installed.asked(text, event) for text in ways}
        refused = [text for text, reply in replies.items() if reply.refuses]
        if refused:
            writing = derived(self._writer, Installed, asserted)
            written = (text for text in refused if writing.asked(text, event).refuses is False)
            return _witness(ways[next(written, refused[0])], confirmed_for(self._reader, event)), ""
        # one that it accepts tells more than one that it did not answer for
        reply = min(replies.values(), key=lambda one: one.refuses is None)
        said = f"by the specification and exact arithmetic; {confirmed_by()} as it is installed {reply.said}"
        return _witness(spelled), f", {said}"


def _witness(value: JSON, by: str = "") -> Witness:
    """A value that the reader refuses, and who was seen to refuse it."""
    kind = WitnessKind.REFUSED if by else WitnessKind.RULE_ONLY
    return Witness(kind, exact.readable(value), exact.dump(value).encode(), "json", by, "")
