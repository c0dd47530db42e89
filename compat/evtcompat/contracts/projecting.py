"""A list of paths as a reader schema, with the types of the version that it was written against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evtcompat.dataclasses import replace
from evtcompat.errors import SchemaError, UncheckedError
from evtcompat.model.documents import Document
from evtcompat.model.histories import Version
from evtcompat.model.places import Place

if TYPE_CHECKING:
    from evtcompat.formats.base import SchemaFormat
    from evtcompat.formats.projections import Need, Projection
    from evtcompat.payloads.matrix import Subject


def projection_of(schema_format: SchemaFormat) -> Projection:
    """What a format knows about the parts of an event.

    Raises:
        UncheckedError: Nothing.
    """
    if schema_format.projection is None:
        message = f"{schema_format.title} has no paths: a list of them is no reader"
        raise UncheckedError(message, hint="Write the reader as a schema: `schema` instead of `needs`.")
    return schema_format.projection


def projected(subject: Subject, version: Version, needs: Sequence[Need], place: Place) -> Version:
    """A reader that asks for parts of an event, with the types of a version.

    Args:
        subject: The subject.
        version: Of the subject.
        needs: The parts.
        place: Where they are listed.

    Raises:
        SchemaError: The version describes no such part, or is no schema.
    """
    schema = subject.format.parse(version.document, version.references)
    try:
        value = projection_of(subject.format).project(schema, needs)
    except SchemaError as error:
        origin = version.document.origin
        message = f"{error.message}{f' {origin}' if origin else ''}"
        raise SchemaError(message, place=replace(place, pointer=""), hint=error.hint) from error
    return Version(Document(value, place.origin))
