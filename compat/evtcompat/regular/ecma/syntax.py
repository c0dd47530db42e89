"""What an ECMA-262 regular expression says, as a tree. Capturing leaves no trace: it does not change what matches."""

from __future__ import annotations

from evtcompat.dataclasses import dataclass
from evtcompat.errors import EvtcompatError
from evtcompat.regular.code_points import CodePoints


class PatternError(EvtcompatError):
    """A pattern has no language here.

    Attributes:
        pattern: The whole pattern.
        position: The index of the character at fault.
    """

    def __init__(self, message: str, pattern: str, position: int) -> None:
        shown = pattern if len(pattern) <= 80 else pattern[:77] + "..."  # noqa: PLR2004 - a line's width
        super().__init__(f"{message} (at character {position + 1} of the pattern {shown!r})")
        self.pattern = pattern
        self.position = position


class InvalidPatternError(PatternError):
    """ECMA-262 gives it no meaning, not even in the lenient grammar of its Annex B."""


class UnsupportedPatternError(PatternError):
    """It may have a meaning, but not as a regular language, or not the same one everywhere, or it is not modelled."""


@dataclass(frozen=True, slots=True, eq=False)
class OneOf:
    """One code point out of a set."""

    members: CodePoints


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """One after another; the empty sequence matches the empty string."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Any of the options."""

    options: tuple[Item, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Quantified:
    """From ``low`` to ``high`` times, any number from ``low`` on if ``high`` is ``None``."""

    body: Item
    low: int
    high: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """``^``: nothing stands before."""


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """``$``: nothing follows."""


@dataclass(frozen=True, slots=True, eq=False)
class Boundary:
    r"""``\b``: a word character on one side only; negated, ``\B``."""

    negated: bool


@dataclass(frozen=True, slots=True, eq=False)
class LookAhead:
    """What follows begins with the body; negated, it does not."""

    body: Item
    negated: bool


@dataclass(frozen=True, slots=True, eq=False)
class LookBehind:
    """What stands before ends with an option: a code point of a set, or ``None``, the start; negated, it does not."""

    options: tuple[CodePoints | None, ...]
    negated: bool


Item = OneOf | Sequence | Choice | Quantified | Start | End | Boundary | LookAhead | LookBehind
EMPTY = Sequence(())
