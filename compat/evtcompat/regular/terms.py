"""Extended regular expressions as terms: what there is.

A term denotes a set of strings of code points. Terms are built by the functions of `operations` only, which bring
them into a simpler equal form and return the one object for it, so that ``is`` compares terms and a term can carry
what has been computed about it. Boolean operations and counters are terms like the others; they cost nothing to
build.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from evtcompat.regular.code_points import NONE, CodePoints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# What is behind it is not known before it is unfolded.
_UNFOLDING_WORK: Final = 16
_NO_SETS: Final[frozenset[CodePoints]] = frozenset()
_NO_TERMS: Final[frozenset[Term]] = frozenset()


class Term:
    """A set of strings.

    Attributes:
        nullable: The empty string is a member.
        work: Terms that one derivation visits.
        depth: How deep terms are nested that one derivation visits.
        nesting: The greatest depth of the terms inside, itself included.
        width: The length of every member, when the shape of the term tells that it is the same; otherwise ``None``.

    The other attributes are what `derivatives` has found out about the term.
    """

    __slots__ = (
        "__weakref__",
        "_firsts",
        "_poles",
        "cost",
        "depth",
        "known_alternatives",
        "known_moves",
        "nesting",
        "nullable",
        "rests",
        "width",
        "work",
    )

    def __init__(
        self, *, nullable: bool, work: int, width: int | None, depth: int = 1, inside: Iterable[Term] = ()
    ) -> None:
        self.nullable = nullable
        self.depth = depth
        self.nesting: int = max([depth, *[part.nesting for part in inside]])
        self.work = work
        self.width: int | None = width
        self.rests: dict[int, Term] = {}
        self._firsts: frozenset[CodePoints] | None = None
        self.known_moves: tuple[tuple[int, Term], ...] | None = None
        self.known_alternatives: tuple[Term, ...] | None = None
        self._poles: tuple[frozenset[Term], frozenset[Term]] | None = None
        self.cost = 0

    def firsts(self) -> frozenset[CodePoints]:
        """Sets of code points such that derivatives differ only between classes of their `partition`."""
        if self._firsts is None:
            self._firsts = self._distinguish()
        return self._firsts

    def poles(self) -> tuple[frozenset[Term], frozenset[Term]]:
        """The term as an intersection: what it is included in, and what it is disjoint from."""
        if not isinstance(self, Inter | Not):
            return frozenset((self,)), _NO_TERMS
        if self._poles is None:
            parts = self.parts if isinstance(self, Inter) else frozenset((self,))
            barred = [part.body for part in parts if isinstance(part, Not)]
            self._poles = (
                frozenset(part for part in parts if not isinstance(part, Not)),
                frozenset(one for body in barred for one in (body.parts if isinstance(body, Union) else (body,))),
            )
        return self._poles

    def _distinguish(self) -> frozenset[CodePoints]:
        raise NotImplementedError


class Chars(Term):
    """One code point out of a set; `NOTHING` is the one of the empty set."""

    __slots__ = ("members",)

    def __init__(self, members: CodePoints) -> None:
        super().__init__(nullable=False, work=1, width=1)
        self.members = members

    def _distinguish(self) -> frozenset[CodePoints]:
        return frozenset((self.members,)) if self.members else _NO_SETS


class Lengths(Term):
    """Every string whose length lies between two bounds; from 0 to 0 it is the empty string alone."""

    __slots__ = ("high", "low")

    def __init__(self, low: int, high: int | None) -> None:
        super().__init__(nullable=low == 0, work=1, width=low if low == high else None)
        self.low = low
        self.high = high

    def _distinguish(self) -> frozenset[CodePoints]:
        return _NO_SETS


class WordList:
    """A sorted list of distinct words that many terms look at."""

    __slots__ = ("__weakref__", "width", "words")

    def __init__(self, words: frozenset[str]) -> None:
        self.words = tuple(sorted(words))
        sizes = {len(word) for word in words}
        self.width = sizes.pop() if len(sizes) == 1 else None


class Words(Term):
    """The words ``low <= i < high`` of a list, without the first ``offset`` code points, which they have in common."""

    __slots__ = ("high", "listed", "low", "offset")

    def __init__(self, listed: WordList, low: int, high: int, offset: int) -> None:
        super().__init__(
            nullable=len(listed.words[low]) == offset,
            work=1,
            width=None if listed.width is None else listed.width - offset,
        )
        self.listed = listed
        self.low = low
        self.high = high
        self.offset = offset

    def members(self) -> list[str]:
        """The words themselves, sorted."""
        return [word[self.offset :] for word in self.listed.words[self.low : self.high]]

    def lists(self, word: str) -> bool:
        """``word`` is one of them."""
        words = self.listed.words
        whole = words[self.low][: self.offset] + word
        at = bisect_left(words, whole, self.low, self.high)
        return at < self.high and words[at] == whole

    def bound(self, character: str, start: int, *, past: bool) -> int:
        """The first index from ``start`` whose word has, at ``offset``, at least (or more than) the character."""
        words, offset = self.listed.words, self.offset
        low, high = start, self.high
        while low < high:
            middle = (low + high) // 2
            found = words[middle][offset : offset + 1]
            if found < character or (past and found == character):
                low = middle + 1
            else:
                high = middle
        return low

    def _distinguish(self) -> frozenset[CodePoints]:
        sets = []
        at = self.low + 1 if self.nullable else self.low
        while at < self.high:
            character = self.listed.words[at][self.offset]
            sets.append(CodePoints((ord(character), ord(character) + 1)))
            at = self.bound(character, at, past=True)
        return frozenset(sets)


class Concat(Term):
    """A member of ``head``, then one of ``tail``. ``head`` is itself no concatenation."""

    __slots__ = ("head", "tail")

    def __init__(self, head: Term, tail: Term) -> None:
        super().__init__(
            nullable=head.nullable and tail.nullable,
            work=1 + head.work + (tail.work if head.nullable else 0),
            width=None if head.width is None or tail.width is None else head.width + tail.width,
            depth=max(head.depth + 1, tail.depth + (0 if isinstance(tail, Concat) else 1) if head.nullable else 0),
            inside=(head, tail),
        )
        self.head = head
        self.tail = tail

    def _distinguish(self) -> frozenset[CodePoints]:
        sets: set[CodePoints] = set()
        here: Term = self
        while isinstance(here, Concat):
            sets |= here.head.firsts()
            if not here.head.nullable:
                return frozenset(sets)
            here = here.tail
        return frozenset(sets | here.firsts())


class Repeat(Term):
    """From ``low`` to ``high`` members of ``body`` one after another, ``high`` perhaps infinite."""

    __slots__ = ("body", "high", "low")

    def __init__(self, body: Term, low: int, high: int | None) -> None:
        super().__init__(
            nullable=low == 0,
            work=1 + body.work,
            width=low * body.width if body.width is not None and low == high else None,
            depth=body.depth + 1,
            inside=(body,),
        )
        self.body = body
        self.low = low
        self.high = high

    def _distinguish(self) -> frozenset[CodePoints]:
        return self.body.firsts()


class Union(Term):
    """Members of any part."""

    __slots__ = ("parts",)

    def __init__(self, parts: frozenset[Term]) -> None:
        widths = {part.width for part in parts}
        super().__init__(
            nullable=any(part.nullable for part in parts),
            work=1 + sum(part.work for part in parts),
            width=widths.pop() if len(widths) == 1 else None,
            depth=1 + max(part.depth for part in parts),
            inside=parts,
        )
        self.parts = parts

    def _distinguish(self) -> frozenset[CodePoints]:
        return _NO_SETS.union(*[part.firsts() for part in self.parts])


class Inter(Term):
    """Members of all parts."""

    __slots__ = ("parts",)

    def __init__(self, parts: frozenset[Term]) -> None:
        widths = [part.width for part in parts if part.width is not None]
        super().__init__(
            nullable=all(part.nullable for part in parts),
            work=1 + sum(part.work for part in parts),
            width=min(widths, default=None),
            depth=1 + max(part.depth for part in parts),
            inside=parts,
        )
        self.parts = parts

    def _distinguish(self) -> frozenset[CodePoints]:
        return _NO_SETS.union(*[part.firsts() for part in self.parts])


class Not(Term):
    """All strings that are no members of ``body``."""

    __slots__ = ("body",)

    def __init__(self, body: Term) -> None:
        super().__init__(
            nullable=not body.nullable, work=1 + body.work, width=None, depth=body.depth + 1, inside=(body,)
        )
        self.body = body

    def _distinguish(self) -> frozenset[CodePoints]:
        return self.body.firsts()


class Unfolding(Term):
    """A term that stands for another one, which is built when first needed: what makes a recursive definition possible.

    The other term may reach this one again, but only behind at least one code point.
    """

    __slots__ = ("_meaning", "_unfold")

    def __init__(self, unfold: Callable[[], Term], *, nullable: bool, depth: int) -> None:
        super().__init__(nullable=nullable, work=_UNFOLDING_WORK, width=None, depth=depth)
        self._unfold = unfold
        self._meaning: Term | None = None

    def meaning(self) -> Term:
        """The term that this one stands for."""
        if self._meaning is None:
            self._meaning = self._unfold()
        return self._meaning

    def _distinguish(self) -> frozenset[CodePoints]:
        return self.meaning().firsts()


NOTHING: Final[Term] = Chars(NONE)
EMPTY_WORD: Final[Term] = Lengths(0, 0)
ALL: Final[Term] = Lengths(0, None)
NOTHING.width = None
