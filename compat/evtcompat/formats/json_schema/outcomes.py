"""What a search for an instance ends with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from evtcompat.formats.json_schema.nodes import Node


class Found(NamedTuple):
    """An instance. It is not ``sure`` where a part that is not modelled may refuse it."""

    value: Any
    sure: bool = True
    #: Why it is not sure.
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a question stays open."""

    reason: str
    #: The part of the algebra that is not modelled, where one is at fault.
    node: Node | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """There is no instance; this is a proof."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Neither an instance nor a proof."""

    doubts: tuple[Doubt, ...]


Outcome = Found | Absent | Unsettled

ABSENT = Absent()

_MAX_DOUBTS = 8


def merged(*groups: tuple[Doubt, ...]) -> tuple[Doubt, ...]:
    """The doubts of several parts, each once, the first few."""
    return tuple(dict.fromkeys(doubt for group in groups for doubt in group))[:_MAX_DOUBTS]
