"""The findings about a pair that was decided."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evtcompat.formats.json_schema import deep, exact
from evtcompat.formats.json_schema.decide import Answer
from evtcompat.formats.json_schema.explain.causes import Cause
from evtcompat.formats.json_schema.explain.contradiction import contradiction
from evtcompat.formats.json_schema.explain.failures import failures
from evtcompat.formats.json_schema.explain.isolate import Isolation
from evtcompat.formats.json_schema.explain.questions import PairQuestions
from evtcompat.formats.json_schema.explain.search import CauseSearch
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex, index_of
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.content_keys import content_key, fragment_of
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.rules.formats import changed_formats
from evtcompat.formats.json_schema.rules.refused import unexplained
from evtcompat.formats.json_schema.validate.validator import ValidatorFailedError, confirmed_by
from evtcompat.model.json_types import JSON
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.pointers import document_order
from evtcompat.model.verdicts import Verdict
from evtcompat.model.witnesses import Witness, WitnessKind

#: The longest message of the validator that is shown whole.
_LONGEST = 200
#: How Python shows the exact numbers that the validator is given.
_DECIMAL = re.compile(r"Decimal\('([^']*)'\)")
_FORMAT = fragment_of("format")


def explain(reader: Schema, writer: Schema, answer: Answer, options: Options) -> tuple[Mismatch, ...]:
    """The findings about a pair, given what `decide` answered for it.

    Returns:
        For an incompatible pair at least one mismatch of severity error, each with a witness that the reader refuses at
        that very place, and nowhere else where such a witness was found. For a compatible pair none of severity error,
        unless the writer can produce nothing at all (`writer-unsatisfiable`). For any pair the warnings that need no
        reasoning. Sorted by place in the reader.
    """
    return deep.run(max(reader.nesting, writer.nesting), lambda: _explain(reader, writer, answer, options))


def _explain(reader: Schema, writer: Schema, answer: Answer, options: Options) -> tuple[Mismatch, ...]:
    found: list[Mismatch] = []
    if answer.verdict is Verdict.INCOMPATIBLE:
        found += (_mismatch(one, options) for one in _causes(reader, writer, answer, options))
    elif answer.vacuous:
        found.append(contradiction(index_of(writer, assert_formats=options.assert_formats), options))
    if not options.assert_formats and reader.value is not writer.value and _formats(reader) and _formats(writer):
        found += changed_formats(index_of(reader), index_of(writer))
    return tuple(sorted(found, key=_order)) if len(found) > 1 else tuple(found)


def _formats(schema: Schema) -> bool:
    """Whether there may be a ``format`` in the schema or in a document that it refers to."""
    if schema.library.documents:
        return True
    key = content_key(schema.value) if schema.content_key is None else schema.content_key
    return key is None or _FORMAT in key


def _order(one: Mismatch) -> tuple[str, tuple[tuple[int, str], ...], str]:
    return one.reader.origin or "", document_order(one.reader.pointer), one.rule


def _causes(reader: Schema, writer: Schema, answer: Answer, options: Options) -> Iterator[Cause]:
    """The causes of an incompatible pair, at least one."""
    ours, theirs = (index_of(schema, assert_formats=options.assert_formats) for schema in (reader, writer))
    questions = PairQuestions(reader, writer, options, answer.steps)
    search = CauseSearch(ours, theirs, options, questions, Isolation(reader, writer, options))
    try:
        found = search.causes(answer.instance)
    except ValidatorFailedError:
        # Only a name for the cause is lost: the instance itself is confirmed.
        found = ()
    yield from found or [_unexplained(ours, answer)]


def _unexplained(reader: SchemaIndex, answer: Answer) -> Cause:
    """The fallback: the event of the answer as the only cause, at the first place where the validator refuses it."""
    event: JSON = answer.instance
    first = next(iter(failures(reader, event, lenient=False)), None)
    return Cause(unexplained(first, answer.violation.summary if answer.violation else ""), event)


def _mismatch(cause: Cause, options: Options) -> Mismatch:
    fixes = [fix for fix in (cause.reader_fix, cause.writer_fix) if fix is not None]
    return Mismatch(
        cause.diagnosis.rule,
        cause.diagnosis.reader,
        cause.diagnosis.writer,
        cause.diagnosis.facts,
        witness=_witness(cause) if options.witnesses else None,
        fix=fixes[0] if fixes else None,
        alternatives=tuple(fixes[1:]),
    )


def _witness(cause: Cause) -> Witness:
    """The event, with the validator's message for the place of the cause."""
    message = _DECIMAL.sub(r"\1", cause.diagnosis.message)
    if len(message) > _LONGEST:
        message = f"{message[: _LONGEST - 60]} ... {message[-50:]}"
    payload = exact.dump(cause.event).encode()
    return Witness(WitnessKind.REFUSED, exact.readable(cause.event), payload, "json", confirmed_by(), message)
