"""Witnesses: the smallest writer datum that reaches an occurrence of a rule, tried on a real decoder."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, NamedTuple

from evtcompat.dataclasses import dataclass
from evtcompat.errors import SchemaError
from evtcompat.formats.avro.defaults import shown
from evtcompat.formats.avro.isolation import schemas_of
from evtcompat.formats.avro.payloads import binary, codec
from evtcompat.formats.avro.payloads.datum import Datum, json_view, plain
from evtcompat.formats.avro.payloads.decoder_errors import TOO_LARGE, CodecError, NotAskedError
from evtcompat.formats.avro.payloads.observation import altered, called, lost_fields, relabelled
from evtcompat.formats.avro.payloads.reaching import datum_along, reaches
from evtcompat.formats.avro.payloads.smallest import MOST_BYTES, Heights, smallest
from evtcompat.formats.avro.rule import Evidence
from evtcompat.formats.avro.types import (
    MISSING,
    AvroSchema,
    Container,
    Enumeration,
    Fixed,
    Missing,
    Record,
    Type,
    Union,
)
from evtcompat.model.witnesses import Witness, WitnessKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from collections.abc import Set as AbstractSet

    from evtcompat.formats.avro.paths import Steps
    from evtcompat.formats.avro.rule import AvroRule, MinimalPair, Occurrence

ENCODING: Final = "avro-binary"
#: Payloads are built and tried for so many occurrences of one pair; hostile pairs have more.
MOST: Final = 200
#: And for fewer where each is long: so many values are built for all of them, or pairs of named types compared by the
#: decoder, but for as many as this in any case.
_MOST_VALUES: Final = 100_000
_TYPES_A_VALUE: Final = 100
_LEAST: Final = 25
#: A decoder holds each branch of the writer's union against each of the reader's, for every payload: so many times for
#: all of them.
_MOST_BRANCHES: Final = 800_000

_IN_ISOLATION: Final = " (of this difference by itself; the others stop the decoder before it)"
_TOGETHER: Final = " (of all differences together; none is refused by itself)"


def witnesses(reader: AvroSchema, writer: AvroSchema, found: Sequence[Occurrence]) -> list[Witness | None]:
    """A witness for each occurrence that a payload can prove, refused or misread where a decoder was seen to do so.

    Where a decoder refuses a payload, but none of its differences in isolation, one witness shows the whole.
    """
    builder = _Builder(reader, writer, found)
    most = _tries(reader, writer)
    made: list[Witness | None] = []
    whole: Witness | None = None
    at = tried = 0
    for one in found:
        if one.rule.evidence is Evidence.NONE:
            made.append(None)
            continue
        tried += 1
        if tried > most:
            text = f"not tried: the first {most} mismatches of this pair have their payloads"
            made.append(Witness(WitnessKind.RULE_ONLY, None, b"", ENCODING, "", text))
            continue
        witness, together = builder.build(one)
        if together and whole is None:
            whole, at = together, len(made)
        made.append(witness)
    if whole is not None and all(one is None or one.kind is WitnessKind.RULE_ONLY for one in made):
        made[at] = whole
    return made


def _tries(reader: AvroSchema, writer: AvroSchema) -> int:
    """For how many occurrences a payload is built; a decoder takes time by values, and by the types on both sides."""
    named = writer.names.values()
    fields = sum(len(one.fields) for one in named if isinstance(one, Record))
    cost = fields + len(reader.names) * len(writer.names) // _TYPES_A_VALUE
    tries = max(_LEAST, min(MOST, _MOST_VALUES // max(1, cost)))
    return min(tries, max(1, _MOST_BRANCHES // (_widest(reader) * _widest(writer))))


def _widest(schema: AvroSchema) -> int:
    """How many branches the largest union has, at least 1."""
    records = [one for one in schema.names.values() if isinstance(one, Record)]
    return max(1, *map(_width, (schema.root, *[type_ for one in records for type_ in one.types.values()])))


def _width(type_: Type) -> int:
    while isinstance(type_, Container):
        type_ = type_.of
    return len(type_.branches) if isinstance(type_, Union) else 1


class _Observed(NamedTuple):
    """What decoders make of a payload."""

    kind: WitnessKind
    decoder: str
    text: str
    #: What a decoder says of the payload, where it does not refuse the difference in isolation.
    together: str = ""


def _unproved(text: str, together: str = "") -> _Observed:
    return _Observed(WitnessKind.RULE_ONLY, "", text, together)


@dataclass(slots=True)
class _Event:
    """A payload, and what became of it."""

    datum: Datum
    payload: bytes
    #: The datum as JSON shows it.
    value: object
    asked: bool = False
    #: What the decoder read; what it said when it refused; or why it was not asked.
    read: object = None
    refused: str | None = None
    unasked: str | None = None
    #: What may stop a decoder on the way through it, once that was asked.
    stops: list[Occurrence] | None = None


class _Builder:
    """Builds and tries payloads for one pair of schemas."""

    def __init__(self, reader: AvroSchema, writer: AvroSchema, found: Sequence[Occurrence]) -> None:
        self._reader = reader
        self._writer = writer
        self._heights = Heights(writer.root)
        #: What may stop a decoder, and the steps of a datum that lead there.
        self._stops = [(one, one.there.steps()) for one in found if _may_stop(one)]
        #: By what is special about a payload: the part that shows a difference, and the event. Many have one event.
        self._shown: dict[tuple[Steps, int, str, int], tuple[Datum, _Event]] = {}
        #: By the identity of the datum, which the event keeps.
        self._events: dict[int, _Event] = {}

    def build(self, found: Occurrence) -> tuple[Witness, Witness | None]:
        """The witness of an occurrence, and the one of the whole payload if only that is refused."""
        deepest = found
        while deepest.cause is not None:
            deepest = deepest.cause
        try:
            leaf, event = self._event(deepest)
        except ValueError as error:
            return Witness(WitnessKind.RULE_ONLY, None, b"", ENCODING, "", str(error)), None
        kind, decoder, text, together = self._try(found, deepest, leaf, event)
        witness = Witness(kind, event.value, event.payload, ENCODING, decoder, text)
        if not together:
            return witness, None
        text = f"{together}{_TOGETHER}"
        return witness, Witness(WitnessKind.REFUSED, event.value, event.payload, ENCODING, codec.decoder_name(), text)

    def _event(self, deepest: Occurrence) -> tuple[Datum, _Event]:
        """The part that shows an occurrence, and the smallest datum that holds it; occurrences of one record share it.

        Raises:
            ValueError: There is none that can be written.
        """
        writer, reader, rule = deepest.writer, deepest.reader, deepest.rule
        steps = deepest.there.steps()
        shared = isinstance(writer, Record | Container | Union)
        key = steps, id(writer), "" if shared else rule.id, 0 if shared else id(reader)
        known = self._shown.get(key)
        if known is None:
            leaf = _leaf(reader, writer, rule, self._heights)
            datum = datum_along(self._writer.root, steps, leaf, self._heights)
            event = self._events.get(id(datum))
            if event is None:
                payload = binary.encode(self._writer.root, datum)
                event = self._events[id(datum)] = _Event(datum, payload, json_view(self._writer.root, datum))
            known = self._shown[key] = leaf, event
        return known

    def _try(self, found: Occurrence, deepest: Occurrence, leaf: Datum, event: _Event) -> _Observed:
        """What decoders make of a payload, for this occurrence and no other of the pair."""
        evidence = found.rule.evidence
        if found.rule.one_sided:
            return self._one_sided(self._reader if found.mismatch.facts["side"] == "reader" else self._writer, event)
        unasked = self._unasked(evidence)
        if unasked is not None:
            return _unproved(unasked)
        if evidence in (Evidence.MISREAD, Evidence.ALTERED):
            observed = _misread(found, leaf) if evidence is Evidence.MISREAD else _altered(found)
            if observed.kind is WitnessKind.MISREAD and self._stopping(event):
                return observed._replace(text=observed.text + _IN_ISOLATION)
            return observed
        self._ask(event)
        if event.refused is not None:
            return self._refused(found, deepest, event, event.refused)
        return _unproved(event.unasked) if event.unasked is not None else self._read_otherwise(found, leaf, event)

    def _read_otherwise(self, found: Occurrence, leaf: Datum, event: _Event) -> _Observed:
        """What a payload that the decoder reads shows of an occurrence."""
        evidence = found.rule.evidence
        if evidence is Evidence.REFUSED_OR_MISREAD:
            return _misread(found, leaf)
        name = codec.decoder_name()
        if evidence is Evidence.REFUSED_OR_LOSSY:
            written = self._written(event.payload)
            lost = lost_fields(written, event.read, found.there.steps(), _fields_meant(found))
            if lost is not None:
                return _Observed(WitnessKind.MISREAD, name, lost)
        if found.mismatch.facts.get("observed"):
            return _unproved(f"{name} reads {shown(plain(event.read))}")
        return _unproved(f"{name} does not refuse it: it reads {shown(plain(event.read))}")

    def _unasked(self, evidence: Evidence) -> str | None:
        """Why the decoder can show nothing of a difference: it refuses what is written, and knows no such values."""
        sides = [("writer", self._writer)]
        if evidence in (Evidence.MISREAD, Evidence.ALTERED):
            sides.append(("reader", self._reader))
        for side, schema in sides:
            refused = codec.refused_as_written(schema)
            if refused is not None:
                return f"{codec.decoder_name()} was not asked: it refuses the {side}'s schema: {refused}"
        return None

    def _one_sided(self, schema: AvroSchema, event: _Event) -> _Observed:
        """What the decoder makes of one of the schemas, and of what is written with it."""
        name = codec.decoder_name()
        refused = codec.refused_as_written(schema)
        if refused is not None:
            return _Observed(WitnessKind.REFUSED, name, f"the schema is refused: {refused}")
        try:
            codec.decode_as_written(self._writer, event.payload)
        except CodecError as error:
            if error.refused and schema is self._writer:
                return _Observed(WitnessKind.REFUSED, name, error.message)
            return _unproved(f"{name} was not asked: {error.message}")
        return _unproved(f"{name} does not refuse it")

    def _ask(self, event: _Event) -> None:
        """Have the decoder read a payload, once."""
        if event.asked:
            return
        event.asked = True
        name = codec.decoder_name()
        refused = codec.refused_as_written(self._reader)
        if refused is not None:
            event.refused = f"the schema is refused: {refused}"
            return
        try:
            self._written(event.payload)
        except CodecError as error:
            event.unasked = f"{name} was not asked about the reader: {error.message}"
            return
        try:
            event.read = self._resolved(event.payload)
        except CodecError as error:
            if error.refused:
                event.refused = error.message
            else:
                event.unasked = f"{name} was not asked: {error.message}"
            return
        if self._reader.sources or self._writer.sources:
            try:
                codec.decode_apart(self._writer, event.payload, self._reader)
            except CodecError as error:
                event.refused = error.message if error.refused else None

    @cached_property
    def _written(self) -> Callable[[bytes], object]:
        """Reads a payload under the writer's schema.

        Raises:
            CodecError: The decoder refuses the schema.
        """
        return codec.decoder(self._writer)

    @cached_property
    def _resolved(self) -> Callable[[bytes], object]:
        """Reads a payload under the writer's schema, resolved to the reader's: both as they are written.

        Documents that refer to each other are written out, which is one of two ways to give them to the decoder.

        Raises:
            CodecError: The decoder refuses one of the schemas.
        """
        if self._reader.sources or self._writer.sources:
            return codec.decoder(self._writer, self._reader)
        return partial(codec.decode_as_written, self._writer, reader=self._reader)

    def _stopping(self, event: _Event) -> Sequence[Occurrence]:
        """What may stop a decoder on the way through a payload."""
        if event.stops is None:
            event.stops = [one for one, steps in self._stops if reaches(event.datum, steps)]
        return event.stops

    def _refused(self, found: Occurrence, deepest: Occurrence, event: _Event, message: str) -> _Observed:
        """The payload is refused; that proves this occurrence where nothing else stops the decoder, or in isolation."""
        name = codec.decoder_name()
        stops = self._stopping(event)
        sole = all(one is found for one in stops)
        if sole and not message.endswith(TOO_LARGE):
            return _Observed(WitnessKind.REFUSED, name, message)
        pair = _isolated(deepest)
        if pair is None:
            if sole or stops[0] is found:
                return _Observed(WitnessKind.REFUSED, name, message)
            return _unproved(f"not tried by itself; {name} stops at another difference: {message}")
        try:
            read = _read(pair, deepest.rule)[1]
        except ValueError as error:
            return _unproved(str(error))
        except CodecError as error:
            if not error.refused:
                return _unproved(f"not tried by itself: {error.message}")
            where = "" if sole or error.message == message else _IN_ISOLATION
            return _Observed(WitnessKind.REFUSED, name, error.message + where)
        return _unproved(
            f"{name} does not refuse this difference by itself: it reads {shown(plain(read))}", together=message
        )


def _fields_meant(found: Occurrence) -> AbstractSet[str] | None:
    """The fields that the branch has which was meant for the writer's; ``None`` where that is not known."""
    union, at = found.reader, found.mismatch.facts.get("branch")
    branch = union.branches[at] if isinstance(union, Union) and isinstance(at, int) else None
    return branch.types.keys() if isinstance(branch, Record) else None


def _isolated(found: Occurrence) -> MinimalPair | None:
    return None if found.rule.isolate is None else found.rule.isolate(found)


def _read(pair: MinimalPair, rule: AvroRule) -> tuple[object, object]:
    """What the decoder reads of a difference in isolation: under the writer's schema, and under the reader's.

    Raises:
        ValueError: There is no payload of it.
        CodecError: The decoder refuses it, or was not asked.
    """
    try:
        reader, writer = schemas_of(pair)
    except SchemaError as error:
        raise NotAskedError(str(error)) from error
    payload = binary.encode(writer.root, _leaf(reader.root, writer.root, rule, Heights(writer.root)))
    return codec.decode(writer, payload), codec.decode(writer, payload, reader)


def _altered(found: Occurrence) -> _Observed:
    """What the reader makes of the value, whatever becomes of the rest of the payload."""
    pair = _isolated(found)
    if pair is None:
        return _unproved("not tried by itself")
    try:
        written, read = _read(pair, found.rule)
    except CodecError as error:
        return _unproved(f"not tried by itself: {error.message}")
    name = codec.decoder_name()
    change = altered(written, read)
    if change is None:
        return _unproved(f"{name} does not refuse it: it reads {shown(plain(read))}")
    return _Observed(WitnessKind.MISREAD, name, change)


def _misread(found: Occurrence, leaf: Datum) -> _Observed:
    """The carrier's bytes under the writer's logical type, and the same bytes under the reader's."""
    name = codec.decoder_name()
    before, after = relabelled(found.reader, found.writer, leaf)
    if before == after:
        return _unproved(f"{name} shows both as {before}, and applies the writer's logical type")
    ours, theirs = called(found.reader), called(found.writer)
    if after is None:
        what = f"{theirs} {before} is no {ours}: {name} shows what was written"
        return _Observed(WitnessKind.MISREAD, name, f"{what}, and decoders that trust the reader's schema fail")
    return _Observed(WitnessKind.MISREAD, name, f"{theirs} {before} becomes {ours} {after}")


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
    """Whether fastavro may refuse a payload because of an occurrence."""
    if found.rule.evidence in (Evidence.NONE, Evidence.MISREAD, Evidence.ALTERED):
        return False
    return str(found.mismatch.facts.get("decoder", "fastavro")).startswith("fastavro")
