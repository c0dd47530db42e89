"""What became of each part of an event, version by version. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from evtcompat.model.timelines import Happening, Lifeline, Mark

if TYPE_CHECKING:
    from evtcompat.formats.projections import Shape


def lifelines_of(versions: Sequence[Sequence[Shape]]) -> tuple[Lifeline, ...]:
    """A line a part, in the order of the newest version that has it; what is gone stands where it was.

    Args:
        versions: The parts that each version describes, the oldest first.
    """
    by_version = [{shape.path: shape for shape in shapes} for shapes in versions]
    return tuple(Lifeline(path, tuple(_marks(path, by_version))) for path in _order(by_version))


def _order(versions: Sequence[Mapping[str, Shape]]) -> list[str]:
    """Every path: the newest version's own order, and what it lacks after what stood before it."""
    order = list(versions[-1]) if versions else []
    for version in reversed(versions):
        after = 0
        known = set(order)
        for path in version:
            if path in known:
                after = order.index(path) + 1
            else:
                order.insert(after, path)
                after += 1
    return order


def _marks(path: str, versions: Sequence[Mapping[str, Shape]]) -> Iterator[Mark]:
    before: Shape | None = None
    for at, version in enumerate(versions):
        now = version.get(path)
        if before is None and now is not None:
            yield Mark(at, Happening.BORN, _described(now))
        elif before is not None and now is None:
            yield Mark(at, Happening.REMOVED)
        elif before is not None and now is not None:
            yield from _changed(at, before, now)
        before = now


def _changed(at: int, before: Shape, now: Shape) -> Iterator[Mark]:
    if before.type != now.type:
        yield Mark(at, Happening.CHANGED, f"{before.type}, now {now.type}")
    if before.required != now.required:
        said = f"default {now.default}" if now.default is not None and not now.required else ""
        yield Mark(at, Happening.REQUIRED if now.required else Happening.DEFAULTED, said)
    elif before.default != now.default:
        yield Mark(at, Happening.CHANGED, f"default {before.default or 'none'}, now {now.default or 'none'}")


def _described(shape: Shape) -> str:
    default = f", default {shape.default}" if shape.default is not None else ""
    return f"{shape.type}{default}"
