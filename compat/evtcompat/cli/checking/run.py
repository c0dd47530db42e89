"""One run of `evtcompat check`, from the words of the command line to the exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from evtcompat.checking.plans import Plan, RunSettings, with_declared_owners
from evtcompat.checking.problems import problem_of
from evtcompat.checking.removals import removal_report
from evtcompat.checking.run import assemble, exit_code, worst_code
from evtcompat.checking.subjects import check_subject
from evtcompat.checking.verdicts import worst
from evtcompat.cli.checking.unused_settings import unused_settings
from evtcompat.cli.runs.context import CheckRequest, Environment, RunContext, open_workspaces, shown
from evtcompat.cli.runs.gating import GateChange, Standing, gate_change
from evtcompat.cli.runs.selecting import open_histories, selected
from evtcompat.cli.terminal.faults import with_saved_tracebacks
from evtcompat.cli.terminal.output import outputs_of, write
from evtcompat.cli.terminal.progress import each
from evtcompat.config.values import SkippedAction, UndecidedAction
from evtcompat.dataclasses import replace
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.model.places import Place
from evtcompat.model.reports import Report, SubjectReport
from evtcompat.model.verdicts import Verdict
from evtcompat.reporters.available import TIMELINES
from evtcompat.reporters.terminal import Detail, printable
from evtcompat.rules.run import judged
from evtcompat.sources.baselines.against import Against, BaselineKind, parse_against
from evtcompat.sources.baselines.workspace import Chosen

_UNDECIDED = {action.value: action for action in UndecidedAction}
_SKIPPED = {action.value: action for action in SkippedAction}


def run_check(request: CheckRequest, environment: Environment | None = None, *, chosen: Chosen | None = None) -> int:
    """Carry the request out and write its reports; the answer is the exit code.

    Args:
        request: What a person asked for.
        environment: Where.
        chosen: The automatic baselines, where they were chosen before files were mended: a file that was edited last
            may be as it was committed now, and what it was mended against is still what it is held against.

    Raises:
        UsageError: The request or the configuration is wrong; nothing was checked.
    """
    refuse_wrong_words(request)
    environment = environment or Environment()
    context: RunContext | None = None
    with open_workspaces(environment, staged=request.staged) as workspaces:
        workspaces.chosen.update(chosen or {})
        try:
            context = RunContext.of(request, environment, workspaces)
        except UncheckedError as error:
            # git does not say what is staged, so the configuration there is not known either
            outputs = outputs_of(request.formats, request.output)
            answer = Checked(assemble([], problems=[problem_of(error)]), 3)
        else:
            formats = request.formats or [str(target) for target in context.config.formats]
            outputs = outputs_of(formats, request.output)
            shown = any(output.format in TIMELINES for output in outputs)
            answer = checked(replace(context, request=replace(context.request, timelines=shown)))
    report = answer.report
    if context is not None and context.config.rule_pages is not None:
        report = replace(report, rule_pages=context.config.rule_pages)
    if request.fix:
        from evtcompat.cli.checking.fixing import apply_fixes

        if apply_fixes(report, environment.folder, request.paths, yes=request.yes):
            return run_check(replace(request, fix=False), environment, chosen=workspaces.chosen)
    report = with_evidence(report, request, environment)
    unwritten: UncheckedError | None = None
    if request.save_witnesses is not None:
        from evtcompat.payloads.witnesses import save_witnesses

        try:
            save_witnesses(report, request.save_witnesses)
        except UncheckedError as error:  # the report is told all the same
            unwritten = error
    detail = Detail.ANSWER if request.quiet else Detail.ALL if request.verbose else Detail.CHANGES
    write(with_saved_tracebacks(report), outputs, detail)
    if unwritten is not None:
        raise unwritten
    return answer.code


def with_evidence(report: Report, request: CheckRequest, environment: Environment) -> Report:
    """The report with what was saved of replays and exercises beside what it is about; no verdict changes.

    Raises:
        UncheckedError: A file cannot be read, or is none of ours.
        UsageError: It cannot be told about which subject one is.
    """
    if request.observed is not None:
        from evtcompat.checking.observed import with_observed
        from evtcompat.replay.observed import load_observed

        report = with_observed(report, load_observed(environment.folder / request.observed))
    if request.exercised:
        from evtcompat.cli.checking.exercised import saved_exercises, with_exercises

        report, left = with_exercises(report, saved_exercises(request.exercised, environment.folder))
        for one in left:
            said = f"{one.origin}: an exercise of {one.subject}, which this check is not about"
            sys.stderr.write(f"{printable(said)}\n")
    return report


def refuse_wrong_words(request: CheckRequest) -> None:
    """Refuse wrong words before any work is done.

    Raises:
        UsageError: One is wrong.
    """
    if request.undecided is not None and request.undecided not in _UNDECIDED:
        message = f"unknown action {request.undecided!r} for --undecided"
        raise UsageError(message, hint=f"Known: {', '.join(_UNDECIDED)}.")
    if request.skipped is not None and request.skipped not in _SKIPPED:
        message = f"unknown action {request.skipped!r} for --skipped"
        raise UsageError(message, hint=f"Known: {', '.join(_SKIPPED)}.")
    if "" in request.paths:
        message = "an empty path names no file"
        raise UsageError(message, hint="Name a file or folder; `.` is the one that the command runs in.")
    if request.quiet and request.verbose:
        message = "--quiet asks for one line, and --verbose for everything"
        raise UsageError(message, hint="Give one of them.")
    if request.fix and request.staged:
        message = "--fix changes files, and --staged checks what is staged"
        raise UsageError(message, hint="Run `evtcompat check --fix` without it, then `git add` what it changed.")
    outputs_of(request.formats, request.output)
    if request.save_witnesses is not None:
        from evtcompat.payloads.writing import check_fixtures

        check_fixtures(request.save_witnesses, None)


class Checked(NamedTuple):
    """What a run answers."""

    report: Report
    code: int


def checked(context: RunContext) -> Checked:
    """The answer of a run. What cannot be checked is part of it.

    Raises:
        UsageError: A word of the request is wrong.
    """
    against = parse_against(context.request.against)
    if context.request.ask and against.kind not in (BaselineKind.REGISTRY, BaselineKind.LOCK):
        message = "--ask asks a registry, and this check is against none"
        raise UsageError(message, hint="Add --against registry.")
    try:
        report, standing = _compared(context, against)
    except UsageError:
        raise
    except UncheckedError as error:
        return Checked(assemble([], problems=[problem_of(error)]), 3)
    try:
        own = with_waivers(report, context)
    except UncheckedError as error:  # nothing is waived, and what was found stands
        errors = tuple(dict.fromkeys((*report.errors, problem_of(error))))
        own = replace(report, verdict=worst([report.verdict, Verdict.UNCHECKED]), errors=errors)
        return Checked(own, _code(own, context))
    if standing is None:
        return Checked(own, _code(own, context))
    from evtcompat.checking.both_gates import joined, with_reason
    from evtcompat.cli.checking.standing_gate import judged_again

    then = judged_again(context, standing, against)
    if not then.subjects and not then.errors:
        return Checked(own, _code(own, context))
    waived = with_waivers(then, context, complete=False)
    owners = context.run_settings(subject.subject for subject in (*report.subjects, *then.subjects)).owners
    both = with_waivers(joined(report, then, owners), context)
    place = Place(origin=context.config.origin or standing.context.config.origin)
    both = with_reason(both, own, waived, standing.context.config, place)
    return Checked(both, worst_code((_code(both, context), _code(waived, standing.context))))


def _code(report: Report, context: RunContext) -> int:
    asked_for = context.request.undecided
    return exit_code(report, undecided=context.config.undecided if asked_for is None else _UNDECIDED[asked_for])


def _compared(context: RunContext, against: Against) -> tuple[Report, Standing | None]:
    """The report before waivers, and the gate at the baseline, where that is another.

    Raises:
        UsageError: A word of the request is wrong.
        UncheckedError: The baseline as a whole cannot be had.
    """
    with open_histories(context, against) as histories:
        selection = selected(context, histories)
        asked_for = context.request.skipped
        if (context.config.skipped if asked_for is None else _SKIPPED[asked_for]) is SkippedAction.FAIL:
            selection = selection.leaving_nothing_unchecked()
        settings = context.run_settings(plan.subject for plan in selection.plans)
        settings = with_declared_owners(settings, selection.plans)
        reports = [removal_report(removal) for removal in selection.removals]
        drawn: list[Plan | None] = [None] * len(reports)
        for plan in each(selection.plans, "Checking"):
            report = check_subject(plan, settings)
            if context.request.ask and histories.registry is not None:
                from evtcompat.cli.checking.asking import asked

                report = asked(report, plan, histories.registry)
            reports.append(report)
            drawn.append(plan)
        if context.request.timelines:
            reports = with_timelines(reports, drawn, settings, context)
    problems = [problem_of(error) for error in selection.problems]
    problems += [problem_of(error, subject) for subject, error in selection.unread]
    try:
        change = gate_change(context, against, selection.plans)
    except UncheckedError as error:  # the findings are no worse for it
        change = GateChange()
        problems.append(problem_of(error))
    notes = (*selection.notes, *unused_settings(context, against, selection))
    result = assemble(
        reports,
        problems=problems,
        skipped=selection.skipped,
        lookalikes=[skipped for skipped, _ in selection.lookalikes],
        findings=(*change.findings, *judged(notes, context.severities)),
        owners=settings.owners,
        baselines=selection.baselines,
    )
    return result, change.standing


def with_timelines(
    reports: Sequence[SubjectReport], plans: Sequence[Plan | None], settings: RunSettings, context: RunContext
) -> list[SubjectReport]:
    """The reports with who writes and reads each subject, and with what there is to see of it over time."""
    from evtcompat.sources.histories.dates import Dates
    from evtcompat.syntax import deep
    from evtcompat.timelines.planned import with_timeline

    dates = Dates(context.workspaces)
    owned = [replace(report, owners=settings.owners.get(report.subject)) for report in reports]
    return [
        report if plan is None else deep.retried(partial(with_timeline, report, plan, settings, dates.of))
        for report, plan in zip(owned, plans, strict=True)
    ]


def with_waivers(report: Report, context: RunContext, *, complete: bool | None = None) -> Report:
    """The report after the waivers, which are read from what is under check, as the configuration is.

    Args:
        report: Before them.
        context: The run.
        complete: Whether waivers of subjects that are not in the report are told; by default as the run is about all.
    """
    request, environment = context.request, context.environment
    path = environment.folder / context.config.folder / context.config.waivers
    if context.read(path) is None:
        return report
    from evtcompat.checking.waivers import apply
    from evtcompat.config.waivers import load_waivers

    waivers = load_waivers(path, origin=shown(path, environment.folder), read=context.read)
    if complete is None:
        complete = not (request.paths or request.changed or request.staged)
    return apply(report, waivers, environment.today, context.severities, complete=complete)
