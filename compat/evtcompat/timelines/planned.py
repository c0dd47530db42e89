"""The timeline of what a check compares: the versions of its plan, and the candidate after them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evtcompat.checking.meaning import same_meaning
from evtcompat.config import DEFAULT_POLICY
from evtcompat.dataclasses import replace
from evtcompat.errors import EvtcompatError, UncheckedError
from evtcompat.model.histories import Version
from evtcompat.payloads.matrix import Subject
from evtcompat.timelines.making import timeline_of

if TYPE_CHECKING:
    from evtcompat.checking.plans import Plan, RunSettings
    from evtcompat.model.reports import SubjectReport
    from evtcompat.timelines.making import DateOf


def with_timeline(report: SubjectReport, plan: Plan, settings: RunSettings, date_of: DateOf) -> SubjectReport:
    """The report with what there is to see of the subject over time, where anything was compared.

    What the timeline cannot be made of, the report tells already: it says so, and is otherwise as it was.
    """
    if not report.comparisons:
        return report
    own = settings.for_subject(plan.format, plan.policy, plan.severities, plan.registry_policy)
    subject = Subject(
        name=report.title,
        format=plan.format,
        versions=_versions(plan, _history(plan)),
        policy=plan.policy or settings.options.settings.get("policy", DEFAULT_POLICY),  # type: ignore[arg-type]  # what `check` puts there
        settings={key: value for key, value in own.options.settings.items() if key != "policy"},
    )

    def day(version: Version) -> str | None:
        """A file that is edited in place has come long before what stands in it now."""
        edited = plan.candidate.label is None and version.document is plan.candidate.document
        return None if edited else date_of(version)

    try:
        return replace(report, timeline=timeline_of(subject, date_of=day))
    except EvtcompatError as error:
        return replace(report, no_timeline=error.message)


def _history(plan: Plan) -> tuple[Version, ...]:
    """Every version below the candidate; those that were compared where the others cannot be had."""
    if plan.whole is None:
        return plan.history
    try:
        found = tuple(version for version in plan.whole() if version.flaw is None)
    except UncheckedError:
        return plan.history
    return found or plan.history


def _versions(plan: Plan, history: Sequence[Version]) -> tuple[Version, ...]:
    """The oldest first, each content once where neighbours are the same, each label once."""
    deployed = plan.deployed or "deployed"
    before = list(history)
    published, candidate = plan.published, plan.candidate
    if published is not None and not any(same_meaning(published, one, plan.format) for one in (*before, candidate)):
        before.append(replace(published, label=published.label or deployed))
    named = [replace(one, label=one.label or deployed) for one in before]
    if candidate.label is None or not before or not same_meaning(before[-1], candidate, plan.format):
        named.append(replace(candidate, label=candidate.label or "your change"))
    return _told_apart(named)


def _told_apart(versions: Sequence[Version]) -> tuple[Version, ...]:
    """Versions with labels of their own: what was published under the label of a later one is called so."""
    seen: set[str | None] = set()
    found: list[Version] = []
    for version in reversed(versions):
        label = version.label
        while label in seen:
            label = f"{label} as published"
        seen.add(label)
        found.append(replace(version, label=label))
    return tuple(reversed(found))
