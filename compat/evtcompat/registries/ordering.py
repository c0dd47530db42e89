"""What is to be registered, in which order, and with which references."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from evtcompat.dataclasses import dataclass
from evtcompat.errors import UncheckedError


class Depending(Protocol):
    """Something that comes after what it depends on."""

    @property
    def key(self) -> str:
        """What others name it by."""
        ...

    @property
    def needs(self) -> Iterable[str]:
        """The keys of what it depends on."""
        ...


_D = TypeVar("_D", bound=Depending)


@dataclass(slots=True)
class _Walk:
    done: dict[str, None]
    open: list[str]


def in_order(steps: Sequence[_D]) -> list[_D]:
    """The steps, each after what it needs; otherwise in the order in which they came.

    Raises:
        UncheckedError: They need one another in a circle, and no registry could hold them.
    """
    by_key: Mapping[str, _D] = {step.key: step for step in steps}
    walk = _Walk({}, [])
    for step in steps:
        _visit(step.key, by_key, walk)
    return [by_key[key] for key in walk.done]


def _visit(key: str, by_key: Mapping[str, _D], walk: _Walk) -> None:
    if key in walk.done or key not in by_key:
        return
    if key in walk.open:
        circle = " -> ".join([*walk.open[walk.open.index(key) :], key])
        message = f"schemas refer to one another in a circle: {circle}"
        raise UncheckedError(message, hint="A registry takes no such schemas. Put what they share into one of its own.")
    walk.open.append(key)
    for need in by_key[key].needs:
        _visit(need, by_key, walk)
    walk.open.pop()
    walk.done[key] = None
