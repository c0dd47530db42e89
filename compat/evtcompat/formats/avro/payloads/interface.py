"""The payloads of an Avro schema behind the interface that all formats share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Final, TypeAlias

from evtcompat.formats import wire
from evtcompat.formats.avro.canonical import content_hash
from evtcompat.formats.avro.limits import recursing
from evtcompat.formats.avro.payloads import binary, codec, single_object
from evtcompat.formats.avro.payloads.carriers import LeafDecoder, carriers_of
from evtcompat.formats.avro.payloads.decoder_errors import CodecError
from evtcompat.formats.avro.payloads.encodings import CONFLUENT, SINGLE_OBJECT
from evtcompat.formats.avro.payloads.notes import notes_of
from evtcompat.formats.avro.payloads.poison import poison_of
from evtcompat.formats.avro.payloads.values import cover
from evtcompat.formats.avro.refusals import refusals
from evtcompat.formats.avro.types import AvroSchema, Record
from evtcompat.formats.encodings import Encoding
from evtcompat.formats.payloads import Container, Generated, PayloadError, Payloads, PoisonMessage
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

_Readers: TypeAlias = tuple[Callable[[bytes], Any], Callable[[bytes], Any]]


@dataclass(frozen=True)
class AvroPayloads:
    """See `evtcompat.formats.payloads.Payloads`; the decoder is fastavro."""

    schema: AvroSchema
    _leaves: LeafDecoder = field(default_factory=LeafDecoder)
    #: By the id of a writer, which is kept so that no other gets its id.
    _readers: dict[int, tuple[AvroPayloads, _Readers]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def content(self) -> str:
        """SHA-256 of what takes part in decoding."""
        return recursing(content_hash, self.schema)

    @cached_property
    def container(self) -> Container:
        """An object container file."""
        return ObjectContainer(self.schema)

    def generate(self, seed: int) -> list[Generated]:
        """See `Payloads`: places are told from the root record on."""
        root = self.schema.root
        prefix = f"{root.short}." if isinstance(root, Record) else ""
        found = []
        for labelled in recursing(lambda: cover(self.schema, seed)):
            label = re.sub(r"^\d+: ", "", labelled.label.replace(f": {prefix}", ": ", 1))
            covers = tuple(one.removeprefix(prefix) for one in labelled.covers)
            body = recursing(partial(codec.encode, self.schema, labelled.datum))
            found.append(Generated(label, covers, body))
        return found

    def decode(self, body: bytes) -> object:
        """See `Payloads`: what fastavro reads with the writer's own schema."""
        return recursing(view, codec.decode(self.schema, body))

    def read(self, writer: Payloads, body: bytes) -> Reading:
        """See `Payloads`: what fastavro reads, and in what it differs from what was written."""
        theirs = _own(writer)
        refused = self._refused(theirs, body)
        if refused is not None:
            return Reading(Outcome.REFUSED, None, refused)
        try:
            readers = self._readers_of(theirs)
            seen = readers[0](body)
            carriers = readers[1](body) if self._differ(theirs) else seen
        except CodecError as error:
            if not error.refused:
                raise
            return Reading(Outcome.REFUSED, None, error.message)
        notes = recursing(lambda: self._notes(theirs, carriers, body))
        outcome = max((_OF_NOTE[note.kind] for note in notes), key=lambda one: one.weight, default=Outcome.OK)
        return Reading(outcome, recursing(view, seen), "", tuple(notes[:_MOST_NOTES]))

    def _readers_of(self, writer: AvroPayloads) -> _Readers:
        """What reads a writer's payloads as they are, and with logical types left out.

        Raises:
            CodecError: fastavro refuses one of the schemas.
        """
        known = self._readers.get(id(writer))
        if known is None or known[0] is not writer:
            read = codec.decoder(writer.schema, self.schema)
            carriers = codec.decoder(writer.carriers, self.carriers) if self._differ(writer) else read
            known = self._readers[id(writer)] = (writer, (read, carriers))
        return known[1]

    def _refused(self, writer: AvroPayloads, body: bytes) -> str | None:
        """What fastavro says against one of the schemas as it is written, or against the writer's values."""
        for schema in (self.schema, writer.schema):
            if not refusals(schema):
                continue
            refused = codec.refused_as_written(schema)
            if refused is not None:
                return f"the schema is refused: {refused}"
        if refusals(writer.schema):
            try:
                codec.decode_as_written(writer.schema, body)
            except CodecError as error:
                return error.message if error.refused else None
        return None

    @cached_property
    def carriers(self) -> AvroSchema:
        """The schema without logical types."""
        return recursing(carriers_of, self.schema)

    def _differ(self, writer: AvroPayloads) -> bool:
        """Whether one of the two schemas has logical types."""
        return self.carriers is not self.schema or writer.carriers is not writer.schema

    def _notes(self, writer: AvroPayloads, carriers: object, body: bytes) -> list[Note]:
        datum = binary.decode(writer.schema.root, body)
        leaves = (self._leaves, writer._leaves)
        return notes_of(self.schema, writer.schema, leaves, carriers, datum)

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
        """See `Container`."""
        data = [recursing(binary.decode, self.schema.root, body) for body in bodies]
        return codec.write_container(self.schema, data)

    def read(self, data: bytes) -> list[object]:
        """See `Container`."""
        return [recursing(view, value) for value in codec.read_container(data, self.schema)]


def _own(payloads: Payloads) -> AvroPayloads:
    if isinstance(payloads, AvroPayloads):
        return payloads
    message = f"payloads of Avro are needed, not {type(payloads).__name__}"
    raise TypeError(message)
