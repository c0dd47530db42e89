"""The payloads of an Avro schema behind the interface that all formats share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, cached_property, partial
from typing import Any, Final, NamedTuple, TypeVar

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import SchemaError
from evtcompat.formats import wire
from evtcompat.formats.avro.canonical import content_hash, crc64, identical, written_out
from evtcompat.formats.avro.limits import recursing
from evtcompat.formats.avro.parse import parse
from evtcompat.formats.avro.payloads import binary, codec, containers, single_object
from evtcompat.formats.avro.payloads.carriers import LeafDecoder, carriers_of
from evtcompat.formats.avro.payloads.datum import Datum
from evtcompat.formats.avro.payloads.decoder_errors import CodecError
from evtcompat.formats.avro.payloads.encodings import CONFLUENT, SINGLE_OBJECT
from evtcompat.formats.avro.payloads.fastavro_schemas import parsed
from evtcompat.formats.avro.payloads.notes import Seen, notes_of
from evtcompat.formats.avro.payloads.pairing import Pairing
from evtcompat.formats.avro.payloads.poison import poison_of
from evtcompat.formats.avro.payloads.values import covered
from evtcompat.formats.avro.types import MISSING, AvroSchema, Record
from evtcompat.formats.encodings import Encoding
from evtcompat.formats.payloads import Container, Covering, Generated, PayloadError, Payloads, PoisonMessage
from evtcompat.formats.recorded import DamagedError
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.json_texts import one_line
from evtcompat.model.json_texts import parse as json_value
from evtcompat.model.json_values import view
from evtcompat.model.readings import Note, NoteKind, Outcome, Reading

_OF_NOTE: Final = {
    NoteKind.DEFAULT: Outcome.DEFAULTED,
    NoteKind.IGNORED: Outcome.OK,
    NoteKind.LOST: Outcome.LOSSY,
    NoteKind.MISREAD: Outcome.MISREAD,
}
#: Notes of one reading; a long list tells the same thing often.
_MOST_NOTES: Final = 40

_T = TypeVar("_T")

#: Payloads of which a schema remembers what they say.
_MOST_KNOWN: Final = 256


class _Meeting(NamedTuple):
    """What a reader has made ready for a writer."""

    #: Kept so that no other gets its id.
    writer: AvroPayloads
    #: Reads the writer's payloads as they are.
    read: Callable[[bytes], Any]
    #: What reads them with logical types left out, made when it is first asked for.
    carriers: Callable[[], Callable[[bytes], Any]]
    pairing: Pairing


@dataclass(frozen=True)
class AvroPayloads:
    """See `evtcompat.formats.payloads.Payloads`; the decoder is fastavro."""

    schema: AvroSchema
    #: What decodes its leaves alone.
    leaves: LeafDecoder = field(default_factory=LeafDecoder, repr=False, compare=False)
    #: By the id of a writer.
    _meetings: dict[int, _Meeting] = field(default_factory=dict, repr=False, compare=False)
    #: Own payloads as fastavro reads them.
    _decoded: dict[bytes, Any] = field(default_factory=dict, repr=False, compare=False)
    #: Own payloads with the branches of unions said.
    _written: dict[bytes, Datum] = field(default_factory=dict, repr=False, compare=False)

    @property
    def content(self) -> str:
        """SHA-256 of what takes part in decoding."""
        return recursing(content_hash, self.schema)

    @cached_property
    def container(self) -> Container:
        """An object container file."""
        return ObjectContainer(self.schema)

    def generate(self, seed: int) -> Covering:
        """See `Payloads`: places are told from the root record on."""
        root = self.schema.root
        prefix = f"{root.short}." if isinstance(root, Record) else ""
        made = recursing(lambda: covered(self.schema, seed))
        found = Covering(uncovered=made.uncovered, stopped=made.stopped)
        for labelled in made.values:
            label = re.sub(r"^\d+: ", "", labelled.label.replace(f": {prefix}", ": ", 1))
            covers = tuple(one.removeprefix(prefix) for one in labelled.covers)
            body = recursing(partial(codec.encode, self.schema, labelled.datum))
            found.append(Generated(label, covers, body))
        return found

    def decode(self, body: bytes) -> object:
        """See `Payloads`: what fastavro reads with the writer's own schema."""
        return recursing(view, self._own_value(body))

    def _own_value(self, body: bytes) -> Any:  # noqa: ANN401 - what was written
        """What fastavro reads from an own payload; nobody changes it.

        Raises:
            CodecError: It refuses the payload or the schema.
        """
        return _kept(self._decoded, body, lambda: self._decoder(body))

    def seen(self, body: bytes) -> object:
        """What fastavro reads from an own payload; `MISSING` where it refuses it, as it does the year 10000."""
        try:
            return self._own_value(body)
        except CodecError:
            return MISSING

    def written(self, body: bytes) -> Datum:
        """What an own payload says, with the branches of unions; nobody changes it."""
        return _kept(self._written, body, lambda: binary.decode(self.schema.root, body))

    @cached_property
    def _decoder(self) -> Callable[[bytes], Any]:
        return codec.decoder(self.schema)

    def read(self, writer: Payloads, body: bytes) -> Reading:
        """See `Payloads`: what fastavro reads, and in what it differs from what was written."""
        theirs = _own(writer)
        refused = self._refused(theirs, body)
        if refused is not None:
            return Reading(Outcome.REFUSED, None, refused)
        try:
            meeting = self._meeting(theirs)
            seen = self._own_value(body) if theirs is self else meeting.read(body)
            notes = recursing(lambda: self._notes(meeting, seen, body))
        except CodecError as error:
            if not error.refused:
                raise
            return Reading(Outcome.REFUSED, None, error.message)
        outcome = max((_OF_NOTE[note.kind] for note in notes), key=lambda one: one.weight, default=Outcome.OK)
        return Reading(outcome, recursing(view, seen), "", tuple(notes[:_MOST_NOTES]))

    def _meeting(self, writer: AvroPayloads) -> _Meeting:
        """What is ready for a writer.

        Raises:
            CodecError: fastavro refuses one of the schemas.
        """
        known = self._meetings.get(id(writer))
        if known is None or known.writer is not writer:
            read = codec.decoder(writer.schema, self.schema)
            carriers = partial(self._carriers_decoder, writer) if self._differ(writer) else lambda: read
            known = self._meetings[id(writer)] = _Meeting(writer, read, cache(carriers), Pairing())
        return known

    def _carriers_decoder(self, writer: AvroPayloads) -> Callable[[bytes], Any]:
        resolved = not recursing(identical, self.schema, writer.schema)
        theirs = recursing(partial(carriers_of, decimals=True), writer.schema)
        return codec.decoder(theirs, self.carriers, resolved=resolved)

    def _refused(self, writer: AvroPayloads, body: bytes) -> str | None:
        """What fastavro says against one of the schemas as it is written, or against the writer's values."""
        return codec.objection(self.schema, writer.schema) or codec.unreadable(writer.schema, body)

    @cached_property
    def carriers(self) -> AvroSchema:
        """The schema without logical types."""
        return recursing(carriers_of, self.schema)

    def _differ(self, writer: AvroPayloads) -> bool:
        """Whether one of the two schemas has logical types."""
        return self.carriers is not self.schema or writer.carriers is not writer.schema

    def _notes(self, meeting: _Meeting, seen: object, body: bytes) -> list[Note]:
        """In what the value that was read differs from what was written.

        Raises:
            CodecError: fastavro refuses the payload where logical types are left out.
        """
        writer = meeting.writer
        if writer is self:
            return []  # the decoder does not resolve a schema with itself: it saw what it sees
        both = Seen(
            seen,
            writer.seen(body),
            lambda: meeting.carriers()(body) if self._differ(writer) else seen,
            lambda: writer.written(body),
        )
        return notes_of(self.schema, writer.schema, (self.leaves, writer.leaves), meeting.pairing, both)

    def frame(self, encoding: Encoding, body: bytes, schema_id: int) -> bytes:
        """See `Payloads`."""
        if encoding == CONFLUENT:
            return wire.framed(schema_id, body)
        return self._single_object_mark + body if encoding == SINGLE_OBJECT else body

    @cached_property
    def _single_object_mark(self) -> bytes:
        return recursing(single_object.framed, self.schema, b"")

    def unframe(self, encoding: Encoding, data: bytes) -> tuple[int, bytes]:
        """See `Payloads`: the schema id, or the CRC-64-AVRO of the schema."""
        return wire.unframed(data) if encoding == CONFLUENT else single_object.unframed(data)

    def poison(self, body: bytes, schema_id: int, newer_id: int) -> Iterator[PoisonMessage]:
        """See `Payloads`: messages in Confluent's wire format."""
        return poison_of(self.schema, body, self.decode(body), schema_id, newer_id)

    def refusal(self, message: bytes, content_type: str, writer_of: Callable[[int], Payloads | None]) -> str | None:
        """See `Payloads`: a consumer that takes messages in Confluent's wire format."""
        if content_type != CONFLUENT.content_type:
            return f"the content type is {content_type}"
        try:
            schema_id, payload = wire.unframed(message)
        except PayloadError as error:
            return error.message
        writer = writer_of(schema_id)
        if writer is None:
            return f"no schema has the id {schema_id}"
        reading = self.read(writer, payload)
        return reading.said if reading.outcome is Outcome.REFUSED else None


@dataclass(frozen=True, slots=True)
class ObjectContainer:
    """See `evtcompat.formats.payloads.Container`: Avro's object container file, without compression."""

    schema: AvroSchema
    suffix: str = ".avro"

    def write(self, bodies: Iterable[bytes]) -> bytes:
        """See `Container`: the head has the schema as it is written, one of several documents as one document."""
        parsed(self.schema)
        written = recursing(written_out, self.schema) if self.schema.sources else self.schema.document.value
        marker = recursing(crc64, self.schema).to_bytes(8, "little") * 2
        return containers.written(one_line(written), marker, list(bodies))

    def read(self, data: bytes) -> list[bytes]:
        """See `Container`: by the schema in the head."""
        found: list[bytes] = []
        try:
            text, blocks = containers.held(data)
            writer = parse(Document(json_value(text)), NoReferences())  # type: ignore[arg-type]  # parsed JSON
            for block in blocks:
                found += recursing(binary.split, writer.root, block.load(), block.count)
        except (DamagedError, SchemaError, ValueError) as error:
            raise CodecError(str(error)) from error
        return found


def _kept(known: dict[bytes, _T], body: bytes, make: Callable[[], _T]) -> _T:
    """What is known of a payload, made where it is new; payloads come one after the other, so that few are kept."""
    if body not in known:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        known[body] = make()
    return known[body]


def _own(payloads: Payloads) -> AvroPayloads:
    if isinstance(payloads, AvroPayloads):
        return payloads
    message = f"payloads of Avro are needed, not {type(payloads).__name__}"
    raise TypeError(message)
