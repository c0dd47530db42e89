"""The one interface that both schema languages answer to."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
        registry_verdict: What a Confluent registry would answer for this direction, or how to find it.
        explain: Finds the mismatches and the proof; pure. ``None`` when there are none: the pair is compatible.
        other_policy: Finds what the other policy would decide; ``None`` where there is none.

    What is still to be found may turn out not to be: then the call raises an `UncheckedError`, and the verdict stands.
    """

    __slots__ = ("explain", "other_policy", "registry_verdict", "verdict")

    def __init__(
        self,
        verdict: Verdict,
        registry_verdict: Verdict | Callable[[], Verdict],
        explain: Callable[[], Relation] | None,
        other_policy: Callable[[], tuple[Policy, Verdict]] | None = None,
    ) -> None:
        self.verdict = verdict
        self.registry_verdict = registry_verdict
        self.explain = explain
        self.other_policy = other_policy

    def relation(self) -> Relation:
        """The relation, with all that was still to be found."""
        registry, other = self.registry_verdict, self.other_policy
        known = registry if isinstance(registry, Verdict) else registry()
        if self.explain is None:
            return Relation(registry_verdict=known, other_policy=None if other is None else other())
        told = self.explain()
        if other is None and told.registry_verdict is known:
            return told
        return replace(told, registry_verdict=known, other_policy=None if other is None else other())


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
        """The relation, or the verdict where that is known sooner; what it leaves open makes up that relation."""
        ...

    def lint(self, schema: Schema) -> tuple[Mismatch, ...]:
        """Findings about one schema alone (reader and writer place are the same)."""
        ...

    def rejection(self, schema: Schema) -> str | None:
        """Why a Confluent registry would refuse to register this schema as invalid, or ``None``."""
        ...
