"""What is read of AsyncAPI documents: the payload of each message, and its headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from evtcompat.containers.asyncapi.interface import entries_of
from evtcompat.containers.asyncapi.roles import owners_of
from evtcompat.containers.asyncapi.traits import with_traits
from evtcompat.containers.bundling import bundled, unread
from evtcompat.containers.cloudevents import stated_in_headers
from evtcompat.containers.loading import Notation, notation
from evtcompat.containers.located import Files, Located
from evtcompat.errors import UncheckedError
from evtcompat.formats.containers import Contained, Contents, headers_of
from evtcompat.formats.loading import built_in, by_file_name
from evtcompat.syntax.excerpts import excerpt, place_in

if TYPE_CHECKING:
    from evtcompat.containers.asyncapi.messages import Message
    from evtcompat.containers.cloudevents import Stated
    from evtcompat.formats.base import SchemaFormat
    from evtcompat.model.documents import Document
    from evtcompat.model.json_types import JSON
    from evtcompat.model.owners import Owners


def contents_of(
    files: Files, messages: Sequence[Message], problems: Mapping[str, UncheckedError] | None = None
) -> Contents:
    """The payloads of messages of a document, and their headers as ``NAME.headers``.

    Args:
        files: The document, and what it refers to.
        messages: The messages.
        problems: What of it could not be read, by name.
    """
    return _Reading(files, problems or {}).contents(messages)


class _Reading:
    def __init__(self, files: Files, problems: Mapping[str, UncheckedError]) -> None:
        self._files = files
        value = files.root.document.value
        self._traits_win = isinstance(value, dict) and str(value.get("asyncapi")).startswith("2.")
        self._schemas: list[Contained] = []
        self._problems = dict(problems)
        self._signs: dict[str, str] = {}
        self._skipped: list[str] = []

    def contents(self, messages: Sequence[Message]) -> Contents:
        owners = owners_of(self._files, messages)
        for message in messages:
            own = owners.get(message.name)
            headers = self._headers(message, own)
            payload = message.value.member("payload")
            if payload is None:
                self._skipped.append(f"message {message.name} has no payload")
            else:
                media_type = message.value.text("schemaFormat")
                self._schemas += self._contained(message, payload, media_type, own, *(one.document for one in headers))
            self._schemas += headers
        entries = entries_of(self._files, messages)
        return Contents(tuple(self._schemas), self._problems, entries, tuple(self._skipped), signs=self._signs)

    def _headers(self, message: Message, owners: Owners | None) -> list[Contained]:
        """The headers of a message, where it describes any that can be read."""
        event = message._replace(name=headers_of(message.name), sign=headers_of(message.sign))
        try:
            headers = with_traits(self._files, message.value, "headers", traits_win=self._traits_win)
        except UncheckedError as error:
            self._problems[event.name], self._signs[event.name] = error, event.sign
            return []
        return [] if headers is None else self._contained(event, headers, None, owners)

    def _contained(
        self,
        event: Message,
        schema: Located,
        media_type: str | None,
        owners: Owners | None,
        headers: Document | None = None,
    ) -> list[Contained]:
        try:
            schema_format, document = self._read(event.name, schema, media_type, headers)
        except UncheckedError as error:
            self._problems[event.name], self._signs[event.name] = error, event.sign
            return []
        return [Contained(event.name, schema_format, document, owners=owners, sign=event.sign)]

    def _read(
        self, name: str, schema: Located, media_type: str | None, headers: Document | None
    ) -> tuple[SchemaFormat, Document]:
        """The schema as a document that stands alone.

        Args:
            name: What it is called.
            schema: Where it stands.
            media_type: What it is said to be written in.
            headers: The schema of the headers beside it.

        Raises:
            UncheckedError: It is written in another language, or refers to what is not there.
        """
        named = schema.member("schema")
        if schema.text("schemaFormat") is not None and named is not None:  # a Multi Format Schema Object of 3.x
            schema, media_type = named, schema.text("schemaFormat")
        found = self._in_a_file(schema, media_type)
        if found is not None:
            return found
        schema = self._files.resolved(schema)
        inner = schema.member("schema")
        if schema.text("schemaFormat") is not None and inner is not None:
            return self._read(name, inner, schema.text("schemaFormat"), headers)
        told = _notation(schema, media_type)
        if told.dialect is not None:
            return told.format, bundled(self._files, schema, told.dialect, name, stated=_stated(headers, schema))
        whole = schema.file.document
        return told.format, excerpt(whole, _with_floats(schema.value), {"": schema.pointer})

    def _in_a_file(self, schema: Located, media_type: str | None) -> tuple[SchemaFormat, Document] | None:
        """The schema of a file of its own, whose name tells the language; ``None`` where it is no reference to one."""
        address = schema.reference
        told = None if address is None or "#" in address else by_file_name(address)
        if address is None or told is None:
            return None
        if media_type is not None and _notation(schema, media_type).format is not told:
            message = f"schemaFormat says {media_type}, and {address} is {told.noun}"
            raise unread(schema, message, "Let schemaFormat say what the file is.")
        source = self._files.source(schema, address)
        if source is None:
            self._files.target(schema, address)
            message = "a reference to a file that is not there"
            raise AssertionError(message)
        return told, told.read(source.text, source.origin, name=source.path, base_uri=source.base_uri)


def _stated(headers: Document | None, payload: Located) -> Stated | None:
    """What headers say that the payload beside them is, at a place of the payload's document."""
    stated = None if headers is None else stated_in_headers(headers.value)
    if stated is None or headers is None:
        return None
    same = headers.within is not None and headers.within.whole is payload.file.document
    within = headers.within if same else None
    return stated._replace(pointer=payload.pointer if within is None else place_in(within.places, stated.pointer))


def _notation(schema: Located, media_type: str | None) -> Notation:
    told = notation(media_type)
    if told is None:
        message = f"the payload is written in {media_type}, which evtcompat does not read"
        known = " and ".join(one.title for one in built_in())
        raise unread(schema, message, f"evtcompat checks {known}; the rest of the document is checked.")
    return told


def _with_floats(value: JSON) -> JSON:
    """The value with fractions as a format has them that does not read numbers exactly."""
    if isinstance(value, dict):
        return {name: _with_floats(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with_floats(inner) for inner in value]
    return float(value) if isinstance(value, Decimal) else value
