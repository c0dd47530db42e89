"""What an engine is asked most: whether the reader reads the writer; why, where that decides it or is asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from evtcompat.formats import base
from evtcompat.formats.avro.decision import BudgetSpentError, Decision
from evtcompat.formats.avro.decoders.screening import may_diverge
from evtcompat.formats.avro.defaults import fastavro_refuses, fault
from evtcompat.formats.avro.limits import headroom, recursing
from evtcompat.formats.avro.verdict import decide, settle
from evtcompat.model.verdicts import Verdict

if TYPE_CHECKING:
    from evtcompat.formats.avro.types import AvroSchema, Record
    from evtcompat.model.mismatches import Mismatch, Relation

#: What is said of most pairs: the reader reads the writer, and nothing is to be remarked.
_PLAIN: Final = base.Decision(Verdict.COMPATIBLE, Verdict.COMPATIBLE, None)


def answer(reader: AvroSchema, writer: AvroSchema, *, witnesses: bool) -> Relation | base.Decision:
    """What becomes of the writer's data in the reader; with witnesses and fixes where they are wanted.

    A pair whose verdict is certain is explained when the caller asks for it. A pair whose schemas have too many pairs
    of record types to compare is undecided.
    """
    try:
        return _answer(reader, writer, witnesses=witnesses)
    except RecursionError:
        pass
    with headroom():
        return _answer(reader, writer, witnesses=witnesses)


def _answer(reader: AvroSchema, writer: AvroSchema, *, witnesses: bool) -> Relation | base.Decision:
    try:
        decision = decide(reader, writer)
        registry = verdict = Verdict.COMPATIBLE if decision.compatible else Verdict.INCOMPATIBLE
        if decision.assumed:
            decision = settle(reader, writer, decision)
        if not decision.compatible or decision.harmful or _diverges(reader, writer, decision):
            verdict = Verdict.INCOMPATIBLE
        elif decision.unsure or (reader.unchecked_defaults and _missed(reader, decision)):
            return _explained(reader, writer, decision, registry, witnesses=witnesses)
        elif not (decision.noted or decision.diverges or reader.unchecked_defaults or writer.unchecked_defaults):
            return _PLAIN
    except BudgetSpentError:
        return _too_large(reader, writer)
    return base.Decision(verdict, registry, partial(_explain, reader, writer, decision, registry, witnesses=witnesses))


def _missed(reader: AvroSchema, decision: Decision) -> bool:
    """Whether a wrong default of the reader may do harm: where the writer lacks the field, or to a decoder."""
    for record, name in reader.unchecked_defaults:
        used = fastavro_refuses(record, name) or _lacked(record, name, decision)
        if used and fault(record.types[name], record.defaults[name]) is not None:
            return True
    return False


def _lacked(reader: Record, name: str, decision: Decision) -> bool:
    """Whether a writer's record that meets a reader's has no field that fills this one."""
    aliases = reader.renames.get(name, ())
    for ours, theirs in decision.memo:
        if ours is reader and name not in theirs.types and theirs.types.keys().isdisjoint(aliases):
            return True
    return False


def _mismatches(reader: AvroSchema, writer: AvroSchema) -> tuple[Mismatch, ...]:
    """The mismatches of a pair, without witnesses and fixes."""
    found = answer(reader, writer, witnesses=False)
    return (found.relation() if isinstance(found, base.Decision) else found).mismatches


def _diverges(reader: AvroSchema, writer: AvroSchema, decision: Decision) -> bool:
    """Whether a decoder diverges although the rules allow the pair."""
    asked = may_diverge(reader, writer, decision)
    if not asked:
        return False
    from evtcompat.formats.avro.decoders.models import divergences

    return bool(divergences(reader, writer, asked))


def _explain(
    reader: AvroSchema, writer: AvroSchema, decision: Decision, registry: Verdict, *, witnesses: bool
) -> Relation:
    try:
        return recursing(_explained, reader, writer, decision, registry, witnesses=witnesses)
    except BudgetSpentError:
        return _too_large(reader, writer)


# An explanation needs as much code again as a verdict, and most pairs of a run are never explained.


def _explained(
    reader: AvroSchema, writer: AvroSchema, decision: Decision, registry: Verdict, *, witnesses: bool
) -> Relation:
    from evtcompat.formats.avro.relation import explained

    return explained(reader, writer, decision, registry, _mismatches if witnesses else None)


def _too_large(reader: AvroSchema, writer: AvroSchema) -> Relation:
    from evtcompat.formats.avro.relation import too_large

    return too_large(reader, writer)
