"""Questions about all words of a term at once: how long they get, and which they are when they are few."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from evtcompat.regular.code_points import partition, readability
from evtcompat.regular.derivatives import alternatives, arcs, moves
from evtcompat.regular.operations import inter, lengths
from evtcompat.regular.searching import Path, accepts, cells, listed_members
from evtcompat.regular.terms import Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evtcompat.regular.steps import Steps

#: Lengths from which a member with many variants is looked for before all members are listed.
_PROBED_LENGTHS: Final = (8, 0)


def longest_length(term: Term, steps: Steps) -> int | None:
    """The length of a longest member of a term that has members; ``None`` if there is no longest.

    Raises:
        BudgetExceededError: The steps ran out.
    """
    for low, high, rest in reversed(cells(term)):
        longest = high
        if high is None:
            longest = _Graph(rest, steps, deterministic=False).longest()
            if longest is None:
                return None
        if longest is not None and longest >= low:
            found = Path(rest, steps).longest(low, longest)
            if found is not None:
                return found
    return 0


def all_words(term: Term, limit: int, steps: Steps) -> tuple[str, ...] | None:
    """All members, shortest first, if there are at most ``limit``; otherwise ``None``.

    Raises:
        BudgetExceededError: The steps ran out.
    """
    if any(_surely_more(term, limit, least, steps) for least in _PROBED_LENGTHS):
        return None
    found: list[str] = []
    for low, high, rest in cells(term):
        for word in _words(rest, low, high, limit, steps):
            if word is None or len(found) == limit:
                return None
            found.append(word)
    return tuple(found)


def _surely_more(term: Term, limit: int, least: int, steps: Steps) -> bool:
    """A shortest member of at least ``least`` code points has more than ``limit`` variants of the same states.

    This spares the exploration of most large languages; ``False`` says nothing.
    """
    for low, high, rest in cells(inter([term, lengths(least, None)])):
        if listed_members(rest) is None:
            path = Path(rest, steps)
            length = path.length(low, high)
            if length is not None:
                variants = 1
                for state, code_point in path.passed(length):
                    classes = partition(state.firsts())
                    variants *= next(len(members) for _, members in classes if code_point in members)
                    if variants > limit:
                        return True
                return False
    return False


def _words(term: Term, low: int, high: int | None, limit: int, steps: Steps) -> Iterator[str | None]:
    """The members within the bounds, shortest first; a ``None`` among them means that there are infinitely many.

    Of the members of one length there may be some missing if there are more than ``limit``.
    """
    candidates = listed_members(term)
    if candidates is not None:
        for word in candidates:
            steps.spend(1)
            if low <= len(word) and (high is None or len(word) <= high) and accepts(term, word, steps):
                yield word
        return
    longest = _Graph(term, steps, deterministic=False).longest()
    if high is None and longest is None:
        yield None
        return
    graph = _Graph(term, steps, deterministic=True)
    last = longest if high is None else high if longest is None else min(high, longest)
    for length in range(low, -1 if last is None else last + 1):
        yield from graph.words(length, limit)


class _Graph:
    """The states that a term reaches, and those of them from which a member is completed."""

    def __init__(self, term: Term, steps: Steps, *, deterministic: bool) -> None:
        """Explore; if not ``deterministic``, paths may spell a word twice, which spares states that are sets."""
        self._steps = steps
        self._starts: tuple[Term, ...] = (term,) if deterministic else alternatives(term)
        self._sources: dict[Term, list[Term]] = {start: [] for start in self._starts}
        self._targets: dict[Term, list[Term]] = {}
        queue = list(self._starts)
        for state in queue:
            reached = [rest for _, rest in moves(state, steps)]
            if not deterministic:
                reached = list(dict.fromkeys(part for rest in reached for part in alternatives(rest)))
            self._targets[state] = reached
            for rest in reached:
                if rest not in self._sources:
                    self._sources[rest] = []
                    queue.append(rest)
                self._sources[rest].append(state)
        self._completing: list[frozenset[Term]] = [frozenset(state for state in self._sources if state.nullable)]
        useful = set(self._completing[0])
        pending = list(useful)
        while pending:
            for source in self._sources[pending.pop()]:
                if source not in useful:
                    useful.add(source)
                    pending.append(source)
        self._useful = useful

    def longest(self) -> int | None:
        """The length of a longest member, -1 if there is no member, ``None`` if there is no longest."""
        waiting = {state: sum(rest in self._useful for rest in self._targets[state]) for state in self._useful}
        depth = dict.fromkeys(self._useful, 0)
        ready = [state for state, count in waiting.items() if count == 0]
        settled = 0
        while ready:
            state = ready.pop()
            settled += 1
            for source in self._sources[state]:
                if source in waiting:
                    depth[source] = max(depth[source], depth[state] + 1)
                    waiting[source] -= 1
                    if waiting[source] == 0:
                        ready.append(source)
        if settled < len(self._useful):
            return None
        return max((depth[start] for start in self._starts if start in depth), default=-1)

    def _completed_in(self, length: int) -> frozenset[Term]:
        """The states from which a word of exactly that length completes a member."""
        while len(self._completing) <= length:
            ahead = self._completing[-1]
            self._steps.spend(1 + len(ahead))
            self._completing.append(frozenset(source for state in ahead for source in self._sources[state]))
        return self._completing[length]

    def words(self, length: int, limit: int) -> Iterator[str]:
        """The members of exactly that length, readable ones first; only some if there are more than ``limit``."""
        start = self._starts[0]
        if start not in self._completed_in(length):
            return
        stack: list[tuple[Term, str]] = [(start, "")]
        while stack:
            state, prefix = stack.pop()
            left = length - len(prefix)
            if left == 0:
                yield prefix
                continue
            goals = self._completed_in(left - 1)
            ahead = [
                (code_point, rest)
                for members, rest in arcs(state, self._steps)
                if rest in goals
                for code_point in islice(members, limit + 1)
            ]
            self._steps.spend(1 + len(ahead) // 64)
            ahead.sort(key=lambda pair: readability(pair[0]), reverse=True)
            stack.extend((rest, prefix + chr(code_point)) for code_point, rest in ahead)
