"""Where two effects differ, and what is left out of it. deepdiff lists the places; `same` judges. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Sequence as Ordered
from functools import reduce

from evtcompat.dataclasses import dataclass
from evtcompat.exercise.single_values import suspicion
from evtcompat.model.json_values import same
from evtcompat.model.places import child

#: Keys and list indices from the top of an effect.
Path = tuple[str | int, ...]
#: A list index in a pattern, and any key.
ANY = "*"
#: How often noise is looked for below noise.
_ROUNDS = 8


class Absent:
    """Stands for a value on the side that has none."""

    def __repr__(self) -> str:
        """As messages call it."""
        return "nothing"


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where an effect of the new consumer is not the old one's."""

    path: Path
    #: `ABSENT` where a side has nothing there.
    old: object
    new: object
    #: Whose the two sides are.
    sides: tuple[str, str] = ("in the old consumer", "in the new one")

    @property
    def pattern(self) -> str:
        """The place as the configuration names it: ``/*/total``."""
        return pattern_of(self.path)

    def __str__(self) -> str:
        """``/0/total: 12.5 in the old consumer, 125.0 in the new one``."""
        both = f"{shown(self.old)} {self.sides[0]}, {shown(self.new)} {self.sides[1]}"
        return f"{spoken_path(self.path)}: {both}{suspicion(self.old, self.new)}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Places that are not compared, as patterns."""

    #: Values at these places are left out.
    values: frozenset[str] = frozenset()
    #: The keys of objects at these places are left out, their values are compared.
    keys: frozenset[str] = frozenset()
    #: The order of lists at these places is left out.
    orders: frozenset[str] = frozenset()

    def __or__(self, other: LeftOut) -> LeftOut:
        """Both."""
        return LeftOut(self.values | other.values, self.keys | other.keys, self.orders | other.orders)

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return bool(self.values or self.keys or self.orders)

    def __iter__(self) -> Iterator[str]:
        """What is left out, as a person calls it."""
        yield from sorted(self.values)
        yield from (f"the keys of {place or '/'}" for place in sorted(self.keys))
        yield from (f"the order of {place or '/'}" for place in sorted(self.orders))


def pattern_of(path: Iterable[str | int]) -> str:
    """A JSON pointer with ``*`` for every list index."""
    return "".join(child("", ANY if isinstance(part, int) else part) for part in path)


def spoken_path(path: Path) -> str:
    """A path as messages write it."""
    return reduce(child, path, "") or "the whole effect"


def names_in(paths: Iterable[Path]) -> frozenset[str]:
    """The innermost member of each place."""
    return frozenset(next((part for part in reversed(path) if isinstance(part, str)), "") for path in paths)


def shown(value: object, most: int = 120) -> str:
    """A value in one line, cut when long."""
    text = "nothing" if value is ABSENT else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= most else text[:most] + "..."


def value_at(value: object, path: Path) -> object:
    """What stands at a place; `ABSENT` where nothing does."""
    for part in path:
        members = dict(enumerate(value)) if isinstance(value, list) else value
        if not isinstance(members, dict) or part not in members:
            return ABSENT
        value = members[part]
    return value


def matching(pattern: str, patterns: Iterable[str]) -> str | None:
    """The first of `patterns` that names this place; in them ``*`` stands for any key as well."""
    parts = pattern.split("/")
    for other in patterns:
        wanted = other.split("/")
        if len(wanted) == len(parts) and all(w in (ANY, part) for w, part in zip(wanted, parts, strict=True)):
            return other
    return None


def without(value: object, left_out: LeftOut, at: str = "") -> object:
    """`value` without what is left out; equal for effects that differ in nothing else."""
    if not left_out:
        return value
    if matching(at, left_out.values) is not None:
        return None
    if isinstance(value, Mapping):
        if matching(at, left_out.keys) is not None:
            return sorted((without(member, left_out, f"{at}/{ANY}") for member in value.values()), key=_text)
        members = ((name, child(at, name)) for name in value)
        return {name: without(value[name], left_out, below) for name, below in members if not _gone(below, left_out)}
    if isinstance(value, list):
        items = [without(item, left_out, f"{at}/{ANY}") for item in value]
        return sorted(items, key=_text) if matching(at, left_out.orders) is not None else items
    return value


def _gone(place: str, left_out: LeftOut) -> bool:
    return matching(place, left_out.values) is not None


def differences(old: object, new: object) -> tuple[Difference, ...]:
    """Where two JSON values differ, in order of the places; empty exactly when they are the same."""
    if same(old, new):
        return ()
    from deepdiff import DeepDiff

    tree = DeepDiff(old, new, view="tree", verbose_level=2, ignore_type_in_groups=[], threshold_to_diff_deeper=0)
    found = [
        Difference(
            tuple(item.path(output_format="list")),
            ABSENT if "added" in kind else item.t1,
            ABSENT if "removed" in kind else item.t2,
        )
        for kind, items in tree.items()
        for item in items
    ]
    found.sort(key=lambda one: [str(part).zfill(9) for part in one.path])
    return tuple(found) or (Difference((), old, new),)  # `same` tells -0.0 from 0.0, deepdiff does not


def noise(pairs: Iterable[tuple[object, object]], known: LeftOut) -> LeftOut:
    """What differs between two runs of the same consumer.

    Args:
        pairs: An effect in the one run and in the other.
        known: What is left out already.
    """
    pairs = tuple(pairs)
    found = known
    for _ in range(_ROUNDS):
        more = LeftOut()
        for one, other in pairs:
            left, right = without(one, found), without(other, found)
            more |= _noise_of(left, right, differences(left, right))
        if not more:
            break
        found |= more
    return LeftOut(found.values - known.values, found.keys - known.keys, found.orders - known.orders)


def _noise_of(one: object, other: object, found: Ordered[Difference]) -> LeftOut:
    """What one pair of effects shows to be noise: keys before values, an order before the items that changed places."""
    values: set[str] = set()
    keys: set[str] = set()
    orders: set[str] = set()
    for difference in found:
        parent = difference.path[:-1]
        left, right = value_at(one, parent), value_at(other, parent)
        if isinstance(left, dict) and isinstance(right, dict) and left.keys() != right.keys():
            keys.add(pattern_of(parent))
        elif isinstance(left, list) and isinstance(right, list) and _sorted(left) == _sorted(right):
            orders.add(pattern_of(parent))
        elif isinstance(left, list) and isinstance(right, list) and len(left) != len(right):
            values.add(pattern_of(parent))  # what stands where in it cannot be compared any more
        else:
            values.add(difference.pattern)
    coarse = keys | orders
    inside = {place for place in values if any(place.startswith(f"{parent}/") for parent in coarse)}
    return LeftOut(frozenset(values - inside), frozenset(keys), frozenset(orders))


def _sorted(items: list[object]) -> list[str]:
    return sorted(map(_text, items))


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)
