"""The verdict first: what Avro Java's `SchemaCompatibility` answers, without places or explanations.

Java memoises each pair of types, and answers "compatible" for a pair that is still being decided. A result that rests
on such an assumption stays in its memo even when the assumption fails, so Java can call a recursive pair compatible
that is not, and its answer depends on the order of fields and branches. `decide` follows it exactly, and tells when an
assumption failed; `settle` then finds the truth: the largest set of pairs that support each other.

A record pair is the only pair that can be met again while it is open, since only named types can be referred to; the
memo therefore holds record pairs.
"""

from __future__ import annotations

from evtcompat.formats.avro.decision import AmbiguousFieldError, Decision
from evtcompat.formats.avro.defaults import fault
from evtcompat.formats.avro.types import (
    AvroSchema,
    Field,
    Record,
    Type,
)


def decide(reader: AvroSchema, writer: AvroSchema, known: frozenset[tuple[Record, Record]] = frozenset()) -> Decision:
    """Java's answer to "reader reads writer"; pairs in `known` are taken for incompatible from the start.

    Raises:
        BudgetSpentError: The schemas have too many pairs of records.
    """
    decision = Decision(dict.fromkeys(known, False) if known else {}, exact=_exact(reader, writer))
    try:
        decision.compatible = decision.reads(reader.root, writer.root)
    except AmbiguousFieldError as error:
        decision.raised = error.field, error.writer
    return decision


def _exact(reader: AvroSchema, writer: AvroSchema) -> bool:
    return bool(reader.aliased) or (reader.recursive and writer.recursive)


def settle(reader: AvroSchema, writer: AvroSchema, decision: Decision) -> Decision:
    """The decision that holds whatever the order of visits: failed assumptions are taken back until none is left.

    A pair found incompatible under favourable assumptions is incompatible. Each round starts with all pairs that are
    known to be, and ends when no assumption of that round failed; the rest then support each other.

    Raises:
        BudgetSpentError: The schemas have too many pairs of records.
    """
    refused = decision.refused
    while decision.tainted and decision.raised is None:
        decision = decide(reader, writer, refused)
        refused |= decision.refused
    return decision


class Truth:
    """Whether one type reads another, for pairs anywhere in two schemas; independent of the order of questions."""

    def __init__(self, reader: AvroSchema, writer: AvroSchema) -> None:
        self._run = Decision({}, exact=_exact(reader, writer))

    def reads(self, reader: Type, writer: Type) -> bool:
        """Whether `reader` reads `writer` by the rules that Avro Java checks; an ambiguous alias is a refusal."""
        run = self._run
        while True:
            run.trying = 1
            try:
                compatible = run.reads(reader, writer)
            except AmbiguousFieldError:
                run.memo = {pair: False for pair, result in run.memo.items() if result is False}
                run.assumed = frozenset()
                return False
            failed = [pair for pair in run.assumed if run.memo.get(pair) is False]
            run.assumed = frozenset()
            if not failed:
                return compatible
            run.memo = {pair: False for pair, result in run.memo.items() if result is False}


def faults(schema: AvroSchema) -> list[tuple[Record, Field, str]]:
    """The fields of a schema whose default is wrong, with the reason; found once for a schema."""
    found = schema.faults
    if found is None:
        found = schema.faults = []
        for record, name in schema.unchecked_defaults:
            reason = fault(record.types[name], record.defaults[name])
            if reason is not None:
                found.append((record, record.by_name[name], reason))
    return found
