"""`--ask`: what the live registry answers, beside what was predicted."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from evtcompat.checking.plans import Plan
from evtcompat.checking.predictions import Prediction, with_answer, with_problem
from evtcompat.errors import RegistryError
from evtcompat.model.reports import SubjectReport

if TYPE_CHECKING:
    from evtcompat.sources.published.registered import RegistrySubjects


def asked(report: SubjectReport, plan: Plan, registry: RegistrySubjects) -> SubjectReport:
    """The report with what the registry answers, where it differs from what was predicted.

    Standard error gets one sentence, whether it differs or not.
    """
    try:
        answered = registry.answer(plan)
    except RegistryError as error:
        return with_problem(report, error)
    if answered is None:
        return report
    answer, level = answered
    prediction = Prediction(
        registry=str(registry.registry.address),
        predicted=report.registry_verdict,
        compatible=answer.compatible,
        messages=answer.messages,
        level=level,
    )
    sys.stderr.write(f"{plan.subject}: {prediction.sentence(plan.level)}\n")
    return with_answer(report, plan, prediction)
