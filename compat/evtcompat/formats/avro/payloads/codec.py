"""Bytes as fastavro reads and writes them: payloads and object container files.

The one module that imports fastavro. Schemas reach it written out (`canonical.written_out`), so that
it never meets a construct that makes it fail for reasons of its own, and never anything deeper than it can bear.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from evtcompat.errors import SchemaError
from evtcompat.formats.avro.canonical import ROOT_SPACE, crc64, identical, mix_spaces, written_out
from evtcompat.formats.avro.limits import nesting, recursing
from evtcompat.formats.avro.parts import reachable
from evtcompat.formats.avro.payloads import binary
from evtcompat.formats.avro.payloads.datum import fastavro_form
from evtcompat.formats.avro.payloads.decoder_errors import CodecError, NotAskedError, with_names
from evtcompat.formats.avro.refusals import refusals
from evtcompat.formats.avro.types import AvroSchema, Record
from evtcompat.syntax import deep

if TYPE_CHECKING:
    from evtcompat.formats.avro.payloads.datum import Datum
    from evtcompat.model.documents import Document
    from evtcompat.model.json_types import JSON

_T = TypeVar("_T")

#: The nesting of a schema beyond which fastavro is called on a stack of its own: it recurses on the C stack without a
#: check, at less than a kilobyte a level.
CALLERS_NESTING: Final = 256
#: The nesting of a schema, written out with all that it refers to, beyond which fastavro is not called.
SAFE_NESTING: Final = 5_000
#: Of payloads, whose types may be recursive, so many bytes count as a level.
_BYTES_A_LEVEL: Final = 16
#: What fastavro calls the bytes that it reads.
_SOURCE: Final = re.compile(r"<_io\.BytesIO object at 0x[0-9a-fA-F]+>")
#: Where fastavro keeps the named types of a schema that it has parsed.
_NAMED_TYPES: Final = "__named_schemas"
#: Keys of a field that fastavro puts first, in the order in which a set of them happens to be.
_UNORDERED: Final = ("doc", "default", "order", "aliases")


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


def decoder(writer: AvroSchema, reader: AvroSchema | None = None) -> Callable[[bytes], Any]:
    """`decode` made ready for many payloads.

    Raises:
        CodecError: fastavro refuses one of the schemas. So does what is returned, of a payload.
    """
    read = _stream_decoder(writer, reader)
    endless = _endless(writer)

    def decoded(payload: bytes) -> Any:  # noqa: ANN401 - what was written
        if endless is not None:
            _has_an_end(writer, payload, endless)
        source = io.BytesIO(payload)
        # a recursive type takes a byte for a level at least
        value = _deeply(len(payload) // _BYTES_A_LEVEL, lambda: read(source))
        rest = len(payload) - source.tell()
        if rest:
            message = f"{rest} bytes are left over after the value"
            raise CodecError(message)
        return value

    return decoded


def stream_decoder(
    writer: AvroSchema, reader: AvroSchema | None = None, *, branches: bool = False
) -> Callable[[IO[bytes]], Any]:
    """What reads one value after the other from where a stream stands.

    Args:
        writer: The writer's schema.
        reader: The reader's.
        branches: A record that is one of several in a union is read as ``(full name, value)``.

    Raises:
        CodecError: fastavro refuses one of the schemas. So does what is returned, of a value.
    """
    endless = _endless(writer)
    if endless is not None:  # where a value ends is known once it was read
        raise _not_survived(endless)
    return _stream_decoder(writer, reader, branches=branches)


def _stream_decoder(
    writer: AvroSchema, reader: AvroSchema | None = None, *, branches: bool = False
) -> Callable[[IO[bytes]], Any]:
    import fastavro

    if reader is not None and recursing(identical, reader, writer):
        # fastavro does not resolve equal schemas; what it is given here differs, as the writer's defaults are left out.
        _ready(reader)
        reader = None
    theirs, levels = _ready(writer, defaults=False, beside=reader)
    ours, our_levels = _ready(reader, beside=writer) if reader else (None, 0)
    levels = max(levels, our_levels)
    if ours is not None and _deeply(levels, lambda: ours == theirs):
        # The documents differ in what is not written out here; fastavro, which is given them as they are, resolves.
        ours = _otherwise(ours)
    read = fastavro.schemaless_reader
    nested = levels > CALLERS_NESTING
    options: dict[str, Any] = {"return_record_name": True, "return_record_name_override": True} if branches else {}

    def decoded(source: IO[bytes]) -> Any:  # noqa: ANN401 - what was written
        try:
            if nested:
                return _deeply(levels, lambda: read(source, theirs, ours, **options))
            return read(source, theirs, ours, **options)
        except Exception as error:  # a decoder may raise anything
            message = _said(error)
            raise CodecError(message) from error

    return decoded


def _has_an_end(writer: AvroSchema, payload: bytes, endless: Record) -> None:
    """Nothing, if no value of the payload is one of a record without end.

    Raises:
        NotAskedError: One is, or the payload is damaged.
    """
    try:
        binary.decode(writer.root, payload)
    except (ValueError, RecursionError) as error:
        raise _not_survived(endless) from error


def _not_survived(endless: Record) -> NotAskedError:
    message = f"a value of {endless.full} would hold another one without end, which fastavro does not survive"
    return NotAskedError(message)


def _endless(schema: AvroSchema) -> Record | None:
    """A record that holds itself in fields alone, so that no byte of a payload ends the reading of it."""
    forms = _forms(schema)
    if forms.endless is None:
        forms.endless = (_without_end(schema),)
    return forms.endless[0]


def _without_end(schema: AvroSchema) -> Record | None:
    records = [part for part in reachable(schema.root) if isinstance(part, Record)]
    left = {id(one): sum(isinstance(field.type, Record) for field in one.fields) for one in records}
    around: dict[int, list[Record]] = {}
    for one in records:
        for field in one.fields:
            if isinstance(field.type, Record):
                around.setdefault(id(field.type), []).append(one)
    ended = [one for one in records if not left[id(one)]]
    while ended:  # what is left in the end holds something that is left
        one = ended.pop()
        del left[id(one)]
        for outer in around.get(id(one), ()):
            left[id(outer)] -= 1
            if not left[id(outer)]:
                ended.append(outer)
    return next((one for one in records if id(one) in left), None)


def decode_apart(writer: AvroSchema, payload: bytes, reader: AvroSchema) -> None:
    """Have fastavro read a payload with the documents as they are, the referenced ones given as named schemas.

    That is how Confluent's Python client hands them over; `decode` has one document with all definitions.

    Raises:
        NotAskedError: fastavro does not take the documents so.
        CodecError: It refuses the payload.
    """
    import fastavro

    documents = _documents(writer), _documents(reader)
    levels = _bearable(*[document.value for document in (*documents[0], *documents[1])])
    read = fastavro.schemaless_reader
    try:
        theirs, ours = (_deeply(levels, partial(_apart, one)) for one in documents)
        _deeply(levels, lambda: read(io.BytesIO(payload), theirs, None))
    except Exception as error:  # a decoder may raise anything
        raise NotAskedError(_said(error)) from error
    try:
        _deeply(levels, lambda: read(io.BytesIO(payload), theirs, ours))
    except Exception as error:  # a decoder may raise anything
        message = f"{_said(error)} (with the referenced documents as named schemas)"
        raise CodecError(message) from error


class _AsWritten(NamedTuple):
    """What fastavro makes of the documents of a schema as they are."""

    #: Its own form; ``None`` where it refuses them, or was not asked.
    form: object = None
    #: What it says as it refuses them.
    refused: str | None = None
    #: How deep they nest, all together.
    levels: int = 0


def refused_as_written(schema: AvroSchema) -> str | None:
    """What fastavro says as it refuses the schema's documents as they are; ``None`` where it takes them.

    `decode` has them written out, so that an answer about values does not depend on what fastavro has against the way
    in which a schema is written. Where fastavro refuses what is written, such an answer is no evidence.
    """
    return _as_written(schema).refused


def decode_as_written(writer: AvroSchema, payload: bytes) -> None:
    """Have fastavro read a payload under the schema as it is written.

    Raises:
        NotAskedError: It refuses the schema, or is not given it.
        CodecError: It refuses the payload.
    """
    import fastavro

    written = _as_written(writer)
    if written.form is None:
        raise NotAskedError(written.refused or "the schema nests too deep")
    form: Any = written.form
    try:
        _deeply(written.levels, lambda: fastavro.schemaless_reader(io.BytesIO(payload), form, None))
    except Exception as error:  # a decoder may raise anything
        raise CodecError(_said(error)) from error


def _as_written(schema: AvroSchema) -> _AsWritten:
    """See `_AsWritten`; found once for a schema.

    Documents that refer to each other are given one after the other, as named schemas. Not all that belong together can
    be: of them only what is wrong in each by itself counts.
    """
    forms = _forms(schema)
    if forms.as_written is None:
        forms.as_written = _looked_at_as_written(schema)
    return forms.as_written


def _looked_at_as_written(schema: AvroSchema) -> _AsWritten:
    documents = _documents(schema)
    try:
        levels = _bearable(*[document.value for document in documents])
        return _AsWritten(_deeply(levels, lambda: _apart(documents)), levels=levels)
    except NotAskedError:
        return _AsWritten()
    except Exception as error:  # noqa: BLE001 - a decoder may raise anything
        certain = len(documents) == 1 or bool(refusals(schema))
        return _AsWritten(refused=_said(error) if certain else None)


def write_container(schema: AvroSchema, data: Iterable[Datum]) -> bytes:
    """An object container file (codec ``null``) with the given data; byte-stable for the same input."""
    import fastavro

    out = io.BytesIO()
    marker = recursing(crc64, schema).to_bytes(8, "little") * 2
    form, levels = _ready(schema)
    ready = recursing(_ordered, form)
    values = [recursing(fastavro_form, schema.root, datum) for datum in data]
    _deeply(levels, lambda: fastavro.writer(out, ready, values, sync_marker=marker))
    return out.getvalue()


def _ordered(ready: Any) -> Any:  # noqa: ANN401 - fastavro's own form
    """The same form with the keys of fields in one order, which becomes that of the file's header."""
    if isinstance(ready, list):
        return [_ordered(branch) for branch in ready]
    if not isinstance(ready, dict):
        return ready
    inner = {key: _ordered(ready[key]) for key in ("type", "items", "values", "fields") if key in ready}
    first = {key: ready[key] for key in _UNORDERED if key in ready and len(ready.keys() & {*_UNORDERED}) > 1}
    return {**first, **{key: inner.get(key, value) for key, value in ready.items() if key not in first}}


def read_container(content: bytes, reader: AvroSchema | None = None) -> list[Any]:
    """The values of an object container file, resolved to the reader's schema where one is given.

    Raises:
        CodecError: It is no container file, or fastavro refuses a value.
    """
    import fastavro

    ready, levels = _ready(reader) if reader else (None, 0)
    try:
        return _deeply(levels, lambda: list(fastavro.reader(io.BytesIO(content), ready)))
    except Exception as error:  # a decoder may raise anything
        message = _said(error)
        raise CodecError(message) from error


class _Ready(NamedTuple):
    """A schema as fastavro has parsed it."""

    #: Its own form.
    form: Any
    #: How deep the schema nests.
    levels: int


class _Forms:
    """What fastavro has made of a schema, and what has to be known before it is asked; each is found once.

    Attributes:
        ready: The schema as it has parsed it: with defaults or without, and with namespaces that stand in for none.
        as_written: What it says of the documents as they are.
        endless: What `_without_end` has found.
        mixes_spaces: What `mix_spaces` says.
    """

    __slots__ = ("as_written", "endless", "mixes_spaces", "ready")

    def __init__(self) -> None:
        self.ready: dict[tuple[bool, bool], _Ready] = {}
        self.as_written: _AsWritten | None = None
        self.endless: tuple[Record | None] | None = None
        self.mixes_spaces: bool | None = None


def _forms(schema: AvroSchema) -> _Forms:
    if not isinstance(schema.forms, _Forms):
        schema.forms = _Forms()
    return schema.forms


def _ready(schema: AvroSchema, *, defaults: bool = True, beside: AvroSchema | None = None) -> _Ready:
    """The schema as fastavro has parsed it, refused when it nests too deep for any stack; made once for a schema.

    `beside` is the other side of a resolution.
    """
    import fastavro

    namespaced = _mixes_spaces(schema) or (beside is not None and _mixes_spaces(beside))
    key = defaults, namespaced
    forms = _forms(schema)
    ready = forms.ready.get(key)
    if ready is None:
        written: Any = recursing(lambda: written_out(schema, defaults=defaults, namespaced=namespaced))
        levels = _bearable(written)
        try:
            ready = _Ready(_names_once(_deeply(levels, lambda: fastavro.parse_schema(written))), levels)
        except Exception as error:  # a decoder may raise anything
            message = f"the schema is refused: {_said(error)}"
            raise CodecError(message) from error
        forms.ready[key] = ready
    return ready


def _mixes_spaces(schema: AvroSchema) -> bool:
    """What `mix_spaces` says of the schema, found out once."""
    forms = _forms(schema)
    if forms.mixes_spaces is None:
        forms.mixes_spaces = mix_spaces(schema)
    return forms.mixes_spaces


def _names_once(form: Any) -> Any:  # noqa: ANN401 - fastavro's own form
    """The same form, in which one branch of a union at the root, and not each, holds all named types.

    Of a union of hundreds a message that quotes it is else as long as the square of that.
    """
    if not isinstance(form, list):
        return form
    once: list[Any] = []
    named = False
    for branch in form:
        holds = isinstance(branch, dict) and _NAMED_TYPES in branch
        once.append(branch | {_NAMED_TYPES: {}} if holds and named else branch)
        named = named or holds
    return once


def _bearable(*written: JSON) -> int:
    """How deep schemas that belong together nest, at most.

    Raises:
        NotAskedError: Too deep for fastavro.
    """
    try:
        levels = sum(nesting(one, most=SAFE_NESTING) for one in written)
    except SchemaError:
        levels = SAFE_NESTING + 1
    if levels > SAFE_NESTING:
        message = f"the schema nests deeper than {SAFE_NESTING}, which fastavro is not given"
        raise NotAskedError(message)
    return levels


def _deeply(levels: int, function: Callable[[], _T]) -> _T:
    """What fastavro answers, on a stack of its own where the caller's may not be enough for such nesting."""
    return deep.run(levels, function) if levels > CALLERS_NESTING else function()


def _documents(schema: AvroSchema) -> list[Document]:
    """The documents that a schema refers to, each once, and its own, the last."""
    return [*{id(document): document for document in schema.sources.values()}.values(), schema.document]


def _apart(documents: list[Document]) -> Any:  # noqa: ANN401 - fastavro's own form
    """The last of the documents as fastavro has parsed it, after those that it refers to."""
    import fastavro

    named: dict[str, Any] = {}
    ready: Any = None
    for document in documents:
        ready = fastavro.parse_schema(document.value, named_schemas=named)  # type: ignore[arg-type]  # a schema by now
    return ready


def _otherwise(ready: Any) -> Any:  # noqa: ANN401 - fastavro's own form
    """The same schema as another document."""
    if isinstance(ready, list):
        # A name stays as it is; what it means is defined in a branch before it.
        at = next((index for index, branch in enumerate(ready) if isinstance(branch, dict)), 0)
        return [*ready[:at], _otherwise(ready[at]), *ready[at + 1 :]] if ready else ready
    return ready | {"doc": ""} if isinstance(ready, dict) else {"type": ready}


def _said(error: Exception) -> str:
    # the namespace that stands in for none is ours, and would puzzle whoever wrote the schema; addresses change
    name = "KeyError: " if isinstance(error, KeyError) else ""  # whose message is the key alone
    told = name + _SOURCE.sub("the payload", with_names(str(error)).replace(f"{ROOT_SPACE}.", ""))
    text = " ".join(told.split()) or type(error).__name__
    return text if len(text) <= 200 else f"{text[:197]}..."  # noqa: PLR2004 - a line or two
