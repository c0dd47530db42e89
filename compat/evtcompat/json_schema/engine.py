"""The JSON Schema engine behind the interface that both formats share."""

from __future__ import annotations

from evtcompat.engines import Options
from evtcompat.json_schema import deep
from evtcompat.json_schema.confluent import Loaded, predict_loaded
from evtcompat.json_schema.decide import Answer, decide
from evtcompat.json_schema.exact import Value
from evtcompat.json_schema.lint import lint
from evtcompat.json_schema.parse import Schema, parse
from evtcompat.json_schema.walk import explain
from evtcompat.model.documents import Document, References
from evtcompat.model.json_types import JSON
from evtcompat.model.mismatches import Mismatch, Relation
from evtcompat.model.verdicts import Policy, Verdict


class JsonSchemaEngine:
    """Parses JSON Schemas and tells what becomes of a writer's instances in a reader."""

    def parse(self, document: Document, references: References) -> Schema:
        """The schema that ``document`` writes.

        Raises:
            SchemaError: It is none, or beyond a limit, with the place.
        """
        return parse(document, references)

    def relation(self, reader: Value, writer: Value, options: Options) -> Relation:
        """What becomes of the writer's instances in the reader.

        Incompatible if and only if a mismatch of severity error is among the mismatches; undecided parts only where
        neither a counterexample nor a proof was found.
        """
        answer = decide(reader, writer, options)
        return Relation(
            mismatches=explain(reader, writer, answer, options),
            undecided=answer.undecided,
            registry_verdict=_registry(reader, writer, options.policy),
            other_policy=_other(reader, writer, options, answer),
        )

    def lint(self, schema: Value) -> tuple[Mismatch, ...]:
        """Findings about one schema alone."""
        return lint(schema.value, schema.dialect)

    def rejection(self, schema: Value) -> str | None:
        """Why a Confluent registry would refuse to register this schema; none is known for one that parses."""
        return None


def _registry(reader: Schema, writer: Schema, policy: Policy) -> Verdict:
    """What a Confluent registry with this compatibility policy would answer."""
    nesting = max(reader.nesting, writer.nesting)
    return deep.run(nesting, lambda: predict_loaded(_loaded(reader), _loaded(writer), policy).verdict)


def _loaded(schema: Schema) -> Loaded:
    """The document as the registry sees it, with what its references reach; loaded once."""

    def lookup(uri: str) -> JSON:
        document = schema.library.references.lookup(uri)
        return None if document is None else document.value

    if Loaded not in schema.cache:
        schema.cache[Loaded] = Loaded(schema.value, lookup)
    loaded: Loaded = schema.cache[Loaded]
    return loaded


def _other(reader: Schema, writer: Schema, options: Options, answer: Answer) -> tuple[Policy, Verdict] | None:
    """What the other policy decides.

    The lenient writer produces less and the lenient reader accepts more, so a strict "compatible" and a lenient
    "incompatible" hold under both; only the other two are asked.
    """
    from dataclasses import replace

    other = Policy.STRICT if options.policy is Policy.LENIENT else Policy.LENIENT
    carries = Verdict.COMPATIBLE if options.policy is Policy.STRICT else Verdict.INCOMPATIBLE
    if answer.verdict is carries:
        return (other, answer.verdict)
    return (other, decide(reader, writer, replace(options, policy=other)).verdict)
