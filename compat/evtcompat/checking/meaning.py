"""Whether two contents of a subject are one version: by what they say, and by what they take from other documents."""

from __future__ import annotations

from evtcompat.checking.parsing import same_content
from evtcompat.errors import EvtcompatError
from evtcompat.formats.base import SchemaFormat
from evtcompat.model.canonical import content_hash
from evtcompat.model.histories import Version


def meaning(version: Version, schema_format: SchemaFormat) -> str:
    """The same for two versions that say the same, and that take the same from the documents that they refer to.

    Of a version that cannot be parsed only what it says itself counts.
    """
    written = None if version.written is None else version.written.value
    drawn: object = None
    if schema_format.names(version.document).used:
        try:
            drawn = schema_format.drawn(schema_format.parse(version.document, version.references))
        except EvtcompatError:  # told where it is compared
            drawn = None
    return content_hash([version.document.value, written, drawn])


def same_meaning(one: Version, other: Version, schema_format: SchemaFormat) -> bool:
    """Whether that is the same for two versions."""
    return same_content(one, other) and meaning(one, schema_format) == meaning(other, schema_format)
