"""Sets of property names, the partition of all names that a comparison needs, and which strings are easy to read."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TypeVar

from evtcompat.formats.json_schema.exact import Value
from evtcompat.regular import languages
from evtcompat.regular.ecma import parse
from evtcompat.regular.languages import Language
from evtcompat.regular.steps import BudgetExceededError, Steps

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular language with the text that it came from."""

    language: Language = field(compare=True)
    source: str = field(default="", compare=False)

    def accepts(self, name: str) -> bool:
        """Membership."""
        return _accepts(self.language, name)


@lru_cache(maxsize=65_536)
def _accepts(language: Language, name: str) -> bool:
    return language.accepts(name)


@dataclass(frozen=True)
class Names:
    """Either the listed names, or every name inside and outside of some languages, but for the listed exceptions."""

    only: frozenset[str] | None = None
    inside: frozenset[Pattern] = frozenset()
    outside: frozenset[Pattern] = frozenset()
    but: frozenset[str] = frozenset()

    @cached_property
    def _hash(self) -> int:
        return hash((self.only, self.inside, self.outside, self.but))

    def __hash__(self) -> int:
        """Computed once."""
        return self._hash

    @property
    def empty(self) -> bool:
        """It is empty by its shape; ``False`` says nothing."""
        return self.only is not None and not self.only

    @property
    def everything(self) -> bool:
        """It is every name by its shape."""
        return self.only is None and not self.inside and not self.outside and not self.but

    @property
    def needs_no_language(self) -> bool:
        """No language is needed to tell its members."""
        return not self.inside and not self.outside

    @cached_property
    def single(self) -> str | None:
        """Its one name, if it lists exactly one."""
        return next(iter(self.only)) if self.only is not None and len(self.only) == 1 else None

    @cached_property
    def key(self) -> Hashable:
        """The same for equal ones only, and found faster than them: for one name that name, which most are."""
        return (self.only, self.inside, self.outside, self.but) if self.single is None else self.single

    def within(self, other: Names) -> bool:
        """Every name in it is in ``other`` by their shapes; ``False`` says nothing."""
        if self.only is not None:
            return all(name in other for name in self.only)
        return (
            other.only is None
            and other.inside <= self.inside
            and other.outside <= self.outside
            and other.but <= self.but
        )

    def __contains__(self, name: str) -> bool:
        """Membership."""
        if self.only is not None:
            return name in self.only
        return (
            name not in self.but
            and all(pattern.accepts(name) for pattern in self.inside)
            and not any(pattern.accepts(name) for pattern in self.outside)
        )

    def language(self, without: Iterable[str] = ()) -> Language:
        """The same set as a language, less the given names."""
        if self.only is not None:
            return languages.words(self.only - frozenset(without))
        found = languages.everything()
        for pattern in sorted(self.inside, key=lambda one: one.source):
            found &= pattern.language
        for pattern in sorted(self.outside, key=lambda one: one.source):
            found -= pattern.language
        excluded = self.but | frozenset(without)
        return found - languages.words(excluded) if excluded else found

    def fresh(self, used: frozenset[str], steps: Steps) -> str | None:
        """A readable member that is not among ``used``; ``None`` proves that there is none.

        Raises:
            BudgetExceededError: The steps ran out.
        """
        if self.only is not None:
            return min(
                (name for name in self.only if name not in used), key=lambda name: (len(name), name), default=None
            )
        for name in _READABLE:
            if name not in used and name in self:
                return name
        if self.needs_no_language:
            return next(name for name in _numbered() if name not in used and name not in self.but)
        for example in _examples(self.inside) if len(self.inside | self.outside) > _FEW else ():
            if example not in used and example in self:
                return example
        return most_readable(self.language(used), steps, name=True)


_READABLE = ("x", "y", "z", "extra")
#: Steps for an example of one language alone.
_EXAMPLE_STEPS = 2_000


@lru_cache(maxsize=4096)
def _example(pattern: Pattern) -> str | None:
    """The most readable name in one language; ``None`` where that is not found soon."""
    try:
        return most_readable(pattern.language, Steps(_EXAMPLE_STEPS), name=True)
    except BudgetExceededError:
        return None


def _examples(patterns: frozenset[Pattern]) -> Iterator[str]:
    """Names that may be in all of some languages: the most readable one of each, or several of those in a row."""
    listed = sorted(patterns, key=lambda one: (len(one.source), one.source))
    found = [(pattern, example) for pattern in listed if (example := _example(pattern)) is not None]
    yield from (example for _, example in found)
    for order in (found, found[::-1]):
        name = ""
        for pattern, example in order:
            name += "" if name and pattern.accepts(name) else example
        yield name


def _numbered() -> Iterator[str]:
    number = 1
    while True:
        yield f"x{number}"
        number += 1


#: Steps to look for a readable word where the shortest one is not readable.
_READABLE_STEPS = 1_000
#: Words that are preferred where the shortest one is not readable, the best first: printable ASCII, then what holds no
#: line terminator but the line feed.
_AS_NAMES = ("^[!-~]([ -~]*[!-~])?$", "^[ -~]*$", r"^[^\r\u2028\u2029]*$")
_AS_TEXTS = _AS_NAMES[1:]


def is_readable(value: Value) -> bool:
    """Whether all texts and names in a value are printable ASCII."""
    if isinstance(value, str):
        return value.isascii() and value.isprintable()
    if isinstance(value, dict):
        return all(is_readable(name) and is_readable(member) for name, member in value.items())
    return not isinstance(value, list) or all(is_readable(item) for item in value)


def most_readable(language: Language, steps: Steps, *, name: bool = False) -> str | None:
    """A shortest of the readable words of a language, else a shortest of all; ``None`` proves that there is none.

    Control characters, unusual line terminators and letters beyond ASCII are hard to read in a report, and engines for
    regular expressions differ over them. A name is not readable either when it is empty or ends in a space.

    Raises:
        BudgetExceededError: The steps ran out.
    """
    word = language.shortest(steps)
    if word is None or (is_readable(word) and not (name and (not word or word != word.strip()))):
        return word
    left = _READABLE_STEPS if steps.left is None else min(_READABLE_STEPS, steps.left // 2)
    for better in _AS_NAMES if name else _AS_TEXTS:
        own = Steps(left)
        try:
            found = (language & parse(better)).shortest(own)
        except BudgetExceededError:
            found = None
        steps.spend(own.used)
        left -= own.used
        if found is not None:
            return found
    return word


ALL = Names()


@lru_cache(maxsize=65_536)
def named(*names: str) -> Names:
    """The listed names."""
    return Names(only=frozenset(names))


def complement(sets: Sequence[Names]) -> Names | None:
    """All names in none of ``sets``, if that has the shape of one `Names`."""
    but: set[str] = set()
    outside: set[Pattern] = set()
    for one in sets:
        if one.everything:
            return Names(only=frozenset())
        if one.only is not None:
            but |= one.only
        elif len(one.inside) == 1 and not one.outside and not one.but:
            outside |= one.inside
        else:
            return None
    return Names(outside=frozenset(outside), but=frozenset(but))


#: Cells of a partition beyond which it is not made.
MAX_CELLS = 512
#: Patterns that are divided by one another once and for all; of more, only the parts that are asked for are looked at.
_FEW = 3
#: Steps to find out whether a cell of a partition is empty; a cell that is not settled counts as possibly inhabited.
_EMPTINESS_STEPS = 2_000


class PartitionError(Exception):
    """More languages meet in one place than are combined."""


@lru_cache(maxsize=4096)
def _any_of(patterns: frozenset[Pattern]) -> Pattern:
    """The names in any of some languages."""
    listed = sorted(patterns, key=lambda one: one.source)
    found = languages.nothing()
    for one in listed:
        found |= one.language
    return Pattern(found, "|".join(one.source for one in listed))


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
    for name in explicit:
        grouped.setdefault(tuple(name in one for one in sets), set()).add(name)
    cells = [(Names(only=frozenset(group)), signature) for signature, group in grouped.items()]
    but = frozenset(explicit)
    sets = together(sets)
    patterns = {pattern for one in sets for pattern in one.inside | one.outside}
    for inside, outside in _combinations(frozenset(patterns)):
        signature = tuple(one.only is None and one.inside <= inside and one.outside <= outside for one in sets)
        cells.append((Names(inside=inside, outside=outside, but=but), signature))
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
    if len(patterns) <= _FEW:
        for inside, outside in _combinations(patterns):
            if within.inside <= inside and within.outside <= outside:
                yield Names(inside=inside, outside=outside, but=but)
        return
    language = Names(inside=within.inside, outside=within.outside).language()
    left = sorted(patterns - within.inside - within.outside, key=lambda one: one.source)
    known = (*_READABLE, *filter(None, map(_example, left)))
    made = 0
    stack = [(within.inside, within.outside, language, 0)]
    while stack:
        inside, outside, language, index = stack.pop()
        if index == len(left):
            made += 1
            if made > MAX_CELLS:
                raise PartitionError
            yield Names(inside=inside, outside=outside, but=but)
            continue
        pattern = left[index]
        for meets in (True, False):
            one = language & pattern.language if meets else language - pattern.language
            more = frozenset((pattern,))
            hints = (*_examples(inside | more if meets else inside), *known)
            if any(map(one.accepts, hints)) or _inhabited(one, steps):
                stack.append(
                    (inside | more, outside, one, index + 1) if meets else (inside, outside | more, one, index + 1)
                )


@lru_cache(maxsize=1024)
def _combinations(patterns: frozenset[Pattern]) -> tuple[tuple[frozenset[Pattern], frozenset[Pattern]], ...]:
    """The ways to be inside some languages and outside the others that some word may go, the outermost first."""
    nowhere: frozenset[Pattern] = frozenset()
    found: list[tuple[frozenset[Pattern], frozenset[Pattern], Language]] = [(nowhere, nowhere, languages.everything())]
    for pattern in sorted(patterns, key=lambda each: each.source):
        divided = []
        for inside, outside, language in found:
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
