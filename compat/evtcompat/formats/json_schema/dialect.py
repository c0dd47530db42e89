"""What a dialect of JSON Schema is, and the drafts that there are."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from evtcompat.dataclasses import dataclass, field

#: The names of the drafts, the oldest first.
DRAFTS: Final = ("draft 4", "draft 6", "draft 7", "2019-09", "2020-12")


class Handling(Enum):
    """What the engine makes of a keyword."""

    #: It constrains instances, and the engine reasons about it.
    DECIDED = "decided"
    #: It identifies, refers to or keeps schemas.
    STRUCTURE = "structure"
    #: It constrains nothing.
    ANNOTATION = "annotation"
    #: An annotation that becomes an assertion when the options ask for it.
    FORMAT = "format"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One draft."""

    name: str
    #: The canonical URI, without an empty fragment.
    uri: str
    keywords: Mapping[str, Handling]
    #: The keyword that names a resource.
    id_keyword: str = "$id"
    #: ``true`` and ``false`` are schemas.
    boolean_schemas: bool = True
    #: A ``$ref`` makes every keyword beside it void.
    ref_hides_siblings: bool = False
    #: ``exclusiveMinimum`` and ``exclusiveMaximum`` are booleans beside the bound.
    boolean_exclusive: bool = False
    #: The keyword of tuples; where it is ``items``, the rest is under ``additionalItems``.
    tuple_keyword: str = "items"
    #: Items that match ``contains`` count as evaluated.
    contains_evaluates: bool = False
    #: The class of the `jsonschema` library.
    validator: str = ""

    #: The keywords that the engine acts on: all but annotations (formats only where they are asserted).
    active: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Derive what follows from the table."""
        acted_on = (Handling.DECIDED, Handling.STRUCTURE, Handling.FORMAT)
        object.__setattr__(self, "active", frozenset(name for name, how in self.keywords.items() if how in acted_on))

    def __hash__(self) -> int:
        """By name."""
        return hash(self.name)
