"""A pair that was decided, and what more there is to say of it.

Each is found by itself, so that a caller who wants the verdict does not wait for the rest.
"""

from __future__ import annotations

import weakref
from typing import NamedTuple

from evtcompat.dataclasses import replace
from evtcompat.formats.json_schema import confluent, policy
from evtcompat.formats.json_schema.compile.loading import load_schema
from evtcompat.formats.json_schema.decide import DEFAULT_BUDGET, Answer, decide
from evtcompat.formats.json_schema.explain.explanation import explain
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.content_keys import content_key, value_of
from evtcompat.formats.json_schema.parse.derived import derived
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.witness.check import policy_agrees
from evtcompat.model.json_types import JSON
from evtcompat.model.mismatches import Explanation, ProofStep
from evtcompat.model.verdicts import Policy, Verdict
from evtcompat.regular.steps import BudgetExceededError, Steps
from evtcompat.syntax import deep


class DecidedPair(NamedTuple):
    """A pair with its answer."""

    reader: Schema
    writer: Schema
    options: Options
    answer: Answer

    @property
    def cacheable(self) -> bool:
        """Whether both schemas can be had later as they are now.

        They stand alone, and their words are known, or they were read from a text, so that no caller holds the value.
        """
        return all(
            (schema.content_key is not None or schema.document.text is not None) and not schema.draws_on_others
            for schema in (self.reader, self.writer)
        )

    def as_decided(self) -> DecidedPair:
        """The pair with its schemas as they were decided, whatever became of the documents since."""
        sides = [as_parsed(schema) for schema in (self.reader, self.writer)]
        return self if sides == [self.reader, self.writer] else self._replace(reader=sides[0], writer=sides[1])

    def explanation(self) -> Explanation:
        """Why the pair is what it is: the mismatches, what is open, and the proof where the options ask for one."""
        found = explain(self.reader, self.writer, self.answer, self.options)
        proof: tuple[ProofStep, ...] = ()
        if self.options.proofs:
            from evtcompat.formats.json_schema.proof import steps_of

            proof = steps_of(self.reader, self.writer, self.answer, self.options)
        return Explanation(found.mismatches, (*self.answer.undecided, *found.undecided), proof)

    def registry_verdict(self) -> Verdict:
        """What a Confluent registry with the registry's compatibility policy would answer."""
        return foretold(self.reader, self.writer, self.options).verdict

    def other_policy(self) -> tuple[Policy, Verdict]:
        """What the other policy decides.

        The lenient writer produces less and the lenient reader accepts more, so a strict "compatible" and a lenient
        "incompatible" hold under both; only the other answers are asked for again, and not where the instance that was
        found serves there as well.
        """
        known = self.answer.verdict
        other = Policy.STRICT if self.options.policy is Policy.LENIENT else Policy.LENIENT
        holds_for_both = Verdict.COMPATIBLE if self.options.policy is Policy.STRICT else Verdict.INCOMPATIBLE
        if known is holds_for_both or (known is Verdict.INCOMPATIBLE and self._instance_serves(other)):
            return (other, known)
        # Both policies share the steps of the pair; after a question that stays open, the other has half of the rest.
        left = (self.options.budget or DEFAULT_BUDGET) - self.answer.steps
        left = left // 2 if known is Verdict.UNDECIDED else left
        if left <= 0:
            return (other, Verdict.UNDECIDED)
        asked = replace(self.options, policy=other, witnesses=False, budget=left)
        return (other, decide(self.reader, self.writer, asked, instance_shown=False).verdict)

    def _instance_serves(self, other: Policy) -> bool:
        """Whether the other policy, too, lets the writer produce the instance and makes the reader refuse it."""

        def agrees() -> bool:
            asserted = self.options.assert_formats
            try:
                source = policy.produced(self.writer, other, asserted=asserted)
                target = policy.accepted(self.reader, other, asserted=asserted)
                return policy_agrees(source, target, self.answer.instance, Steps(DEFAULT_BUDGET), exact=True)
            except BudgetExceededError:
                return False

        return deep.run(max(self.reader.nesting, self.writer.nesting), agrees)


def foretold(reader: Schema, writer: Schema, options: Options) -> confluent.Prediction:
    """What a Confluent registry with the registry's compatibility policy would answer, and why."""
    update, original = derived(reader, _registry_document), derived(writer, _registry_document)
    last, asked = derived(reader, _LastForetold), (weakref.ref(original), options.registry_policy)
    if last.prediction is None or last.asked != asked:
        nesting = max(reader.nesting, writer.nesting)
        last.prediction = deep.run(
            nesting, lambda: confluent.predict_documents(update, original, options.registry_policy)
        )
        last.asked = asked
    return last.prediction


class _LastForetold:
    """What was foretold last of a schema as the reader: who asks for the verdict may ask next what it rests on."""

    __slots__ = ("asked", "prediction")

    def __init__(self, _: Schema) -> None:
        #: Of which writer, under which policy.
        self.asked: tuple[weakref.ref[confluent.RegistryDocument], Policy] | None = None
        self.prediction: confluent.Prediction | None = None


def as_parsed(schema: Schema) -> Schema:
    """The schema with its document as it was when it was parsed; itself where that has not changed."""
    document, key = schema.document, schema.content_key
    if key is None or content_key(document.value) == key:
        return schema
    return load_schema(replace(document, value=value_of(key)), schema.library.references, schema.dialect)


def _registry_document(schema: Schema) -> confluent.RegistryDocument:
    """The document as the registry sees it, with what its references reach."""

    def lookup(uri: str) -> JSON:
        document = schema.library.references.lookup(uri)
        return None if document is None else document.value

    return confluent.RegistryDocument(schema.value, lookup)
