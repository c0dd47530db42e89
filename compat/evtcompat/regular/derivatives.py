"""Derivatives: terms as the states of an automaton that is never built in whole.

The derivative of a term by ``c`` denotes the rests of its words that begin with ``c`` (Brzozowski, "Derivatives of
Regular Expressions", 1964). The terms reachable by derivation are the states of a deterministic automaton; whatever
is found out about one is kept with it.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final

from evtcompat.regular.code_points import partition
from evtcompat.regular.operations import complement, concat, inter, lengths, listed_slice, repeat, union
from evtcompat.regular.terms import (
    EMPTY_WORD,
    NOTHING,
    Chars,
    Concat,
    Inter,
    Lengths,
    Not,
    Repeat,
    Term,
    Unfolding,
    Union,
    Words,
)

if TYPE_CHECKING:
    from evtcompat.regular.steps import Steps

_WORK_A_STEP: Final = 16
#: Alternatives that an intersection is taken apart into at most.
_MAX_ALTERNATIVES: Final = 64


def after(term: Term, code_point: int) -> Term:
    """The derivative: what may follow ``code_point`` in a member that begins with it."""
    if isinstance(term, Chars):
        return EMPTY_WORD if code_point in term.members else NOTHING
    rest = term.rests.get(code_point)
    if rest is None:
        rest = term.rests[code_point] = _derived(term, code_point)
    return rest


def _derived(term: Term, code_point: int) -> Term:
    """The derivative of a term that is no single set, computed."""
    match term:
        case Concat():
            return _after_concat(term, code_point)
        case Repeat(body=body, low=low, high=high):
            return concat(after(body, code_point), repeat(body, max(low - 1, 0), None if high is None else high - 1))
        case Union(parts=parts):
            return union([after(part, code_point) for part in parts])
        case Inter(parts=parts):
            return inter([after(part, code_point) for part in parts])
        case Not(body=body):
            return complement(after(body, code_point))
        case Lengths(low=low, high=high):
            return lengths(max(low - 1, 0), None if high is None else high - 1)
        case Words():
            low = term.bound(chr(code_point), term.low, past=False)
            return listed_slice(term.listed, low, term.bound(chr(code_point), low, past=True), term.offset + 1)
        case Unfolding():
            return after(term.meaning(), code_point)
        case _:
            raise AssertionError(term)


def _after_concat(term: Concat, code_point: int) -> Term:
    """The derivative of a concatenation: of its head, and of what follows as long as the head may be empty."""
    parts = []
    here: Term = term
    while isinstance(here, Concat):
        parts.append(concat(after(here.head, code_point), here.tail))
        if not here.head.nullable:
            return union(parts)
        here = here.tail
    parts.append(after(here, code_point))
    return union(parts)


def moves(term: Term, steps: Steps) -> tuple[tuple[int, Term], ...]:
    """Every derivative but `NOTHING` once, with the most readable code point that leads there, the best first.

    Raises:
        BudgetExceededError: The steps ran out.
    """
    if term.known_moves is None:
        classes = partition(term.firsts())
        term.cost = 1 + len(classes) * term.work // _WORK_A_STEP
        steps.spend(term.cost)
        seen: dict[Term, int] = {}
        for readable, _ in classes:
            seen.setdefault(after(term, readable), readable)
        term.known_moves = tuple((readable, rest) for rest, readable in seen.items() if rest is not NOTHING)
    else:
        steps.spend(term.cost)
    return term.known_moves


def alternatives(term: Term) -> tuple[Term, ...]:
    """Terms whose union is this one, to be searched one by one.

    Searching them as one would multiply the sets of them that occur together; one by one, each is met once.
    """
    if not isinstance(term, Union | Inter):
        return (term,)
    if term.known_alternatives is None:
        term.known_alternatives = _split(term)
    return term.known_alternatives


def _split(term: Union | Inter) -> tuple[Term, ...]:
    """The alternatives, computed: a union is taken apart, and an intersection with unions as far as they are few."""
    if isinstance(term, Union):
        return tuple(piece for part in term.parts for piece in alternatives(part))
    choices = [part.parts for part in term.parts if isinstance(part, Union)]
    if not choices or prod(len(choice) for choice in choices) > _MAX_ALTERNATIVES:
        return (term,)
    rest = [part for part in term.parts if not isinstance(part, Union)]
    found = (inter([*rest, *choice]) for choice in product(*choices))
    return tuple(dict.fromkeys(piece for one in found if one is not NOTHING for piece in alternatives(one)))
