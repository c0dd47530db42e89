"""New lines of compatibility: versions whose names declare that they break what came before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from evtcompat.config.values import AcrossMajors
from evtcompat.dataclasses import replace
from evtcompat.model.histories import Version
from evtcompat.model.reports import DirectedComparison
from evtcompat.model.verdicts import Severity, Verdict

#: SchemaVer (``1-0-2``) and Semantic Versioning (``1.0.2``): three numbers, of which the first says that it breaks.
_SCHEME: Final = re.compile(r"(\d+)(?:-\d+-\d+|\.\d+\.\d+.*|_\d+_\d+)")
#: A date declares nothing: a year is no major version.
_DATE: Final = re.compile(r"(?:19|20)\d\d([-._])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])\b.*")
#: What is called so is edited until it has another name; a release candidate has a number for that.
_DRAFT: Final = re.compile(r"[-._]?(?:draft|snapshot|dev)\Z", re.IGNORECASE)


def major(label: str | None) -> int | None:
    """The MODEL or major number of a version; ``None`` where its name follows no scheme that has one.

    >>> major("2-0-0"), major("1.4.0-rc.1"), major("3"), major("2026-04-01")
    (2, 1, None, None)
    """
    if _DATE.fullmatch(label or ""):
        return None
    found = _SCHEME.fullmatch(label or "")
    return None if found is None else int(found[1])


def in_the_making(label: str | None) -> bool:
    """Whether the name of a version says that it is still being written: a draft, a snapshot.

    >>> in_the_making("2026-04-draft"), in_the_making("1.0-SNAPSHOT"), in_the_making("2.0.0-rc.1")
    (True, True, False)
    """
    return _DRAFT.search(label or "") is not None


def declared(candidate: str | None, baselines: Iterable[Version], across: AcrossMajors | None) -> tuple[Version, ...]:
    """The versions with which a candidate starts anew, by its name.

    Args:
        candidate: Its label.
        baselines: The versions that it meets, each in a file of its own.
        across: What the configuration says; ``None``, and names that follow SchemaVer or Semantic Versioning say so.
    """
    new = major(candidate)
    if new is None or across is AcrossMajors.ERROR:
        return ()
    return tuple(one for one in baselines if (old := major(one.label)) is not None and old < new)


def declares_more(old: AcrossMajors | None, new: AcrossMajors | None) -> bool:
    """Whether a new major version may break more under one setting than under another."""
    order = (AcrossMajors.ERROR, None, AcrossMajors.DECLARED)
    return order.index(old) < order.index(new)


def as_declared(comparison: DirectedComparison) -> DirectedComparison:
    """A comparison across a new major version: what breaks is told, and fails nothing; the verdict stays."""
    if comparison.result.verdict is not Verdict.INCOMPATIBLE:
        return comparison
    findings = tuple(
        replace(one, severity=Severity.WARNING) if one.severity is Severity.ERROR else one
        for one in comparison.result.findings
    )
    return replace(comparison, declared=True, result=replace(comparison.result, findings=findings))


def is_declared(verdicts: Sequence[Verdict], comparisons: Sequence[DirectedComparison]) -> bool:
    """Whether nothing breaks in a subject but what new major versions declare.

    Args:
        verdicts: Those that rest on no comparison.
        comparisons: Of the subject.
    """
    broken = [one for one in comparisons if one.result.verdict is Verdict.INCOMPATIBLE]
    return bool(broken) and all(one.declared for one in broken) and Verdict.INCOMPATIBLE not in verdicts
