"""All that the engine knows of one keyword."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Final, TypeAlias

from evtcompat.dataclasses import dataclass
from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.algebra.property_names import Names
from evtcompat.formats.json_schema.algebra.unevaluated import EvaluatedItems
from evtcompat.formats.json_schema.dialect import DRAFTS, Handling
from evtcompat.formats.json_schema.keywords.context import Context
from evtcompat.formats.json_schema.keywords.scope import Contents, Scope, Value
from evtcompat.formats.json_schema.rules.diagnosis import Diagnoser

FROM_6: Final = DRAFTS[1:]
FROM_7: Final = DRAFTS[2:]
FROM_2019: Final = DRAFTS[3:]
UNTIL_7: Final = DRAFTS[:3]
UNTIL_2019: Final = DRAFTS[:4]
ONLY_4: Final = DRAFTS[:1]
ONLY_7: Final = DRAFTS[2:3]
ONLY_2019: Final = DRAFTS[3:4]
ONLY_2020: Final = DRAFTS[4:]

#: Whether the metaschema accepts a value for the keyword.
Check: TypeAlias = Callable[[object], bool]


#: What a proof says of a demand that no single theory settles.
SEARCH: Final = "searched to the end"


class Holding(Enum):
    """How a keyword's value holds schemas."""

    ONE = "one"
    LIST = "list"
    #: By whatever name.
    MAP = "map"
    ONE_OR_LIST = "one-or-list"
    #: A schema, or a boolean that is none.
    ONE_OR_FLAG = "one-or-flag"
    #: By name, a schema or a list of names.
    DEPENDENCIES = "dependencies"


class Holds(Enum):
    """What the value of a keyword that constrains is, in all drafts together."""

    SCHEMA = "schema"
    SCHEMAS = "schemas"
    #: One schema, or a list of them.
    SCHEMA_OR_SCHEMAS = "schema or schemas"
    NAMED_SCHEMAS = "named schemas"
    NUMBER = "number"
    TEXT = "text"
    LIST = "list"
    FLAG = "flag"
    NAMES_OR_NAME = "name or names"
    ANY = "any"


class AppliesTo(Enum):
    """To what the schemas in a keyword's value are applied."""

    #: The value that the keyword's own schema is applied to.
    SAME_VALUE = "the same value"
    #: The member of their name.
    NAMED_MEMBER = "the member of that name"
    #: The members whose names match.
    MATCHING_MEMBERS = "members whose names match"
    #: The members that no other keyword speaks of.
    OTHER_MEMBERS = "other members"
    #: Items: of a position, all, or those that no other keyword speaks of.
    ITEMS = "items"
    #: Items, of which some must be valid.
    SOME_ITEMS = "some items"
    #: The names of members.
    NAMES = "names"
    #: Nothing: they wait to be referred to, or annotate.
    NOTHING = "nothing"


class Vocabulary(Enum):
    """The part of the specification that defines a keyword (2019-09 and 2020-12, section 8.1 of the core)."""

    CORE = "core"
    APPLICATOR = "applicator"
    UNEVALUATED = "unevaluated"
    VALIDATION = "validation"
    META_DATA = "meta-data"
    FORMAT = "format"
    CONTENT = "content"


class Meaning(Enum):
    """What the meaning of a keyword depends on beside its own value."""

    #: On where it stands: its value holds schemas or refers to some, or a policy reads it together with others.
    PLACE = "place"
    #: On nothing, but a fault in it is reported with its place.
    VALUE = "value"
    #: On nothing; its value is a scalar, or a list of them.
    SCALAR = "scalar"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a keyword is in some drafts."""

    drafts: tuple[str, ...]
    handling: Handling
    #: What the metaschema says of its value: how that holds schemas, or which values it accepts.
    shape: Check | Holding


def decided(shape: Check | Holding, drafts: tuple[str, ...] = DRAFTS) -> Definition:
    """A keyword that constrains instances."""
    return Definition(drafts, Handling.DECIDED, shape)


def structure(shape: Check | Holding, drafts: tuple[str, ...] = DRAFTS) -> Definition:
    """A keyword that identifies, refers to or keeps schemas."""
    return Definition(drafts, Handling.STRUCTURE, shape)


def annotation(shape: Check | Holding, drafts: tuple[str, ...] = DRAFTS) -> Definition:
    """A keyword that constrains nothing."""
    return Definition(drafts, Handling.ANNOTATION, shape)


#: What a keyword demands of a value; a list for all of several demands.
Compile: TypeAlias = Callable[[Context, Contents, Scope], Node | list[Node]]
#: A condition, a schema that applies to the same value where it holds, and the scope there if that is another.
InPlace: TypeAlias = "tuple[Node, Value, Scope | None]"


@dataclass(frozen=True, slots=True)
class Evaluate:
    """What a keyword adds to the annotations that its schema leaves (2020-12, section 7.7 of the core)."""

    #: The names of members that it evaluates.
    members: Callable[[Context, Contents, Scope], Iterator[Names]] | None = None
    #: The names of members that it declares for the lenient policy.
    declared: Callable[[Context, Contents, Scope], Iterator[Names]] | None = None
    #: The items that it evaluates.
    items: Callable[[Context, Contents, Scope], Iterator[EvaluatedItems]] | None = None
    #: The schemas whose annotations are its schema's as well.
    in_place: Callable[[Context, Contents, Scope], Iterator[InPlace]] | None = None


@dataclass(frozen=True, slots=True)
class Keyword:
    """One keyword."""

    name: str
    #: Where it is defined; each draft is in one definition at most.
    definitions: tuple[Definition, ...]
    vocabulary: Vocabulary
    #: What its value is; ``None`` for a keyword that constrains in no draft.
    holds: Holds | None = None
    #: The instance type that it speaks of; ``None`` for all.
    type: str | None = None
    #: A keyword without which it does nothing, and whose `compile` reads it.
    needs: str | None = None
    #: A keyword that says the same with another bound, so that both are understood together.
    twin: str | None = None
    meaning: Meaning = Meaning.PLACE
    applies_to: AppliesTo | None = None
    #: It leads to another schema.
    refers: bool = False
    #: It names a place for references, or a reference looks for such names.
    anchors: bool = False
    #: Its ``false`` closes an object, which the lenient reader lifts.
    closes: bool = False
    compile: Compile | None = None
    #: What a proof calls the reasoning that settles what it demands.
    settled_by: str = SEARCH
    evaluate: Evaluate | None = None
    #: What is said of a failure of it; one that no rule knows is an `instance-refused`.
    diagnose: Diagnoser | None = None

    @property
    def constrains_in(self) -> tuple[str, ...]:
        """The drafts in which it changes what a schema accepts."""
        constraining = {Handling.DECIDED, Handling.STRUCTURE} if self.refers else {Handling.DECIDED}
        return tuple(draft for one in self.definitions if one.handling in constraining for draft in one.drafts)

    def in_draft(self, draft: str) -> Definition | None:
        """What it is in a draft; ``None`` where it is no keyword."""
        return next((one for one in self.definitions if draft in one.drafts), None)
