"""What the text report says of a subject as a whole, on the line that heads what it tells of it."""

from __future__ import annotations

from collections.abc import Sequence

from evtcompat.checking.grouping import changes_of
from evtcompat.model.reports import SubjectReport
from evtcompat.model.verdicts import Severity, Verdict
from evtcompat.reporters.sentences import label
from evtcompat.reporters.terminal import printable

#: More versions than this are counted.
_FEW = 5


def worth_telling(subject: SubjectReport) -> bool:
    """Whether there is more to say of a subject than that it is there."""
    return bool(
        not subject.verdict.passes
        or subject.consumer is not None
        or subject.findings
        or subject.problems
        or subject.renamed_from
        or subject.link
        or subject.registry_rejection
        or subject.registry_verdict is Verdict.INCOMPATIBLE
        or any(one.result.findings or one.result.undecided or one.result.proof for one in subject.comparisons)
    )


def tally(subject: SubjectReport) -> str:
    """How many changes weigh how much: ``1 error, 2 warnings``."""
    changes = changes_of(subject)
    words = []
    for severity in Severity:
        number = sum(one.finding.severity is severity and one.waived is None for one in changes)
        if number:
            words.append(f"{number} {severity.value}{'s' if number > 1 else ''}")
    waived = sum(one.waived is not None for one in changes)
    if waived:
        words.append(f"{waived} waived")
    undecided = sum(len(comparison.result.undecided) for comparison in subject.comparisons)
    if undecided:
        words.append(f"{undecided} undecided")
    return ", ".join(words)


def against(subject: SubjectReport) -> str:
    """What it was compared with, and which of it fails."""
    names: dict[str, None] = {}
    for comparison in subject.comparisons:
        baseline = comparison.baseline
        origin = printable(baseline.origin or "")
        named = printable(label(baseline, origin or "what is deployed"))
        names[f"{named} ({origin})" if origin and named != origin else named] = None
    failed = dict.fromkeys(
        printable(label(comparison.baseline, comparison.baseline.origin or "what is deployed"))
        for comparison in subject.comparisons
        if comparison.result.verdict is Verdict.INCOMPATIBLE
    )
    told_apart = list(names)
    shown = ", ".join(told_apart)
    if len(told_apart) > _FEW:
        shown = f"{len(told_apart)} versions, {told_apart[0]} to {told_apart[-1]}"
    lost = f"; fails against {_few(list(failed))}" if len(told_apart) > 1 and failed else ""
    return shown + lost


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more


def registry_sentence(subject: SubjectReport) -> str:
    """What a Confluent registry would say; and that another one, which the history is of, has rules of its own."""
    if not subject.comparisons or subject.registry_rejection:
        return ""
    also = subject.verdict is Verdict.INCOMPATIBLE
    other = subject.unpredicted_registry
    if subject.registry_verdict is Verdict.INCOMPATIBLE:
        said = "A Confluent registry would refuse it"
        if subject.verdict is not Verdict.UNCHECKED:
            said += " too" if also else ", though"
    elif subject.registry_verdict is Verdict.COMPATIBLE:
        said = "A Confluent registry would accept it all the same" if also else "A Confluent registry would accept it"
    elif subject.policy is None and other is None:
        return ""
    else:
        return f"What {other or 'a Confluent registry'} would say is not predicted."
    return f"{said}." if other is None else f"{said}; what {other} would say is not predicted."


def contract_line(subject: SubjectReport) -> str:
    """What one version that is written means to the consumer whose contract it was compared with."""
    new, consumer = printable(label(subject.candidate, "your change")), printable(subject.consumer or "")
    said = {
        Verdict.COMPATIBLE: f"has all that {consumer} needs",
        Verdict.INCOMPATIBLE: f"breaks {consumer}",
        Verdict.UNDECIDED: f"may or may not break {consumer}",
        Verdict.UNCHECKED: f"was not compared with {consumer}",
        Verdict.NOT_JUDGED: f"was compared with {consumer} before",
    }[subject.verdict]
    counted = tally(subject)
    return f"{new} {said}{f' ({counted})' if counted else ''}."
