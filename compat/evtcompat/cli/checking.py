"""One run of `evtcompat check`, from the words of the command line to the exit code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evtcompat.checking.plans import Plan, Selection
from evtcompat.checking.problems import problem_of
from evtcompat.checking.run import assemble, exit_code
from evtcompat.checking.subjects import check_subject, removal_report
from evtcompat.cli.context import CheckRequest, Environment, RunContext, open_workspaces, shown
from evtcompat.cli.faults import with_saved_tracebacks
from evtcompat.cli.gating import gate_findings
from evtcompat.cli.output import outputs_of, write
from evtcompat.config import Config
from evtcompat.errors import BaselineError, UncheckedError, UsageError
from evtcompat.model.reports import Report
from evtcompat.sources.against import Against, Kind, parse_against
from evtcompat.sources.select import select

_UNDECIDED = ("exit", "warn", "error")


def run_check(request: CheckRequest, environment: Environment | None = None) -> int:
    """Carry the request out, write its reports, and tell the exit code.

    Raises:
        UsageError: The request or the configuration is wrong; nothing was checked.
    """
    _refuse_wrong_words(request)
    environment = environment or Environment()
    with open_workspaces(environment, staged=request.staged) as workspaces:
        try:
            context = RunContext.of(request, environment, workspaces)
        except UncheckedError as error:  # git cannot tell what is staged, so nor what the configuration there says
            config, outputs = Config(), outputs_of(request.formats, request.output)
            report = assemble([], problems=[problem_of(error)])
        else:
            config = context.config
            outputs = outputs_of(request.formats or [str(target) for target in config.formats], request.output)
            report = checked(context)
    if request.save_witnesses is not None:
        from evtcompat.payloads.witnesses import save_witnesses

        save_witnesses(report, request.save_witnesses)
    write(with_saved_tracebacks(report), outputs)
    return exit_code(report, undecided=request.undecided or config.undecided.value)


def _refuse_wrong_words(request: CheckRequest) -> None:
    """Wrong words are told before any work is done.

    Raises:
        UsageError: One is wrong.
    """
    if request.undecided is not None and request.undecided not in _UNDECIDED:
        message = f"unknown action {request.undecided!r} for --undecided"
        raise UsageError(message, hint=f"Known: {', '.join(_UNDECIDED)}.")
    if "" in request.paths:
        message = "an empty path names no file"
        raise UsageError(message, hint="Name a file or folder; `.` is the one that the command runs in.")
    outputs_of(request.formats, request.output)


def checked(context: RunContext) -> Report:
    """The report of a run. What cannot be checked is part of it.

    Raises:
        UsageError: A word of the request is wrong.
    """
    against = parse_against(context.request.against)
    if context.request.ask and against.kind not in (Kind.REGISTRY, Kind.LOCK):
        message = "--ask asks a registry, and this check is against none"
        raise UsageError(message, hint="Add --against registry.")
    try:
        if against.kind in (Kind.REGISTRY, Kind.LOCK):
            from evtcompat.cli.registered import checked_against_registry

            report = checked_against_registry(context, against)
        else:
            report = _checked_against_files(context, against)
    except UsageError:
        raise
    except UncheckedError as error:
        return assemble([], problems=[problem_of(error)])
    return _with_waivers(report, context)


def _checked_against_files(context: RunContext, against: Against) -> Report:
    selection = _selected(context, against)
    settings = context.run_settings(plan.subject for plan in selection.plans)
    reports = [removal_report(removal) for removal in selection.removals]
    reports += [check_subject(plan, settings) for plan in progress(selection.plans)]
    return assemble(
        reports,
        problems=[problem_of(error) for error in selection.problems],
        skipped=selection.skipped,
        findings=gate_findings(context, against, selection.plans),
        owners=settings.owners,
        baselines=selection.baselines,
    )


def _selected(context: RunContext, against: Against) -> Selection:
    """What there is to do: the paths that were named, and in a commit hook whatever else is staged."""
    request = context.request
    paths = request.paths or context.configured_paths
    _need_git(context, paths)
    # a hook is handed the files that match its patterns, never the deleted ones: git tells the rest
    return select(
        context.workspaces,
        context.configured_paths if request.staged else paths,
        against,
        context.layout,
        context.folder,
        terms=context.terms,
        changed=request.changed or request.staged,
        always=request.paths if request.staged else (),
    )


def _need_git(context: RunContext, paths: Sequence[str]) -> None:
    """Git is there, where an option is about git: without it everything would be checked, or nothing of what was meant.

    Raises:
        BaselineError: It is not.
    """
    option = "--staged" if context.request.staged else "--changed" if context.request.changed else None
    locate = context.workspaces.locate
    if option is None or any(locate(path)[0].repository is not None for path in paths):
        return
    message = f"{option} asks git, and {locate(paths[0])[0].root} is not in a git repository"
    raise BaselineError(message, hint=f"Leave out {option}, or run in the repository.")


#: Below this number of subjects nobody waits long enough to want a bar.
_WORTH_A_BAR = 200


def progress(plans: Sequence[Plan]) -> Iterator[Plan]:
    """The plans, with a progress bar on standard error when it is a terminal and the run is long."""
    import sys

    if len(plans) < _WORTH_A_BAR or not sys.stderr.isatty():
        yield from plans
        return
    import typer

    with typer.progressbar(plans, label="Checking", file=sys.stderr) as bar:
        yield from bar


def _with_waivers(report: Report, context: RunContext) -> Report:
    """The report after the waivers, which are read from what is under check, as the configuration is."""
    request, environment = context.request, context.environment
    path = environment.folder / context.config.folder / context.config.waivers
    if context.read(path) is None:
        return report
    from evtcompat.checking.waivers import apply
    from evtcompat.config.waivers import load_waivers

    waivers = load_waivers(path, origin=shown(path, environment.folder), read=context.read)
    complete = not (request.paths or request.changed or request.staged)
    return apply(report, waivers, environment.today, context.severities, complete=complete)
