"""Levels, histories and directions: the one ladder that both formats share. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evtcompat.checking.rollout import rollout_of_run, rollout_of_subject
from evtcompat.errors import EvtcompatError
from evtcompat.formats.base import Options, Schema, SchemaFormat
from evtcompat.model.canonical import content_hash
from evtcompat.model.findings import Finding
from evtcompat.model.histories import Version
from evtcompat.model.levels import Direction, Level
from evtcompat.model.mismatches import Mismatch, ProofStep, Relation, Undecided
from evtcompat.model.owners import Owners
from evtcompat.model.places import Place
from evtcompat.model.reports import (
    Comparison,
    Counts,
    DirectedComparison,
    Problem,
    Report,
    SchemaName,
    SubjectReport,
)
from evtcompat.model.verdicts import Policy, Severity, Verdict
from evtcompat.rules.judge import Context, Severities, Side, judge
from evtcompat.syntax.documents import locate


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for a whole run."""

    options: Options = field(default_factory=Options)
    #: What the configuration says for each format, by its name: `Options.settings`.
    format_settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    severities: Severities = field(default_factory=Severities)
    #: Who writes and reads each subject.
    owners: Mapping[str, Owners] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SubjectPlan:
    """One subject to check: the candidate and everything that it has to get on with."""

    subject: str
    format: SchemaFormat
    candidate: Version
    #: The versions below the candidate, the oldest first.
    history: tuple[Version, ...] = ()
    level: Level = Level.FULL
    #: The candidate's own path as it stands at the baseline, when it stands there.
    published: Version | None = None
    #: Whether `published` carries a version in its name, so that editing it is a finding of its own.
    versioned: bool = False
    #: Whether a document that the candidate refers to differs from the baseline, though its own file may not.
    references_changed: bool = False
    policy: Policy | None = None
    #: The path at the baseline of a file that was renamed.
    renamed_from: str | None = None
    #: How much rules weigh for this subject; the run's when absent.
    severities: Severities | None = None


def options_of(schema_format: SchemaFormat, settings: Settings) -> Options:
    """The options of the run, with what the configuration says for one format."""
    own = settings.format_settings.get(schema_format.name)
    return replace(settings.options, settings={**settings.options.settings, **own}) if own else settings.options


def verdict_of(findings: Iterable[Finding], undecided: Sequence[Undecided] = ()) -> Verdict:
    """The verdict that follows from the findings: explanation and verdict cannot disagree."""
    if any(finding.severity is Severity.ERROR and finding.waived is None for finding in findings):
        return Verdict.INCOMPATIBLE
    return Verdict.UNDECIDED if undecided else Verdict.COMPATIBLE


#: From the verdict that matters most to the one that matters least.
_WEIGHT = (Verdict.INCOMPATIBLE, Verdict.UNCHECKED, Verdict.UNDECIDED, Verdict.COMPATIBLE)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict over several: one bad part is never hidden by good ones."""
    return min(verdicts, key=_WEIGHT.index, default=Verdict.COMPATIBLE)


def compare_sides(
    schema_format: SchemaFormat,
    reader: tuple[Side, Schema],
    writer: tuple[Side, Schema],
    settings: Settings,
    identity: tuple[str, ...] = (),
) -> Comparison:
    """What becomes of the writer's data in the reader, as findings under the rules of this run."""
    relation = schema_format.compare(reader[1], writer[1], settings.options).relation()
    return _compared(relation, reader[0], writer[0], settings, identity)


def compare_soon(
    schema_format: SchemaFormat,
    reader: Schema,
    writer: Schema,
    settings: Settings,
    sides: Callable[[], tuple[Side, Side]],
) -> Comparison:
    """What `compare_sides` answers; all but the verdict may be left open until it is asked for.

    `sides` are the words for the reader and the writer, called for where there is something to say.
    """
    decision = schema_format.compare(reader, writer, settings.options)
    registry, other, why = decision.registry_verdict, decision.other_policy, decision.explain
    verdict = decision.verdict
    if verdict is None:
        return _compared(decision.relation(), *sides(), settings)
    if why is None and registry is Verdict.COMPATIBLE and other is None:
        return _NOTHING_TO_SAY

    def explain() -> Comparison:
        return _compared(Relation() if why is None else why(), *sides(), settings)

    severities = settings.severities
    if not severities.overrides and severities.fail_on is Severity.ERROR:
        return Comparison.settled(verdict, explain, registry, other)
    # An error by default need not be one here.
    told = explain()
    return Comparison.settled(told.verdict, lambda: told, registry, other)


_NOTHING_TO_SAY = Comparison(Verdict.COMPATIBLE, registry_verdict=Verdict.COMPATIBLE)


def _compared(
    relation: Relation, reader: Side, writer: Side, settings: Settings, identity: tuple[str, ...] = ()
) -> Comparison:
    """A relation under the rules of this run."""
    if not relation.mismatches and not relation.undecided:
        return Comparison(
            verdict=Verdict.COMPATIBLE,
            registry_verdict=relation.registry_verdict,
            other_policy=relation.other_policy,
            proof=_located(relation.proof, reader, writer),
        )
    context = Context(reader, writer, settings.severities, identity)
    findings = _findings(relation.mismatches, context)
    undecided = tuple(
        Undecided(context.reader.locate(open_part.reader), context.writer.locate(open_part.writer), open_part.reason)
        for open_part in relation.undecided
    )
    return Comparison(
        verdict=verdict_of(findings, undecided),
        findings=findings,
        undecided=undecided,
        registry_verdict=relation.registry_verdict,
        other_policy=relation.other_policy,
        proof=_located(relation.proof, reader, writer),
    )


def _located(proof: tuple[ProofStep, ...], reader: Side, writer: Side) -> tuple[ProofStep, ...]:
    return tuple(replace(step, reader=reader.locate(step.reader), writer=writer.locate(step.writer)) for step in proof)


def _findings(mismatches: Iterable[Mismatch], context: Context) -> tuple[Finding, ...]:
    found = (judge(mismatch, context) for mismatch in mismatches)
    return tuple(sorted((finding for finding in found if finding is not None), key=_finding_order))


def _finding_order(finding: Finding) -> tuple[str, int, int, str, str, str]:
    place = finding.reader
    return (place.origin or "", place.line or 0, place.column or 0, place.pointer, finding.rule, finding.fingerprint)


def check_subject(plan: SubjectPlan, settings: Settings) -> SubjectReport:
    """The answer for one subject. What cannot be checked becomes a problem of the report, never an exception."""
    return _SubjectCheck(plan, settings).report()


class _SubjectCheck:
    """One run over one subject; parsed schemas are kept between the directions."""

    def __init__(self, plan: SubjectPlan, settings: Settings) -> None:
        self._plan = plan
        self._format = plan.format
        options = options_of(plan.format, settings)
        if plan.policy is not None:
            options = replace(options, settings={**options.settings, "policy": plan.policy})
        self._settings = replace(settings, options=options, severities=plan.severities or settings.severities)
        self._problems: list[Problem] = []

    def report(self) -> SubjectReport:
        plan = self._plan
        candidate = self._parsed(plan.candidate, None)
        findings: tuple[Finding, ...] = ()
        comparisons: list[DirectedComparison] = []
        rejection = None
        baselines = self._baselines()
        if candidate is not None:
            findings = self._own_findings(candidate)
            rejection = self._format.rejection(candidate[1])
            for baseline, directions in baselines:
                comparisons += self._against(baseline, directions, candidate)
        verdicts = [comparison.result.verdict for comparison in comparisons]
        verdicts += [verdict_of(findings)] + ([Verdict.UNCHECKED] if self._problems else [])
        registry = [comparison.result.registry_verdict for comparison in comparisons]
        report = SubjectReport(
            subject=plan.subject,
            format=plan.format.name,
            level=plan.level,
            candidate=_name(plan.candidate),
            verdict=worst(verdicts),
            comparisons=tuple(comparisons),
            findings=findings,
            policy=plan.policy,
            registry_verdict=Verdict.INCOMPATIBLE if rejection else worst(registry),
            registry_rejection=rejection,
            state=self._state(baselines),
            problems=tuple(self._problems),
            renamed_from=plan.renamed_from,
        )
        return replace(report, rollout=rollout_of_subject(report, self._settings.owners.get(plan.subject)))

    def _baselines(self) -> list[tuple[Version, tuple[Direction, ...]]]:
        """Each version that the candidate has to get on with, and the directions that have to hold."""
        plan = self._plan
        directions = plan.level.directions
        if not directions:
            return []
        chosen = list(plan.history if plan.level.transitive else _last_version(plan.history))
        if plan.published is not None:
            moved = plan.references_changed or not _same(plan.published, plan.candidate)
            known = any(_same(plan.published, version) for version in chosen)
            if not chosen or (moved and not known):
                chosen.append(plan.published)
        return [(version, directions) for version in chosen]

    def _state(self, baselines: Sequence[tuple[Version, tuple[Direction, ...]]]) -> str:
        if not self._plan.history and self._plan.published is None:
            return "new"
        if not baselines:
            return "skipped"
        unchanged = not self._plan.references_changed and all(
            _same(version, self._plan.candidate) for version, _ in baselines
        )
        return "unchanged" if unchanged else "compared"

    def _parsed(self, version: Version, role: str | None) -> tuple[Side, Schema] | None:
        """The version's schema with its words, or ``None`` and a problem."""
        try:
            schema = self._format.parse(version.document, version.references, self._settings.options)
        except EvtcompatError as error:
            self._problems.append(problem_of(error, self._plan.subject, version))
            return None
        return Side(role or _label(version, "the candidate"), version.document, schema.documents), schema

    def _own_findings(self, candidate: tuple[Side, Schema]) -> tuple[Finding, ...]:
        """Findings about the candidate alone, and about its file."""
        plan = self._plan
        mismatches = list(self._format.lint(candidate[1]))
        if plan.published is not None and plan.versioned and not _same(plan.published, plan.candidate):
            facts = {"version": plan.candidate.label or "?"}
            mismatches.append(Mismatch("published-version-edited", Place(), Place(), facts))
        context = Context(candidate[0], candidate[0], self._settings.severities, (plan.subject,))
        return _findings(mismatches, context)

    def _against(
        self, baseline: Version, directions: Iterable[Direction], candidate: tuple[Side, Schema]
    ) -> list[DirectedComparison]:
        published = baseline is self._plan.published
        label = _label(baseline, "the baseline") + (" as published" if published and baseline.label else "")
        parsed = self._parsed(baseline, label)
        if parsed is None:
            return []
        digest = content_hash(baseline.document.value)
        results = []
        for direction in directions:
            reader, writer = (candidate, parsed) if direction is Direction.BACKWARD else (parsed, candidate)
            identity = (self._plan.subject, direction.value, digest)
            try:
                result = compare_sides(self._format, reader, writer, self._settings, identity)
                result = _without_fixes_of_the_past(result, direction)
            except EvtcompatError as error:
                self._problems.append(problem_of(error, self._plan.subject, baseline))
                continue
            results.append(DirectedComparison(direction, _name(baseline), result))
        return results


def _without_fixes_of_the_past(result: Comparison, direction: Direction) -> Comparison:
    """The comparison with fixes of the candidate only: the baseline is deployed and cannot be changed any more."""
    candidate = "reader" if direction is Direction.BACKWARD else "writer"
    findings = tuple(_with_fixes_of(finding, candidate) for finding in result.findings)
    return result if findings == result.findings else replace(result, findings=findings)


def _with_fixes_of(finding: Finding, side: str) -> Finding:
    """The finding with those of its fixes that change one side; the first of them is the one shown."""
    fixes = [fix for fix in (finding.fix, *finding.alternatives) if fix is not None and fix.side == side]
    return replace(finding, fix=fixes[0] if fixes else None, alternatives=tuple(fixes[1:]))


def _last_version(history: tuple[Version, ...]) -> tuple[Version, ...]:
    """The newest version: two entries when it was edited in place, as published and as it stands now."""
    if not history or history[-1].label is None:
        return history[-1:]
    return tuple(version for version in history if version.label == history[-1].label)


def _label(version: Version, otherwise: str) -> str:
    """How messages call a version."""
    if version.label is None:
        return otherwise
    return f"v{version.label}" if version.label[:1].isdigit() else version.label


def _name(version: Version) -> SchemaName:
    return SchemaName(version.document.origin, version.label)


def _same(one: Version, other: Version) -> bool:
    """Whether two versions have the same content, layout aside."""
    return one.document.value == other.document.value and content_hash(one.document.value) == content_hash(
        other.document.value
    )


def problem_of(error: EvtcompatError, subject: str | None = None, version: Version | None = None) -> Problem:
    """The problem that an error is, with the best place that is known."""
    place = error.place
    if (
        place is not None
        and version is not None
        and place.line is None
        and place.origin in (None, version.document.origin)
    ):
        place = locate(version.document, place)
    elif place is None and version is not None:
        place = Place(origin=version.document.origin)
    return Problem(
        message=error.message,
        hint=error.hint,
        place=str(place) if place is not None and str(place) else None,
        subject=subject,
        exit_code=error.exit_code,
    )


def check_run(
    plans: Iterable[SubjectPlan],
    settings: Settings,
    *,
    problems: Sequence[Problem] = (),
    skipped: Sequence[str] = (),
    removed: Sequence[SubjectReport] = (),
    progress: Callable[[SubjectReport], None] | None = None,
) -> Report:
    """The report over all subjects. `problems` are those met before a subject was known."""
    reports = list(removed)
    for plan in plans:
        report = check_subject(plan, settings)
        reports.append(report)
        if progress is not None:
            progress(report)
    return assemble(reports, problems=problems, skipped=skipped, owners=settings.owners)


def assemble(
    reports: Iterable[SubjectReport],
    *,
    problems: Sequence[Problem] = (),
    skipped: Sequence[str] = (),
    findings: tuple[Finding, ...] = (),
    owners: Mapping[str, Owners] | None = None,
    baselines: Sequence[str] = (),
) -> Report:
    """One report of the subjects' reports: sorted, counted, with the verdict over all."""
    subjects = tuple(sorted(reports, key=lambda report: (report.subject, report.candidate.origin or "")))
    errors = (*problems, *(problem for report in subjects for problem in report.problems))
    unchecked = sorted({problem.subject for problem in errors if problem.subject is not None})
    # what could not be checked was neither compared nor found to be new: it is among the errors
    states = [report.state for report in subjects if report.comparisons or not report.problems]
    counts = Counts(
        compared=states.count("compared"),
        unchanged=states.count("unchanged"),
        new=states.count("new"),
        removed=states.count("removed"),
        skipped=states.count("skipped") + len(skipped),
    )
    verdicts = [report.verdict for report in subjects] + [verdict_of(findings)]
    if errors:
        verdicts.append(Verdict.UNCHECKED)
    return Report(
        verdict=worst(verdicts),
        subjects=subjects,
        counts=counts,
        errors=errors,
        skipped=tuple(skipped),
        rollout=rollout_of_run(subjects, owners, unchecked),
        findings=findings,
        baselines=tuple(baselines),
    )


def exit_code(report: Report, *, undecided: str = "exit") -> int:
    """The exit code of a run: 2 over 1 over 3 over 5 over 4 over 0.

    Args:
        report: Of the whole run.
        undecided: ``exit`` (code 4), ``warn`` (0) or ``error`` (1).
    """
    codes = {problem.exit_code for problem in report.errors}
    verdicts = {verdict_of(report.findings)}
    for subject in report.subjects:
        verdicts |= {subject.verdict, verdict_of(subject.findings)}
        verdicts |= {comparison.result.verdict for comparison in subject.comparisons}
    if Verdict.INCOMPATIBLE in verdicts:
        codes.add(1)
    if Verdict.UNCHECKED in verdicts:
        codes.add(3)
    if Verdict.UNDECIDED in verdicts:
        codes.add({"exit": 4, "warn": 0, "error": 1}[undecided])
    return next((code for code in (2, 1, 3, 5, 4) if code in codes), 0)
