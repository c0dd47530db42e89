"""What there is to say of a pair that was decided: why, what a registry would answer, and the other policy's verdict.

Each is found by itself, so that a caller who wants the verdict does not wait for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from evtcompat.formats.json_schema import confluent, decide, deep, policy
from evtcompat.formats.json_schema.decide import Answer
from evtcompat.formats.json_schema.derived import derived
from evtcompat.formats.json_schema.explain.explanation import explain
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse import Schema
from evtcompat.formats.json_schema.proving import steps_of
from evtcompat.formats.json_schema.schemas import load_schema
from evtcompat.formats.json_schema.witness.check import policy_agrees
from evtcompat.formats.json_schema.words import value_of, words
from evtcompat.model.json_types import JSON
from evtcompat.model.mismatches import Relation
from evtcompat.model.verdicts import Policy, Verdict


@dataclass(frozen=True, slots=True)
class Decided:
    """A pair with its answer."""

    reader: Schema
    writer: Schema
    options: Options
    answer: Answer

    @property
    def lasting(self) -> bool:
        """Whether both schemas can be had later as they are now.

        They stand alone, and their words are known, or they were read from a text, so that no caller holds the value.
        """
        return all(
            (schema.words is not None or schema.document.text is not None) and not schema.draws_on_others
            for schema in (self.reader, self.writer)
        )

    def as_decided(self) -> Decided:
        """The pair with its schemas as they were decided, whatever became of the documents since."""
        sides = [_as_parsed(schema) for schema in (self.reader, self.writer)]
        return self if sides == [self.reader, self.writer] else replace(self, reader=sides[0], writer=sides[1])


def _as_parsed(schema: Schema) -> Schema:
    document, spoken = schema.document, schema.words
    if spoken is None or words(document.value) == spoken:
        return schema
    return load_schema(replace(document, value=value_of(spoken)), schema.library.references, schema.dialect)


def relation(pair: Decided) -> Relation:
    """Everything."""
    return replace(explained(pair), registry_verdict=registry_verdict(pair), other_policy=other_policy(pair))


def explained(pair: Decided) -> Relation:
    """Why the pair is what it is: the mismatches, what is open, and the proof where the options ask for one."""
    reader, writer, options, answer = pair.reader, pair.writer, pair.options, pair.answer
    return Relation(
        mismatches=explain(reader, writer, answer, options),
        undecided=answer.undecided,
        proof=steps_of(reader, writer, answer, options),
    )


def registry_verdict(pair: Decided) -> Verdict:
    """What a Confluent registry with this compatibility policy would answer."""
    reader, writer = pair.reader, pair.writer

    def predict() -> Verdict:
        return confluent.predict_loaded(derived(reader, _loaded), derived(writer, _loaded), pair.options.policy).verdict

    return deep.run(max(reader.nesting, writer.nesting), predict)


def _loaded(schema: Schema) -> confluent.Loaded:
    """The document as the registry sees it, with what its references reach."""

    def lookup(uri: str) -> JSON:
        document = schema.library.references.lookup(uri)
        return None if document is None else document.value

    return confluent.Loaded(schema.value, lookup)


def other_policy(pair: Decided) -> tuple[Policy, Verdict]:
    """What the other policy decides.

    The lenient writer produces less and the lenient reader accepts more, so a strict "compatible" and a lenient
    "incompatible" hold under both; only the other answers are asked for again, and not where the instance that was
    found serves there as well.
    """
    options, known = pair.options, pair.answer.verdict
    other = Policy.STRICT if options.policy is Policy.LENIENT else Policy.LENIENT
    carries = Verdict.COMPATIBLE if options.policy is Policy.STRICT else Verdict.INCOMPATIBLE
    if known is carries or (known is Verdict.INCOMPATIBLE and _serves(pair, other)):
        return (other, known)
    return (other, decide.decide(pair.reader, pair.writer, replace(options, policy=other, witnesses=False)).verdict)


def _serves(pair: Decided, other: Policy) -> bool:
    """Whether a policy's writer may produce the instance and its reader refuses it; the validator has said so."""

    def agrees() -> bool:
        asserted = pair.options.assert_formats
        source = policy.produced(pair.writer, other, asserted=asserted)
        target = policy.accepted(pair.reader, other, asserted=asserted)
        return policy_agrees(source, target, pair.answer.instance, sure=True)

    return deep.run(max(pair.reader.nesting, pair.writer.nesting), agrees)
