"""What an Avro rule is made of; each module of `formats.avro.rules` makes one.

A walk meets differences (`formats.avro.differences`), and the rules judge them. A rule also says what proves that it is
broken, and what would fix it, so that nothing else has to know it by its id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from evtcompat.dataclasses import dataclass

if TYPE_CHECKING:
    from evtcompat.formats.avro.paths import SchemaPath
    from evtcompat.formats.avro.payloads.datum import Datum
    from evtcompat.formats.avro.types import Field, Missing, Type
    from evtcompat.model.mismatches import Mismatch
    from evtcompat.model.places import Place
    from evtcompat.model.rules import Rule

_Difference = TypeVar("_Difference")


class Evidence(Enum):
    """What a payload can show of a broken rule."""

    #: Nothing: the rule is about schemas, and stops no decoder.
    NONE = auto()
    #: A decoder refuses the payload.
    REFUSED = auto()
    #: It refuses it, or takes the same bytes for something else.
    REFUSED_OR_MISREAD = auto()
    #: It refuses it, or fields are missing from what it reads.
    REFUSED_OR_LOSSY = auto()
    #: The same bytes mean something else under the reader's logical type.
    MISREAD = auto()
    #: A decoder reads the value as another one.
    ALTERED = auto()


class Breach(NamedTuple):
    """A difference breaks a rule."""

    #: What the rule's sentence needs, besides the path.
    facts: Mapping[str, object]
    #: The place in the reader and in the writer; where the types meet when absent.
    reader: Place | None = None
    writer: Place | None = None


@dataclass(frozen=True, slots=True)
class Judge(Generic[_Difference]):
    """How a rule judges one kind of difference."""

    difference: type[_Difference]
    #: How the difference breaks the rule; ``None`` where it does not.
    breach: Callable[[_Difference], Breach | None]


class Patch(NamedTuple):
    """An edit of the reader's document."""

    #: What to do, as an imperative sentence without a full stop.
    text: str
    #: RFC 6902 operations.
    operations: list[dict[str, object]]


class MinimalPair(NamedTuple):
    """A reader and a writer that differ in one thing, as the pair does that they are taken from."""

    reader: Type
    writer: Type


@dataclass(frozen=True, slots=True)
class AvroRule:
    """A rule about Avro schemas: what it judges, its words, its evidence and its fix."""

    text: Rule
    judges: tuple[Judge[Any], ...]
    #: The patch that may fix an occurrence, by an edit of the reader's document; ``None`` where there is none.
    fix: Callable[[Occurrence], Patch | None] | None = None
    evidence: Evidence = Evidence.REFUSED
    #: The value of the writer's type (second) that shows the difference from the reader's (first); `MISSING` where the
    #: smallest value does. Raises a `ValueError` where that value cannot be written.
    sample: Callable[[Type, Type], Datum | Missing] | None = None
    #: The difference in a pair of schemas that have no other one; ``None`` where it depends on more than these types.
    isolate: Callable[[Occurrence], MinimalPair | None] | None = None
    #: It is broken by one of the schemas, whatever the other is: its fact ``side`` says which.
    one_sided: bool = False
    #: Avro Java's `SchemaCompatibility` answers "incompatible" where the rule is broken, and so do registries.
    refused_by_registry: bool = False
    #: A fix may bring this with it.
    acceptable_after_fix: bool = False

    @property
    def id(self) -> str:
        """The id of the rule."""
        return self.text.id


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A rule broken at one place, with what a witness and a fix need."""

    rule: AvroRule
    mismatch: Mismatch
    #: Where the types meet, in the reader and in the writer.
    here: SchemaPath
    there: SchemaPath
    #: The reader's field in question, for rules about fields.
    field: Field | None = None
    #: The deeper occurrence that makes this one.
    cause: Occurrence | None = None

    @property
    def reader(self) -> Type:
        """The reader's type in question."""
        return self.here.type

    @property
    def writer(self) -> Type:
        """The writer's type in question."""
        return self.there.type
