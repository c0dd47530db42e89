"""The library: compare two schemas, or check a candidate against a history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from os import PathLike
from pathlib import Path
from threading import get_ident
from typing import Final, TypeAlias, TypeVar

from evtcompat.checking.comparing import compare_soon
from evtcompat.checking.plans import Plan, RunSettings
from evtcompat.dataclasses import replace
from evtcompat.errors import UsageError
from evtcompat.formats.base import Options, Schema, SchemaFormat
from evtcompat.formats.loading import built_in, by_file_name, by_name, recognised
from evtcompat.model.documents import Document, FunctionReferences, NoReferences, References
from evtcompat.model.histories import Version, version_name
from evtcompat.model.json_types import JSON
from evtcompat.model.levels import Level
from evtcompat.model.reports import Comparison, Report
from evtcompat.model.verdicts import Policy, Severity
from evtcompat.rules.judge import Severities, Side

#: A schema as a caller may give it: parsed JSON, the text of a document, a path, or a version with its references.
Source: TypeAlias = "JSON | Mapping[str, object] | PathLike[str] | Document | Version"
#: What schemas may refer to: by Avro full name or URI, as a function, or as documents that define names.
ReferenceSource: TypeAlias = (
    "References | Mapping[str, Source] | Callable[[str], Source | None] | Iterable[Source] | None"
)

_NO_REFERENCES = NoReferences()
#: What a text begins with that is no path.
_BRACKETS: Final = ("{", "[")
#: Characters of the longest text that is kept with what it says.
_LONGEST: Final = 65_536
#: What a caller asks for: the arguments of `_asked`.
_Asked: TypeAlias = "tuple[str, str | Policy | None, bool, int | None, bool]"


def compare(
    *,
    reader: Source,
    writer: Source,
    format: str | None = None,  # noqa: A002 - the word that callers use
    policy: str | Policy | None = None,
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
        policy: JSON Schema only: which instances the writer is taken to produce, ``strict`` or ``lenient``; the answer
            of a registry is predicted under the same. Without, the writer is lenient and the registry strict, as they
            are where nobody sets anything.
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
    when they were compared. Where findings are worked out later, so is the `cause` of each, when it is first read.

    Raises:
        SchemaError: One of them is no schema.
        DocumentError: One of them cannot be read or parsed.
        UsageError: The format cannot be told, or a word is unknown.
        UncheckedError: A pair that is incompatible cannot be explained, for a fault of evtcompat or of a library below
            it. Where the explanation is worked out later, it is raised there, on the way to any part that cannot be
            worked out; the verdict stands.
    """
    word = format if format is not None else _chosen(None, (reader, writer)).name
    try:
        chosen, settings = _asked(word, policy, witnesses, budget, assert_formats)
    except TypeError:  # a word that is no key of a cache is no word either: say so
        chosen, settings = _asked.__wrapped__(word, policy, witnesses, budget, assert_formats)
    if severities:
        settings = replace(settings, severities=_severities(severities))
    asked = (word, policy, witnesses, budget, assert_formats)
    our_document, ours = _parsed(reader, chosen, references, settings.options, asked)
    their_document, theirs = _parsed(writer, chosen, references, settings.options, asked)

    def sides() -> tuple[Side, Side]:
        reading = Side(_called(reader, "the reader"), our_document, ours.documents)
        return reading, Side(_called(writer, "the writer"), their_document, theirs.documents)

    return compare_soon(chosen, ours, theirs, settings, sides)


def _called(source: Source, otherwise: str) -> str:
    """What sentences call a schema: as its version is, where it has one."""
    return version_name(source.label) if isinstance(source, Version) and source.label else otherwise


@lru_cache
def _asked(  # what most callers ask for again and again
    schema_format: str,
    policy: str | Policy | None,
    witnesses: bool,  # noqa: FBT001 - a part of the key
    budget: int | None,
    assert_formats: bool,  # noqa: FBT001 - idem
) -> tuple[SchemaFormat, RunSettings]:
    """The format, and settings with the rules' own severities."""
    own = {**_policies(policy), "assert-formats": assert_formats}
    return _format(schema_format), RunSettings(Options(witnesses=witnesses, budget=budget, settings=own))


def _parsed(
    source: Source, schema_format: SchemaFormat, references: ReferenceSource, options: Options, asked: _Asked
) -> tuple[Document, Schema]:
    """The document of a source, and what its format makes of it."""
    if references is None and type(source) is str and len(source) <= _LONGEST and source.startswith(_BRACKETS):
        return _parsed_text(source, asked, get_ident())
    document, found = _found(source, schema_format, references)
    return document, schema_format.parse(document, found, options)


# A pair is asked about in both directions, and a candidate beside one version after the other.
@lru_cache(maxsize=8)
def _parsed_text(text: str, asked: _Asked, thread: int) -> tuple[Document, Schema]:  # noqa: ARG001 - of each its own
    schema_format, settings = _asked(*asked)
    document = schema_format.read(text, None)
    return document, schema_format.parse(document, _NO_REFERENCES, settings.options)


def _policies(policy: str | Policy | None) -> dict[str, Policy]:
    """Ours and the registry's."""
    if policy is None:
        return {"policy": Policy.LENIENT, "registry-policy": Policy.STRICT}
    return dict.fromkeys(("policy", "registry-policy"), _word(Policy, policy, "policy"))


def check(
    *,
    candidate: Source,
    history: Iterable[Source],
    level: str | Level = Level.FULL,
    subject: str = "",
    format: str | None = None,  # noqa: A002 - the word that callers use
    policy: str | Policy | None = None,
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
    # A run is many more modules than a comparison, which is asked for by itself more often.
    from evtcompat.checking.run import check_run

    sources = list(history)
    chosen = _chosen(format, (candidate, *sources))
    policies = _policies(policy)
    versions = tuple(
        _version(source, chosen, references, str(number)) for number, source in enumerate((*sources, candidate), 1)
    )
    plan = Plan(
        subject=subject or versions[-1].document.origin or "the subject",
        format=chosen,
        candidate=versions[-1],
        history=versions[:-1],
        level=_word(Level, level, "level"),
        policy=policies["policy"] if chosen.policies else None,
        registry_policy=policies["registry-policy"] if chosen.policies else None,
    )
    settings = RunSettings(Options(witnesses=witnesses, settings=policies), severities=_severities(severities))
    return check_run([plan], settings)


def load(
    *sources: Source,
    format: str | None = None,  # noqa: A002 - the word that callers use
) -> tuple[SchemaFormat, tuple[Document, ...]]:
    """The format of schemas that belong together, and their documents.

    Raises:
        DocumentError: One of them cannot be read or parsed.
        UsageError: The format cannot be told.
    """
    chosen = _chosen(format, sources)
    return chosen, tuple(_document(source, chosen) for source in sources)


_Word = TypeVar("_Word", Level, Policy, Severity)


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


def _format(word: str) -> SchemaFormat:
    """The format of a name, however it is capitalised."""
    if isinstance(word, str):
        return by_name(word.lower())
    message = f"unknown format {word!r}"
    raise UsageError(message, hint=f"Known: {', '.join(one.name for one in built_in())}.")


def _chosen(word: str | None, sources: Iterable[Source]) -> SchemaFormat:
    """The format that the caller names, or else the first that a source tells."""
    if word is not None:
        return _format(word)
    for source in sources:
        told = _told(source)
        if told is not None:
            return told
    named = " or ".join(f'format="{one.name}"' for one in built_in())
    message = f"it cannot be told whether these are {_either()}"
    raise UsageError(message, hint=f"Say {named}.")


def _either() -> str:
    """``Avro or JSON Schemas``."""
    *first, last = (one.title for one in built_in())
    return f"{', '.join(first)} or {last}s"


_OWN_SEVERITIES = Severities()


def _severities(words: Mapping[str, str | Severity | None] | None) -> Severities:
    if not words:
        return _OWN_SEVERITIES
    from evtcompat.rules.catalogue import catalogue

    known = catalogue()
    overrides = {}
    for rule, word in words.items():
        name = known[rule].id if rule in known else rule
        overrides[name] = None if word is None or word == "off" else _word(Severity, word, "severity")
    return Severities(overrides)


def _told(source: Source) -> SchemaFormat | None:
    """The format that a source alone tells."""
    if isinstance(source, Version):
        source = source.document
    if isinstance(source, Document):
        return by_file_name(source.origin or "", everywhere=True) or recognised(source.value)
    path = _path(source)
    if path is not None:
        named = by_file_name(path.name, everywhere=True)
        return named or recognised(_document(path, None).value)
    if isinstance(source, str) and not _is_type_name(source):
        return recognised(_document(source, None).value)
    return recognised(source)


def _path(source: Source) -> Path | None:
    """The path that a source is, or ``None`` for parsed JSON or text."""
    if isinstance(source, dict | list):
        return None
    if isinstance(source, PathLike):
        return Path(source)
    if not isinstance(source, str) or _is_type_name(source) or source.lstrip()[:1] in ("{", "[", '"', ""):
        return None
    return None if "\n" in source or source.strip() in ("true", "false") else Path(source)


def _is_type_name(text: str) -> bool:
    """Whether a text is a schema by itself, and nothing to parse."""
    return any(text in one.type_names for one in built_in())


def _document(source: Source, schema_format: SchemaFormat | None) -> Document:
    """The document of a source, as its format reads it or, while that is not known, as JSON or YAML."""
    if isinstance(source, Version):
        return source.document
    if isinstance(source, Document):
        return source
    path = _path(source)
    if path is not None:
        from evtcompat.sources.documents.document_files import read_document

        return read_document(path, schema_format)
    if isinstance(source, str) and not (schema_format is not None and source in schema_format.type_names):
        return (schema_format or built_in()[-1]).read(source, None)
    return Document(value=source)  # type: ignore[arg-type]  # the format refuses what is no JSON value


def _version(source: Source, schema_format: SchemaFormat, references: ReferenceSource, label: str | None) -> Version:
    document, found = _found(source, schema_format, references)
    return Version(document=document, label=label, references=found)


def _found(source: Source, schema_format: SchemaFormat, references: ReferenceSource) -> tuple[Document, References]:
    """The document of a source, and where it finds what it does not define."""
    if references is None:
        # What most callers give; the rest asks of every source whether it is a path, and of every text what it is.
        if type(source) is dict:
            return Document(source), _NO_REFERENCES
        if type(source) is str and source.startswith(_BRACKETS):
            return schema_format.read(source, None), _NO_REFERENCES
    document = _document(source, schema_format)
    if references is None and isinstance(source, Version):
        return document, source.references
    found = _references(references, schema_format)
    path = _path(source) if not isinstance(source, Document) else None
    if references is None and path is not None:
        from evtcompat.sources.documents.references import folder_references

        found = folder_references(path.parent, schema_format)
    return document, found


def _references(source: ReferenceSource, schema_format: SchemaFormat) -> References:
    if source is None:
        return _NO_REFERENCES
    if isinstance(source, Mapping):
        documents = {name: _named(_document(value, schema_format), name) for name, value in source.items()}
        return FunctionReferences(documents.get)
    if isinstance(source, References):
        return source
    if callable(source):
        return FunctionReferences(lambda name: _answered(source(name), name, schema_format))
    from evtcompat.sources.documents.references import document_references

    return document_references([_document(value, schema_format) for value in source], schema_format)


def _answered(answer: Source | None, name: str, schema_format: SchemaFormat) -> Document | None:
    """What a caller's function answered for a name, as a document."""
    return None if answer is None else _named(_document(answer, schema_format), name)


def _named(document: Document, name: str) -> Document:
    """The document with the name that it is known by, so that places in it can be told from places in others."""
    return document if document.origin is not None else replace(document, origin=name)
