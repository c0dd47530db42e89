"""Every writer version in use against every contract, as a report: findings, payloads and fixes as everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from evtcompat.checking.comparing import compare_sides
from evtcompat.checking.plans import RunSettings
from evtcompat.checking.problems import problem_of
from evtcompat.checking.run import assemble
from evtcompat.checking.trying import RULE, Trial, tried
from evtcompat.checking.verdicts import verdict_of, worst
from evtcompat.dataclasses import replace
from evtcompat.errors import EvtcompatError, told_as_fault
from evtcompat.formats.base import READER_AS_WRITTEN, READER_CONVERTS, Options
from evtcompat.model.canonical import content_hash
from evtcompat.model.findings import Finding
from evtcompat.model.histories import Version, version_name
from evtcompat.model.levels import Direction, Level
from evtcompat.model.reports import Comparison, DirectedComparison, Problem, Report, SchemaName, SubjectReport
from evtcompat.model.verdicts import Policy, Severity, Verdict
from evtcompat.rules.judge import Severities, Side

if TYPE_CHECKING:
    from evtcompat.contracts.model import Contract, Contracts
    from evtcompat.formats.base import Schema, SchemaFormat
    from evtcompat.payloads.matrix import Subject

_CHOSEN = "The consumer chose so: its own form forbids what it does not mention."


class Terms(NamedTuple):
    """What holds for one subject of a verification."""

    subject: Subject
    #: The versions whose events the consumers have to read, the oldest first.
    writers: Sequence[Version]
    severities: Severities


def verify(contracts: Contracts, terms_of: Callable[[str], Terms], unread: Iterable[EvtcompatError] = ()) -> Report:
    """The report on contracts: one entry a consumer and writer version, ordered by subject and consumer.

    Args:
        contracts: The contracts of a folder.
        terms_of: What holds for a subject; raises `EvtcompatError` where it cannot be had.
        unread: Whatever else could not be read.
    """
    problems = [problem_of(error) for error in (*contracts.problems, *unread)]
    reports: list[SubjectReport] = []
    for contract in contracts.all:
        try:
            terms = terms_of(contract.subject)
        except EvtcompatError as error:
            problems.append(problem_of(error, contract.subject))
            continue
        reports += _verified(contract, terms)
    return assemble(reports, problems=problems)


def _verified(contract: Contract, terms: Terms) -> Iterator[SubjectReport]:
    for writer in terms.writers:
        problems: list[Problem] = []
        compared: tuple[DirectedComparison, ...] = ()
        try:
            with told_as_fault(f"comparing {contract.place} with {writer.document.origin}"):
                result = compare(contract, writer, terms)
                baseline = SchemaName(contract.place.origin, contract.consumer)
                compared = (DirectedComparison(Direction.FORWARD, baseline, result),)
        except EvtcompatError as error:
            problems.append(problem_of(error, contract.subject, writer))
        verdict = worst([one.result.verdict for one in compared] + [Verdict.UNCHECKED] * bool(problems))
        yield SubjectReport(
            subject=contract.subject,
            format=contract.format.name,
            level=Level.FORWARD,
            candidate=SchemaName(writer.document.origin, writer.label),
            verdict=verdict,
            comparisons=compared,
            policy=terms.subject.policy if contract.format.policies else None,
            problems=tuple(problems),
            consumer=contract.consumer,
        )


def compare(contract: Contract, writer: Version, terms: Terms) -> Comparison:
    """What becomes of a version's events at the consumer.

    Raises:
        SchemaError: One of them is no schema.
        UncheckedError: They cannot be compared.
    """
    schema_format = contract.format
    # the consumer is as it is: `_told` keeps what the writer can do
    options = replace(options_of(contract, terms), fixes=frozenset({"writer"}))
    run = RunSettings(options, severities=terms.severities)
    reader = _side(schema_format, contract.reader, contract.consumer, run.options)
    label = version_name(writer.label) if writer.label else "the candidate"
    sides = (reader, _side(schema_format, writer, label, run.options))
    identity = (contract.subject, "contract", contract.consumer, content_hash(contract.reader.document.value))
    result = compare_sides(schema_format, *sides, run, identity)
    chosen = _chosen(contract, result, sides, run)
    findings = tuple(_told(finding, contract, reader[1], chosen=finding in chosen) for finding in result.findings)
    undecided = (*result.undecided, *contract.undecided)
    if contract.model is not None:
        trial = Trial(contract.model, schema_format, *sides, run.options, terms.severities, identity)
        findings, unknown = tried(trial, findings)
        findings = tuple(_of_model(finding, contract) if finding.rule == RULE else finding for finding in findings)
        undecided = (*undecided, *unknown)
    verdict, other = verdict_of(findings, undecided), _other_policy(contract, result)
    return replace(result, findings=findings, undecided=undecided, verdict=verdict, other_policy=other)


def _other_policy(contract: Contract, result: Comparison) -> tuple[Policy, Verdict] | None:
    """What the other policy decides of all that the contract asks for; ``None`` where nobody has asked."""
    if result.other_policy is None or contract.model is not None:  # the class was asked under one policy
        return None
    policy, verdict = result.other_policy
    # what a contract leaves open is so under each policy
    return policy, worst((verdict, Verdict.UNDECIDED)) if contract.undecided else verdict


def options_of(contract: Contract | None, terms: Terms) -> Options:
    """How a consumer's schema is read, or that of the subject itself."""
    own = {} if contract is None else {READER_AS_WRITTEN: contract.forbids, READER_CONVERTS: contract.converts}
    return Options(settings={**terms.subject.settings, "policy": terms.subject.policy, **own})


def _side(schema_format: SchemaFormat, version: Version, label: str, options: Options) -> tuple[Side, Schema]:
    schema = schema_format.parse(version.document, version.references, options)
    return Side(label, version.document, schema.documents), schema


def _chosen(
    contract: Contract, result: Comparison, sides: tuple[tuple[Side, Schema], tuple[Side, Schema]], run: RunSettings
) -> Sequence[Finding]:
    """The findings that are there only because the consumer's form forbids what it does not mention."""
    if not contract.forbids or not contract.format.policies or not result.findings:
        return ()
    options = replace(run.options, witnesses=False, settings={**run.options.settings, READER_AS_WRITTEN: False})
    open_one = compare_sides(contract.format, *sides, replace(run, options=options))
    known = {(finding.rule, finding.reader.pointer, finding.writer.pointer) for finding in open_one.findings}
    return [one for one in result.findings if (one.rule, one.reader.pointer, one.writer.pointer) not in known]


def _of_model(finding: Finding, contract: Contract) -> Finding:
    return replace(finding, message=f"Breaks {contract.consumer}. {finding.message}")


def _told(finding: Finding, contract: Contract, reader: Schema, *, chosen: bool) -> Finding:
    """The finding in terms of the consumer, with fixes of the writer: the contract is what it needs."""
    message = f"{finding.message} {_CHOSEN}" if chosen else finding.message
    if finding.severity is Severity.ERROR:
        projection = contract.format.projection
        path = projection.needed(reader, finding.reader) if projection is not None else finding.reader.names
        needs = (
            "it forbids what it does not mention" if chosen else f"it needs {path}" if path else "it needs the event"
        )
        message = f"Breaks {contract.consumer}: {needs}. {message}"
    fixes = [fix for fix in (finding.fix, *finding.alternatives) if fix is not None and fix.side == "writer"]
    return replace(finding, message=message, fix=fixes[0] if fixes else None, alternatives=tuple(fixes[1:]))
