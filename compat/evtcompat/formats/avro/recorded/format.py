"""Recorded Avro events behind the interface that all formats share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.canonical import content_hash, crc64
from evtcompat.formats.avro.limits import recursing
from evtcompat.formats.avro.payloads import single_object
from evtcompat.formats.avro.payloads.containers import ContainerFiles
from evtcompat.formats.avro.recorded.opened import AvroOpened
from evtcompat.formats.avro.recorded.reading import reading_of
from evtcompat.formats.avro.types import NAMED, AvroSchema
from evtcompat.formats.recorded import DamagedError, EventFiles, Framing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evtcompat.formats.base import Options, Schema
    from evtcompat.formats.recorded import Opened, Reading
    from evtcompat.model.findings import Finding


def _fingerprint(header: bytes) -> str:
    return f"{single_object.unframed(header)[0]:016x}"


#: The specification's "Single-object encoding": a marker, the CRC-64-AVRO of the writer's schema, the payload.
SINGLE_OBJECT: Final = Framing(
    "single-object", single_object.MARKER, single_object.HEADER, _fingerprint, "[0-9a-f]{16}"
)


class AvroRecorded:
    """See `evtcompat.formats.recorded.RecordedFormat`."""

    files: tuple[EventFiles, ...] = (ContainerFiles(),)
    framings: tuple[Framing, ...] = (SINGLE_OBJECT,)
    self_describing: bool = False

    def is_event(self, payload: bytes) -> bool:  # noqa: ARG002 - of the protocol
        """See `RecordedFormat`: bytes tell nothing without their schema."""
        return False

    def fingerprints(self, schema: Schema) -> tuple[str, ...]:
        """See `RecordedFormat`."""
        return (f"{recursing(crc64, _own(schema)):016x}",)

    def names(self, schema: Schema) -> frozenset[str]:
        """See `RecordedFormat`: the full name of the outermost type, and its aliases."""
        root = _own(schema).root
        return frozenset({root.full, *root.aliases}) if isinstance(root, NAMED) else frozenset()

    def content(self, schema: Schema) -> str:
        """See `RecordedFormat`."""
        return recursing(content_hash, _own(schema))

    def reading(
        self,
        reader: Schema,
        writer: Schema | None,
        findings: Sequence[Finding],
        options: Options,  # noqa: ARG002 - of the protocol
        *,
        sure: bool,
    ) -> Reading:
        """See `RecordedFormat`."""
        if writer is None:
            message = "an event of Avro cannot be read without its writer's schema"
            raise DamagedError(message)
        return recursing(reading_of, _own(reader), _own(writer), findings, sure=sure)

    def opened(self, schema: Schema, options: Options) -> Opened:  # noqa: ARG002 - of the protocol
        """See `RecordedFormat`."""
        return AvroOpened(_own(schema))


def _own(schema: Schema) -> AvroSchema:
    if isinstance(schema, AvroSchema):
        return schema
    message = f"an Avro schema is needed, not {type(schema).__name__}"
    raise TypeError(message)


RECORDED: Final = AvroRecorded()
