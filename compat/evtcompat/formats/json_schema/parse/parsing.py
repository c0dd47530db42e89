"""From a document to a schema: exact numbers, the dialect, the shape of every keyword, and the limits."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.errors import SchemaError, UnsupportedError
from evtcompat.formats.json_schema import exact
from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.dialects import DEFAULT, DRAFT4, DRAFT7, by_uri
from evtcompat.formats.json_schema.library.metaschema import NotASchema, metaschema_error
from evtcompat.formats.json_schema.parse.content_keys import ContentCache, current
from evtcompat.formats.json_schema.parse.fast_path import ContentKeys, checked_quickly
from evtcompat.formats.json_schema.parse.located import Located
from evtcompat.formats.json_schema.parse.metaschemas import basis_of
from evtcompat.formats.json_schema.parse.references import Library
from evtcompat.formats.json_schema.parse.shapes import violations
from evtcompat.formats.json_schema.parse.simple_documents import changed
from evtcompat.model.documents import Document, NoReferences, References
from evtcompat.model.json_types import JSON
from evtcompat.model.places import Place
from evtcompat.syntax import deep

_NONE: Final = NoReferences()
#: Levels of objects and lists in a schema document. Beyond, parsers and validators overflow the stack.
MAX_NESTING = 512


class Read(NamedTuple):
    """What reading a document found."""

    #: Its value with exact numbers.
    value: JSON
    dialect: Dialect
    #: Its levels.
    nesting: int
    #: Its content key, where the value follows from it.
    content_key: bytes | None = None
    #: Whether its references need no resolver; ``None`` where that is not known yet.
    simple: bool | None = None
    #: Whether there may be references in it; the same.
    refers: bool | None = None
    #: The content keys of its parts, as far as these were looked at.
    parts: ContentKeys | None = None


@dataclass(slots=True, eq=False)
class Schema:
    """A parsed JSON Schema: a document that keeps to its metaschema, with what its references reach.

    It never changes; the type checker sees to that, as freezing it at run time would double the time to make one.
    """

    #: The document it was written in.
    document: Final[Document]
    #: Its value with exact numbers (`int` and `Decimal`).
    value: Final[JSON]
    #: The dialect of the root.
    dialect: Final[Dialect]
    #: The documents that its references reach.
    library: Final[Library]
    #: How deep the document is, also by way of its references once it has been compiled, so that recursive code can see
    #: to its stack.
    nesting: Final[int]
    #: What is known of parts and documents by their content, shared with the schemas that are parsed next.
    content_cache: Final[ContentCache]
    #: The document's content key, where its value follows from that.
    content_key: Final[bytes | None]
    #: The content keys of the parts that were met so far; shared with every `variant`.
    content_keys: Final[ContentKeys]
    #: The schema of the document that was changed to make this one; ``None`` for one that was parsed.
    changed_from: Final[Schema | None] = None
    #: Some of its references lead to other documents, or led there before it was changed.
    draws_on_others: Final[bool] = False
    #: What others have derived from it; see `derived`.
    cache: Final[dict[tuple[Any, ...], Any]] = field(default_factory=dict)

    @property
    def original(self) -> Schema:
        """The schema that was parsed: this one, or the one from which it is changed."""
        return self.changed_from or self

    @property
    def documents(self) -> Mapping[str, Document]:
        """The referenced documents by origin, so that places in them can be located."""
        return self.library.documents


def parse(document: Document, references: References | None = None, default: Dialect | None = None) -> Schema:
    """The schema that a document writes; of the `default` dialect when it names none.

    What only compiling shows (patterns that are none, references that lead nowhere) is not looked for; see
    `compile.loading.load_schema`.

    Raises:
        SchemaError: It is none, or beyond a limit; the place points at the offending part.
    """
    known = current()
    reachable = references or _NONE
    read = _read(document, default, reachable, known)
    library = Library(
        document,
        read.value,
        read.dialect,
        reachable,
        load,
        simple=read.simple,
        refers=read.refers,
        content_key=read.content_key,
    )
    content_keys = {} if read.parts is None else read.parts
    return Schema(document, read.value, read.dialect, library, read.nesting, known, read.content_key, content_keys)


def load(document: Document, default: Dialect | None, references: References) -> tuple[JSON, Dialect]:
    """The document's value with exact numbers, checked against its metaschema, and its dialect.

    The value of a schema of a custom metaschema (found among the references) is that of the dialect that this builds
    on.

    A document that names no dialect is of the `default` one (that of the document which refers to it). A root
    document without one is of `dialects.DEFAULT`, unless it is a schema in an earlier draft only.

    Raises:
        SchemaError: It is no schema.
    """
    found = _read(document, default, references, current())
    return found.value, found.dialect


def _read(document: Document, default: Dialect | None, references: References, known: ContentCache) -> Read:
    """What a document is read as; most need no closer look.

    Raises:
        SchemaError: It is no schema.
    """
    value = document.value
    named = value.get("$schema") if isinstance(value, dict) else None
    dialect = by_uri(named) if isinstance(named, str) else (default or DEFAULT) if named is None else None
    found = None if dialect is None else checked_quickly(value, dialect, known)
    if dialect is not None and found is not None:
        checked, content_key, parts = found
        if not checked.fractions or document.text is None:
            value = exact.exactly(value) if checked.fractions else value
            return Read(value, dialect, checked.levels, content_key, checked.simple, checked.refers, parts)
    inexact, nesting = _survey(document)
    return Read(*_loaded(document, default, references, nesting, inexact=inexact), nesting)


def _loaded(
    document: Document, default: Dialect | None, references: References, nesting: int, *, inexact: bool
) -> tuple[JSON, Dialect]:
    value = document.value
    if inexact and document.text is not None and document.syntax == "json":
        value = exact.parse(document.text.removeprefix("\ufeff"))
    elif inexact:
        value = deep.run(nesting, lambda: exact.exactly(document.value))
    _check_numbers(document, value, inexact=inexact)
    dialect, named = _dialect(value)
    if dialect is None:
        if not (isinstance(value, dict) and isinstance(value["$schema"], str)):
            message = "$schema is no string"
            raise SchemaError(message, place=Place(pointer="/$schema", origin=document.origin))
        basis = basis_of(value["$schema"], references, document.origin)
        dialect, value = basis.dialect, basis.plain(value, nesting)
    if default is not None and not named:
        dialect, named = default, True
    pointer = next(violations(value, dialect, _embedded), None)
    if pointer is not None and not named:
        for other in (DRAFT7, DRAFT4):
            if next(violations(value, other, _embedded), None) is None:
                return value, other
    if pointer is not None:
        raise _invalid(document, value, dialect, pointer)
    return value, dialect


def _survey(document: Document) -> tuple[bool, int]:
    """Whether the value holds floats or Decimals, and its nesting.

    Raises:
        SchemaError: It is nested beyond `MAX_NESTING`, or holds what JSON does not.
    """
    inexact = False
    level: list[object] = [document.value]
    depth = 0
    while level:
        depth += 1
        deeper: list[object] = []
        for one in level:
            if isinstance(one, dict):
                if not all(isinstance(name, str) for name in one):
                    message = "the document has a member whose name is no string"
                    raise SchemaError(message, place=Place(origin=document.origin))
                deeper.extend(one.values())
            elif isinstance(one, list):
                deeper.extend(one)
            elif isinstance(one, (float, Decimal)):
                inexact = True
            elif not isinstance(one, (str, int)) and one is not None:
                message = f"the document holds a Python {type(one).__name__}, which is no JSON value"
                raise SchemaError(message, place=Place(origin=document.origin))
        if depth > MAX_NESTING + 1 and deeper:
            message = f"the document is nested deeper than {MAX_NESTING} levels"
            raise UnsupportedError(
                message, place=Place(origin=document.origin), hint="Move inner schemas to definitions."
            )
        level = deeper
    return inexact, depth


def _check_numbers(document: Document, value: JSON, *, inexact: bool) -> None:
    if not inexact:
        return
    stack: list[tuple[object, str]] = [(value, "")]
    while stack:
        one, pointer = stack.pop()
        for step, inner in one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else ():
            if isinstance(inner, (dict, list)):
                stack.append((inner, f"{pointer}/{step}"))
            elif isinstance(inner, (float, Decimal)):
                try:
                    exact.refuse_large(inner)
                except exact.NumberOutOfRangeError as error:
                    place = Place(pointer=f"{pointer}/{step}", origin=document.origin)
                    raise UnsupportedError(str(error), place=place) from error


def _dialect(value: JSON) -> tuple[Dialect | None, bool]:
    """The dialect of a document, ``None`` when it names one that is not known, and whether it names any."""
    if not isinstance(value, dict) or "$schema" not in value:
        return DEFAULT, False
    named = value["$schema"]
    return (by_uri(named) if isinstance(named, str) else None), True


def _embedded(schema: dict[str, object], dialect: Dialect) -> Dialect:
    named = schema["$schema"]
    return (by_uri(named) if isinstance(named, str) else None) or dialect


def invalid_part(value: JSON, dialect: Dialect, located: Located) -> SchemaError | None:
    """The error for a part of a document that a reference takes for a schema, where it is none; else ``None``."""
    pointer = next(violations(value, dialect, _embedded), None)
    if pointer is None:
        return None
    error = _invalid(located.document, value, dialect, pointer)
    place = Place(
        located.pointer + (pointer if error.place is None else error.place.pointer), origin=located.place.origin
    )
    return SchemaError(error.message, place=place, hint=error.hint)


def _invalid(document: Document, value: JSON, dialect: Dialect, pointer: str) -> SchemaError:
    """The error in the words of the validator, at the place found here."""
    found = metaschema_error(value, dialect)
    if found is None:
        found = NotASchema(pointer, "the value is not of the form that this keyword takes")
    message = f"not a schema of {dialect.name}: {found.clause}"
    return SchemaError(message, place=Place(pointer=found.pointer, origin=document.origin), hint=found.hint)


@dataclass(frozen=True, slots=True)
class _Changed:
    """References some of whose documents are changed."""

    references: References
    #: The changed values, by the origin of their documents.
    values: Mapping[str, JSON]

    def lookup(self, name: str) -> Document | None:
        """The document, changed where it is to be."""
        found = self.references.lookup(name)
        if found is not None and (found.origin or name) in self.values:
            return replace(found, value=self.values[found.origin or name], text=None)
        return found


def variant(schema: Schema, value: JSON, others: Mapping[str, JSON] | None = None) -> Schema:
    """The schema of a changed document that stands where ``schema`` stands: same dialect, base and references.

    ``value`` is not checked against the metaschema; share what is unchanged with ``schema.value`` rather than
    copying it. ``others`` are changed values of documents that references reach, by their origin; they are checked
    when they are reached.
    """
    document = Document(value=value, origin=schema.document.origin, base_uri=schema.document.base_uri)
    references, retrieved = schema.library.references, schema.library.retrieved
    if others:
        references = _Changed(references, others)
        retrieved = retrieved.without(others)
    simple = refers = None
    if schema.library.simple:  # of the others nothing is known
        simple, may_refer = changed(value, schema.value, schema.dialect)
        refers = False if schema.library.refers_nowhere and not may_refer else None
    library = Library(
        document, value, schema.dialect, references, load, simple=simple, refers=refers, retrieved=retrieved
    )
    return Schema(
        document,
        value,
        schema.dialect,
        library,
        schema.nesting,
        schema.content_cache,
        content_key=None,
        content_keys=schema.content_keys,
        changed_from=schema.original,
        draws_on_others=schema.draws_on_others,
    )
