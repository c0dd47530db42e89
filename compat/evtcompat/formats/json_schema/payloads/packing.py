"""The same coverage in fewer instances: variants of different members of one object go into one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.model.json_values import same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evtcompat.model.json_types import JSON

_ABSENT: Final = object()


def packed(valid: list[tuple[str, JSON]], produces: Callable[[object], bool]) -> Iterator[tuple[tuple[str, ...], JSON]]:
    """What each instance covers, and the instance.

    Args:
        valid: Instances with what is particular about each, the plainest first.
        produces: Whether a writer may produce an instance; what it may not is left out.
    """
    first = next((index for index, (_, value) in enumerate(valid) if produces(value)), None)
    if first is None:
        return
    label, base = valid[first]
    yield (label,), base
    variants, others = _by_member(base, valid[first + 1 :])
    while any(variants.values()):
        layer = [(name, *waiting.pop(0)) for name, waiting in variants.items() if waiting]
        together = _with_members(base, [(name, member) for name, _, member in layer])
        if produces(together):
            yield tuple(covers for _, covers, _ in layer), together
            continue
        kept: list[tuple[str, str, object]] = []
        for entry in layer:
            attempt = _with_members(base, [(name, member) for name, _, member in [*kept, entry]])
            if produces(attempt):
                kept.append(entry)
            else:
                others.append((entry[1], _with_members(base, [(entry[0], entry[2])])))
        if kept:
            yield (
                tuple(covers for _, covers, _ in kept),
                _with_members(base, [(name, member) for name, _, member in kept]),
            )
    for label, value in others:
        if produces(value):
            yield (label,), value


def _by_member(
    base: JSON, variants: list[tuple[str, JSON]]
) -> tuple[dict[str, list[tuple[str, object]]], list[tuple[str, JSON]]]:
    """Variants that differ from the base in one member, by member; and the rest."""
    found: dict[str, list[tuple[str, object]]] = {}
    others: list[tuple[str, JSON]] = []
    for label, value in variants:
        if isinstance(base, dict) and isinstance(value, dict):
            names = [name for name in {**base, **value} if not _same_member(base, value, name)]
            if len(names) == 1:
                found.setdefault(names[0], []).append((label, value.get(names[0], _ABSENT)))
                continue
        others.append((label, value))
    return found, others


def _same_member(base: dict[str, JSON], value: dict[str, JSON], name: str) -> bool:
    return name in base and name in value and same(base[name], value[name])


def _with_members(base: JSON, members: list[tuple[str, object]]) -> JSON:
    value = dict(base) if isinstance(base, dict) else {}
    for name, member in members:
        if member is _ABSENT:
            value.pop(name, None)
        else:
            value[name] = member  # type: ignore[assignment]  # a JSON value
    return value
