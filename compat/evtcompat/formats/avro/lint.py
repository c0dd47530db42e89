"""Findings about one schema alone: wrong defaults, illegal or repeated names, ignored logical types, shared names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.formats.avro.defaults import faults, left_out, union_branch
from evtcompat.formats.avro.differences import (
    BranchesShareName,
    DefaultIncomplete,
    DefaultOfLaterBranch,
    DefaultWrong,
    LogicalTypeIgnored,
    NameIllegal,
    NameRepeated,
)
from evtcompat.formats.avro.legal_names import IllegalNames, name_fault
from evtcompat.formats.avro.paths import SchemaIndex, SchemaPath
from evtcompat.formats.avro.types import NAMED, Container, Missing, Record, Type, Union
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evtcompat.formats.avro.types import AvroSchema


def lint(schema: AvroSchema) -> tuple[Mismatch, ...]:
    """What is wrong or risky about the schema itself; reader and writer place are the same."""
    root = SchemaIndex(schema).root()
    found = (*_defaults(schema, root.index), *_illegal_names(schema, root.index), *_shared_names(schema, root))
    return (*found, *_refused(schema)) if schema.annotated else found


def _mismatches(difference: object, place: Place, facts: Mapping[str, object]) -> Iterator[Mismatch]:
    """The rules that a difference breaks, which lies at a place of the schema."""
    # Most schemas have nothing to find, and a short run is mostly start-up.
    from evtcompat.formats.avro.rules import breaches

    for rule, breach in breaches(difference):
        yield Mismatch(rule.id, place, place, {**facts, **breach.facts})


def _defaults(schema: AvroSchema, index: SchemaIndex) -> Iterator[Mismatch]:
    wrong = {id(field): reason for _, field, reason in faults(schema)}
    records = [named for named in schema.names.values() if isinstance(named, Record)]
    for record in records:
        for field in record.fields:
            if isinstance(field.default, Missing):
                continue
            branch = union_branch(field.type, field.default) if isinstance(field.type, Union) else None
            place = index.field(record, field, "default")
            if id(field) in wrong:
                yield from _mismatches(DefaultWrong(field, wrong[id(field)], place), place, {"path": record.full})
                continue
            if branch:
                yield from _mismatches(DefaultOfLaterBranch(field, branch), place, {"path": record.full})
            if isinstance(field.default, dict | list) and (lacking := left_out(field.type, field.default)):
                yield from _mismatches(DefaultIncomplete(field, tuple(lacking)), place, {"path": record.full})


def _illegal_names(schema: AvroSchema, index: SchemaIndex) -> Iterator[Mismatch]:
    illegal = IllegalNames(name_fault)
    for named in schema.names.values():
        pointer, origin = index.definition(named)
        for name, owner, way, reason in illegal.of(named):
            names = f"{named.short}.{name}" if way.startswith("/fields") else named.short
            yield from _mismatches(NameIllegal(name, owner, reason), Place(pointer + way, names, origin), {})


def _shared_names(schema: AvroSchema, root: SchemaPath) -> Iterator[Mismatch]:
    """The unions whose branches share a short name, at the record field or root that leads to them."""
    for record in schema.names.values():
        if isinstance(record, Record):
            for field in record.fields:
                union = _inner(field.type)
                if isinstance(union, Union) and union.ambiguous:
                    yield from _sharing(union, root.index.field(record, field, "type"))
    union = _inner(schema.root)
    if isinstance(union, Union) and union.ambiguous:
        yield from _sharing(union, root.place())


def _refused(schema: AvroSchema) -> Iterator[Mismatch]:
    """The names that are defined again, and the logical types that have no effect."""
    from evtcompat.formats.avro.annotations import annotated, ignored_in_field, ignored_in_type
    from evtcompat.formats.avro.refusals import DecimalRefused, refusals

    stopped: dict[Place, str] = {}
    for refusal in refusals(schema):
        if isinstance(refusal, DecimalRefused):
            stopped[refusal.place] = "schema" if refusal.when_reading else "events"
        else:
            yield from _mismatches(NameRepeated(refusal), refusal.place, {})
    for raw, place, in_field in annotated(schema):
        ignored = ignored_in_field(raw) if in_field else ignored_in_type(raw)
        if ignored is not None and (ignored.reason is not None or place in stopped):
            difference = LogicalTypeIgnored(ignored, place, None if in_field else stopped.get(place))
            yield from _mismatches(difference, place, {"path": place.names or "(root)"})


def _sharing(union: Union, place: Place) -> Iterator[Mismatch]:
    named = [branch for branch in union.branches if isinstance(branch, NAMED)]
    shorts = [branch.short for branch in named]
    short = next(short for short in shorts if shorts.count(short) > 1)
    alike = tuple(branch for branch in named if branch.short == short)
    yield from _mismatches(BranchesShareName(alike, short), place, {"path": place.names or "(root)"})


def _inner(type_: Type) -> Type:
    while isinstance(type_, Container):
        type_ = type_.of
    return type_
