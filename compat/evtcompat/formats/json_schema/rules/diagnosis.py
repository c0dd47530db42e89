"""The answer of a rule to a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from evtcompat.dataclasses import dataclass
from evtcompat.model.patches import Operation
from evtcompat.model.places import Place

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.explain.context import FailureContext


@dataclass(frozen=True, slots=True)
class SuggestedFix:
    """A change of one side that undoes a difference."""

    #: An imperative without a capital and a full stop.
    text: str
    operations: tuple[Operation, ...]
    #: The document to change, when it is another than the one compared; what changes the reader is in the document of
    #: the failure.
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A failure under the rule that it falls under."""

    rule: str
    reader: Place
    writer: Place
    facts: Mapping[str, object]
    #: What takes the failure out of the reader's way while others are looked for; ``None`` when it lies in a document
    #: that cannot be changed here.
    patch: tuple[Operation, ...] | None
    reader_fix: SuggestedFix | None = None
    writer_fix: SuggestedFix | None = None
    #: The validator's message.
    message: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for two diagnoses that are one finding."""
        branch = self.writer.pointer if self.rule == "branch-not-accepted" else ""
        return self.rule, self.reader.origin, self.reader.pointer, self.facts.get("property"), branch

    def says_the_same(self, other: Diagnosis) -> bool:
        """Whether both say the same of the same places, whatever else they offer."""
        mine, theirs = ((one.rule, one.reader, one.writer, one.facts) for one in (self, other))
        return mine == theirs


#: How failures of a keyword are diagnosed: several diagnoses where it fails for several names.
Diagnoser: TypeAlias = "Callable[[FailureContext], Iterable[Diagnosis]]"
