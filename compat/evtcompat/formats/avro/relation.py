"""The explanation of a decided pair: its mismatches, with witnesses and fixes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evtcompat.errors import UncheckedError
from evtcompat.formats.avro.decision import Decision
from evtcompat.formats.avro.decoders.models import divergences
from evtcompat.formats.avro.decoders.screening import may_diverge
from evtcompat.formats.avro.defaults import fastavro_refuses
from evtcompat.formats.avro.meaning import HARMFUL
from evtcompat.formats.avro.paths import SchemaIndex, SchemaPath
from evtcompat.formats.avro.types import AvroSchema, Container, Field, Record, Type, Union
from evtcompat.formats.avro.verdict import Truth, faults
from evtcompat.formats.avro.walk import REFUSALS, Found, Walk
from evtcompat.model.mismatches import Mismatch, Relation, Undecided
from evtcompat.model.places import Place

if TYPE_CHECKING:
    from evtcompat.formats.avro.fixes import Compare
    from evtcompat.formats.avro.paths import Steps
    from evtcompat.model.verdicts import Verdict

_DIVERGENCE_RULES = {
    "dead-alias": "dead-field-alias",
    "moved-in-union": "named-type-moved-in-union",
    "renamed-away": "alias-renames-too-much",
    "ambiguous": "alias-renames-too-much",
    "wrong-branch": "wrong-union-branch",
    "mismatch": "wrong-union-branch",
    "default": "writer-default-refused",
    "referred": "named-type-defined-elsewhere",
    "empty-array": "empty-array-default-in-union",
}


def too_large(reader: AvroSchema, writer: AvroSchema) -> Relation:
    """What is said of a pair that is given up: undecided as a whole."""
    reason = "the two schemas have too many pairs of record types to compare"
    return Relation(
        undecided=(Undecided(SchemaIndex(reader).root().place(), SchemaIndex(writer).root().place(), reason),)
    )


def explained(
    reader: AvroSchema, writer: AvroSchema, decision: Decision, registry: Verdict, compare: Compare | None
) -> Relation:
    """Every mismatch of a pair that was decided; with witnesses, and fixes tried by `compare`, where that is given.

    Raises:
        UncheckedError: The pair was found incompatible, and no place was found that explains it.
    """
    walk = Walk(reader, writer, SchemaIndex(reader), SchemaIndex(writer), Truth(reader, writer))
    found = walk.run()
    if decision.compatible and may_diverge(reader, writer, decision):
        found += _decoder_divergences(walk, found)
    if decision.raised is not None and not any(one.mismatch.rule == "ambiguous-field-alias" for one in found):
        found.append(_raised(walk, *decision.raised))
    needed = REFUSALS if not decision.compatible else HARMFUL if decision.harmful else None
    if needed is not None and not any(one.mismatch.rule in needed for one in found):
        # The verdict and the explanation come from two walks. Should they ever disagree, it must pass neither for
        # "compatible" nor for an open question, which a run may be told to let through.
        message = "the pair is incompatible by its rules, and no place was found that explains it"
        raise UncheckedError(message, hint="This is a fault in evtcompat; please report it with both schemas.")
    found += _unused_defaults(walk, found)
    if compare is None:
        return Relation(tuple(one.mismatch for one in found), registry_verdict=registry)
    return Relation(_proved(reader, writer, found, compare), registry_verdict=registry)


def _raised(walk: Walk, field: Field, record: Record) -> Found:
    """The ambiguity over which Java raises although decoders never come across it: in a branch that it merely tries."""
    ours = next(named for named in walk.reader.names.values() if isinstance(named, Record) and field in named.fields)
    place = default_place(walk.reader_index, ours, field)
    pointer, origin = walk.writer_index.definition(record)
    names = [name for name in (field.name, *field.aliases) if name in record.by_name]
    facts = {"path": ours.full, "field": field.name, "matches": " and ".join(names), "record": record.full}
    here = Place(place.pointer.removesuffix("/default"), place.names, place.origin)
    mismatch = Mismatch("ambiguous-field-alias", here, Place(pointer, record.short, origin), facts)
    return Found(mismatch, walk.reader_index.root(), walk.writer_index.root(), field)


def _proved(reader: AvroSchema, writer: AvroSchema, found: list[Found], compare: Compare) -> tuple[Mismatch, ...]:
    """The mismatches with witnesses and fixes."""
    from evtcompat.formats.avro.fixes import Fixer, tries
    from evtcompat.formats.avro.payloads.witness import WITHOUT_PAYLOAD, WitnessBuilder

    builder = WitnessBuilder(reader, writer, found)
    fixer = Fixer(reader, writer, compare, found)
    most = tries(len(found))
    witnesses = [builder.build(one) if one.mismatch.rule not in WITHOUT_PAYLOAD else None for one in found]
    witnesses = builder.seen(witnesses)
    return tuple(
        replace(one.mismatch, witness=witness, fix=fixer.fix(one) if index < most else None)
        for index, (one, witness) in enumerate(zip(found, witnesses, strict=True))
    )


def _decoder_divergences(walk: Walk, known: list[Found]) -> list[Found]:
    """What decoders make of a pair that the rules allow, but for the wrong defaults that are `known` to be used."""
    found: list[Found] = []
    used = {id(one.field) for one in known if one.mismatch.rule == "invalid-reader-default"}
    for divergence in divergences(walk.reader, walk.writer):
        if divergence.default is not None and id(divergence.default) in used:
            continue
        here, ours = _follow(walk.reader_index.root(), walk.reader.root, divergence.reader_steps)
        there, _ = _follow(walk.writer_index.root(), walk.writer.root, divergence.steps)
        facts: dict[str, object] = {
            "path": here.text,
            "decoder": divergence.decoder,
            "observed": f"{divergence.decoder}: {divergence.what}",
            "trouble": divergence.what,
            "silent": divergence.silent,
        }
        here_place = here.place()
        if divergence.field is not None and isinstance(ours, Record):
            facts["field"] = divergence.field.name
            here_place = here.field_place(ours, divergence.field)
        mismatch = Mismatch(_DIVERGENCE_RULES[divergence.kind], here_place, there.place(), facts)
        found.append(Found(mismatch, here, there, divergence.field))
    return found


def _follow(path: SchemaPath, type_: Type, steps: Steps) -> tuple[SchemaPath, Type]:
    """The place and the type at the end of the steps."""
    for step in steps:
        if isinstance(type_, Record):
            part = type_.by_name[str(step)]
            path, type_ = path.into(part.type, part), part.type
        elif isinstance(type_, Union) and isinstance(step, int):
            path, type_ = path.into(type_.branches[step], step), type_.branches[step]
        elif isinstance(type_, Container):
            path, type_ = path.into(type_.of), type_.of
    return path, type_


def _unused_defaults(walk: Walk, found: list[Found]) -> list[Found]:
    """Warnings about wrong defaults that this direction does not use, of both sides."""
    used = {id(one.field) for one in found if one.mismatch.rule == "invalid-reader-default"}
    more: list[Found] = []
    for schema, index, ours in ((walk.reader, walk.reader_index, True), (walk.writer, walk.writer_index, False)):
        for record, field, reason in faults(schema):
            if id(field) not in used:
                place = default_place(index, record, field)
                facts = {
                    "path": record.full,
                    "field": field.name,
                    "reason": reason,
                    "side": "reader" if ours else "writer",
                    "case": "reader" if ours else "writer",
                }
                rule = "reader-schema-refused" if ours and fastavro_refuses(record, field.name) else "invalid-default"
                here = SchemaPath(walk.reader_index, None, record, None) if ours else walk.reader_index.root()
                more.append(Found(Mismatch(rule, place, place, facts), here, walk.writer_index.root(), field))
    return more


def default_place(index: SchemaIndex, record: Record, field: Field) -> Place:
    """The place of a field's default, named from its record."""
    pointer, origin = index.definition(record)
    return Place(f"{pointer}/fields/{field.index}/default", f"{record.short}.{field.name}", origin)
