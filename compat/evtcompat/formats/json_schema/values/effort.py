"""What the values of one schema may cost: in steps, so that they do not depend on the machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from evtcompat.regular.steps import Steps

_T = TypeVar("_T")


class Effort(Steps):
    """Steps that values are made for; they end all at once, or, `shared`, each place has a part of them.

    With shared steps a place whose part is spent has its plainest value alone, and what need not be there is left out:
    as many places as can be come up, and none has all of the steps.
    """

    __slots__ = ("_end", "shared")

    def __init__(self, limit: int, *, shared: bool = False) -> None:
        super().__init__(limit)
        self.shared = shared
        #: What is left beyond is for what has to be made however little is left.
        self._end = limit * 3 // 4

    @property
    def spent(self) -> bool:
        """Whether the part of the place that is being made is used up."""
        return self.shared and self.used >= self._end

    def part(self, among: int, make: Callable[[], _T], least: int = 0) -> _T:
        """What `make` makes with an equal part of what is left here, of so many parts; `least` where that is more.

        Raises:
            BudgetExceededError: All steps are used.
        """
        end = self._end
        self._end = min(end, self.used + max((end - self.used) // among, least))
        try:
            return make()
        finally:
            self._end = end
