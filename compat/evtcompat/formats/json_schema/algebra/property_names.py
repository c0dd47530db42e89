"""Sets of property names."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.json_schema.algebra.readable import most_readable
from evtcompat.regular import languages
from evtcompat.regular.languages import Language
from evtcompat.regular.steps import BudgetExceededError, Steps


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


@dataclass(frozen=True, slots=True)
class Names:
    """Either the listed names, or every name inside and outside of some languages, but for the listed exceptions."""

    only: frozenset[str] | None = None
    inside: frozenset[Pattern] = frozenset()
    outside: frozenset[Pattern] = frozenset()
    but: frozenset[str] = frozenset()
    #: Its one name, if it lists exactly one.
    single: str | None = field(init=False, compare=False, repr=False)
    #: The same for equal ones only, and found faster than them: for one name that name, which most are.
    key: Hashable = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """What is asked for with every look at a node is made once."""
        single = next(iter(self.only)) if self.only is not None and len(self.only) == 1 else None
        object.__setattr__(self, "single", single)
        key = (self.only, self.inside, self.outside, self.but) if single is None else single
        object.__setattr__(self, "key", key)

    def __hash__(self) -> int:
        """That of its key."""
        return hash(self.key)

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
        within = (pattern.language for pattern in self.inside)
        found = languages.all_of((*within, *(~pattern.language for pattern in self.outside)))
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
        for name in READABLE_NAMES:
            if name not in used and name in self:
                return name
        if self.needs_no_language:
            return next(name for name in _numbered() if name not in used and name not in self.but)
        for example in examples_of(self.inside) if len(self.inside | self.outside) > FEW else ():
            if example not in used and example in self:
                return example
        return most_readable(self.language(used), steps, name=True)


#: Names for members that a schema does not name, tried in this order.
READABLE_NAMES: Final = ("x", "y", "z", "extra")
#: Up to so many patterns are combined outright; of more, only what is asked for is looked at.
FEW: Final = 3
#: Steps for an example of one language alone.
_EXAMPLE_STEPS = 2_000


@lru_cache(maxsize=4096)
def example_of(pattern: Pattern) -> str | None:
    """The most readable name in one language; ``None`` where that is not found soon."""
    try:
        return most_readable(pattern.language, Steps(_EXAMPLE_STEPS), name=True)
    except BudgetExceededError:
        return None


def examples_of(patterns: frozenset[Pattern]) -> Iterator[str]:
    """Names that may be in all of some languages: the most readable one of each, or several of those in a row."""
    listed = sorted(patterns, key=lambda one: (len(one.source), one.source))
    found = [(pattern, example) for pattern in listed if (example := example_of(pattern)) is not None]
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
