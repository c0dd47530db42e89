"""The explanation of a decided pair: its mismatches, with witnesses and fixes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evtcompat.errors import UncheckedError
from evtcompat.formats.avro.decision import Decision
from evtcompat.formats.avro.decoders import troubles
from evtcompat.formats.avro.defaults import fastavro_refuses
from evtcompat.formats.avro.meaning import HARMFUL
from evtcompat.formats.avro.places import Atlas, Spot
from evtcompat.formats.avro.straying import straying
from evtcompat.formats.avro.types import AvroSchema, Container, Field, Record, Type, Union
from evtcompat.formats.avro.verdict import Truth, faults
from evtcompat.formats.avro.walk import REFUSALS, Found, Walk
from evtcompat.model.mismatches import Mismatch, Relation, Undecided
from evtcompat.model.places import Place

if TYPE_CHECKING:
    from evtcompat.formats.avro.places import Trail
    from evtcompat.model.verdicts import Verdict

_TROUBLE_RULES = {
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
    return Relation(undecided=(Undecided(Atlas(reader).root().place(), Atlas(writer).root().place(), reason),))


def explained(
    reader: AvroSchema, writer: AvroSchema, decision: Decision, registry: Verdict, *, witnesses: bool
) -> Relation:
    """Every mismatch of a pair that was decided, with witnesses and fixes where they are wanted.

    Raises:
        UncheckedError: The pair was found incompatible, and no place was found that explains it.
    """
    walk = Walk(reader, writer, Atlas(reader), Atlas(writer), Truth(reader, writer))
    found = walk.run()
    if decision.compatible and straying(reader, writer, decision):
        found += _decoder_troubles(walk, found)
    if decision.raised is not None and not any(one.mismatch.rule == "ambiguous-field-alias" for one in found):
        found.append(_raised(walk, *decision.raised))
    needed = REFUSALS if not decision.compatible else HARMFUL if decision.harmful else None
    if needed is not None and not any(one.mismatch.rule in needed for one in found):
        # The verdict and the explanation come from two walks. Should they ever disagree, it must pass neither for
        # "compatible" nor for an open question, which a run may be told to let through.
        message = "the pair is incompatible by its rules, and no place was found that explains it"
        raise UncheckedError(message, hint="This is a fault in evtcompat; please report it with both schemas.")
    found += _unused_defaults(walk, found)
    if not witnesses:
        return Relation(tuple(one.mismatch for one in found), registry_verdict=registry)
    return Relation(_proved(reader, writer, found), registry_verdict=registry)


def _raised(walk: Walk, field: Field, record: Record) -> Found:
    """The ambiguity over which Java raises although decoders never come across it: in a branch that it merely tries."""
    ours = next(named for named in walk.reader.names.values() if isinstance(named, Record) and field in named.fields)
    place = default_place(walk.reader_atlas, ours, field)
    pointer, origin = walk.writer_atlas.definition(record)
    names = [name for name in (field.name, *field.aliases) if name in record.by_name]
    facts = {"path": ours.full, "field": field.name, "matches": " and ".join(names), "record": record.full}
    here = Place(place.pointer.removesuffix("/default"), place.names, place.origin)
    mismatch = Mismatch("ambiguous-field-alias", here, Place(pointer, record.short, origin), facts)
    return Found(mismatch, walk.reader_atlas.root(), walk.writer_atlas.root(), field)


def _proved(reader: AvroSchema, writer: AvroSchema, found: list[Found]) -> tuple[Mismatch, ...]:
    """The mismatches with witnesses and fixes."""
    from evtcompat.formats.avro.answer import relate
    from evtcompat.formats.avro.fixes import Fixer, tries
    from evtcompat.formats.avro.witness import WITHOUT_PAYLOAD, WitnessBuilder

    builder = WitnessBuilder(reader, writer, found)
    fixer = Fixer(reader, writer, lambda ours, theirs: relate(ours, theirs, witnesses=False).mismatches, found)
    most = tries(len(found))
    witnesses = [builder.build(one) if one.mismatch.rule not in WITHOUT_PAYLOAD else None for one in found]
    witnesses = builder.seen(witnesses)
    return tuple(
        replace(one.mismatch, witness=witness, fix=fixer.fix(one) if index < most else None)
        for index, (one, witness) in enumerate(zip(found, witnesses, strict=True))
    )


def _decoder_troubles(walk: Walk, known: list[Found]) -> list[Found]:
    """What decoders make of a pair that the rules allow, but for the wrong defaults that are `known` to be used."""
    found: list[Found] = []
    used = {id(one.field) for one in known if one.mismatch.rule == "invalid-reader-default"}
    for trouble in troubles(walk.reader, walk.writer):
        if trouble.default is not None and id(trouble.default) in used:
            continue
        here, ours = _follow(walk.reader_atlas.root(), walk.reader.root, trouble.reader_trail)
        there, _ = _follow(walk.writer_atlas.root(), walk.writer.root, trouble.trail)
        facts: dict[str, object] = {
            "path": here.path,
            "decoder": trouble.decoder,
            "observed": f"{trouble.decoder}: {trouble.what}",
            "trouble": trouble.what,
            "silent": trouble.silent,
        }
        here_place = here.place()
        if trouble.field is not None and isinstance(ours, Record):
            facts["field"] = trouble.field.name
            here_place = here.field_place(ours, trouble.field)
        mismatch = Mismatch(_TROUBLE_RULES[trouble.kind], here_place, there.place(), facts)
        found.append(Found(mismatch, here, there, trouble.field))
    return found


def _follow(spot: Spot, type_: Type, trail: Trail) -> tuple[Spot, Type]:
    """The place and the type at the end of a trail."""
    for step in trail:
        if isinstance(type_, Record):
            part = type_.by_name[str(step)]
            spot, type_ = spot.into(part.type, part), part.type
        elif isinstance(type_, Union) and isinstance(step, int):
            spot, type_ = spot.into(type_.branches[step], step), type_.branches[step]
        elif isinstance(type_, Container):
            spot, type_ = spot.into(type_.of), type_.of
    return spot, type_


def _unused_defaults(walk: Walk, found: list[Found]) -> list[Found]:
    """Warnings about wrong defaults that this direction does not use, of both sides."""
    used = {id(one.field) for one in found if one.mismatch.rule == "invalid-reader-default"}
    more: list[Found] = []
    for schema, atlas, ours in ((walk.reader, walk.reader_atlas, True), (walk.writer, walk.writer_atlas, False)):
        for record, field, reason in faults(schema):
            if id(field) not in used:
                place = default_place(atlas, record, field)
                facts = {
                    "path": record.full,
                    "field": field.name,
                    "reason": reason,
                    "side": "reader" if ours else "writer",
                    "case": "reader" if ours else "writer",
                }
                rule = "reader-schema-refused" if ours and fastavro_refuses(record, field.name) else "invalid-default"
                here = Spot(walk.reader_atlas, None, record, None) if ours else walk.reader_atlas.root()
                more.append(Found(Mismatch(rule, place, place, facts), here, walk.writer_atlas.root(), field))
    return more


def default_place(atlas: Atlas, record: Record, field: Field) -> Place:
    """The place of a field's default, named from its record."""
    pointer, origin = atlas.definition(record)
    return Place(f"{pointer}/fields/{field.index}/default", f"{record.short}.{field.name}", origin)
