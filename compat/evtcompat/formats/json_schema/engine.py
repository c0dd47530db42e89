"""The answer for a pair of JSON Schemas: decided at once, explained when it is asked for, and never lost to a fault."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from evtcompat.errors import EvtcompatError, UncheckedError
from evtcompat.formats.base import Decision
from evtcompat.formats.json_schema import decide, telling
from evtcompat.formats.json_schema.decide import Answer
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse import Schema
from evtcompat.formats.json_schema.telling import Decided
from evtcompat.model.mismatches import Relation, Undecided
from evtcompat.model.places import Place
from evtcompat.model.verdicts import Verdict

_T = TypeVar("_T")


def compare(reader: Schema, writer: Schema, options: Options) -> Decision:
    """What becomes of the writer's instances in the reader.

    An instance that the reader refuses makes every explanation hold an error, and without one there are but warnings:
    so what was decided is the verdict, whatever its explanation will say. What is found later is found in the schemas
    as they were decided; those that may change in between are told of at once.

    Raises:
        UncheckedError: The pair is incompatible, and a fault kept it from being explained.
    """
    found = _decided(reader, writer, options)
    if not isinstance(found, Decided):
        return Decision.explained(found)
    if found.answer.verdict is Verdict.UNDECIDED or not found.lasting:
        return Decision.explained(_told(found))
    return Decision(
        found.answer.verdict,
        partial(_later, found, telling.registry_verdict),
        partial(_later, found, telling.explained),
        partial(_later, found, telling.other_policy),
    )


def relation(reader: Schema, writer: Schema, options: Options) -> Relation:
    """Everything that there is to say of a pair, worked out at once.

    Raises:
        UncheckedError: The pair is incompatible, and a fault kept it from being explained.
    """
    found = _decided(reader, writer, options)
    return _told(found) if isinstance(found, Decided) else found


def _decided(reader: Schema, writer: Schema, options: Options) -> Decided | Relation:
    """The pair with its answer; a relation that leaves it open where a fault kept it from being decided."""
    try:
        return Decided(reader, writer, options, decide.decide(reader, writer, options))
    except EvtcompatError:
        raise
    except Exception as failure:
        # The validator and the format checkers of other people raise what they like: the question is open then.
        if options.strict:
            raise
        return _open(failure)


def _told(pair: Decided) -> Relation:
    """All that there is to say of a pair.

    Raises:
        UncheckedError: It is incompatible, and a fault kept it from being explained.
    """
    try:
        return telling.relation(pair)
    except EvtcompatError:
        raise
    except Exception as failure:
        if pair.options.strict:
            raise
        if pair.answer.verdict is Verdict.INCOMPATIBLE:
            raise _unexplained(pair.answer, failure) from failure
        return _open(failure)


def _later(pair: Decided, tell: Callable[[Decided], _T]) -> _T:
    """What there is to say of a pair whose verdict is known already.

    Raises:
        UncheckedError: A fault kept it from being found.
    """
    try:
        return tell(pair.as_decided())
    except EvtcompatError:
        raise
    except Exception as failure:
        if pair.options.strict:
            raise
        raise _unexplained(pair.answer, failure) from failure


def _unexplained(answer: Answer, failure: Exception) -> UncheckedError:
    """What was decided must neither be lost with its explanation nor pass for an open question."""
    message = f"the pair is {answer.verdict.value}, but explaining it failed ({_said(failure)})"
    return UncheckedError(message, hint="Please report it with both schemas.")


def _open(failure: Exception) -> Relation:
    reason = f"the comparison failed ({_said(failure)}); please report it"
    return Relation(undecided=(Undecided(Place(), Place(), reason),))


def _said(failure: Exception) -> str:
    return f"{type(failure).__name__}: {failure}"
