"""Languages: sets of strings of Unicode code points that can be combined freely and asked for a member.

Building and combining costs next to nothing; the questions (`Language.shortest` and those that rest on it) do the
work, within a budget of steps, and every answer is exact: a word, or the proof that there is none.

A string is a sequence of Unicode scalar values. Lone surrogates, which no encoding can carry, are in no language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.dataclasses import dataclass
from evtcompat.regular import operations, searching, terms
from evtcompat.regular.longest import longest_length

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evtcompat.regular.steps import Steps


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """A set of strings. Equal values are equal sets; equal sets may be unequal values (ask `subset` both ways)."""

    term: terms.Term

    def __eq__(self, other: object) -> bool:
        """They are the same by their shape."""
        return isinstance(other, Language) and self.term is other.term

    def __hash__(self) -> int:
        """Of the shape."""
        return hash(self.term)

    def __and__(self, other: Language) -> Language:
        """Strings of both."""
        return Language(operations.inter((self.term, other.term)))

    def __or__(self, other: Language) -> Language:
        """Strings of either."""
        return Language(operations.union((self.term, other.term)))

    def __sub__(self, other: Language) -> Language:
        """Strings of this one only."""
        return Language(operations.inter((self.term, operations.complement(other.term))))

    def __invert__(self) -> Language:
        """All other strings."""
        return Language(operations.complement(self.term))

    def __contains__(self, word: str) -> bool:
        """Membership."""
        return searching.accepts(self.term, word)

    @property
    def is_everything(self) -> bool:
        """It is every string, by its shape; ``False`` says nothing."""
        return self.term is terms.ALL

    @property
    def is_nothing(self) -> bool:
        """It is no string, by its shape; ``False`` says nothing."""
        return self.term is terms.NOTHING

    def accepts(self, word: str, steps: Steps | None = None) -> bool:
        """``word`` is a member.

        Raises:
            BudgetExceededError: The steps ran out.
        """
        return searching.accepts(self.term, word, steps)

    def shortest(self, steps: Steps) -> str | None:
        """A shortest member, of those one that reads well, always the same one; ``None`` proves that there is none.

        Raises:
            BudgetExceededError: The steps ran out.
        """
        return searching.shortest(self.term, steps)

    def is_empty(self, steps: Steps) -> bool:
        """There is no member.

        Raises:
            BudgetExceededError: The steps ran out.
        """
        return searching.shortest_length(self.term, steps) is None

    def subset(self, other: Language, steps: Steps) -> bool:
        """Every member is a member of ``other``.

        Raises:
            BudgetExceededError: The steps ran out.
        """
        return (self - other).is_empty(steps)

    def longest_length(self, steps: Steps) -> int | None:
        """The length of a longest member; ``None`` if there is no longest one, or none at all.

        Raises:
            BudgetExceededError: The steps ran out.
        """
        if searching.shortest_length(self.term, steps) is None:
            return None
        return longest_length(self.term, steps)

    def examples(self, count: int, steps: Steps, *, min_length: int = 0) -> tuple[str, ...]:
        """Up to ``count`` distinct members of at least ``min_length`` code points, shortest first, always the same.

        Fewer than ``count`` prove that there are no more.

        Raises:
            BudgetExceededError: The steps ran out.
        """
        found: list[str] = []
        wanted = operations.inter((self.term, operations.lengths(min_length, None)))
        while len(found) < count:
            word = searching.shortest(operations.inter((wanted, operations.complement(operations.words(found)))), steps)
            if word is None:
                break
            found.append(word)
        return tuple(found)


def everything() -> Language:
    """Every string."""
    return _EVERYTHING


def nothing() -> Language:
    """No string."""
    return _NOTHING


def words(listed: Iterable[str]) -> Language:
    """Exactly these strings. One that holds a lone surrogate is left out."""
    return Language(operations.words(listed))


def any_of(several: Iterable[Language]) -> Language:
    """The strings of any of the languages; in time that grows with their number, as joining one by one does not."""
    return Language(operations.union(one.term for one in several))


def all_of(several: Iterable[Language]) -> Language:
    """Strings of all of them; every string if there is none."""
    return Language(operations.inter([one.term for one in several]))


def of_length(least: int, most: int | None = None) -> Language:
    """The strings of at least ``least`` and, unless ``most`` is ``None``, at most ``most`` code points."""
    return Language(operations.lengths(max(least, 0), most))


_EVERYTHING = Language(terms.ALL)
_NOTHING = Language(terms.NOTHING)
