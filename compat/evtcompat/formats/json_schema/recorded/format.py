"""Recorded JSON events behind the interface that all formats share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.recorded.opened import JsonOpened
from evtcompat.formats.json_schema.recorded.reading import JsonReading
from evtcompat.formats.json_schema.recorded.text import parsed
from evtcompat.formats.recorded import DamagedError, EventFiles, Framing
from evtcompat.model.canonical import content_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evtcompat.formats import base
    from evtcompat.formats.recorded import Opened, Reading
    from evtcompat.model.findings import Finding


class JsonRecorded:
    """See `evtcompat.formats.recorded.RecordedFormat`."""

    files: tuple[EventFiles, ...] = ()
    framings: tuple[Framing, ...] = ()
    self_describing: bool = True

    def is_event(self, payload: bytes) -> bool:
        """See `RecordedFormat`: an object, list or string of JSON."""
        if payload.lstrip()[:1] not in (b"{", b"[", b'"'):
            return False
        try:
            parsed(payload)
        except DamagedError:
            return False
        return True

    def fingerprints(self, schema: base.Schema) -> tuple[str, ...]:  # noqa: ARG002 - of the protocol
        """See `RecordedFormat`: none of its framings names a schema by what it says."""
        return ()

    def names(self, schema: base.Schema) -> frozenset[str]:  # noqa: ARG002 - of the protocol
        """See `RecordedFormat`: an event does not tell what it is."""
        return frozenset()

    def content(self, schema: base.Schema) -> str:
        """See `RecordedFormat`: of the document and of those that it refers to."""
        own = _own(schema)
        return content_hash([own.value, *(own.documents[origin].value for origin in sorted(own.documents))])

    def reading(
        self,
        reader: base.Schema,
        writer: base.Schema | None,  # noqa: ARG002 - a text is opened, whoever wrote it
        findings: Sequence[Finding],
        options: base.Options,
        *,
        sure: bool,  # noqa: ARG002 - nothing is concluded from the check
    ) -> Reading:
        """See `RecordedFormat`."""
        own = Options.of(options)
        return JsonReading(_own(reader), own.policy, own.assert_formats, findings)

    def opened(self, schema: base.Schema, options: base.Options) -> Opened:  # noqa: ARG002 - of the protocol
        """See `RecordedFormat`."""
        return JsonOpened(_own(schema))


def _own(schema: base.Schema) -> Schema:
    if isinstance(schema, Schema):
        return schema
    message = f"a JSON Schema is needed, not {type(schema).__name__}"
    raise TypeError(message)


RECORDED: Final = JsonRecorded()
