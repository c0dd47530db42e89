"""What a check answers, from one direction up to a whole run. Reporters turn it into text; nothing here decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evtcompat.model.findings import Finding
from evtcompat.model.levels import Direction, Level
from evtcompat.model.mismatches import ProofStep, Undecided
from evtcompat.model.verdicts import Format, Policy, Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answer for one reader and one writer."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    #: What a Confluent registry would answer for this direction; `UNDECIDED` when that is not predicted.
    registry_verdict: Verdict = Verdict.UNDECIDED
    #: JSON Schema: the policy that would decide otherwise, and how.
    other_policy: tuple[Policy, Verdict] | None = None
    proof: tuple[ProofStep, ...] = ()
    #: How to find what was left open, by attribute; ``None`` when nothing is. The last of the fields, so that whoever
    #: copies them one after the other finds it so.
    _late: dict[str, Callable[[], Any]] | None = field(default=None, init=False, repr=False, compare=False)

    @classmethod
    def settled(
        cls,
        verdict: Verdict,
        explain: Callable[[], Comparison],
        registry_verdict: Verdict | Callable[[], Verdict] = Verdict.UNDECIDED,
        other_policy: Callable[[], tuple[Policy, Verdict]] | None = None,
    ) -> Comparison:
        """A comparison with a verdict, whose other attributes are found when they are first read.

        Args:
            verdict: The verdict.
            explain: Finds the comparison whose findings, undecided parts and proof are its own; called once, unless it
                raises.
            registry_verdict: What a registry would answer, or how to find it.
            other_policy: How to find what the other policy decides; ``None`` where there is none.
        """
        comparison = cls.__new__(cls)
        assign = object.__setattr__
        assign(comparison, "verdict", verdict)
        late: dict[str, Callable[[], Any]] = dict.fromkeys(_EXPLAINED, explain)
        if isinstance(registry_verdict, Verdict):
            assign(comparison, "registry_verdict", registry_verdict)
        else:
            late["registry_verdict"] = registry_verdict
        if other_policy is None:
            assign(comparison, "other_policy", None)
        else:
            late["other_policy"] = other_policy
        assign(comparison, "_late", late)
        return comparison

    if not TYPE_CHECKING:  # so that type checkers still know every attribute there is

        def __getattr__(self, name: str) -> object:
            """What `settled` left open; called for attributes without a value only."""
            late = self._late if name in _LEFT_OPEN else None
            if late is not None and name in late:
                told = late[name]()
                for one in _EXPLAINED if name in _EXPLAINED else (name,):
                    object.__setattr__(self, one, getattr(told, one) if name in _EXPLAINED else told)
                    late.pop(one, None)
                if not late:
                    object.__setattr__(self, "_late", None)
            return object.__getattribute__(self, name)


#: What an explanation tells, and all that `Comparison.settled` may leave open.
_EXPLAINED = ("findings", "undecided", "proof")
_LEFT_OPEN = frozenset((*_EXPLAINED, "registry_verdict", "other_policy"))


@dataclass(frozen=True, slots=True)
class SchemaName:
    """Which document stood on one side."""

    origin: str | None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class DirectedComparison:
    """A comparison as one step of a level: the candidate against one baseline in one direction."""

    direction: Direction
    baseline: SchemaName
    result: Comparison


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be checked."""

    message: str
    hint: str | None = None
    place: str | None = None
    subject: str | None = None
    exit_code: int = 3


@dataclass(frozen=True, slots=True)
class SubjectReport:
    """The answer for one subject."""

    subject: str
    format: Format
    level: Level
    candidate: SchemaName
    verdict: Verdict
    comparisons: tuple[DirectedComparison, ...] = ()
    #: Findings about the subject itself, not about a pair (a version edited in place, a subject removed, a lint).
    findings: tuple[Finding, ...] = ()
    policy: Policy | None = None
    registry_verdict: Verdict = Verdict.UNDECIDED
    #: Why the registry would refuse the candidate as invalid, or ``None``.
    registry_rejection: str | None = None
    #: ``compared``, ``unchanged``, ``new``, ``removed``, or ``skipped`` (level NONE: validated, not compared).
    state: str = "compared"
    #: Who deploys first, as one or two sentences; ``""`` when nothing was compared.
    rollout: str = ""
    #: What could not be checked; also listed in the whole report's `errors`.
    problems: tuple[Problem, ...] = ()
    #: The path at the baseline of a file that was renamed.
    renamed_from: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run did, so that a run that compared nothing says so."""

    compared: int = 0
    unchanged: int = 0
    new: int = 0
    removed: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The answer of a whole run."""

    verdict: Verdict
    subjects: tuple[SubjectReport, ...] = ()
    counts: Counts = field(default_factory=Counts)
    errors: tuple[Problem, ...] = ()
    #: Paths that a walk met and that are no schemas.
    skipped: tuple[str, ...] = ()
    #: Who deploys first over all subjects; ``""`` when nothing was compared.
    rollout: str = ""
    #: Findings about the run itself (a weakened gate, an unused waiver).
    findings: tuple[Finding, ...] = ()
    #: What the run compared with, one phrase a repository: ``3f2a1bc (merge base with main)``.
    baselines: tuple[str, ...] = ()
