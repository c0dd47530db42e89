"""What real decoders do where it differs from the rules: models of Avro Java's and fastavro's resolution.

The registry's rules (Java's `SchemaCompatibility`) and the decoders disagree about aliases, namespaces and the choice
of union branches. These models follow the decoders' own algorithms, so that a pair is not called compatible when one of
them would fail. They are held against the real decoders in the tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.formats.avro.decoders.fastavro_resolver import FastavroResolver
from evtcompat.formats.avro.decoders.java_resolver import JavaResolver
from evtcompat.formats.avro.decoders.screening import EVERY, FASTAVRO, JAVA
from evtcompat.formats.avro.parts import definitions_apart

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from evtcompat.formats.avro.decoders.divergence import Divergence
    from evtcompat.formats.avro.types import AvroSchema


def divergences(reader: AvroSchema, writer: AvroSchema, asked: AbstractSet[str] = EVERY) -> list[Divergence]:
    """The first divergence of each decoder that is asked, and more where known, for a pair that the rules allow."""
    found = JavaResolver(reader, writer).found() if JAVA in asked else []
    if FASTAVRO in asked:
        found += _fastavro(reader, writer)
    return found


def _fastavro(reader: AvroSchema, writer: AvroSchema) -> list[Divergence]:
    found = FastavroResolver(reader, writer).found()
    if not found and _relative(reader):
        found = FastavroResolver(reader, writer, absolute=False).found()
    if not found and (reader.sources or writer.sources):
        ours, theirs = definitions_apart(reader), definitions_apart(writer)
        if ours is not None and theirs is not None:
            found = FastavroResolver(reader, writer, apart=(ours, theirs)).found()
    return found


def _relative(reader: AvroSchema) -> bool:
    """Whether a type has an alias that its document does not write in full."""
    if not reader.aliased:
        return False
    return any(named.aliases and list(named.aliases) != named.raw["aliases"] for named in reader.names.values())
