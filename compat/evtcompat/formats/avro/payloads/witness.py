"""Witnesses: the smallest writer datum that reaches a mismatch, tried on a real decoder."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.defaults import shown
from evtcompat.formats.avro.payloads import binary, codec
from evtcompat.formats.avro.payloads.datum import Branch, Datum, json_view, plain
from evtcompat.formats.avro.payloads.decoder_errors import TOO_LARGE, CodecError
from evtcompat.formats.avro.payloads.smallest import MOST_BYTES, Heights, smallest
from evtcompat.formats.avro.rule import Evidence
from evtcompat.formats.avro.types import (
    ARRAY,
    BYTES,
    INT,
    KIND_NAMES,
    LONG,
    MISSING,
    STRING,
    AvroSchema,
    Container,
    Enumeration,
    Fixed,
    Missing,
    Primitive,
    Record,
    Type,
    Union,
)
from evtcompat.model.documents import Document
from evtcompat.model.witnesses import Witness, WitnessKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evtcompat.formats.avro.isolation import MinimalPair
    from evtcompat.formats.avro.paths import Steps
    from evtcompat.formats.avro.rule import AvroRule, Occurrence

ENCODING: Final = "avro-binary"
#: Payloads are built and tried for so many mismatches of one pair; hostile pairs have more.
MOST: Final = 200

#: Fewer where schemas have many names, as each try costs time for every one of them.
_MOST_NAMES: Final = 40_000
_FEWEST: Final = 20

_BY_ITSELF: Final = " (of this difference by itself; the others stop the decoder before it)"


@dataclass(slots=True)
class _Event:
    """A payload, and what became of it."""

    #: The part of the datum that shows the mismatch.
    leaf: Datum
    datum: Datum
    payload: bytes
    #: The datum as JSON shows it.
    value: object
    asked: bool = False
    #: What the decoder read; what it said when it refused; or why it was not asked.
    read: object = None
    refused: str | None = None
    unasked: str | None = None


@dataclass(slots=True)
class WitnessBuilder:
    """Builds and tries witnesses for one pair of schemas."""

    reader: AvroSchema
    writer: AvroSchema
    #: All mismatches of the pair: what else may stop a decoder.
    found: Sequence[Occurrence]
    #: What a decoder said of payloads as a whole and would not say of a mismatch by itself, by the witness's identity.
    _whole: dict[int, str] = field(default_factory=dict)
    #: The same of the payload that is being tried.
    _together: str = ""
    _heights: Heights = field(init=False)
    _stops: list[tuple[Occurrence, Steps]] = field(init=False)
    _events: dict[tuple[Steps, int, str, int], _Event] = field(default_factory=dict)
    _built: int = 0

    def __post_init__(self) -> None:
        """Measure the writer's types once, and see what stops a decoder."""
        self._heights = Heights(self.writer.root)
        self._stops = [(one, one.there.steps()) for one in self.found if _may_stop(one)]

    def build(self, found: Occurrence) -> Witness:
        """A witness for a mismatch, refused or misread where a decoder could be seen to, else rule-only."""
        self._built += 1
        if self._built > MOST:
            said = f"not tried: the first {MOST} mismatches of this pair have their payloads"
            return Witness(WitnessKind.RULE_ONLY, None, b"", ENCODING, "", said)
        deepest = found
        while deepest.cause is not None:
            deepest = deepest.cause
        try:
            event = self._event(deepest)
        except ValueError as error:
            return Witness(WitnessKind.RULE_ONLY, None, b"", ENCODING, "", str(error))
        self._together = ""
        kind, decoder, observed = self._try(found, deepest, event)
        witness = Witness(kind, event.value, event.payload, ENCODING, decoder, observed)
        if self._together:
            self._whole[id(witness)] = self._together
        return witness

    def seen(self, witnesses: list[Witness | None]) -> list[Witness | None]:
        """The witnesses, one of them at least seen to fail where the payload does, though no difference by itself."""
        if any(one is not None and one.kind is not WitnessKind.RULE_ONLY for one in witnesses):
            return witnesses
        for index, one in enumerate(witnesses):
            if one is not None and id(one) in self._whole:
                said = f"{self._whole[id(one)]} (of all differences together; none is refused by itself)"
                whole = Witness(WitnessKind.REFUSED, one.value, one.payload, one.encoding, codec.decoder_name(), said)
                return [*witnesses[:index], whole, *witnesses[index + 1 :]]
        return witnesses

    def _event(self, deepest: Occurrence) -> _Event:
        """The smallest datum that reaches a mismatch; mismatches of one record share it.

        Raises:
            ValueError: There is none that can be written.
        """
        writer, reader, rule = deepest.writer, deepest.reader, deepest.rule
        steps = deepest.there.steps()
        shared = isinstance(writer, Record | Container | Union)
        key = steps, id(writer), "" if shared else rule.id, 0 if shared else id(reader)
        event = self._events.get(key)
        if event is None:
            leaf = _leaf(reader, writer, rule, self._heights)
            datum = self._along(self.writer.root, steps, leaf)
            payload = binary.encode(self.writer.root, datum)
            event = self._events[key] = _Event(leaf, datum, payload, json_view(self.writer.root, datum))
        return event

    def _try(self, found: Occurrence, deepest: Occurrence, event: _Event) -> tuple[WitnessKind, str, str]:
        """What decoders make of a payload, for this mismatch and no other of the pair."""
        name = codec.decoder_name()
        evidence = found.rule.evidence
        if evidence is Evidence.MISREAD:
            return self._misread(found, event.leaf, name)
        if evidence is Evidence.ALTERED:
            return self._altered(found, name)
        self._ask(event)
        if event.refused is not None:
            return self._refused(found, deepest, event)
        if event.unasked is not None:
            return WitnessKind.RULE_ONLY, "", event.unasked
        if evidence is Evidence.REFUSED_OR_MISREAD:
            return self._misread(found, event.leaf, name)
        if evidence is Evidence.REFUSED_OR_LOSSY:
            lost = self._lost(found, event)
            if lost is not None:
                return WitnessKind.MISREAD, name, lost
        if found.mismatch.facts.get("observed"):
            return WitnessKind.RULE_ONLY, "", f"{name} reads {shown(plain(event.read))}"
        return WitnessKind.RULE_ONLY, "", f"{name} does not refuse it: it reads {shown(plain(event.read))}"

    def _lost(self, found: Occurrence, event: _Event) -> str | None:
        """What was written and what was read in its place, where fields are missing from it."""
        written, read = codec.decode(self.writer, event.payload), event.read
        for step in found.there.steps():
            if isinstance(step, int):
                continue
            if isinstance(written, dict) and isinstance(read, dict):
                key = "" if step is None else step
                if key not in written or key not in read:
                    return None
                written, read = written[key], read[key]
            elif isinstance(written, list) and isinstance(read, list) and written and read:
                written, read = written[0], read[0]
            else:
                return None
        if isinstance(written, dict) and isinstance(read, dict) and not written.keys() <= read.keys():
            return f"written as {shown(plain(written))}, read as {shown(plain(read))}"
        return None

    def _ask(self, event: _Event) -> None:
        """Have the decoder read a payload, once."""
        if event.asked:
            return
        event.asked = True
        name = codec.decoder_name()
        try:
            codec.decode(self.writer, event.payload)
        except CodecError as error:
            event.unasked = f"{name} was not asked about the reader: {error.message}"
            return
        try:
            event.read = codec.decode(self.writer, event.payload, self.reader)
        except CodecError as error:
            if error.refused:
                event.refused = error.message
            else:
                event.unasked = f"{name} was not asked: {error.message}"
            return
        if self.reader.sources or self.writer.sources:
            try:
                codec.decode_apart(self.writer, event.payload, self.reader)
            except CodecError as error:
                event.refused = error.message if error.refused else None

    def _refused(self, found: Occurrence, deepest: Occurrence, event: _Event) -> tuple[WitnessKind, str, str]:
        """The payload is refused; that proves this mismatch where nothing else would stop the decoder, or by itself."""
        name, message = codec.decoder_name(), event.refused or ""
        stops = [one for one, steps in self._stops if _reached(event.datum, steps)]
        sole = all(one is found for one in stops)
        if sole and not message.endswith(TOO_LARGE):
            return WitnessKind.REFUSED, name, message
        small = deepest.rule.isolate(deepest) if deepest.rule.isolate is not None else None
        if small is None:
            if sole or stops[0] is found:
                return WitnessKind.REFUSED, name, message
            return WitnessKind.RULE_ONLY, "", f"not tried by itself; {name} stops at another difference: {message}"
        try:
            read = self._read(small, deepest.rule)[1]
        except ValueError as error:
            return WitnessKind.RULE_ONLY, "", str(error)
        except CodecError as error:
            return WitnessKind.REFUSED, name, error.message + ("" if sole or error.message == message else _BY_ITSELF)
        self._together = message
        said = f"{name} does not refuse this difference by itself: it reads {shown(plain(read))}"
        return WitnessKind.RULE_ONLY, "", said

    def _altered(self, found: Occurrence, name: str) -> tuple[WitnessKind, str, str]:
        """What the reader makes of the value, whatever becomes of the rest of the payload."""
        small = found.rule.isolate(found) if found.rule.isolate is not None else None
        if small is None:
            return WitnessKind.RULE_ONLY, "", "not tried by itself"
        try:
            written, read = self._read(small, found.rule)
        except CodecError as error:
            return WitnessKind.RULE_ONLY, "", f"not tried by itself: {error.message}"
        if isinstance(written, str) and isinstance(read, bytes):
            return WitnessKind.MISREAD, name, f"written as {shown(written)}, read as the bytes {read!r}"
        if _same(written, read):
            return WitnessKind.RULE_ONLY, "", f"{name} does not refuse it: it reads {shown(plain(read))}"
        return WitnessKind.MISREAD, name, f"written as {shown(plain(written))}, read as {shown(plain(read))}"

    def _read(self, small: MinimalPair, rule: AvroRule) -> tuple[object, object]:
        """What the decoder reads under the writer's schema, and under the reader's, of a difference by itself."""
        reader, writer = small.schemas()
        payload = binary.encode(writer.root, _leaf(reader.root, writer.root, rule, Heights(writer.root)))
        return codec.decode(writer, payload), codec.decode(writer, payload, reader)

    def _misread(self, found: Occurrence, leaf: Datum, name: str) -> tuple[WitnessKind, str, str]:
        """The carrier's bytes under the writer's logical type, and the same bytes under the reader's."""
        ours, theirs = found.reader, found.writer
        payload = binary.encode(theirs, leaf)
        before = _reading(theirs, payload)
        after = _reading(_carried(theirs, ours), payload)
        text = f"{_called(theirs)} {before} becomes {_called(ours)} {after}"
        if before == after:
            return WitnessKind.RULE_ONLY, "", f"{name} shows both as {before}, and applies the writer's logical type"
        return WitnessKind.MISREAD, name, text

    def _along(self, type_: Type, steps: Steps, leaf: Datum) -> Datum:
        """The smallest datum with `leaf` at the end of `steps`; recursion-free, since a path may be long."""
        frames: list[tuple[Type, str | int | None]] = []
        for step in steps:
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


def _leaf(reader: Type, writer: Type, rule: AvroRule, heights: Heights) -> Datum:
    """A value of the writer's type that shows the difference.

    Raises:
        ValueError: There is none that can be written; the message says why.
    """
    if isinstance(writer, Fixed) and writer.size > MOST_BYTES:
        return smallest(writer, heights)  # raises, and says how large it is
    if isinstance(writer, Enumeration) and isinstance(reader, Enumeration):
        unknown = next((symbol for symbol in writer.symbols if symbol not in reader.symbol_set), None)
        return unknown or smallest(writer, heights)
    sample = MISSING if rule.sample is None else rule.sample(reader, writer)
    return smallest(writer, heights) if isinstance(sample, Missing) else sample


def _may_stop(found: Occurrence) -> bool:
    """Whether the decoder may refuse a payload because of an occurrence."""
    if found.rule.evidence in (Evidence.NONE, Evidence.MISREAD, Evidence.ALTERED):
        return False
    return str(found.mismatch.facts.get("decoder", "fastavro")).startswith("fastavro")


def _reached(datum: Datum, steps: Steps) -> bool:
    """Whether a datum leads a decoder along steps; also where an array or a map on it is empty."""
    for step in steps:
        if isinstance(datum, Branch):
            if datum.index != step:
                return False
            datum = datum.value
        elif isinstance(datum, dict) and isinstance(step, str):
            datum = datum[step]
        else:
            return True
    return True


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
    from evtcompat.formats.avro.types import AvroSchema as Schema

    isolate = Schema(Document(None), type_, {})
    try:
        value = codec.decode(isolate, payload)
    except CodecError as error:
        return f"(unreadable: {error.message})"
    unit = type_.logical.name.rpartition("-")[2] if type_.logical is not None else ""
    if isinstance(value, int) and unit == "nanos":
        return f"{value} nanoseconds"
    return repr(value) if isinstance(value, bytes) else shown(plain(value))


def _called(type_: Type) -> str:
    return str(type_.logical) if type_.logical is not None else f"a plain {KIND_NAMES[type_.kind]}"


def _same(left: object, right: object) -> bool:
    if isinstance(left, dict) and isinstance(right, dict):
        return all(_same(value, right[key]) for key, value in left.items() if key in right)
    if isinstance(left, list) and isinstance(right, list):
        return all(_same(one, other) for one, other in zip(left, right, strict=False))
    return left == right
