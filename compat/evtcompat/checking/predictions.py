"""What a live registry answers beside what was predicted: a finding where the two differ."""

from __future__ import annotations

from evtcompat.checking.plans import Plan
from evtcompat.checking.problems import problem_of
from evtcompat.checking.verdicts import verdict_of, worst
from evtcompat.dataclasses import dataclass, replace
from evtcompat.errors import RegistryError
from evtcompat.model.levels import Level
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place
from evtcompat.model.reports import SubjectReport
from evtcompat.model.verdicts import Verdict
from evtcompat.rules.judge import Severities
from evtcompat.rules.run import judged


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was predicted of a registry, and what it answered."""

    #: The registry, as messages call it.
    registry: str
    predicted: Verdict
    compatible: bool
    #: What it gave as reasons.
    messages: tuple[str, ...]
    #: The level at which it answered.
    level: Level

    @property
    def answered(self) -> Verdict:
        """The answer as a verdict."""
        return Verdict.COMPATIBLE if self.compatible else Verdict.INCOMPATIBLE

    def differs_at(self, level: Level) -> bool:
        """Whether the answer is another than predicted; one at another level than the check's is no other answer."""
        known = self.predicted in (Verdict.COMPATIBLE, Verdict.INCOMPATIBLE)
        return level is self.level and known and self.answered is not self.predicted

    def sentence(self, level: Level) -> str:
        """The answer as one sentence, after a check at `level`."""
        if level is not self.level:
            beside = f"at its level {self.level.value}; this check was at {level.value}"
        elif self.differs_at(level):
            beside = f"where {self.predicted.value} was predicted"
        elif self.answered is self.predicted:
            beside = "as predicted"
        else:
            beside = "and nothing was predicted"
        return f"{self.registry} answers {self.answered.value}, {beside}."


def with_answer(report: SubjectReport, plan: Plan, prediction: Prediction) -> SubjectReport:
    """The report with a finding where the registry answers otherwise than predicted."""
    if not prediction.differs_at(plan.level):
        return report
    facts = {
        "registry": prediction.registry,
        "predicted": prediction.predicted.value,
        "answered": prediction.answered.value,
        "said": "; ".join(prediction.messages) or "nothing more",
    }
    place = Place(origin=plan.candidate.document.origin)
    severities = plan.severities or Severities()
    findings = (*report.findings, *judged([Mismatch("registry-disagrees", place, place, facts)], severities))
    return replace(report, findings=findings, verdict=worst([report.verdict, verdict_of(findings)]))


def with_problem(report: SubjectReport, error: RegistryError) -> SubjectReport:
    """The report of a subject of which the registry does not answer: it is not checked."""
    problem = problem_of(error, report.subject)
    return replace(report, verdict=worst([report.verdict, Verdict.UNCHECKED]), problems=(*report.problems, problem))
