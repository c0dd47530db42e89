"""Why a pair of schemas is what it is: mismatches with witnesses and fixes, open questions, the steps of a proof."""

from __future__ import annotations

from collections.abc import Mapping

from evtcompat.dataclasses import dataclass, field
from evtcompat.model.places import Place
from evtcompat.model.witnesses import Witness

#: Facts hold what a rule's sentence needs; they are JSON values so that they can be hashed and printed.
Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Fix:
    """A change to one of the two schemas that mends the mismatch; the engine re-checked it."""

    #: What to do, as an imperative sentence without a full stop.
    text: str
    #: The side whose document changes: ``reader`` or ``writer``.
    side: str
    #: RFC 6902 operations on that side's document, or empty where the change is not a local edit.
    patch: tuple[Mapping[str, object], ...] = ()
    #: Why there is no patch of the file though the change is a local edit of the schema; a clause, or ``""``.
    unwritten: str = ""

    def __str__(self) -> str:
        """The sentence."""
        return self.text


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A fact found by an engine: what differs, where in the reader, where in the writer."""

    #: The id of the rule that judges it (`evtcompat.rules`).
    rule: str
    reader: Place
    writer: Place
    #: What the rule's sentence needs, normalised: it enters the fingerprint.
    facts: Facts = field(default_factory=dict)
    #: The deeper mismatches that make this one (a union branch fails because of its field).
    because: tuple[Mismatch, ...] = ()
    witness: Witness | None = None
    fix: Fix | None = None
    #: Other changes that mend it, those of the other document among them; the engine re-checked them as well.
    alternatives: tuple[Fix, ...] = ()
    #: Further places of the reader that make the very same demand, under the same name; the fixes are of all of them.
    also: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Undecided:
    """A part that can be neither proved nor refuted."""

    reader: Place
    writer: Place
    #: One clause that names the construct and why it cannot be settled.
    reason: str
    #: What a person does about it, as a sentence; ``""`` where there is nothing but to look at the part.
    hint: str = ""

    @property
    def path(self) -> str:
        """The place in the reader, by names where known, else by pointer."""
        return self.reader.names or self.reader.pointer


@dataclass(frozen=True, slots=True)
class ProofStep:
    """One argument that settled a part of a comparison, for a person who audits a "compatible"."""

    reader: Place
    writer: Place
    #: The argument, as one sentence.
    argument: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why "reader reads writer" holds or not; the verdict follows from it and the rules."""

    mismatches: tuple[Mismatch, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    #: The arguments of a "compatible", where the options ask for them.
    proof: tuple[ProofStep, ...] = ()
