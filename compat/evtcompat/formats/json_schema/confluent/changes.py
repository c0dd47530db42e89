"""The kinds of difference that Confluent's checker reports, each with the policies that let it pass, and its mirror.

A kind is a statement about one direction: the *update* (our reader) against the *original* (our writer). Its mirror
is what the same pair of schemas shows with the sides exchanged, so that one table answers for both directions. The
names are the ones that the registry prints in its answers.

Two kinds that compare registry metadata and not schemas (reserved properties) are no part of this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evtcompat.model.verdicts import Policy

_ALWAYS = frozenset(Policy)
_LENIENT = frozenset({Policy.LENIENT})
_NEVER: frozenset[Policy] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of difference."""

    kind: str
    #: The policies under which the update may still read what the original wrote.
    allowed: frozenset[Policy]
    #: The kinds that the exchanged pair may show at the same path; empty where the exchanged pair shows nothing.
    mirrors: tuple[str, ...]


def _both(kind: str, allowed: frozenset[Policy]) -> tuple[Change, ...]:
    """A difference that is its own mirror."""
    return (Change(kind, allowed, (kind,)),)


def _pair(narrowing: str, widening: str, narrowing_allowed: frozenset[Policy] = _NEVER) -> tuple[Change, ...]:
    """A narrowing and the widening that undoes it; the widening always passes."""
    return Change(narrowing, narrowing_allowed, (widening,)), Change(widening, _ALWAYS, (narrowing,))


def _upper(keyword: str) -> tuple[Change, ...]:
    """The four differences of an upper limit."""
    return *_pair(f"{keyword}_ADDED", f"{keyword}_REMOVED"), *_pair(f"{keyword}_DECREASED", f"{keyword}_INCREASED")


def _lower(keyword: str) -> tuple[Change, ...]:
    """The four differences of a lower limit."""
    return *_pair(f"{keyword}_ADDED", f"{keyword}_REMOVED"), *_pair(f"{keyword}_INCREASED", f"{keyword}_DECREASED")


_ADDED_TO_OPEN = (
    "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL",
    "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL",
    "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL",
    "PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL",
)
_ADDED_TO_CLOSED = (
    "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL",
    "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL",
    "OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL",
)
_ADDED_COVERED = (
    "PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
    "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
)
_REMOVED_FROM_OPEN = ("PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL",)
_REMOVED_FROM_CLOSED = (
    "PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL",
    "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL",
)
_REMOVED_COVERED = (
    "PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
    "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
)
_ITEM_ADDED_COVERED = (
    "ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
    "ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
)
_ITEM_REMOVED_COVERED = (
    "ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
    "ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
)

_ANNOTATIONS = (
    *_both("ID_CHANGED", _ALWAYS),
    *_both("DESCRIPTION_CHANGED", _ALWAYS),
    *_both("TITLE_CHANGED", _ALWAYS),
    *_both("DEFAULT_CHANGED", _ALWAYS),
)

_TYPES = (
    *_pair("SCHEMA_ADDED", "SCHEMA_REMOVED"),
    *_pair("TYPE_NARROWED", "TYPE_EXTENDED"),
    # A change from or to the schema that accepts everything is reported in one direction only.
    Change("TYPE_CHANGED", _NEVER, ("TYPE_CHANGED", "SUM_TYPE_EXTENDED", "PRODUCT_TYPE_NARROWED")),
)

_LIMITS = (
    *_upper("MAX_LENGTH"),
    *_lower("MIN_LENGTH"),
    *_upper("MAXIMUM"),
    *_lower("MINIMUM"),
    *_upper("EXCLUSIVE_MAXIMUM"),
    *_lower("EXCLUSIVE_MINIMUM"),
    *_upper("MAX_PROPERTIES"),
    *_lower("MIN_PROPERTIES"),
    *_upper("MAX_ITEMS"),
    *_lower("MIN_ITEMS"),
    *_upper("MAX_CONTAINS"),
    *_lower("MIN_CONTAINS"),
    *_pair("PATTERN_ADDED", "PATTERN_REMOVED"),
    *_both("PATTERN_CHANGED", _NEVER),
    *_pair("MULTIPLE_OF_ADDED", "MULTIPLE_OF_REMOVED"),
    *_pair("MULTIPLE_OF_EXPANDED", "MULTIPLE_OF_REDUCED"),
    *_both("MULTIPLE_OF_CHANGED", _NEVER),
    *_pair("UNIQUE_ITEMS_ADDED", "UNIQUE_ITEMS_REMOVED"),
    *_pair("ENUM_ARRAY_NARROWED", "ENUM_ARRAY_EXTENDED"),
    *_both("ENUM_ARRAY_CHANGED", _NEVER),
)

_OBJECTS = (
    Change("REQUIRED_ATTRIBUTE_ADDED", _NEVER, ("REQUIRED_ATTRIBUTE_REMOVED",)),
    Change("REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED", _ALWAYS, ("REQUIRED_ATTRIBUTE_REMOVED",)),
    Change(
        "REQUIRED_ATTRIBUTE_REMOVED", _ALWAYS, ("REQUIRED_ATTRIBUTE_ADDED", "REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED")
    ),
    *_pair("DEPENDENCY_ARRAY_ADDED", "DEPENDENCY_ARRAY_REMOVED"),
    *_pair("DEPENDENCY_ARRAY_EXTENDED", "DEPENDENCY_ARRAY_NARROWED"),
    *_both("DEPENDENCY_ARRAY_CHANGED", _NEVER),
    *_pair("DEPENDENCY_SCHEMA_ADDED", "DEPENDENCY_SCHEMA_REMOVED"),
    *_pair("ADDITIONAL_PROPERTIES_REMOVED", "ADDITIONAL_PROPERTIES_ADDED", _LENIENT),
    *_pair("ADDITIONAL_PROPERTIES_NARROWED", "ADDITIONAL_PROPERTIES_EXTENDED", _LENIENT),
    *_pair("UNEVALUATED_PROPERTIES_REMOVED", "UNEVALUATED_PROPERTIES_ADDED", _LENIENT),
    *_pair("UNEVALUATED_PROPERTIES_NARROWED", "UNEVALUATED_PROPERTIES_EXTENDED", _LENIENT),
    *(
        Change(kind, allowed, (*_REMOVED_FROM_OPEN, *_REMOVED_FROM_CLOSED, *_REMOVED_COVERED))
        for kind, allowed in (
            ("REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", _NEVER),
            ("REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL", _LENIENT),
            ("OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", _LENIENT),
            ("PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL", _ALWAYS),
            ("REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL", _NEVER),
            ("REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL", _ALWAYS),
            ("OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL", _ALWAYS),
            ("PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", _ALWAYS),
            ("PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", _LENIENT),
        )
    ),
    *(
        Change(kind, allowed, (*_ADDED_TO_OPEN, *_ADDED_TO_CLOSED, *_ADDED_COVERED))
        for kind, allowed in (
            ("PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL", _ALWAYS),
            ("PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL", _ALWAYS),
            ("PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", _LENIENT),
            ("PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", _ALWAYS),
            ("PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", _LENIENT),
        )
    ),
)

_ITEMS_ADDED = (
    ("ITEM_ADDED_TO_OPEN_CONTENT_MODEL", _NEVER),
    ("ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL", _ALWAYS),
    ("ITEM_ADDED_TO_CLOSED_CONTENT_MODEL", _ALWAYS),
    ("ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", _ALWAYS),
    ("ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", _NEVER),
)
_ITEMS_REMOVED = (
    ("ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL", _ALWAYS),
    ("ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL", _ALWAYS),
    ("ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL", _NEVER),
    ("ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", _ALWAYS),
    ("ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", _NEVER),
)

_ARRAYS = (
    *_pair("ADDITIONAL_ITEMS_REMOVED", "ADDITIONAL_ITEMS_ADDED"),
    *_pair("ADDITIONAL_ITEMS_NARROWED", "ADDITIONAL_ITEMS_EXTENDED"),
    *_pair("UNEVALUATED_ITEMS_REMOVED", "UNEVALUATED_ITEMS_ADDED"),
    *_pair("UNEVALUATED_ITEMS_NARROWED", "UNEVALUATED_ITEMS_EXTENDED"),
    *(Change(kind, allowed, tuple(mirror for mirror, _ in _ITEMS_REMOVED)) for kind, allowed in _ITEMS_ADDED),
    *(Change(kind, allowed, tuple(mirror for mirror, _ in _ITEMS_ADDED)) for kind, allowed in _ITEMS_REMOVED),
)

_COMBINED = (
    Change("COMBINED_TYPE_EXTENDED", _ALWAYS, ("COMBINED_TYPE_CHANGED", "COMBINED_TYPE_EXTENDED")),
    Change("COMBINED_TYPE_CHANGED", _NEVER, ("COMBINED_TYPE_EXTENDED", "COMBINED_TYPE_CHANGED")),
    Change("PRODUCT_TYPE_EXTENDED", _NEVER, ("PRODUCT_TYPE_NARROWED",)),
    Change("PRODUCT_TYPE_NARROWED", _ALWAYS, ("PRODUCT_TYPE_EXTENDED", "TYPE_CHANGED")),
    Change("SUM_TYPE_EXTENDED", _ALWAYS, ("SUM_TYPE_NARROWED", "TYPE_CHANGED")),
    Change("SUM_TYPE_NARROWED", _NEVER, ("SUM_TYPE_EXTENDED",)),
    Change("COMBINED_TYPE_SUBSCHEMAS_CHANGED", _NEVER, ("COMBINED_TYPE_SUBSCHEMAS_CHANGED",)),
    # Reported for every pair of negations, the unchanged one included: "narrowed" also stands for "the same".
    Change("NOT_TYPE_NARROWED", _ALWAYS, ("NOT_TYPE_EXTENDED", "NOT_TYPE_NARROWED")),
    Change("NOT_TYPE_EXTENDED", _NEVER, ("NOT_TYPE_NARROWED", "NOT_TYPE_EXTENDED")),
)

#: Every kind by its name.
CHANGES: Mapping[str, Change] = {
    change.kind: change for change in (*_ANNOTATIONS, *_TYPES, *_LIMITS, *_OBJECTS, *_ARRAYS, *_COMBINED)
}
