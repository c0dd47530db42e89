"""Witnesses: the smallest writer datum that reaches a mismatch, tried on a real decoder."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from evtcompat.avro import binary, codec
from evtcompat.avro.data import Branch, Datum, json_view
from evtcompat.avro.defaults import shown
from evtcompat.avro.types import (
    ARRAY,
    BYTES,
    INT,
    KIND_NAMES,
    LONG,
    STRING,
    AvroSchema,
    Container,
    Enumeration,
    Fixed,
    Primitive,
    Record,
    Type,
    Union,
)
from evtcompat.avro.values import MOST_BYTES, MOST_DIGITS, Heights, smallest
from evtcompat.model.witnesses import Witness, WitnessKind

if TYPE_CHECKING:
    from evtcompat.avro.places import Trail
    from evtcompat.avro.walk import Found

ENCODING: Final = "avro-binary"
#: Payloads are built and tried for so many mismatches of one pair; hostile pairs have more.
MOST: Final = 200

#: Fewer where schemas have many names, as each try costs time for every one of them.
_MOST_NAMES: Final = 40_000
_FEWEST: Final = 20

#: Rules about the meaning of a value that the decoder reads without complaint.
_MEANING: Final = frozenset(
    {
        "bytes-read-as-string",
        "decimal-scale-changed",
        "logical-type-added",
        "logical-type-changed",
        "string-read-as-uuid",
        "time-unit-changed",
    }
)


@dataclass(slots=True)
class WitnessBuilder:
    """Builds and tries witnesses for one pair of schemas."""

    reader: AvroSchema
    writer: AvroSchema
    _heights: Heights = field(init=False)
    _built: int = 0
    _most: int = field(init=False)

    def __post_init__(self) -> None:
        """Measure the writer's types once."""
        self._heights = Heights(self.writer.root)
        names = len(self.reader.names) + len(self.writer.names)
        self._most = max(_FEWEST, min(MOST, _MOST_NAMES // max(names, 1)))

    def build(self, found: Found) -> Witness:
        """A witness for a mismatch, refused or misread where a decoder could be seen to, else rule-only."""
        self._built += 1
        if self._built > self._most:
            said = f"not tried: the first {self._most} mismatches of this pair have their payloads"
            return Witness(WitnessKind.RULE_ONLY, None, b"", ENCODING, "", said)
        deepest = found
        while deepest.cause is not None:
            deepest = deepest.cause
        try:
            leaf = self._leaf(deepest)
            datum = self._along(self.writer.root, deepest.there.trail(), leaf)
        except ValueError as error:
            return Witness(WitnessKind.RULE_ONLY, None, b"", ENCODING, "", str(error))
        payload = binary.encode(self.writer.root, datum)
        value = json_view(self.writer.root, datum)
        kind, decoder, observed = self._try(deepest, leaf, payload)
        return Witness(kind, value, payload, ENCODING, decoder, observed)

    def _try(self, found: Found, leaf: Datum, payload: bytes) -> tuple[WitnessKind, str, str]:
        name = codec.decoder_name()
        rule = found.mismatch.rule
        if rule in _MEANING and rule != "bytes-read-as-string":
            # Other mismatches of the pair must not answer for this one.
            return self._misread(found, leaf, name)
        try:
            written = codec.decode(self.writer, payload)
        except codec.CodecError as error:
            return WitnessKind.RULE_ONLY, "", f"{name} was not asked about the reader: {error.message}"
        try:
            read = codec.decode(self.writer, payload, self.reader)
        except codec.CodecError as error:
            if error.refused:
                return WitnessKind.REFUSED, name, error.message
            return WitnessKind.RULE_ONLY, "", f"{name} was not asked: {error.message}"
        if rule in _MEANING:
            return self._misread(found, leaf, name)
        if rule == "enum-symbol-defaulted" or (rule == "number-precision-lost" and not _same(written, read)):
            return (
                WitnessKind.MISREAD,
                name,
                f"written as {shown(json_view(found.writer, leaf))}, read as {shown(_said(read))}",
            )
        if found.mismatch.facts.get("observed"):
            return WitnessKind.RULE_ONLY, "", f"{found.mismatch.facts['observed']}; {name} reads {shown(_said(read))}"
        return WitnessKind.RULE_ONLY, "", f"{name} does not refuse it: it reads {shown(_said(read))}"

    def _misread(self, found: Found, leaf: Datum, name: str) -> tuple[WitnessKind, str, str]:
        """The carrier's bytes under the writer's logical type, and the same bytes under the reader's."""
        ours, theirs = found.reader, found.writer
        payload = binary.encode(theirs, leaf)
        before = _reading(theirs, payload)
        after = _reading(_carried(theirs, ours), payload)
        text = f"{_called(theirs)} {before} becomes {_called(ours)} {after}"
        if before == after:
            return WitnessKind.RULE_ONLY, "", f"{name} shows both as {before}, and applies the writer's logical type"
        return WitnessKind.MISREAD, name, text

    def _along(self, type_: Type, trail: Trail, leaf: Datum) -> Datum:
        """The smallest datum with `leaf` at the end of `trail`; recursion-free, since trails may be long."""
        frames: list[tuple[Type, str | int | None]] = []
        for step in trail:
            frames.append((type_, step))
            if isinstance(type_, Record):
                type_ = type_.by_name[str(step)].type
            elif isinstance(type_, Union) and isinstance(step, int):
                type_ = type_.branches[step]
            elif isinstance(type_, Container):
                type_ = type_.of
        datum = leaf
        for outer, step in reversed(frames):
            if isinstance(outer, Record):
                if self._heights.weight(outer) > MOST_BYTES:
                    smallest(outer, self._heights)  # raises, and says how large it is
                inner = datum
                datum = {
                    part.name: inner if part.name == step else smallest(part.type, self._heights)
                    for part in outer.fields
                }
            elif isinstance(outer, Union) and isinstance(step, int):
                datum = Branch(step, datum)
            elif isinstance(outer, Container):
                datum = [datum] if outer.kind == ARRAY else {"": datum}
        return datum

    def _leaf(self, found: Found) -> Datum:
        """A value of the writer's type that shows the mismatch."""
        writer, reader, rule = found.writer, found.reader, found.mismatch.rule
        if isinstance(writer, Fixed) and writer.size > MOST_BYTES:
            return smallest(writer, self._heights)  # raises, and says how large it is
        if isinstance(writer, Enumeration) and isinstance(reader, Enumeration):
            return next((symbol for symbol in writer.symbols if symbol not in reader.symbol_set), None) or smallest(
                writer, self._heights
            )
        if rule == "bytes-read-as-string" or (rule == "wrong-union-branch" and writer.kind == BYTES):
            return b"\xff"
        if rule == "string-read-as-uuid":
            return "not-a-uuid"
        if rule == "number-precision-lost":
            return 2**24 + 1 if writer.kind == INT else 2**53 + 1
        if rule == "decimal-precision-narrowed" and reader.logical is not None:
            if reader.logical.precision > MOST_DIGITS:
                message = f"a number of more than {reader.logical.precision:,} digits has too many to write"
                raise ValueError(message)
            return _bytes(10**reader.logical.precision, writer)
        if rule in _MEANING and isinstance(writer, Primitive) and writer.kind in (INT, LONG):
            return 1
        if rule in _MEANING and (isinstance(writer, Fixed) or writer.kind == BYTES):
            return _bytes(1, writer)
        return smallest(writer, self._heights)


def _bytes(unscaled: int, type_: Type) -> bytes:
    length = type_.size if isinstance(type_, Fixed) else unscaled.bit_length() // 8 + 1
    return unscaled.to_bytes(length, "big", signed=True)


def _carried(theirs: Type, ours: Type) -> Type:
    """The writer's bytes as the reader's type: what a decoder that trusts the reader makes of them."""
    if isinstance(theirs, Fixed) and isinstance(ours, Fixed):
        twin = Fixed(theirs.full, theirs.short, theirs.raw, theirs.size)
        twin.logical = ours.logical
        return twin
    if theirs.kind == INT and ours.kind == LONG:
        return Primitive(LONG, ours.logical)
    if (theirs.kind, ours.kind) == (BYTES, STRING):
        return Primitive(STRING, ours.logical)
    return ours


def _reading(type_: Type, payload: bytes) -> str:
    """What the decoder makes of a leaf's bytes, as text."""
    from evtcompat.avro.types import AvroSchema as Schema
    from evtcompat.model.documents import Document

    alone = Schema(Document(None), type_, {})
    try:
        value = codec.decode(alone, payload)
    except codec.CodecError as error:
        return f"(unreadable: {error.message})"
    unit = type_.logical.name.rpartition("-")[2] if type_.logical is not None else ""
    if isinstance(value, int) and unit == "nanos":
        return f"{value} nanoseconds"
    return repr(value) if isinstance(value, bytes) else shown(_said(value))


def _called(type_: Type) -> str:
    return str(type_.logical) if type_.logical is not None else f"a plain {KIND_NAMES[type_.kind]}"


def _said(value: object) -> object:
    from evtcompat.avro.data import plain

    return plain(value)


def _same(left: object, right: object) -> bool:
    if isinstance(left, dict) and isinstance(right, dict):
        return all(_same(value, right[key]) for key, value in left.items() if key in right)
    if isinstance(left, list) and isinstance(right, list):
        return all(_same(one, other) for one, other in zip(left, right, strict=False))
    return left == right
