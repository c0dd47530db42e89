"""Schemas as fastavro has parsed them, and what has to be known before it is given one.

They reach it written out (`canonical.written_out`), so that it never meets a construct that makes it fail for reasons
of its own, and never anything deeper than it can bear; or as they are written, where what it says is told of them. What
was found of a schema is kept with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from evtcompat.errors import SchemaError
from evtcompat.formats.avro.canonical import ROOT_SPACE, mix_spaces, written_out
from evtcompat.formats.avro.limits import nesting, recursing
from evtcompat.formats.avro.parts import reachable
from evtcompat.formats.avro.payloads.decoder_errors import CodecError, NotAskedError, with_names
from evtcompat.formats.avro.refusals import refusals
from evtcompat.formats.avro.types import AvroSchema, Record
from evtcompat.syntax import deep

if TYPE_CHECKING:
    from evtcompat.model.documents import Document
    from evtcompat.model.json_types import JSON

_T = TypeVar("_T")

#: The nesting of a schema beyond which fastavro is called on a stack of its own: it recurses on the C stack without a
#: check, at less than a kilobyte a level.
CALLERS_NESTING: Final = 256
#: The nesting of a schema, written out with all that it refers to, beyond which fastavro is not called.
SAFE_NESTING: Final = 5_000
#: What fastavro calls the bytes that it reads.
_SOURCE: Final = re.compile(r"<_io\.BytesIO object at 0x[0-9a-fA-F]+>")
#: Where fastavro keeps the named types of a schema that it has parsed.
_NAMED_TYPES: Final = "__named_schemas"


class Parsed(NamedTuple):
    """A schema as fastavro has parsed it."""

    #: Its own form.
    form: Any
    #: How deep the schema nests.
    levels: int


class AsWritten(NamedTuple):
    """What fastavro makes of the documents of a schema as they are."""

    #: Its own form; ``None`` where it refuses them, or was not asked.
    form: object = None
    #: What it says as it refuses them.
    refused: str | None = None
    #: How deep they nest, all together.
    levels: int = 0


class _Forms:
    """What fastavro has made of a schema, and what has to be known before it is asked; each is found once.

    Attributes:
        parsed: The schema as it has parsed it: with defaults or without, with namespaces that stand in for none, with
            defaults that were judged before.
        as_written: What it says of the documents as they are.
        endless: What `_without_end` has found.
        mixes_spaces: What `mix_spaces` says.
    """

    __slots__ = ("as_written", "endless", "mixes_spaces", "parsed")

    def __init__(self) -> None:
        self.parsed: dict[tuple[bool, bool, bool], Parsed] = {}
        self.as_written: AsWritten | None = None
        self.endless: tuple[Record | None] | None = None
        self.mixes_spaces: bool | None = None


def _forms(schema: AvroSchema) -> _Forms:
    if not isinstance(schema.forms, _Forms):
        schema.forms = _Forms()
    return schema.forms


def parsed(
    schema: AvroSchema, *, defaults: bool = True, beside: AvroSchema | None = None, judged: bool = False
) -> Parsed:
    """The schema as fastavro has parsed it, refused when it nests too deep for any stack; made once for a schema.

    Args:
        schema: The schema.
        defaults: Whether the defaults of its fields are written out; of a writer they say nothing.
        beside: The other side of a resolution.
        judged: Whether fastavro was asked about its defaults in another form, and passes over them in this one: in a
            union it takes any for a logical type.

    Raises:
        CodecError: fastavro refuses it, or is not given it.
    """
    import fastavro

    namespaced = _mixes_spaces(schema) or (beside is not None and _mixes_spaces(beside))
    key = defaults, namespaced, judged
    forms = _forms(schema)
    found = forms.parsed.get(key)
    if found is None:
        written: Any = recursing(lambda: written_out(schema, defaults=defaults, namespaced=namespaced, relative=True))
        levels = _bearable(written)
        parse = partial(fastavro.parse_schema, written, _ignore_default_error=judged)
        try:
            found = Parsed(_names_once(deeply(levels, parse)), levels)
        except Exception as error:  # a decoder may raise anything
            message = f"the schema is refused: {said(error)}"
            raise CodecError(message) from error
        forms.parsed[key] = found
    return found


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


def as_written(schema: AvroSchema) -> AsWritten:
    """What fastavro makes of the documents of a schema as they are.

    Documents that refer to each other are given one after the other, as named schemas. Not all that belong together can
    be: of them only what is wrong in each by itself counts.
    """
    forms = _forms(schema)
    if forms.as_written is None:
        forms.as_written = _looked_at_as_written(schema)
    return forms.as_written


def _looked_at_as_written(schema: AvroSchema) -> AsWritten:
    try:
        form, levels = parsed_apart(schema)
    except NotAskedError:
        return AsWritten()
    except Exception as error:  # noqa: BLE001 - a decoder may raise anything
        certain = len(_documents(schema)) == 1 or bool(refusals(schema))
        return AsWritten(refused=said(error) if certain else None)
    return AsWritten(form, levels=levels)


def endless_record(schema: AvroSchema) -> Record | None:
    """A record of the schema that holds itself in fields alone, so that no byte of a payload ends the reading of it."""
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


def deeply(levels: int, function: Callable[[], _T]) -> _T:
    """What a call of fastavro answers, on a stack of its own where the caller's may not be enough for such nesting."""
    return deep.run(levels, function) if levels > CALLERS_NESTING else function()


def parsed_apart(schema: AvroSchema) -> Parsed:
    """The schema's own document as fastavro has parsed it as it is, after those that it refers to, as named schemas.

    Raises:
        NotAskedError: They nest too deep for fastavro.
        Exception: Whatever fastavro raises as it refuses one of them.
    """
    documents = _documents(schema)
    levels = _bearable(*[document.value for document in documents])
    return Parsed(_names_once(deeply(levels, lambda: _one_after_the_other(documents))), levels)


def _documents(schema: AvroSchema) -> list[Document]:
    """The documents that a schema refers to, each once, and its own, the last."""
    return [*{id(document): document for document in schema.sources.values()}.values(), schema.document]


def _one_after_the_other(documents: list[Document]) -> Any:  # noqa: ANN401 - fastavro's own form
    import fastavro

    named: dict[str, Any] = {}
    form: Any = None
    for document in documents:
        form = fastavro.parse_schema(document.value, named_schemas=named)  # type: ignore[arg-type]  # a schema by now
    return form


def otherwise(form: Any) -> Any:  # noqa: ANN401 - fastavro's own form
    """The same schema as another document."""
    if isinstance(form, list):
        # A name stays as it is; what it means is defined in a branch before it.
        at = next((index for index, branch in enumerate(form) if isinstance(branch, dict)), 0)
        return [*form[:at], otherwise(form[at]), *form[at + 1 :]] if form else form
    return form | {"doc": ""} if isinstance(form, dict) else {"type": form}


def said(error: Exception) -> str:
    """What fastavro says, in a line or two."""
    # the namespace that stands in for none is ours, and would puzzle whoever wrote the schema; addresses change
    name = "KeyError: " if isinstance(error, KeyError) else ""  # whose message is the key alone
    told = name + _SOURCE.sub("the payload", with_names(str(error)).replace(f"{ROOT_SPACE}.", ""))
    text = " ".join(told.split()) or type(error).__name__
    return text if len(text) <= 200 else f"{text[:197]}..."  # noqa: PLR2004 - a line or two
