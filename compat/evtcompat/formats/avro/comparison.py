"""What is asked of a pair most: whether the reader reads the writer; why, where that decides it or is asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.compatibility import BudgetSpentError, confirm, decide
from evtcompat.formats.avro.decoders.screening import may_diverge
from evtcompat.formats.avro.defaults import fastavro_refuses, fault
from evtcompat.formats.avro.limits import headroom, recursing
from evtcompat.formats.base import Decision, Options
from evtcompat.model.mismatches import Explanation, Undecided
from evtcompat.model.verdicts import Verdict

if TYPE_CHECKING:
    from evtcompat.formats.avro.compatibility import Compatibility
    from evtcompat.formats.avro.types import AvroSchema, Record
    from evtcompat.model.mismatches import Mismatch

#: What is said of most pairs: the reader reads the writer, and nothing is to be remarked.
_PLAIN: Final = Decision(Verdict.COMPATIBLE, Verdict.COMPATIBLE, None)
#: How a pair is compared again to try a fix.
_WITHOUT_EVIDENCE: Final = Options(witnesses=False)


def compare(reader: AvroSchema, writer: AvroSchema, options: Options) -> Decision:
    """What becomes of the writer's data in the reader; with witnesses and fixes where the options ask for them.

    A pair whose verdict is certain is explained when the caller asks for it. A pair whose schemas have too many pairs
    of record types to compare is undecided.
    """
    try:
        return _compare(reader, writer, options)
    except RecursionError:
        pass
    with headroom():
        return _compare(reader, writer, options)


def _compare(reader: AvroSchema, writer: AvroSchema, options: Options) -> Decision:
    try:
        found = decide(reader, writer)
        registry = verdict = Verdict.COMPATIBLE if found.compatible else Verdict.INCOMPATIBLE
        if found.raised is not None:
            refusal, found = found.raised, decide(reader, writer, decoding=True)
            found.refusal = refusal
            verdict = Verdict.COMPATIBLE if found.compatible else Verdict.INCOMPATIBLE
        if found.assumed:
            found = confirm(reader, writer, found)
        annotated = reader.annotated or writer.annotated
        if (
            not found.compatible
            or found.harmful
            or _diverges(reader, writer, found)
            or (annotated and _refused(reader, writer))
        ):
            verdict = Verdict.INCOMPATIBLE
        elif found.unsure or (reader.unchecked_defaults and _missed(reader, found)):
            return Decision.explained(_explained(reader, writer, found, options), registry)
        elif not (
            found.noted
            or found.refusal is not None
            or found.branches_may_diverge
            or reader.unchecked_defaults
            or writer.unchecked_defaults
            or (annotated and _drift(reader, writer))
        ):
            return _PLAIN
    except BudgetSpentError:
        return Decision.explained(_too_large(reader, writer))
    return Decision(verdict, registry, partial(_explain, reader, writer, found, options))


def _refused(reader: AvroSchema, writer: AvroSchema) -> bool:
    """Whether fastavro refuses one of the schemas, or what the writer's writes, for other reasons than a default."""
    from evtcompat.formats.avro.refusals import refusals

    return bool(refusals(writer)) or any(one.when_reading for one in refusals(reader))


def _drift(reader: AvroSchema, writer: AvroSchema) -> bool:
    """Whether the schemas differ in what Avro ignores and others go by."""
    from evtcompat.formats.avro.drift import drifts
    from evtcompat.formats.avro.paths import SchemaIndex

    return next(drifts(SchemaIndex(reader).root(), SchemaIndex(writer).root()), None) is not None


def _missed(reader: AvroSchema, found: Compatibility) -> bool:
    """Whether a wrong default of the reader may do harm: where the writer lacks the field, or to a decoder."""
    for record, name in reader.unchecked_defaults:
        used = fastavro_refuses(record, name) or _lacked(record, name, found)
        if used and fault(record.types[name], record.defaults[name]) is not None:
            return True
    return False


def _lacked(reader: Record, name: str, found: Compatibility) -> bool:
    """Whether a writer's record that meets a reader's has no field that fills this one."""
    aliases = reader.renames.get(name, ())
    for ours, theirs in found.memo:
        if ours is reader and name not in theirs.types and theirs.types.keys().isdisjoint(aliases):
            return True
    return False


def _mismatches(reader: AvroSchema, writer: AvroSchema) -> tuple[Mismatch, ...]:
    """The mismatches of a pair, without witnesses and fixes."""
    return compare(reader, writer, _WITHOUT_EVIDENCE).explanation().mismatches


def _diverges(reader: AvroSchema, writer: AvroSchema, found: Compatibility) -> bool:
    """Whether a decoder diverges although the rules allow the pair."""
    asked = may_diverge(reader, writer, found)
    if not asked:
        return False
    from evtcompat.formats.avro.decoders.models import divergences

    found.divergences = divergences(reader, writer, asked)
    return bool(found.divergences)


def _explain(reader: AvroSchema, writer: AvroSchema, found: Compatibility, options: Options) -> Explanation:
    try:
        return recursing(_explained, reader, writer, found, options)
    except BudgetSpentError:
        return _too_large(reader, writer)


def _explained(reader: AvroSchema, writer: AvroSchema, found: Compatibility, options: Options) -> Explanation:
    # An explanation needs as much code again as a verdict, and most pairs of a run are never explained.
    from evtcompat.formats.avro.explanation import explain

    occurrences = explain(reader, writer, found)
    if not options.witnesses:
        return Explanation(tuple([one.mismatch for one in occurrences]))
    from evtcompat.formats.avro.evidence import with_evidence

    return Explanation(with_evidence(reader, writer, occurrences, _mismatches if "reader" in options.fixes else None))


def _too_large(reader: AvroSchema, writer: AvroSchema) -> Explanation:
    """What is said of a pair that is given up: undecided as a whole."""
    from evtcompat.formats.avro.paths import SchemaIndex

    reason = "the two schemas have too many pairs of record types to compare"
    places = SchemaIndex(reader).root().place(), SchemaIndex(writer).root().place()
    return Explanation(undecided=(Undecided(*places, reason),))
