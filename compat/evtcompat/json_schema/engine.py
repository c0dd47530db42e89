"""The JSON Schema engine behind the interface that both formats share."""

from __future__ import annotations

from collections.abc import Mapping

from evtcompat.engines import Options
from evtcompat.json_schema import exact
from evtcompat.json_schema.confirm import confirmed_by
from evtcompat.json_schema.decide import Answer, decide
from evtcompat.json_schema.exact import Value
from evtcompat.json_schema.parse import Schema, parse
from evtcompat.model.documents import Document, References
from evtcompat.model.mismatches import Mismatch, Relation
from evtcompat.model.places import Place
from evtcompat.model.verdicts import Policy, Verdict
from evtcompat.model.witnesses import Witness, WitnessKind


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
        mismatches = _generic(answer) if answer.verdict is Verdict.INCOMPATIBLE else ()
        return Relation(
            mismatches=mismatches,
            undecided=answer.undecided,
            other_policy=_other(reader, writer, options, answer),
        )

    def lint(self, schema: Value) -> tuple[Mismatch, ...]:
        """Findings about one schema alone."""
        return ()

    def rejection(self, schema: Value) -> str | None:
        """Why a Confluent registry would refuse to register this schema; none is known for one that parses."""
        return None


def witness_of(answer: Answer) -> Witness | None:
    """The witness of an answer, as reports show it."""
    if answer.verdict is not Verdict.INCOMPATIBLE or answer.refusal is None:
        return None
    return Witness(
        kind=WitnessKind.REFUSED,
        value=answer.instance,
        payload=exact.dump(answer.instance).encode("utf-8"),
        encoding="json",
        confirmed_by=confirmed_by(),
        observed=answer.refusal.message,
    )


def _generic(answer: Answer) -> tuple[Mismatch, ...]:
    said = answer.refusal
    place = said.place if said is not None else Place()
    facts: Mapping[str, object] = {
        "instance": exact.dump(answer.instance),
        "observed": said.message if said is not None else "",
    }
    return (Mismatch("instance-refused", place, Place(), facts=facts, witness=witness_of(answer)),)


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
