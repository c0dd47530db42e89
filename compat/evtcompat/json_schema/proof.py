"""What settled each part of a "compatible", for a person who audits it.

The proof itself is that the search for a counterexample ended without one. What is shown is how it divides: at each
place of the reader, which of its demands the writer's schema meets *by itself at the same place*, each of these
asked of the engine again, and what follows only from several parts together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from evtcompat.algebra.steps import Steps
from evtcompat.contract import Options
from evtcompat.errors import SchemaError
from evtcompat.json_schema import deep, policy
from evtcompat.json_schema.compiling.scope import Contents
from evtcompat.json_schema.decide import Answer, decide
from evtcompat.json_schema.dialects import Handling
from evtcompat.json_schema.exact import dump
from evtcompat.json_schema.parse import Schema
from evtcompat.model.mismatches import ProofStep
from evtcompat.model.places import Place, child, tokens
from evtcompat.model.verdicts import Policy, Verdict

#: Steps that the whole account may take; what is left then is told as one argument.
_STEPS = 4_000
#: Arguments of an account.
_LONGEST = 200
_LONGEST_VALUE = 60

#: The theory that settles what a keyword demands.
_THEORIES: Mapping[str, str] = {
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), "exact intervals"),
    "multipleOf": "exact multiples",
    **dict.fromkeys(("minLength", "maxLength"), "lengths of strings"),
    **dict.fromkeys(("pattern", "format"), "inclusion of regular languages"),
    **dict.fromkeys(("enum", "const"), "looking at each value"),
    "type": "the JSON types",
    **dict.fromkeys(
        ("additionalProperties", "patternProperties", "propertyNames", "unevaluatedProperties"),
        "a partition of the property names",
    ),
    **dict.fromkeys(("required", "dependentRequired", "dependencies", "dependentSchemas"), "the members that must be"),
    **dict.fromkeys(("minProperties", "maxProperties"), "counting members"),
    **dict.fromkeys(("minItems", "maxItems"), "counting items"),
    **dict.fromkeys(("contains", "items", "prefixItems", "unevaluatedItems"), "positions and counted items"),
    "uniqueItems": "distinct items",
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "not", "if"), "case distinction"),
    **dict.fromkeys(("$ref", "$dynamicRef", "$recursiveRef"), "induction over the depth of the instance"),
}


def steps_of(reader: Schema, writer: Schema, answer: Answer, options: Options) -> tuple[ProofStep, ...]:
    """The arguments behind a compatible answer, the root first; none where ``options`` ask for none."""
    if answer.verdict is not Verdict.COMPATIBLE or not options.proofs:
        return ()
    return deep.run(
        max(reader.nesting, writer.nesting), lambda: tuple(_Account(reader, writer, answer, options).tell())
    )


class _Account:
    """One account."""

    def __init__(self, reader: Schema, writer: Schema, answer: Answer, options: Options) -> None:
        self.reader = reader
        self.writer = writer
        self.answer = answer
        self.options = options
        self.steps = Steps(_STEPS)
        self.told = 0

    def tell(self) -> Iterator[ProofStep]:
        """The arguments, the root first."""
        if self.answer.vacuous:
            yield ProofStep(Place(), Place(), "the writer's schema allows no instance at all")
            return
        if self.reader.value == self.writer.value:
            yield ProofStep(Place(), Place(), "both schemas are the same")
            return
        if self.options.policy is Policy.LENIENT:
            yield ProofStep(Place(), Place(), _LENIENT)
        yield from self._at("", "")

    def _at(self, reader_pointer: str, writer_pointer: str) -> Iterator[ProofStep]:
        ours, theirs = _contents(self.reader, reader_pointer), _contents(self.writer, writer_pointer)
        places = Place(pointer=reader_pointer), Place(pointer=writer_pointer)
        if self._same(reader_pointer, writer_pointer):
            yield ProofStep(*places, "the same demands on both sides")
            return
        if not isinstance(ours, dict) or self.told >= _LONGEST:
            yield ProofStep(*places, "no value of the writer is refused (searched to the end)")
            return
        for keyword in ours:
            how = self.reader.dialect.keywords.get(keyword, Handling.ANNOTATION)
            if how is Handling.DECIDED or keyword in {"$ref", "$dynamicRef", "$recursiveRef"}:
                yield from self._keyword(keyword, ours, theirs, places)

    def _keyword(
        self, keyword: str, ours: Contents, theirs: object, places: tuple[Place, Place]
    ) -> Iterator[ProofStep]:
        self.told += 1
        place = Place(pointer=child(places[0].pointer, keyword))
        if keyword == "properties" and isinstance(theirs, dict):
            yield from self._properties(ours, theirs, places)
            return
        if isinstance(theirs, dict) and theirs.get(keyword) == ours[keyword] and keyword not in _RELATIVE:
            other = Place(pointer=child(places[1].pointer, keyword))
            yield ProofStep(place, other, f"{keyword}: the same on both sides")
            return
        if ours[keyword] is False and self.options.policy is Policy.LENIENT and keyword in _LIFTED:
            yield ProofStep(place, places[1], f"{keyword} false: the reader ignores what it does not know")
            return
        reason = _THEORIES.get(keyword, "the other keywords beside it")
        argument = f"{keyword}{_value(ours[keyword])} is met by every value of the writer: {reason}"
        yield ProofStep(place, places[1], argument)

    def _properties(self, ours: Contents, theirs: Contents, places: tuple[Place, Place]) -> Iterator[ProofStep]:
        known = theirs.get("properties", {})
        for name in ours["properties"]:
            at = child(child(places[0].pointer, "properties"), name)
            if name not in known:
                yield ProofStep(Place(pointer=at), places[1], f"{name!r}: {self._unknown()}")
                continue
            other = child(child(places[1].pointer, "properties"), name)
            if self._included(at, other):
                yield from self._at(at, other)
            else:
                argument = f"{name!r} is met by several parts of the writer together"
                yield ProofStep(Place(pointer=at), Place(pointer=other), argument)

    def _unknown(self) -> str:
        if self.options.policy is Policy.LENIENT:
            return "the writer does not declare it, or what it allows there is accepted"
        return "what the writer allows there is accepted, or it allows nothing there"

    def _included(self, reader_pointer: str, writer_pointer: str) -> bool:
        try:
            found = decide(
                self.reader,
                self.writer,
                self.options,
                reader_pointer=reader_pointer,
                writer_pointer=writer_pointer,
                steps=self.steps,
            )
        except SchemaError:
            return False
        return found.verdict is Verdict.COMPATIBLE

    def _same(self, reader_pointer: str, writer_pointer: str) -> bool:
        one = policy.accepted(self.reader, Policy.STRICT, reader_pointer)
        return one is policy.produced(self.writer, Policy.STRICT, writer_pointer)


#: Keywords whose meaning depends on others beside them or elsewhere, so that equal values settle nothing.
_RELATIVE = frozenset(
    (
        "additionalProperties",
        "unevaluatedProperties",
        "unevaluatedItems",
        "items",
        "$ref",
        "$dynamicRef",
        "$recursiveRef",
        "contains",
    )
)


_LENIENT = "policy lenient: the writer produces declared properties only, the reader ignores unknown ones"

#: Keywords whose ``false`` the lenient reader does not insist on.
_LIFTED = frozenset(("additionalProperties", "unevaluatedProperties"))


def _value(value: object) -> str:
    text = dump(value)
    return f" {text}" if len(text) <= _LONGEST_VALUE else ""


def _contents(schema: Schema, pointer: str) -> object:
    value: object = schema.value
    for token in tokens(pointer):
        value = value[int(token)] if isinstance(value, list) else value[token]  # type: ignore[index]  # it was walked
    return value
