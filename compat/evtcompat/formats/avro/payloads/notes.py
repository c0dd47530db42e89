"""What differs between a payload as it was written and what fastavro made of it under another schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.avro.payloads import binary
from evtcompat.formats.avro.payloads.carriers import LeafDecoder
from evtcompat.formats.avro.payloads.datum import Branch, Datum, json_view, plain
from evtcompat.formats.avro.payloads.decoder_errors import CodecError
from evtcompat.formats.avro.payloads.leaves import is_decimal, leaf_rule, same_leaf
from evtcompat.formats.avro.payloads.pairing import Filled, Pairing
from evtcompat.formats.avro.promotions import PROMOTIONS
from evtcompat.formats.avro.types import (
    ARRAY,
    BOOLEAN,
    BYTES,
    DOUBLE,
    ENUM,
    FIXED,
    FLOAT,
    INT,
    KIND_NAMES,
    LONG,
    MAP,
    NAMED,
    NULL,
    RECORD,
    STRING,
    AvroSchema,
    Container,
    Fixed,
    Primitive,
    Record,
    Type,
    Union,
    branch_name,
)
from evtcompat.model.json_texts import one_line
from evtcompat.model.json_values import view
from evtcompat.model.readings import Note, NoteKind, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

#: What decodes leaves of the reader, and of the writer.
Leaves = tuple[LeafDecoder, LeafDecoder]

#: The types that `_Walk` takes for leaves.
_LEAVES: Final = (Primitive, Fixed)
_Leaf: TypeAlias = Primitive | Fixed
#: What is to be said of a carrier by what a rule makes of it.
_RULED: Final = {Outcome.LOSSY: NoteKind.LOST, Outcome.MISREAD: NoteKind.MISREAD}
#: What a value that holds NaN is.
_MAY_HOLD_NAN: Final = frozenset({float, dict, list})
#: The kinds that fastavro reads as a Python type, where logical types are left out.
READ_AS: Final[dict[type, tuple[int, ...]]] = {
    type(None): (NULL,),
    bool: (BOOLEAN,),
    int: (INT, LONG),
    float: (FLOAT, DOUBLE),
    bytes: (BYTES, FIXED),
    str: (STRING, ENUM),
    list: (ARRAY,),
    dict: (MAP, RECORD),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What fastavro makes of a payload."""

    #: Under the reader's schema, and under the writer's own; `MISSING` where it refuses the latter.
    reader: object
    writer: object
    #: Gives the first with logical types left out, but for decimals on bytes of the writer.
    carriers: Callable[[], object]
    #: Gives what was written, with the branches of unions said.
    datum: Callable[[], Datum]


def notes_of(reader: AvroSchema, writer: AvroSchema, leaves: Leaves, pairing: Pairing, seen: Seen) -> list[Note]:
    """Every place where the reader's value and the written one differ, in the order of the reader's fields.

    Where types are alike and both sides see the same, there is nothing to tell; only the rest is looked at closely.

    Args:
        reader: The reader's schema.
        writer: The writer's.
        leaves: What decodes their leaves.
        pairing: Knows what both have in common.
        seen: The payload.

    Raises:
        CodecError: fastavro refuses the payload where logical types are left out.
    """
    ours, theirs = reader.root, writer.root
    if pairing.alike(ours, theirs) and _equal(seen.reader, seen.writer):
        return []
    walk = _Walk(*leaves, pairing)
    if not (isinstance(ours, Record) and isinstance(theirs, Record)):
        walk.pair(ours, theirs, seen.carriers(), seen.datum(), "")
        return walk.notes
    sources = pairing.sources(ours, theirs)
    settled = _settled(sources, seen.reader, seen.writer)
    plain = all(one.mine.name in settled or (one.source is None and not one.logical) for one in sources)
    walk.record(ours, theirs, seen.reader if plain else seen.carriers(), seen.datum, "", settled)
    return walk.notes


def _settled(sources: Iterable[Filled], ours: object, theirs: object) -> frozenset[str]:
    """The fields of a record in which reader and writer see the same."""
    if not isinstance(ours, dict) or not isinstance(theirs, dict):
        return frozenset()
    return frozenset(
        [
            mine.name
            for mine, source, alike, _ in sources
            if alike and source is not None and _equal(ours.get(mine.name), theirs[source.name])
        ]
    )


def _equal(one: object, other: object) -> bool:
    """Whether two values are the same; NaN, which equals nothing, is the same as NaN."""
    return one == other or (type(one) in _MAY_HOLD_NAN and repr(one) == repr(other))


@dataclass(slots=True)
class _Walk:
    """What differs between a payload's datum and what the reader's decoder made of it."""

    reader: LeafDecoder
    writer: LeafDecoder
    pairing: Pairing
    notes: list[Note] = field(default_factory=list)

    def pair(self, ours: Type, theirs: Type, read: object, datum: Datum, path: str) -> None:
        if ours is theirs and read == datum:  # of one type there is nothing else to tell; a union's value is not equal
            return
        if isinstance(theirs, Union) and isinstance(datum, Branch):
            theirs, datum = theirs.branches[datum.index], datum.value
        read = datum if is_decimal(theirs) else read  # fastavro has made a number of these very bytes
        if isinstance(ours, Union):
            union, ours = ours, taken(ours, theirs, read, datum)
            if isinstance(ours, Record) and misnamed(union, ours, theirs):
                what = f"a {branch_name(theirs)} is read as a {ours.full}: {_shown(read)}"
                self.notes.append(Note(NoteKind.MISREAD, path, what))
                return
        if isinstance(ours, Record) and isinstance(theirs, Record):
            if isinstance(datum, dict):
                self.record(ours, theirs, read, lambda: datum, path)
        elif isinstance(ours, Container) and isinstance(theirs, Container):
            self._container(ours, theirs, read, datum, path)
        elif isinstance(ours, _LEAVES) and isinstance(theirs, _LEAVES):
            self._leaf(ours, theirs, read, datum, path)
        elif plain(read) != json_view(theirs, datum):
            self._lost(path, json_view(theirs, datum), read)

    def record(
        self,
        ours: Record,
        theirs: Record,
        read: object,
        datum: Callable[[], Datum],
        path: str,
        settled: Collection[str] = (),
    ) -> None:
        """Look at two records.

        Args:
            ours: The reader's.
            theirs: The writer's.
            read: What was read.
            datum: Gives what was written.
            path: The way to the record.
            settled: The reader's fields that are known to be read as they were written.
        """
        if not isinstance(read, dict):
            return
        for mine, source, _, _ in self.pairing.sources(ours, theirs):
            if mine.name in settled:
                continue
            here = f"{path}.{mine.name}" if path else mine.name
            if source is None:
                self.notes.append(Note(NoteKind.DEFAULT, here, _shown(read.get(mine.name))))
                continue
            written = datum()
            if isinstance(written, dict):
                self.pair(mine.type, source.type, read.get(mine.name), written[source.name], here)
        self.left(ours, theirs, path)

    def left(self, ours: Record, theirs: Record, path: str) -> None:
        """Tell the writer's fields that the reader does not ask for."""
        for name in self.pairing.left(ours, theirs):
            self.notes.append(Note(NoteKind.IGNORED, f"{path}.{name}" if path else name))

    def _container(self, ours: Container, theirs: Container, read: object, datum: Datum, path: str) -> None:
        if ours.kind == ARRAY and isinstance(read, list) and isinstance(datum, list):
            for index, (mine, other) in enumerate(zip(read, datum, strict=True)):
                self.pair(ours.of, theirs.of, mine, other, f"{path}[{index}]")
        elif isinstance(read, dict) and isinstance(datum, dict):
            for key, other in datum.items():
                self.pair(ours.of, theirs.of, read.get(key), other, f"{path}{{{key}}}")

    def _leaf(self, ours: _Leaf, theirs: _Leaf, read: object, datum: Datum, path: str) -> None:
        told = None
        if ours.kind != theirs.kind or ours.logical != theirs.logical:
            # once for all places and payloads
            known = self.pairing.told
            key = id(ours), id(theirs), type(read), read, type(datum), datum
            if key not in known:
                known[key] = self._told(ours, theirs, read, datum)
            told = known[key]
        if told is not None:
            self.notes.append(Note(told[0], path, told[1]))
        elif not same_leaf(read, datum):
            self._lost(path, datum, read)

    def _told(self, ours: _Leaf, theirs: _Leaf, read: object, datum: Datum) -> tuple[NoteKind, str] | None:
        """What becomes of a carrier by the rule for both types, in the values that fastavro makes of it under each."""
        rule = leaf_rule(ours, theirs)
        kind = None if rule is None else _RULED.get(rule.outcome(datum))
        if kind is None or (kind is NoteKind.LOST and not same_leaf(read, datum)):
            return None
        written = self.writer.decode(theirs, binary.encode(theirs, datum))
        # bytes that are read as a string are encoded alike
        carrier = theirs if isinstance(read, bytes) and ours.kind == STRING else ours
        try:
            trusted = self.reader.decode(ours, binary.encode(carrier, read))  # type: ignore[arg-type]  # a carrier is a datum
        except CodecError as error:
            return kind, f"{_shown(written)} is no {ours.logical or KIND_NAMES[ours.kind]}: {error.message}"
        if written == trusted:
            return kind, f"{_shown(written)} is taken for {ours.logical} by a decoder that trusts the reader"
        return kind, f"{_shown(written)} becomes {_shown(trusted)} for a decoder that trusts the reader"

    def _lost(self, path: str, datum: object, read: object) -> None:
        self.notes.append(Note(NoteKind.LOST, path, f"{_shown(datum)} is read as {_shown(read)}"))


def misnamed(union: Union, branch: Type, theirs: Type) -> bool:
    """Whether a record was read into another branch of a union than the one of its very name."""
    name = branch_name(theirs)
    return isinstance(branch, Record) and branch_name(branch) != name and name in map(branch_name, union.branches)


def taken(union: Union, theirs: Type, read: object, datum: Datum) -> Type:
    """The branch of a reader's union that a value of a writer's type was read into.

    That is the one of the very type where the value is what was written: of `float` and `int` fastavro takes the first
    for an int, other decoders the second, and neither changes the number.
    """
    read = datum if is_decimal(theirs) else read  # fastavro has made a number of these very bytes
    for branch in union.branches:
        if isinstance(branch, Primitive) and branch.kind == theirs.kind and branch.logical == theirs.logical:
            return branch if same_leaf(read, datum) else _first(union, theirs, read)
    return _first(union, theirs, read)


def _first(union: Union, theirs: Type, read: object) -> Type:
    if is_decimal(theirs):
        return next((branch for branch in union.branches if branch.kind in (BYTES, STRING)), union)
    fitting = [branch for branch in union.branches if branch.kind in READ_AS.get(type(read), ())]
    like = [branch for branch in fitting if branch.kind == theirs.kind]
    if isinstance(theirs, NAMED):
        if isinstance(read, dict):
            like = [branch for branch in like if isinstance(branch, Record) and branch.types.keys() == read.keys()]
        named = [branch for branch in like if isinstance(branch, NAMED)]
        same = [branch for branch in named if branch.full == theirs.full]
        named = same or [one for one in named if one.short == theirs.short or theirs.full in one.aliases]
        if named:
            return named[0]
    if like:
        return like[0]
    for branch in fitting:
        if theirs.kind < len(PROMOTIONS) and branch.kind < len(PROMOTIONS) and PROMOTIONS[theirs.kind][branch.kind]:
            return branch
    return fitting[0] if fitting else union


def _shown(value: object) -> str:
    text = one_line(view(value))
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004 - a phrase
