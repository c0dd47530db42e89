"""Which versions a candidate is compared with."""

from __future__ import annotations

from collections.abc import Sequence

from evtcompat.checking.meaning import same_meaning
from evtcompat.checking.parsing import same_content
from evtcompat.checking.plans import Plan
from evtcompat.model.histories import Version


def met_by(plan: Plan) -> tuple[Version, ...]:
    """Each version that the candidate of a plan has to get on with; none where its level asks for no direction."""
    if not plan.level.directions:
        return ()
    chosen = plan.history if plan.level.transitive else _last_version(plan.history)
    if plan.published is None:
        return chosen
    moved = plan.references_changed or not same_content(plan.published, plan.candidate)
    known = not plan.references_changed and any(same_meaning(plan.published, one, plan.format) for one in chosen)
    return (*chosen, plan.published) if not chosen or (moved and not known) else chosen


def without_repeated(plans: Sequence[Plan]) -> tuple[Plan, ...]:
    """The plans without those of links whose every comparison is one of another plan, under the same terms."""
    files = [plan for plan in plans if plan.link is None]
    return tuple(plan for plan in plans if plan.link is None or not any(_covers(one, plan) for one in files))


def _covers(plan: Plan, other: Plan) -> bool:
    """Whether a plan compares whatever another one does."""
    if plan.settled or plan.format is not other.format or not same_content(plan.candidate, other.candidate):
        return False
    if plan.candidate.document.origin != other.candidate.document.origin or other.references_changed:
        return False
    terms = (plan.level, plan.policy, plan.registry_policy, plan.severities)
    if terms != (other.level, other.policy, other.registry_policy, other.severities):
        return False
    met = met_by(plan)
    return all(any(same_meaning(version, one, plan.format) for one in met) for version in met_by(other))


def _last_version(history: tuple[Version, ...]) -> tuple[Version, ...]:
    """The newest version: two entries when it was edited in place, as published and as it stands now."""
    if not history or history[-1].label is None:
        return history[-1:]
    return tuple(version for version in history if version.label == history[-1].label)
