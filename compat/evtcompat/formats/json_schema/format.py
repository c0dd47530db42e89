"""JSON Schema behind the interface that all formats share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

from evtcompat.dataclasses import dataclass
from evtcompat.formats.base import DEFAULTS, Recognition, SchemaFormat
from evtcompat.formats.json_schema.addresses import dialect_named
from evtcompat.formats.json_schema.options import DEFAULT_DIALECT, SETTINGS, Options
from evtcompat.formats.json_schema.payloads.encodings import CONFLUENT, JSON

if TYPE_CHECKING:
    from evtcompat.formats import base
    from evtcompat.formats.base import Decision, Names, Resemblance, Setting
    from evtcompat.formats.encodings import Encoding
    from evtcompat.formats.json_schema.dialect import Dialect
    from evtcompat.formats.json_schema.parse.parsing import Schema
    from evtcompat.formats.payloads import Payloads
    from evtcompat.formats.projections import Projection
    from evtcompat.formats.recorded import RecordedFormat
    from evtcompat.formats.stated_versions import Mark
    from evtcompat.model.documents import Document, References
    from evtcompat.model.histories import Version
    from evtcompat.model.json_types import JSON as JSON_VALUE
    from evtcompat.model.mismatches import Mismatch
    from evtcompat.model.rules import Rule

_LIKELY: Final = ("properties", "$ref", "$defs", "definitions", "$schema", "enum", "const")


class JsonSchemaFormat(SchemaFormat):
    """Decides whether a reader accepts whatever a writer may produce, and says why."""

    name: str = "json-schema"
    title: str = "JSON Schema"
    noun: str = "a JSON Schema"
    sign: str = "a JSON Schema says which draft with `$schema`"
    registry_type: str = "JSON"
    document_suffixes: tuple[str, ...] = (".json", ".yaml", ".yml", ".jsonschema")
    declaration: re.Pattern[bytes] | None = re.compile(rb"json-schema\.org|iglucentral\.com|spec\.openapis\.org")
    resemblance_mark: re.Pattern[bytes] | None = re.compile(
        rb"""\$schema|\$ref|(?:properties|allOf|anyOf|oneOf|enum|const)["']?\s*:"""
        rb"""|\btype["']?\s*:\s*["']?(?:array|boolean|integer|null|number|object|string)\b"""
    )
    names_are_uris: bool = True
    name_mark: re.Pattern[bytes] | None = re.compile(rb"""\$id|["']id["']|^id:""", re.MULTILINE)
    reference_pattern: re.Pattern[bytes] | None = re.compile(rb"""\$ref["']?\s*:\s*["']?([^"'#\s,}]+)""")
    reads_exact_json: bool = True
    policies: bool = True
    marks_in_payloads: bool = True
    settings: tuple[Setting, ...] = SETTINGS
    encodings: tuple[Encoding, ...] = (JSON, CONFLUENT)

    @property
    def recorded(self) -> RecordedFormat:
        """See `SchemaFormat`."""
        from evtcompat.formats.json_schema.recorded.format import RECORDED

        return RECORDED

    @property
    def projection(self) -> Projection:
        """See `SchemaFormat`."""
        from evtcompat.formats.json_schema.projection import PROJECTION

        return PROJECTION

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules about pairs of JSON Schemas, and about one of them."""
        from evtcompat.formats.json_schema.rules.catalogue import JSON_SCHEMA_RULES

        return JSON_SCHEMA_RULES

    def recognise(self, value: object) -> Recognition | None:
        """See `SchemaFormat`: a ``$schema`` that names a known draft declares; keywords make it likely."""
        if isinstance(value, Mapping):
            declared = value.get("$schema")
            if isinstance(declared, str) and dialect_named(declared) is not None:
                return Recognition.DECLARED
            return Recognition.LIKELY if any(word in value for word in _LIKELY) else Recognition.POSSIBLE
        return Recognition.LIKELY if isinstance(value, bool) else None

    def resemblance(self, value: object) -> Resemblance | None:
        """See `SchemaFormat`: a ``$schema`` that is nearly a metaschema's, or the keywords that describe an object."""
        from evtcompat.formats.json_schema.resemblance import resemblance

        return resemblance(value)

    def definitions(self, value: object) -> Mapping[str, str]:
        """See `SchemaFormat`."""
        from evtcompat.formats.json_schema.libraries import definitions

        return definitions(value)

    def describes(self, value: object) -> str | None:
        """See `SchemaFormat`: a ``$schema`` that names no metaschema names what describes the document."""
        named = value.get("$schema") if isinstance(value, Mapping) else None
        return named if isinstance(named, str) and dialect_named(named) is None else None

    def read(self, text: str, origin: str | None, *, name: str = "", base_uri: str | None = None) -> Document:
        """See `SchemaFormat`: JSON, or YAML where the name or, without one, the text says so."""
        from evtcompat.syntax.documents import parse_document

        if not name:
            looks_like_json = text.lstrip()[:1] in ("{", "[", '"') or text.strip() in ("true", "false")
            name = "x.json" if looks_like_json else "x.yaml"
        return parse_document(text, origin, name=name, base_uri=base_uri)

    def names(self, document: Document) -> Names:
        """See `SchemaFormat`: absolute URIs without fragment."""
        from evtcompat.formats.json_schema.identifiers import names_of

        return names_of(document)

    def identifiers(self, value: JSON_VALUE) -> tuple[str, ...]:
        """See `SchemaFormat`: of newer drafts, and of draft 4."""
        own = (value.get(word) for word in ("$id", "id")) if isinstance(value, Mapping) else ()
        return tuple(one for one in own if isinstance(one, str))

    def version(self, document: Document) -> str | None:
        """See `SchemaFormat`: in a member, else in its own identifier."""
        from evtcompat.formats.stated_versions import in_address, stated

        addresses = map(in_address, self.identifiers(document.value))
        return stated(document.value) or next((found for found in addresses if found is not None), None)

    def aligned(self, old: Version, new: Version) -> Version:
        """See `SchemaFormat`: in ``const``, ``enum`` and ``default``."""
        from evtcompat.dataclasses import replace
        from evtcompat.formats.json_schema.version_marks import aligned

        if old.label is None or new.label is None or old.label == new.label:
            return old
        value = aligned(old.document.value, old.label, new.document.value, new.label)
        return old if value is old.document.value else replace(old, document=replace(old.document, value=value))

    def marks(self, old: Version, new: Version) -> tuple[Mark, ...]:
        """See `SchemaFormat`: in ``const`` and ``enum``."""
        from evtcompat.formats.json_schema.version_marks import marks

        if old.label is None or new.label is None or old.label == new.label:
            return ()
        return tuple(marks(old.document.value, old.label, new.document.value, new.label))

    @cached_property
    def _engine(self) -> _Engine:
        """The engine, imported once and not for every pair, which would pay for the question whether it is."""
        from evtcompat.formats.json_schema.compile.loading import load_schema
        from evtcompat.formats.json_schema.decision import compare
        from evtcompat.formats.json_schema.parse.parsing import Schema

        return _Engine(load_schema, compare, Schema)

    def _own(self, schema: base.Schema) -> Schema:
        if isinstance(schema, self._engine.schema):
            return schema
        message = f"a JSON Schema is needed, not {type(schema).__name__}"
        raise TypeError(message)

    def parse(self, document: Document, references: References, options: base.Options = DEFAULTS) -> Schema:
        """See `SchemaFormat`. A schema that names no dialect is of the one in the options, else of 2020-12."""
        return self._engine.load_schema(document, references, _default_dialect(options))

    def drawn(self, schema: base.Schema) -> object:
        """See `SchemaFormat`: the parts that references reach, where that is settled."""
        from evtcompat.formats.json_schema.parse.drawn import drawn

        return drawn(self._own(schema))

    def known_part(self, document: Document, references: References, options: base.Options) -> base.KnownPart | None:
        """See `SchemaFormat`."""
        from evtcompat.formats.json_schema.compile.known_part import known_part

        return known_part(document, references, _default_dialect(options))

    def compare(self, reader: base.Schema, writer: base.Schema, options: base.Options) -> Decision:
        """See `SchemaFormat`.

        Incompatible if and only if a mismatch of severity error is among the mismatches; undecided parts are listed
        only where neither a counterexample nor a proof was found.
        """
        return self._engine.compare(self._own(reader), self._own(writer), Options.of(options))

    def as_parsed(self, schema: base.Schema, document: Document) -> Document:
        """See `SchemaFormat`."""
        from evtcompat.formats.json_schema.decided import as_parsed

        del document
        return as_parsed(self._own(schema)).document

    def lint(self, schema: base.Schema) -> tuple[Mismatch, ...]:
        """See `SchemaFormat`: misspelt keywords, keywords of another draft or without effect.

        Raises:
            BudgetExceededError: The schema was not compiled to its end, so that nobody knows whether it is valid.
        """
        from evtcompat.formats.json_schema.compile.compiled import compiled
        from evtcompat.formats.json_schema.keywords.scope import Reading
        from evtcompat.formats.json_schema.lint.findings import lint
        from evtcompat.syntax import deep

        own = self._own(schema)
        deep.run(own.nesting, lambda: compiled(own).at("", Reading.WRITTEN))  # as it was when it was loaded
        return deep.run(own.nesting, lambda: lint(own.value, own.dialect))

    def refusals(self, reader: base.Schema, writer: base.Schema, options: base.Options) -> tuple[str, ...]:
        """See `SchemaFormat`: what the registry's policy does not let pass, each with its place."""
        from evtcompat.formats.json_schema.decided import foretold

        refused = foretold(self._own(reader), self._own(writer), Options.of(options)).refused
        return tuple(f"{one.kind} at {one.path}" for one in refused)

    @property
    def decoder(self) -> str:
        """See `SchemaFormat`: the validator."""
        from evtcompat.formats.json_schema.validate.validator import confirmed_by

        return confirmed_by()

    def payloads(self, schema: base.Schema, options: base.Options = DEFAULTS) -> Payloads:
        """See `SchemaFormat`."""
        from evtcompat.formats.json_schema.payloads.interface import JsonPayloads

        return JsonPayloads(self._own(schema), Options.of(options))


@dataclass(frozen=True, slots=True)
class _Engine:
    """What every pair needs."""

    load_schema: Callable[[Document, References, Dialect | None], Schema]
    compare: Callable[[Schema, Schema, Options], Decision]
    schema: type[Schema]


def _default_dialect(options: base.Options) -> Dialect | None:
    """The dialect of schemas that name none, where the options have one."""
    named = options.settings.get(DEFAULT_DIALECT)
    if not isinstance(named, str):
        return None
    from evtcompat.formats.json_schema.dialects import by_uri

    return by_uri(named)


JSON_SCHEMA: Final = JsonSchemaFormat()
