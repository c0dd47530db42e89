"""Avro behind the interface that all formats share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

from evtcompat.dataclasses import dataclass
from evtcompat.errors import DocumentError, UnsupportedError
from evtcompat.formats.avro.payloads.encodings import BINARY, CONFLUENT, SINGLE_OBJECT
from evtcompat.formats.base import DEFAULTS, Decision, Recognition, SchemaFormat

if TYPE_CHECKING:
    from evtcompat.formats.avro.types import AvroSchema
    from evtcompat.formats.base import Names, Options, Resemblance, Schema
    from evtcompat.formats.encodings import Encoding
    from evtcompat.formats.payloads import Payloads
    from evtcompat.formats.projections import Projection
    from evtcompat.formats.recorded import RecordedFormat
    from evtcompat.formats.stated_versions import Mark
    from evtcompat.model.documents import Document, References
    from evtcompat.model.histories import Version
    from evtcompat.model.json_types import JSON
    from evtcompat.model.mismatches import Mismatch
    from evtcompat.model.rules import Rule

_PRIMITIVES: Final = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})
#: The primitives whose name means something in other languages, too.
_COMMON: Final = frozenset({"null", "boolean", "string"})
#: Words that stand under Avro's ``type``, with the key that goes with each.
_COMPLEX: Final = {"record": "fields", "error": "fields", "enum": "symbols", "fixed": "size", "map": "values"}


class AvroFormat(SchemaFormat):
    """Compares Avro schemas as the specification, a Confluent registry, and real decoders do."""

    name: str = "avro"
    title: str = "Avro"
    noun: str = "an Avro schema"
    sign: str = "Avro schemas end with .avsc"
    registry_type: str = "AVRO"
    type_names: frozenset[str] = _PRIMITIVES
    suffixes: tuple[str, ...] = (".avsc",)
    resemblance_mark: re.Pattern[bytes] | None = re.compile(rb"\b(?:record|symbols|fixed)\b")
    encodings: tuple[Encoding, ...] = (CONFLUENT, BINARY, SINGLE_OBJECT)

    @property
    def recorded(self) -> RecordedFormat:
        """See `SchemaFormat`."""
        from evtcompat.formats.avro.recorded.format import RECORDED

        return RECORDED

    @property
    def projection(self) -> Projection:
        """See `SchemaFormat`."""
        from evtcompat.formats.avro.projection import PROJECTION

        return PROJECTION

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules about pairs of Avro schemas, and about one of them."""
        from evtcompat.formats.avro.rules import AVRO_RULES

        return AVRO_RULES

    def recognise(self, value: object) -> Recognition | None:
        """See `SchemaFormat`: a type name, a union, or an object with Avro's words."""
        if isinstance(value, (str, list)):
            return Recognition.LIKELY
        kind = value.get("type") if isinstance(value, Mapping) else None
        if not isinstance(value, Mapping) or not isinstance(kind, str):
            return None
        own = _COMPLEX.get(kind, "") in value or "logicalType" in value or kind in _PRIMITIVES - _COMMON
        return Recognition.LIKELY if own else None

    def resemblance(self, value: object) -> Resemblance | None:
        """See `SchemaFormat`: a named type, or a union of such."""
        from evtcompat.formats.avro.resemblance import resemblance

        return resemblance(value)

    def read(self, text: str, origin: str | None, *, name: str = "", base_uri: str | None = None) -> Document:
        """See `SchemaFormat`. Files of Avro's own suffix may have C-style comments, as Avro Java allows."""
        comments = not name or name.lower().endswith(self.suffixes)
        try:
            return self._parse_text(text, origin, name=name, exact=False, comments=comments, base_uri=base_uri)
        except DocumentError as error:
            from evtcompat.formats.avro.suggestions import kind_of_text

            found = kind_of_text(text)
            if found is None:
                raise
            message = f"this is {found[0]}"
            raise UnsupportedError(message, place=error.place, hint=found[1]) from error

    def names(self, document: Document) -> Names:
        """See `SchemaFormat`: full names; of a short name inside a namespace both readings."""
        from evtcompat.formats.avro.definitions import names_of

        return names_of(document.value)

    def version(self, document: Document) -> str | None:
        """See `SchemaFormat`: in a member."""
        from evtcompat.formats.stated_versions import stated

        return stated(document.value)

    def aligned(self, old: Version, new: Version) -> Version:
        """See `SchemaFormat`: in the namespace, and so in the names of what it defines and uses."""
        from evtcompat.formats.avro.version_marks import aligned

        return aligned(old, new)

    def marks(self, old: Version, new: Version) -> tuple[Mark, ...]:
        """See `SchemaFormat`: in the names of types."""
        from evtcompat.formats.avro.version_marks import marks

        return marks(old, new)

    def definition(self, document: Document, name: str) -> object:
        """See `SchemaFormat`."""
        from evtcompat.formats.avro.definitions import definition_of

        return definition_of(document.value, name)

    @cached_property
    def _parse_text(self) -> Callable[..., Document]:
        """How a text is parsed, imported once as the engine is."""
        from evtcompat.syntax.documents import parse_document

        return parse_document

    @cached_property
    def _engine(self) -> _Engine:
        """The engine, imported once and not for every pair: an import that is done costs as much as a tenth of one."""
        from evtcompat.formats.avro.comparison import compare
        from evtcompat.formats.avro.parse import parse
        from evtcompat.formats.avro.types import AvroSchema

        return _Engine(parse, compare, AvroSchema)

    def _own(self, schema: Schema) -> AvroSchema:
        if type(schema) is not self._engine.schema:
            message = f"an Avro schema is needed, not {type(schema).__name__}"
            raise TypeError(message)
        return schema

    def parse(self, document: Document, references: References, options: Options = DEFAULTS) -> AvroSchema:  # noqa: ARG002 - of the protocol
        """See `SchemaFormat`."""
        return self._engine.parse(document, references)

    def known_part(self, document: Document, references: References, options: Options) -> None:
        """See `SchemaFormat`: a name that is missing may be of any type, and nothing is known of its neighbours."""

    def compare(self, reader: Schema, writer: Schema, options: Options) -> Decision:
        """See `SchemaFormat`.

        The registry verdict is what Avro Java's `SchemaCompatibility` answers; when it is incompatible, a mismatch of
        severity error says why. With `options.witnesses`, every mismatch about payloads carries a witness, and all is
        worked out at once: payloads and fixes are built from the documents, which are the caller's.
        """
        engine = self._engine
        if type(reader) is engine.schema and type(writer) is engine.schema:
            decision = engine.compare(reader, writer, options)
        else:
            decision = engine.compare(self._own(reader), self._own(writer), options)
        return Decision.explained(decision.explanation(), decision.registry_verdict) if options.witnesses else decision

    def lint(self, schema: Schema) -> tuple[Mismatch, ...]:
        """See `SchemaFormat`: wrong defaults, illegal names, branches that share a name."""
        from evtcompat.formats.avro.limits import recursing
        from evtcompat.formats.avro.lint import lint

        return recursing(lint, self._own(schema))

    def stored(self, value: JSON) -> JSON:
        """See `SchemaFormat`."""
        from evtcompat.formats.avro.limits import recursing
        from evtcompat.formats.avro.printed import printed

        return recursing(printed, value)

    def rejection(self, schema: Schema) -> str | None:
        """See `SchemaFormat`."""
        from evtcompat.formats.avro.limits import recursing
        from evtcompat.formats.avro.registration import rejection

        return recursing(rejection, self._own(schema))

    @property
    def decoder(self) -> str:
        """See `SchemaFormat`."""
        from evtcompat.formats.avro.payloads.codec import decoder_name

        return decoder_name()

    def payloads(self, schema: Schema, options: Options = DEFAULTS) -> Payloads:  # noqa: ARG002 - of the protocol
        """See `SchemaFormat`."""
        from evtcompat.formats.avro.payloads.interface import AvroPayloads

        return AvroPayloads(self._own(schema))


@dataclass(frozen=True, slots=True)
class _Engine:
    """What every pair needs."""

    parse: Callable[[Document, References], AvroSchema]
    compare: Callable[[AvroSchema, AvroSchema, Options], Decision]
    schema: type[AvroSchema]


AVRO: Final = AvroFormat()
