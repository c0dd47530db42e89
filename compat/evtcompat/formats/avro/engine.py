"""The Avro engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evtcompat.formats.avro.answer import answer
from evtcompat.formats.avro.limits import recursing
from evtcompat.formats.avro.parse import parse
from evtcompat.formats.avro.types import AvroSchema
from evtcompat.formats.base import Settled

if TYPE_CHECKING:
    from evtcompat.formats.base import Options, Schema
    from evtcompat.model.mismatches import Mismatch, Relation


@dataclass(frozen=True, slots=True)
class AvroEngine:
    """Compares Avro schemas as the specification, a Confluent registry, and real decoders do."""

    parse = staticmethod(parse)

    def relation(self, reader: Schema, writer: Schema, options: Options) -> Relation:
        """What becomes of the writer's data in the reader.

        The registry verdict is what Avro Java's `SchemaCompatibility` answers; when it is incompatible, a mismatch of
        severity error says why. With `options.witnesses`, every mismatch about payloads carries a witness.
        """
        found = self.answer(reader, writer, options)
        return found.relation() if isinstance(found, Settled) else found

    def answer(self, reader: Schema, writer: Schema, options: Options) -> Relation | Settled:
        """The relation, or the verdict alone while the relation would only say why.

        With `options.witnesses` the relation: payloads and fixes are built from the documents, which are the caller's.
        """
        if type(reader) is AvroSchema and type(writer) is AvroSchema:
            found = answer(reader, writer, witnesses=options.witnesses)
        else:
            found = answer(_avro(reader), _avro(writer), witnesses=options.witnesses)
        return found.relation() if options.witnesses and isinstance(found, Settled) else found

    def lint(self, schema: Schema) -> tuple[Mismatch, ...]:
        """Findings about one schema alone: wrong defaults, illegal names, branches that share a name."""
        from evtcompat.formats.avro.lint import lint

        return recursing(lint, _avro(schema))

    def rejection(self, schema: Schema) -> str | None:
        """Why a Confluent registry would refuse to register this schema as invalid, or ``None``."""
        from evtcompat.formats.avro.lint import rejection

        return recursing(rejection, _avro(schema))


def _avro(schema: Schema) -> AvroSchema:
    if not isinstance(schema, AvroSchema):
        message = f"an Avro schema is needed, not {type(schema).__name__}"
        raise TypeError(message)
    return schema
