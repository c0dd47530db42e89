"""The answer for what is not there any more."""

from __future__ import annotations

from evtcompat.checking.plans import Removal
from evtcompat.checking.verdicts import verdict_of
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place
from evtcompat.model.reports import SchemaName, SubjectReport
from evtcompat.rules.run import judged


def removal_report(removal: Removal) -> SubjectReport:
    """The report on what is not there any more: a schema, or what others rely on beside schemas."""
    identity = removal.identity or removal.subject
    if removal.lost is not None:
        mismatch = Mismatch(removal.lost.rule, removal.lost.place, removal.lost.place, removal.lost.facts)
    else:
        place = Place(origin=removal.version.document.origin)
        facts = {"subject": removal.subject}
        if not removal.whole_subject:
            facts["version"] = removal.version.label or removal.path
        mismatch = Mismatch("subject-removed" if removal.whole_subject else "version-removed", place, place, facts)
    findings = judged([mismatch], removal.severities)
    return SubjectReport(
        subject=removal.subject,
        format=removal.format.name,
        level=removal.level,
        candidate=SchemaName(removal.version.document.origin, removal.version.label),
        verdict=verdict_of(findings),
        findings=findings,
        state="removed",
        identity=identity,
    )
