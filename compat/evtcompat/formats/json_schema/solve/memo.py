"""The results of a search by goal, and the assumptions that they depend on (see `solver`)."""

from __future__ import annotations

from typing import Final

from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.solve.outcomes import Outcome, Sat

#: Deeper than any goal.
NEVER: Final = 1 << 60


class Memo:
    """Results by goal. A result that rests on open assumptions is dropped when one of them turns out wrong."""

    def __init__(self) -> None:
        self.settled: dict[frozenset[Node], Outcome] = {}
        self.provisional: dict[frozenset[Node], tuple[Outcome, int]] = {}
        self.open: dict[frozenset[Node], int] = {}
        self._order: list[frozenset[Node]] = []
        #: The outermost open goal that the result under way rests on, by depth.
        self.rests_on = NEVER

    def mark(self) -> int:
        """How many provisional results stand."""
        return len(self._order)

    def close(self, goal: frozenset[Node], depth: int, outcome: Outcome, start: int) -> None:
        """Keep the outcome of a goal that was opened at ``depth``, when ``start`` provisional results stood."""
        if isinstance(outcome, Sat):
            self.settled[goal] = outcome
            for one in self._order[start:]:
                self.provisional.pop(one, None)
            del self._order[start:]
        elif self.rests_on >= depth:
            # Nothing outside is assumed: what was found inside on the assumption that this goal has no instance holds.
            self.settled[goal] = outcome
            for one in self._order[start:]:
                entry = self.provisional.pop(one, None)
                if entry is not None:
                    self.settled[one] = entry[0]
            del self._order[start:]
        else:
            self.provisional[goal] = (outcome, self.rests_on)
            self._order.append(goal)
