"""The kinds of difference that Confluent's checker reports, each with the policies that let it pass.

A kind is a statement about one direction: the *update* (our reader) against the *original* (our writer). The names are
the ones that the registry prints in its answers. Two kinds that compare registry metadata and not schemas (reserved
properties) are no part of this table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from evtcompat.model.verdicts import Policy

_ALWAYS: Final = frozenset(Policy)
_LENIENT: Final = frozenset({Policy.LENIENT})
_NEVER: Final[frozenset[Policy]] = frozenset()

#: Lower the limit, and fewer values keep to it.
_UPPER = ("MAX_LENGTH", "MAXIMUM", "EXCLUSIVE_MAXIMUM", "MAX_PROPERTIES", "MAX_ITEMS", "MAX_CONTAINS")
#: Raise the limit, and fewer values keep to it.
_LOWER = ("MIN_LENGTH", "MINIMUM", "EXCLUSIVE_MINIMUM", "MIN_PROPERTIES", "MIN_ITEMS", "MIN_CONTAINS")
#: Keywords that constrain: they may go, and may not come.
_CONSTRAINTS = (*_UPPER, *_LOWER, "PATTERN", "MULTIPLE_OF", "UNIQUE_ITEMS", "DEPENDENCY_ARRAY", "DEPENDENCY_SCHEMA")
#: What is admitted beside what is listed: it may come, and may not go.
_OPENINGS = ("ADDITIONAL_ITEMS", "UNEVALUATED_ITEMS", "ADDITIONAL_PROPERTIES", "UNEVALUATED_PROPERTIES")

_PASSING: Final = (
    *("ID_CHANGED", "DESCRIPTION_CHANGED", "TITLE_CHANGED", "DEFAULT_CHANGED"),
    *("SCHEMA_REMOVED", "TYPE_EXTENDED"),
    *(f"{keyword}_REMOVED" for keyword in _CONSTRAINTS),
    *(f"{keyword}_INCREASED" for keyword in _UPPER),
    *(f"{keyword}_DECREASED" for keyword in _LOWER),
    *("MULTIPLE_OF_REDUCED", "ENUM_ARRAY_EXTENDED", "DEPENDENCY_ARRAY_NARROWED"),
    *("REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED", "REQUIRED_ATTRIBUTE_REMOVED"),
    *(f"{keyword}_{change}" for keyword in _OPENINGS for change in ("ADDED", "EXTENDED")),
    "PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL",
    "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL",
    "OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL",
    "PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
    "PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL",
    "PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL",
    "PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
    "ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL",
    "ITEM_ADDED_TO_CLOSED_CONTENT_MODEL",
    "ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
    "ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL",
    "ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL",
    "ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
    *("COMBINED_TYPE_EXTENDED", "PRODUCT_TYPE_NARROWED", "SUM_TYPE_EXTENDED"),
    # Reported for every pair of negations, the unchanged one included: "narrowed" also stands for "the same".
    "NOT_TYPE_NARROWED",
)
_PASSING_LENIENTLY: Final = (
    *("ADDITIONAL_PROPERTIES_REMOVED", "ADDITIONAL_PROPERTIES_NARROWED"),
    *("UNEVALUATED_PROPERTIES_REMOVED", "UNEVALUATED_PROPERTIES_NARROWED"),
    "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL",
    "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL",
    "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
    "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL",
    "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
)
_REFUSED: Final = (
    *("SCHEMA_ADDED", "TYPE_NARROWED", "TYPE_CHANGED"),
    *(f"{keyword}_ADDED" for keyword in _CONSTRAINTS),
    *(f"{keyword}_DECREASED" for keyword in _UPPER),
    *(f"{keyword}_INCREASED" for keyword in _LOWER),
    *("PATTERN_CHANGED", "MULTIPLE_OF_EXPANDED", "MULTIPLE_OF_CHANGED"),
    *("ENUM_ARRAY_NARROWED", "ENUM_ARRAY_CHANGED", "DEPENDENCY_ARRAY_EXTENDED", "DEPENDENCY_ARRAY_CHANGED"),
    "REQUIRED_ATTRIBUTE_ADDED",
    "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL",
    "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL",
    *("ADDITIONAL_ITEMS_REMOVED", "ADDITIONAL_ITEMS_NARROWED"),
    *("UNEVALUATED_ITEMS_REMOVED", "UNEVALUATED_ITEMS_NARROWED"),
    "ITEM_ADDED_TO_OPEN_CONTENT_MODEL",
    "ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
    "ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL",
    "ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
    *("COMBINED_TYPE_CHANGED", "COMBINED_TYPE_SUBSCHEMAS_CHANGED", "PRODUCT_TYPE_EXTENDED", "SUM_TYPE_NARROWED"),
    "NOT_TYPE_EXTENDED",
)

#: The policies under which the update may still read what the original wrote, for every kind.
ALLOWED_BY: Final[Mapping[str, frozenset[Policy]]] = {
    **dict.fromkeys(_PASSING, _ALWAYS),
    **dict.fromkeys(_PASSING_LENIENTLY, _LENIENT),
    **dict.fromkeys(_REFUSED, _NEVER),
}


def passes(kinds: Iterable[str], policy: Policy) -> bool:
    """Whether a policy lets all of these kinds pass."""
    return all(policy in ALLOWED_BY[kind] for kind in kinds)
