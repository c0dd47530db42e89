"""What makes an incompatible pair incompatible: each cause named, placed in both documents, witnessed and mended."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema import deep, exact, policy
from evtcompat.formats.json_schema.decide import Answer, decide
from evtcompat.formats.json_schema.membership import holds, holds_together
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse import Schema
from evtcompat.formats.json_schema.solver import Solver
from evtcompat.formats.json_schema.validate.validator import ValidatorFailedError, confirmed_by
from evtcompat.formats.json_schema.walk.apart import asking_apart
from evtcompat.formats.json_schema.walk.changed import Changed
from evtcompat.formats.json_schema.walk.explaining import (
    Asked,
    Explained,
    Explanation,
    Questions,
    first_cause,
    refused,
)
from evtcompat.formats.json_schema.walk.formats import format_changes
from evtcompat.formats.json_schema.walk.parts import Side
from evtcompat.formats.json_schema.walk.sides import side_of
from evtcompat.formats.json_schema.walk.unsatisfiable import contradiction
from evtcompat.formats.json_schema.words import mark, words
from evtcompat.model.json_types import JSON
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import tokens
from evtcompat.model.verdicts import Policy, Verdict
from evtcompat.model.witnesses import Witness, WitnessKind
from evtcompat.regular.steps import Steps

#: Steps that all questions of one explanation share: what the answer took, so many times, and some for short answers.
_STEPS_PER_STEP = 6
_STEPS = 6_000


def explain(reader: Schema, writer: Schema, answer: Answer, options: Options) -> tuple[Mismatch, ...]:
    """The findings about a pair, given what `decide` answered for it.

    Returns:
        For an incompatible pair at least one mismatch of severity error, each with a witness that the reader refuses at
        that very place, and nowhere else where such a witness was found. For a compatible pair none of severity error,
        unless the writer can produce nothing at all (`writer-unsatisfiable`). For any pair the warnings that need no
        reasoning. Sorted by place in the reader.
    """
    return deep.run(max(reader.nesting, writer.nesting), lambda: _explain(reader, writer, answer, options))


def _explain(reader: Schema, writer: Schema, answer: Answer, options: Options) -> tuple[Mismatch, ...]:
    found: list[Mismatch] = []
    if answer.verdict is Verdict.INCOMPATIBLE:
        found += _errors(reader, writer, answer, options)
    elif answer.vacuous:
        found.append(contradiction(_sides(reader, writer, options)[1], writer, options))
    if not options.assert_formats and reader.value is not writer.value and _formats(reader) and _formats(writer):
        found += format_changes(*_sides(reader, writer, options))
    return tuple(sorted(found, key=_order)) if len(found) > 1 else tuple(found)


def _formats(schema: Schema) -> bool:
    """Whether a format may be named in what the schema reaches."""
    if schema.library.documents:
        return True
    spoken = words(schema.value) if schema.words is None else schema.words
    return spoken is None or _FORMAT in spoken


_FORMAT = mark("format")


def _order(one: Mismatch) -> tuple[str, tuple[tuple[int, str], ...], str]:
    steps = tuple((int(step) if step.isdigit() else -1, step) for step in tokens(one.reader.pointer))
    return one.reader.origin or "", steps, one.rule


def _sides(reader: Schema, writer: Schema, options: Options) -> tuple[Side, Side]:
    asserted = options.assert_formats
    return side_of(reader, assert_formats=asserted), side_of(writer, assert_formats=asserted)


def _errors(reader: Schema, writer: Schema, answer: Answer, options: Options) -> Iterator[Mismatch]:
    ours, theirs = _sides(reader, writer, options)
    # The questions are about one pair, of which little changes from one to the next.
    solver = Solver(Steps(_STEPS + _STEPS_PER_STEP * answer.steps))
    lenient = options.policy is Policy.LENIENT

    def ask(our_changes: Changed, their_changes: Changed) -> Asked:
        try:
            said = decide(our_changes.schema(), their_changes.schema(), options, solver=solver)
        except SchemaError:
            # The change took away what a reference leads to, or left no schema in a document that is read anew.
            return Asked(included=False)
        refuted = said.verdict is Verdict.INCOMPATIBLE
        return Asked(said.verdict is Verdict.COMPATIBLE, vacuous=said.vacuous, event=said.instance, refuted=refuted)

    def load(changes: Changed) -> Side:
        return side_of(changes.schema(), assert_formats=options.assert_formats)

    def ask_part(reader_pointer: str, writer_pointer: str) -> tuple[bool, JSON]:
        said = decide(
            reader, writer, options, reader_pointer=reader_pointer, writer_pointer=writer_pointer, solver=solver
        )
        return said.verdict is Verdict.INCOMPATIBLE, said.instance

    asserted = options.assert_formats
    source = policy.produced(writer, options.policy, asserted=asserted)
    target = policy.accepted(reader, options.policy, asserted=asserted)

    def breaks(event: JSON) -> bool:
        return holds_together([source], event) is True and holds(target, event) is False

    questions = Questions(ask, ask_part, load, breaks, asking_apart(reader, writer, options))
    try:
        found = Explanation(ours, theirs, questions, lenient=lenient, shown=options.witnesses).run(answer.instance)
    except ValidatorFailedError:
        # Only a name for the cause is lost: the instance itself is confirmed.
        found = ()
    said = answer.violation.summary if answer.violation else ""
    for one in found or [Explained(refused(first_cause(ours, answer.instance), said), answer.instance)]:
        yield _mismatch(one, options)


def _mismatch(one: Explained, options: Options) -> Mismatch:
    fixes = [fix for fix in (one.reader_fix, one.writer_fix) if fix is not None]
    return Mismatch(
        one.named.rule,
        one.named.reader,
        one.named.writer,
        one.named.facts,
        witness=_witness(one) if options.witnesses else None,
        fix=fixes[0] if fixes else None,
        alternatives=tuple(fixes[1:]),
    )


def _witness(one: Explained) -> Witness:
    """The event, with what the validator said of it at the cause's place."""
    said = _DECIMAL.sub(r"\1", one.named.said)
    if len(said) > _LONGEST:
        said = f"{said[: _LONGEST - 60]} ... {said[-50:]}"
    payload = exact.dump(one.event).encode()
    return Witness(WitnessKind.REFUSED, exact.readable(one.event), payload, "json", confirmed_by(), said)


_LONGEST = 200
#: How Python shows the exact numbers that the validator is given.
_DECIMAL = re.compile(r"Decimal\('([^']*)'\)")
