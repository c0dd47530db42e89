"""What real decoders do where it differs from the rules: models of Avro Java's and fastavro's resolution.

The registry's rules (Java's `SchemaCompatibility`) and the decoders disagree about aliases, namespaces and the choice
of union branches. These models follow the decoders' own algorithms, so that a pair is not called compatible when one of
them would fail. They are held against the real decoders in the tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.avro.decoders.fastavro_resolver import FastavroResolver
from evtcompat.avro.decoders.java_resolver import JavaResolver

if TYPE_CHECKING:
    from evtcompat.avro.decoders.trouble import Trouble
    from evtcompat.avro.types import AvroSchema


def troubles(reader: AvroSchema, writer: AvroSchema) -> list[Trouble]:
    """The first trouble of each decoder, and more where they are known, for a pair that the rules allow."""
    return [*JavaResolver(reader, writer).found(), *FastavroResolver(reader, writer).found()]
