"""What a search for an instance ends with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from evtcompat.formats.json_schema.algebra.kinds import Node


class Sat(NamedTuple):
    """An instance. It is not ``exact`` where a part that is not modelled may refuse it."""

    value: Any
    exact: bool = True
    #: Why it is not exact.
    reasons: tuple[UnknownReason, ...] = ()


@dataclass(frozen=True, slots=True)
class UnknownReason:
    """Why a question stays open."""

    reason: str
    #: The part of the algebra that is not modelled, where one is at fault.
    node: Node | None = None


@dataclass(frozen=True, slots=True)
class Unsat:
    """There is no instance; this is a proof."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Neither an instance nor a proof."""

    reasons: tuple[UnknownReason, ...]


Outcome = Sat | Unsat | Unknown

UNSAT = Unsat()

_MAX_REASONS = 8


def merged(*groups: tuple[UnknownReason, ...]) -> tuple[UnknownReason, ...]:
    """The reasons of several parts, each once, the first few."""
    return tuple(dict.fromkeys(reason for group in groups for reason in group))[:_MAX_REASONS]
