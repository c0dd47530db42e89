"""The answer for a pair of JSON Schemas: decided at once, explained when it is asked for, and never lost to a fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from evtcompat.errors import EvtcompatError, UncheckedError
from evtcompat.formats.base import Decision
from evtcompat.formats.json_schema.decide import Answer, decide
from evtcompat.formats.json_schema.decided import DecidedPair
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.model.mismatches import Explanation, Undecided
from evtcompat.model.places import Place
from evtcompat.model.verdicts import Verdict

_T = TypeVar("_T")


def compare(reader: Schema, writer: Schema, options: Options) -> Decision:
    """What becomes of the writer's instances in the reader.

    An instance that the reader refuses makes every explanation hold an error, and without one there are but warnings:
    so what was decided is the verdict, whatever its explanation will say. What is found later is found in the schemas
    as they were decided; pairs whose schemas may change in between are explained at once.

    Raises:
        UncheckedError: The pair is incompatible, and a fault kept it from being explained.
    """
    try:
        pair = DecidedPair(reader, writer, options, decide(reader, writer, options))
    except EvtcompatError:
        raise
    except Exception as fault:
        # The validator and the format checkers of other people raise what they like: the question is open then.
        if options.strict:
            raise
        return _open(fault)
    if pair.answer.verdict is Verdict.UNDECIDED or not pair.cacheable:
        return _at_once(pair)
    return Decision(
        pair.answer.verdict,
        lambda: _later(pair, lambda one: one.registry_verdict()),
        lambda: _later(pair, lambda one: one.explanation()),
        lambda: _later(pair, lambda one: one.other_policy()),
    )


def _at_once(pair: DecidedPair) -> Decision:
    """All that there is to say of a pair.

    Raises:
        UncheckedError: It is incompatible, and a fault kept it from being explained.
    """
    try:
        wanted = pair.options.other_answers
        return Decision.explained(
            pair.explanation(),
            pair.registry_verdict() if "registry" in wanted else Verdict.UNDECIDED,
            pair.other_policy() if "policy" in wanted else None,
        )
    except EvtcompatError:
        raise
    except Exception as fault:
        if pair.options.strict:
            raise
        if pair.answer.verdict is Verdict.INCOMPATIBLE:
            raise _unexplained(pair.answer, fault) from fault
        return _open(fault)


def _later(pair: DecidedPair, find: Callable[[DecidedPair], _T]) -> _T:
    """What there is to say of a pair whose verdict is known already.

    Raises:
        UncheckedError: A fault kept it from being found.
    """
    try:
        return find(pair.as_decided())
    except EvtcompatError:
        raise
    except Exception as fault:
        if pair.options.strict:
            raise
        raise _unexplained(pair.answer, fault) from fault


def _unexplained(answer: Answer, fault: Exception) -> UncheckedError:
    """What was decided must neither be lost with its explanation nor pass for an open question."""
    message = f"the pair is {answer.verdict.value}, but explaining it failed ({_named(fault)})"
    return UncheckedError(message, hint="Please report it with both schemas.")


def _open(fault: Exception) -> Decision:
    """The pair is left open where a fault kept it from being decided or explained."""
    reason = f"the comparison failed ({_named(fault)}); please report it"
    return Decision.explained(Explanation(undecided=(Undecided(Place(), Place(), reason),)))


def _named(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"
