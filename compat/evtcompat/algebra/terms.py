"""Extended regular expressions as interned terms, and their derivatives.

A term denotes a set of strings of code points. Terms are built by the functions below only, which bring them into a
simpler equal form and return the one object for it, so that ``is`` compares terms and a term can carry what has been
computed about it. The derivative of a term by ``c`` denotes the rests of its words that begin with ``c`` (Brzozowski,
"Derivatives of Regular Expressions", 1964; Owens, Reppy, Turon, "Regular-expression derivatives re-examined", 2009):
the terms reachable by derivation are the states of a deterministic automaton that is never built in whole. Boolean
operations and counters cost nothing to build.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from evtcompat.algebra.code_points import ANY, NONE, CodePoints, partition

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from evtcompat.algebra.steps import Steps

_WORK_A_STEP: Final = 16
_NO_SETS: Final[frozenset[CodePoints]] = frozenset()


class Term:
    """A set of strings.

    Attributes:
        nullable: The empty string is a member.
        work: Terms that one derivation visits.
        width: The length of every member, when the shape of the term tells that it is the same; otherwise ``None``.
    """

    __slots__ = ("__weakref__", "_cost", "_firsts", "_moves", "_rests", "nullable", "width", "work")

    def __init__(self, *, nullable: bool, work: int, width: int | None) -> None:
        self.nullable = nullable
        self.work = work
        self.width = width
        self._rests: dict[int, Term] = {}
        self._firsts: frozenset[CodePoints] | None = None
        self._moves: tuple[tuple[int, Term], ...] | None = None
        self._cost = 0

    def after(self, code_point: int) -> Term:
        """The derivative: what may follow ``code_point`` in a member that begins with it."""
        rest = self._rests.get(code_point)
        if rest is None:
            rest = self._rests[code_point] = self._derive(code_point)
        return rest

    def firsts(self) -> frozenset[CodePoints]:
        """Sets of code points such that derivatives differ only between classes of their `partition`."""
        if self._firsts is None:
            self._firsts = self._distinguish()
        return self._firsts

    def moves(self, steps: Steps) -> tuple[tuple[int, Term], ...]:
        """Every derivative but `NOTHING` once, with the most readable code point that leads there, the best first.

        Raises:
            BudgetExceededError: The steps ran out.
        """
        if self._moves is None:
            classes = partition(self.firsts())
            self._cost = 1 + len(classes) * self.work // _WORK_A_STEP
            steps.spend(self._cost)
            seen: dict[Term, int] = {}
            for readable, _ in classes:
                seen.setdefault(self.after(readable), readable)
            self._moves = tuple((readable, rest) for rest, readable in seen.items() if rest is not NOTHING)
        else:
            steps.spend(self._cost)
        return self._moves

    def arcs(self, steps: Steps) -> tuple[tuple[CodePoints, Term], ...]:
        """Like `moves`, with every code point that leads there: the sets are disjoint, a term may occur twice."""
        self.moves(steps)
        found = ((members, self.after(readable)) for readable, members in partition(self.firsts()))
        return tuple((members, rest) for members, rest in found if rest is not NOTHING)

    def _derive(self, code_point: int) -> Term:
        raise NotImplementedError

    def _distinguish(self) -> frozenset[CodePoints]:
        raise NotImplementedError


class Chars(Term):
    """One code point out of a set; `NOTHING` is the one of the empty set."""

    __slots__ = ("members",)

    def __init__(self, members: CodePoints) -> None:
        super().__init__(nullable=False, work=1, width=1)
        self.members = members

    def after(self, code_point: int) -> Term:
        """The empty string or nothing."""
        return EMPTY_WORD if code_point in self.members else NOTHING

    def _distinguish(self) -> frozenset[CodePoints]:
        return frozenset((self.members,)) if self.members else _NO_SETS


class Lengths(Term):
    """Every string whose length lies between two bounds; from 0 to 0 it is the empty string alone."""

    __slots__ = ("high", "low")

    def __init__(self, low: int, high: int | None) -> None:
        super().__init__(nullable=low == 0, work=1, width=low if low == high else None)
        self.low = low
        self.high = high

    def _derive(self, code_point: int) -> Term:  # noqa: ARG002 - every code point counts the same
        return lengths(max(self.low - 1, 0), None if self.high is None else self.high - 1)

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
    """The words ``low <= i < high`` of a list, without their first ``depth`` code points, which they have in common."""

    __slots__ = ("depth", "high", "listed", "low")

    def __init__(self, listed: WordList, low: int, high: int, depth: int) -> None:
        super().__init__(
            nullable=len(listed.words[low]) == depth,
            work=1,
            width=None if listed.width is None else listed.width - depth,
        )
        self.listed = listed
        self.low = low
        self.high = high
        self.depth = depth

    def members(self) -> list[str]:
        """The words themselves, sorted."""
        return [word[self.depth :] for word in self.listed.words[self.low : self.high]]

    def _bound(self, character: str, start: int, *, past: bool) -> int:
        """The first index from ``start`` whose word has, at ``depth``, at least (or more than) the character."""
        words, depth = self.listed.words, self.depth
        low, high = start, self.high
        while low < high:
            middle = (low + high) // 2
            found = words[middle][depth : depth + 1]
            if found < character or (past and found == character):
                low = middle + 1
            else:
                high = middle
        return low

    def _derive(self, code_point: int) -> Term:
        character = chr(code_point)
        low = self._bound(character, self.low, past=False)
        return _slice(self.listed, low, self._bound(character, low, past=True), self.depth + 1)

    def _distinguish(self) -> frozenset[CodePoints]:
        sets = []
        at = self.low + 1 if self.nullable else self.low
        while at < self.high:
            character = self.listed.words[at][self.depth]
            sets.append(CodePoints((ord(character), ord(character) + 1)))
            at = self._bound(character, at, past=True)
        return frozenset(sets)


class Concat(Term):
    """A member of ``head``, then one of ``tail``. ``head`` is itself no concatenation."""

    __slots__ = ("head", "tail")

    def __init__(self, head: Term, tail: Term) -> None:
        super().__init__(
            nullable=head.nullable and tail.nullable,
            work=1 + head.work + (tail.work if head.nullable else 0),
            width=None if head.width is None or tail.width is None else head.width + tail.width,
        )
        self.head = head
        self.tail = tail

    def _derive(self, code_point: int) -> Term:
        parts = []
        here: Term = self
        while isinstance(here, Concat):
            parts.append(concat(here.head.after(code_point), here.tail))
            if not here.head.nullable:
                return union(parts)
            here = here.tail
        parts.append(here.after(code_point))
        return union(parts)

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
        )
        self.body = body
        self.low = low
        self.high = high

    def _derive(self, code_point: int) -> Term:
        fewer = repeat(self.body, max(self.low - 1, 0), None if self.high is None else self.high - 1)
        return concat(self.body.after(code_point), fewer)

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
        )
        self.parts = parts

    def _derive(self, code_point: int) -> Term:
        return union([part.after(code_point) for part in self.parts])

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
        )
        self.parts = parts

    def _derive(self, code_point: int) -> Term:
        return inter([part.after(code_point) for part in self.parts])

    def _distinguish(self) -> frozenset[CodePoints]:
        return _NO_SETS.union(*[part.firsts() for part in self.parts])


class Not(Term):
    """All strings that are no members of ``body``."""

    __slots__ = ("body",)

    def __init__(self, body: Term) -> None:
        super().__init__(nullable=not body.nullable, work=1 + body.work, width=None)
        self.body = body

    def _derive(self, code_point: int) -> Term:
        return complement(self.body.after(code_point))

    def _distinguish(self) -> frozenset[CodePoints]:
        return self.body.firsts()


class Unfolding(Term):
    """A term that stands for another one, which is built when first needed: what makes a recursive definition possible.

    The other term may reach this one again, but only behind at least one code point.
    """

    __slots__ = ("_meaning", "_unfold")

    def __init__(self, unfold: Callable[[], Term], *, nullable: bool) -> None:
        super().__init__(nullable=nullable, work=_WORK_A_STEP, width=None)
        self._unfold = unfold
        self._meaning: Term | None = None

    def meaning(self) -> Term:
        """The term that this one stands for."""
        if self._meaning is None:
            self._meaning = self._unfold()
        return self._meaning

    def _derive(self, code_point: int) -> Term:
        return self.meaning().after(code_point)

    def _distinguish(self) -> frozenset[CodePoints]:
        return self.meaning().firsts()


# Weak, so that what no language uses any more is forgotten; the keys keep the parts of a living term alive.
_KNOWN: Final[WeakValueDictionary[Hashable, Term]] = WeakValueDictionary()
_LISTS: Final[WeakValueDictionary[frozenset[str], WordList]] = WeakValueDictionary()

NOTHING: Final[Term] = Chars(NONE)
EMPTY_WORD: Final[Term] = Lengths(0, 0)
ALL: Final[Term] = Lengths(0, None)
NOTHING.width = None


def _interned(key: Hashable, build: Callable[[], Term]) -> Term:
    """The one term of that key."""
    known = _KNOWN.get(key)
    if known is None:
        known = _KNOWN.setdefault(key, build())
    return known


def chars(members: CodePoints) -> Term:
    """One code point out of ``members``."""
    if not members:
        return NOTHING
    return _interned(("chars", members), lambda: Chars(members))


ONE: Final = chars(ANY)


def lengths(low: int, high: int | None) -> Term:
    """Every string of at least ``low`` and, unless ``high`` is ``None``, at most ``high`` code points."""
    if high is None and low == 0:
        return ALL
    if high is not None:
        if high < low:
            return NOTHING
        if high == 0:
            return EMPTY_WORD
        if low == high == 1:
            return ONE
    return _interned(("lengths", low, high), lambda: Lengths(low, high))


def words(listed: Iterable[str]) -> Term:
    """Exactly these words. One that holds a lone surrogate is no string of code points and is left out."""
    distinct = frozenset(word for word in listed if not any("\ud800" <= character <= "\udfff" for character in word))
    if len(distinct) <= 1:
        return literal(next(iter(distinct))) if distinct else NOTHING
    known = _LISTS.get(distinct)
    if known is None:
        known = _LISTS[distinct] = WordList(distinct)
    return _slice(known, 0, len(known.words), 0)


def literal(word: str) -> Term:
    """Exactly this word."""
    term = EMPTY_WORD
    for character in reversed(word):
        term = concat(chars(CodePoints((ord(character), ord(character) + 1))), term)
    return term


def _slice(listed: WordList, low: int, high: int, depth: int) -> Term:
    """Some words of a list, without their common beginning."""
    if low >= high:
        return NOTHING
    if high - low == 1:
        return literal(listed.words[low][depth:])
    return _interned(("words", listed, low, high, depth), lambda: Words(listed, low, high, depth))


def counted(term: Term) -> tuple[Term, int, int | None]:
    """The term as a repetition: its body and its bounds."""
    if isinstance(term, Repeat):
        return term.body, term.low, term.high
    if isinstance(term, Lengths) and term is not EMPTY_WORD:
        return ONE, term.low, term.high
    return term, 1, 1


def _add(left: int | None, right: int | None) -> int | None:
    return None if left is None or right is None else left + right


def concat(head: Term, tail: Term) -> Term:
    """A member of ``head``, then one of ``tail``."""
    if head is NOTHING or tail is NOTHING:
        return NOTHING
    if head is EMPTY_WORD:
        return tail
    if tail is EMPTY_WORD:
        return head
    if isinstance(head, Concat):
        chain = []
        here: Term = head
        while isinstance(here, Concat):
            chain.append(here.head)
            here = here.tail
        tail = concat(here, tail)
        for one in reversed(chain):
            tail = concat(one, tail)
        return tail
    following, rest = (tail.head, tail.tail) if isinstance(tail, Concat) else (tail, EMPTY_WORD)
    body, low, high = counted(head)
    other, other_low, other_high = counted(following)
    if body is other:
        return concat(repeat(body, low + other_low, _add(high, other_high)), rest)
    return _interned(("concat", head, tail), lambda: Concat(head, tail))


def repeat(body: Term, low: int, high: int | None) -> Term:
    """From ``low`` to ``high`` members of ``body`` one after another, ``None`` being any number."""
    if high is not None and high < low:
        return NOTHING
    if high == 0 or body is EMPTY_WORD:
        return EMPTY_WORD
    if body is NOTHING:
        return EMPTY_WORD if low == 0 else NOTHING
    if low == high == 1:
        return body
    if body is ONE:
        return lengths(low, high)
    if body.nullable:
        low = 0
    if isinstance(body, Repeat | Lengths):
        inner, least, most = counted(body)
        # The counts k*least .. k*most for k = low .. high leave no gap when neighbours touch at the smallest k.
        touching = (low > 0 or least <= 1) if most is None else low * most + 1 >= (low + 1) * least
        if touching or low == high:
            top = None if most is None or high is None else most * high
            return repeat(inner, low * least, top)
    return _interned(("repeat", body, low, high), lambda: Repeat(body, low, high))


def complement(body: Term) -> Term:
    """All strings that are no members of ``body``."""
    if body is NOTHING:
        return ALL
    if isinstance(body, Not):
        return body.body
    if isinstance(body, Lengths):
        below = lengths(0, body.low - 1)
        return below if body.high is None else union([below, lengths(body.high + 1, None)])
    return _interned(("not", body), lambda: Not(body))


def inter(parts: Iterable[Term]) -> Term:
    """Members of all parts; every string if there is none."""
    flat: set[Term] = set()
    counts: Term = ALL
    one_of = ANY
    for part in parts:
        for item in part.parts if isinstance(part, Inter) else (part,):
            if isinstance(item, Lengths):
                counts = _both_lengths(counts, item)
            elif isinstance(item, Chars):
                one_of = one_of & item.members
                flat.add(ONE)
            else:
                flat.add(item)
    if ONE in flat:
        flat.remove(ONE)
        flat.add(chars(one_of))
    widths = {item.width for item in flat if item.width is not None}
    if NOTHING in flat or counts is NOTHING or len(widths) > 1 or any(_excluded(counts, width) for width in widths):
        return NOTHING
    if counts is EMPTY_WORD:
        return EMPTY_WORD if all(item.nullable for item in flat) else NOTHING
    if counts is not ALL and not widths:
        flat.add(counts)
    if any(isinstance(item, Not) and item.body in flat for item in flat):
        return NOTHING
    absorbed = [item for item in flat if isinstance(item, Union) and not flat.isdisjoint(item.parts)]
    flat.difference_update(absorbed)
    return _few(flat, "inter", ALL, Inter)


def _both_lengths(left: Term, right: Term) -> Term:
    """Lengths that lie between the bounds of both."""
    if left is NOTHING or right is NOTHING:
        return NOTHING
    _, low, high = counted(left)
    _, other_low, other_high = counted(right)
    if EMPTY_WORD in (left, right):
        return EMPTY_WORD if left.nullable and right.nullable else NOTHING
    return lengths(max(low, other_low), min((one for one in (high, other_high) if one is not None), default=None))


def _excluded(counts: Term, width: int) -> bool:
    """No word of that length is among the lengths."""
    if counts is EMPTY_WORD:
        return width > 0
    _, low, high = counted(counts)
    return width < low or (high is not None and width > high)


def union(parts: Iterable[Term]) -> Term:
    """Members of any part; nothing if there is none."""
    flat: set[Term] = set()
    for part in parts:
        if isinstance(part, Union):
            flat |= part.parts
        elif part is not NOTHING:
            flat.add(part)
    if len(flat) > 1:
        flat = _merged(flat)
        if ALL in flat or any(isinstance(item, Not) and item.body in flat for item in flat):
            return ALL
        absorbed = [item for item in flat if isinstance(item, Inter) and not flat.isdisjoint(item.parts)]
        flat.difference_update(absorbed)
        if EMPTY_WORD in flat and any(item.nullable for item in flat if item is not EMPTY_WORD):
            flat.discard(EMPTY_WORD)
    return _few(flat, "union", NOTHING, Union)


def _few(flat: set[Term], kind: str, neutral: Term, build: Callable[[frozenset[Term]], Term]) -> Term:
    """The neutral element for no part, the part itself for one, otherwise the one term that combines them."""
    if len(flat) <= 1:
        return next(iter(flat), neutral)
    parts = frozenset(flat)
    return _interned((kind, parts), lambda: build(parts))


def _merged(flat: set[Term]) -> set[Term]:
    """The same union with alternatives joined that differ in their first set or in a count only.

    This keeps counted repetition linear: of ``x{3}t | x{2}t | x{1}t``, which derivatives of overlapping counters
    produce, one term ``x{1,3}t`` is left.
    """
    sets: dict[Term, list[Term]] = {}
    counts: dict[tuple[Term, Term], list[Term]] = {}
    for item in flat:
        head, tail = (item.head, item.tail) if isinstance(item, Concat) else (item, EMPTY_WORD)
        if isinstance(head, Chars):
            sets.setdefault(tail, []).append(item)
        if isinstance(head, Chars | Repeat | Lengths):
            counts.setdefault((counted(head)[0], tail), []).append(item)
    result = flat
    for tail, items in sets.items():
        if len(items) > 1:
            members = CodePoints.half_open(pair for item in items for pair in _first_set(item).ranges())
            joined = concat(chars(members), tail)
            result = (result - set(items)) | {joined}
            counts.setdefault((chars(members), tail), []).append(joined)
    for (body, tail), items in counts.items():
        optional = tail in result and tail is not body
        if len(items) > 1 or optional:
            result = _joined_counts(result, body, tail, items)
    return result


def _first_set(item: Term) -> CodePoints:
    """The set of a term that begins with one code point out of a set."""
    head = item.head if isinstance(item, Concat) else item
    return head.members if isinstance(head, Chars) else NONE


def _joined_counts(result: set[Term], body: Term, tail: Term, items: list[Term]) -> set[Term]:
    """``result`` with those alternatives ``body{low,high} tail`` joined whose counts touch; ``tail`` is zero times."""
    present = [item for item in items if item in result]
    bounds = sorted(
        (counted(item.head if isinstance(item, Concat) else item)[1:] for item in present),
        key=lambda pair: (pair[0], pair[1] is None, pair[1] or 0),
    )
    if tail in result and tail not in present:
        bounds.insert(0, (0, 0))
        present.append(tail)
    joined: list[tuple[int, int | None]] = []
    for low, high in bounds:
        last = joined[-1] if joined else None
        if last is not None and (last[1] is None or low <= last[1] + 1):
            joined[-1] = (last[0], None if last[1] is None or high is None else max(last[1], high))
        else:
            joined.append((low, high))
    if len(joined) == len(present):
        return result
    return (result - set(present)) | {concat(repeat(body, low, high), tail) for low, high in joined}
