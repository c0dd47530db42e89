"""The one interface that both schema languages answer to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from evtcompat.model.mismatches import Relation
from evtcompat.model.verdicts import Policy, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evtcompat.model.documents import Document, References
    from evtcompat.model.mismatches import Mismatch


@dataclass(frozen=True, slots=True)
class Options:
    """What a comparison may be asked to do differently."""

    policy: Policy = Policy.LENIENT
    #: Build witnesses and fixes; without them only verdict, mismatches and places are sure.
    witnesses: bool = True
    #: Steps of reasoning before a JSON Schema comparison is left undecided.
    budget: int | None = None
    #: Assert `format` in JSON Schema.
    assert_formats: bool = False
    #: The ``$schema`` of JSON Schemas that name none.
    default_dialect: str | None = None
    #: Keep the arguments of a proof for a person to read.
    proofs: bool = False


class Schema(Protocol):
    """A parsed schema. Engines read only their own."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """The referenced documents by origin, so that places in them can be located."""
        ...


class Settled:
    """What is known of a pair before it is explained: the verdict, were every rule of its own severity.

    Attributes:
        verdict: `COMPATIBLE` when no mismatch whose rule is an error by default is there, `INCOMPATIBLE` when one is.
        registry_verdict: What a Confluent registry would answer for this direction.
        explain: The relation that says why; pure. ``None`` when it has nothing to say: the pair is compatible.
    """

    __slots__ = ("explain", "registry_verdict", "verdict")

    def __init__(self, verdict: Verdict, registry_verdict: Verdict, explain: Callable[[], Relation] | None) -> None:
        self.verdict = verdict
        self.registry_verdict = registry_verdict
        self.explain = explain

    def relation(self) -> Relation:
        """The relation, worked out."""
        return Relation(registry_verdict=self.registry_verdict) if self.explain is None else self.explain()


class Engine(Protocol):
    """A schema language."""

    def parse(self, document: Document, references: References) -> Schema:
        """The schema that `document` writes.

        Raises:
            SchemaError: It is none, with the place and the rule of the specification that it breaks.
        """
        ...

    def relation(self, reader: Schema, writer: Schema, options: Options) -> Relation:
        """What becomes of the writer's data in the reader."""
        ...

    def answer(self, reader: Schema, writer: Schema, options: Options) -> Relation | Settled:
        """The relation, or the verdict where that is known sooner; its explanation is that same relation."""
        ...

    def lint(self, schema: Schema) -> tuple[Mismatch, ...]:
        """Findings about one schema alone (reader and writer place are the same)."""
        ...

    def rejection(self, schema: Schema) -> str | None:
        """Why a Confluent registry would refuse to register this schema as invalid, or ``None``."""
        ...
