"""How long the words of a term get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.regular.derivatives import alternatives, moves
from evtcompat.regular.searching import Path, cells
from evtcompat.regular.terms import Term

if TYPE_CHECKING:
    from evtcompat.regular.steps import Steps


def longest_length(term: Term, steps: Steps) -> int | None:
    """The length of a longest member of a term that has members; ``None`` if there is no longest.

    Raises:
        BudgetExceededError: The steps ran out.
    """
    for low, high, rest in reversed(cells(term)):
        longest = high
        if high is None:
            longest = _Graph(rest, steps).longest()
            if longest is None:
                return None
        if longest is not None and longest >= low:
            found = Path(rest, steps).longest(low, longest)
            if found is not None:
                return found
    return 0


class _Graph:
    """The states that a term reaches, and those of them from which a member is completed."""

    def __init__(self, term: Term, steps: Steps) -> None:
        """Explore; paths may spell a word twice, which spares states that are sets."""
        self._starts = alternatives(term)
        self._sources: dict[Term, list[Term]] = {start: [] for start in self._starts}
        self._targets: dict[Term, list[Term]] = {}
        queue = list(self._starts)
        for state in queue:
            reached = list(dict.fromkeys(part for _, rest in moves(state, steps) for part in alternatives(rest)))
            self._targets[state] = reached
            for rest in reached:
                if rest not in self._sources:
                    self._sources[rest] = []
                    queue.append(rest)
                self._sources[rest].append(state)
        useful = {state for state in self._sources if state.nullable}
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
