"""Why a pair has its verdict: the rules that it breaks by itself, by what decoders do, and by its defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.errors import UncheckedError
from evtcompat.formats.avro.decoders.models import divergences
from evtcompat.formats.avro.decoders.screening import may_diverge
from evtcompat.formats.avro.defaults import fastavro_refuses, faults
from evtcompat.formats.avro.differences import (
    DecimalUnreadable,
    DecoderDiverges,
    DefaultWrong,
    FieldAbsent,
    FieldAmbiguous,
    NameRepeated,
)
from evtcompat.formats.avro.drift import drifts
from evtcompat.formats.avro.paths import SchemaPath
from evtcompat.formats.avro.refusals import Repeated, refusals
from evtcompat.formats.avro.rules import breaches
from evtcompat.formats.avro.types import MISSING, AvroSchema, Container, Field, Record, Union
from evtcompat.formats.avro.walk import Walk
from evtcompat.model.places import tokens
from evtcompat.model.verdicts import Severity

if TYPE_CHECKING:
    from evtcompat.formats.avro.compatibility import Compatibility
    from evtcompat.formats.avro.paths import Steps
    from evtcompat.formats.avro.rule import Occurrence


def explain(reader: AvroSchema, writer: AvroSchema, compatibility: Compatibility) -> list[Occurrence]:
    """Every occurrence of a rule in a pair whose compatibility is known.

    Raises:
        UncheckedError: The pair was found incompatible, and no place was found that explains it.
    """
    walk = Walk(reader, writer)
    walk.run()
    if compatibility.compatible:
        _report_divergences(walk, compatibility)
    ambiguous = [one.rule.refused_by_registry for one in walk.found if _is_about(one, FieldAmbiguous)]
    if compatibility.raised is not None and not any(ambiguous):
        _report_ambiguity(walk, *compatibility.raised)
    elif compatibility.refusal is not None and not ambiguous:
        _report_ambiguity(walk, *compatibility.refusal)
    if not _accounted_for(compatibility, walk.found):
        # The verdict must pass neither for "compatible" nor for an open question, which a run may be told to let pass.
        message = "the pair is incompatible by its rules, and no place was found that explains it"
        raise UncheckedError(message, hint="This is a fault in evtcompat; please report it with both schemas.")
    _report_unused_defaults(walk)
    _report_refusals(walk)
    if reader.annotated or writer.annotated:
        for difference, here, there in drifts(walk.reader_root, walk.writer_root):
            walk.report(breaches(difference), here, there)
    return walk.found


def _accounted_for(compatibility: Compatibility, found: list[Occurrence]) -> bool:
    """Whether what was found says why the pair is incompatible, if it is."""
    if not compatibility.compatible:
        return any(one.rule.refused_by_registry for one in found)
    return not compatibility.harmful or any(one.rule.text.severity is Severity.ERROR for one in found)


def _is_about(occurrence: Occurrence, difference: type) -> bool:
    return any(judge.difference is difference for judge in occurrence.rule.judges)


def _report_ambiguity(walk: Walk, field: Field, record: Record) -> None:
    """Report an ambiguity over which Java's checker raises and that is not met: in a branch that it merely tries.

    It lies at the definitions of both records; no event leads there.
    """
    ours = next(named for named in walk.reader.names.values() if isinstance(named, Record) and field in named.fields)
    here = SchemaPath(walk.reader_root.index, None, ours, None)
    there = SchemaPath(walk.writer_root.index, None, record, None)
    broken = walk.ambiguity(field, ours, record, here, there)
    walk.report(broken, walk.reader_root, walk.writer_root, field=field, path=ours.full)


def _report_divergences(walk: Walk, compatibility: Compatibility) -> None:
    """Report what decoders make of a pair that the rules allow, but for defaults that are known to be used wrongly."""
    found = compatibility.divergences
    if found is None:
        asked = may_diverge(walk.reader, walk.writer, compatibility)
        found = divergences(walk.reader, walk.writer, asked) if asked else ()
    used = _defaults_used(walk.found) if found else set()
    for divergence in found:
        if divergence.default is not None and id(divergence.default) in used:
            continue
        here = _followed(walk.reader_root, divergence.reader_steps)
        there = _followed(walk.writer_root, divergence.steps)
        walk.report(breaches(DecoderDiverges(divergence, here.type, here)), here, there, field=divergence.field)


def _followed(path: SchemaPath, steps: Steps) -> SchemaPath:
    """The path that steps lead to."""
    for step in steps:
        type_ = path.type
        if isinstance(type_, Record):
            part = type_.row(str(step))
            path = path.into(part.type, part)
        elif isinstance(type_, Union) and isinstance(step, int):
            path = path.into(type_.branches[step], step)
        elif isinstance(type_, Container):
            path = path.into(type_.of)
    return path


def _report_unused_defaults(walk: Walk) -> None:
    """Report wrong defaults that this direction does not use, of both sides."""
    if not faults(walk.reader) and not faults(walk.writer):
        return
    used = _defaults_used(walk.found)
    for side, schema, root in (("reader", walk.reader, walk.reader_root), ("writer", walk.writer, walk.writer_root)):
        for record, field, fault in faults(schema):
            if id(field) in used:
                continue
            here = SchemaPath(root.index, None, record, None) if side == "reader" else walk.reader_root
            stops = side == "reader" and fastavro_refuses(record, field.name)
            place = root.index.field(record, field, "default")
            difference = DefaultWrong(field, fault, place, side, stops)
            walk.report(breaches(difference), here, walk.writer_root, field=field, path=record.full)


def _report_refusals(walk: Walk) -> None:
    """Report what fastavro refuses of both sides beside defaults."""
    for side, schema, root in (("reader", walk.reader, walk.reader_root), ("writer", walk.writer, walk.writer_root)):
        for one in refusals(schema):
            if side == "reader" and not one.when_reading:
                continue
            there = walk.writer_root
            if isinstance(one, Repeated):
                difference: NameRepeated | DecimalUnreadable = NameRepeated(one, side)
            else:
                difference = DecimalUnreadable(one, side)
                if side == "writer" and one.place.origin is None:
                    there = _at(root, one.place.pointer)
            walk.report(breaches(difference), walk.reader_root, there, path=one.place.names or "(root)")


def _at(root: SchemaPath, pointer: str) -> SchemaPath:
    """The path to the type that the document writes at a pointer."""
    path = root
    steps = iter(tokens(pointer))
    for step in steps:
        type_ = path.type
        if isinstance(type_, Record):
            part = type_.fields[int(next(steps))]
            next(steps)
            path = path.into(part.type, part)
        elif isinstance(type_, Union):
            path = path.into(type_.branches[int(step)], int(step))
        elif isinstance(type_, Container):
            path = path.into(type_.of)
    return path


def _defaults_used(found: list[Occurrence]) -> set[int]:
    """The identities of the reader's fields that are filled from a wrong default."""
    return {
        id(one.field)
        for one in found
        if one.field is not None and one.field.default is not MISSING and _is_about(one, FieldAbsent)
    }
