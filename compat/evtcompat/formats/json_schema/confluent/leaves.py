"""Differences between two parts that hold no other parts, and of the plain limits of those that do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from evtcompat.formats.json_schema.confluent.shapes import Shape, canonical

#: Steps that lead to a difference; the last of them may be the way from there on, so that differences of deep parts
#: share it.
Way: TypeAlias = "tuple[str | Way, ...]"
#: A difference before it is placed: its kind and the way to it from the pair that was compared.
PlacedKind: TypeAlias = tuple[str, Way]

_NUMBER_LIMITS = (
    ("maximum", "MAXIMUM"),
    ("minimum", "MINIMUM"),
    ("exclusiveMinimum", "EXCLUSIVE_MINIMUM"),
)


def _numbers(original: Shape, update: Shape) -> Iterator[PlacedKind]:
    for name, keyword in _NUMBER_LIMITS:
        yield from limit(original, update, name, keyword)
    yield from _exclusive_maximum(original, update)
    yield from _multiple(original.facets.get("multipleOf"), update.facets.get("multipleOf"))
    if original.facets.get("integer") != update.facets.get("integer"):
        yield "TYPE_EXTENDED" if original.facets.get("integer") else "TYPE_NARROWED", ()


def _strings(original: Shape, update: Shape) -> Iterator[PlacedKind]:
    yield from limit(original, update, "maxLength", "MAX_LENGTH")
    yield from limit(original, update, "minLength", "MIN_LENGTH")
    before, after = original.facets.get("pattern"), update.facets.get("pattern")
    if before != after:
        change = "ADDED" if before is None else "REMOVED" if after is None else "CHANGED"
        yield f"PATTERN_{change}", ("pattern",)


def _enums(original: Shape, update: Shape) -> Iterator[PlacedKind]:
    before, after = texts(original.facets["values"]), texts(update.facets["values"])
    if before != after:
        change = "EXTENDED" if after >= before else "NARROWED" if before >= after else "CHANGED"
        yield f"ENUM_ARRAY_{change}", ("enum",)


def _consts(original: Shape, update: Shape) -> Iterator[PlacedKind]:
    if texts((original.facets["value"],)) != texts((update.facets["value"],)):
        yield "ENUM_ARRAY_CHANGED", ("const",)


def limit(original: Shape, update: Shape, name: str, keyword: str) -> Iterator[PlacedKind]:
    """How the limit `name` moved, as a difference of `keyword`."""
    before, after = _number(original.facets.get(name)), _number(update.facets.get(name))
    change = _moved(before, after)
    if change is not None:
        yield f"{keyword}_{change}", (name,)


def _moved(before: Decimal | None, after: Decimal | None) -> str | None:
    if before == after:
        return None
    if before is None:
        return "ADDED"
    if after is None:
        return "REMOVED"
    return "INCREASED" if before < after else "DECREASED"


def _exclusive_maximum(original: Shape, update: Shape) -> Iterator[PlacedKind]:
    """A lowered exclusive maximum, which the registry measures against the update's *inclusive* maximum.

    Where the update has none, the registry fails with an internal error; here that counts as refused.
    """
    before, after = _number(original.facets.get("exclusiveMaximum")), _number(update.facets.get("exclusiveMaximum"))
    change = _moved(before, after)
    inclusive = _number(update.facets.get("maximum"))
    if change == "DECREASED" and before is not None and inclusive is not None and before <= inclusive:
        return
    if change is not None:
        yield f"EXCLUSIVE_MAXIMUM_{change}", ("exclusiveMaximum",)


def _multiple(before: object, after: object) -> Iterator[PlacedKind]:
    one, other = _number(before), _number(after)
    if one == other:
        return
    change = "CHANGED"
    if one is None:
        change = "ADDED"
    elif other is None:
        change = "REMOVED"
    elif _divides(one, other):
        change = "EXPANDED"
    elif _divides(other, one):
        change = "REDUCED"
    yield f"MULTIPLE_OF_{change}", ("multipleOf",)


def _divides(one: Decimal, other: Decimal) -> bool:
    """Whether a number is a whole multiple of one; decimals divide within so many digits only."""
    return Fraction(other) % Fraction(one) == 0


def _number(value: object) -> Decimal | None:
    if value is None or isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return Decimal(str(value))


def texts(values: object) -> frozenset[str]:
    """The values of a list, each as a text that only equal ones have."""
    assert isinstance(values, tuple)  # noqa: S101 - narrows the type; the readers build tuples only
    return frozenset(canonical(value) for value in values)


#: How parts of a kind differ, for the kinds without members.
LEAVES: Mapping[str, Callable[[Shape, Shape], Iterator[PlacedKind]]] = {
    "string": _strings,
    "number": _numbers,
    "const": _consts,
    "enum": _enums,
}
