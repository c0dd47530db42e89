"""Where two schemas differ in what Avro ignores and others go by: logical types without effect, words of Kafka Connect.

The walk follows fields by name and alias, and branches of unions by name; what it finds changes no verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from evtcompat.formats.avro.annotations import CONNECT, ignored_in_field, ignored_in_type, label_of
from evtcompat.formats.avro.differences import ConnectDiffers, LabelsDiffer
from evtcompat.formats.avro.matching import AmbiguousFieldError, writer_field
from evtcompat.formats.avro.parts import listed, part
from evtcompat.formats.avro.types import ARRAY, NAMED, NULL, Container, Record, Union, branch_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evtcompat.formats.avro.paths import SchemaPath
    from evtcompat.formats.avro.types import Type
    from evtcompat.model.json_types import JSON

#: Parameters about the column of a database that a value came from.
_ABOUT_COLUMNS = "__debezium."


class Drift(NamedTuple):
    """A difference, and where the types meet."""

    difference: LabelsDiffer | ConnectDiffers
    here: SchemaPath
    there: SchemaPath


class _Meeting(NamedTuple):
    """Two types that meet, with what the documents write for them."""

    here: SchemaPath
    there: SchemaPath
    mine: JSON
    other: JSON
    #: Whether their labels were compared where they are used.
    compared: bool = False


def drifts(reader: SchemaPath, writer: SchemaPath) -> Iterator[Drift]:
    """Every place where two schemas differ so, in the order of the reader's fields.

    Args:
        reader: The root of the reader's schema.
        writer: The root of the writer's.
    """
    seen: set[tuple[int, int]] = set()
    pending = [
        _Meeting(reader, writer, reader.index.schema.document.value, writer.index.schema.document.value),
    ]
    while pending:
        met = pending.pop()
        ours, theirs = met.here.type, met.there.type
        if isinstance(ours, NAMED) and isinstance(theirs, NAMED):
            if (id(ours), id(theirs)) in seen:
                continue
            seen.add((id(ours), id(theirs)))
            met = met._replace(mine=ours.raw, other=theirs.raw)
        yield from _of_types(met)
        inner: list[_Meeting] = []
        if isinstance(ours, Record) and isinstance(theirs, Record):
            for found in _fields(met, ours, theirs):
                if isinstance(found, Drift):
                    yield found
                else:
                    inner.append(found)
        elif isinstance(ours, Union) or isinstance(theirs, Union):
            inner += _branches(met)
        elif isinstance(ours, Container) and isinstance(theirs, Container) and ours.kind == theirs.kind:
            key = "items" if ours.kind == ARRAY else "values"
            here, there = met.here.into(ours.of), met.there.into(theirs.of)
            inner.append(_Meeting(here, there, part(met.mine, key), part(met.other, key)))
        pending += reversed(inner)


def _fields(met: _Meeting, ours: Record, theirs: Record) -> Iterator[Drift | _Meeting]:
    """The fields that meet in two records, and what drifts beside their types."""
    my_rows, other_rows = listed(ours.raw["fields"]), listed(theirs.raw["fields"])
    for mine in ours.fields:
        try:
            other = writer_field(mine, ours, theirs)
        except AmbiguousFieldError:
            continue
        if other is None:
            continue
        here, there = met.here.into(mine.type, mine), met.there.into(other.type, other)
        my_row, other_row = my_rows[mine.index], other_rows[other.index]
        beside = [ignored_in_field(row) if isinstance(row, dict) else None for row in (my_row, other_row)]
        if any(beside):
            labels = [
                one.label if one is not None else _label(row, path.type)
                for one, row, path in zip(beside, (my_row, other_row), (here, there), strict=True)
            ]
            if labels[0] != labels[1] and not (_counts(here.type) or _counts(there.type)):
                yield Drift(LabelsDiffer(labels[0], labels[1]), here, there)
        yield _Meeting(here, there, part(my_row, "type"), part(other_row, "type"), compared=any(beside))


def _counts(type_: Type) -> bool:
    """Whether a logical type has an effect on a type, or on what may be null."""
    return any(one.logical is not None for one in _chosen(type_))


def _chosen(type_: Type) -> list[Type]:
    return [one for one in type_.branches if one.kind != NULL] if isinstance(type_, Union) else [type_]


def _label(row: JSON, type_: Type) -> str | None:
    """The label that a field's type itself carries, or the one branch of it that is not null."""
    raw = part(row, "type")
    if isinstance(type_, Union):
        written = [one for one, branch in zip(listed(raw), type_.branches, strict=True) if branch.kind != NULL]
        raw = written[0] if len(written) == 1 else None
    return label_of(raw) if isinstance(raw, dict) and "logicalType" in raw else None


def _branches(met: _Meeting) -> Iterator[_Meeting]:
    """The branches of two unions, or of a union and a type, that have one name."""
    theirs = {branch_name(path.type): (path, raw) for path, raw in _alternatives(met.there, met.other)}
    for here, mine in _alternatives(met.here, met.mine):
        found = theirs.get(branch_name(here.type))
        if found is not None:
            yield _Meeting(here, found[0], mine, found[1], met.compared)


def _alternatives(path: SchemaPath, raw: JSON) -> list[tuple[SchemaPath, JSON]]:
    type_ = path.type
    if not isinstance(type_, Union):
        return [(path, raw)]
    rows = zip(type_.branches, listed(raw), strict=True)
    return [(path.into(branch, index), row) for index, (branch, row) in enumerate(rows)]


def _of_types(met: _Meeting) -> Iterator[Drift]:
    """What drifts at two types themselves."""
    mine = met.mine if isinstance(met.mine, dict) else _NOTHING
    other = met.other if isinstance(met.other, dict) else _NOTHING
    if not mine and not other:
        return
    ours, theirs = met.here.type, met.there.type
    if not met.compared and ours.logical is None and theirs.logical is None:
        labels = [found and found.label for found in (ignored_in_type(mine), ignored_in_type(other))]
        if labels[0] != labels[1]:
            yield Drift(LabelsDiffer(labels[0], labels[1]), met.here, met.there)
    for key, left, right in _connect(mine, other):
        named = isinstance(ours, NAMED) and isinstance(theirs, NAMED)
        if named and key == "connect.name" and left in (None, ours.full) and right in (None, theirs.full):  # type: ignore[union-attr]  # as seen
            continue
        yield Drift(ConnectDiffers(key, left, right), met.here, met.there)


def _connect(mine: Mapping[str, JSON], other: Mapping[str, JSON]) -> Iterator[tuple[str, JSON, JSON]]:
    """The keys of Kafka Connect that differ, with what either side says; parameters one by one.

    Where the name differs, it is another type, and the rest is its own.
    """
    if mine.get("connect.name") != other.get("connect.name"):
        yield "connect.name", mine.get("connect.name"), other.get("connect.name")
        return
    for key in sorted(CONNECT - {"connect.name"}):
        left, right = mine.get(key), other.get(key)
        if left == right:
            continue
        if not isinstance(left or {}, dict) or not isinstance(right or {}, dict):
            yield key, left, right
            continue
        ours, theirs = left or {}, right or {}
        for name in dict.fromkeys((*ours, *theirs)):  # type: ignore[misc]  # objects, as seen
            one, another = ours.get(name), theirs.get(name)  # type: ignore[union-attr]  # idem
            if one != another and not str(name).startswith(_ABOUT_COLUMNS):
                yield f"{key}.{name}", one, another


_NOTHING: Mapping[str, JSON] = {}
