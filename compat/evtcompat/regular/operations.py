"""Building terms: the operations of regular and Boolean algebra, each with the simplifications that hold by shape.

The simplifications keep the number of derivatives of a term small: Owens, Reppy, Turon, "Regular-expression derivatives
re-examined" (2009), and beyond them the joining of counters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from evtcompat.regular.code_points import ANY, NONE, CodePoints
from evtcompat.regular.terms import (
    ALL,
    EMPTY_WORD,
    NOTHING,
    Chars,
    Concat,
    Inter,
    Lengths,
    Not,
    Repeat,
    Term,
    Union,
    WordList,
    Words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

# Weak, so that what no language uses any more is forgotten. The keys name parts by their identity, which no other
# object can take as long as the term holds them; keys that held them would keep every part alive one collection longer.
_KNOWN: Final[WeakValueDictionary[Hashable, Term]] = WeakValueDictionary()
_LISTS: Final[WeakValueDictionary[frozenset[str], WordList]] = WeakValueDictionary()


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
    return listed_slice(known, 0, len(known.words), 0)


def literal(word: str) -> Term:
    """Exactly this word."""
    term = EMPTY_WORD
    for character in reversed(word):
        term = concat(chars(CodePoints((ord(character), ord(character) + 1))), term)
    return term


def listed_slice(listed: WordList, low: int, high: int, offset: int) -> Term:
    """Some words of a list, without their common beginning."""
    if low >= high:
        return NOTHING
    if high - low == 1:
        return literal(listed.words[low][offset:])
    return _interned(("words", id(listed), low, high, offset), lambda: Words(listed, low, high, offset))


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
    return _interned(("concat", id(head), id(tail)), lambda: Concat(head, tail))


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
    return _interned(("repeat", id(body), low, high), lambda: Repeat(body, low, high))


def complement(body: Term) -> Term:
    """All strings that are no members of ``body``."""
    if body is NOTHING:
        return ALL
    if isinstance(body, Not):
        return body.body
    if isinstance(body, Lengths):
        below = lengths(0, body.low - 1)
        return below if body.high is None else union([below, lengths(body.high + 1, None)])
    return _interned(("not", id(body)), lambda: Not(body))


def inter(parts: Iterable[Term]) -> Term:
    """Members of all parts; every string if there is none."""
    flat: set[Term] = set()
    counts: Term = ALL
    one_of = ANY
    for part in parts:
        for item in part.parts if isinstance(part, Inter) else (part,):
            if isinstance(item, Lengths):
                counts = counts if item is ALL or item is counts else _both_lengths(counts, item)
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
    return _interned((kind, frozenset(map(id, parts))), lambda: build(parts))


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
    result = set(flat)
    for tail, items in sets.items():
        if len(items) > 1:
            members = CodePoints.half_open(pair for item in items for pair in _first_set(item).ranges())
            joined = concat(chars(members), tail)
            result.difference_update(items)
            result.add(joined)
            counts.setdefault((chars(members), tail), []).append(joined)
    gone: set[Term] = set()
    joined_counts: set[Term] = set()
    for (body, tail), items in counts.items():
        present = [item for item in items if item in result]
        if tail in result and tail is not body and tail not in present:
            present.append(tail)
        if len(present) > 1:
            joins = _joined_counts(body, tail, present)
            if len(joins) < len(present):
                gone.update(present)
                joined_counts.update(joins)
    return (result - gone) | joined_counts


def _first_set(item: Term) -> CodePoints:
    """The set of a term that begins with one code point out of a set."""
    head = item.head if isinstance(item, Concat) else item
    return head.members if isinstance(head, Chars) else NONE


def _joined_counts(body: Term, tail: Term, items: list[Term]) -> set[Term]:
    """The alternatives ``body{low,high} tail`` with those joined whose counts touch; ``tail`` alone is zero times."""
    bounds: list[tuple[int, int | None]] = []
    for item in items:
        _, low, high = counted(item.head if isinstance(item, Concat) else item)
        bounds.append((0, 0) if item is tail else (low, high))
    joined: list[tuple[int, int | None]] = []
    for low, high in sorted(bounds, key=lambda pair: (pair[0], pair[1] is None, pair[1] or 0)):
        last = joined[-1] if joined else None
        if last is not None and (last[1] is None or low <= last[1] + 1):
            joined[-1] = (last[0], None if last[1] is None or high is None else max(last[1], high))
        else:
            joined.append((low, high))
    return {concat(repeat(body, low, high), tail) for low, high in joined}
