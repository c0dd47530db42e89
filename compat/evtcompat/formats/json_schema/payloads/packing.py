"""The same coverage in fewer instances: variants of different places of one event go into one."""

from __future__ import annotations

from itertools import compress
from operator import is_not
from typing import TYPE_CHECKING, Final

from evtcompat.model.json_values import same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from evtcompat.model.json_types import JSON

_ABSENT: Final = object()
#: From the root to a place: names of members and numbers of items.
_Path = tuple["str | int", ...]
#: What is particular about a variant, where it differs from the plainest instance, and what stands there.
_Variant = tuple[str, _Path, object]


def packed(valid: list[tuple[str, JSON]], produces: Callable[[JSON], bool]) -> Iterator[tuple[tuple[str, ...], JSON]]:
    """What each instance covers, and the instance.

    Args:
        valid: Instances with what is particular about each, the plainest first.
        produces: Whether a writer may produce an instance; what it may not is left out.

    Raises:
        BudgetExceededError: `produces` raised it; what is yielded until then holds.
    """
    first = next((index for index, (_, value) in enumerate(valid) if produces(value)), None)
    if first is None:
        return
    label, base = valid[first]
    yield (label,), base
    waiting = [(label, *_difference(base, value)) for label, value in valid[first + 1 :]]
    alone: list[_Variant] = []
    while waiting:
        layer, waiting = _layer(waiting)
        kept, packed_value = layer, _with(base, layer)
        if not produces(packed_value):
            kept, packed_value = [], base
            for variant in layer:
                more = _with(packed_value, [variant])
                if produces(more):
                    kept.append(variant)
                    packed_value = more
                else:
                    alone.append(variant)
        if kept:
            yield tuple(covers for covers, _, _ in kept), packed_value
    for variant in alone:
        value = _with(base, [variant])
        if produces(value):
            yield (variant[0],), value


def _layer(variants: Iterable[_Variant]) -> tuple[list[_Variant], list[_Variant]]:
    """Variants of places none of which lies in another, and those that are left."""
    taken: list[_Variant] = []
    left: list[_Variant] = []
    inside: set[_Path] = set()
    ends: set[_Path] = set()
    for variant in variants:
        path = variant[1]
        above = [path[:length] for length in range(len(path) + 1)]
        if path in inside or not ends.isdisjoint(above):
            left.append(variant)
            continue
        taken.append(variant)
        ends.add(path)
        inside.update(above)
    return taken, left


def _difference(base: JSON, value: JSON) -> tuple[_Path, object]:
    """The deepest place that holds everything in which a value differs from the base, and what stands there."""
    path: list[str | int] = []
    while True:
        if isinstance(base, dict) and isinstance(value, dict):
            names = _differing(base, value)
            if len(names) == 1 and names[0] in base:
                (name,) = names
                path.append(name)
                if name not in value:
                    return tuple(path), _ABSENT
                base, value = base[name], value[name]
                continue
        elif isinstance(base, list) and isinstance(value, list) and len(base) == len(value):
            indices = [
                index
                for index, (one, other) in enumerate(zip(base, value, strict=True))
                if one is not other and not same(one, other)
            ]
            if len(indices) == 1:
                path.append(indices[0])
                base, value = base[indices[0]], value[indices[0]]
                continue
        return tuple(path), value


def _differing(base: dict[str, JSON], value: dict[str, JSON]) -> list[str]:
    """The members that one of two objects has, or has otherwise."""
    if tuple(base) == tuple(value):  # as most do: what is one object in both need not be looked at
        others = compress(value, map(is_not, base.values(), value.values()))
        return [name for name in others if not same(base[name], value[name])]
    return [name for name in {**base, **value} if not _same_member(base, value, name)]


def _same_member(base: dict[str, JSON], value: dict[str, JSON], name: str) -> bool:
    if name not in base or name not in value:
        return False
    return base[name] is value[name] or same(base[name], value[name])


def _with(base: JSON, variants: Iterable[_Variant]) -> JSON:
    """The base with what stands at each place of the variants; the base itself stays as it is."""
    result = base
    for _, path, replacement in variants:
        result = _put(result, path, replacement)
    return result


def _put(value: JSON, path: _Path, replacement: object) -> JSON:
    if not path:
        return replacement  # type: ignore[return-value]  # a JSON value
    step, *rest = path
    if isinstance(value, dict) and isinstance(step, str):
        if not rest and replacement is _ABSENT:
            return {name: member for name, member in value.items() if name != step}
        return {**value, step: _put(value[step], tuple(rest), replacement)}
    if isinstance(value, list) and isinstance(step, int):
        return [*value[:step], _put(value[step], tuple(rest), replacement), *value[step + 1 :]]
    return value
