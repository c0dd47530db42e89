"""What the tests of both formats ask of a decision."""

from __future__ import annotations

from evtcompat.formats.base import Decision
from evtcompat.model.mismatches import Explanation
from evtcompat.model.verdicts import Policy, Verdict

Everything = tuple[Explanation, Verdict, tuple[Policy, Verdict] | None]


def everything(decision: Decision) -> Everything:
    """All that there is to say of a pair but the verdict: why, the registry's answer, the other policy's."""
    return decision.explanation(), decision.registry_answer(), decision.other_answer()
