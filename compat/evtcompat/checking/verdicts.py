"""The verdict that follows from findings, and the verdict over several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evtcompat.model.findings import Finding
from evtcompat.model.mismatches import Undecided
from evtcompat.model.verdicts import Severity, Verdict

#: From the verdict that matters most to the one that matters least.
_WEIGHT = (Verdict.INCOMPATIBLE, Verdict.UNCHECKED, Verdict.UNDECIDED, Verdict.COMPATIBLE, Verdict.NOT_JUDGED)


def verdict_of(findings: Iterable[Finding], undecided: Sequence[Undecided] = ()) -> Verdict:
    """The verdict that follows from the findings, so that explanation and verdict cannot disagree."""
    if any(finding.severity is Severity.ERROR and finding.waived is None for finding in findings):
        return Verdict.INCOMPATIBLE
    return Verdict.UNDECIDED if undecided else Verdict.COMPATIBLE


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict over several: one bad part is never hidden by good ones. Over none it is `COMPATIBLE`."""
    return min(verdicts, key=_WEIGHT.index, default=Verdict.COMPATIBLE)
