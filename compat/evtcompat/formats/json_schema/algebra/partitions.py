"""Partitions of all property names by several sets of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TypeVar

from evtcompat.formats.json_schema.algebra.property_names import (
    FEW,
    READABLE_NAMES,
    Names,
    Pattern,
    example_of,
    examples_of,
)
from evtcompat.regular import languages
from evtcompat.regular.languages import Language
from evtcompat.regular.steps import BudgetExceededError, Steps

T = TypeVar("T")

#: Cells of a partition beyond which it is not made.
MAX_CELLS = 512
#: Words that are looked at for a step.
_WORDS_PER_STEP = 32
#: Steps to find out whether a cell of a partition is empty; a cell that is not settled counts as possibly inhabited.
_EMPTINESS_STEPS = 2_000


class PartitionError(Exception):
    """More languages meet in one place than are combined."""


@lru_cache(maxsize=4096)
def _any_of(patterns: frozenset[Pattern]) -> Pattern:
    """The names in any of some languages."""
    listed = sorted(patterns, key=lambda one: one.source)
    return Pattern(languages.any_of(one.language for one in listed), "|".join(one.source for one in listed))


def joined(pairs: Iterable[tuple[Names, T]]) -> list[tuple[Names, T]]:
    """The same with the languages that go with one and the same thing made one, so that fewer languages meet."""
    found: list[tuple[Names, T]] = []
    single: dict[T, set[Pattern]] = {}
    for names, thing in pairs:
        if len(names.inside) == 1 and not names.outside and not names.but:
            single.setdefault(thing, set()).update(names.inside)
        else:
            found.append((names, thing))
    for thing, patterns in single.items():
        found.append((Names(inside=frozenset((_any_of(frozenset(patterns)),))), thing))
    return found


def together(sets: Sequence[Names]) -> list[Names]:
    """The same sets, in which languages that are left out only together are one."""
    apart = frozenset(pattern for one in sets for pattern in one.inside)
    groups: dict[tuple[int, ...], set[Pattern]] = {}
    where: dict[Pattern, list[int]] = {}
    for index, one in enumerate(sets):
        for pattern in one.outside - apart:
            where.setdefault(pattern, []).append(index)
    for pattern, meeting in where.items():
        groups.setdefault(tuple(meeting), set()).add(pattern)
    found = list(sets)
    for indices, patterns in groups.items():
        if len(patterns) > 1:
            for index in indices:
                one = found[index]
                outside = (one.outside - patterns) | {_any_of(frozenset(patterns))}
                found[index] = Names(inside=one.inside, outside=outside, but=one.but)
    return found


def partition(sets: Sequence[Names]) -> list[tuple[Names, tuple[bool, ...]]]:
    """Disjoint sets that cover all names, each wholly inside or outside every one of ``sets``; some may be empty.

    Raises:
        PartitionError: There would be more than `MAX_CELLS`.
    """
    explicit: dict[str, None] = {}
    for one in sets:
        explicit.update(dict.fromkeys(sorted(one.only or one.but)))
    grouped: dict[tuple[bool, ...], set[str]] = {}
    listing: dict[str, list[int]] = {}
    for index, one in enumerate(sets):
        for name in one.only or ():
            listing.setdefault(name, []).append(index)
    others = [(index, one) for index, one in enumerate(sets) if one.only is None]
    for name in explicit:
        signature = [False] * len(sets)
        for index in listing.get(name, ()):
            signature[index] = True
        for index, one in others:
            signature[index] = name in one
        grouped.setdefault(tuple(signature), set()).add(name)
    cells = [(Names(only=frozenset(group)), met) for met, group in grouped.items()]
    but = frozenset(explicit)
    sets = together(sets)
    patterns = {pattern for one in sets for pattern in one.inside | one.outside}
    for inside, outside in _combinations(frozenset(patterns)):
        met = tuple(one.only is None and one.inside <= inside and one.outside <= outside for one in sets)
        cells.append((Names(inside=inside, outside=outside, but=but), met))
    return cells


def parts(names: Names, others: Sequence[Names], steps: Steps) -> Iterator[Names]:
    """Disjoint sets that cover ``names`` but for every listed name, each wholly inside or outside all ``others``.

    Some may be empty. Those in few languages come first, and no more is looked at than is asked for.

    Raises:
        BudgetExceededError: The steps ran out.
        PartitionError: There are more than `MAX_CELLS`.
    """
    but = frozenset(name for one in (names, *others) for name in one.only or one.but)
    within, *divided = together([names, *others])
    patterns = frozenset(pattern for one in (within, *divided) for pattern in one.inside | one.outside)
    if len(patterns) <= FEW:
        for inside, outside in _combinations(patterns):
            if within.inside <= inside and within.outside <= outside:
                yield Names(inside=inside, outside=outside, but=but)
        return
    left = sorted(patterns - within.inside - within.outside, key=lambda one: one.source)
    known = dict.fromkeys((*READABLE_NAMES, *filter(None, map(example_of, left))))
    whole = Names(inside=within.inside, outside=within.outside)
    words = tuple(word for word in known if word in whole)
    made = 0
    stack = [(within.inside, within.outside, words, 0)]
    while stack:
        inside, outside, words, index = stack.pop()
        if index == len(left):
            made += 1
            if made > MAX_CELLS:
                raise PartitionError
            yield Names(inside=inside, outside=outside, but=but)
            continue
        pattern = left[index]
        steps.spend(len(words) // _WORDS_PER_STEP)
        more = frozenset((pattern,))
        meeting, missing = Names(inside=inside | more, outside=outside), Names(inside=inside, outside=outside | more)
        for one, meets in ((meeting, True), (missing, False)):
            # What is known to be in the part tells of its parts as well, without a look at all the languages.
            kept = tuple(word for word in words if pattern.accepts(word) is meets)
            kept = kept or tuple(word for word in examples_of(one.inside) if word in one)
            if kept or _inhabited(one.language(), steps):
                stack.append((one.inside, one.outside, kept, index + 1))


@lru_cache(maxsize=1024)
def _combinations(patterns: frozenset[Pattern]) -> tuple[tuple[frozenset[Pattern], frozenset[Pattern]], ...]:
    """The ways to be inside some languages and outside the others that some word may go, the outermost first."""
    nowhere: frozenset[Pattern] = frozenset()
    found: list[tuple[frozenset[Pattern], frozenset[Pattern], Language]] = [(nowhere, nowhere, languages.everything())]
    ordered = sorted(patterns, key=lambda each: each.source)
    for index, pattern in enumerate(ordered):
        divided = []
        apart = frozenset(one for one in ordered[:index] if not _inhabited(one.language & pattern.language))
        for inside, outside, language in found:
            if not apart.isdisjoint(inside):
                # All of it is outside, which need not be found out for each language over again.
                divided.append((inside, outside | {pattern}, language))
                continue
            without, within = language - pattern.language, language & pattern.language
            if _inhabited(without):
                divided.append((inside, outside | {pattern}, without))
            if _inhabited(within):
                divided.append((inside | {pattern}, outside, within))
        found = divided
        if len(found) > MAX_CELLS:
            raise PartitionError
    return tuple((inside, outside) for inside, outside, _ in found)


def _inhabited(language: Language, steps: Steps | None = None) -> bool:
    """Whether a language has a word, or may have; the steps that it takes to find out are spent."""
    own = Steps(_EMPTINESS_STEPS)
    try:
        return not language.is_empty(own)
    except BudgetExceededError:
        return True
    finally:
        if steps is not None:
            steps.spend(min(own.used, _EMPTINESS_STEPS))
