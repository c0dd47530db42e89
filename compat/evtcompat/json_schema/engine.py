"""The JSON Schema engine behind the interface that both formats share."""

from __future__ import annotations

from dataclasses import dataclass, replace

from evtcompat.contract import Options
from evtcompat.contract import Schema as AnySchema
from evtcompat.errors import EvtcompatError, UncheckedError
from evtcompat.json_schema import confluent, decide, deep
from evtcompat.json_schema.decide import Answer
from evtcompat.json_schema.dialects import by_uri
from evtcompat.json_schema.lint import lint
from evtcompat.json_schema.parse import Schema, parse
from evtcompat.json_schema.proving import steps_of
from evtcompat.json_schema.walk import explain
from evtcompat.model.documents import Document, References
from evtcompat.model.json_types import JSON
from evtcompat.model.mismatches import Mismatch, Relation, Undecided
from evtcompat.model.places import Place
from evtcompat.model.verdicts import Policy, Verdict


@dataclass(frozen=True, slots=True)
class JsonSchemaEngine:
    """Decides whether a reader accepts whatever a writer may produce, and says why."""

    #: The ``$schema`` of documents that name none; `dialects.DEFAULT` when absent.
    default_dialect: str | None = None

    def parse(self, document: Document, references: References) -> Schema:
        """The schema that ``document`` writes.

        Raises:
            SchemaError: It is none, or beyond a limit, with the place.
        """
        default = None if self.default_dialect is None else by_uri(self.default_dialect)
        return parse(document, references, default)

    def relation(self, reader: AnySchema, writer: AnySchema, options: Options) -> Relation:
        """What becomes of the writer's instances in the reader.

        Incompatible if and only if a mismatch of severity error is among the mismatches; undecided parts are listed
        only where neither a counterexample nor a proof was found.

        Raises:
            UncheckedError: The pair is incompatible, and a fault kept it from being explained.
        """
        ours, theirs = _own(reader), _own(writer)
        answer: Answer | None = None
        try:
            answer = decide.decide(ours, theirs, options)
            return self._told(ours, theirs, answer, options)
        except EvtcompatError:
            raise
        except Exception as failure:
            # The validator and the format checkers of other people raise what they like: the question is open then.
            if decide.RAISE_UNCONFIRMED:
                raise
            what = f"{type(failure).__name__}: {failure}"
            if answer is not None and answer.verdict is Verdict.INCOMPATIBLE:
                # What was decided must neither be lost with its explanation nor pass for an open question.
                message = f"the pair is incompatible, but explaining it failed ({what})"
                raise UncheckedError(message, hint="Please report it with both schemas.") from failure
            reason = f"the comparison failed ({what}); please report it"
            return Relation(undecided=(Undecided(Place(), Place(), reason),))

    def _told(self, ours: Schema, theirs: Schema, answer: Answer, options: Options) -> Relation:
        return Relation(
            mismatches=explain(ours, theirs, answer, options),
            undecided=answer.undecided,
            registry_verdict=_registry_verdict(ours, theirs, options.policy),
            other_policy=_other_policy(ours, theirs, options, answer),
            proof=steps_of(ours, theirs, answer, options),
        )

    def answer(self, reader: AnySchema, writer: AnySchema, options: Options) -> Relation:
        """The relation: a refusal is not known before its reason."""
        return self.relation(reader, writer, options)

    def lint(self, schema: AnySchema) -> tuple[Mismatch, ...]:
        """Findings about one schema alone: misspelt keywords, keywords of another draft or without effect."""
        own = _own(schema)
        return deep.run(own.nesting, lambda: lint(own.value, own.dialect))

    def rejection(self, schema: AnySchema) -> str | None:  # noqa: ARG002 - of the protocol
        """Why a Confluent registry would refuse to register this schema; no reason is known for one that parses."""
        return None


def _own(schema: AnySchema) -> Schema:
    if isinstance(schema, Schema):
        return schema
    message = f"a schema of this engine was expected, not {type(schema).__name__}"
    raise TypeError(message)


def _registry_verdict(reader: Schema, writer: Schema, policy: Policy) -> Verdict:
    """What a Confluent registry with this compatibility policy would answer."""

    def predict() -> Verdict:
        return confluent.predict_loaded(_loaded(reader), _loaded(writer), policy).verdict

    return deep.run(max(reader.nesting, writer.nesting), predict)


def _loaded(schema: Schema) -> confluent.Loaded:
    """The document as the registry sees it, with what its references reach; loaded once."""

    def lookup(uri: str) -> JSON:
        document = schema.library.references.lookup(uri)
        return None if document is None else document.value

    if confluent.Loaded not in schema.cache:
        schema.cache[confluent.Loaded] = confluent.Loaded(schema.value, lookup)
    loaded: confluent.Loaded = schema.cache[confluent.Loaded]
    return loaded


def _other_policy(reader: Schema, writer: Schema, options: Options, answer: Answer) -> tuple[Policy, Verdict]:
    """What the other policy decides.

    The lenient writer produces less and the lenient reader accepts more, so a strict "compatible" and a lenient
    "incompatible" hold under both; only the other answers are asked for again.
    """
    other = Policy.STRICT if options.policy is Policy.LENIENT else Policy.LENIENT
    carries = Verdict.COMPATIBLE if options.policy is Policy.STRICT else Verdict.INCOMPATIBLE
    if answer.verdict is carries:
        return (other, answer.verdict)
    return (other, decide.decide(reader, writer, replace(options, policy=other, witnesses=False)).verdict)
