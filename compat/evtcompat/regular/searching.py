"""Searching the automaton of a term: a shortest word, or the proof that there is none.

Bounds on the length are not explored as states. Where they stand at the top of the boolean structure they cut the
natural numbers into a few intervals; inside one of them each is simply true or false, and what remains is asked for a
word of such a length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.regular.code_points import readability
from evtcompat.regular.derivatives import after, alternatives, moves
from evtcompat.regular.operations import complement, concat, counted, inter, lengths, repeat, union
from evtcompat.regular.terms import ALL, EMPTY_WORD, NOTHING, Concat, Inter, Lengths, Not, Repeat, Term, Union, Words

if TYPE_CHECKING:
    from evtcompat.regular.steps import Steps

# The states that words of one length lead to. Each with the rank of its most readable word among those of all, and with
# that word's last code point and the state before it, if it is not empty. States have no order of their own: it is the
# ranks that make the search find the same word whatever was computed before.
_Layer = dict[Term, tuple[int, tuple[Term, int] | None]]
# A count with fewer values than this is explored faster than it is reasoned about.
_WORTH_LIFTING: Final = 12


def lifted(term: Term) -> Term:
    """An equal term with bounds on the length at the top where a single wide count determines them.

    In ``[a-z][a-z0-9]{0,254}`` everything but the count has a fixed length, so the words are those of
    ``[a-z][a-z0-9]*`` that have 1 to 255 code points.
    """
    if isinstance(term, Union):
        return union([lifted(part) for part in term.parts])
    if isinstance(term, Inter):
        return inter([lifted(part) for part in term.parts])
    if isinstance(term, Not):
        return complement(lifted(term.body))
    if not isinstance(term, Concat | Repeat):
        return term
    items: list[Term] = []
    here: Term = term
    while isinstance(here, Concat):
        items.append(here.head)
        here = here.tail
    items.append(here)
    wide = [at for at, item in enumerate(items) if item.width is None]
    if len(wide) != 1:
        return term
    body, low, high = counted(items[wide[0]])
    if body.width is None or body.width == 0 or not isinstance(items[wide[0]], Repeat | Lengths):
        return term
    if max(low, 0 if high is None else high) < _WORTH_LIFTING:
        return term
    fixed = sum(item.width for item in items if item.width is not None)
    items[wide[0]] = repeat(body, 0, None)
    loose = EMPTY_WORD
    for item in reversed(items):
        loose = concat(item, loose)
    return inter([loose, lengths(fixed + low * body.width, None if high is None else fixed + high * body.width)])


def accepts(term: Term, word: str, steps: Steps | None = None) -> bool:
    """``word`` is a member.

    Raises:
        BudgetExceededError: The steps ran out.
    """
    if isinstance(term, Inter | Union):
        # All are asked, so that the steps do not depend on the order.
        answers = [accepts(part, word, steps) for part in term.parts]
        return all(answers) if isinstance(term, Inter) else any(answers)
    if isinstance(term, Not):
        return not accepts(term.body, word, steps)
    if isinstance(term, Lengths):
        return term.low <= len(word) and (term.high is None or len(word) <= term.high)
    if isinstance(term, Words):
        return term.lists(word)
    here = term
    for character in word:
        if steps is not None:
            steps.spend(1 + here.work // 16)
        here = after(here, ord(character))
        if here is NOTHING:
            return False
        if here is ALL:
            return True
    return here.nullable


def cells(term: Term) -> list[tuple[int, int | None, Term]]:
    """The term as cases by length: ``low``, ``high``, and what is asked of words of such lengths besides.

    The cases are disjoint and ascending; those that are nothing by their shape are left out.
    """
    edges: set[int] = set()
    _collect_edges(term, edges)
    if not edges:
        return [] if term is NOTHING else [(0, None, term)]
    points = sorted({0, *edges})
    found: list[tuple[int, int | None, Term]] = []
    for low, following in zip(points, [*points[1:], None], strict=True):
        rest = _at_length(term, low)
        if rest is not NOTHING:
            high = None if following is None else following - 1
            if found and found[-1][2] is rest and found[-1][1] == low - 1:
                found[-1] = (found[-1][0], high, rest)
            else:
                found.append((low, high, rest))
    return found


def _collect_edges(term: Term, edges: set[int]) -> None:
    """Add the lengths at which a bound at the top of the boolean structure changes its truth."""
    if isinstance(term, Lengths):
        edges.add(term.low)
        if term.high is not None:
            edges.add(term.high + 1)
    elif isinstance(term, Union | Inter):
        for part in term.parts:
            _collect_edges(part, edges)
    elif isinstance(term, Not):
        _collect_edges(term.body, edges)


def _at_length(term: Term, length: int) -> Term:
    """What the term asks of words of that length besides the length itself."""
    if isinstance(term, Lengths):
        return ALL if term.low <= length and (term.high is None or length <= term.high) else NOTHING
    if isinstance(term, Union):
        return union([_at_length(part, length) for part in term.parts])
    if isinstance(term, Inter):
        return inter([_at_length(part, length) for part in term.parts])
    if isinstance(term, Not):
        return complement(_at_length(term.body, length))
    return term


def shortest(term: Term, steps: Steps) -> str | None:
    """A shortest member, of those a readable one; ``None`` proves that there is no member.

    Raises:
        BudgetExceededError: The steps ran out.
    """
    for low, high, rest in cells(term):
        candidates = listed_members(rest)
        if candidates is not None:
            word = _first_accepted(candidates, rest, low, high, steps)
        else:
            path = Path(rest, steps)
            length = path.length(low, high)
            word = None if length is None else path.word(length)
        if word is not None:
            return word
    return None


def shortest_length(term: Term, steps: Steps) -> int | None:
    """The length of a shortest member; ``None`` proves that there is none.

    Raises:
        BudgetExceededError: The steps ran out.
    """
    for low, high, rest in cells(term):
        candidates = listed_members(rest)
        if candidates is not None:
            word = _first_accepted(candidates, rest, low, high, steps)
            length = None if word is None else len(word)
        else:
            length = Path(rest, steps).length(low, high)
        if length is not None:
            return length
    return None


def listed_members(term: Term) -> list[str] | None:
    """Words that every member is one of, when the term lists them; the shortest and most readable first."""
    listed = [part for part in (term.parts if isinstance(term, Inter) else (term,)) if isinstance(part, Words)]
    if not listed:
        return None
    candidates = min((part.members() for part in listed), key=len)
    return sorted(candidates, key=lambda word: (len(word), [readability(ord(character)) for character in word]))


def _first_accepted(candidates: list[str], term: Term, low: int, high: int | None, steps: Steps) -> str | None:
    """The first candidate that is a member of fitting length."""
    for word in candidates:
        steps.spend(1)
        if low <= len(word) and (high is None or len(word) <= high) and accepts(term, word, steps):
            return word
    return None


class _Seen:
    """States that need not be looked at again, and with them all that are included in one of them by their shape.

    For states ``A - B`` this is the antichain of De Wulf, Doyen, Henzinger and Raskin ("Antichains: A New Algorithm for
    Checking Universality of Finite Automata", 2006).
    """

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._states: set[Term] = set()
        self._barred: dict[frozenset[Term], list[frozenset[Term]]] = {}

    def news(self, layer: _Layer) -> _Layer:
        """The states of the layer that are not known yet; now they are."""
        # The larger states first, so that they take the smaller ones with them.
        by_size = layer if len(layer) == 1 else sorted(layer, key=lambda one: len(one.poles()[1]))
        fresh = {state for state in by_size if self._adds(state)}
        return layer if len(fresh) == len(layer) else {state: how for state, how in layer.items() if state in fresh}

    def _adds(self, state: Term) -> bool:
        """Remember the state; it was not known, not even as a part of one that is."""
        if state in self._states:
            return False
        self._states.add(state)
        within, barred = state.poles()
        others = self._barred.setdefault(within, [])
        self._steps.spend(len(others) // 32)
        if any(other <= barred for other in others):
            return False
        others.append(barred)
        return True


class Path:
    """Which states are reached by words of which length, and by which word."""

    def __init__(self, term: Term, steps: Steps) -> None:
        self._steps = steps
        self._layers: list[_Layer] = [dict.fromkeys(alternatives(term), (0, None))]
        self._cycle: tuple[int, int] | None = None
        self._below = 0
        self._tail: list[_Layer] = []
        self._end: Term | None = None

    def longest(self, low: int, high: int) -> int | None:
        """The greatest length of a member between the bounds."""
        self._approach(high)
        for length in range(high, low - 1, -1):
            layer = self._layers[self._index(length)]
            self._steps.spend(1)
            if (length < len(self._layers) or self._cycle is not None) and any(state.nullable for state in layer):
                return length
        return None

    def length(self, low: int, high: int | None) -> int | None:
        """The least length of a member between the bounds."""
        self._approach(low)
        start = self._layers[self._index(low)]
        self._below = low
        self._tail = [start]
        seen = _Seen(self._steps)
        seen.news(start)
        length = low
        while self._tail[-1]:
            ends = [(rank, state) for state, (rank, _) in self._tail[-1].items() if state.nullable]
            if ends:
                self._end = min(ends, key=lambda pair: pair[0])[1]
                return length
            if length == high:
                return None
            following = self._follow(self._tail[-1])
            self._tail.append(seen.news(following))
            length += 1
        return None

    def word(self, length: int) -> str:
        """The member of the length that was found."""
        self._steps.spend(length // 64)
        return "".join(chr(code_point) for _, code_point in self._passed(length))

    def _passed(self, length: int) -> list[tuple[Term, int]]:
        """The states that the member of the length that was found passes, each with the code point that leads on."""
        state = self._end
        route: list[tuple[Term, int]] = []
        for at in range(length, 0, -1):
            layer = self._tail[at - self._below] if at > self._below else self._layers[self._index(at)]
            how = layer[state][1] if state is not None else None
            if how is None:
                message = "a state without a predecessor was reached by a word"
                raise AssertionError(message)
            route.append(how)
            state = how[0]
        route.reverse()
        return route

    def _follow(self, layer: _Layer) -> _Layer:
        """The states one code point further."""
        best: dict[Term, tuple[tuple[int, tuple[int, int]], tuple[Term, int]]] = {}
        for state, (rank, _) in layer.items():
            for code_point, rest in moves(state, self._steps):
                key = rank, readability(code_point)
                for part in alternatives(rest):
                    known = best.get(part)
                    if known is None or key < known[0]:
                        best[part] = key, (state, code_point)
        ranks = {key: rank for rank, key in enumerate(sorted({key for key, _ in best.values()}))}
        return {part: (ranks[key], how) for part, (key, how) in best.items()}

    def _approach(self, low: int) -> None:
        """Know the states that words of length ``low`` reach: explored, or told by the cycle that their sets enter."""
        known = {frozenset(self._layers[0]): 0}
        while self._cycle is None and len(self._layers) <= low and self._layers[-1]:
            following = _Seen(self._steps).news(self._follow(self._layers[-1]))
            self._layers.append(following)
            here = len(self._layers) - 1
            before = known.setdefault(frozenset(following), here)
            if before != here:
                self._cycle = (before, here)

    def _index(self, length: int) -> int:
        """The layer that stands for that length."""
        if length < len(self._layers):
            return length
        if self._cycle is None:
            return len(self._layers) - 1
        before, here = self._cycle
        return before + 1 + (length - before - 1) % (here - before)
