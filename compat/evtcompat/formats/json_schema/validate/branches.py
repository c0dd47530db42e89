# ruff: noqa: ARG001 - a keyword takes what the library hands it
"""``anyOf`` and ``oneOf`` without a list of all that every branch refuses, unless it is asked for.

The library makes that list whenever no branch accepts, and does so again in every combination that the branches hold:
where definitions refer to one another it is exponentially long. Whether a branch accepts is found once a run, and of
many branches those alone are asked that are meant for what the instance says that it is.

The functions are keywords as in `keywords`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.library.validators import ValidationError
from evtcompat.formats.json_schema.parse.references import said_at
from evtcompat.formats.json_schema.validate.variants import variants_of


def any_of(validator: Value, branches: Sequence[Value], instance: Value, schema: Value) -> Iterator[ValidationError]:
    """``anyOf``."""
    if _first_accepting(validator, branches, instance) is None:
        yield _no_branch(validator, branches, instance)


def one_of(validator: Value, branches: Sequence[Value], instance: Value, schema: Value) -> Iterator[ValidationError]:
    """``oneOf``."""
    first = _first_accepting(validator, branches, instance)
    if first is None:
        yield _no_branch(validator, branches, instance)
        return
    later = (branches[index] for index in _possible(validator, branches, instance) if index > first)
    others = [one for one in later if validator.evolve(schema=one).is_valid(instance)]
    if others:
        named = ", ".join(repr(one) for one in [*others, branches[first]])
        yield ValidationError(f"{instance!r} is valid under each of {named}")


def context_of(error: ValidationError) -> Iterator[ValidationError]:
    """What each branch refuses, where the error is that none accepts; else what the library found with it.

    Raises:
        BudgetExceededError: That is more than one validation may list.
    """
    listed = getattr(error, "in_branches", None)
    return iter(error.context or ()) if listed is None else listed()


def _first_accepting(validator: Value, branches: Sequence[Value], instance: Value) -> int | None:
    run, scope = validator.format_checker, validator._resolver  # noqa: SLF001 - shown nowhere else
    for index in _possible(validator, branches, instance):
        branch = branches[index]
        # A branch is entered, unlike what `is_valid` is asked: its `$id` counts.
        entry = "branch", run.entry(scope, branch, instance)
        accepts = run.known(entry)
        if accepts is None:
            accepts = next(validator.descend(instance, branch), None) is None
            run.accepted[entry] = accepts, branch, instance
        if accepts:
            return index
    return None


def _no_branch(validator: Value, branches: Sequence[Value], instance: Value) -> ValidationError:
    error = ValidationError(f"{instance!r} is not valid under any of the given schemas")
    error.in_branches = partial(_refused, validator, branches, instance)
    return error


def _refused(validator: Value, branches: Sequence[Value], instance: Value) -> Iterator[ValidationError]:
    # one is enough to tell that none of them is meant
    for index in _possible(validator, branches, instance) or range(len(branches[:1])):
        yield from validator.descend(instance, branches[index], schema_path=index)


def _possible(validator: Value, branches: Sequence[Value], instance: Value) -> Sequence[int]:
    """The branches that are not told apart from an instance by a text that it says, as their indices."""
    run = validator.format_checker
    entry = "variants", id(branches), id(run.dialect)
    known = run.accepted.get(entry)
    if known is None:
        found = variants_of(branches, validator.VALIDATORS, partial(said_at, validator._resolver))  # noqa: SLF001 - shown nowhere else
        known = run.accepted[entry] = found is not None, found, branches
    possible = known[1].possible(instance) if known[0] else None
    return range(len(branches)) if possible is None else possible
