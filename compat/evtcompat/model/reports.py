"""What a check answers, from one direction up to a whole run. Reporters turn it into text; nothing here decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from evtcompat.dataclasses import dataclass, field
from evtcompat.model.exercised import Exercised
from evtcompat.model.findings import Finding
from evtcompat.model.histories import version_name
from evtcompat.model.levels import Direction, Level
from evtcompat.model.mismatches import ProofStep, Undecided
from evtcompat.model.owners import Owners
from evtcompat.model.rules import RULE_PAGES
from evtcompat.model.timelines import Timeline
from evtcompat.model.verdicts import Policy, Verdict


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
    #: How to find what was left open (see `_LEFT_OPEN`); ``None`` when nothing is. The last of the fields, so that
    #: whoever copies them one after the other finds it so.
    _late: tuple[Callable[[], Any] | None, ...] | None = field(default=None, init=False, repr=False, compare=False)

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
        foretell = None
        if isinstance(registry_verdict, Verdict):
            assign(comparison, "registry_verdict", registry_verdict)
        else:
            foretell = registry_verdict
        if other_policy is None:
            assign(comparison, "other_policy", None)
        assign(comparison, "_late", (explain, foretell, other_policy))
        return comparison

    if not TYPE_CHECKING:  # so that type checkers still know every attribute there is

        def __getattr__(self, name: str) -> object:
            """What `settled` left open; called for attributes without a value only."""
            index = _LEFT_OPEN.get(name)
            late = None if index is None else self._late
            ask = None if late is None else late[index]
            if ask is not None:
                told = ask()
                for one in _EXPLAINED if index == 0 else (name,):
                    object.__setattr__(self, one, getattr(told, one) if index == 0 else told)
                left = tuple(None if one is ask else one for one in self._late or ())
                object.__setattr__(self, "_late", left if any(left) else None)
            return object.__getattribute__(self, name)


#: What an explanation tells.
_EXPLAINED = ("findings", "undecided", "proof")
#: What `Comparison.settled` may leave open: which of its ways to find something finds it.
_LEFT_OPEN = {**dict.fromkeys(_EXPLAINED, 0), "registry_verdict": 1, "other_policy": 2}


@dataclass(frozen=True, slots=True)
class SchemaName:
    """Which document stood on one side."""

    origin: str | None
    version: str | None = None
    #: What sentences call it: ``v3``, ``main``, ``your change``; ``""`` where a check has not said.
    called: str = field(default="", compare=False)


def name_of(name: SchemaName, otherwise: str) -> str:
    """What a sentence calls a document."""
    if name.called or name.version is None:
        return name.called or otherwise
    return version_name(name.version)


@dataclass(frozen=True, slots=True)
class DirectedComparison:
    """A comparison as one step of a level: the candidate against one baseline in one direction."""

    direction: Direction
    baseline: SchemaName
    result: Comparison
    #: Whether it breaks because the candidate is a new major version, whose name declares it: it fails nothing.
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be checked."""

    message: str
    hint: str | None = None
    place: str | None = None
    subject: str | None = None
    exit_code: int = 3
    #: The traceback of a fault of evtcompat, for those who look into it; no report shows it.
    traceback: str | None = None


@dataclass(frozen=True, slots=True)
class SubjectReport:
    """The answer for one subject."""

    subject: str
    #: The name of the schema language: ``avro``.
    format: str
    level: Level
    candidate: SchemaName
    verdict: Verdict
    comparisons: tuple[DirectedComparison, ...] = ()
    #: Findings about the subject itself, not about a pair (a version edited in place, a subject removed, a lint).
    findings: tuple[Finding, ...] = ()
    policy: Policy | None = None
    registry_verdict: Verdict = Verdict.UNDECIDED
    #: The registry's own policy, which its verdict rests on; ``None`` where the format has none.
    registry_policy: Policy | None = None
    #: For which changes the registry would refuse what is compatible, in its own words.
    registry_refusals: tuple[str, ...] = ()
    #: The registry's mode for the subject; ``None`` where its history is no registry's.
    registry_mode: str | None = None
    #: What a sentence calls that registry, where what it would answer is not predicted: it judges by rules of its own.
    unpredicted_registry: str | None = None
    #: Why the registry would refuse the candidate as invalid, or ``None``.
    registry_rejection: str | None = None
    #: ``compared``, ``unchanged``, ``new``, ``removed``, ``repaired`` (what stands at the baseline never parsed), or
    #: ``skipped`` (level NONE: validated, not compared).
    state: str = "compared"
    #: Who deploys first, as one or two sentences; ``""`` when nothing was compared.
    rollout: str = ""
    #: What could not be checked; also listed in the whole report's `errors`.
    problems: tuple[Problem, ...] = ()
    #: The path at the baseline of a file that was renamed.
    renamed_from: str | None = None
    #: The link that the candidate is read by, where that led to another file at the baseline.
    link: str | None = None
    #: Whether nothing breaks in it but what a new major version declares: it is incompatible, and fails no run.
    declared: bool = False
    #: Whether nothing of it changed since the git baseline: it was judged before, and fails no run. Its verdict is
    #: `Verdict.NOT_JUDGED`, unless history was asked for: then it is what comparing it again says.
    settled: bool = False
    #: What the subject is called whatever else the repository holds: its folder and its name. `subject` is as much of
    #: it as nothing else in the run is called. What is kept (fingerprints, waivers) rests on this one.
    identity: str = ""
    #: The consumer whose contract the candidate was compared with; ``None`` for a check of the subject.
    consumer: str | None = None
    #: What there is to see of the subject over time, where a report asks for it.
    timeline: Timeline | None = field(default=None, repr=False, compare=False)
    #: Why a report that asks for it has none.
    no_timeline: str = field(default="", compare=False)
    #: Who writes and reads it, where somebody wrote that down.
    owners: Owners | None = field(default=None, compare=False)
    #: What exercises of its consumers came to, where somebody saved them.
    exercised: tuple[Exercised, ...] = field(default=(), repr=False, compare=False)

    def __post_init__(self) -> None:
        """A subject without a longer name is called by the one that it has."""
        if not self.identity:
            object.__setattr__(self, "identity", self.subject)

    @property
    def title(self) -> str:
        """What a list of subjects calls it."""
        return self.subject if self.consumer is None else f"{self.subject} for {self.consumer}"


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run did, so that a run that compared nothing says so."""

    compared: int = 0
    unchanged: int = 0
    new: int = 0
    removed: int = 0
    skipped: int = 0
    #: How many of the subjects are history (see `SubjectReport.settled`).
    history: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The answer of a whole run."""

    verdict: Verdict
    subjects: tuple[SubjectReport, ...] = ()
    counts: Counts = field(default_factory=Counts)
    errors: tuple[Problem, ...] = ()
    #: Paths that a walk met and that are no schemas.
    skipped: tuple[str, ...] = ()
    #: Those of them that look like schemas all the same.
    lookalikes: tuple[str, ...] = ()
    #: Who deploys first over all subjects; ``""`` when nothing was compared.
    rollout: str = ""
    #: The part of it that speaks of services, and of what is not known.
    services: str = ""
    #: Findings about the run itself (a weakened gate, an unused waiver).
    findings: tuple[Finding, ...] = ()
    #: What the run compared with, one phrase a repository: ``3f2a1bc (merge base with main)``.
    baselines: tuple[str, ...] = ()
    #: Where the pages of rules are: the beginning of their addresses; ``""`` where they are not published.
    rule_pages: str = RULE_PAGES
