"""Findings about the run itself: the gate and its waivers. They have places, but no schemas."""

from __future__ import annotations

from collections.abc import Iterable

from evtcompat.model.documents import Document
from evtcompat.model.findings import Finding
from evtcompat.model.mismatches import Mismatch
from evtcompat.rules.judge import Context, Severities, Side, judge


def judged(mismatches: Iterable[Mismatch], severities: Severities) -> tuple[Finding, ...]:
    """The findings for mismatches whose places are complete already; silenced rules give none."""
    found = []
    for mismatch in mismatches:
        candidate = Side("the candidate", Document(None, mismatch.reader.origin))
        baseline = Side("the baseline", Document(None, mismatch.writer.origin))
        found.append(judge(mismatch, Context(candidate, baseline, severities)))
    return tuple(finding for finding in found if finding is not None)
