"""Payloads: written by `binary`, and read by fastavro."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any, Final

from evtcompat.formats.avro.canonical import identical
from evtcompat.formats.avro.limits import recursing
from evtcompat.formats.avro.payloads import binary
from evtcompat.formats.avro.payloads.decoder_errors import CodecError, NotAskedError
from evtcompat.formats.avro.payloads.fastavro_schemas import (
    CALLERS_NESTING,
    as_written,
    deeply,
    endless_record,
    otherwise,
    parsed,
    parsed_apart,
    said,
)
from evtcompat.formats.avro.refusals import refusals
from evtcompat.model.counts import counted

if TYPE_CHECKING:
    from evtcompat.formats.avro.payloads.datum import Datum
    from evtcompat.formats.avro.types import AvroSchema, Record

#: Of payloads, whose types may be recursive, so many bytes count as a level.
_BYTES_A_LEVEL: Final = 16


@lru_cache(maxsize=1)
def decoder_name() -> str:
    """The decoder and its version: ``fastavro 1.13``."""
    import fastavro

    return f"fastavro {'.'.join(fastavro.__version__.split('.')[:2])}"


def encode(schema: AvroSchema, datum: Datum) -> bytes:
    """The binary encoding of a datum (see `evtcompat.formats.avro.payloads.datum`).

    Raises:
        CodecError: The datum is not of the schema's type.
    """
    try:
        return binary.encode(schema.root, datum)
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        message = f"the value does not fit the schema: {error}"
        raise CodecError(message) from error


def decode(writer: AvroSchema, payload: bytes, reader: AvroSchema | None = None) -> Any:  # noqa: ANN401 - what was written
    """What fastavro reads from a payload: under the writer's schema, resolved to the reader's where one is given.

    Raises:
        CodecError: fastavro refuses the payload or one of the schemas.
    """
    return decoder(writer, reader)(payload)


def decoder(
    writer: AvroSchema, reader: AvroSchema | None = None, *, resolved: bool | None = None
) -> Callable[[bytes], Any]:
    """`decode` made ready for many payloads.

    Args:
        writer: The writer's schema.
        reader: The reader's.
        resolved: Whether fastavro is to resolve the two, which it does not where they are equal; found out by default.
            To be said of the carriers of two schemas, which have to be read as these are: it passes over defaults, too.

    Raises:
        CodecError: fastavro refuses one of the schemas. So does what is returned, of a payload.
    """
    read = _stream_decoder(writer, reader, resolved=resolved)
    endless = endless_record(writer)

    def decoded(payload: bytes) -> Any:  # noqa: ANN401 - what was written
        if endless is not None:
            _has_an_end(writer, payload, endless)
        source = io.BytesIO(payload)
        # a recursive type takes a byte for a level at least
        value = deeply(len(payload) // _BYTES_A_LEVEL, lambda: read(source))
        rest = len(payload) - source.tell()
        if rest:
            message = f"{counted(rest, 'byte is', 'bytes are')} left over after the value"
            raise CodecError(message)
        return value

    return decoded


def stream_decoder(
    writer: AvroSchema, reader: AvroSchema | None = None, *, resolved: bool | None = None
) -> Callable[[IO[bytes]], Any]:
    """What reads one value after the other from where a stream stands.

    It is not to be called where a value of an `endless_record` may stand: fastavro does not survive that, and where a
    value ends is known once it was read. `recorded.scanner` tells of a stream whether all of its values end.

    Args:
        writer: The writer's schema.
        reader: The reader's.
        resolved: See `decoder`.

    Raises:
        CodecError: fastavro refuses one of the schemas. So does what is returned, of a value.
    """
    return _stream_decoder(writer, reader, resolved=resolved)


def _stream_decoder(
    writer: AvroSchema, reader: AvroSchema | None, *, resolved: bool | None
) -> Callable[[IO[bytes]], Any]:
    import fastavro

    judged = resolved is not None
    if reader is not None and (recursing(identical, reader, writer) if resolved is None else not resolved):
        # fastavro does not resolve equal schemas; what it is given here differs, as the writer's defaults are left out.
        parsed(reader, judged=judged)
        reader = None
    theirs, levels = parsed(writer, defaults=False, beside=reader)
    ours, our_levels = parsed(reader, beside=writer, judged=judged) if reader else (None, 0)
    levels = max(levels, our_levels)
    if ours is not None and deeply(levels, lambda: ours == theirs):
        # The documents differ in what is not written out here; fastavro, which is given them as they are, resolves.
        ours = otherwise(ours)
    read = fastavro.schemaless_reader
    nested = levels > CALLERS_NESTING

    def decoded(source: IO[bytes]) -> Any:  # noqa: ANN401 - what was written
        try:
            if nested:
                return deeply(levels, lambda: read(source, theirs, ours))
            return read(source, theirs, ours)
        except Exception as error:  # a decoder may raise anything
            message = said(error)
            raise CodecError(message) from error

    return decoded


def _has_an_end(writer: AvroSchema, payload: bytes, endless: Record) -> None:
    """Nothing, if no value of the payload is one of a record without end.

    Raises:
        NotAskedError: One is.
        CodecError: The payload is damaged: what fastavro would make of the rest of it is not tried.
    """
    try:
        binary.decode(writer.root, payload)
    except RecursionError as error:
        message = f"a value of {endless.full} would hold another one without end, which fastavro does not survive"
        raise NotAskedError(message) from error
    except ValueError as error:
        raise CodecError(str(error)) from error


def decode_apart(writer: AvroSchema, payload: bytes, reader: AvroSchema) -> None:
    """Have fastavro read a payload with the documents as they are, the referenced ones given as named schemas.

    That is how Confluent's Python client hands them over; `decode` has one document with all definitions.

    Raises:
        NotAskedError: fastavro does not take the documents so.
        CodecError: It refuses the payload.
    """
    import fastavro

    read = fastavro.schemaless_reader
    try:
        theirs, ours = parsed_apart(writer), parsed_apart(reader)
        levels = theirs.levels + ours.levels
        deeply(levels, lambda: read(io.BytesIO(payload), theirs.form, None))
    except Exception as error:  # a decoder may raise anything
        raise NotAskedError(said(error)) from error
    try:
        deeply(levels, lambda: read(io.BytesIO(payload), theirs.form, ours.form))
    except Exception as error:  # a decoder may raise anything
        message = f"{said(error)} (with the referenced documents as named schemas)"
        raise CodecError(message) from error


def refused_as_written(schema: AvroSchema) -> str | None:
    """What fastavro says as it refuses the schema's documents as they are; ``None`` where it takes them.

    `decode` has them written out, so that an answer about values does not depend on what fastavro has against the way
    in which a schema is written. Where fastavro refuses what is written, such an answer is no evidence.
    """
    return as_written(schema).refused


def decode_as_written(writer: AvroSchema, payload: bytes, reader: AvroSchema | None = None) -> Any:  # noqa: ANN401 - what was written
    """What fastavro reads from a payload under the schema as it is written, resolved to the reader's as that is.

    Raises:
        NotAskedError: It refuses a schema, or is not given it.
        CodecError: It refuses the payload.
    """
    import fastavro

    theirs = as_written(writer)
    ours = None if reader is None or recursing(identical, reader, writer) else as_written(reader)
    for written in (theirs, ours):
        if written is not None and written.form is None:
            raise NotAskedError(written.refused or "the schema nests too deep")
    form: Any = theirs.form
    into: Any = None if ours is None else ours.form
    levels = theirs.levels + (0 if ours is None else ours.levels)
    if into is not None and deeply(levels, lambda: into == form):
        into = otherwise(into)  # the documents differ, in what fastavro makes one of
    try:
        return deeply(levels, lambda: fastavro.schemaless_reader(io.BytesIO(payload), form, into))
    except Exception as error:  # a decoder may raise anything
        raise CodecError(said(error)) from error


def objection(reader: AvroSchema, writer: AvroSchema) -> str | None:
    """What fastavro says against one of two schemas as it is written; ``None`` where it takes both."""
    for schema in (reader, writer):
        refused = refused_as_written(schema) if refusals(schema) else None
        if refused is not None:
            return f"the schema is refused: {refused}"
    return None


def unreadable(writer: AvroSchema, payload: bytes) -> str | None:
    """What fastavro says against a payload under the schema as it is written; ``None`` where it reads it."""
    if refusals(writer):
        try:
            decode_as_written(writer, payload)
        except CodecError as error:
            return error.message if error.refused else None
    return None
