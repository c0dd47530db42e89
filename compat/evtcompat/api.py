"""The library: compare two schemas, or check a candidate against a history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from os import PathLike
from pathlib import Path
from typing import TypeAlias, TypeVar

from evtcompat.checking.check import Settings, SubjectPlan, check_run, compare_soon
from evtcompat.errors import UsageError
from evtcompat.formats.base import Engine, Options
from evtcompat.formats.loading import engine
from evtcompat.formats.recognition import format_of_name, guess_format
from evtcompat.model.documents import Document, FunctionReferences, NoReferences, References
from evtcompat.model.histories import Version
from evtcompat.model.json_types import JSON
from evtcompat.model.levels import Level
from evtcompat.model.reports import Comparison, Report
from evtcompat.model.verdicts import Format, Policy, Severity
from evtcompat.rules.judge import Severities, Side
from evtcompat.syntax.documents import parse_document

#: A schema as a caller may give it: parsed JSON, the text of a document, a path, or a version with its references.
Source: TypeAlias = "JSON | Mapping[str, object] | PathLike[str] | Document | Version"
#: What schemas may refer to: by Avro full name or URI, as a function, or as documents that define names.
ReferenceSource: TypeAlias = (
    "References | Mapping[str, Source] | Callable[[str], Source | None] | Iterable[Source] | None"
)

_NO_REFERENCES = NoReferences()
_PRIMITIVES = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})


def compare(
    *,
    reader: Source,
    writer: Source,
    format: str | Format | None = None,  # noqa: A002 - the word that callers use
    policy: str | Policy = Policy.LENIENT,
    references: ReferenceSource = None,
    witnesses: bool = True,
    severities: Mapping[str, str | Severity | None] | None = None,
    assert_formats: bool = False,
    budget: int | None = None,
) -> Comparison:
    """What becomes of data written with `writer` when it is read with `reader`.

    Args:
        reader: The schema that the consumer decodes with: parsed JSON, text, or a path.
        writer: The schema that the payload was written with.
        format: ``avro`` or ``json-schema``; told by the documents when absent.
        policy: JSON Schema only: which instances the writer is taken to produce, ``strict`` or ``lenient``.
        references: Where both schemas find what they do not define: a mapping from Avro full name or absolute URI to a
            schema, a function with the same meaning, or schemas whose own names count.
        witnesses: Build payloads and fixes for the findings; without them a comparison is faster. The findings of a
            refused pair of Avro schemas are then worked out when they are first looked at, from the documents as they
            are then.
        severities: Rule ids with another severity than their own; ``None`` or ``"off"`` silences a rule.
        assert_formats: JSON Schema only: `format` refuses what does not conform, rather than being an annotation.
        budget: JSON Schema only: steps of reasoning before a comparison is left undecided.

    Of a pair of JSON Schemas that refer to no other documents only the verdict is worked out at once. The findings, the
    registry's verdict and what the other policy decides are, each when it is first read, of the schemas as they were
    when they were compared.

    Raises:
        SchemaError: One of them is no schema.
        DocumentError: One of them cannot be read or parsed.
        UsageError: The format cannot be told, or a word is unknown.
        UncheckedError: A pair that is incompatible cannot be explained, for a fault of evtcompat or of a library below
            it. Where the explanation is worked out later, it is raised there, on the way to any part that cannot be
            worked out; the verdict stands.
    """
    word = format if format is not None else _chosen(None, (reader, writer))
    try:
        chosen, schema_engine, settings = _asked(word, policy, witnesses, budget, assert_formats)
    except TypeError:  # a word that is no key of a cache is no word either: say so
        chosen, schema_engine, settings = _asked.__wrapped__(word, policy, witnesses, budget, assert_formats)
    if severities:
        settings = replace(settings, severities=_severities(severities))
    our_document, known = _found(reader, chosen, references)
    ours = schema_engine.parse(our_document, known)
    their_document, known = _found(writer, chosen, references)
    theirs = schema_engine.parse(their_document, known)

    def sides() -> tuple[Side, Side]:
        reading = Side("the reader", our_document, ours.documents)
        return reading, Side("the writer", their_document, theirs.documents)

    return compare_soon(schema_engine, ours, theirs, settings, sides)


@lru_cache
def _asked(  # what most callers ask for again and again
    schema_format: str | Format,
    policy: str | Policy,
    witnesses: bool,  # noqa: FBT001 - a part of the key
    budget: int | None,
    assert_formats: bool,  # noqa: FBT001 - idem
) -> tuple[Format, Engine, Settings]:
    """The format, its engine, and settings with the rules' own severities."""
    chosen = _word(Format, schema_format, "format")
    options = Options(
        policy=_word(Policy, policy, "policy"), witnesses=witnesses, budget=budget, assert_formats=assert_formats
    )
    return chosen, engine(chosen), Settings(options, _OWN_SEVERITIES)


def check(
    *,
    candidate: Source,
    history: Iterable[Source],
    level: str | Level = Level.FULL,
    subject: str = "",
    format: str | Format | None = None,  # noqa: A002 - the word that callers use
    policy: str | Policy = Policy.LENIENT,
    references: ReferenceSource = None,
    witnesses: bool = True,
    severities: Mapping[str, str | Severity | None] | None = None,
) -> Report:
    """The report on a candidate against its history, the oldest version first.

    Schemas that cannot be parsed make the report ``unchecked`` and stand in its `errors`; they are not raised.

    Raises:
        DocumentError: A document cannot be read or is not JSON.
        UsageError: The format cannot be told, or a word is unknown.
    """
    sources = list(history)
    chosen = _chosen(format, (candidate, *sources))
    policy = _word(Policy, policy, "policy")
    versions = tuple(
        _version(source, chosen, references, str(number)) for number, source in enumerate((*sources, candidate), 1)
    )
    plan = SubjectPlan(
        subject=subject or versions[-1].document.origin or "the subject",
        format=chosen,
        candidate=versions[-1],
        history=versions[:-1],
        level=_word(Level, level, "level"),
        policy=policy if chosen is Format.JSON_SCHEMA else None,
    )
    settings = Settings(Options(policy=policy, witnesses=witnesses), _severities(severities))
    return check_run([plan], settings)


def load(
    *sources: Source,
    format: str | Format | None = None,  # noqa: A002 - the word that callers use
) -> tuple[Format, tuple[Document, ...]]:
    """The format of schemas that belong together, and their documents.

    Raises:
        DocumentError: One of them cannot be read or parsed.
        UsageError: The format cannot be told.
    """
    chosen = _chosen(format, sources)
    return chosen, tuple(_document(source, chosen) for source in sources)


_Word = TypeVar("_Word", Format, Level, Policy, Severity)


@cache
def _words(kind: type[_Word]) -> dict[str, _Word]:
    return {member.value.lower(): member for member in kind}


def _word(kind: type[_Word], word: str | _Word, name: str) -> _Word:
    """The member of an enumeration that a word names."""
    if isinstance(word, kind):
        return word
    if isinstance(word, str):
        member: _Word | None = _words(kind).get(word.lower())
        if member is not None:
            return member
    known = ", ".join(member.value for member in kind)
    message = f"unknown {name} {word!r}"
    raise UsageError(message, hint=f"Known: {known}.")


def _chosen(word: str | Format | None, sources: Iterable[Source]) -> Format:
    """The format that the caller names, or else the first that a source tells."""
    if word is not None:
        return _word(Format, word, "format")
    for source in sources:
        told = _told(source)
        if told is not None:
            return told
    message = "it cannot be told whether these are Avro or JSON Schemas"
    raise UsageError(message, hint='Say format="avro" or format="json-schema".')


_OWN_SEVERITIES = Severities()


def _severities(words: Mapping[str, str | Severity | None] | None) -> Severities:
    if not words:
        return _OWN_SEVERITIES
    overrides = {
        rule: None if word is None or word == "off" else _word(Severity, word, "severity")
        for rule, word in words.items()
    }
    return Severities(overrides)


def _told(source: Source) -> Format | None:
    """The format that a source alone tells."""
    if isinstance(source, Version):
        source = source.document
    if isinstance(source, Document):
        return format_of_name(source.origin or "") or guess_format(source.value)
    path = _path(source)
    if path is not None:
        named = format_of_name(path.name)
        return named or guess_format(_document(path, Format.JSON_SCHEMA).value)
    if isinstance(source, str) and source not in _PRIMITIVES:
        return guess_format(_document(source, Format.JSON_SCHEMA).value)
    return guess_format(source)


def _path(source: Source) -> Path | None:
    """The path that a source is, or ``None`` for parsed JSON or text."""
    if isinstance(source, dict | list):
        return None
    if isinstance(source, PathLike):
        return Path(source)
    if not isinstance(source, str) or source in _PRIMITIVES or source.lstrip()[:1] in ("{", "[", '"', ""):
        return None
    return None if "\n" in source or source.strip() in ("true", "false") else Path(source)


def _document(source: Source, schema_format: Format) -> Document:
    """The document of a source; only a path touches the disk."""
    if isinstance(source, Version):
        return source.document
    if isinstance(source, Document):
        return source
    exact = schema_format is not Format.AVRO
    path = _path(source)
    if path is not None:
        return _read(path, exact=exact)
    if isinstance(source, str) and (schema_format is Format.JSON_SCHEMA or source not in _PRIMITIVES):
        return parse_document(source, None, name=_name_of_text(source, schema_format), exact=exact)
    return Document(value=source)  # type: ignore[arg-type]  # the engine refuses what is no JSON value


def _name_of_text(text: str, schema_format: Format) -> str:
    """A file name that says how the text is to be read: Avro with comments, JSON, or YAML."""
    if schema_format is Format.AVRO:
        return "x.avsc"
    return "x.json" if text.lstrip()[:1] in ("{", "[", '"') or text.strip() in ("true", "false") else "x.yaml"


def _read(path: Path, *, exact: bool) -> Document:
    from evtcompat.sources.files import read_document

    return read_document(path, exact=exact)


def _version(source: Source, schema_format: Format, references: ReferenceSource, label: str | None) -> Version:
    document, found = _found(source, schema_format, references)
    return Version(document=document, label=label, references=found)


def _found(source: Source, schema_format: Format, references: ReferenceSource) -> tuple[Document, References]:
    """The document of a source, and where it finds what it does not define."""
    if type(source) is dict and references is None:
        return Document(source), _NO_REFERENCES
    document = _document(source, schema_format)
    if references is None and isinstance(source, Version):
        return document, source.references
    found = _references(references, schema_format)
    path = _path(source) if not isinstance(source, Document) else None
    if references is None and path is not None:
        from evtcompat.sources.references import folder_references

        found = folder_references(path.parent, schema_format)
    return document, found


def _references(source: ReferenceSource, schema_format: Format) -> References:
    if source is None:
        return _NO_REFERENCES
    if isinstance(source, Mapping):
        documents = {name: _named(_document(value, schema_format), name) for name, value in source.items()}
        return FunctionReferences(documents.get)
    if isinstance(source, References):
        return source
    if callable(source):
        return FunctionReferences(lambda name: _answered(source(name), name, schema_format))
    from evtcompat.sources.references import document_references

    return document_references([_document(value, schema_format) for value in source], schema_format)


def _answered(answer: Source | None, name: str, schema_format: Format) -> Document | None:
    """What a caller's function answered for a name, as a document."""
    return None if answer is None else _named(_document(answer, schema_format), name)


def _named(document: Document, name: str) -> Document:
    """The document with the name that it is known by, so that places in it can be told from places in others."""
    return document if document.origin is not None else replace(document, origin=name)
