"""Budgets that count steps of reasoning, so that an answer does not depend on the machine."""

from __future__ import annotations

from evtcompat.errors import EvtcompatError


class BudgetExceededError(EvtcompatError):
    """The question is decidable, but not within the steps that were granted."""


class Steps:
    """A mutable counter that one whole decision shares.

    A step is in the order of ten microseconds of work in the algebra. Cached results are charged like fresh ones:
    what a question costs depends on the question alone, never on what was asked before.

    Attributes:
        limit: Steps granted in all; ``None`` grants any number.
        used: Steps spent so far, never more than ``limit``.
    """

    __slots__ = ("limit", "used")

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self.used = 0

    def spend(self, count: int = 1) -> None:
        """``count`` more steps are used. Call it before the work, so that no more is done than was granted.

        Raises:
            BudgetExceededError: That is more than was granted.
        """
        self.used += count
        if self.limit is not None and self.used > self.limit:
            self.used = self.limit
            message = f"not settled within {self.limit} steps of reasoning"
            raise BudgetExceededError(message)

    def allow(self, count: int) -> None:
        """``count`` more steps are granted."""
        if self.limit is not None:
            self.limit += count

    def demand(self, count: int) -> None:
        """So many steps are left for work that is of no use before its end; none of them is used yet.

        Raises:
            BudgetExceededError: Fewer are left.
        """
        if self.left is not None and count > self.left:
            self.spend(count)

    @property
    def left(self) -> int | None:
        """Steps that may still be spent, at least 0; ``None`` for any number."""
        return None if self.limit is None else self.limit - self.used

    def __repr__(self) -> str:
        """Used and granted."""
        return f"Steps({self.used}/{self.limit})"
