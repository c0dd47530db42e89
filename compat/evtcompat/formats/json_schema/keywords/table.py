"""What follows from the records of all keywords."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from evtcompat.formats.json_schema.dialect import Handling
from evtcompat.formats.json_schema.keywords import (
    applicators,
    arrays,
    identity,
    metadata,
    numbers,
    objects,
    references,
    strings,
    values,
)
from evtcompat.formats.json_schema.keywords.keyword import (
    AppliesTo,
    Check,
    Compile,
    Evaluate,
    Holding,
    Holds,
    Keyword,
    Meaning,
    Vocabulary,
)
from evtcompat.model.json_types import JSON
from evtcompat.model.places import child

#: All keywords by name. Their order is that in which a schema's annotations are collected.
KEYWORDS: Final[Mapping[str, Keyword]] = {
    keyword.name: keyword
    for family in (identity, references, values, applicators, numbers, strings, arrays, objects, metadata)
    for keyword in family.KEYWORDS
}

#: The keywords that constrain in some draft.
CONSTRAINING: Final[Mapping[str, Keyword]] = {name: one for name, one in KEYWORDS.items() if one.holds is not None}

#: Keywords that constrain in no draft.
ANNOTATIONS: Final = frozenset(KEYWORDS.keys() - CONSTRAINING.keys())

#: How keywords are compiled.
COMPILE: Final[Mapping[str, Compile]] = {name: one.compile for name, one in KEYWORDS.items() if one.compile is not None}

#: What keywords add to the annotations of their schema.
EVALUATE: Final[Mapping[str, Evaluate]] = {
    name: one.evaluate for name, one in KEYWORDS.items() if one.evaluate is not None
}

#: Keywords that lead to another schema.
REFERRING: Final = tuple(name for name, one in KEYWORDS.items() if one.refers)

#: Keywords that name a place for references, or look for one.
ANCHORING: Final = frozenset(name for name, one in KEYWORDS.items() if one.anchors)

#: Keywords that mean the same wherever they stand, in every reading, and whose values are scalars.
SCALAR: Final = frozenset(name for name, one in KEYWORDS.items() if one.meaning is Meaning.SCALAR)

#: Keywords that mean the same wherever they stand, in every reading.
SELF_CONTAINED: Final = frozenset(name for name, one in KEYWORDS.items() if one.meaning is not Meaning.PLACE)

#: Keywords whose ``false`` closes an object.
CLOSING: Final = tuple(name for name, one in KEYWORDS.items() if one.closes)

#: Keywords that hold schemas by name.
HOLDING_BY_NAME: Final = frozenset(
    name
    for name, one in KEYWORDS.items()
    if any(definition.shape in (Holding.MAP, Holding.DEPENDENCIES) for definition in one.definitions)
)

#: Keywords that the lenient policy reads otherwise in a writer's schema, as they declare members.
DECLARING: Final = tuple(
    name for name, one in KEYWORDS.items() if one.type == "object" and one.evaluate is not None and not one.closes
)


def handlings(draft: str) -> dict[str, Handling]:
    """What the engine makes of each keyword of a draft."""
    found = {name: keyword.in_draft(draft) for name, keyword in KEYWORDS.items()}
    return {name: one.handling for name, one in found.items() if one is not None}


@cache
def checks(draft: str) -> Mapping[str, Check]:
    """Whether a value is as the metaschema of a draft wants it, for each keyword that holds no schemas."""
    found = {name: keyword.in_draft(draft) for name, keyword in KEYWORDS.items()}
    return {name: one.shape for name, one in found.items() if one is not None and not isinstance(one.shape, Holding)}


@cache
def holdings(draft: str) -> Mapping[str, Holding]:
    """How the keywords of a draft hold schemas, where they do."""
    found = {name: keyword.in_draft(draft) for name, keyword in KEYWORDS.items()}
    return {name: one.shape for name, one in found.items() if one is not None and isinstance(one.shape, Holding)}


def of_vocabulary(*vocabularies: Vocabulary) -> frozenset[str]:
    """The keywords that vocabularies define."""
    return frozenset(name for name, one in KEYWORDS.items() if one.vocabulary in vocabularies)


def applied_to(*kinds: AppliesTo) -> tuple[str, ...]:
    """The keywords whose schemas are applied to something of these kinds."""
    return tuple(name for name, one in KEYWORDS.items() if one.applies_to in kinds)


_EXPECTED: Final[Mapping[Holds, type | tuple[type, ...]]] = {
    Holds.SCHEMA: dict,
    Holds.SCHEMAS: list,
    Holds.SCHEMA_OR_SCHEMAS: (dict, list),
    Holds.NAMED_SCHEMAS: dict,
    Holds.NUMBER: (int, float),
    Holds.TEXT: str,
    Holds.LIST: list,
    Holds.FLAG: bool,
    Holds.NAMES_OR_NAME: (str, list),
}


def fits(keyword: Keyword, value: JSON) -> bool:
    """Whether `value` could be meant as the value of a keyword that constrains."""
    if keyword.holds is None or keyword.holds is Holds.ANY:
        return True
    if isinstance(value, bool):
        return keyword.holds in (Holds.FLAG, Holds.SCHEMA, Holds.SCHEMA_OR_SCHEMAS, Holds.LIST)
    return isinstance(value, _EXPECTED[keyword.holds])


def subschemas(schema: Mapping[str, JSON], pointer: str) -> Iterator[tuple[str, str, JSON]]:
    """The schemas that `schema` holds directly, each with its pointer and the keyword that holds it."""
    for name, value in schema.items():
        holds = Holds.NAMED_SCHEMAS if name in _STORES else CONSTRAINING[name].holds if name in CONSTRAINING else None
        here = child(pointer, name)
        if holds in (Holds.SCHEMA, Holds.SCHEMA_OR_SCHEMAS) and isinstance(value, dict | bool):
            yield here, name, value
        elif holds in (Holds.SCHEMAS, Holds.SCHEMA_OR_SCHEMAS) and isinstance(value, list):
            for index, member in enumerate(value):
                yield child(here, index), name, member
        elif holds is Holds.NAMED_SCHEMAS and isinstance(value, dict):
            for member_name, member in value.items():
                if isinstance(member, dict | bool):
                    yield child(here, member_name), name, member


#: Where schemas wait to be referred to, in every draft in practice.
_STORES: Final = ("definitions", "$defs")
