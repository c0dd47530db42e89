"""What a search for an instance ends with."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, NamedTuple

from evtcompat.dataclasses import dataclass
from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.exact import values_in


class Sat(NamedTuple):
    """An instance. It is not ``exact`` where a part that is not modelled may refuse it."""

    value: Any
    exact: bool = True
    #: Why it is not exact.
    reasons: tuple[UnknownReason, ...] = ()
    #: How many values it is written with, itself and all that is in it.
    size: int = 1


@dataclass(frozen=True, slots=True)
class UnknownReason:
    """Why a question stays open."""

    reason: str
    #: The part of the algebra that is not modelled, where one is at fault.
    node: Node | None = None
    #: The steps to the part of a value that was looked for, where it is known.
    path: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsat:
    """There is no instance; this is a proof."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Neither an instance nor a proof."""

    reasons: tuple[UnknownReason, ...]


Outcome = Sat | Unsat | Unknown

UNSAT = Unsat()


class Alternatives:
    """What a search among alternatives has come to: an instance of any of them is one of the whole.

    Each is tried by whoever searches, in a loop: a search that went on inside an iterator would recurse on the C stack.
    """

    __slots__ = ("_inexact", "_reasons")

    def __init__(self) -> None:
        """None was tried yet."""
        self._inexact: Sat | None = None
        self._reasons: tuple[UnknownReason, ...] = ()

    def end_with(self, outcome: Outcome) -> bool:
        """Whether that of the next alternative ends the search: it is an exact instance. Others are noted."""
        if isinstance(outcome, Sat):
            if outcome.exact:
                return True
            self._inexact = self._inexact or outcome
        elif isinstance(outcome, Unknown):
            self._reasons = merged(self._reasons, outcome.reasons)
        return False

    @property
    def outcome(self) -> Outcome:
        """What all of them come to, as none ended the search."""
        return self._inexact or (Unknown(self._reasons) if self._reasons else UNSAT)


_MAX_REASONS = 8
#: Values in a witness beyond which it is not written out: equal parts are one in memory, and many where they are shown.
MAX_VALUES: Final = 25_000


def composed(value: Any, parts: Collection[Sat]) -> Sat | Unknown:  # noqa: ANN401 - any JSON value
    """The object or array that instances make up, unless it is too large to be written out."""
    size = 1 + sum([one.size for one in parts])
    if size > MAX_VALUES:
        return too_large(size)
    return Sat(value, all(one.exact for one in parts), merged(*[one.reasons for one in parts]), size)


def too_large(size: int) -> Unknown:
    """The witness would hold so many values that it is not written out."""
    return Unknown((UnknownReason(f"a witness would hold {size} values"),))


def listed_value(value: Any) -> Sat:  # noqa: ANN401 - any JSON value
    """A value that a schema lists, as an instance."""
    return Sat(value, size=values_in(value))


def merged(*groups: tuple[UnknownReason, ...]) -> tuple[UnknownReason, ...]:
    """The reasons of several parts, each once, the first few."""
    return tuple(dict.fromkeys(reason for group in groups for reason in group))[:_MAX_REASONS]
